package phrase

import (
	"fmt"
	"time"
)

// zoneNames are the abbreviations of the Indonesian zones, by the names of the
// zone database. They are kept here because an instant may carry an offset
// instead of a name that has them.
var zoneNames = map[string]string{
	"Asia/Jakarta": "WIB", "Asia/Pontianak": "WIB",
	"Asia/Makassar": "WITA", "Asia/Ujung_Pandang": "WITA",
	"Asia/Jayapura": "WIT",
}

func zoneName(t time.Time) string {
	if name, ok := zoneNames[t.Location().String()]; ok {
		return name
	}
	return t.Format("MST")
}

// FormatDate writes 12 Maret 2026 or 12 March 2026.
func FormatDate(t time.Time, lang string) string {
	return fmt.Sprintf("%d %s %d", t.Day(), namesIn(lang).months[t.Month()], t.Year())
}

// FormatDay writes Jumat 4 Des or Friday 4 Dec, for days that are near.
func FormatDay(t time.Time, lang string) string {
	n := namesIn(lang)
	return fmt.Sprintf("%s %d %s", n.weekdays[t.Weekday()], t.Day(), n.shortMonths[t.Month()])
}

// FormatClock writes 09.00 or 9:00.
func FormatClock(t time.Time, lang string) string {
	return clock{t.Hour(), t.Minute()}.text(lang)
}

// FormatDateTime writes Jumat 4 Des, 17.00 WIB or Friday 4 Dec, 17:00 WIB.
func FormatDateTime(t time.Time, lang string) string {
	return FormatDay(t, lang) + ", " + FormatClock(t, lang) + " " + zoneName(t)
}
