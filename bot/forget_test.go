package bot_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"klaster/bot/bottest"
	"klaster/domain"
)

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
