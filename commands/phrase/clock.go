package phrase

import "fmt"

// clock is a time of day.
type clock struct{ hour, minute int }

// hours says what a span of written hours means in a part of the day.
type hours struct{ from, to, add int }

// daypart is pagi, siang, pm ...; alone is the hour it means without a number,
// -1 when it cannot stand alone. Hours outside the spans are ambiguous: "12
// malam" is midnight, but of which day?
type daypart struct {
	alone int
	spans []hours
}

var dayparts = map[string]daypart{
	"dinihari":  {-1, []hours{{0, 4, 0}}},
	"pagi":      {9, []hours{{1, 11, 0}}},
	"siang":     {13, []hours{{10, 15, 0}, {1, 3, 12}}},
	"sore":      {16, []hours{{15, 18, 0}, {3, 6, 12}}},
	"malam":     {19, []hours{{18, 23, 0}, {6, 11, 12}}},
	"am":        {-1, []hours{{1, 11, 0}, {12, 12, -12}}},
	"pm":        {-1, []hours{{12, 12, 0}, {1, 11, 12}}},
	"morning":   {9, []hours{{1, 11, 0}}},
	"noon":      {12, []hours{{12, 12, 0}}},
	"afternoon": {14, []hours{{12, 18, 0}, {1, 6, 12}}},
	"evening":   {19, []hours{{17, 23, 0}, {5, 11, 12}}},
	"night":     {20, []hours{{19, 23, 0}, {7, 11, 12}}},
}

// takeClock finds the time of day in a phrase and gives the rest. A phrase
// without one is fine (found is false), one with two is ambiguous.
func takeClock(tokens []token) (c clock, found bool, rest []token, err error) {
	for i := 0; i < len(tokens); {
		t, width, ok, err := clockAt(tokens, i)
		switch {
		case err != nil:
			return clock{}, false, nil, err
		case !ok:
			rest = append(rest, tokens[i])
			i++
		case found:
			return clock{}, false, nil, refuse(Ambiguous)
		default:
			c, found = t, true
			i += width
		}
	}
	return c, found, rest, nil
}

// clockAt reads a time of day that begins at token i: [pukul] 09.00 [pagi],
// pukul 9, 9 pagi, pagi.
func clockAt(tokens []token, i int) (c clock, width int, ok bool, err error) {
	at := func(j int) token {
		if j < 0 || j >= len(tokens) {
			return token{}
		}
		return tokens[j]
	}
	j, announced := i, false
	if at(i).kind == kAt {
		j, announced = i+1, true
	}
	t, after := at(j), at(j+1)
	switch {
	case t.kind == kPart:
		alone := dayparts[t.part].alone
		if alone < 0 {
			return clock{}, 0, false, refuse(Ambiguous)
		}
		return clock{hour: alone}, j + 1 - i, true, nil
	case t.kind == kClock:
		c = clock{t.hour, t.minute}
	case t.kind == kNumber && announced,
		t.kind == kNumber && after.kind == kPart && at(j-1).kind != kDom:
		c = clock{hour: t.n}
	default:
		return clock{}, 0, false, nil
	}
	j++
	if after.kind == kPart {
		j++
		if c.hour, ok = dayparts[after.part].hour(c.hour); !ok {
			return clock{}, 0, false, refuse(Ambiguous)
		}
	} else if t.kind == kNumber && 1 <= c.hour && c.hour <= 5 {
		// "jam 3" is three in the afternoon to most people and 03.00 to a clock.
		return clock{}, 0, false, refuse(Ambiguous)
	}
	if c.hour > 23 || c.minute > 59 {
		return clock{}, 0, false, refuse(Impossible)
	}
	return c, j - i, true, nil
}

func (p daypart) hour(written int) (int, bool) {
	for _, span := range p.spans {
		if span.from <= written && written <= span.to {
			return written + span.add, true
		}
	}
	return 0, false
}

// text writes 09.00 or 9:00.
func (c clock) text(lang string) string {
	if lang == English {
		return fmt.Sprintf("%d:%02d", c.hour, c.minute)
	}
	return fmt.Sprintf("%02d.%02d", c.hour, c.minute)
}
