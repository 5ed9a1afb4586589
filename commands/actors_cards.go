package commands

import (
	"fmt"
	"slices"

	"klaster/domain"
)

// noticeKey names a notice's card.
func noticeKey(n domain.Notice, to domain.PersonID) string {
	return fmt.Sprintf("%s/%d.%d/%s", n.Kind, n.Commit, n.Seq, to)
}

// privately makes one card of a notice per person, each in that person's language.
func privately(v voice, n domain.Notice, lang LangOf, persons []domain.PersonID, word func(v voice, p domain.PersonID) Card) []Card {
	var out []Card
	for _, p := range persons {
		theirs := v
		theirs.lang = lang(p)
		card := word(theirs, p)
		card.Key, card.Kind, card.To, card.At = noticeKey(n, p), Notice, p, n.At
		out = append(out, card)
	}
	return out
}

// representatives are the persons who act for an actor.
func representatives(a *domain.Actor) []domain.PersonID {
	if a == nil {
		return nil
	}
	var out []domain.PersonID
	for _, r := range a.Reps {
		if r.Approved {
			out = append(out, r.Person)
		}
	}
	return out
}

// registrationBoards show in the group who waits for a steward, with the buttons: a steward often has no private chat
// open. Decided ones are edited a last time.
func registrationBoards(v voice, _ LangOf) []Card {
	const shown = 20
	board := func(a *domain.Actor, key string) Card {
		return Card{
			Key: "registration/" + string(a.ID), Kind: Board, Class: Edit, Tone: ToneNotice,
			Body: v.say(key, "name", a.Name, "roles", v.roleLine(a.Roles)),
		}
	}
	var out []Card
	for i, a := range v.s.Pending() {
		if i == shown {
			break
		}
		card := board(a, "actors.board")
		card.Buttons = [][]Button{approvalRow(v, a)}
		out = append(out, card)
	}
	for _, n := range v.s.Notices {
		a := v.s.Actor(n.Actor)
		if a == nil {
			continue
		}
		switch {
		case n.Kind == domain.NoticeActorApproved && n.Person == "" && a.Status == domain.StatusApproved:
			card := board(a, "actors.joined")
			card.Final = true
			out = append(out, card)
		case n.Kind == domain.NoticeActorRefused && a.Status == domain.StatusRefused:
			card := board(a, "actors.board_refused")
			card.Final = true
			out = append(out, card)
		}
	}
	return out
}

func approvalRow(v voice, a *domain.Actor) []Button {
	return []Button{
		{Label: v.line("button.approve"), Data: "a:ok:" + string(a.ID)},
		{Label: v.line("button.refuse"), Data: "a:no:" + string(a.ID)},
	}
}

func noticeActorWaits(v voice, n domain.Notice, lang LangOf) []Card {
	a := v.s.Actor(n.Actor)
	if a == nil || a.Status != domain.StatusPending {
		return nil
	}
	return privately(v, n, lang, v.s.Stewards, func(v voice, _ domain.PersonID) Card {
		return Card{
			Tone: ToneNotice, Body: v.say("actors.waits", "cluster", v.s.Name, "name", a.Name, "roles", v.roleLine(a.Roles)),
			Buttons: [][]Button{approvalRow(v, a)},
		}
	})
}

func noticeActorApproved(v voice, n domain.Notice, lang LangOf) []Card {
	a := v.s.Actor(n.Actor)
	if a == nil {
		return nil
	}
	untold := slices.DeleteFunc(representatives(a), func(p domain.PersonID) bool { return p == n.Person })
	out := privately(v, n, lang, untold, func(v voice, _ domain.PersonID) Card {
		return Card{Tone: ToneNotice, Body: v.say("actors.welcome", "cluster", v.s.Name, "name", a.Name)}
	})
	if n.Person == "" { // its board in the group says so
		return out
	}
	return append(out, Card{
		Key: noticeKey(n, ""), Kind: Notice, Class: Prompt, At: n.At, Tone: ToneNotice,
		Body: v.say("actors.joined", "name", a.Name, "roles", v.roleLine(a.Roles)),
	})
}

func noticeActorRefused(v voice, n domain.Notice, lang LangOf) []Card {
	a := v.s.Actor(n.Actor)
	if a == nil {
		return nil
	}
	return privately(v, n, lang, representatives(a), func(v voice, _ domain.PersonID) Card {
		return Card{Tone: ToneNotice, Body: v.say("actors.refused", "cluster", v.s.Name, "name", a.Name, "reason", domain.Text(n.Why))}
	})
}

func noticeRepWaits(v voice, n domain.Notice, lang LangOf) []Card {
	a := v.s.Actor(n.Actor)
	if a == nil {
		return nil
	}
	waits := false
	for _, r := range a.Reps {
		waits = waits || r.Person == n.Person && !r.Approved
	}
	if !waits {
		return nil
	}
	to := representatives(a)
	if len(to) == 0 {
		to = v.s.Stewards
	}
	return privately(v, n, lang, to, func(v voice, _ domain.PersonID) Card {
		return Card{
			Tone: ToneNotice,
			Body: v.say("actors.rep_asks", "cluster", v.s.Name, "name", a.Name, "person", Span{Kind: Person, Person: n.Person}),
			Buttons: [][]Button{{
				{Label: v.line("button.approve"), Data: "a:rok:" + string(a.ID) + ":" + string(n.Person)},
				{Label: v.line("button.refuse"), Data: "a:rno:" + string(a.ID) + ":" + string(n.Person)},
			}},
		}
	})
}

func noticeRepApproved(v voice, n domain.Notice, lang LangOf) []Card {
	return privately(v, n, lang, []domain.PersonID{n.Person}, func(v voice, _ domain.PersonID) Card {
		return Card{Tone: ToneNotice, Body: v.say("actors.rep_welcome", "cluster", v.s.Name, "name", v.actor(n.Actor))}
	})
}

func noticeFacilitatorNamed(v voice, n domain.Notice, lang LangOf) []Card {
	return privately(v, n, lang, []domain.PersonID{n.Person}, func(v voice, _ domain.PersonID) Card {
		return Card{Tone: ToneNotice, Body: v.say("actors.facilitator", "cluster", v.s.Name)}
	})
}
