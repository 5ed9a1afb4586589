// Package scheduler wakes the clusters that are due. It decides nothing: what is due is the journal's to say, and a
// cluster that is woken twice or by two replicas fires once.
package scheduler

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"klaster/domain"
	"klaster/store"
)

// Waker wakes one cluster: it fires what is due by now and re-arms the cluster's due time. It may block for the store's
// timeout and is called from many goroutines, never twice at once for one cluster.
type Waker interface {
	Wake(ctx context.Context, id domain.ClusterID, now time.Time) error
}

// Clock is the store's time, so that replicas agree on what is due.
type Clock interface {
	Now(ctx context.Context) (time.Time, error)
}

// Config is what a Scheduler is made of.
type Config struct {
	Index  store.Index
	Clock  Clock
	Waker  Waker
	Log    *slog.Logger
	Lagged func(time.Duration) // told how late clusters are woken; nil: nobody
}

// Bounds of the scheduler.
const (
	longest    = 30 * time.Second       // it asks at least this often
	shortest   = 250 * time.Millisecond // and at most this often while clusters stay due
	atATime    = 512                    // clusters woken at once
	portion    = 4096                   // clusters asked for at a time
	firstRest  = 2 * time.Second        // of a cluster that could not be woken
	longestOff = 5 * time.Minute
)

// Scheduler asks the index what is due and wakes it.
type Scheduler struct {
	Config
	hints chan time.Time

	mu      sync.Mutex
	started bool
	stop    context.CancelFunc
	loop    sync.WaitGroup

	resting map[domain.ClusterID]rest // owned by the loop
}

type rest struct {
	until time.Time
	times int
}

// New puts a scheduler together; nothing runs before Start.
func New(c Config) *Scheduler {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Lagged == nil {
		c.Lagged = func(time.Duration) {}
	}
	return &Scheduler{Config: c, hints: make(chan time.Time, 1), resting: map[domain.ClusterID]rest{}}
}

// Start begins to wake clusters. A second call does nothing.
func (s *Scheduler) Start() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.started {
		return
	}
	s.started = true
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	s.loop.Go(func() { s.run(ctx) })
}

// Stop wakes nothing more and waits for what is being woken. It may be called twice, and before Start.
func (s *Scheduler) Stop() {
	s.mu.Lock()
	s.started = true
	if s.stop != nil {
		s.stop()
	}
	s.mu.Unlock()
	s.loop.Wait()
}

// Hint says that something falls due at that time. It never blocks; of several hints the earliest counts.
func (s *Scheduler) Hint(at time.Time) {
	for {
		select {
		case s.hints <- at:
			return
		case other := <-s.hints:
			if other.Before(at) {
				at = other
			}
		}
	}
}

func (s *Scheduler) run(ctx context.Context) {
	for ctx.Err() == nil {
		next := s.round(ctx)
		if !s.sleep(ctx, next) {
			return
		}
	}
}

// sleep waits until next by the local clock; a hint may end it earlier.
func (s *Scheduler) sleep(ctx context.Context, next time.Time) bool {
	for {
		t := time.NewTimer(time.Until(next))
		select {
		case <-ctx.Done():
			t.Stop()
			return false
		case <-t.C:
			return true
		case at := <-s.hints:
			t.Stop()
			if at.Before(next) {
				next = at
			}
			if least := time.Now().Add(shortest / 10); next.Before(least) {
				next = least
			}
		}
	}
}

// round wakes all that is due and says when to look again.
func (s *Scheduler) round(ctx context.Context) time.Time {
	now, err := s.Clock.Now(ctx)
	if err != nil {
		return s.trouble(ctx, err)
	}
	skew := time.Until(now) // store minus local
	for ctx.Err() == nil {
		limit := portion + len(s.resting) // those that rest are still due, and must not stand before the others
		ids, err := s.Index.Due(ctx, now, limit)
		if err != nil {
			return s.trouble(ctx, err)
		}
		listed := len(ids)
		if tried := s.wakeAll(ctx, ids, now); tried == 0 || listed < limit {
			break
		}
	}
	s.tidy(now)
	next := time.Now().Add(longest)
	if due, ok, err := s.Index.NextDue(ctx); err != nil {
		return s.trouble(ctx, err)
	} else if ok {
		s.late(now, due)
		if at := due.Add(-skew); at.Before(next) {
			next = at
		}
	}
	if least := time.Now().Add(shortest); next.Before(least) {
		next = least
	}
	return next
}

func (s *Scheduler) late(now, due time.Time) { s.Lagged(max(0, now.Sub(due))) }

func (s *Scheduler) trouble(ctx context.Context, err error) time.Time {
	if ctx.Err() == nil {
		s.Log.Warn("due clusters cannot be read", "err", err)
	}
	return time.Now().Add(firstRest)
}

// wakeAll wakes the clusters, many at a time, in an order of its own: replicas that work through the same list meet less
// often. It returns how many it tried to wake.
func (s *Scheduler) wakeAll(ctx context.Context, ids []domain.ClusterID, now time.Time) int {
	awake := ids[:0]
	for _, id := range ids {
		if s.resting[id].until.After(now) {
			continue
		}
		awake = append(awake, id)
	}
	ids = awake
	rand.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })

	var mu sync.Mutex
	next := 0
	var workers sync.WaitGroup
	for range min(atATime, len(ids)) {
		workers.Go(func() {
			for {
				mu.Lock()
				if next == len(ids) || ctx.Err() != nil {
					mu.Unlock()
					return
				}
				id := ids[next]
				next++
				mu.Unlock()
				err := s.Waker.Wake(ctx, id, now)
				mu.Lock()
				s.note(id, now, err)
				mu.Unlock()
				if err != nil && ctx.Err() == nil {
					s.Log.Warn("cluster not woken", "cluster", id, "err", err)
				}
			}
		})
	}
	workers.Wait()
	return next
}

// note has a cluster that could not be woken rest for a while, longer each time.
func (s *Scheduler) note(id domain.ClusterID, now time.Time, err error) {
	if err == nil {
		delete(s.resting, id)
		return
	}
	r := s.resting[id]
	r.until = now.Add(min(firstRest<<min(r.times, 10), longestOff))
	r.times++
	s.resting[id] = r
}

// tidy forgets clusters whose rest is over and that were not due: another replica has woken them.
func (s *Scheduler) tidy(now time.Time) {
	for id, r := range s.resting {
		if !r.until.After(now) {
			delete(s.resting, id)
		}
	}
}
