package domain

import "slices"

func (f *folding) proposalOpened(e ProposalOpened) {
	if e.Proposal == "" || f.Proposal(e.Proposal) != nil || e.Number <= f.Numbers {
		return // proposals are searched by number, which therefore only grows
	}
	p := &Proposal{
		ID: e.Proposal, Number: e.Number, Method: e.Method, Title: e.Title, Actor: f.actorID(e.Actor), By: f.by,
		Link: e.Link, Rules: e.Rules, Phase: Open,
	}
	p.Versions = []*Version{f.version(e.Text, e.Electorate)}
	p.Now().Closes = e.Closes.UTC()
	f.Proposals = append(f.Proposals, p)
	f.Numbers = e.Number
	if after := f.Proposal(e.Link.After); after != nil && after != p {
		after.Follow = p.ID
	}
}

func (f *folding) version(text Text, electorate []Voter) *Version {
	v := &Version{Text: text, Electorate: seated(f.frozen(electorate)), Opened: f.at, Since: f.at}
	v.reindex()
	return v
}

func (f *folding) voteCast(e VoteCast) {
	p := f.Proposal(e.Proposal)
	if p == nil || !p.Phase.Running() || !p.Method.allows(e.Position) {
		return
	}
	v := p.Now()
	seat := v.seat(e.Actor)
	if seat == nil {
		return
	}
	v.add(seat.Said.position(), seat.Roles, -1)
	v.add(e.Position, seat.Roles, 1)
	by := f.by
	if a := f.Actor(e.Actor); a != nil {
		others := false
		for _, r := range a.Reps {
			if r.Person == f.by {
				by = r.Person // one copy of each identifier is enough
			} else if r.Approved {
				others = true
			}
		}
		if others {
			f.tell(Notice{Kind: NoticeCoVoted, Item: p.ID, Actor: a.ID, Person: by, Version: len(p.Versions) - 1})
		}
	}
	seat.Said, seat.By, seat.At, seat.Reason = saidOf(e.Position), by, uint32(f.at.Unix()), nil
	if e.Reason != "" {
		reason := e.Reason // of its own, lest the event stays
		seat.Reason = &reason
	}
}

// actorID gives the state's own copy of an identifier.
func (s *State) actorID(id ActorID) ActorID {
	if a := s.Actor(id); a != nil {
		return a.ID
	}
	return id
}

// allows says whether the position exists under the method.
func (m Method) allows(p Position) bool {
	switch p {
	case Agree, Abstain, Object:
		return true
	case AgreeWithNote, Block:
		return m == Consensus
	}
	return false
}

func (f *folding) voterStruck(e VoterStruck) {
	if p := f.Proposal(e.Item); p != nil && p.Phase.Running() {
		v := p.Now()
		v.Electorate = slices.DeleteFunc(v.Electorate, func(s Seat) bool { return s.Actor == e.Actor })
		v.reindex()
		return
	}
	if r := f.Round(e.Item); r != nil && r.Phase.Running() {
		for _, ballots := range r.Ballots {
			delete(ballots, e.Actor)
		}
		r.Electorate = slices.DeleteFunc(r.Electorate, func(v Voter) bool { return v.Actor == e.Actor })
		r.reindex()
	}
}

// itemExtended moves the close. The reminders of the last day are due again before the new one; half time has been.
func (f *folding) itemExtended(e ItemExtended) {
	closes := e.Closes.UTC()
	n := Notice{Kind: NoticeExtended, Item: e.Item, Why: e.Why}
	if p := f.Proposal(e.Item); p != nil && p.Phase.Running() {
		v := p.Now()
		if slices.Contains(v.Extensions, e.Why) {
			return
		}
		p.Phase = Extended
		v.Extensions = append(v.Extensions, e.Why)
		v.Closes, v.Since, v.Reminded = closes, f.at, onlyHalf
		n.Version = len(p.Versions) - 1
		f.tell(n)
	} else if r := f.Round(e.Item); r != nil && r.Phase.Running() && !r.Extended {
		r.Phase, r.Extended = Extended, true
		r.Closes, r.Since, r.Reminded = closes, f.at, onlyHalf
		f.tell(n)
	}
}

func (f *folding) coverageWaived(e CoverageWaived) {
	if p := f.Proposal(e.Item); p != nil && p.Phase.Running() {
		p.Now().Waived = true
	}
}

func (f *folding) votersReminded(e VotersReminded) {
	n := Notice{Kind: NoticeRemind, Item: e.Item, Actors: e.Missing, Why: e.Kind}
	if p := f.Proposal(e.Item); p != nil && p.Phase.Running() {
		v := p.Now()
		v.Reminded.mark(e.Kind)
		v.Reminders++
		n.Version = len(p.Versions) - 1
	} else if r := f.Round(e.Item); r != nil && r.Phase.Running() {
		r.Reminded.mark(e.Kind)
	} else {
		return
	}
	if e.Kind != RemindHalf { // half time is a line in the digest
		f.tell(n)
	}
}

func (f *folding) textRevised(e TextRevised) {
	p := f.Proposal(e.Proposal)
	if p == nil || p.Phase != Integration {
		return
	}
	v := f.version(e.Text, e.Electorate)
	v.Closes = e.Closes.UTC()
	p.Versions = append(p.Versions, v)
	p.Phase = Open
}

func (f *folding) proposalClosed(e ProposalClosed) {
	p := f.Proposal(e.Proposal)
	if p == nil || !p.Phase.Running() {
		return
	}
	v := p.Now()
	v.Outcome, v.Contested = e.Outcome, e.Contested
	p.Phase = Integration
	if e.Next != Integration {
		p.Phase, p.EndedAt = Ended, f.at
	}
	f.tell(Notice{Kind: NoticeResult, Item: p.ID, Version: len(p.Versions) - 1, Why: string(e.Outcome)})
}

func (f *folding) itemWithdrawn(e ItemWithdrawn) {
	if p := f.Proposal(e.Item); p != nil && (p.Phase.Running() || p.Phase == Integration) {
		p.Phase, p.Reason, p.EndedAt = Withdrawn, e.Reason, f.at
	} else if r := f.Round(e.Item); r != nil && r.Phase.Running() {
		r.Phase = Withdrawn
	} else {
		return
	}
	f.tell(Notice{Kind: NoticeWithdrawn, Item: e.Item})
}

func (f *folding) itemParked(e ItemParked) {
	p := f.Proposal(e.Item)
	if p == nil || p.Phase != Integration && p.Phase != Ended {
		return
	}
	if p.EndedAt.IsZero() {
		p.EndedAt = f.at
	}
	p.Phase, p.Reason = Parked, e.Reason
}
