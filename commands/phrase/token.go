package phrase

import (
	"regexp"
	"strconv"
	"strings"
)

// token is one word of a date, schedule or period with what it says.
type token struct {
	kind             kind
	n                int // of a number, ordinal, weekday, month, unit
	digits           int // how many figures a number was written with
	hour, minute     int // of a clock
	year, month, day int // of a date; year 0 when none was written
	part             string
}

var (
	clockForm   = regexp.MustCompile(`^([0-9]{1,2})[.:]([0-9]{2})(am|pm)?$`)
	hourForm    = regexp.MustCompile(`^([0-9]{1,2})(am|pm)$`)
	dateForm    = regexp.MustCompile(`^([0-9]{1,2})(?:/([0-9]{1,2})|/([0-9]{1,2})/([1-9][0-9]{3}|[0-9]{2})|-([0-9]{1,2})-([1-9][0-9]{3}|[0-9]{2})|\.([0-9]{1,2})\.([1-9][0-9]{3}|[0-9]{2}))$`)
	isoForm     = regexp.MustCompile(`^([1-9][0-9]{3})-([0-9]{1,2})-([0-9]{1,2})$`)
	ordinalForm = regexp.MustCompile(`^(?:([0-9]{1,2})(?:st|nd|rd|th)|ke-?([0-9]{1,2}))$`)
	periodForm  = regexp.MustCompile(`^(tw|kw|q|smt|sem|h|w)([0-9]{1,2}|i{1,3}|iv)$`)
	numberForm  = regexp.MustCompile(`^[0-9]{1,4}$`)
)

// tokenise splits a text into known words; anything else becomes kUnknown. Words
// without meaning are dropped.
func tokenise(text string) []token {
	text = strings.ToLower(clean(text))
	text = strings.NewReplacer("'", "", ",", " ", "(", " ", ")", " ").Replace(text)
	text = " " + strings.Join(strings.Fields(text), " ") + " "
	for _, f := range foldings {
		text = strings.ReplaceAll(text, " "+f.from+" ", " "+f.to+" ")
	}
	var tokens []token
	for field := range strings.FieldsSeq(text) {
		tokens = append(tokens, readToken(field)...)
	}
	return settleMinggu(dropped(tokens))
}

// readToken gives one token, or two where two words are written as one: 9am, tw3.
func readToken(field string) []token {
	field = strings.TrimRight(field, ".!;")
	if t, ok := words[field]; ok {
		return []token{t}
	}
	if figures, ok := numberWords[field]; ok && !strings.Contains(figures, " ") {
		return []token{{kind: kNumber, n: atoi(figures)}}
	}
	if numberForm.MatchString(field) {
		return []token{{kind: kNumber, n: atoi(field), digits: len(field)}}
	}
	if m := clockForm.FindStringSubmatch(field); m != nil {
		return withPart(token{kind: kClock, hour: atoi(m[1]), minute: atoi(m[2])}, m[3])
	}
	if m := hourForm.FindStringSubmatch(field); m != nil {
		return withPart(token{kind: kNumber, n: atoi(m[1])}, m[2])
	}
	if m := ordinalForm.FindStringSubmatch(field); m != nil {
		return []token{{kind: kOrdinal, n: atoi(m[1] + m[2])}}
	}
	if m := periodForm.FindStringSubmatch(field); m != nil {
		return []token{words[m[1]], readToken(m[2])[0]}
	}
	if m := isoForm.FindStringSubmatch(field); m != nil {
		return []token{{kind: kDate, year: atoi(m[1]), month: atoi(m[2]), day: atoi(m[3])}}
	}
	if m := dateForm.FindStringSubmatch(field); m != nil {
		year := m[4] + m[6] + m[8]
		return []token{{kind: kDate, year: fullYear(atoi(year), len(year)), month: atoi(m[2] + m[3] + m[5] + m[7]), day: atoi(m[1])}}
	}
	return []token{{kind: kUnknown}}
}

func withPart(t token, part string) []token {
	if part == "" {
		return []token{t}
	}
	return []token{t, {kind: kPart, part: part}}
}

// atoi is for figures that a pattern has matched; nothing written is 0.
func atoi(figures string) int {
	n, _ := strconv.Atoi(figures)
	return n
}

// fullYear reads a two-figure year in this century.
func fullYear(year, figures int) int {
	if figures == 2 {
		return 2000 + year
	}
	return year
}

// dropped leaves out what only carries grammar: "hari" before a weekday,
// "bulan" before a month's name, "tahun" before a year.
func dropped(tokens []token) []token {
	kept := tokens[:0]
	for i, t := range tokens {
		var next kind
		if i+1 < len(tokens) {
			next = tokens[i+1].kind
		}
		redundant := t.kind == kDrop ||
			t.kind == kUnit && t.n == uMonth && next == kMonth ||
			t.kind == kUnit && t.n == uYear && next == kNumber && tokens[i+1].digits == 4 ||
			t.kind == kUnit && t.n == uDay && next == kWeekday
		if !redundant {
			kept = append(kept, t)
		}
	}
	return kept
}

// settleMinggu decides whether "minggu" is a week or Sunday by its neighbours.
// "hari Minggu" is always Sunday, "2 minggu" and "minggu depan" are weeks;
// alone it stays open for the reader of the whole text to settle.
func settleMinggu(tokens []token) []token {
	var settled []token
	for i, t := range tokens {
		if t.kind != kMinggu {
			settled = append(settled, t)
			continue
		}
		var before, after token
		if len(settled) > 0 {
			before = settled[len(settled)-1]
		}
		if i+1 < len(tokens) {
			after = tokens[i+1]
		}
		switch {
		case before.kind == kUnit && before.n == uDay:
			settled[len(settled)-1] = token{kind: kWeekday, n: 0}
		case before.kind == kNumber, before.kind == kEnd, before.kind == kStart,
			after.kind == kNext, after.kind == kLast, after.kind == kOrdinal:
			settled = append(settled, token{kind: kUnit, n: uWeek})
		case after.kind == kNumber && i+2 < len(tokens) && tokens[i+2].kind == kMonth, after.kind == kDate:
			settled = append(settled, token{kind: kWeekday, n: 0})
		default:
			settled = append(settled, t)
		}
	}
	return settled
}

// shape is the kinds of tokens in a row, the key of the tables of phrases.
func shape(tokens []token) string {
	kinds := make([]string, len(tokens))
	for i, t := range tokens {
		kinds[i] = string(t.kind)
	}
	return strings.Join(kinds, " ")
}

// only picks the tokens of one kind.
func only(tokens []token, k kind) []token {
	var picked []token
	for _, t := range tokens {
		if t.kind == k {
			picked = append(picked, t)
		}
	}
	return picked
}
