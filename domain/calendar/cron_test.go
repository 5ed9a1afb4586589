package calendar

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func reasonOf(err error) Reason {
	var refused *Error
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return ""
}

func TestNormaliseCron(t *testing.T) {
	for _, tt := range []struct{ expr, want string }{
		{"0 9 * * 1", "0 9 * * 1"},
		{"  00  09 * * MON ", "0 9 * * 1"},
		{"0 9 * * 7", "0 9 * * 0"},
		{"0 9 * * 1-7", "0 9 * * 0,1,2,3,4,5,6"},
		{"0 9 * * fri-sun", "0 9 * * 0,5,6"},
		{"0 9 * * 1-7/3", "0 9 * * 0,1,4"},
		{"0 9 * * 7/2", "0 9 * * 0"},
		{"0 9 * * sun-tue", "0 9 * * 0-2"},
		{"0 9 ? * ?", "0 9 * * *"},
		{"0 9 5,1,5 * *", "0 9 1,5 * *"},
		{"0 9 1 jan,apr,jul,oct *", "0 9 1 1,4,7,10 *"},
		{"0 9 1 */3 *", "0 9 1 */3 *"},
		{"0 9 */1 * *", "0 9 * * *"},
		{"0 0 29 2 *", "0 0 29 2 *"},
		{"0 9 31 2 1", "0 9 31 2 1"}, // either the day or Monday: comes on Mondays
		{"9-9 9/24 * * *", "9 9-23/24 * * *"},
		{"@daily", "0 0 * * *"},
		{"@Weekly", "0 0 * * 0"},
		{"@monthly", "0 0 1 * *"},
	} {
		got, err := NormaliseCron(tt.expr)
		if err != nil || got != tt.want {
			t.Errorf("NormaliseCron(%q) = %q, %v; want %q", tt.expr, got, err, tt.want)
		}
		again, err := NormaliseCron(got)
		if err != nil || again != got {
			t.Errorf("NormaliseCron(%q) is not stable: %q, %v", got, again, err)
		}
	}
}

func TestCheckCronRefuses(t *testing.T) {
	after := time.Date(2026, 11, 23, 15, 0, 0, 0, zone(t, "Asia/Jakarta"))
	for _, tt := range []struct {
		expr string
		want Reason
	}{
		{"", Empty},
		{" \t\n", Empty},
		{strings.Repeat("1,", 60) + "1 9 * * *", TooLong},
		{"TZ=Asia/Jakarta", ForbiddenZone}, // panics the parser
		{"CRON_TZ=UTC 0 9 * * 1", ForbiddenZone},
		{"tz=UTC 0 9 * * 1", ForbiddenZone},
		{"@every 1h", ForbiddenDescriptor},
		{"@every 720h", ForbiddenDescriptor},
		{"@hourly", ForbiddenDescriptor},
		{"@yearly", ForbiddenDescriptor},
		{"@reboot", ForbiddenDescriptor},
		{"@", ForbiddenDescriptor},
		{"0 9 * *", Unreadable},
		{"0 0 9 * * 1", Unreadable},
		{"60 9 * * *", Unreadable},
		{"0 24 * * *", Unreadable},
		{"0 9 0 * *", Unreadable},
		{"0 9 32 * *", Unreadable},
		{"0 9 * 13 *", Unreadable},
		{"0 9 * * 8", Unreadable},
		{"0 9 * * senin", Unreadable},
		{"0 9 L * *", Unreadable},
		{"+0 9 * * *", Unreadable},
		{"-1 9 * * *", Unreadable},
		{", 9 * * *", Unreadable}, // the parser would take it and never fire
		{"0 9 1,,2 * *", Unreadable},
		{"0 9 5-1 * *", Unreadable},
		{"0 9 */0 * *", Unreadable},
		{"0 9 1-2-3 * *", Unreadable},
		{"0 9 1/2/3 * *", Unreadable},
		{"0 9 *-5 * *", Unreadable},
		{"0 9 */9999999999999999999 * *", Unreadable},
		{"0 0 30 2 *", Never},
		{"0 0 31 4,6,9,11 *", Never},
		{"* 0 30 2 *", Never},
		{"* * * * *", TooFrequent},
		{"0 * * * *", TooFrequent},
		{"0,30 9 * * *", TooFrequent},
		{"0 9,17 * * 1", TooFrequent},
		{"*/5 9 1 1 *", TooFrequent},
	} {
		if got := reasonOf(CheckCron(tt.expr, after)); got != tt.want {
			t.Errorf("CheckCron(%q) = %q, want %q", tt.expr, got, tt.want)
		}
	}
}

func TestErrorDoesNotQuoteTheExpression(t *testing.T) {
	err := CheckCron("rahasia * * * *", time.Unix(0, 0))
	if err == nil || strings.Contains(err.Error(), "rahasia") {
		t.Errorf("error %v", err)
	}
}

func TestNext(t *testing.T) {
	for _, tt := range []struct {
		name, zone, expr, after string
		want                    []string
	}{
		{"weekly", "Asia/Jakarta", "0 9 * * 1", "2026-11-23T09:00", []string{"2026-11-30T09:00 WIB", "2026-12-07T09:00 WIB"}},
		{"a minute before", "Asia/Jakarta", "0 9 * * 1", "2026-11-23T08:59", []string{"2026-11-23T09:00 WIB"}},
		{"the 31st skips short months", "Asia/Jakarta", "0 9 31 * *", "2026-11-23T08:59", []string{"2026-12-31T09:00 WIB", "2027-01-31T09:00 WIB", "2027-03-31T09:00 WIB"}},
		{"quarterly", "Asia/Makassar", "0 9 5 1,4,7,10 *", "2026-11-23T00:00", []string{"2027-01-05T09:00 WITA", "2027-04-05T09:00 WITA"}},
		{"eight years without a leap day", "Asia/Jayapura", "0 9 29 2 *", "2096-03-01T00:00", []string{"2104-02-29T09:00 WIT"}},
		{"spring gap moves to its end", "America/New_York", "30 2 * * *", "2026-03-07T00:00", []string{"2026-03-07T02:30 EST", "2026-03-08T03:00 EDT", "2026-03-09T02:30 EDT"}},
		{"autumn hour fires once", "America/New_York", "30 1 * * *", "2026-10-31T12:00", []string{"2026-11-01T01:30 EDT", "2026-11-02T01:30 EST"}},
		{"half-hour gap", "Australia/Lord_Howe", "15 2 * * *", "2026-10-03T12:00", []string{"2026-10-04T02:30 +11", "2026-10-05T02:15 +11"}},
		{"half-hour repeat", "Australia/Lord_Howe", "45 1 * * *", "2026-04-04T12:00", []string{"2026-04-05T01:45 +11", "2026-04-06T01:45 +1030"}},
		{"gap at midnight", "America/Santiago", "0 0 * * *", "2026-09-05T12:00", []string{"2026-09-06T01:00 -03", "2026-09-07T00:00 -03"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			loc := zone(t, tt.zone)
			got, err := Next(tt.expr, SlotTime(tt.after, loc), len(tt.want))
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range tt.want {
				if s := got[i].Format(slotLayout + " MST"); s != want {
					t.Errorf("firing %d = %s, want %s", i, s, want)
				}
			}
		})
	}
}

func TestNextFromTheSecondShowingOfAnHour(t *testing.T) {
	loc := zone(t, "America/New_York")
	second := SlotTime("2026-11-01T01:30", loc).Add(time.Hour)
	if Slot(second) != "2026-11-01T01:30" {
		t.Fatalf("not the repeated hour: %v", second)
	}
	got, err := Next("45 1 * * *", second, 1)
	if err != nil || Slot(got[0]) != "2026-11-02T01:45" {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestNextOfNone(t *testing.T) {
	for _, n := range []int{0, -1} {
		if got, err := Next("0 9 * * 1", time.Unix(0, 0), n); err != nil || len(got) != 0 {
			t.Errorf("n=%d: %v, %v", n, got, err)
		}
	}
}

var awkwardZones = []string{"Asia/Jakarta", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"}

// Five years in each zone: strictly increasing, every slot once, every civil
// day of a daily schedule present, never more than one firing a day.
func TestNextOverYears(t *testing.T) {
	for _, name := range awkwardZones {
		for _, clock := range []string{"0 0", "0 2", "15 2", "30 2", "59 2", "30 1", "0 3", "59 23"} {
			t.Run(name+" "+clock, func(t *testing.T) {
				loc := zone(t, name)
				after := Civil(2024, time.December, 31, 23, 59, loc)
				const days = 5*365 + 1
				got, err := Next(clock+" * * *", after, days)
				if err != nil {
					t.Fatal(err)
				}
				seen := map[string]bool{}
				for i, firing := range got {
					if !firing.After(after) {
						t.Fatalf("%v is not after %v", firing, after)
					}
					after = firing
					if slot := Slot(firing); seen[slot] {
						t.Fatalf("slot %s twice", slot)
					} else {
						seen[slot] = true
					}
					if day := time.Date(2025, 1, 1+i, 0, 0, 0, 0, time.UTC).Format("2006-01-02"); firing.Format("2006-01-02") != day {
						t.Fatalf("firing %d is %v, want day %s", i, firing, day)
					}
					if back := SlotTime(Slot(firing), loc); !back.Equal(firing) {
						t.Fatalf("slot of %v reads back as %v", firing, back)
					}
				}
			})
		}
	}
}

// Whatever is accepted keeps its promises: at most once in a civil day, no two
// firings under a day less the hour of a clock change, stepping is the same as
// listing.
func TestNextProperties(t *testing.T) {
	zones := map[string]*time.Location{}
	for _, name := range awkwardZones {
		zones[name] = zone(t, name)
	}
	rapid.Check(t, func(t *rapid.T) {
		loc := zones[rapid.SampledFrom(awkwardZones).Draw(t, "zone")]
		field := func(name string, low, high int) string {
			if rapid.Bool().Draw(t, name+"*") {
				return "*"
			}
			return fmt.Sprint(rapid.IntRange(low, high).Draw(t, name))
		}
		expr := fmt.Sprintf("%d %d %s %s %s", rapid.IntRange(0, 59).Draw(t, "minute"), rapid.IntRange(0, 23).Draw(t, "hour"),
			field("dom", 1, 31), field("month", 1, 12), field("dow", 0, 7))
		start := time.Unix(rapid.Int64Range(1.6e9, 2.2e9).Draw(t, "after"), 0).In(loc)
		listed, err := Next(expr, start, 20)
		if reasonOf(err) == Never {
			t.Skip("never comes")
		}
		if err != nil {
			t.Fatalf("%s: %v", expr, err)
		}
		after := start
		for i, firing := range listed {
			if !firing.After(after) {
				t.Fatalf("%s: %v is not after %v", expr, firing, after)
			}
			if i > 0 && firing.Sub(after) < 23*time.Hour {
				t.Fatalf("%s: %v follows %v too closely", expr, firing, after)
			}
			stepped, err := Next(expr, after, 1)
			if err != nil || !stepped[0].Equal(firing) {
				t.Fatalf("%s: stepping gives %v, %v; listing %v", expr, stepped, err, firing)
			}
			after = firing
		}
	})
}

func FuzzCheckCron(f *testing.F) {
	for _, expr := range []string{"0 9 * * 1", "TZ=", "CRON_TZ=Asia/Jakarta", "@every 1s", "0 0 30 2 *", ", , , , ,", "1-7/2 * ? jan 7", "0 9 * * fri-sun"} {
		f.Add(expr, int64(1_800_000_000))
	}
	loc := zone(f, "Australia/Lord_Howe")
	f.Fuzz(func(t *testing.T, expr string, unix int64) {
		after := time.Unix(unix%4_000_000_000, 0).In(loc)
		err := CheckCron(expr, after)
		if err != nil {
			if reasonOf(err) == "" {
				t.Fatalf("%q: untyped %v", expr, err)
			}
			return
		}
		canonical, err := NormaliseCron(expr)
		if err != nil {
			t.Fatalf("%q is accepted and does not normalise: %v", expr, err)
		}
		if again, err := NormaliseCron(canonical); err != nil || again != canonical {
			t.Fatalf("%q -> %q -> %q, %v", expr, canonical, again, err)
		}
		firings, err := Next(expr, after, 3)
		if err != nil || !firings[0].Before(firings[1]) || !firings[1].Before(firings[2]) {
			t.Fatalf("%q: %v, %v", expr, firings, err)
		}
	})
}
