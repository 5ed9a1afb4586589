package telegramtest

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

// hookRetry lies between two deliveries of an update that was not taken.
const hookRetry = 20 * time.Millisecond

// webhook is what setWebhook was told.
type webhook struct {
	url, secret string
	reach       []string // where the address leads to, in turn
	next        int
	wake        chan struct{} // holds at most one: something may be delivered
	failed      int           // deliveries that were not taken
	lastFailure time.Time
}

func (h *webhook) signal() {
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

func setWebhook(w *World, c *call) result {
	address := c.params.text("url")
	if address == "" {
		w.webhook.url = ""
		return yes(c)
	}
	if !strings.HasPrefix(address, "https://") {
		return refused(badRequest("bad webhook: An HTTPS URL must be provided for webhook"))
	}
	if raw := c.params.object("allowed_updates"); raw != "" {
		w.queue.allow(raw)
	}
	w.webhook.url, w.webhook.secret = address, c.params.text("secret_token")
	w.webhook.signal()
	return yes(c)
}

func deleteWebhook(w *World, c *call) result {
	w.webhook.url = ""
	if c.params.boolean("drop_pending_updates") {
		w.queue.drop(len(w.queue.waiting))
	}
	return yes(c)
}

func getWebhookInfo(w *World, c *call) result {
	b := appendText(c.buf, `{"url":`, w.webhook.url)
	b = append(b, `,"has_custom_certificate":false`...)
	b = appendInt(b, `,"pending_update_count":`, int64(w.Pending()))
	if !w.webhook.lastFailure.IsZero() {
		b = appendInt(b, `,"last_error_date":`, w.webhook.lastFailure.Unix())
		b = appendText(b, `,"last_error_message":`, "Wrong response from the webhook: 503 Service Unavailable")
	}
	return result{body: append(b, '}')}
}

// SetWebhook is somebody else setting a webhook: getUpdates fails with 409 until the bot calls deleteWebhook.
func (s *Server) SetWebhook(url string) {
	w := s.lock()
	defer s.unlock()
	w.webhook.url = url
}

// Webhook is the address that was set; empty for none.
func (w *World) Webhook() string { return w.webhook.url }

// RefusedDeliveries counts the webhook's answers that were no success.
func (w *World) RefusedDeliveries() int { return w.webhook.failed }

// Reach says where the webhook's address leads to: base addresses of servers on loopback, taken in turn as a load
// balancer does. From then on updates are delivered, one at a time and in order, each until it is taken.
func (s *Server) Reach(bases ...string) {
	w := s.lock()
	running := w.webhook.reach != nil
	w.webhook.reach = bases
	w.webhook.signal()
	s.unlock()
	if !running {
		s.serving.Go(s.deliver)
	}
}

func (s *Server) deliver() {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	go func() {
		select {
		case <-s.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	for {
		w := s.lock()
		h := &w.webhook
		var u update
		var base, path, secret string
		if h.url != "" && len(w.queue.waiting) > 0 {
			u = w.queue.waiting[0]
			base, secret = h.reach[h.next%len(h.reach)], h.secret
			h.next++
			_, rest, _ := strings.Cut(strings.TrimPrefix(h.url, "https://"), "/")
			path = "/" + rest
		}
		s.unlock()
		if base == "" {
			select {
			case <-h.wake:
				continue
			case <-ctx.Done():
				return
			}
		}
		taken := post(ctx, client, base+path, secret, u.body)
		w = s.lock()
		if taken {
			w.queue.confirm(u.id + 1)
		} else {
			w.webhook.failed++
			w.webhook.lastFailure = w.settings.now()
		}
		s.unlock()
		if taken {
			continue
		}
		again := time.NewTimer(hookRetry)
		select {
		case <-again.C:
		case <-ctx.Done():
			again.Stop()
			return
		}
	}
}

func post(ctx context.Context, client *http.Client, address, secret string, body []byte) bool {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil || !json.Valid(body) {
		return false
	}
	r.Header.Set("Content-Type", "application/json")
	if secret != "" {
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", secret)
	}
	answer, err := client.Do(r)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode/100 == 2
}
