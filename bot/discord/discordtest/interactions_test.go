package discordtest

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func callback(id, token string) string {
	return "POST /interactions/" + id + "/" + token + "/callback"
}

func hook(s *Server, token string) string { return "/webhooks/" + s.BotID() + "/" + token }

func says(kind int, text string, flags int) string {
	return string(mustJSON(object{"type": kind, "data": object{"content": text, "flags": flags, "allowed_mentions": object{"parse": []any{}}}}))
}

func TestFirstResponse(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := Start(t, WithClock(func() time.Time { return now }))
	p := somewhere(s)
	c := newClient(t, s)

	id, token := command(t, s, p)
	c.refuse(404, unknownInteraction, callback(id, "wrong"), says(4, "x", 0))
	c.refuse(404, unknownInteraction, callback("1", token), says(4, "x", 0))
	c.refuse(404, unknownWebhook, "POST "+hook(s, token), plain("before the response"))
	c.refuse(400, emptyMessage, callback(id, token), says(4, "", 0))
	now = now.Add(3 * time.Second)
	c.must(callback(id, token), says(4, "just in time", 0))
	c.refuse(400, alreadyAnswered, callback(id, token), says(4, "x", 0))

	id, token = command(t, s, p)
	now = now.Add(3*time.Second + time.Millisecond)
	c.refuse(404, unknownInteraction, callback(id, token), says(4, "x", 0))

	id, token = command(t, s, p)
	s.ExpireResponse(id)
	c.refuse(404, unknownInteraction, callback(id, token), says(4, "x", 0))

	id, token = command(t, s, p)
	s.ExpireToken(id)
	c.refuse(404, unknownInteraction, callback(id, token), says(4, "x", 0))

	for _, kind := range []int{1, 6, 7, 8} {
		id, token = command(t, s, p)
		c.refuse(400, invalidForm, callback(id, token), string(mustJSON(object{"type": kind, "data": object{"allowed_mentions": object{"parse": []any{}}}})))
		s.TakeViolations() // the specification wants other data
	}
	if r := s.Response(id); r.Type != 0 || r.Settled() {
		t.Errorf("answered %+v", r)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := Start(t, WithClock(func() time.Time { return now }))
	p := somewhere(s)
	c := newClient(t, s)

	// A deferred answer becomes the first follow-up, and stays ephemeral.
	id, token := command(t, s, p)
	c.must(callback(id, token), `{"type":5,"data":{"flags":64}}`)
	if r := s.Response(id); !r.Message.Loading || r.Settled() || len(s.Messages(p.channel, p.budi)) != 0 {
		t.Errorf("answered %+v", r)
	}
	c.must("POST "+hook(s, token), plain("filled"))
	r := s.Response(id)
	if r.Message.Content != "filled" || !r.Message.Ephemeral || len(r.FollowUps) != 0 || r.Message.Edits != 0 {
		t.Errorf("answered %+v", r)
	}
	// Through the channel nobody reaches it.
	c.refuse(404, unknownMessage, "PATCH /channels/"+p.channel+"/messages/"+r.Message.ID, plain("y"))
	c.must("PATCH "+hook(s, token)+"/messages/@original", plain("edited"))
	c.must("POST "+hook(s, token), `{"content":"more","flags":64,"allowed_mentions":{"parse":[]}}`)
	r = s.Response(id)
	if r.Message.Content != "edited" || r.Message.Edits != 1 || !r.FollowUps[0].Ephemeral || s.Edits(p.channel) != 1 {
		t.Errorf("answered %+v", r)
	}
	c.must("PATCH "+hook(s, token)+"/messages/"+r.FollowUps[0].ID, plain("less"))
	c.must("DELETE "+hook(s, token)+"/messages/@original", "")
	c.refuse(404, unknownMessage, "PATCH "+hook(s, token)+"/messages/@original", plain("z"))
	if m := s.Messages(p.channel, p.citra); len(m) != 1 || m[0].Content != "less" {
		t.Errorf("sees %+v", m)
	}
	c.token = "" // the address is enough
	now = now.Add(15 * time.Minute)
	c.must("POST "+hook(s, token), plain("just in time"))
	now = now.Add(time.Second)
	c.refuse(401, invalidToken, "POST "+hook(s, token), plain("too late"))
	c.token = "Bot " + s.Token()

	// What was deferred can be taken away, and something else be said.
	id, token = command(t, s, p)
	c.must(callback(id, token), `{"type":5}`)
	c.must("DELETE "+hook(s, token)+"/messages/@original", "")
	c.must("POST "+hook(s, token), plain("else"))
	if r := s.Response(id); len(r.FollowUps) != 1 || r.FollowUps[0].Content != "else" {
		t.Errorf("answered %+v", r)
	}

	id, token = command(t, s, p)
	c.must(callback(id, token), says(4, "x", 0))
	s.ExpireToken(id)
	c.refuse(401, invalidToken, "PATCH "+hook(s, token)+"/messages/@original", plain("y"))
	s.ForgetToken(id)
	c.refuse(404, unknownWebhook, "PATCH "+hook(s, token)+"/messages/@original", plain("y"))
	c.refuse(404, unknownWebhook, "POST "+hook(s, "wrong"), plain("y"))
}

func TestComponentsAreAnswered(t *testing.T) {
	t.Parallel()
	s := Start(t)
	p := somewhere(s)
	c := newClient(t, s)
	board := asText(c.must("POST /channels/"+p.channel+"/messages", aMessage(`"content":"board","components":[`+
		aRow(`{"type":2,"style":1,"label":"Agree","custom_id":"a"},{"type":2,"style":2,"label":"Later","custom_id":"l","disabled":true}`)+`,`+
		aRow(`{"type":3,"custom_id":"s","max_values":2,"options":[{"label":"A","value":"1"},{"label":"B","value":"2"},{"label":"C","value":"3"}]}`)+`]`))["id"])
	token := func(id string) string {
		return look(s, func(w *World) string { return w.mustInteraction(id).token })
	}

	id := must(s.PressButton(p.channel, p.citra, "Agree"))(t)
	c.must(callback(id, token(id)), `{"type":6}`)
	if r := s.Response(id); !r.Settled() || r.Message.ID != board {
		t.Errorf("answered %+v", r)
	}
	c.must("PATCH "+hook(s, token(id))+"/messages/@original", plain("one"))
	id = must(s.ChooseOptions(p.channel, p.citra, "A", "C"))(t)
	data := look(s, func(w *World) object { return asObject(w.mustInteraction(id).sentAs["data"]) })
	if v := asList(data["values"]); len(v) != 2 || v[1] != "3" {
		t.Errorf("chosen %v", data)
	}
	c.must(callback(id, token(id)), says(7, "two", 0))
	if m := s.Last(p.channel, ""); m.ID != board || m.Content != "two" || m.Edits != 2 || len(m.Selects) != 1 {
		t.Errorf("the board is %+v", m)
	}
	for name, err := range map[string]error{
		"disabled":        second(s.PressButton(p.channel, p.citra, "Later")),
		"no button":       second(s.PressButton(p.channel, p.citra, "Nowhere")),
		"at most 2":       second(s.ChooseOptions(p.channel, p.citra, "A", "B", "C")),
		"not offered":     second(s.ChooseOptions(p.channel, p.citra, "D")),
		"unknown message": second(s.Press(p.channel, "1", p.citra, "a")),
		"no form":         second(s.Submit(id, nil)),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	// A forged press arrives all the same.
	id = must(s.Press(p.channel, board, p.citra, "forged"))(t)
	s.DeleteMessage(p.channel, board)
	c.refuse(404, unknownMessage, callback(id, token(id)), says(7, "x", 0))
	c.must(callback(id, token(id)), modal("F", anInput("")))
	// A form cannot answer a form.
	id = must(s.Submit(id, map[string]string{"i": "x"}))(t)
	c.refuse(400, invalidForm, callback(id, token(id)), modal("F", anInput("")))
	c.must(callback(id, token(id)), says(4, "x", 64))

	id = s.Interact(kindModal, p.channel, p.citra, "", map[string]any{"custom_id": "x", "components": []any{}})
	if sent := look(s, func(w *World) object { return w.mustInteraction(id).sentAs }); sent["type"] != kindModal {
		t.Errorf("sent %v", sent)
	}
}

func second(_ string, err error) error { return err }

func TestCommandsAreOffered(t *testing.T) {
	t.Parallel()
	s := Start(t)
	p := somewhere(s)
	c := newClient(t, s)
	path := "/applications/" + s.BotID()
	c.must("PUT "+path+"/commands", `[
		{"name":"open","description":"d","contexts":[0,1]},
		{"name":"here","description":"d","dm_permission":false},
		{"name":"manage","description":"d","default_member_permissions":"32"},
		{"name":"sub","description":"d","options":[{"type":1,"name":"one","description":"d","options":[
			{"type":3,"name":"text","description":"d","required":true,"min_length":2,"max_length":3},
			{"type":4,"name":"n","description":"d","min_value":1,"max_value":9},
			{"type":3,"name":"pick","description":"d","choices":[{"name":"A","value":"a"}]}]}]}]`)
	c.must("PUT "+path+"/guilds/"+p.guild+"/commands", `[{"name":"local","description":"d"}]`)
	dm := s.DM(p.citra)
	outsider := s.AddUser(User{Name: "Dewi"})
	for _, k := range []struct {
		name, channel, user, line string
		options                   []Opt
		want                      string
	}{
		{"global", p.channel, p.citra, "open", nil, ""},
		{"of the guild", p.channel, p.citra, "local", nil, ""},
		{"in private", dm, p.citra, "open", nil, ""},
		{"not in private", dm, p.citra, "here", nil, "offered no command"},
		{"of the guild, in private", dm, p.citra, "local", nil, "offered no command"},
		{"not permitted", p.channel, p.citra, "manage", nil, "/open /here /sub /local"},
		{"permitted", p.channel, p.budi, "manage", nil, ""},
		{"owner", p.channel, p.ann, "manage", nil, ""},
		{"unknown", p.channel, p.ann, "nothing", nil, "offered no command"},
		{"outsider", p.channel, outsider, "open", nil, "no member"},
		{"elsewhere", dm, p.budi, "open", nil, "somebody else"},
		{"subcommand needed", p.channel, p.ann, "sub", nil, "one is one"},
		{"subcommand unknown", p.channel, p.ann, "sub two", nil, "no subcommand two"},
		{"required", p.channel, p.ann, "sub one", nil, "text is missing"},
		{"too short", p.channel, p.ann, "sub one", []Opt{{"text", "x"}}, "2 to 3"},
		{"wrong type", p.channel, p.ann, "sub one", []Opt{{"text", 5}}, "does not fit its type"},
		{"out of bounds", p.channel, p.ann, "sub one", []Opt{{"text", "xx"}, {"n", 10}}, "max_value"},
		{"no choice", p.channel, p.ann, "sub one", []Opt{{"text", "xx"}, {"pick", "b"}}, "among the choices"},
		{"no option", p.channel, p.ann, "sub one", []Opt{{"text", "xx"}, {"other", "b"}}, "no option other"},
		{"fits", p.channel, p.ann, "sub one", []Opt{{"text", "xx"}, {"n", 9}, {"pick", "a"}}, ""},
	} {
		id, err := s.Slash(k.channel, k.user, k.line, k.options...)
		if k.want == "" && err != nil || k.want != "" && (err == nil || !strings.Contains(err.Error(), k.want)) {
			t.Errorf("%s: %v, want %q", k.name, err, k.want)
		}
		if err == nil && k.channel == dm {
			sent := look(s, func(w *World) object { return w.mustInteraction(id).sentAs })
			if sent["member"] != nil || sent["guild_id"] != nil || sent["user"] == nil {
				t.Errorf("in private it arrives as %v", sent)
			}
		}
	}
	if _, err := s.Autocomplete(p.channel, p.ann, "sub one", "text", Opt{"text", "x"}); err == nil {
		t.Error("an option without autocomplete was completed")
	}
	s.SetPermissions(p.guild, p.citra, ManageGuild)
	must(s.Slash(p.channel, p.citra, "manage"))(t)
	s.Kick(p.guild)
	if _, err := s.Slash(p.channel, p.citra, "open"); err == nil {
		t.Error("a command where the bot is not")
	}
}

func TestCommandsKeepTheirIDs(t *testing.T) {
	t.Parallel()
	s := Start(t)
	c := newClient(t, s)
	route := "PUT /applications/" + s.BotID() + "/commands"
	c.must(route, `[{"name":"a","description":"d"},{"name":"b","description":"d"}]`)
	before := s.Commands("")
	c.must(route, `[{"name":"b","description":"other"}]`)
	after := s.Commands("")
	if len(after) != 1 || after[0].ID != before[1].ID || after[0].Description != "other" {
		t.Errorf("%+v became %+v", before, after)
	}
	// 200 creates a day: 2 so far, 100 at a time.
	c.must(route, commandList(times(100, `{"name":"c%d","description":"d"}`)))
	c.refuse(400, tooManyCreates, route, commandList(times(100, `{"name":"d%d","description":"d"}`)))
	c.refuse(403, 20012, "PUT /applications/1/commands", "[]")
}

func TestMessageContentIsPrivileged(t *testing.T) {
	t.Parallel()
	s := Start(t, WithIntents(IntentMessageContent))
	p := somewhere(s)
	text := func(q *peer) string {
		v, _ := q.until("MESSAGE_CREATE")
		var m struct {
			Content string `json:"content"`
		}
		if err := json.Unmarshal(v.Data, &m); err != nil {
			t.Fatal(err)
		}
		return m.Content
	}
	blind, seeing := greeted(t, s), greeted(t, s)
	intents := IntentGuilds | IntentGuildMessages | IntentDirectMessages
	blind.identify(object{"intents": intents})
	seeing.identify(object{"intents": intents | IntentMessageContent})
	if err := s.WaitConnected(within10s(t), 2); err != nil {
		t.Fatal(err)
	}
	must(s.Say(p.channel, p.citra, "hello"))(t)
	must(s.Say(p.channel, p.citra, "<@"+s.BotID()+"> hello", WithFile("a.csv", "text/csv", []byte("a"))))(t)
	must(s.Say(s.DM(p.citra), p.citra, "privately"))(t)
	newClient(t, s).must("POST /channels/"+p.channel+"/messages", plain("own"))
	for i, want := range []string{"", "<@" + s.BotID() + "> hello", "privately", "own"} {
		if got := text(blind); got != want {
			t.Errorf("message %d is %q, want %q", i, got, want)
		}
	}
	if got := text(seeing); got != "hello" {
		t.Errorf("with the intent it is %q", got)
	}
}

func TestRedelivery(t *testing.T) {
	t.Parallel()
	s := Start(t)
	p := somewhere(s)
	q := greeted(t, s)
	q.ready()
	id, _ := command(t, s, p)
	s.Redeliver(id)
	for range 2 {
		if v, _ := q.until("INTERACTION_CREATE"); !strings.Contains(string(v.Data), `"id":"`+id+`"`) {
			t.Errorf("sent %s", v.Data)
		}
	}
}
