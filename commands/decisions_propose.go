package commands

import (
	"errors"
	"slices"
	"strings"

	"klaster/domain"
)

// runPropose starts the form of a proposal. What it is linked to may stand in front: /usulan I5 ..., /usulan 1.6 ...,
// /usulan pengaturan kuorum 60.
func runPropose(t *turn, rest string) {
	if len(t.s.Represents(t.in.By)) == 0 && !t.s.IsSteward(t.in.By) && !t.s.Facilitates(t.in.By) {
		preview := domain.Propose{Proposal: domain.ItemID(t.mint()), Method: domain.Consensus, Title: "-"}
		if _, allowed := t.preview(preview); !allowed {
			return
		}
		t.toast("propose.admin") // in the private chat an admin of the group cannot be told from others
		return
	}
	first, more, _ := strings.Cut(strings.TrimSpace(rest), " ")
	more = strings.TrimSpace(more)
	known := values{}
	title := rest
	if isSettingWord(first) && more != "" {
		row, value, refusal := t.settingProposed(more)
		if refusal != nil {
			t.refuse(refusal)
			return
		}
		if refused := t.linkRefused(domain.Link{Charter: row.keys[0], Value: value}); refused {
			return
		}
		v := voice{t.c, t.s, t.s.Lang()} // the title is the cluster's
		known["link"], known["value"] = charterLink+string(row.keys[0]), value
		title = v.line("decision.title_charter", "setting", row.label(v), "new", row.show(v, value))
	} else if link, ok := t.readLink(first); ok {
		known["link"] = link
		title = more
		if refused := t.linkRefused(t.linkOf(known)); refused {
			return
		}
	}
	if title != "" {
		known["title"] = title
	}
	t.begin("propose", known, "/usulan "+rest)
}

func isSettingWord(word string) bool {
	switch strings.ToLower(word) {
	case "pengaturan", "settings", "atur", "tatib":
		return true
	}
	return false
}

// linkRefused tells a person before the writing that such a proposal cannot be opened now.
func (t *turn) linkRefused(l domain.Link) bool {
	preview := domain.Propose{Proposal: domain.ItemID(t.mint()), Method: domain.Consensus, Title: "-", Actor: t.chosenActor(nil), Link: l}
	_, allowed := t.preview(preview)
	return !allowed
}

const (
	noLink      = "-"
	charterLink = "charter." // followed by the key
)

// readLink reads what a proposal is linked to: an issue or a gate step.
func (t *turn) readLink(word string) (string, bool) {
	if n, ok := issueMarked(word); ok {
		if i := t.s.IssueNumbered(n); i != nil {
			return issueMark(i), true
		}
		return "", false
	}
	if step, ok := domain.StepNamed(domain.StepID(word)); ok && step.Gate {
		return word, true
	}
	return "", false
}

func (t *turn) linkOf(v values) domain.Link {
	if key, ok := strings.CutPrefix(v["link"], charterLink); ok {
		return domain.Link{Charter: domain.CharterKey(key), Value: v["value"]}
	}
	if n, ok := issueMarked(v["link"]); ok {
		if i := t.s.IssueNumbered(n); i != nil {
			return domain.Link{Issue: i.ID}
		}
	}
	if step, ok := domain.StepNamed(domain.StepID(v["link"])); ok {
		return domain.Link{Step: step.ID}
	}
	return domain.Link{}
}

func (t *turn) proposal(v values) domain.Propose {
	return domain.Propose{
		Proposal: domain.ItemID(t.mint()), Method: domain.Consensus, Title: domain.Text(v["title"]), Text: domain.Text(v["text"]),
		Actor: t.chosenActor(v), Link: t.linkOf(v),
	}
}

// proposeForm is written in private: a draft is nobody else's business yet.
func proposeForm() form {
	return form{
		name: "propose", private: true,
		fields: []field{
			{key: "value", given: true, max: domain.MaxName, when: never},
			{key: "title", read: readTitle, ask: func(t *turn, _ values) Rich { return t.say("decision.ask_title") }},
			{
				key: "text", max: domain.MaxText, optional: true, read: readOptional,
				ask: func(t *turn, v values) Rich { return t.say("decision.ask_text", "title", v["title"]) },
			},
			{
				key: "link", typed: true,
				when: func(_ *turn, v values) bool { return !strings.HasPrefix(v["link"], charterLink) },
				ask: func(t *turn, _ values) Rich {
					for _, i := range slices.Backward(t.s.Issues) { // an example that exists
						if i.Fate == domain.FateOpen || i.Fate == domain.FatePrioritised {
							return t.say("decision.ask_link", "example", issueMark(i))
						}
					}
					return t.say("decision.ask_link_step")
				},
				choices: linkChoices,
				read: func(t *turn, _ values, text string) (string, *domain.Error) {
					if key, ok := strings.CutPrefix(text, charterLink); ok && settingFor(domain.CharterKey(key)).keys != nil {
						return text, nil
					}
					if link, ok := t.readLink(text); ok {
						return link, nil
					}
					return "", domain.Refuse(domain.NotFound, "link.unknown")
				},
			},
			actorField(func(t *turn, _ values) []*domain.Actor { return t.s.Represents(t.in.By) }),
		},
		confirm: "button.open_proposal",
		echo:    echoProposal,
		submit:  func(t *turn, v values) bool { return t.decide(t.proposal(v)) },
	}
}

// never leaves a field out of the questions.
func never(*turn, values) bool { return false }

// readOptional takes any readable text or nothing.
func readOptional(t *turn, v values, text string) (string, *domain.Error) {
	if text == "" {
		return "", nil
	}
	return readWords(t, v, text)
}

// linkChoices are nothing, the gate the cluster stands before, and the issues that can still be decided.
func linkChoices(t *turn, _ values) []choice {
	v := t.voice()
	out := []choice{{noLink, t.line("decision.no_link")}}
	for _, step := range domain.Steps() {
		if step.Gate && step.Stage == t.s.Stage() {
			out = append(out, choice{string(step.ID), v.clip(domain.Text(t.line("decision.step_choice", "step", string(step.ID), "name", t.line("step."+string(step.ID)))), 40)})
		}
	}
	for _, i := range v.alive() {
		if len(out) > maxButtons {
			break
		}
		out = append(out, choice{issueMark(i), v.clip(domain.Text(issueMark(i)+" "+shownText(t.in.Lang, i.Title)), 40)})
	}
	return out
}

// echoProposal shows what will be opened: the words, the rule, the close, and how many are asked.
func echoProposal(t *turn, v values) Rich {
	events, err := domain.Decide(t.s, t.in.At, t.by(), t.proposal(v))
	var refusal *domain.Error
	if errors.As(err, &refusal) {
		return append(t.say("decision.cannot"), t.voice().refusal(refusal)...)
	}
	for _, e := range events {
		opened, ok := e.(domain.ProposalOpened)
		if !ok {
			continue
		}
		body := t.say("decision.echo", "title", opened.Title)
		if opened.Text != "" {
			body = append(body, quoted(shownText(t.in.Lang, opened.Text))...)
		}
		if opened.Actor != "" {
			body = append(body, t.say("decision.proposer", "actor", t.voice().actor(opened.Actor))...)
		}
		body = append(body, t.voice().link(opened.Link)...)
		return append(body, t.say("decision.echo_terms", "electorate", len(opened.Electorate),
			"closes", t.voice().moment(opened.Closes), "rule", t.voice().rule(opened.Method, opened.Rules))...)
	}
	return nil
}

// quoted sets a person's words apart, line by line.
func quoted(text string) Rich {
	var spans []Span
	for _, line := range strings.Split(text, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if len(spans) > 0 {
			spans = append(spans, Span{Kind: BreakUp})
		}
		spans = append(spans, Span{Text: line})
	}
	return Rich{{Kind: Quote, Spans: spans}}
}

func answerProposalOpened(t *turn, commit domain.Commit, e domain.Event) {
	opened := e.(domain.ProposalOpened)
	p := t.s.Proposal(opened.Proposal)
	if p == nil {
		return
	}
	key := "decision.opened"
	if opened.Method == domain.Majority {
		key = "decision.opened_majority"
	}
	t.reply(Reply{
		To: ToPrivate, Instead: true,
		Body:    t.say(key, "number", opened.Number, "title", opened.Title, "closes", t.voice().moment(opened.Closes), "receipt", commit.Receipt),
		Buttons: [][]Button{{{Label: t.line(by(p, "button.take_position")), Data: commandData("/sikap", p.Number)}}},
	})
}
