package bot_test

import (
	"testing"
	"testing/synctest"

	"klaster/bot/bottest"
)

func TestHistoryIsReadFromTheJournal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := bottest.NewWorld(t, openStore(t), bottest.Options{})
		town(w, 3) // founded, three joined, one proposal: commits 1 to 5
		for said, want := range map[string]string{
			"/history":   "5 proposal_opened, 4 actor_registered, 3 actor_registered; older 3",
			"/history 3": "2 actor_registered, 1 cluster_founded; older 0",
		} {
			w.Server.Say("Ann", "g", said)
			w.Settle()
			all := w.Server.Messages(w.Server.Group("g"))
			if got := text(all[len(all)-1]); got != want {
				t.Errorf("%s answers %q, want %q", said, got, want)
			}
		}
	})
}
