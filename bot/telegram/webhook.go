package telegram

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"klaster/bot"
)

const (
	// maxHook is more than Telegram ever sends as one update.
	maxHook = 1 << 20
	// secretHeader carries what setWebhook was told, so that only Telegram's requests count.
	secretHeader = "X-Telegram-Bot-Api-Secret-Token"
	// watchPending and watchHook are how often the server is asked about the webhook: until the backlog is in, and then.
	watchPending = time.Second
	watchHook    = time.Minute
	// atATime is how many updates Telegram delivers side by side; they are as many as can wait for one entry.
	atATime = "100"
)

// hook takes updates from Telegram's requests.
type hook struct {
	address string // empty: updates are polled
	secret  string

	mu    sync.Mutex
	to    bot.Sink // nil: nobody takes updates
	ctx   context.Context
	hands sync.WaitGroup
}

// newHook derives the secret from the token, so that all replicas and all starts have the same.
func newHook(address, token string) *hook {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("klaster webhook"))
	return &hook{address: address, secret: hex.EncodeToString(mac.Sum(nil))}
}

// Shared implements bot.Shared: with a webhook every replica takes updates.
func (b *Bot) Shared() bool { return b.hook.address != "" }

// Share implements bot.Shared. Updates are taken once we know who we are: before, a command that names us would count as
// another bot's.
func (b *Bot) Share(ctx context.Context, to bot.Sink) error {
	r := b.receiver(to)
	if err := r.introduce(ctx); err != nil {
		return unlessOver(ctx, err)
	}
	h := b.hook
	h.mu.Lock()
	h.to, h.ctx = to, context.WithoutCancel(ctx)
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		h.to = nil
		h.mu.Unlock()
		h.hands.Wait()
	}()
	if err := r.awaitBacklog(ctx); err != nil {
		return unlessOver(ctx, err)
	}
	<-ctx.Done()
	return nil
}

func unlessOver(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// awaitBacklog returns when the webhook is set and nothing waits at the server any more. Every replica asks: each has to
// know when what comes is new.
func (r *receiver) awaitBacklog(ctx context.Context) error {
	for {
		var info tgbotapi.WebhookInfo
		switch err := r.call(ctx, "getWebhookInfo", nil, r.timeout, &info); {
		case err != nil:
			if err := r.wait(ctx, err); err != nil {
				return err
			}
			continue
		case info.URL == r.hook.address && info.PendingUpdateCount == 0:
			r.drain.Do(func() { close(r.drained) })
			return nil
		}
		r.delays.Reset()
		if err := r.pause(ctx, watchPending); err != nil {
			return err
		}
	}
}

// borrow takes the sink; false if nobody takes updates. Who took it calls hands.Done.
func (h *hook) borrow() (bot.Sink, context.Context, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.to == nil {
		return nil, nil, false
	}
	h.hands.Add(1)
	return h.to, h.ctx, true
}

// ServeHTTP takes one update. It is answered well only when the update is durable; anything else has Telegram send it
// again.
func (b *Bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := b.hook
	switch {
	case r.Method != http.MethodPost:
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, "POST only", http.StatusMethodNotAllowed)
		return
	case h.address == "" || subtle.ConstantTimeCompare([]byte(r.Header.Get(secretHeader)), []byte(h.secret)) != 1:
		http.Error(w, "not for you", http.StatusForbidden)
		return
	}
	to, ctx, ok := h.borrow()
	if !ok {
		w.Header().Set("Retry-After", "2")
		http.Error(w, "starting, or stopping", http.StatusServiceUnavailable)
		return
	}
	defer h.hands.Done()
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxHook))
	if err != nil {
		http.Error(w, "the body cannot be read", http.StatusRequestEntityTooLarge)
		return
	}
	var u update
	if err := decode(raw, &u); err != nil || u.ID <= 0 {
		b.skipBroken(ctx, raw) // it would come again for ever
		return
	}
	translated, wanted := b.translate(&u)
	if !wanted {
		b.counts.dropped.Add(1)
		return
	}
	b.counts.accepted.Add(1)
	if err := to.Accept(ctx, translated)(); err != nil {
		b.log.WarnContext(ctx, "telegram: an update could not be stored and will come again", "error", err)
		http.Error(w, "not stored", http.StatusServiceUnavailable)
	}
}

// watch sets the webhook and sees to it that it stays.
func (r *receiver) watch(ctx context.Context) error {
	set := params{
		{"url", r.hook.address}, {"secret_token", r.hook.secret}, {"allowed_updates", allowedUpdates}, {"max_connections", atATime},
	}
	if err := r.insist(ctx, "setWebhook", set, nil); err != nil {
		return err
	}
	r.log.InfoContext(ctx, "telegram: updates come by webhook", "account", r.Account())
	pause := watchPending
	for ctx.Err() == nil {
		var info tgbotapi.WebhookInfo
		err := r.call(ctx, "getWebhookInfo", nil, r.timeout, &info)
		switch {
		case err != nil:
			if err := r.wait(ctx, err); err != nil {
				return err
			}
			continue
		case info.URL != r.hook.address: // somebody else has set or removed it
			r.log.WarnContext(ctx, "telegram: the webhook was changed by another program and is set again", "account", r.Account())
			if err := r.insist(ctx, "setWebhook", set, nil); err != nil {
				return err
			}
		case info.PendingUpdateCount == 0:
			pause = watchHook
		}
		r.delays.Reset()
		r.setHealth(hookHealth(info, r.now()))
		if err := r.pause(ctx, pause); err != nil {
			break
		}
	}
	return nil
}

// hookHealth is not nil while Telegram cannot reach us. Its reason is not shown: it may quote an address.
func hookHealth(info tgbotapi.WebhookInfo, now time.Time) error {
	failed := time.Unix(int64(info.LastErrorDate), 0)
	if info.LastErrorDate > 0 && info.PendingUpdateCount > 0 && now.Sub(failed) < 2*watchHook {
		return errors.New("telegram: the webhook cannot be reached from outside")
	}
	return nil
}

func (b *Bot) receiver(to bot.Sink) *receiver {
	return &receiver{Bot: b, to: to, delays: delays(time.Second, time.Minute), seen: b.now()}
}
