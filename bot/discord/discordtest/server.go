// Package discordtest is a Discord that lives in the test process: gateway and REST API.
//
// It keeps a small world of people, guilds, channels and messages. The bot connects to
// it as it would to discord.com; the test moves people in it through Go methods (Slash,
// PressButton, Submit, Kick ...) and looks at what a person sees (Messages, Modal ...).
// Every request is judged twice: by hand-written rules and by the published OpenAPI
// specification. So that the fake itself stays honest, its answers are compared with the
// specification, too, and its events with the gateway's schema. What they find is in
// Violations.
package discordtest

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Server is a running fake. All methods may be called from any goroutine.
type Server struct {
	settings settings
	api      *apiSpec    // nil: not found, or checks are off
	events   *eventsSpec // nil: not found, or checks are off
	http     http.Server
	host     string
	routes   []route

	closing chan struct{}
	closer  sync.Once
	serving sync.WaitGroup // the accept loop
	open    sync.WaitGroup // connections and what serves them

	connMu sync.Mutex
	conns  map[net.Conn]struct{}

	mu      sync.Mutex
	world   World
	changed chan struct{} // closed and replaced when something changed and somebody waits
	waiters int
	goals   []goal
	faults  faults
}

// New starts a server on a free loopback port. It panics when there is none: nothing
// else could be tested then. The caller closes it.
func New(opts ...Option) *Server {
	s := &Server{
		settings: defaultSettings(),
		routes:   routes(),
		closing:  make(chan struct{}),
		conns:    make(map[net.Conn]struct{}),
		changed:  make(chan struct{}),
	}
	for _, o := range opts {
		o(&s.settings)
	}
	if !s.settings.cheap {
		s.api, s.events = s.settings.findSpecs()
	}
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		panic("discordtest: cannot listen on loopback: " + err.Error())
	}
	s.host = l.Addr().String()
	s.world = newWorld(s)
	s.http = http.Server{Handler: http.HandlerFunc(s.serve), ConnState: s.track, ReadHeaderTimeout: time.Minute}
	s.serving.Go(func() { _ = s.http.Serve(l) })
	return s
}

// Start is New for tests: the server closes with the test, and the test fails when a
// rule of the API was broken.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	s := New(opts...)
	t.Cleanup(func() {
		s.Close()
		for _, v := range s.Violations() {
			t.Errorf("a rule of Discord's API was broken: %s", v)
		}
	})
	return s
}

// URL is the root of the fake, without a path: the REST API is at <URL>/api/v10 (v9 and
// no version are served, too), the gateway's address is what GET /gateway says.
func (s *Server) URL() string { return "http://" + s.host }

// GatewayURL is the address of the gateway, without the query.
func (s *Server) GatewayURL() string { return "ws://" + s.host }

// Token is the only token the server accepts, without "Bot ".
func (s *Server) Token() string { return s.settings.token }

// Transport leads every request to the fake, whatever host it was meant for. Several
// sessions can use it in parallel, unlike discordgo's Endpoint variables.
func (s *Server) Transport(base http.RoundTripper) http.RoundTripper {
	return redirect{host: s.host, base: base}
}

type redirect struct {
	host string
	base http.RoundTripper
}

func (r redirect) RoundTrip(req *http.Request) (*http.Response, error) {
	u := *req.URL
	u.Scheme, u.Host = "http", r.host
	out := req.Clone(req.Context())
	out.URL, out.Host = &u, r.host
	return r.base.RoundTrip(out)
}

// SpecsLoaded tells whether requests and events are compared with the foreign
// specifications. A test that depends on it skips visibly when not.
func (s *Server) SpecsLoaded() bool { return s.api != nil && s.events != nil }

// Close cuts all connections and returns when every goroutine of the server has ended.
func (s *Server) Close() {
	s.closer.Do(func() { close(s.closing) })
	_ = s.http.Close()
	s.serving.Wait()
	s.DropConnections()
	s.open.Wait()
}

// DropConnections resets every open connection, those of the gateway included. New ones
// are accepted at once; sessions of the gateway can be resumed.
func (s *Server) DropConnections() {
	s.connMu.Lock()
	open := make([]net.Conn, 0, len(s.conns))
	for c := range s.conns {
		open = append(open, c)
	}
	s.connMu.Unlock()
	for _, c := range open {
		reset(c)
	}
	w := s.lock()
	defer s.unlock()
	for l := range w.gateway.links {
		l.drop()
	}
}

// track keeps the open connections; a hijacked one is on its own from then on.
func (s *Server) track(c net.Conn, state http.ConnState) {
	s.connMu.Lock()
	defer s.connMu.Unlock()
	switch state {
	case http.StateNew:
		s.conns[c] = struct{}{}
		s.open.Add(1)
	case http.StateClosed, http.StateHijacked:
		if _, open := s.conns[c]; open {
			delete(s.conns, c)
			s.open.Done()
		}
	case http.StateActive, http.StateIdle:
	}
}

// reset closes a connection so that the peer sees "connection reset by peer".
func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = c.Close()
}

// lock and unlock frame every use of the world; unlock wakes those who wait for a change.
func (s *Server) lock() *World {
	s.mu.Lock()
	return &s.world
}

func (s *Server) unlock() {
	if s.waiters > 0 {
		close(s.changed)
		s.changed = make(chan struct{})
	}
	s.mu.Unlock()
}

// serve is the door: the gateway upgrades at the root, everything else is REST.
func (s *Server) serve(rw http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/" || r.URL.Path == "" {
		s.serveGateway(rw, r)
		return
	}
	s.serveREST(rw, r)
}

// query reads one parameter of an address.
func query(u *url.URL, name string) string { return u.Query().Get(name) }
