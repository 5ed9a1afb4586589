package domain

import (
	"fmt"
	"runtime"
	"testing"
	"time"
)

// idleJournal is a small cluster that has gone quiet: ten actors of six groups, one proposal on which all ten have
// voted, closed by the clock a week later.
func idleJournal(t testing.TB) []Sealed {
	t.Helper()
	st := begin(t)
	st.thrifty = true
	names := []Text{"PT Rotan Jaya", "UD Bahan Makmur", "CV Ekspor Mandiri", "Koperasi Perajin Tegalwangi", "Bank Nagari", "Dinas Perindustrian",
		"PT Anyam Nusantara", "UD Lem dan Cat Sejati", "Toko Mebel Dewi", "CV Kemasan Pantura"}
	var people []By
	for i, name := range names {
		by := By{Person: PersonID(fmt.Sprintf("P7XQM2K4D9R3%04d", i))}
		people = append(people, by)
		st.do(by, RegisterActor{
			Actor: ActorID(fmt.Sprintf("A3B4N7Q2W5T6%04d", i)), Name: name, Place: "Cirebon",
			Roles: []Role{{Group: Groups()[i%6]}},
		})
		st.do(steward, ApproveActor{ActorID(fmt.Sprintf("A3B4N7Q2W5T6%04d", i))})
	}
	st.do(people[0], propose("D9K3M2XAQ4R7T2W5"))
	for _, by := range people {
		st.do(by, CastVote{Proposal: "D9K3M2XAQ4R7T2W5", Position: Agree})
	}
	st.until("2026-04-01 12:00")
	return st.journal
}

// heapOf measures what n copies of something keep on the heap, each.
func heapOf[T any](n int, fill func(i int) T) int {
	kept := make([]T, n)
	heap := func() int {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	before := heap()
	for i := range kept {
		kept[i] = fill(i)
	}
	after := heap()
	runtime.KeepAlive(kept)
	return (after - before) / n
}

// What a folded idle cluster may take: at rest, and within two days of its last commit, while what there is to tell and
// the causes of commits are remembered. Measured: 3.8 KB and 5.2 KB. At rest ten actors take 2.0 KB of it, the proposal
// with its ten ballots 1.1 KB. The 464 bytes of the prototype held ten bare votes; names, roles, representatives, reasons
// and times are what the boards show. Rooms that are let go take nothing.
const (
	idleLimit  = 4 << 10
	freshLimit = 5_632
)

// Figures are in the log.
func TestIdleClusterIsLight(t *testing.T) {
	journal := idleJournal(t)
	loc := testZones("Asia/Jakarta")
	zones := func(string) *time.Location { return loc }
	fold := func(rest bool) *State {
		s := NewState("K7XQ2M4KB3D9F6H2", zones)
		for _, e := range journal {
			commits, err := Decode(e.Record, e.Texts)
			if err != nil {
				t.Fatal(err)
			}
			Fold(s, commits, e.Head)
		}
		if rest {
			s.Rest(s.LastAt.Add(memory + time.Second))
		}
		return s
	}
	fresh := heapOf(200, func(int) *State { return fold(false) })
	folded := heapOf(200, func(int) *State { return fold(true) })
	s := refold(t, journal)
	snapshot := snapshotOf(t, s)
	t.Logf("folded %d bytes at rest, %d bytes with %d notices and %d causes; snapshot %d bytes; journal %d commits", folded, fresh, len(s.Notices), len(s.Causes), len(snapshot), s.Commits)
	if due, ok := s.NextDue(); ok {
		t.Errorf("idle, but due at %v", due)
	}
	if folded > idleLimit {
		t.Errorf("a folded idle cluster takes %d bytes, want %d at most", folded, idleLimit)
	}
	if fresh > freshLimit {
		t.Errorf("within two days of its last commit it takes %d bytes, want %d at most", fresh, freshLimit)
	}
}

// crowd is a cluster with n actors and an open proposal.
func crowd(n int) *State {
	s := NewState("K", testZones)
	at := time.Date(2026, 3, 2, 3, 0, 0, 0, time.UTC)
	Apply(s, Commit{At: at, By: "P", Events: []Event{ClusterFounded{Name: "K", Lang: "id", Zone: "UTC", Steward: "P"}}})
	var electorate []Voter
	for i := range n {
		id := ActorID(fmt.Sprintf("A%06d", i))
		Apply(s, Commit{At: at, By: PersonID("P" + id), Events: []Event{ActorRegistered{Actor: id, Name: Text(id), Roles: []Role{{Group: Group(i % 6)}}, Approved: true}}})
		electorate = append(electorate, Voter{id, 1 << (i % 6)})
	}
	Apply(s, Commit{At: at, Events: []Event{ProposalOpened{Proposal: "D1", Number: 1, Method: Consensus, Title: "x", Electorate: electorate, Closes: at.AddDate(0, 0, 7)}}})
	s.Notices = nil
	return s
}

// One vote costs the same however many there are: a commit, the next due time and the count on the card.
func BenchmarkVote(b *testing.B) {
	for _, n := range []int{10, 1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := crowd(n)
			at := s.LastAt
			positions := []Position{Agree, Abstain, Agree}
			i := 0
			for b.Loop() {
				id := s.Actors[i%n].ID
				by := By{Person: PersonID("P" + id)}
				at = at.Add(time.Microsecond)
				events, err := Decide(s, at, by, CastVote{Proposal: "D1", Position: positions[(i/n+i)%3]})
				if err != nil {
					b.Fatal(err)
				}
				Apply(s, Commit{At: at, By: by.Person, Events: events})
				s.NextDue()
				i++
			}
		})
	}
}
