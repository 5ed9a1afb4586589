package domain

import (
	"time"

	"klaster/domain/calendar"
)

// repeatDays are the days after the slot on which those still missing are reminded.
var repeatDays = [maxRepeats]int{3, 7}

const maxRepeats = 2

// indicatorDuties lists the next prompt, the next repeat and the delays asked for.
func (s *State) indicatorDuties(n *Indicator, visit func(duty)) {
	if n.Retired {
		return
	}
	var next time.Time
	if n.NextSlot != "" {
		next = s.later(calendar.SlotTime(n.NextSlot, s.Location()))
		visit(duty{at: next, what: dutyPrompt, indicator: n})
	}
	if n.Period == "" {
		return
	}
	if count := s.nextRepeat(n); count <= maxRepeats {
		at := s.repeatAt(n, count)
		if (next.IsZero() || at.Before(next)) && len(s.Missing(n)) > 0 {
			visit(duty{at: at, what: dutyRepeat, indicator: n})
		}
	}
	var first string
	for _, until := range n.Deferred {
		if first == "" || until < first {
			first = until
		}
	}
	if first != "" {
		visit(duty{at: s.later(calendar.SlotTime(first, s.Location())), what: dutyDeferred, indicator: n})
	}
}

// afterSlot is some days after the indicator's last slot, at the slot's local hour.
func (s *State) afterSlot(n *Indicator, days int) time.Time {
	slot := calendar.SlotTime(n.LastSlot, s.Location())
	y, m, d := slot.Date()
	return calendar.Civil(y, m, d+days, slot.Hour(), slot.Minute(), s.Location())
}

func (s *State) repeatAt(n *Indicator, count int) time.Time {
	return s.later(s.afterSlot(n, repeatDays[count-1]))
}

// Late says whether the values asked for last are late: from the first reminder on, or from the question where that came
// later.
func (s *State) Late(n *Indicator) bool {
	return n.Period != "" && (n.Repeats > 0 || !s.repeatAt(n, 1).After(n.Asked))
}

// nextRepeat counts the repeat that comes next; one whose time had passed when a late prompt was sent is left out.
func (s *State) nextRepeat(n *Indicator) int {
	count := n.Repeats + 1
	for count <= maxRepeats && !s.repeatAt(n, count).After(n.Asked) {
		count++
	}
	return count
}

// prompt fires the latest slot that has passed; earlier ones are only counted. A slot found more than half of its
// stretch late is skipped: so close to its successor, asking would confuse more than it helps. Either way the slot has
// fired.
func (s *State) prompt(n *Indicator, now time.Time) []Event {
	loc := s.Location()
	slot := calendar.SlotTime(n.NextSlot, loc)
	missed := n.Carried
	var next time.Time
	for {
		firings, err := calendar.Next(n.Cron, slot, 1)
		if err != nil {
			break
		}
		if next = firings[0]; s.later(next).After(now) {
			break
		}
		slot = next
		missed++
	}
	e := PromptDue{
		Indicator: n.ID, Slot: calendar.Slot(slot), Period: calendar.LastComplete(n.Frequency, slot), Missed: missed,
	}
	if !next.IsZero() && now.Sub(slot) > next.Sub(slot)/2 {
		e.Skipped = true
		return []Event{e}
	}
	e.Actors = s.unreported(n, e.Period, now)
	return []Event{e}
}

// repeat reminds those still missing who have not asked for a delay. When the next slot has come as well, it speaks
// instead.
func (s *State) repeat(n *Indicator, now time.Time) []Event {
	if n.NextSlot != "" && !s.later(calendar.SlotTime(n.NextSlot, s.Location())).After(now) {
		return nil
	}
	e := PromptRepeated{Indicator: n.ID, Slot: n.LastSlot, Period: n.Period, Count: s.nextRepeat(n)}
	for e.Count < maxRepeats && !s.repeatAt(n, e.Count+1).After(now) {
		e.Count++
	}
	for _, a := range s.Missing(n) {
		if _, deferred := n.Deferred[a]; !deferred {
			e.Actors = append(e.Actors, a)
		}
	}
	return []Event{e}
}

// promptDeferred asks those again whose delay has run out. Several delays that ran out together are one event.
func (s *State) promptDeferred(n *Indicator, now time.Time) []Event {
	if n.NextSlot != "" && !s.later(calendar.SlotTime(n.NextSlot, s.Location())).After(now) {
		return nil
	}
	e := PromptRepeated{Indicator: n.ID, Slot: n.LastSlot, Period: n.Period}
	for _, a := range s.Actors {
		if until, ok := n.Deferred[a.ID]; ok && !s.later(calendar.SlotTime(until, s.Location())).After(now) {
			e.Actors = append(e.Actors, a.ID)
		}
	}
	return []Event{e}
}

// reports says whether the actor is asked for the indicator's values.
func (n *Indicator) reports(a *Actor) bool {
	for _, id := range n.Reporters.Actors {
		if id == a.ID {
			return true
		}
	}
	return n.Reporters.Groups&RoleSetOf(a.Roles) != 0
}

// unreported lists the approved reporters that were members at the given time and have neither a reading for the
// period nor said that there is none.
func (s *State) unreported(n *Indicator, period calendar.Period, members time.Time) []ActorID {
	var out []ActorID
	for _, a := range s.Actors {
		if a.Status != StatusApproved || a.Since.Time().After(members) || !n.reports(a) {
			continue
		}
		if _, reported := n.Readings[period][a.ID]; !reported {
			out = append(out, a.ID)
		}
	}
	return out
}

// Missing lists the actors that were asked for the indicator's current period and have not answered.
func (s *State) Missing(n *Indicator) []ActorID {
	if n.Period == "" {
		return nil
	}
	return s.unreported(n, n.Period, n.Asked)
}
