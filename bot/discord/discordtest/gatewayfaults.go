package discordtest

import "github.com/gorilla/websocket"

func closeText(code int) string {
	switch code {
	case 4000:
		return "Unknown error."
	case 4004:
		return "Authentication failed."
	case 4007:
		return "Invalid seq."
	case 4008:
		return "Rate limited."
	case 4009:
		return "Session timed out."
	case 4010:
		return "Invalid shard."
	case 4011:
		return "Sharding required."
	case 4013:
		return "Invalid intent(s)."
	case 4014:
		return "Disallowed intent(s)."
	}
	return ""
}

// gatewayDo runs something over the gateway under the lock.
func (s *Server) gatewayDo(do func(*World, *gateway)) {
	w := s.lock()
	defer s.unlock()
	do(w, &w.gateway)
}

// CloseGateway closes all connections of the gateway with a code (4000 to 4014, or one
// of the WebSocket's own). After 4004, 4007, 4009, 4010, 4011, 4012, 4013 and 4014 no
// session can be resumed.
func (s *Server) CloseGateway(code int) {
	s.gatewayDo(func(_ *World, g *gateway) {
		for l := range g.links {
			l.end(code, closeText(code))
		}
		switch code {
		case 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014, websocket.CloseNormalClosure, websocket.CloseGoingAway:
			clear(g.sessions)
		}
	})
}

// RefuseNext closes the connection of the next IDENTIFY or RESUME with a code instead of
// answering it; several codes, several times.
func (s *Server) RefuseNext(codes ...int) {
	s.gatewayDo(func(_ *World, g *gateway) { g.refuse = append(g.refuse, codes...) })
}

// DropGateway resets the connections of the gateway only.
func (s *Server) DropGateway() {
	s.gatewayDo(func(_ *World, g *gateway) {
		for l := range g.links {
			l.drop()
		}
	})
}

// RequestReconnect sends op 7: clients have to come back and resume.
func (s *Server) RequestReconnect() {
	s.gatewayDo(func(_ *World, g *gateway) {
		for l := range g.links {
			l.send(object{"op": opReconnect, "d": nil, "s": nil, "t": nil})
		}
	})
}

// InvalidateSessions sends op 9. A resumable session stays, another one is gone and the
// client has to identify again.
func (s *Server) InvalidateSessions(resumable bool) {
	s.gatewayDo(func(_ *World, g *gateway) {
		for l := range g.links {
			l.send(object{"op": opInvalidSession, "d": resumable, "s": nil, "t": nil})
			if !resumable {
				l.session = nil
			}
		}
		if !resumable {
			clear(g.sessions)
		}
	})
}

// ForgetSessions makes every later RESUME fail (op 9), silently.
func (s *Server) ForgetSessions() {
	s.gatewayDo(func(_ *World, g *gateway) { clear(g.sessions) })
}

// RequestHeartbeat sends op 1: a client has to send a heartbeat at once.
func (s *Server) RequestHeartbeat() {
	s.gatewayDo(func(_ *World, g *gateway) {
		for l := range g.links {
			l.send(object{"op": opHeartbeat, "d": nil, "s": nil, "t": nil})
		}
	})
}

// WithholdACKs leaves heartbeats unanswered, everything else goes on; false ends it.
func (s *Server) WithholdACKs(yes bool) {
	s.gatewayDo(func(_ *World, g *gateway) { g.withholdACKs = yes })
}

// Silence lets the present connections die without a word: they stay open, but nothing
// is sent on them or answered any more. What happens meanwhile comes with a resume. New
// connections are as usual.
func (s *Server) Silence() {
	s.gatewayDo(func(_ *World, g *gateway) {
		for l := range g.links {
			l.dead = true
		}
	})
}

// HoldHello lets new connections wait for their Hello; false ends it and greets those
// who wait.
func (s *Server) HoldHello(yes bool) {
	s.gatewayDo(func(_ *World, g *gateway) {
		if g.holdHello && !yes {
			for l := range g.links {
				if l.session == nil {
					l.hello()
				}
			}
		}
		g.holdHello = yes
	})
}

// RepeatEvents makes the next resume send so many events that the client has seen
// already.
func (s *Server) RepeatEvents(n int) { s.gatewayDo(func(_ *World, g *gateway) { g.replay = n }) }

// Dispatch sends an event to every session as it is, without any check: for what a
// client must survive. Data is anything that encoding/json takes, json.RawMessage too.
func (s *Server) Dispatch(event string, data any) {
	s.gatewayDo(func(w *World, g *gateway) {
		raw := mustJSON(data)
		for _, sn := range g.sessions {
			sn.seq++
			w.sendRaw(sn, event, raw)
		}
	})
}

// Gateway is what happened at the gateway since the start.
type Gateway struct {
	Connections int // ever made
	Open        int // now
	Sessions    int // identified and not ended, connected or not
	Connected   int // identified, and their connection is open
	Identifies  int
	Resumes     int
	Heartbeats  int
	ACKs        int
}

// Gateway is the state of the gateway.
func (w *World) Gateway() Gateway {
	g := &w.gateway
	v := Gateway{
		Connections: g.connections, Open: len(g.links), Sessions: len(g.sessions), Identifies: g.identifies,
		Resumes: g.resumes, Heartbeats: g.heartbeats, ACKs: g.acks,
	}
	for _, s := range g.sessions {
		if s.link != nil && !s.link.dead {
			v.Connected++
		}
	}
	return v
}

// Gateway is World.Gateway.
func (s *Server) Gateway() Gateway { return look(s, (*World).Gateway) }
