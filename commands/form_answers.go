package commands

import (
	"slices"
	"strings"
	"unicode/utf8"

	"klaster/domain"
)

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
		if f.again == "" { // no question waits: the echo's buttons do
			t.reply(Reply{To: t.formPlace(f), Body: t.say("form.at_echo", "button", t.line(f.confirm))})
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
		if !t.in.Private {
			t.toast("form.not_yours")
			return
		}
		t.old()
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
		t.stillWaiting()
	case op == "ok" && s.At == "":
		t.submit(f)
	case op == "fix" && s.At == "" && value == "" && len(t.correctable(f)) != 1:
		t.askWhichField(f)
	case op == "fix" && s.At == "":
		fields := t.correctable(f)
		if value == "" {
			value = fields[0].key
		}
		i := slices.IndexFunc(fields, func(q field) bool { return q.key == value })
		if i < 0 {
			t.old()
			return
		}
		s.At, s.Fixing = value, true
		t.keep(f)
		t.ask(f, fields[i], true)
	case op == "open" && q.ask != nil && t.in.Blanks:
		t.keep(f)
		window := t.window(f, q)
		window.Direct = true
		t.reply(Reply{To: t.formPlace(f), Body: q.ask(t, s.Values), Blank: window})
	case op == "fill" && s.At != "" && len(t.in.Answers) > 0:
		t.fill(f, q)
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
