package bot

import (
	"context"
	"sync"
	"time"

	"klaster/domain"
)

// rooms is the house: one room per awake cluster.
type rooms struct {
	deps *roomDeps
	idle time.Duration

	mu sync.Mutex
	at map[domain.ClusterID]*room
}

func newRooms(deps *roomDeps, idle time.Duration) *rooms {
	return &rooms{deps: deps, idle: idle, at: map[domain.ClusterID]*room{}}
}

// submit puts a request in the cluster's mailbox, waking the cluster if need be.
func (h *rooms) submit(id domain.ClusterID, q *request) {
	for !h.enter(id).submit(q, false) {
	}
}

func (h *rooms) enter(id domain.ClusterID) *room {
	h.mu.Lock()
	defer h.mu.Unlock()
	r, ok := h.at[id]
	if !ok {
		r = &room{roomDeps: h.deps, id: id}
		h.at[id] = r
		h.deps.meters.awake(len(h.at))
	}
	return r
}

// awake is the room of a cluster that is awake, or nil.
func (h *rooms) awake(id domain.ClusterID) *room {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.at[id]
}

// do runs a request and waits for it. brief: a room that is woken for it works on this goroutine and is let go at once,
// so that a hundred thousand prompts need neither goroutines nor memory.
func (h *rooms) do(ctx context.Context, id domain.ClusterID, q *request, brief bool) error {
	done := make(waiting, 1)
	q.then = done
	slept := brief && h.awake(id) == nil
	for {
		r := h.enter(id)
		if !r.submit(q, brief) {
			continue
		}
		select {
		case <-done:
		case <-ctx.Done():
			return ctx.Err()
		}
		if slept {
			h.letGo(r)
		}
		return q.err
	}
}

type waiting chan struct{}

func (w waiting) settled(*request) { w <- struct{}{} }

// letGo forgets a room at rest; one with mail is left alone.
func (h *rooms) letGo(r *room) {
	h.mu.Lock()
	r.mu.Lock()
	rested := !r.running && !r.gone
	spoiled := r.spoiled
	if rested {
		r.gone = true
		if h.at[r.id] == r {
			delete(h.at, r.id)
		}
		h.deps.meters.awake(len(h.at))
	}
	r.mu.Unlock()
	h.mu.Unlock()
	if rested && r.state != nil && !spoiled && r.state.Commits-r.saved > restTail {
		r.saveSnapshot() // nobody else can reach the state any more
	}
}

// sweep lets go of rooms that have been at rest for long, or of all.
func (h *rooms) sweep(all bool) {
	now := h.deps.clock.Now().UnixNano()
	h.mu.Lock()
	var rested []*room
	for _, r := range h.at {
		r.mu.Lock()
		if !r.running && (all || now-r.used >= int64(h.idle)) {
			rested = append(rested, r)
		}
		r.mu.Unlock()
	}
	h.mu.Unlock()
	for _, r := range rested {
		h.letGo(r)
	}
}

// forgetState has the room fold the journal anew before it does anything else (its texts were rewritten).
func (h *rooms) forgetState(id domain.ClusterID) {
	if r := h.awake(id); r != nil {
		r.mu.Lock()
		r.spoiled = true
		r.mu.Unlock()
	}
}
