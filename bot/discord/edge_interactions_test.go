package discord

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"klaster/bot"
	"klaster/bot/discord/discordtest"
	"klaster/commands"
	"klaster/domain"
)

// Case 30: interactions that are none, or of a kind nobody knows, are dropped; the next one is handled.
func TestEdge30Broken(t *testing.T) {
	t.Parallel()
	s := running(t)
	member := map[string]any{"user": map[string]any{"id": s.ani, "username": "ani"}, "permissions": "0"}
	base := func(change map[string]any) map[string]any {
		o := map[string]any{
			"id": "1", "application_id": testApplication, "type": 2, "token": "t0ken", "version": 1, "channel_id": s.channel, "guild_id": s.guild,
			"member": member, "locale": "id", "data": map[string]any{"id": "5", "name": "issue", "type": 1},
		}
		for k, v := range change {
			if o[k] = v; v == nil {
				delete(o, k)
			}
		}
		return o
	}
	hostile := []any{
		"no object", []any{1}, map[string]any{}, nil,
		base(map[string]any{"id": ""}), base(map[string]any{"id": "x/y"}), base(map[string]any{"id": 7}), base(map[string]any{"type": 0}), base(map[string]any{"type": 99}),
		base(map[string]any{"type": "two"}), base(map[string]any{"type": 1}), base(map[string]any{"data": nil}), base(map[string]any{"data": "text"}),
		base(map[string]any{"data": map[string]any{"name": 5}}), base(map[string]any{"data": map[string]any{}}), base(map[string]any{"token": ""}),
		base(map[string]any{"token": "a/../../channels"}), base(map[string]any{"channel_id": "../x"}), base(map[string]any{"member": nil}),
		base(map[string]any{"member": map[string]any{}}), base(map[string]any{"member": map[string]any{"user": map[string]any{"id": "@everyone"}}}),
		base(map[string]any{"type": 3, "data": map[string]any{"component_type": 2}}), base(map[string]any{"type": 3, "data": []any{}}),
		base(map[string]any{"type": 5, "data": map[string]any{"components": "none"}}), base(map[string]any{"type": 4, "data": 5}),
	}
	for _, h := range hostile {
		s.Dispatch("INTERACTION_CREATE", h)
	}
	s.TakeViolations() // the fake says that these are no interactions
	_, u := s.slash(s.channel, s.ani, "issue")
	if u.Text != "/issue" {
		t.Errorf("something broken was handed on: %+v", u)
	}
	if c := s.bot.Counts(); c.Broken+c.Dropped < int64(len(hostile))-2 {
		t.Errorf("%+v of %d", c, len(hostile))
	}
	s.TakeViolations()
}

// What can be made sense of is: a component nobody knows in the message does not lose the tap, a field of a window that
// comes in a label is read.
func TestEdge30UnknownParts(t *testing.T) {
	t.Parallel()
	s := running(t)
	id, u := s.slash(s.channel, s.ani, "issue")
	d := answering(u, "x")
	d.Buttons = buttons(commands.Button{Label: "Buka", Data: "f:open"})
	at := s.post(u.Chat, d)
	s.settled(id)
	raw := `{"id":"77","application_id":"` + testApplication + `","type":3,"token":"tok","channel_id":"` + s.channel + `","guild_id":"` + s.guild + `",
		"member":{"user":{"id":"` + s.budi + `","username":"budi"},"permissions":"8"},"message":{"id":"` + at + `","flags":0,"components":[{"type":250,"components":"?"}]},
		"data":{"component_type":2,"custom_id":"1:i:1"}}`
	var tap any
	if err := json.Unmarshal([]byte(raw), &tap); err != nil {
		t.Fatal(err)
	}
	s.Dispatch("INTERACTION_CREATE", tap)
	if u := s.inbox.next(t); u.Data != "i:1" || u.Message != at || u.Admin != commands.Yes {
		t.Errorf("the tap came as %+v", u)
	}
	s.TakeViolations()
}

// Case 31: the store needs long during a command. The person sees in time that an answer will come, and the answer takes
// the place of that.
func TestEdge31SlowStore(t *testing.T) {
	t.Parallel()
	s := newTheatre(t, func(o *Options) { o.Defer = time.Millisecond }).receive()
	id, u := s.slash(s.channel, s.budi, "me")
	if r := s.responded(id); r.Type != 5 || !r.Message.Ephemeral || !r.Message.Loading {
		t.Errorf("deferred with %+v", r)
	}
	at := s.post(u.Chat, answering(u, "Belum ada."))
	if r := s.settled(id); r.Message.Content != "Belum ada." || r.Message.ID != at || len(r.FollowUps) != 0 {
		t.Errorf("answered with %+v", r)
	}
	s.post(u.Chat, answering(u, "Lagi."))
	if r := s.settled(id); len(r.FollowUps) != 1 || !r.FollowUps[0].Ephemeral {
		t.Errorf("followed up with %+v", r.FollowUps)
	}

	// What is for all is no private answer: the deferred one goes, the channel gets it.
	id, u = s.slash(s.channel, s.budi, "issue")
	s.responded(id)
	s.post(u.Chat, answering(u, "Daftar isu"))
	if m := s.Messages(s.channel, ""); m[len(m)-1].Content != "Daftar isu" || m[len(m)-1].Ephemeral {
		t.Errorf("the channel shows %+v", m)
	}
	if r := s.Response(id); !r.Message.Deleted {
		t.Errorf("the deferred answer is still there: %+v", r)
	}
}

// Case 31, the other half: Discord says that it is too late. Nothing is tried again, and nobody is bothered in the channel
// with what was for one.
func TestEdge31TooLate(t *testing.T) {
	t.Parallel()
	s := running(t)
	id, u := s.slash(s.channel, s.budi, "me")
	s.ExpireResponse(id)
	_, err := s.bot.Post(t.Context(), u.Chat, answering(u, "rahasia"))
	kind(t, err, bot.Unreachable)
	if err := s.bot.Answer(t.Context(), u.Tap, "rahasia"); err != nil {
		t.Errorf("an answer that came too late: %v", err)
	}
	if n := s.Calls(discordtest.RouteRespond); n != 1 {
		t.Errorf("%d calls", n)
	}
	for _, m := range s.Messages(s.channel, "") {
		t.Errorf("the channel shows %+v", m)
	}
}

// Case 32: the token is older than a quarter of an hour. What is for all goes to the channel, without pinging anybody;
// what is for one is Unreachable.
func TestEdge32OldToken(t *testing.T) {
	t.Parallel()
	for name, expire := range map[string]func(*theatre, string){
		"50027":        func(s *theatre, id string) { s.ExpireToken(id) },
		"10015":        func(s *theatre, id string) { s.ForgetToken(id) },
		"by our clock": func(s *theatre, _ string) { s.clock.pass(15 * time.Minute) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := running(t)
			id, u := s.slash(s.channel, s.budi, "issue")
			s.post(u.Chat, answering(u, "satu"))
			s.settled(id)
			expire(s, id)
			s.post(u.Chat, answering(u, "@everyone dua <@"+s.ani+">"))
			if m := s.Last(s.channel, ""); !strings.Contains(m.Content, "dua") || len(m.Mentions) != 0 || m.Ephemeral {
				t.Errorf("the channel shows %+v", m)
			}
			id, u = s.slash(s.channel, s.budi, "me")
			s.post(u.Chat, answering(u, "satu"))
			expire(s, id)
			_, err := s.bot.Post(t.Context(), u.Chat, answering(u, "dua"))
			kind(t, err, bot.Unreachable)
			if err := s.bot.Edit(t.Context(), u.Chat, "123", answering(u, "dua")); err == nil {
				t.Error("what only one sees was edited without its interaction")
			} else {
				kind(t, err, bot.Gone)
			}
		})
	}
}

// Case 33: an interaction comes twice, after a resume. It is handled once.
func TestEdge33Twice(t *testing.T) {
	t.Parallel()
	s := running(t)
	id, u := s.slash(s.channel, s.budi, "issue")
	s.Redeliver(id)
	s.post(u.Chat, answering(u, "satu"))
	s.Redeliver(id)
	second, u2 := s.slash(s.channel, s.budi, "issue")
	if u2.Cause != "dc:"+second {
		t.Errorf("the same interaction was handed on again: %+v", u2)
	}
	if n := s.bot.Counts().Dropped; n != 2 {
		t.Errorf("%d dropped, want 2", n)
	}

	// Another process has answered it already: no error, nothing more.
	s.FailNext(discordtest.RouteRespond, discordtest.Fault{Status: 400, Code: codeAnswered})
	s.post(u2.Chat, answering(u2, "dua"))
	if n := s.Calls(discordtest.RouteCreateMessage) + s.Calls(discordtest.RouteFollowUp); n != 0 {
		t.Errorf("%d messages besides", n)
	}
}

// Case 33, at home: the first response took effect, but its receipt was lost. It is not said twice.
func TestEdge33LostReceipt(t *testing.T) {
	t.Parallel()
	s := running(t)
	id, u := s.slash(s.channel, s.budi, "issue")
	s.FailNext(discordtest.RouteRespond, discordtest.Fault{Status: 500, Apply: true})
	s.post(u.Chat, answering(u, "satu"))
	s.post(u.Chat, answering(u, "dua"))
	if r := s.settled(id); r.Message.Content != "satu" || len(r.FollowUps) != 1 || r.FollowUps[0].Content != "dua" {
		t.Errorf("answered with %+v", r)
	}
	if n := len(s.Messages(s.channel, "")); n != 2 {
		t.Errorf("%d messages", n)
	}
}

// The same with the acknowledgement: whether its receipt or every trace of it was lost, the answer finds its place.
func TestEdge33LostAcknowledgement(t *testing.T) {
	t.Parallel()
	lost := discordtest.Fault{Status: 500, Apply: true}
	for name, faults := range map[string][]discordtest.Fault{"once": {lost}, "for good": {lost, {Status: 500}, {Status: 500}}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newTheatre(t, func(o *Options) { o.Defer = time.Millisecond }).receive()
			tries := func(n int) {
				s.until(func(w *discordtest.World) bool { return w.Calls(discordtest.RouteRespond) >= n })
			}
			s.FailNext(discordtest.RouteRespond, faults...)
			id, u := s.slash(s.channel, s.budi, "me")
			tries(max(2, len(faults)))
			s.post(u.Chat, answering(u, "Belum ada."))
			if r := s.settled(id); r.Type != 5 || r.Message.Content != "Belum ada." || len(r.FollowUps) != 0 {
				t.Errorf("answered with %+v", r)
			}
			d := words("Kartu")
			d.Buttons = buttons(commands.Button{Label: "Setuju", Data: "v:1"})
			at := s.post(ref(s.channel), d)
			before := s.Calls(discordtest.RouteRespond)
			s.FailNext(discordtest.RouteRespond, faults...)
			id, u = s.press(s.channel, s.budi, "Setuju")
			tries(before + max(2, len(faults)))
			s.post(u.Aside, answering(u, "Tercatat"))
			if r := s.settled(id); r.Type != 6 || len(r.FollowUps) != 1 || r.FollowUps[0].Content != "Tercatat" || s.Message(s.channel, at).Content != "Kartu" {
				t.Errorf("answered with %+v", r)
			}
		})
	}
}

// Case 34: in the private chat there is no member and no guild.
func TestEdge34PrivateChat(t *testing.T) {
	t.Parallel()
	s := running(t)
	dm := s.DM(s.budi)
	id, u := s.slash(dm, s.budi, "me")
	if !u.Private || u.Chat != ref(dm) || u.Aside.Chat != "" || u.Opener.Chat != "" || u.Admin != commands.NotAsked || u.From.Name != "Budi" || u.From.Lang != "en" {
		t.Errorf("a private command came as %+v", u)
	}
	d := answering(u, "Only in a server.")
	d.Buttons = buttons(commands.Button{Label: "OK", Data: "x:1"})
	at := s.post(u.Chat, d)
	if r := s.settled(id); r.Type != 4 || r.Message.Content != "Only in a server." || r.Message.ID != at {
		t.Errorf("answered with %+v", r)
	}
	id, u = s.press(dm, s.budi, "OK")
	if !u.Private || u.Chat != ref(dm) || u.Data != "x:1" || u.Message != at {
		t.Errorf("a private tap came as %+v", u)
	}
	if err := s.bot.Answer(t.Context(), u.Tap, "done"); err != nil {
		t.Fatal(err)
	}
	if r := s.settled(id); r.Message.Content != "done" {
		t.Errorf("answered with %+v", r)
	}
	// Written to without being asked.
	chat, err := s.bot.OpenPrivate(t.Context(), s.budi)
	if err != nil || chat != ref(dm) {
		t.Fatalf("the private chat is %+v, %v", chat, err)
	}
	s.post(chat, words("Pengingat"))
	if m := s.DMs(s.budi); m[len(m)-1].Content != "Pengingat" {
		t.Errorf("the private chat shows %+v", m)
	}
}

// Case 38: values of a wrong type, values nobody offered, long texts with mentions.
func TestEdge38Hostile(t *testing.T) {
	t.Parallel()
	s := running(t)
	for _, c := range []struct{ value, want string }{
		{`7`, "/issue 7"}, {`true`, "/issue true"}, {`{"a":1}`, "/issue"}, {`["x"]`, "/issue"}, {`null`, "/issue"},
		{`"@everyone #99 not offered"`, "/issue @everyone #99 not offered"}, {`"\u202eabc\u0000"`, "/issue abc"},
	} {
		var v any
		if err := json.Unmarshal([]byte(c.value), &v); err != nil {
			t.Fatal(err)
		}
		s.Interact(2, s.channel, s.budi, "", map[string]any{"id": "1", "name": "issue", "type": 1, "options": []any{map[string]any{"name": "issue", "type": 3, "value": v}}})
		if u := s.inbox.next(t); u.Text != c.want {
			t.Errorf("%s came as %q, want %q", c.value, u.Text, c.want)
		}
		s.TakeViolations()
	}
	long := "@everyone <@" + s.ani + "> " + strings.Repeat("x", 3900)
	id, u := s.slash(s.channel, s.budi, "issue")
	blank := commands.Blank{Data: "f:1:fill", Title: "Isu", Fields: []commands.BlankField{{Key: "title", Label: "Judul", Max: 4000, Long: true}}}
	if err := s.bot.OpenBlank(t.Context(), u.Tap, blank); err != nil {
		t.Fatal(err)
	}
	form, err := s.Submit(id, map[string]string{"title": long})
	if err != nil {
		t.Fatal(err)
	}
	u = s.inbox.next(t)
	if u.Kind != bot.Tapped || u.Data != "f:1:fill" || u.Answers["title"] != long || u.Private || u.Cause != "dc:"+form {
		t.Errorf("the window came as %+v", u)
	}
	s.post(u.Chat, answering(u, u.Answers["title"]))
	r := s.settled(form)
	for _, m := range append(r.FollowUps, r.Message) {
		if len(m.Mentions) != 0 {
			t.Errorf("somebody is pinged: %+v", m.Mentions)
		}
	}
	if len(r.FollowUps) != 1 {
		t.Errorf("%d follow-ups", len(r.FollowUps))
	}
	for _, data := range []map[string]any{
		{"custom_id": "2:other", "component_type": 2}, {"custom_id": strings.Repeat("x", 300), "component_type": 2},
		{"custom_id": "1m:f:1", "component_type": 2}, {"custom_id": "1s:f:1", "component_type": 3, "values": []any{"a", "b"}},
	} {
		s.Interact(3, s.channel, s.budi, r.Message.ID, data)
		if u := s.inbox.next(t); u.Kind != bot.Tapped || u.Data == "" {
			t.Errorf("%v came as %+v", data, u)
		}
		s.TakeViolations()
	}
}

// Suggestions: in time, at most 25, never null, and an empty list where something fails.
func TestSuggestions(t *testing.T) {
	t.Parallel()
	s := running(t)
	var asked commands.Typing
	s.inbox.suggest = func(_ context.Context, _ domain.ChatRef, q commands.Typing) (out []commands.Suggestion, err error) {
		asked = q
		if q.Text == "slow" {
			return nil, context.DeadlineExceeded
		}
		for range 40 {
			out = append(out, commands.Suggestion{Label: strings.Repeat("Langkah ", 20), Value: "1.3"})
		}
		return out, nil
	}
	id, err := s.Autocomplete(s.channel, s.ani, "done", "step", discordtest.Opt{Name: "step", Value: "1."})
	if err != nil {
		t.Fatal(err)
	}
	if r := s.responded(id); r.Type != 8 || len(r.Choices) != 25 || r.Choices[0].Value != "1.3" {
		t.Errorf("suggested %+v", r)
	}
	if asked != (commands.Typing{Command: "done", Option: "step", Text: "1.", Lang: "id"}) {
		t.Errorf("asked for %+v", asked)
	}
	id, err = s.Autocomplete(s.channel, s.ani, "done", "step", discordtest.Opt{Name: "step", Value: "slow"})
	if err != nil {
		t.Fatal(err)
	}
	if r := s.responded(id); r.Type != 8 || len(r.Choices) != 0 {
		t.Errorf("suggested %+v", r)
	}
}
