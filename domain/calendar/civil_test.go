package calendar

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestSlotTime(t *testing.T) {
	for _, tt := range []struct{ zone, slot, want string }{
		{"Asia/Jakarta", "2026-03-02T09:00", "2026-03-02T09:00:00+07:00"},
		{"Europe/Berlin", "2026-03-29T02:30", "2026-03-29T03:00:00+02:00"},
		{"Europe/Berlin", "2026-10-25T02:30", "2026-10-25T02:30:00+02:00"},
		{"America/New_York", "2026-11-01T01:59", "2026-11-01T01:59:00-04:00"},
		{"Australia/Lord_Howe", "2026-10-04T02:00", "2026-10-04T02:30:00+11:00"},
		{"Australia/Lord_Howe", "2026-04-05T01:30", "2026-04-05T01:30:00+11:00"},
		{"Pacific/Apia", "2011-12-30T09:00", "2011-12-31T00:00:00+14:00"}, // a day that never was
		{"UTC", "2026-03-02T09:00", "2026-03-02T09:00:00Z"},
	} {
		if got := SlotTime(tt.slot, zone(t, tt.zone)).Format(time.RFC3339); got != tt.want {
			t.Errorf("SlotTime(%s, %s) = %s, want %s", tt.slot, tt.zone, got, tt.want)
		}
	}
	for _, bad := range []string{"", "2026-03-02", "2026-03-02T25:00", "2026-02-30T09:00", "2026-03-02T09:00:00", "x"} {
		if got := SlotTime(bad, time.UTC); !got.IsZero() {
			t.Errorf("SlotTime(%q) = %v", bad, got)
		}
	}
}

// Later wall clocks are never earlier instants, and a slot of an instant is
// that instant again unless it is the second showing.
func TestCivilKeepsOrder(t *testing.T) {
	zones := make([]*time.Location, 0, len(awkwardZones))
	for _, name := range append([]string{"Pacific/Apia", "America/Santiago"}, awkwardZones...) {
		zones = append(zones, zone(t, name))
	}
	rapid.Check(t, func(t *rapid.T) {
		loc := rapid.SampledFrom(zones).Draw(t, "zone")
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "at")/60*60, 0).In(loc)
		back := SlotTime(Slot(at), loc)
		if back.After(at) || Slot(back) != Slot(at) {
			t.Fatalf("%v reads back as %v", at, back)
		}
		wall := wallClock(at)
		later := wall.Add(time.Duration(rapid.IntRange(0, 3000).Draw(t, "minutes")) * time.Minute)
		if resolve(later, loc).Before(resolve(wall, loc)) {
			t.Fatalf("%v after %v turns round in %v", later, wall, loc)
		}
	})
}

func TestStartOfDayInAMidnightGap(t *testing.T) {
	loc := zone(t, "America/Santiago")
	got := StartOfDay(time.Date(2026, 9, 6, 15, 0, 0, 0, loc))
	if Slot(got) != "2026-09-06T01:00" {
		t.Errorf("got %v", got)
	}
}
