package calendar

import (
	"slices"
	"strconv"
	"strings"
)

// cronField is one of the five fields: its bounds and the names that stand for
// numbers in it.
type cronField struct {
	low, high int
	names     []string // names[i] means low+i
	sunday7   bool     // 7 is another way to write 0
}

var cronFields = [5]cronField{
	{low: 0, high: 59},
	{low: 0, high: 23},
	{low: 1, high: 31},
	{low: 1, high: 12, names: []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
	{low: 0, high: 6, names: []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}, sunday7: true},
}

// canonical rewrites a comma-separated field. Plain numbers are sorted and said
// once; ranges and steps keep their place. The parser silently drops empty list
// items, which would leave a field that matches nothing: refused here.
func (f cronField) canonical(text string) (string, bool) {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		done, ok := f.item(item)
		if !ok {
			return "", false
		}
		items = append(items, done...)
	}
	if plain, ok := numbers(items); ok {
		slices.Sort(plain)
		items = items[:0]
		for _, n := range slices.Compact(plain) {
			items = append(items, strconv.Itoa(n))
		}
	}
	return strings.Join(items, ","), true
}

// item reads `*`, `5`, `mon-fri`, `*/2` or `1-5/2`.
func (f cronField) item(text string) ([]string, bool) {
	base, stepText, stepped := strings.Cut(text, "/")
	step := 1
	if stepped {
		var ok bool
		if step, ok = digits(stepText); !ok || step == 0 {
			return nil, false
		}
	}
	suffix := ""
	if step > 1 {
		suffix = "/" + strconv.Itoa(step)
	}
	if base == "*" || base == "?" {
		return []string{"*" + suffix}, true
	}
	fromText, toText, ranged := strings.Cut(base, "-")
	from, ok := f.value(fromText)
	if !ok {
		return nil, false
	}
	to := from
	switch {
	case ranged:
		if to, ok = f.value(toText); !ok {
			return nil, false
		}
		if f.sunday7 && to == 0 && from > 0 { // fri-sun
			to = 7
		}
	case stepped: // "3/2" counts from 3 to the end
		to = max(f.high, from)
	}
	if from > to {
		return nil, false
	}
	switch {
	case f.sunday7 && to == 7:
		return throughSunday(from, step), true
	case from == to:
		return []string{strconv.Itoa(from)}, true
	}
	return []string{strconv.Itoa(from) + "-" + strconv.Itoa(to) + suffix}, true
}

// throughSunday spells out a range that ends on day 7, which the parser lacks.
func throughSunday(from, step int) []string {
	var days []string
	for day := from; day <= 7; day += step {
		days = append(days, strconv.Itoa(day%7))
	}
	return days
}

func (f cronField) value(text string) (int, bool) {
	if i := slices.Index(f.names, text); i >= 0 {
		return f.low + i, true
	}
	n, ok := digits(text)
	if !ok || n < f.low || n > f.high && (!f.sunday7 || n != 7) {
		return 0, false
	}
	return n, true
}

// digits reads one to three ASCII digits and nothing else: no sign, no space.
func digits(text string) (int, bool) {
	if text == "" || len(text) > 3 || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}

func numbers(items []string) ([]int, bool) {
	plain := make([]int, 0, len(items))
	for _, item := range items {
		n, ok := digits(item)
		if !ok {
			return nil, false
		}
		plain = append(plain, n)
	}
	return plain, true
}
