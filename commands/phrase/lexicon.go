package phrase

import (
	"strings"
	"time"
)

// kind is the part a word plays. Kinds joined by spaces make the shapes that
// dates, schedules and periods are recognised by.
type kind string

const (
	kNumber  kind = "num"     // 5, lima
	kOrdinal kind = "ord"     // 5th, ke-5
	kClock   kind = "clock"   // 09.00
	kDate    kind = "date"    // 30/11/2026
	kRoman   kind = "roman"   // III
	kDay     kind = "day"     // besok: days from today
	kWeekday kind = "weekday" // Jumat: a time.Weekday
	kMonth   kind = "month"   // Nov
	kUnit    kind = "unit"    // hari, minggu, bulan ...
	kMinggu  kind = "minggu"  // week or Sunday: see settleMinggu
	kAdverb  kind = "adverb"  // mingguan, daily: a unit as a rhythm
	kWork    kind = "work"    // hari kerja
	kEvery   kind = "every"
	kLater   kind = "later" // 3 hari lagi, in 3 days
	kNext    kind = "next"
	kThis    kind = "this"
	kLast    kind = "last"
	kEnd     kind = "end"
	kStart   kind = "start"
	kDom     kind = "dom"  // tanggal
	kAt      kind = "at"   // pukul
	kPart    kind = "part" // pagi
	kZone    kind = "zone" // WIB
	kAnd     kind = "and"
	kUntil   kind = "until"
	kDrop    kind = "drop" // carries no meaning here
	kUnknown kind = "?"
)

// Units of kUnit and kAdverb.
const (
	uDay = iota
	uWeek
	uMonth
	uQuarter
	uHalf
	uYear
	uHour // only to be refused in words: more than once a day
)

// words is the whole vocabulary of both languages. None of them means one thing
// in one language and another in the other.
var words = vocabulary(
	group{kDay, map[string]int{"today": 0, "nanti": 0, "besok": 1, "esok": 1, "tomorrow": 1, "lusa": 2, "kemarin": -1, "kemaren": -1, "yesterday": -1}},
	group{kWeekday, map[string]int{
		"ahad": 0, "senin": 1, "sen": 1, "selasa": 2, "sel": 2, "rabu": 3, "rab": 3, "kamis": 4, "kam": 4, "jumat": 5, "jum": 5, "sabtu": 6, "sab": 6,
		"sunday": 0, "sun": 0, "monday": 1, "mon": 1, "tuesday": 2, "tue": 2, "tues": 2, "wednesday": 3, "wed": 3,
		"thursday": 4, "thu": 4, "thur": 4, "thurs": 4, "friday": 5, "fri": 5, "saturday": 6, "sat": 6,
		"sundays": 0, "mondays": 1, "tuesdays": 2, "wednesdays": 3, "thursdays": 4, "fridays": 5, "saturdays": 6,
	}},
	group{kMinggu, map[string]int{"minggu": uWeek}},
	group{kMonth, map[string]int{
		"januari": 1, "februari": 2, "pebruari": 2, "maret": 3, "april": 4, "mei": 5, "juni": 6, "juli": 7, "agustus": 8,
		"september": 9, "oktober": 10, "november": 11, "nopember": 11, "desember": 12,
		"jan": 1, "feb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "agu": 8, "ags": 8, "agt": 8, "agust": 8,
		"sep": 9, "sept": 9, "okt": 10, "nov": 11, "nop": 11, "des": 12,
		"january": 1, "february": 2, "march": 3, "may": 5, "june": 6, "july": 7, "august": 8, "aug": 8, "october": 10, "oct": 10, "december": 12, "dec": 12,
	}},
	group{kUnit, map[string]int{
		"hari": uDay, "day": uDay, "days": uDay, "pekan": uWeek, "week": uWeek, "weeks": uWeek,
		"bulan": uMonth, "bln": uMonth, "month": uMonth, "months": uMonth,
		"triwulan": uQuarter, "tw": uQuarter, "kuartal": uQuarter, "kwartal": uQuarter, "kw": uQuarter, "quarter": uQuarter, "quarters": uQuarter, "q": uQuarter,
		"semester": uHalf, "smt": uHalf, "sem": uHalf, "half": uHalf, "half-year": uHalf, "half-years": uHalf, "h": uHalf, "w": uWeek,
		"tahun": uYear, "thn": uYear, "th": uYear, "year": uYear, "years": uYear,
		"menit": uHour, "minute": uHour, "minutes": uHour, "hour": uHour, "hours": uHour,
	}},
	group{kAdverb, map[string]int{
		"harian": uDay, "daily": uDay, "mingguan": uWeek, "weekly": uWeek, "bulanan": uMonth, "monthly": uMonth, "triwulanan": uQuarter, "kuartalan": uQuarter, "quarterly": uQuarter,
		"semesteran": uHalf, "halfyearly": uHalf, "half-yearly": uHalf, "tahunan": uYear, "yearly": uYear, "annually": uYear, "hourly": uHour,
	}},
	group{kWork, map[string]int{"workday": 0, "workdays": 0, "weekday": 0, "weekdays": 0}},
	group{kEvery, map[string]int{"setiap": 0, "tiap": 0, "tiap-tiap": 0, "every": 0, "each": 0}},
	group{kLater, map[string]int{"lagi": 0, "later": 0, "dalam": 0, "in": 0}},
	group{kNext, map[string]int{"depan": 0, "mendatang": 0, "berikutnya": 0, "next": 0}},
	group{kThis, map[string]int{"ini": 0, "this": 0}},
	group{kLast, map[string]int{"lalu": 0, "sebelumnya": 0, "last": 0, "previous": 0}},
	group{kEnd, map[string]int{"akhir": 0, "end": 0}},
	group{kStart, map[string]int{"awal": 0, "start": 0, "beginning": 0}},
	group{kDom, map[string]int{"tanggal": 0, "tgl": 0}},
	group{kAt, map[string]int{"pukul": 0, "pkl": 0, "jam": 0, "at": 0}},
	group{kAnd, map[string]int{"dan": 0, "serta": 0, "and": 0, "&": 0}},
	group{kUntil, map[string]int{"sampai": 0, "hingga": 0, "s.d": 0, "s/d": 0, "until": 0, "till": 0, "to": 0, "through": 0}},
	group{kRoman, map[string]int{"i": 1, "ii": 2, "iii": 3, "iv": 4}},
	group{kDrop, map[string]int{"pada": 0, "on": 0, "the": 0, "of": 0, "by": 0, "ke": 0, "yang": 0}},
)

// foldings are expressions of several words, or of one that stands for several,
// rewritten before the words are looked up. Earlier rows win.
var foldings = []struct{ from, to string }{
	{"day after tomorrow", "lusa"},
	{"hari ini", "today"}, {"hari kerja", "workdays"}, {"dini hari", "dinihari"}, {"tonight", "this night"},
	{"from now", "lagi"}, {"per hari", "harian"}, {"half year", "semester"}, {"half a year", "1 semester"},
	{"sehari", "1 hari"}, {"seminggu", "1 minggu"}, {"sepekan", "1 pekan"}, {"sebulan", "1 bulan"}, {"setahun", "1 tahun"},
	{"a day", "1 day"}, {"a week", "1 week"}, {"a month", "1 month"}, {"a year", "1 year"},
}

type group struct {
	kind  kind
	words map[string]int
}

func vocabulary(groups ...group) map[string]token {
	all := map[string]token{}
	for _, g := range groups {
		for word, n := range g.words {
			all[word] = token{kind: g.kind, n: n}
		}
	}
	for name := range dayparts {
		all[name] = token{kind: kPart, part: name}
	}
	for _, name := range zoneNames {
		all[strings.ToLower(name)] = token{kind: kZone, part: name}
	}
	return all
}

// names are what dates are written with.
type names struct {
	months, shortMonths [13]string
	weekdays            [7]string
}

var indonesian = names{
	months:      [13]string{"", "Januari", "Februari", "Maret", "April", "Mei", "Juni", "Juli", "Agustus", "September", "Oktober", "November", "Desember"},
	shortMonths: [13]string{"", "Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des"},
	weekdays:    [7]string{"Minggu", "Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu"},
}

var english = names{
	months:      [13]string{"", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	shortMonths: [13]string{"", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
	weekdays:    [7]string{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
}

func namesIn(lang string) names {
	if lang == English {
		return english
	}
	return indonesian
}

// WeekdayName is Senin or Monday.
func WeekdayName(day time.Weekday, lang string) string { return namesIn(lang).weekdays[((day%7)+7)%7] }

// MonthName is Maret or March; "" for a month that does not exist.
func MonthName(month time.Month, lang string) string {
	if month < time.January || month > time.December {
		return ""
	}
	return namesIn(lang).months[month]
}
