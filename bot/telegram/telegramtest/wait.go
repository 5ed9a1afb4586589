package telegramtest

import (
	"context"
	"errors"
	"fmt"
)

// errClosed ends a wait when the server closes.
var errClosed = errors.New("telegramtest: the server closed")

// WaitFor returns when the condition holds, as soon as it does and without polling. The
// condition runs under the server's lock after every change: it must use the World it
// is given and must not call the Server. The error says why the wait ended else.
func (s *Server) WaitFor(ctx context.Context, holds func(*World) bool) error {
	for {
		w := s.lock()
		if holds(w) {
			s.mu.Unlock()
			return nil
		}
		s.waiters++
		changed := s.changed
		s.mu.Unlock()

		err := s.waitOnce(ctx, changed)
		s.mu.Lock()
		s.waiters--
		s.mu.Unlock()
		if err != nil {
			return err
		}
	}
}

func (s *Server) waitOnce(ctx context.Context, changed <-chan struct{}) error {
	select {
	case <-changed:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("telegramtest: the condition does not hold: %w", context.Cause(ctx))
	case <-s.closing:
		return errClosed
	}
}

// goal is a number of answers somebody waits for.
type goal struct {
	answers int
	reached chan struct{}
}

// WaitAnswered returns when that many callbacks have been answered since the start. It
// costs nothing per answer, unlike WaitFor: for benchmarks.
func (s *Server) WaitAnswered(ctx context.Context, total int) error {
	w := s.lock()
	if w.answered >= total {
		s.mu.Unlock()
		return nil
	}
	g := goal{answers: total, reached: make(chan struct{})}
	s.goals = append(s.goals, g)
	s.mu.Unlock()
	return s.waitOnce(ctx, g.reached)
}

// reachGoals wakes those whose number is reached. The lock is held.
func (s *Server) reachGoals() {
	kept := s.goals[:0]
	for _, g := range s.goals {
		if s.world.answered >= g.answers {
			close(g.reached)
			continue
		}
		kept = append(kept, g)
	}
	s.goals = kept
}
