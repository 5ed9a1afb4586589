package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestPeriods(t *testing.T) {
	for _, tt := range []struct {
		day      string
		freq     Frequency
		of, last Period
	}{
		{"2026-11-23", Weekly, "2026-W48", "2026-W47"},
		{"2026-11-23", Monthly, "2026-11", "2026-10"},
		{"2026-11-23", Quarterly, "2026-Q4", "2026-Q3"},
		{"2026-11-23", HalfYearly, "2026-H2", "2026-H1"},
		{"2026-11-23", Yearly, "2026", "2025"},
		{"2026-10-01", Quarterly, "2026-Q4", "2026-Q3"},
		{"2026-09-30", Quarterly, "2026-Q3", "2026-Q2"},
		{"2026-01-01", Quarterly, "2026-Q1", "2025-Q4"},
		{"2026-01-01", HalfYearly, "2026-H1", "2025-H2"},
		{"2026-01-01", Monthly, "2026-01", "2025-12"},
		{"2027-01-01", Weekly, "2026-W53", "2026-W52"},
		{"2027-01-04", Weekly, "2027-W01", "2026-W53"},
		{"2026-11-23", "daily", "", ""},
		{"2026-11-23", "", "", ""},
	} {
		day, _ := time.Parse("2006-01-02", tt.day)
		if got := PeriodOf(tt.freq, day); got != tt.of {
			t.Errorf("PeriodOf(%s, %s) = %q, want %q", tt.freq, tt.day, got, tt.of)
		}
		if got := LastComplete(tt.freq, day); got != tt.last {
			t.Errorf("LastComplete(%s, %s) = %q, want %q", tt.freq, tt.day, got, tt.last)
		}
	}
}

func TestBounds(t *testing.T) {
	loc := zone(t, "Asia/Jakarta")
	for _, tt := range []struct {
		period   Period
		from, to string
	}{
		{"2026-W12", "2026-03-16", "2026-03-23"},
		{"2026-W53", "2026-12-28", "2027-01-04"},
		{"2026-02", "2026-02-01", "2026-03-01"},
		{"2026-Q3", "2026-07-01", "2026-10-01"},
		{"2026-H2", "2026-07-01", "2027-01-01"},
		{"2026", "2026-01-01", "2027-01-01"},
	} {
		from, to := Bounds(tt.period, loc)
		if Slot(from) != tt.from+"T00:00" || Slot(to) != tt.to+"T00:00" || from.Location() != loc {
			t.Errorf("Bounds(%s) = %v, %v", tt.period, from, to)
		}
	}
}

func TestMalformedPeriods(t *testing.T) {
	for _, p := range []Period{"", "2026-", "26", "2026-W54", "2027-W53", "2026-W00", "2026-W1", "2026-13", "2026-00", "2026-1",
		"2026-Q5", "2026-Q0", "2026-Q03", "2026-H3", "2026-h1", "0000", "20266", "2026-03\n", "२०२६"} {
		from, to := Bounds(p, time.UTC)
		if p.Valid() || p.Frequency() != "" || Previous(p) != "" || Following(p) != "" || !from.IsZero() || !to.IsZero() {
			t.Errorf("%q is taken for a period", p)
		}
	}
	if Previous("0001") != "" || Following("9999-12") != "" {
		t.Error("years outside four digits")
	}
	if _, ok := NewPeriod(Quarterly, 2026, 5); ok {
		t.Error("fifth quarter")
	}
	if _, ok := NewPeriod(Yearly, 2026, 2); ok {
		t.Error("second year of a year")
	}
	if p, ok := NewPeriod(Weekly, 2026, 53); !ok || p != "2026-W53" {
		t.Errorf("got %q", p)
	}
}

func TestPeriodProperties(t *testing.T) {
	zones := make([]*time.Location, 0, len(awkwardZones))
	for _, name := range awkwardZones {
		zones = append(zones, zone(t, name))
	}
	rapid.Check(t, func(t *rapid.T) {
		loc := rapid.SampledFrom(zones).Draw(t, "zone")
		freq := rapid.SampledFrom(Frequencies()).Draw(t, "frequency")
		day := time.Unix(rapid.Int64Range(0, 8e9).Draw(t, "at"), 0).In(loc)

		p := PeriodOf(freq, day)
		from, to := Bounds(p, loc)
		if !p.Valid() || p.Frequency() != freq || day.Before(from) || !day.Before(to) {
			t.Fatalf("%v is not in %s [%v, %v)", day, p, from, to)
		}
		if again, ok := NewPeriod(freq, p.Year(), p.Number()); !ok || again != p {
			t.Fatalf("%s rebuilds as %s", p, again)
		}
		if Following(Previous(p)) != p || Previous(Following(p)) != p || Previous(p) >= p {
			t.Fatalf("neighbours of %s: %s, %s", p, Previous(p), Following(p))
		}
		last := LastComplete(freq, day)
		_, ended := Bounds(last, loc)
		if ended.After(StartOfDay(day)) {
			t.Fatalf("%s ends %v, after the start of %v", last, ended, day)
		}
		if _, next := Bounds(Following(last), loc); !next.After(StartOfDay(day)) {
			t.Fatalf("%s is not the last complete one at %v", last, day)
		}
	})
}
