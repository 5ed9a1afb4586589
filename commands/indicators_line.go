package commands

import (
	"strings"

	"klaster/commands/phrase"
)

// readIndicatorLine reads an indicator written in one line, parts between semicolons: the name first, the others in any
// order as far as each can be told from the rest. The first amount is the baseline and the second the target, unless a
// word says otherwise. unread are the parts that nothing fits.
func (t *turn) readIndicatorLine(line string) (known values, unread []string) {
	known = values{}
	for i, part := range strings.Split(line, ";") {
		part = strings.TrimSpace(part)
		switch {
		case part == "":
		case i == 0:
			known["name"] = part
		default:
			if key := t.indicatorPart(known, part); key != "" {
				known[key] = afterLabel(key, part)
			} else {
				unread = append(unread, part)
			}
		}
	}
	return known, unread
}

// goalLabels say which of the two amounts is meant.
var goalLabels = map[string][]string{
	"baseline": {"baseline", "data dasar", "awal"},
	"target":   {"target"},
}

// afterLabel cuts "target" off "target 150 jt".
func afterLabel(key, part string) string {
	for _, label := range goalLabels[key] {
		if rest, ok := cutWord(part, label); ok {
			return rest
		}
	}
	return part
}

func cutWord(text, word string) (string, bool) {
	if len(text) <= len(word) || !strings.EqualFold(text[:len(word)], word) || !strings.ContainsRune(" :", rune(text[len(word)])) {
		return text, false
	}
	return strings.TrimLeft(text[len(word):], " :"), true
}

// indicatorPart finds the question that a part answers, among those without an answer; "" if it fits none.
func (t *turn) indicatorPart(known values, part string) string {
	free := func(key string) bool { return !known.has(key) }
	_, direction := directionWords[strings.ToLower(part)]
	_, frequency := frequencyWords[strings.ToLower(part)]
	_, reporters := readReporters(t, nil, part)
	_, scheduled := phrase.ParseSchedule(part, t.in.Lang)
	_, amount := phrase.ParseAmount(part, t.in.Lang)
	for key, labels := range goalLabels {
		for _, label := range labels {
			if _, ok := cutWord(part, label); ok && free(key) {
				return key
			}
		}
	}
	switch {
	case direction && free("direction"):
		return "direction"
	case frequency && free("frequency"):
		return "frequency"
	case reporters == nil && free("reporters"):
		return "reporters"
	case kindOfUnit(part) != "number" && free("unit"):
		return "unit"
	case amount == nil && free("baseline"):
		return "baseline"
	case amount == nil && free("target"):
		return "target"
	case scheduled == nil && free("schedule"):
		return "schedule"
	case free("unit") && amount != nil && len(strings.Fields(part)) <= 3:
		return "unit"
	}
	return ""
}
