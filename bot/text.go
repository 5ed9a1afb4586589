package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxSaid bounds Update.Text, in bytes.
const MaxSaid = 8_000

// CleanText removes what must not get into the journal or onto a screen: invalid UTF-8, control characters but line
// breaks and tabs, and the marks that turn the direction of all that follows. It trims, and cuts to MaxSaid bytes. The
// result keeps nothing of s alive.
func CleanText(s string) string {
	if plainASCII(s) {
		return strings.Clone(strings.TrimSpace(CutBytes(s, MaxSaid)))
	}
	s = strings.Map(func(c rune) rune {
		switch {
		case c == utf8.RuneError:
			return -1
		case c == '\n' || c == '\t':
			return c
		case unicode.IsControl(c), turnsDirection(c):
			return -1
		case c == '\u2028' || c == '\u2029':
			return '\n'
		}
		return c
	}, strings.ReplaceAll(CutBytes(s, 4*MaxSaid), "\r\n", "\n"))
	return strings.TrimSpace(CutBytes(s, MaxSaid))
}

// Showable drops what no platform takes in a message: control characters but line breaks and tabs. Invalid bytes become
// U+FFFD.
func Showable(s string) string {
	if plainASCII(s) {
		return s
	}
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' {
			return -1
		}
		return c
	}, s)
}

// CutBytes keeps at most n bytes and no half character.
func CutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// turnsDirection finds embeddings, overrides and isolates.
func turnsDirection(c rune) bool {
	return c >= '\u202A' && c <= '\u202E' || c >= '\u2066' && c <= '\u2069'
}

// plainASCII tells whether s consists of printable ASCII, line breaks and tabs.
func plainASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < ' ' || c > '~') && c != '\n' && c != '\t' {
			return false
		}
	}
	return true
}
