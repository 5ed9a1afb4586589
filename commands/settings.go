package commands

import (
	"fmt"
	"strings"

	"klaster/commands/phrase"
	"klaster/domain"
)

// runSettings shows the charter, one section of it, or begins to change one line: "/pengaturan kuorum 60".
func runSettings(t *turn, rest string) {
	rest = strings.TrimSpace(rest)
	if rest == "" {
		t.reply(Reply{Body: t.charter(), Instead: t.in.Tap != "", Buttons: [][]Button{
			{{Label: t.line("button.identity"), Data: "c:/pengaturan identitas"}, {Label: t.line("button.housekeeping"), Data: "c:/pengaturan kebiasaan"}},
			{{Label: t.line("button.ruling"), Data: "c:/pengaturan aturan"}, {Label: t.line("button.posts"), Data: "c:/pengaturan jabatan"}},
		}})
		return
	}
	if t.postCommand(rest) {
		return
	}
	for _, section := range settingSections() {
		for _, word := range sectionWords(section) {
			if strings.EqualFold(rest, word) {
				t.showSection(section)
				return
			}
		}
	}
	row, value, ok := settingNamed(rest)
	if !ok {
		t.refuse(domain.Refuse(domain.Invalid, "setting.unknown"))
		return
	}
	t.beginSetting(row, value)
}

// charter is every setting in words.
func (t *turn) charter() Rich {
	out := t.say("settings.title", "name", t.s.Name)
	for _, section := range settingSections() {
		out = append(out, t.section(section)...)
	}
	out = append(out, t.posts()...)
	out = append(append(out, t.say("connect.charter")...), t.chats()...)
	return append(out, t.say("settings.outro")...)
}

// section is one part of the charter with who may change it.
func (t *turn) section(section settingSection) Rich {
	var out Rich
	switch section {
	case identity:
		out = t.say("settings.identity")
	case housekeeping:
		out = t.say("settings.housekeeping")
	case ruling:
		if t.rulesByDecision() {
			out = t.say("settings.ruling_decided")
		} else {
			out = t.say("settings.ruling_early", "count", actorsThatRule)
		}
	}
	v := t.voice()
	for _, r := range settingRows() {
		if r.section == section {
			out = append(out, t.say("settings.line", "setting", r.label(v), "value", r.show(v, r.current(t.s)))...)
		}
	}
	return out
}

// typed is how a setting is typed behind /usulan.
func (r settingRow) typed(v voice) string {
	if v.lang == "en" {
		return "settings " + r.words[len(r.words)-1]
	}
	return "pengaturan " + r.words[0]
}

func (r settingRow) label(v voice) string { return v.line("charter." + r.name) }

// actorsThatRule is the number of approved actors from which on the rules are the cluster's own.
const actorsThatRule = 3

func (t *turn) rulesByDecision() bool { return len(t.s.Approved()) >= actorsThatRule }

func (t *turn) showSection(section settingSection) {
	var buttons []Button
	v := t.voice()
	for _, r := range settingRows() {
		if r.section == section {
			buttons = append(buttons, Button{Label: r.label(v), Data: "c:/pengaturan " + r.words[0]})
		}
	}
	t.reply(Reply{
		Body: append(t.section(section), t.say("settings.choose")...), Instead: t.in.Tap != "",
		Buttons: append(rows(2, buttons...), []Button{{Label: t.line("button.whole_charter"), Data: "c:/pengaturan"}}),
	})
}

// beginSetting starts the change of one line; what was typed behind it is its new value.
func (t *turn) beginSetting(row settingRow, value string) {
	known := values{"setting": row.name}
	if value != "" {
		known["value"] = value
	}
	switch {
	case row.rule() && t.rulesByDecision():
		t.begin("setting_rule", known, "")
	case t.stewards():
		t.begin("setting", known, "")
	}
}

// stewards says whether the person counts as a steward; an admin of the chat does, which is looked up. If not, the
// person is told, and the caller returns.
func (t *turn) stewards() bool {
	switch {
	case t.s.IsSteward(t.in.By) || t.in.ChatAdmin == Yes:
		return true
	case t.in.ChatAdmin == NotAsked && !t.in.Private:
		t.out.Need = NeedChatAdmin
	default:
		t.toast("settings.stewards_only")
	}
	return false
}

// settingFields ask for the new value of a line.
func settingFields() []field {
	return []field{
		{key: "setting", given: true, ask: func(t *turn, _ values) Rich { return t.say("form.again") }},
		{
			key: "value", typed: true,
			ask: func(t *turn, v values) Rich {
				row := settingOf(v)
				return t.say("settings.ask", "setting", row.label(t.voice()), "value", row.show(t.voice(), row.current(t.s)), "hint", t.hint(row))
			},
			choices: func(t *turn, v values) []choice {
				row := settingOf(v)
				var out []choice
				for _, value := range row.offered {
					label := row.show
					if row.brief != nil {
						label = row.brief
					}
					out = append(out, choice{value, label(t.voice(), value)})
				}
				return out
			},
			read: func(t *turn, v values, text string) (string, *domain.Error) {
				row := settingOf(v)
				value, ok := row.read(t, text)
				if !ok {
					return "", domain.Refuse(domain.Invalid, "setting.bad", "value", t.voice().heard(text), "setting", row.name)
				}
				return value, nil
			},
		},
	}
}

// settingOf is the line a form is about. Sessions are the bot's own, so the name is known.
func settingOf(v values) settingRow {
	row, _, _ := settingNamed(v["setting"])
	return row
}

// hint says how a value may be written.
func (t *turn) hint(row settingRow) Rich { return t.voice().refusal(row.refusal) }

// settingForm changes a line of the charter; a steward may.
func settingForm() form {
	return form{
		name: "setting", fields: settingFields(), confirm: "button.save",
		echo: func(t *turn, v values) Rich {
			row := settingOf(v)
			voice := t.voice()
			out := t.say("settings.echo", "setting", row.label(voice), "old", row.show(voice, row.current(t.s)), "new", row.show(voice, v["value"]))
			return append(out, t.example(row, v["value"])...)
		},
		submit: func(t *turn, v values) bool {
			row := settingOf(v)
			for _, change := range row.changes(v["value"]) {
				if !t.decide(change) {
					return false
				}
			}
			if len(t.out.Events) == 0 {
				t.toast("settings.same", "setting", row.label(t.voice()), "value", row.show(t.voice(), v["value"]))
				return true
			}
			return false
		},
	}
}

// example shows what a change of language, zone or rule will look like, so that nobody has to guess.
func (t *turn) example(row settingRow, value string) Rich {
	switch {
	case row.name == "lang":
		theirs := voice{t.c, t.s, value}
		return t.say("settings.example_lang", "sample", theirs.line("settings.sample"))
	case row.name == "zone":
		if loc := t.c.zones(value); loc != nil {
			return t.say("settings.example_zone", "time", phrase.FormatDateTime(t.in.At.In(loc), t.in.Lang))
		}
	case row.rule():
		return t.say("settings.example_rule")
	}
	return nil
}

// ruleForm prepares the proposal that changes a rule.
func ruleForm() form {
	return form{
		name: "setting_rule", fields: settingFields(),
		submit: func(t *turn, v values) bool {
			row, value := settingOf(v), v["value"]
			voice := t.voice()
			if value == row.current(t.s) {
				t.tell("settings.same", "setting", row.label(voice), "value", row.show(voice, value))
				return true
			}
			proposal := fmt.Sprintf("%s %s %s", voice.command("propose"), row.typed(voice), value)
			t.reply(Reply{
				Body: t.say("settings.propose", "setting", row.label(voice), "old", row.show(voice, row.current(t.s)),
					"new", row.show(voice, value), "command", proposal),
				Buttons: [][]Button{{{Label: t.line("button.propose_rule"), Data: fmt.Sprintf("c:/usulan pengaturan %s %s", row.words[0], value)}}},
			})
			return true
		},
	}
}

func answerCharter(t *turn, commit domain.Commit, e domain.Event) {
	row := settingFor(e.(domain.CharterChanged).Key)
	t.toast("settings.changed", "setting", row.label(t.voice()), "value", row.show(t.voice(), row.current(t.s)), "receipt", commit.Receipt)
}
