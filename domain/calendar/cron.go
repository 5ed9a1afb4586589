package calendar

import (
	"math/bits"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/robfig/cron/v3"
)

// Reason says why a schedule is refused, so that the caller can word it.
type Reason string

const (
	Empty               Reason = "empty"
	TooLong             Reason = "too_long"
	ForbiddenZone       Reason = "forbidden_zone"       // TZ= or CRON_TZ=: the zone is the cluster's
	ForbiddenDescriptor Reason = "forbidden_descriptor" // @every, @hourly, @reboot ...
	Unreadable          Reason = "unreadable"
	Never               Reason = "never"           // no date ever matches: 30 February
	TooFrequent         Reason = "too_frequent"    // more than once a day
	NotExpressible      Reason = "not_expressible" // understood, but five fields cannot say it: every two weeks
	Ambiguous           Reason = "ambiguous"       // "setiap minggu" (week or Sunday?), "jam 3", "12 malam"
	Impossible          Reason = "impossible"      // tanggal 32, pukul 25.00
)

// Error is a refused schedule. It carries no text that a person typed.
type Error struct{ Reason Reason }

func (e *Error) Error() string { return "schedule refused: " + string(e.Reason) }

// MaxCron is the longest expression accepted, in bytes.
const MaxCron = 100

// descriptors that are accepted, with cron's usual meaning (midnight, Sunday).
var descriptors = map[string]string{
	"@daily":   "0 0 * * *",
	"@weekly":  "0 0 * * 0",
	"@monthly": "0 0 1 * *",
}

// NormaliseCron checks an expression and gives its one stored form: five
// fields, numbers instead of names, Sunday as 0, `*` for `?`. Every refusal is
// an *Error. The answer does not depend on today: an expression that is good
// once is good for ever.
func NormaliseCron(expr string) (string, error) {
	canonical, _, err := compile(expr)
	return canonical, err
}

// CheckCron says whether expr may be a cluster's schedule: readable, at most
// once a day, and with a firing after the given time. Errors are *Error.
func CheckCron(expr string, after time.Time) error {
	_, err := Next(expr, after, 1)
	return err
}

// Next gives the next n firings strictly after the given time, in its location,
// strictly increasing. Schedules are civil: a wall-clock slot fires at most
// once, and a slot that falls in a spring gap fires at the end of the gap (and
// carries that minute as its Slot) instead of being skipped. Errors are *Error;
// a schedule which CheckCron refuses has no firings.
func Next(expr string, after time.Time, n int) (firings []time.Time, err error) {
	defer unreadableOnPanic(&err)
	spec, err := compiled.of(expr)
	if err != nil {
		return nil, err
	}
	wall := wallClock(after)
	for len(firings) < n {
		wall = spec.after(wall)
		if wall.IsZero() {
			return nil, &Error{Never}
		}
		t := resolve(wall, after.Location())
		if t.After(after) {
			after = t
			firings = append(firings, t)
		}
	}
	return firings, nil
}

// memo keeps schedules that compiled: a cluster that wakes asks for the same few several times, and compiling costs more
// than the next firing. What an expression means never changes.
type memo struct {
	mu        sync.Mutex
	schedules map[string]*schedule
}

const memoAtMost = 1024

var compiled memo

func (m *memo) of(expr string) (*schedule, error) {
	m.mu.Lock()
	known := m.schedules[expr]
	m.mu.Unlock()
	if known != nil {
		return known, nil
	}
	_, spec, err := compile(expr)
	if err != nil {
		return nil, err
	}
	made := &schedule{spec: spec}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.schedules == nil || len(m.schedules) >= memoAtMost {
		m.schedules = make(map[string]*schedule)
	}
	m.schedules[strings.Clone(expr)] = made
	return made, nil
}

// schedule remembers steps it took: all clusters that have a schedule in common ask for the same ones, each of them more
// than once, when its slot has come.
type schedule struct {
	spec  *cron.SpecSchedule
	steps [8]atomic.Pointer[step] // by the minute they start from
}

type step struct{ from, to time.Time }

// after is the next firing in wall-clock time, zero for none.
func (s *schedule) after(wall time.Time) time.Time {
	place := &s.steps[uint64(wall.Unix()/60)%uint64(len(s.steps))]
	if known := place.Load(); known != nil && known.from.Equal(wall) {
		return known.to
	}
	next := nextWall(s.spec, wall)
	place.Store(&step{wall, next})
	return next
}

// compile is the wall before the parser: only text that the parser is known to
// handle reaches it.
func compile(expr string) (canonical string, spec *cron.SpecSchedule, err error) {
	defer unreadableOnPanic(&err)
	canonical, err = canonicalise(expr)
	if err != nil {
		return "", nil, err
	}
	parsed, err := cron.ParseStandard(canonical)
	if err != nil {
		return "", nil, &Error{Unreadable}
	}
	spec, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return "", nil, &Error{Unreadable}
	}
	// Which dates match never repeats in less than the Gregorian cycle, but the
	// rarest, 29 February, comes within eight years of any start.
	if nextWall(spec, time.Date(2000, time.January, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return "", nil, &Error{Never}
	}
	// Hour and minute match alike on every day, so "more than once a day" is
	// exactly "more than one hour and minute"; no firings need to be sampled,
	// and a day shortened by a clock change cannot mislead.
	const minutesOfHour, hoursOfDay = 1<<60 - 1, 1<<24 - 1
	if bits.OnesCount64(spec.Minute&minutesOfHour)*bits.OnesCount64(spec.Hour&hoursOfDay) > 1 {
		return "", nil, &Error{TooFrequent}
	}
	return canonical, spec, nil
}

// nextWall steps in wall-clock time (held as UTC). The parser gives up after
// five years; between 2096 and 2104 there are eight without a 29 February.
func nextWall(spec *cron.SpecSchedule, wall time.Time) time.Time {
	next := spec.Next(wall)
	if next.IsZero() {
		next = spec.Next(wall.AddDate(4, 0, 0))
	}
	return next
}

func unreadableOnPanic(err *error) {
	if recover() != nil {
		*err = &Error{Unreadable}
	}
}

func canonicalise(expr string) (string, error) {
	expr = strings.ToLower(strings.TrimSpace(expr))
	switch {
	case expr == "":
		return "", &Error{Empty}
	case len(expr) > MaxCron:
		return "", &Error{TooLong}
	case strings.Contains(expr, "tz="):
		return "", &Error{ForbiddenZone}
	case strings.HasPrefix(expr, "@"):
		if fixed, ok := descriptors[expr]; ok {
			return fixed, nil
		}
		return "", &Error{ForbiddenDescriptor}
	}
	fields := strings.Fields(expr)
	if len(fields) != len(cronFields) {
		return "", &Error{Unreadable}
	}
	for i, text := range fields {
		field, ok := cronFields[i].canonical(text)
		if !ok {
			return "", &Error{Unreadable}
		}
		fields[i] = field
	}
	return strings.Join(fields, " "), nil
}
