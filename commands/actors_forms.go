package commands

import (
	"strings"

	"klaster/domain"
)

func runJoin(t *turn, rest string) {
	known := values{}
	if rest != "" {
		known["name"] = rest
	}
	t.begin("join", known, strings.TrimSpace("/daftar "+rest))
}

// joinForm registers an organisation, or has the person stand for one that is there already.
func joinForm() form {
	fields := []field{
		{key: "name", max: domain.MaxName, read: readSentence, ask: func(t *turn, _ values) Rich { return t.say("join.ask_name") }},
		{
			key:  "same",
			when: func(t *turn, v values) bool { return len(similarActors(t.s, v["name"])) > 0 },
			ask: func(t *turn, v values) Rich {
				var names []string
				for _, a := range similarActors(t.s, v["name"]) {
					names = append(names, string(a.Name))
				}
				return t.say("join.ask_same", "name", v["name"], "names", t.voice().list(names))
			},
			choices: func(t *turn, v values) []choice {
				var out []choice
				for _, a := range similarActors(t.s, v["name"]) {
					out = append(out, choice{"=" + string(a.ID), t.line("join.same", "name", short(a.Name, 40))})
				}
				return append(out, choice{"new", t.line("join.different")})
			},
		},
	}
	fields = append(fields, roleFields(newActor)...)
	return form{
		name: "join", private: true, fields: fields, confirm: "button.register",
		echo: func(t *turn, v values) Rich {
			if a := joined(t, v); a != nil {
				return t.say("join.echo_rep", "name", a.Name)
			}
			return t.say("join.echo", "name", v["name"], "place", placeOr(t, v["place"]), "roles", t.voice().roleLine(rolesOf(v)),
				"person", Span{Kind: Person, Person: t.in.By})
		},
		submit: func(t *turn, v values) bool {
			if a := joined(t, v); a != nil {
				if t.decide(domain.JoinActor{Actor: a.ID}) && len(t.out.Events) == 0 {
					t.tell("join.already", "name", a.Name)
					return true
				}
				return false
			}
			t.decide(domain.RegisterActor{
				Actor: domain.ActorID(t.mint()), Name: domain.Text(v["name"]), Roles: rolesOf(v), Place: domain.Text(v["place"]),
			})
			return false
		},
	}
}

// joined is the existing actor the person chose to stand for; nil for a new one.
func joined(t *turn, v values) *domain.Actor {
	id, ok := strings.CutPrefix(v["same"], "=")
	if !ok {
		return nil
	}
	return t.s.Actor(domain.ActorID(id))
}

func newActor(_ *turn, v values) bool { return !strings.HasPrefix(v["same"], "=") }

// roleFields ask for roles, their sub-categories, and the place.
func roleFields(when func(*turn, values) bool) []field {
	fields := []field{{
		key: "groups", many: true, when: when,
		ask: func(t *turn, v values) Rich { return t.say("join.ask_roles", "name", v["name"]) },
		choices: func(t *turn, _ values) []choice {
			var out []choice
			for _, g := range domain.Groups() {
				out = append(out, choice{g.String(), t.line("rolebutton." + g.String())})
			}
			return out
		},
	}}
	for _, g := range domain.Groups() {
		fields = append(fields, field{
			key: "sub_" + g.String(), many: true, optional: true,
			when: func(t *turn, v values) bool {
				if !when(t, v) {
					return false
				}
				for _, name := range v.list("groups") {
					if name == g.String() {
						return true
					}
				}
				return false
			},
			ask: func(t *turn, _ values) Rich { return subQuestion(t, g) },
			choices: func(t *turn, _ values) []choice {
				var out []choice
				for _, sub := range domain.SubCategories(g) {
					out = append(out, choice{sub, t.line("sub." + sub)})
				}
				return out
			},
		})
	}
	return append(fields, field{
		key: "place", max: domain.MaxName, optional: true, when: when,
		ask: func(t *turn, _ values) Rich { return t.say("join.ask_place") },
	})
}

// subQuestion asks for the sub-categories of a role, with what those of a group mean that are terms of the field.
func subQuestion(t *turn, g domain.Group) Rich {
	out := t.say("join.ask_sub", "group", t.line("role."+g.String()))
	switch g {
	case domain.Core, domain.Supporting, domain.Related, domain.Institution:
		out = append(out, t.say("join.sub_terms."+g.String())...)
	}
	return out
}

// rolesOf gathers the roles answered: one per sub-category, or the bare group.
func rolesOf(v values) []domain.Role {
	var out []domain.Role
	for _, name := range v.list("groups") {
		g, ok := domain.GroupNamed(name)
		if !ok {
			continue
		}
		subs := v.list("sub_" + name)
		if len(subs) == 0 {
			out = append(out, domain.Role{Group: g})
		}
		for _, sub := range subs {
			out = append(out, domain.Role{Group: g, Sub: sub})
		}
	}
	return out
}

func placeOr(t *turn, place string) string {
	if place == "" {
		return t.line("word.no_place")
	}
	return place
}

func (t *turn) beginChange(a *domain.Actor) {
	t.begin("change_actor", values{"actor": string(a.ID)}, "/pelaku ubah "+string(a.Name))
}

// hidden is a field that only ever comes with the command: which actor, which item.
func hidden(key string) field {
	return field{key: key, given: true, ask: func(t *turn, _ values) Rich { return t.say("form.again") }}
}

// changeActorForm replaces an actor's name, roles and place.
func changeActorForm() form {
	always := func(*turn, values) bool { return true }
	fields := []field{hidden("actor"), {
		key: "name", max: domain.MaxName,
		ask: func(t *turn, v values) Rich {
			return t.say("change.ask_name", "name", t.voice().actor(domain.ActorID(v["actor"])))
		},
	}}
	return form{
		name: "change_actor", private: true, fields: append(fields, roleFields(always)...), confirm: "button.save",
		echo: func(t *turn, v values) Rich {
			return t.say("change.echo", "name", v["name"], "place", placeOr(t, v["place"]), "roles", t.voice().roleLine(rolesOf(v)))
		},
		submit: func(t *turn, v values) bool {
			id := domain.ActorID(v["actor"])
			accepted := t.decide(domain.ChangeActor{Actor: id, Name: domain.Text(v["name"]), Roles: rolesOf(v), Place: domain.Text(v["place"])})
			if accepted && len(t.out.Events) == 0 {
				t.tell("actors.change_same", "name", v["name"])
				return true
			}
			return false
		},
	}
}

// refuseActorForm asks a steward why a registration is turned down.
func refuseActorForm() form {
	return form{
		name: "refuse_actor",
		fields: []field{hidden("actor"), {
			key: "reason", max: domain.MaxReason,
			ask: func(t *turn, v values) Rich {
				return t.say("actors.ask_refusal", "name", t.voice().actor(domain.ActorID(v["actor"])))
			},
		}},
		submit: func(t *turn, v values) bool {
			t.decide(domain.RefuseActor{Actor: domain.ActorID(v["actor"]), Reason: domain.Text(v["reason"])})
			return false
		},
	}
}

func (t *turn) beginLeave(a *domain.Actor, removed bool) {
	known := values{"actor": string(a.ID), "how": "leave"}
	if removed {
		known["how"] = "remove"
	}
	t.begin("leave_actor", known, "/pelaku keluar "+string(a.Name))
}

// leaveActorForm confirms before an organisation leaves or is removed.
func leaveActorForm() form {
	return form{
		name: "leave_actor",
		fields: []field{hidden("actor"), hidden("how"), {
			key: "reason", max: domain.MaxReason,
			when: func(_ *turn, v values) bool { return v["how"] == "remove" },
			ask: func(t *turn, v values) Rich {
				return t.say("actors.ask_removal", "name", t.voice().actor(domain.ActorID(v["actor"])))
			},
		}},
		confirm: "button.yes_leave", danger: true,
		echo: func(t *turn, v values) Rich {
			key := "actors.echo_leave"
			if v["how"] == "remove" {
				key = "actors.echo_remove"
			}
			return t.say(key, "name", t.voice().actor(domain.ActorID(v["actor"])))
		},
		submit: func(t *turn, v values) bool {
			id := domain.ActorID(v["actor"])
			if v["how"] == "remove" {
				t.decide(domain.RemoveActor{Actor: id, Reason: domain.Text(v["reason"])})
			} else {
				t.decide(domain.LeaveActor{Actor: id})
			}
			return false
		},
	}
}
