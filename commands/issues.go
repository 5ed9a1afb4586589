package commands

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"klaster/domain"
)

// issuesArea is the inbox of strategic issues, what became of each, and the scoring that ranks them.
func issuesArea() area {
	return area{
		verbs: []verb{
			{name: "issue", names: []string{"isu", "masalah", "issues"}, group: true, private: true, run: runIssue},
			{name: "prioritise", names: []string{"prioritas", "usg", "skoring", "penilaian", "prioritize", "priority", "priorities", "score"}, group: true, private: true, run: runPrioritise},
		},
		taps:  []tapper{{prefix: "s", run: scoringTap}},
		forms: []form{issueForm(), mergeForm(), fateForm()},
		answers: map[string]answer{
			"issue_raised":  answerIssueRaised,
			"issue_merged":  answerIssueMerged,
			"issue_settled": answerIssueSettled,
			"round_opened":  answerRoundOpened,
			"scores_cast":   answerScoresCast,
			"round_closed":  answerRoundClosed,
		},
		notices: map[domain.NoticeKind]notifier{
			domain.NoticeIssueFate: noticeIssueFate,
			domain.NoticeRanking:   noticeRanking,
		},
		boards: roundBoards,
	}
}

// issueActs are the words behind /isu that act on an issue instead of raising one.
var issueActs = map[string]func(t *turn, i *domain.Issue, rest string){
	"gabung": mergeIssue, "merge": mergeIssue,
	"tunda": deferIssue, "defer": deferIssue,
	"tolak": refuseIssue, "refuse": refuseIssue,
	"buka": reopenIssue, "reopen": reopenIssue,
}

// runIssue lists issues, shows one, acts on one, or raises one.
func runIssue(t *turn, rest string) {
	words := strings.Fields(rest)
	switch {
	case len(words) == 0:
		t.listIssues()
		return
	case len(words) == 1 && (strings.EqualFold(words[0], "baru") || strings.EqualFold(words[0], "new")):
		t.raiseIssue("")
		return
	case len(words) == 1:
		if n, ok := numbered(words[0], "i"); ok {
			t.withIssue(n, t.showIssue)
			return
		}
	}
	if act, ok := issueActs[strings.ToLower(words[0])]; ok && len(words) > 1 {
		if n, ok := issueMarked(words[1]); ok {
			t.withIssue(n, func(i *domain.Issue) { act(t, i, strings.Join(words[2:], " ")) })
			return
		}
	}
	t.raiseIssue(rest)
}

// numbered reads the number of an item: "7", "#7", or with its mark, "I7".
func numbered(word, mark string) (int, bool) {
	word = strings.TrimPrefix(strings.ToLower(word), "#")
	word = strings.TrimPrefix(word, mark)
	if len(word) == 0 || len(word) > 6 {
		return 0, false
	}
	for _, r := range word {
		if r < '0' || r > '9' {
			return 0, false
		}
	}
	n, err := strconv.Atoi(word)
	return n, err == nil
}

// issueMarked reads an issue's number where only "I7" will do, because a bare number may be part of a sentence.
func issueMarked(word string) (int, bool) {
	if len(word) == 0 || word[0] != 'i' && word[0] != 'I' {
		return 0, false
	}
	return numbered(word, "i")
}

func issueMark(i *domain.Issue) string { return "I" + strconv.Itoa(i.Number) }

func (t *turn) withIssue(n int, f func(i *domain.Issue)) {
	i := t.s.IssueNumbered(n)
	if i == nil {
		t.tell("issue.unknown", "issue", "I"+strconv.Itoa(n))
		return
	}
	f(i)
}

// raiseIssue starts the form; who may not raise one is told before writing it.
func (t *turn) raiseIssue(title string) {
	if len(t.s.Represents(t.in.By)) == 0 && !t.s.IsSteward(t.in.By) && !t.s.Facilitates(t.in.By) {
		if _, allowed := t.preview(domain.RaiseIssue{Issue: domain.ItemID(t.mint()), Title: "-"}); !allowed {
			return
		}
	}
	known := values{}
	if title != "" {
		known["title"] = title
	}
	t.begin("issue", known, "/isu "+title)
}

func issueForm() form {
	return form{
		name: "issue",
		fields: []field{
			{key: "title", read: readTitle, ask: func(t *turn, _ values) Rich { return t.say("issue.ask_title") }},
			actorField(func(t *turn, _ values) []*domain.Actor { return t.s.Represents(t.in.By) }),
		},
		confirm: "button.raise",
		echo: func(t *turn, v values) Rich {
			if actor := t.chosenActor(v); actor != "" {
				return t.say("issue.echo", "title", v["title"], "actor", t.voice().actor(actor))
			}
			return t.say("issue.echo_guide", "title", v["title"])
		},
		submit: func(t *turn, v values) bool {
			t.decide(domain.RaiseIssue{Issue: domain.ItemID(t.mint()), Title: domain.Text(v["title"]), Actor: t.chosenActor(v)})
			return false
		},
	}
}

// actorField asks for which of several organisations the person acts; with one or none there is nothing to ask.
func actorField(among func(t *turn, v values) []*domain.Actor) field {
	return field{
		key:  "actor",
		when: func(t *turn, v values) bool { return len(among(t, v)) > 1 },
		ask:  func(t *turn, _ values) Rich { return t.say("item.ask_actor") },
		choices: func(t *turn, v values) []choice {
			var out []choice
			for _, a := range among(t, v) {
				out = append(out, choice{string(a.ID), t.voice().actor(a.ID)})
			}
			return out
		},
	}
}

// chosenActor is the actor a form is for: the one chosen, or the person's only one; empty if there is none.
func (t *turn) chosenActor(v values) domain.ActorID {
	if v["actor"] != "" {
		return domain.ActorID(v["actor"])
	}
	if mine := t.s.Represents(t.in.By); len(mine) > 0 {
		return mine[0].ID
	}
	return ""
}

// readSentence takes a line of words: one line, and something in it that can be read.
func readSentence(t *turn, v values, text string) (string, *domain.Error) {
	text, refusal := readWords(t, v, text)
	return strings.Join(strings.Fields(text), " "), refusal
}

// readTitle takes a line of words as a title: titles stand inside of sentences, so one full stop at the end goes.
func readTitle(t *turn, v values, text string) (string, *domain.Error) {
	title, refusal := readSentence(t, v, text)
	if !strings.HasSuffix(title, "..") {
		title = strings.TrimSuffix(title, ".")
	}
	return title, refusal
}

// readWords takes any text that has a letter or a digit in it.
func readWords(_ *turn, _ values, text string) (string, *domain.Error) {
	readable := strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	if !readable || !utf8.ValidString(text) {
		return "", domain.Refuse(domain.Invalid, "text.wordless")
	}
	return text, nil
}

func answerIssueRaised(t *turn, commit domain.Commit, e domain.Event) {
	raised := e.(domain.IssueRaised)
	t.reply(Reply{
		Body:    t.say("issue.raised", "issue", "I"+strconv.Itoa(raised.Number), "title", raised.Title, "receipt", commit.Receipt),
		Buttons: [][]Button{{{Label: t.line("button.issues"), Data: "c:/isu"}}},
	})
}
