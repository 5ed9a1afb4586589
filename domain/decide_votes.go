package domain

import (
	"slices"
	"time"
)

// lateWindow is how near to the close a block or an objection extends the item: the others must be able to answer it.
const lateWindow = 24 * time.Hour

func (d deciding) castVote(c CastVote) ([]Event, *Error) {
	p := d.Proposal(c.Proposal)
	if p == nil {
		return nil, Refuse(NotFound, "item.unknown")
	}
	if !p.Phase.Running() {
		return nil, p.ended()
	}
	v := p.Now()
	a, refusal := d.elector(c.Actor, v.VoterRoles)
	if refusal != nil {
		return nil, refusal
	}
	if !p.Method.allows(c.Position) {
		return nil, Refuse(Invalid, "vote.position", "number", p.Number)
	}
	reason, refusal := optional(c.Reason, MaxReason)
	switch {
	case refusal != nil:
		return nil, refusal
	case !c.Position.NeedsReason(p.Method):
		reason = "" // plain positions speak for themselves
	case reason == "":
		return nil, Refuse(Invalid, "vote.reason_needed", "number", p.Number)
	}
	old, voted := v.Ballot(a.ID)
	if voted && old.Position == c.Position && old.Reason == reason {
		return unchanged()
	}
	events := []Event{VoteCast{Proposal: p.ID, Actor: a.ID, Position: c.Position, Reason: reason}}
	if p.Method == Consensus && graver(c.Position, old.Position) && !slices.Contains(v.Extensions, LateObjection) {
		closes := v.Closes.Add(lateWindow)
		if v.Closes.Sub(d.at) <= lateWindow && closes.After(d.at) {
			events = append(events, ItemExtended{Item: p.ID, Closes: closes, Why: LateObjection})
		}
	}
	return events, nil
}

// graver says whether a position is a new objection, or a block where there was less than one.
func graver(now, before Position) bool {
	return now == Block && before != Block || now == Object && before != Object && before != Block
}

// remindersBeforeWaiver is how often the missing must have been asked before their role may be waived.
const remindersBeforeWaiver = 2

func (d deciding) waiveCoverage(c WaiveCoverage) ([]Event, *Error) {
	p := d.Proposal(c.Item)
	if p == nil {
		return nil, Refuse(NotFound, "item.unknown")
	}
	if refusal := d.needFacilitator(); refusal != nil {
		return nil, refusal
	}
	v := p.Now()
	switch {
	case !p.Phase.Running():
		return nil, p.ended()
	case v.Waived:
		return unchanged()
	case len(p.Uncovered()) == 0:
		return nil, Refuse(Already, "waive.not_needed", "number", p.Number)
	case !slices.Contains(v.Extensions, NotValidYet):
		return nil, Refuse(NotYet, "waive.too_early", "number", p.Number, "closes", v.Closes)
	case v.Reminders < remindersBeforeWaiver:
		return nil, Refuse(NotYet, "waive.reminders", "number", p.Number, "count", int(v.Reminders), "min", remindersBeforeWaiver)
	}
	return happened(CoverageWaived(c))
}

// closeItem ends an item early. It is refused while the item is not valid: withdrawing is possible then.
func (d deciding) closeItem(c CloseItem) ([]Event, *Error) {
	if p := d.Proposal(c.Item); p != nil {
		switch refusal := d.needSteward(); {
		case refusal != nil:
			return nil, refusal
		case !p.Phase.Running():
			return nil, p.ended()
		case !p.Quorate():
			return nil, Refuse(NotYet, "close.no_quorum", "number", p.Number, "count", p.Now().Count.Cast(), "need", p.QuorumSize())
		case !p.Valid():
			missing := p.Uncovered()
			return nil, Refuse(NotYet, "close.no_coverage", "number", p.Number, "count", len(missing), "role", missing[0])
		}
		return p.conclude(), nil
	}
	r := d.Round(c.Item)
	if r == nil {
		return nil, Refuse(NotFound, "item.unknown")
	}
	if refusal := firstRefusal(d.needSteward(), r.running()); refusal != nil {
		return nil, refusal
	}
	// The clock is content with one issue that has enough scores; ending early takes the chance from the others.
	enough := 0
	for _, issue := range r.Issues {
		if r.Scored(issue) >= r.Enough() {
			enough++
		}
	}
	if enough < len(r.Issues) {
		return nil, Refuse(NotYet, "close.too_few_scores", "number", r.Number, "count", enough, "issues", len(r.Issues), "need", r.Enough())
	}
	return happened(RoundClosed{Round: r.ID, Ranking: r.rank()})
}

func (d deciding) withdrawItem(c WithdrawItem) ([]Event, *Error) {
	reason, refusal := optional(c.Reason, MaxReason)
	if refusal != nil {
		return nil, refusal
	}
	if p := d.Proposal(c.Item); p != nil {
		switch {
		case !d.proposer(p) && !d.steward():
			return nil, Refuse(NotSteward, "proposer.only", "number", p.Number)
		case !p.Phase.Running() && p.Phase != Integration:
			return nil, p.ended()
		}
		return happened(ItemWithdrawn{Item: p.ID, Reason: reason})
	}
	r := d.Round(c.Item)
	if r == nil {
		return nil, Refuse(NotFound, "item.unknown")
	}
	if (d.by.Person == "" || r.By != d.by.Person) && !d.steward() {
		return nil, Refuse(NotSteward, "proposer.only", "number", r.Number)
	}
	if refusal := r.running(); refusal != nil {
		return nil, refusal
	}
	return happened(ItemWithdrawn{Item: r.ID, Reason: reason})
}

func (d deciding) parkItem(c ParkItem) ([]Event, *Error) {
	reason, bad := optional(c.Reason, MaxReason)
	if refusal := firstRefusal(bad, d.needOfficer()); refusal != nil {
		return nil, refusal
	}
	p := d.Proposal(c.Item)
	switch {
	case p == nil:
		return nil, Refuse(NotFound, "item.unknown")
	case p.Phase == Parked:
		return unchanged()
	case p.Phase.Running():
		return nil, Refuse(NotYet, "park.still_open", "number", p.Number)
	case p.Phase == Withdrawn || p.Phase == Ended && p.Result() != NotReached && p.Result() != Lapsed:
		return nil, Refuse(Closed, "park.settled", "number", p.Number)
	}
	return happened(ItemParked{Item: p.ID, Reason: reason})
}
