package commands

import (
	"strconv"
	"strings"

	"klaster/domain"
)

// postWord tells which word of "/pengaturan jabatan" a person typed.
func postWord(word string) string {
	switch word {
	case "jabatan", "posts":
		return "posts"
	case "pengurus", "steward", "stewards":
		return "steward"
	case "fasilitator", "facilitator":
		return "facilitator"
	case "kosong", "lepas", "vacant", "none":
		return "vacant"
	}
	return ""
}

// postCommand handles "/pengaturan jabatan", "pengurus", "fasilitator" and "fasilitator kosong".
func (t *turn) postCommand(text string) bool {
	first, rest, _ := strings.Cut(strings.ToLower(text), " ")
	rest = strings.TrimSpace(rest)
	switch post := postWord(first); {
	case post == "posts" && rest == "":
		t.showPosts()
	case post == "facilitator" && postWord(rest) == "vacant":
		if t.s.Facilitator == "" {
			t.toast("posts.vacant_already")
		} else if t.s.Facilitator == t.in.By || t.stewards() {
			t.begin("facilitator_vacant", values{}, "")
		}
	case post == "steward" || post == "facilitator":
		if t.stewards() {
			t.beginPost(post, rest)
		}
	default:
		return false
	}
	return true
}

// posts are the stewards and the facilitator.
func (t *turn) posts() Rich {
	facilitator := []Span{{Kind: Person, Person: t.s.Facilitator}}
	if t.s.Facilitator == "" {
		facilitator = []Span{{Text: t.line("posts.no_facilitator")}}
	}
	stewards := persons(t.s.Stewards)
	if len(stewards) == 0 {
		stewards = []Span{{Text: t.line("posts.no_steward")}}
	}
	return t.say("settings.posts", "stewards", stewards, "facilitator", facilitator)
}

// persons lists people, separated by commas.
func persons(ids []domain.PersonID) []Span {
	var out []Span
	for i, id := range ids {
		if i > 0 {
			out = append(out, Span{Text: ", "})
		}
		out = append(out, Span{Kind: Person, Person: id})
	}
	return out
}

func (t *turn) showPosts() {
	buttons := [][]Button{{
		{Label: t.line("button.add_steward"), Data: "c:/pengaturan pengurus"},
		{Label: t.line("button.facilitator"), Data: "c:/pengaturan fasilitator"},
	}}
	if t.s.Facilitator != "" {
		buttons = append(buttons, []Button{{Label: t.line("button.vacate"), Data: "c:/pengaturan fasilitator kosong"}})
	}
	buttons = append(buttons, []Button{{Label: t.line("button.whole_charter"), Data: "c:/pengaturan"}})
	t.reply(Reply{Body: t.posts(), Buttons: buttons, Instead: t.in.Tap != ""})
}

func (t *turn) beginPost(form, organisation string) {
	known := values{}
	if organisation != "" {
		known["actor"] = organisation
	}
	if len(t.candidates(form, "")) == 0 {
		t.tell("posts.nobody")
		return
	}
	t.begin(form, known, "")
}

// candidate is a representative who could take a post.
type candidate struct {
	actor  *domain.Actor
	person domain.PersonID
	label  string
}

// candidates lists the representatives of the approved actors, or of one of them, who do not hold the post yet.
func (t *turn) candidates(post string, actor domain.ActorID) []candidate {
	var out []candidate
	for _, a := range t.s.Approved() {
		if actor != "" && a.ID != actor {
			continue
		}
		reps := representatives(a)
		for i, p := range reps {
			if post == "steward" && t.s.IsSteward(p) || post == "facilitator" && t.s.Facilitator == p {
				continue
			}
			label := t.line("posts.representative", "name", short(a.Name, 40))
			if len(reps) > 1 {
				label += " (" + strconv.Itoa(i+1) + ")"
			}
			out = append(out, candidate{a, p, label})
		}
	}
	return out
}

// manyCandidates is how many are offered as buttons before the organisation is asked for first.
const manyCandidates = 12

// postForm names a person: by organisation where there are many, then the representative.
func postForm(post, ask, echo string, command func(domain.PersonID) domain.Command) form {
	return form{
		name: post, confirm: "button.appoint",
		fields: []field{
			{
				key: "actor", max: domain.MaxName,
				when: func(t *turn, v values) bool { return v.has("actor") || len(t.candidates(post, "")) > manyCandidates },
				ask:  func(t *turn, _ values) Rich { return t.say("posts.ask_actor") },
				read: func(t *turn, _ values, text string) (string, *domain.Error) {
					if a := t.s.Actor(domain.ActorID(text)); a != nil {
						return text, nil
					}
					found := similarActors(t.s, text)
					if len(found) != 1 {
						found = containing(t.s, text)
					}
					if len(found) != 1 || len(t.candidates(post, found[0].ID)) == 0 {
						return "", domain.Refuse(domain.NotFound, "posts.actor", "name", t.voice().heard(text))
					}
					return string(found[0].ID), nil
				},
			},
			{
				key: "person",
				ask: func(t *turn, _ values) Rich { return t.say(ask) },
				choices: func(t *turn, v values) []choice {
					var out []choice
					for _, c := range t.candidates(post, domain.ActorID(v["actor"])) {
						out = append(out, choice{string(c.person), c.label})
					}
					return out[:min(len(out), manyCandidates)]
				},
			},
		},
		echo: func(t *turn, v values) Rich {
			p := domain.PersonID(v["person"])
			var names []string
			for _, a := range t.s.Represents(p) {
				names = append(names, shownText(t.in.Lang, a.Name))
			}
			return t.say(echo, "person", Span{Kind: Person, Person: p}, "actors", t.voice().list(names))
		},
		submit: func(t *turn, v values) bool {
			p := domain.PersonID(v["person"])
			if t.decide(command(p)) && len(t.out.Events) == 0 {
				t.tell("posts.already")
				return true
			}
			return false
		},
	}
}

func stewardForm() form {
	return postForm("steward", "posts.ask_steward", "posts.echo_steward", func(p domain.PersonID) domain.Command {
		return domain.NameSteward{Person: p}
	})
}

func facilitatorForm() form {
	return postForm("facilitator", "posts.ask_facilitator", "posts.echo_facilitator", func(p domain.PersonID) domain.Command {
		return domain.NameFacilitator{Person: p}
	})
}

// vacantForm leaves the facilitator's post empty after a confirmation.
func vacantForm() form {
	return form{
		name: "facilitator_vacant", confirm: "button.vacate_yes", danger: true,
		echo: func(t *turn, _ values) Rich {
			return t.say("posts.echo_vacant", "person", Span{Kind: Person, Person: t.s.Facilitator})
		},
		submit: func(t *turn, _ values) bool {
			if t.decide(domain.NameFacilitator{}) && len(t.out.Events) == 0 {
				t.toast("posts.vacant_already")
				return true
			}
			return false
		},
	}
}

func answerSteward(t *turn, commit domain.Commit, e domain.Event) {
	t.tell("posts.steward_done", "person", Span{Kind: Person, Person: e.(domain.StewardNamed).Person}, "receipt", commit.Receipt)
}

func answerFacilitator(t *turn, commit domain.Commit, e domain.Event) {
	p := e.(domain.FacilitatorNamed).Person
	if p == "" {
		t.tell("posts.vacant_done", "receipt", commit.Receipt)
		return
	}
	t.tell("posts.facilitator_done", "person", Span{Kind: Person, Person: p}, "receipt", commit.Receipt)
}
