package telegram

import "strings"

// Bounds of names in characters.
const (
	maxName     = 64
	maxFileName = 100
)

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
