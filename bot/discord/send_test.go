package discord

import (
	"bytes"
	"testing"
	"time"

	"klaster/bot"
	"klaster/bot/discord/discordtest"
	"klaster/commands"
	"klaster/domain"
)

// A thread is a part of its channel: answers and cards go into it, and the aside is the channel's.
func TestThread(t *testing.T) {
	t.Parallel()
	s := running(t)
	thread := s.AddThread(s.channel, "rapat")
	id, u := s.slash(thread, s.budi, "issue")
	want := domain.ChatRef{Platform: Platform, Chat: s.channel, Thread: thread}
	if u.Chat != want || u.Aside != (domain.ChatRef{Platform: Platform, Chat: s.channel, Thread: "@" + s.budi}) {
		t.Errorf("from a thread came %+v", u)
	}
	s.post(u.Chat, answering(u, "di sini"))
	if r := s.settled(id); r.Message.Channel != thread {
		t.Errorf("answered in %s", r.Message.Channel)
	}
	at := s.post(want, words("Papan"))
	if m := s.Message(thread, at); m.Content != "Papan" {
		t.Errorf("posted %+v", m)
	}
	s.Archive(thread, false) // opens by itself
	s.post(want, words("lagi"))
	s.Archive(thread, true)
	_, err := s.bot.Post(t.Context(), want, words("tertutup"))
	kind(t, err, bot.Unreachable)
	err = s.bot.Edit(t.Context(), want, at, words("tertutup"))
	kind(t, err, bot.Unreachable)
	s.DeleteChannel(thread)
	if u := s.inbox.next(t); u.Kind != bot.Removed || u.Chat != want {
		t.Errorf("a deleted thread came as %+v", u)
	}
}

// Who takes no private messages is not tried again for a day, unless they write first.
func TestClosedPrivateChat(t *testing.T) {
	t.Parallel()
	s := running(t)
	s.DenyDMs(s.budi, true)
	chat, err := s.bot.OpenPrivate(t.Context(), s.budi)
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.bot.Post(t.Context(), chat, words("Pengingat"))
	kind(t, err, bot.Unreachable)
	calls := s.Calls(discordtest.AnyRoute)
	_, err = s.bot.OpenPrivate(t.Context(), s.budi)
	kind(t, err, bot.Unreachable)
	if n := s.Calls(discordtest.AnyRoute) - calls; n != 0 {
		t.Errorf("%d calls for somebody who was just found closed", n)
	}
	s.DenyDMs(s.budi, false)
	if _, u := s.slash(s.DM(s.budi), s.budi, "me"); !u.Private {
		t.Errorf("%+v", u)
	}
	if _, err = s.bot.OpenPrivate(t.Context(), s.budi); err != nil {
		t.Error(err)
	}
	s.DenyDMs(s.budi, true)
	_, err = s.bot.Post(t.Context(), chat, words("Pengingat"))
	kind(t, err, bot.Unreachable)
	s.clock.pass(25 * time.Hour)
	if _, err = s.bot.OpenPrivate(t.Context(), s.budi); err != nil {
		t.Errorf("not tried again the next day: %v", err)
	}
	if _, err = s.bot.OpenPrivate(t.Context(), "@everyone"); err == nil {
		t.Error("no user has a private chat")
	}
}

// Files go along with an answer beside the channel, with one in it, and with ordinary messages.
func TestFiles(t *testing.T) {
	t.Parallel()
	s := running(t)
	doc := &bot.Document{Name: "isu/\"1\".csv", Mime: "text/csv", Data: []byte("a;b\n1;2\n")}
	check := func(m discordtest.Message) {
		t.Helper()
		if len(m.Files) != 1 || !bytes.Equal(m.Files[0].Content, doc.Data) || m.Files[0].Name != "isu-1.csv" {
			t.Errorf("the message is %+v", m)
		}
	}
	id, u := s.slash(s.channel, s.budi, "me")
	d := answering(u, "Ini datanya.")
	d.File = doc
	s.post(u.Chat, d)
	r := s.settled(id)
	if r.Type != 5 || !r.Message.Ephemeral {
		t.Errorf("answered with %+v", r)
	}
	check(r.Message)
	id, u = s.slash(s.channel, s.budi, "issue")
	d.Answering = u.Tap
	s.post(u.Chat, d)
	check(s.settled(id).Message)
	d = words("")
	d.File = doc
	check(s.Message(s.channel, s.post(ref(s.channel), d)))
	d.File = &bot.Document{Name: "x", Data: make([]byte, fileLimit+1)}
	_, err := s.bot.Post(t.Context(), ref(s.channel), d)
	kind(t, err, bot.Rejected)
	d.File = &bot.Document{Name: "x"}
	_, err = s.bot.Post(t.Context(), ref(s.channel), d)
	kind(t, err, bot.Rejected)
}

// A file sent along with a command is evidence, and no part of what was said.
func TestFileSentAlong(t *testing.T) {
	t.Parallel()
	s := running(t)
	_, u := s.slash(s.channel, s.budi, "done", discordtest.Opt{Name: "step", Value: "1.1"},
		discordtest.Opt{Name: "file", Value: discordtest.File{Name: "undangan.pdf", MIME: "application/pdf", Content: []byte("%PDF")}})
	if u.Text != "/done 1.1" || u.File == nil || u.File.Name != "undangan.pdf" || u.File.ID == "" {
		t.Errorf("heard %q with %+v", u.Text, u.File)
	}
}

// A card that was posted just before a crash is found again and brought up to date; one whose message is gone is posted
// anew.
func TestNonce(t *testing.T) {
	t.Parallel()
	s := running(t)
	card := words("Papan 1")
	card.Card, card.Tone = "board", commands.ToneStep
	first := s.post(ref(s.channel), card)
	card.Body[0].Spans[0].Text = "Papan 2"
	if again := s.post(ref(s.channel), card); again != first {
		t.Errorf("posted twice: %s and %s", first, again)
	}
	if m := s.Message(s.channel, first); m.Embeds[0].Description != "Papan 2" {
		t.Errorf("the card is %+v", m)
	}
	if n := len(s.Messages(s.channel, "")); n != 1 {
		t.Errorf("%d messages", n)
	}
	s.DeleteMessage(s.channel, first)
	err := s.bot.Edit(t.Context(), ref(s.channel), first, card)
	kind(t, err, bot.Gone)
	if second := s.post(ref(s.channel), card); second == first || s.Message(s.channel, second).Deleted {
		t.Errorf("the card is not posted anew")
	}
	card.Card = "other"
	card.Body[0].Spans[0].Text = "Lain"
	if s.post(ref(s.channel), card); len(s.Messages(s.channel, "")) != 2 {
		t.Error("another card is taken for the same")
	}
}

// A message without an edge that gets one shows it.
func TestEdgeAfterwards(t *testing.T) {
	t.Parallel()
	s := running(t)
	at := s.post(ref(s.channel), words("Papan https://example.org"))
	if m := s.Message(s.channel, at); m.Flags&flagNoUnfold == 0 {
		t.Errorf("links unfold in %+v", m)
	}
	card := words("Papan")
	card.Tone = commands.ToneResult
	if err := s.bot.Edit(t.Context(), ref(s.channel), at, card); err != nil {
		t.Fatal(err)
	}
	if m := s.Message(s.channel, at); m.Flags&flagNoUnfold != 0 || len(m.Embeds) != 1 || m.Content != "" {
		t.Errorf("the embed is hidden in %+v", m)
	}
}

// What is pressed beside the channel is answered there; a button that opens the private side runs its command there.
func TestAside(t *testing.T) {
	t.Parallel()
	s := running(t)
	id, u := s.slash(s.channel, s.ani, "issue")
	d := answering(u, "Untuk semua")
	d.Buttons = buttons(commands.Button{Label: "Buka", Private: "/status"})
	s.post(u.Chat, d)
	s.settled(id)
	aside := domain.ChatRef{Platform: Platform, Chat: s.channel, Thread: "@" + s.budi}
	id, u = s.press(s.channel, s.budi, "Buka")
	if u.Kind != bot.Said || u.Text != "/status" || !u.Private || u.Chat != aside || u.Opener != ref(s.channel) || u.Tap.ID != id {
		t.Errorf("the button came as %+v", u)
	}
	d = answering(u, "Hanya Anda")
	d.Blank = &commands.Blank{Data: "f:1:fill", Fields: []commands.BlankField{{Key: "roles", Label: "Peran", Many: true, Options: []commands.BlankOption{{Value: "core", Label: "Inti"}, {Value: "buyer", Label: "Pembeli"}}}}}
	d.Buttons = buttons(commands.Button{Label: "Jawab", Data: "f:1:open"}, commands.Button{Label: "Batal", Data: "f:1:no"})
	at := s.post(u.Chat, d)
	if r := s.settled(id); r.Type != 4 || !r.Message.Ephemeral || r.Message.ID != at {
		t.Errorf("answered with %+v", r)
	}
	if len(s.Messages(s.channel, s.ani)) != 1 {
		t.Error("others see it")
	}
	id, err := s.ChooseOptions(s.channel, s.budi, "Inti", "Pembeli")
	if err != nil {
		t.Fatal(err)
	}
	u = s.inbox.next(t)
	if u.Kind != bot.Tapped || u.Data != "f:1:fill" || u.Answers["roles"] != "core,buyer" || u.Chat != aside || !u.Private || u.Opener != ref(s.channel) || u.Message != at {
		t.Errorf("the list came as %+v", u)
	}
	if err := s.bot.Edit(t.Context(), u.Chat, u.Message, answering(u, "Tercatat")); err != nil {
		t.Fatal(err)
	}
	if r := s.settled(id); r.Type != 7 {
		t.Errorf("answered with %+v", r)
	}
	if m := s.Last(s.channel, s.budi); m.Content != "Tercatat" || !m.Ephemeral || len(m.Selects) != 0 {
		t.Errorf("the answer is %+v", m)
	}
}

// A tap that is answered late is acknowledged in time; the message tapped is still edited, and words still come.
func TestLateTap(t *testing.T) {
	t.Parallel()
	s := newTheatre(t, func(o *Options) { o.Defer = time.Millisecond }).receive()
	_, u := s.slash(s.channel, s.ani, "issue")
	d := answering(u, "Kartu")
	d.Buttons = buttons(commands.Button{Label: "Setuju", Data: "v:1"})
	at := s.post(u.Chat, d)
	id, u := s.press(s.channel, s.budi, "Setuju")
	if r := s.responded(id); r.Type != 6 {
		t.Errorf("deferred with %+v", r)
	}
	if err := s.bot.Edit(t.Context(), u.Chat, at, answering(u, "Kartu 2")); err != nil {
		t.Fatal(err)
	}
	if err := s.bot.Answer(t.Context(), u.Tap, "Tercatat"); err != nil {
		t.Fatal(err)
	}
	r := s.settled(id)
	if s.Message(s.channel, at).Content != "Kartu 2" || len(r.FollowUps) != 1 || r.FollowUps[0].Content != "Tercatat" || !r.FollowUps[0].Ephemeral {
		t.Errorf("answered with %+v", r)
	}
}

// To a tap with nothing to say nothing is said; of a command nothing stays.
func TestNothingToSay(t *testing.T) {
	t.Parallel()
	s := running(t)
	id, u := s.slash(s.channel, s.ani, "issue")
	if err := s.bot.Answer(t.Context(), u.Tap, ""); err != nil {
		t.Fatal(err)
	}
	if r := s.Response(id); r.Type != 5 || !r.Message.Deleted || len(s.Messages(s.channel, s.ani)) != 0 {
		t.Errorf("answered with %+v", r)
	}
	d := words("Kartu")
	d.Buttons = buttons(commands.Button{Label: "Setuju", Data: "v:1"})
	s.post(ref(s.channel), d)
	id, u = s.press(s.channel, s.ani, "Setuju")
	for range 2 {
		if err := s.bot.Answer(t.Context(), u.Tap, ""); err != nil {
			t.Fatal(err)
		}
	}
	if r := s.responded(id); r.Type != 6 {
		t.Errorf("answered with %+v", r)
	}
	if err := s.bot.Answer(t.Context(), bot.TapRef{ID: "unknown"}, "x"); err != nil {
		t.Error(err)
	}
}

// Windows: not to another window, not after an acknowledgement; the answers come from where the blank says.
func TestWindows(t *testing.T) {
	t.Parallel()
	s := running(t)
	d := words("Kartu")
	d.Buttons = buttons(commands.Button{Label: "Tolak", Data: "v:1:open"})
	at := s.post(ref(s.channel), d)
	blank := commands.Blank{Data: "v:1:fill", Title: "Alasan", Aside: true, Fields: []commands.BlankField{{Key: "why", Label: "Alasan", Max: 280, Long: true}}}
	id, u := s.press(s.channel, s.budi, "Tolak")
	if err := s.bot.OpenBlank(t.Context(), u.Tap, blank); err != nil {
		t.Fatal(err)
	}
	form, err := s.Submit(id, map[string]string{"why": "terlalu mahal"})
	if err != nil {
		t.Fatal(err)
	}
	u = s.inbox.next(t)
	if u.Data != "v:1:fill" || u.Answers["why"] != "terlalu mahal" || !u.Private || u.Chat.Thread != "@"+s.budi || u.Opener != ref(s.channel) || u.Message != at {
		t.Errorf("the window came as %+v", u)
	}
	err = s.bot.OpenBlank(t.Context(), u.Tap, blank)
	if err == nil {
		t.Error("a window was opened from a window")
	}
	err = s.bot.Edit(t.Context(), u.Chat, u.Message, answering(u, "hanya untuk Budi")) // the card is everybody's
	kind(t, err, bot.Gone)
	if m := s.Message(s.channel, at); m.Content != "Kartu" {
		t.Errorf("all see %q", m.Content)
	}
	s.post(u.Chat, answering(u, "Tercatat"))
	if r := s.settled(form); !r.Message.Ephemeral {
		t.Errorf("answered with %+v", r)
	}
	_, u = s.press(s.channel, s.budi, "Tolak")
	if err := s.bot.Answer(t.Context(), u.Tap, ""); err != nil {
		t.Fatal(err)
	}
	if err = s.bot.OpenBlank(t.Context(), u.Tap, blank); err == nil {
		t.Error("a window was opened after an acknowledgement")
	}
}

// What the server says about a limit holds the next call back before it is refused.
func TestKnownLimits(t *testing.T) {
	t.Parallel()
	s := running(t, discordtest.WithLimits(discordtest.Limits{Message: discordtest.Limit{Count: 2, Per: time.Hour}}), discordtest.WithClock(func() time.Time { return time.Now() }))
	s.post(ref(s.channel), words("a"))
	s.post(ref(s.channel), words("b"))
	_, err := s.bot.Post(t.Context(), ref(s.channel), words("c"))
	if e := kind(t, err, bot.RateLimited); e.After < 50*time.Minute {
		t.Errorf("after %s", e.After)
	}
	if n := s.InvalidRequests(); n != 0 {
		t.Errorf("%d requests were refused", n)
	}
}

func TestOptions(t *testing.T) {
	t.Parallel()
	for _, token := range []string{"", "abc", "MTIz", "MTIz.", "MTIz.x y", "x.y.z", testToken + "\n"} {
		if _, err := New(Options{Token: token}); err == nil {
			t.Errorf("%q passes for a token", token)
		}
	}
	for _, api := range []string{"ftp://x", "discord.com", "http://"} {
		if _, err := New(Options{Token: testToken, API: api}); err == nil {
			t.Errorf("%q passes for an address", api)
		}
	}
	b, err := New(Options{Token: testToken, Shard: 1, Shards: 2})
	if err != nil || b.Account() != "discord:"+testApplication+"/1" {
		t.Errorf("the account is %v, %v", b, err)
	}
	if b, err = New(Options{Token: testToken}); err != nil || b.Account() != "discord:"+testApplication || b.Health() == nil {
		t.Errorf("the account is %v, %v", b, err)
	}
	if _, err := New(Options{Token: testToken, Shard: 2, Shards: 2}); err == nil {
		t.Error("there is no such shard")
	}
}
