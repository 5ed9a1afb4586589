package bot

import (
	"errors"
	"time"

	"klaster/domain"
	"klaster/store"
)

// delivered draws the consequences of an errand.
func (h *Hub) delivered(d *delivery, p *platform, w wanted, e *errand, err error) {
	again := time.Now()
	if err != nil {
		again = h.undelivered(d, p, w, err)
	}
	d.mu.Lock()
	if d.pending[w.key()] == e {
		delete(d.pending, w.key())
	}
	idle := len(d.pending) == 0
	d.mu.Unlock()
	if idle || err != nil {
		h.cards.errandDone(d, again)
	}
}

// undelivered deals with a card that could not be shown, and says when to look again.
func (h *Hub) undelivered(d *delivery, p *platform, w wanted, err error) time.Time {
	h.Log.Warn("card not sent", "platform", p.name, "cluster", d.id, "card", w.card.Key, "err", err)
	ctx := h.ctx
	var e *SendError
	if !errors.As(err, &e) {
		return time.Now().Add(troubledMost)
	}
	d.mu.Lock()
	record := d.posts[w.key()]
	d.mu.Unlock()
	now := h.clock.Now()
	if now.Sub(record.At) >= unwelcomeFor {
		record.Tries = 0
	}
	record.Card, record.Chat, record.At = w.card.Key, w.chat, now
	if w.retired && e.Kind != Transient && e.Kind != RateLimited && e.Kind != Misconfigured { // it stands nowhere, or for ever
		record.State, record.Hash = store.PostSent, w.hash
		e = &SendError{Kind: Rejected, Err: e.Err}
	}
	switch e.Kind {
	case Gone: // post anew, once
		record.Tries++
		record.State, record.Ref, record.Hash = store.PostSending, "", ""
	case Rejected: // not again with this content
		record.State, record.Hash = store.PostSent, w.hash
	case Unreachable, MovedAway:
		if _, why := h.consequence(w.chat, w.to(), err); why != nil {
			h.Log.Warn("consequence of a failed send", "platform", p.name, "cluster", d.id, "err", why)
			return time.Now().Add(troubledMost)
		}
		return time.Now()
	default:
		return time.Now().Add(troubledMost)
	}
	if err := h.keepPost(ctx, d, record); err != nil {
		h.Log.Warn("post not recorded", "cluster", d.id, "err", err)
	}
	return time.Now()
}

// to is the person a post is for, if it went to a private chat.
func (w wanted) to() domain.PersonID {
	if w.group {
		return ""
	}
	return w.card.To
}
