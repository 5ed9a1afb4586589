package commands

import (
	"strings"

	"klaster/domain"
)

// runMe shows what is kept about a person, ends a representation ("/saya lepas PT X"), or has the person forgotten
// ("/saya hapus"). All of it is between the person and the bot.
func runMe(t *turn, rest string) {
	if !t.in.Private {
		t.reply(Reply{Body: t.say("me.privately"), Buttons: [][]Button{{{Label: t.line("button.open_private"), Private: strings.TrimSpace("/saya " + rest)}}}})
		return
	}
	verb, name, _ := strings.Cut(rest, " ")
	switch strings.ToLower(verb) {
	case "":
		t.showMe()
	case "hapus", "forget", "lupakan":
		t.begin("forget", values{}, "")
	case "lepas", "leave":
		t.leaveRepresentation(strings.TrimSpace(name))
	default:
		t.tell("me.unknown")
	}
}

// showMe lists everything that is kept about the person in this cluster, in plain words.
func (t *turn) showMe() {
	me := Span{Kind: Person, Person: t.in.By}
	forget := Button{Label: t.line("button.forget_me"), Data: "c:/saya hapus"}
	language := Button{Label: t.line("button.language"), Data: "c:/bahasa"}
	if t.s == nil {
		if len(t.in.Clusters) > 0 {
			t.noCluster()
			return
		}
		t.reply(Reply{
			Body: t.say("me.nowhere", "person", me, "lang", languageName(t.in.Lang)), Buttons: [][]Button{{language, forget}},
		})
		return
	}
	stands, asked := t.myActors()
	none := t.line("me.none")
	or := func(text string) string {
		if text == "" {
			return none
		}
		return text
	}
	v := t.voice()
	body := t.say("me.kept", "cluster", t.s.Name, "person", me, "lang", languageName(t.in.Lang),
		"actors", or(v.actors(stands)), "posts", or(t.myPosts()))
	if len(asked) > 0 {
		body = append(body, t.say("me.asked", "actors", v.actors(asked))...)
	}
	n := footprintOf(t.s, t.in.By)
	body = append(body, t.say("me.count", "votes", n.votes, "issues", n.issues, "proposals", n.proposals, "readings", n.readings)...)
	body = append(body, t.say("me.outro")...)
	var buttons [][]Button
	const shown = 5
	for _, id := range first(append(stands, asked...), shown) { // by id: names may be long, and one may be part of another
		buttons = append(buttons, []Button{{
			Label: t.line("button.leave_actor", "name", short(t.s.Actor(id).Name, 40)), Data: "c:/saya lepas " + string(id),
		}})
	}
	if t.in.Several {
		buttons = append(buttons, []Button{{Label: t.line("button.other_cluster"), Data: "use:"}})
	}
	t.reply(Reply{Body: body, Buttons: append(buttons, []Button{language, forget})})
}

// myActors lists the actors the person stands for, and those it has asked to stand for or that still wait themselves.
func (t *turn) myActors() (stands, asked []domain.ActorID) {
	for _, a := range t.s.Involvements(t.in.By) {
		switch {
		case a.Status == domain.StatusApproved && a.RepresentedBy(t.in.By):
			stands = append(stands, a.ID)
		case a.Status != domain.StatusLeft && a.Status != domain.StatusRefused:
			asked = append(asked, a.ID)
		}
	}
	return stands, asked
}

func (t *turn) myPosts() string {
	var posts []string
	if t.s.IsSteward(t.in.By) {
		posts = append(posts, t.line("post.steward"))
	}
	if t.s.Facilitator == t.in.By {
		posts = append(posts, t.line("post.facilitator"))
	}
	return t.voice().list(posts)
}

// leaveRepresentation finds the actor meant among the person's own: by its whole name (or, from a button, its id), else
// by a part of it.
func (t *turn) leaveRepresentation(name string) {
	v := t.voice()
	stands, asked := t.myActors()
	var found []domain.ActorID
	for _, id := range append(stands, asked...) {
		called := strings.ToLower(v.actor(id))
		if string(id) == name || called == strings.ToLower(name) {
			found = []domain.ActorID{id}
			break
		}
		if strings.Contains(called, strings.ToLower(name)) {
			found = append(found, id)
		}
	}
	switch len(found) {
	case 0:
		t.tell("me.no_actor")
	case 1:
		t.begin("leave_rep", values{"actor": string(found[0])}, "")
	default:
		t.tell("actors.which", "names", v.actors(found))
	}
}

// leaveRepForm confirms that a person stops standing for an actor.
func leaveRepForm() form {
	return form{
		name: "leave_rep", private: true, confirm: "button.stop_standing", danger: true,
		fields: []field{hidden("actor")},
		echo: func(t *turn, v values) Rich {
			id := domain.ActorID(v["actor"])
			key := "me.echo_leave"
			switch a := t.s.Actor(id); {
			case a == nil:
			case a.Status == domain.StatusPending || !a.RepresentedBy(t.in.By):
				key = "me.echo_unask"
			case len(representatives(a)) <= 1:
				key = "me.echo_leave_last"
			}
			return t.say(key, "name", t.voice().actor(id))
		},
		submit: func(t *turn, v values) bool {
			t.decide(domain.LeaveRepresentation{Actor: domain.ActorID(v["actor"]), Person: t.in.By})
			return false
		},
	}
}

// forgetForm has a person forgotten after being told what goes and what stays, and asked twice.
func forgetForm() form {
	return form{
		name: "forget", private: true, confirm: "button.forget_now", danger: true,
		fields: []field{{
			key: "sure", given: true, // nothing to correct
			ask: func(t *turn, _ values) Rich { return t.say("forget.explain") },
			choices: func(t *turn, _ values) []choice {
				return []choice{{"yes", t.line("forget.understood")}}
			},
		}},
		echo: func(t *turn, _ values) Rich { return t.say("forget.echo") },
		submit: func(t *turn, _ values) bool {
			t.out.Effects = append(t.out.Effects, ForgetMe{})
			t.tell("forget.done")
			return true
		},
	}
}
