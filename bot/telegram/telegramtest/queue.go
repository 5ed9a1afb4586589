package telegramtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// historyKept bounds what Redeliver can bring back.
const historyKept = 10_000

// update waits for the bot, encoded already.
type update struct {
	id   int
	body []byte
}

// queue holds the updates the bot has not confirmed, oldest first. Handing one out does
// not remove it: only a higher offset does.
type queue struct {
	waiting []update
	next    int
	below   int // all ids below are confirmed or forgotten
	again   []update
	history []update
	allowed map[string]bool // nil: the default set
	poll    *poll
}

// opted tells whether the bot asked for updates of this kind.
func (q *queue) opted(kind string) bool {
	if q.allowed != nil {
		return q.allowed[kind]
	}
	return kind != "chat_member" && kind != "message_reaction" && kind != "message_reaction_count"
}

// push queues one update, or drops it when the bot did not ask for its kind: then 0.
func (w *World) push(kind string, write func([]byte) []byte) int {
	if !w.queue.opted(kind) {
		return 0
	}
	id := w.queue.next
	b := appendInt(make([]byte, 0, 1024), `{"update_id":`, int64(id))
	b = append(append(append(b, `,"`...), kind...), `":`...)
	b = append(write(b), '}')
	w.enqueue(b)
	return id
}

// enqueue takes an update that carries the next id.
func (w *World) enqueue(body []byte) {
	q := &w.queue
	u := update{id: q.next, body: body}
	q.next++
	q.waiting = append(q.waiting, u)
	if !w.settings.cheap {
		if len(q.history) >= historyKept {
			q.history = slices.Delete(q.history, 0, historyKept/2)
		}
		q.history = append(q.history, u)
	}
	if q.poll != nil {
		q.poll.signal()
	}
	w.webhook.signal()
}

// confirm forgets what lies below a positive offset; a negative one keeps only that
// many of the newest.
func (q *queue) confirm(offset int) {
	drop := 0
	switch {
	case offset > 0:
		for drop < len(q.waiting) && q.waiting[drop].id < offset {
			drop++
		}
	case offset < 0:
		drop = max(0, len(q.waiting)+offset)
	}
	q.drop(drop)
}

func (q *queue) drop(n int) {
	if n == 0 {
		return
	}
	q.below = q.waiting[n-1].id + 1
	clear(q.waiting[:n])
	q.waiting = q.waiting[n:]
	if len(q.waiting) == 0 {
		q.waiting = nil
	}
}

// appendBatch writes up to limit updates as a JSON array; false when there are none.
func (q *queue) appendBatch(b []byte, limit int) ([]byte, bool) {
	if len(q.again) == 0 && len(q.waiting) == 0 {
		return b, false
	}
	b = append(b, '[')
	n := 0
	for _, u := range q.again {
		b = append(append(b, u.body...), ',')
		n++
	}
	q.again = nil
	for i := range q.waiting {
		if n >= limit {
			break
		}
		b = append(append(b, q.waiting[i].body...), ',')
		n++
	}
	b[len(b)-1] = ']'
	return b, true
}

// InjectRaw queues an update of any content, whatever the bot allowed. raw is the JSON
// object; an update_id is put in front when it has none.
func (s *Server) InjectRaw(raw string) int {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(raw), &members); err != nil {
		panic("telegramtest: InjectRaw wants a JSON object: " + err.Error())
	}
	w := s.lock()
	defer s.unlock()
	id := w.queue.next
	if _, has := members["update_id"]; has {
		w.enqueue([]byte(raw))
		return id
	}
	_, rest, _ := bytes.Cut([]byte(raw), []byte{'{'})
	b := strconv.AppendInt([]byte(`{"update_id":`), int64(id), 10)
	if len(members) > 0 {
		b = append(b, ',')
	}
	w.enqueue(append(b, rest...))
	return id
}

// Redeliver sends an update once more in the next batch, whatever was confirmed: as
// happens when the answer of a poll was lost.
func (s *Server) Redeliver(updateID int) {
	w := s.lock()
	defer s.unlock()
	i := slices.IndexFunc(w.queue.history, func(u update) bool { return u.id == updateID })
	if i < 0 {
		panic(fmt.Sprintf("telegramtest: update %d was never queued, or is too old", updateID))
	}
	w.queue.again = append(w.queue.again, w.queue.history[i])
	if w.queue.poll != nil {
		w.queue.poll.signal()
	}
}

// Pending counts the updates the bot has not confirmed.
func (w *World) Pending() int { return len(w.queue.waiting) }

// Confirmed tells whether the bot confirmed an update, with an offset above its id.
func (w *World) Confirmed(updateID int) bool { return updateID > 0 && updateID < w.queue.below }

// Pending counts the updates the bot has not confirmed.
func (s *Server) Pending() int {
	w := s.lock()
	defer s.unlock()
	return w.Pending()
}

// Confirmed tells whether the bot confirmed an update, with an offset above its id.
func (s *Server) Confirmed(updateID int) bool {
	w := s.lock()
	defer s.unlock()
	return w.Confirmed(updateID)
}
