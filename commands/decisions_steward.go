package commands

import (
	"fmt"

	"klaster/domain"
)

// proposalActs are the words behind /keputusan 7.
var proposalActs = map[string]func(t *turn, p *domain.Proposal, text string){
	"tutup": closeProposal, "close": closeProposal,
	"tarik": withdrawProposal, "withdraw": withdrawProposal,
	"kecualikan": waiveProposal, "waive": waiveProposal,
	"tunda": parkProposal, "park": parkProposal,
	"suara": majorityProposal, "majority": majorityProposal,
	"naskah": reviseProposal, "text": reviseProposal,
}

// proposalTap handles p:<number>:<what>: the details, and the confirmations of binding acts.
func proposalTap(t *turn, args []string) {
	if len(args) != 2 {
		t.old()
		return
	}
	n, ok := numbered(args[0], "")
	p := t.s.ProposalNumbered(n)
	if !ok || p == nil {
		t.old()
		return
	}
	switch args[1] {
	case "details":
		t.showDecision(p, ToPrivate)
	case "close":
		t.decide(domain.CloseItem{Item: p.ID})
	case "waive":
		if t.decide(domain.WaiveCoverage{Item: p.ID}) && len(t.out.Events) == 0 {
			t.toast("decision.waived_already", "number", p.Number)
		}
	case "majority":
		t.decide(t.majority(p))
	case "no":
		if t.in.Private || t.guides() {
			t.reply(Reply{Body: t.say("decision.let_be", "name", t.voice().heading(p)), Instead: true})
		}
	default:
		t.old()
	}
}

// confirm shows a binding act on a proposal; it goes to the person who asked.
func (t *turn) confirm(p *domain.Proposal, body Rich, label, what string) {
	mark := fmt.Sprintf("p:%d:", p.Number)
	t.askConsent(body, Button{Label: t.line(label), Data: mark + what, Style: StylePrimary}, mark+"no")
}

// askConsent shows a binding act, the button that does it, and one that lets it be.
func (t *turn) askConsent(body Rich, yes Button, no string) {
	to := t.confirmPlace()
	if to == ToPrivate {
		t.sayMoved()
	}
	t.reply(Reply{To: to, Body: body, Buttons: [][]Button{{yes, {Label: t.line("button.cancel"), Data: no}}}})
}

// confirmPlace is the private chat, except for an admin of the group who is a steward by that alone: elsewhere the
// platform cannot be asked.
func (t *turn) confirmPlace() To {
	if t.in.ChatAdmin == Yes && !t.s.IsSteward(t.in.By) && !t.s.Facilitates(t.in.By) {
		return ToChat
	}
	return ToPrivate
}

func closeProposal(t *turn, p *domain.Proposal, _ string) {
	if _, allowed := t.preview(domain.CloseItem{Item: p.ID}); !allowed {
		return
	}
	v := t.voice()
	outcome, contested := p.Standing()
	key, args := "decision.ask_close", []any{"name", v.heading(p), "line", v.castLine(p), "counts", v.counts(p.Method, p.Now().Count)}
	body := t.say(key, args...)
	if outcome == domain.Contested {
		body = append(body, t.say("decision.standing_contested", "roles", v.groups(contested))...)
	} else {
		body = append(body, t.say("decision.standing", "outcome", v.outcome(p, p.Now(), outcome))...)
	}
	t.confirm(p, body, "button.close_yes", "close")
}

func waiveProposal(t *turn, p *domain.Proposal, _ string) {
	if events, allowed := t.preview(domain.WaiveCoverage{Item: p.ID}); !allowed {
		return
	} else if len(events) == 0 {
		t.toast("decision.waived_already", "number", p.Number)
		return
	}
	v := t.voice()
	t.confirm(p, t.say("decision.ask_waive", "name", v.heading(p), "roles", v.groups(p.Uncovered())), "button.waive_yes", "waive")
}

// majority is the vote that follows a failed consensus; the rules copy the text.
func (t *turn) majority(p *domain.Proposal) domain.Propose {
	return domain.Propose{Proposal: domain.ItemID(t.mint()), Method: domain.Majority, Title: p.Title, Text: p.Now().Text, Actor: t.chosenActor(nil), Link: domain.Link{After: p.ID}}
}

func majorityProposal(t *turn, p *domain.Proposal, _ string) {
	events, allowed := t.preview(t.majority(p))
	if !allowed {
		return
	}
	v := t.voice()
	for _, e := range events {
		if opened, ok := e.(domain.ProposalOpened); ok {
			t.confirm(p, t.say("decision.ask_majority", "name", v.heading(p), "electorate", len(opened.Electorate),
				"closes", v.moment(opened.Closes), "rule", v.rule(opened.Method, opened.Rules)), "button.majority_yes", "majority")
		}
	}
}

// mark is a proposal and its version as a form carries them.
func proposalMark(p *domain.Proposal) string { return fmt.Sprintf("%d.%d", p.Number, len(p.Versions)) }

func withdrawProposal(t *turn, p *domain.Proposal, reason string) {
	if _, allowed := t.preview(domain.WithdrawItem{Item: p.ID}); allowed {
		t.beginReasoned("withdraw", p, reason, "tarik")
	}
}

func parkProposal(t *turn, p *domain.Proposal, reason string) {
	if events, allowed := t.preview(domain.ParkItem{Item: p.ID}); !allowed {
		return
	} else if len(events) == 0 {
		t.toast("decision.parked_already", "number", p.Number)
		return
	}
	t.beginReasoned("park", p, reason, "tunda")
}

func (t *turn) beginReasoned(name string, p *domain.Proposal, reason, word string) {
	known := values{"proposal": proposalMark(p)}
	if reason != "" {
		known["reason"] = reason
	}
	t.begin(name, known, fmt.Sprintf("/keputusan %d %s", p.Number, word))
}

func withdrawForm() form {
	f := reasonedForm("withdraw", "button.withdraw_yes", func(p *domain.Proposal, reason domain.Text) domain.Command {
		return domain.WithdrawItem{Item: p.ID, Reason: reason}
	})
	f.danger = true
	return f
}

func parkForm() form {
	return reasonedForm("park", "button.park_yes", func(p *domain.Proposal, reason domain.Text) domain.Command {
		return domain.ParkItem{Item: p.ID, Reason: reason}
	})
}

// reasonedForm asks why, shows the act once more, and does it; where it was asked, because the group will read the
// reason anyway.
func reasonedForm(name, confirm string, act func(p *domain.Proposal, reason domain.Text) domain.Command) form {
	return form{
		name: name,
		fields: []field{
			{key: "proposal", given: true, when: never},
			{
				key: "reason", max: domain.MaxReason, read: readSentence,
				ask: func(t *turn, v values) Rich {
					p, _ := t.proposalIn(v)
					return t.say("decision.ask_"+name, "name", t.voice().heading(p))
				},
			},
		},
		confirm: confirm,
		echo: func(t *turn, v values) Rich {
			p, _ := t.proposalIn(v)
			return t.say("decision.echo_"+name, "name", t.voice().heading(p), "reason", v["reason"])
		},
		submit: func(t *turn, v values) bool {
			p, _ := t.proposalIn(v)
			return t.decide(act(p, domain.Text(v["reason"])))
		},
	}
}

func reviseProposal(t *turn, p *domain.Proposal, text string) {
	// A marker stands for the text to come: whether the person may, and whether it is the time, is asked first.
	if _, allowed := t.preview(domain.ReviseText{Proposal: p.ID, Text: domain.Text(t.mint())}); !allowed {
		return
	}
	known := values{"proposal": proposalMark(p)}
	if text != "" {
		known["text"] = text
	}
	t.begin("revise", known, fmt.Sprintf("/keputusan %d naskah", p.Number))
}

// reviseForm asks for the next version of a text, with the words of those who blocked or objected in front.
func reviseForm() form {
	return form{
		name: "revise", private: true,
		fields: []field{
			{key: "proposal", given: true, when: never},
			{
				key: "text", max: domain.MaxText, read: readWords,
				ask: func(t *turn, v values) Rich {
					p, _ := t.proposalIn(v)
					voice := t.voice()
					body := t.say("decision.ask_revise", "name", voice.heading(p))
					body = append(body, voice.voices(p, p.Now())...)
					if wording := voice.wording(p, domain.MaxText); wording != nil {
						body = append(append(body, t.say("decision.present_text")...), wording...)
					}
					return append(body, t.say("decision.ask_revise_end")...)
				},
			},
		},
		confirm: "button.revise_yes",
		echo: func(t *turn, v values) Rich {
			p, _ := t.proposalIn(v)
			body := append(t.say("decision.echo_revise", "name", t.voice().heading(p), "version", len(p.Versions)+1), quoted(v["text"])...)
			return append(body, t.say("decision.echo_revise_terms")...)
		},
		submit: func(t *turn, v values) bool {
			p, current := t.proposalIn(v)
			if !current {
				t.toast("decision.old_text", "number", p.Number)
				return true
			}
			return t.decide(domain.ReviseText{Proposal: p.ID, Text: domain.Text(v["text"])})
		},
	}
}

func answerTextRevised(t *turn, commit domain.Commit, e domain.Event) {
	revised := e.(domain.TextRevised)
	if p := t.s.Proposal(revised.Proposal); p != nil {
		t.reply(Reply{To: ToPrivate, Instead: true, Body: t.say("decision.revised", "name", t.voice().heading(p), "version", revised.Version,
			"closes", t.voice().moment(revised.Closes), "receipt", commit.Receipt)})
	}
}

func answerCoverageWaived(t *turn, commit domain.Commit, e domain.Event) {
	if p := t.s.Proposal(e.(domain.CoverageWaived).Item); p != nil {
		t.reply(Reply{Instead: true, Body: t.say("decision.waived", "name", t.voice().heading(p), "receipt", commit.Receipt)})
	}
}

func answerProposalClosed(t *turn, commit domain.Commit, e domain.Event) {
	closed := e.(domain.ProposalClosed)
	if p := t.s.Proposal(closed.Proposal); p != nil {
		t.reply(Reply{Instead: true, Body: t.say("decision.closed", "name", t.voice().heading(p), "outcome", t.voice().ended(p, p.Now(), closed.Outcome), "receipt", commit.Receipt)})
	}
}

// answerItemEnded words the withdrawal and the parking of rounds and proposals.
func answerItemEnded(key string) answer {
	return func(t *turn, commit domain.Commit, e domain.Event) {
		var id domain.ItemID
		switch e := e.(type) {
		case domain.ItemWithdrawn:
			id = e.Item
		case domain.ItemParked:
			id = e.Item
		}
		name := t.line("scoring.name", "round", t.voice().numberOf(id))
		if p := t.s.Proposal(id); p != nil {
			name = t.voice().heading(p)
		}
		t.reply(Reply{Instead: true, Body: t.say(key, "name", name, "receipt", commit.Receipt)})
	}
}
