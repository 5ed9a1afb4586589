package domain

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestJoiningWithApproval(t *testing.T) {
	st := begin(t)
	before := st.state.Commits
	register := RegisterActor{Actor: "A-core", Name: "PT Rotan Jaya", Place: "Cirebon", Roles: []Role{{Group: Core}, {Group: Core}, {Group: Supplier, Sub: "main_material"}}}
	registered := one[ActorRegistered](t, st.do(ana, register))
	if registered.Approved || len(registered.Roles) != 2 {
		t.Errorf("registered %+v", registered)
	}
	st.wants(NoticeActorWaits, before)
	if r := st.refused(ana, RaiseIssue{Issue: "I1", Title: "x"}, "member.actor_waits"); r.Code != NotMember {
		t.Errorf("code %s", r.Code)
	}
	register.Actor, register.Name = "A-twin", " pt  ROTAN jaya"
	if r := st.refused(budi, register, "actor.exists"); r.Args["id"] != ActorID("A-core") {
		t.Errorf("args %v", r.Args)
	}
	st.refused(budi, ApproveActor{"A-core"}, "steward.only")
	before = st.state.Commits
	st.do(admin, ApproveActor{"A-core"}) // an admin of the chat counts as a steward
	st.wants(NoticeActorApproved, before)
	if events := st.do(steward, ApproveActor{"A-core"}); len(events) != 0 {
		t.Errorf("approved twice: %+v", events)
	}
	st.refused(steward, RefuseActor{"A-core", "x"}, "actor.approved")
	st.do(ana, RaiseIssue{Issue: "I1", Title: "Bahan baku"})

	st.do(budi, RegisterActor{Actor: "A-x", Name: "PT X", Roles: []Role{{Group: Buyer}}})
	st.refused(steward, RefuseActor{Actor: "A-x"}, "text.blank")
	before = st.state.Commits
	st.do(steward, RefuseActor{"A-x", "bukan anggota"})
	if n := st.wants(NoticeActorRefused, before); n.Why != "bukan anggota" {
		t.Errorf("notice %+v", n)
	}
	st.refused(citra, JoinActor{"A-x"}, "actor.refused")
	st.do(steward, ApproveActor{"A-x"}) // a steward may think again

	for key, roles := range map[string][]Role{"role.none": nil, "role.unknown": {{Group: Core, Sub: "main_material"}}} {
		st.refused(dewi, RegisterActor{Actor: "A-y", Name: "PT Y", Roles: roles}, key)
	}
	st.refused(dewi, RegisterActor{Actor: "A-y", Name: Text(strings.Repeat("é", MaxName+1)), Roles: []Role{{}}}, "text.too_long")
	st.do(dewi, RegisterActor{Actor: "A-y", Name: Text(strings.Repeat("é", MaxName)), Roles: []Role{{}}})
	st.refused(dewi, RegisterActor{Actor: "A-z", Name: "a\x00b", Roles: []Role{{}}}, "text.garbled")
	st.refused(dewi, RegisterActor{Actor: "A-z", Name: "a\xffb", Roles: []Role{{}}}, "text.garbled")
}

func TestRepresentatives(t *testing.T) {
	st := beginThree(t)
	st.do(dewi, JoinActor{"A-core"})
	st.refused(dewi, RaiseIssue{Issue: "I1", Title: "x"}, "member.rep_waits")
	st.refused(budi, ApproveRepresentative{"A-core", dewi.Person}, "actor.not_yours")
	st.do(ana, ApproveRepresentative{"A-core", dewi.Person})
	st.refused(ana, ApproveRepresentative{"A-core", "P-stranger"}, "rep.unknown")
	st.do(dewi, LeaveRepresentation{"A-core", ana.Person})
	st.do(dewi, LeaveRepresentation{"A-core", dewi.Person})
	// Nobody is left; with automatic approval the next one may come in at once.
	st.do(ana, JoinActor{"A-core"})
	if st.state.Actor("A-core").RepresentedBy(ana.Person) {
		t.Error("joined without approval")
	}
	if _, err := Decide(st.state, st.now, steward, ChangeCharter{KeyApproval, "auto"}); err == nil {
		t.Error("approval is a rule")
	}
	joined := one[RepresentativeJoined](t, st.do(steward, JoinActor{"A-core"}))
	if !joined.Approved {
		t.Error("a steward waits for approval")
	}
	if events := st.do(steward, JoinActor{"A-core"}); len(events) != 0 {
		t.Errorf("joined twice: %+v", events)
	}
}

func TestForgettingAPerson(t *testing.T) {
	st := beginThree(t)
	st.do(steward, NameFacilitator{ana.Person})
	st.refused(budi, ForgetPerson{ana.Person}, "forget.only_self")
	st.do(By{}, ForgetPerson{ana.Person})
	if st.state.Facilitator != "" || len(st.state.Involvements(ana.Person)) != 0 || st.state.Actor("A-core").Status != StatusApproved {
		t.Errorf("after forgetting: %+v", st.state.Actor("A-core"))
	}
	if events := st.do(ana, ForgetPerson{ana.Person}); len(events) != 0 {
		t.Errorf("forgotten twice: %+v", events)
	}
	st.do(steward, ForgetPerson{steward.Person}) // the last steward may go: a chat admin counts as one
	st.do(admin, NameSteward{budi.Person})
	if !st.state.IsSteward(budi.Person) {
		t.Error("no way back")
	}
}

func TestChatsFollowThePlatform(t *testing.T) {
	st := begin(t)
	one, two := ChatRef{Platform: "web", Chat: "1"}, ChatRef{Platform: "web", Chat: "2"}
	st.refused(steward, AttachChat{two}, "bot.only")
	st.refused(steward, AttachChat{ChatRef{Platform: "web", Chat: "2", Thread: "7"}}, "bot.only")
	st.do(By{}, AttachChat{two})
	st.do(By{}, SuspendChat{two})
	if events := st.do(By{}, SuspendChat{two}); len(events) != 0 {
		t.Errorf("suspended twice: %+v", events)
	}
	moved := ChatRef{Platform: "web", Chat: "3"}
	st.do(By{}, MoveChat{two, moved})
	if events := st.do(By{}, MoveChat{two, moved}); len(events) != 0 {
		t.Errorf("moved twice: %+v", events)
	}
	if c := st.state.Chats[1]; c.Ref != moved || !c.Suspended {
		t.Errorf("chats %+v", st.state.Chats)
	}
	st.do(By{}, ResumeChat{moved})
	st.do(By{}, MoveChat{moved, one}) // into a chat it is in already
	if len(st.state.Chats) != 1 {
		t.Errorf("chats %+v", st.state.Chats)
	}
	st.refused(By{}, ResumeChat{moved}, "chat.unknown")
}

func TestTopicsOfAnAttachedGroup(t *testing.T) {
	st := beginThree(t)
	topic := ChatRef{Platform: "web", Chat: "1", Thread: "7"}
	st.refused(ana, AttachChat{topic}, "steward.only")
	st.do(steward, AttachChat{topic})
	if events := st.do(steward, AttachChat{topic}); len(events) != 0 {
		t.Errorf("attached twice: %+v", events)
	}
	st.do(steward, DetachChat{ChatRef{Platform: "web", Chat: "1"}})
	st.do(steward, AttachChat{ChatRef{Platform: "web", Chat: "1", Thread: "8"}})
	if len(st.state.Chats) != 2 || !st.state.SpeaksIn(topic) {
		t.Errorf("chats %+v", st.state.Chats)
	}
}

func TestNothingHappensBeforeTheFounding(t *testing.T) {
	s := NewState("K", testZones)
	for _, c := range []Command{RaiseIssue{Issue: "I1", Title: "x"}, nil, Found{Name: "K", Core: "x", Region: "y", Lang: "de", Zone: "UTC", Steward: "P"}} {
		if events, err := Decide(s, time.Time{}, steward, c); err == nil {
			t.Errorf("%T: %+v", c, events)
		}
	}
	if due, ok := s.NextDue(); ok || len(Fire(s, time.Now())) != 0 {
		t.Errorf("due %v", due)
	}
	st := begin(t)
	st.refused(steward, Found{Name: "K"}, "cluster.exists")
	st.refused(steward, nil, "command.unknown")
}

func TestCausesAreRememberedForTwoDays(t *testing.T) {
	st := begin(t)
	at, ok := st.state.Accepted("test:1")
	if !ok || at.Commit != 1 || at.Version != 1 {
		t.Fatalf("%+v, %v", at, ok)
	}
	if _, ok := st.state.Accepted(""); ok {
		t.Error("the empty cause is known")
	}
	st.now = st.now.Add(memory)
	st.do(steward, NameSteward{"P-2"})
	if _, ok := st.state.Accepted("test:1"); !ok {
		t.Error("forgotten too soon")
	}
	st.now = st.now.Add(time.Second)
	st.do(steward, NameSteward{"P-3"})
	if _, ok := st.state.Accepted("test:1"); ok || len(st.state.Causes) != 2 || len(st.state.causeOrder) != 2 {
		t.Errorf("remembered: %v", st.state.Causes)
	}
	if len(st.state.Notices) != 0 {
		t.Errorf("notices %+v", st.state.Notices)
	}
}

// What is walked in a small cluster is looked up in a large one; both have to say the same.
func TestLargeClustersUseIndexes(t *testing.T) {
	st := begin(t)
	st.thrifty = true
	st.do(steward, ChangeCharter{KeyApproval, "auto"})
	const n = smallCrowd + 20
	person := func(i int) By { return By{Person: PersonID(fmt.Sprintf("P-%02d", i))} }
	actor := func(i int) ActorID { return ActorID(fmt.Sprintf("A-%02d", i)) }
	for i := range n {
		st.do(person(i), RegisterActor{Actor: actor(i), Name: Text(actor(i)), Roles: []Role{{Group: Groups()[i%6]}}})
	}
	if st.state.byPerson == nil || st.state.byID == nil {
		t.Fatal("no index")
	}
	st.do(person(0), JoinActor{actor(1)})
	st.do(person(1), ApproveRepresentative{actor(1), person(0).Person})
	if got := st.state.Represents(person(0).Person); len(got) != 2 {
		t.Errorf("represents %v", got)
	}
	st.do(person(2), propose("D1"))
	if st.proposal(1).Now().seats == nil {
		t.Fatal("no index")
	}
	for i := 2; i < n; i++ {
		st.do(person(i), CastVote{Proposal: "D1", Position: Agree})
	}
	st.refused(person(0), CastVote{Proposal: "D1", Position: Agree}, "actor.which")
	st.do(person(0), LeaveRepresentation{actor(1), person(0).Person})
	st.do(person(0), LeaveActor{actor(0)})
	st.do(person(5), LeaveActor{actor(5)})
	st.check() // refolds, and rebuilds the indexes from a snapshot
	v := st.proposal(1).Now()
	if v.Count != (Count{Electorate: n - 2, Agree: n - 3}) || len(v.Missing()) != 1 {
		t.Errorf("count %+v", v.Count)
	}
	st.do(person(1), CastVote{Proposal: "D1", Position: Abstain})
	st.do(steward, CloseItem{"D1"})
	if st.proposal(1).Now().Outcome != Unanimous {
		t.Errorf("outcome %s", st.proposal(1).Now().Outcome)
	}
	st.check()
}

func TestStages(t *testing.T) {
	st := beginThree(t)
	verify := func(ids ...StepID) {
		for _, id := range ids {
			st.commit("", []Event{StepVerified{Step: id}})
		}
	}
	for _, tt := range []struct {
		verified []StepID
		stage    int
	}{{nil, 1}, {[]StepID{"1.6"}, 2}, {[]StepID{"2.4"}, 3}, {[]StepID{"3.1", "3.2"}, 3}, {[]StepID{"3.3"}, 4}} {
		verify(tt.verified...)
		if got := st.state.Stage(); got != tt.stage {
			t.Errorf("after %v: stage %d, want %d", tt.verified, got, tt.stage)
		}
	}
	sameList(t, "missing roles", st.state.MissingRoles(), []Group{Supporting, Related, Institution})
}
