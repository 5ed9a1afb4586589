package commands

import (
	"slices"
	"strings"
	"unicode/utf8"

	"klaster/domain"
)

// form is a guided conversation: questions one at a time, an echo of all answers, then the act. It can be resumed
// (/lanjut), corrected (a button of the echo) and cancelled (/batal); a command that brings the answers along starts
// further down.
type form struct {
	name    string
	private bool // personal or long: held in the private chat where there is one
	fields  []field
	// echo shows what will be saved; nil: submit at once. confirm is the key of the button that saves.
	echo    func(t *turn, v values) Rich
	confirm string
	danger  bool // what is confirmed ends or removes something
	// again names the field that is corrected by what is typed at the echo in a private chat; empty: none.
	again string
	// submit decides. The form ends when it adds events or when it returns true.
	submit func(t *turn, v values) (done bool)
}

// field is one question.
type field struct {
	key string
	// ask words the question.
	ask func(t *turn, v values) Rich
	// choices are offered as buttons; nil for none.
	choices func(t *turn, v values) []choice
	// read turns typed text into the stored value or refuses it; nil takes any text of at most max characters.
	read func(t *turn, v values, text string) (string, *domain.Error)
	max  int
	// typed: text is welcome although there are choices.
	typed    bool
	optional bool // can be skipped
	many     bool // several choices
	// file: a photo or document is an answer, too; see values.files.
	file bool
	// then fills in what follows from the answer.
	then func(t *turn, v values)
	// given: the answer comes with the command, or is a mere yes; it is not among the parts that can be corrected.
	given bool
	// when leaves the question out if it returns false.
	when func(t *turn, v values) bool
}

type choice struct{ value, label string }

// values are a form's answers by field; several choices are joined by commas, a skipped field is "".
type values map[string]string

func (v values) list(key string) []string {
	if v[key] == "" {
		return nil
	}
	return strings.Split(v[key], ",")
}

func (v values) has(key string) bool { _, ok := v[key]; return ok }

// begin starts a form with the answers that are known already. Private forms that are begun in a group move to the
// private chat; rerun is the command that starts the form there.
func (t *turn) begin(name string, known values, rerun string) {
	f := t.c.index.forms[name]
	if f.private && !t.in.Private {
		if !t.in.CanPrivate {
			t.reply(Reply{Body: t.say("form.private"), Buttons: [][]Button{{{Label: t.line("button.open_private"), Private: rerun}}}})
			return
		}
		t.sayMoved()
	}
	s := &session{Form: name, Nonce: t.mint()[:4], Values: values{}}
	if t.s != nil {
		s.Cluster = t.s.ID
	}
	for _, q := range f.fields { // what came along is read like an answer; what cannot be read is asked
		text, ok := known[q.key]
		if q.file && t.in.File != nil {
			t.takeFile(q, s.Values, text)
			continue
		}
		if !ok {
			continue
		}
		if value, refusal := t.readField(q, s.Values, text); refusal == nil {
			t.take(q, s.Values, value)
		} else {
			t.reply(Reply{To: t.formPlace(f), Body: t.voice().refusal(refusal)})
			break
		}
	}
	if !f.private || t.in.Private { // what waits in the private chat is not known here: the bot stacks the two
		s.interrupt(t.session)
	}
	t.session = s
	t.advance(f, false)
	if last := len(t.out.Replies) - 1; last >= 0 && t.out.Replies[last].Blank != nil {
		t.out.Replies[last].Blank.Direct = true
	}
}

// sayMoved says in the group that what was begun there goes on in private, unless it goes on right here, for the
// person's eyes only.
func (t *turn) sayMoved() {
	if !t.in.Private && t.in.CanPrivate && !t.in.Blanks {
		t.toast("form.moved")
	}
}

func (t *turn) formPlace(f form) To {
	if f.private && !t.in.Private {
		return ToPrivate
	}
	return ToChat
}

// advance asks the first open question, or shows the echo, or submits.
func (t *turn) advance(f form, instead bool) {
	s := t.session
	s.Picked = nil
	for _, q := range f.fields {
		if s.Values.has(q.key) || q.when != nil && !q.when(t, s.Values) {
			continue
		}
		s.At = q.key
		t.keep(f)
		t.ask(f, q, instead)
		return
	}
	s.At, s.Fixing = "", false
	if f.echo == nil {
		t.submit(f)
		return
	}
	t.keep(f)
	style := StylePrimary
	if f.danger {
		style = StyleDanger
	}
	t.reply(Reply{To: t.formPlace(f), Body: f.echo(t, s.Values), Instead: instead, Buttons: [][]Button{
		{{Label: t.line(f.confirm), Data: s.data("ok", ""), Style: style}}, t.secondThoughts(f),
	}})
}

func (t *turn) ask(f form, q field, instead bool) {
	s := t.session
	r := Reply{To: t.formPlace(f), Body: q.ask(t, s.Values)}
	typed := q.choices == nil || q.typed
	switch {
	case t.in.Blanks:
		t.offerBlank(&r, f, q)
	case q.choices != nil:
		r.Buttons = t.choiceButtons(q)
	}
	if typed && !t.in.Blanks {
		r.Ask = t.line("form.hint")
	}
	if r.Ask != "" && q.choices == nil && !q.optional && !f.private && !t.in.Private {
		// Platforms that show the bot only answers to its messages can ask for one, but not beside buttons.
		t.reply(r)
		return
	}
	if r.Ask != "" && t.in.RepliesOnly && !f.private && !t.in.Private {
		r.Body = append(r.Body, t.say("form.reply")...)
	}
	var last []Button
	if q.many && !t.in.Blanks {
		last = append(last, Button{Label: t.line("button.done"), Data: s.data("done", "")})
	}
	if q.optional && !s.Fixing {
		last = append(last, Button{Label: t.line("button.skip"), Data: s.data("skip", "")})
	}
	last = append(last, Button{Label: t.line("button.cancel"), Data: s.data("no", "")})
	r.Buttons = append(r.Buttons, last)
	r.Instead = instead && r.Ask == ""
	t.reply(r)
}

func (t *turn) choiceButtons(q field) [][]Button {
	choices := q.choices(t, t.session.Values)
	buttons := make([]Button, 0, len(choices))
	longest := 0
	for _, c := range choices {
		label := c.label
		if q.many && slices.Contains(t.session.Picked, c.value) {
			label = "✓ " + label
		}
		longest = max(longest, utf8.RuneCountInString(label))
		buttons = append(buttons, Button{Label: label, Data: t.session.data("c", c.value)})
	}
	perRow := 2
	switch {
	case longest > 18:
		perRow = 1
	case longest <= 3:
		perRow = 5
	}
	return rows(perRow, buttons...)
}

// secondThoughts are the buttons beside the one that saves; a form in which nothing can be corrected has no "correct".
func (t *turn) secondThoughts(f form) []Button {
	cancel := Button{Label: t.line("button.cancel"), Data: t.session.data("no", "")}
	if len(t.correctable(f)) == 0 {
		return []Button{cancel}
	}
	return []Button{{Label: t.line("button.fix"), Data: t.session.data("fix", "")}, cancel}
}

// correctable lists the fields a person answered.
func (t *turn) correctable(f form) []field {
	var out []field
	for _, q := range f.fields {
		if !q.given && (q.when == nil || q.when(t, t.session.Values)) {
			out = append(out, q)
		}
	}
	return out
}

// submit acts on the answers. A refusal keeps the form, so that nothing typed is lost.
func (t *turn) submit(f form) {
	before := len(t.out.Replies)
	done := f.submit(t, t.session.Values)
	if t.out.Need != NeedNothing {
		return
	}
	if done || len(t.out.Events) > 0 || len(t.out.Effects) > 0 {
		t.end(f)
		return
	}
	t.keep(f)
	if f.echo != nil && len(t.out.Replies) > before {
		t.reply(Reply{To: t.formPlace(f), Body: t.say("form.kept"), Buttons: [][]Button{t.secondThoughts(f)}})
	}
}
