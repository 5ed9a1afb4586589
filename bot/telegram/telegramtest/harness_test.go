package telegramtest

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// reply is an answer as a client reads it.
type reply struct {
	OK          bool            `json:"ok"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Result      json.RawMessage `json:"result"`
	Parameters  struct {
		RetryAfter int   `json:"retry_after"`
		MigrateTo  int64 `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// client talks to one server over its own connections.
type client struct {
	t    *testing.T
	s    *Server
	http *http.Client
}

func newClient(t *testing.T, s *Server) *client {
	t.Helper()
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	return &client{t: t, s: s, http: &http.Client{Transport: tr}}
}

// form makes parameters of name, value, name, value ...
func form(pairs ...string) url.Values {
	v := make(url.Values)
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

func (c *client) try(ctx context.Context, method string, pairs ...string) (*http.Response, error) {
	u := c.s.URL() + "/bot" + c.s.Token() + "/" + method
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u, strings.NewReader(form(pairs...).Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.http.Do(r)
}

func (c *client) call(method string, pairs ...string) reply {
	c.t.Helper()
	resp, err := c.try(c.t.Context(), method, pairs...)
	if err != nil {
		c.t.Fatalf("%s: %v", method, err)
	}
	defer func() { _ = resp.Body.Close() }()
	return c.read(resp)
}

func (c *client) read(resp *http.Response) reply {
	c.t.Helper()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	var r reply
	if err := json.Unmarshal(raw, &r); err != nil {
		c.t.Fatalf("answer %q: %v", raw, err)
	}
	return r
}

// must is a call that works; the result is decoded into out unless that is nil.
func (c *client) must(out any, method string, pairs ...string) {
	c.t.Helper()
	r := c.call(method, pairs...)
	if !r.OK {
		c.t.Fatalf("%s: %d %s", method, r.Code, r.Description)
	}
	if out != nil {
		if err := json.Unmarshal(r.Result, out); err != nil {
			c.t.Fatalf("%s: %v", method, err)
		}
	}
}

// refuse is a call that must be refused with exactly this.
func (c *client) refuse(code int, description, method string, pairs ...string) reply {
	c.t.Helper()
	r := c.call(method, pairs...)
	if r.OK || r.Code != code || r.Description != description {
		c.t.Fatalf("%s: ok=%v %d %q, want %d %q", method, r.OK, r.Code, r.Description, code, description)
	}
	return r
}

type sent struct {
	ID     int `json:"message_id"`
	Thread int `json:"message_thread_id"`
}

type polled struct {
	ID int `json:"update_id"`
}

func (c *client) poll(pairs ...string) []int {
	c.t.Helper()
	var updates []polled
	c.must(&updates, "getUpdates", pairs...)
	ids := make([]int, len(updates))
	for i, u := range updates {
		ids[i] = u.ID
	}
	return ids
}

// within10s bounds a wait, so that a defect fails instead of hanging.
func within10s(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// started adds a user who has pressed Start, and confirms that update.
func started(s *Server, name string) int64 {
	id := s.AddUser(User{FirstName: name, Username: strings.ToLower(name), Language: "id"})
	s.Start(id, "")
	w := s.lock()
	w.queue.drop(len(w.queue.waiting))
	s.unlock()
	return id
}
