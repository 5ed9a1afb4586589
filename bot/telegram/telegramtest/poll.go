package telegramtest

import (
	"encoding/json"
	"slices"
	"time"
)

// poll is one getUpdates that waits.
type poll struct {
	wake  chan struct{} // holds at most one: something is queued
	ended chan struct{} // closed: another getUpdates came
}

func (p *poll) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// getUpdates is the only method that waits; it takes the lock itself.
func (s *Server) getUpdates(c *call) result {
	limit := c.params.number("limit")
	if limit < 1 || limit > 100 {
		limit = 100
	}
	wait := time.Duration(min(max(c.params.number("timeout"), 0), 50)) * time.Second

	w := s.lock()
	q := &w.queue
	if w.webhook.url != "" {
		s.unlock()
		return refused(conflict("can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"))
	}
	if q.poll != nil {
		close(q.poll.ended)
		q.poll = nil
	}
	if raw := c.params.object("allowed_updates"); raw != "" {
		q.allow(raw)
	}
	q.confirm(c.params.number("offset"))
	if b, ok := q.appendBatch(c.buf, limit); ok || wait == 0 {
		s.unlock()
		return batch(b, ok)
	}
	p := &poll{wake: make(chan struct{}, 1), ended: make(chan struct{})}
	q.poll = p
	s.unlock()

	timer := time.NewTimer(wait)
	defer timer.Stop()
	for over := false; ; {
		select {
		case <-p.ended:
			return refused(conflict("terminated by other getUpdates request; make sure that only one bot instance is running"))
		case <-p.wake:
		case <-timer.C:
			over = true
		case <-c.http.Context().Done():
			over = true
		case <-s.closing:
			over = true
		}
		s.lock()
		if q.poll != p { // ended in the meantime: the updates are for the other one
			s.unlock()
			continue
		}
		b, ok := c.buf, false
		if c.http.Context().Err() == nil {
			b, ok = q.appendBatch(c.buf, limit)
		}
		if ok || over {
			q.poll = nil
			s.unlock()
			return batch(b, ok)
		}
		s.unlock()
	}
}

func batch(b []byte, any bool) result {
	if !any {
		b = append(b, '[', ']')
	}
	return result{body: b}
}

// allow takes the wanted kinds; an empty list means the default set.
func (q *queue) allow(raw string) {
	var kinds []string
	if json.Unmarshal([]byte(raw), &kinds) != nil {
		return // the check of the request has said so
	}
	q.allowed = nil
	if len(kinds) == 0 {
		return
	}
	q.allowed = make(map[string]bool, len(kinds))
	for _, k := range kinds {
		q.allowed[k] = true
	}
}

// Polling tells whether a getUpdates is waiting at this moment.
func (w *World) Polling() bool { return w.queue.poll != nil }

// AllowedUpdates are the kinds the bot asked for last, nil for the default set.
func (w *World) AllowedUpdates() []string {
	var kinds []string
	for k := range w.queue.allowed {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	return kinds
}

// AllowedUpdates are the kinds the bot asked for last, nil for the default set.
func (s *Server) AllowedUpdates() []string {
	w := s.lock()
	defer s.unlock()
	return w.AllowedUpdates()
}
