package commands

import (
	"fmt"
	"strconv"
	"strings"

	"klaster/commands/phrase"
	"klaster/domain"
)

// historyPage is how many commits are shown at once.
const historyPage = 8

// maxTogether is how many events of one commit are listed; a timer may bring more.
const maxTogether = 6

// subject is what a history is about.
type subject struct {
	token string // as it is typed: "I5", "7", "1.3", "N2"; empty: everything
	query HistoryQuery
	title string
}

// runHistory shows what happened, newest first: "/riwayat", "/riwayat I5", "/riwayat 7", "/riwayat 1.3".
func runHistory(t *turn, rest string) {
	about, ok := t.voice().subject(rest)
	if !ok {
		t.tell("history.unknown", "text", t.voice().heard(rest))
		return
	}
	t.showHistory(about, 0)
}

// historyTap turns a page: h:<before>[:<subject>].
func historyTap(t *turn, args []string) {
	if len(args) == 0 || len(args) > 2 {
		t.old()
		return
	}
	before, err := strconv.ParseUint(args[0], 10, 63)
	about, ok := t.voice().subject(strings.Join(args[1:], ""))
	if err != nil || before == 0 || !ok {
		t.old()
		return
	}
	t.showHistory(about, before)
}

// subject reads which item is meant.
func (v voice) subject(text string) (subject, bool) {
	word := strings.TrimSpace(text)
	if word == "" {
		return subject{title: shownText(v.lang, v.s.Name)}, true
	}
	if step, ok := domain.StepNamed(domain.StepID(word)); ok {
		return subject{string(step.ID), HistoryQuery{Step: step.ID}, v.line("history.step", "step", v.stepName(step.ID))}, true
	}
	if n, ok := issueMarked(word); ok {
		if i := v.s.IssueNumbered(n); i != nil {
			return subject{issueMark(i), HistoryQuery{Item: i.ID}, v.item(i.ID)}, true
		}
		return subject{}, false
	}
	if word[0] == 'n' || word[0] == 'N' {
		if n, ok := numbered(word, "n"); ok && v.s.IndicatorNumbered(n) != nil {
			i := v.s.IndicatorNumbered(n)
			return subject{"N" + strconv.Itoa(n), HistoryQuery{Item: i.ID}, v.item(i.ID)}, true
		}
		return subject{}, false
	}
	if n, ok := numbered(word, ""); ok {
		if p := v.s.ProposalNumbered(n); p != nil {
			return subject{strconv.Itoa(n), HistoryQuery{Item: p.ID, Number: n}, v.heading(p)}, true
		}
		if r := v.roundNumbered(word); r != nil {
			return subject{strconv.Itoa(n), HistoryQuery{Item: r.ID}, v.item(r.ID)}, true
		}
	}
	return subject{}, false
}

func (t *turn) showHistory(about subject, before uint64) {
	page := t.in.History
	if page == nil {
		t.out.Need = NeedHistory
		t.out.History = about.query
		t.out.History.Before, t.out.History.Limit = before, historyPage
		return
	}
	v := t.voice()
	body := t.say("history.title", "title", about.title, "zone", zoneLabel(v, t.s.Setting(domain.KeyZone)))
	if len(page.Commits) == 0 {
		body = append(body, t.say("history.nothing")...)
	}
	day := ""
	for _, c := range page.Commits {
		at := c.At.In(t.s.Location())
		if written := phrase.FormatDate(at, t.in.Lang); written != day {
			day = written
			body = append(body, Block{Spans: []Span{{Kind: Bold, Text: day}}})
		}
		body = append(body, v.commitLines(c, about.query, phrase.FormatClock(at, t.in.Lang))...)
	}
	t.reply(Reply{Body: body, Buttons: pageButtons(v, about, page), Instead: t.in.Tap != ""})
}

func pageButtons(v voice, about subject, page *HistoryPage) [][]Button {
	data := func(before uint64) string {
		return strings.TrimSuffix(fmt.Sprintf("h:%d:%s", before, about.token), ":")
	}
	var row []Button
	if page.Newer > 0 {
		row = append(row, Button{Label: v.line("button.newer"), Data: data(page.Newer)})
	}
	if page.Older > 0 {
		row = append(row, Button{Label: v.line("button.older"), Data: data(page.Older)})
	}
	if row == nil {
		return nil
	}
	return [][]Button{row}
}

// commitLines is what one commit did: when, who, what. Of a commit that did much, only what concerns the subject.
func (v voice) commitLines(c domain.Commit, q HistoryQuery, clock string) Rich {
	who := Span{Kind: Person, Person: c.By}
	if c.By == "" {
		who = Span{Text: v.line("history.by_itself")}
	}
	var out Rich
	more := 0
	for _, e := range c.Events {
		if !q.keeps(e) {
			continue
		}
		if len(out) == maxTogether {
			more++
			continue
		}
		spans := []Span{{Text: clock + " "}, who, {Text: ": "}}
		for _, block := range v.happened(e) {
			spans = append(spans, block.Spans...)
		}
		out = append(out, Block{Kind: Item, Spans: spans})
	}
	if more > 0 {
		out = append(out, v.say("history.more", "n", more)...)
	}
	return out
}

// item names an issue, round, proposal or indicator.
func (v voice) item(id domain.ItemID) string {
	if p := v.s.Proposal(id); p != nil {
		return v.heading(p)
	}
	if r := v.s.Round(id); r != nil {
		return v.line("history.round", "number", r.Number)
	}
	if i := v.s.Issue(id); i != nil {
		return v.line("history.issue", "issue", issueMark(i), "title", v.clip(i.Title, maxHeading))
	}
	if n := v.s.Indicator(id); n != nil {
		return v.line("history.indicator", "number", n.Number, "name", v.clip(n.Name, maxHeading))
	}
	return v.line("history.item")
}
