package domain

import (
	"slices"
	"time"
)

// duty is something that happens by the clock.
type duty struct {
	at   time.Time
	what dutyKind
	// Exactly one of these, none for the digest.
	proposal  *Proposal
	round     *Round
	indicator *Indicator
	remind    string // dutyRemind
}

type dutyKind uint8

const (
	dutyClose dutyKind = iota
	dutyRemind
	dutyPrompt
	dutyRepeat
	dutyDeferred
	dutyDigest
)

// NextDue is when the cluster has to be woken next; false while nothing is due at all. It walks open items and
// indicators, never ballots, and once between two commits.
func (s *State) NextDue() (time.Time, bool) {
	if !s.planned {
		s.next, s.planned = time.Time{}, true
		s.duties(func(d duty) {
			if s.next.IsZero() || d.at.Before(s.next) {
				s.next = d.at
			}
		})
		s.next = s.next.UTC()
	}
	return s.next, !s.next.IsZero()
}

// Fire says what has come due by now, in the order in which it came due; empty when nothing has. After its events are
// applied, NextDue lies after now.
func Fire(s *State, now time.Time) []Event {
	var due []duty
	s.duties(func(d duty) {
		if !d.at.After(now) {
			due = append(due, d)
		}
	})
	slices.SortStableFunc(due, func(a, b duty) int { return a.at.Compare(b.at) })
	var events []Event
	for _, d := range due {
		events = append(events, s.discharge(d, now)...)
	}
	return events
}

// duties lists what will happen by the clock as things stand. NextDue and Fire share it, so that a cluster cannot be
// woken for something that Fire does not see.
func (s *State) duties(visit func(duty)) {
	for _, p := range s.Proposals {
		if p.Phase.Running() {
			v := p.Now()
			visit(duty{at: v.Closes, what: dutyClose, proposal: p})
			s.reminders(v.calls(), func(at time.Time, kind string) {
				visit(duty{at: at, what: dutyRemind, proposal: p, remind: kind})
			})
		}
	}
	for _, r := range s.Rounds {
		if r.Phase.Running() {
			visit(duty{at: r.Closes, what: dutyClose, round: r})
			s.reminders(r.calls(), func(at time.Time, kind string) {
				visit(duty{at: at, what: dutyRemind, round: r, remind: kind})
			})
		}
	}
	for _, n := range s.Indicators {
		s.indicatorDuties(n, visit)
	}
	if at := s.digestDue(); !at.IsZero() {
		visit(duty{at: at, what: dutyDigest})
	}
}

func (s *State) discharge(d duty, now time.Time) []Event {
	switch d.what {
	case dutyClose:
		if d.proposal != nil {
			return s.closeProposal(d.proposal, now)
		}
		return s.closeRound(d.round, now)
	case dutyRemind:
		return s.remind(d, now)
	case dutyPrompt:
		return s.prompt(d.indicator, now)
	case dutyRepeat:
		return s.repeat(d.indicator, now)
	case dutyDeferred:
		return s.promptDeferred(d.indicator, now)
	case dutyDigest:
		return []Event{DigestDue{Day: s.digestDay(now)}}
	}
	return nil
}

// lateDays is how long after the slot late data are worth a digest.
const lateDays = 14

// digestDue is when the next digest has something to say: an item is open, or data are late. So an idle cluster has
// nothing due at all. Late data are worth a line from the first reminder until two weeks after the slot; after that
// the boards show the gap, and a cluster that has gone to sleep may sleep.
func (s *State) digestDue() time.Time {
	var next time.Time
	offer := func(from, until time.Time) {
		at := s.digestAfter(from)
		if at.IsZero() || !at.Before(until) {
			return
		}
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	for _, p := range s.Proposals {
		if p.Phase.Running() {
			offer(p.Now().Since, p.Now().Closes)
		}
	}
	for _, r := range s.Rounds {
		if r.Phase.Running() {
			offer(r.Since, r.Closes)
		}
	}
	for _, n := range s.Indicators {
		if !n.Retired && n.Period != "" && len(s.Missing(n)) > 0 {
			from := s.repeatAt(n, 1)
			if n.Asked.After(from) { // asked late
				from = n.Asked
			}
			offer(from, s.afterSlot(n, lateDays))
		}
	}
	return next
}
