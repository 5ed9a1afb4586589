package telegram

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a message. Texts are counted in UTF-16 units, which is right whichever way the server counts.
const (
	textLimit    = 4096
	captionLimit = 1024
	// byteLimit bounds a message with its markup; the server refuses more than 32,768 bytes outright.
	byteLimit = 32000
)

// mark is a place in a row of runs.
type mark struct{ run, at int }

// split cuts a text into messages of at most limit UTF-16 units: at a line break, else at a blank, else between
// characters. White space at the cuts is dropped.
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
	return append(split(runs, limit-2)[0], run{text: "\n…"})
}

// reach finds where a message that begins at from has to end.
func reach(runs []run, from mark, limit int) mark {
	var line, word candidate
	units, size := 0, 0
	for i := from.run; i < len(runs); i++ {
		start := 0
		if i == from.run {
			start = from.at
		}
		size += overhead(runs[i])
		for j, c := range runs[i].text[start:] {
			u, e := measure(c)
			if units+u > limit || size+e > byteLimit {
				return best(mark{i, start + j}, units, line, word)
			}
			units, size = units+u, size+e
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

// overhead is what the tags of a run take at most.
func overhead(r run) int {
	const quotation = len("<blockquote></blockquote>")
	if r.style == plain {
		return quotation
	}
	return quotation + len(`<code></code>"`) + 6*len(r.href)
}

// measure returns the UTF-16 units and the bytes (escaped) of a character.
func measure(c rune) (units, bytes int) {
	units, bytes = 1, utf8.RuneLen(c)
	if bytes < 0 {
		bytes = 3
	}
	if bytes == 1 {
		if e := escaped(byte(c)); e != "" {
			bytes = len(e)
		}
	}
	if c >= 0x10000 {
		units = 2
	}
	return units, bytes
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
		if len(part) == 0 {
			r.text = strings.TrimLeftFunc(r.text, unicode.IsSpace)
		}
		if r.text != "" {
			part = append(part, r)
		}
	}
	for n := len(part); n > 0; n = len(part) {
		if part[n-1].text = strings.TrimRightFunc(part[n-1].text, unicode.IsSpace); part[n-1].text != "" {
			break
		}
		part = part[:n-1]
	}
	return part
}
