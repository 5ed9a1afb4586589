package domain

import (
	"errors"
	"slices"
	"time"

	"klaster/domain/calendar"
)

// maxIndicators bounds what one group can be asked for.
const maxIndicators = 60

// defaultCrons are the schedules used where none is given: at nine on the first day after the period.
var defaultCrons = map[calendar.Frequency]string{
	calendar.Weekly:     "0 9 * * 1",
	calendar.Monthly:    "0 9 1 * *",
	calendar.Quarterly:  "0 9 1 1,4,7,10 *",
	calendar.HalfYearly: "0 9 1 1,7 *",
	calendar.Yearly:     "0 9 1 1 *",
}

// DefaultCron is the schedule of an indicator for which none is given.
func DefaultCron(f calendar.Frequency) string { return defaultCrons[f] }

func (d deciding) defineIndicator(c DefineIndicator) ([]Event, *Error) {
	e := c.IndicatorDefined
	if refusal := d.needOfficer(); refusal != nil {
		return nil, refusal
	}
	name, bad1 := needed(e.Name, MaxTitle)
	unit, bad2 := optional(e.Unit, MaxName)
	if refusal := firstRefusal(bad1, bad2, d.reporters(e.Reporters)); refusal != nil {
		return nil, refusal
	}
	switch {
	case e.Indicator == "" || d.Indicator(e.Indicator) != nil:
		return nil, Refuse(Already, "id.taken")
	case len(d.Indicators) >= maxIndicators:
		return nil, Refuse(NotYet, "indicator.too_many", "max", maxIndicators)
	case e.Kind != UnitNumber && e.Kind != UnitMoney && e.Kind != UnitPercent:
		return nil, Refuse(Invalid, "indicator.kind")
	case e.Direction != Up && e.Direction != Down:
		return nil, Refuse(Invalid, "indicator.direction")
	case !e.Frequency.Valid():
		return nil, Refuse(Invalid, "indicator.frequency")
	}
	if e.Cron == "" {
		e.Cron = DefaultCron(e.Frequency)
	}
	cron, refusal := d.schedule(e.Cron)
	if refusal != nil {
		return nil, refusal
	}
	e.Number, e.Name, e.Unit, e.Cron = len(d.Indicators)+1, name, unit, cron
	return happened(e)
}

func (d deciding) reporters(r Reporters) *Error {
	if len(r.Actors) == 0 && r.Groups == 0 {
		return Refuse(Invalid, "indicator.no_reporters")
	}
	if r.Groups >= 1<<groupCount {
		return Refuse(Invalid, "role.unknown")
	}
	for i, id := range r.Actors {
		a := d.Actor(id)
		if a == nil || a.Status != StatusApproved {
			return Refuse(NotFound, "actor.unknown")
		}
		if slices.Contains(r.Actors[:i], id) {
			return Refuse(Invalid, "indicator.reporter_twice", "actor", a.Name)
		}
	}
	return nil
}

// schedule gives the stored form of a cron expression. The refusals are "schedule.<reason of the calendar>".
func (d deciding) schedule(expr string) (string, *Error) {
	cron, err := calendar.NormaliseCron(expr)
	if err == nil {
		err = calendar.CheckCron(cron, d.at.In(d.Location()))
	}
	var refused *calendar.Error
	switch {
	case err == nil:
		return cron, nil
	case errors.As(err, &refused):
		return "", Refuse(Invalid, "schedule."+string(refused.Reason), "schedule", shown(expr))
	}
	return "", Refuse(Invalid, "schedule."+string(calendar.Unreadable), "schedule", shown(expr))
}

// shown cuts what a person typed to what can be repeated to them.
func shown(typed string) Text {
	if r := []rune(typed); len(r) > MaxName {
		return Text(r[:MaxName]) + "…"
	}
	return Text(typed)
}

func (d deciding) indicator(id ItemID) (*Indicator, *Error) {
	n := d.Indicator(id)
	switch {
	case n == nil:
		return nil, Refuse(NotFound, "indicator.unknown")
	case n.Retired:
		return nil, Refuse(Closed, "indicator.retired", "indicator", n.Number, "name", n.Name)
	}
	return n, nil
}

func (d deciding) scheduleIndicator(c ScheduleIndicator) ([]Event, *Error) {
	if refusal := d.needOfficer(); refusal != nil {
		return nil, refusal
	}
	n, bad1 := d.indicator(c.Indicator)
	cron, bad2 := d.schedule(c.Cron)
	switch refusal := firstRefusal(bad1, bad2); {
	case refusal != nil:
		return nil, refusal
	case n.Cron == cron:
		return unchanged()
	}
	return happened(IndicatorScheduled{Indicator: n.ID, Cron: cron})
}

func (d deciding) retireIndicator(c RetireIndicator) ([]Event, *Error) {
	if refusal := d.needOfficer(); refusal != nil {
		return nil, refusal
	}
	n := d.Indicator(c.Indicator)
	switch {
	case n == nil:
		return nil, Refuse(NotFound, "indicator.unknown")
	case n.Retired:
		return unchanged()
	}
	return happened(IndicatorRetired(c))
}

// report finds the indicator, the reporting actor and the period of a reading. Without a period, the one asked for is
// meant, or else the last that is complete.
func (d deciding) report(indicator ItemID, actor ActorID, period calendar.Period) (*Indicator, *Actor, calendar.Period, *Error) {
	n, refusal := d.indicator(indicator)
	if refusal != nil {
		return nil, nil, "", refusal
	}
	a, refusal := d.reporter(n, actor)
	if refusal != nil {
		return nil, nil, "", refusal
	}
	now := d.at.In(d.Location())
	if period == "" {
		if period = n.Period; period == "" {
			period = calendar.LastComplete(n.Frequency, now)
		}
	}
	from, _ := calendar.Bounds(period, d.Location())
	switch {
	case period.Frequency() != n.Frequency:
		return nil, nil, "", Refuse(Invalid, "reading.period", "indicator", n.Number, "name", n.Name)
	case from.After(d.at):
		return nil, nil, "", Refuse(NotYet, "reading.future", "indicator", n.Number, "name", n.Name, "period", string(period), "begins", from.UTC())
	}
	return n, a, period, nil
}

// reporter finds the actor for which By reports; of several, the one that is asked.
func (d deciding) reporter(n *Indicator, named ActorID) (*Actor, *Error) {
	if named == "" {
		var asked []*Actor
		for _, a := range d.Represents(d.by.Person) {
			if n.reports(a) {
				asked = append(asked, a)
			}
		}
		if len(asked) == 1 {
			return asked[0], nil
		}
	}
	a, refusal := d.member(named)
	switch {
	case refusal != nil:
		return nil, refusal
	case !n.reports(a):
		return nil, Refuse(NotAllowed, "reading.not_reporter", "indicator", n.Number, "name", n.Name, "actor", a.Name)
	}
	return a, nil
}

func (d deciding) recordReading(c RecordReading) ([]Event, *Error) {
	n, a, period, refusal := d.report(c.Indicator, c.Actor, c.Period)
	if refusal != nil {
		return nil, refusal
	}
	note, refusal := optional(c.Note, MaxReason)
	if refusal != nil {
		return nil, refusal
	}
	if old, known := n.Readings[period][a.ID]; known && !old.None && old.Value == c.Value && old.Note == note {
		return unchanged()
	}
	return happened(ReadingRecorded{Indicator: n.ID, Actor: a.ID, Period: period, Value: c.Value, Note: note})
}

func (d deciding) reportUnavailable(c ReportUnavailable) ([]Event, *Error) {
	n, a, period, refusal := d.report(c.Indicator, c.Actor, c.Period)
	if refusal != nil {
		return nil, refusal
	}
	reason, refusal := optional(c.Reason, MaxReason)
	if refusal != nil {
		return nil, refusal
	}
	if old, known := n.Readings[period][a.ID]; known && old.None && old.Note == reason {
		return unchanged()
	}
	return happened(ReadingUnavailable{Indicator: n.ID, Actor: a.ID, Period: period, Reason: reason})
}

// maxDelayDays is how long an actor may put a prompt off.
const maxDelayDays = 7

// deferReading asks again later: the next day at the hour of the slot where no time is given.
func (d deciding) deferReading(c DeferReading) ([]Event, *Error) {
	n, a, period, refusal := d.report(c.Indicator, c.Actor, c.Period)
	if refusal != nil {
		return nil, refusal
	}
	if _, reported := n.Readings[period][a.ID]; reported {
		return nil, Refuse(Already, "reading.there", "indicator", n.Number, "name", n.Name, "period", string(period))
	}
	if n.Period == "" || period != n.Period {
		return nil, Refuse(NotYet, "reading.not_asked", "indicator", n.Number, "name", n.Name, "period", string(period))
	}
	loc := d.Location()
	until := c.Until.In(loc).Truncate(time.Minute)
	if c.Until.IsZero() {
		y, m, day := d.at.In(loc).Date()
		slot := calendar.SlotTime(n.LastSlot, loc)
		until = calendar.Civil(y, m, day+1, slot.Hour(), slot.Minute(), loc)
	}
	next := calendar.SlotTime(n.NextSlot, loc)
	switch {
	case !until.After(d.at) || until.Sub(d.at) > maxDelayDays*24*time.Hour:
		return nil, Refuse(Invalid, "reading.delay", "max", maxDelayDays)
	case n.NextSlot != "" && !until.Before(next):
		return nil, Refuse(Invalid, "reading.delay_past_next", "next", next.UTC())
	case n.Deferred[a.ID] == calendar.Slot(until):
		return unchanged()
	}
	return happened(ReadingDeferred{Indicator: n.ID, Actor: a.ID, Period: period, Until: calendar.Slot(until)})
}
