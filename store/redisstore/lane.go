package redisstore

import (
	"context"
	"fmt"
	"sync"

	"github.com/redis/go-redis/v9"
)

// A lane makes calls that come at the same time share round trips. A call that finds a writer free goes out at once, in
// the caller's goroutine. While all writers are under way, calls gather, and whoever comes back takes all of them in one
// pipeline. There is no timer, and a lone caller pays nothing.
type lane struct {
	client  redis.UniversalClient
	writers int // pipelines under way at once

	mu      sync.Mutex
	waiting []*call
	busy    int
	running sync.WaitGroup
}

const pipelineAtMost = 512

type call struct {
	cmds []redis.Cmder
	done chan struct{}
}

// do sends the commands and waits for their replies; the first error is returned. A call whose context ends while it waits to be sent is withdrawn; once
// sent, its outcome is awaited, which the client's timeouts bound.
func (l *lane) do(ctx context.Context, cmds ...redis.Cmder) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", errWithdrawn, err)
	}
	l.mu.Lock()
	if l.busy < l.writers {
		l.busy++
		l.running.Add(1)
		l.mu.Unlock()
		l.send(context.WithoutCancel(ctx), cmds)
		l.handOn()
		return firstError(cmds)
	}
	c := &call{cmds: cmds, done: make(chan struct{})}
	l.waiting = append(l.waiting, c)
	l.mu.Unlock()
	select {
	case <-c.done:
		return firstError(cmds)
	case <-ctx.Done():
	}
	if l.withdraw(c) {
		return fmt.Errorf("%w: %w", errWithdrawn, ctx.Err())
	}
	<-c.done
	return firstError(cmds)
}

func (l *lane) withdraw(c *call) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, other := range l.waiting {
		if other == c {
			l.waiting = append(l.waiting[:i], l.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// handOn gives the writer to those who wait, or frees it.
func (l *lane) handOn() {
	if batch := l.take(); batch != nil {
		go func() {
			for ; batch != nil; batch = l.take() {
				l.flush(batch)
			}
		}()
	}
}

// take gives the next batch; without one the writer is free, and nil is returned.
func (l *lane) take() []*call {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(len(l.waiting), pipelineAtMost)
	if n == 0 {
		l.waiting = nil
		l.busy--
		l.running.Done()
		return nil
	}
	batch := l.waiting[:n:n]
	l.waiting = l.waiting[n:]
	return batch
}

func (l *lane) flush(batch []*call) {
	cmds := make([]redis.Cmder, 0, len(batch))
	for _, c := range batch {
		cmds = append(cmds, c.cmds...)
	}
	l.send(context.Background(), cmds)
	for _, c := range batch {
		close(c.done)
	}
}

// send makes one round trip; each command has its own error.
func (l *lane) send(ctx context.Context, cmds []redis.Cmder) {
	if len(cmds) == 1 {
		_ = l.client.Process(ctx, cmds[0])
		return
	}
	pipe := l.client.Pipeline()
	for _, cmd := range cmds {
		_ = pipe.Process(ctx, cmd)
	}
	_, _ = pipe.Exec(ctx)
}

func firstError(cmds []redis.Cmder) error {
	for _, cmd := range cmds {
		if err := cmd.Err(); err != nil {
			return err
		}
	}
	return nil
}

// wait returns when no call is under way. The client must be closed before, so that none begins.
func (l *lane) wait() { l.running.Wait() }
