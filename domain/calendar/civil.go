// Package calendar is civil time for the rules: recurring slots, and the
// periods that readings belong to. It is pure: instants and zones come in as
// parameters, nothing is read from the machine.
package calendar

import "time"

// slotLayout is a wall-clock minute without a zone: the zone is the cluster's.
const slotLayout = "2006-01-02T15:04"

// Slot writes the wall-clock minute that t shows in its own location, such as
// 2026-03-02T09:00. A slot names one firing: it is what is recorded as fired,
// so the repeated hour of an autumn change cannot fire twice.
func Slot(t time.Time) string { return t.Format(slotLayout) }

// SlotTime is the instant of a slot in loc, by the rule of Civil. Anything that
// is not a slot gives the zero time.
func SlotTime(slot string, loc *time.Location) time.Time {
	wall, err := time.Parse(slotLayout, slot)
	if err != nil {
		return time.Time{}
	}
	return resolve(wall, loc)
}

// Civil is the instant at which clocks in loc first show the given wall-clock
// time. A time that clocks skip (a spring gap) is moved to the end of the gap,
// which is the first valid instant after it; a time they show twice (autumn)
// means the first showing. Fields out of range are carried as in time.Date.
func Civil(year int, month time.Month, day, hour, minute int, loc *time.Location) time.Time {
	return resolve(time.Date(year, month, day, hour, minute, 0, 0, time.UTC), loc)
}

// StartOfDay is the first instant of t's calendar day in t's location.
func StartOfDay(t time.Time) time.Time {
	year, month, day := t.Date()
	return Civil(year, month, day, 0, 0, t.Location())
}

// wallClock is what clocks show at t, written as if it were UTC, so that civil
// times can be compared and stepped without a zone getting in the way.
func wallClock(t time.Time) time.Time {
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	return time.Date(year, month, day, hour, minute, second, t.Nanosecond(), time.UTC)
}

// farFromChange is more than clocks were ever moved by: Samoa left out a day.
const farFromChange = 48 * time.Hour

// resolve turns a wall clock (held as UTC) into an instant. time.Date does not
// promise which side of a change it picks, so the changes around its guess are
// looked at here.
func resolve(wall time.Time, loc *time.Location) time.Time {
	year, month, day := wall.Date()
	hour, minute, second := wall.Clock()
	guess := time.Date(year, month, day, hour, minute, second, wall.Nanosecond(), loc)
	start, end := guess.ZoneBounds()
	if (start.IsZero() || guess.Sub(start) > farFromChange) && (end.IsZero() || end.Sub(guess) > farFromChange) {
		return guess
	}

	offsets := []time.Duration{offset(guess)}
	if !start.IsZero() {
		offsets = append(offsets, offset(start.Add(-time.Nanosecond)))
	}
	if !end.IsZero() {
		offsets = append(offsets, offset(end))
	}
	var first time.Time
	for _, o := range offsets {
		t := wall.Add(-o).In(loc)
		if wallClock(t).Equal(wall) && (first.IsZero() || t.Before(first)) {
			first = t
		}
	}
	if !first.IsZero() {
		return first
	}
	for _, change := range []time.Time{start, end} {
		if change.IsZero() {
			continue
		}
		before := wallClock(change.Add(-time.Nanosecond)).Add(time.Nanosecond)
		if !wall.Before(before) && wall.Before(wallClock(change)) {
			return change.In(loc)
		}
	}
	return guess
}

func offset(t time.Time) time.Duration {
	_, seconds := t.Zone()
	return time.Duration(seconds) * time.Second
}
