package commands

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"klaster/commands/phrase"
	"klaster/domain"
)

// Bounds of what one message shows; the rest is in /ekspor.
const (
	maxListed  = 30 // lines of a list
	maxButtons = 10 // items with a button of their own
	maxHeading = 70 // characters of a title inside a list
)

// fateOrder is the order of the list: what is alive first.
var fateOrder = []domain.Fate{
	domain.FatePrioritised, domain.FateOpen, domain.FateDecided, domain.FateDeferred, domain.FateMerged, domain.FateRefused,
}

// listIssues shows all issues by what became of them.
func (t *turn) listIssues() {
	if len(t.s.Issues) == 0 {
		t.reply(Reply{Body: t.say("issue.none"), Buttons: [][]Button{{{Label: t.line("button.new_issue"), Data: "c:/isu baru"}}}})
		return
	}
	body := t.say("issue.list", "n", len(t.s.Issues))
	var buttons []Button
	listed := 0
	for _, fate := range fateOrder {
		of := t.voice().issuesOf(fate)
		if len(of) == 0 {
			continue
		}
		body = append(body, t.say("issue.heading."+string(fate), "n", len(of))...)
		for _, i := range of {
			if listed == maxListed {
				break
			}
			listed++
			body = append(body, Block{Kind: Item, Spans: t.voice().issueLine(i)})
			if len(buttons) < maxButtons {
				buttons = append(buttons, Button{Label: issueMark(i), Data: "c:/isu " + issueMark(i)})
			}
		}
	}
	if rest := len(t.s.Issues) - listed; rest > 0 {
		body = append(body, t.say("item.more", "n", rest)...)
	}
	if open := len(t.voice().issuesOf(domain.FateOpen)) + len(t.voice().issuesOf(domain.FatePrioritised)); open < 3 && t.s.OpenRound() == nil {
		body = append(body, t.say("issue.few")...)
	}
	keyboard := rows(5, buttons...)
	keyboard = append(keyboard, []Button{
		{Label: t.line("button.new_issue"), Data: "c:/isu baru"},
		{Label: t.line("button.prioritise"), Data: "c:/prioritas"},
	})
	t.reply(Reply{Body: body, Buttons: keyboard})
}

// issueLine is an issue in a list: "1. I5 Bahan baku rotan langka - PT Rotan Jaya".
func (v voice) issueLine(i *domain.Issue) []Span {
	text := issueMark(i) + " " + v.clip(i.Title, maxHeading)
	if i.Fate == domain.FatePrioritised {
		text = strconv.Itoa(i.Rank) + ". " + text
	}
	if i.Actor != "" {
		text += " - " + v.actor(i.Actor)
	}
	return []Span{{Text: text}}
}

// clip shortens a text for a list; an erased one reads as such.
func (v voice) clip(text domain.Text, most int) string {
	words := strings.Join(strings.Fields(shownText(v.lang, text)), " ")
	if runes := []rune(words); len(runes) > most {
		return strings.TrimRight(string(runes[:most-1]), " ,.;:") + "…"
	}
	return words
}

// showIssue shows one issue: where it came from, what became of it, and what can be done with it.
func (t *turn) showIssue(i *domain.Issue) {
	v := t.voice()
	on := phrase.FormatDate(i.At.In(t.s.Location()), t.in.Lang)
	body := t.say("issue.one", "issue", issueMark(i), "title", i.Title)
	if i.Actor != "" {
		body = append(body, t.say("issue.origin", "actor", v.actor(i.Actor), "date", on)...)
	} else {
		body = append(body, t.say("issue.origin_guide", "date", on)...)
	}
	body = append(body, v.fate(i)...)
	var taken []string
	for _, other := range t.s.Issues {
		if other.Fate == domain.FateMerged && other.Into == i.ID {
			taken = append(taken, issueMark(other))
		}
	}
	if len(taken) > 0 {
		body = append(body, t.say("issue.holds", "issues", v.list(taken))...)
	}
	for _, p := range t.s.Proposals {
		if p.Link.Issue == i.ID && p.EndedAt.IsZero() {
			body = append(body, t.say("issue.proposed", "number", p.Number, "title", v.clip(p.Title, maxHeading))...)
		}
	}
	t.reply(Reply{Body: body, Buttons: t.issueButtons(i)})
}

// issueButtons are what the person may do with an issue.
func (t *turn) issueButtons(i *domain.Issue) [][]Button {
	mark := issueMark(i)
	alive := i.Fate == domain.FateOpen || i.Fate == domain.FatePrioritised
	var out [][]Button
	if alive {
		out = append(out, []Button{{Label: t.line("button.propose_on"), Private: "/usulan " + mark}})
	}
	if t.s.IsSteward(t.in.By) || t.s.Facilitates(t.in.By) {
		acts := []Button{}
		if alive {
			acts = append(acts,
				Button{Label: t.line("button.merge"), Data: "c:/isu gabung " + mark},
				Button{Label: t.line("button.defer"), Data: "c:/isu tunda " + mark},
				Button{Label: t.line("button.issue_refuse"), Data: "c:/isu tolak " + mark})
		} else {
			acts = append(acts, Button{Label: t.line("button.reopen"), Data: "c:/isu buka " + mark})
		}
		out = append(out, acts)
	}
	return out
}

// fate says what became of an issue.
func (v voice) fate(i *domain.Issue) Rich {
	switch i.Fate {
	case domain.FatePrioritised:
		if r := v.s.Round(i.Round); r != nil {
			return v.say("issue.fate.prioritised", "rank", i.Rank, "round", r.Number, "n", len(r.Issues))
		}
	case domain.FateMerged:
		if into := v.s.Issue(i.Into); into != nil {
			return v.say("issue.fate.merged", "into", issueMark(into), "title", into.Title)
		}
	case domain.FateDecided:
		return v.say("issue.fate.decided", "number", i.Decision)
	case domain.FateDeferred:
		return v.say("issue.fate.deferred", "reason", i.Reason)
	case domain.FateRefused:
		return v.say("issue.fate.refused", "reason", i.Reason)
	}
	return v.say("issue.fate.open")
}

// alive lists the issues that can still be worked on, ranked ones first.
func (v voice) alive() []*domain.Issue {
	var out []*domain.Issue
	for _, i := range v.s.Issues {
		if i.Fate == domain.FateOpen || i.Fate == domain.FatePrioritised {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, byRank)
	return out
}

// issuesOf lists the issues of one fate.
func (v voice) issuesOf(fate domain.Fate) []*domain.Issue {
	var out []*domain.Issue
	for _, i := range v.s.Issues {
		if i.Fate == fate {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, byRank)
	return out
}

// byRank puts ranked issues first, in their order; the others keep the order of raising.
func byRank(a, b *domain.Issue) int {
	rank := func(i *domain.Issue) int {
		if i.Fate == domain.FatePrioritised {
			return i.Rank
		}
		return 1 << 30
	}
	return cmp.Compare(rank(a), rank(b))
}
