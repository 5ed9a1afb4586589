package domain

import "klaster/domain/tally"

func (d deciding) raiseIssue(c RaiseIssue) ([]Event, *Error) {
	actor, bad1 := d.speaker(c.Actor)
	title, bad2 := needed(c.Title, MaxTitle)
	if refusal := firstRefusal(bad1, bad2); refusal != nil {
		return nil, refusal
	}
	if c.Issue == "" || d.Issue(c.Issue) != nil {
		return nil, Refuse(Already, "id.taken")
	}
	return happened(IssueRaised{Issue: c.Issue, Number: len(d.Issues) + 1, Title: title, Actor: actor})
}

// issue finds an issue that has not been merged into another.
func (d deciding) issue(id ItemID) (*Issue, *Error) {
	i := d.Issue(id)
	if i == nil {
		return nil, Refuse(NotFound, "issue.unknown")
	}
	if into := d.Issue(i.Into); i.Fate == FateMerged && into != nil {
		return nil, Refuse(Closed, "issue.merged", "issue", i.Number, "into", into.Number)
	}
	return i, nil
}

func (d deciding) mergeIssues(c MergeIssues) ([]Event, *Error) {
	if refusal := d.needOfficer(); refusal != nil {
		return nil, refusal
	}
	if i := d.Issue(c.Issue); i != nil && i.Fate == FateMerged && i.Into == c.Into {
		return unchanged()
	}
	i, bad1 := d.issue(c.Issue)
	into, bad2 := d.issue(c.Into)
	switch refusal := firstRefusal(bad1, bad2); {
	case refusal != nil:
		return nil, refusal
	case i == into:
		return nil, Refuse(Invalid, "issue.merge_self", "issue", i.Number)
	case i.Fate == FateDecided:
		return nil, Refuse(Closed, "issue.decided", "issue", i.Number, "number", i.Decision)
	}
	return happened(IssueMerged(c))
}

func (d deciding) settleIssue(c SettleIssue) ([]Event, *Error) {
	if refusal := d.needOfficer(); refusal != nil {
		return nil, refusal
	}
	i := d.Issue(c.Issue)
	reason, refusal := optional(c.Reason, MaxReason)
	switch {
	case i == nil:
		return nil, Refuse(NotFound, "issue.unknown")
	case refusal != nil:
		return nil, refusal
	case i.Fate == c.Fate && i.Reason == reason:
		return unchanged()
	case i.Fate == FateDecided:
		return nil, Refuse(Closed, "issue.decided", "issue", i.Number, "number", i.Decision)
	}
	switch c.Fate {
	case FateOpen:
		if i.Fate == FatePrioritised {
			return nil, Refuse(Already, "issue.not_settled", "issue", i.Number)
		}
	case FateRefused:
		if reason == "" {
			return nil, Refuse(Invalid, "issue.reason_needed", "issue", i.Number)
		}
		fallthrough
	case FateDeferred:
		if _, refusal := d.issue(c.Issue); refusal != nil {
			return nil, refusal
		}
	default:
		return nil, Refuse(Invalid, "issue.fate_unknown")
	}
	return happened(IssueSettled{Issue: i.ID, Fate: c.Fate, Reason: reason})
}

// What a scoring round may hold: two options need no ranking, and nobody scores more than forty with care.
const (
	minOptions = 3
	maxOptions = 40
	usgScale   = "usg-1" // the wording of the scores in force
)

func (d deciding) openRound(c OpenRound) ([]Event, *Error) {
	if refusal := d.needOfficer(); refusal != nil {
		return nil, refusal
	}
	if c.Round == "" || d.Round(c.Round) != nil {
		return nil, Refuse(Already, "id.taken")
	}
	if open := d.OpenRound(); open != nil {
		return nil, Refuse(Already, "round.open", "number", open.Number)
	}
	var issues []ItemID
	for _, i := range d.Issues {
		if i.Fate == FateOpen || i.Fate == FatePrioritised {
			issues = append(issues, i.ID)
		}
	}
	electorate := d.electorate()
	switch n := len(issues); {
	case n < minOptions:
		return nil, Refuse(NotYet, "round.too_few_issues", "count", n, "min", minOptions)
	case n > maxOptions:
		return nil, Refuse(NotYet, "round.too_many_issues", "count", n, "max", maxOptions)
	case len(electorate) == 0:
		return nil, Refuse(NotYet, "electorate.empty")
	}
	rules := Rules{Days: d.Number(KeyScoringDays)}
	return happened(RoundOpened{
		Round: c.Round, Number: d.Numbers + 1, Scale: usgScale, Issues: issues, Electorate: electorate,
		Closes: d.closeAfter(d.at, rules.Days), Rules: rules,
	})
}

// electorate is frozen when an item opens: the approved actors with the role groups they have now.
func (d deciding) electorate() []Voter {
	var out []Voter
	for _, a := range d.Approved() {
		out = append(out, Voter{a.ID, RoleSetOf(a.Roles)})
	}
	return out
}

func (d deciding) castScores(c CastScores) ([]Event, *Error) {
	r := d.Round(c.Round)
	if r == nil {
		return nil, Refuse(NotFound, "item.unknown")
	}
	if refusal := r.running(); refusal != nil {
		return nil, refusal
	}
	a, refusal := d.elector(c.Actor, r.VoterRoles)
	if refusal != nil {
		return nil, refusal
	}
	if !r.asks(c.Issue) {
		return nil, Refuse(NotFound, "round.not_asked", "number", r.Number)
	}
	if !c.Scores.valid() {
		return nil, Refuse(Invalid, "scores.range")
	}
	if old, scored := r.Ballots[c.Issue][a.ID]; scored && same(old, c.Scores) {
		return unchanged()
	}
	return happened(ScoresCast{Round: r.ID, Actor: a.ID, Issue: c.Issue, Scores: c.Scores})
}

// same compares optional values.
func same[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}

// running refuses ballots on a round that has ended.
func (r *Round) running() *Error {
	if r.Phase.Running() {
		return nil
	}
	return Refuse(Closed, "round.closed", "number", r.Number, "closed", r.Closes)
}

// Enough is the number of scores an issue needs to be ranked.
func (r *Round) Enough() int { return tally.Enough(len(r.Electorate)) }

// Scored is the number of actors that scored an issue; who skipped it is not counted.
func (r *Round) Scored(issue ItemID) int {
	n := 0
	for _, scores := range r.Ballots[issue] {
		if scores != nil {
			n++
		}
	}
	return n
}
