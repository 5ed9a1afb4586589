package bot

import (
	"container/heap"
	"time"

	"klaster/domain"
)

// line is what waits for one chat, of one class and cluster, in order; of answers, for one person in it. One of them is
// under way at a time.
type line struct {
	lineKey
	queue   []*sending
	busy    bool
	flooded bool      // somebody was told that too much waits here: nothing is added until it is empty
	gone    bool      // cleared while one of it was under way
	until   time.Time // while asleep
}

// rota has clusters take turns, and the lines of a cluster take turns within that. The zero rota is empty.
type rota struct {
	clusters []*shift
	at       map[domain.ClusterID]*shift
}

type shift struct {
	cluster domain.ClusterID
	ready   []*line
}

// join puts a line at the end of its cluster's, and the cluster at the end of the rota if it was not in.
func (r *rota) join(l *line) {
	if r.at == nil {
		r.at = map[domain.ClusterID]*shift{}
	}
	s, ok := r.at[l.cluster]
	if !ok {
		s = &shift{cluster: l.cluster}
		r.at[l.cluster] = s
		r.clusters = append(r.clusters, s)
	}
	s.ready = append(s.ready, l)
}

// next takes a line out: the first of the cluster whose turn it is. nil if there is none.
func (r *rota) next() *line {
	if len(r.clusters) == 0 {
		return nil
	}
	s := r.clusters[0]
	r.clusters = r.clusters[1:]
	l := s.ready[0]
	s.ready = s.ready[1:]
	if len(s.ready) > 0 {
		r.clusters = append(r.clusters, s)
	} else {
		delete(r.at, s.cluster)
	}
	return l
}

// sleepers are lines that wait for a time, earliest first.
type sleepers []*line

func (s *sleepers) add(l *line, until time.Time) {
	l.until = until
	heap.Push((*sleepHeap)(s), l)
}

// due takes out one whose time has come.
func (s *sleepers) due(now time.Time) (*line, bool) {
	if len(*s) == 0 || (*s)[0].until.After(now) {
		return nil, false
	}
	return heap.Pop((*sleepHeap)(s)).(*line), true
}

// first is when the earliest wakes; zero if none sleeps.
func (s sleepers) first() time.Time {
	if len(s) == 0 {
		return time.Time{}
	}
	return s[0].until
}

type sleepHeap []*line

func (h sleepHeap) Len() int           { return len(h) }
func (h sleepHeap) Less(i, j int) bool { return h[i].until.Before(h[j].until) }
func (h sleepHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *sleepHeap) Push(x any)        { *h = append(*h, x.(*line)) }
func (h *sleepHeap) Pop() any {
	old := *h
	l := old[len(old)-1]
	*h = old[:len(old)-1]
	return l
}
