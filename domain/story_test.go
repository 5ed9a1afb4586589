package domain

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"
)

// story is a cluster's life in a test. Between all steps its journal is encoded, decoded and folded anew, and the state
// goes through a snapshot, so that nothing can hide in memory.
type story struct {
	t       rapid.TB
	state   *State
	journal []Sealed
	now     time.Time
	steps   int
	thrifty bool // folds anew at the end only, for long stories
}

// The people of the stories: a steward who represents nobody, and one representative for each actor.
var (
	steward = By{Person: "P-steward"}
	admin   = By{Person: "P-admin", ChatAdmin: true}
	ana     = By{Person: "P-ana"}
	budi    = By{Person: "P-budi"}
	citra   = By{Person: "P-citra"}
	dewi    = By{Person: "P-dewi"}
	nobody  = By{Person: "P-nobody"}
)

// testZones loads zones for tests; the package itself gets them passed in.
func testZones(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

// jakarta is a local time in the stories' zone.
func jakarta(t rapid.TB, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, testZones("Asia/Jakarta"))
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// begin founds a cluster on Monday 2 March 2026, 10.00 in Jakarta.
func begin(t rapid.TB) *story {
	t.Helper()
	st := &story{t: t, state: NewState("K-test", testZones), now: jakarta(t, "2026-03-02 10:00")}
	st.do(steward, Found{
		Name: "Klaster Rotan Cirebon", Core: "rotan", Region: "Cirebon", Lang: "id", Zone: "Asia/Jakarta",
		Steward: steward.Person, Chat: ChatRef{Platform: "web", Chat: "1"},
	})
	return st
}

// beginThree founds a cluster with a core firm (ana), a supplier (budi) and a buyer (citra).
func beginThree(t rapid.TB) *story {
	t.Helper()
	st := begin(t)
	st.member("A-core", "PT Rotan Jaya", ana, Role{Group: Core})
	st.member("A-supp", "UD Bahan", budi, Role{Group: Supplier, Sub: "main_material"})
	st.member("A-buy", "CV Ekspor", citra, Role{Group: Buyer})
	return st
}

func (st *story) member(id ActorID, name Text, by By, roles ...Role) {
	st.t.Helper()
	st.do(by, RegisterActor{Actor: id, Name: name, Roles: roles, Place: "Cirebon"})
	st.do(steward, ApproveActor{Actor: id})
}

// do gives a command that has to succeed and gives its events.
func (st *story) do(by By, c Command) []Event {
	st.t.Helper()
	events, err := Decide(st.state, st.now, by, c)
	if err != nil {
		st.t.Fatalf("%T: %v", c, describe(err))
	}
	if len(events) > 0 {
		st.commit(by.Person, events)
	}
	return events
}

func describe(err error) string {
	var refused *Error
	if errors.As(err, &refused) {
		return fmt.Sprintf("%v %v", refused, refused.Args)
	}
	return err.Error()
}

// refused gives a command that has to be refused with a key.
func (st *story) refused(by By, c Command, key string) *Error {
	st.t.Helper()
	events, err := Decide(st.state, st.now, by, c)
	var refusal *Error
	if !errors.As(err, &refusal) {
		st.t.Fatalf("%T: want refusal %q, got %v, %v", c, key, events, err)
	}
	if refusal.Key != key {
		st.t.Fatalf("%T: want refusal %q, got %s", c, key, describe(err))
	}
	return refusal
}

// commit appends one entry of one commit and folds it.
func (st *story) commit(by PersonID, events []Event) {
	st.t.Helper()
	st.steps++
	c := Commit{At: st.now, By: by, Cause: fmt.Sprintf("test:%d", st.steps), Salt: [16]byte{byte(st.steps), 1}, Events: events}
	record, texts, err := Encode([]Commit{c})
	if err != nil {
		st.t.Fatal(err)
	}
	commits, err := Decode(record, texts)
	if err != nil {
		st.t.Fatalf("decode %s: %v", record, err)
	}
	head := st.state.Head.Next(record)
	Fold(st.state, commits, head)
	st.journal = append(st.journal, Sealed{head, record, texts})
	if !st.thrifty {
		st.check()
	}
}

// check folds the journal anew and sends the state through a snapshot. Both rest first, which changes something only
// when no commit has been for two days.
func (st *story) check() {
	st.t.Helper()
	st.state.Rest(st.now)
	anew := refold(st.t, st.journal)
	anew.Rest(st.now)
	want := snapshotOf(st.t, st.state)
	if again := snapshotOf(st.t, anew); !bytes.Equal(want, again) {
		st.t.Fatalf("folding the journal anew gives another state:\n%s\n%s", want, again)
	}
	back, err := DecodeSnapshot(want, testZones)
	if err != nil {
		st.t.Fatal(err)
	}
	if again := snapshotOf(st.t, back); !bytes.Equal(want, again) {
		st.t.Fatalf("a snapshot changes the state:\n%s\n%s", want, again)
	}
	st.state = back
}

func refold(t rapid.TB, journal []Sealed) *State {
	t.Helper()
	s := NewState("K-test", testZones)
	for _, e := range journal {
		commits, err := Decode(e.Record, e.Texts)
		if err != nil {
			t.Fatal(err)
		}
		Fold(s, commits, e.Head)
	}
	return s
}

func snapshotOf(t rapid.TB, s *State) []byte {
	t.Helper()
	b, err := EncodeSnapshot(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// until lets the clock run and commits all that comes due; each time something must happen, and the next time must lie
// ahead.
func (st *story) until(local string) []Event {
	st.t.Helper()
	end := jakarta(st.t, local)
	var all []Event
	for {
		due, ok := st.state.NextDue()
		if !ok || due.After(end) {
			st.now = end
			return all
		}
		if due.After(st.now) {
			st.now = due
		}
		all = append(all, st.fire()...)
	}
}

// asleep lets time pass while nobody is awake, and then wakes the cluster.
func (st *story) asleep(local string) []Event {
	st.t.Helper()
	st.now = jakarta(st.t, local)
	var all []Event
	for {
		due, ok := st.state.NextDue()
		if !ok || due.After(st.now) {
			return all
		}
		all = append(all, st.fire()...)
	}
}

func (st *story) fire() []Event {
	st.t.Helper()
	events := Fire(st.state, st.now)
	if len(events) == 0 {
		due, _ := st.state.NextDue()
		st.t.Fatalf("due at %v, but nothing fires at %v", due, st.now)
	}
	st.commit("", events)
	if due, ok := st.state.NextDue(); ok && !due.After(st.now) {
		st.t.Fatalf("after firing %+v at %v the next time is %v", events, st.now, due)
	}
	return events
}

// eventsOf picks the events of one type.
func eventsOf[E Event](events []Event) []E {
	var out []E
	for _, e := range events {
		if e, ok := e.(E); ok {
			out = append(out, e)
		}
	}
	return out
}

// one picks the only event of a type.
func one[E Event](t rapid.TB, events []Event) E {
	t.Helper()
	found := eventsOf[E](events)
	if len(found) != 1 {
		var zero E
		t.Fatalf("want one %s, got %d in %+v", zero.EventType(), len(found), events)
	}
	return found[0]
}

func (st *story) proposal(n int) *Proposal {
	st.t.Helper()
	p := st.state.ProposalNumbered(n)
	if p == nil {
		st.t.Fatalf("no proposal %d", n)
	}
	return p
}

func (st *story) vote(by By, id ItemID, p Position) []Event {
	st.t.Helper()
	c := CastVote{Proposal: id, Position: p}
	if p != Agree && p != Abstain {
		c.Reason = "karena itu"
	}
	return st.do(by, c)
}

// kinds lists the notices told since a commit.
func (st *story) kinds(after uint64) []NoticeKind {
	var out []NoticeKind
	for _, n := range st.state.Notices {
		if n.Commit > after {
			out = append(out, n.Kind)
		}
	}
	return out
}

func (st *story) wants(kind NoticeKind, after uint64) Notice {
	st.t.Helper()
	for _, n := range st.state.Notices {
		if n.Commit > after && n.Kind == kind {
			return n
		}
	}
	st.t.Fatalf("no notice %s among %v", kind, st.kinds(after))
	return Notice{}
}

func sameInstant(t rapid.TB, what string, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s: got %v, want %v", what, got.In(testZones("Asia/Jakarta")), want)
	}
}

func sameList[T comparable](t rapid.TB, what string, got, want []T) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}
