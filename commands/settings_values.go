package commands

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"klaster/commands/phrase"
	"klaster/domain"
)

// languageNamed reads the name of a language the bot speaks.
func languageNamed(text string) (string, bool) {
	switch strings.ToLower(strings.Join(strings.Fields(text), " ")) {
	case "id", "indonesia", "bahasa indonesia", "indonesian":
		return "id", true
	case "en", "inggris", "bahasa inggris", "english":
		return "en", true
	}
	return "", false
}

// readSettingZone reads WIB, WITA, WIT, a city of the zone database, or a zone's full name.
func readSettingZone(t *turn, text string) (string, bool) {
	text = strings.TrimSpace(text)
	short, _, _ := strings.Cut(text, " ")
	switch strings.ToUpper(short) {
	case "WIB":
		return "Asia/Jakarta", true
	case "WITA":
		return "Asia/Makassar", true
	case "WIT":
		return "Asia/Jayapura", true
	}
	return text, text != "" && t.c.zones(text) != nil
}

// hour reads "20", "20.00", "pukul 20", "20:00 WIB".
func hour(text string) (int, bool) {
	for _, word := range strings.Fields(strings.ToLower(text)) {
		switch word {
		case "pukul", "jam", "at", "wib", "wita", "wit":
			continue
		}
		digits, minutes, split := strings.Cut(strings.ReplaceAll(word, ":", "."), ".")
		n, err := strconv.Atoi(digits)
		if err != nil || n < 0 || n > 23 || split && minutes != "00" {
			return 0, false
		}
		return n, true
	}
	return 0, false
}

// off reads the words for "not at all".
func off(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "off", "mati", "tidak", "tidak ada", "tanpa", "none", "no":
		return true
	}
	return false
}

// readQuiet reads "20-7", "20.00 sampai 07.00", "off"; equal hours mean that there are none.
func readQuiet(_ *turn, text string) (string, bool) {
	if off(text) {
		return "0-0", true
	}
	for _, between := range []string{" sampai ", " s.d. ", " hingga ", " until ", " to ", "–", "-"} {
		from, to, found := strings.Cut(strings.ToLower(text), between)
		if !found {
			continue
		}
		start, ok1 := hour(from)
		end, ok2 := hour(to)
		return strconv.Itoa(start) + "-" + strconv.Itoa(end), ok1 && ok2
	}
	return "", false
}

func showQuiet(v voice, value string) string {
	from, to, _ := strings.Cut(value, "-")
	if from == to {
		return v.line("setting.show_quiet_none")
	}
	return showHour(v, from) + "-" + showHour(v, to)
}

// showHour is a whole hour as a clock shows it: 07.00, 7:00.
func showHour(v voice, value string) string {
	return phrase.FormatClock(time.Date(2000, 1, 1, whole(value), 0, 0, 0, time.UTC), v.lang)
}

func readDigest(_ *turn, text string) (string, bool) {
	if off(text) {
		return "off", true
	}
	n, ok := hour(text)
	return strconv.Itoa(n), ok
}

func showDigest(v voice, value string) string {
	if value == "off" {
		return v.line("setting.show_digest_off")
	}
	return v.line("setting.show_digest", "hour", showHour(v, value))
}

func readApproval(_ *turn, text string) (string, bool) {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "steward", "pengurus", "oleh pengurus", "by a steward":
		return "steward", true
	case "auto", "otomatis", "langsung", "automatic":
		return "auto", true
	}
	return "", false
}

// readWhole reads "60", "60%", "60 persen", "7 hari" within the bounds of the key.
func readWhole(key domain.CharterKey) func(*turn, string) (string, bool) {
	units := []string{"persen", "percent", "hari", "days", "day", "kali", "putaran", "rounds", "round"}
	return func(_ *turn, text string) (string, bool) {
		words := strings.Fields(strings.ToLower(text))
		if len(words) == 2 && slices.Contains(units, words[1]) {
			words = words[:1]
		}
		if len(words) != 1 {
			return "", false
		}
		n, err := strconv.Atoi(strings.TrimSuffix(words[0], "%"))
		low, high := bounds(key)
		return strconv.Itoa(n), err == nil && low <= n && n <= high
	}
}

func showApproval(v voice, value string) string {
	if value == "auto" {
		return v.line("setting.show_approval_auto")
	}
	return v.line("setting.show_approval_steward")
}

func showRounds(v voice, value string) string {
	if value == "0" {
		return v.line("setting.show_rounds_none")
	}
	return v.line("setting.show_rounds", "count", whole(value))
}

// threshold says a percentage as people do where there is a word for it.
func (v voice) threshold(key domain.CharterKey, value string) string {
	switch {
	case key == domain.KeyQuorum && value == "50":
		return v.line("setting.show_half")
	case key == domain.KeyQuorum:
		return v.line("setting.show_quorum", "percent", value)
	case key == domain.KeyAgreement && value == "75":
		return v.line("setting.show_three_quarters")
	case key == domain.KeyAgreement:
		return v.line("setting.show_agreement", "percent", value)
	case value == "67":
		return v.line("setting.show_two_thirds")
	}
	return v.line("setting.show_majority", "percent", value)
}

// heard is what somebody typed, as it is quoted back: short, and readable whatever was sent.
func (v voice) heard(text string) string {
	const most = 30
	return v.clip(domain.Text(strings.ToValidUTF8(text, "?")), most)
}
