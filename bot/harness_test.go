package bot_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"klaster/bot/bottest"
	"klaster/domain"
	"klaster/store"
	"klaster/store/boltstore"
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
