package commands

import (
	"fmt"
	"strconv"

	"klaster/domain"
)

// maxOnBoard is how much of a long text a card shows; all of it is in /keputusan.
const maxOnBoard = 600

// proposalBoards is one card per round of every open proposal, and the last state of those that ended recently. A new
// version of a text gets a card of its own, so that it is seen; the old card says so.
func proposalBoards(v voice, _ LangOf) []Card {
	var out []Card
	for _, p := range v.s.Proposals {
		ended := !p.EndedAt.IsZero()
		if ended && !v.fresh(p.EndedAt.Unix()) {
			continue
		}
		for n, version := range p.Versions {
			card := Card{Key: fmt.Sprintf("proposal/%d/%d", p.Number, n+1), Kind: Board, Class: Edit, Tone: ToneDecision}
			switch {
			case n < len(p.Versions)-1:
				card.Body, card.Final = v.say("board.replaced", "name", v.heading(p), "version", n+1, "outcome", v.ended(p, version, version.Outcome), "number", p.Number), true
			case p.Phase.Running():
				card.Body, card.Buttons = v.openBoard(p), v.openButtons(p)
			case p.Phase == domain.Integration:
				card.Body = v.say("board.integration", "name", v.heading(p), "outcome", v.outcome(p, version, version.Outcome), "number", p.Number)
				card.Buttons = [][]Button{{{Label: v.line("button.revise"), Private: fmt.Sprintf("/keputusan %d naskah", p.Number)}, v.detailsButton(p)}}
			default:
				card.Body, card.Final = v.say("board.ended", "name", v.heading(p), "outcome", v.process(p), "number", p.Number), true
			}
			out = append(out, card)
		}
	}
	return out
}

// openBoard is the card of a running proposal.
func (v voice) openBoard(p *domain.Proposal) Rich {
	version := p.Now()
	key := "board.open"
	if p.Phase == domain.Extended {
		key = "board.extended"
	}
	body := v.say(key, "name", v.heading(p), "closes", v.moment(version.Closes))
	if p.Method == domain.Majority {
		body = append(body, v.say("board.majority", "after", v.numberOf(p.Link.After))...)
	}
	if len(p.Versions) > 1 {
		body = append(body, v.say("board.version", "version", len(p.Versions))...)
	}
	body = append(body, v.wording(p, maxOnBoard)...)
	body = append(body, v.link(p.Link)...)
	tallied := v.say("board.cast", "line", v.castLine(p), "counts", v.counts(p.Method, version.Count))
	if uncovered := p.Uncovered(); len(uncovered) > 0 && version.Count.Cast() > 0 && !v.lacksRoles(p) {
		tallied = underneath(tallied, v.say(uncoveredKey(version), "roles", v.groups(uncovered)))
	}
	if low := v.lowest(version); low != "" {
		tallied = underneath(tallied, v.say("board.lowest", "role", low))
	}
	body = append(body, tallied...)
	return append(body, v.say(by(p, "board.rule_short"), v.thresholds(p.Rules)...)...)
}

// lacksRoles says whether a running proposal has ballots enough, and would still not be valid without certain roles.
func (v voice) lacksRoles(p *domain.Proposal) bool {
	return p.Phase.Running() && p.QuorumSize() <= p.Now().Count.Cast() && !p.Valid()
}

func uncoveredKey(version *domain.Version) string {
	if version.Waived {
		return "board.waived"
	}
	return "board.uncovered"
}

// underneath puts b's first block behind a's last on a line of its own.
func underneath(a, b Rich) Rich {
	last := len(a) - 1
	a[last].Spans = append(append(a[last].Spans, Span{Kind: BreakUp}), b[0].Spans...)
	return append(a, b[1:]...)
}

// castLine is "Sikap masuk: 5 dari 13 pelaku - perlu 2 lagi untuk kuorum"; that quorum is met is said only where nothing
// else stands in the way of a close.
func (v voice) castLine(p *domain.Proposal) string {
	c := p.Now().Count
	if need := p.QuorumSize() - c.Cast(); need > 0 {
		return v.line(by(p, "board.cast_need"), "cast", c.Cast(), "electorate", c.Electorate, "need", need)
	}
	switch {
	case v.lacksRoles(p):
		return v.line("board.cast_roles", "cast", c.Cast(), "electorate", c.Electorate, "roles", v.groups(p.Uncovered()))
	case !p.Valid():
		return v.line("board.cast_invalid", "cast", c.Cast(), "electorate", c.Electorate)
	}
	return v.line(by(p, "board.cast_quorum"), "cast", c.Cast(), "electorate", c.Electorate)
}

// openButtons are the positions, the details, and, once everybody has spoken, the close.
func (v voice) openButtons(p *domain.Proposal) [][]Button {
	buttons := append(v.positionButtons(p, ""), v.detailsButton(p))
	keyboard := rows(2, buttons...)
	if c := p.Now().Count; c.Cast() == c.Electorate && p.Valid() {
		keyboard = append(keyboard, []Button{{Label: v.line("button.close_now"), Data: commandData("/keputusan", p.Number, "tutup")}})
	}
	return keyboard
}

func (v voice) detailsButton(p *domain.Proposal) Button {
	return Button{Label: v.line("button.details"), Data: fmt.Sprintf("p:%d:details", p.Number)}
}

// wording is the text in force, shortened to a bound; nil where the title says it all.
func (v voice) wording(p *domain.Proposal, most int) Rich {
	return v.wordingOf(p, p.Now(), most)
}

func (v voice) wordingOf(p *domain.Proposal, version *domain.Version, most int) Rich {
	if version.Text == "" {
		return nil
	}
	text := shownText(v.lang, version.Text)
	if runes := []rune(text); len(runes) > most {
		return append(quoted(string(runes[:most])+"…"), v.say("decision.text_cut", "number", p.Number)...)
	}
	return quoted(text)
}

// numberOf is the number of an item people see.
func (v voice) numberOf(id domain.ItemID) string {
	if p := v.s.Proposal(id); p != nil {
		return strconv.Itoa(p.Number)
	}
	if r := v.s.Round(id); r != nil {
		return strconv.Itoa(r.Number)
	}
	return "-"
}
