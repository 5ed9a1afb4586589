package telegram

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"klaster/bot"
	"klaster/bot/telegram/telegramtest"
)

// Case 24: a second program with the same token. We back off, say so once, and come back by ourselves.
func TestEdge24Conflict(t *testing.T) {
	s := newStage(t, nil)
	s.pauses.gate()
	s.FailAll("getUpdates", telegramtest.Fault{Code: 409, Description: "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"})
	s.receive()
	for range 5 {
		if d := s.pauses.next(t); d < conflictFloor {
			t.Errorf("waits only %s", d)
		}
	}
	if s.bot.Health() == nil {
		t.Error("healthy in a conflict")
	}
	if n := strings.Count(s.log.String(), "another program"); n != 1 {
		t.Errorf("said so %d times: %s", n, s.log)
	}
	s.Heal()
	s.pauses.over(t)
	ann := s.AddUser(telegramtest.User{})
	s.Start(ann, "")
	s.inbox.next(t)
	if err := s.bot.Health(); err != nil {
		t.Errorf("still %v", err)
	}
}

// A real second poller ends our long poll; we take up again after a while.
func TestSecondPoller(t *testing.T) {
	s := newStage(t, nil)
	s.pauses.gate()
	s.receive()
	s.until((*telegramtest.World).Polling)
	other, err := New(Options{Token: testToken, API: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	defer other.transport.CloseIdleConnections()
	r := &receiver{Bot: other}
	if _, err := r.getUpdates(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	if d := s.pauses.next(t); d < conflictFloor {
		t.Errorf("waits only %s", d)
	}
	s.pauses.over(t)
	s.until((*telegramtest.World).Polling)
}

// A webhook that somebody set stands in the way of polling: it is removed, at the start and later.
func TestWebhookIsRemoved(t *testing.T) {
	s := newStage(t, nil)
	s.SetWebhook("https://example.org/old")
	s.receive()
	s.until((*telegramtest.World).Polling)
	s.SetWebhook("https://example.org/new")
	ann := s.AddUser(telegramtest.User{})
	s.Start(ann, "") // ends the poll that is open
	s.inbox.next(t)
	s.until(func(w *telegramtest.World) bool { return w.Polling() && w.Calls("deleteWebhook") >= 2 })
}

// Case 25: hanging, pages of proxies, resets, a name that does not resolve.
func TestEdge25Outages(t *testing.T) {
	for name, f := range map[string]telegramtest.Fault{
		"reset": {Reset: true},
		"502":   {Body: "<html><body>502 Bad Gateway /bot" + testToken + "/getUpdates</body></html>"},
		"404":   {Code: 404, Body: "<html>not found"},
		"empty": {Code: 200, Body: " "},
		"half":  {Code: 200, Body: `{"ok":true,"result":[{"update_id":1`},
		"hang":  {Hang: true},
		"500":   {Code: 500, Description: "Internal Server Error: " + testToken},
		"429":   {RetryAfter: 35},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, func(o *Options) { o.PollWait, o.CallTimeout = time.Second, 50*time.Millisecond })
			if f.Hang { // the deadline of a poll is its wait and the timeout: at the start there is no wait
				s.FailNext("getMe", f)
			}
			s.FailNext("getMe", f)
			s.FailNext("deleteWebhook", f)
			s.FailNext("getUpdates", f, f)
			ann := s.AddUser(telegramtest.User{})
			id := s.Start(ann, "")
			s.receive()
			s.inbox.next(t)
			s.confirmed(id)
			if err := s.bot.Health(); err != nil {
				t.Errorf("still %v", err)
			}
			waits := s.pauses.list()
			if len(waits) < 3 { // half an answer to deleteWebhook is enough
				t.Fatalf("waited %v", waits)
			}
			for _, d := range waits[:3] {
				if d < 500*time.Millisecond || f.RetryAfter > 0 && d < 35*time.Second {
					t.Errorf("waited only %s", d)
				}
			}
		})
	}
	t.Run("dns", func(t *testing.T) {
		s := newStage(t, func(o *Options) { o.API = "http://klaster.invalid" })
		s.pauses.gate()
		s.receive()
		s.pauses.next(t)
		if err := s.bot.Health(); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("health %v", err)
		}
		_, err := s.bot.Post(t.Context(), ref(7), words("x"))
		kind(t, err, bot.Transient)
	})
	t.Run("all connections", func(t *testing.T) {
		s := running(t)
		s.DropConnections()
		ann := s.person("Ann")
		s.post(ref(ann), words("x"))
	})
}

// A wrong token ends Receive at once, with an error a person can use.
func TestWrongToken(t *testing.T) {
	for _, code := range []int{401, 404} {
		s := newStage(t, nil)
		s.FailAll("getMe", telegramtest.Fault{Code: code, Description: http.StatusText(code)})
		s.receive()
		err := s.over()
		s.stop()
		s.stop = nil
		if err == nil || strings.Contains(err.Error(), canary) || !strings.Contains(err.Error(), "token") {
			t.Errorf("%d: %v", code, err)
		}
		if s.bot.Health() == nil || len(s.pauses.list()) > 0 || s.Calls("getMe") != 1 {
			t.Errorf("%d: health %v, %d calls", code, s.bot.Health(), s.Calls("getMe"))
		}
	}
	s := newStage(t, func(o *Options) { o.Token = "123:wrong" + canary })
	s.receive()
	if err := s.over(); err == nil || strings.Contains(err.Error(), canary) {
		t.Error(err)
	}
	s.stop()
	s.stop = nil
}

// A token that is revoked while the bot runs.
func TestTokenRevoked(t *testing.T) {
	s := running(t)
	s.FailAll("getUpdates", telegramtest.Fault{Code: 401, Description: "Unauthorized"})
	s.DropConnections()
	if err := s.over(); err == nil {
		t.Error("Receive ended without an error")
	}
	s.stop()
	s.stop = nil
}

func TestNewRefuses(t *testing.T) {
	for _, o := range []Options{
		{}, {Token: canary}, {Token: ":" + canary}, {Token: "12x:" + canary}, {Token: "12:" + canary + "\n"}, {Token: "12:"},
		{Token: testToken, API: "api.telegram.org"}, {Token: testToken, API: "ftp://x"}, {Token: testToken, API: "http://[::" + canary},
	} {
		b, err := New(o)
		if err == nil || b != nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%v, %v", b, err)
		}
	}
	b, err := New(Options{Token: testToken, API: "http://127.0.0.1:1/"})
	if err != nil {
		t.Fatal(err)
	}
	if b.Account() != "telegram:123456789" || b.Name() != "telegram" || b.Health() == nil || b.PrivateLink("x") != "" {
		t.Errorf("account %q, name %q, health %v", b.Account(), b.Name(), b.Health())
	}
	if c := b.Caps(); c.TextLimit != 4096 || c.ToastLimit != 200 || c.DataLimit != 64 || !c.Mentions || c.PrivateFirst {
		t.Errorf("caps %+v", c)
	}
}

// Updates are confirmed up to the first that is not durable, and that one and the later ones come again.
func TestConfirmsOnlyWhatIsDurable(t *testing.T) {
	s := newStage(t, nil)
	down := errors.New("the store is down")
	refuse := true
	s.inbox.wait = func(u bot.Update) error {
		if u.Text == "c" && refuse {
			return down
		}
		return nil
	}
	s.pauses.gate()
	ann := s.AddUser(telegramtest.User{})
	var ids []int
	for _, text := range []string{"a", "b", "c", "d"} {
		ids = append(ids, s.SendText(ann, ann, text))
	}
	s.receive()
	for range 2 {
		if d := s.pauses.next(t); d < 500*time.Millisecond {
			t.Errorf("waits only %s", d)
		}
	}
	if !s.Confirmed(ids[1]) || s.Confirmed(ids[2]) || s.Confirmed(ids[3]) {
		t.Error("confirmed the wrong ones")
	}
	select {
	case <-s.bot.Drained():
		t.Error("drained with updates waiting")
	default:
	}
	refuse = false // the bot is in its second pause
	s.pauses.over(t)
	s.confirmed(ids[3])
	var got strings.Builder
	for len(s.inbox.got) > 0 {
		got.WriteString((<-s.inbox.got).Text)
	}
	if got.String() != "abcdcdcd" {
		t.Errorf("handed on %q", got.String())
	}
	select {
	case <-s.bot.Drained():
	case <-time.After(patience):
		t.Error("not drained")
	}
}

// All of a batch is in flight before the first is waited for, and the next poll waits for all.
func TestBatchInFlight(t *testing.T) {
	s := newStage(t, nil)
	release := make(chan struct{})
	s.inbox.wait = func(bot.Update) error { <-release; return nil }
	ann := s.AddUser(telegramtest.User{})
	last := 0
	for i := range 150 {
		last = s.SendText(ann, ann, strconv.Itoa(i))
	}
	s.receive()
	for i := range 100 {
		if u := s.inbox.next(t); u.Text != strconv.Itoa(i) {
			t.Fatalf("update %d is %q", i, u.Text)
		}
	}
	if n := s.Calls("getUpdates"); n != 1 || s.Confirmed(last-149) {
		t.Errorf("%d polls", n)
	}
	close(release)
	s.confirmed(last)
}

// What was handled when the bot is stopped is confirmed, so that it is not handled again.
func TestStopConfirms(t *testing.T) {
	s := newStage(t, nil)
	release := make(chan struct{})
	s.inbox.wait = func(bot.Update) error { <-release; return nil }
	ann := s.AddUser(telegramtest.User{})
	id := s.Start(ann, "")
	s.receive()
	s.inbox.next(t)
	s.stop()
	close(release)
	if err := s.end(); err != nil {
		t.Error(err)
	}
	if !s.Confirmed(id) {
		t.Error("not confirmed")
	}
}

// The end of the context ends the long poll at once, not after 50 seconds.
func TestStopIsQuick(t *testing.T) {
	s := running(t)
	if err := s.bot.Health(); err != nil {
		t.Errorf("health %v", err)
	}
	began := time.Now()
	if err := s.end(); err != nil {
		t.Error(err)
	}
	if d := time.Since(began); d > 5*time.Second {
		t.Errorf("took %s", d)
	}
	if s.bot.Health() == nil {
		t.Error("healthy although not receiving")
	}
}

// Receive can be called again, as happens when a lease is lost and won.
func TestReceiveAgain(t *testing.T) {
	s := running(t)
	s.person("Ann")
	if err := s.end(); err != nil {
		t.Fatal(err)
	}
	s.receive()
	s.person("Ben")
}

// A server without long polling (npm telegram-test-api) is asked five times a second, not thirty thousand.
func TestFloorBetweenEmptyPolls(t *testing.T) {
	s := newStage(t, func(o *Options) { o.PollWait = time.Nanosecond }) // below a second: the server does not wait
	s.pauses.gate()
	s.receive()
	for range 3 {
		if d := s.pauses.next(t); d <= 0 || d > pollFloor {
			t.Errorf("waits %s", d)
		}
	}
}

// A Sink that blocks in Accept does not keep Receive from ending.
func TestStopWhileBlocked(t *testing.T) {
	s := newStage(t, nil)
	sink := blocked{make(chan struct{}, 1)}
	ann := s.AddUser(telegramtest.User{})
	id := s.Start(ann, "")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- s.bot.Receive(ctx, sink) }()
	<-sink.entered
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if s.Confirmed(id) {
		t.Error("confirmed although not handled")
	}
}

type blocked struct{ entered chan struct{} }

func (b blocked) Accept(ctx context.Context, _ bot.Update) func() error {
	b.entered <- struct{}{}
	<-ctx.Done()
	return ctx.Err
}

// After a day without updates the offset is forgotten: the server may begin a new sequence below it.
func TestQuietDayForgetsTheOffset(t *testing.T) {
	var days atomic.Int64
	s := newStage(t, func(o *Options) {
		o.PollWait = time.Nanosecond
		o.Now = func() time.Time { return time.Unix(0, 0).Add(time.Duration(days.Load()) * 24 * time.Hour) }
	})
	s.pauses.gate()
	ann := s.AddUser(telegramtest.User{})
	s.Start(ann, "")
	s.receive()
	s.inbox.next(t)
	s.pauses.next(t)
	if p := lastRequest(s, "getUpdates").Params; p["offset"] == "" {
		t.Error("no offset after an update")
	}
	days.Add(2)
	s.pauses.next(t)
	s.pauses.next(t)
	if p := lastRequest(s, "getUpdates").Params; p["offset"] != "" {
		t.Errorf("offset %s after two days", p["offset"])
	}
}
