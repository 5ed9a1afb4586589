package commands

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"klaster/domain"
)

// maxSuggestions is what platforms show at once.
const maxSuggestions = 25

// Suggest offers values for an option that is being typed: what begins with the text first, then what holds it; in
// each the newest first, except for steps and organisations, which keep their order.
func (c *Conversation) Suggest(s *domain.State, q Typing) []Suggestion {
	v := voice{c: c, s: s, lang: q.Lang}
	var all []Suggestion
	for _, o := range optionsOf(c.index.verbs[strings.ToLower(q.Command)].name) {
		if o.english == q.Option {
			all = v.values(o.kind)
		}
	}
	text := strings.ToLower(strings.TrimSpace(q.Text))
	var first, then []Suggestion
	for _, one := range all {
		switch label := strings.ToLower(one.Label); {
		case strings.HasPrefix(label, text):
			first = append(first, one)
		case strings.Contains(label, text):
			then = append(then, one)
		}
	}
	out := append(first, then...)
	return out[:min(len(out), maxSuggestions)]
}

// values are all that an option of the kind can name.
func (v voice) values(kind OptionKind) []Suggestion {
	var out []Suggestion
	add := func(value, name string) {
		out = append(out, Suggestion{Value: value, Label: short(domain.Text(name), maxWord)})
	}
	switch kind {
	case OfStep:
		for _, step := range domain.Steps() {
			add(string(step.ID), v.stepName(step.ID))
		}
	case OfActor:
		for _, a := range v.s.Actors {
			if a.Status == domain.StatusApproved {
				add(short(a.Name, maxWord), v.actor(a.ID))
			}
		}
		slices.SortFunc(out, func(a, b Suggestion) int { return cmp.Compare(strings.ToLower(a.Label), strings.ToLower(b.Label)) })
	case OfIssue:
		for _, i := range slices.Backward(v.s.Issues) {
			add(issueMark(i), issueMark(i)+" "+shownText(v.lang, i.Title))
		}
	case OfDecision:
		for _, p := range slices.Backward(v.s.Proposals) {
			add(strconv.Itoa(p.Number), strconv.Itoa(p.Number)+" "+shownText(v.lang, p.Title))
		}
	case OfIndicator:
		for _, n := range slices.Backward(v.s.Indicators) {
			if !n.Retired {
				add(indicatorMark(n), v.indicatorName(n))
			}
		}
	}
	return out
}
