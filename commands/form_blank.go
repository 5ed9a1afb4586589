package commands

import (
	"slices"
	"strings"

	"klaster/domain"
)

// Limits of blanks: those of the narrowest platform that takes them.
const (
	maxBlankFields  = 5
	maxBlankOptions = 25
	maxBlankLabel   = 45
	maxBlankHint    = 100
	longAnswer      = 120 // characters from which an answer may have several lines
	fewChoices      = 5   // a single choice among so few is a row of buttons
)

// offerBlank has a question answered with a list or a window instead of buttons and typing.
func (t *turn) offerBlank(r *Reply, f form, q field) {
	if q.choices != nil {
		if b := t.list(f, q); b != nil {
			r.Blank = b
		} else {
			r.Buttons = t.choiceButtons(q)
		}
	}
	if q.choices == nil || q.typed {
		r.Buttons = append(r.Buttons, []Button{{Label: t.line("button.answer"), Data: t.session.data("open", "")}})
	}
	if q.choices == nil {
		r.Blank = t.window(f, q)
	}
}

// list is the blank of a question with many choices, or one that takes several; nil where buttons are better.
func (t *turn) list(f form, q field) *Blank {
	choices := q.choices(t, t.session.Values)
	if !q.many && len(choices) <= fewChoices || len(choices) == 0 || len(choices) > maxBlankOptions {
		return nil
	}
	field := t.blankField(f, q)
	picked := append(slices.Clone(t.session.Picked), t.session.Values.list(q.key)...)
	for _, c := range choices {
		field.Options = append(field.Options, BlankOption{Value: c.value, Label: short(domain.Text(c.label), maxBlankHint), Chosen: q.many && slices.Contains(picked, c.value)})
	}
	field.Many = q.many
	return &Blank{Data: t.session.data("fill", ""), Title: field.Label, Fields: []BlankField{field}}
}

// window is the blank for the question and for those after it that are sure to be asked, too.
func (t *turn) window(f form, q field) *Blank {
	s := t.session
	b := &Blank{Data: s.data("fill", ""), Aside: f.private || t.in.Private}
	for _, next := range f.fields[slices.IndexFunc(f.fields, func(other field) bool { return other.key == q.key }):] {
		first := next.key == q.key
		if !first && (s.Fixing || q.typed || s.Values.has(next.key) || next.choices != nil || next.when != nil || next.file || len(b.Fields) == maxBlankFields) {
			break
		}
		b.Fields = append(b.Fields, t.blankField(f, next))
	}
	b.Title = t.line("form.window")
	if len(b.Fields) == 1 {
		b.Title = b.Fields[0].Label
	}
	return b
}

func (t *turn) blankField(f form, q field) BlankField {
	key := "field." + f.name + "." + q.key
	if !t.c.texts.Has(t.in.Lang, key) {
		key = "form.answer"
	}
	limit := q.max
	if limit == 0 {
		limit = domain.MaxTitle
	}
	value := t.session.Values[q.key]
	if typed, ok := t.in.Answers[q.key]; ok { // refused a moment ago: to be mended, not typed again
		value = typed
	}
	return BlankField{
		Key: q.key, Label: short(domain.Text(t.line(key)), maxBlankLabel), Hint: short(domain.Text(q.ask(t, t.session.Values).Plaintext(nobody)), maxBlankHint),
		Value: short(domain.Text(value), limit), Max: limit, Long: limit > longAnswer, Optional: q.optional,
	}
}

// nobody stands for persons in texts that cannot show them.
func nobody(domain.PersonID) string { return "…" }

// fill takes the answers of a blank, in the order of the form. What is refused is asked again; what was good stays.
func (t *turn) fill(f form, asked field) {
	s := t.session
	begun := false
	for _, q := range f.fields {
		begun = begun || q.key == asked.key
		text, ok := t.in.Answers[q.key]
		if !begun || !ok || q.key != asked.key && q.when != nil && !q.when(t, s.Values) {
			continue
		}
		value, refusal := t.readBlank(q, text)
		if refusal != nil {
			s.At = q.key
			t.keep(f)
			t.reply(Reply{To: t.formPlace(f), Body: t.voice().refusal(refusal)})
			t.ask(f, q, false)
			return
		}
		t.take(q, s.Values, value)
	}
	t.advance(f, true)
}

func (t *turn) readBlank(q field, text string) (string, *domain.Error) {
	if strings.TrimSpace(text) == "" && q.optional {
		return "", nil
	}
	if !q.many {
		return t.readField(q, t.session.Values, text)
	}
	choices := q.choices(t, t.session.Values)
	var picked []string
	for _, value := range strings.Split(text, ",") {
		if !slices.ContainsFunc(choices, func(c choice) bool { return c.value == value }) {
			return "", domain.Refuse(domain.Invalid, "form.choose")
		}
		if !slices.Contains(picked, value) {
			picked = append(picked, value)
		}
	}
	return strings.Join(picked, ","), nil
}
