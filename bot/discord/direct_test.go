package discord

import (
	"strings"
	"testing"

	"klaster/bot"
	"klaster/bot/discord/discordtest"
)

// What is written in a private chat comes as it was said; what is written in a channel, by a bot, or is nothing at all
// does not come.
func TestPrivateWords(t *testing.T) {
	t.Parallel()
	s := running(t)
	dm := s.DM(s.ani)
	say := func(channel, text string, opts ...discordtest.SayOption) string {
		id, err := s.Say(channel, s.ani, text, opts...)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	say(s.channel, "di kanal")
	at := say(dm, "  12 jt ")
	u := s.inbox.next(t)
	if u.Kind != bot.Said || !u.Private || u.Chat != ref(dm) || u.Text != "12 jt" || u.Message != at || u.From.ID != s.ani || u.From.Name != "Ani" ||
		u.Tap.ID != "" || u.Aside.Chat != "" || u.Cause != "dc:m"+at {
		t.Errorf("words came as %+v", u)
	}
	say(dm, "", discordtest.WithFile("nota.png", "image/png", []byte("png")))
	if u = s.inbox.next(t); u.File == nil || u.File.Name != "nota.png" || u.File.Kind != "photo" || u.Text != "" {
		t.Errorf("a picture came as %+v", u)
	}
	author := map[string]any{"id": s.ani, "username": "ani"}
	for _, hostile := range []any{
		"none", map[string]any{}, map[string]any{"id": "1", "channel_id": dm},
		map[string]any{"id": "1", "channel_id": "../x", "author": author, "content": "x"},
		map[string]any{"id": "1", "channel_id": s.channel, "guild_id": s.guild, "author": author, "content": "x"},
		map[string]any{"id": "1", "channel_id": dm, "author": map[string]any{"id": "5", "bot": true}, "content": "x"},
		map[string]any{"id": "1", "channel_id": dm, "author": map[string]any{"id": testApplication}, "content": "x"},
		map[string]any{"id": "1", "channel_id": dm, "author": author, "webhook_id": "6", "content": "x"},
		map[string]any{"id": "1", "channel_id": dm, "author": author, "type": 6, "content": "x"},
		map[string]any{"id": "1", "channel_id": dm, "author": author, "content": "  "},
	} {
		s.Dispatch("MESSAGE_CREATE", hostile)
	}
	s.TakeViolations() // the fake says that some of these are no messages
	say(dm, "habis")
	if u = s.inbox.next(t); u.Text != "habis" {
		t.Errorf("something else was handed on: %+v", u)
	}
}

// Words in the private chat are understood as on other platforms, and what is asked back is answered there.
func TestPrivateWordsUnderHub(t *testing.T) {
	t.Parallel()
	s := newHubbed(t, nil, nil)
	s.found()
	dm := s.DM(s.ani)
	shows := func(words string) {
		s.until(func(w *discordtest.World) bool {
			all := w.DMs(s.ani)
			last := all[len(all)-1]
			return last.FromBot && strings.Contains(last.Text(), words)
		})
	}
	if _, err := s.Say(dm, s.ani, "Bahan baku langka"); err != nil {
		t.Fatal(err)
	}
	shows("Apakah ini isu atau usulan keputusan?")
	s.did(s.PressButton(dm, s.ani, "Isu"))
	shows("Mohon diperiksa isu ini")
}
