package bot_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"klaster/bot"
	"klaster/bot/bottest"
	"klaster/commands"
	"klaster/domain"
	"klaster/store"
	"klaster/store/boltstore"
	"klaster/store/storetest"
)

// openStore opens an empty store that is closed at the end of the test.
func openStore(t *testing.T) store.Store {
	t.Helper()
	s, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// town founds a cluster in group "g" with so many voters, and opens a proposal.
func town(w *bottest.World, voters int) (domain.ClusterID, bottest.Message) {
	w.T.Helper()
	w.Server.User("Ann").Admin = true
	w.Server.Say("Ann", "g", "/found Rattan")
	for i := range voters {
		w.Server.Say(voter(i), "g", "/join "+voter(i)+" Ltd")
	}
	w.Server.Say(voter(0), "g", "/propose Buy together")
	w.Settle()
	id := w.ClusterOf("g")
	if id == "" {
		w.T.Fatalf("no cluster: %v", texts(w.Server.Messages(w.Server.Group("g"))))
	}
	return id, board(w, "g")
}

func voter(i int) string { return fmt.Sprintf("V%03d", i) }

// board is the newest board in a group.
func board(w *bottest.World, group string) bottest.Message {
	w.T.Helper()
	all := w.Server.Messages(w.Server.Group(group))
	for i := len(all) - 1; i >= 0; i-- {
		if strings.HasPrefix(all[i].Draft.Card, "proposal/") {
			return all[i]
		}
	}
	w.T.Fatalf("no board in %v", texts(all))
	return bottest.Message{}
}

func texts(messages []bottest.Message) (out []string) {
	for _, m := range messages {
		out = append(out, text(m))
	}
	return out
}

func text(m bottest.Message) string {
	return m.Draft.Body.Plaintext(func(p domain.PersonID) string { return "@" })
}

func agree(m bottest.Message) string { return m.Draft.Buttons[0][0].Data }

func cast(w *bottest.World, id domain.ClusterID) (n int) {
	w.T.Helper()
	w.View(id, func(s *domain.State) { n = s.Proposals[len(s.Proposals)-1].Now().Count.Cast() })
	return n
}

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

func TestDeepLinkAndPrivateCards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		_, m := town(w, 1)
		group := texts(w.Server.Messages(w.Server.Group("g")))
		if !strings.Contains(strings.Join(group, "\n"), "please open the private chat") {
			t.Errorf("no fallback in the group: %q", group)
		}
		url := m.Draft.Buttons[2][0].URL
		token, ok := strings.CutPrefix(url, "https://fake.test/?start=")
		if !ok {
			t.Fatalf("no link in %v", m.Draft.Buttons)
		}
		w.Server.Open(voter(0), token)
		w.Server.Open("Ben", "NOSUCHTOKEN")
		w.Settle()
		private := strings.Join(texts(w.Server.Messages(w.Server.PrivateOf(voter(0)))), "\n")
		if !strings.Contains(private, "commits") || !strings.Contains(private, "please vote on") {
			t.Errorf("private chat: %q, want the answer and the card", private)
		}
		if ben := texts(w.Server.Messages(w.Server.PrivateOf("Ben"))); len(ben) != 1 || ben[0] != string(commands.LinkExpired) {
			t.Errorf("unknown token: %q", ben)
		}
	})
}

func TestPrivateAnswersWaitBehindALink(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		town(w, 1)
		w.Server.Say("Ann", "g", "/secret")
		w.Settle()
		all := w.Server.Messages(w.Server.Group("g"))
		hint := all[len(all)-1]
		if text(hint) != string(commands.OpenPrivate) {
			t.Fatalf("last words %q", text(hint))
		}
		w.Server.Open("Ann", strings.TrimPrefix(hint.Draft.Buttons[0][0].URL, "https://fake.test/?start="))
		w.Settle()
		if got := texts(w.Server.Messages(w.Server.PrivateOf("Ann"))); len(got) == 0 || got[0] != "the secret of Rattan" {
			t.Errorf("private chat: %q", got)
		}
	})
}

func TestSessionSurvivesAndFinishesOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		id, _ := town(w, 1)
		w.Server.Say("Ann", "g", "/ask")
		w.Server.Say("Ann", "g", "No rattan") // queued behind, sees the session
		w.Server.Say("Ann", "g", "Just chatting")
		w.Settle()
		w.View(id, func(s *domain.State) {
			if len(s.Issues) != 1 || s.Issues[0].Title != "No rattan" {
				t.Errorf("issues: %v", s.Issues)
			}
		})
		w.Server.Say("Ann", "g", "/ask")
		w.Settle()
		w.Stop()
		w.Start()
		w.Server.Say("Ann", "g", "No water")
		w.Settle()
		w.View(id, func(s *domain.State) {
			if len(s.Issues) != 2 {
				t.Errorf("%d issues after a restart in mid-conversation, want 2", len(s.Issues))
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
		posts := w.Server.Calls("post")
		w.Server.Whisper(voter(0), "/propose Sell together")
		w.Settle()
		for _, m := range w.Server.Messages(new) {
			if strings.Contains(text(m), "Sell") {
				t.Errorf("posted into a suspended chat: %q", text(m))
			}
		}
		_ = posts
		w.Server.Push(bot.Update{Kind: bot.Added, Chat: new, From: bot.User{ID: "Ann", Name: "Ann"}})
		w.Settle()
		if got := text(board(w, "super")); !strings.Contains(got, "Sell") {
			t.Errorf("board after the return: %q", got)
		}
	})
}

func TestCrashBetweenAppendAndPost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		broken := &bot.SendError{Kind: bot.Transient, Err: fmt.Errorf("no route")}
		w.Server.Fail(func(op string, _ domain.ChatRef) error {
			if op == "post" || op == "edit" {
				return broken
			}
			return nil
		})
		w.Server.User("Ann").Admin = true
		w.Server.Say("Ann", "g", "/found Rattan")
		w.Server.Say("Ann", "g", "/join A Ltd")
		w.Server.Say("Ann", "g", "/propose Buy")
		w.Settle()
		w.Stop()
		w.Server.Fail(nil)
		w.Start()
		w.Settle()
		w.Settle()
		n := 0
		for _, m := range w.Server.Messages(w.Server.Group("g")) {
			if strings.HasPrefix(m.Draft.Card, "proposal/") {
				n++
			}
		}
		if n != 1 {
			t.Errorf("%d boards after the restart, want 1", n)
		}
		marks, err := w.Store.Dirty(t.Context(), "fake", 10)
		if err != nil || len(marks) != 0 {
			t.Errorf("marks left: %v, %v", marks, err)
		}
	})
}

func TestForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		id, m := town(w, 2)
		w.Server.Tap(voter(1), m, m.Draft.Buttons[1][0].Data)
		w.Settle()
		w.View(id, func(s *domain.State) {
			if s.Proposals[0].Now().Count.Object != 1 {
				t.Fatalf("no objection counted: %+v", s.Proposals[0].Now().Count)
			}
		})
		w.Server.Say(voter(1), "g", "/forget")
		w.Settle()
		w.View(id, func(s *domain.State) {
			for _, a := range s.Actors {
				for _, r := range a.Reps {
					if _, err := w.Store.PersonByID(t.Context(), r.Person); err != nil {
						t.Errorf("a representative is unknown: %v", err)
					}
				}
			}
		})
		entries, err := w.Store.Read(t.Context(), id, 0, 1000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			if strings.Contains(string(e.Texts), "too dear") {
				t.Errorf("version %d still has the reason", e.Head.Version)
			}
		}
	})
}

func TestDeletedBoardIsPostedAnewOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		_, m := town(w, 5)
		boards := func() (n int) {
			for _, m := range w.Server.Messages(w.Server.Group("g")) {
				if strings.HasPrefix(m.Draft.Card, "proposal/") {
					n++
				}
			}
			return n
		}
		for i := range 4 {
			for _, b := range w.Server.Messages(w.Server.Group("g")) {
				if strings.HasPrefix(b.Draft.Card, "proposal/") {
					w.Server.Delete(b.Ref)
				}
			}
			w.Server.Tap(voter(i), m, agree(m))
			w.Settle()
			w.Settle()
			if want := map[bool]int{true: 1, false: 0}[i == 0]; boards() != want {
				t.Errorf("after deletion %d: %d boards, want %d", i+1, boards(), want)
			}
		}
		time.Sleep(time.Hour)
		w.Server.Tap(voter(4), m, agree(m))
		w.Settle()
		w.Settle()
		if boards() != 1 {
			t.Errorf("after an hour: %d boards, want 1", boards())
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
