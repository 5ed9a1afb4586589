package bot_test

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"klaster/bot/bottest"
	"klaster/commands"
	"klaster/domain"
)

// forgetful is a conversation that can lose its cards without a last word.
type forgetful struct {
	bottest.Talk
	lost *atomic.Bool
}

func (f forgetful) Cards(s *domain.State, now time.Time, lang commands.LangOf) []commands.Card {
	if f.lost.Load() {
		return nil
	}
	return f.Talk.Cards(s, now, lang)
}

func TestVanishedBoardLosesItsButtons(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		talk := forgetful{Talk: bottest.Talk{Zones: bottest.Zone}, lost: new(atomic.Bool)}
		w := bottest.NewWorld(t, openStore(t), bottest.Options{Talk: talk})
		town(w, 1)
		if len(board(w, "g").Draft.Buttons) == 0 {
			t.Fatal("the board has no buttons")
		}
		talk.lost.Store(true)
		w.Server.Say("Ben", "g", "/join B Ltd")
		w.Settle()
		got := board(w, "g")
		if len(got.Draft.Buttons) != 0 || text(got) != string(commands.CardOver) {
			t.Errorf("the board still says %q with %d rows of buttons", text(got), len(got.Draft.Buttons))
		}
		edits := w.Server.Calls("edit")
		w.Stop()
		w.Start()
		w.Server.Say("Cid", "g", "/join C Ltd")
		w.Settle()
		if n := w.Server.Calls("edit"); n != edits {
			t.Errorf("edited %d times more", n-edits)
		}
		talk.lost.Store(false) // and back: the message is used again
		w.Server.Say("Dan", "g", "/join D Ltd")
		w.Settle()
		if got := board(w, "g"); len(got.Draft.Buttons) == 0 {
			t.Errorf("the board came back as %q without buttons", text(got))
		}
	})
}

// A message that cannot be edited any more is not tried for ever.
func TestVanishedBoardThatIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		talk := forgetful{Talk: bottest.Talk{Zones: bottest.Zone}, lost: new(atomic.Bool)}
		w := bottest.NewWorld(t, openStore(t), bottest.Options{Talk: talk})
		_, m := town(w, 1)
		w.Server.Delete(m.Ref)
		talk.lost.Store(true)
		w.Server.Say("Ben", "g", "/join B Ltd")
		w.Settle()
		w.Server.Say("Cid", "g", "/join C Ltd")
		w.Settle()
		if n := w.Server.Calls("edit"); n != 1 {
			t.Errorf("tried %d times, want once", n)
		}
		if marks, err := w.Store.Dirty(t.Context(), "fake", 10); err != nil || len(marks) != 0 {
			t.Errorf("marks left: %v, %v", marks, err)
		}
	})
}
