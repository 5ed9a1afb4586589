package commands

import (
	"errors"
	"fmt"
	"strings"

	"klaster/domain"
)

// commandData is the button of a command on an item.
func commandData(name string, number int, more ...string) string {
	return strings.TrimSpace(fmt.Sprintf("c:%s %d %s", name, number, strings.Join(more, " ")))
}

// saidPositions are the words for positions as people type them; longer ones first.
var saidPositions = []struct {
	words    string
	position domain.Position
}{
	{"setuju dengan catatan", domain.AgreeWithNote}, {"setuju + catatan", domain.AgreeWithNote}, {"agree with a note", domain.AgreeWithNote},
	{"tidak setuju", domain.Object}, {"catatan", domain.AgreeWithNote}, {"note", domain.AgreeWithNote},
	{"setuju", domain.Agree}, {"agree", domain.Agree}, {"abstain", domain.Abstain},
	{"keberatan", domain.Object}, {"object", domain.Object}, {"disagree", domain.Object},
	{"menolak", domain.Block}, {"tolak", domain.Block}, {"block", domain.Block},
}

// saidPosition reads a position and leaves the reason behind it.
func saidPosition(m domain.Method, text string) (position domain.Position, reason string, ok bool) {
	for _, said := range saidPositions {
		if rest, ok := cutWords(text, said.words); ok {
			if m == domain.Majority && said.position == domain.Block {
				said.position = domain.Object
			}
			return said.position, strings.TrimLeft(rest, ":-, "), true
		}
	}
	return "", "", false
}

// runVote lists what waits for the person's organisations, shows one proposal, or takes a position.
func runVote(t *turn, rest string) {
	first, more, _ := strings.Cut(strings.TrimSpace(rest), " ")
	if first == "" {
		t.listPositions()
		return
	}
	if _, ok := numbered(first, ""); !ok {
		if p := t.onlyOpen(); p != nil { // "/sikap setuju" where one proposal is open
			t.sayPosition(p, rest)
			return
		}
		t.listPositions()
		return
	}
	t.withProposal(first, func(p *domain.Proposal) { t.sayPosition(p, strings.TrimSpace(more)) })
}

func (t *turn) onlyOpen() *domain.Proposal {
	var only *domain.Proposal
	for _, p := range t.s.Proposals {
		if p.Phase.Running() {
			if only != nil {
				return nil
			}
			only = p
		}
	}
	return only
}

func (t *turn) sayPosition(p *domain.Proposal, text string) {
	if text == "" {
		t.showBallot(p, "")
		return
	}
	position, reason, ok := saidPosition(p.Method, text)
	if !ok {
		t.showBallot(p, "decision.position_unknown")
		return
	}
	switch {
	case reason == "":
		t.takePosition(p, position, "")
	case position.NeedsReason(p.Method):
		t.beginPosition(p, position, "", reason)
	default: // "setuju asal harganya tetap" is not the same as "setuju"
		t.showBallot(p, "decision.reason_unused")
	}
}

// electors are the person's organisations in the electorate of the version in force.
func electors(s *domain.State, person domain.PersonID, p *domain.Proposal) []*domain.Actor {
	return s.Electors(person, p.Now().VoterRoles)
}

// positionTap handles v:<number>:<version>:<letter>[:<actor>], the path of every vote.
func positionTap(t *turn, args []string) {
	if len(args) != 3 && len(args) != 4 {
		t.old()
		return
	}
	n, ok := numbered(args[0], "")
	p := t.s.ProposalNumbered(n)
	position, known := positionOf(p, args[2])
	if !ok || p == nil || !known {
		t.old()
		return
	}
	if version, ok := numbered(args[1], ""); !ok || version != len(p.Versions) {
		t.toast("decision.old_text", "number", p.Number)
		return
	}
	var actor domain.ActorID
	if len(args) == 4 {
		actor = domain.ActorID(args[3])
		mine := false
		for _, a := range electors(t.s, t.in.By, p) {
			mine = mine || a.ID == actor
		}
		if !mine {
			t.old()
			return
		}
	}
	t.takePosition(p, position, actor)
}

func positionOf(p *domain.Proposal, letter string) (domain.Position, bool) {
	if p == nil {
		return "", false
	}
	for _, position := range domain.Positions(p.Method) {
		if positionLetters[position] == letter {
			return position, true
		}
	}
	return "", false
}

// takePosition records a position; before that it asks for which organisation, and for a reason where one is needed.
func (t *turn) takePosition(p *domain.Proposal, position domain.Position, actor domain.ActorID) {
	mine := electors(t.s, t.in.By, p)
	switch {
	case !p.Phase.Running() || len(mine) == 0: // refused in the words of the rules
		cast := domain.CastVote{Proposal: p.ID, Position: position, Actor: actor, Reason: "-"}
		var refusal *domain.Error
		switch _, err := domain.Decide(t.s, t.in.At, t.by(), cast); {
		case err == nil:
			t.old()
		case errors.As(err, &refusal) && refusal.Key == notMember:
			t.invite("vote.not_member")
		default:
			t.refuse(err)
		}
	case position.NeedsReason(p.Method):
		t.beginPosition(p, position, actor, "")
	case actor == "" && len(mine) > 1:
		var buttons []Button
		for _, a := range mine {
			buttons = append(buttons, Button{Label: t.voice().clip(a.Name, 40), Data: positionData(p, position, a.ID)})
		}
		t.reply(Reply{To: ToPrivate, Body: t.say("decision.ask_actor", "number", p.Number, "position", t.voice().position(p.Method, position)), Buttons: rows(1, buttons...)})
	default:
		if actor == "" {
			actor = mine[0].ID
		}
		cast := domain.CastVote{Proposal: p.ID, Actor: actor, Position: position}
		if t.decide(cast) && len(t.out.Events) == 0 {
			t.toast("decision.same", "actor", t.voice().actor(actor), "position", t.voice().position(p.Method, position))
		}
	}
}

// beginPosition asks for the reason in private.
func (t *turn) beginPosition(p *domain.Proposal, position domain.Position, actor domain.ActorID, reason string) {
	known := values{"proposal": fmt.Sprintf("%d.%d", p.Number, len(p.Versions)), "position": string(position)}
	if mine := electors(t.s, t.in.By, p); actor == "" && len(mine) == 1 {
		actor = mine[0].ID
	}
	if actor != "" {
		known["actor"] = string(actor)
	}
	if reason != "" {
		known["reason"] = reason
	}
	t.begin("position", known, fmt.Sprintf("/sikap %d %s", p.Number, typedPosition[position]))
}

// typedPosition is the word that stands for a position in a command.
var typedPosition = map[domain.Position]string{
	domain.Agree: "setuju", domain.AgreeWithNote: "catatan", domain.Abstain: "abstain", domain.Object: "keberatan", domain.Block: "menolak",
}

// positionForm asks for the reason of a position. There is no echo: it is recorded when the reason is sent, is shown
// back with the receipt, and can be changed until the close.
func positionForm() form {
	actors := actorField(func(t *turn, v values) []*domain.Actor {
		if p, ok := t.proposalIn(v); ok {
			return electors(t.s, t.in.By, p)
		}
		return nil
	})
	return form{
		name: "position", private: true,
		fields: []field{
			{key: "proposal", given: true, when: never},
			{key: "position", given: true, when: never},
			actors,
			{
				key: "reason", max: domain.MaxReason, read: readSentence,
				ask: func(t *turn, v values) Rich {
					p, _ := t.proposalIn(v)
					if p == nil {
						return t.c.Trouble(OldButton, t.in.Lang)
					}
					return t.say("decision.ask_"+v["position"], "number", p.Number, "title", t.voice().clip(p.Title, maxHeading), "actor", t.positionActor(v, p))
				},
			},
		},
		submit: func(t *turn, v values) bool {
			p, current := t.proposalIn(v)
			switch {
			case p == nil:
				t.old()
				return true
			case !current:
				t.reply(Reply{Body: t.say("decision.old_text", "number", p.Number)})
				return true
			}
			cast := domain.CastVote{Proposal: p.ID, Actor: domain.ActorID(v["actor"]), Position: domain.Position(v["position"]), Reason: domain.Text(v["reason"])}
			if t.decide(cast) && len(t.out.Events) == 0 {
				t.toast("decision.same", "actor", t.positionActor(v, p), "position", t.voice().position(p.Method, cast.Position))
				return true
			}
			return !p.Phase.Running()
		},
	}
}

func (t *turn) positionActor(v values, p *domain.Proposal) string {
	if v["actor"] != "" {
		return t.voice().actor(domain.ActorID(v["actor"]))
	}
	if mine := electors(t.s, t.in.By, p); len(mine) > 0 {
		return t.voice().actor(mine[0].ID)
	}
	return t.line("actor.former")
}

// proposalIn is the proposal a form is about, "7.2": number and version. current is false if the text has changed since.
func (t *turn) proposalIn(v values) (p *domain.Proposal, current bool) {
	number, version, _ := strings.Cut(v["proposal"], ".")
	n, _ := numbered(number, "")
	m, _ := numbered(version, "")
	p = t.s.ProposalNumbered(n)
	return p, p != nil && m == len(p.Versions)
}

// answerVoteCast confirms a position with its receipt; one with a reason is shown back in full, in private.
func answerVoteCast(t *turn, commit domain.Commit, e domain.Event) {
	cast := e.(domain.VoteCast)
	p := t.s.Proposal(cast.Proposal)
	if p == nil {
		return
	}
	v := t.voice()
	args := []any{"actor", v.actor(cast.Actor), "position", v.position(p.Method, cast.Position), "receipt", commit.Receipt, "number", p.Number}
	if cast.Reason == "" {
		t.toast(by(p, "decision.recorded"), args...)
		return
	}
	t.reply(Reply{To: ToPrivate, Body: t.say("decision.recorded_reason", append(args, "reason", cast.Reason)...)})
}
