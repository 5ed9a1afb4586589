package discordtest

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// The operations of the gateway.
const (
	opDispatch       = 0
	opHeartbeat      = 1
	opIdentify       = 2
	opPresence       = 3
	opVoice          = 4
	opResume         = 6
	opReconnect      = 7
	opMembers        = 8
	opInvalidSession = 9
	opHello          = 10
	opHeartbeatACK   = 11
)

// Intent is a bit set of what the gateway sends.
type Intent int64

// The intents the fake knows what to do with.
const (
	IntentGuilds         Intent = 1 << 0
	IntentMembers        Intent = 1 << 1 // privileged
	IntentPresences      Intent = 1 << 8 // privileged
	IntentGuildMessages  Intent = 1 << 9
	IntentDirectMessages Intent = 1 << 12
	IntentMessageContent Intent = 1 << 15 // privileged

	intentsPrivileged = IntentMembers | IntentPresences | IntentMessageContent
	intentsKnown      = Intent(1<<17-1) | 1<<20 | 1<<21 | 1<<24 | 1<<25
)

// gateway is all of the gateway that outlives a connection.
type gateway struct {
	links      map[*link]struct{}
	sessions   map[string]*session
	identified map[int]time.Time // last IDENTIFY by rate limit key

	holdHello    bool
	withholdACKs bool
	replay       int   // so many events more than needed at the next resume
	refuse       []int // close codes for the next IDENTIFY or RESUME

	connections, identifies, resumes, heartbeats, acks int
}

// link is one connection of a client.
type link struct {
	server  *Server
	ws      *websocket.Conn
	stream  *zlib.Writer // compress=zlib-stream
	zipped  bytes.Buffer
	session *session // nil until identified
	dead    bool     // open, but nothing comes any more

	mu      sync.Mutex
	queue   []frame
	wake    chan struct{}
	ended   chan struct{}
	payload bool // Identify asked for compressed payloads
}

// frame is something to send; code ends the connection with a close frame.
type frame struct {
	data []byte
	code int
	text string
}

const maxPayload = 4096

// serveGateway runs one connection until it ends.
func (s *Server) serveGateway(rw http.ResponseWriter, r *http.Request) {
	up := websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}
	s.open.Add(1)
	defer s.open.Done()
	ws, err := up.Upgrade(rw, r, nil)
	if err != nil {
		return
	}
	l := &link{server: s, ws: ws, wake: make(chan struct{}, 1), ended: make(chan struct{})}
	if query(r.URL, "compress") == "zlib-stream" {
		l.stream = zlib.NewWriter(&l.zipped)
	}
	w := s.lock()
	w.gateway.links[l] = struct{}{}
	w.gateway.connections++
	version := query(r.URL, "v")
	switch {
	case version != "9" && version != "10":
		l.end(4012, "Invalid API version.")
	case query(r.URL, "encoding") == "etf":
		l.end(4002, "Error while decoding payload.")
	case !w.gateway.holdHello:
		l.hello()
	}
	s.unlock()

	var writing sync.WaitGroup
	writing.Go(l.write)
	l.read()
	close(l.ended)
	_ = ws.Close()
	writing.Wait()

	w = s.lock()
	defer s.unlock()
	delete(w.gateway.links, l)
	if l.session != nil && l.session.link == l {
		l.session.link = nil
	}
}

// read takes what the client sends until the connection ends, and notes how it ended.
func (l *link) read() {
	l.server.open.Go(func() { // one that was made while the server closes is in no list yet
		select {
		case <-l.server.closing:
			reset(l.ws.NetConn())
		case <-l.ended:
		}
	})
	sent, window := 0, time.Now()
	for {
		_, raw, err := l.ws.ReadMessage()
		if err != nil {
			if websocket.IsCloseError(err, websocket.CloseNormalClosure, websocket.CloseGoingAway) {
				l.forget()
			}
			return
		}
		if time.Since(window) > time.Minute {
			sent, window = 0, time.Now()
		}
		if sent++; sent > 120 {
			l.end(4008, "Rate limited.")
			continue
		}
		l.receive(raw)
	}
}

// forget ends the session for good: the client closed with 1000 or 1001.
func (l *link) forget() {
	w := l.server.lock()
	defer l.server.unlock()
	if l.session != nil {
		delete(w.gateway.sessions, l.session.id)
	}
}

// receive takes one payload of the client.
func (l *link) receive(raw []byte) {
	w := l.server.lock()
	defer l.server.unlock()
	if l.dead {
		return
	}
	var p struct {
		Op   *int            `json:"op"`
		Data json.RawMessage `json:"d"`
	}
	if len(raw) > maxPayload || json.Unmarshal(raw, &p) != nil || p.Op == nil {
		l.end(4002, "Error while decoding payload.")
		return
	}
	switch *p.Op {
	case opHeartbeat:
		w.gateway.heartbeats++
		if !w.gateway.withholdACKs {
			w.gateway.acks++
			l.send(object{"op": opHeartbeatACK, "d": nil, "s": nil, "t": nil})
		}
	case opIdentify:
		w.identify(l, p.Data)
	case opResume:
		w.resume(l, p.Data)
	case opPresence, opVoice, opMembers:
		if l.session == nil {
			l.end(4003, "Not authenticated.")
		}
	default:
		l.end(4001, "Unknown opcode.")
	}
}

func (l *link) hello() {
	l.send(object{"op": opHello, "s": nil, "t": nil, "d": object{
		"heartbeat_interval": l.server.settings.heartbeat.Milliseconds(), "_trace": []any{`["gateway-test",{"micros":0.0}]`},
	}})
}

// send queues one payload; the world's lock is held, so the order is that of the world.
func (l *link) send(payload object) {
	b, err := json.Marshal(payload)
	if err != nil {
		panic("discordtest: " + err.Error())
	}
	l.push(frame{data: b})
}

// end queues the end of the connection.
func (l *link) end(code int, text string) { l.push(frame{code: code, text: text}) }

// drop resets the connection.
func (l *link) drop() { reset(l.ws.NetConn()) }

func (l *link) push(f frame) {
	if l.dead {
		return
	}
	l.mu.Lock()
	l.queue = append(l.queue, f)
	l.mu.Unlock()
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// write sends what is queued until the connection ends.
func (l *link) write() {
	for {
		select {
		case <-l.wake:
		case <-l.ended:
			return
		}
		l.mu.Lock()
		frames, zip := l.queue, l.payload
		l.queue = nil
		l.mu.Unlock()
		for _, f := range frames {
			if l.writeFrame(f, zip) != nil {
				return // the reader sees the end, too
			}
		}
	}
}

func (l *link) writeFrame(f frame, zip bool) error {
	_ = l.ws.SetWriteDeadline(time.Now().Add(10 * time.Second))
	if f.code != 0 {
		return l.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(f.code, f.text), time.Now().Add(time.Second))
	}
	switch {
	case l.stream != nil:
		l.zipped.Reset()
		_, _ = l.stream.Write(f.data) // into memory
		_ = l.stream.Flush()
		return l.ws.WriteMessage(websocket.BinaryMessage, l.zipped.Bytes())
	case zip:
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		_, _ = z.Write(f.data)
		_ = z.Close()
		return l.ws.WriteMessage(websocket.BinaryMessage, b.Bytes())
	}
	return l.ws.WriteMessage(websocket.TextMessage, f.data)
}

// bare is a token without the word that stands before it in a header.
func bare(token string) string { return strings.TrimPrefix(token, "Bot ") }
