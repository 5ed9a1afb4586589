package web

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"klaster/domain"
)

const (
	refreshPause = 250 * time.Millisecond // between two readings for hints from other replicas
	refreshAll   = 30 * time.Second       // hints may be lost
)

// follow keeps the logs that are looked at up with other replicas until ctx ends.
func (g *logs) follow(ctx context.Context, log *slog.Logger) {
	var watching sync.WaitGroup
	watching.Go(func() {
		for ctx.Err() == nil {
			err := g.transcript.Watch(ctx, g.changed)
			g.note(err)
			if err != nil && ctx.Err() == nil {
				log.WarnContext(ctx, "web: hints from the store stopped", "error", err)
			}
			pause(ctx, time.Second)
		}
	})
	defer watching.Wait()
	all := time.NewTicker(refreshAll)
	defer all.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-g.nudge:
			pause(ctx, refreshPause)
		case <-all.C:
			g.mu.Lock()
			for chat := range g.open {
				g.stale[chat] = true
			}
			g.mu.Unlock()
		}
		for _, l := range g.staleLogs() {
			bounded, cancel := context.WithTimeout(ctx, storeTime)
			if err := g.load(bounded, l); err != nil && ctx.Err() == nil {
				log.WarnContext(ctx, "web: a log could not be read", "error", err)
			}
			cancel()
			g.drop(l)
		}
	}
}

// changed takes a hint. Logs nobody looks at are read when somebody does.
func (g *logs) changed(chat domain.ChatRef) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l, ok := g.open[chat]; ok && l.users > 0 {
		g.stale[chat] = true
		select {
		case g.nudge <- struct{}{}:
		default:
		}
	}
}

func (g *logs) staleLogs() []*chatLog {
	g.mu.Lock()
	defer g.mu.Unlock()
	var out []*chatLog
	for chat := range g.stale {
		if l, ok := g.open[chat]; ok && l.users > 0 && l.loaded {
			l.users++
			out = append(out, l)
		}
	}
	clear(g.stale)
	return out
}

// note remembers whether the store answered.
func (g *logs) note(err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.failed = err
}

func (g *logs) health() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.failed
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}
