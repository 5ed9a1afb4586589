package bot_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"klaster/bot/bottest"
	"klaster/commands"
	"klaster/domain"
)

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
