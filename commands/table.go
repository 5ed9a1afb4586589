package commands

import (
	"slices"
	"strings"

	"klaster/domain"
)

// verb is something that can be said as a command.
type verb struct {
	name    string   // English
	names   []string // Indonesian name first, then aliases of both languages
	private bool     // in the menu of private chats
	group   bool     // in the menu of groups
	lobby   bool     // means something in a chat without a cluster
	run     func(t *turn, rest string)
}

// tapper handles the buttons whose data begin with its prefix and a colon.
type tapper struct {
	prefix string
	asks   bool // may begin a form: the half-done conversation is needed, too
	lobby  bool // also where no cluster is meant; there is no state then
	run    func(t *turn, args []string)
}

// answer words what an event did for the person who caused it; the turn's state includes the event.
type answer func(t *turn, commit domain.Commit, e domain.Event)

// notifier turns a notice of the state into cards.
type notifier func(v voice, n domain.Notice, lang LangOf) []Card

// area is one subject of the conversation; each has its own files.
type area struct {
	verbs   []verb
	taps    []tapper
	forms   []form
	answers map[string]answer // by event type
	notices map[domain.NoticeKind]notifier
	boards  func(v voice, lang LangOf) []Card
}

// areas lists the subjects in the order in which /bantuan shows them.
func areas() []area {
	return []area{foundingArea(), actorsArea(), issuesArea(), decisionsArea(), stepsArea(), indicatorsArea(), recordsArea(), connectArea()}
}

// index is the areas made findable; built once by New.
type index struct {
	areas   []area
	verbs   map[string]verb // by every name
	taps    map[string]tapper
	forms   map[string]form
	answers map[string]answer
	notices map[domain.NoticeKind]notifier
}

func newIndex(areas []area) index {
	x := index{
		areas: areas, verbs: map[string]verb{}, taps: map[string]tapper{}, forms: map[string]form{},
		answers: map[string]answer{}, notices: map[domain.NoticeKind]notifier{},
	}
	for _, a := range areas {
		for _, v := range a.verbs {
			for _, name := range append([]string{v.name}, v.names...) {
				x.verbs[name] = v
			}
		}
		for _, p := range a.taps {
			x.taps[p.prefix] = p
		}
		for _, f := range a.forms {
			x.forms[f.name] = f
		}
		for event, f := range a.answers {
			x.answers[event] = f
		}
		for kind, f := range a.notices {
			x.notices[kind] = f
		}
	}
	return x
}

// command splits "/isu Bahan baku" into its name, lower case, and the rest. ok is false for text that is no command.
func command(text string) (name, rest string, ok bool) {
	text = strings.TrimSpace(text)
	body, ok := strings.CutPrefix(text, "/")
	if !ok || body == "" {
		return "", "", false
	}
	cut := strings.IndexAny(body, " \n\t")
	if cut < 0 {
		return strings.ToLower(body), "", true
	}
	return strings.ToLower(body[:cut]), strings.TrimSpace(body[cut:]), true
}

// rows lays buttons out, so many to a row.
func rows(perRow int, buttons ...Button) [][]Button {
	return slices.Collect(slices.Chunk(buttons, perRow))
}
