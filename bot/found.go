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

// founding is the beginning of a journal as it lies beside the claim of a chat until the journal is there. Whoever finds
// the chat claimed and no journal stores it: after a crash, or while another replica is about to.
type founding struct {
	Record    []byte            `json:"record"`
	Texts     []byte            `json:"texts"`
	Due       time.Time         `json:"due"`
	Platforms []domain.Platform `json:"platforms"`
}

// markLife is how long an interrupted founding can be finished.
const markLife = 365 * 24 * time.Hour

func foundingMark(id domain.ClusterID) string { return "founding/" + string(id) }

// found claims the chat and begins the journal.
func (h *Hub) found(t *turn, e commands.FoundCluster) error {
	commit := domain.Commit{At: t.in.At, By: t.in.By, Cause: t.in.Cause, Salt: saltFrom(t.in.Seed), Events: e.Events}
	entry, err := encodeEntry([]domain.Commit{commit})
	if err != nil {
		return &parkedError{err}
	}
	s := domain.NewState(e.ID, h.Zones)
	domain.Apply(s, commit)
	begin := founding{Record: entry.Record, Texts: entry.Texts, Platforms: platformsOf(s)}
	begin.Due, _ = s.NextDue()
	mark, err := json.Marshal(begin)
	if err != nil {
		return &parkedError{err}
	}
	if err := h.Store.PutToken(h.ctx, foundingMark(e.ID), mark, t.in.At.Add(markLife)); err != nil {
		return fmt.Errorf("found %s: %w", e.ID, err)
	}
	holder, err := h.chats.claim(h.ctx, t.u.Chat, e.ID)
	if err != nil {
		return err
	}
	t.cluster, t.outcome = holder, commands.Outcome{}
	if holder != e.ID { // somebody else was first: its cluster answers
		h.dropMark(e.ID)
		return nil
	}
	return h.beginJournal(e.ID, begin)
}

// beginJournal stores the journal, which may be there already, and lets the mark go.
func (h *Hub) beginJournal(id domain.ClusterID, f founding) error {
	_, err := h.Store.Create(h.ctx, id, store.Entry{Record: f.Record, Texts: f.Texts}, f.Due, f.Platforms)
	if err != nil && !errors.Is(err, store.ErrExists) {
		return fmt.Errorf("found %s: %w", id, err)
	}
	h.Log.Info("cluster founded", "cluster", id)
	h.dropMark(id)
	if !f.Due.IsZero() {
		h.DueHint(f.Due)
	}
	h.cards.nudge(id, changed)
	return nil
}

func (h *Hub) dropMark(id domain.ClusterID) {
	if err := h.Store.DropToken(h.ctx, foundingMark(id)); err != nil {
		h.Log.Warn("founding mark left behind", "cluster", id, "err", err)
	}
}

// finishFounding stores the journal of a cluster whose founding got no further than the claim, and says whether there
// is one now. A founding that goes on elsewhere finds its own entry there.
func (h *Hub) finishFounding(id domain.ClusterID) (bool, error) {
	mark, err := h.Store.Token(h.ctx, foundingMark(id))
	switch {
	case isNotFound(err): // founded a moment ago, or lost
		_, err := h.Store.Tip(h.ctx, id)
		if errors.Is(err, store.ErrMissing) {
			return false, nil
		}
		return err == nil, err
	case err != nil:
		return false, fmt.Errorf("found %s: %w", id, err)
	}
	var f founding
	if json.Unmarshal(mark, &f) != nil || len(f.Record) == 0 {
		return false, nil
	}
	if err := h.beginJournal(id, f); err != nil {
		return false, err
	}
	return true, nil
}
