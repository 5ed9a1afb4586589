package web

import (
	"strings"
	"unicode"
)

// Bounds in characters.
const (
	maxName     = 64
	maxRoom     = 40
	maxFileName = 100
	maxTyped    = 4_500 // one message
)

// botName is shown beside what the bot says; no person may take it.
const botName = "Klaster"

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
