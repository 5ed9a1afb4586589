package bot_test

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"klaster/bot"
	"klaster/bot/bottest"
	"klaster/commands"
	"klaster/domain"
	"klaster/store/storetest"
)

// said counts the messages of a group that read so.
func said(w *bottest.World, what string) (n int) {
	for _, m := range w.Server.Messages(w.Server.Group("g")) {
		if text(m) == what {
			n++
		}
	}
	return n
}

func actors(w *bottest.World, id domain.ClusterID) (n int) {
	w.T.Helper()
	w.View(id, func(s *domain.State) { n = len(s.Actors) })
	return n
}

// Who floods is told once and then not heard until it is over; what came before is kept, and others are heard.
func TestFloodByOnePerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		id, m := town(w, 2)
		for i := range 200 {
			w.Server.Say("Flo", "g", fmt.Sprintf("/join F%d Ltd", i))
		}
		w.Server.Say("Ben", "g", "/join B Ltd")
		for range 100 { // taps are not counted, and the same vote counts once
			w.Server.Tap(voter(0), m, agree(m))
		}
		w.Settle()
		if n := actors(w, id); n != 2+20+1 {
			t.Errorf("%d actors, want the two, twenty of the flood and the other person's", n)
		}
		if n := said(w, string(commands.Flooding)); n != 1 {
			t.Errorf("the person was told %d times, want once", n)
		}
		if n := cast(w, id); n != 1 {
			t.Errorf("%d votes", n)
		}
		if n := w.Server.Waiting(); n != 0 {
			t.Errorf("%d updates not confirmed", n)
		}
		for range 60 { // twice as fast as anybody may, without a pause
			w.Server.Say("Flo", "g", "/join Again Ltd")
			time.Sleep(100 * time.Millisecond)
		}
		time.Sleep(5 * time.Second)
		before := actors(w, id)
		w.Server.Say("Flo", "g", "/join Late Ltd")
		w.Settle()
		if n := actors(w, id); n != before+1 {
			t.Error("not heard after a pause")
		}
	})
}

// What waited while the store or the program was down comes at once, and all of it is taken in.
func TestBacklogIsNoFlood(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := storetest.Faulty(openStore(t))
		w := bottest.NewWorld(t, f, bottest.Options{})
		id, _ := town(w, 1)
		f.Down(true)
		for i := range 30 {
			w.Server.Say("Ann", "g", fmt.Sprintf("/join D%d Ltd", i))
			time.Sleep(250 * time.Millisecond)
		}
		f.Down(false)
		w.Settle()
		if n := actors(w, id); n != 31 {
			t.Errorf("%d actors after the store came back, want 31", n)
		}
		w.Stop()
		for i := range 50 {
			w.Server.Push(bot.Update{Kind: bot.Said, Chat: w.Server.Group("g"), From: bot.User{ID: "Ann", Name: "Ann"}, Text: fmt.Sprintf("/join S%d Ltd", i)})
		}
		w.Start()
		w.Settle()
		w.Settle()
		if n := actors(w, id); n != 81 {
			t.Errorf("%d actors after the restart, want 81", n)
		}
	})
}
