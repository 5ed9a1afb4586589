package bot

import (
	"context"
	"log/slog"
	"strings"
	"sync"
)

// logger is what the bot writes to. Attributes are identifiers, counts and errors: never a text, a name, a handle or a
// token.
type logger = *slog.Logger

// Redactor is the last wall of the log: it replaces registered secrets (bot tokens, passwords) wherever they appear. It
// is safe for use by many goroutines.
type Redactor struct {
	mu      sync.RWMutex
	secrets []string
}

// Hide registers a secret. Short ones are ignored: hiding them would garble the log.
func (r *Redactor) Hide(secret string) {
	if len(secret) < 6 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets = append(r.secrets, secret)
}

func (r *Redactor) clean(s string) string {
	r.mu.RLock()
	defer r.mu.RUnlock()
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, secret, "[hidden]")
	}
	return s
}

// Wrap puts the wall in front of a handler.
func (r *Redactor) Wrap(next slog.Handler) slog.Handler { return redacting{next, r} }

type redacting struct {
	next slog.Handler
	wall *Redactor
}

func (h redacting) Enabled(ctx context.Context, l slog.Level) bool { return h.next.Enabled(ctx, l) }

func (h redacting) Handle(ctx context.Context, rec slog.Record) error {
	out := slog.NewRecord(rec.Time, rec.Level, h.wall.clean(rec.Message), rec.PC)
	rec.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(h.attr(a))
		return true
	})
	return h.next.Handle(ctx, out)
}

func (h redacting) WithAttrs(attrs []slog.Attr) slog.Handler {
	cleaned := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		cleaned[i] = h.attr(a)
	}
	return redacting{h.next.WithAttrs(cleaned), h.wall}
}

func (h redacting) WithGroup(name string) slog.Handler {
	return redacting{h.next.WithGroup(name), h.wall}
}

func (h redacting) attr(a slog.Attr) slog.Attr {
	a.Value = a.Value.Resolve()
	switch a.Value.Kind() {
	case slog.KindString:
		a.Value = slog.StringValue(h.wall.clean(a.Value.String()))
	case slog.KindGroup:
		group := a.Value.Group()
		cleaned := make([]any, len(group))
		for i, g := range group {
			cleaned[i] = h.attr(g)
		}
		return slog.Group(a.Key, cleaned...)
	case slog.KindAny:
		a.Value = slog.StringValue(h.wall.clean(a.Value.String()))
	}
	return a
}
