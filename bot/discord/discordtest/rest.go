package discordtest

import (
	"encoding/json"
	"net/http"
	"strings"
)

// call is one request of the bot.
type call struct {
	method  string
	route   string // "METHOD /path" with the names of the specification in braces
	path    map[string]string
	query   func(string) string
	token   string
	given   bool // there is a body
	payload any  // decoded
	body    object
	files   []File
	agent   string
	shared  bool // refused for a limit that others use up, too
}

func (c *call) id(name string) string { return c.path[name] }

// result is what a handler hands back; body nil is 204.
type result struct {
	status int
	body   any
	err    *refusal
}

func refused(e *refusal) result { return result{err: e} }

func ok(body any) result { return result{status: http.StatusOK, body: body} }

func done() result { return result{status: http.StatusNoContent} }

type handler func(*World, *call) result

// route is one endpoint. An open one needs no bot token: the address has one.
type route struct {
	method, path string
	steps        []string
	do           handler
	open         bool
}

// The routes that tests name most, as in Requests, Calls and FailNext.
const (
	RouteGateway        = "GET /gateway"
	RouteGatewayBot     = "GET /gateway/bot"
	RouteSelf           = "GET /users/@me"
	RouteCommands       = "PUT /applications/{application_id}/commands"
	RouteGuildCommands  = "PUT /applications/{application_id}/guilds/{guild_id}/commands"
	RouteCreateMessage  = "POST /channels/{channel_id}/messages"
	RouteEditMessage    = "PATCH /channels/{channel_id}/messages/{message_id}"
	RouteDeleteMessage  = "DELETE /channels/{channel_id}/messages/{message_id}"
	RouteCreateDM       = "POST /users/@me/channels"
	RouteRespond        = "POST /interactions/{interaction_id}/{interaction_token}/callback"
	RouteFollowUp       = "POST /webhooks/{webhook_id}/{webhook_token}"
	RouteEditOriginal   = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/@original"
	RouteEditFollowUp   = "PATCH /webhooks/{webhook_id}/{webhook_token}/messages/{message_id}"
	RouteDeleteOriginal = "DELETE /webhooks/{webhook_id}/{webhook_token}/messages/@original"
	AnyRoute            = "*"
)

func routes() []route {
	list := []route{
		{method: "GET", path: "/gateway", do: getGateway, open: true},
		{method: "GET", path: "/gateway/bot", do: getGatewayBot},
		{method: "GET", path: "/users/@me", do: getSelf},
		{method: "GET", path: "/users/@me/guilds", do: getOwnGuilds},
		{method: "DELETE", path: "/users/@me/guilds/{guild_id}", do: leaveGuild},
		{method: "GET", path: "/users/{user_id}", do: getUser},
		{method: "POST", path: "/users/@me/channels", do: createDM},
		{method: "GET", path: "/applications/@me", do: getApplication},
		{method: "GET", path: "/oauth2/applications/@me", do: getApplication},
		{method: "GET", path: "/applications/{application_id}/commands", do: getCommands},
		{method: "PUT", path: "/applications/{application_id}/commands", do: putCommands},
		{method: "GET", path: "/applications/{application_id}/guilds/{guild_id}/commands", do: getCommands},
		{method: "PUT", path: "/applications/{application_id}/guilds/{guild_id}/commands", do: putCommands},
		{method: "GET", path: "/guilds/{guild_id}", do: getGuild},
		{method: "GET", path: "/guilds/{guild_id}/channels", do: getGuildChannels},
		{method: "GET", path: "/guilds/{guild_id}/roles", do: getRoles},
		{method: "GET", path: "/guilds/{guild_id}/members/{user_id}", do: getMember},
		{method: "GET", path: "/guilds/{guild_id}/threads/active", do: getActiveThreads},
		{method: "GET", path: "/channels/{channel_id}", do: getChannel},
		{method: "PATCH", path: "/channels/{channel_id}", do: editChannel},
		{method: "GET", path: "/channels/{channel_id}/messages", do: getMessages},
		{method: "POST", path: "/channels/{channel_id}/messages", do: createMessage},
		{method: "GET", path: "/channels/{channel_id}/messages/{message_id}", do: getMessage},
		{method: "PATCH", path: "/channels/{channel_id}/messages/{message_id}", do: editMessage},
		{method: "DELETE", path: "/channels/{channel_id}/messages/{message_id}", do: deleteMessage},
		{method: "POST", path: "/channels/{channel_id}/typing", do: typing},
		{method: "POST", path: "/interactions/{interaction_id}/{interaction_token}/callback", do: respond, open: true},
		{method: "POST", path: "/webhooks/{webhook_id}/{webhook_token}", do: followUp, open: true},
		{method: "GET", path: "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", do: getFollowUp, open: true},
		{method: "PATCH", path: "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", do: editFollowUp, open: true},
		{method: "DELETE", path: "/webhooks/{webhook_id}/{webhook_token}/messages/{message_id}", do: deleteFollowUp, open: true},
	}
	for i := range list {
		list[i].steps = strings.Split(list[i].path, "/")[1:]
	}
	return list
}

// match finds the route of a path without the version, and the values in it. A path that
// is known with another method has status 405.
func match(all []route, method, path string) (*route, map[string]string, int) {
	steps := strings.Split(strings.Trim(path, "/"), "/")
	status := http.StatusNotFound
	for i := range all {
		r := &all[i]
		if len(r.steps) != len(steps) {
			continue
		}
		values, fits := make(map[string]string, 2), true
		for n, step := range r.steps {
			if strings.HasPrefix(step, "{") {
				values[strings.Trim(step, "{}")] = steps[n]
			} else if step != steps[n] {
				fits = false
				break
			}
		}
		if !fits {
			continue
		}
		if r.method == method {
			return r, values, http.StatusOK
		}
		status = http.StatusMethodNotAllowed
	}
	return nil, nil, status
}

// version cuts /api and /api/vN off a path.
func version(path string) (rest string, served bool) {
	rest, found := strings.CutPrefix(path, "/api")
	if !found {
		return path, false
	}
	if cut, found := strings.CutPrefix(rest, "/v"); found {
		number, rest, _ := strings.Cut(cut, "/")
		return "/" + rest, number == "9" || number == "10"
	}
	return rest, true
}

// serveREST answers one request. Body and form are read without the lock.
func (s *Server) serveREST(rw http.ResponseWriter, r *http.Request) {
	path, served := version(r.URL.Path)
	if content, kind, found := s.attachment(r.URL.Path); found {
		rw.Header().Set("Content-Type", kind)
		_, _ = rw.Write(content)
		return
	}
	rt, values, status := match(s.routes, r.Method, path)
	c := &call{
		method: r.Method, route: r.Method + " " + path, path: values, query: r.URL.Query().Get,
		token: r.Header.Get("Authorization"), agent: r.Header.Get("User-Agent"),
	}
	if rt == nil || !served {
		s.unknown(rw, c, status)
		return
	}
	c.route = r.Method + " " + rt.path
	if values["message_id"] == "@original" {
		c.route = strings.Replace(c.route, "{message_id}", "@original", 1)
	}
	readErr := c.read(r)
	f, failing := s.fault(c)
	c.shared = failing && f.Scope == "shared"
	if failing && !f.Apply {
		s.note(c, f.status())
		s.fail(rw, r, f)
		return
	}
	res := s.handle(rt, c, readErr)
	if failing {
		s.fail(rw, r, f)
		return
	}
	s.answer(rw, c, res)
}

func (s *Server) unknown(rw http.ResponseWriter, c *call, status int) {
	w := s.lock()
	w.violate("%s: there is no such endpoint here", c.route)
	s.unlock()
	e := notFound()
	if status == http.StatusMethodNotAllowed {
		e = &refusal{status: status, message: "405: Method Not Allowed"}
	}
	s.note(c, e.status)
	s.answer(rw, c, refused(e))
}

// handle checks a request and lets its handler work under the lock.
func (s *Server) handle(rt *route, c *call, readErr *refusal) result {
	var broken []string
	var first *refusal
	if !s.settings.cheap {
		broken, first = handChecks(c, &s.settings)
		broken = append(broken, s.api.check(c)...)
	}
	w := s.lock()
	defer s.unlock()
	for _, text := range broken {
		w.violate("%s: %s", c.route, text)
	}
	res := func() result {
		switch limited := w.limit(c); {
		case w.banned:
			return refused(&refusal{status: http.StatusTooManyRequests})
		case limited != nil:
			return refused(limited)
		case !rt.open && c.token != "Bot "+s.settings.token:
			return refused(unauthorized())
		case readErr != nil:
			return refused(readErr)
		case first != nil:
			return refused(first)
		}
		return rt.do(w, c)
	}()
	if res.err != nil {
		res.status = res.err.status
	}
	w.record(c, res.status)
	return res
}

// note records a request that no handler saw.
func (s *Server) note(c *call, status int) {
	w := s.lock()
	defer s.unlock()
	w.record(c, status)
}

// banPage is what the firewall in front of Discord answers.
const banPage = "<!doctype html><html><head><title>Access denied | discord.com used Cloudflare to restrict access</title></head><body>error code: 1015</body></html>"

// answer sends a result.
func (s *Server) answer(rw http.ResponseWriter, c *call, res result) {
	h := rw.Header()
	if e := res.err; e != nil {
		if e.message == "" && e.status == http.StatusTooManyRequests {
			h.Set("Content-Type", "text/html")
			h.Set("Retry-After", "3600")
			rw.WriteHeader(e.status)
			_, _ = rw.Write([]byte(banPage))
			return
		}
		s.limitHeaders(h, c)
		e.headers(h)
		h.Set("Content-Type", "application/json")
		rw.WriteHeader(e.status)
		_, _ = rw.Write(mustJSON(e.json()))
		return
	}
	s.limitHeaders(h, c)
	if res.body == nil {
		rw.WriteHeader(res.status)
		return
	}
	raw := mustJSON(res.body)
	if text := s.api.checkAnswer(c, raw); text != "" {
		w := s.lock()
		w.violate("%s: the fake answers %s (specification)\n%s", c.route, text, raw)
		s.unlock()
	}
	h.Set("Content-Type", "application/json")
	rw.WriteHeader(res.status)
	_, _ = rw.Write(raw)
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("discordtest: " + err.Error())
	}
	return b
}
