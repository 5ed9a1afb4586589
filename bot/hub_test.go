package bot_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"klaster/bot"
	"klaster/bot/bottest"
	"klaster/commands"
	"klaster/domain"
	"klaster/store"
	"klaster/store/storetest"
)

func TestVotesBecomeCommitsAndOneEdit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := storetest.Faulty(openStore(t))
		w := bottest.NewWorld(t, f, bottest.Options{})
		id, m := town(w, 200)
		appends, edits := f.Appends(), w.Server.Calls("edit")
		for i := range 200 {
			w.Server.Tap(voter(i), m, agree(m))
		}
		w.Settle()
		if n := cast(w, id); n != 200 {
			t.Errorf("%d votes counted, want 200", n)
		}
		if n := f.Appends() - appends; n > 100 {
			t.Errorf("%d appends for 200 votes: they are not batched", n)
		}
		if n := w.Server.Calls("edit") - edits; n != 1 {
			t.Errorf("%d edits for 200 votes, want 1", n)
		}
		if got := text(board(w, "g")); !strings.Contains(got, "200 of 200") {
			t.Errorf("board shows %q", got)
		}
		if n := len(w.Server.Toasts()); n < 200 {
			t.Errorf("%d toasts, want one per tap", n)
		}
		if n := w.Server.Waiting(); n != 0 {
			t.Errorf("%d updates not confirmed", n)
		}
	})
}

func TestRepeatedCauseIsAnsweredNotCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		id, m := town(w, 2)
		cause := w.Server.Tap(voter(0), m, agree(m))
		w.Settle()
		var before uint64
		w.View(id, func(s *domain.State) { before = s.Commits })
		first := w.Server.Toasts()
		w.Server.Push(bot.Update{
			Kind: bot.Tapped, Cause: cause, Chat: m.Chat, From: bot.User{ID: voter(0), Name: voter(0)}, Message: m.Ref, Data: agree(m),
			Tap: bot.TapRef{ID: "again", Chat: m.Chat, User: voter(0)},
		})
		w.Settle()
		var after uint64
		w.View(id, func(s *domain.State) { after = s.Commits })
		if after != before {
			t.Errorf("a repeated cause made %d commits", after-before)
		}
		toasts := w.Server.Toasts()
		if last := toasts[len(toasts)-1].Text; last != first[len(first)-1].Text {
			t.Errorf("answered %q, the first time %q", last, first[len(first)-1].Text)
		}
	})
}

func TestStoreDownLeavesUpdatesUnconfirmed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := storetest.Faulty(openStore(t))
		w := bottest.NewWorld(t, f, bottest.Options{})
		id, m := town(w, 3)
		f.Down(true)
		for i := range 3 {
			w.Server.Tap(voter(i), m, agree(m))
		}
		time.Sleep(4 * time.Second) // several redeliveries; the lease is trusted still
		synctest.Wait()
		if n := w.Server.Waiting(); n != 3 {
			t.Errorf("%d updates wait, want all 3", n)
		}
		down := 0
		for _, toast := range w.Server.Toasts() {
			if toast.Text == string(commands.StoreDown) {
				down++
			}
		}
		if down != 3 {
			t.Errorf("%d were told that the store is down, want each of 3 once", down)
		}
		f.Down(false)
		w.Settle()
		w.Settle()
		if n := w.Server.Waiting(); n != 0 {
			t.Errorf("%d updates wait after the store came back", n)
		}
		if n := cast(w, id); n != 3 {
			t.Errorf("%d votes counted, want 3", n)
		}
	})
}

func TestConflictIsDecidedAgain(t *testing.T) {
	for name, refusal := range map[string]error{"conflict": store.ErrConflict, "rewound": store.ErrRewound, "unsure": nil} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := storetest.Faulty(openStore(t))
				w := bottest.NewWorld(t, f, bottest.Options{})
				id, m := town(w, 2)
				if refusal == nil {
					f.LoseReply()
				} else {
					f.Refuse(refusal)
				}
				w.Server.Tap(voter(0), m, agree(m))
				w.Settle()
				if n := cast(w, id); n != 1 {
					t.Errorf("%d votes counted, want 1", n)
				}
				if n := w.Server.Waiting(); n != 0 {
					t.Errorf("%d updates not confirmed", n)
				}
				toasts := w.Server.Toasts()
				if last := toasts[len(toasts)-1].Text; !strings.HasPrefix(last, "recorded") {
					t.Errorf("answered %q", last)
				}
			})
		})
	}
}

func TestPanicIsParkedAndTheRestGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		id, m := town(w, 2)
		w.Server.Say("Ann", "g", "/boom")
		w.Server.Tap(voter(0), m, agree(m))
		w.Settle()
		if n := cast(w, id); n != 1 {
			t.Errorf("%d votes counted, want 1", n)
		}
		parked, err := w.Store.ParkedInputs(t.Context(), 10)
		if err != nil || len(parked) != 1 || parked[0].Cluster != id {
			t.Errorf("parked: %v, %v; want the one that panicked", parked, err)
		}
		if n := w.Server.Waiting(); n != 0 {
			t.Errorf("%d updates not confirmed", n)
		}
		said := texts(w.Server.Messages(w.Server.Group("g")))
		if last := said[len(said)-1]; last != string(commands.JournalFault) {
			t.Errorf("last words: %q", last)
		}
	})
}

func TestTimersCloseAndSurviveRestarts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		id, m := town(w, 3)
		for i := range 3 {
			w.Server.Tap(voter(i), m, agree(m))
		}
		w.Settle()
		w.Stop()
		time.Sleep(20 * 24 * time.Hour)
		w.Start()
		w.Settle()
		w.View(id, func(s *domain.State) {
			if p := s.Proposals[0]; p.Phase.Running() {
				t.Errorf("the proposal still runs: %s", p.Phase)
			}
		})
		if len(board(w, "g").Draft.Buttons) != 0 {
			t.Error("the final board still has buttons")
		}
	})
}
