package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxMarks is how many combining marks may stand on one letter.
const maxMarks = 3

// CleanName makes a name fit for display: composed letters, no control, direction or invisible characters, white space
// as single blanks, no towers of marks, at most limit characters. Empty when nothing visible is left.
func CleanName(s string, limit int) string {
	if len(s) <= limit && plainWord(s) {
		return s
	}
	// What is invisible goes first: between a letter and its mark it would keep them from being composed.
	s = norm.NFC.String(strings.Map(visible, s[:min(len(s), 16*limit)]))
	var b strings.Builder
	length, marks, blank := 0, 0, false
	for _, c := range s {
		switch {
		case unicode.IsSpace(c):
			blank = b.Len() > 0
			continue
		case unicode.Is(unicode.M, c):
			if marks++; marks > maxMarks || b.Len() == 0 || blank {
				continue
			}
		default:
			marks = 0
		}
		need := 1
		if blank {
			need = 2
		}
		if length += need; length > limit {
			break
		}
		if blank {
			b.WriteByte(' ')
			blank = false
		}
		b.WriteRune(c)
	}
	return b.String()
}

// plainWord finds the common case: printable ASCII with single blanks between words.
func plainWord(s string) bool {
	blank := true
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c < ' ' || c > '~' || c == ' ' && blank {
			return false
		}
		blank = c == ' '
	}
	return !blank
}

// visible is for strings.Map: -1 drops.
func visible(c rune) rune {
	if !unicode.IsSpace(c) && invisible(c) {
		return -1
	}
	return c
}

// invisible finds characters that take no place, or look like none: control and format characters (zero width,
// direction), private use, fillers.
func invisible(c rune) bool {
	switch c {
	case utf8.RuneError, '\u115F', '\u1160', '\u2800', '\u3164', '\uFFA0', '\u034F', '\u17B4', '\u17B5':
		return true
	}
	return unicode.Is(unicode.C, c)
}
