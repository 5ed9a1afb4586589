package telegram

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"klaster/bot"
	"klaster/bot/telegram/telegramtest"
)

const hookAddress = "https://bot.example.org/telegram"

func (s *stage) share() {
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.t.Context()))
	done := make(chan error, 1)
	go func() { done <- s.bot.Share(ctx, s.inbox) }()
	s.t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			s.t.Errorf("sharing ended: %v", err)
		}
	})
}

func hooked(o *Options) { o.Webhook = hookAddress }

// Updates come by webhook; one that cannot be stored comes again, and nothing is confirmed before it is durable.
func TestWebhook(t *testing.T) {
	s := newStage(t, hooked)
	refuse := true
	s.inbox.wait = func(bot.Update) error {
		if refuse {
			refuse = false
			return errors.New("the store is down")
		}
		return nil
	}
	front := httptest.NewServer(s.bot)
	t.Cleanup(front.Close)
	s.Reach(front.URL)
	ann := s.AddUser(telegramtest.User{FirstName: "Ann"})
	s.share()
	s.receive()
	s.until(func(w *telegramtest.World) bool { return w.Webhook() == hookAddress })
	s.SendText(ann, ann, "/start")
	first, again := s.inbox.next(t), s.inbox.next(t)
	if first.Cause != again.Cause || first.Text != "/start" {
		t.Errorf("heard %q and %q", first.Cause, again.Cause)
	}
	s.until(func(w *telegramtest.World) bool { return w.Pending() == 0 && w.RefusedDeliveries() == 1 })
	select {
	case <-s.bot.Drained():
	default:
		s.until(func(*telegramtest.World) bool {
			select {
			case <-s.bot.Drained():
				return true
			default:
				return false
			}
		})
	}
	if s.Calls("getUpdates") != 0 {
		t.Error("it polls beside the webhook")
	}
}

// Only Telegram's requests count, and only of a decent size.
func TestWebhookRefusals(t *testing.T) {
	s := newStage(t, hooked)
	post := func(method, secret, body string) int {
		r := httptest.NewRequestWithContext(t.Context(), method, "/telegram", strings.NewReader(body))
		r.Header.Set(secretHeader, secret)
		w := httptest.NewRecorder()
		s.bot.ServeHTTP(w, r)
		return w.Code
	}
	ours := s.bot.hook.secret
	if got := post(http.MethodPost, ours, "{}"); got != http.StatusServiceUnavailable {
		t.Errorf("before anybody takes updates: %d", got)
	}
	s.share()
	s.until(func(w *telegramtest.World) bool { return w.Calls("getWebhookInfo") > 0 })
	for name, c := range map[string]struct {
		method, secret, body string
		want                 int
	}{
		"no secret":     {http.MethodPost, "", "{}", http.StatusForbidden},
		"wrong secret":  {http.MethodPost, strings.Repeat("0", 64), "{}", http.StatusForbidden},
		"GET":           {http.MethodGet, ours, "", http.StatusMethodNotAllowed},
		"endless":       {http.MethodPost, ours, strings.Repeat(" ", maxHook+1), http.StatusRequestEntityTooLarge},
		"not an update": {http.MethodPost, ours, "[]", http.StatusOK},
		"of no use":     {http.MethodPost, ours, `{"update_id":7,"chat_boost":{}}`, http.StatusOK},
	} {
		if got := post(c.method, c.secret, c.body); got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
	polled := newStage(t, nil)
	if polled.bot.Shared() {
		t.Error("without an address it is shared")
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/telegram", strings.NewReader("{}"))
	r.Header.Set(secretHeader, polled.bot.hook.secret)
	w := httptest.NewRecorder()
	polled.bot.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden {
		t.Errorf("a bot that polls answers %d", w.Code)
	}
}

// A webhook that another program changed is set again.
func TestWebhookIsSetAgain(t *testing.T) {
	s := newStage(t, hooked)
	s.receive()
	s.until(func(w *telegramtest.World) bool { return w.Webhook() == hookAddress })
	s.SetWebhook("https://example.org/other")
	s.until(func(w *telegramtest.World) bool { return w.Webhook() == hookAddress && w.Calls("setWebhook") >= 2 })
}

// Until we know our own name, a command that names us would pass for another bot's: nothing is taken in.
func TestWebhookWaitsForOurName(t *testing.T) {
	s := newStage(t, hooked)
	s.FailAll("getMe", telegramtest.Fault{Code: http.StatusInternalServerError})
	s.share()
	s.until(func(w *telegramtest.World) bool { return w.Calls("getMe") > 0 })
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/telegram", strings.NewReader(`{"update_id":7,"chat_boost":{}}`))
	r.Header.Set(secretHeader, s.bot.hook.secret)
	w := httptest.NewRecorder()
	s.bot.ServeHTTP(w, r)
	if w.Code != http.StatusServiceUnavailable {
		t.Errorf("answered with %d", w.Code)
	}
	s.Heal()
}

// A replica that only shares, without the lease, knows when the backlog is in.
func TestWebhookBacklogOnEveryReplica(t *testing.T) {
	s := newStage(t, hooked)
	s.SetWebhook(hookAddress)
	s.share()
	select {
	case <-s.bot.Drained():
	case <-time.After(10 * time.Second):
		t.Error("the backlog is never in")
	}
}
