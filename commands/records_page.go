package commands

import (
	"iter"
	"slices"

	"klaster/domain"
)

// Page gathers one page from the cluster's commits, which come newest first and numbered; it takes no more of them
// than it needs. The texts in them are what is left of them today: erased ones come as domain.Erased.
func (q HistoryQuery) Page(newestFirst iter.Seq[domain.Commit]) *HistoryPage {
	page := &HistoryPage{}
	var newer []uint64 // numbers of the commits before the page, newest first
	for c := range newestFirst {
		if !q.Keeps(c) {
			continue
		}
		if q.Before > 0 && c.Number >= q.Before {
			newer = append(newer, c.Number)
			continue
		}
		if len(page.Commits) >= max(q.Limit, 1) {
			page.Older = page.Commits[len(page.Commits)-1].Number
			break
		}
		page.Commits = append(page.Commits, c)
	}
	switch n := len(newer); {
	case n == 0:
	case n <= q.Limit:
		page.Newer = newer[0] + 1
	default:
		page.Newer = newer[n-q.Limit-1]
	}
	return page
}

// Keeps says whether a commit belongs to the history asked for: it has an event that people care to read about, and
// that concerns the item or step, if one was named.
func (q HistoryQuery) Keeps(c domain.Commit) bool { return slices.ContainsFunc(c.Events, q.keeps) }

func (q HistoryQuery) keeps(e domain.Event) bool {
	switch {
	case q.Item != "":
		return q.aboutItem(e)
	case q.Step != "":
		return aboutStep(e, q.Step)
	}
	switch e.(type) {
	case domain.DigestDue, domain.VotersReminded, domain.PromptRepeated:
		return false // bookkeeping: who was reminded of what is in the history of the item
	}
	return true
}

func (q HistoryQuery) aboutItem(e domain.Event) bool {
	for _, id := range itemsOf(e) {
		if id == q.Item {
			return true
		}
	}
	if q.Number == 0 {
		return false
	}
	switch e := e.(type) { // what the decision brought about
	case domain.CharterChanged:
		return e.Decision == q.Number
	case domain.IssueSettled:
		return e.Decision == q.Number
	case domain.StepVerified:
		return e.Decision == q.Number
	}
	return false
}

// itemsOf lists the items an event is about.
func itemsOf(e domain.Event) []domain.ItemID {
	switch e := e.(type) {
	case domain.IssueRaised:
		return []domain.ItemID{e.Issue}
	case domain.IssueMerged:
		return []domain.ItemID{e.Issue, e.Into}
	case domain.IssueSettled:
		return []domain.ItemID{e.Issue}
	case domain.RoundOpened:
		return append([]domain.ItemID{e.Round}, e.Issues...)
	case domain.ScoresCast:
		return []domain.ItemID{e.Round, e.Issue}
	case domain.RoundClosed:
		ids := []domain.ItemID{e.Round}
		for _, r := range e.Ranking {
			ids = append(ids, r.Issue)
		}
		return ids
	case domain.ProposalOpened:
		return []domain.ItemID{e.Proposal, e.Link.Issue, e.Link.After}
	case domain.VoteCast:
		return []domain.ItemID{e.Proposal}
	case domain.VoterStruck:
		return []domain.ItemID{e.Item}
	case domain.ItemExtended:
		return []domain.ItemID{e.Item}
	case domain.CoverageWaived:
		return []domain.ItemID{e.Item}
	case domain.VotersReminded:
		return []domain.ItemID{e.Item}
	case domain.TextRevised:
		return []domain.ItemID{e.Proposal}
	case domain.ProposalClosed:
		return []domain.ItemID{e.Proposal}
	case domain.ItemWithdrawn:
		return []domain.ItemID{e.Item}
	case domain.ItemParked:
		return []domain.ItemID{e.Item}
	case domain.IndicatorDefined:
		return []domain.ItemID{e.Indicator}
	case domain.IndicatorScheduled:
		return []domain.ItemID{e.Indicator}
	case domain.IndicatorRetired:
		return []domain.ItemID{e.Indicator}
	case domain.PromptDue:
		return []domain.ItemID{e.Indicator}
	case domain.PromptRepeated:
		return []domain.ItemID{e.Indicator}
	case domain.ReadingRecorded:
		return []domain.ItemID{e.Indicator}
	case domain.ReadingUnavailable:
		return []domain.ItemID{e.Indicator}
	case domain.ReadingDeferred:
		return []domain.ItemID{e.Indicator}
	}
	return nil
}

func aboutStep(e domain.Event, step domain.StepID) bool {
	switch e := e.(type) {
	case domain.StepClaimed:
		return e.Step == step
	case domain.StepVerified:
		return e.Step == step
	case domain.StepReopened:
		return e.Step == step
	case domain.ProposalOpened:
		return e.Link.Step == step
	}
	return false
}
