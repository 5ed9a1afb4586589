package domain

import (
	"strconv"
	"testing"
	"time"

	"klaster/domain/calendar"
)

// The hours that are taken for awake at a glance are those that lie in no night, on days whose clocks are changed too.
func TestQuietHoursOverClockChanges(t *testing.T) {
	for _, tt := range []struct{ zone, change string }{
		{"Asia/Jakarta", "2026-03-02"}, {"Europe/Berlin", "2026-03-29"}, {"Europe/Berlin", "2026-10-25"},
		{"Australia/Lord_Howe", "2026-04-05"}, {"America/Santiago", "2026-09-06"}, {"Pacific/Apia", "2011-12-31"},
	} {
		loc := testZones(tt.zone)
		day, err := time.Parse(time.DateOnly, tt.change)
		if err != nil {
			t.Fatal(err)
		}
		for start := range 24 {
			for end := range 24 {
				s := NewState("K", testZones)
				s.set(KeyZone, tt.zone)
				s.set(KeyQuietFrom, strconv.Itoa(start))
				s.set(KeyQuietTo, strconv.Itoa(end))
				s.locate()
				for at := day.Add(-36 * time.Hour); at.Before(day.Add(60 * time.Hour)); at = at.Add(30 * time.Minute) {
					_, _, got := s.quiet(at)
					if want := inTheNight(at, start, end, loc); got != want {
						t.Fatalf("%s, quiet from %d to %d: %v is quiet: %v", tt.zone, start, end, at.In(loc), got)
					}
				}
			}
		}
	}
}

// inTheNight looks at the nights around an instant one by one.
func inTheNight(at time.Time, start, end int, loc *time.Location) bool {
	y, m, d := at.In(loc).Date()
	for day := d - 2; day <= d+1 && start != end; day++ {
		last := day
		if end < start {
			last++
		}
		if calendar.Civil(y, m, day, start, 0, loc).Before(at) && at.Before(calendar.Civil(y, m, last, end, 0, loc)) {
			return true
		}
	}
	return false
}
