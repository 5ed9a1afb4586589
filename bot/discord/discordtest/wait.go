package discordtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// errClosed ends a wait when the server closes.
var errClosed = errors.New("discordtest: the server closed")

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
		return fmt.Errorf("discordtest: the condition does not hold: %w", context.Cause(ctx))
	case <-s.closing:
		return errClosed
	}
}

// WaitConnected returns when so many sessions are identified and connected.
func (s *Server) WaitConnected(ctx context.Context, sessions int) error {
	return s.WaitFor(ctx, func(w *World) bool { return w.Gateway().Connected >= sessions })
}

// WaitResponse returns the first response to an interaction.
func (s *Server) WaitResponse(ctx context.Context, interaction string) (Response, error) {
	return s.waitResponse(ctx, interaction, func(r Response) bool { return r.Type != 0 })
}

// WaitSettled returns the answer to an interaction when it is no longer just "thinking".
func (s *Server) WaitSettled(ctx context.Context, interaction string) (Response, error) {
	return s.waitResponse(ctx, interaction, Response.Settled)
}

func (s *Server) waitResponse(ctx context.Context, interaction string, enough func(Response) bool) (r Response, err error) {
	err = s.WaitFor(ctx, func(w *World) bool {
		r = w.Response(interaction)
		return enough(r)
	})
	return r, err
}

// goal is a number of first responses somebody waits for.
type goal struct {
	responses int
	reached   chan struct{}
}

// WaitResponded returns when that many interactions have had their first response since
// the start. It costs nothing per response, unlike WaitFor: for benchmarks.
func (s *Server) WaitResponded(ctx context.Context, total int) error {
	w := s.lock()
	if w.responded >= total {
		s.mu.Unlock()
		return nil
	}
	g := goal{responses: total, reached: make(chan struct{})}
	s.goals = append(s.goals, g)
	s.mu.Unlock()
	return s.waitOnce(ctx, g.reached)
}

// reachGoals wakes those whose number is reached. The lock is held.
func (s *Server) reachGoals() {
	s.goals = slices.DeleteFunc(s.goals, func(g goal) bool {
		if s.world.responded < g.responses {
			return false
		}
		close(g.reached)
		return true
	})
}

// Latency is the real time from an interaction being sent to its first response.
type Latency struct {
	Count              int
	P50, P90, P99, Max time.Duration
}

// Latencies are over all interactions since the start or the last ResetLatencies.
func (s *Server) Latencies() Latency {
	all := look(s, func(w *World) []time.Duration { return slices.Clone(w.latencies) })
	if len(all) == 0 {
		return Latency{}
	}
	slices.Sort(all)
	at := func(percent int) time.Duration { return all[(len(all)-1)*percent/100] }
	return Latency{Count: len(all), P50: at(50), P90: at(90), P99: at(99), Max: at(100)}
}

// ResetLatencies begins a new measurement.
func (s *Server) ResetLatencies() {
	w := s.lock()
	defer s.unlock()
	w.latencies = w.latencies[:0]
}
