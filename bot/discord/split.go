package discord

import (
	"strings"
	"unicode"
)

// Limits of a message, in UTF-16 units.
const (
	contentLimit     = 2000
	descriptionLimit = 4096
)

// mark is a place in a row of runs.
type mark struct{ run, at int }

// split cuts a text into messages of at most limit UTF-16 units, markup included: at a line break, else at a blank, else
// between characters. White space at the cuts is dropped.
func split(runs []run, limit int) [][]run {
	var parts [][]run
	for from := (mark{}); from.run < len(runs); {
		to := reach(runs, from, limit)
		if part := between(runs, from, to); len(part) > 0 {
			parts = append(parts, part)
		}
		from = to
	}
	return parts
}

// fit cuts a text to a single message; what was left out is hinted at by a line of its own.
func fit(runs []run, limit int) []run {
	parts := split(runs, limit)
	switch len(parts) {
	case 0:
		return nil
	case 1:
		return parts[0]
	}
	return append(split(runs, limit-4)[0], run{text: "\n…"})
}

// reach finds where a message that begins at from has to end.
func reach(runs []run, from mark, limit int) mark {
	var line, word candidate
	units := 0
	for i := from.run; i < len(runs); i++ {
		r, start := runs[i], 0
		if i == from.run {
			start = from.at
		}
		if r.style == markup { // never cut
			if units+len(r.text) > limit && units > 0 {
				return best(mark{i, 0}, units, line, word)
			}
			units += len(r.text) + 2
			continue
		}
		units += overhead(r)
		for j, c := range r.text[start:] {
			u := measure(c, r)
			if units+u > limit && (i > from.run || j > 0) {
				return best(mark{i, start + j}, units, line, word)
			}
			units += u
			switch c {
			case '\n':
				line = candidate{mark{i, start + j + 1}, units}
			case ' ':
				word = candidate{mark{i, start + j + 1}, units}
			}
		}
	}
	return mark{len(runs), 0}
}

// candidate is a good place to cut, with the units before it.
type candidate struct {
	at    mark
	units int
}

// best prefers a line break, then a blank, unless that would waste more than half of the message.
func best(hard mark, units int, line, word candidate) mark {
	for _, c := range [...]candidate{line, word} {
		if c.units > units/2 {
			return c.at
		}
	}
	return hard
}

// overhead is what the marks of a run take at most.
func overhead(r run) int {
	switch {
	case r.style == link:
		return len("[](<>)> ") + len(r.href)
	case r.style != plain:
		return len("****> ") + 1
	case r.quote:
		return len("> ")
	}
	return 0
}

// measure returns the UTF-16 units a character takes at most.
func measure(c rune, r run) int {
	switch {
	case c >= 0x10000:
		return 2
	case c == '\n' && r.quote:
		return 3 + overhead(r)
	case c == '\n':
		return 1 + overhead(r)
	case strings.ContainsRune("\\`*_~|[]<@#-+>.):", c):
		return 2
	}
	return 1
}

// between copies what lies between two marks and trims it.
func between(runs []run, from, to mark) []run {
	var part []run
	for i := from.run; i < len(runs) && i <= to.run; i++ {
		r := runs[i]
		if i == to.run {
			r.text = r.text[:to.at]
		}
		if i == from.run {
			r.text = r.text[from.at:]
		}
		if len(part) == 0 && r.style != markup {
			r.text = strings.TrimLeftFunc(r.text, unicode.IsSpace)
		}
		if r.text != "" {
			part = append(part, r)
		}
	}
	for n := len(part); n > 0 && part[n-1].style != markup; n = len(part) {
		if part[n-1].text = strings.TrimRightFunc(part[n-1].text, unicode.IsSpace); part[n-1].text != "" {
			break
		}
		part = part[:n-1]
	}
	return part
}
