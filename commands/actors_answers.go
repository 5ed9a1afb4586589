package commands

import "klaster/domain"

func answerRegistered(t *turn, commit domain.Commit, e domain.Event) {
	registered := e.(domain.ActorRegistered)
	key := "actors.registered_waits"
	if registered.Approved {
		key = "actors.registered"
	}
	t.reply(Reply{
		Body:    t.say(key, "name", registered.Name, "roles", t.voice().roleLine(registered.Roles), "receipt", commit.Receipt),
		Buttons: [][]Button{{{Label: t.line("button.steps"), Data: "c:/langkah"}, {Label: t.line("button.help"), Data: "c:/bantuan"}}},
	})
}

func answerRepresentative(t *turn, commit domain.Commit, e domain.Event) {
	joined := e.(domain.RepresentativeJoined)
	key := "actors.rep_waits_done"
	if joined.Approved {
		key = "actors.rep_joined"
	}
	t.tell(key, "name", t.voice().actor(joined.Actor), "receipt", commit.Receipt)
}

// answerActor words events about one actor that need only its name.
func answerActor(key string) answer {
	return func(t *turn, commit domain.Commit, e domain.Event) {
		var id domain.ActorID
		switch event := e.(type) {
		case domain.ActorApproved:
			id = event.Actor
		case domain.ActorRefused:
			id = event.Actor
		case domain.ActorChanged:
			id = event.Actor
		case domain.RepresentativeApproved:
			id = event.Actor
		case domain.RepresentativeLeft:
			id = event.Actor
		}
		t.toast(key, "name", t.voice().actor(id), "receipt", commit.Receipt)
	}
}

func answerLeft(t *turn, commit domain.Commit, e domain.Event) {
	left := e.(domain.ActorLeft)
	key := "actors.left_done"
	if left.Removed {
		key = "actors.removed_done"
	}
	t.tell(key, "name", t.voice().actor(left.Actor), "receipt", commit.Receipt)
}
