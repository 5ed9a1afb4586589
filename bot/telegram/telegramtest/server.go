// Package telegramtest is a Telegram Bot API server that lives in the test process.
//
// It keeps a small world of users, chats and messages. The bot talks to it over HTTP
// as it would to api.telegram.org; the test moves people in it through Go methods
// (SendText, Tap, Kick ...) and looks at what the bot did (Messages, Answers ...).
// Every request is judged twice: by hand-written rules and by the published
// specification of the Bot API. What they find is in Violations.
package telegramtest

import (
	"context"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"
)

// BotID is the user id of the bot that owns the server.
const BotID int64 = 123456789

// Server is a running fake. All methods may be called from any goroutine.
type Server struct {
	settings settings
	spec     *spec // nil: not found, or checks are off
	http     http.Server
	base     string
	mux      map[string]handler

	closing  chan struct{}
	closer   sync.Once
	serving  sync.WaitGroup // the accept loop
	sessions sync.WaitGroup // open connections

	connMu sync.Mutex
	conns  map[net.Conn]struct{}

	bodies sync.Pool // *[]byte, request bodies and long answers

	mu      sync.Mutex
	world   World
	changed chan struct{} // closed and replaced when something changed and somebody waits
	waiters int
	goals   []goal
	faults  faults
	delay   time.Duration
}

// New starts a server on a free loopback port. It panics when there is none: nothing
// else could be tested then. The caller closes it.
func New(opts ...Option) *Server {
	s := &Server{
		settings: defaultSettings(),
		closing:  make(chan struct{}),
		conns:    make(map[net.Conn]struct{}),
		changed:  make(chan struct{}),
	}
	s.bodies.New = func() any { b := make([]byte, 0, 4096); return &b }
	for _, o := range opts {
		o(&s.settings)
	}
	s.delay = s.settings.delay
	if !s.settings.cheap {
		s.spec = s.settings.findSpec()
	}
	s.world = newWorld(&s.settings)
	s.mux = handlers()

	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		panic("telegramtest: cannot listen on loopback: " + err.Error())
	}
	s.base = "http://" + l.Addr().String()
	s.http = http.Server{Handler: http.HandlerFunc(s.serve), ConnState: s.track, ReadHeaderTimeout: time.Minute}
	s.serving.Go(func() { _ = s.http.Serve(l) })
	return s
}

// Start is New for tests: the server closes with the test, and the test fails when
// the bot broke a rule of the Bot API.
func Start(t testing.TB, opts ...Option) *Server {
	t.Helper()
	s := New(opts...)
	t.Cleanup(func() {
		s.Close()
		for _, v := range s.Violations() {
			t.Errorf("the bot broke a rule of the Bot API: %s", v)
		}
	})
	return s
}

// URL is the base a bot is configured with: requests go to <URL>/bot<token>/<method>,
// downloads to <URL>/file/bot<token>/<path>.
func (s *Server) URL() string { return s.base }

// Token is the only token the server accepts.
func (s *Server) Token() string { return s.settings.token }

// SpecsLoaded tells whether requests are compared with the foreign specification. A
// test that depends on it skips visibly when not.
func (s *Server) SpecsLoaded() bool { return s.spec != nil }

// Close cuts all connections and returns when every goroutine of the server has ended.
func (s *Server) Close() {
	s.closer.Do(func() { close(s.closing) })
	_ = s.http.Close()
	s.serving.Wait()
	s.DropConnections()
	s.sessions.Wait()
}

// DropConnections resets every open connection, long polls included. New ones are
// accepted at once.
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
}

// track keeps the open connections; a hijacked one is on its own from then on.
func (s *Server) track(c net.Conn, state http.ConnState) {
	s.connMu.Lock()
	defer s.connMu.Unlock()
	switch state {
	case http.StateNew:
		s.conns[c] = struct{}{}
		s.sessions.Add(1)
	case http.StateClosed, http.StateHijacked:
		if _, open := s.conns[c]; open {
			delete(s.conns, c)
			s.sessions.Done()
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
