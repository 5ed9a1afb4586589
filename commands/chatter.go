package commands

import (
	"strings"
	"unicode/utf8"

	"klaster/domain"
)

// greet says hello where the bot was added or a private chat was opened.
func (t *turn) greet() {
	switch {
	case t.s != nil:
		t.run("status", "")
	case t.in.Private:
		t.noCluster()
	default:
		t.reply(Reply{Body: t.say("founding.welcome"), Buttons: [][]Button{{
			{Label: t.line("button.start"), Data: "c:/mulai"},
			{Label: t.line("button.about"), Data: "c:/bantuan"},
		}}})
	}
}

// run runs another command in the same turn.
func (t *turn) run(name, rest string) { t.c.index.verbs[name].run(t, rest) }

// noCluster answers where a command needs a cluster and there is none, or it is not clear which is meant.
func (t *turn) noCluster() {
	switch {
	case !t.in.Private:
		t.reply(Reply{Body: t.say("founding.none"), Buttons: [][]Button{{{Label: t.line("button.start"), Data: "c:/mulai"}}}})
	case len(t.in.Clusters) == 0 && t.in.Elsewhere == NotAsked:
		t.out.Need = NeedElsewhere
	case len(t.in.Clusters) == 0 && t.in.Elsewhere == Yes: // the charter is being asked for in the group
		t.tell("founding.elsewhere")
	case len(t.in.Clusters) == 0:
		t.reply(Reply{Body: t.c.Trouble(NoCluster, t.in.Lang)})
	default:
		var buttons []Button
		for _, choice := range t.in.Clusters {
			buttons = append(buttons, Button{Label: choice.Name, Data: "use:" + string(choice.ID)})
		}
		t.reply(Reply{Body: t.say("lobby.which"), Buttons: rows(1, buttons...)})
	}
}

// unknown answers a command that does not exist, in a private chat.
func (t *turn) unknown(name, rest string) {
	if t.near(name, rest) {
		return
	}
	t.reply(Reply{Body: t.say("command.unknown"), Buttons: [][]Button{{{Label: t.line("button.help"), Data: "c:/bantuan"}}}})
}

// near offers the command that a mistyped one is closest to, with what was typed behind it: as a button, or to be copied
// where it is too long for one.
func (t *turn) near(name, rest string) bool {
	const label, data, copied = 40, 48, 300
	near := t.c.nearest(name)
	if near == "" {
		return false
	}
	meant := "/" + near
	if n := utf8.RuneCountInString(rest); n > 0 && n <= copied {
		meant += " " + rest
	}
	if utf8.RuneCountInString(meant) > label || len("c:"+meant) > data {
		t.tell("command.near", "command", meant)
		return true
	}
	t.reply(Reply{Body: t.say("command.near_button"), Buttons: [][]Button{{{Label: meant, Data: "c:" + meant}}}})
	return true
}

// nearest finds the command a mistyped name is closest to: one slip in short names, two in long ones.
func (c *Conversation) nearest(name string) string {
	best, least := "", 3
	if utf8.RuneCountInString(name) < 6 {
		least = 2
	}
	for _, a := range c.index.areas {
		for _, v := range a.verbs {
			for _, candidate := range append([]string{v.name}, v.names...) {
				if d := slips(name, candidate); d < least {
					best, least = candidate, d
				}
			}
		}
	}
	return best
}

// slips is the edit distance between two names.
func slips(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(x); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(y); j++ {
			cost := 1
			if x[i-1] == y[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(y)]
}

// chatter answers private text that is no command: a command typed without its stroke, or a sentence that may be an
// issue or a proposal.
func (t *turn) chatter(text string) {
	first, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	v, ok := t.c.index.verbs[strings.ToLower(first)]
	said := len(strings.Fields(rest)) <= 2 || v.name == "issue" || v.name == "propose" // "isu Bahan baku rotan langka"
	if ok && said && (t.s != nil || v.lobby) {
		v.run(t, strings.TrimSpace(rest))
		return
	}
	if t.s == nil {
		t.noCluster()
		return
	}
	if t.dueReading(text) {
		return
	}
	if t.in.Elsewhere == NotAsked {
		t.out.Need = NeedElsewhere
		return
	}
	if t.in.Elsewhere == Yes { // most likely the answer to what is asked there
		t.tell("form.elsewhere")
		return
	}
	if len(strings.Fields(text)) < 3 || utf8.RuneCountInString(text) > domain.MaxTitle {
		t.unknown("", "")
		return
	}
	t.begin("chatter", values{"text": text}, "")
}

// chatterForm asks what a sentence was meant as: "Isu atau usulan keputusan?".
func chatterForm() form {
	return form{
		name: "chatter",
		fields: []field{
			{key: "text", ask: func(t *turn, v values) Rich { return t.say("chatter.ask") }},
			{
				key: "kind",
				ask: func(t *turn, v values) Rich { return t.say("chatter.which", "text", v["text"]) },
				choices: func(t *turn, v values) []choice {
					return []choice{{"issue", t.line("chatter.issue")}, {"propose", t.line("chatter.proposal")}}
				},
			},
		},
		submit: func(t *turn, v values) bool {
			t.session = t.session.Under
			t.run(v["kind"], v["text"])
			return false
		},
	}
}
