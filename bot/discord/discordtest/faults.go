package discordtest

import (
	"net/http"
)

// Fault is what happens instead of the proper answer. What is left open follows from the
// rest.
type Fault struct {
	Status     int
	Code       int // JSON error code
	Message    string
	RetryAfter float64 // seconds: 429
	Scope      string  // of a 429: user (when empty), global or shared
	Body       string  // sent as it is, as text/html; status 502 unless given
	Hang       bool    // no answer until the client goes away or the server closes
	Reset      bool    // the connection is reset
	Channel    string  // only for requests that name this channel in their path; "": any
	Apply      bool    // the request takes effect first: the answer is lost, not the deed
}

func (f Fault) status() int {
	switch {
	case f.Status != 0:
		return f.Status
	case f.RetryAfter != 0:
		return http.StatusTooManyRequests
	case f.Body != "":
		return http.StatusBadGateway
	case f.Code != 0:
		return refuse(Code(f.Code)).status
	case f.Hang || f.Reset:
		return 0
	}
	return http.StatusInternalServerError
}

func (f Fault) refusal() *refusal {
	e := &refusal{status: f.status(), code: f.Code, message: f.Message, after: f.RetryAfter, scope: f.Scope}
	switch {
	case e.message != "":
	case f.RetryAfter != 0:
		e.message = "You are being rate limited."
	case f.Code != 0:
		e.message = refuse(Code(f.Code)).message
	}
	if e.message == "" {
		e.message = http.StatusText(e.status)
	}
	return e
}

type faults struct {
	next   map[string][]Fault
	always map[string]Fault
}

// FailNext makes the next requests of a route (RouteCreateMessage, AnyRoute ...) fail,
// one fault each, oldest first. A fault for one channel lets requests to others pass.
func (s *Server) FailNext(route string, f ...Fault) {
	s.lock()
	defer s.unlock()
	if s.faults.next == nil {
		s.faults.next = make(map[string][]Fault)
	}
	s.faults.next[route] = append(s.faults.next[route], f...)
}

// FailAll makes every request of a route fail until Heal.
func (s *Server) FailAll(route string, f Fault) {
	s.lock()
	defer s.unlock()
	if s.faults.always == nil {
		s.faults.always = make(map[string]Fault)
	}
	s.faults.always[route] = f
}

// Heal ends all faults of the REST API, also those that have not happened yet, and a ban.
func (s *Server) Heal() {
	w := s.lock()
	defer s.unlock()
	s.faults = faults{}
	w.banned, w.invalid = false, 0
}

// fault takes the fault that is due for a request, if any.
func (s *Server) fault(c *call) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.faults.next == nil && s.faults.always == nil {
		return Fault{}, false
	}
	channel := c.id("channel_id")
	for _, route := range [...]string{c.route, AnyRoute} {
		due := s.faults.next[route]
		for i, f := range due {
			if f.Channel == "" || f.Channel == channel {
				s.faults.next[route] = append(due[:i:i], due[i+1:]...)
				return f, true
			}
		}
		if f, found := s.faults.always[route]; found && (f.Channel == "" || f.Channel == channel) {
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
		if h, can := rw.(http.Hijacker); can {
			if c, _, err := h.Hijack(); err == nil {
				reset(c)
			}
		}
	case f.Body != "":
		rw.Header().Set("Content-Type", "text/html")
		rw.WriteHeader(f.status())
		_, _ = rw.Write([]byte(f.Body))
	default:
		e := f.refusal()
		e.headers(rw.Header())
		rw.Header().Set("Content-Type", "application/json")
		rw.WriteHeader(e.status)
		_, _ = rw.Write(mustJSON(e.json()))
	}
}
