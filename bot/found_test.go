package bot_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"klaster/bot"
	"klaster/bot/bottest"
	"klaster/domain"
	"klaster/store"
)

// beginning is a store whose Create a test can hold up or have fail.
type beginning struct {
	store.Store
	before func() error // asked before each Create
}

func (b *beginning) Create(ctx context.Context, id domain.ClusterID, e store.Entry, due time.Time, dirty []domain.Platform) (domain.Head, error) {
	if err := b.before(); err != nil {
		return domain.Head{}, err
	}
	return b.Store.Create(ctx, id, e, due, dirty)
}

func foundBy(server *bottest.Server, who, name string) bot.Update {
	server.User(who).Admin = true
	return bot.Update{
		Kind: bot.Said, Cause: "found:" + who, Chat: server.Group("g"), From: bot.User{ID: who, Name: who}, Text: "/found " + name, Message: who,
	}
}

// oneCluster checks that one cluster has been founded and that the group is its.
func oneCluster(t *testing.T, w *bottest.World) domain.ClusterID {
	t.Helper()
	ids, err := w.Store.Clusters(t.Context(), "", 10)
	if err != nil || len(ids) != 1 || w.ClusterOf("g") != ids[0] {
		t.Fatalf("clusters: %v, %v; the group has %q; want one, and the group's", ids, err, w.ClusterOf("g"))
	}
	return ids[0]
}

func TestTwoReplicasFoundInOneChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		shared := newLeased(openStore(t))
		server := bottest.NewServer("fake")
		goOn := make(chan struct{})
		slow := &beginning{Store: shared, before: func() error { <-goOn; return nil }}
		one := bottest.NewWorld(t, slow, bottest.Options{Server: server, Owner: "one"})
		two := bottest.NewWorld(t, shared, bottest.Options{Server: server, Owner: "two"})
		first := one.Hub.Accept(t.Context(), foundBy(server, "Ann", "Rattan"))
		synctest.Wait() // has claimed the chat, and is about to begin the journal
		second := two.Hub.Accept(t.Context(), foundBy(server, "Ben", "Bamboo"))
		synctest.Wait()
		close(goOn)
		if err := errors.Join(first(), second()); err != nil {
			t.Fatal(err)
		}
		one.Settle()
		id := oneCluster(t, one)
		for _, w := range []*bottest.World{one, two} {
			w.View(id, func(s *domain.State) {
				if s.Name != "Rattan" || s.Commits != 1 {
					t.Errorf("%s after %d commits, want Rattan after one", s.Name, s.Commits)
				}
			})
		}
	})
}

func TestCrashBetweenClaimAndJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dead := errors.New("the process is dead")
		s := &beginning{Store: openStore(t), before: func() error { return dead }}
		w := bottest.NewWorld(t, s, bottest.Options{})
		founding := w.Hub.Accept(t.Context(), foundBy(w.Server, "Ann", "Rattan"))
		if err := founding(); !errors.Is(err, dead) {
			t.Fatalf("founding ended with %v", err)
		}
		w.Stop()
		s.before = func() error { return nil }
		w.Start()
		w.Server.Say("Ben", "g", "/join B Ltd")
		w.Server.Push(foundBy(w.Server, "Ann", "Rattan")) // unconfirmed, so it comes again
		w.Settle()
		w.View(oneCluster(t, w), func(s *domain.State) {
			if s.Name != "Rattan" || len(s.Actors) != 1 {
				t.Errorf("%s with %d actors, want Rattan with one", s.Name, len(s.Actors))
			}
		})
		if n := w.Server.Waiting(); n != 0 {
			t.Errorf("%d updates not confirmed", n)
		}
	})
}
