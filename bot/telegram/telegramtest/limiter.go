package telegramtest

import (
	"strings"
	"time"
)

// Limits are how much a bot may send before it gets 429. Zero means no limit.
type Limits struct {
	PerGroupMinute int // messages and edits in one group, in any minute
	PerChatSecond  int // in one chat, in any second
	PerSecond      int // in all chats together, in any second
}

// DefaultLimits are those of core.telegram.org/bots/faq.
func DefaultLimits() Limits { return Limits{PerGroupMinute: 20, PerChatSecond: 1, PerSecond: 30} }

// limiter remembers what was admitted in the last minute.
type limiter struct {
	limits Limits
	all    []time.Time
	chats  map[int64][]time.Time
	hits   int
}

// admit counts a call that sends or edits, or refuses it with the seconds to wait. What
// is refused does not count.
func (l *limiter) admit(w *World, c *call) *refusal {
	if l.limits == (Limits{}) || !limited(c.method) {
		return nil
	}
	id, _ := c.params.integer("chat_id")
	now := w.settings.now()
	if l.chats == nil {
		l.chats = make(map[int64][]time.Time)
	}
	chat := l.chats[id]
	wait := max(
		tooSoon(l.all, now, l.limits.PerSecond, time.Second),
		tooSoon(chat, now, l.limits.PerChatSecond, time.Second),
	)
	if id < 0 {
		wait = max(wait, tooSoon(chat, now, l.limits.PerGroupMinute, time.Minute))
	}
	if wait > 0 {
		l.hits++
		return tooMany(int((wait + time.Second - 1) / time.Second))
	}
	l.all = append(within(l.all, now, time.Second), now)
	l.chats[id] = append(within(chat, now, time.Minute), now)
	return nil
}

func limited(method string) bool {
	return strings.HasPrefix(method, "send") && method != "sendChatAction" || strings.HasPrefix(method, "editMessage")
}

// tooSoon is how long until fewer than limit calls lie within the window.
func tooSoon(past []time.Time, now time.Time, limit int, window time.Duration) time.Duration {
	if limit == 0 || len(past) < limit {
		return 0
	}
	return max(0, past[len(past)-limit].Add(window).Sub(now))
}

func within(past []time.Time, now time.Time, window time.Duration) []time.Time {
	i := 0
	for i < len(past) && now.Sub(past[i]) >= window {
		i++
	}
	return past[i:]
}

// LimitHits counts the calls the limiter refused.
func (s *Server) LimitHits() int {
	w := s.lock()
	defer s.unlock()
	return w.limiter.hits
}
