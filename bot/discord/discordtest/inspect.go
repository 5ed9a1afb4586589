package discordtest

import (
	"net/http"
	"slices"
	"time"
)

// Request is a request of the bot.
type Request struct {
	Route  string            // RouteCreateMessage ...
	Path   map[string]string // the values in the path, by the names in the route
	Body   any               // decoded JSON, of a form its payload_json; numbers are json.Number
	Files  []File
	Status int // answered; 0: none
	At     time.Time
}

// requestsKept bounds Requests: the newest are kept.
const requestsKept = 10_000

// record counts a request, and brings the ban when too many were invalid.
func (w *World) record(c *call, status int) {
	w.counts[c.route]++
	if status == http.StatusUnauthorized || status == http.StatusForbidden || status == http.StatusTooManyRequests && !c.shared {
		w.invalid++
		w.banned = w.banned || w.invalid >= w.settings.ban
	}
	if w.settings.cheap {
		return
	}
	if len(w.requests) >= requestsKept {
		w.requests = slices.Delete(w.requests, 0, requestsKept/2)
	}
	w.requests = append(w.requests, Request{Route: c.route, Path: c.path, Body: c.payload, Files: c.files, Status: status, At: w.settings.now()})
}

// Messages is what a person sees in a channel, oldest first: the messages of people and
// of the bot, and the ephemeral ones to this person. For user "" only the former.
func (w *World) Messages(channel, user string) []Message {
	out := []Message{}
	for _, m := range w.mustChannel(channel).messages {
		if !m.deleted && (!m.ephemeral() || m.to == user && user != "") {
			out = append(out, m.view(w.self.ID))
		}
	}
	return out
}

// Last is the newest message of the bot that a person sees in a channel, the zero Message
// when there is none.
func (w *World) Last(channel, user string) Message {
	for _, m := range slices.Backward(w.mustChannel(channel).messages) {
		if !m.deleted && m.author.ID == w.self.ID && (!m.ephemeral() || m.to == user && user != "") {
			return m.view(w.self.ID)
		}
	}
	return Message{}
}

// DMs are the direct messages with a person.
func (w *World) DMs(user string) []Message { return w.Messages(w.mustUser(user).dm.id, user) }

// Message is one message, deleted or not; the zero Message when there was none.
func (w *World) Message(channel, id string) Message {
	for _, m := range w.mustChannel(channel).messages {
		if m.id == id {
			return m.view(w.self.ID)
		}
	}
	return Message{}
}

// Edits counts the edits in a channel.
func (w *World) Edits(channel string) int {
	n := 0
	for _, m := range w.mustChannel(channel).messages {
		n += m.edits
	}
	return n
}

// Response is what the bot answered to an interaction.
type Response struct {
	// Type of the first response: 4 message, 5 deferred, 6 deferred update, 7 update, 8
	// choices, 9 modal; 0 while there is none.
	Type int
	// Message is the answer as it stands now: of 6 and 7 the message that was used, of a
	// modal none.
	Message   Message
	FollowUps []Message
	Choices   []Choice
	Modal     *Modal
	At        time.Time
}

// Settled tells whether there is an answer that is not just "thinking".
func (r Response) Settled() bool { return r.Type != 0 && !r.Message.Loading }

// Response is what was answered so far.
func (w *World) Response(interaction string) Response {
	i := w.mustInteraction(interaction)
	r := Response{Type: i.answered, Choices: slices.Clone(i.choices), Modal: i.modal, At: i.at}
	if i.original != nil {
		r.Message = i.original.view(w.self.ID)
	}
	for _, m := range i.followUps {
		r.FollowUps = append(r.FollowUps, m.view(w.self.ID))
	}
	return r
}

// Requests are the newest requests of the bot, oldest first, at most 10,000; in the cheap
// mode none.
func (w *World) Requests() []Request { return slices.Clone(w.requests) }

// Calls counts the requests of a route; AnyRoute counts all.
func (w *World) Calls(route string) int {
	if route != AnyRoute {
		return w.counts[route]
	}
	n := 0
	for _, c := range w.counts {
		n += c
	}
	return n
}

// InvalidRequests counts those that Discord bans for: answered with 401, 403 or 429.
func (w *World) InvalidRequests() int { return w.invalid }

// Violations are the broken rules, in the order they came.
func (w *World) Violations() []string { return slices.Clone(w.violations) }

// look runs a question under the lock.
func look[T any](s *Server, ask func(*World) T) T {
	w := s.lock()
	defer s.mu.Unlock()
	return ask(w)
}

// Messages is World.Messages.
func (s *Server) Messages(channel, user string) []Message {
	return look(s, func(w *World) []Message { return w.Messages(channel, user) })
}

// Last is World.Last.
func (s *Server) Last(channel, user string) Message {
	return look(s, func(w *World) Message { return w.Last(channel, user) })
}

// DMs is World.DMs.
func (s *Server) DMs(user string) []Message {
	return look(s, func(w *World) []Message { return w.DMs(user) })
}

// Message is World.Message.
func (s *Server) Message(channel, id string) Message {
	return look(s, func(w *World) Message { return w.Message(channel, id) })
}

// Edits is World.Edits.
func (s *Server) Edits(channel string) int {
	return look(s, func(w *World) int { return w.Edits(channel) })
}

// Response is World.Response.
func (s *Server) Response(interaction string) Response {
	return look(s, func(w *World) Response { return w.Response(interaction) })
}

// Requests is World.Requests.
func (s *Server) Requests() []Request { return look(s, (*World).Requests) }

// Calls is World.Calls.
func (s *Server) Calls(route string) int {
	return look(s, func(w *World) int { return w.Calls(route) })
}

// InvalidRequests is World.InvalidRequests.
func (s *Server) InvalidRequests() int { return look(s, (*World).InvalidRequests) }

// Violations is World.Violations.
func (s *Server) Violations() []string { return look(s, (*World).Violations) }

// TakeViolations returns the broken rules and forgets them.
func (s *Server) TakeViolations() []string {
	w := s.lock()
	defer s.unlock()
	out := w.violations
	w.violations = nil
	return out
}
