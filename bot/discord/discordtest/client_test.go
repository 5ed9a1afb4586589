package discordtest

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// client sends requests as they are, over its own connections.
type client struct {
	t      *testing.T
	s      *Server
	http   *http.Client
	token  string
	header http.Header // of the last answer
}

func newClient(t *testing.T, s *Server) *client {
	t.Helper()
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &client{t: t, s: s, http: &http.Client{Transport: tr}, token: "Bot " + s.Token()}
}

// do sends a JSON body, none for "", and returns the status and the answer.
func (c *client) do(route, body string) (int, object) {
	c.t.Helper()
	return c.send(route, "application/json", body)
}

func (c *client) send(route, kind, body string) (int, object) {
	c.t.Helper()
	method, path, _ := strings.Cut(route, " ")
	r, err := http.NewRequestWithContext(c.t.Context(), method, c.s.URL()+"/api/v10"+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("User-Agent", "DiscordBot (test, 1)")
	r.Header.Set("Authorization", c.token)
	if body != "" {
		r.Header.Set("Content-Type", kind)
	}
	resp, err := c.http.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	c.header = resp.Header
	var o object
	if len(raw) > 0 && json.Unmarshal(raw, &o) != nil {
		o = object{"raw": string(raw)}
	}
	return resp.StatusCode, o
}

// refuse is a request that must be refused with this status and code.
func (c *client) refuse(status int, code Code, route, body string) object {
	c.t.Helper()
	got, o := c.do(route, body)
	if got != status || Code(asNumber(o["code"])) != code {
		c.t.Fatalf("%s: %d %v, want %d code %d", route, got, o, status, code)
	}
	return o
}

// must is a request that works.
func (c *client) must(route, body string) object {
	c.t.Helper()
	status, o := c.do(route, body)
	if status/100 != 2 {
		c.t.Fatalf("%s: %d %v", route, status, o)
	}
	return o
}

// upload sends a form with a payload and files, in pairs of name and content.
func (c *client) upload(route, payload string, files ...string) (int, object) {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	_ = w.WriteField("payload_json", payload)
	for i := 0; i < len(files); i += 2 {
		part, _ := w.CreateFormFile("files["+string(rune('0'+i/2))+"]", files[i])
		_, _ = part.Write([]byte(files[i+1]))
	}
	_ = w.Close()
	return c.send(route, w.FormDataContentType(), b.String())
}

// plain is a body with a text that pings nobody.
func plain(text string) string {
	return string(mustJSON(object{"content": text, "allowed_mentions": object{"parse": []any{}}}))
}

// command registers one slash command and lets somebody use it.
func command(t *testing.T, s *Server, p place) (id, token string) {
	t.Helper()
	c := newClient(t, s)
	c.must("PUT /applications/"+s.BotID()+"/commands", `[{"name":"go","description":"Goes"}]`)
	id = must(s.Slash(p.channel, p.citra, "go"))(t)
	return id, look(s, func(w *World) string { return w.mustInteraction(id).token })
}
