package bottest

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"klaster/bot"
	"klaster/domain"
	"klaster/scheduler"
	"klaster/store"
)

// World is a hub with everything around it, inside a synctest bubble: time passes only when a test lets it.
type World struct {
	T         testing.TB
	Store     store.Store
	Hub       *bot.Hub
	Scheduler *scheduler.Scheduler
	Server    *Server
	Others    []*Server // further platforms

	talk  bot.Talk
	caps  bot.Caps
	seed  [32]byte
	owner string
	alone bool
	share bool
	log   *slog.Logger
}

// Options of a World; the zero value of each has a default.
type Options struct {
	Talk   bot.Talk
	Caps   *bot.Caps
	Server *Server // shared by several worlds
	Others []*Server
	Owner  string
	Log    *slog.Logger
	// Alone does without leases, whose renewal makes long times in a bubble slow.
	Alone bool
	// Shared has every hub take updates, not the holder of the lease only.
	Shared bool
}

// alone is a platform that needs no lease.
type alone struct{ *Platform }

// RunsEverywhere implements bot.Replicated.
func (alone) RunsEverywhere() {}

// shared is a platform that hands updates over on every replica: tests give them to the hubs by Accept.
type shared struct{ *Platform }

// Shared implements bot.Shared.
func (shared) Shared() bool { return true }

// Share implements bot.Shared.
func (shared) Share(ctx context.Context, _ bot.Sink) error {
	<-ctx.Done()
	return nil
}

// Settling is how long Settle lets pass: longer than any quiet time.
const Settling = 5 * time.Second

// NewWorld builds a world on a store and starts it. It ends with the test.
func NewWorld(t testing.TB, s store.Store, o Options) *World {
	t.Helper()
	w := &World{T: t, Store: s, Server: o.Server, Others: o.Others, talk: o.Talk, caps: DefaultCaps(), owner: o.Owner, alone: o.Alone, share: o.Shared, log: o.Log}
	if w.Server == nil {
		w.Server = NewServer("fake")
	}
	if o.Caps != nil {
		w.caps = *o.Caps
	}
	if w.talk == nil {
		w.talk = Talk{Zones: Zone}
	}
	if w.owner == "" {
		w.owner = "one"
	}
	copy(w.seed[:], "a seed that "+w.owner+" draws from.....")
	w.Start()
	t.Cleanup(w.Stop)
	return w
}

// Zone looks a time zone up.
func Zone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

// Start starts a hub and its scheduler; after Stop it is a new process on the same store.
func (w *World) Start() {
	w.T.Helper()
	w.seed[0]++
	var connectors []bot.Connector
	for _, server := range append([]*Server{w.Server}, w.Others...) {
		var conn bot.Connector = server.Connect(w.caps)
		switch {
		case w.alone:
			conn = alone{conn.(*Platform)}
		case w.share:
			conn = shared{conn.(*Platform)}
		}
		connectors = append(connectors, conn)
	}
	hub, err := bot.NewHub(bot.Config{
		Store: w.Store, Talk: w.talk, Connectors: connectors, Owner: w.owner, Zones: Zone, Lang: "id",
		Random: rand.NewChaCha8(w.seed), Log: w.log,
		DueHint: func(at time.Time) { w.Scheduler.Hint(at) },
	})
	if err != nil {
		w.T.Fatal(err)
	}
	w.Hub = hub
	w.Scheduler = scheduler.New(scheduler.Config{Index: w.Store, Clock: w.Store, Waker: hub, Log: w.log})
	if err := hub.Start(w.T.Context()); err != nil {
		w.T.Fatal(err)
	}
	w.Scheduler.Start()
}

// Stop stops as a process does that is asked to.
func (w *World) Stop() {
	w.Scheduler.Stop()
	w.Hub.Stop()
}

// Settle lets everything that is under way come to rest.
func (w *World) Settle() {
	time.Sleep(Settling)
	synctest.Wait()
}

// ClusterOf is the cluster of a group; empty if it has none.
func (w *World) ClusterOf(group string) domain.ClusterID {
	id, err := w.Store.ClusterOf(w.T.Context(), w.Server.Group(group))
	if err != nil {
		return ""
	}
	return id
}

// View reads a cluster's state.
func (w *World) View(id domain.ClusterID, see func(*domain.State)) {
	w.T.Helper()
	if err := w.Hub.View(w.T.Context(), id, see); err != nil {
		w.T.Fatal(err)
	}
}
