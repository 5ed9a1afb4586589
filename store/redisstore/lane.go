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
	cmd  redis.Cmder
	done chan struct{}
}

// do sends the command and waits for its reply. A call whose context ends while it waits to be sent is withdrawn; once
// sent, its outcome is awaited, which the client's timeouts bound.
func (l *lane) do(ctx context.Context, cmd redis.Cmder) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%w: %w", errWithdrawn, err)
	}
	l.mu.Lock()
	if l.busy < l.writers {
		l.busy++
		l.running.Add(1)
		l.mu.Unlock()
		_ = l.client.Process(context.WithoutCancel(ctx), cmd)
		l.handOn()
		return cmd.Err()
	}
	c := &call{cmd: cmd, done: make(chan struct{})}
	l.waiting = append(l.waiting, c)
	l.mu.Unlock()
	select {
	case <-c.done:
		return cmd.Err()
	case <-ctx.Done():
	}
	if l.withdraw(c) {
		return fmt.Errorf("%w: %w", errWithdrawn, ctx.Err())
	}
	<-c.done
	return cmd.Err()
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
	ctx := context.Background()
	pipe := l.client.Pipeline()
	for _, c := range batch {
		_ = pipe.Process(ctx, c.cmd)
	}
	_, _ = pipe.Exec(ctx) // each command has its own error
	for _, c := range batch {
		close(c.done)
	}
}

// wait returns when no call is under way. The client must be closed before, so that none begins.
func (l *lane) wait() { l.running.Wait() }
