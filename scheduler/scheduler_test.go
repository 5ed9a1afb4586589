package scheduler

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"klaster/domain"
	"klaster/store"
)

// shelf is an index of due times that a waker re-arms.
type shelf struct {
	store.Index
	mu     sync.Mutex
	due    map[domain.ClusterID]time.Time
	asked  int
	sorted bool // earliest first, as the stores list them
}

func (s *shelf) Due(_ context.Context, now time.Time, limit int) (ids []domain.ClusterID, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked++
	for id, at := range s.due {
		if !at.After(now) && (s.sorted || len(ids) < limit) {
			ids = append(ids, id)
		}
	}
	if s.sorted {
		slices.SortFunc(ids, func(a, b domain.ClusterID) int {
			return cmp.Or(s.due[a].Compare(s.due[b]), strings.Compare(string(a), string(b)))
		})
	}
	return ids[:min(len(ids), limit)], nil
}

func (s *shelf) NextDue(context.Context) (next time.Time, ok bool, _ error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, at := range s.due {
		if !ok || at.Before(next) {
			next, ok = at, true
		}
	}
	return next, ok, nil
}

func (s *shelf) set(id domain.ClusterID, at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.due[id] = at
}

type clock struct{}

func (clock) Now(context.Context) (time.Time, error) { return time.Now(), nil }

// alarm notes who was woken when, and re-arms or fails.
type alarm struct {
	shelf *shelf
	again time.Duration
	fail  map[domain.ClusterID]int

	mu     sync.Mutex
	woken  map[domain.ClusterID][]time.Time
	inside int
	most   int
}

func (a *alarm) Wake(_ context.Context, id domain.ClusterID, now time.Time) error {
	a.mu.Lock()
	a.inside++
	a.most = max(a.most, a.inside)
	a.woken[id] = append(a.woken[id], now)
	fails := a.fail[id] > 0
	a.fail[id]--
	a.mu.Unlock()
	time.Sleep(time.Millisecond)
	a.mu.Lock()
	a.inside--
	a.mu.Unlock()
	if fails {
		return errors.New("the store is down")
	}
	a.shelf.set(id, now.Add(a.again))
	return nil
}

func newAlarm(again time.Duration) *alarm {
	return &alarm{shelf: &shelf{due: map[domain.ClusterID]time.Time{}}, again: again, woken: map[domain.ClusterID][]time.Time{}, fail: map[domain.ClusterID]int{}}
}

func (a *alarm) scheduler() *Scheduler {
	return New(Config{Index: a.shelf, Clock: clock{}, Waker: a})
}

func TestWakesOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAlarm(time.Hour)
		began := time.Now()
		a.shelf.set("K1", began.Add(10*time.Minute))
		s := a.scheduler()
		s.Start()
		s.Start()
		time.Sleep(2 * time.Hour)
		s.Stop()
		s.Stop()
		if len(a.woken["K1"]) != 2 {
			t.Fatalf("woken at %v, want twice", a.woken["K1"])
		}
		if late := a.woken["K1"][0].Sub(began.Add(10 * time.Minute)); late < 0 || late > 300*time.Millisecond {
			t.Errorf("woken %v late", late)
		}
	})
}

func TestHintComesBeforeThePlan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAlarm(time.Hour)
		s := a.scheduler()
		s.Start()
		defer s.Stop()
		synctest.Wait() // sleeps for thirty seconds now
		due := time.Now().Add(2 * time.Second)
		a.shelf.set("K1", due)
		s.Hint(due)
		s.Hint(due.Add(time.Minute))
		time.Sleep(3 * time.Second)
		synctest.Wait()
		if len(a.woken["K1"]) != 1 {
			t.Errorf("woken %v, want once within three seconds", a.woken["K1"])
		}
	})
}

func TestManyAtOnceButNotTooMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAlarm(24 * time.Hour)
		for i := range 5000 {
			a.shelf.due[domain.ClusterID(rune('A'+i%26))+domain.ClusterID(time.Duration(i).String())] = time.Now()
		}
		s := a.scheduler()
		s.Start()
		time.Sleep(time.Second)
		s.Stop()
		if len(a.woken) != 5000 || a.most > atATime {
			t.Errorf("%d woken, %d at once", len(a.woken), a.most)
		}
		for id, times := range a.woken {
			if len(times) != 1 {
				t.Errorf("%s woken %d times", id, len(times))
			}
		}
	})
}

func TestFailingClusterRestsAndOthersGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAlarm(24 * time.Hour)
		a.shelf.set("bad", time.Now())
		a.shelf.set("good", time.Now())
		a.fail["bad"] = 3
		s := a.scheduler()
		s.Start()
		time.Sleep(time.Minute)
		s.Stop()
		if n := len(a.woken["bad"]); n != 4 {
			t.Errorf("the failing cluster was woken %d times, want 4", n)
		}
		if n := len(a.woken["good"]); n != 1 {
			t.Errorf("the good cluster was woken %d times, want 1", n)
		}
		if a.shelf.asked > 300 {
			t.Errorf("the index was asked %d times in a minute", a.shelf.asked)
		}
	})
}

// More clusters than are asked for at a time fail for good, and all of them were due before the one that works.
func TestFailingClustersDoNotHideOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAlarm(24 * time.Hour)
		a.shelf.sorted = true
		began := time.Now()
		for i := range portion + 100 {
			id := domain.ClusterID(fmt.Sprintf("bad%05d", i))
			a.shelf.due[id], a.fail[id] = began, 1_000_000
		}
		s := a.scheduler()
		s.Start()
		time.Sleep(2 * time.Second) // all of them rest by now
		a.shelf.set("good", began.Add(time.Second))
		time.Sleep(time.Minute)
		s.Stop()
		if n := len(a.woken["good"]); n != 1 {
			t.Errorf("the good cluster was woken %d times, want 1", n)
		}
		if n := len(a.woken["bad00000"]); n > 8 {
			t.Errorf("a failing cluster was woken %d times in a minute", n)
		}
	})
}
