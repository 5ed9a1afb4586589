package discordtest

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
)

func TestDoor(t *testing.T) {
	t.Parallel()
	s := New(WithSpecs(t.TempDir()))
	defer s.Close()
	c := newClient(t, s)
	c.must("GET /gateway", "")
	if o := c.must("GET /users/@me", ""); asText(o["id"]) != s.BotID() || o["bot"] != true {
		t.Errorf("the bot is %v", o)
	}
	c.token = "Bot wrong"
	c.refuse(401, 0, "GET /users/@me", "")
	c.must("GET /gateway", "") // needs none
	c.token = s.Token()        // without the word before it
	c.refuse(401, 0, "GET /users/@me", "")
	c.token = "Bot " + s.Token()
	c.refuse(404, 0, "GET /nowhere", "")
	if status, _ := c.do("DELETE /gateway", ""); status != 405 {
		t.Errorf("DELETE /gateway: %d", status)
	}
	p := somewhere(s)
	c.refuse(400, 50109, "POST /channels/"+p.channel+"/messages", "{")
	if s.InvalidRequests() != 2 {
		t.Errorf("%d invalid requests", s.InvalidRequests())
	}
	if v := strings.Join(s.Violations(), "; "); strings.Count(v, "no such endpoint") != 2 {
		t.Errorf("violations %s", v)
	}
}

func TestChannelsAreGuarded(t *testing.T) {
	t.Parallel()
	s := New()
	defer s.Close()
	p := somewhere(s)
	c := newClient(t, s)
	messages := "/channels/" + p.channel + "/messages"
	c.refuse(404, unknownChannel, "POST /channels/1/messages", plain("x"))
	id := asText(c.must("POST "+messages, plain("x"))["id"])
	theirs := must(s.Say(p.channel, p.citra, "hello"))(t)
	c.refuse(403, editOfAnother, "PATCH "+messages+"/"+theirs, plain("y"))
	c.refuse(403, missingPermissions, "DELETE "+messages+"/"+theirs, "")
	c.refuse(404, unknownMessage, "PATCH "+messages+"/1", plain("y"))
	c.refuse(400, emptyMessage, "PATCH "+messages+"/"+id, `{"content":"","allowed_mentions":{"parse":[]}}`)

	s.Forbid(p.channel, SendMessages)
	c.refuse(403, missingPermissions, "POST "+messages, plain("x"))
	c.must("PATCH "+messages+"/"+id, plain("y")) // its own it may still edit
	s.Forbid(p.channel, ViewChannel)
	c.refuse(403, missingAccess, "POST "+messages, plain("x"))
	c.refuse(403, missingAccess, "GET /channels/"+p.channel, "")
	s.Permit(p.channel, ViewChannel|SendMessages)
	s.Forbid(p.channel, AttachFiles)
	if status, o := c.upload("POST "+messages, plain("x"), "a.csv", "a"); status != 403 || Code(asNumber(o["code"])) != missingPermissions {
		t.Errorf("a file: %d %v", status, o)
	}
	s.Permit(p.channel, AttachFiles)
	c.must("POST "+messages, plain("x"))

	s.Outage(p.guild)
	c.refuse(503, 0, "POST "+messages, plain("x"))
	s.Recover(p.guild)
	s.Kick(p.guild)
	c.refuse(403, missingAccess, "POST "+messages, plain("x"))
	c.refuse(403, missingAccess, "GET /guilds/"+p.guild+"/channels", "")
	s.Invite(p.guild)
	c.must("DELETE "+messages+"/"+id, "")
	c.refuse(404, unknownMessage, "GET "+messages+"/"+id, "")
	if m := s.Message(p.channel, id); !m.Deleted || m.Content != "y" {
		t.Errorf("the message is %+v", m)
	}
	s.DeleteChannel(p.channel)
	c.refuse(404, unknownChannel, "POST "+messages, plain("x"))
}

func TestThreads(t *testing.T) {
	t.Parallel()
	s := Start(t)
	p := somewhere(s)
	c := newClient(t, s)
	for _, thread := range []string{s.AddThread(p.channel, "a"), s.AddPrivateThread(p.channel, "b")} {
		at := "/channels/" + thread
		id := asText(c.must("POST "+at+"/messages", plain("x"))["id"])
		s.Archive(thread, false)
		c.refuse(400, threadArchived, "PATCH "+at+"/messages/"+id, plain("y"))
		c.must("POST "+at+"/messages", plain("reopens it"))
		c.must("PATCH "+at+"/messages/"+id, plain("y"))
		s.Archive(thread, true)
		c.refuse(400, threadArchived, "POST "+at+"/messages", plain("x"))
		meta := asObject(c.must("GET "+at, "")["thread_metadata"])
		if meta["archived"] != true || meta["locked"] != true {
			t.Errorf("the thread is %v", meta)
		}
		s.Unarchive(thread)
		s.Forbid(p.channel, SendInThreads)
		c.refuse(403, missingPermissions, "POST "+at+"/messages", plain("x"))
		s.Permit(p.channel, SendInThreads)
		s.DeleteChannel(thread)
		c.refuse(404, unknownChannel, "POST "+at+"/messages", plain("x"))
	}
}

func TestDirectMessages(t *testing.T) {
	t.Parallel()
	s := Start(t)
	p := somewhere(s)
	stranger := s.AddUser(User{Name: "Dewi"})
	c := newClient(t, s)
	c.refuse(404, unknownChannel, "POST /channels/"+s.DM(p.citra)+"/messages", plain("x"))
	open := func(user string) string {
		return asText(c.must("POST /users/@me/channels", `{"recipient_id":"`+user+`"}`)["id"])
	}
	dm := open(p.citra)
	c.must("POST /channels/"+dm+"/messages", plain("only you"))
	if m := s.DMs(p.citra); len(m) != 1 || m[0].Content != "only you" {
		t.Errorf("reads %v", m)
	}
	s.DenyDMs(p.citra, true)
	c.refuse(403, cannotSendToUser, "POST /channels/"+dm+"/messages", plain("x"))
	c.refuse(403, noMutualGuild, "POST /channels/"+open(stranger)+"/messages", plain("x"))
	c.refuse(400, invalidForm, "POST /users/@me/channels", `{"recipient_id":"1"}`)
}

func TestNonceAndFiles(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := Start(t, WithClock(func() time.Time { return now }))
	p := somewhere(s)
	c := newClient(t, s)
	route := "POST /channels/" + p.channel + "/messages"
	enforced := func(n string) string {
		return `{"content":"x","nonce":"` + n + `","enforce_nonce":true,"allowed_mentions":{"parse":[]}}`
	}
	first := c.must(route, enforced("a"))
	if again := c.must(route, enforced("a")); again["id"] != first["id"] {
		t.Error("the same nonce made a second message")
	}
	c.must(route, enforced("b"))
	now = now.Add(5 * time.Minute) // after which it is forgotten
	if late := c.must(route, enforced("a")); late["id"] == first["id"] {
		t.Error("the nonce is remembered for ever")
	}
	c.must(route, `{"content":"x","nonce":"a","allowed_mentions":{"parse":[]}}`) // not enforced
	if n := len(s.Messages(p.channel, "")); n != 4 {
		t.Errorf("%d messages", n)
	}
	_, o := c.upload(route, plain("files"), "a.csv", "a,b", "b.png", "png")
	m := s.Last(p.channel, "")
	if len(m.Files) != 2 || m.Files[1].Name != "b.png" {
		t.Fatalf("files %+v", m.Files)
	}
	kept := asText(asObject(asList(o["attachments"])[1])["id"])
	c.must("PATCH /channels/"+p.channel+"/messages/"+m.ID, `{"attachments":[{"id":"`+kept+`"}],"allowed_mentions":{"parse":[]}}`)
	if m = s.Last(p.channel, ""); len(m.Files) != 1 || m.Files[0].Name != "b.png" {
		t.Errorf("files %+v", m.Files)
	}
	resp, err := c.http.Get(m.Files[0].URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != 200 {
		t.Errorf("the file's address: %d", resp.StatusCode)
	}
}

func TestMentions(t *testing.T) {
	t.Parallel()
	s := Start(t)
	p := somewhere(s)
	c := newClient(t, s)
	route := "POST /channels/" + p.channel + "/messages"
	text := `"content":"<@` + p.ann + `> <@` + p.budi + `> @everyone"`
	c.must(route, `{`+text+`,"allowed_mentions":{"parse":[]}}`)
	if m := s.Last(p.channel, ""); len(m.Mentions) != 0 {
		t.Errorf("pinged %v", m.Mentions)
	}
	c.must(route, `{`+text+`,"allowed_mentions":{"parse":[],"users":["`+p.budi+`"]}}`)
	if m := s.Last(p.channel, ""); len(m.Mentions) != 1 || m.Mentions[0] != p.budi {
		t.Errorf("pinged %v", m.Mentions)
	}
}

func TestGuildIsShown(t *testing.T) {
	t.Parallel()
	s := Start(t)
	p := somewhere(s)
	d := newSession(t, s)
	g := must(d.Guild(p.guild))(t)
	if g.OwnerID != p.ann || g.SystemChannelID != p.channel {
		t.Errorf("the guild is %+v", g)
	}
	m := must(d.GuildMember(p.guild, p.budi))(t)
	roles := must(d.GuildRoles(p.guild))(t)
	bits := int64(0)
	for _, r := range roles {
		if len(m.Roles) == 1 && r.ID == m.Roles[0] {
			bits = r.Permissions
		}
	}
	if bits&discordgo.PermissionManageGuild == 0 {
		t.Errorf("%v of %v gives Budi %b", m.Roles, roles, bits)
	}
	if _, err := d.GuildMember(p.guild, "1"); code(err) != "404 10013" {
		t.Errorf("nobody: %v", err)
	}
	if list := must(d.GuildChannels(p.guild))(t); len(list) != 1 || list[0].Name != "umum" {
		t.Errorf("channels %v", list)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	s := Start(t, WithBan(4))
	p := somewhere(s)
	c := newClient(t, s)
	route := "POST /channels/" + p.channel + "/messages"
	s.FailNext(RouteCreateMessage, Fault{RetryAfter: 1.5}, Fault{RetryAfter: 1, Scope: "global"}, Fault{}, Fault{Body: "<html>"}, Fault{Code: 50013}, Fault{Channel: "elsewhere"})
	status, o := c.do(route, plain("x"))
	if status != 429 || c.header.Get("Retry-After") != "2" || c.header.Get("X-RateLimit-Scope") != "user" || o["retry_after"] != 1.5 || o["global"] != false {
		t.Errorf("429: %d %v %v", status, o, c.header)
	}
	if status, o = c.do(route, plain("x")); status != 429 || o["global"] != true || c.header.Get("X-RateLimit-Global") != "true" {
		t.Errorf("429 global: %d %v %v", status, o, c.header)
	}
	c.refuse(500, 0, route, plain("x"))
	if status, o = c.do(route, plain("x")); status != 502 || o["raw"] != "<html>" {
		t.Errorf("502: %d %v", status, o)
	}
	c.refuse(403, missingPermissions, route, plain("x"))
	c.must(route, plain("the fault elsewhere lets it pass"))
	s.FailNext(RouteCreateMessage, Fault{RetryAfter: 1, Scope: "shared"}) // not the bot's fault
	c.do(route, plain("x"))
	if s.InvalidRequests() != 3 {
		t.Errorf("%d invalid requests", s.InvalidRequests())
	}

	s.FailNext(AnyRoute, Fault{Status: 500, Apply: true}, Fault{Reset: true})
	c.refuse(500, 0, route, plain("lost answer"))
	if m := s.Last(p.channel, ""); m.Content != "lost answer" {
		t.Errorf("the deed was not done: %+v", m)
	}
	try := func(ctx context.Context) error {
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+"/api/v10/channels/"+p.channel+"/messages", strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := c.http.Do(r)
		if err == nil {
			_ = resp.Body.Close()
		}
		return err
	}
	if try(within10s(t)) == nil {
		t.Error("no reset")
	}
	s.FailAll(RouteCreateMessage, Fault{Hang: true})
	ctx, cancel := context.WithCancel(t.Context())
	hung := make(chan error)
	go func() { hung <- try(ctx) }()
	if err := s.WaitFor(within10s(t), func(w *World) bool { return w.Calls(RouteCreateMessage) == 10 }); err != nil {
		t.Fatal(err)
	}
	cancel()
	if <-hung == nil {
		t.Error("no hanging")
	}
	s.Heal()
	s.FailAll(RouteCreateMessage, Fault{Status: 401})
	for range 4 {
		c.refuse(401, 0, route, plain("x"))
	}
	s.FailAll(RouteCreateMessage, Fault{Channel: "elsewhere", Status: 500})
	if status, o = c.do("GET /users/@me", ""); status != 429 || !strings.Contains(asText(o["raw"]), "1015") {
		t.Errorf("banned: %d %v", status, o)
	}
	s.Heal()
	c.must(route, plain("x"))
}

func TestLimits(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := Start(t, WithLimits(DefaultLimits()), WithClock(func() time.Time { return now }))
	p := somewhere(s)
	other := s.AddChannel(p.guild, "lain")
	c := newClient(t, s)
	command(t, s, p)
	route := "POST /channels/" + p.channel + "/messages"
	for left := range 5 {
		c.must(route, plain("x"))
		if got := c.header.Get("X-RateLimit-Remaining"); got != string(rune('4'-left)) {
			t.Errorf("%s are left after %d", got, left+1)
		}
	}
	now = now.Add(2 * time.Second)
	status, o := c.do(route, plain("x"))
	if status != 429 || o["retry_after"] != 3.0 || c.header.Get("X-RateLimit-Bucket") == "" {
		t.Errorf("%d %v %v", status, o, c.header)
	}
	c.must("POST /channels/"+other+"/messages", plain("x"))
	now = now.Add(3 * time.Second)
	c.must(route, plain("x"))
	for range 49 {
		c.must("GET /users/@me", "")
	}
	if status, o = c.do("GET /users/@me", ""); status != 429 || o["global"] != true {
		t.Errorf("global: %d %v", status, o)
	}
	// Interactions are exempt from it.
	id, err := s.Slash(p.channel, p.citra, "go")
	if err != nil {
		t.Fatal(err)
	}
	token := look(s, func(w *World) string { return w.mustInteraction(id).token })
	c.must(callback(id, token), says(4, "x", 0))
	c.must("POST "+hook(s, token), plain("y"))
}
