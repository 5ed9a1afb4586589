package discord

import (
	"strconv"
	"testing"

	"klaster/bot"
	"klaster/commands"

	"klaster/bot/discord/discordtest"
)

// The shortest way in and out: a command is answered in the channel, another beside it; a button edits its card.
func TestCommandAndButton(t *testing.T) {
	t.Parallel()
	s := running(t)
	id, u := s.slash(s.channel, s.ani, "issue", discordtest.Opt{Name: "issue", Value: "Bahan baku rotan"})
	aside := ref(s.channel)
	aside.Thread = "@" + s.ani
	if u.Kind != bot.Said || u.Cause != "dc:"+id || u.Text != "/issue Bahan baku rotan" || u.Chat != ref(s.channel) || u.Private ||
		u.Aside != aside || u.Admin != commands.Yes || u.From.Name != "Ani" || u.From.Lang != "id" || u.Tap.ID != id {
		t.Errorf("the command came as %+v", u)
	}
	d := answering(u, "Tercatat.")
	d.Buttons = buttons(commands.Button{Label: "Lihat", Data: "i:1"})
	refs := s.post(u.Chat, d)
	r := s.settled(id)
	if r.Type != 4 || r.Message.Ephemeral || r.Message.Content != "Tercatat." || r.Message.ID != refs {
		t.Errorf("answered with %+v", r)
	}

	id, u = s.press(s.channel, s.budi, "Lihat")
	if u.Kind != bot.Tapped || u.Data != "i:1" || u.Message != refs || u.Chat != ref(s.channel) || u.Admin != commands.No {
		t.Errorf("the tap came as %+v", u)
	}
	if err := s.bot.Edit(t.Context(), u.Chat, u.Message, answering(u, "Isu 1")); err != nil {
		t.Fatal(err)
	}
	if r := s.settled(id); r.Type != 7 {
		t.Errorf("answered with %+v", r)
	}
	if m := s.Message(s.channel, refs); m.Content != "Isu 1" || len(m.Buttons) != 0 {
		t.Errorf("the message is %+v", m)
	}

	id, u = s.slash(s.channel, s.budi, "me")
	if u.Chat != u.Aside || !u.Private || u.Opener != ref(s.channel) {
		t.Errorf("a command for oneself came as %+v", u)
	}
	s.post(u.Chat, answering(u, "Belum ada."))
	if r := s.settled(id); !r.Message.Ephemeral || r.Message.Content != "Belum ada." {
		t.Errorf("answered with %+v", r)
	}
	card := words("Papan langkah")
	card.Card, card.Tone = "steps", commands.ToneStep
	at := s.post(ref(s.channel), card)
	card.Body[0].Spans[0].Text = "Papan langkah 2"
	if err := s.bot.Edit(t.Context(), ref(s.channel), at, card); err != nil {
		t.Fatal(err)
	}
	if m := s.Message(s.channel, at); len(m.Embeds) != 1 || m.Embeds[0].Description != "Papan langkah 2" || m.Nonce == "" {
		t.Errorf("the card is %+v", m)
	}
	if err := s.end(); err != nil {
		t.Errorf("Receive: %v", err)
	}
}

// However much comes at once, and however slow the Sink is, the gateway is read on: heartbeats are answered, and all that
// is no interaction is handed over in the end.
func TestGatewayNeverWaits(t *testing.T) {
	t.Parallel()
	const channels = maxQueued + 100
	s := newTheatre(t, nil)
	s.inbox.hold = make(chan struct{})
	if err := s.bot.PublishMenu(t.Context(), sampleMenu()); err != nil {
		t.Fatal(err)
	}
	s.start()
	s.until(func(w *discordtest.World) bool { return w.Gateway().Connected == 1 })
	var list []map[string]any
	for n := range channels {
		list = append(list, map[string]any{"id": strconv.Itoa(7_000_000 + n), "type": 0, "position": n})
	}
	s.Dispatch("GUILD_CREATE", map[string]any{"id": "6999999", "joined_at": "2020-01-01T00:00:00Z", "channels": list})
	s.Dispatch("GUILD_DELETE", map[string]any{"id": "6999999"})
	s.TakeViolations() // the fake has no such guild
	before := s.Gateway().Heartbeats
	s.RequestHeartbeat()
	s.until(func(w *discordtest.World) bool { return w.Gateway().Heartbeats > before })
	close(s.inbox.hold)
	for removed := 0; removed < channels; {
		if s.inbox.next(t).Kind == bot.Removed {
			removed++
		}
	}
}
