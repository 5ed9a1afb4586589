package bot

import (
	"errors"
	"fmt"
	"strings"

	"klaster/domain"
	"klaster/store"
)

// loadStep is how many entries are read at a time.
const loadStep = 2000

// wake makes sure that the room has a state at least as new as heard. fresh: it was read from the store just now.
func (r *room) wake(heard uint64) (fresh bool, err error) {
	if r.state != nil && r.state.Head.Version >= heard {
		return false, nil
	}
	if r.state != nil {
		forgets, err := r.catchUp()
		if err == nil && !forgets {
			return true, nil
		}
		if forgets {
			r.moved(r.id, changed)
		}
		r.state = nil // not a tail of what we have, or what we have holds texts that are erased by now: begin anew
	}
	if err := r.load(); err != nil {
		r.state = nil
		return false, err
	}
	return true, nil
}

// load folds the snapshot and what follows it, or the whole journal.
func (r *room) load() error {
	snapshot, entries, err := r.store.Load(r.ctx, r.id, loadStep)
	if err != nil {
		return journalTrouble(fmt.Errorf("load %s: %w", r.id, err))
	}
	s, usable := restore(r.id, r.zones, snapshot)
	if !usable {
		s = domain.NewState(r.id, r.zones)
		if snapshot.Head.Version > 0 {
			if entries, err = r.store.Read(r.ctx, r.id, 0, loadStep); err != nil {
				return journalTrouble(fmt.Errorf("read %s: %w", r.id, err))
			}
		}
	}
	r.state, r.saved = s, s.Commits
	_, err = r.foldAll(entries)
	if err == nil && len(entries) == loadStep {
		_, err = r.catchUp()
	}
	if err == nil {
		r.state.Rest(r.clock.Now()) // most clusters that wake have been quiet for long
	}
	return err
}

// catchUp folds what the journal has and the state has not.
func (r *room) catchUp() (forgets bool, err error) {
	for {
		entries, err := r.store.Read(r.ctx, r.id, r.state.Head.Version, loadStep)
		if err != nil {
			return false, journalTrouble(fmt.Errorf("read %s: %w", r.id, err))
		}
		more, err := r.foldAll(entries)
		if err != nil {
			return false, err
		}
		forgets = forgets || more
		if len(entries) < loadStep {
			return forgets, nil
		}
	}
}

func (r *room) foldAll(entries []store.Entry) (forgets bool, err error) {
	panicked := guard(func() {
		for _, e := range entries {
			one, fault := foldEntry(r.state, e)
			if fault != nil {
				err = &parkedError{fmt.Errorf("fold %s version %d: %w", r.id, e.Head.Version, fault)}
				return
			}
			if len(one) > 0 {
				forgets = true
				r.forgot(one)
			}
		}
	})
	if panicked != nil {
		return false, &parkedError{fmt.Errorf("fold %s: %w", r.id, panicked)}
	}
	return forgets, err
}

// journalTrouble marks errors that are this journal's own, so that they do not count as a store that is down.
func journalTrouble(err error) error {
	for _, own := range []error{store.ErrMissing, store.ErrGap, store.ErrRewound} {
		if errors.Is(err, own) {
			return &parkedError{err}
		}
	}
	return err
}

// Snapshots are taken when the tail since the last one exceeds snapshotTail commits and half of the journal, so that a
// long journal is not encoded again and again; and on letting go after restTail commits.
const (
	snapshotTail = 1000
	restTail     = 200
)

func (r *room) keepSnapshot() {
	if tail := r.state.Commits - r.saved; tail > max(snapshotTail, r.state.Commits/2) {
		r.saveSnapshot()
	}
}

// saveSnapshot encodes the state here and stores it elsewhere. Losing a snapshot loses nothing.
func (r *room) saveSnapshot() {
	snapshot, err := snapshotOf(r.state)
	r.saved = r.state.Commits
	if err != nil {
		r.log.Error("snapshot failed", "cluster", r.id, "err", err)
		return
	}
	r.aside.Go(func() {
		if err := r.store.SaveSnapshot(r.ctx, r.id, snapshot); err != nil && r.ctx.Err() == nil {
			r.log.Warn("snapshot not kept", "cluster", r.id, "err", err)
		}
	})
}

// panicPlace is the file and line of the innermost frame of our own code below a panic.
func panicPlace(stack []byte) string {
	panicked, ours := false, false
	for line := range strings.Lines(string(stack)) {
		switch {
		case strings.HasPrefix(line, "panic("):
			panicked = true
		case !strings.HasPrefix(line, "\t"):
			ours = panicked && strings.HasPrefix(line, "klaster/")
		case ours:
			at, _, _ := strings.Cut(strings.TrimSpace(line), " +")
			return at[strings.LastIndex(at, "/")+1:]
		}
	}
	return "an unknown place"
}
