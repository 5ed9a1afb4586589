package commands

import (
	"fmt"
	"slices"
	"time"

	"klaster/domain"
)

// maxBoards is how many registrations have a board at a time, and how many actors one message welcomes.
const maxBoards = 20

// newsLife is how long a group that has not seen it is told that somebody joined: a group that is attached later is
// spared the news of the days before. The daily digest has it, too.
const newsLife = 2 * time.Hour

// actorBoards are the boards of who waits for approval, and of who has joined.
func actorBoards(v voice, lang LangOf) []Card {
	return slices.Concat(registrationBoards(v, lang), representativeBoards(v, lang), joinedBoards(v))
}

// registrationBoards show who waits for a steward, with the buttons: privately to each steward, and in the group, since
// a steward often has no private chat open. Decided ones are edited a last time. The group's board of an actor that was
// approved is the news of it, and is posted even if nobody has seen the actor wait.
func registrationBoards(v voice, lang LangOf) []Card {
	var out []Card
	inGroup := func(a *domain.Actor, key string) Card {
		return Card{
			Key: "registration/" + string(a.ID), Kind: Board, Class: Edit, Tone: ToneNotice,
			Body: v.say(key, "name", a.Name, "roles", v.roleLine(a.Roles)),
		}
	}
	toStewards := func(a *domain.Actor, word func(v voice) Card) {
		out = append(out, boardsFor(v, lang, v.s.Stewards, "registration/"+string(a.ID), word)...)
	}
	for i, a := range v.s.Pending() {
		if i == maxBoards {
			break
		}
		card := inGroup(a, "actors.board")
		card.Buttons = [][]Button{approvalRow(v, a)}
		out = append(out, card)
		toStewards(a, func(v voice) Card {
			return Card{
				Body:    v.say("actors.waits", "cluster", v.s.Name, "name", a.Name, "roles", v.roleLine(a.Roles)),
				Buttons: [][]Button{approvalRow(v, a)},
			}
		})
	}
	for _, n := range v.s.Notices {
		a := v.s.Actor(n.Actor)
		if a == nil {
			continue
		}
		switch {
		case n.Kind == domain.NoticeActorApproved && n.Person == "" && a.Status == domain.StatusApproved:
			card := inGroup(a, "actors.joined")
			card.Final = v.s.LastAt.Sub(n.At) >= newsLife
			out = append(out, card)
			toStewards(a, func(v voice) Card {
				return Card{Final: true, Body: v.say("actors.waits_approved", "cluster", v.s.Name, "name", a.Name, "roles", v.roleLine(a.Roles),
					"by", personSpan(n.Why), "at", v.moment(n.At))}
			})
		case n.Kind == domain.NoticeActorRefused && a.Status == domain.StatusRefused:
			card := inGroup(a, "actors.board_refused")
			card.Final = true
			out = append(out, card)
			toStewards(a, func(v voice) Card {
				return Card{Final: true, Body: v.say("actors.waits_refused", "cluster", v.s.Name, "name", a.Name, "roles", v.roleLine(a.Roles),
					"by", personSpan(string(n.Person)), "at", v.moment(n.At), "reason", domain.Text(n.Why))}
			})
		}
	}
	return out
}

func personSpan(id string) Span { return Span{Kind: Person, Person: domain.PersonID(id)} }

// boardsFor makes one private board per person, each in that person's language.
func boardsFor(v voice, lang LangOf, persons []domain.PersonID, key string, word func(v voice) Card) []Card {
	var out []Card
	for _, p := range persons {
		theirs := v
		theirs.lang = lang(p)
		card := word(theirs)
		card.Key, card.Kind, card.Class, card.Tone, card.To = key+"/"+string(p), Board, Edit, ToneNotice, p
		out = append(out, card)
	}
	return out
}

func approvalRow(v voice, a *domain.Actor) []Button {
	return []Button{
		{Label: v.line("button.approve"), Data: "a:ok:" + string(a.ID)},
		{Label: v.line("button.refuse"), Data: "a:no:" + string(a.ID)},
	}
}

// representativeBoards ask an actor's representatives, or the stewards where it has none, about somebody who wants to
// represent it, too.
func representativeBoards(v voice, lang LangOf) []Card {
	var out []Card
	key := func(a *domain.Actor, p domain.PersonID) string { return fmt.Sprintf("representative/%s/%s", a.ID, p) }
	asked := 0
	for _, a := range v.s.Actors {
		for _, r := range a.Reps {
			if r.Approved || a.Status == domain.StatusLeft || a.Status == domain.StatusRefused || asked == maxBoards {
				continue
			}
			asked++
			out = append(out, boardsFor(v, lang, approversOf(v, a, r.Person), key(a, r.Person), func(v voice) Card {
				return Card{
					Body: v.say("actors.rep_asks", "cluster", v.s.Name, "name", a.Name, "person", personSpan(string(r.Person))),
					Buttons: [][]Button{{
						{Label: v.line("button.approve"), Data: "a:rok:" + string(a.ID) + ":" + string(r.Person)},
						{Label: v.line("button.refuse"), Data: "a:rno:" + string(a.ID) + ":" + string(r.Person)},
					}},
				}
			})...)
		}
	}
	for _, n := range v.s.Notices {
		a := v.s.Actor(n.Actor)
		if n.Kind != domain.NoticeRepApproved || a == nil || !a.RepresentedBy(n.Person) {
			continue
		}
		out = append(out, boardsFor(v, lang, approversOf(v, a, n.Person), key(a, n.Person), func(v voice) Card {
			return Card{Final: true, Body: v.say("actors.rep_asks_done", "cluster", v.s.Name, "name", a.Name,
				"person", personSpan(string(n.Person)), "by", personSpan(n.Why), "at", v.moment(n.At))}
		})...)
	}
	return out
}

// approversOf are asked whether somebody may represent an actor.
func approversOf(v voice, a *domain.Actor, asking domain.PersonID) []domain.PersonID {
	others := slices.DeleteFunc(representatives(a), func(p domain.PersonID) bool { return p == asking })
	if len(others) == 0 {
		return v.s.Stewards
	}
	return others
}

// joinedBoards welcome in the group who has joined without waiting, in one message an hour that grows.
func joinedBoards(v voice) []Card {
	var out []Card
	joined := map[string]int{} // by card
	for _, n := range v.s.Notices {
		a := v.s.Actor(n.Actor)
		if n.Kind != domain.NoticeActorApproved || n.Person == "" || a == nil || v.s.LastAt.Sub(n.At) >= noticeLife {
			continue
		}
		key := "joined/" + n.At.UTC().Truncate(time.Hour).Format("2006-01-02T15")
		if joined[key]++; joined[key] == 1 {
			out = append(out, Card{Key: key, Kind: Board, Class: Edit, Tone: ToneNotice, Final: v.s.LastAt.Sub(n.At) >= newsLife})
		}
		if joined[key] <= maxBoards {
			card := &out[len(out)-1]
			card.Body = append(card.Body, v.say("actors.joined", "name", a.Name, "roles", v.roleLine(a.Roles))...)
		}
	}
	for i := range out {
		if more := joined[out[i].Key] - maxBoards; more > 0 {
			out[i].Body = append(out[i].Body, v.say("actors.joined_more", "n", more)...)
		}
	}
	return out
}
