package domain

import (
	"fmt"
	"testing"
)

func raise(st *story, by By, n int) {
	st.t.Helper()
	for i := range n {
		st.do(by, RaiseIssue{Issue: ItemID(fmt.Sprintf("I%d", i+1)), Title: "Bahan baku langka"}) // equal titles are fine
	}
}

func TestScoringRoundRanksTheIssues(t *testing.T) {
	st := beginThree(t)
	raise(st, ana, 2)
	st.refused(ana, OpenRound{"R1"}, "officer.only")
	st.refused(steward, OpenRound{"R1"}, "round.too_few_issues")
	st.do(steward, RaiseIssue{Issue: "I3", Title: "Akses pasar"})
	st.do(budi, RaiseIssue{Issue: "I4", Title: "Ditunda"})
	st.do(steward, SettleIssue{Issue: "I4", Fate: FateDeferred})
	opened := one[RoundOpened](t, st.do(steward, OpenRound{"R1"}))
	sameList(t, "issues", opened.Issues, []ItemID{"I1", "I2", "I3"})
	sameInstant(t, "close", opened.Closes, jakarta(t, "2026-03-07 17:00"))
	st.refused(steward, OpenRound{"R2"}, "round.open")

	for _, by := range []By{ana, budi, citra} {
		st.do(by, CastScores{Round: "R1", Issue: "I1", Scores: &Scores{3, 3, 3}})
		st.do(by, CastScores{Round: "R1", Issue: "I3", Scores: &Scores{5, 5, 4}})
	}
	if events := st.do(ana, CastScores{Round: "R1", Issue: "I1", Scores: &Scores{3, 3, 3}}); len(events) != 0 {
		t.Errorf("identical scores: %+v", events)
	}
	st.do(ana, CastScores{Round: "R1", Issue: "I2", Scores: nil})
	st.refused(ana, CastScores{Round: "R1", Issue: "I4", Scores: nil}, "round.not_asked")
	st.refused(ana, CastScores{Round: "R1", Issue: "I1", Scores: &Scores{0, 3, 3}}, "scores.range")
	st.refused(steward, CloseItem{"R1"}, "close.too_few_scores")
	if n := st.state.Round("R1").Missing(); len(n) != 0 {
		t.Errorf("missing %v", n)
	}

	before := st.state.Commits
	events := st.until("2026-03-07 17:00")
	ranking := one[RoundClosed](t, events).Ranking
	if ranking[0].Issue != "I3" || ranking[0].Rank != 1 || ranking[1].Rank != 2 || ranking[2].Rank != 0 {
		t.Fatalf("ranking %+v", ranking)
	}
	if ranking[0].Totals != [3]int{15, 15, 12} || ranking[0].RoleMeanX != 4667 {
		t.Errorf("best %+v", ranking[0])
	}
	if i := st.state.Issue("I3"); i.Fate != FatePrioritised || i.Rank != 1 || i.Round != "R1" {
		t.Errorf("issue %+v", i)
	}
	if i := st.state.Issue("I2"); i.Fate != FateOpen {
		t.Errorf("issue %+v", i)
	}
	st.wants(NoticeRanking, before)
	st.refused(ana, CastScores{Round: "R1", Issue: "I1", Scores: &Scores{1, 1, 1}}, "round.closed")
	// Proposals and rounds share one counter.
	if e := one[ProposalOpened](t, st.do(ana, propose("D1"))); e.Number != 2 {
		t.Errorf("number %d", e.Number)
	}
}

func TestScoringRoundWithTooFewScoresIsExtendedOnce(t *testing.T) {
	st := beginThree(t)
	raise(st, ana, 3)
	st.do(steward, OpenRound{"R1"})
	st.do(ana, CastScores{Round: "R1", Issue: "I1", Scores: &Scores{5, 5, 5}})
	e := one[ItemExtended](t, st.until("2026-03-07 17:00"))
	sameInstant(t, "extension", e.Closes, jakarta(t, "2026-03-10 17:00"))
	ranking := one[RoundClosed](t, st.until("2026-03-10 17:00")).Ranking
	for _, line := range ranking {
		if line.Rank != 0 {
			t.Errorf("ranked with too few scores: %+v", line)
		}
	}
}

func TestIssueFates(t *testing.T) {
	st := beginThree(t)
	raise(st, ana, 4)
	st.refused(ana, MergeIssues{"I1", "I2"}, "officer.only")
	st.refused(steward, MergeIssues{"I1", "I1"}, "issue.merge_self")
	st.refused(steward, SettleIssue{Issue: "I3", Fate: FateRefused}, "issue.reason_needed")
	before := st.state.Commits
	st.do(steward, MergeIssues{"I1", "I2"})
	if n := st.wants(NoticeIssueFate, before); n.Item != "I1" {
		t.Errorf("notice %+v", n)
	}
	if events := st.do(steward, MergeIssues{"I1", "I2"}); len(events) != 0 {
		t.Errorf("merged twice: %+v", events)
	}
	st.refused(steward, MergeIssues{"I1", "I3"}, "issue.merged")
	st.do(steward, SettleIssue{Issue: "I3", Fate: FateRefused, Reason: "bukan wewenang klaster"})
	st.do(steward, SettleIssue{Issue: "I3", Fate: FateOpen})
	if i := st.state.Issue("I3"); i.Fate != FateOpen || i.Reason != "" {
		t.Errorf("reopened %+v", i)
	}
	st.do(ana, Propose{Proposal: "D1", Method: Consensus, Title: "Gudang bersama", Link: Link{Issue: "I2"}})
	st.refused(ana, Propose{Proposal: "D2", Method: Consensus, Title: "Gudang lain", Link: Link{Issue: "I2"}}, "link.issue_taken")
	for _, by := range []By{ana, budi, citra} {
		st.vote(by, "D1", Agree)
	}
	st.do(steward, CloseItem{"D1"})
	if i := st.state.Issue("I2"); i.Fate != FateDecided || i.Decision != 1 {
		t.Errorf("decided %+v", i)
	}
	st.refused(steward, SettleIssue{Issue: "I2", Fate: FateOpen}, "issue.decided")
}
