package web

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Bounds in characters.
const (
	maxName     = 64
	maxRoom     = 40
	maxFileName = 100
	maxMarks    = 3     // combining marks on one letter
	maxTyped    = 4_500 // one message
)

// botName is shown beside what the bot says; no person may take it.
const botName = "Klaster"

// cleanName makes a name fit for display: composed letters, no control, direction or invisible characters, white
// space as single blanks, no towers of marks, at most limit characters. Empty when nothing visible is left.
func cleanName(s string, limit int) string {
	if len(s) > 16*limit {
		s = s[:16*limit]
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, ""))
	var b strings.Builder
	marks, length := 0, 0
	for _, word := range strings.Fields(strings.Map(visible, s)) {
		if b.Len() > 0 {
			b.WriteByte(' ')
			length++
		}
		for _, c := range word {
			if unicode.Is(unicode.M, c) {
				marks++
			} else {
				marks = 0
			}
			if marks > maxMarks {
				continue
			}
			if length++; length > limit {
				return strings.TrimSpace(b.String())
			}
			b.WriteRune(c)
		}
	}
	name := b.String()
	if strings.IndexFunc(name, func(c rune) bool { return unicode.IsGraphic(c) && !unicode.Is(unicode.M, c) }) < 0 {
		return ""
	}
	return name
}

// visible drops characters that take no place or look like none: control and format characters (zero width,
// direction), private use, fillers.
func visible(c rune) rune {
	switch c {
	case utf8.RuneError, '\u115F', '\u1160', '\u2800', '\u3164', '\uFFA0', '\u034F', '\u17B4', '\u17B5':
		return -1
	}
	if unicode.IsSpace(c) {
		return ' '
	}
	if unicode.Is(unicode.C, c) {
		return -1
	}
	return c
}

// cleanText removes from a message what must not get onto a screen: invalid UTF-8, control characters but line breaks
// and tabs, and the marks that turn the direction of all that follows.
func cleanText(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, ""), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		switch {
		case c == '\n' || c == '\t':
			return c
		case c == '\u2028' || c == '\u2029':
			return '\n'
		case unicode.IsControl(c), c >= '\u202A' && c <= '\u202E', c >= '\u2066' && c <= '\u2069':
			return -1
		}
		return c
	}, s))
}

// cleanRoom makes the name of a room: small letters, digits and hyphens. Empty when nothing is left.
func cleanRoom(s string) string {
	var b strings.Builder
	for _, c := range strings.ToLower(s) {
		switch {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b.WriteRune(c)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() == maxRoom {
			break
		}
	}
	return strings.Trim(b.String(), "-")
}
