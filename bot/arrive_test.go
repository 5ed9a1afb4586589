package bot_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"klaster/bot"
	"klaster/bot/bottest"
	"klaster/domain"
)

func TestOnlyAdminsFound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		w.Server.Say("Ben", "g", "/found Mine")
		w.Settle()
		if w.ClusterOf("g") != "" {
			t.Error("a member founded")
		}
		w.Server.User("Ann").Admin = true
		cause := w.Server.Say("Ann", "g", "/found Ours")
		w.Settle()
		if w.ClusterOf("g") == "" {
			t.Error("the admin did not found")
		}
		w.Server.Push(bot.Update{Kind: bot.Said, Cause: cause, Chat: w.Server.Group("g"), From: bot.User{ID: "Ann", Name: "Ann"}, Text: "/found Ours"})
		w.Settle()
		ids, err := w.Store.Clusters(t.Context(), "", 10)
		if err != nil || len(ids) != 1 {
			t.Errorf("clusters: %v, %v; want one", ids, err)
		}
	})
}

func TestAnonymousConfirmsAsSelf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		id, _ := town(w, 1)
		w.Server.Push(bot.Update{Kind: bot.Said, Chat: w.Server.Group("g"), Text: "/join Hidden Ltd", Anonymous: true})
		w.Settle()
		all := w.Server.Messages(w.Server.Group("g"))
		offer := all[len(all)-1]
		if len(offer.Draft.Buttons) != 1 {
			t.Fatalf("no button in %q", text(offer))
		}
		data := offer.Draft.Buttons[0][0].Data
		if len(data) > 48 {
			t.Errorf("button data of %d bytes", len(data))
		}
		w.Server.Tap("Ben", offer, data)
		w.Server.Tap("Cid", offer, data) // one press is enough
		w.Settle()
		w.View(id, func(s *domain.State) {
			if n := len(s.Approved()); n != 2 {
				t.Errorf("%d actors, want 2", n)
			}
		})
	})
}

func TestMovedKickedAndReturned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		id, _ := town(w, 1)
		old, new := w.Server.Group("g"), w.Server.Group("super")
		w.Server.Push(bot.Update{Kind: bot.Moved, Chat: old, NewChat: new})
		w.Settle()
		if w.ClusterOf("super") != id || w.ClusterOf("g") != "" {
			t.Error("the chat did not move")
		}
		board(w, "super")
		w.Server.Push(bot.Update{Kind: bot.Removed, Chat: new})
		w.Settle()
		w.Server.Whisper(voter(0), "/propose Sell together")
		w.Settle()
		for _, m := range w.Server.Messages(new) {
			if strings.Contains(text(m), "Sell") {
				t.Errorf("posted into a suspended chat: %q", text(m))
			}
		}
		w.Server.Push(bot.Update{Kind: bot.Added, Chat: new, From: bot.User{ID: "Ann", Name: "Ann"}})
		w.Settle()
		if got := text(board(w, "super")); !strings.Contains(got, "Sell") {
			t.Errorf("board after the return: %q", got)
		}
		w.Server.Push(bot.Update{Kind: bot.Removed, Chat: new})
		w.Settle()
		w.Server.Push(bot.Update{Kind: bot.Reachable, Chat: new, Anonymous: true})
		w.Settle()
		w.View(id, func(s *domain.State) {
			for _, c := range s.Chats {
				if c.Suspended {
					t.Errorf("%v is still suspended", c)
				}
			}
		})
		free := w.Server.Group("free")
		w.Server.Push(bot.Update{Kind: bot.Reachable, Chat: free, Anonymous: true})
		w.Settle()
		if n := len(w.Server.Messages(free)); n != 0 {
			t.Errorf("%d messages in a chat that has no cluster and only can be written in", n)
		}
	})
}
