package discordtest

import (
	"fmt"
	"strings"
	"testing"
)

func x(n int) string { return strings.Repeat("x", n) }

// times joins n parts made by a format with one number.
func times(n int, format string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(parts, ",")
}

const quietly = `"allowed_mentions":{"parse":[]}`

func aMessage(members string) string { return `{` + quietly + `,` + members + `}` }

func rows(list string) string { return aMessage(`"components":[` + list + `]`) }

func aRow(list string) string { return `{"type":1,"components":[` + list + `]}` }

func selects(options string, more string) string {
	return rows(aRow(`{"type":3,"custom_id":"s"` + more + `,"options":[` + options + `]}`))
}

func commandList(list string) string { return "[" + list + "]" }

func aCommand(more string) string { return `[{"name":"go","description":"Goes"` + more + `}]` }

func options(list string) string { return aCommand(`,"options":[` + list + `]`) }

func modal(title, list string) string {
	return `{"type":9,"data":{"custom_id":"f","title":"` + title + `","components":[` + list + `]}}`
}

func anInput(more string) string {
	return aRow(`{"type":4,"custom_id":"i","label":"Why","style":1` + more + `}`)
}

// TestHandChecks proves that every rule bites without the specification: what is just
// over a limit is reported, what is just under it is not.
func TestHandChecks(t *testing.T) {
	t.Parallel()
	const (
		create   = "POST message"
		edit     = "PATCH message"
		respond  = "POST response"
		commands = "PUT commands"
	)
	option := `{"type":3,"name":"o","description":"d"%s}`
	for _, c := range []struct {
		name, route, body, want string
		status                  int // 0: passes
	}{
		{"content fits", create, aMessage(`"content":"` + x(2000) + `"`), "", 0},
		{"content too long", create, aMessage(`"content":"` + x(2001) + `"`), "2000 or fewer", 400},
		{"surrogates count twice", create, aMessage(`"content":"` + strings.Repeat("🏭", 1001) + `"`), "2000 or fewer", 400},
		{"empty", create, aMessage(`"content":" "`), "", 400},
		{"pings", create, `{"content":"x"}`, "parsing of mentions", 0},
		{"pings in an edit", edit, `{"content":"x"}`, "parsing of mentions", 0},
		{"pings in a response", respond, `{"type":4,"data":{"content":"x"}}`, "parsing of mentions", 0},
		{"pings all", create, `{"content":"x","allowed_mentions":{"parse":["everyone"]}}`, "parsing of mentions", 0},
		{"named mentions", create, `{"content":"x","allowed_mentions":{"parse":[],"users":["1"]}}`, "", 0},
		{"mentions twice", create, `{"content":"x","allowed_mentions":{"parse":["users"],"users":["1"]}}`, "mutually exclusive", 400},
		{"rows fit", create, rows(times(5, `{"type":1,"components":[{"type":2,"style":1,"label":"x","custom_id":"%d"}]}`)), "", 0},
		{"6 rows", create, rows(times(6, `{"type":1,"components":[{"type":2,"style":1,"label":"x","custom_id":"%d"}]}`)), "there are 6 rows", 400},
		{"row fits", create, rows(aRow(times(5, `{"type":2,"style":1,"label":"x","custom_id":"%d"}`))), "", 0},
		{"6 buttons", create, rows(aRow(times(6, `{"type":2,"style":1,"label":"x","custom_id":"%d"}`))), "has 6 components", 400},
		{"empty row", create, rows(aRow("")), "has 0 components", 400},
		{"no row", create, rows(`{"type":2,"style":1,"label":"x","custom_id":"a"}`), "only action rows", 400},
		{"custom_id fits", create, rows(aRow(`{"type":2,"style":1,"label":"x","custom_id":"` + x(100) + `"}`)), "", 0},
		{"custom_id too long", create, rows(aRow(`{"type":2,"style":1,"label":"x","custom_id":"` + x(101) + `"}`)), "100 or fewer", 400},
		{"custom_id missing", create, rows(aRow(`{"type":2,"style":1,"label":"x"}`)), "required", 400},
		{"custom_id twice", create, rows(aRow(`{"type":2,"style":1,"label":"x","custom_id":"a"},{"type":2,"style":1,"label":"y","custom_id":"a"}`)), "cannot be duplicated", 400},
		{"label fits", create, rows(aRow(`{"type":2,"style":1,"label":"` + x(80) + `","custom_id":"a"}`)), "", 0},
		{"label too long", create, rows(aRow(`{"type":2,"style":1,"label":"` + x(81) + `","custom_id":"a"}`)), "80 or fewer", 400},
		{"label missing", create, rows(aRow(`{"type":2,"style":1,"custom_id":"a"}`)), "label or an emoji", 400},
		{"style unknown", create, rows(aRow(`{"type":2,"style":7,"label":"x","custom_id":"a"}`)), "no style", 400},
		{"link", create, rows(aRow(`{"type":2,"style":5,"label":"x","url":"https://example.org"}`)), "", 0},
		{"link elsewhere", create, rows(aRow(`{"type":2,"style":5,"label":"x","url":"file:///x"}`)), "http, https", 400},
		{"link with id", create, rows(aRow(`{"type":2,"style":5,"label":"x","url":"https://example.org","custom_id":"a"}`)), "both", 400},
		{"input in a message", create, rows(anInput("")), "modal only", 400},
		{"select fits", create, selects(times(25, `{"label":"x","value":"%d"}`), ""), "", 0},
		{"26 options", create, selects(times(26, `{"label":"x","value":"%d"}`), ""), "between 1 and 25", 400},
		{"no options", create, selects("", ""), "between 1 and 25", 400},
		{"option value twice", create, selects(`{"label":"x","value":"a"},{"label":"y","value":"a"}`, ""), "already used", 400},
		{"option label", create, selects(`{"label":"`+x(101)+`","value":"a"}`, ""), "100 or fewer", 400},
		{"placeholder", create, selects(`{"label":"x","value":"a"}`, `,"placeholder":"`+x(151)+`"`), "150 or fewer", 400},
		{"max_values", create, selects(`{"label":"x","value":"a"}`, `,"max_values":2`), "max_values 2 with 1", 400},
		{"min over max", create, selects(`{"label":"x","value":"a"}`, `,"min_values":2`), "do not fit", 400},
		{"defaults", create, selects(`{"label":"x","value":"a","default":true},{"label":"y","value":"b","default":true}`, ""), "chosen already", 400},
		{"embeds fit", create, aMessage(`"embeds":[` + times(10, `{"title":"%d"}`) + `]`), "", 0},
		{"11 embeds", create, aMessage(`"embeds":[` + times(11, `{"title":"%d"}`) + `]`), "there are 11", 400},
		{"embed title", create, aMessage(`"embeds":[{"title":"` + x(257) + `"}]`), "256 or fewer", 400},
		{"embed description", create, aMessage(`"embeds":[{"description":"` + x(4097) + `"}]`), "4096 or fewer", 400},
		{"embed fields", create, aMessage(`"embeds":[{"fields":[` + times(26, `{"name":"n","value":"%d"}`) + `]}]`), "there are 26", 400},
		{"embed field name", create, aMessage(`"embeds":[{"fields":[{"name":"","value":"x"}]}]`), "required", 400},
		{"embed field value", create, aMessage(`"embeds":[{"fields":[{"name":"n","value":"` + x(1025) + `"}]}]`), "1024 or fewer", 400},
		{"embed footer", create, aMessage(`"embeds":[{"footer":{"text":"` + x(2049) + `"}}]`), "2048 or fewer", 400},
		{"embed author", create, aMessage(`"embeds":[{"author":{"name":"` + x(257) + `"}}]`), "256 or fewer", 400},
		{"all embeds fit", create, aMessage(`"embeds":[{"description":"` + x(3000) + `"},{"description":"` + x(3000) + `"}]`), "", 0},
		{"all embeds", create, aMessage(`"embeds":[{"description":"` + x(3001) + `"},{"description":"` + x(3000) + `"}]`), "maximum size", 400},
		{"empty embed", create, aMessage(`"embeds":[{}]`), "shows nothing", 400},
		{"nonce", create, aMessage(`"content":"x","nonce":"` + x(26) + `"`), "at most 25", 400},
		{"nonce of nothing", create, aMessage(`"content":"x","enforce_nonce":true`), "without a nonce", 0},
		{"V2", create, aMessage(`"flags":32768,"components":[{"type":10,"content":"x"}]`), "", 0},
		{"V2 without flag", create, aMessage(`"components":[{"type":10,"content":"x"}]`), "Components V2", 400},
		{"V2 with content", create, aMessage(`"flags":32768,"content":"x","components":[{"type":10,"content":"x"}]`), "cannot be used", 400},
		{"V2 too many", create, aMessage(`"flags":32768,"components":[` + times(41, `{"type":10,"content":"%d"}`) + `]`), "41 components", 400},
		{"ephemeral in a channel", create, aMessage(`"content":"x","flags":64`), "no effect", 0},
		{"ephemeral in an edit", edit, aMessage(`"content":"x","flags":64`), "changed by an edit", 0},
		{"deferred ephemeral", respond, `{"type":5,"data":{"flags":64}}`, "", 0},
		{"deferred V2", respond, `{"type":5,"data":{"flags":32768}}`, "EPHEMERAL only", 0},
		{"response too long", respond, `{"type":4,"data":{` + quietly + `,"content":"` + x(2001) + `"}}`, "2000 or fewer", 400},
		{"modal", respond, modal(x(45), anInput("")), "", 0},
		{"modal title", respond, modal(x(46), anInput("")), "45 or fewer", 400},
		{"modal empty", respond, modal("x", ""), "between 1 and 5", 400},
		{"modal rows", respond, modal("x", times(6, `{"type":1,"components":[{"type":4,"custom_id":"%d","label":"x","style":1}]}`)), "between 1 and 5", 400},
		{"modal id twice", respond, modal("x", anInput("")+","+anInput("")), "cannot be duplicated", 400},
		{"modal two inputs", respond, modal("x", aRow(times(2, `{"type":4,"custom_id":"%d","label":"x","style":1}`))), "one text input", 400},
		{"modal label", respond, modal("x", aRow(`{"type":4,"custom_id":"i","label":"`+x(46)+`","style":1}`)), "45 or fewer", 400},
		{"modal placeholder", respond, modal("x", anInput(`,"placeholder":"`+x(101)+`"`)), "100 or fewer", 400},
		{"modal style", respond, modal("x", aRow(`{"type":4,"custom_id":"i","label":"x"}`)), "no style", 400},
		{"modal max", respond, modal("x", anInput(`,"max_length":4001`)), "do not fit", 400},
		{"modal value", respond, modal("x", anInput(`,"max_length":2,"value":"abc"`)), "has 3 characters", 400},
		{"modal select", respond, modal("x", aRow(`{"type":3,"custom_id":"s","options":[]}`)), "cannot read", 0},
		{"modal label component", respond, modal("x", `{"type":18,"label":"Why","component":{"type":4,"custom_id":"i","style":1}}`), "", 0},
		{"commands fit", commands, commandList(times(100, `{"name":"c%d","description":"d"}`)), "", 0},
		{"101 commands", commands, commandList(times(101, `{"name":"c%d","description":"d"}`)), "101 commands", 400},
		{"name", commands, `[{"name":"Go","description":"d"}]`, "invalid", 400},
		{"name with a blank", commands, `[{"name":"go on","description":"d"}]`, "invalid", 400},
		{"name too long", commands, `[{"name":"` + x(33) + `","description":"d"}]`, "between 1 and 32", 400},
		{"name twice", commands, `[{"name":"a","description":"d"},{"name":"a","description":"e"}]`, "unique", 400},
		{"description missing", commands, `[{"name":"a"}]`, "required", 400},
		{"description too long", commands, `[{"name":"a","description":"` + x(101) + `"}]`, "100 or fewer", 400},
		{"localised", commands, aCommand(`,"name_localizations":{"id":"pergi"},"description_localizations":{"id":"Pergi"}`), "", 0},
		{"localised name", commands, aCommand(`,"name_localizations":{"id":"Pergi"}`), "invalid", 400},
		{"localised description", commands, aCommand(`,"description_localizations":{"id":"` + x(101) + `"}`), "100 or fewer", 400},
		{"locale", commands, aCommand(`,"name_localizations":{"in":"pergi"}`), "no locale", 400},
		{"26 command options", commands, options(times(26, `{"type":3,"name":"o%d","description":"d"}`)), "there are 26", 400},
		{"option name twice", commands, options(fmt.Sprintf(option, "") + "," + fmt.Sprintf(option, "")), "already exists", 400},
		{"option translation twice", commands, options(`{"type":3,"name":"a","description":"d","name_localizations":{"id":"z"}},{"type":3,"name":"b","description":"d","name_localizations":{"id":"z"}}`), "already exists", 400},
		{"required last", commands, options(`{"type":3,"name":"a","description":"d"},{"type":3,"name":"b","description":"d","required":true}`), "before non-required", 400},
		{"choices fit", commands, options(fmt.Sprintf(option, `,"choices":[`+times(25, `{"name":"n%[1]d","value":"%[1]d"}`)+`]`)), "", 0},
		{"26 choices", commands, options(fmt.Sprintf(option, `,"choices":[`+times(26, `{"name":"n%[1]d","value":"%[1]d"}`)+`]`)), "there are 26", 400},
		{"choice type", commands, options(fmt.Sprintf(option, `,"choices":[{"name":"n","value":1}]`)), "does not fit type", 400},
		{"choice twice", commands, options(fmt.Sprintf(option, `,"choices":[{"name":"n","value":"1"},{"name":"n","value":"2"}]`)), "choice name already", 400},
		{"choices and autocomplete", commands, options(fmt.Sprintf(option, `,"autocomplete":true,"choices":[{"name":"n","value":"1"}]`)), "exclude each other", 400},
		{"autocomplete of a user", commands, options(`{"type":6,"name":"a","description":"d","autocomplete":true}`), "neither choices", 400},
		{"subcommands", commands, options(`{"type":1,"name":"a","description":"d","options":[` + fmt.Sprintf(option, "") + `]}`), "", 0},
		{"subcommand beside an option", commands, options(`{"type":1,"name":"a","description":"d"},` + fmt.Sprintf(option, "")), "mutually exclusive", 400},
		{"group in a group", commands, options(`{"type":2,"name":"a","description":"d","options":[{"type":2,"name":"b","description":"d"}]}`), "invalid here", 400},
		{"option of a group", commands, options(`{"type":2,"name":"a","description":"d","options":[` + fmt.Sprintf(option, "") + `]}`), "subcommands only", 400},
		{"option type", commands, options(`{"type":12,"name":"a","description":"d"}`), "no type", 400},
		{"command too large", commands, aCommand(`,"options":[` + times(25, `{"type":3,"name":"o%d","description":"d","choices":[{"name":"`+x(100)+`","value":"`+x(100)+`"},{"name":"`+x(99)+`","value":"`+x(99)+`"}]}`) + `]`), "8000", 400},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := New(WithSpecs(t.TempDir()))
			defer s.Close()
			p := somewhere(s)
			cl := newClient(t, s)
			route := ""
			switch c.route {
			case create:
				route = "POST /channels/" + p.channel + "/messages"
			case edit:
				o := cl.must("POST /channels/"+p.channel+"/messages", plain("x"))
				route = "PATCH /channels/" + p.channel + "/messages/" + asText(o["id"])
			case respond:
				id, token := command(t, s, p)
				route = "POST /interactions/" + id + "/" + token + "/callback"
			case commands:
				route = "PUT /applications/" + s.BotID() + "/commands"
			}
			status, o := cl.do(route, c.body)
			if c.status == 0 && status/100 != 2 || c.status != 0 && status != c.status {
				t.Errorf("answered %d %v", status, o)
			}
			got := strings.Join(s.Violations(), "; ")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("violations %q, want %q", got, c.want)
			}
		})
	}
}

func TestUserAgentIsDemanded(t *testing.T) {
	t.Parallel()
	s := New(WithSpecs(t.TempDir()))
	defer s.Close()
	c := newClient(t, s)
	r, err := c.http.Get(s.URL() + "/api/v10/gateway")
	if err != nil {
		t.Fatal(err)
	}
	_ = r.Body.Close()
	if got := s.Violations(); len(got) != 1 || !strings.Contains(got[0], "User-Agent") {
		t.Errorf("violations %q", got)
	}
}

func TestInvalidFormNamesThePlace(t *testing.T) {
	t.Parallel()
	s := New(WithSpecs(t.TempDir()))
	defer s.Close()
	p := somewhere(s)
	o := newClient(t, s).refuse(400, invalidForm, "POST /channels/"+p.channel+"/messages", rows(aRow(`{"type":2,"style":1,"label":"`+x(81)+`","custom_id":"a"}`)))
	at := asObject(o["errors"])
	for _, step := range []string{"components", "0", "components", "0", "label"} {
		at = asObject(at[step])
	}
	if list := asList(at["_errors"]); len(list) != 1 || asText(asObject(list[0])["code"]) != "BASE_TYPE_MAX_LENGTH" {
		t.Errorf("errors %v", o["errors"])
	}
}

func TestCheapModeChecksAndRecordsNothing(t *testing.T) {
	t.Parallel()
	s := Start(t, WithoutChecks())
	p := somewhere(s)
	newClient(t, s).must("POST /channels/"+p.channel+"/messages", `{"content":"`+x(2001)+`","colour":"red"}`)
	if s.SpecsLoaded() || len(s.Requests()) != 0 || s.Calls(RouteCreateMessage) != 1 {
		t.Errorf("specs %v, %d requests", s.SpecsLoaded(), len(s.Requests()))
	}
}

// A channel of the cheap mode forgets old answers, but not the card that everybody presses.
func TestCheapModeKeepsCards(t *testing.T) {
	t.Parallel()
	s := Start(t, WithoutChecks())
	p := somewhere(s)
	card := asText(newClient(t, s).must("POST /channels/"+p.channel+"/messages", rows(aRow(`{"type":2,"style":1,"label":"Setuju","custom_id":"a"}`)))["id"])
	for range 5 * messagesKept {
		w := s.lock()
		w.add(w.mustChannel(p.channel), &message{author: &w.self, flags: flagEphemeral, to: p.citra, content: "Tercatat", components: []any{object{}}})
		s.unlock()
	}
	if _, err := s.Press(p.channel, card, p.budi, "a"); err != nil {
		t.Error(err)
	}
	if n := len(s.Messages(p.channel, p.citra)); n > messagesKept {
		t.Errorf("%d messages are kept", n)
	}
}
