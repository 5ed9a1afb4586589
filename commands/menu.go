package commands

// option is one thing said after a command's name, for platforms that ask for each by itself.
type option struct {
	english, name string
	kind          OptionKind
	max           int // characters; 0: a mark or a name
}

const (
	maxSpoken = 1000 // characters of free text behind a command
	maxWord   = 100  // characters of a suggested value, and of a word
)

// optionsOf lists what a command takes, in the order in which it is typed. Commands that are not here take nothing.
func optionsOf(verb string) []option {
	var (
		step      = option{english: "step", name: "langkah", kind: OfStep}
		decision  = option{english: "decision", name: "keputusan", kind: OfDecision}
		indicator = option{english: "indicator", name: "indikator", kind: OfIndicator}
		evidence  = option{english: "evidence", name: "bukti", max: maxSpoken}
		reason    = option{english: "reason", name: "alasan", max: maxSpoken}
		action    = option{english: "action", name: "tindakan", max: maxSpoken}
	)
	switch verb {
	case "join":
		return []option{{english: "organisation", name: "organisasi", max: maxWord}}
	case "actors":
		return []option{{english: "actor", name: "pelaku", kind: OfActor}}
	case "issue":
		return []option{{english: "issue", name: "isu", kind: OfIssue, max: maxSpoken}}
	case "prioritise":
		return []option{{english: "issue", name: "isu", kind: OfIssue}}
	case "propose":
		return []option{{english: "proposal", name: "usulan", max: maxSpoken}}
	case "vote":
		return []option{decision, {english: "position", name: "sikap", max: maxWord}, reason}
	case "decisions":
		return []option{decision, action}
	case "pending":
		return []option{decision}
	case "steps", "verify":
		return []option{step}
	case "done", "evidence":
		return []option{step, evidence, {english: "file", name: "berkas", kind: AFile}}
	case "reopen":
		return []option{step, reason}
	case "indicator":
		return []option{{english: "indicator", name: "indikator", kind: OfIndicator, max: maxSpoken}}
	case "data":
		return []option{indicator, {english: "value", name: "nilai", max: maxWord}}
	case "reminders":
		return []option{indicator, {english: "schedule", name: "jadwal", max: maxWord}}
	case "settings":
		return []option{{english: "setting", name: "pengaturan", max: maxSpoken}}
	case "language":
		return []option{{english: "language", name: "bahasa", max: maxWord}}
	case "history":
		return []option{{english: "item", name: "butir", max: maxWord}}
	case "export":
		return []option{{english: "table", name: "tabel", max: maxWord}}
	case "connect":
		return []option{{english: "code", name: "kode", max: maxWord}}
	case "me":
		return []option{action}
	}
	return nil
}

// Menu lists the commands for the platforms' menus.
func (c *Conversation) Menu() []MenuEntry {
	var out []MenuEntry
	for _, a := range c.index.areas {
		for _, v := range a.verbs {
			if !v.private && !v.group {
				continue
			}
			entry := MenuEntry{Name: v.names[0], English: v.name, Description: c.inAll("menu." + v.name), Private: v.private, Group: v.group}
			for _, o := range optionsOf(v.name) {
				limit := o.max
				if limit == 0 {
					limit = maxWord
				}
				entry.Options = append(entry.Options, MenuOption{
					Name: o.name, English: o.english, Description: c.inAll("option." + o.english), Kind: o.kind, Max: limit,
				})
			}
			out = append(out, entry)
		}
	}
	return out
}

// inAll is a line in every language.
func (c *Conversation) inAll(key string) map[string]string {
	out := map[string]string{}
	for _, lang := range Languages() {
		out[lang] = c.texts.Line(lang, key)
	}
	return out
}
