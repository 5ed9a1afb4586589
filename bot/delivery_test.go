package bot_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"klaster/bot"
	"klaster/bot/bottest"
	"klaster/domain"
)

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
