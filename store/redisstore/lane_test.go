package redisstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// gate counts round trips and holds them until it is opened.
type gate struct {
	entered chan struct{}
	open    chan struct{}
	mu      sync.Mutex
	sizes   []int
}

func (g *gate) pass(n int) {
	g.mu.Lock()
	g.sizes = append(g.sizes, n)
	g.mu.Unlock()
	g.entered <- struct{}{}
	<-g.open
}

func (g *gate) DialHook(next redis.DialHook) redis.DialHook {
	return func(ctx context.Context, network, addr string) (net.Conn, error) { return next(ctx, network, addr) }
}

func (g *gate) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		if cmd.Name() == "set" { // not what opens a connection
			g.pass(1)
		}
		return next(ctx, cmd)
	}
}

func (g *gate) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		g.pass(len(cmds))
		return next(ctx, cmds)
	}
}

func TestCallsThatWaitShareARoundTrip(t *testing.T) {
	const callers = 50
	s := openAt(t, "redis://"+miniredis.RunT(t).Addr())
	g := &gate{entered: make(chan struct{}, 10), open: make(chan struct{})}
	s.once.AddHook(g)
	l := &lane{client: s.once, writers: 1}
	done := make(chan error, callers+2)
	set := func(ctx context.Context, key string) {
		done <- l.do(ctx, redis.NewStatusCmd(ctx, "set", key, key))
	}
	waiting := func() int {
		l.mu.Lock()
		defer l.mu.Unlock()
		return len(l.waiting)
	}
	waitFor := func(n int) {
		for waiting() != n {
			select {
			case <-t.Context().Done():
				t.Fatal("never waited")
			default:
			}
		}
	}
	go set(t.Context(), "first")
	<-g.entered // it is under way
	for i := range callers {
		go set(t.Context(), fmt.Sprint(i))
	}
	waitFor(callers)
	ctx, cancel := context.WithCancel(t.Context())
	go set(ctx, "given up")
	waitFor(callers + 1)
	cancel()
	if err := <-done; !errors.Is(err, errWithdrawn) || !errors.Is(err, context.Canceled) || !certain(err) {
		t.Errorf("a call that was given up: %v", err)
	}
	close(g.open)
	for range callers + 1 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	l.wait()
	if g.mu.Lock(); fmt.Sprint(g.sizes) != fmt.Sprintf("[1 %d]", callers) {
		t.Errorf("round trips carried %v calls", g.sizes)
	}
	g.mu.Unlock()
	if n, err := s.client.Exists(t.Context(), "first", "0", "49", "given up").Result(); err != nil || n != 3 {
		t.Errorf("%d of the keys are there, %v", n, err)
	}
}
