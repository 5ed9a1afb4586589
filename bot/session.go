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
	chat, begun := t.u.Chat, change.Blob
	if change.Private && !t.u.Private {
		if begun == nil { // it was over as soon as it was begun; what waits in the private chat goes on waiting
			return nil
		}
		if own, ok := h.ownChat(t); ok {
			chat = own
		}
		waiting, err := h.waiting(t, chat)
		if err != nil {
			return err
		}
		if waiting != nil {
			begun = h.Talk.Interrupt(begun, waiting)
		}
	}
	if begun == nil {
		if err := h.Store.DropSession(h.ctx, t.person.ID, chat); err != nil {
			return fmt.Errorf("session: %w", err)
		}
		return nil
	}
	cluster := t.cluster
	if id := h.Talk.SessionCluster(begun); id != "" { // an interrupted one may be about another cluster
		cluster = id
	}
	blob, err := json.Marshal(envelope{Cluster: cluster, Cause: t.in.Cause, At: t.in.At.Unix(), Until: change.Until.Unix(), Blob: begun})
	if err != nil {
		return fmt.Errorf("session: %w", err)
	}
	if !t.u.Private && !change.Private {
		h.begun.put(t.person.ID, chat)
	}
	if err := h.Store.PutSession(h.ctx, t.person.ID, chat, blob, change.Until.Add(mention)); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	return nil
}

// lookElsewhere asks whether a half-done conversation of the turn's person waits in another chat than the turn's.
func (h *Hub) lookElsewhere(t *turn) error {
	chat := t.u.Opener
	if !t.u.Private {
		chat, _ = h.ownChat(t)
	} else if chat.Chat == "" {
		chat, _ = h.begun.get(t.person.ID)
	}
	t.in.Elsewhere = commands.No
	if chat.Chat == "" {
		return nil
	}
	blob, err := h.waiting(t, chat)
	if blob != nil {
		t.in.Elsewhere = commands.Yes
	}
	return err
}

// waiting is the half-done conversation in a chat other than the turn's; nil for none, for one that has expired, and for
// what this very input left before it came again.
func (h *Hub) waiting(t *turn, chat domain.ChatRef) ([]byte, error) {
	blob, err := h.Store.SessionOf(h.ctx, t.person.ID, chat)
	if err != nil {
		return nil, fmt.Errorf("session: %w", err)
	}
	var e envelope
	if blob == nil || json.Unmarshal(blob, &e) != nil || e.Cause == t.in.Cause || t.in.At.Unix() >= e.Until {
		return nil, nil
	}
	return e.Blob, nil
}

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }
