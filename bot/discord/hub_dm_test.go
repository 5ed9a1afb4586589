package discord

import (
	"strings"
	"testing"

	"klaster/bot/discord/discordtest"
)

// A command in direct messages comes without a member and a guild (edge case 34): it is answered there, in the language of
// the person's client, and shows nothing in the channel, before a cluster is founded and after.
func TestCommandsInDirectMessages(t *testing.T) {
	s := newHubbed(t, nil, nil)
	unknown := map[string]string{s.ani: "Bapak/Ibu belum tercatat di klaster mana pun", s.budi: "You are not registered in any cluster yet"}
	ask := func(user, want string) {
		t.Helper()
		dm := s.DM(user)
		for _, command := range []string{"start", "issue"} {
			r := s.did(s.Slash(dm, user, command))
			if r.Type != 4 || r.Modal != nil || !strings.Contains(r.Message.Text(), want) {
				t.Errorf("/%s in direct messages is answered %d %q, want %q", command, r.Type, r.Message.Text(), want)
			}
			if r.Message.Channel != dm {
				t.Errorf("/%s in direct messages is answered in the channel %s", command, r.Message.Channel)
			}
		}
		for _, m := range s.Messages(s.channel, user) {
			if strings.Contains(m.Text(), want) {
				t.Errorf("the channel shows %q", m.Text())
			}
		}
	}
	ask(s.ani, unknown[s.ani])
	ask(s.budi, unknown[s.budi])
	s.found()
	ask(s.budi, unknown[s.budi])
	if r := s.did(s.Slash(s.DM(s.ani), s.ani, "start")); !strings.Contains(r.Message.Text(), "Klaster Rotan") {
		t.Errorf("who is in a cluster is answered %q", r.Message.Text())
	}
	if r := s.did(s.Slash(s.DM(s.ani), s.ani, "issue", discordtest.Opt{Name: "issue", Value: "Bahan baku langka"})); r.Message.Text() == "" || r.Message.Channel != s.DM(s.ani) {
		t.Errorf("an issue of somebody without an organisation is answered %+v", r.Message)
	}
}
