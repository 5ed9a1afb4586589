package commands

import (
	"strings"

	"klaster/domain"
)

// foundingArea is the beginning: the charter asked for once, by a group admin, in the group.
func foundingArea() area {
	return area{
		verbs: []verb{
			{name: "start", names: []string{"mulai"}, group: true, private: true, lobby: true, run: runStart},
			{name: "help", names: []string{"bantuan", "tolong"}, group: true, private: true, lobby: true, run: runHelp},
			{name: "cancel", names: []string{"batal", "batalkan"}, private: true, lobby: true, run: runCancel},
			{name: "resume", names: []string{"lanjut", "lanjutkan", "continue"}, private: true, lobby: true, run: runResume},
		},
		taps:    []tapper{},
		forms:   []form{foundForm(), chatterForm()},
		answers: map[string]answer{"cluster_founded": answerFounded},
	}
}

func runStart(t *turn, _ string) {
	switch {
	case t.s != nil && t.in.Tap != "" && !t.in.Private: // the greeting's button, pressed again
		t.toast("founding.over", "name", t.s.Name)
	case t.s != nil:
		t.run("status", "")
	case t.in.Private:
		t.noCluster()
	case t.in.ChatAdmin == NotAsked:
		t.out.Need = NeedChatAdmin
	case t.in.ChatAdmin == No:
		t.toast("founding.admin_only")
	default:
		t.begin("found", values{}, "")
	}
}

func runCancel(t *turn, _ string) {
	if t.session == nil {
		t.tell("form.nothing")
		return
	}
	t.end(t.c.index.forms[t.session.Form])
	t.tell("form.cancelled")
	t.stillWaiting()
}

func runResume(t *turn, _ string) {
	if t.session == nil {
		t.tell("form.nothing")
		return
	}
	f := t.c.index.forms[t.session.Form]
	if t.session.Fixing { // the old answer stands until another is given
		t.session.Fixing = false
	}
	t.advance(f, false)
}

// foundForm asks for the charter. It is held in the group: the others see how their cluster begins.
func foundForm() form {
	return form{
		name: "found",
		fields: []field{
			{key: "name", max: domain.MaxName, ask: func(t *turn, _ values) Rich { return t.say("founding.ask_name") }},
			{key: "core", max: domain.MaxName, ask: func(t *turn, v values) Rich { return t.say("founding.ask_core", "name", v["name"]) }},
			{key: "region", max: domain.MaxName, ask: func(t *turn, _ values) Rich { return t.say("founding.ask_region") }},
			{
				key: "lang",
				ask: func(t *turn, _ values) Rich { return t.say("founding.ask_lang") },
				choices: func(t *turn, _ values) []choice {
					return []choice{{"id", "Bahasa Indonesia"}, {"en", "English"}}
				},
			},
			{
				key:     "zone",
				ask:     func(t *turn, _ values) Rich { return t.say("founding.ask_zone") },
				choices: func(t *turn, _ values) []choice { return zoneChoices(t.voice()) },
				typed:   true,
				read:    readZone,
			},
		},
		confirm: "button.found",
		echo: func(t *turn, v values) Rich {
			return t.say("founding.echo", "name", v["name"], "core", v["core"], "region", v["region"],
				"lang", languageName(v["lang"]), "zone", zoneLabel(t.voice(), v["zone"]), "steward", Span{Kind: Person, Person: t.in.By})
		},
		submit: func(t *turn, v values) bool {
			if t.in.ChatAdmin == NotAsked { // looked up again: the form may have been left alone for hours
				t.out.Need = NeedChatAdmin
				return false
			}
			if t.in.ChatAdmin == No {
				t.toast("founding.admin_only")
				return false
			}
			id := domain.ClusterID(t.mint())
			events, err := domain.Decide(domain.NewState(id, t.c.zones), t.in.At, t.by(), domain.Found{
				Name: domain.Text(v["name"]), Core: domain.Text(v["core"]), Region: domain.Text(v["region"]),
				Lang: v["lang"], Zone: v["zone"], Steward: t.in.By, Chat: t.in.Chat,
			})
			if err != nil {
				t.refuse(err)
				return false
			}
			t.out.Effects = append(t.out.Effects, FoundCluster{ID: id, Events: events})
			return true
		},
	}
}

func languageName(lang string) string {
	if lang == "en" {
		return "English"
	}
	return "Bahasa Indonesia"
}

func zoneChoices(v voice) []choice {
	zones := []string{v.c.home}
	for _, zone := range []string{"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"} {
		if zone != v.c.home {
			zones = append(zones, zone)
		}
	}
	var out []choice
	for _, zone := range zones {
		out = append(out, choice{zone, zoneLabel(v, zone)})
	}
	return out
}

// zoneLabel is how people call a zone: WIB, WITA, WIT, else its name.
func zoneLabel(v voice, zone string) string {
	key := map[string]string{"Asia/Jakarta": "zone.wib", "Asia/Makassar": "zone.wita", "Asia/Jayapura": "zone.wit"}[zone]
	if key == "" {
		return zone
	}
	return v.line(key)
}

// readZone reads a zone as people call it, "wib saja" or "Jakarta", or by its full name.
func readZone(t *turn, _ values, text string) (string, *domain.Error) {
	for _, word := range strings.Fields(strings.ToLower(text)) {
		switch strings.Trim(word, ".,()") {
		case "wib", "jakarta":
			return "Asia/Jakarta", nil
		case "wita", "makassar":
			return "Asia/Makassar", nil
		case "wit", "jayapura":
			return "Asia/Jayapura", nil
		}
	}
	if t.c.zones(text) == nil {
		return "", domain.Refuse(domain.Invalid, "zone.unknown", "zone", text)
	}
	return text, nil
}

func answerFounded(t *turn, _ domain.Commit, e domain.Event) {
	founded := e.(domain.ClusterFounded)
	t.reply(Reply{Body: t.say("founding.done", "name", founded.Name), Buttons: [][]Button{
		{{Label: t.line("button.join"), Private: "/daftar"}},
		{{Label: t.line("button.steps"), Data: "c:/langkah"}, {Label: t.line("button.help"), Data: "c:/bantuan"}},
	}})
}

// helpTopics are the commands as help shows them: the few to begin with, then the others by subject.
var helpTopics = []struct {
	name  string
	verbs []string
}{
	{"first", []string{"status", "join", "issue", "vote", "steps"}},
	{"decide", []string{"prioritise", "propose", "decisions", "pending"}},
	{"programme", []string{"done", "evidence", "verify", "reopen"}},
	{"data", []string{"data", "indicator", "reminders"}},
	{"records", []string{"actors", "history", "export"}},
	{"own", []string{"start", "help", "resume", "cancel", "language", "me", "settings", "connect"}},
}

// runHelp lists what can be said here and now, by subject.
func runHelp(t *turn, _ string) {
	out := t.say("help.intro")
	for _, topic := range helpTopics {
		var lines Rich
		for _, name := range topic.verbs {
			if v := t.c.index.verbs[name]; t.s != nil || v.lobby {
				lines = append(lines, Block{Kind: Item, Spans: []Span{{Kind: Code, Text: t.voice().command(name)}, {Text: " - " + t.line("menu."+name)}}})
			}
		}
		if len(lines) > 0 {
			out = append(append(out, t.say("help.topic."+topic.name)...), lines...)
		}
	}
	if t.s != nil {
		out = append(out, t.say("help.posts")...)
	}
	if t.s == nil && !t.in.Private {
		t.reply(Reply{Body: append(out, t.say("help.begin")...), Buttons: [][]Button{{{Label: t.line("button.start"), Data: "c:/mulai"}}}})
		return
	}
	t.reply(Reply{Body: append(out, t.say("help.outro")...)})
}
