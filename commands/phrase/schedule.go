package phrase

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"klaster/domain/calendar"
)

// Schedule is a recurring time of day, at most once a day.
type Schedule struct {
	Cron string // five fields in calendar's canonical form

	// What the echo should mention:
	ClockAssumed bool // no time was said: 09.00 was taken
	SkipsMonths  bool // some months lack the day: the 31st
}

// ParseSchedule reads setiap Senin 09.00, tiap Jumat jam 15, setiap tanggal 5,
// every month on the 5th, harian, mingguan (Monday), bulanan and triwulan (the
// first day), or a cron expression of five fields; without a time it is 09.00.
// Words of both languages are understood, so the language makes no difference.
//
// "setiap minggu" is refused as Ambiguous, it may be every week or every
// Sunday; "mingguan" and "setiap hari Minggu" are plain. Errors are
// *calendar.Error, for phrases and expressions alike.
func ParseSchedule(text, _ string) (Schedule, error) {
	text = strings.Trim(strings.TrimSpace(text), "`\"'")
	if strings.TrimSpace(text) == "" {
		return Schedule{}, decline(calendar.Empty)
	}
	if len(text) > MaxText {
		return Schedule{}, decline(calendar.TooLong)
	}
	expr, assumed := text, false
	if !cronLike(text) {
		var err error
		if expr, assumed, err = readSchedule(tokenise(text)); err != nil {
			return Schedule{}, err
		}
	}
	expr, err := calendar.NormaliseCron(expr)
	if err != nil {
		return Schedule{}, err
	}
	return Schedule{Cron: expr, ClockAssumed: assumed, SkipsMonths: skipsMonths(expr)}, nil
}

func decline(r calendar.Reason) error { return &calendar.Error{Reason: r} }

var fiveFields = regexp.MustCompile(`^[0-9,/-]+\s+[0-9,/-]+(\s+[0-9A-Za-z,/-]+){3}$`)

// cronLike reports whether a text is meant as an expression, right or wrong.
func cronLike(text string) bool {
	return strings.ContainsAny(text, "*?@") || strings.Contains(strings.ToLower(text), "tz=") || fiveFields.MatchString(text)
}

// defaultClock is when a schedule without a time of day comes.
var defaultClock = clock{hour: 9}

func readSchedule(tokens []token) (expr string, assumed bool, err error) {
	switch {
	case len(only(tokens, kZone)) > 0:
		return "", false, decline(calendar.ForbiddenZone)
	case len(only(tokens, kClock)) > 1:
		return "", false, decline(calendar.TooFrequent)
	}
	c, found, tokens, err := takeClock(tokens)
	if err != nil {
		return "", false, declined(err)
	}
	if !found {
		c = defaultClock
	}
	if found && shape(tokens) == string(kEvery) { // setiap pukul 08.00
		tokens = []token{{kind: kUnit, n: uDay}}
	}
	tokens = settleRhythm(tokens)
	read, ok := scheduleShapes[shape(onePerRun(tokens))]
	if !ok {
		return "", false, decline(calendar.Unreadable)
	}
	days, err := read(tokens)
	if err != nil {
		return "", false, err
	}
	return fmt.Sprintf("%d %d %s", c.minute, c.hour, days), !found, nil
}

// declined words a refused time of day as a refused schedule.
func declined(err error) error {
	var refused *Error
	if errors.As(err, &refused) && refused.Reason == Impossible {
		return decline(calendar.Impossible)
	}
	return decline(calendar.Ambiguous)
}

// settleRhythm drops "setiap" and "dan", and settles "minggu" among weekdays:
// "minggu Senin" is weekly on Monday, "Sabtu dan Minggu" has a Sunday.
func settleRhythm(tokens []token) []token {
	var kept []token
	for i, t := range tokens {
		switch {
		case t.kind == kEvery, t.kind == kAnd:
			continue
		case t.kind == kMinggu && i+1 < len(tokens) && tokens[i+1].kind == kWeekday:
			t = token{kind: kUnit, n: uWeek}
		case t.kind == kMinggu && len(only(tokens, kWeekday)) > 0:
			t = token{kind: kWeekday, n: 0}
		}
		kept = append(kept, t)
	}
	return kept
}

// onePerRun shortens lists, so that "Senin, Rabu dan Jumat" has the shape of
// one weekday.
func onePerRun(tokens []token) []token {
	return slices.CompactFunc(slices.Clone(tokens), func(a, b token) bool {
		return a.kind == b.kind && slices.Contains([]kind{kWeekday, kNumber, kOrdinal}, a.kind)
	})
}

// scheduleShapes are the ways to say a rhythm; a row gives the last three
// fields: day of month, month, weekday.
var scheduleShapes = map[string]func([]token) (string, error){
	"weekday":               onWeekdays,
	"unit weekday":          onWeekdays,
	"adverb weekday":        onWeekdays,
	"weekday unit":          onWeekdays,
	"weekday until weekday": onWeekdayRange,
	"work":                  func([]token) (string, error) { return "* * 1-5", nil },
	"minggu":                refused(calendar.Ambiguous),

	"unit":       everyUnit,
	"adverb":     everyUnit,
	"num unit":   everyUnit,
	"start unit": everyUnit,
	"at":         refused(calendar.TooFrequent), // setiap jam
	"num at":     refused(calendar.TooFrequent),

	"end unit":         refused(calendar.NotExpressible),
	"num unit weekday": refused(calendar.NotExpressible), // every 2 weeks on Monday

	"dom num":        onDays,
	"dom ord":        onDays,
	"ord":            onDays,
	"unit dom num":   onDays,
	"unit dom ord":   onDays,
	"unit ord":       onDays,
	"adverb dom num": onDays,
	"adverb dom ord": onDays,
	"adverb ord":     onDays,
	"dom num unit":   onDays,
	"dom ord unit":   onDays,
	"ord unit":       onDays,

	"num month":        onDate,
	"ord month":        onDate,
	"month num":        onDate,
	"month ord":        onDate,
	"dom num month":    onDate,
	"unit num month":   onDate,
	"unit ord month":   onDate,
	"unit month num":   onDate,
	"unit month ord":   onDate,
	"adverb num month": onDate,
}

func refused(r calendar.Reason) func([]token) (string, error) {
	return func([]token) (string, error) { return "", decline(r) }
}

// unitMonths are the months in which a unit begins.
var unitMonths = map[int]string{uMonth: "*", uQuarter: "1,4,7,10", uHalf: "1,7", uYear: "1"}

// rhythm is the unit that was said, or the absent one.
func rhythm(tokens []token, absent int) int {
	for _, t := range tokens {
		if t.kind == kUnit || t.kind == kAdverb {
			return t.n
		}
	}
	return absent
}

func everyUnit(tokens []token) (string, error) {
	unit, count := rhythm(tokens, uDay), 1
	if numbers := only(tokens, kNumber); len(numbers) == 1 {
		count = numbers[0].n
	} else if len(numbers) > 1 {
		return "", decline(calendar.Unreadable)
	}
	switch {
	case unit == uHour:
		return "", decline(calendar.TooFrequent)
	case count < 1:
		return "", decline(calendar.Impossible)
	case unit == uDay && count == 1:
		return "* * *", nil
	case unit == uWeek && count == 1:
		return "* * 1", nil
	case unitMonths[unit] == "":
		return "", decline(calendar.NotExpressible)
	case count == 1:
		return "1 " + unitMonths[unit] + " *", nil
	}
	every := count * unitSteps[unit].months
	if every > 12 || 12%every != 0 {
		return "", decline(calendar.NotExpressible)
	}
	var months []int
	for month := 1; month <= 12; month += every {
		months = append(months, month)
	}
	return "1 " + list(months) + " *", nil
}

func onWeekdays(tokens []token) (string, error) {
	if rhythm(tokens, uWeek) != uWeek {
		return "", decline(calendar.NotExpressible) // every month on Monday: on which?
	}
	return "* * " + list(values(tokens, kWeekday)), nil
}

func onWeekdayRange(tokens []token) (string, error) {
	ends := values(tokens, kWeekday)
	if len(ends) != 2 || tokens[1].kind != kUntil {
		return "", decline(calendar.Unreadable)
	}
	from, to := ends[0], ends[1]
	if to <= from {
		to += 7
	}
	if from == 1 && to == 5 {
		return "* * 1-5", nil
	}
	var days []int
	for day := from; day <= to && len(days) < 7; day++ {
		days = append(days, day%7)
	}
	return "* * " + list(days), nil
}

func onDays(tokens []token) (string, error) {
	months := unitMonths[rhythm(tokens, uMonth)]
	if months == "" {
		return "", decline(calendar.Unreadable)
	}
	days, err := monthDays(tokens)
	return days + " " + months + " *", err
}

func onDate(tokens []token) (string, error) {
	if rhythm(tokens, uYear) != uYear {
		return "", decline(calendar.Unreadable)
	}
	days, err := monthDays(tokens)
	return days + " " + list(values(tokens, kMonth)) + " *", err
}

func monthDays(tokens []token) (string, error) {
	days := append(values(tokens, kNumber), values(tokens, kOrdinal)...)
	for _, day := range days {
		if day < 1 || day > 31 {
			return "", decline(calendar.Impossible)
		}
	}
	return list(days), nil
}

func values(tokens []token, k kind) []int {
	var ns []int
	for _, t := range only(tokens, k) {
		ns = append(ns, t.n)
	}
	return ns
}

func list(ns []int) string {
	texts := make([]string, len(ns))
	for i, n := range ns {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ",")
}
