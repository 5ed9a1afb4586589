package domain

import (
	"testing"
	"time"
)

func propose(id ItemID) Propose {
	return Propose{Proposal: id, Method: Consensus, Title: "Fokus rotan sintetis", Text: "Dua tahun, pasar ekspor."}
}

func gateProposal(id ItemID) Propose {
	c := propose(id)
	c.Link.Step = "1.6"
	return c
}

func TestUnanimousGateProposalTicksItsStep(t *testing.T) {
	st := beginThree(t)
	opened := one[ProposalOpened](t, st.do(ana, gateProposal("D1")))
	sameInstant(t, "close", opened.Closes, jakarta(t, "2026-03-16 17:00"))
	if opened.Number != 1 || len(opened.Electorate) != 3 || opened.Rules != (Rules{50, 75, 0, 2, 14}) {
		t.Fatalf("opened %+v", opened)
	}
	st.vote(ana, "D1", Agree)
	st.vote(budi, "D1", AgreeWithNote)
	st.refused(steward, CloseItem{"D1"}, "close.no_coverage")
	st.vote(citra, "D1", Abstain)
	before := st.state.Commits
	events := st.until("2026-03-16 17:00")
	closed := one[ProposalClosed](t, events)
	if closed.Outcome != Unanimous || closed.Count != (Count{Electorate: 3, Agree: 2, Note: 1, Abstain: 1}) {
		t.Errorf("closed %+v", closed)
	}
	if step := st.state.Step("1.6"); step.Status != Verified || step.Decision != 1 {
		t.Errorf("step %+v", step)
	}
	if st.state.Stage() != 2 {
		t.Errorf("stage %d", st.state.Stage())
	}
	st.wants(NoticeResult, before)
	st.refused(ana, CastVote{Proposal: "D1", Position: Agree}, "vote.closed")
	st.refused(ana, gateProposal("D2"), "step.verified")
	if due, ok := st.state.NextDue(); ok {
		t.Errorf("an idle cluster is due at %v", due)
	}
}

func TestIdenticalVoteIsNoEvent(t *testing.T) {
	st := beginThree(t)
	st.do(ana, propose("D1"))
	st.vote(ana, "D1", Object)
	if events := st.vote(ana, "D1", Object); len(events) != 0 {
		t.Errorf("identical vote: %+v", events)
	}
	st.vote(ana, "D1", Agree)
	if c := st.proposal(1).Now().Count; c != (Count{Electorate: 3, Agree: 1}) {
		t.Errorf("count %+v", c)
	}
	st.refused(ana, CastVote{Proposal: "D1", Position: Object}, "vote.reason_needed")
}

func TestNotValidIsExtendedOnceThenLapses(t *testing.T) {
	st := beginThree(t)
	st.do(ana, propose("D1")) // 7 days
	st.vote(ana, "D1", Agree)
	extended := one[ItemExtended](t, st.until("2026-03-09 17:00"))
	sameInstant(t, "extension", extended.Closes, jakarta(t, "2026-03-13 17:00"))
	if extended.Why != NotValidYet || st.proposal(1).Phase != Extended {
		t.Errorf("extended %+v", extended)
	}
	closed := one[ProposalClosed](t, st.until("2026-03-13 17:00"))
	if closed.Outcome != Lapsed || closed.Next != Ended {
		t.Errorf("closed %+v", closed)
	}
}

func TestLateObjectionExtendsOnceByADay(t *testing.T) {
	st := beginThree(t)
	st.do(ana, propose("D1"))
	st.vote(ana, "D1", Agree)
	st.vote(budi, "D1", Agree)
	st.until("2026-03-08 17:00") // exactly 24 hours before
	events := st.vote(citra, "D1", Object)
	sameInstant(t, "extension", one[ItemExtended](t, events).Closes, jakarta(t, "2026-03-10 17:00"))
	st.until("2026-03-10 16:00")
	if events := st.vote(budi, "D1", Block); len(eventsOf[ItemExtended](events)) != 0 {
		t.Errorf("extended twice for late objections: %+v", events)
	}
	closed := one[ProposalClosed](t, st.until("2026-03-10 17:00"))
	if closed.Outcome != Blocked || closed.Next != Integration {
		t.Errorf("closed %+v", closed)
	}
}

func TestBlockAfterAnEarlyObjectionExtends(t *testing.T) {
	st := beginThree(t)
	st.do(ana, propose("D1"))
	st.vote(citra, "D1", Object) // a week ahead: nothing to extend
	st.until("2026-03-09 10:00")
	if events := st.vote(budi, "D1", Agree); len(events) != 1 {
		t.Errorf("an agreement extends: %+v", events)
	}
	sameInstant(t, "extension", one[ItemExtended](t, st.vote(citra, "D1", Block)).Closes, jakarta(t, "2026-03-10 17:00"))
}

func TestEarlierObjectionDoesNotExtend(t *testing.T) {
	st := beginThree(t)
	st.do(ana, propose("D1"))
	st.until("2026-03-08 16:59")
	if events := st.vote(citra, "D1", Block); len(events) != 1 {
		t.Errorf("extended although more than a day is left: %+v", events)
	}
}

func TestBlockedTwiceIsNotReachedAndMayGoToMajority(t *testing.T) {
	st := beginThree(t)
	st.do(ana, gateProposal("D1"))
	blockedRound := func(closes string) ProposalClosed {
		st.vote(ana, "D1", Agree)
		st.vote(budi, "D1", Agree)
		st.vote(citra, "D1", Block)
		return one[ProposalClosed](t, st.until(closes))
	}
	if c := blockedRound("2026-03-16 17:00"); c.Next != Integration {
		t.Fatalf("first round %+v", c)
	}
	st.refused(ana, CastVote{Proposal: "D1", Position: Agree}, "proposal.integration")
	st.refused(steward, Propose{Proposal: "D2", Method: Majority, Link: Link{After: "D1"}}, "majority.not_failed")
	st.refused(ana, ReviseText{"D1", "Dua tahun, pasar ekspor."}, "revise.same")
	st.refused(dewi, ReviseText{"D1", "Baru"}, "revise.officer")
	revised := one[TextRevised](t, st.do(ana, ReviseText{"D1", "Satu tahun."}))
	if revised.Version != 2 || st.proposal(1).Now().Count.Cast() != 0 {
		t.Fatalf("revised %+v", revised)
	}
	sameInstant(t, "second close", revised.Closes, jakarta(t, "2026-03-30 17:00"))
	if c := blockedRound("2026-03-30 17:00"); c.Next != Integration { // two integration rounds are allowed
		t.Fatalf("second round %+v", c)
	}
	st.do(steward, ReviseText{"D1", "Setengah tahun."})
	c := blockedRound("2026-04-13 17:00")
	if c.Outcome != Blocked || c.Next != Ended {
		t.Fatalf("third round %+v", c)
	}
	p := st.proposal(1)
	if p.Result() != NotReached || p.Now().Outcome != Blocked || len(p.Versions) != 3 || p.Versions[0].Count.Block != 1 {
		t.Fatalf("result %s of %+v", p.Result(), p)
	}

	st.refused(ana, Propose{Proposal: "D2", Method: Majority, Link: Link{After: "D1"}}, "steward.only")
	st.refused(steward, Propose{Proposal: "D2", Method: Majority}, "majority.needs_consensus")
	opened := one[ProposalOpened](t, st.do(steward, Propose{Proposal: "D2", Method: Majority, Title: "ignored", Link: Link{After: "D1"}}))
	if opened.Title != p.Title || opened.Text != "Setengah tahun." || opened.Link.Step != "1.6" || opened.Rules != (Rules{Majority: 67, Days: 3}) {
		t.Fatalf("majority %+v", opened)
	}
	st.refused(steward, Propose{Proposal: "D3", Method: Majority, Link: Link{After: "D1"}}, "majority.taken")
	st.refused(ana, CastVote{Proposal: "D2", Position: Block, Reason: "x"}, "vote.position")
	st.do(ana, CastVote{Proposal: "D2", Position: Agree})
	st.refused(steward, CloseItem{"D2"}, "close.no_quorum")
	st.do(citra, CastVote{Proposal: "D2", Position: Object})
	if c := one[ProposalClosed](t, st.do(steward, CloseItem{"D2"})); c.Outcome != NoMajority {
		t.Fatalf("a tie is no majority: %+v", c)
	}
	if st.state.Step("1.6").Status == Verified {
		t.Error("a failed majority ticked the step")
	}
}

func TestMajorityAdoptsWithTwoThirdsTakingPart(t *testing.T) {
	st := beginThree(t)
	st.do(ana, gateProposal("D1"))
	st.vote(ana, "D1", Abstain)
	st.vote(budi, "D1", Abstain)
	st.vote(citra, "D1", Abstain)
	if c := one[ProposalClosed](t, st.until("2026-03-16 17:00")); c.Outcome != NotReached || c.Next != Ended {
		t.Fatalf("all abstain: %+v", c)
	}
	st.do(admin, Propose{Proposal: "D2", Method: Majority, Link: Link{After: "D1"}})
	st.do(ana, CastVote{Proposal: "D2", Position: Agree})
	st.do(budi, CastVote{Proposal: "D2", Position: Agree})
	c := one[ProposalClosed](t, st.until("2026-03-19 17:00"))
	if c.Outcome != ByMajority || st.state.Step("1.6").Decision != 2 {
		t.Fatalf("closed %+v", c)
	}
}

func TestContestedByARole(t *testing.T) {
	st := beginThree(t)
	st.member("A-core2", "PT Anyam", dewi, Role{Group: Core})
	for i, by := range []By{{Person: "P-1"}, {Person: "P-2"}, {Person: "P-3"}} {
		st.member(ActorID("A-x"+string(by.Person)), Text("Pemasok "+string(by.Person)), by, Role{Group: Supplier})
		_ = i
	}
	st.do(ana, propose("D1"))
	for _, by := range []By{ana, dewi, citra, {Person: "P-1"}} {
		st.vote(by, "D1", Agree)
	}
	st.vote(budi, "D1", Object)
	st.vote(By{Person: "P-2"}, "D1", Object)
	st.vote(By{Person: "P-3"}, "D1", Abstain)
	if o, _ := st.proposal(1).Standing(); o != NotReached { // 4 of 6 is below three quarters
		t.Fatalf("standing %s", o)
	}
	st.vote(By{Person: "P-3"}, "D1", Object)
	st.do(steward, ChangeCharter{Key: KeyDigest, Value: "off"})
	st.do(steward, WithdrawItem{Item: "D1"})

	st.do(steward, Propose{Proposal: "D2", Method: Consensus, Title: "Lagi"})
	for _, by := range []By{ana, dewi, citra} {
		st.vote(by, "D2", Agree)
	}
	st.vote(budi, "D2", Object)
	st.vote(By{Person: "P-1"}, "D2", Abstain)
	if o, _ := st.proposal(2).Standing(); o != WithDissent { // one object in a role is no majority of it
		t.Fatalf("standing %s", o)
	}
	// A supplier that is also a core firm counts in both: 6 agree, 2 object, suppliers 0 to 2.
	for i := range 3 {
		by := By{Person: PersonID("P-y" + string(rune('0'+i)))}
		st.member(ActorID("A-y"+string(rune('0'+i))), Text("Lain "+string(rune('0'+i))), by, Role{Group: Related})
	}
	st.do(steward, Propose{Proposal: "D3", Method: Consensus, Title: "Ketiga"})
	for _, by := range []By{ana, dewi, citra, {Person: "P-y0"}, {Person: "P-y1"}, {Person: "P-y2"}} {
		st.vote(by, "D3", Agree)
	}
	st.vote(budi, "D3", Object)
	st.vote(By{Person: "P-1"}, "D3", Object)
	c := one[ProposalClosed](t, st.do(steward, CloseItem{"D3"}))
	if c.Outcome != Contested || c.Next != Integration {
		t.Fatalf("closed %+v", c)
	}
	sameList(t, "contested", c.Contested, []string{"supplier"})
}

func TestCoverageCanBeWaivedInTheExtensionAfterTwoReminders(t *testing.T) {
	st := beginThree(t)
	st.do(steward, NameFacilitator{dewi.Person})
	st.do(ana, propose("D1"))
	st.vote(ana, "D1", Agree)
	st.vote(budi, "D1", Agree)
	st.refused(dewi, WaiveCoverage{"D1"}, "waive.too_early")
	st.until("2026-03-09 17:00")
	st.refused(steward, WaiveCoverage{"D1"}, "facilitator.only")
	st.refused(ana, NameFacilitator{}, "steward.only")
	if st.proposal(1).Now().Reminders < 2 {
		t.Fatalf("%d reminders logged", st.proposal(1).Now().Reminders)
	}
	st.do(dewi, WaiveCoverage{"D1"})
	st.refused(dewi, NameFacilitator{ana.Person}, "steward.only")
	st.do(dewi, NameFacilitator{}) // the post can be laid down, not handed on
	if c := one[ProposalClosed](t, st.do(steward, CloseItem{"D1"})); c.Outcome != Unanimous || !st.proposal(1).Now().Waived {
		t.Fatalf("closed %+v", c)
	}
}

func TestWhoJoinsLaterReadsAndWhoLeavesIsStruck(t *testing.T) {
	st := beginThree(t)
	st.do(ana, propose("D1"))
	st.member("A-late", "UD Baru", dewi, Role{Group: Related})
	if r := st.refused(dewi, CastVote{Proposal: "D1", Position: Agree}, "vote.joined_later"); r.Code != NotMember {
		t.Errorf("code %s", r.Code)
	}
	if r := st.refused(nobody, CastVote{Proposal: "D1", Position: Agree}, "member.none"); r.Code != NotMember {
		t.Errorf("code %s", r.Code)
	}
	st.vote(citra, "D1", Agree)
	st.vote(budi, "D1", Agree)
	if struck := one[VoterStruck](t, st.do(citra, LeaveActor{"A-buy"})); struck.Item != "D1" {
		t.Errorf("struck %+v", struck)
	}
	v := st.proposal(1).Now()
	if v.Count != (Count{Electorate: 2, Agree: 1}) || v.Role(Buyer) != (Count{}) {
		t.Errorf("count %+v", v.Count)
	}
	st.refused(citra, CastVote{Proposal: "D1", Position: Agree}, "member.none")
	// A removal takes effect after the close: the ballot may still be cast and changed.
	st.do(steward, RemoveActor{Actor: "A-supp", Reason: "pindah"})
	st.vote(budi, "D1", Abstain)
	if v := st.proposal(1).Now(); v.Count != (Count{Electorate: 2, Abstain: 1}) {
		t.Errorf("count %+v", v.Count)
	}
}

func TestSeveralActorsAskWhich(t *testing.T) {
	st := beginThree(t)
	st.do(ana, JoinActor{"A-supp"})
	st.refused(ana, JoinActor{"A-supp"}, "member.rep_waits")
	before := st.state.Commits
	st.do(budi, ApproveRepresentative{"A-supp", ana.Person})
	st.wants(NoticeRepApproved, before)
	st.do(budi, propose("D1"))
	r := st.refused(ana, CastVote{Proposal: "D1", Position: Agree}, "actor.which")
	if r.Args["count"] != 2 {
		t.Errorf("args %v", r.Args)
	}
	before = st.state.Commits
	st.do(ana, CastVote{Proposal: "D1", Actor: "A-supp", Position: Agree})
	if n := st.wants(NoticeCoVoted, before); n.Actor != "A-supp" || n.Person != ana.Person {
		t.Errorf("notice %+v", n)
	}
	st.refused(citra, CastVote{Proposal: "D1", Actor: "A-supp", Position: Agree}, "actor.not_yours")
}

func TestRemindersKeepOutOfTheQuietHours(t *testing.T) {
	st := beginThree(t)
	st.do(ana, propose("D1")) // Monday 10.00 to Monday 17.00
	st.vote(ana, "D1", Agree)
	reminded := map[string]time.Time{}
	for {
		due, ok := st.state.NextDue()
		if !ok || due.After(jakarta(t, "2026-03-09 16:59")) {
			break
		}
		st.now = due
		for _, e := range eventsOf[VotersReminded](st.fire()) {
			reminded[e.Kind] = due
			sameList(t, "missing "+e.Kind, e.Missing, []ActorID{"A-supp", "A-buy"})
		}
	}
	sameInstant(t, "half", reminded[RemindHalf], jakarta(t, "2026-03-06 01:30").Add(-5*time.Hour-30*time.Minute)) // 20.00
	sameInstant(t, "day", reminded[RemindDay], jakarta(t, "2026-03-08 17:00"))
	sameInstant(t, "hours", reminded[RemindHours], jakarta(t, "2026-03-09 14:00"))
}

func TestNobodyIsRemindedWhenAllHaveSpoken(t *testing.T) {
	st := beginThree(t)
	st.do(steward, ChangeCharter{Key: KeyDigest, Value: "off"})
	st.do(ana, propose("D1"))
	for _, by := range []By{ana, budi, citra} {
		st.vote(by, "D1", Agree)
	}
	if due, _ := st.state.NextDue(); !due.Equal(jakarta(t, "2026-03-09 17:00")) {
		t.Errorf("due at %v although nobody is missing", due)
	}
}

func TestAwayAtTheCloseExtensionCountsFromTheReturn(t *testing.T) {
	st := beginThree(t)
	st.do(ana, propose("D1"))
	events := st.asleep("2026-03-20 08:00")
	sameInstant(t, "extension", one[ItemExtended](t, events).Closes, jakarta(t, "2026-03-24 17:00"))
	if len(eventsOf[VotersReminded](events)) != 0 {
		t.Errorf("reminded late: %+v", events)
	}
}

func TestCharterRulesNeedADecisionFromThreeActorsOn(t *testing.T) {
	st := begin(t)
	st.do(steward, ChangeCharter{Key: KeyQuorum, Value: "60"})
	st.refused(steward, ChangeCharter{Key: KeyQuorum, Value: "5"}, "charter.number")
	st.refused(nobody, ChangeCharter{Key: KeyQuorum, Value: "50"}, "steward.only")
	st.refused(ana, propose("D1"), "member.none")
	st.refused(steward, propose("D1"), "electorate.empty")
	st.member("A-core", "PT Rotan Jaya", ana, Role{Group: Core})
	st.member("A-supp", "UD Bahan", budi, Role{Group: Supplier})
	st.do(steward, ChangeCharter{Key: KeyQuorum, Value: "55"})
	st.member("A-buy", "CV Ekspor", citra, Role{Group: Buyer})
	st.refused(steward, ChangeCharter{Key: KeyQuorum, Value: "50"}, "charter.needs_decision")
	st.do(steward, ChangeCharter{Key: KeyLang, Value: "en"})
	if events := st.do(steward, ChangeCharter{Key: KeyLang, Value: "en"}); len(events) != 0 {
		t.Errorf("no change: %+v", events)
	}
	link := Link{Charter: KeyQuorum, Value: "50"}
	st.refused(ana, Propose{Proposal: "D1", Method: Consensus, Title: "Kuorum", Link: Link{Charter: KeyQuorum, Value: "55"}}, "charter.same")
	st.refused(ana, Propose{Proposal: "D1", Method: Consensus, Title: "Bahasa", Link: Link{Charter: KeyLang, Value: "en"}}, "charter.housekeeping")
	st.do(ana, Propose{Proposal: "D1", Method: Consensus, Title: "Kuorum", Link: link})
	st.refused(ana, Propose{Proposal: "D2", Method: Consensus, Title: "Kuorum", Link: link}, "link.charter_taken")
	for _, by := range []By{ana, budi, citra} {
		st.vote(by, "D1", Agree)
	}
	changed := one[CharterChanged](t, st.do(steward, CloseItem{"D1"}))
	_, differs := st.state.Charter.value(KeyQuorum)
	if changed.Decision != 1 || st.state.Setting(KeyQuorum) != "50" || differs {
		t.Errorf("changed %+v, charter %v", changed, st.state.Charter)
	}
}

func TestDigestOnlyWhileThereIsSomethingToSay(t *testing.T) {
	st := beginThree(t)
	st.do(ana, propose("D1"))
	for _, by := range []By{ana, budi, citra} {
		st.vote(by, "D1", Agree)
	}
	events := st.until("2026-03-31 17:00")
	var days []string
	for _, e := range eventsOf[DigestDue](events) {
		days = append(days, e.Day)
	}
	sameList(t, "digests", days, []string{"2026-03-02", "2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06", "2026-03-07", "2026-03-08", "2026-03-09"})
	if due, ok := st.state.NextDue(); ok {
		t.Errorf("idle, but due at %v", due)
	}
}
