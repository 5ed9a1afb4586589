package domain

func (d deciding) propose(c Propose) ([]Event, *Error) {
	if c.Method == Majority {
		return d.proposeMajority(c)
	}
	actor, bad1 := d.speaker(c.Actor)
	title, bad2 := needed(c.Title, MaxTitle)
	text, bad3 := optional(c.Text, MaxText)
	if refusal := firstRefusal(bad1, bad2, bad3); refusal != nil {
		return nil, refusal
	}
	if c.Method != Consensus {
		return nil, Refuse(Invalid, "method.unknown")
	}
	if c.Link.After != "" {
		return nil, Refuse(Invalid, "link.after")
	}
	if refusal := d.linkable(c.Link); refusal != nil {
		return nil, refusal
	}
	rules := Rules{
		Quorum: d.Number(KeyQuorum), Agreement: d.Number(KeyAgreement), Rounds: d.Number(KeyRounds), Days: d.Number(KeyDays),
	}
	if c.Link.Step != "" {
		rules.Days = d.Number(KeyGateDays)
	}
	return d.open(ProposalOpened{
		Proposal: c.Proposal, Method: Consensus, Title: title, Text: text, Actor: actor, Link: c.Link, Rules: rules,
	})
}

// proposeMajority puts the very text that failed to find consensus to a majority vote; a steward opens it, and it is
// labelled a majority decision for ever.
func (d deciding) proposeMajority(c Propose) ([]Event, *Error) {
	if refusal := d.needSteward(); refusal != nil {
		return nil, refusal
	}
	actor, refusal := d.speaker(c.Actor)
	if refusal != nil {
		return nil, refusal
	}
	if c.Link.After == "" {
		return nil, Refuse(NotYet, "majority.needs_consensus")
	}
	p := d.Proposal(c.Link.After)
	switch {
	case p == nil:
		return nil, Refuse(NotFound, "item.unknown")
	case p.Method != Consensus || p.Phase != Ended && p.Phase != Parked || p.Result() != NotReached:
		return nil, Refuse(NotYet, "majority.not_failed", "number", p.Number)
	}
	if follow := d.Proposal(p.Follow); follow != nil && (follow.Phase.Running() || follow.Now().Outcome != Lapsed && follow.Phase != Withdrawn) {
		return nil, Refuse(Already, "majority.taken", "number", p.Number, "follow", follow.Number)
	}
	link := p.Link
	link.After = p.ID
	if refusal := d.linkable(link); refusal != nil {
		return nil, refusal
	}
	return d.open(ProposalOpened{
		Proposal: c.Proposal, Method: Majority, Title: p.Title, Text: p.Now().Text, Actor: actor, Link: link,
		Rules: Rules{Majority: d.Number(KeyMajority), Days: d.Number(KeyMajorDays)},
	})
}

// open freezes the electorate and sets the close.
func (d deciding) open(e ProposalOpened) ([]Event, *Error) {
	if e.Proposal == "" || d.Proposal(e.Proposal) != nil {
		return nil, Refuse(Already, "id.taken")
	}
	e.Number = d.Numbers + 1
	e.Electorate = d.electorate()
	if len(e.Electorate) == 0 {
		return nil, Refuse(NotYet, "electorate.empty")
	}
	e.Closes = d.closeAfter(d.at, e.Rules.Days)
	return happened(e)
}

// linkable checks what a proposal would settle when adopted, and that no other one settles it at the same time.
func (d deciding) linkable(l Link) *Error {
	if l.Step != "" && l.Charter != "" {
		return Refuse(Invalid, "link.both")
	}
	return firstRefusal(d.stepLinkable(l.Step), d.charterLinkable(l.Charter, l.Value), d.issueLinkable(l.Issue))
}

func (d deciding) stepLinkable(id StepID) *Error {
	if id == "" {
		return nil
	}
	step, known := StepNamed(id)
	switch {
	case !known:
		return Refuse(NotFound, "step.unknown")
	case !step.Gate:
		return Refuse(Invalid, "link.not_gate", "step", id)
	case d.Step(id).Status == Verified:
		return Refuse(Already, "step.verified", "step", id)
	}
	if refusal := d.gatePassed(step); refusal != nil {
		return refusal
	}
	if other := d.settling(func(l Link) bool { return l.Step == id }); other != nil {
		return Refuse(Already, "link.step_taken", "step", id, "number", other.Number)
	}
	return nil
}

func (d deciding) charterLinkable(key CharterKey, value string) *Error {
	if key == "" {
		if value != "" {
			return Refuse(Invalid, "link.value")
		}
		return nil
	}
	setting, known := settingOf(key)
	switch {
	case !known:
		return Refuse(NotFound, "charter.unknown", "setting", string(key))
	case !setting.Rule:
		return Refuse(Invalid, "charter.housekeeping", "setting", string(key))
	}
	if refusal := d.settable(key, value); refusal != nil {
		return refusal
	}
	if value == d.Setting(key) {
		return Refuse(Already, "charter.same", "setting", string(key), "value", Text(value))
	}
	if other := d.settling(func(l Link) bool { return l.Charter == key }); other != nil {
		return Refuse(Already, "link.charter_taken", "setting", string(key), "number", other.Number)
	}
	return nil
}

func (d deciding) issueLinkable(id ItemID) *Error {
	if id == "" {
		return nil
	}
	i, refusal := d.issue(id)
	switch {
	case refusal != nil:
		return refusal
	case i.Fate == FateDecided:
		return Refuse(Closed, "issue.decided", "issue", i.Number, "number", i.Decision)
	}
	if other := d.settling(func(l Link) bool { return l.Issue == id }); other != nil {
		return Refuse(Already, "link.issue_taken", "issue", i.Number, "number", other.Number)
	}
	return nil
}

// settling finds a proposal under way whose link is the given one.
func (d deciding) settling(is func(Link) bool) *Proposal {
	for _, p := range d.Proposals {
		if (p.Phase.Running() || p.Phase == Integration) && is(p.Link) {
			return p
		}
	}
	return nil
}

// ended refuses what needs an open proposal or one between two rounds.
func (p *Proposal) ended() *Error {
	switch p.Phase {
	case Integration:
		return Refuse(Closed, "proposal.integration", "number", p.Number)
	case Withdrawn:
		return Refuse(Closed, "proposal.withdrawn", "number", p.Number)
	}
	return Refuse(Closed, "vote.closed", "number", p.Number, "closed", p.ClosedAt())
}

// proposer says whether By made the proposal: the person itself, or another representative of its actor.
func (d deciding) proposer(p *Proposal) bool {
	if d.by.Person != "" && p.By == d.by.Person {
		return true
	}
	a := d.Actor(p.Actor)
	return a != nil && a.RepresentedBy(d.by.Person)
}

func (d deciding) reviseText(c ReviseText) ([]Event, *Error) {
	p := d.Proposal(c.Proposal)
	switch {
	case p == nil:
		return nil, Refuse(NotFound, "item.unknown")
	case !d.proposer(p) && !d.steward() && !d.facilitator():
		return nil, Refuse(NotSteward, "revise.officer", "number", p.Number)
	case p.Phase.Running():
		return nil, Refuse(NotYet, "revise.still_open", "number", p.Number)
	case p.Phase != Integration:
		return nil, p.ended()
	}
	text, refusal := needed(c.Text, MaxText)
	if refusal != nil {
		return nil, refusal
	}
	if text == p.Now().Text || p.Now().Text == "" && text == p.Title {
		return nil, Refuse(Invalid, "revise.same", "number", p.Number)
	}
	electorate := d.electorate()
	if len(electorate) == 0 {
		return nil, Refuse(NotYet, "electorate.empty")
	}
	return happened(TextRevised{
		Proposal: p.ID, Version: len(p.Versions) + 1, Text: text, Electorate: electorate,
		Closes: d.closeAfter(d.at, p.Rules.Days),
	})
}
