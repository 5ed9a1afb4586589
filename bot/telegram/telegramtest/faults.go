package telegramtest

import (
	"net/http"
	"strconv"
)

// AnyMethod names all methods in FailNext and FailAll.
const AnyMethod = "*"

// Fault is what happens instead of the proper answer. The zero values of Code and
// Description follow from the rest.
type Fault struct {
	Code        int
	Description string
	RetryAfter  int    // seconds, 429
	MigrateTo   int64  // the chat moved, 400
	Body        string // sent as it is, as text/html; Code 502 unless given
	Hang        bool   // no answer until the client goes away or the server closes
	Reset       bool   // the connection is reset
	Chat        int64  // only for calls to this chat; 0: any
	Apply       bool   // the call takes effect first: the answer is lost, not the deed
}

// refusal fills in what the fault leaves open.
func (f Fault) refusal() *refusal {
	e := &refusal{code: f.Code, description: f.Description, retryAfter: f.RetryAfter, migrateTo: f.MigrateTo}
	switch {
	case f.RetryAfter != 0 && e.description == "":
		e.description = "Too Many Requests: retry after " + strconv.Itoa(f.RetryAfter)
	case f.MigrateTo != 0 && e.description == "":
		e.description = "Bad Request: group chat was upgraded to a supergroup chat"
	}
	if e.code == 0 {
		switch {
		case f.RetryAfter != 0:
			e.code = http.StatusTooManyRequests
		case f.MigrateTo != 0:
			e.code = http.StatusBadRequest
		default:
			e.code = http.StatusInternalServerError
		}
	}
	if e.description == "" {
		e.description = http.StatusText(e.code)
	}
	return e
}

type faults struct {
	next   map[string][]Fault
	always map[string]Fault
}

// FailNext makes the next calls of a method fail, one fault each, oldest first. A fault
// for one chat waits for a call to that chat and lets others pass.
func (s *Server) FailNext(method string, f ...Fault) {
	s.lock()
	defer s.unlock()
	if s.faults.next == nil {
		s.faults.next = make(map[string][]Fault)
	}
	s.faults.next[method] = append(s.faults.next[method], f...)
}

// FailAll makes every call of a method fail until Heal.
func (s *Server) FailAll(method string, f Fault) {
	s.lock()
	defer s.unlock()
	if s.faults.always == nil {
		s.faults.always = make(map[string]Fault)
	}
	s.faults.always[method] = f
}

// Heal ends all faults, also those that have not happened yet.
func (s *Server) Heal() {
	s.lock()
	defer s.unlock()
	s.faults = faults{}
}

// fault takes the fault that is due for a call, if any.
func (s *Server) fault(c *call) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.next == nil && s.faults.always == nil {
		return Fault{}, false
	}
	chat, _ := c.params.integer("chat_id")
	for _, method := range [...]string{c.method, AnyMethod} {
		due := s.faults.next[method]
		for i, f := range due {
			if f.Chat == 0 || f.Chat == chat {
				s.faults.next[method] = append(due[:i:i], due[i+1:]...)
				return f, true
			}
		}
		if f, ok := s.faults.always[method]; ok && (f.Chat == 0 || f.Chat == chat) {
			return f, true
		}
	}
	return Fault{}, false
}

// fail sends the fault.
func (s *Server) fail(rw http.ResponseWriter, r *http.Request, f Fault) {
	switch {
	case f.Hang:
		select {
		case <-r.Context().Done():
		case <-s.closing:
		}
		panic(http.ErrAbortHandler) // ends the connection without an answer
	case f.Reset:
		if h, ok := rw.(http.Hijacker); ok {
			if c, _, err := h.Hijack(); err == nil {
				reset(c)
			}
		}
	case f.Body != "":
		code := f.Code
		if code == 0 {
			code = http.StatusBadGateway
		}
		rw.Header().Set("Content-Type", "text/html")
		rw.WriteHeader(code)
		_, _ = rw.Write([]byte(f.Body))
	default:
		s.answer(rw, refused(f.refusal()))
	}
}
