package phrase

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"klaster/domain/calendar"

	"pgregory.net/rapid"
)

func declinedFor(err error) calendar.Reason {
	var refused *calendar.Error
	if errors.As(err, &refused) {
		return refused.Reason
	}
	return ""
}

func TestParseSchedule(t *testing.T) {
	for _, tt := range []struct {
		text, want string
		assumed    bool
	}{
		{"setiap Senin 09.00", "0 9 * * 1", false},
		{"Senin 09.00", "0 9 * * 1", false},
		{"tiap Jumat jam 15", "0 15 * * 5", false},
		{"tiap Jum'at jam 3 sore", "0 15 * * 5", false},
		{"every Monday 9:00", "0 9 * * 1", false},
		{"every Monday at 9am", "0 9 * * 1", false},
		{"setiap hari Senin pukul 09.30", "30 9 * * 1", false},
		{"setiap Senin dan Kamis 09.00", "0 9 * * 1,4", false},
		{"Monday, Wednesday and Friday at 8:00", "0 8 * * 1,3,5", false},
		{"setiap Sabtu dan Minggu", "0 9 * * 0,6", true},
		{"setiap hari Minggu", "0 9 * * 0", true},
		{"setiap Minggu dan Rabu", "0 9 * * 0,3", true},
		{"setiap minggu hari Senin", "0 9 * * 1", true},
		{"every week on Monday", "0 9 * * 1", true},
		{"Senin sampai Jumat 08.00", "0 8 * * 1-5", false},
		{"Monday to Friday", "0 9 * * 1-5", true},
		{"Jumat sampai Minggu", "0 9 * * 0,5,6", true},
		{"setiap hari kerja 08.00", "0 8 * * 1-5", false},
		{"every weekday at 8:00", "0 8 * * 1-5", false},
		{"setiap tanggal 5", "0 9 5 * *", true},
		{"setiap tanggal 5 jam 10", "0 10 5 * *", false},
		{"tiap tgl 5 dan 20 pukul 08.00", "0 8 5,20 * *", false},
		{"tanggal 5 setiap bulan", "0 9 5 * *", true},
		{"every month on the 5th", "0 9 5 * *", true},
		{"every month on the 5th at 14:30", "30 14 5 * *", false},
		{"the 5th of every month", "0 9 5 * *", true},
		{"setiap hari 08.00", "0 8 * * *", false},
		{"setiap pukul 08.00", "0 8 * * *", false},
		{"setiap pagi", "0 9 * * *", false},
		{"harian", "0 9 * * *", true},
		{"daily", "0 9 * * *", true},
		{"mingguan", "0 9 * * 1", true},
		{"weekly", "0 9 * * 1", true},
		{"every week", "0 9 * * 1", true},
		{"setiap pekan", "0 9 * * 1", true},
		{"mingguan Kamis 10.00", "0 10 * * 4", false},
		{"bulanan", "0 9 1 * *", true},
		{"monthly", "0 9 1 * *", true},
		{"bulanan tanggal 10", "0 9 10 * *", true},
		{"setiap bulan", "0 9 1 * *", true},
		{"setiap awal bulan", "0 9 1 * *", true},
		{"triwulan", "0 9 1 1,4,7,10 *", true},
		{"setiap triwulan tanggal 5 jam 9", "0 9 5 1,4,7,10 *", false},
		{"quarterly", "0 9 1 1,4,7,10 *", true},
		{"setiap 3 bulan", "0 9 1 1,4,7,10 *", true},
		{"setiap 2 bulan", "0 9 1 1,3,5,7,9,11 *", true},
		{"semesteran", "0 9 1 1,7 *", true},
		{"tahunan", "0 9 1 1 *", true},
		{"setiap tanggal 17 Agustus", "0 9 17 8 *", true},
		{"every year on 17 August at 9:00", "0 9 17 8 *", false},
		{"0 9 * * 1", "0 9 * * 1", false},
		{"`0 9 * * 7`", "0 9 * * 0", false},
		{"0 9 1 1 1", "0 9 1 1 1", false},
		{"30 8 1-7 jan mon", "30 8 1-7 1 1", false},
		{"@weekly", "0 0 * * 0", false},
	} {
		for _, lang := range []string{"id", "en"} {
			got, err := ParseSchedule(tt.text, lang)
			if err != nil || got.Cron != tt.want || got.ClockAssumed != tt.assumed || got.SkipsMonths {
				t.Errorf("ParseSchedule(%q, %s) = %+v, %v; want %s", tt.text, lang, got, err, tt.want)
			}
		}
	}
}

func TestSkipsMonths(t *testing.T) {
	for text, want := range map[string]bool{
		"setiap tanggal 28": false, "setiap tanggal 29": true, "setiap tanggal 31": true,
		"setiap triwulan tanggal 30": false, "setiap triwulan tanggal 31": true, "29 Februari": true,
		"0 9 31 1 *": false, "0 9 31 * *": true, "0 9 31 * 1": false,
	} {
		if got, err := ParseSchedule(text, "id"); err != nil || got.SkipsMonths != want {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestParseScheduleRefuses(t *testing.T) {
	for _, tt := range []struct {
		text string
		want calendar.Reason
	}{
		{"", calendar.Empty},
		{"``", calendar.Empty},
		{strings.Repeat("setiap ", 40), calendar.TooLong},
		{"kapan saja", calendar.Unreadable},
		{"besok", calendar.Unreadable},
		{"09.00", calendar.Unreadable},
		{"setiap", calendar.Unreadable},
		{"Senin sampai Kamis sampai Jumat", calendar.Unreadable},
		{"setiap minggu", calendar.Ambiguous},
		{"setiap minggu 09.00", calendar.Ambiguous},
		{"setiap Senin jam 3", calendar.Ambiguous},
		{"setiap Senin jam 12 malam", calendar.Ambiguous},
		{"setiap Senin 25.00", calendar.Impossible},
		{"setiap tanggal 32", calendar.Impossible},
		{"setiap 0 bulan", calendar.Impossible},
		{"setiap 30 Februari", calendar.Never},
		{"0 0 30 2 *", calendar.Never},
		{"setiap jam", calendar.TooFrequent},
		{"setiap 2 jam", calendar.TooFrequent},
		{"every hour", calendar.TooFrequent},
		{"setiap 5 menit", calendar.TooFrequent},
		{"setiap Senin 09.00 dan 15.00", calendar.TooFrequent},
		{"*/5 * * * *", calendar.TooFrequent},
		{"setiap 2 minggu", calendar.NotExpressible},
		{"every 2 weeks on Monday", calendar.NotExpressible},
		{"setiap 2 hari", calendar.NotExpressible},
		{"setiap 5 bulan", calendar.NotExpressible},
		{"setiap akhir bulan", calendar.NotExpressible},
		{"setiap bulan hari Senin", calendar.NotExpressible},
		{"setiap Senin 09.00 WIB", calendar.ForbiddenZone},
		{"TZ=Asia/Jakarta", calendar.ForbiddenZone},
		{"CRON_TZ=UTC 0 9 * * 1", calendar.ForbiddenZone},
		{"@every 1h", calendar.ForbiddenDescriptor},
		{"@hourly", calendar.ForbiddenDescriptor},
		{"* * *", calendar.Unreadable},
	} {
		if got, err := ParseSchedule(tt.text, "id"); declinedFor(err) != tt.want {
			t.Errorf("ParseSchedule(%q) = %+v, %v; want %s", tt.text, got, err, tt.want)
		}
	}
}

func TestDescribe(t *testing.T) {
	for _, tt := range []struct{ expr, id, en string }{
		{"0 9 * * 1", "setiap Senin pukul 09.00", "every Monday at 9:00"},
		{"0 9 * * MON", "setiap Senin pukul 09.00", "every Monday at 9:00"},
		{"0 9 * * 0", "setiap hari Minggu pukul 09.00", "every Sunday at 9:00"},
		{"30 15 * * 1,4", "setiap Senin dan Kamis pukul 15.30", "every Monday and Thursday at 15:30"},
		{"0 9 * * 0,5,6", "setiap Jumat, Sabtu, dan Minggu pukul 09.00", "every Friday, Saturday, and Sunday at 9:00"},
		{"0 8 * * 1-5", "setiap hari kerja pukul 08.00", "every weekday at 8:00"},
		{"0 8 * * *", "setiap hari pukul 08.00", "every day at 8:00"},
		{"0 9 5 * *", "setiap tanggal 5 pukul 09.00", "every month on the 5th at 9:00"},
		{"0 9 1,22 * *", "setiap tanggal 1 dan 22 pukul 09.00", "every month on the 1st and 22nd at 9:00"},
		{"0 9 3 1,4,7,10 *", "setiap triwulan tanggal 3 pukul 09.00", "every quarter on the 3rd at 9:00"},
		{"0 9 11 1,7 *", "setiap semester tanggal 11 pukul 09.00", "every half-year on the 11th at 9:00"},
		{"0 9 17 8 *", "setiap tanggal 17 Agustus pukul 09.00", "every year on 17 August at 9:00"},
		{"0 9 * 2 1", "0 9 * 2 1", "0 9 * 2 1"},
		{"0 9 5 * 1", "0 9 5 * 1", "0 9 5 * 1"},
		{"0 9 1-7 * *", "0 9 1-7 * *", "0 9 1-7 * *"},
		{"0 9 1 2,5 *", "0 9 1 2,5 *", "0 9 1 2,5 *"},
		{"nonsense", "nonsense", "nonsense"},
	} {
		if got := Describe(tt.expr, "id"); got != tt.id {
			t.Errorf("Describe(%q, id) = %q, want %q", tt.expr, got, tt.id)
		}
		if got := Describe(tt.expr, "en"); got != tt.en {
			t.Errorf("Describe(%q, en) = %q, want %q", tt.expr, got, tt.en)
		}
	}
}

// What is described can be typed back.
func TestScheduleRoundTrip(t *testing.T) {
	days := func(t *rapid.T, low, high int) string {
		ns := rapid.SliceOfNDistinct(rapid.IntRange(low, high), 1, 4, rapid.ID[int]).Draw(t, "days")
		return list(ns)
	}
	rapid.Check(t, func(t *rapid.T) {
		rest := rapid.SampledFrom([]func() string{
			func() string { return "* * *" },
			func() string { return "* * 1-5" },
			func() string { return "* * " + days(t, 0, 6) },
			func() string { return days(t, 1, 31) + " * *" },
			func() string { return days(t, 1, 31) + " 1,4,7,10 *" },
			func() string { return days(t, 1, 31) + " 1,7 *" },
			func() string {
				return fmt.Sprintf("%d %d *", rapid.IntRange(1, 28).Draw(t, "day"), rapid.IntRange(1, 12).Draw(t, "month"))
			},
		}).Draw(t, "rest")()
		expr, err := calendar.NormaliseCron(fmt.Sprintf("%d %d %s", rapid.IntRange(0, 59).Draw(t, "minute"), rapid.IntRange(0, 23).Draw(t, "hour"), rest))
		if err != nil {
			t.Fatal(err)
		}
		for _, lang := range []string{"id", "en"} {
			words := Describe(expr, lang)
			if words == expr {
				t.Fatalf("%s is not described", expr)
			}
			if got, err := ParseSchedule(words, lang); err != nil || got.Cron != expr {
				t.Fatalf("%s -> %q -> %+v, %v", expr, words, got, err)
			}
		}
	})
}

func FuzzParseSchedule(f *testing.F) {
	for _, text := range []string{"setiap Senin 09.00", "every month on the 5th", "0 9 * * 1-7", "TZ=", "setiap 3 bulan", "Senin sampai Jumat jam 8", "setiap minggu", "@every 1s", "tanggal 5, 10 dan 31 pukul 7 pagi"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseSchedule(text, "id")
		if err != nil {
			if declinedFor(err) == "" {
				t.Fatalf("%q: untyped %v", text, err)
			}
			return
		}
		if canonical, err := calendar.NormaliseCron(got.Cron); err != nil || canonical != got.Cron {
			t.Fatalf("%q gives %q: %q, %v", text, got.Cron, canonical, err)
		}
		for _, lang := range []string{"id", "en"} {
			words := Describe(got.Cron, lang)
			if again, err := ParseSchedule(words, lang); err != nil || Describe(again.Cron, lang) != words {
				t.Fatalf("%q -> %q -> %q -> %+v, %v", text, got.Cron, words, again, err)
			}
		}
	})
}
