package bot

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"klaster/domain"
)

// reconciler posts and edits until the chats agree with what the clusters want shown. It is level-triggered: a pass
// compares everything wanted with everything recorded, and needs to know nothing about what happened. A cluster is held
// here only while something is to be done for it; the store's dirty marks remember the rest.
type reconciler struct {
	hub    *Hub
	passes chan struct{} // passes at a time

	mu   sync.Mutex
	wake chan struct{}
	at   map[domain.ClusterID]*delivery
	due  deliveries
	full bool // a nudge was turned away: look at the dirty marks when there is room
	poll time.Time
}

// nudging says why a cluster is looked at, which decides how soon and whether also when very many wait.
type nudging uint8

const (
	counted nudging = iota // counts on cards changed: after the quiet time
	changed                // cards came or went: at once
	marked                 // found by a dirty mark, a hint or a timer: at once, if there is room
)

const (
	passesAtATime = 4
	roomForMarked = 2000 // clusters with something to show, before marks have to wait
	atOnce        = 5 * time.Millisecond
	pollMarks     = 30 * time.Second // marks are looked at this often; hints come sooner
	marksAtATime  = 500
	troubled      = 5 * time.Second // first pause after a pass that failed
	troubledMost  = time.Minute
)

func newReconciler(h *Hub) *reconciler {
	return &reconciler{hub: h, passes: make(chan struct{}, passesAtATime), wake: make(chan struct{}, 1), at: map[domain.ClusterID]*delivery{}}
}

// nudge has a cluster looked at.
func (r *reconciler) nudge(id domain.ClusterID, why nudging) {
	quiet, sends := r.quiet()
	if !sends {
		return
	}
	when := time.Now().Add(atOnce)
	if why == counted {
		when = time.Now().Add(max(quiet, atOnce))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	d, ok := r.at[id]
	if !ok {
		if why == marked && len(r.at) >= roomForMarked {
			r.full = true
			return
		}
		d = &delivery{id: id, place: -1, posts: nil, pending: map[postKey]*errand{}}
		r.at[id] = d
	}
	r.schedule(d, when)
}

// forget has a cluster looked at that has a mark of unfinished forgetting.
func (r *reconciler) forget(id domain.ClusterID) {
	r.nudge(id, changed)
	r.mu.Lock()
	defer r.mu.Unlock()
	if d, ok := r.at[id]; ok {
		d.forgets = true
	}
}

// schedule has the delivery's next pass at when, or earlier if it is due earlier. The lock is held.
func (r *reconciler) schedule(d *delivery, when time.Time) {
	switch {
	case d.running:
		if d.again.IsZero() || when.Before(d.again) {
			d.again = when
		}
		return
	case d.place < 0:
		d.when = when
		heap.Push(&r.due, d)
	case when.Before(d.when):
		d.when = when
		heap.Fix(&r.due, d.place)
	default:
		return
	}
	if r.due[0] == d {
		r.stir()
	}
}

func (r *reconciler) stir() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// wakeUp looks at the marks: a lease was taken.
func (r *reconciler) wakeUp() {
	r.mu.Lock()
	r.poll = time.Time{}
	r.mu.Unlock()
	r.stir()
}

// reset forgets what is under way: a lease was lost, and what was queued with it. Marks bring back what is left.
func (r *reconciler) reset() {
	r.mu.Lock()
	r.at, r.due = map[domain.ClusterID]*delivery{}, nil
	r.poll = time.Time{}
	r.mu.Unlock()
	r.stir()
}

// quiet is the least quiet time of the platforms this process sends for; sends says whether there are any.
func (r *reconciler) quiet() (quiet time.Duration, sends bool) {
	for _, p := range r.hub.order {
		if p.holds() && (!sends || p.caps.EditInterval < quiet) {
			quiet, sends = p.caps.EditInterval, true
		}
	}
	return quiet, sends
}

// run makes passes until ctx ends.
func (r *reconciler) run(ctx context.Context) {
	var passes sync.WaitGroup
	defer passes.Wait()
	for ctx.Err() == nil {
		d, next, poll := r.next()
		switch {
		case poll:
			r.lookAtMarks(ctx)
			continue
		case d != nil:
			if !acquire(ctx, r.passes) {
				return
			}
			passes.Go(func() {
				defer func() { <-r.passes }()
				r.pass(ctx, d)
			})
			continue
		}
		t := time.NewTimer(max(time.Until(next), time.Millisecond))
		select {
		case <-ctx.Done():
		case <-r.wake:
		case <-t.C:
		}
		t.Stop()
	}
}

// next is what has to be done now, or when to look again.
func (r *reconciler) next() (d *delivery, when time.Time, poll bool) {
	now := time.Now()
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.poll.After(now) || r.full && len(r.at) < roomForMarked/2 {
		r.full = false
		r.poll = now.Add(pollMarks)
		return nil, when, true
	}
	if len(r.due) == 0 {
		return nil, r.poll, false
	}
	if first := r.due[0]; first.when.After(now) {
		if first.when.Before(r.poll) {
			return nil, first.when, false
		}
		return nil, r.poll, false
	}
	d = heap.Pop(&r.due).(*delivery)
	d.running, d.again = true, time.Time{}
	return d, when, false
}

// lookAtMarks finds clusters that some platform held here has not shown yet.
func (r *reconciler) lookAtMarks(ctx context.Context) {
	for _, p := range r.hub.order {
		if !p.holds() {
			continue
		}
		ids, err := r.hub.Store.Dirty(ctx, p.name, marksAtATime)
		if err != nil {
			if ctx.Err() == nil {
				r.hub.Log.Warn("dirty marks cannot be read", "platform", p.name, "err", err)
			}
			continue
		}
		for _, id := range ids {
			r.mu.Lock()
			_, known := r.at[id]
			r.mu.Unlock()
			if !known {
				r.nudge(id, marked)
			}
		}
		forgetting, err := r.hub.Store.Dirty(ctx, forgettingOn(p.name), marksAtATime)
		if err != nil {
			if ctx.Err() == nil {
				r.hub.Log.Warn("unfinished forgetting cannot be read", "platform", p.name, "err", err)
			}
			continue
		}
		for _, id := range forgetting {
			r.forget(id)
		}
		if len(ids) == marksAtATime {
			r.mu.Lock()
			r.full = true
			r.mu.Unlock()
		}
	}
}

// pass makes one pass and says what comes next for the cluster.
func (r *reconciler) pass(ctx context.Context, d *delivery) {
	var until time.Time
	var over bool
	var err error
	r.mu.Lock()
	forgets := d.forgets
	d.forgets = false
	r.mu.Unlock()
	if broken := guard(func() { until, over, err = r.hub.reconcile(ctx, d, forgets) }); broken != nil {
		err = &parkedError{broken}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	d.running = false
	d.forgets = d.forgets || forgets && (err != nil || !over) // until all is shown without them
	if r.at[d.id] != d {                                      // reset meanwhile
		return
	}
	switch {
	case err != nil:
		if ctx.Err() == nil {
			r.hub.Log.Warn("cards not shown", "cluster", d.id, "err", err)
		}
		pause := min(troubled<<min(d.failures, 6), troubledMost)
		d.failures++
		until = time.Now().Add(pause)
	default:
		d.failures = 0
	}
	if !d.again.IsZero() && (until.IsZero() || d.again.Before(until)) {
		until, over = d.again, false
	}
	switch {
	case !until.IsZero():
		r.schedule(d, until)
	case over:
		delete(r.at, d.id)
		if r.full {
			r.stir()
		}
	}
}

// errandDone looks again at a cluster whose last errand has come back.
func (r *reconciler) errandDone(d *delivery, when time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.at[d.id] == d {
		r.schedule(d, when)
	}
}

// deliveries is a heap by when.
type deliveries []*delivery

func (h deliveries) Len() int           { return len(h) }
func (h deliveries) Less(i, j int) bool { return h[i].when.Before(h[j].when) }
func (h deliveries) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i, j
}

func (h *deliveries) Push(x any) {
	d := x.(*delivery)
	d.place = len(*h)
	*h = append(*h, d)
}

func (h *deliveries) Pop() any {
	old := *h
	d := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	d.place = -1
	return d
}
