package phrase

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"klaster/domain/calendar"
)

var roman = [5]string{"", "I", "II", "III", "IV"}

// FormatPeriod writes Triwulan III 2026 or Q3 2026, Maret 2026, Minggu ke-12
// 2026, Semester I 2026, 2026. A malformed period is given as it is.
func FormatPeriod(p calendar.Period, lang string) string {
	year, number := p.Year(), p.Number()
	eng := lang == English
	switch p.Frequency() {
	case calendar.Weekly:
		if eng {
			return fmt.Sprintf("Week %d %d", number, year)
		}
		return fmt.Sprintf("Minggu ke-%d %d", number, year)
	case calendar.Monthly:
		return fmt.Sprintf("%s %d", namesIn(lang).months[number], year)
	case calendar.Quarterly:
		if eng {
			return fmt.Sprintf("Q%d %d", number, year)
		}
		return fmt.Sprintf("Triwulan %s %d", roman[number], year)
	case calendar.HalfYearly:
		if eng {
			return fmt.Sprintf("H%d %d", number, year)
		}
		return fmt.Sprintf("Semester %s %d", roman[number], year)
	}
	return string(p)
}

// ParsePeriod reads tw3, triwulan III 2026, maret, Q3 2026, semester 1, minggu
// ke-12, bulan lalu, 03/2026, 2026 and the stored forms, in the words of both
// languages whatever the language. Without a year it is the latest such period
// that has begun at now, in now's zone.
//
// Errors are *Error: Empty, NotAPeriod, Impossible (a fifth quarter).
func ParsePeriod(text, _ string, now time.Time) (calendar.Period, error) {
	if strings.TrimSpace(text) == "" {
		return "", refuse(Empty)
	}
	if len(text) > MaxText {
		return "", refuse(NotAPeriod)
	}
	if p := calendar.Period(strings.ToUpper(strings.TrimSpace(text))); p.Valid() {
		return within(p)
	}
	tokens := tokenise(strings.NewReplacer("-", " ", "/", " ").Replace(clean(text)))
	for i, t := range tokens {
		if t.kind == kMinggu {
			tokens[i] = token{kind: kUnit, n: uWeek}
		}
	}
	// 2026 Q3 is Q3 2026
	if len(tokens) > 1 && tokens[0].digits == 4 {
		tokens = append(slices.Clone(tokens[1:]), tokens[0])
	}
	read, ok := periodShapes[shape(tokens)]
	if !ok {
		return "", refuse(NotAPeriod)
	}
	p, err := read(tokens, now)
	if err != nil {
		return "", err
	}
	return within(p)
}

func within(p calendar.Period) (calendar.Period, error) {
	if p.Year() < minYear || p.Year() > maxYear {
		return "", refuse(Impossible)
	}
	return p, nil
}

var periodShapes = map[string]func([]token, time.Time) (calendar.Period, error){
	"month":          namedPeriod,
	"month num":      namedPeriod,
	"unit num":       namedPeriod,
	"unit num num":   namedPeriod,
	"unit roman":     namedPeriod,
	"unit roman num": namedPeriod,
	"unit ord":       namedPeriod,
	"unit ord num":   namedPeriod,
	"ord unit":       namedPeriod,
	"ord unit num":   namedPeriod,
	"num num":        monthAndYear,
	"num":            plainYear,
	"unit last":      relativePeriod,
	"last unit":      relativePeriod,
	"unit this":      relativePeriod,
	"this unit":      relativePeriod,
}

var unitFrequencies = map[int]calendar.Frequency{
	uWeek: calendar.Weekly, uMonth: calendar.Monthly, uQuarter: calendar.Quarterly, uHalf: calendar.HalfYearly, uYear: calendar.Yearly,
}

// namedPeriod reads a month by name, or a unit with its number, then a year.
func namedPeriod(tokens []token, now time.Time) (calendar.Period, error) {
	freq, number, year := calendar.Frequency(""), 0, 0
	for _, t := range tokens {
		switch {
		case t.kind == kMonth:
			freq, number = calendar.Monthly, t.n
		case t.kind == kUnit:
			freq = unitFrequencies[t.n]
		case number == 0:
			number = t.n
		case t.digits == 2 || t.digits == 4:
			if year = fullYear(t.n, t.digits); year == 0 {
				return "", refuse(Impossible)
			}
		default:
			return "", refuse(NotAPeriod)
		}
	}
	if freq == "" || freq == calendar.Yearly {
		return "", refuse(NotAPeriod)
	}
	if year != 0 {
		return exactPeriod(freq, year, number)
	}
	current := calendar.PeriodOf(freq, now)
	p, err := exactPeriod(freq, current.Year(), number)
	if err != nil || p > current {
		return exactPeriod(freq, current.Year()-1, number)
	}
	return p, nil
}

func exactPeriod(freq calendar.Frequency, year, number int) (calendar.Period, error) {
	p, ok := calendar.NewPeriod(freq, year, number)
	if !ok {
		return "", refuse(Impossible)
	}
	return p, nil
}

// monthAndYear reads 03/2026.
func monthAndYear(tokens []token, _ time.Time) (calendar.Period, error) {
	if tokens[0].digits > 2 || tokens[1].digits != 4 {
		return "", refuse(NotAPeriod)
	}
	return exactPeriod(calendar.Monthly, tokens[1].n, tokens[0].n)
}

func plainYear(tokens []token, _ time.Time) (calendar.Period, error) {
	if tokens[0].digits != 4 {
		return "", refuse(NotAPeriod)
	}
	return exactPeriod(calendar.Yearly, tokens[0].n, 1)
}

func relativePeriod(tokens []token, now time.Time) (calendar.Period, error) {
	freq, ok := unitFrequencies[only(tokens, kUnit)[0].n]
	if !ok {
		return "", refuse(NotAPeriod)
	}
	p := calendar.PeriodOf(freq, now)
	if len(only(tokens, kLast)) > 0 {
		p = calendar.Previous(p)
	}
	return p, nil
}
