package domain

import (
	"slices"
	"time"

	"klaster/domain/tally"
)

// consensus hands the version in force to the counting rules.
func (p *Proposal) consensus() tally.Consensus {
	v := p.Now()
	c := tally.Consensus{All: ballots(v.Count), Quorum: p.Rules.Quorum, Agree: p.Rules.Agreement, Waived: v.Waived}
	for _, g := range Groups() {
		c.Roles = append(c.Roles, ballots(v.Role(g)))
	}
	return c
}

func (p *Proposal) majority() tally.Majority {
	return tally.Majority{All: ballots(p.Now().Count), Quorum: p.Rules.Majority}
}

func ballots(c Count) tally.Count {
	return tally.Count{Electorate: c.Electorate, Agree: c.Agree, Abstain: c.Abstain, Object: c.Object, Block: c.Block}
}

// Quorate says whether enough of the electorate has taken part in the version in force.
func (p *Proposal) Quorate() bool {
	if p.Method == Majority {
		return p.majority().Valid()
	}
	return p.consensus().Quorate()
}

// QuorumSize is the number of ballots from which the version in force is quorate.
func (p *Proposal) QuorumSize() int {
	if p.Method == Majority {
		return tally.NeededAtLeast(p.Rules.Majority, p.Now().Count.Electorate)
	}
	return tally.NeededMoreThan(p.Rules.Quorum, p.Now().Count.Electorate)
}

// Uncovered lists the role groups that are in the electorate and have no ballot yet; none for a majority vote, which
// needs no coverage.
func (p *Proposal) Uncovered() []Group {
	if p.Method == Majority {
		return nil
	}
	return groups(p.consensus().Uncovered())
}

// Valid says whether the version in force could be given an outcome now.
func (p *Proposal) Valid() bool {
	if p.Method == Majority {
		return p.majority().Valid()
	}
	return p.consensus().Valid()
}

// Standing is the outcome the version in force would have if it were valid and closed now, and the groups it would be
// contested by.
func (p *Proposal) Standing() (Outcome, []Group) {
	if p.Method == Majority {
		return outcomes[p.majority().Outcome()], nil
	}
	c := p.consensus()
	outcome := outcomes[c.Outcome()]
	if outcome != Contested {
		return outcome, nil
	}
	return outcome, groups(c.Overruled())
}

// Result is how the proposal ended: the outcome of its last version, except that being contested or blocked for the
// last time means that consensus was not reached. Empty while it runs and for one that was withdrawn.
func (p *Proposal) Result() Outcome {
	outcome := p.Now().Outcome
	if (p.Phase == Ended || p.Phase == Parked) && (outcome == Contested || outcome == Blocked) {
		return NotReached
	}
	return outcome
}

// ClosedAt is when a proposal that has ended stopped taking ballots: its close, or earlier where a person ended it.
func (p *Proposal) ClosedAt() time.Time {
	if closes := p.Now().Closes; closes.Before(p.EndedAt) {
		return closes
	}
	return p.EndedAt
}

// Informed is role-informed consensus of a version: shown and sorted by, never a gate.
func (v *Version) Informed() tally.RoleInformed {
	var roles []tally.Count
	for _, g := range Groups() {
		roles = append(roles, ballots(v.Role(g)))
	}
	return tally.Informed(roles)
}

// RoundsLeft is the number of integration rounds that may still follow.
func (p *Proposal) RoundsLeft() int { return max(p.Rules.Rounds-(len(p.Versions)-1), 0) }

var outcomes = map[tally.Outcome]Outcome{
	tally.NotReached: NotReached, tally.Unanimous: Unanimous, tally.WithDissent: WithDissent,
	tally.Contested: Contested, tally.Blocked: Blocked, tally.Carried: ByMajority, tally.NotCarried: NoMajority,
}

func groups(indexes []int) []Group {
	var out []Group
	for _, g := range indexes {
		out = append(out, Group(g))
	}
	return out
}

// closeProposal is what the clock does at the close: an outcome where the ballot is valid, else one extension, else
// it lapses.
func (s *State) closeProposal(p *Proposal, now time.Time) []Event {
	v := p.Now()
	switch {
	case p.Valid():
		return p.conclude()
	case !slices.Contains(v.Extensions, NotValidYet) && v.Count.Electorate > 0:
		return []Event{ItemExtended{Item: p.ID, Closes: s.extended(v.Closes, now, p.Rules.Days), Why: NotValidYet}}
	}
	return []Event{ProposalClosed{Proposal: p.ID, Outcome: Lapsed, Count: v.Count, Next: Ended}}
}

// conclude gives a valid ballot its outcome, and an adopted one its effects.
func (p *Proposal) conclude() []Event {
	outcome, contested := p.Standing()
	e := ProposalClosed{Proposal: p.ID, Outcome: outcome, Count: p.Now().Count, Next: Ended}
	for _, g := range contested {
		e.Contested = append(e.Contested, g.String())
	}
	if (outcome == Contested || outcome == Blocked) && p.RoundsLeft() > 0 {
		e.Next = Integration
	}
	events := []Event{e}
	if !outcome.Adopted() {
		return events
	}
	if p.Link.Step != "" {
		events = append(events, StepVerified{Step: p.Link.Step, Decision: p.Number})
	}
	if p.Link.Charter != "" {
		events = append(events, CharterChanged{Key: p.Link.Charter, Value: p.Link.Value, Decision: p.Number})
	}
	if p.Link.Issue != "" {
		events = append(events, IssueSettled{Issue: p.Link.Issue, Fate: FateDecided, Decision: p.Number})
	}
	return events
}

// closeRound is what the clock does at the close of a scoring round: it is extended once when no issue at all has
// enough scores.
func (s *State) closeRound(r *Round, now time.Time) []Event {
	ranking := r.rank()
	anyRanked := len(ranking) > 0 && ranking[0].Rank > 0
	if !anyRanked && !r.Extended && len(r.Electorate) > 0 {
		return []Event{ItemExtended{Item: r.ID, Closes: s.extended(r.Closes, now, r.Rules.Days), Why: NotValidYet}}
	}
	return []Event{RoundClosed{Round: r.ID, Ranking: ranking}}
}

// rank orders the round's issues by their scores so far.
func (r *Round) rank() []Ranked {
	options := make([][]tally.Scored, len(r.Issues))
	for i, issue := range r.Issues {
		for _, v := range r.Electorate {
			if scores := r.Ballots[issue][v.Actor]; scores != nil {
				options[i] = append(options[i], tally.Scored{Scores: scores[:], Roles: uint8(v.Roles)})
			}
		}
	}
	out := make([]Ranked, 0, len(options))
	for _, line := range tally.Rank(tally.USG(), len(r.Electorate), options) {
		out = append(out, Ranked{
			Issue: r.Issues[line.Option], Rank: line.Rank, Voters: line.Voters, Totals: [3]int(line.Totals),
			Spread: line.Spread, RoleMeanX: tally.Thousandths(line.RoleMean), RolesDiffer: line.RolesDiffer,
		})
	}
	return out
}
