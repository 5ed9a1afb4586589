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

// noticeActorApproved tells the representatives; the group sees it on a board.
func noticeActorApproved(v voice, n domain.Notice, lang LangOf) []Card {
	a := v.s.Actor(n.Actor)
	if a == nil {
		return nil
	}
	untold := slices.DeleteFunc(representatives(a), func(p domain.PersonID) bool { return p == n.Person })
	return privately(v, n, lang, untold, func(v voice, _ domain.PersonID) Card {
		return Card{Tone: ToneNotice, Body: v.say("actors.welcome", "cluster", v.s.Name, "name", a.Name)}
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
