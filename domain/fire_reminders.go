package domain

import (
	"slices"
	"time"
)

// calls is what the reminders of an open item depend on.
type calls struct {
	opened, since, closes time.Time
	reminded              Reminded
	anyone                bool // somebody of the electorate has said nothing yet
}

func (v *Version) calls() calls {
	return calls{v.Opened, v.Since, v.Closes, v.Reminded, v.Count.Cast() < v.Count.Electorate}
}

func (r *Round) calls() calls {
	return calls{r.Opened, r.Since, r.Closes, r.Reminded, r.said < len(r.Electorate)}
}

// reminders lists the reminders still to come: half time, a day and three hours before the close, moved earlier out
// of the quiet hours; none for an item that is shorter than that, none when nobody is missing. A later one that has
// been sent stands for the earlier ones.
func (s *State) reminders(c calls, visit func(at time.Time, kind string)) {
	if !c.anyone {
		return
	}
	half := s.earlier(c.opened.Add(c.closes.Sub(c.opened) / 2))
	day := s.earlier(c.closes.Add(-24 * time.Hour))
	hours := s.earlier(c.closes.Add(-3 * time.Hour))
	if c.reminded.Has(RemindHours) {
		return
	}
	if hours.After(c.since) {
		visit(hours, RemindHours)
	}
	if c.reminded.Has(RemindDay) {
		return
	}
	if day.After(c.since) {
		visit(day, RemindDay)
	}
	if !c.reminded.Has(RemindHalf) && half.After(c.since) && half.Before(day) {
		visit(half, RemindHalf)
	}
}

// remind names those who have said nothing. Found late, only the latest reminder is sent, and none beside the close.
func (s *State) remind(d duty, now time.Time) []Event {
	var c calls
	e := VotersReminded{Kind: d.remind}
	if d.proposal != nil {
		e.Item, c = d.proposal.ID, d.proposal.Now().calls()
		e.Missing = d.proposal.Now().Missing()
	} else {
		e.Item, c = d.round.ID, d.round.calls()
		e.Missing = d.round.Missing()
	}
	if !c.closes.After(now) {
		return nil
	}
	superseded := false
	s.reminders(c, func(at time.Time, kind string) {
		if !at.After(now) && reminderOrder(kind) > reminderOrder(d.remind) {
			superseded = true
		}
	})
	if superseded {
		return nil
	}
	return []Event{e}
}

func reminderOrder(kind string) int {
	return slices.Index([]string{RemindHalf, RemindDay, RemindHours}, kind)
}

// Reminded is the set of reminders an item has had, one bit each.
type Reminded uint8

// onlyHalf is what counts as sent once the close has been moved.
const onlyHalf Reminded = 1 // RemindHalf

// Has says whether the reminder has been sent.
func (r Reminded) Has(kind string) bool {
	i := reminderOrder(kind)
	return i >= 0 && r&(1<<i) != 0
}

func (r *Reminded) mark(kind string) {
	if i := reminderOrder(kind); i >= 0 {
		*r |= 1 << i
	}
}

// Missing lists the electors that have no ballot, in the order of the electorate.
func (v *Version) Missing() []ActorID {
	var out []ActorID
	for _, seat := range v.Electorate {
		if seat.Said == 0 {
			out = append(out, seat.Actor)
		}
	}
	return out
}

// Missing lists the electors that have scored or skipped nothing yet, in the order of the electorate.
func (r *Round) Missing() []ActorID {
	var out []ActorID
	for _, voter := range r.Electorate {
		if !r.spoke(voter.Actor) {
			out = append(out, voter.Actor)
		}
	}
	return out
}
