package phrase

import (
	"slices"
	"strconv"
	"strings"

	"klaster/domain/calendar"
)

// Describe says an expression in words, such as "setiap Senin pukul 09.00" or
// "every Monday at 9:00", when it is one of the simple rhythms; ParseSchedule
// reads those back. Anything else is given as the expression itself.
func Describe(expr, lang string) string {
	r, ok := simpleRhythm(expr)
	if !ok {
		return expr
	}
	w := indonesianRhythm
	if lang == English {
		w = englishRhythm
	}
	for _, row := range rhythmRows {
		if row.is(r) {
			return row.text(r, w, lang) + w.at + clock{r.hour, r.minute}.text(lang)
		}
	}
	return expr
}

// simple is an expression whose fields are plain numbers or `*` (nil).
type simple struct {
	minute, hour           int
	days, months, weekdays []int
}

func simpleRhythm(expr string) (simple, bool) {
	canonical, err := calendar.NormaliseCron(expr)
	if err != nil {
		return simple{}, false
	}
	var fields [5][]int
	for i, text := range strings.Fields(canonical) {
		if text == "1-5" && i == 4 {
			text = workdays
		}
		if text == "*" {
			continue
		}
		for item := range strings.SplitSeq(text, ",") {
			n, err := strconv.Atoi(item)
			if err != nil {
				return simple{}, false
			}
			fields[i] = append(fields[i], n)
		}
	}
	if len(fields[0]) != 1 || len(fields[1]) != 1 {
		return simple{}, false
	}
	return simple{fields[0][0], fields[1][0], fields[2], fields[3], fields[4]}, true
}

const workdays = "1,2,3,4,5"

// rhythmWords are the pieces of one language's descriptions.
type rhythmWords struct {
	at, and                           string
	daily, work, every, sunday        string
	monthly, quarterly, halfly, dated string
	day                               func(int) string
}

var indonesianRhythm = rhythmWords{
	at: " pukul ", and: "dan",
	daily: "setiap hari", work: "setiap hari kerja", every: "setiap ", sunday: "setiap hari ",
	monthly: "setiap tanggal ", quarterly: "setiap triwulan tanggal ", halfly: "setiap semester tanggal ", dated: "setiap tanggal ",
	day: strconv.Itoa,
}

var englishRhythm = rhythmWords{
	at: " at ", and: "and",
	daily: "every day", work: "every weekday", every: "every ", sunday: "every ",
	monthly: "every month on the ", quarterly: "every quarter on the ", halfly: "every half-year on the ", dated: "every year on ",
	day: ordinal,
}

var rhythmRows = []struct {
	is   func(simple) bool
	text func(simple, rhythmWords, string) string
}{
	{func(r simple) bool { return r.days == nil && r.months == nil && r.weekdays == nil },
		func(_ simple, w rhythmWords, _ string) string { return w.daily }},
	{func(r simple) bool { return r.days == nil && r.months == nil && list(r.weekdays) == workdays },
		func(_ simple, w rhythmWords, _ string) string { return w.work }},
	{func(r simple) bool { return r.days == nil && r.months == nil && list(r.weekdays) == "0" },
		func(_ simple, w rhythmWords, lang string) string { return w.sunday + WeekdayName(0, lang) }},
	{func(r simple) bool { return r.days == nil && r.months == nil },
		func(r simple, w rhythmWords, lang string) string {
			return w.every + w.join(mondayFirst(r.weekdays), func(day int) string { return namesIn(lang).weekdays[day] })
		}},
	{monthly(""), func(r simple, w rhythmWords, _ string) string { return w.monthly + w.join(r.days, w.day) }},
	{monthly(unitMonths[uQuarter]), func(r simple, w rhythmWords, _ string) string { return w.quarterly + w.join(r.days, w.day) }},
	{monthly(unitMonths[uHalf]), func(r simple, w rhythmWords, _ string) string { return w.halfly + w.join(r.days, w.day) }},
	{func(r simple) bool { return len(r.days) == 1 && len(r.months) == 1 && r.weekdays == nil },
		func(r simple, w rhythmWords, lang string) string {
			return w.dated + strconv.Itoa(r.days[0]) + " " + namesIn(lang).months[r.months[0]]
		}},
}

func monthly(months string) func(simple) bool {
	return func(r simple) bool { return r.days != nil && list(r.months) == months && r.weekdays == nil }
}

// join lists with commas and a last "dan".
func (w rhythmWords) join(ns []int, name func(int) string) string {
	texts := make([]string, len(ns))
	for i, n := range ns {
		texts[i] = name(n)
	}
	switch last := len(texts) - 1; {
	case last <= 0:
		return strings.Join(texts, "")
	case last == 1:
		return texts[0] + " " + w.and + " " + texts[1]
	default:
		return strings.Join(texts[:last], ", ") + ", " + w.and + " " + texts[last]
	}
}

// mondayFirst puts Sunday last, where the week ends for everyone here.
func mondayFirst(days []int) []int {
	ordered := slices.Clone(days)
	slices.SortFunc(ordered, func(a, b int) int { return (a+6)%7 - (b+6)%7 })
	return ordered
}

// ordinal writes 1st, 2nd, 3rd, 4th, 11th, 21st.
func ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return strconv.Itoa(n) + suffix
}

// skipsMonths reports whether some month of the rhythm lacks one of its days
// in an ordinary year.
func skipsMonths(expr string) bool {
	lengths := [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}
	r, ok := simpleRhythm(expr)
	if !ok || r.days == nil || r.weekdays != nil {
		return false
	}
	months := r.months
	if months == nil {
		months = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	}
	return slices.ContainsFunc(months, func(month int) bool { return slices.Max(r.days) > lengths[month] })
}
