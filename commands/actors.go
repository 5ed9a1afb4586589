package commands

import (
	"strings"
	"unicode/utf8"

	"klaster/domain"
)

// actorsArea is the register: organisations, their roles, and who stands for them.
func actorsArea() area {
	return area{
		verbs: []verb{
			{name: "join", names: []string{"daftar", "gabung", "pendaftaran", "mendaftar", "register", "registration"}, group: true, private: true, run: runJoin},
			{name: "actors", names: []string{"pelaku", "anggota", "actor", "members"}, group: true, private: true, run: runActors},
		},
		taps:  []tapper{{prefix: "a", run: actorTap}},
		forms: []form{joinForm(), changeActorForm(), refuseActorForm(), leaveActorForm()},
		answers: map[string]answer{
			"actor_registered":        answerRegistered,
			"actor_approved":          answerActor("actors.approved_done"),
			"actor_refused":           answerActor("actors.refused_done"),
			"actor_changed":           answerActor("actors.changed_done"),
			"actor_left":              answerLeft,
			"representative_joined":   answerRepresentative,
			"representative_approved": answerActor("actors.rep_approved_done"),
			"representative_left":     answerActor("actors.rep_left_done"),
		},
		notices: map[domain.NoticeKind]notifier{
			domain.NoticeActorApproved:    noticeActorApproved,
			domain.NoticeActorRefused:     noticeActorRefused,
			domain.NoticeRepApproved:      noticeRepApproved,
			domain.NoticeFacilitatorNamed: noticeFacilitatorNamed,
		},
		boards: actorBoards,
	}
}

// roleLine is what an actor is: "industri inti; pemasok (bahan baku utama)".
func (v voice) roleLine(roles []domain.Role) string {
	var parts []string
	for _, g := range domain.RoleSetOf(roles).Groups() {
		var subs []string
		for _, r := range roles {
			if r.Group == g && r.Sub != "" {
				subs = append(subs, v.line("sub."+r.Sub))
			}
		}
		part := v.group(g)
		if len(subs) > 0 {
			part += " (" + strings.Join(subs, ", ") + ")"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

// runActors shows the register by role, or one actor.
func runActors(t *turn, rest string) {
	verb, name, _ := strings.Cut(rest, " ")
	switch strings.ToLower(verb) {
	case "":
		t.reply(Reply{Body: t.voice().register(), Buttons: [][]Button{{{Label: t.line("button.join"), Private: "/daftar"}}}})
		return
	case "ubah", "change":
		t.withActor(name, func(a *domain.Actor) { t.beginChange(a) })
		return
	case "keluar", "leave":
		t.withActor(name, func(a *domain.Actor) { t.beginLeave(a, false) })
		return
	case "hapus", "remove":
		t.withActor(name, func(a *domain.Actor) { t.beginLeave(a, true) })
		return
	}
	t.withActor(rest, t.showActor)
}

// withActor finds the actor meant: the person's own without a name, else the closest by name.
func (t *turn) withActor(name string, then func(*domain.Actor)) {
	if name = strings.TrimSpace(name); name == "" {
		mine := t.s.Represents(t.in.By)
		if len(mine) == 0 {
			t.invite("refuse.member.none")
			return
		}
		if len(mine) > 1 {
			var names []string
			for _, a := range mine {
				names = append(names, string(a.Name))
			}
			t.tell("actors.which", "names", t.voice().list(names))
			return
		}
		then(mine[0])
		return
	}
	found := similarActors(t.s, name)
	if len(found) == 0 {
		found = containing(t.s, name)
	}
	switch len(found) {
	case 0:
		t.tell("actors.unknown", "name", name)
	case 1:
		then(found[0])
	default:
		var names []string
		for _, a := range found {
			names = append(names, string(a.Name))
		}
		t.tell("actors.which", "names", t.voice().list(names))
	}
}

// containing lists the approved actors whose name contains the words.
func containing(s *domain.State, words string) []*domain.Actor {
	var out []*domain.Actor
	for _, a := range s.Approved() {
		if strings.Contains(strings.ToLower(string(a.Name)), strings.ToLower(words)) {
			out = append(out, a)
		}
	}
	return out
}

// register lists the actors by role with counts, and names the roles nobody has.
func (v voice) register() Rich {
	approved := v.s.Approved()
	out := v.say("actors.title", "name", v.s.Name, "count", len(approved))
	for _, g := range domain.Groups() {
		var names []string
		for _, a := range approved {
			if domain.RoleSetOf(a.Roles).Has(g) {
				names = append(names, shownText(v.lang, a.Name))
			}
		}
		if len(names) > 0 {
			out = append(out, v.say("actors.group", "group", v.line("heading."+g.String()), "n", len(names), "names", strings.Join(names, ", "))...)
		}
	}
	if missing := v.s.MissingRoles(); len(missing) > 0 {
		out = append(out, v.say("actors.missing", "groups", v.groups(missing))...)
	}
	if pending := v.s.Pending(); len(pending) > 0 {
		out = append(out, v.say("actors.pending", "count", len(pending))...)
	}
	return out
}

func (t *turn) showActor(a *domain.Actor) {
	v := t.voice()
	place := shownText(t.in.Lang, a.Place)
	if place == "" {
		place = t.line("word.none")
	}
	var reps []Span
	for _, r := range a.Reps {
		if !r.Approved {
			continue
		}
		if len(reps) > 0 {
			reps = append(reps, Span{Text: ", "})
		}
		reps = append(reps, Span{Kind: Person, Person: r.Person})
	}
	if len(reps) == 0 {
		reps = []Span{{Text: t.line("word.none")}}
	}
	r := Reply{Body: t.say("actors.one", "name", a.Name, "roles", v.roleLine(a.Roles), "place", place, "reps", reps, "status", t.line("actor_status."+a.Status.String()))}
	mine := stands(a, t.in.By)
	if mine || t.s.IsSteward(t.in.By) {
		r.Buttons = [][]Button{{{Label: t.line("button.change"), Data: "a:edit:" + string(a.ID)}}}
		if mine {
			r.Buttons[0] = append(r.Buttons[0], Button{Label: t.line("button.leave"), Data: "a:leave:" + string(a.ID)})
		} else {
			r.Buttons[0] = append(r.Buttons[0], Button{Label: t.line("button.remove"), Data: "a:remove:" + string(a.ID)})
		}
	} else if a.Status == domain.StatusApproved {
		r.Buttons = [][]Button{{{Label: t.line("button.represent"), Private: "/daftar " + string(a.Name)}}}
	}
	t.reply(r)
}

func stands(a *domain.Actor, p domain.PersonID) bool {
	for _, r := range a.Reps {
		if r.Person == p && r.Approved {
			return true
		}
	}
	return false
}

// actorTap handles the register's buttons.
func actorTap(t *turn, args []string) {
	var a *domain.Actor
	if len(args) >= 2 {
		a = t.s.Actor(domain.ActorID(args[1]))
	}
	if a == nil {
		t.reply(Reply{To: ToToast, Body: t.c.Trouble(OldButton, t.in.Lang)})
		return
	}
	switch {
	case args[0] == "ok" && len(args) == 2:
		t.decideOr(domain.ApproveActor{Actor: a.ID}, "actors.approved_done", "name", a.Name)
	case args[0] == "no" && len(args) == 2:
		t.begin("refuse_actor", values{"actor": string(a.ID)}, "/pelaku")
	case args[0] == "rok" && len(args) == 3:
		t.decideOr(domain.ApproveRepresentative{Actor: a.ID, Person: domain.PersonID(args[2])}, "actors.rep_approved_done", "name", a.Name)
	case args[0] == "rno" && len(args) == 3:
		t.decideOr(domain.LeaveRepresentation{Actor: a.ID, Person: domain.PersonID(args[2])}, "actors.rep_left_done", "name", a.Name)
	case args[0] == "edit" && len(args) == 2:
		t.beginChange(a)
	case args[0] == "leave" && len(args) == 2:
		t.beginLeave(a, false)
	case args[0] == "remove" && len(args) == 2:
		t.beginLeave(a, true)
	default:
		t.reply(Reply{To: ToToast, Body: t.c.Trouble(OldButton, t.in.Lang)})
	}
}

// decideOr decides; a command that changes nothing is answered with the sentence that would have followed it.
func (t *turn) decideOr(cmd domain.Command, key string, args ...any) {
	if t.decide(cmd) && len(t.out.Events) == 0 {
		t.toast(key, args...)
	}
}

// short cuts a name for a button.
func short(name domain.Text, limit int) string {
	text := string(name)
	if utf8.RuneCountInString(text) <= limit {
		return text
	}
	return strings.TrimSpace(string([]rune(text)[:limit-1])) + "…"
}
