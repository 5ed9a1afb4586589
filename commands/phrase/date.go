package phrase

import (
	"strings"
	"time"

	"klaster/domain/calendar"
)

// Moment is a day, with the time of day if one was said.
type Moment struct {
	Day          time.Time // the first instant of the day, in the zone asked for
	HasClock     bool
	Hour, Minute int // 0 without a clock
}

// At is the instant meant, with the given time of day where none was said.
func (m Moment) At(hour, minute int) time.Time {
	if m.HasClock {
		hour, minute = m.Hour, m.Minute
	}
	year, month, day := m.Day.Date()
	return calendar.Civil(year, month, day, hour, minute, m.Day.Location())
}

// ParseDate reads a day: besok, Jumat, Senin depan, 30 Nov, 30/11/2026, tanggal
// 5, 3 hari lagi, akhir bulan, each with an optional time of day. Figures are
// day before month in both languages, and words of both are understood, so the
// language makes no difference here. The zone is that of now.
//
// A day that can be past or future is the future one: a bare weekday is never
// today unless its time of day is still to come; `depan`/`next` is that weekday
// of the next Monday-to-Sunday week; "minggu depan" is this day in a week; a
// month's day without a year is within a year from today. A time alone is its
// next coming. Past days are read when they are plainly said (kemarin,
// 5/3/2024).
//
// Errors are *Error: Empty, NotADate, Impossible, Ambiguous, WeekdayMismatch,
// OtherZone.
func ParseDate(text, _ string, now time.Time) (Moment, error) {
	if strings.TrimSpace(text) == "" {
		return Moment{}, refuse(Empty)
	}
	if len(text) > MaxText {
		return Moment{}, refuse(NotADate)
	}
	tokens, err := takeZone(tokenise(text), now)
	if err != nil {
		return Moment{}, err
	}
	c, clocked, tokens, err := takeClock(tokens)
	if err != nil {
		return Moment{}, err
	}
	if len(tokens) > 0 && tokens[0].kind == kUntil { // a deadline
		tokens = tokens[1:]
	}
	for i, t := range tokens {
		if t.kind == kMinggu {
			if i+1 < len(tokens) && tokens[i+1].kind == kThis {
				return Moment{}, refuse(Ambiguous)
			}
			tokens[i] = token{kind: kWeekday, n: 0}
		}
	}
	r := dateReader{today: wallDay(now), clock: c, clocked: clocked, now: clock{now.Hour(), now.Minute()}}
	day, err := r.read(tokens)
	if err != nil {
		return Moment{}, err
	}
	if day.Year() < minYear || day.Year() > maxYear {
		return Moment{}, refuse(Impossible)
	}
	m := Moment{calendar.Civil(day.Year(), day.Month(), day.Day(), 0, 0, now.Location()), clocked, c.hour, c.minute}
	return m, nil
}

// Years that a cluster can have to do with.
const minYear, maxYear = 1900, 2199

// takeZone accepts a zone that is the one asked for anyway.
func takeZone(tokens []token, now time.Time) ([]token, error) {
	var kept []token
	for _, t := range tokens {
		if t.kind != kZone {
			kept = append(kept, t)
		} else if t.part != zoneName(now) {
			return nil, refuse(OtherZone)
		}
	}
	return kept, nil
}

// wallDay is t's calendar day as UTC midnight: days are counted without zones.
func wallDay(t time.Time) time.Time {
	year, month, day := t.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// dateReader reads what is left of a phrase without its time of day.
type dateReader struct {
	today   time.Time // wallDay
	now     clock
	clock   clock
	clocked bool
}

// dateShapes are the ways to say a day. A row gets the tokens in order.
var dateShapes = map[string]func(dateReader, []token) (time.Time, error){
	"":     dateReader.nextClock,
	"this": dateReader.nextClock, // "malam ini"
	"day":  dateReader.relativeDay,

	"weekday":           dateReader.coming,
	"this weekday":      dateReader.comingOrToday,
	"weekday this":      dateReader.comingOrToday,
	"next weekday":      dateReader.ofNextWeek,
	"weekday next":      dateReader.ofNextWeek,
	"weekday unit next": dateReader.ofNextWeek,
	"weekday next unit": dateReader.ofNextWeek,

	"date":          dateReader.written,
	"num month":     dateReader.written,
	"ord month":     dateReader.written,
	"month num":     dateReader.written,
	"month ord":     dateReader.written,
	"num month num": dateReader.written,
	"ord month num": dateReader.written,
	"month num num": dateReader.written,
	"month ord num": dateReader.written,

	"dom num":           dateReader.dayOfMonth,
	"dom ord":           dateReader.dayOfMonth,
	"ord":               dateReader.dayOfMonth,
	"dom num unit this": dateReader.dayOfThisMonth,
	"dom num unit next": dateReader.dayOfNextMonth,
	"dom num next unit": dateReader.dayOfNextMonth,
	"ord next unit":     dateReader.dayOfNextMonth,

	"num unit later":       dateReader.inUnits,
	"later num unit":       dateReader.inUnits,
	"later num unit later": dateReader.inUnits,
	"unit next":            dateReader.inUnits,
	"next unit":            dateReader.inUnits,

	"unit next weekday": dateReader.ofNextWeek,
	"next unit weekday": dateReader.ofNextWeek,

	"end unit":        dateReader.edge,
	"end unit this":   dateReader.edge,
	"end this unit":   dateReader.edge,
	"end unit next":   dateReader.edge,
	"end next unit":   dateReader.edge,
	"end month":       dateReader.edge,
	"end month num":   dateReader.edge,
	"start unit next": dateReader.edge,
	"start next unit": dateReader.edge,
}

// read looks the shape up; failing that it takes off "tanggal" before a full
// date, or a weekday beside one, which must then be true.
func (r dateReader) read(tokens []token) (time.Time, error) {
	if day, ok := dateShapes[shape(tokens)]; ok {
		return day(r, tokens)
	}
	if len(tokens) < 2 {
		return time.Time{}, refuse(NotADate)
	}
	first, last := tokens[0], tokens[len(tokens)-1]
	switch {
	case first.kind == kDom:
		return r.read(tokens[1:])
	case first.kind == kWeekday:
		return r.onWeekday(tokens[1:], first)
	case last.kind == kWeekday:
		return r.onWeekday(tokens[:len(tokens)-1], last)
	}
	return time.Time{}, refuse(NotADate)
}

func (r dateReader) onWeekday(tokens []token, weekday token) (time.Time, error) {
	day, err := r.read(tokens)
	if err == nil && int(day.Weekday()) != weekday.n {
		return time.Time{}, refuse(WeekdayMismatch)
	}
	return day, err
}

// passed reports whether the time of day that was said is over for today.
func (r dateReader) passed() bool {
	return r.clock.hour*60+r.clock.minute <= r.now.hour*60+r.now.minute
}

func (r dateReader) nextClock(tokens []token) (time.Time, error) {
	switch {
	case !r.clocked:
		return time.Time{}, refuse(NotADate)
	case r.passed() && len(tokens) == 0:
		return r.today.AddDate(0, 0, 1), nil
	}
	return r.today, nil
}

func (r dateReader) relativeDay(tokens []token) (time.Time, error) {
	return r.today.AddDate(0, 0, tokens[0].n), nil
}

func (r dateReader) daysUntil(tokens []token) int {
	weekday := only(tokens, kWeekday)[0].n
	return (weekday - int(r.today.Weekday()) + 7) % 7
}

func (r dateReader) coming(tokens []token) (time.Time, error) {
	days := r.daysUntil(tokens)
	if days == 0 && (!r.clocked || r.passed()) {
		days = 7
	}
	return r.today.AddDate(0, 0, days), nil
}

func (r dateReader) comingOrToday(tokens []token) (time.Time, error) {
	return r.today.AddDate(0, 0, r.daysUntil(tokens)), nil
}

func (r dateReader) ofNextWeek(tokens []token) (time.Time, error) {
	for _, unit := range only(tokens, kUnit) {
		if unit.n != uWeek {
			return time.Time{}, refuse(NotADate)
		}
	}
	sinceMonday := (int(r.today.Weekday()) + 6) % 7
	weekday := (only(tokens, kWeekday)[0].n + 6) % 7
	return r.today.AddDate(0, 0, 7-sinceMonday+weekday), nil
}

// written reads day, month and perhaps year, whichever way they were written.
func (r dateReader) written(tokens []token) (time.Time, error) {
	var year, month, day int
	for _, t := range tokens {
		switch {
		case t.kind == kDate:
			year, month, day = t.year, t.month, t.day
		case t.kind == kMonth:
			month = t.n
		case day == 0:
			day = t.n
		default:
			if year = fullYear(t.n, t.digits); year == 0 {
				return time.Time{}, refuse(Impossible)
			}
		}
	}
	if year != 0 {
		return exact(year, month, day)
	}
	for year := r.today.Year(); year <= r.today.Year()+1; year++ {
		if t, err := exact(year, month, day); err == nil && !t.Before(r.today) {
			return t, nil
		}
	}
	return time.Time{}, refuse(Impossible)
}

// exact is the day itself, or Impossible: time.Date would carry 31 April over.
func exact(year, month, day int) (time.Time, error) {
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Year() != year || int(t.Month()) != month || t.Day() != day {
		return time.Time{}, refuse(Impossible)
	}
	return t, nil
}

func exactIn(month time.Time, day int) (time.Time, error) {
	return exact(month.Year(), int(month.Month()), day)
}

// dayOfMonth is the next day with that number; months too short are passed over.
func (r dateReader) dayOfMonth(tokens []token) (time.Time, error) {
	day := numbered(tokens)
	for months := range 4 {
		t, err := exactIn(firstOfMonth(r.today, months), day)
		gone := t.Before(r.today) || t.Equal(r.today) && r.clocked && r.passed()
		if err == nil && !gone {
			return t, nil
		}
	}
	return time.Time{}, refuse(Impossible)
}

func (r dateReader) dayOfThisMonth(tokens []token) (time.Time, error) {
	return r.dayInMonths(tokens, 0)
}

func (r dateReader) dayOfNextMonth(tokens []token) (time.Time, error) {
	return r.dayInMonths(tokens, 1)
}

func (r dateReader) dayInMonths(tokens []token, months int) (time.Time, error) {
	if only(tokens, kUnit)[0].n != uMonth {
		return time.Time{}, refuse(NotADate)
	}
	return exactIn(firstOfMonth(r.today, months), numbered(tokens))
}

func numbered(tokens []token) int {
	for _, t := range tokens {
		if t.kind == kNumber || t.kind == kOrdinal {
			return t.n
		}
	}
	return 0
}

// inUnits counts on from today; "bulan depan" is one month. A month that is too
// short gives its last day.
func (r dateReader) inUnits(tokens []token) (time.Time, error) {
	count := 1
	if numbers := only(tokens, kNumber); len(numbers) > 0 {
		count = numbers[0].n
	}
	step, ok := unitSteps[only(tokens, kUnit)[0].n]
	if !ok || count == 0 {
		return time.Time{}, refuse(NotADate)
	}
	if step.months == 0 {
		return r.today.AddDate(0, 0, count*step.days), nil
	}
	first := firstOfMonth(r.today, count*step.months)
	last := first.AddDate(0, 1, -1)
	return first.AddDate(0, 0, min(r.today.Day(), last.Day())-1), nil
}

// unitSteps is how far one unit reaches.
var unitSteps = map[int]struct{ days, months int }{
	uDay: {days: 1}, uWeek: {days: 7}, uMonth: {months: 1}, uQuarter: {months: 3}, uHalf: {months: 6}, uYear: {months: 12},
}

// edge is the last day of a month, quarter, half or year, or the first day of
// the next one: akhir bulan, akhir triwulan depan, awal bulan depan.
func (r dateReader) edge(tokens []token) (time.Time, error) {
	months, first := 1, time.Time{}
	if named := only(tokens, kMonth); len(named) > 0 {
		year := r.today.Year()
		if numbers := only(tokens, kNumber); len(numbers) > 0 {
			year = fullYear(numbers[0].n, numbers[0].digits)
		} else if named[0].n < int(r.today.Month()) {
			year++
		}
		first = time.Date(year, time.Month(named[0].n), 1, 0, 0, 0, 0, time.UTC)
	} else {
		if months = unitSteps[only(tokens, kUnit)[0].n].months; months == 0 {
			return time.Time{}, refuse(NotADate)
		}
		first = firstOfMonth(r.today, -((int(r.today.Month()) - 1) % months))
		if len(only(tokens, kNext)) > 0 {
			first = first.AddDate(0, months, 0)
		}
	}
	if tokens[0].kind == kStart {
		return first, nil
	}
	return first.AddDate(0, months, -1), nil
}

func firstOfMonth(t time.Time, months int) time.Time {
	return time.Date(t.Year(), t.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
}
