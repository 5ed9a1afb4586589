package discord

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"klaster/bot"
)

// Bounds of what comes in.
const (
	maxName     = 64 // characters
	maxFileName = 100
	maxHref     = 512 // bytes of a link; Discord refuses longer ones in buttons
)

// label is a text in one line, cut to n UTF-16 units.
func label(s string, n int) string {
	return cutUnits(strings.Join(strings.Fields(bot.Showable(s)), " "), n)
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
