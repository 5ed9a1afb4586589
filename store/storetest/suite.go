// Package storetest is the one suite that every implementation of store.Store passes, and what other packages' tests
// need of a store: faults on demand (Faulty), a real Redis (StartRedis) and a Redis Cluster (StartRedisCluster).
package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"klaster/domain"
	"klaster/store"
)

// patience bounds every wait of the suite. It is never slept through: it is how long a signal may take.
const patience = 20 * time.Second

// Run checks the whole contract. open gives a store that is empty, or that other tests use too: the suite makes its own
// ids, and lists may hold others' clusters only if open returns the same store again. Run closes what it opens.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	tests := []struct {
		name string
		run  func(t *testing.T, s store.Store)
	}{
		{"append moves the head and keeps the bytes", testAppend},
		{"create happens once", testCreate},
		{"an append is idempotent", testAppendTwice},
		{"an append behind the head is a conflict", testConflict},
		{"an append on a longer or another history is rewound", testRewound},
		{"without a journal everything is missing", testMissing},
		{"one of many writers wins each version", testWriters},
		{"many clusters at once", testManyClusters},
		{"read is contiguous and bounded", testRead},
		{"snapshots: the newer wins", testSnapshots},
		{"a snapshot of another history is left out", testForeignSnapshot},
		{"redact keeps the heads and drops the snapshot", testRedact},
		{"redact keeps appends that come meanwhile", testRedactUnderAppends},
		{"clusters are paged in order", testClusters},
		{"follow hears of appends", testFollow},
		{"due times are set in the same step", testDue},
		{"set due needs the head", testSetDue},
		{"due is earliest first and bounded", testDueOrder},
		{"dirty marks outlive an older clear", testDirty},
		{"clear dirty races with append", testDirtyRace},
		{"dirty comes round to all", testDirtyRound},
		{"claim has one winner", testClaim},
		{"posts", testPosts},
		{"mint makes one person of an account", testMint},
		{"mint refuses another person's id", testMintTaken},
		{"change loses no update", testChangePerson},
		{"accounts follow the person", testAccounts},
		{"forget leaves nothing", testForget},
		{"sessions end", testSessions},
		{"the transcript is bounded and can be corrected", testTranscript},
		{"watch hears of lines", testWatch},
		{"tokens end", testTokens},
		{"parked inputs, latest first", testParking},
		{"the holder of a lease keeps it", testLease},
		{"odd identifiers do not meet", testOddIdentifiers},
		{"ready, clock and durability", testService},
		{"a cancelled call stores nothing or says so", testCancelled},
		{"after close everything is closed", testClosed},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := open(t)
			t.Cleanup(func() {
				if err := s.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			test.run(t, s)
		})
	}
}

func entry(record string) store.Entry {
	return store.Entry{Record: []byte(record), Texts: []byte("texts of " + record)}
}

// clusterID is unique within the test and in the order of n.
func clusterID(n int) domain.ClusterID { return domain.ClusterID(fmt.Sprintf("c%06d", n)) }

func create(t *testing.T, s store.Store, id domain.ClusterID) domain.Head {
	t.Helper()
	head, err := s.Create(t.Context(), id, entry("first of "+string(id)), time.Time{}, nil)
	if err != nil {
		t.Fatalf("create %s: %v", id, err)
	}
	return head
}

func appendOne(t *testing.T, s store.Store, id domain.ClusterID, after domain.Head, record string) domain.Head {
	t.Helper()
	head, err := s.Append(t.Context(), id, after, entry(record), time.Time{}, nil)
	if err != nil {
		t.Fatalf("append %d to %s: %v", after.Version+1, id, err)
	}
	return head
}

// grow gives a journal of n entries and all its heads, heads[0] being that of the first entry.
func grow(t *testing.T, s store.Store, id domain.ClusterID, n int) []domain.Head {
	t.Helper()
	heads := []domain.Head{create(t, s, id)}
	for i := 1; i < n; i++ {
		heads = append(heads, appendOne(t, s, id, heads[i-1], fmt.Sprintf("entry %d", i+1)))
	}
	return heads
}

func wantErr(t *testing.T, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

func must(t testing.TB, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
}

func wantEqual[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// together runs n goroutines that begin at the same moment and waits for all.
func together(n int, run func(i int)) {
	start := make(chan struct{})
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			<-start
			run(i)
		})
	}
	close(start)
	group.Wait()
}

// until repeats attempt every few milliseconds until it is true; it fails the test after the suite's patience.
func until(t *testing.T, what string, attempt func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := poll(ctx, attempt); err != nil {
		t.Fatalf("waited in vain: %s", what)
	}
}

// listening runs a blocking listener until the test ends; the returned function ends it and gives its error.
func listening(t *testing.T, listen func(ctx context.Context) error) (end func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- listen(ctx) }()
	end = sync.OnceValue(func() error {
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(patience):
			return errors.New("the listener does not end with its context")
		}
	})
	t.Cleanup(func() { _ = end() })
	return end
}
