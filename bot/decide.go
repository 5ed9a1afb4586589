package bot

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"klaster/commands"
	"klaster/domain"
)

// decideAll decides the requests in order, each on the state that the ones before it have left, and applies what they
// decided. A request whose handling panics is parked and the error says that the state has to be thrown away.
// why says what the commits may change on the cards.
func (r *room) decideAll(batch []*request) (commits []domain.Commit, why nudging, err error) {
	timed, counts := true, true
	for _, q := range batch {
		if q.trouble != "" || q.err != nil { // parked by an earlier attempt
			continue
		}
		q.outcome, q.replies, q.refused, q.number, q.version, q.acceptedAt = commands.Outcome{}, nil, nil, 0, 0, 0
		q.former = false
		before := len(commits)
		if err := guard(func() { commits = r.decide(q, commits) }); err != nil {
			r.parkOne(q, &parkedError{err})
			return nil, why, errLostRaces
		}
		for _, c := range commits[before:] {
			timed = timed && q.kind == timer
			counts = counts && onlyCounts(c.Events)
		}
	}
	switch {
	case timed:
		why = marked
	case !counts:
		why = changed
	}
	return commits, why, nil
}

func (r *room) decide(q *request, commits []domain.Commit) []domain.Commit {
	s := r.state
	switch q.kind {
	case words:
		if r.known(q, q.in.Cause) {
			return commits
		}
		if !q.reheard && r.former(q.in.By) {
			q.former = true
			return commits
		}
		q.in.At = later(q.in.At, s.LastAt)
		if q.in.Lang == "" {
			q.in.Lang = s.Lang()
		}
		q.outcome = r.talk.Handle(s, q.in)
		if len(q.outcome.Events) == 0 {
			return commits
		}
		return r.commit(q, commits, domain.Commit{
			At: q.in.At, By: q.in.By, Cause: q.in.Cause, Salt: saltFrom(q.in.Seed), Events: q.outcome.Events,
		})
	case order:
		if r.known(q, q.in.Cause) {
			return commits
		}
		at := later(q.now, s.LastAt)
		events, err := domain.Decide(s, at, domain.By{}, q.command)
		if err != nil {
			if !errors.As(err, &q.refused) {
				q.refused = domain.Refuse(domain.Invalid, "")
			}
			return commits
		}
		if len(events) == 0 {
			return commits
		}
		return r.commit(q, commits, domain.Commit{At: at, Cause: q.in.Cause, Salt: saltFrom(q.in.Seed), Events: events})
	case timer:
		for range maxFires {
			due, ok := s.NextDue()
			if !ok || due.After(q.now) {
				break
			}
			at := later(q.now, s.LastAt)
			events := domain.Fire(s, at)
			if len(events) == 0 {
				break
			}
			cause := "timer:" + due.UTC().Format(time.RFC3339)
			commits = r.commit(q, commits, domain.Commit{At: at, Cause: cause, Salt: saltFrom(q.in.Seed), Events: events})
		}
	}
	return commits
}

// maxFires bounds how often firing may make something else due at once.
const maxFires = 16

func (r *room) commit(q *request, commits []domain.Commit, c domain.Commit) []domain.Commit {
	domain.Apply(r.state, c)
	q.number = r.state.Commits
	c.Number = q.number
	return append(commits, c)
}

// known finds the commit of an input that has been accepted before.
func (r *room) known(q *request, cause string) bool {
	at, ok := r.state.Accepted(cause)
	if ok {
		q.number, q.version, q.acceptedAt = at.Commit, at.Version, at.At
	}
	return ok
}

// answer has every request answered from the state that now is the journal's.
func (r *room) answer(batch []*request, commits []domain.Commit, first uint64) error {
	s := r.state
	for _, q := range batch {
		if q.trouble != "" || q.err != nil {
			continue
		}
		q.lang = s.Lang()
		switch q.kind {
		case look:
			if err := guard(func() { q.see(s) }); err != nil {
				q.err = &parkedError{err}
			}
		case timer:
			if q.number == 0 {
				q.err = r.rearm()
			}
		case words:
			if q.number == 0 {
				q.replies = q.outcome.Replies
				continue
			}
			commit, err := r.commitNumbered(q, commits, first)
			if err != nil {
				return err
			}
			if q.number < first {
				q.outcome.Effects = commands.Owed(s, commit)
			}
			if q.in.Lang == "" {
				q.in.Lang = q.lang
			}
			if err := guard(func() { q.replies = r.talk.Answer(s, commit, q.in) }); err != nil {
				// The input is in the journal; only the wording failed.
				r.log.Error("answer failed", "cluster", r.id, "cause", q.in.Cause, "err", err)
				q.trouble = commands.JournalFault
			}
		}
	}
	return nil
}

// commitNumbered finds a request's commit among those just appended, or in the journal.
func (r *room) commitNumbered(q *request, commits []domain.Commit, first uint64) (domain.Commit, error) {
	if q.number >= first {
		c := commits[q.number-first]
		c.Receipt = domain.Receipt(c.Number, r.state.Head)
		return c, nil
	}
	entries, err := r.store.Read(r.ctx, r.id, q.version-1, 1)
	if err != nil {
		return domain.Commit{}, journalTrouble(err)
	}
	for _, e := range entries {
		found, err := decodeEntry(e)
		if err != nil {
			return domain.Commit{}, &parkedError{err}
		}
		for _, c := range found {
			if c.Cause == q.in.Cause {
				c.Number = q.number
				c.Receipt = domain.Receipt(c.Number, e.Head)
				return c, nil
			}
		}
	}
	return domain.Commit{Number: q.number, Cause: q.in.Cause, By: q.in.By}, nil
}

// rearm repairs the due time after a fire that had nothing to say.
func (r *room) rearm() error {
	due, _ := r.state.NextDue()
	if err := r.store.SetDue(r.ctx, r.id, r.state.Head, due); err != nil {
		return journalTrouble(err)
	}
	return nil
}

// onlyCounts says whether events only change counts on cards that are there: such a change waits for the quiet time.
func onlyCounts(events []domain.Event) bool {
	for _, e := range events {
		switch e.(type) {
		case domain.VoteCast, domain.ScoresCast, *domain.VoteCast, *domain.ScoresCast:
		default:
			return false
		}
	}
	return true
}

// guard turns a panic into an error that holds the place, never the value: a value may be what a person wrote.
func guard(f func()) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("panic (%T) at %s", v, panicPlace(debug.Stack()))
		}
	}()
	f()
	return nil
}

// later is the later time, in the journal's precision.
func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a.Truncate(time.Millisecond)
}

// saltFrom derives a commit's salt, so that it tells nothing about the identifiers made from the same seed.
func saltFrom(seed [32]byte) (salt [16]byte) {
	sum := sha256.Sum256(append(seed[:], "salt"...))
	copy(salt[:], sum[:])
	return salt
}
