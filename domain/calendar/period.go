package calendar

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Frequency is how often an indicator is read. The values are stored.
type Frequency string

const (
	Weekly     Frequency = "weekly"
	Monthly    Frequency = "monthly"
	Quarterly  Frequency = "quarterly"
	HalfYearly Frequency = "halfyearly"
	Yearly     Frequency = "yearly"
)

// Frequencies lists all of them, the most frequent first.
func Frequencies() []Frequency {
	return []Frequency{Weekly, Monthly, Quarterly, HalfYearly, Yearly}
}

// Valid reports whether f is one of Frequencies.
func (f Frequency) Valid() bool { return f == Weekly || monthsOf(f) > 0 }

// Period is a stored stretch of calendar: 2026-W12 (ISO week), 2026-03,
// 2026-Q3, 2026-H1 or 2026. Periods of one frequency sort as text.
type Period string

// Valid reports whether p names a period that exists (2026-W53 does, 2027-W53
// does not).
func (p Period) Valid() bool { _, ok := p.split(); return ok }

// Frequency is the frequency p belongs to, "" for a malformed period.
func (p Period) Frequency() Frequency { s, _ := p.split(); return s.frequency }

// Year is the (for weeks: ISO) year of p, 0 for a malformed period.
func (p Period) Year() int { s, _ := p.split(); return s.year }

// Number is the place of p in its year from 1 on: week, month, quarter or
// half; 1 for a year, 0 for a malformed period.
func (p Period) Number() int { s, _ := p.split(); return s.number }

// NewPeriod names the number-th period of a year; false when there is none.
func NewPeriod(freq Frequency, year, number int) (Period, bool) {
	p := stretch{freq, year, number}.period()
	return p, p.Valid() && p.Number() == number
}

// PeriodOf is the period that t's calendar day lies in, "" for an unknown
// frequency. The zone is that of t.
func PeriodOf(freq Frequency, t time.Time) Period { return stretchOf(freq, t).period() }

func stretchOf(freq Frequency, t time.Time) stretch {
	if freq == Weekly {
		year, week := t.ISOWeek()
		return stretch{freq, year, week}
	}
	months := monthsOf(freq)
	if months == 0 {
		return stretch{}
	}
	return stretch{freq, t.Year(), (int(t.Month())-1)/months + 1}
}

// LastComplete is the latest period that ended before or at the start of t's
// calendar day, in t's zone. On the first day of a quarter that is the quarter
// which ended the night before.
func LastComplete(freq Frequency, t time.Time) Period { return stretchOf(freq, t).previous() }

// Previous is the period before p, "" for a malformed one.
func Previous(p Period) Period {
	s, _ := p.split()
	return s.previous()
}

// Following is the period after p, "" for a malformed one.
func Following(p Period) Period {
	s, ok := p.split()
	if !ok {
		return ""
	}
	_, to := s.walls()
	return PeriodOf(s.frequency, to)
}

// Bounds is the half-open stretch [from, to) of p in loc; two zero times for a
// malformed period.
func Bounds(p Period, loc *time.Location) (from, to time.Time) {
	s, ok := p.split()
	if !ok {
		return time.Time{}, time.Time{}
	}
	from, to = s.walls()
	return resolve(from, loc), resolve(to, loc)
}

// stretch is a period taken apart.
type stretch struct {
	frequency Frequency
	year      int
	number    int
}

func (s stretch) period() Period {
	if s.year < 1 || s.year > 9999 {
		return ""
	}
	switch s.frequency {
	case Weekly:
		return Period(fmt.Sprintf("%04d-W%02d", s.year, s.number))
	case Monthly:
		return Period(fmt.Sprintf("%04d-%02d", s.year, s.number))
	case Quarterly:
		return Period(fmt.Sprintf("%04d-Q%d", s.year, s.number))
	case HalfYearly:
		return Period(fmt.Sprintf("%04d-H%d", s.year, s.number))
	case Yearly:
		return Period(fmt.Sprintf("%04d", s.year))
	}
	return ""
}

func (s stretch) previous() Period {
	if s.year < 1 || s.year > 9999 {
		return ""
	}
	from, _ := s.walls()
	return PeriodOf(s.frequency, from.AddDate(0, 0, -1))
}

// walls are the first midnight of the stretch and the first after it.
func (s stretch) walls() (from, to time.Time) {
	if s.frequency == Weekly {
		// 4 January is always in week 1.
		fourth := time.Date(s.year, time.January, 4, 0, 0, 0, 0, time.UTC)
		sinceMonday := (int(fourth.Weekday()) + 6) % 7
		from = fourth.AddDate(0, 0, 7*(s.number-1)-sinceMonday)
		return from, from.AddDate(0, 0, 7)
	}
	months := monthsOf(s.frequency)
	from = time.Date(s.year, time.Month(months*(s.number-1)+1), 1, 0, 0, 0, 0, time.UTC)
	return from, from.AddDate(0, months, 0)
}

var periodForm = regexp.MustCompile(`^([0-9]{4})(?:-(W|Q|H|)([0-9]{1,2}))?$`)

func (p Period) split() (stretch, bool) {
	m := periodForm.FindStringSubmatch(string(p))
	if m == nil {
		return stretch{}, false
	}
	year, _ := strconv.Atoi(m[1])
	s := stretch{Yearly, year, 1}
	if m[3] != "" {
		number, _ := strconv.Atoi(m[3])
		s = stretch{map[string]Frequency{"W": Weekly, "": Monthly, "Q": Quarterly, "H": HalfYearly}[m[2]], year, number}
	}
	// One spelling per period: what the calendar would write for its first day.
	if s.number < 1 || s.number > 53 || s.year < 1 {
		return stretch{}, false
	}
	if from, _ := s.walls(); PeriodOf(s.frequency, from) != p {
		return stretch{}, false
	}
	return s, true
}

func monthsOf(f Frequency) int {
	switch f {
	case Monthly:
		return 1
	case Quarterly:
		return 3
	case HalfYearly:
		return 6
	case Yearly:
		return 12
	}
	return 0
}
