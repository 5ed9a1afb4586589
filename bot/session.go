package bot

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// envelope is a half-done conversation as it is stored: which cluster it is about, and which input left it.
type envelope struct {
	Cluster domain.ClusterID `json:"c,omitempty"`
	Cause   string           `json:"k"`
	At      int64            `json:"a"` // unix seconds
	Until   int64            `json:"u"` // unix seconds; it is kept longer, so that running out can be mentioned
	Blob    []byte           `json:"b"`
}

// mention is how long an expired conversation is kept to be mentioned.
const mention = 7 * 24 * time.Hour

// loadSession reads the half-done conversation of the turn's person in the turn's chat, once.
func (h *Hub) loadSession(t *turn) error {
	if t.sought {
		return nil
	}
	blob, err := h.Store.SessionOf(h.ctx, t.person.ID, t.u.Chat)
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	t.sought = true
	if blob == nil {
		return nil
	}
	var e envelope
	if json.Unmarshal(blob, &e) != nil { // written by a newer or older program: as if there were none
		return nil
	}
	t.session = &e
	switch {
	case t.in.At.Unix() >= e.Until:
		t.in.Expired = true
	default:
		t.in.Session = e.Blob
	}
	return nil
}

// sessionChange is what has to be written about the half-done conversation: what the outcome says, else the end of one
// that has expired, or that had been finished by an input whose end of the conversation was lost in a crash.
func (t *turn) sessionChange() *commands.SessionChange {
	if t.trouble != "" {
		return nil
	}
	if t.outcome.Session != nil {
		return t.outcome.Session
	}
	if t.session == nil {
		return nil
	}
	repeated := t.version > 0
	if t.in.Expired || repeated && t.session.Cause != t.in.Cause && t.session.At <= t.acceptedAt {
		return &commands.SessionChange{}
	}
	return nil
}

// keepSession writes the change. It comes after the append.
func (h *Hub) keepSession(t *turn) error {
	change := t.sessionChange()
	if change == nil {
		return nil
	}
	chat := t.u.Chat
	if change.Private && !t.u.Private {
		if own, ok := h.privateChat(h.ctx, t.p, t.person); ok {
			chat = own
		}
	}
	if change.Blob == nil {
		if err := h.Store.DropSession(h.ctx, t.person.ID, chat); err != nil {
			return fmt.Errorf("session: %w", err)
		}
		return nil
	}
	blob, err := json.Marshal(envelope{
		Cluster: t.cluster, Cause: t.in.Cause, At: t.in.At.Unix(), Until: change.Until.Unix(), Blob: change.Blob,
	})
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	if err := h.Store.PutSession(h.ctx, t.person.ID, chat, blob, change.Until.Add(mention)); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	return nil
}

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }
