package storetest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"testing"
)

// Proxy stands between a client and a server and does to chosen requests what networks do.
type Proxy struct {
	Addr   string
	target string

	mu    sync.Mutex
	drop  []byte
	hold  []byte
	freed chan struct{}
	Held  chan struct{} // one signal for each request that is held
	Cut   chan struct{} // one signal for each reply that is dropped
	open  map[net.Conn]struct{}
}

// StartProxy forwards to target until the test ends.
func StartProxy(t testing.TB, target string) *Proxy {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, "listen", err)
	p := &Proxy{Addr: listener.Addr().String(), target: target, Held: make(chan struct{}, 64), Cut: make(chan struct{}, 64),
		freed: make(chan struct{}), open: map[net.Conn]struct{}{}}
	ctx := context.WithoutCancel(t.Context()) // stores close after the test's own context has ended
	var running sync.WaitGroup
	running.Go(func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			running.Go(func() { p.serve(ctx, client) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close()
		p.Release()
		p.mu.Lock()
		for conn := range p.open {
			_ = conn.Close()
		}
		p.mu.Unlock()
		running.Wait()
	})
	return p
}

// DropReplyTo forwards the next request that contains part, then cuts the connection instead of passing on the reply.
func (p *Proxy) DropReplyTo(part string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drop = []byte(part)
}

// HoldRequest keeps the next request that contains part until Release, even when its sender has gone by then.
func (p *Proxy) HoldRequest(part string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.hold = []byte(part)
}

// Release lets go what is held.
func (p *Proxy) Release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	close(p.freed)
	p.freed = make(chan struct{})
}

func signal(to chan struct{}) {
	select {
	case to <- struct{}{}:
	default: // nobody counts them
	}
}

func (p *Proxy) serve(ctx context.Context, client net.Conn) {
	server, err := new(net.Dialer).DialContext(ctx, "tcp", p.target)
	if err != nil {
		_ = client.Close()
		return
	}
	p.mu.Lock()
	p.open[client], p.open[server] = struct{}{}, struct{}{}
	p.mu.Unlock()
	cut := make(chan struct{})
	var both sync.WaitGroup
	both.Go(func() { p.requests(client, server, cut) })
	both.Go(func() { p.replies(client, server, cut) })
	both.Wait()
	_, _ = client.Close(), server.Close()
	p.mu.Lock()
	delete(p.open, client)
	delete(p.open, server)
	p.mu.Unlock()
}

func (p *Proxy) requests(client, server net.Conn, cut chan struct{}) {
	defer func() { _ = server.(*net.TCPConn).CloseWrite() }()
	buffer := make([]byte, 1<<20)
	dropping := false
	for {
		n, err := client.Read(buffer)
		if n > 0 {
			request := buffer[:n]
			if p.matches(&p.drop, request) && !dropping {
				dropping = true
				close(cut)
			}
			if p.matches(&p.hold, request) {
				p.mu.Lock()
				freed := p.freed
				p.mu.Unlock()
				signal(p.Held)
				<-freed
			}
			if _, err := server.Write(request); err != nil {
				return
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *Proxy) matches(part *[]byte, request []byte) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if *part == nil || !bytes.Contains(request, *part) {
		return false
	}
	*part = nil
	return true
}

func (p *Proxy) replies(client, server net.Conn, cut chan struct{}) {
	buffer := make([]byte, 1<<20)
	for {
		n, err := server.Read(buffer)
		if n > 0 {
			select {
			case <-cut:
				signal(p.Cut)
				_ = client.Close()
				_, _ = io.Copy(io.Discard, server)
				return
			default:
			}
			if _, err := client.Write(buffer[:n]); err != nil && !errors.Is(err, net.ErrClosed) {
				_, _ = io.Copy(io.Discard, server)
				return
			}
		}
		if err != nil {
			_ = client.Close()
			return
		}
	}
}
