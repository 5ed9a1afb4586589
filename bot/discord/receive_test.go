package discord

import (
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
