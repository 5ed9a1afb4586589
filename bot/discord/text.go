package discord

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds of what comes in.
const (
	maxSaid     = 8000 // bytes of a text, as bot.Update promises
	maxName     = 64   // characters
	maxFileName = 100
	maxHref     = 512 // bytes of a link; Discord refuses longer ones in buttons
)

// cleanText removes what must not get into the journal or onto a screen: invalid UTF-8, control characters but line
// breaks and tabs, and the marks that turn the direction of all that follows. It trims, and cuts to maxSaid bytes.
func cleanText(s string) string {
	if plainASCII(s) {
		return strings.TrimSpace(cutBytes(s, maxSaid))
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
	}, strings.ReplaceAll(cutBytes(s, 4*maxSaid), "\r\n", "\n"))
	return strings.TrimSpace(cutBytes(s, maxSaid))
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

// showable drops what a message must not contain.
func showable(s string) string {
	if plainASCII(s) {
		return s
	}
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\n' && c != '\t' {
			return -1
		}
		return c // invalid bytes become U+FFFD
	}, s)
}

// label is a text in one line, cut to n UTF-16 units.
func label(s string, n int) string {
	return cutUnits(strings.Join(strings.Fields(showable(s)), " "), n)
}

// cutBytes keeps at most n bytes and no half character.
func cutBytes(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// cutUnits keeps at most n UTF-16 units, with an ellipsis in place of what is lost.
func cutUnits(s string, n int) string {
	units, keep := 0, 0
	for i, c := range s {
		if units += max(1, utf16.RuneLen(c)); units > n {
			return s[:keep] + "…"
		}
		if units < n {
			keep = i + utf8.RuneLen(c)
		}
	}
	return s
}

// isolate keeps a name that is written from right to left from turning the sentence around it.
func isolate(name string) string {
	if strings.IndexFunc(name, rightToLeft) < 0 {
		return name
	}
	return "\u2068" + name + "\u2069"
}

func rightToLeft(c rune) bool {
	return c >= 0x0590 && c <= 0x08FF || c >= 0xFB1D && c <= 0xFDFF || c >= 0xFE70 && c <= 0xFEFF ||
		c >= 0x10800 && c <= 0x10FFF || c >= 0x1E800 && c <= 0x1EFFF
}

// webLink returns the address in a form that stands in markup and buttons, or "" if it is none.
func webLink(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || !utf8.ValidString(s) {
		return ""
	}
	if strings.IndexFunc(s, func(c rune) bool { return unicode.IsControl(c) || unicode.IsSpace(c) }) >= 0 {
		return ""
	}
	s = strings.NewReplacer("<", "%3C", ">", "%3E", "(", "%28", ")", "%29", "`", "%60", `\`, "%5C").Replace(s)
	if len(s) > maxHref {
		return ""
	}
	return s
}
