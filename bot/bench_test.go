package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"klaster/bot"
	"klaster/bot/bottest"
	"klaster/domain"
	"klaster/store"
	"klaster/store/boltstore"
)

// mute is a platform that is only talked through.
type mute struct {
	*bottest.Platform
	sink chan bot.Sink
}

func (m *mute) Receive(ctx context.Context, to bot.Sink) error {
	m.sink <- to
	<-ctx.Done()
	return nil
}

func (m *mute) Answer(context.Context, bot.TapRef, string) error { return nil }

type ground struct {
	hub   *bot.Hub
	sink  bot.Sink
	store store.Store
	id    domain.ClusterID
	chat  domain.ChatRef
	data  string
}

func benchGround(b *testing.B, voters int) *ground {
	s, err := boltstore.Open(filepath.Join(b.TempDir(), "bench.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	server := bottest.NewServer("fake")
	server.User("Ann").Admin = true
	conn := &mute{server.Connect(bottest.DefaultCaps()), make(chan bot.Sink, 1)}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	hub, err := bot.NewHub(bot.Config{Store: s, Talk: bottest.Talk{Zones: bottest.Zone}, Connectors: []bot.Connector{conn}, Owner: "bench", Zones: bottest.Zone, Log: log})
	if err != nil {
		b.Fatal(err)
	}
	if err := hub.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(hub.Stop)
	g := &ground{hub: hub, sink: <-conn.sink, store: s, chat: server.Group("g")}
	say := func(n int, who, text string) func() error {
		return g.sink.Accept(b.Context(), bot.Update{Kind: bot.Said, Cause: fmt.Sprint("s", n), Chat: g.chat, From: bot.User{ID: who, Name: who}, Text: text})
	}
	waits := []func() error{say(0, "Ann", "/found Rattan")}
	for i := range voters {
		waits = append(waits, say(i+1, voter(i), "/join "+voter(i)))
	}
	waits = append(waits, say(voters+1, voter(0), "/propose Buy"))
	for _, wait := range waits {
		if err := wait(); err != nil {
			b.Fatal(err)
		}
	}
	if g.id, err = s.ClusterOf(b.Context(), g.chat); err != nil {
		b.Fatal(err)
	}
	if err := hub.View(b.Context(), g.id, func(s *domain.State) { g.data = ":" + string(s.Proposals[0].ID) }); err != nil {
		b.Fatal(err)
	}
	return g
}

func (g *ground) vote(ctx context.Context, n, voters int) func() error {
	position := domain.Agree
	if n/voters%2 == 1 {
		position = domain.Abstain
	}
	who := voter(n % voters)
	return g.sink.Accept(ctx, bot.Update{
		Kind: bot.Tapped, Cause: fmt.Sprintf("fake:1:%d", n), Chat: g.chat, From: bot.User{ID: who, Name: who}, Message: "m1",
		Data: "v:" + string(position) + g.data, Tap: bot.TapRef{ID: "t", Chat: g.chat, User: who},
	})
}

// BenchmarkVotes hands votes over as a long poll does: a hundred, then waits for them.
func BenchmarkVotes(b *testing.B) {
	const voters = 100
	g := benchGround(b, voters)
	ctx := context.Background()
	b.ReportAllocs()
	b.ResetTimer()
	waits := make([]func() error, 0, 100)
	for n := 0; n < b.N; {
		waits = waits[:0]
		for ; n < b.N && len(waits) < 100; n++ {
			waits = append(waits, g.vote(ctx, n, voters))
		}
		for _, wait := range waits {
			if err := wait(); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "votes/s")
}

// BenchmarkWake wakes clusters that are due: fold, fire, append, re-arm.
func BenchmarkWake(b *testing.B) {
	g := benchGround(b, 1)
	ctx := context.Background()
	entries, err := g.store.Read(ctx, g.id, 0, 1000)
	if err != nil {
		b.Fatal(err)
	}
	ids := make([]domain.ClusterID, b.N)
	var copies sync.WaitGroup
	places := make(chan struct{}, 256)
	for i := range ids {
		ids[i] = domain.ClusterID(fmt.Sprintf("copy%07d", i))
		places <- struct{}{}
		copies.Go(func() {
			defer func() { <-places }()
			var head domain.Head
			for n, e := range entries {
				var err error
				if n == 0 {
					head, err = g.store.Create(ctx, ids[i], e, time.Time{}, nil)
				} else {
					head, err = g.store.Append(ctx, ids[i], head, e, time.Unix(1, 0), nil)
				}
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	copies.Wait()
	soon := time.Now().Add(8 * 24 * time.Hour)
	b.ReportAllocs()
	b.ResetTimer()
	var woken sync.WaitGroup
	next := make(chan domain.ClusterID)
	for range 64 {
		woken.Go(func() {
			for id := range next {
				if err := g.hub.Wake(ctx, id, soon); err != nil && !errors.Is(err, context.Canceled) {
					b.Error(err)
				}
			}
		})
	}
	for _, id := range ids {
		next <- id
	}
	close(next)
	woken.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "clusters/s")
}
