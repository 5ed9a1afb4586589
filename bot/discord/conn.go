package discord

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

var (
	errDead      = errors.New("discord: the connection to the gateway is over")
	errAnew      = errors.New("discord: the gateway does not know the session any more")
	errElsewhere = errors.New("discord: the session goes on at another address")
)

const (
	dialLimit      = 10 * time.Second
	writeLimit     = 10 * time.Second
	defaultOpening = 20 * time.Second
)

// wire is a connection to the gateway. It lets discordgo do only what leaves the session alive: a silent gateway is dead
// after a while, nothing is written to a dead one, no close frame ends a session that is to go on, and no session is
// begun anew without us, since Discord wants a pause before.
type wire struct {
	net.Conn
	silence time.Duration

	mu       sync.Mutex
	opened   bool
	until    time.Time // while it is being opened
	identify bool      // one IDENTIFY is allowed
	anew     bool      // one was tried that is not
	closing  bool      // we mean to end the session
	dead     bool
}

// Read implements net.Conn.
func (w *wire) Read(p []byte) (int, error) {
	w.mu.Lock()
	deadline := time.Now().Add(w.silence)
	if !w.opened && w.until.Before(deadline) {
		deadline = w.until
	}
	w.mu.Unlock()
	if err := w.SetReadDeadline(deadline); err != nil {
		return 0, err
	}
	n, err := w.Conn.Read(p)
	if err != nil {
		w.die()
	}
	return n, err
}

// Write implements net.Conn. The websocket library writes whole frames.
func (w *wire) Write(p []byte) (int, error) {
	w.mu.Lock()
	if w.dead {
		w.mu.Unlock()
		return 0, errDead
	}
	switch kindOf(p) {
	case closes:
		if !w.closing {
			w.mu.Unlock()
			return len(p), nil // the connection is cut instead, which leaves the session
		}
	case identifies:
		if !w.identify {
			w.anew = true
			w.mu.Unlock()
			w.die()
			return 0, errAnew
		}
		w.identify = false
	case other:
	}
	w.mu.Unlock()
	if err := w.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return 0, err
	}
	n, err := w.Conn.Write(p)
	if err != nil {
		w.die()
	}
	return n, err
}

// die ends the connection without a word.
func (w *wire) die() {
	w.mu.Lock()
	w.dead = true
	w.mu.Unlock()
	_ = w.Close()
}

func (w *wire) ready() {
	w.mu.Lock()
	w.opened = true
	w.mu.Unlock()
}

func (w *wire) refusedAnew() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.anew
}

// frameKind is what a frame of ours means.
type frameKind uint8

const (
	other frameKind = iota
	identifies
	closes
)

// kindOf reads the beginning of a masked frame. Anything else (the handshake) is other.
func kindOf(p []byte) frameKind {
	const text, closing = 0x81, 0x88
	if len(p) < 6 || p[0] != text && p[0] != closing || p[1]&0x80 == 0 {
		return other
	}
	if p[0] == closing {
		if payload := unmask(p[2:]); len(payload) >= 2 {
			if code := binary.BigEndian.Uint16(payload); code == websocket.CloseNormalClosure || code == websocket.CloseGoingAway {
				return closes
			}
		}
		return other
	}
	at := 2
	switch p[1] & 0x7f {
	case 126:
		at += 2
	case 127:
		at += 8
	}
	if len(p) < at+4 {
		return other
	}
	head := string(unmask(p[at:min(len(p), at+4+16)]))
	if strings.HasPrefix(strings.ReplaceAll(head, " ", ""), `{"op":2,`) {
		return identifies
	}
	return other
}

// unmask takes the four bytes of the mask off what it hides.
func unmask(p []byte) []byte {
	if len(p) < 4 {
		return nil
	}
	out := make([]byte, len(p)-4)
	for i := range out {
		out[i] = p[4+i] ^ p[i%4]
	}
	return out
}

// gatewayFinder tells discordgo the address of the gateway, which it would ask the server for by itself.
type gatewayFinder struct{ link *session }

// RoundTrip implements http.RoundTripper.
func (f *gatewayFinder) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"url":"` + f.link.address() + `"}`
	return &http.Response{
		StatusCode: http.StatusOK, Status: "200 OK", Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Request: r,
		Header: http.Header{"Content-Type": {"application/json"}}, ContentLength: int64(len(body)), Body: io.NopCloser(strings.NewReader(body)),
	}, nil
}

// dialer is what discordgo dials with.
func (l *session) dialer() *websocket.Dialer {
	return &websocket.Dialer{
		HandshakeTimeout: dialLimit,
		NetDialContext:   l.dial,
		NetDialTLSContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			raw, err := l.dialOut(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			host, _, err := net.SplitHostPort(addr)
			if err != nil {
				_ = raw.Close()
				return nil, err
			}
			config := l.tls.Clone()
			config.ServerName, config.NextProtos = host, []string{"http/1.1"}
			secure := tls.Client(raw, config)
			shaking, cancel := context.WithTimeout(ctx, dialLimit)
			defer cancel()
			if err := secure.HandshakeContext(shaking); err != nil {
				_ = raw.Close()
				return nil, err
			}
			return l.wrap(secure), nil
		},
	}
}

func (l *session) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	raw, err := l.dialTCP(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	return l.wrap(raw), nil
}

// dialTCP refuses once when discordgo goes to the address it remembers and the session is at another: only a failed dial
// makes it ask again.
func (l *session) dialTCP(ctx context.Context, network, addr string) (net.Conn, error) {
	if l.moved() {
		return nil, errElsewhere
	}
	ctx, cancel := context.WithTimeout(ctx, dialLimit)
	defer cancel()
	stop := context.AfterFunc(l.ctx, cancel)
	defer stop()
	return (&net.Dialer{KeepAlive: 30 * time.Second}).DialContext(ctx, network, addr)
}

func (l *session) wrap(c net.Conn) net.Conn {
	w := &wire{Conn: c, silence: l.silence, until: time.Now().Add(l.opening)}
	l.mu.Lock()
	defer l.mu.Unlock()
	w.identify = !l.known
	l.wire = w
	return w
}
