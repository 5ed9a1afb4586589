package phrase

import (
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

// monday is a Monday afternoon in Jakarta, the present of most tables here.
func monday(t testing.TB) time.Time {
	return time.Date(2026, 11, 23, 15, 0, 0, 0, zone(t, "Asia/Jakarta"))
}

func TestParseDate(t *testing.T) {
	now := monday(t)
	for _, tt := range []struct{ text, want string }{
		{"hari ini", "2026-11-23"},
		{"Besok", "2026-11-24"},
		{"besok jam 9", "2026-11-24 09:00"},
		{"besok pukul 09.00", "2026-11-24 09:00"},
		{"besok siang", "2026-11-24 13:00"},
		{"besok jam 2 siang", "2026-11-24 14:00"},
		{"lusa", "2026-11-25"},
		{"kemarin", "2026-11-22"},
		{"today", "2026-11-23"},
		{"tomorrow", "2026-11-24"},
		{"tomorrow at 9am", "2026-11-24 09:00"},
		{"day after tomorrow", "2026-11-25"},
		{"malam ini", "2026-11-23 19:00"},
		{"nanti sore", "2026-11-23 16:00"},
		{"tonight", "2026-11-23 20:00"},

		{"Jumat", "2026-11-27"},
		{"Jum'at", "2026-11-27"},
		{"jum’at", "2026-11-27"},
		{"hari Jumat", "2026-11-27"},
		{"Jumat jam 10 pagi", "2026-11-27 10:00"},
		{"Jumat ini", "2026-11-27"},
		{"Friday", "2026-11-27"},
		{"by Friday", "2026-11-27"},
		{"sampai Jumat", "2026-11-27"},
		{"on Friday at 3 pm", "2026-11-27 15:00"},
		{"Senin", "2026-11-30"},             // today is a Monday
		{"Senin 17.00", "2026-11-23 17:00"}, // still to come today
		{"Senin 09.00", "2026-11-30 09:00"},
		{"Senin ini", "2026-11-23"},
		{"Senin depan", "2026-11-30"},
		{"Jumat depan", "2026-12-04"},
		{"Jumat minggu depan", "2026-12-04"},
		{"Friday next week", "2026-12-04"},
		{"next Monday", "2026-11-30"},
		{"next monday 9:00", "2026-11-30 09:00"},
		{"Minggu", "2026-11-29"},
		{"hari Minggu", "2026-11-29"},
		{"hari Minggu depan", "2026-12-06"},
		{"Minggu 29 November", "2026-11-29"},
		{"minggu depan", "2026-11-30"},
		{"next week", "2026-11-30"},
		{"bulan depan", "2026-12-23"},

		{"30 Nov", "2026-11-30"},
		{"30 Nop.", "2026-11-30"},
		{"30 November 2026", "2026-11-30"},
		{"30 November 2026 pukul 14.00 WIB", "2026-11-30 14:00"},
		{"Nov 30", "2026-11-30"},
		{"November 30, 2026", "2026-11-30"},
		{"30th of November", "2026-11-30"},
		{"30 Nov 26", "2026-11-30"},
		{"23 Nov", "2026-11-23"},
		{"22 Nov", "2027-11-22"},
		{"5 Mei", "2027-05-05"},
		{"17 Agustus", "2027-08-17"},
		{"4 Des, 17.00", "2026-12-04 17:00"},
		{"Jumat 4 Des, 17.00 WIB", "2026-12-04 17:00"},
		{"Jumat, 4 Desember 2026", "2026-12-04"},
		{"30/11/2026", "2026-11-30"},
		{"30/11/26", "2026-11-30"},
		{"30-11-2026", "2026-11-30"},
		{"30.11.2026", "2026-11-30"},
		{"01-12-2026", "2026-12-01"},
		{"2026-11-30", "2026-11-30"},
		{"30/11", "2026-11-30"},
		{"1/12", "2026-12-01"},
		{"1/12 09.00", "2026-12-01 09:00"},
		{"5/3/2024", "2024-03-05"},
		{"29/2/2028", "2028-02-29"},

		{"tanggal 5", "2026-12-05"},
		{"tgl 25", "2026-11-25"},
		{"tanggal 23", "2026-11-23"},
		{"tanggal 23 jam 9", "2026-12-23 09:00"},
		{"tanggal 31", "2026-12-31"},
		{"tanggal 5 bulan depan", "2026-12-05"},
		{"tanggal 5 Januari", "2027-01-05"},
		{"tanggal 30/11", "2026-11-30"},
		{"on the 5th", "2026-12-05"},
		{"the 5th of next month", "2026-12-05"},

		{"3 hari lagi", "2026-11-26"},
		{"tiga hari lagi", "2026-11-26"},
		{"dalam 3 hari", "2026-11-26"},
		{"2 minggu lagi", "2026-12-07"},
		{"seminggu lagi", "2026-11-30"},
		{"in 3 days", "2026-11-26"},
		{"3 days from now", "2026-11-26"},
		{"in a week", "2026-11-30"},
		{"2 bulan lagi", "2027-01-23"},
		{"akhir bulan", "2026-11-30"},
		{"akhir bulan depan", "2026-12-31"},
		{"awal bulan depan", "2026-12-01"},
		{"akhir Februari", "2027-02-28"},
		{"akhir triwulan", "2026-12-31"},
		{"akhir triwulan depan", "2027-03-31"},
		{"akhir tahun", "2026-12-31"},
		{"end of month", "2026-11-30"},
		{"end of next month", "2026-12-31"},

		{"pukul 17.00", "2026-11-23 17:00"},
		{"pukul 14.00", "2026-11-24 14:00"},
		{"jam 9", "2026-11-24 09:00"},
		{"09.00", "2026-11-24 09:00"},
		{"9:00", "2026-11-24 09:00"},
		{"jam 7 malam", "2026-11-23 19:00"},
		{"12 siang", "2026-11-24 12:00"},
		{"12 am", "2026-11-24 00:00"},
	} {
		for _, lang := range []string{"id", "en"} {
			got, err := ParseDate(tt.text, lang, now)
			if err != nil {
				t.Errorf("ParseDate(%q, %s): %v, want %s", tt.text, lang, err, tt.want)
				continue
			}
			text := got.Day.Format("2006-01-02")
			if got.HasClock {
				text = got.At(1, 1).Format("2006-01-02 15:04")
			}
			if text != tt.want {
				t.Errorf("ParseDate(%q, %s) = %s, want %s", tt.text, lang, text, tt.want)
			}
		}
	}
}

func TestParseDateRefuses(t *testing.T) {
	for _, tt := range []struct {
		text string
		want Reason
	}{
		{"", Empty},
		{"  ", Empty},
		{"kapan-kapan", NotADate},
		{"5", NotADate},
		{"2026", NotADate},
		{"tanggal", NotADate},
		{"Senin dan Selasa", NotADate},
		{"5-10", NotADate},
		{"setiap Senin", NotADate},
		{"2 jam lagi", NotADate},
		{"0 hari lagi", NotADate},
		{strings.Repeat("besok ", 50), NotADate},
		{"31 April", Impossible},
		{"29 Februari", Impossible}, // neither 2026 nor 2027 has one
		{"29/2/2027", Impossible},
		{"31/11/2026", Impossible},
		{"11/30/2026", Impossible},
		{"0/11/2026", Impossible},
		{"tanggal 32", Impossible},
		{"tanggal 0", Impossible},
		{"tanggal 31 bulan ini", Impossible},
		{"5/3/1776", Impossible},
		{"9999 tahun lagi", Impossible},
		{"besok 25.00", Impossible},
		{"besok 9.75", Impossible},
		{"pukul 24.00", Impossible},
		{"besok jam 12 malam", Ambiguous},
		{"besok jam 3", Ambiguous},
		{"jam 9 jam 10", Ambiguous},
		{"minggu ini", Ambiguous},
		{"Senin 4 Des", WeekdayMismatch},
		{"Kamis, 30/11/2026", WeekdayMismatch},
		{"besok 17.00 WIT", OtherZone},
	} {
		if got, err := ParseDate(tt.text, "id", monday(t)); reasonOf(err) != tt.want {
			t.Errorf("ParseDate(%q) = %v, %v; want %s", tt.text, got, err, tt.want)
		}
	}
}

func TestParseDateAtTheEdges(t *testing.T) {
	for _, tt := range []struct{ now, zone, text, want string }{
		{"2026-12-31 10:00", "Asia/Jakarta", "besok", "2027-01-01"},
		{"2027-01-31 10:00", "Asia/Jakarta", "bulan depan", "2027-02-28"},
		{"2027-01-31 10:00", "Asia/Jakarta", "akhir bulan", "2027-01-31"},
		{"2026-11-29 10:00", "Asia/Jakarta", "next Monday", "2026-11-30"}, // a Sunday
		{"2027-01-30 10:00", "Asia/Jakarta", "tanggal 30", "2027-01-30"},
		{"2027-01-31 10:00", "Asia/Jakarta", "tanggal 30", "2027-03-30"},
		{"2027-12-01 10:00", "Asia/Jakarta", "29 Feb", "2028-02-29"},
		{"2026-09-05 10:00", "America/Santiago", "besok jam 10", "2026-09-06"}, // begins at 01:00
		{"2026-10-03 23:59", "Australia/Lord_Howe", "tomorrow", "2026-10-04"},
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", tt.now, zone(t, tt.zone))
		if err != nil {
			t.Fatal(err)
		}
		got, err := ParseDate(tt.text, "id", now)
		if err != nil || got.Day.Format("2006-01-02") != tt.want || got.Day.Location() != now.Location() {
			t.Errorf("%s, %q: %v, %v; want %s", tt.now, tt.text, got, err, tt.want)
		}
	}
}

func TestMomentAt(t *testing.T) {
	berlin := zone(t, "Europe/Berlin")
	gap := Moment{Day: time.Date(2026, 3, 29, 0, 0, 0, 0, berlin)}
	if got := gap.At(2, 30).Format(time.RFC3339); got != "2026-03-29T03:00:00+02:00" {
		t.Errorf("in the gap: %s", got)
	}
	said := Moment{Day: gap.Day, HasClock: true, Hour: 14}
	if got := said.At(9, 0); got.Hour() != 14 {
		t.Errorf("the default won over what was said: %v", got)
	}
}

func TestFormatDates(t *testing.T) {
	at := func(name string, month time.Month, day int) time.Time {
		return time.Date(2026, month, day, 17, 0, 0, 0, zone(t, name))
	}
	for _, tt := range []struct{ got, want string }{
		{FormatDate(at("Asia/Jakarta", 3, 12), "id"), "12 Maret 2026"},
		{FormatDate(at("Asia/Jakarta", 3, 12), "en"), "12 March 2026"},
		{FormatDay(at("Asia/Jakarta", 12, 4), "id"), "Jumat 4 Des"},
		{FormatDay(at("Asia/Jakarta", 12, 4), "en"), "Friday 4 Dec"},
		{FormatDateTime(at("Asia/Jakarta", 12, 4), "id"), "Jumat 4 Des, 17.00 WIB"},
		{FormatDateTime(at("Asia/Jakarta", 12, 4), "en"), "Friday 4 Dec, 17:00 WIB"},
		{FormatDateTime(at("Asia/Makassar", 12, 4), "id"), "Jumat 4 Des, 17.00 WITA"},
		{FormatDateTime(at("Asia/Jayapura", 12, 4), "id"), "Jumat 4 Des, 17.00 WIT"},
		{FormatDateTime(at("Europe/Berlin", 7, 4), "id"), "Sabtu 4 Jul, 17.00 CEST"},
		{FormatDateTime(time.Date(2026, 12, 4, 9, 5, 0, 0, time.FixedZone("Asia/Jakarta", 7*3600)), "id"), "Jumat 4 Des, 09.05 WIB"},
		{FormatClock(time.Date(2026, 12, 4, 9, 5, 0, 0, time.UTC), "en"), "9:05"},
		{WeekdayName(time.Sunday, "id"), "Minggu"},
		{WeekdayName(time.Sunday, "en"), "Sunday"},
		{MonthName(time.August, "id"), "Agustus"},
		{MonthName(13, "id"), ""},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}

func TestDateRoundTrip(t *testing.T) {
	zones := []*time.Location{zone(t, "Asia/Jakarta"), zone(t, "Asia/Jayapura"), zone(t, "Australia/Lord_Howe"), zone(t, "America/New_York")}
	rapid.Check(t, func(t *rapid.T) {
		loc := rapid.SampledFrom(zones).Draw(t, "zone")
		lang := rapid.SampledFrom([]string{"id", "en"}).Draw(t, "lang")
		now := time.Unix(rapid.Int64Range(1.6e9, 3e9).Draw(t, "now"), 0).In(loc)
		// everything within the coming eleven months is written without a year
		then := now.Add(time.Duration(rapid.IntRange(0, 330*24*60).Draw(t, "minutes")) * time.Minute).Truncate(time.Minute)

		got, err := ParseDate(FormatDate(then, lang), lang, now)
		if err != nil || FormatDate(got.Day, lang) != FormatDate(then, lang) || got.HasClock {
			t.Fatalf("%s: %v, %v", FormatDate(then, lang), got, err)
		}
		got, err = ParseDate(FormatDay(then, lang), lang, now)
		if err != nil || FormatDate(got.Day, lang) != FormatDate(then, lang) {
			t.Fatalf("%s at %v: %v, %v", FormatDay(then, lang), now, got, err)
		}
		if strings.HasPrefix(loc.String(), "Asia/") { // abbreviations of other zones are written, not read
			got, err = ParseDate(FormatDateTime(then, lang), lang, now)
			if err != nil || !got.At(0, 0).Equal(then) {
				t.Fatalf("%s: %v, %v", FormatDateTime(then, lang), got, err)
			}
		}
	})
}

// Short words that look like others keep the one meaning they were given.
func TestVocabulary(t *testing.T) {
	for _, f := range foldings {
		if _, taken := words[f.from]; taken {
			t.Errorf("%q is folded and a word", f.from)
		}
	}
	want := map[string]kind{"minggu": kMinggu, "weekday": kWork, "sen": kWeekday, "sem": kUnit, "jam": kAt, "jan": kMonth, "may": kMonth,
		"mar": kMonth, "sun": kWeekday, "noon": kPart, "wib": kZone, "in": kLater, "i": kRoman}
	for word, k := range want {
		if words[word].kind != k {
			t.Errorf("%q is a %q, want %q", word, words[word].kind, k)
		}
	}
}

func FuzzParseDate(f *testing.F) {
	for _, text := range []string{"besok jam 9", "Senin depan", "30/11/2026 14.00 WIB", "tanggal 31", "akhir bulan depan", "in 3 days", "Jumat 4 Des, 17.00 WIB", "9999 tahun lagi", "minggu minggu depan", "30th of November"} {
		f.Add(text, int64(1_795_000_000))
	}
	loc := zone(f, "Asia/Jakarta")
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		now := time.Unix(unix%4_000_000_000, 0).In(loc)
		got, err := ParseDate(text, "id", now)
		if err != nil {
			if reasonOf(err) == "" {
				t.Fatalf("%q: untyped %v", text, err)
			}
			return
		}
		again, err := ParseDate(FormatDate(got.Day, "id"), "id", now)
		if err != nil || !again.Day.Equal(got.Day) {
			t.Fatalf("%q -> %v -> %v, %v", text, got, again, err)
		}
	})
}
