package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"klaster/domain"
)

const (
	heartbeat  = 20 * time.Second
	writeTime  = 10 * time.Second // a client that takes longer for one write is dropped
	toastsHeld = 16
)

// stream is one open page. It holds no queue of lines: it is woken, and sends what is new since what it sent last.
type stream struct {
	room   *Room
	who    visitor
	wake   chan struct{}
	toasts chan toast
	logs   [3]*chatLog // group, private, roster
	seen   uint64      // number of the last change sent
	menu   *menu       // sent last
	w      http.ResponseWriter
	rc     *http.ResponseController
}

// toast is the quick answer to a tap; only the page that pressed shows it.
type toast struct {
	Tap  string `json:"tap"`
	Text string `json:"text"`
}

// events serves GET /events: one stream per page, carrying both its chats. Events:
//
//	room   {"people": [...], "menu": [...]}                    who is here, what can be typed; at the start and when it changes
//	lines  {"reset": true, "group": [...], "private": [...]}   new or changed lines; reset: forget what you have. Has an id
//	toast  {"tap": "...", "text": "..."}                       the answer to a press of this person
//
// The id is "<start>-<number>". A page that comes back with one of this start gets what it missed; with another, all.
func (r *Room) events(w http.ResponseWriter, req *http.Request) {
	q := req.URL.Query()
	v, wrong := r.visitorOf(q.Get("room"), q.Get("as"), q.Get("lang"))
	if wrong != "" {
		r.refuseIn(w, req, v.lang, http.StatusUnprocessableEntity, wrong)
		return
	}
	lent := r.borrow()
	if lent == nil {
		r.refuseIn(w, req, v.lang, http.StatusServiceUnavailable, "error.starting")
		return
	}
	defer lent.hands.Done()
	s := &stream{
		room: r, who: v, wake: make(chan struct{}, 1), toasts: make(chan toast, toastsHeld),
		w: w, rc: http.NewResponseController(w),
	}
	if !r.admit(s) {
		r.refuseIn(w, req, v.lang, http.StatusServiceUnavailable, "error.crowded")
		return
	}
	defer r.dismiss(s)
	if err := s.open(req.Context()); err != nil {
		r.answer(w, req, v, err, "")
		return
	}
	defer s.close()
	last := req.Header.Get("Last-Event-ID")
	if last == "" {
		last = q.Get("after")
	}
	if err := s.run(req.Context(), lent.ended, r.resume(last)); err != nil {
		r.Log.DebugContext(req.Context(), "web: a page has gone", "error", err)
	}
}

// resume reads an event id; 0 if it is not of this start.
func (r *Room) resume(last string) uint64 {
	epoch, number, _ := strings.Cut(last, "-")
	n, err := strconv.ParseUint(number, 10, 64)
	if err != nil || epoch != r.epoch {
		return 0
	}
	return n
}

func (r *Room) admit(s *stream) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.streams) >= maxStreams {
		return false
	}
	r.streams[s] = struct{}{}
	return true
}

func (r *Room) dismiss(s *stream) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.streams, s)
}

// open notes the person and reads the chats as they are now.
func (s *stream) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, s.room.Patience)
	defer cancel()
	added, err := s.room.see(ctx, s.who)
	if err != nil {
		return err
	}
	if added {
		s.room.greet(s.who)
	}
	for i, chat := range []domain.ChatRef{s.who.group(), s.who.private(), s.who.roster()} {
		s.logs[i] = s.room.logs.hold(chat)
		s.room.logs.watch(s.logs[i], s.wake)
		if err := s.room.logs.load(ctx, s.logs[i]); err != nil {
			s.close()
			return err
		}
	}
	return nil
}

func (s *stream) close() {
	for _, l := range s.logs {
		if l != nil {
			s.room.logs.unwatch(l, s.wake)
			s.room.logs.drop(l)
		}
	}
}

func (s *stream) nudge() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// run sends until the page goes away, ended is closed, or a write fails.
func (s *stream) run(ctx context.Context, ended <-chan struct{}, after uint64) error {
	// The server's own deadlines are for requests that end. Each write sets its own.
	if err := s.rc.SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	h := s.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("X-Accel-Buffering", "no")
	s.seen = after
	if err := s.begin(); err != nil {
		return err
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		var err error
		select {
		case <-s.wake:
			err = s.news(false)
		case t := <-s.toasts:
			err = s.send("toast", "", t)
		case <-beat.C:
			err = s.write([]byte(": still here\n\n"))
		case <-ended:
			return nil
		case <-ctx.Done():
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// begin sends who is here, and the lines the page lacks; a page that knows nothing of this start forgets what it has.
func (s *stream) begin() error {
	reset := s.seen == 0
	if err := s.write([]byte("retry: 2000\n\n")); err != nil {
		return err
	}
	if err := s.sendRoom(); err != nil {
		return err
	}
	return s.news(reset)
}

func (r *Room) currentMenu() *menu {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.menu
}

func (s *stream) sendRoom() error {
	s.menu = s.room.currentMenu()
	return s.send("room", "", struct {
		People []person  `json:"people"`
		Menu   []command `json:"menu"`
	}{readRoster(s.room.logs.linesOf(s.logs[2])), s.menu.in(s.who.lang)})
}

// numbered is a line as the page gets it.
type numbered struct {
	ID      uint64          `json:"id"`
	Message json.RawMessage `json:"message"`
}

// news sends what has changed since the last time. A page that is told to forget is told so even if there are no lines.
func (s *stream) news(reset bool) error {
	lines, seq := s.room.logs.since(s.seen, s.logs[:]...)
	group, private, roster := lines[0], lines[1], lines[2]
	if s.menu != s.room.currentMenu() || len(roster) > 0 && !reset {
		if err := s.sendRoom(); err != nil {
			return err
		}
	}
	if reset || len(group)+len(private) > 0 {
		err := s.send("lines", s.room.epoch+"-"+strconv.FormatUint(seq, 10), struct {
			Reset   bool       `json:"reset,omitempty"`
			Group   []numbered `json:"group"`
			Private []numbered `json:"private"`
		}{reset, number(group), number(private)})
		if err != nil {
			return err
		}
	}
	s.seen = seq
	return nil
}

func number(lines []line) []numbered {
	out := make([]numbered, len(lines))
	for i, ln := range lines {
		out[i] = numbered{ln.id, ln.body}
	}
	return out
}

func (s *stream) send(event, id string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("event %s: %w", event, err)
	}
	out := make([]byte, 0, len(body)+64)
	if id != "" {
		out = append(append(append(out, "id: "...), id...), '\n')
	}
	out = append(append(append(out, "event: "...), event...), "\ndata: "...)
	return s.write(append(append(out, body...), "\n\n"...))
}

// write sends at once, within writeTime.
func (s *stream) write(b []byte) error {
	if err := s.rc.SetWriteDeadline(time.Now().Add(writeTime)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := s.w.Write(b); err != nil {
		return err
	}
	return s.rc.Flush()
}
