package phrase

import (
	"strings"
	"testing"
	"time"

	"klaster/domain/calendar"

	"pgregory.net/rapid"
)

func TestFormatPeriod(t *testing.T) {
	for _, tt := range []struct {
		p      calendar.Period
		id, en string
	}{
		{"2026-Q3", "Triwulan III 2026", "Q3 2026"},
		{"2026-Q4", "Triwulan IV 2026", "Q4 2026"},
		{"2026-03", "Maret 2026", "March 2026"},
		{"2026-W12", "Minggu ke-12 2026", "Week 12 2026"},
		{"2026-H1", "Semester I 2026", "H1 2026"},
		{"2026", "2026", "2026"},
		{"2026-Q9", "2026-Q9", "2026-Q9"},
	} {
		if got := FormatPeriod(tt.p, "id"); got != tt.id {
			t.Errorf("FormatPeriod(%s, id) = %q, want %q", tt.p, got, tt.id)
		}
		if got := FormatPeriod(tt.p, "en"); got != tt.en {
			t.Errorf("FormatPeriod(%s, en) = %q, want %q", tt.p, got, tt.en)
		}
	}
}

func TestParsePeriod(t *testing.T) {
	for _, tt := range []struct {
		text string
		want calendar.Period
	}{
		{"tw3", "2026-Q3"},
		{"TW III", "2026-Q3"},
		{"TW III/2025", "2025-Q3"},
		{"twIV", "2026-Q4"}, // begun in October
		{"triwulan III 2026", "2026-Q3"},
		{"Triwulan ke-3 2026", "2026-Q3"},
		{"kuartal 1", "2026-Q1"},
		{"Q3 2026", "2026-Q3"},
		{"q3-2025", "2025-Q3"},
		{"2025 Q3", "2025-Q3"},
		{"2nd quarter", "2026-Q2"},
		{"maret", "2026-03"},
		{"Desember", "2025-12"}, // not begun this year
		{"november", "2026-11"},
		{"Mar 2025", "2025-03"},
		{"maret 25", "2025-03"},
		{"bulan Maret", "2026-03"},
		{"03/2025", "2025-03"},
		{"semester 1", "2026-H1"},
		{"Semester II 2025", "2025-H2"},
		{"H1", "2026-H1"},
		{"minggu 12", "2026-W12"},
		{"Minggu ke-12 2026", "2026-W12"},
		{"week 50", "2025-W50"},
		{"w12 2026", "2026-W12"},
		{"2025", "2025"},
		{"tahun 2025", "2025"},
		{"2026-w12", "2026-W12"},
		{"2026-03", "2026-03"},
		{"2026-Q3", "2026-Q3"},
		{"triwulan lalu", "2026-Q3"},
		{"bulan lalu", "2026-10"},
		{"minggu lalu", "2026-W47"},
		{"minggu ini", "2026-W48"},
		{"last month", "2026-10"},
		{"this quarter", "2026-Q4"},
		{"tahun lalu", "2025"},
	} {
		for _, lang := range []string{"id", "en"} {
			if got, err := ParsePeriod(tt.text, lang, monday(t)); err != nil || got != tt.want {
				t.Errorf("ParsePeriod(%q, %s) = %q, %v; want %s", tt.text, lang, got, err, tt.want)
			}
		}
	}
}

func TestParsePeriodRefuses(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Reason
	}{
		{"", Empty},
		{"kapan", NotAPeriod},
		{"3", NotAPeriod},
		{"besok", NotAPeriod},
		{"5 maret 2026", NotAPeriod},
		{"2026-03-05", NotAPeriod},
		{"hari ini", NotAPeriod},
		{"tahun 3", NotAPeriod},
		{"tw3 5", NotAPeriod},
		{strings.Repeat("x", 300), NotAPeriod},
		{"tw5", Impossible},
		{"semester III 2026", Impossible},
		{"minggu 53 2025", Impossible},
		{"13/2026", Impossible},
		{"Q3 1600", Impossible},
		{"1600", Impossible},
		{"Q3 0000", Impossible},
	} {
		if got, err := ParsePeriod(tt.text, "id", monday(t)); reasonOf(err) != tt.want {
			t.Errorf("ParsePeriod(%q) = %q, %v; want %s", tt.text, got, err, tt.want)
		}
	}
}

func TestPeriodRoundTrip(t *testing.T) {
	now := monday(t)
	rapid.Check(t, func(t *rapid.T) {
		day := time.Unix(rapid.Int64Range(0, 7e9).Draw(t, "day"), 0).UTC()
		p := calendar.PeriodOf(rapid.SampledFrom(calendar.Frequencies()).Draw(t, "frequency"), day)
		for _, text := range []string{FormatPeriod(p, "id"), FormatPeriod(p, "en"), string(p)} {
			if got, err := ParsePeriod(text, "id", now); err != nil || got != p {
				t.Fatalf("%s -> %q -> %s, %v", p, text, got, err)
			}
		}
	})
}

func FuzzParsePeriod(f *testing.F) {
	for _, text := range []string{"tw3", "Triwulan III 2026", "2026 Q3", "03/2026", "minggu lalu", "Minggu ke-12 2026"} {
		f.Add(text)
	}
	now := monday(f)
	f.Fuzz(func(t *testing.T, text string) {
		p, err := ParsePeriod(text, "id", now)
		if err == nil && !p.Valid() || err != nil && reasonOf(err) == "" {
			t.Fatalf("%q: %q, %v", text, p, err)
		}
	})
}
