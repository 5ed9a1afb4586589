package commands

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"klaster/domain"
)

// settingRow is one line of the charter as people see it: mostly one key, and for the quiet hours the two that belong
// together. Its name is "charter.<name>" in the catalogue.
type settingRow struct {
	name    string
	keys    []domain.CharterKey
	words   []string // how it may be typed, Indonesian first, English last
	section settingSection
	// read turns what was typed into the stored value, ok false if it is none; for two keys the values are joined by
	// a hyphen.
	read func(t *turn, text string) (value string, ok bool)
	// show says a value in words.
	show func(v voice, value string) string
	// offered are the values with a button of their own; brief is what stands on it, nil for the words of show.
	offered []string
	brief   func(v voice, value string) string
	// refusal says what may be written.
	refusal *domain.Error
}

// settingSection is a part of the charter.
type settingSection string

const (
	identity     settingSection = "identity"
	housekeeping settingSection = "housekeeping"
	ruling       settingSection = "ruling"
)

// sectionWords is how the sections may be typed.
func sectionWords(s settingSection) []string {
	switch s {
	case identity:
		return []string{"identitas", "identity"}
	case housekeeping:
		return []string{"kebiasaan", "housekeeping"}
	case ruling:
		return []string{"aturan", "rules"}
	}
	return nil
}

func settingSections() []settingSection { return []settingSection{identity, housekeeping, ruling} }

// settingRows is the charter in the order in which it is shown.
func settingRows() []settingRow {
	return []settingRow{
		{
			name: "name", keys: []domain.CharterKey{domain.KeyName}, words: []string{"nama", "name"},
			section: identity, read: readSettingText, show: showAsWritten, refusal: domain.Refuse(domain.Invalid, "setting.bad_text"),
		},
		{
			name: "core", keys: []domain.CharterKey{domain.KeyCore}, words: []string{"industri inti", "inti", "core industry", "core"},
			section: identity, read: readSettingText, show: showAsWritten, refusal: domain.Refuse(domain.Invalid, "setting.bad_text"),
		},
		{
			name: "region", keys: []domain.CharterKey{domain.KeyRegion}, words: []string{"wilayah", "region"},
			section: identity, read: readSettingText, show: showAsWritten, refusal: domain.Refuse(domain.Invalid, "setting.bad_text"),
		},
		{
			name: "lang", keys: []domain.CharterKey{domain.KeyLang}, words: []string{"bahasa", "language"},
			section: housekeeping, offered: Languages(), refusal: domain.Refuse(domain.Invalid, "setting.bad_lang"),
			read: func(_ *turn, text string) (string, bool) { return languageNamed(text) },
			show: func(_ voice, value string) string { return languageName(value) },
		},
		{
			name: "zone", keys: []domain.CharterKey{domain.KeyZone}, words: []string{"zona waktu", "zona", "time zone", "zone"},
			section: housekeeping, offered: []string{"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"}, refusal: domain.Refuse(domain.Invalid, "setting.bad_zone"),
			read: readSettingZone, show: zoneLabel,
		},
		{
			name: "quiet", keys: []domain.CharterKey{domain.KeyQuietFrom, domain.KeyQuietTo},
			words: []string{"jam tenang", "tenang", "quiet hours", "quiet"}, section: housekeeping,
			offered: []string{"20-7", "21-6", "18-8", "0-0"}, read: readQuiet, show: showQuiet, refusal: domain.Refuse(domain.Invalid, "setting.bad_quiet"),
		},
		{
			name: "digest", keys: []domain.CharterKey{domain.KeyDigest}, words: []string{"ringkasan harian", "ringkasan", "daily digest", "digest"},
			section: housekeeping, offered: []string{"8", "16", "19", "off"}, read: readDigest, show: showDigest, refusal: domain.Refuse(domain.Invalid, "setting.bad_digest"),
		},
		{
			name: "approval", keys: []domain.CharterKey{domain.KeyApproval}, words: []string{"persetujuan", "approval"},
			section: ruling, offered: []string{"steward", "auto"}, read: readApproval, refusal: domain.Refuse(domain.Invalid, "setting.bad_approval"),
			show: showApproval,
		},
		percentRow("quorum", domain.KeyQuorum, []string{"kuorum", "quorum"}, "40", "50", "60", "75"),
		percentRow("agreement", domain.KeyAgreement, []string{"mufakat", "agreement"}, "67", "75", "80", "90"),
		percentRow("majority", domain.KeyMajority, []string{"suara terbanyak", "majority"}, "50", "60", "67", "75"),
		{
			name: "rounds", keys: []domain.CharterKey{domain.KeyRounds}, words: []string{"putaran", "rounds"},
			section: ruling, offered: []string{"0", "1", "2", "3"}, read: readWhole(domain.KeyRounds), refusal: numberRefusal(domain.KeyRounds),
			show: showRounds,
		},
		daysRow("days", domain.KeyDays, []string{"hari mufakat", "consensus days"}, "3", "5", "7", "14"),
		daysRow("gate_days", domain.KeyGateDays, []string{"hari tahap", "stage days"}, "7", "14", "21", "30"),
		daysRow("major_days", domain.KeyMajorDays, []string{"hari suara terbanyak", "majority days"}, "2", "3", "5", "7"),
		daysRow("scoring_days", domain.KeyScoringDays, []string{"hari penilaian", "scoring days"}, "3", "5", "7", "10"),
	}
}

func percentRow(name string, key domain.CharterKey, words []string, offered ...string) settingRow {
	return settingRow{
		name: name, keys: []domain.CharterKey{key}, words: words, section: ruling, offered: offered,
		read: readWhole(key), refusal: numberRefusal(key), show: func(v voice, value string) string { return v.threshold(key, value) },
		brief: func(v voice, value string) string {
			if key == domain.KeyQuorum {
				return v.line("setting.more_than", "share", v.moreThan(whole(value)))
			}
			return v.share(whole(value))
		},
	}
}

func daysRow(name string, key domain.CharterKey, words []string, offered ...string) settingRow {
	return settingRow{
		name: name, keys: []domain.CharterKey{key}, words: words, section: ruling, offered: offered,
		read: readWhole(key), refusal: numberRefusal(key),
		show: func(v voice, value string) string { return v.line("setting.show_days", "count", whole(value)) },
	}
}

func whole(value string) int {
	n, _ := strconv.Atoi(value)
	return n
}

// rule says whether the row needs an adopted decision once three actors are registered.
func (r settingRow) rule() bool { return r.section == ruling }

// settingNamed finds a row by its name or by the beginning of what was typed; rest is what follows.
func settingNamed(text string) (row settingRow, rest string, ok bool) {
	best := -1
	for _, r := range settingRows() {
		for _, word := range append([]string{r.name}, r.words...) {
			if after, found := cutWords(text, word); found && len(word) > best {
				row, rest, ok, best = r, after, true, len(word)
			}
		}
	}
	return row, rest, ok
}

// settingFor is the row that shows a key.
func settingFor(key domain.CharterKey) settingRow {
	for _, r := range settingRows() {
		if slices.Contains(r.keys, key) {
			return r
		}
	}
	return settingRow{}
}

// cutWords cuts whole words off the beginning of a text, in any case and spacing.
func cutWords(text, words string) (rest string, ok bool) {
	fields := strings.Fields(text)
	wanted := strings.Fields(words)
	if len(fields) < len(wanted) {
		return "", false
	}
	for i, w := range wanted {
		if !strings.EqualFold(fields[i], w) {
			return "", false
		}
	}
	return strings.Join(fields[len(wanted):], " "), true
}

// current is the value in force.
func (r settingRow) current(s *domain.State) string {
	var values []string
	for _, key := range r.keys {
		values = append(values, currentValue(s, key))
	}
	return strings.Join(values, "-")
}

func currentValue(s *domain.State, key domain.CharterKey) string {
	switch key {
	case domain.KeyName:
		return string(s.Name)
	case domain.KeyCore:
		return string(s.Core)
	case domain.KeyRegion:
		return string(s.Region)
	}
	return s.Setting(key)
}

// changes are the commands that give the row a value.
func (r settingRow) changes(value string) []domain.ChangeCharter {
	if len(r.keys) == 1 {
		return []domain.ChangeCharter{{Key: r.keys[0], Value: value}}
	}
	from, to, _ := strings.Cut(value, "-")
	return []domain.ChangeCharter{{Key: r.keys[0], Value: from}, {Key: r.keys[1], Value: to}}
}

// bounds are the limits of a numeric setting.
func bounds(key domain.CharterKey) (low, high int) {
	for _, s := range domain.Settings() {
		if s.Key == key {
			return s.Min, s.Max
		}
	}
	return 0, 0
}

func numberRefusal(key domain.CharterKey) *domain.Error {
	low, high := bounds(key)
	return domain.Refuse(domain.Invalid, "setting.bad_number", "min", low, "max", high)
}

// settingProposed reads "kuorum 60", as it follows "/usulan pengaturan": the row, the value it would get, or why not.
func (t *turn) settingProposed(text string) (row settingRow, value string, refusal *domain.Error) {
	row, rest, ok := settingNamed(text)
	if !ok {
		return row, "", domain.Refuse(domain.Invalid, "setting.unknown")
	}
	value, ok = row.read(t, rest)
	if !ok {
		return row, "", row.refusal
	}
	return row, value, nil
}

func readSettingText(_ *turn, text string) (string, bool) {
	text = strings.Join(strings.Fields(text), " ")
	return text, text != "" && utf8.RuneCountInString(text) <= domain.MaxName
}

func showAsWritten(v voice, value string) string { return shownText(v.lang, domain.Text(value)) }
