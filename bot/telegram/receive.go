package telegram

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"
	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"klaster/bot"
)

const (
	// pollFloor lies between two polls that came back empty at once: a server without long polling is not overrun.
	pollFloor = 200 * time.Millisecond
	// conflictFloor is the least time left to another poller of the same account before trying again.
	conflictFloor = 5 * time.Second
	// quietDay without updates makes the offset void: after a week the server begins a new sequence of ids, which may
	// lie below the old one.
	quietDay = 24 * time.Hour
	// allowedUpdates is always sent, since leaving it out keeps what somebody set before.
	allowedUpdates = `["message","callback_query","my_chat_member"]`
)

// Receive implements bot.Connector.
func (b *Bot) Receive(ctx context.Context, to bot.Sink) error {
	ctx, cancel := context.WithCancel(ctx)
	var menus sync.WaitGroup
	menus.Go(func() { b.keepMenu(ctx) })
	defer func() {
		cancel()
		menus.Wait()
		b.transport.CloseIdleConnections()
	}()
	b.setHealth(errors.New("telegram: connecting"))
	r := b.receiver(to)
	err := r.introduce(ctx)
	switch {
	case err != nil:
	case b.Shared():
		err = r.watch(ctx)
	default:
		// Updates come by polling only while no webhook is set.
		if err = r.insist(ctx, "deleteWebhook", params{{"drop_pending_updates", "false"}}, nil); err == nil {
			err = r.poll(ctx)
		}
	}
	if err == nil || ctx.Err() != nil {
		b.setHealth(errNotReceiving)
		return nil
	}
	b.setHealth(err)
	return err
}

// delays grow to the longest, each with half of it up or down by chance.
func delays(first, longest time.Duration) *backoff.ExponentialBackOff {
	d := backoff.NewExponentialBackOff()
	d.InitialInterval, d.MaxInterval, d.Multiplier = first, longest, 2
	d.Reset()
	return d
}

// receiver is one run of Receive.
type receiver struct {
	*Bot
	to       bot.Sink
	delays   *backoff.ExponentialBackOff
	offset   int64     // all updates below are handled; 0: none yet
	told     int64     // the offset the server has heard of
	seen     time.Time // when the last update came
	conflict bool      // said so already
}

// introduce asks who we are. It tries until it works, the context ends, or the server says that the token is wrong.
func (r *receiver) introduce(ctx context.Context) error {
	var me tgbotapi.User
	if err := r.insist(ctx, "getMe", nil, &me); err != nil {
		return err
	}
	r.username.Store(&me.UserName)
	r.log.InfoContext(ctx, "telegram: connected", "account", r.Account(), "reads_all_group_messages", me.CanReadAllGroupMessages)
	return nil
}

// insist repeats a call with growing delays.
func (r *receiver) insist(ctx context.Context, method string, p params, out any) error {
	for {
		err := r.call(ctx, method, p, r.timeout, out)
		if err == nil {
			r.delays.Reset()
			return nil
		}
		if err := r.wait(ctx, err); err != nil {
			return err
		}
	}
}

// wait reports a failed call and waits before the next. Its error ends Receive.
func (r *receiver) wait(ctx context.Context, failed error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	d := r.delays.NextBackOff()
	var e *apiError
	if errors.As(failed, &e) && !e.foreign {
		switch e.code() {
		case http.StatusUnauthorized, http.StatusNotFound:
			return wrap("the server does not know this token (revoked, or mistyped in the configuration?)", failed)
		case http.StatusTooManyRequests:
			d = max(d, retryAfter(e))
		case http.StatusConflict:
			d = max(d, conflictFloor)
		}
	}
	r.setHealth(failed)
	if !r.complainOnce(failed) {
		r.log.WarnContext(ctx, "telegram: no connection", "error", failed, "retry_in", d)
	}
	return r.pause(ctx, d)
}

// complainOnce handles the refusal that means a second instance runs with the same token: it repeats for as long as
// that lasts, and one line says enough.
func (r *receiver) complainOnce(failed error) bool {
	if !refusedWith(failed, "terminated by other getupdates") {
		return false
	}
	if !r.conflict {
		r.log.Error("telegram: another program receives updates with the same token; stop one of them", "account", r.Account())
	}
	r.conflict = true
	return true
}

// poll runs until the context ends. Until the backlog is handled it asks without waiting, to know when that is.
func (r *receiver) poll(ctx context.Context) error {
	defer r.confirm(ctx)
	hold := time.Duration(0)
	for ctx.Err() == nil {
		began := r.now()
		batch, err := r.getUpdates(ctx, hold)
		if err != nil {
			if err := r.recover(ctx, err); err != nil {
				return err
			}
			continue
		}
		r.setHealth(nil)
		r.conflict = false
		if len(batch) > 0 {
			r.seen = r.now()
			r.handOver(ctx, batch)
			continue
		}
		r.delays.Reset()
		r.drain.Do(func() { close(r.drained) })
		if r.now().Sub(r.seen) > quietDay {
			r.offset, r.told, r.seen = 0, 0, r.now()
		}
		if spent := r.now().Sub(began); hold > 0 && spent < pollFloor {
			_ = r.pause(ctx, pollFloor-spent)
		}
		hold = r.pollWait
	}
	return nil
}

// recover waits after a failed poll; a webhook that somebody set meanwhile is removed again.
func (r *receiver) recover(ctx context.Context, failed error) error {
	if err := r.wait(ctx, failed); err != nil {
		return err
	}
	if refusedWith(failed, "webhook is active") {
		return r.insist(ctx, "deleteWebhook", params{{"drop_pending_updates", "false"}}, nil)
	}
	return nil
}

func (r *receiver) getUpdates(ctx context.Context, hold time.Duration) (batch, error) {
	p := params{
		{"limit", "100"},
		{"timeout", strconv.Itoa(int(hold / time.Second))},
		{"allowed_updates", allowedUpdates},
	}
	if r.offset > 0 {
		p = p.with("offset", strconv.FormatInt(r.offset, 10))
	}
	var updates batch
	err := r.call(ctx, "getUpdates", p, hold+r.timeout, &updates)
	if err == nil {
		r.told = r.offset
	}
	return updates, err
}

// handOver gives a batch to the Sink, all of it in flight at once, and moves the offset over the updates from its
// beginning that are durable. What follows the first that is not comes again.
func (r *receiver) handOver(ctx context.Context, updates batch) {
	waits := make([]func() error, len(updates))
	ids := make([]int64, len(updates))
	for i, raw := range updates {
		var u update
		if err := decode(raw, &u); err != nil || u.ID <= 0 {
			ids[i] = r.skipBroken(ctx, raw)
			continue
		}
		ids[i] = u.ID
		if translated, wanted := r.translate(&u); wanted {
			r.counts.accepted.Add(1)
			waits[i] = r.to.Accept(ctx, translated)
		} else {
			r.counts.dropped.Add(1)
		}
	}
	before, failed := r.offset, error(nil)
	for i, wait := range waits {
		if wait != nil {
			if err := wait(); err != nil && failed == nil {
				failed = err
			}
		}
		if failed == nil && ids[i] > 0 {
			r.offset = max(r.offset, ids[i]+1)
		}
	}
	switch {
	case ctx.Err() != nil:
	case failed != nil:
		d := r.delays.NextBackOff()
		r.log.WarnContext(ctx, "telegram: updates could not be stored and will come again", "error", failed, "retry_in", d)
		_ = r.pause(ctx, d)
	case r.offset == before:
		// Nothing new: an old update came again, or one without an id. Once is nothing, an endless row is a loop.
		_ = r.pause(ctx, pollFloor)
	default:
		r.delays.Reset()
	}
}

// skipBroken logs an update that cannot be decoded and returns its id, 0 when not even that can be read.
func (b *Bot) skipBroken(ctx context.Context, raw []byte) int64 {
	b.counts.broken.Add(1)
	var u struct {
		ID int64 `json:"update_id"`
	}
	if decode(raw, &u) != nil {
		u.ID = 0
	}
	b.log.WarnContext(ctx, "telegram: an update cannot be read and is skipped", "update", u.ID)
	return u.ID
}

// confirm tells the server at the end what was handled since the last poll, so that it does not come again after a
// restart. Failing does no harm.
func (r *receiver) confirm(ctx context.Context) {
	if r.offset == r.told {
		return
	}
	p := params{{"offset", strconv.FormatInt(r.offset, 10)}, {"limit", "1"}, {"timeout", "0"}, {"allowed_updates", allowedUpdates}}
	_ = r.call(context.WithoutCancel(ctx), "getUpdates", p, min(r.timeout, 3*time.Second), nil)
}
