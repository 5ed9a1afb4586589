package commands

import (
	"strconv"
	"strings"

	"klaster/commands/phrase"
	"klaster/domain"
)

// runDecisions lists proposals, shows one, or acts on one: /keputusan 7 tutup.
func runDecisions(t *turn, rest string) {
	words := strings.Fields(rest)
	if len(words) == 0 {
		t.listDecisions()
		return
	}
	if r := t.voice().roundNumbered(words[0]); r != nil {
		t.onRound(r, words[1:])
		return
	}
	t.withProposal(words[0], func(p *domain.Proposal) {
		if len(words) == 1 {
			t.showDecision(p, ToChat)
			return
		}
		act, ok := proposalActs[strings.ToLower(words[1])]
		if !ok {
			t.tell("decision.act_unknown", "number", p.Number)
			return
		}
		_, text, _ := strings.Cut(strings.TrimSpace(rest), words[1])
		act(t, p, strings.TrimSpace(text))
	})
}

// onRound shows a scoring round, or does with it what can be done; what is done with proposals only is not passed over in
// silence.
func (t *turn) onRound(r *domain.Round, words []string) {
	if len(words) == 0 {
		t.showRound(r)
		return
	}
	if act, ok := roundActs[strings.ToLower(words[0])]; ok && r.Phase.Running() {
		act(t, r)
		return
	}
	body := t.say("scoring.no_proposal", "number", r.Number)
	var open []Button
	for _, p := range t.s.Proposals {
		if p.Phase.Running() && len(open) < maxButtons {
			body = append(body, Block{Kind: Item, Spans: []Span{{Text: t.voice().heading(p)}}})
			open = append(open, Button{Label: t.line("button.number", "number", p.Number), Data: commandData("/keputusan", p.Number)})
		}
	}
	if len(open) == 0 {
		body = append(body, t.say("decision.nothing_open")...)
	}
	t.reply(Reply{Body: body, Buttons: rows(3, open...)})
}

// showRound shows a scoring round by its number: rounds and proposals share one counter.
func (t *turn) showRound(r *domain.Round) {
	switch {
	case r.Phase.Running():
		t.reply(Reply{Body: t.voice().roundBody(r), Buttons: [][]Button{{{Label: t.line("button.score"), Private: "/prioritas"}}}})
	case r.Phase == domain.Ended:
		t.reply(Reply{Body: t.voice().ranking(r)})
	default:
		t.tell("scoring.board_withdrawn", "round", r.Number)
	}
}

// shelf is where a proposal stands in the list.
func shelf(p *domain.Proposal) string {
	switch {
	case p.Phase.Running() || p.Phase == domain.Integration:
		return "open"
	case p.Phase == domain.Ended && p.Result().Adopted():
		return "adopted"
	}
	return "other"
}

func (t *turn) listDecisions() {
	if len(t.s.Proposals) == 0 {
		t.reply(Reply{Body: t.say("decision.none"), Buttons: [][]Button{{{Label: t.line("button.new_proposal"), Private: "/usulan"}}}})
		return
	}
	v := t.voice()
	var body Rich
	var buttons []Button
	listed := 0
	for _, name := range []string{"open", "adopted", "other"} {
		var lines Rich
		for i := len(t.s.Proposals) - 1; i >= 0; i-- {
			p := t.s.Proposals[i]
			if shelf(p) != name || listed == maxListed {
				continue
			}
			listed++
			lines = append(lines, Block{Kind: Item, Spans: []Span{{Text: v.heading(p) + ": " + inText(v.process(p))}}})
			if len(buttons) < maxButtons {
				buttons = append(buttons, Button{Label: t.line("button.number", "number", p.Number), Data: commandData("/keputusan", p.Number)})
			}
		}
		if len(lines) > 0 {
			body = append(append(body, t.say("decision.shelf."+name)...), lines...)
		}
	}
	if rest := len(t.s.Proposals) - listed; rest > 0 {
		body = append(body, t.say("item.more", "n", rest)...)
	}
	t.reply(Reply{Body: body, Buttons: append(rows(3, buttons...), []Button{{Label: t.line("button.new_proposal"), Private: "/usulan"}})})
}

// showDecision shows everything there is about a proposal.
func (t *turn) showDecision(p *domain.Proposal, to To) {
	v := t.voice()
	version := p.Now()
	body := t.say("decision.show", "name", v.heading(p), "process", v.process(p), "method", v.line("method."+string(p.Method)))
	if p.Phase.Running() {
		body = underneath(body, t.say("decision.show_closes", "closes", v.moment(version.Closes)))
	} else if !p.EndedAt.IsZero() {
		body = underneath(body, t.say("decision.show_ended", "date", phrase.FormatDate(p.EndedAt.In(t.s.Location()), t.in.Lang)))
	}
	if p.Actor != "" {
		body = append(body, t.say("decision.proposer", "actor", v.actor(p.Actor))...)
	}
	if p.EndedAt.IsZero() {
		body = append(body, v.link(p.Link)...)
	}
	if p.Method == domain.Majority {
		body = append(body, t.say("board.majority", "after", v.numberOf(p.Link.After))...)
	}
	for n, old := range p.Versions[:len(p.Versions)-1] {
		body = append(body, t.say("decision.old_version", "version", n+1, "outcome", v.ended(p, old, old.Outcome), "counts", v.counts(p.Method, old.Count))...)
		body = append(body, v.wordingOf(p, old, maxOnBoard)...)
		body = append(body, v.voices(p, old)...)
	}
	if len(p.Versions) > 1 {
		body = append(body, t.say("decision.version", "version", len(p.Versions))...)
	}
	body = append(body, v.wording(p, domain.MaxText)...)
	body = append(body, v.say("board.cast", "line", v.castLine(p), "counts", v.counts(p.Method, version.Count))...)
	if p.Phase.Running() {
		body = append(body, t.say(by(p, "decision.helpers"))...)
	} else {
		body = append(body, v.whyNot(p, version)...)
	}
	body = append(body, v.whoSaidWhat(p, version)...)
	body = append(body, v.byRole(version)...)
	body = append(body, v.notes(p, version)...)
	body = append(body, t.say("board.rule", "rule", v.rule(p.Method, p.Rules))...)
	body = append(body, t.say("decision.receipts")...)
	t.reply(Reply{To: to, Body: body, Buttons: t.decisionButtons(p)})
}

// whoSaidWhat names the actors by position, with their reasons, and those who have said nothing.
func (v voice) whoSaidWhat(p *domain.Proposal, version *domain.Version) Rich {
	var out Rich
	for _, position := range domain.Positions(p.Method) {
		var plain []domain.ActorID
		var worded Rich
		for _, voter := range version.Electorate {
			b, ok := voter.Ballot()
			switch {
			case !ok || b.Position != position:
			case b.Reason == "":
				plain = append(plain, voter.Actor)
			default:
				worded = append(worded, v.say("result.voice."+string(position), "actor", v.actor(voter.Actor), "reason", b.Reason)...)
			}
		}
		if len(plain) > 0 {
			out = append(out, v.say("decision.who", "position", v.position(p.Method, position), "n", len(plain), "actors", v.actors(first(plain, 2*maxListed)))...)
		}
		out = append(out, worded...)
	}
	if silent := version.Missing(); len(silent) > 0 {
		out = append(out, v.say(by(p, "decision.who_silent"), "n", len(silent), "actors", v.actors(first(silent, 2*maxListed)))...)
	}
	return out
}

// byRole shows agreement role by role.
func (v voice) byRole(version *domain.Version) Rich {
	var out Rich
	for _, g := range domain.Groups() {
		if c := version.Role(g); c.Electorate > 0 {
			out = append(out, Block{Kind: Item, Spans: v.say("decision.role_line", "role", v.group(g), "cast", c.Cast(), "electorate", c.Electorate, "agree", c.Agree, "against", c.Object+c.Block)[0].Spans})
		}
	}
	if len(out) > 0 {
		out = append(v.say("decision.by_role"), out...)
	}
	return out
}

// notes says what happened to the item on the way, and what followed from it.
func (v voice) notes(p *domain.Proposal, version *domain.Version) Rich {
	var out Rich
	for _, why := range version.Extensions {
		out = append(out, v.say("decision.note_"+why)...)
	}
	if version.Waived {
		out = append(out, v.say("decision.note_waived")...)
	}
	if p.Reason != "" {
		out = append(out, v.say("withdrawn.reason", "reason", p.Reason)...)
	}
	if p.Phase == domain.Ended && p.Result().Adopted() {
		out = append(out, v.effect(p)...)
	}
	if follow := v.s.Proposal(p.Follow); follow != nil {
		out = append(out, v.say("decision.followed", "number", follow.Number)...)
	}
	return out
}

// decisionButtons are what the person can do with a proposal now.
func (t *turn) decisionButtons(p *domain.Proposal) [][]Button {
	act := func(key, word string) Button {
		return Button{Label: t.line(key), Data: commandData("/keputusan", p.Number, word)}
	}
	steward := t.s.IsSteward(t.in.By)
	guides := steward || t.s.Facilitates(t.in.By)
	mine := p.By == t.in.By
	var out []Button
	switch {
	case p.Phase.Running():
		out = append(out, Button{Label: t.line(by(p, "button.take_position")), Private: "/sikap " + strconv.Itoa(p.Number)})
		if steward && p.Valid() {
			out = append(out, act("button.close_now", "tutup"))
		}
		if t.s.Facilitates(t.in.By) && len(p.Uncovered()) > 0 && !p.Now().Waived && p.Phase == domain.Extended {
			out = append(out, act("button.waive", "kecualikan"))
		}
		if steward || mine {
			out = append(out, act("button.withdraw", "tarik"))
		}
	case p.Phase == domain.Integration:
		if guides || mine {
			out = append(out, act("button.revise", "naskah"))
		}
		if guides {
			out = append(out, act("button.park", "tunda"))
		}
		if steward || mine {
			out = append(out, act("button.withdraw", "tarik"))
		}
	case p.Phase == domain.Ended && p.Method == domain.Consensus && p.Result() == domain.NotReached && guides:
		if steward && p.Follow == "" {
			out = append(out, act("button.majority", "suara"))
		}
		out = append(out, act("button.park", "tunda"))
	}
	return rows(2, out...)
}
