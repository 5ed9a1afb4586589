package telegramtest

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// call is one request on its way.
type call struct {
	method string
	params params
	buf    []byte // results are appended to it
	http   *http.Request
}

// handler is a method. It runs under the lock and never waits; getUpdates alone is
// called without.
type handler func(*World, *call) result

func (s *Server) serve(rw http.ResponseWriter, r *http.Request) {
	path, download := strings.CutPrefix(r.URL.Path, "/file")
	path, found := strings.CutPrefix(path, "/bot")
	token, method, named := strings.Cut(path, "/")
	switch {
	case !found || !named:
		s.answer(rw, refused(&refusal{code: http.StatusNotFound, description: "Not Found"}))
		return
	case token != s.settings.token:
		s.answer(rw, refused(&refusal{code: http.StatusUnauthorized, description: "Unauthorized"}))
		return
	case download:
		s.download(rw, method)
		return
	}

	body, _ := s.bodies.Get().(*[]byte)
	out, _ := s.bodies.Get().(*[]byte)
	defer s.bodies.Put(body)
	defer s.bodies.Put(out)
	c := &call{method: method, buf: (*out)[:0], http: r}
	var err error
	c.params, *body, err = readParams(r, *body)
	if err != nil {
		s.answer(rw, s.unreadable(c, err))
		return
	}
	f, faulty := s.fault(c)
	var res result
	if faulty && !f.Apply {
		s.judge(c)
	} else {
		res = s.run(c)
	}
	if res.body != nil {
		*out = res.body
	}
	if !s.pause(r) {
		panic(http.ErrAbortHandler) // ends the connection without an answer
	}
	if faulty {
		s.fail(rw, r, f)
		return
	}
	s.answer(rw, res)
}

func (s *Server) unreadable(c *call, err error) result {
	if errors.Is(err, errTooLarge) {
		return refused(&refusal{code: http.StatusRequestEntityTooLarge, description: "Request Entity Too Large"})
	}
	s.lock()
	defer s.unlock()
	s.world.violate(c.method, err.Error())
	return refused(badRequest("%s", err))
}

// run checks a call and carries it out.
func (s *Server) run(c *call) result {
	if e := s.judge(c); e != nil {
		return refused(e)
	}
	if c.method == "getUpdates" {
		return s.getUpdates(c)
	}
	h := s.mux[c.method]
	if h == nil {
		return refused(&refusal{code: http.StatusNotFound, description: "Not Found"})
	}
	w := s.lock()
	defer s.unlock()
	if e := w.limiter.admit(w, c); e != nil {
		return refused(e)
	}
	res := h(w, c)
	if c.method == "answerCallbackQuery" {
		s.reachGoals()
	}
	return res
}

// judge records the request and what is wrong with it, and returns what the real server
// would have refused it with.
func (s *Server) judge(c *call) *refusal {
	if s.settings.cheap {
		return nil
	}
	complaints, e := handChecks(c.method, c.params)
	if s.spec != nil {
		complaints = append(complaints, s.spec.check(c.method, c.params)...)
	}
	if s.mux[c.method] == nil && c.method != "getUpdates" {
		complaints = append(complaints, "the fake server does not know this method")
	}
	w := s.lock()
	defer s.unlock()
	w.record(c)
	for _, text := range complaints {
		w.violate(c.method, text)
	}
	return e
}

// pause waits for the configured delay; false when nobody waits for the answer any more.
func (s *Server) pause(r *http.Request) bool {
	s.mu.Lock()
	d := s.delay
	s.mu.Unlock()
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-s.closing:
	}
	return false
}

// violationsKept bounds the list; a bot in a loop would fill the memory else.
const violationsKept = 1000

func (w *World) violate(method, text string) {
	if len(w.violations) < violationsKept {
		w.violations = append(w.violations, fmt.Sprintf("%s: %s", method, text))
	}
}

// Violations lists what was wrong with the bot's requests, in the order they came.
func (s *Server) Violations() []string {
	w := s.lock()
	defer s.unlock()
	return append([]string(nil), w.violations...)
}

// TakeViolations is Violations and forgets them, for a test that provokes one.
func (s *Server) TakeViolations() []string {
	w := s.lock()
	defer s.unlock()
	v := w.violations
	w.violations = nil
	return v
}
