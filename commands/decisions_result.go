package commands

import (
	"fmt"
	"strconv"
	"strings"

	"klaster/domain"
)

// noticeResult tells how a round of a proposal ended, whose words go with it, what it has changed, and what comes next.
func noticeResult(v voice, n domain.Notice, _ LangOf) []Card {
	p := v.s.Proposal(n.Item)
	if p == nil || n.Version < 0 || n.Version >= len(p.Versions) {
		return nil
	}
	version := p.Versions[n.Version]
	body := v.result(p, version)
	buttons := []Button{v.detailsButton(p)}
	switch integration := version.Outcome == domain.Contested || version.Outcome == domain.Blocked; {
	case version.Outcome.Adopted() && p.Link.Step != "":
		buttons = append(buttons, Button{Label: v.line("button.steps"), Data: "c:/langkah"})
	case integration && (p.Phase == domain.Integration || n.Version < len(p.Versions)-1):
		body = append(body, v.say("result.integration", "left", p.RoundsLeft())...)
		buttons = append(buttons, Button{Label: v.line("button.revise"), Private: fmt.Sprintf("/keputusan %d naskah", p.Number)})
	case version.Outcome == domain.NotReached || integration:
		if integration {
			body = append(body, v.say("result.rounds_over")...)
		}
		body = append(body, v.say("result.not_reached_next", "number", p.Number)...)
		buttons = append(buttons,
			Button{Label: v.line("button.majority"), Data: commandData("/keputusan", p.Number, "suara")},
			Button{Label: v.line("button.park"), Data: commandData("/keputusan", p.Number, "tunda")})
	case version.Outcome == domain.Lapsed:
		body = append(body, v.say("result.lapsed_next")...)
	case version.Outcome == domain.NoMajority:
		body = append(body, v.say("result.no_majority_next")...)
	}
	body = append(body, v.say("result.more", "number", p.Number)...)
	return []Card{{
		Key: fmt.Sprintf("result/%d/%d", p.Number, n.Version+1), Kind: Notice, Class: Deadline, At: n.At, Tone: toneOf(version.Outcome),
		Body: body, Buttons: rows(2, buttons...),
	}}
}

// toneOf keeps the colour of success for what was adopted.
func toneOf(o domain.Outcome) Tone {
	if o.Adopted() {
		return ToneResult
	}
	return ToneNotice
}

// result is the outcome of a version in words: numbers, the words of those who did not agree, what it has changed.
func (v voice) result(p *domain.Proposal, version *domain.Version) Rich {
	body := v.say("result.headline", "name", v.heading(p), "outcome", v.ended(p, version, version.Outcome))
	numbers := []any{"cast", version.Count.Cast(), "electorate", version.Count.Electorate, "counts", v.counts(p.Method, version.Count)}
	if p.Method == domain.Consensus {
		body = append(body, v.say("result.numbers", append(numbers, "coverage", v.coverage(version))...)...)
	} else {
		body = append(body, v.say("result.numbers_majority", numbers...)...)
	}
	if p.Method == domain.Majority {
		body = append(body, v.say("result.majority_label")...)
	}
	body = append(body, v.whyNot(p, version)...)
	body = append(body, v.voices(p, version)...)
	if version.Outcome.Adopted() {
		body = append(body, v.effect(p)...)
	}
	return body
}

// whyNot names the rules that a version which was not adopted has failed; what the outcome's name says by itself is left
// to it.
func (v voice) whyNot(p *domain.Proposal, version *domain.Version) Rich {
	c := version.Count
	var why []string
	switch version.Outcome {
	case domain.NotReached, domain.Contested:
		if c.Agree == 0 {
			why = append(why, v.line("result.why_nobody"))
		} else if 100*c.Agree < p.Rules.Agreement*(c.Agree+c.Object) {
			why = append(why, v.line("result.why_share", "agree", c.Agree, "n", c.Agree+c.Object, "share", v.share(p.Rules.Agreement)))
		}
		var against []domain.Group
		for _, g := range domain.Groups() {
			if of := version.Role(g); of.Agree+of.Object >= 2 && of.Object > of.Agree {
				against = append(against, g)
			}
		}
		if len(against) > 0 {
			why = append(why, v.line("result.why_roles", "roles", v.groups(against)))
		}
	case domain.Blocked:
		why = append(why, v.line("result.why_blocked", "n", c.Block))
	case domain.NoMajority:
		why = append(why, v.line("result.why_majority", "agree", c.Agree, "n", c.Cast()))
	case domain.Lapsed:
		if need := p.QuorumSize(); c.Cast() < need {
			why = append(why, v.line("result.why_quorum", "cast", c.Cast(), "need", need))
		}
		if missing := p.Uncovered(); len(missing) > 0 && !version.Waived {
			why = append(why, v.line("result.why_coverage", "roles", v.groups(missing)))
		}
	}
	if len(why) == 0 {
		return nil
	}
	return v.say("result.why", "reasons", strings.Join(why, "; "))
}

// coverage says which roles were heard.
func (v voice) coverage(version *domain.Version) string {
	var missing []domain.Group
	for _, g := range domain.Groups() {
		if c := version.Role(g); c.Electorate > 0 && c.Cast() == 0 {
			missing = append(missing, g)
		}
	}
	switch {
	case len(missing) == 0:
		return v.line("result.covered")
	case version.Waived:
		return v.line("result.waived", "roles", v.groups(missing))
	}
	return v.line("result.uncovered", "roles", v.groups(missing))
}

// voices quotes those who blocked, objected or agreed with a note, in that order: what has to be solved comes first.
func (v voice) voices(p *domain.Proposal, version *domain.Version) Rich {
	var out Rich
	for _, position := range []domain.Position{domain.Block, domain.Object, domain.AgreeWithNote} {
		for _, voter := range version.Electorate {
			b, ok := voter.Ballot()
			if !ok || b.Position != position || b.Reason == "" {
				continue
			}
			out = append(out, v.say("result.voice."+string(position), "actor", v.actor(voter.Actor), "reason", b.Reason)...)
		}
	}
	return out
}

// effect says what the decision has changed by itself.
func (v voice) effect(p *domain.Proposal) Rich {
	l := p.Link
	switch {
	case l.Step != "":
		return v.say("result.step", "step", string(l.Step))
	case l.Charter != "":
		row := settingFor(l.Charter)
		return v.say("result.charter", "setting", row.label(v), "value", row.show(v, l.Value))
	case l.Issue != "":
		if i := v.s.Issue(l.Issue); i != nil {
			return v.say("result.issue", "issue", issueMark(i), "title", i.Title)
		}
	}
	return v.say("result.unlinked")
}

// noticeExtended tells that a close was moved, and why.
func noticeExtended(v voice, n domain.Notice, _ LangOf) []Card {
	card := Card{Key: fmt.Sprintf("extended/%d/%d", n.Commit, n.Seq), Kind: Notice, Class: Deadline, At: n.At, Tone: ToneNotice}
	if r := v.s.Round(n.Item); r != nil {
		card.Body = v.say("extended.round", "number", r.Number, "closes", v.moment(r.Closes))
		card.Buttons = [][]Button{{{Label: v.line("button.score"), Private: "/prioritas"}, {Label: v.line("button.who_is_missing"), Data: commandData("/kuorum", r.Number)}}}
		return []Card{card}
	}
	p := v.s.Proposal(n.Item)
	if p == nil || n.Version < 0 || n.Version >= len(p.Versions) {
		return nil
	}
	version := p.Versions[n.Version]
	args := []any{"number", p.Number, "closes", v.moment(version.Closes)}
	missing := p.Uncovered()
	switch need := p.QuorumSize() - version.Count.Cast(); {
	case n.Why == domain.LateObjection:
		card.Body = v.say("extended.late", args...)
	case need > 0 && len(missing) > 0:
		card.Body = v.say("extended.both", append(args, "need", need, "roles", v.groups(missing))...)
	case len(missing) > 0:
		card.Body = v.say("extended.coverage", append(args, "roles", v.groups(missing))...)
	default:
		card.Body = v.say(by(p, "extended.quorum"), append(args, "need", max(need, 1))...)
	}
	card.Buttons = [][]Button{{
		{Label: v.line(by(p, "button.take_position")), Private: "/sikap " + strconv.Itoa(p.Number)},
		{Label: v.line("button.who_is_missing"), Data: commandData("/kuorum", p.Number)},
	}}
	return []Card{card}
}

// noticeWithdrawn tells that an item ended without a result.
func noticeWithdrawn(v voice, n domain.Notice, _ LangOf) []Card {
	card := Card{Key: fmt.Sprintf("withdrawn/%d/%d", n.Commit, n.Seq), Kind: Notice, Class: Deadline, At: n.At, Tone: ToneNotice}
	if r := v.s.Round(n.Item); r != nil {
		card.Body = v.say("withdrawn.round", "number", r.Number)
		return []Card{card}
	}
	p := v.s.Proposal(n.Item)
	if p == nil {
		return nil
	}
	card.Body = v.say("withdrawn.proposal", "name", v.heading(p))
	if p.Reason != "" {
		card.Body = append(card.Body, v.say("withdrawn.reason", "reason", p.Reason)...)
	}
	return []Card{card}
}
