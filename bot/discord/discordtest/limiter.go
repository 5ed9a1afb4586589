package discordtest

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Limits are the rate limits. Zero is none.
type Limits struct {
	Global  int   // requests in a second over everything but interactions
	Message Limit // creates, per channel
	Edit    Limit // edits, per channel
	Webhook Limit // follow-ups, per interaction
}

// Limit is a number of requests in a span of time.
type Limit struct {
	Count int
	Per   time.Duration
}

// DefaultLimits are those that are seen in practice; Discord publishes none but the
// global one.
func DefaultLimits() Limits {
	return Limits{Global: 50, Message: Limit{5, 5 * time.Second}, Edit: Limit{5, 5 * time.Second}, Webhook: Limit{5, 2 * time.Second}}
}

type limiter struct {
	limits  Limits
	buckets map[string]*bucket
}

type bucket struct {
	began time.Time
	used  int
}

// bucketOf names the bucket of a request and its limit.
func (l *limiter) bucketOf(c *call) (string, Limit) {
	switch c.route {
	case RouteCreateMessage:
		return "create:" + c.id("channel_id"), l.limits.Message
	case RouteEditMessage:
		return "edit:" + c.id("channel_id"), l.limits.Edit
	case RouteFollowUp, RouteEditOriginal, RouteEditFollowUp, RouteDeleteOriginal:
		return "webhook:" + c.id("webhook_token"), l.limits.Webhook
	}
	return c.route, Limit{}
}

// take counts a request; after is how long it has to wait, 0 when it may pass.
func (l *limiter) take(now time.Time, key string, limit Limit) (after time.Duration) {
	if limit.Count == 0 {
		return 0
	}
	if l.buckets == nil {
		l.buckets = make(map[string]*bucket)
	}
	b := l.buckets[key]
	if b == nil || now.Sub(b.began) >= limit.Per {
		b = &bucket{began: now}
		l.buckets[key] = b
	}
	if b.used >= limit.Count {
		return limit.Per - now.Sub(b.began)
	}
	b.used++
	return 0
}

// limit is the refusal of a request that comes too early, nil for one that may pass.
func (w *World) limit(c *call) *refusal {
	now := w.settings.now()
	if c.route != RouteRespond && c.id("webhook_token") == "" {
		if after := w.limiter.take(now, "global", Limit{w.limiter.limits.Global, time.Second}); after > 0 {
			return tooMany(after.Seconds(), "global")
		}
	}
	key, limit := w.limiter.bucketOf(c)
	if after := w.limiter.take(now, key, limit); after > 0 {
		return tooMany(after.Seconds(), "user")
	}
	return nil
}

// limitHeaders tells the state of a bucket, as every answer does.
func (s *Server) limitHeaders(h http.Header, c *call) {
	w := s.lock()
	defer s.mu.Unlock()
	key, limit := w.limiter.bucketOf(c)
	if c.route == RouteRespond || limit.Count == 0 && w.limiter.limits != (Limits{}) {
		return
	}
	now := w.settings.now()
	left, reset := 999, time.Second
	if limit.Count == 0 {
		limit = Limit{1000, time.Second}
	} else if b := w.limiter.buckets[key]; b != nil {
		left, reset = max(limit.Count-b.used, 0), max(limit.Per-now.Sub(b.began), 0)
	}
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit.Count))
	h.Set("X-RateLimit-Remaining", strconv.Itoa(left))
	h.Set("X-RateLimit-Reset", fmt.Sprintf("%.3f", float64(now.Add(reset).UnixMilli())/1000))
	h.Set("X-RateLimit-Reset-After", fmt.Sprintf("%.3f", reset.Seconds()))
	h.Set("X-RateLimit-Bucket", fmt.Sprintf("%016x", hash(c.route)))
}

func hash(s string) (h uint64) {
	h = 14695981039346656037
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}
