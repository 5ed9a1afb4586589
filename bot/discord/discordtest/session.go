package discordtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
)

// session is what a client resumes; it outlives the connection.
type session struct {
	id      string
	intents Intent
	shard   [2]int64
	seq     int64
	log     []dispatched // the newest, for a resume
	link    *link        // nil while the client is away
}

type dispatched struct {
	seq  int64
	data []byte
}

// logKept bounds what a resume can bring back.
const logKept = 1000

// identify takes an IDENTIFY. The lock is held.
func (w *World) identify(l *link, raw json.RawMessage) {
	var p struct {
		Token    string  `json:"token"`
		Intents  *Intent `json:"intents"`
		Compress bool    `json:"compress"`
		Shard    []int64 `json:"shard"`
	}
	g := &w.gateway
	g.identifies++
	if w.settings.starts--; w.settings.starts < 0 {
		w.violate("IDENTIFY although no session start is left today: the token would be reset")
	}
	switch err := json.Unmarshal(raw, &p); {
	case err != nil:
		l.end(4002, "Error while decoding payload.")
		return
	case l.session != nil:
		l.end(4005, "Already authenticated.")
		return
	case bare(p.Token) != w.settings.token:
		l.end(4004, "Authentication failed.")
		return
	case p.Intents == nil || *p.Intents&^intentsKnown != 0:
		l.end(4013, "Invalid intent(s).")
		return
	case *p.Intents&intentsPrivileged&^w.settings.privileged != 0:
		l.end(4014, "Disallowed intent(s).")
		return
	}
	if p.Shard == nil {
		p.Shard = []int64{0, 1}
	}
	if len(p.Shard) != 2 || p.Shard[1] < 1 || p.Shard[0] < 0 || p.Shard[0] >= p.Shard[1] {
		l.end(4010, "Invalid shard.")
		return
	}
	if w.refuseNext(l) || w.tooSoon(l, p.Shard[0]) {
		return
	}
	s := &session{id: fmt.Sprintf("%032x", w.began.UnixNano()+int64(g.identifies)), intents: *p.Intents, shard: [2]int64(p.Shard), link: l}
	for id, old := range g.sessions {
		if old.link == nil && old.shard == s.shard { // nobody comes back for it
			delete(g.sessions, id)
		}
	}
	g.sessions[s.id] = s
	l.session = s
	l.mu.Lock()
	l.payload = p.Compress
	l.mu.Unlock()
	w.ready(s)
}

// refuseNext closes the connection with a code that the test asked for.
func (w *World) refuseNext(l *link) bool {
	if len(w.gateway.refuse) == 0 {
		return false
	}
	code := w.gateway.refuse[0]
	w.gateway.refuse = w.gateway.refuse[1:]
	l.end(code, closeText(code))
	return true
}

// tooSoon keeps the pause between two IDENTIFY of a rate limit key.
func (w *World) tooSoon(l *link, shard int64) bool {
	key := int(shard) % max(w.settings.concurrency, 1)
	now := w.settings.now()
	last, before := w.gateway.identified[key]
	w.gateway.identified[key] = now
	if w.settings.identifyPause == 0 || !before || now.Sub(last) >= w.settings.identifyPause {
		return false
	}
	l.send(object{"op": opInvalidSession, "d": false, "s": nil, "t": nil})
	return true
}

func (s *session) covers(guild string) bool {
	n, _ := strconv.ParseInt(guild, 10, 64)
	if guild == "" {
		return s.shard[0] == 0 // direct messages come to the first shard
	}
	return (n>>22)%s.shard[1] == s.shard[0]
}

func (w *World) ready(s *session) {
	guilds := []any{}
	for _, g := range w.order {
		if g.inside && s.covers(g.id) {
			guilds = append(guilds, object{"id": g.id, "unavailable": true})
		}
	}
	w.dispatchTo(s, "READY", object{
		"v": 10, "user": w.selfJSON(), "guilds": guilds, "session_id": s.id, "session_type": "normal",
		"resume_gateway_url": w.server.GatewayURL(), "shard": []any{s.shard[0], s.shard[1]},
		"application": object{"id": w.self.ID, "flags": 0, "flags_new": "0"}, "private_channels": []any{}, "relationships": []any{},
		"user_settings": object{}, "geo_ordered_rtc_regions": []any{}, "auth": object{}, "_trace": []any{},
	})
	if s.intents&IntentGuilds == 0 {
		return
	}
	for _, g := range w.order {
		switch {
		case !g.inside || !s.covers(g.id):
		case g.outage:
			w.dispatchTo(s, "GUILD_DELETE", object{"id": g.id, "unavailable": true})
		default:
			w.dispatchTo(s, "GUILD_CREATE", w.guildJSON(g, true))
		}
	}
}

// resume takes a RESUME. The lock is held.
func (w *World) resume(l *link, raw json.RawMessage) {
	var p struct {
		Token     string `json:"token"`
		SessionID string `json:"session_id"`
		Seq       *int64 `json:"seq"`
	}
	w.gateway.resumes++
	switch err := json.Unmarshal(raw, &p); {
	case err != nil || p.Seq == nil:
		l.end(4002, "Error while decoding payload.")
		return
	case l.session != nil:
		l.end(4005, "Already authenticated.")
		return
	case bare(p.Token) != w.settings.token:
		l.end(4004, "Authentication failed.")
		return
	}
	if w.refuseNext(l) {
		return
	}
	s := w.gateway.sessions[p.SessionID]
	if s == nil || len(s.log) > 0 && *p.Seq < s.log[0].seq-1 {
		l.send(object{"op": opInvalidSession, "d": false, "s": nil, "t": nil})
		return
	}
	if *p.Seq > s.seq {
		l.end(4007, "Invalid seq.")
		return
	}
	if s.link != nil { // the old connection is of no use to anybody any more
		s.link.session = nil
		s.link.end(4000, "Unknown error.")
	}
	s.link, l.session = l, s
	missed := slices.IndexFunc(s.log, func(d dispatched) bool { return d.seq > *p.Seq })
	if missed < 0 {
		missed = len(s.log)
	}
	missed = max(missed-w.gateway.replay, 0)
	w.gateway.replay = 0
	for _, d := range s.log[missed:] {
		l.push(frame{data: d.data})
	}
	w.dispatchTo(s, "RESUMED", object{"_trace": []any{}})
}

// need is the intent that an event takes; 0 for those that always come.
func need(event string, direct bool) Intent {
	switch event {
	case "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE":
		if direct {
			return IntentDirectMessages
		}
		return IntentGuildMessages
	case "GUILD_MEMBER_ADD", "GUILD_MEMBER_REMOVE":
		return IntentMembers
	case "INTERACTION_CREATE":
		return 0
	}
	return IntentGuilds
}

// dispatch sends an event about a guild, or about direct messages ("") to everybody who
// has asked for it, also to those who are away and may resume.
func (w *World) dispatch(guild, event string, data func(Intent) object) {
	if g := w.guilds[guild]; g != nil && (!g.inside || g.outage) && event != "GUILD_DELETE" {
		return // what happens there is not the bot's business
	}
	want := need(event, guild == "")
	for _, s := range w.gateway.sessions {
		if s.covers(guild) && s.intents&want == want {
			w.dispatchTo(s, event, data(s.intents))
		}
	}
}

// always is data that does not depend on the intents.
func always(o object) func(Intent) object { return func(Intent) object { return o } }

func (w *World) dispatchTo(s *session, event string, data any) {
	s.seq++
	raw, err := json.Marshal(data)
	if err != nil {
		panic("discordtest: " + err.Error())
	}
	w.server.events.check(w, event, raw)
	w.sendRaw(s, event, raw)
}

func (w *World) sendRaw(s *session, event string, raw []byte) {
	b := make([]byte, 0, len(raw)+80)
	b = append(b, `{"op":0,"s":`...)
	b = strconv.AppendInt(b, s.seq, 10)
	b = append(b, `,"t":"`...)
	b = append(b, event...)
	b = append(b, `","d":`...)
	b = append(append(b, raw...), '}')
	if len(s.log) >= logKept {
		s.log = append([]dispatched(nil), s.log[logKept/2:]...)
	}
	if event != "RESUMED" { // never comes again
		s.log = append(s.log, dispatched{s.seq, b})
	}
	if s.link != nil {
		s.link.push(frame{data: b})
	}
}
