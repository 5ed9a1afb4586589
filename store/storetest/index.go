package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"klaster/domain"
	"klaster/store"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func wantDue(t *testing.T, s store.Store, now time.Time, want ...domain.ClusterID) {
	t.Helper()
	got, err := s.Due(t.Context(), now, 100)
	must(t, "due", err)
	if !slices.Equal(got, want) {
		t.Errorf("due at %s: got %v, want %v", now.Format("15:04:05.000000"), got, want)
	}
}

func testDue(t *testing.T, s store.Store) {
	wantDue(t, s, noon)
	if _, found, err := s.NextDue(t.Context()); err != nil || found {
		t.Errorf("next due of nothing: %v, %v", found, err)
	}
	id := clusterID(1)
	head, err := s.Create(t.Context(), id, entry("first"), noon, nil)
	must(t, "create", err)
	wantDue(t, s, noon.Add(-time.Microsecond))
	wantDue(t, s, noon, id)
	step := func(due time.Time) {
		t.Helper()
		head, err = s.Append(t.Context(), id, head, entry(due.String()), due, nil)
		must(t, "append", err)
	}
	step(noon.Add(time.Hour))
	wantDue(t, s, noon)
	next, found, err := s.NextDue(t.Context())
	must(t, "next due", err)
	if !found || !next.Equal(noon.Add(time.Hour)) {
		t.Errorf("next due: %v %v", next, found)
	}
	step(noon.Add(time.Hour)) // the same again
	wantDue(t, s, noon.Add(time.Hour), id)
	step(noon.Add(500 * time.Nanosecond)) // rounded up: nothing is due before its time
	wantDue(t, s, noon)
	wantDue(t, s, noon.Add(time.Microsecond), id)
	step(noon.In(time.FixedZone("WIB", 7*3600)))
	wantDue(t, s, noon, id)
	step(time.Time{})
	wantDue(t, s, noon.Add(1000*time.Hour))
	if _, found, err := s.NextDue(t.Context()); err != nil || found {
		t.Errorf("next due after it was taken away: %v, %v", found, err)
	}
}

func testSetDue(t *testing.T, s store.Store) {
	id := clusterID(1)
	heads := grow(t, s, id, 3)
	must(t, "set due", s.SetDue(t.Context(), id, heads[2], noon))
	wantDue(t, s, noon, id)
	must(t, "set due at an old head", s.SetDue(t.Context(), id, heads[1], time.Time{}))
	wantDue(t, s, noon, id)
	must(t, "set due at a forked head", s.SetDue(t.Context(), id, heads[1].Next([]byte("other")), time.Time{}))
	wantDue(t, s, noon, id)
	must(t, "set due", s.SetDue(t.Context(), id, heads[2], time.Time{}))
	wantDue(t, s, noon)
	wantErr(t, "set due of nothing", s.SetDue(t.Context(), clusterID(404), heads[2], noon), store.ErrMissing)
	wantDue(t, s, noon)
}

func testDueOrder(t *testing.T, s store.Store) {
	const clusters = 40
	want := make([]domain.ClusterID, clusters)
	for i := range clusters {
		id := clusterID(i)
		place := (i * 7) % clusters
		want[place] = id
		_, err := s.Create(t.Context(), id, entry("first"), noon.Add(time.Duration(place)*time.Second), nil)
		must(t, "create", err)
	}
	wantDue(t, s, noon.Add(time.Hour), want...)
	wantDue(t, s, noon.Add(9*time.Second), want[:10]...)
	some, err := s.Due(t.Context(), noon.Add(time.Hour), 6)
	must(t, "due", err)
	wantEqual(t, "bounded", len(some), 6)
	wantEqual(t, "the earliest comes first", some[0], want[0])
	next, _, err := s.NextDue(t.Context())
	must(t, "next due", err)
	wantEqual(t, "next due", next.Equal(noon), true)
}

func wantDirty(t *testing.T, s store.Store, p domain.Platform, want ...domain.ClusterID) {
	t.Helper()
	got, err := s.Dirty(t.Context(), p, 100)
	must(t, "dirty", err)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("dirty on %s: got %v, want %v", p, got, want)
	}
}

func testDirty(t *testing.T, s store.Store) {
	a, b := clusterID(1), clusterID(2)
	head, err := s.Create(t.Context(), a, entry("first"), time.Time{}, []domain.Platform{"web", "telegram"})
	must(t, "create", err)
	_, err = s.Create(t.Context(), b, entry("first"), time.Time{}, []domain.Platform{"web"})
	must(t, "create", err)
	wantDirty(t, s, "web", a, b)
	wantDirty(t, s, "telegram", a)
	wantDirty(t, s, "discord")

	must(t, "clear", s.ClearDirty(t.Context(), "web", a, 1))
	wantDirty(t, s, "web", b)
	wantDirty(t, s, "telegram", a)
	head, err = s.Append(t.Context(), a, head, entry("2"), time.Time{}, []domain.Platform{"web"})
	must(t, "append", err)
	must(t, "clear an older version", s.ClearDirty(t.Context(), "web", a, 1))
	wantDirty(t, s, "web", a, b)
	head, err = s.Append(t.Context(), a, head, entry("3"), time.Time{}, nil) // marks nothing, clears nothing
	must(t, "append", err)
	wantDirty(t, s, "web", a, b)
	must(t, "clear", s.ClearDirty(t.Context(), "web", a, head.Version))
	must(t, "clear again", s.ClearDirty(t.Context(), "web", a, head.Version))
	must(t, "clear of nothing", s.ClearDirty(t.Context(), "web", clusterID(404), 9))
	wantDirty(t, s, "web", b)
}

func testDirtyRace(t *testing.T, s store.Store) {
	const rounds = 30
	id := clusterID(1)
	head := create(t, s, id)
	for range rounds {
		before := head
		together(2, func(i int) {
			var err error
			if i == 0 {
				head, err = s.Append(t.Context(), id, before, entry(fmt.Sprint("n ", before.Version)), time.Time{}, []domain.Platform{"web"})
			} else {
				err = s.ClearDirty(t.Context(), "web", id, before.Version)
			}
			if err != nil {
				t.Errorf("race: %v", err)
			}
		})
		wantDirty(t, s, "web", id)
	}
}

func testDirtyRound(t *testing.T, s store.Store) {
	const clusters = 11
	for i := range clusters {
		_, err := s.Create(t.Context(), clusterID(i), entry("first"), time.Time{}, []domain.Platform{"web"})
		must(t, "create", err)
	}
	seen := map[domain.ClusterID]bool{}
	until(t, "dirty comes round to all", func() bool {
		some, err := s.Dirty(t.Context(), "web", 2)
		must(t, "dirty", err)
		if len(some) > 2 {
			t.Fatalf("asked for 2, got %d", len(some))
		}
		for _, id := range some {
			seen[id] = true
		}
		return len(seen) == clusters
	})
}

func testClaim(t *testing.T, s store.Store) {
	chat := domain.ChatRef{Platform: "telegram", Chat: "-100123", Thread: "7"}
	_, err := s.ClusterOf(t.Context(), chat)
	wantErr(t, "cluster of a free chat", err, store.ErrNotFound)
	const claimants = 30
	var mu sync.Mutex
	holders := map[domain.ClusterID]int{}
	winners := 0
	together(claimants, func(i int) {
		holder, err := s.Claim(t.Context(), chat, clusterID(i))
		if err != nil {
			t.Errorf("claim: %v", err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		holders[holder]++
		if holder == clusterID(i) {
			winners++
		}
	})
	wantEqual(t, "winners", winners, 1)
	wantEqual(t, "holders that were named", len(holders), 1)
	holder, err := s.ClusterOf(t.Context(), chat)
	must(t, "cluster of", err)
	wantEqual(t, "all were told the holder", holders[holder], claimants)

	must(t, "release by another", s.Release(t.Context(), chat, clusterID(999)))
	again, err := s.Claim(t.Context(), chat, clusterID(999))
	must(t, "claim", err)
	wantEqual(t, "still held", again, holder)
	_, err = s.ClusterOf(t.Context(), domain.ChatRef{Platform: "telegram", Chat: "-100123"})
	wantErr(t, "another thread is another chat", err, store.ErrNotFound)
	must(t, "release", s.Release(t.Context(), chat, holder))
	_, err = s.ClusterOf(t.Context(), chat)
	wantErr(t, "cluster of a released chat", err, store.ErrNotFound)
	again, err = s.Claim(t.Context(), chat, clusterID(999))
	must(t, "claim", err)
	wantEqual(t, "free again", again, clusterID(999))
}
