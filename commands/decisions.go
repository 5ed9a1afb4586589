package commands

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"klaster/domain"
)

// decisionsArea is deliberation: proposals, the positions of actors, results, and who is missing.
func decisionsArea() area {
	return area{
		verbs: []verb{
			{name: "propose", names: []string{"usulan", "usul", "usulkan", "musyawarah", "proposal", "proposals"}, group: true, private: true, run: runPropose},
			{name: "vote", names: []string{"sikap", "suara", "voting", "position", "votes"}, group: true, private: true, run: runVote},
			{name: "decisions", names: []string{"keputusan", "putusan", "hasil", "mufakat", "decision", "result", "results"}, group: true, private: true, run: runDecisions},
			{name: "pending", names: []string{"kuorum", "belum", "quorum", "missing"}, group: true, private: true, run: runPending},
		},
		taps: []tapper{
			{prefix: "v", run: positionTap},             // positions that stand by themselves
			{prefix: "w", run: positionTap, asks: true}, // positions that need a reason
			{prefix: "p", run: proposalTap},
		},
		forms: []form{proposeForm(), positionForm(), withdrawForm(), parkForm(), reviseForm()},
		answers: map[string]answer{
			"proposal_opened": answerProposalOpened,
			"vote_cast":       answerVoteCast,
			"coverage_waived": answerCoverageWaived,
			"text_revised":    answerTextRevised,
			"proposal_closed": answerProposalClosed,
			"item_withdrawn":  answerItemEnded("decision.withdrawn_done"),
			"item_parked":     answerItemEnded("decision.parked_done"),
		},
		notices: map[domain.NoticeKind]notifier{
			domain.NoticeResult:    noticeResult,
			domain.NoticeExtended:  noticeExtended,
			domain.NoticeWithdrawn: noticeWithdrawn,
			domain.NoticeRemind:    noticeRemind,
			domain.NoticeCoVoted:   noticeCoVoted,
		},
		boards: proposalBoards,
	}
}

// position is the label of a position under a method.
func (v voice) position(m domain.Method, p domain.Position) string {
	if m == domain.Majority && p == domain.Object {
		return v.line("position.against")
	}
	return v.line("position." + string(p))
}

// by is a sentence's key for the method of a proposal: people state positions in deliberation and cast votes in a vote.
func by(p *domain.Proposal, key string) string {
	if p.Method == domain.Majority {
		return key + "_majority"
	}
	return key
}

// positionLetters stand for positions in button data.
var positionLetters = map[domain.Position]string{
	domain.Agree: "a", domain.AgreeWithNote: "n", domain.Abstain: "b", domain.Object: "o", domain.Block: "x",
}

// positionData is the button of a position on the version in force: v:<number>:<version>:<letter>[:<actor>].
func positionData(p *domain.Proposal, position domain.Position, actor domain.ActorID) string {
	prefix := "v"
	if position.NeedsReason(p.Method) {
		prefix = "w"
	}
	data := fmt.Sprintf("%s:%d:%d:%s", prefix, p.Number, len(p.Versions), positionLetters[position])
	if actor != "" {
		data += ":" + string(actor)
	}
	return data
}

// positionButtons are the positions of the method, two to a row.
func (v voice) positionButtons(p *domain.Proposal, actor domain.ActorID) []Button {
	var out []Button
	for _, position := range domain.Positions(p.Method) {
		out = append(out, Button{Label: v.position(p.Method, position), Data: positionData(p, position, actor), Style: positionStyle(p.Method, position)})
	}
	return out
}

func positionStyle(m domain.Method, position domain.Position) Style {
	switch position {
	case domain.Agree:
		return StyleAgree
	case domain.AgreeWithNote:
		return StyleNote
	case domain.Abstain:
		return StyleAbstain
	case domain.Object:
		if m == domain.Majority { // a vote against
			return StyleBlock
		}
		return StyleObject
	case domain.Block:
		return StyleBlock
	}
	return StylePlain
}

// counts is "Setuju 3 (1 dengan catatan) - Abstain 1 - Keberatan 1 - Menolak 0".
func (v voice) counts(m domain.Method, c domain.Count) string {
	if m == domain.Majority {
		return v.line("decision.counts_majority", "agree", c.Agree, "abstain", c.Abstain, "against", c.Object)
	}
	if c.Note > 0 {
		return v.line("decision.counts_note", "agree", c.Agree, "note", c.Note, "abstain", c.Abstain, "object", c.Object, "block", c.Block)
	}
	return v.line("decision.counts", "agree", c.Agree, "abstain", c.Abstain, "object", c.Object, "block", c.Block)
}

// rule says in words under which rule an item is decided, from the numbers frozen into it.
func (v voice) rule(m domain.Method, r domain.Rules) Rich {
	if m == domain.Majority {
		return v.say("decision.rule_majority", v.thresholds(r)...)
	}
	return v.say("decision.rule", v.thresholds(r)...)
}

// thresholds are the numbers of a rule as arguments of its sentence.
func (v voice) thresholds(r domain.Rules) []any {
	if r.Majority > 0 {
		return []any{"share", v.share(r.Majority)}
	}
	return []any{"quorum", v.moreThan(r.Quorum), "share", v.share(r.Agreement)}
}

// share writes a threshold as people say it: 2/3, 3/4, 60%.
func (v voice) share(percent int) string {
	switch percent {
	case 67:
		return "2/3"
	case 75:
		return "3/4"
	}
	return fmt.Sprintf("%d%%", percent)
}

// moreThan is what has to be exceeded: "separuh" or "60%".
func (v voice) moreThan(percent int) string {
	if percent == 50 {
		return v.line("decision.half")
	}
	return v.share(percent)
}

// lowest names the role whose agreement is lowest, among those in which somebody does not agree; empty if there is none.
func (v voice) lowest(version *domain.Version) string {
	best := -1
	var low domain.Count
	for _, g := range domain.Groups() {
		c := version.Role(g)
		if c.Object+c.Block == 0 {
			continue
		}
		sides := c.Agree + c.Object + c.Block
		if best < 0 || (1+c.Agree)*(2+low.Agree+low.Object+low.Block) < (1+low.Agree)*(2+sides) {
			best, low = int(g), c
		}
	}
	if best < 0 {
		return ""
	}
	return v.group(domain.Group(best))
}

// heading is "Usulan No. 7 - Konsensus prakarsa".
func (v voice) heading(p *domain.Proposal) string {
	return v.line("decision.name", "number", p.Number, "title", v.clip(p.Title, domain.MaxTitle))
}

// link says what a proposal settles when it is adopted; nil if it settles nothing by itself.
func (v voice) link(l domain.Link) Rich {
	switch {
	case l.Step != "":
		return v.say("decision.link_step", "step", string(l.Step), "name", v.line("step."+string(l.Step)))
	case l.Charter != "":
		row := settingFor(l.Charter)
		return v.say("decision.link_charter", "setting", row.label(v), "old", row.show(v, row.current(v.s)), "value", row.show(v, l.Value))
	case l.Issue != "":
		if i := v.s.Issue(l.Issue); i != nil {
			return v.say("decision.link_issue", "issue", issueMark(i), "title", i.Title)
		}
	}
	return nil
}

// process is the label of where a proposal stands, or of how it ended.
func (v voice) process(p *domain.Proposal) string {
	switch p.Phase {
	case domain.Open, domain.Extended, domain.Integration, domain.Withdrawn, domain.Parked:
		return v.line("phase." + string(p.Phase))
	}
	return v.outcome(p, p.Now(), p.Result())
}

// outcome is the label of an outcome: "Mufakat, 2 abstain", "Belum disepakati unsur pemasok".
func (v voice) outcome(_ *domain.Proposal, version *domain.Version, o domain.Outcome) string {
	switch {
	case o == domain.Unanimous && version.Count.Abstain > 0:
		return v.line("outcome.unanimous_abstain", "n", version.Count.Abstain)
	case o == domain.Contested:
		return v.line("outcome.contested", "roles", v.groups(groupsNamed(version.Contested)))
	}
	return v.line("outcome." + string(o))
}

// ended is an outcome as it stands inside a sentence.
func (v voice) ended(p *domain.Proposal, version *domain.Version, o domain.Outcome) string {
	if o == domain.Blocked {
		return v.line("outcome.blocked_text")
	}
	return inText(v.outcome(p, version, o))
}

// inText is a label as it stands inside a sentence.
func inText(label string) string {
	r, size := utf8.DecodeRuneInString(label)
	return string(unicode.ToLower(r)) + label[size:]
}

func groupsNamed(names []string) []domain.Group {
	var out []domain.Group
	for _, name := range names {
		if g, ok := domain.GroupNamed(name); ok {
			out = append(out, g)
		}
	}
	return out
}

// withProposal runs f on the proposal people mean by a number.
func (t *turn) withProposal(word string, f func(p *domain.Proposal)) {
	n, ok := numbered(word, "")
	p := t.s.ProposalNumbered(n)
	switch {
	case !ok:
		t.tell("decision.no_number")
	case p == nil:
		t.tell("decision.unknown", "number", n)
	default:
		f(p)
	}
}
