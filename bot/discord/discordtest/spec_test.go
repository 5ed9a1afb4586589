package discordtest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// specServer skips, visibly, where the specifications are not at hand.
func specServer(t *testing.T, opts ...Option) *Server {
	t.Helper()
	s := New(opts...)
	t.Cleanup(s.Close)
	if !s.SpecsLoaded() {
		t.Skipf("no %s and %s in KLASTER_SPECS or ../shared/specs: the foreign specifications are not checked", apiFile, eventsFile)
	}
	return s
}

func TestSpecBites(t *testing.T) {
	t.Parallel()
	s := specServer(t)
	p := somewhere(s)
	c := newClient(t, s)
	for _, k := range []struct{ name, route, body, want string }{
		{"fits", "message", aMessage(`"content":"x","tts":false`), ""},
		{"unknown member", "message", aMessage(`"content":"x","colour":"red"`), "body.colour is unknown"},
		{"wrong type", "message", aMessage(`"content":"x","tts":"yes"`), "body.tts must be [boolean null]"},
		{"nested unknown", "message", rows(aRow(`{"type":2,"style":1,"label":"x","custom_id":"a","colour":"red"}`)), "components[0].components[0].colour is unknown"},
		{"nested limit", "message", rows(aRow(`{"type":2,"style":1,"label":"x","custom_id":"` + x(101) + `"}`)), "custom_id has 101 characters"},
		{"nested missing", "message", rows(aRow(`{"type":2,"label":"x","custom_id":"a"}`)), "style is missing"},
		{"snowflake", "message", `{"content":"x","allowed_mentions":{"parse":[],"users":["ann"]}}`, "users[0]"},
		{"list", "message", aMessage(`"content":"x","embeds":{}`), "body.embeds must be [array null]"},
		{"enum", "response", `{"type":44}`, "body"},
		{"modal", "response", modal(x(46), anInput("")), "title has 46 characters"},
		{"choices", "response", `{"type":8,"data":{"choices":[` + times(26, `{"name":"x","value":"%d"}`) + `]}}`, "26 items"},
		{"commands", "commands", `[{"name":"a","description":"d","option":[]}]`, "[0].option is unknown"},
		{"permissions as text", "commands", `[{"name":"a","description":"d","default_member_permissions":"32"}]`, ""},
		{"choice number", "commands", options(`{"type":4,"name":"a","description":"d","choices":[{"name":"x","value":1.5}]}`), "value must be"},
		{"no body", "message", "", "requires is missing"},
	} {
		t.Run(k.name, func(t *testing.T) {
			route := "POST /channels/" + p.channel + "/messages"
			switch k.route {
			case "response":
				id, token := command(t, s, p)
				route = callback(id, token)
			case "commands":
				route = "PUT /applications/" + s.BotID() + "/commands"
			}
			s.TakeViolations()
			c.do(route, k.body)
			got := ""
			for _, v := range s.TakeViolations() {
				if strings.Contains(v, "specification") {
					got += v
				}
			}
			if k.want == "" && got != "" || !strings.Contains(got, k.want) {
				t.Errorf("violations %q, want %q", got, k.want)
			}
		})
	}
}

func TestEventsAreJudged(t *testing.T) {
	t.Parallel()
	s := specServer(t)
	w := s.lock()
	s.events.check(w, "GUILD_CREATE", []byte(`{"id":"1","name":"x"}`))
	s.events.check(w, "GUILD_DELETE", []byte(`{"id":"1","unavailable":true}`))
	s.events.check(w, "GUILD_DELETE", []byte(`{"unavailable":true}`))
	s.events.check(w, "INTERACTION_CREATE", []byte(`{"id":"1","type":99}`))
	s.unlock()
	got := s.Violations()
	if len(got) != 3 || !strings.Contains(got[1], "GUILD_DELETE.id is missing") {
		t.Errorf("violations %q", got)
	}
	if text := s.api.checkAnswer(&call{route: RouteSelf}, []byte(`{"id":"1"}`)); !strings.Contains(text, "is missing") {
		t.Errorf("an answer that lacks nearly all: %q", text)
	}
}

func TestSpecFolder(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("KLASTER_SPECS", dir)
	if got := usualSpecsDir(); got != dir {
		t.Errorf("KLASTER_SPECS is ignored: %s", got)
	}
	t.Setenv("KLASTER_SPECS", "")
	if got := usualSpecsDir(); !strings.HasSuffix(got, filepath.Join("shared", "specs")) {
		t.Errorf("without KLASTER_SPECS: %s", got)
	}
	for _, file := range []string{apiFile, eventsFile} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(`{"definitions":{}}`), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s := New(WithSpecs(dir))
	defer s.Close()
	if !s.SpecsLoaded() {
		t.Error("the specifications were not read")
	}
	s2 := New(WithSpecs(t.TempDir()))
	defer s2.Close()
	if s2.SpecsLoaded() {
		t.Error("an empty folder holds specifications")
	}
}
