package commands

import (
	"encoding/json"
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

// session is a half-done form as kept between inputs.
type session struct {
	Form    string           `json:"f"`
	Nonce   string           `json:"n"`           // ties buttons to this run of the form
	At      string           `json:"a,omitempty"` // the field asked for; empty: the echo
	Fixing  bool             `json:"x,omitempty"` // one field is being corrected; then back to the echo
	Values  values           `json:"v"`
	Picked  []string         `json:"p,omitempty"` // choices made so far of a field that takes many
	Cluster domain.ClusterID `json:"c,omitempty"`
	Under   *session         `json:"u,omitempty"` // the form this one interrupted
}

const maxInterrupted = 3

func readSession(blob []byte) *session {
	if len(blob) == 0 {
		return nil
	}
	var s session
	if json.Unmarshal(blob, &s) != nil || s.Form == "" {
		return nil
	}
	if s.Values == nil {
		s.Values = values{}
	}
	return &s
}

// SessionCluster is the cluster a half-done conversation is about; empty in the lobby.
func (c *Conversation) SessionCluster(blob []byte) domain.ClusterID {
	if s := readSession(blob); s != nil {
		return s.Cluster
	}
	return ""
}

// UsesSession says whether a tap belongs to a half-done conversation, so that the bot loads the session for it.
func (c *Conversation) UsesSession(tap string) bool {
	prefix, _, _ := strings.Cut(tap, ":")
	return prefix == "f" || prefix == "c" || c.index.taps[prefix].asks
}

// begin starts a form with the answers that are known already. Private forms that are begun in a group move to the
// private chat; rerun is the command that starts the form there.
func (t *turn) begin(name string, known values, rerun string) {
	f := t.c.index.forms[name]
	if f.private && !t.in.Private {
		if !t.in.CanPrivate {
			t.reply(Reply{Body: t.say("form.private"), Buttons: [][]Button{{{Label: t.line("button.open_private"), Private: rerun}}}})
			return
		}
		t.toast("form.moved")
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
	if t.session != nil && t.session.Form != name {
		depth := 0
		for u := t.session; u != nil; u = u.Under {
			depth++
		}
		if depth < maxInterrupted {
			s.Under = t.session
		}
	}
	t.session = s
	t.advance(f, false)
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
	t.reply(Reply{To: t.formPlace(f), Body: f.echo(t, s.Values), Instead: instead, Buttons: [][]Button{
		{{Label: t.line(f.confirm), Data: s.data("ok", "")}}, t.secondThoughts(f),
	}})
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

func (s *session) data(op, value string) string {
	return strings.TrimSuffix("f:"+s.Nonce+":"+op+":"+value, ":")
}

// keep stores the session after the append.
func (t *turn) keep(f form) {
	blob, err := json.Marshal(t.session)
	if err != nil {
		return // a map of strings always encodes
	}
	t.out.Session = &SessionChange{Private: f.private, Blob: blob, Until: t.morning()}
}

// end closes the form and brings an interrupted one back.
func (t *turn) end(f form) {
	under := t.session.Under
	if under == nil {
		t.session = nil
		t.out.Session = &SessionChange{Private: f.private}
		return
	}
	t.session = under
	t.keep(t.c.index.forms[under.Form])
	t.out.Session.Private = f.private
}

func (t *turn) ask(f form, q field, instead bool) {
	s := t.session
	r := Reply{To: t.formPlace(f), Body: q.ask(t, s.Values)}
	if q.choices != nil {
		r.Buttons = t.choiceButtons(q)
	}
	if q.choices == nil || q.typed {
		r.Ask = t.line("form.hint")
	}
	if q.choices == nil && !q.optional && !f.private && !t.in.Private {
		// Platforms that show the bot only answers to its messages can ask for one, but not beside buttons.
		t.reply(r)
		return
	}
	var last []Button
	if q.many {
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

// readField turns text into a field's value.
func (t *turn) readField(q field, v values, text string) (string, *domain.Error) {
	text = strings.TrimSpace(text)
	if text == "" && !q.optional {
		return "", domain.Refuse(domain.Invalid, "text.empty")
	}
	limit := q.max
	if limit == 0 {
		limit = domain.MaxTitle
	}
	if n := utf8.RuneCountInString(text); n > limit {
		return "", domain.Refuse(domain.Invalid, "text.long", "max", limit, "length", n)
	}
	if q.choices != nil {
		for _, c := range q.choices(t, v) {
			if strings.EqualFold(c.label, text) || c.value == text {
				return c.value, nil
			}
		}
		if q.read == nil {
			return "", domain.Refuse(domain.Invalid, "form.choose")
		}
	}
	if q.read != nil {
		return q.read(t, v, text)
	}
	return text, nil
}

// take stores an answer and what follows from it.
func (t *turn) take(q field, v values, value string) {
	v[q.key] = value
	delete(v, q.key+".files")
	if q.then != nil {
		q.then(t, v)
	}
}

// answerText takes typed text as the answer to the question asked. taken is false if no question waits for text here.
func (t *turn) answerText(text string) (taken bool) {
	s := t.session
	if s == nil {
		return false
	}
	f, ok := t.c.index.forms[s.Form]
	if !ok {
		return false
	}
	if s.At == "" {
		if !t.in.Private { // chatter in the group, not meant for the echo
			return false
		}
		for _, q := range f.fields {
			if q.key == f.again {
				if value, refusal := t.readField(q, s.Values, text); refusal == nil {
					t.take(q, s.Values, value)
				} else {
					t.reply(Reply{To: t.formPlace(f), Body: t.voice().refusal(refusal)})
				}
			}
		}
		t.advance(f, false)
		return true
	}
	for _, q := range f.fields {
		if q.key != s.At {
			continue
		}
		value, refusal := t.readField(q, s.Values, text)
		if refusal != nil {
			if q.choices != nil && !q.typed && !t.in.Private {
				return false
			}
			t.reply(Reply{To: t.formPlace(f), Body: t.voice().refusal(refusal)})
			t.keep(f)
			t.ask(f, q, false)
			return true
		}
		t.take(q, s.Values, value)
		t.advance(f, false)
		return true
	}
	return false
}

// formTap handles the buttons of forms: f:<nonce>:<op>[:<value>].
func formTap(t *turn, args []string) {
	s := t.session
	if len(args) < 2 || s == nil || s.Nonce != args[0] {
		t.reply(Reply{To: ToToast, Body: t.c.Trouble(OldButton, t.in.Lang)})
		return
	}
	f, ok := t.c.index.forms[s.Form]
	if !ok {
		t.reply(Reply{To: ToToast, Body: t.c.Trouble(OldButton, t.in.Lang)})
		return
	}
	value := strings.Join(args[2:], ":")
	var q field
	for _, candidate := range f.fields {
		if candidate.key == s.At {
			q = candidate
		}
	}
	switch op := args[1]; {
	case op == "no":
		t.end(f)
		t.reply(Reply{To: t.formPlace(f), Body: t.say("form.cancelled"), Instead: true})
	case op == "ok" && s.At == "":
		t.submit(f)
	case op == "fix" && s.At == "" && value == "":
		t.askWhichField(f)
	case op == "fix" && s.At == "":
		fields := t.correctable(f)
		i := slices.IndexFunc(fields, func(q field) bool { return q.key == value })
		if i < 0 {
			t.old()
			return
		}
		s.At, s.Fixing = value, true
		t.keep(f)
		t.ask(f, fields[i], true)
	case op == "skip" && q.optional:
		t.take(q, s.Values, "")
		t.advance(f, true)
	case op == "c" && q.choices != nil && q.many:
		if i := slices.Index(s.Picked, value); i >= 0 {
			s.Picked = slices.Delete(s.Picked, i, i+1)
		} else if slices.ContainsFunc(q.choices(t, s.Values), func(c choice) bool { return c.value == value }) {
			s.Picked = append(s.Picked, value)
		}
		t.keep(f)
		t.ask(f, q, true)
	case op == "c" && q.choices != nil && slices.ContainsFunc(q.choices(t, s.Values), func(c choice) bool { return c.value == value }):
		t.take(q, s.Values, value)
		t.advance(f, true)
	case op == "done" && q.many && (len(s.Picked) > 0 || q.optional):
		t.take(q, s.Values, strings.Join(s.Picked, ","))
		t.advance(f, true)
	case op == "done" && q.many:
		t.toast("form.pick_one")
	default:
		t.reply(Reply{To: ToToast, Body: t.c.Trouble(OldButton, t.in.Lang)})
	}
}

func (t *turn) askWhichField(f form) {
	var buttons []Button
	for _, q := range t.correctable(f) {
		buttons = append(buttons, Button{Label: t.line("field." + f.name + "." + q.key), Data: t.session.data("fix", q.key)})
	}
	t.reply(Reply{To: t.formPlace(f), Body: t.say("form.which"), Buttons: rows(2, buttons...), Instead: true})
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
