package telegramtest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"
)

func TestFaults(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ann, bob := started(s, "Ann"), started(s, "Bob")
	c := newClient(t, s)
	to := func(chat int64) []string { return []string{"chat_id", fmt.Sprint(chat), "text", "x"} }

	s.FailNext("sendMessage", Fault{RetryAfter: 35, Chat: ann}, Fault{Code: 403, Description: "Forbidden: bot was blocked by the user", Chat: ann})
	c.must(nil, "sendMessage", to(bob)...) // only that chat waits
	if r := c.refuse(429, "Too Many Requests: retry after 35", "sendMessage", to(ann)...); r.Parameters.RetryAfter != 35 {
		t.Errorf("retry_after %d", r.Parameters.RetryAfter)
	}
	c.refuse(403, "Forbidden: bot was blocked by the user", "sendMessage", to(ann)...)
	c.must(nil, "sendMessage", to(ann)...)

	s.FailNext("sendMessage", Fault{MigrateTo: -100})
	if r := c.refuse(400, "Bad Request: group chat was upgraded to a supergroup chat", "sendMessage", to(ann)...); r.Parameters.MigrateTo != -100 {
		t.Errorf("migrate_to_chat_id %d", r.Parameters.MigrateTo)
	}
	before := len(s.Messages(ann))
	s.FailNext("sendMessage", Fault{Code: 500})
	c.refuse(500, "Internal Server Error", "sendMessage", to(ann)...)
	if n := len(s.Messages(ann)); n != before {
		t.Errorf("a call that failed left %d messages", n-before)
	}

	s.FailAll(AnyMethod, Fault{Code: 401, Description: "Unauthorized"})
	for range 2 {
		c.refuse(401, "Unauthorized", "getMe")
	}
	s.Heal()
	c.must(nil, "getMe")
}

func TestLostAnswer(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ann := started(s, "Ann")
	c := newClient(t, s)
	s.FailNext("sendMessage", Fault{Reset: true, Apply: true})
	resp, err := c.try(t.Context(), "sendMessage", "chat_id", fmt.Sprint(ann), "text", "x")
	if err == nil {
		_ = resp.Body.Close()
		t.Fatal("the connection was not reset")
	}
	if s.Last(ann).Text != "x" {
		t.Error("the message is not there")
	}
}

func TestRawBody(t *testing.T) {
	t.Parallel()
	s := Start(t)
	c := newClient(t, s)
	s.FailNext("getMe", Fault{Body: "<html>502</html>"})
	resp, err := c.try(t.Context(), "getMe")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusBadGateway || string(body) != "<html>502</html>" {
		t.Errorf("%d %q %v", resp.StatusCode, body, err)
	}
}

// inBackground makes a call that will not end by itself, and returns its error's channel.
func inBackground(ctx context.Context, c *client, method string, pairs ...string) <-chan error {
	done := make(chan error, 1)
	go func() {
		resp, err := c.try(ctx, method, pairs...)
		if err == nil {
			_, err = io.ReadAll(resp.Body)
			_ = resp.Body.Close()
		}
		done <- err
	}()
	return done
}

func TestHangEndsWithTheClientAndWithTheServer(t *testing.T) {
	t.Parallel()
	s := Start(t)
	c := newClient(t, s)
	s.FailAll("getMe", Fault{Hang: true})
	ctx, cancel := context.WithCancel(t.Context())
	mine := inBackground(ctx, c, "getMe")
	theirs := inBackground(t.Context(), c, "getMe")
	if err := s.WaitFor(within10s(t), func(w *World) bool { return w.Calls("getMe") == 2 }); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := <-mine; !errors.Is(err, context.Canceled) {
		t.Errorf("the client's own end: %v", err)
	}
	s.Close()
	if err := <-theirs; err == nil {
		t.Error("a hanging call was answered")
	}
}

func TestDropConnections(t *testing.T) {
	t.Parallel()
	s := Start(t)
	c := newClient(t, s)
	done := inBackground(t.Context(), c, "getUpdates", "timeout", "50")
	if err := s.WaitFor(within10s(t), (*World).Polling); err != nil {
		t.Fatal(err)
	}
	s.DropConnections()
	if err := <-done; err == nil {
		t.Error("the poll went on")
	}
	c.must(nil, "getMe")
}

func TestLimits(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := Start(t, WithLimits(Limits{PerGroupMinute: 3, PerChatSecond: 2, PerSecond: 4}), WithClock(func() time.Time { return now }))
	pass := func(d time.Duration) {
		s.lock()
		now = now.Add(d)
		s.unlock()
	}
	ann, bob := started(s, "Ann"), started(s, "Bob")
	g := s.AddGroup("G", WithMembers(ann))
	c := newClient(t, s)
	to := func(chat int64) []string { return []string{"chat_id", fmt.Sprint(chat), "text", "x"} }
	wait := func(seconds int, chat int64) {
		t.Helper()
		r := c.refuse(429, fmt.Sprintf("Too Many Requests: retry after %d", seconds), "sendMessage", to(chat)...)
		if r.Parameters.RetryAfter != seconds {
			t.Errorf("retry_after %d, want %d", r.Parameters.RetryAfter, seconds)
		}
	}
	c.must(nil, "sendMessage", to(g)...)
	c.must(nil, "sendMessage", to(g)...)
	wait(1, g) // two in a second
	c.must(nil, "sendMessage", to(ann)...)
	c.must(nil, "sendMessage", to(ann)...)
	wait(1, bob) // four in all
	pass(time.Second)
	c.must(nil, "sendMessage", to(g)...)
	pass(time.Second)
	wait(58, g) // three in a minute
	for range 4 {
		c.must(nil, "sendMessage", to(ann)...)
		pass(time.Second) // private chats have no minute
	}
	pass(54 * time.Second)
	c.must(nil, "sendMessage", to(g)...)
	if s.LimitHits() != 3 {
		t.Errorf("%d hits", s.LimitHits())
	}
	if DefaultLimits() != (Limits{PerGroupMinute: 20, PerChatSecond: 1, PerSecond: 30}) {
		t.Errorf("default %+v", DefaultLimits())
	}
}

func TestDelay(t *testing.T) {
	t.Parallel()
	const delay = 20 * time.Millisecond
	s := Start(t, WithDelay(delay))
	c := newClient(t, s)
	begin := time.Now()
	c.must(nil, "getMe")
	if d := time.Since(begin); d < delay {
		t.Errorf("answered after %s", d)
	}
	s.SetDelay(time.Hour)
	done := inBackground(t.Context(), c, "getMe")
	if err := s.WaitFor(within10s(t), func(w *World) bool { return w.Calls("getMe") == 2 }); err != nil {
		t.Fatal(err)
	}
	s.Close()
	if err := <-done; err == nil {
		t.Error("the server closed, but the answer came")
	}
}

func TestWaitForEnds(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	never := func(*World) bool { return false }
	if err := s.WaitFor(ctx, never); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	s.Close()
	if err := s.WaitFor(t.Context(), never); !errors.Is(err, errClosed) {
		t.Errorf("closed: %v", err)
	}
	if err := s.WaitAnswered(t.Context(), 1); !errors.Is(err, errClosed) {
		t.Errorf("closed: %v", err)
	}
	s.Close() // twice is fine
}
