package commands

import (
	"fmt"
	"strconv"
	"strings"

	"klaster/domain"
)

// runPending says who is missing: of every open item, or of one.
func runPending(t *turn, rest string) {
	word, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
	if word != "" {
		if r := t.voice().roundNumbered(word); r != nil {
			t.reply(Reply{Body: t.voice().missingScores(r)})
			return
		}
		t.withProposal(word, func(p *domain.Proposal) {
			t.reply(Reply{Body: t.voice().missing(p), Buttons: [][]Button{{{Label: t.line(by(p, "button.take_position")), Private: "/sikap " + strconv.Itoa(p.Number)}}}})
		})
		return
	}
	var body Rich
	for _, p := range t.s.Proposals {
		if p.Phase.Running() {
			body = append(body, t.voice().missing(p)...)
		}
	}
	if r := t.s.OpenRound(); r != nil {
		body = append(body, t.voice().missingScores(r)...)
	}
	if len(body) == 0 {
		t.tell("pending.nothing")
		return
	}
	t.reply(Reply{Body: body})
}

// missing says what a running proposal still needs, by number, by role and by actor, and when people are reminded.
func (v voice) missing(p *domain.Proposal) Rich {
	if !p.Phase.Running() {
		return v.say("pending.ended", "name", v.heading(p), "outcome", inText(v.process(p)), "number", p.Number)
	}
	version := p.Now()
	body := v.say("pending.head", "name", v.heading(p), "closes", v.moment(version.Closes), "line", v.castLine(p))
	if uncovered := p.Uncovered(); len(uncovered) > 0 && !v.lacksRoles(p) {
		body = append(body, v.say(uncoveredKey(version), "roles", v.groups(uncovered))...)
	}
	silent := version.Missing()
	if len(silent) == 0 {
		return append(body, v.say(by(p, "pending.nobody"))...)
	}
	body = append(body, v.say("pending.actors", "n", len(silent), "actors", v.actors(first(silent, 2*maxListed)))...)
	return append(body, v.say("pending.reminders")...)
}

// missingScores says the same of a scoring round.
func (v voice) missingScores(r *domain.Round) Rich {
	if !r.Phase.Running() {
		return v.say("pending.round_ended", "number", r.Number)
	}
	var silent, partly []domain.ActorID
	for _, voter := range r.Electorate {
		done := 0
		for _, id := range r.Issues {
			if scored(r, id, voter.Actor) {
				done++
			}
		}
		switch {
		case done == 0:
			silent = append(silent, voter.Actor)
		case done < len(r.Issues):
			partly = append(partly, voter.Actor)
		}
	}
	body := v.say("pending.round", "number", r.Number, "closes", v.moment(r.Closes), "complete", len(r.Electorate)-len(silent)-len(partly), "electorate", len(r.Electorate))
	if len(partly) > 0 {
		body = append(body, v.say("pending.partly", "actors", v.actors(first(partly, 2*maxListed)))...)
	}
	if len(silent) == 0 {
		return body
	}
	body = append(body, v.say("pending.actors", "n", len(silent), "actors", v.actors(first(silent, 2*maxListed)))...)
	return append(body, v.say("pending.reminders")...)
}

// first is at most n of a list.
func first[T any](list []T, n int) []T { return list[:min(n, len(list))] }

// noticeRemind reminds privately a day before the close, and names the missing actors in the group three hours before.
func noticeRemind(v voice, n domain.Notice, lang LangOf) []Card {
	p, r := v.s.Proposal(n.Item), v.s.Round(n.Item)
	if p == nil && r == nil {
		return nil
	}
	if p != nil && (n.Version < 0 || n.Version >= len(p.Versions)) {
		return nil
	}
	if n.Why == domain.RemindHours {
		return []Card{v.groupReminder(n, p, r)}
	}
	var out []Card
	for _, to := range v.recipients(n.Actors) {
		own := voice{v.c, v.s, lang(to.person)}
		card := Card{
			Key: fmt.Sprintf("remind/%d/%d/%s", n.Commit, n.Seq, to.person), Kind: Notice, Class: Deadline,
			At: n.At, Tone: ToneNotice, To: to.person,
		}
		if p != nil {
			version := p.Versions[n.Version]
			card.Body = own.say(by(p, "remind.position"), "name", own.heading(p), "closes", own.moment(version.Closes), "actors", own.actors(to.actors))
			card.Body = append(card.Body, own.wordingOf(p, version, maxOnBoard)...)
			card.Buttons = rows(2, append(own.positionButtons(p, ""), own.detailsButton(p))...)
		} else {
			card.Body = own.say("remind.scores", "number", r.Number, "closes", own.moment(r.Closes), "actors", own.actors(to.actors))
			card.Buttons = [][]Button{{{Label: own.line("button.score"), Data: "c:/prioritas"}}}
		}
		out = append(out, card)
	}
	return out
}

func (v voice) groupReminder(n domain.Notice, p *domain.Proposal, r *domain.Round) Card {
	card := Card{Key: fmt.Sprintf("remind/%d/%d", n.Commit, n.Seq), Kind: Notice, Class: Deadline, At: n.At, Tone: ToneNotice}
	missing := v.actors(first(n.Actors, 2*maxListed))
	if p != nil {
		card.Body = v.say(by(p, "remind.group_position"), "name", v.heading(p), "closes", v.moment(p.Versions[n.Version].Closes), "actors", missing)
		card.Buttons = [][]Button{{{Label: v.line(by(p, "button.take_position")), Private: "/sikap " + strconv.Itoa(p.Number)}}}
		return card
	}
	card.Body = v.say("remind.group_scores", "number", r.Number, "closes", v.moment(r.Closes), "actors", missing)
	card.Buttons = [][]Button{{{Label: v.line("button.score"), Private: "/prioritas"}}}
	return card
}

// recipient is a person with the organisations it is told about.
type recipient struct {
	person domain.PersonID
	actors []domain.ActorID
}

// recipients are the approved representatives of some actors, each once, in the order of the actors.
func (v voice) recipients(actors []domain.ActorID) []recipient {
	var out []recipient
	at := map[domain.PersonID]int{}
	for _, id := range actors {
		a := v.s.Actor(id)
		if a == nil || a.Status != domain.StatusApproved {
			continue
		}
		for _, rep := range a.Reps {
			if !rep.Approved {
				continue
			}
			n, seen := at[rep.Person]
			if !seen {
				n = len(out)
				at[rep.Person] = n
				out = append(out, recipient{person: rep.Person})
			}
			out[n].actors = append(out[n].actors, id)
		}
	}
	return out
}

// noticeCoVoted tells the other representatives of an actor what one of them has said for it.
func noticeCoVoted(v voice, n domain.Notice, lang LangOf) []Card {
	p := v.s.Proposal(n.Item)
	if p == nil {
		return nil
	}
	ballot, ok := p.Now().Ballot(n.Actor)
	if !ok {
		return nil
	}
	var out []Card
	for _, to := range v.recipients([]domain.ActorID{n.Actor}) {
		if to.person == n.Person {
			continue
		}
		own := voice{v.c, v.s, lang(to.person)}
		body := own.say(by(p, "covoted"), "person", Span{Kind: Person, Person: n.Person}, "actor", own.actor(n.Actor), "position", own.position(p.Method, ballot.Position), "name", own.heading(p))
		if ballot.Reason != "" {
			body = append(body, quoted(shownText(own.lang, ballot.Reason))...)
		}
		out = append(out, Card{
			Key: fmt.Sprintf("covoted/%d/%d/%s", n.Commit, n.Seq, to.person), Kind: Notice, Class: Prompt, At: n.At, Tone: ToneNotice,
			To: to.person, Body: append(body, own.say("covoted_note")...),
			Buttons: [][]Button{{{Label: own.line("button.see_positions"), Data: commandData("/sikap", p.Number)}}},
		})
	}
	return out
}
