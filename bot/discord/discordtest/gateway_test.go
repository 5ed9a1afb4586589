package discordtest

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// payload is what the gateway sends.
type payload struct {
	Op   int             `json:"op"`
	Seq  int64           `json:"s"`
	Type string          `json:"t"`
	Data json.RawMessage `json:"d"`
}

// peer is a bare connection to the gateway.
type peer struct {
	t  *testing.T
	s  *Server
	ws *websocket.Conn
}

func dial(t *testing.T, s *Server, query string) *peer {
	t.Helper()
	ws, resp, err := websocket.DefaultDialer.DialContext(within10s(t), s.GatewayURL()+query, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	t.Cleanup(func() { _ = ws.Close() })
	_ = ws.SetReadDeadline(time.Now().Add(10 * time.Second))
	return &peer{t, s, ws}
}

// greeted is a connection that has had its Hello.
func greeted(t *testing.T, s *Server) *peer {
	t.Helper()
	p := dial(t, s, "/?v=10&encoding=json")
	if h := p.next(); h.Op != opHello {
		t.Fatalf("%+v instead of Hello", h)
	}
	return p
}

func (p *peer) next() (v payload) {
	p.t.Helper()
	if err := p.ws.ReadJSON(&v); err != nil {
		p.t.Fatal(err)
	}
	return v
}

// until reads to an event and returns it with the number of those before it.
func (p *peer) until(event string) (payload, int) {
	p.t.Helper()
	for n := 0; ; n++ {
		if v := p.next(); v.Type == event {
			return v, n
		}
	}
}

func (p *peer) send(op int, data any) {
	p.t.Helper()
	if err := p.ws.WriteJSON(object{"op": op, "d": data}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *peer) identify(more object) {
	p.t.Helper()
	data := object{"token": p.s.Token(), "intents": 1, "properties": object{}}
	for k, v := range more {
		data[k] = v
	}
	p.send(opIdentify, data)
}

// ends reads until the server closes, and returns the code.
func (p *peer) ends() int {
	p.t.Helper()
	for {
		_, _, err := p.ws.ReadMessage()
		if err == nil {
			continue
		}
		if e, isClose := err.(*websocket.CloseError); isClose { //nolint:errorlint // gorilla never wraps it
			return e.Code
		}
		p.t.Fatalf("no close frame: %v", err)
	}
}

// ready identifies and returns the session's id.
func (p *peer) ready() string {
	p.t.Helper()
	p.identify(nil)
	v, _ := p.until("READY")
	var r struct {
		SessionID string `json:"session_id"`
		Resume    string `json:"resume_gateway_url"`
	}
	if err := json.Unmarshal(v.Data, &r); err != nil || r.Resume != p.s.GatewayURL() {
		p.t.Fatalf("READY %s: %v", v.Data, err)
	}
	return r.SessionID
}

func TestCloseCodes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		do   func(*peer)
		want int
	}{
		{"unknown operation", func(p *peer) { p.send(99, nil) }, 4001},
		{"no JSON", func(p *peer) { _ = p.ws.WriteMessage(websocket.TextMessage, []byte("{")) }, 4002},
		{"too large", func(p *peer) { p.send(opPresence, x(4096)) }, 4002},
		{"not identified", func(p *peer) { p.send(opPresence, object{}) }, 4003},
		{"wrong token", func(p *peer) { p.identify(object{"token": "x"}) }, 4004},
		{"twice", func(p *peer) { p.identify(nil); p.identify(nil) }, 4005},
		{"seq from the future", func(p *peer) {
			id := p.ready()
			q := greeted(p.t, p.s)
			q.send(opResume, object{"token": p.s.Token(), "session_id": id, "seq": 99})
			p.ws = q.ws
		}, 4007},
		{"too many", func(p *peer) {
			for range 121 {
				p.send(opHeartbeat, nil)
			}
		}, 4008},
		{"shard", func(p *peer) { p.identify(object{"shard": []int{1, 1}}) }, 4010},
		{"intents missing", func(p *peer) { p.identify(object{"intents": nil}) }, 4013},
		{"intents unknown", func(p *peer) { p.identify(object{"intents": 1 << 40}) }, 4013},
		{"intents disallowed", func(p *peer) { p.identify(object{"intents": 1 << 15}) }, 4014},
		{"as told", func(p *peer) { p.s.RefuseNext(4011); p.identify(nil) }, 4011},
		{"all", func(p *peer) { p.ready(); p.s.CloseGateway(4000) }, 4000},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := Start(t)
			p := greeted(t, s)
			c.do(p)
			if got := p.ends(); got != c.want {
				t.Errorf("closed with %d, want %d", got, c.want)
			}
		})
	}
}

func TestVersionOfTheGateway(t *testing.T) {
	t.Parallel()
	s := Start(t)
	if got := dial(t, s, "/?v=6&encoding=json").ends(); got != 4012 {
		t.Errorf("closed with %d", got)
	}
}

func TestPrivilegedIntentsCanBeSwitchedOn(t *testing.T) {
	t.Parallel()
	s := Start(t, WithIntents(IntentMessageContent))
	somewhere(s)
	p := greeted(t, s)
	p.identify(object{"intents": int(IntentMessageContent)})
	p.until("READY")
	p.send(opHeartbeat, 1)
	if v := p.next(); v.Op != opHeartbeatACK { // nothing about guilds without their intent
		t.Errorf("%s came", v.Type)
	}
}

// TestResume loses a connection, and nothing of what happened meanwhile.
func TestResume(t *testing.T) {
	t.Parallel()
	s := Start(t)
	w := somewhere(s)
	p := greeted(t, s)
	id := p.ready()
	seen, _ := p.until("GUILD_CREATE")
	s.DropGateway()
	if err := s.WaitFor(within10s(t), func(w *World) bool { return w.Gateway().Connected == 0 }); err != nil {
		t.Fatal(err)
	}
	s.AddChannel(w.guild, "baru")
	s.Outage(w.guild)

	p = greeted(t, s)
	p.send(opResume, object{"token": s.Token(), "session_id": id, "seq": seen.Seq})
	for i, want := range []string{"CHANNEL_CREATE", "GUILD_DELETE", "RESUMED"} {
		if v := p.next(); v.Type != want || v.Seq != seen.Seq+int64(i)+1 {
			t.Errorf("event %d is %s with seq %d, want %s", i, v.Type, v.Seq, want)
		}
	}
	s.Recover(w.guild)
	last, _ := p.until("GUILD_CREATE")

	// Events can come a second time.
	s.RepeatEvents(2)
	p = greeted(t, s)
	p.send(opResume, object{"token": s.Token(), "session_id": id, "seq": last.Seq})
	if _, repeated := p.until("RESUMED"); repeated != 2 {
		t.Errorf("%d events came again", repeated)
	}

	// A session that ended cannot be resumed.
	for name, end := range map[string]func(){
		"closed with 1000": func() {
			_ = p.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Now().Add(time.Second))
			if err := s.WaitFor(within10s(t), func(w *World) bool { return w.Gateway().Sessions == 0 }); err != nil {
				t.Fatal(err)
			}
		},
		"invalid": func() { s.InvalidateSessions(false) },
	} {
		end()
		p = greeted(t, s)
		p.send(opResume, object{"token": s.Token(), "session_id": id, "seq": last.Seq})
		if v := p.next(); v.Op != opInvalidSession || string(v.Data) != "false" {
			t.Errorf("%s: %+v", name, v)
		}
		id = p.ready()
	}
	if g := s.Gateway(); g.Resumes != 4 || g.Identifies != 3 {
		t.Errorf("counted %+v", g)
	}
}

func TestRequestsOfTheGateway(t *testing.T) {
	t.Parallel()
	s := Start(t)
	p := greeted(t, s)
	p.ready()
	s.RequestHeartbeat()
	s.RequestReconnect()
	s.InvalidateSessions(true)
	for _, want := range []payload{{Op: opHeartbeat}, {Op: opReconnect}, {Op: opInvalidSession}} {
		if v := p.next(); v.Op != want.Op {
			t.Errorf("operation %d, want %d", v.Op, want.Op)
		}
	}
	p.send(opHeartbeat, 1)
	if v := p.next(); v.Op != opHeartbeatACK {
		t.Errorf("operation %d instead of an acknowledgement", v.Op)
	}
	s.WithholdACKs(true)
	p.send(opHeartbeat, 1)
	if err := s.WaitFor(within10s(t), func(w *World) bool { return w.Gateway().Heartbeats == 2 }); err != nil {
		t.Fatal(err)
	}
	if g := s.Gateway(); g.ACKs != 1 {
		t.Errorf("counted %+v", g)
	}
}

func TestSilence(t *testing.T) {
	t.Parallel()
	s := Start(t)
	w := somewhere(s)
	dead := greeted(t, s)
	id := dead.ready()
	seen, _ := dead.until("GUILD_CREATE")
	s.Silence()
	s.AddChannel(w.guild, "baru")
	dead.send(opHeartbeat, 1)
	p := greeted(t, s) // new connections are as usual
	p.send(opResume, object{"token": s.Token(), "session_id": id, "seq": seen.Seq})
	if v := p.next(); v.Type != "CHANNEL_CREATE" {
		t.Errorf("%s instead of what happened meanwhile", v.Type)
	}
	if g := s.Gateway(); g.Heartbeats != 0 || g.Open != 2 {
		t.Errorf("counted %+v", g)
	}
	_ = dead.ws.SetReadDeadline(time.Now().Add(-time.Second))
	if _, _, err := dead.ws.ReadMessage(); err == nil {
		t.Error("something came on the dead connection")
	}

	s.HoldHello(true)
	late := dial(t, s, "/?v=10&encoding=json")
	if err := s.WaitFor(within10s(t), func(w *World) bool { return w.Gateway().Open == 3 }); err != nil {
		t.Fatal(err)
	}
	s.HoldHello(false)
	if v := late.next(); v.Op != opHello {
		t.Errorf("%+v instead of Hello", v)
	}
}

func TestShards(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ids := []string{s.AddGuild("A"), s.AddGuild("B")}
	seen := 0
	for shard := range 2 {
		p := greeted(t, s)
		p.identify(object{"shard": []int{shard, 2}})
		v, _ := p.until("READY")
		seen += strings.Count(string(v.Data), ids[0]) + strings.Count(string(v.Data), ids[1])
	}
	if seen != 2 || s.Gateway().Sessions != 2 {
		t.Errorf("the guilds came %d times", seen)
	}
}

func TestCompression(t *testing.T) {
	t.Parallel()
	s := Start(t)
	p := dial(t, s, "/?v=10&encoding=json&compress=zlib-stream")
	p.identify(nil)
	var all bytes.Buffer
	read := func() {
		_, raw, err := p.ws.ReadMessage()
		if err != nil || !bytes.HasSuffix(raw, []byte{0, 0, 0xff, 0xff}) {
			t.Fatalf("% x: %v", raw, err)
		}
		all.Write(raw)
	}
	read()
	read()
	z, err := zlib.NewReader(&all)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := io.ReadAll(z)
	if !strings.Contains(string(text), `"op":10`) || !strings.Contains(string(text), `"READY"`) {
		t.Errorf("read %s", text)
	}

	d := newSession(t, s)
	d.Compress, d.Identify.Compress = true, true
	if err := d.Open(); err != nil {
		t.Fatal(err)
	}
	_ = d.Close()
}

func TestIdentifyIsLimited(t *testing.T) {
	t.Parallel()
	s := New(WithIdentifyPause(time.Hour), WithSessionStarts(1, 1))
	defer s.Close()
	greeted(t, s).ready()
	p := greeted(t, s)
	p.identify(nil)
	if v := p.next(); v.Op != opInvalidSession {
		t.Errorf("%+v", v)
	}
	if v := s.Violations(); len(v) != 1 || !strings.Contains(v[0], "no session start") {
		t.Errorf("violations %q", v)
	}
	limit := asObject(newClient(t, s).must("GET /gateway/bot", "")["session_start_limit"])
	if asNumber(limit["remaining"]) != 0 || asNumber(limit["max_concurrency"]) != 1 {
		t.Errorf("told %v", limit)
	}
}

func TestRawEventsAreSentAsTheyAre(t *testing.T) {
	t.Parallel()
	s := Start(t)
	p := greeted(t, s)
	p.ready()
	const odd = `{"id":"1","type":99,"data":{"name":5}}`
	s.Dispatch("INTERACTION_CREATE", json.RawMessage(odd))
	if v, _ := p.until("INTERACTION_CREATE"); string(v.Data) != odd {
		t.Errorf("sent %s", v.Data)
	}
}

func TestOtherGuildsAreSilent(t *testing.T) {
	t.Parallel()
	s := Start(t)
	w := somewhere(s)
	other := s.AddGuild("Lain", WithMembers(w.citra), WithoutBot())
	p := greeted(t, s)
	p.ready()
	p.until("GUILD_CREATE")
	c := s.AddChannel(other, "umum")
	s.Forbid(c, SendMessages)
	s.Archive(s.AddThread(c, "x"), false)
	must(s.Say(c, w.citra, "hello"))(t)
	s.DeleteChannel(c)
	s.Kick(w.guild)
	s.Forbid(w.channel, SendMessages)
	s.Invite(other)
	for _, want := range []string{"GUILD_DELETE", "GUILD_CREATE"} {
		if v := p.next(); v.Type != want {
			t.Errorf("%s %s, want %s", v.Type, v.Data, want)
		}
	}
}
