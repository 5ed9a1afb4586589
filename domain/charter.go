package domain

import (
	"encoding/json"
	"slices"
	"strconv"
)

// CharterKey names one setting of a cluster.
type CharterKey string

// Housekeeping keys are a steward's; rule keys need an adopted decision once three actors are registered.
const (
	KeyName        CharterKey = "name"
	KeyCore        CharterKey = "core"   // core industry
	KeyRegion      CharterKey = "region" //
	KeyLang        CharterKey = "lang"   // "id" or "en"
	KeyZone        CharterKey = "zone"   // IANA name
	KeyQuietFrom   CharterKey = "quiet_from"
	KeyQuietTo     CharterKey = "quiet_to"
	KeyDigest      CharterKey = "digest" // hour of the daily digest, or "off"
	KeyApproval    CharterKey = "approval"
	KeyQuorum      CharterKey = "quorum"       // consensus: more than this percentage of the electorate
	KeyAgreement   CharterKey = "agreement"    // consensus: at least this percentage of agree + object agrees
	KeyMajority    CharterKey = "majority"     // majority: at least this percentage of the electorate takes part
	KeyRounds      CharterKey = "rounds"       // integration rounds at most
	KeyDays        CharterKey = "days"         // consensus, days until the close
	KeyGateDays    CharterKey = "gate_days"    // consensus on steps 1.6 and 2.4
	KeyMajorDays   CharterKey = "major_days"   // majority
	KeyScoringDays CharterKey = "scoring_days" // USG round
)

// Setting describes one charter key: its default, who may change it, and what it accepts (see Accepts).
type Setting struct {
	Key      CharterKey
	Default  string
	Rule     bool // changed by an adopted decision once three actors are registered
	Min, Max int  // bounds of numeric settings
	Words    []string
}

// Settings lists the charter in the order in which it is shown.
func Settings() []Setting { return settings[:] }

// settings is never written. Thresholds are the defaults of the decision rules: quorum more than half, agreement three
// quarters, majority two thirds (67 percent stands for the exact 3C >= 2E).
var settings = [...]Setting{
	{Key: KeyName}, {Key: KeyCore}, {Key: KeyRegion},
	{Key: KeyLang, Default: "id", Words: []string{"id", "en"}},
	{Key: KeyZone, Default: "Asia/Jakarta"},
	{Key: KeyQuietFrom, Default: "20", Max: 23},
	{Key: KeyQuietTo, Default: "7", Max: 23},
	{Key: KeyDigest, Default: "16", Max: 23, Words: []string{"off"}},
	{Key: KeyApproval, Default: "steward", Rule: true, Words: []string{"auto", "steward"}},
	{Key: KeyQuorum, Default: "50", Rule: true, Min: 20, Max: 90},
	{Key: KeyAgreement, Default: "75", Rule: true, Min: 51, Max: 100},
	{Key: KeyMajority, Default: "67", Rule: true, Min: 34, Max: 100},
	{Key: KeyRounds, Default: "2", Rule: true, Min: 0, Max: 5},
	{Key: KeyDays, Default: "7", Rule: true, Min: 1, Max: 60},
	{Key: KeyGateDays, Default: "14", Rule: true, Min: 1, Max: 60},
	{Key: KeyMajorDays, Default: "3", Rule: true, Min: 1, Max: 60},
	{Key: KeyScoringDays, Default: "5", Rule: true, Min: 1, Max: 60},
}

func settingOf(key CharterKey) (Setting, bool) {
	for i := range settings {
		if settings[i].Key == key {
			return settings[i], true
		}
	}
	return Setting{}, false
}

// IsText says whether the key's value is a text people wrote; it is in the state's own field then.
func (k CharterKey) IsText() bool { return k == KeyName || k == KeyCore || k == KeyRegion }

// Accepts says whether the setting may have the value: one of Words, or a number within Min and Max. Texts are bounded
// by MaxName, and zones are looked up, where they are set.
func (d Setting) Accepts(value string) bool {
	if slices.Contains(d.Words, value) {
		return true
	}
	if d.Max == 0 {
		return len(d.Words) == 0 && value != ""
	}
	n, err := strconv.Atoi(value)
	return err == nil && strconv.Itoa(n) == value && d.Min <= n && n <= d.Max
}

// Charter holds the settings that differ from their defaults: a few of seventeen, in a tenth of the space of a map. In a
// snapshot it is an object.
type Charter []charterValue

type charterValue struct {
	key   CharterKey
	value string
}

func (c Charter) value(key CharterKey) (string, bool) {
	for i := range c {
		if c[i].key == key {
			return c[i].value, true
		}
	}
	return "", false
}

// put keeps a value; an empty one takes the setting out.
func (c *Charter) put(key CharterKey, value string) {
	i := slices.IndexFunc(*c, func(v charterValue) bool { return v.key == key })
	switch {
	case i >= 0 && value != "":
		(*c)[i].value = value
	case i >= 0:
		*c = slices.Delete(*c, i, i+1)
	case value != "":
		*c = append(*c, charterValue{key, value})
	}
}

// MarshalJSON writes the values under their keys, and null for none.
func (c Charter) MarshalJSON() ([]byte, error) {
	if len(c) == 0 {
		return []byte("null"), nil
	}
	values := make(map[CharterKey]string, len(c))
	for _, v := range c {
		values[v.key] = v.value
	}
	return json.Marshal(values)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Charter) UnmarshalJSON(b []byte) error {
	var values map[CharterKey]string
	if err := json.Unmarshal(b, &values); err != nil {
		return err
	}
	*c = nil
	for _, d := range settings {
		c.put(d.Key, values[d.Key])
	}
	return nil
}

// Rules are the charter's numbers as frozen into an item when it opens, so that a later change of the charter does not
// change what people were asked to agree under.
type Rules struct {
	Quorum    int `json:"q,omitempty"` // valid needs 100*C > Quorum*E (consensus)
	Agreement int `json:"a,omitempty"` // adopted needs 100*A >= Agreement*(A+D)
	Majority  int `json:"m,omitempty"` // valid needs 100*C >= Majority*E (majority); 67 stands for two thirds: 3C >= 2E
	Rounds    int `json:"r,omitempty"`
	Days      int `json:"d,omitempty"`
}
