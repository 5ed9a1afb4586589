package discord

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	// shortWait is what a call waits by itself, the rest of a second included; the outbox waits longer ones.
	shortWait = 1100 * time.Millisecond
	// globalRate is how many requests a second all but interactions may make; Discord allows 50.
	globalRate = 45
	maxBuckets = 10_000
)

// limits are what we know of the server's limits. Buckets belong to channels, never to interactions, and are bounded.
type limits struct {
	mu      sync.Mutex
	buckets map[string]*bucket
	stopped time.Time // everything but interactions, by a global refusal
	second  time.Time
	used    int // in this second
}

// bucket is the limit of one route and channel, as far as the server has told.
type bucket struct {
	left  int
	reset time.Time
}

func (l *limits) init() { l.buckets = make(map[string]*bucket) }

// take counts a call in, or says how long it has to wait.
func (l *limits) take(c *call, now time.Time) time.Duration {
	if c.open {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped.After(now) {
		return l.stopped.Sub(now)
	}
	b := l.buckets[c.bucket]
	if b != nil && !b.reset.After(now) {
		delete(l.buckets, c.bucket)
		b = nil
	}
	if b != nil && b.left <= 0 {
		return b.reset.Sub(now)
	}
	if now.Sub(l.second) >= time.Second || now.Before(l.second) {
		l.second, l.used = now, 0
	}
	if l.used >= globalRate {
		return l.second.Add(time.Second).Sub(now)
	}
	l.used++
	if b != nil {
		b.left--
	}
	return 0
}

// learn notes what an answer says about its bucket. A number that would raise what is left within the same span is of an
// answer that was overtaken.
func (l *limits) learn(key string, h http.Header, now time.Time) {
	left, err := strconv.Atoi(h.Get("X-RateLimit-Remaining"))
	after, err2 := strconv.ParseFloat(h.Get("X-RateLimit-Reset-After"), 64)
	if key == "" || err != nil || err2 != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if b := l.buckets[key]; b != nil && b.reset.After(now) {
		b.left, b.reset = min(b.left, left), now.Add(seconds(after))
		return
	}
	l.put(key, &bucket{left, now.Add(seconds(after))}, now)
}

// refused stops what a 429 was about.
func (l *limits) refused(c *call, e *apiError, now time.Time) {
	until := now.Add(max(e.after, time.Second))
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case c.open:
	case e.global || e.foreign: // a page of the firewall is about everything
		l.stopped = until
	case c.bucket != "":
		l.put(c.bucket, &bucket{0, until}, now)
	}
}

func (l *limits) put(key string, b *bucket, now time.Time) {
	if len(l.buckets) >= maxBuckets {
		for k, old := range l.buckets {
			if !old.reset.After(now) {
				delete(l.buckets, k)
			}
		}
		if len(l.buckets) >= maxBuckets {
			clear(l.buckets)
		}
	}
	l.buckets[key] = b
}

// Discord shuts an address out after 10,000 refusals of certain kinds within ten minutes.
const (
	invalidSpan = 10 * time.Minute
	invalidMost = 5000
)

var errTooManyInvalid = errors.New("discord: 5,000 requests were refused within ten minutes; none is made until they are past, so that the address is not shut out")

// invalid counts refusals by the minute.
type invalid struct {
	mu      sync.Mutex
	minutes [11]struct {
		at int64
		n  int
	}
}

// count takes a refusal into account if it is of those that count: 401, 403, and 429 that is not of a shared limit.
func (i *invalid) count(e *apiError, now time.Time) {
	switch {
	case e.status == http.StatusUnauthorized, e.status == http.StatusForbidden, e.status == http.StatusTooManyRequests && !e.shared:
	default:
		return
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	minute := now.Unix() / 60
	m := &i.minutes[minute%int64(len(i.minutes))]
	if m.at != minute {
		m.at, m.n = minute, 0
	}
	m.n++
}

// sum is how many there were within the span.
func (i *invalid) sum(now time.Time) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	n, oldest := 0, now.Add(-invalidSpan).Unix()/60
	for _, m := range i.minutes {
		if m.at >= oldest {
			n += m.n
		}
	}
	return n
}

func (i *invalid) check(now time.Time) error {
	if i.sum(now) >= invalidMost {
		return errTooManyInvalid
	}
	return nil
}
