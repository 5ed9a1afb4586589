package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"klaster/bot"
	"klaster/store"
)

// site is everything under the HTTP address. It answers from the first moment on: alive at once, ready once the bot
// runs.
type site struct {
	log      *slog.Logger
	registry *prometheus.Registry
	room     http.Handler // the browser room; nil: not served
	hook     http.Handler // of Telegram; nil: updates are polled
	hookPath string
	metrics  http.Handler
	inside   atomic.Pointer[inside]
}

// inside is what runs behind the site.
type inside struct {
	hub   *bot.Hub
	store store.Store
	desk  *desk
}

func newSite(_ *Config, log *slog.Logger) *site {
	s := &site{log: log, registry: newRegistry()}
	s.metrics = promhttp.HandlerFor(s.registry, promhttp.HandlerOpts{})
	return s
}

func (s *site) open(hub *bot.Hub, st store.Store, d *desk) { s.inside.Store(&inside{hub, st, d}) }

// takeHook serves a webhook under the path of its public address.
func (s *site) takeHook(address string, hook http.Handler) {
	u, err := url.Parse(address) // checked with the settings
	if err == nil {
		s.hook, s.hookPath = hook, u.Path
	}
}

// ownPath says whether a path is given out already.
func ownPath(path string) bool {
	return path == "/" || path == "/healthz" || path == "/readyz" || path == "/metrics" || strings.HasPrefix(path, deskPath)
}

func (s *site) shut() { s.inside.Store(nil) }

// ServeHTTP is the one place where paths are given out.
func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	in := s.inside.Load()
	switch path := r.URL.Path; {
	case path == "/healthz":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		_, _ = w.Write([]byte("ok\n"))
	case path == "/readyz":
		s.ready(w, r, in)
	case path == "/metrics":
		if in != nil {
			in.hub.Health() // refreshes the gauges
		}
		s.metrics.ServeHTTP(w, r)
	case in == nil:
		w.Header().Set("Retry-After", "2")
		http.Error(w, "starting, or stopping", http.StatusServiceUnavailable)
	case s.hook != nil && path == s.hookPath:
		s.hook.ServeHTTP(w, r)
	case strings.HasPrefix(path, deskPath):
		in.desk.ServeHTTP(w, r)
	case s.room != nil:
		s.room.ServeHTTP(w, r)
	default:
		http.NotFound(w, r)
	}
}

type readiness struct {
	Ready     bool                      `json:"ready"`
	Store     string                    `json:"store"`
	Platforms map[string]platformStatus `json:"platforms"`
}

type platformStatus struct {
	Held  bool   `json:"held"` // this process receives and sends for it
	State string `json:"state"`
}

// ready is 200 when the store answers and every platform held here works.
func (s *site) ready(w http.ResponseWriter, r *http.Request, in *inside) {
	out := readiness{Store: "not open", Platforms: map[string]platformStatus{}}
	if in != nil {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		out.Ready, out.Store = true, "ok"
		if err := in.store.Ready(ctx); err != nil {
			out.Ready, out.Store = false, "does not answer"
			s.log.Warn("not ready", "err", err)
		}
		for _, h := range in.hub.Health() {
			state := platformStatus{Held: h.Held, State: "up"}
			if h.Err != nil {
				out.Ready, state.State = false, "down"
			}
			out.Platforms[string(h.Platform)] = state
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	if !out.Ready {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(out)
}
