package commands

import (
	"klaster/domain"
)

// listPositions shows, in private, what waits for the person's organisations and what they have said.
func (t *turn) listPositions() {
	v := t.voice()
	body := t.say("decision.my_positions")
	var buttons []Button
	for _, p := range t.s.Proposals {
		if !p.Phase.Running() {
			continue
		}
		for _, a := range electors(t.s, t.in.By, p) {
			body = append(body, Block{Kind: Item, Spans: t.say("decision.my_line", "number", p.Number, "title", v.clip(p.Title, maxHeading),
				"closes", v.moment(p.Now().Closes), "actor", v.actor(a.ID), "position", v.standing(p, a.ID))[0].Spans})
		}
		if len(electors(t.s, t.in.By, p)) > 0 && len(buttons) < maxButtons {
			buttons = append(buttons, Button{Label: t.line("button.number", "number", p.Number), Data: commandData("/sikap", p.Number)})
		}
	}
	if r := t.s.OpenRound(); r != nil && len(t.scorers(r)) > 0 {
		for _, a := range t.scorers(r) {
			done := 0
			for _, id := range r.Issues {
				if scored(r, id, a.ID) {
					done++
				}
			}
			body = append(body, Block{Kind: Item, Spans: t.say("decision.my_scores", "number", r.Number, "closes", v.moment(r.Closes), "actor", v.actor(a.ID), "done", done, "n", len(r.Issues))[0].Spans})
		}
		buttons = append(buttons, Button{Label: t.line("button.score"), Data: "c:/prioritas"})
	}
	if len(body) == 1 && len(t.s.Represents(t.in.By)) == 0 {
		t.invite("vote.not_member")
		return
	}
	if len(body) == 1 {
		body = append(body, t.say("decision.nothing_open")...)
	}
	t.reply(Reply{To: ToPrivate, Body: body, Buttons: rows(3, buttons...)})
}

// standing is what an actor has said so far.
func (v voice) standing(p *domain.Proposal, a domain.ActorID) string {
	if b, ok := p.Now().Ballot(a); ok {
		return v.position(p.Method, b.Position)
	}
	return v.line(by(p, "decision.nothing_said"))
}

// showBallot shows one proposal to a representative, in private: the text, what was said, and every position with what
// it means. hint is the key of a sentence in front, or empty.
func (t *turn) showBallot(p *domain.Proposal, hint string) {
	v := t.voice()
	mine := electors(t.s, t.in.By, p)
	if !p.Phase.Running() || len(mine) == 0 {
		t.takePosition(p, domain.Agree, "") // refused in the words of the rules
		return
	}
	var body Rich
	if hint != "" {
		body = t.say(hint)
	}
	body = append(body, t.say("decision.ballot", "name", v.heading(p), "closes", v.moment(p.Now().Closes))...)
	body = append(body, v.wording(p, maxOnBoard)...)
	for _, a := range mine {
		line := t.say("decision.ballot_line", "actor", v.actor(a.ID), "position", v.standing(p, a.ID))
		if b, _ := p.Now().Ballot(a.ID); b.Reason != "" {
			line = append(line, quoted(shownText(t.in.Lang, b.Reason))...)
		}
		body = append(body, line...)
	}
	body = append(body, v.helpers(p.Method)...)
	t.reply(Reply{To: ToPrivate, Body: body, Buttons: rows(2, append(v.positionButtons(p, ""), v.detailsButton(p))...)})
}

// helpers explain the positions that are not plain words.
func (v voice) helpers(m domain.Method) Rich {
	if m == domain.Majority {
		return v.say("decision.helpers_majority")
	}
	return v.say("decision.helpers")
}

// waiting is one thing that needs a person now, with the button that does it.
type waiting struct {
	line   Rich
	button Button
}

// waitingFor lists what needs the person: proposals without its organisations' position, issues without their scores,
// and texts that the person is to revise.
func waitingFor(v voice, person domain.PersonID) []waiting {
	var out []waiting
	for _, p := range v.s.Proposals {
		switch {
		case p.Phase.Running():
			var silent []domain.ActorID
			for _, a := range electors(v.s, person, p) {
				if _, said := p.Now().Ballot(a.ID); !said {
					silent = append(silent, a.ID)
				}
			}
			if len(silent) > 0 {
				out = append(out, waiting{
					v.say(by(p, "waiting.position"), "name", v.heading(p), "closes", v.moment(p.Now().Closes), "actors", v.actors(silent)),
					Button{Label: v.line("button.number", "number", p.Number), Data: commandData("/sikap", p.Number)},
				})
			}
		case p.Phase == domain.Integration && (p.By == person || v.s.Facilitates(person)):
			out = append(out, waiting{
				v.say("waiting.revise", "name", v.heading(p)),
				Button{Label: v.line("button.revise"), Data: commandData("/keputusan", p.Number, "naskah")},
			})
		}
	}
	if r := v.s.OpenRound(); r != nil {
		for _, a := range v.s.Electors(person, r.VoterRoles) {
			left := 0
			for _, id := range r.Issues {
				if !scored(r, id, a.ID) {
					left++
				}
			}
			if left > 0 {
				out = append(out, waiting{
					v.say("waiting.scores", "number", r.Number, "closes", v.moment(r.Closes), "actor", v.actor(a.ID), "left", left),
					Button{Label: v.line("button.score"), Data: "c:/prioritas"},
				})
			}
		}
	}
	return out
}
