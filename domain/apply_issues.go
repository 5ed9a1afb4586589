package domain

func (f *folding) issueRaised(e IssueRaised) {
	// Issues are found by their number, so a gap in the numbers cannot be.
	if e.Issue == "" || f.Issue(e.Issue) != nil || e.Number != len(f.Issues)+1 {
		return
	}
	f.Issues = append(f.Issues, &Issue{
		ID: e.Issue, Number: e.Number, Title: e.Title, Actor: e.Actor, By: f.by, At: f.at, Fate: FateOpen,
	})
}

func (f *folding) issueMerged(e IssueMerged) {
	i, into := f.Issue(e.Issue), f.Issue(e.Into)
	if i == nil || into == nil || i == into {
		return
	}
	i.settle(FateMerged)
	i.Into = into.ID
	f.tell(Notice{Kind: NoticeIssueFate, Item: i.ID, Why: string(FateMerged)})
}

func (f *folding) issueSettled(e IssueSettled) {
	i := f.Issue(e.Issue)
	if i == nil {
		return
	}
	switch e.Fate {
	case FateOpen, FateDeferred, FateRefused, FateDecided:
	default:
		return
	}
	i.settle(e.Fate)
	i.Reason, i.Decision = e.Reason, e.Decision
	f.tell(Notice{Kind: NoticeIssueFate, Item: i.ID, Why: string(e.Fate)})
}

// settle gives an issue another fate; what only the old one needed goes.
func (i *Issue) settle(fate Fate) {
	i.Fate, i.Into, i.Reason, i.Rank, i.Round, i.Decision = fate, "", "", 0, "", 0
}

func (f *folding) roundOpened(e RoundOpened) {
	if e.Round == "" || f.Round(e.Round) != nil {
		return
	}
	r := &Round{
		ID: e.Round, Number: e.Number, Scale: e.Scale, Issues: e.Issues, Electorate: f.frozen(e.Electorate),
		Opened: f.at, Since: f.at, Closes: e.Closes.UTC(), By: f.by, Phase: Open, Rules: e.Rules,
	}
	r.reindex()
	f.Rounds = append(f.Rounds, r)
	f.Numbers = max(f.Numbers, e.Number)
}

func (f *folding) scoresCast(e ScoresCast) {
	r := f.Round(e.Round)
	if r == nil || !r.Phase.Running() || !r.asks(e.Issue) || !e.Scores.valid() {
		return
	}
	if _, ok := r.VoterRoles(e.Actor); !ok {
		return
	}
	if !r.spoke(e.Actor) {
		r.said++
	}
	if r.Ballots == nil {
		r.Ballots = make(map[ItemID]map[ActorID]*Scores, len(r.Issues))
	}
	ballots := r.Ballots[e.Issue]
	if ballots == nil {
		ballots = make(map[ActorID]*Scores)
		r.Ballots[e.Issue] = ballots
	}
	ballots[f.actorID(e.Actor)] = e.Scores
}

func (r *Round) asks(issue ItemID) bool {
	for _, id := range r.Issues {
		if id == issue {
			return true
		}
	}
	return false
}

// valid holds for a skip and for three scores from 1 to 5.
func (s *Scores) valid() bool {
	if s == nil {
		return true
	}
	for _, score := range s {
		if score < 1 || score > 5 {
			return false
		}
	}
	return true
}

func (f *folding) roundClosed(e RoundClosed) {
	r := f.Round(e.Round)
	if r == nil || !r.Phase.Running() {
		return
	}
	r.Phase, r.Ranking = Ended, e.Ranking
	for _, line := range e.Ranking {
		i := f.Issue(line.Issue)
		if i == nil || line.Rank < 1 || i.Fate != FateOpen && i.Fate != FatePrioritised {
			continue // too few scores, or settled meanwhile
		}
		i.Fate, i.Rank, i.Round = FatePrioritised, line.Rank, r.ID
	}
	f.tell(Notice{Kind: NoticeRanking, Item: r.ID})
}
