package bot

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

func FuzzCleanName(f *testing.F) {
	const limit = 64
	for _, s := range []string{
		"Ann", " a  b ", "Ibu Sari", "e\u0301\u0301\u0301\u0301\u0301", "\u202e\u200b", strings.Repeat("👩\u200d🌾", 40),
		"\xff\xfe", "\u0301x", "A\u200b\u0301", strings.Repeat("é\u0301", 90), "a\u00a0b",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := CleanName(s, limit)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > limit || strings.TrimSpace(got) != got || strings.Contains(got, "  ") ||
			strings.ContainsFunc(got, func(c rune) bool { return invisible(c) || c == '\n' }) || !norm.NFC.IsNormalString(got) {
			t.Errorf("%q became %q", s, got)
		}
		if again := CleanName(got, limit); again != got {
			t.Errorf("cleaned twice: %q, %q", got, again)
		}
	})
}
