package commands

import (
	"strings"

	"klaster/domain"
	"klaster/domain/calendar"
)

// preset is an indicator of the starter catalogue that people report; those counted by itself are not offered. Its name
// is in the catalogue under "preset.<code>", its unit under "preset.<code>.unit".
type preset struct {
	code      string
	direction domain.Direction
	frequency calendar.Frequency
}

// presets are the starter catalogue in its order (domain research, table b).
func presets() []preset {
	return []preset{
		{"I09", domain.Up, calendar.Quarterly}, {"I10", domain.Up, calendar.Quarterly}, {"I11", domain.Up, calendar.Quarterly},
		{"I12", domain.Up, calendar.HalfYearly}, {"I13", domain.Up, calendar.HalfYearly}, {"I14", domain.Up, calendar.HalfYearly},
		{"I15", domain.Up, calendar.Quarterly}, {"I16", domain.Up, calendar.HalfYearly}, {"I17", domain.Up, calendar.HalfYearly},
		{"I18", domain.Up, calendar.HalfYearly}, {"I19", domain.Up, calendar.Yearly}, {"I20", domain.Up, calendar.HalfYearly},
		{"I21", domain.Up, calendar.HalfYearly}, {"I23", domain.Up, calendar.Yearly}, {"I24", domain.Up, calendar.Yearly},
		{"I25", domain.Up, calendar.Yearly},
	}
}

// directionWords and the tables below are how people write the parts of an indicator, in both languages, whatever the
// language spoken.
var directionWords = map[string]domain.Direction{
	"naik": domain.Up, "up": domain.Up, "higher": domain.Up, "meningkat": domain.Up, "increase": domain.Up, "tinggi": domain.Up,
	"turun": domain.Down, "down": domain.Down, "lower": domain.Down, "menurun": domain.Down, "decrease": domain.Down, "rendah": domain.Down,
}

var frequencyWords = map[string]calendar.Frequency{
	"mingguan": calendar.Weekly, "weekly": calendar.Weekly, "minggu": calendar.Weekly, "week": calendar.Weekly,
	"bulanan": calendar.Monthly, "monthly": calendar.Monthly, "bulan": calendar.Monthly, "month": calendar.Monthly,
	"triwulan": calendar.Quarterly, "triwulanan": calendar.Quarterly, "quarterly": calendar.Quarterly, "quarter": calendar.Quarterly,
	"kuartal": calendar.Quarterly, "kuartalan": calendar.Quarterly,
	"semester": calendar.HalfYearly, "semesteran": calendar.HalfYearly, "half-yearly": calendar.HalfYearly, "halfyearly": calendar.HalfYearly,
	"tengah tahunan": calendar.HalfYearly, "half year": calendar.HalfYearly,
	"tahunan": calendar.Yearly, "yearly": calendar.Yearly, "annual": calendar.Yearly, "tahun": calendar.Yearly, "year": calendar.Yearly,
}

// everyGroup stands for all actors in a list of reporters, namedActors for those chosen by name in the next question.
const (
	everyGroup  = "all"
	namedActors = "named"
)

var reporterWords = map[string]string{
	"semua": everyGroup, "semua pelaku": everyGroup, "all": everyGroup, "all actors": everyGroup, "everyone": everyGroup,
	"inti": "core", "industri inti": "core", "core": "core", "core industry": "core",
	"pemasok": "supplier", "industri pemasok": "supplier", "supplier": "supplier", "suppliers": "supplier",
	"pembeli": "buyer", "buyer": "buyer", "buyers": "buyer",
	"pendukung": "supporting", "industri pendukung": "supporting", "supporting": "supporting", "supporting industry": "supporting",
	"terkait": "related", "industri terkait": "related", "related": "related", "related industry": "related",
	"lembaga": "institution", "lembaga pendukung": "institution", "institution": "institution", "institutions": "institution",
}

// kindOfUnit follows from the unit, so that nobody has to be asked.
func kindOfUnit(unit string) domain.UnitKind {
	switch strings.ToLower(strings.TrimSpace(unit)) {
	case "rupiah", "rp", "idr":
		return domain.UnitMoney
	case "%", "persen", "percent":
		return domain.UnitPercent
	}
	return domain.UnitNumber
}
