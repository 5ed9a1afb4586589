package bottest_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"klaster/bot/bottest"
	"klaster/commands"
	"klaster/store"
	"klaster/store/boltstore"
)

var update = bottest.UpdateFlag()

func openStore(t *testing.T) store.Store {
	t.Helper()
	s, err := boltstore.Open(filepath.Join(t.TempDir(), "test.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// start is a Monday morning in Jakarta.
var start = time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)

// TestStories plays the real conversation over the real hub.
func TestStories(t *testing.T) {
	talk, err := commands.New(bottest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	bottest.Golden(t, "testdata", openStore, talk, start, *update)
}

func TestPlayTellsWhatChatsShow(t *testing.T) {
	got := bottest.Play(t, openStore, bottest.Talk{Zones: bottest.Zone}, `
person Ann admin
add g
Ann@g> /found Rattan
Ann@g> /join A Ltd
Ann@g> /propose Buy
Ann taps agree
restart
Ann taps details
tick 192h
hidden@g> /count
Ben taps button.confirm_self
remove g
`, start)
	for _, want := range []string{
		"[g]\n    | hello", "| 1 Buy: 0 of 1\n    | [agree]", "(to Ann) recorded 4: vote_cast", "[g] (edited)\n    | 1 Buy: 1 of 1",
		"[Ann]\n    | 4 commits", "trouble.anonymous", "commits\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the transcript lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}
