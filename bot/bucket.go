package bot

import "time"

// bucket is a token bucket over a Rate. It belongs to one goroutine or is guarded by its owner's lock.
type bucket struct {
	rate    Rate
	tokens  float64
	filled  time.Time // when tokens was worked out
	stopped time.Time // nothing before then: the platform said so
}

func newBucket(r Rate, now time.Time) *bucket {
	return &bucket{rate: r, tokens: float64(max(r.Burst, 1)), filled: now}
}

// readyAt is when the next token is there; a time not after now means at once.
func (b *bucket) readyAt(now time.Time) time.Time {
	ready := now
	if b.rate.Every > 0 {
		b.fill(now)
		if b.tokens < 1 {
			ready = now.Add(time.Duration((1 - b.tokens) * float64(b.rate.Every)))
		}
	}
	if b.stopped.After(ready) {
		return b.stopped
	}
	return ready
}

// take takes a token, whether there is one or not.
func (b *bucket) take(now time.Time) {
	if b.rate.Every > 0 {
		b.fill(now)
		b.tokens--
	}
}

// stop closes the bucket until then.
func (b *bucket) stop(until time.Time) {
	if until.After(b.stopped) {
		b.stopped = until
	}
}

// idle says whether forgetting the bucket would change nothing.
func (b *bucket) idle(now time.Time) bool {
	if b.stopped.After(now) {
		return false
	}
	if b.rate.Every <= 0 {
		return true
	}
	b.fill(now)
	return b.tokens >= float64(max(b.rate.Burst, 1))
}

func (b *bucket) fill(now time.Time) {
	if passed := now.Sub(b.filled); passed > 0 {
		b.tokens = min(b.tokens+float64(passed)/float64(b.rate.Every), float64(max(b.rate.Burst, 1)))
		b.filled = now
	}
}
