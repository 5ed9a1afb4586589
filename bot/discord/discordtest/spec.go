package discordtest

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// The foreign specifications, see shared/specs/README.md.
const (
	apiFile    = "discord-openapi-v10.json"
	eventsFile = "discord-gateway-v10.schema.json"
)

// apiSpec judges requests, and what the fake answers to them.
type apiSpec struct {
	schemas    *schemas
	answers    *schemas             // the same, but members that are not named are let pass
	operations map[string]operation // by route
}

type operation struct {
	body     object // schema of the JSON body, nil for none
	required bool
	answer   object // schema of the answer, nil for none
}

// eventsSpec judges events.
type eventsSpec struct{ schemas *schemas }

type specs struct {
	api    *apiSpec
	events *eventsSpec
}

// usualSpecs are read once for all servers of a process: they are large and constant.
var usualSpecs = sync.OnceValue(func() specs { return readSpecs(usualSpecsDir()) })

func (s *settings) findSpecs() (*apiSpec, *eventsSpec) {
	found := usualSpecs
	if s.specsDir != "" {
		found = func() specs { return readSpecs(s.specsDir) }
	}
	both := found()
	return both.api, both.events
}

// usualSpecsDir is KLASTER_SPECS, else ../shared/specs beside the root of the repository.
func usualSpecsDir() string {
	if dir := os.Getenv("KLASTER_SPECS"); dir != "" {
		return dir
	}
	dir, err := os.Getwd()
	if err != nil {
		return ""
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return filepath.Join(dir, "..", "shared", "specs")
		}
		up := filepath.Dir(dir)
		if up == dir {
			return ""
		}
		dir = up
	}
}

func readSpecs(dir string) (both specs) {
	if o := readSpec(dir, apiFile); o != nil {
		both.api = newAPISpec(o)
	}
	if o := readSpec(dir, eventsFile); o != nil {
		defs := asObject(o["definitions"])
		for _, name := range [...]string{"EmbedFlags", "EmbedMediaFlags", "RoleFlags", "UnfurledMediaItemFlags"} {
			defs[name] = object{"type": "number"} // bit sets with a single bit: not the constant the schema makes of them
		}
		both.events = &eventsSpec{&schemas{defs: defs, prefix: "#/definitions/"}}
	}
	return both
}

// readSpec is nil when the file is not there. One that cannot be read is a defect, not
// an absence.
func readSpec(dir, file string) object {
	raw, err := os.ReadFile(filepath.Join(dir, file)) //nolint:gosec // a path of the test's own choice
	if err != nil {
		return nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var o object
	if err := d.Decode(&o); err != nil {
		panic("discordtest: " + file + ": " + err.Error())
	}
	return o
}

func newAPISpec(o object) *apiSpec {
	defs, prefix := asObject(asObject(o["components"])["schemas"]), "#/components/schemas/"
	s := &apiSpec{
		schemas:    &schemas{defs: defs, prefix: prefix, strict: true},
		answers:    &schemas{defs: defs, prefix: prefix},
		operations: make(map[string]operation),
	}
	for path, v := range asObject(o["paths"]) {
		for method, m := range asObject(v) {
			body := asObject(asObject(m)["requestBody"])
			op := operation{body: asObject(asObject(asObject(body["content"])["application/json"])["schema"])}
			op.required, _ = body["required"].(bool)
			answer := asObject(asObject(asObject(m)["responses"])["200"])
			op.answer = asObject(asObject(asObject(answer["content"])["application/json"])["schema"])
			s.operations[strings.ToUpper(method)+" "+path] = op
		}
	}
	return s
}

// check compares a request with the specification and returns what does not fit.
func (s *apiSpec) check(c *call) []string {
	if s == nil {
		return nil
	}
	op, known := s.operations[c.route]
	switch {
	case !known:
		return []string{"the specification does not know this route"}
	case op.body == nil && c.given:
		return []string{"the specification knows no body here"}
	case op.body == nil || !c.given && !op.required:
		return nil
	case !c.given:
		return []string{"the body that the specification requires is missing"}
	}
	if text := s.schemas.check(op.body, "body", tolerated(c)); text != "" {
		return []string{text + " (specification)"}
	}
	return nil
}

// checkAnswer compares what the fake answers with the specification.
func (s *apiSpec) checkAnswer(c *call, raw []byte) string {
	if s == nil || s.operations[c.route].answer == nil {
		return ""
	}
	return s.answers.check(s.operations[c.route].answer, "body", decoded(raw))
}

// decoded reads what encoding/json wrote.
func decoded(raw []byte) (v any) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	_ = d.Decode(&v)
	return v
}

// tolerated is the body without what Discord takes although the specification has
// nothing of it: discordgo v0.29.0 sends ID and Channel with an edit, and permissions as
// a text, as the documentation wants it.
func tolerated(c *call) any {
	switch c.route {
	case RouteEditMessage:
		return without(c.body, "ID", "Channel")
	case RouteCommands, RouteGuildCommands:
		list := asList(c.payload)
		out := make([]any, len(list))
		for i, v := range list {
			out[i] = without(asObject(v), "default_member_permissions")
		}
		return out
	}
	return c.payload
}

func without(o object, names ...string) object {
	out := make(object, len(o))
	for k, v := range o {
		out[k] = v
	}
	for _, name := range names {
		delete(out, name)
	}
	return out
}

// check compares an event with its schema.
func (s *eventsSpec) check(w *World, event string, raw []byte) {
	if s == nil {
		return
	}
	name := ""
	switch event {
	case "READY":
		name = "Ready"
	case "GUILD_CREATE":
		name = "GuildCreate"
	case "GUILD_DELETE":
		name = "GuildDelete"
	case "MESSAGE_CREATE":
		name = "MessageCreate"
	case "MESSAGE_UPDATE":
		name = "MessageUpdate"
	case "INTERACTION_CREATE":
		name = "InteractionCreate"
	case "CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE":
		name = "ChannelCreate"
	case "THREAD_CREATE", "THREAD_UPDATE":
		name = "ThreadCreate"
	default: // the schema has nothing about it
		return
	}
	if text := s.schemas.check(asObject(s.schemas.defs[name]), event, decoded(raw)); text != "" {
		w.violate("the fake sends %s (schema)\n%s", text, raw)
	}
}
