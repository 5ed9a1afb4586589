package domain

import (
	"time"

	"klaster/domain/calendar"
)

// closingHour is when items close on their last day, in local time: an hour at which people are still at work.
const closingHour = 17

// closeAfter is the close of an item that runs for some days from now.
func (s *State) closeAfter(now time.Time, days int) time.Time {
	y, m, d := now.In(s.Location()).Date()
	return calendar.Civil(y, m, d+max(days, 1), closingHour, 0, s.Location()).UTC()
}

// extended is the close of an item that was not valid at its close: half of its days more, rounded up, one to seven,
// at the same local hour. Where the bot was away at the close, the days count from now: people cannot use days that
// have passed.
func (s *State) extended(closes, now time.Time, days int) time.Time {
	from := closes.In(s.Location())
	hour, minute, _ := from.Clock()
	if now.After(closes) {
		from = now.In(s.Location())
	}
	more := min(max((days+1)/2, 1), 7)
	y, m, d := from.Date()
	return calendar.Civil(y, m, d+more, hour, minute, s.Location()).UTC()
}

// quiet tells the quiet hours that the instant lies strictly inside; ok is false outside of them. The first and the
// last moment of the quiet hours are not quiet, so that what is moved can stand there.
func (s *State) quiet(t time.Time) (from, to time.Time, ok bool) {
	start, end := s.Number(KeyQuietFrom), s.Number(KeyQuietTo)
	if start == end {
		return from, to, false
	}
	loc := s.Location()
	local := t.In(loc)
	// An hour that is far from both ends is not quiet, however clocks are changed in between.
	if awake, since := (start-end+24)%24, (local.Hour()-end+24)%24; since >= 2 && since < awake-2 {
		return from, to, false
	}
	y, m, d := local.Date()
	for _, day := range []int{d - 1, d} {
		last := day
		if end < start {
			last++
		}
		from = calendar.Civil(y, m, day, start, 0, loc)
		to = calendar.Civil(y, m, last, end, 0, loc)
		if from.Before(t) && t.Before(to) {
			return from, to, true
		}
	}
	return from, to, false
}

// earlier moves a reminder out of the quiet hours: a deadline does not wait.
func (s *State) earlier(t time.Time) time.Time {
	if from, _, quiet := s.quiet(t); quiet {
		return from
	}
	return t
}

// later moves a prompt out of the quiet hours; its slot stays what it is.
func (s *State) later(t time.Time) time.Time {
	if _, to, quiet := s.quiet(t); quiet {
		return to
	}
	return t
}

// digestAfter is the first digest time after an instant whose day has had no digest; zero when digests are off.
func (s *State) digestAfter(t time.Time) time.Time {
	if s.Setting(KeyDigest) == "off" {
		return time.Time{}
	}
	hour, loc := s.Number(KeyDigest), s.Location()
	if last, err := time.Parse(time.DateOnly, s.LastDigest); err == nil {
		// The day after the last digest may begin later than t.
		y, m, d := last.Date()
		if next := calendar.Civil(y, m, d+1, 0, 0, loc).Add(-time.Nanosecond); next.After(t) {
			t = next
		}
	}
	y, m, d := t.In(loc).Date()
	for ; ; d++ {
		if at := calendar.Civil(y, m, d, hour, 0, loc); at.After(t) {
			return at
		}
	}
}

// digestDay is the day whose digest time is the last one at or before now.
func (s *State) digestDay(now time.Time) string {
	hour, loc := s.Number(KeyDigest), s.Location()
	y, m, d := now.In(loc).Date()
	if calendar.Civil(y, m, d, hour, 0, loc).After(now) {
		d--
	}
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}
