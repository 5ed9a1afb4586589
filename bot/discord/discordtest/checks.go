package discordtest

import (
	"fmt"
	"slices"
	"strings"
)

// complaint is a broken rule, with what the real server answers to it; nil when it lets
// it pass.
type complaint struct {
	text string
	err  *refusal
}

// checker collects complaints about one request.
type checker struct {
	call     *call
	settings *settings
	found    []complaint
}

func (k *checker) add(e *refusal, format string, args ...any) {
	k.found = append(k.found, complaint{fmt.Sprintf(format, args...), e})
}

// bad is a complaint that is answered with an invalid form body.
func (k *checker) bad(path, code, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	k.add(badForm(path, code, text), "%s: %s", path, text)
}

// handChecks returns what is wrong with a request and the refusal of the first of it.
func handChecks(c *call, s *settings) (texts []string, first *refusal) {
	k := checker{call: c, settings: s}
	switch c.route {
	case RouteCreateMessage, RouteFollowUp:
		k.message("", c.body, true)
	case RouteEditMessage, RouteEditOriginal, RouteEditFollowUp:
		k.message("", c.body, false)
	case RouteRespond:
		k.response()
	case RouteCommands, RouteGuildCommands:
		k.commands()
	}
	if c.agent == "" || strings.HasPrefix(c.agent, "Go-http-client") {
		k.add(nil, "the User-Agent %q does not name the bot's library", c.agent)
	}
	for _, f := range k.found {
		texts = append(texts, f.text)
		if first == nil {
			first = f.err
		}
	}
	return texts, first
}

// The limits of messages. Text is counted in UTF-16 units: right whichever way the real
// server counts.
const (
	maxContent     = 2000
	maxEmbeds      = 10
	maxTitle       = 256
	maxDescription = 4096
	maxFields      = 25
	maxFieldName   = 256
	maxFieldValue  = 1024
	maxFooter      = 2048
	maxAuthor      = 256
	maxAllEmbeds   = 6000
	maxNonce       = 25
	maxFiles       = 10
	maxFile        = 10 << 20
)

// text limits a text; an empty one is right unless low is 1.
func (k *checker) text(path string, v any, low, high int) int {
	s, isText := v.(string)
	if v != nil && !isText {
		k.bad(path, "BASE_TYPE_BAD_TYPE", "Must be a string.")
		return 0
	}
	n := utf16Len(s)
	switch {
	case n > high:
		k.bad(path, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length, it has %d.", high, n)
	case n < low && n == 0:
		k.bad(path, "BASE_TYPE_REQUIRED", "This field is required")
	case n < low:
		k.bad(path, "BASE_TYPE_MIN_LENGTH", "Must be %d or more in length, it has %d.", low, n)
	}
	return n
}

// message judges a message as it is created or edited; at is where it is in the body.
func (k *checker) message(at string, m object, create bool) {
	k.text(at+"content", m["content"], 0, maxContent)
	k.embeds(at+"embeds", m["embeds"])
	k.mentions(at+"allowed_mentions", m)
	flags := asNumber(m["flags"])
	k.components(at+"components", asList(m["components"]), flags&flagV2 != 0)
	if flags&flagV2 != 0 && (asText(m["content"]) != "" || len(asList(m["embeds"])) > 0) {
		k.bad(at+"flags", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", "content and embeds cannot be used with Components V2")
	}
	k.flags(at+"flags", m, create)
	if len(k.call.files) > maxFiles {
		k.bad(at+"files", "BASE_TYPE_MAX_LENGTH", "%d files, at most %d are allowed", len(k.call.files), maxFiles)
	}
	for _, f := range k.call.files {
		switch {
		case len(f.Content) > maxFile:
			k.add(&refusal{status: 413, code: 40005, message: "Request entity too large"}, "file %s has %d bytes, at most %d are allowed", f.Name, len(f.Content), maxFile)
		case f.Name == "" || len(f.Content) == 0:
			k.add(nil, "file %q is empty or has no name", f.Name)
		}
	}
	if n, isText := m["nonce"].(string); isText && len(n) > maxNonce {
		k.bad(at+"nonce", "NONCE_TYPE_TOO_LONG", "%d characters, at most %d are allowed", len(n), maxNonce)
	}
	if m["enforce_nonce"] == true && m["nonce"] == nil {
		k.add(nil, "enforce_nonce without a nonce does nothing")
	}
}

// flags knows which flags a bot can set: EPHEMERAL only where an interaction is answered,
// and only when the message is created.
func (k *checker) flags(path string, m object, create bool) {
	flags := asNumber(m["flags"])
	switch {
	case flags&flagLoading != 0:
		k.add(nil, "%s: LOADING cannot be set by a bot", path)
	case flags&flagEphemeral == 0:
	case !create:
		k.add(nil, "%s: EPHEMERAL cannot be changed by an edit", path)
	case k.call.route == RouteCreateMessage:
		k.add(nil, "%s: EPHEMERAL has no effect on a message of a channel", path)
	}
}

// mentions demands that nothing is parsed: what a person typed must never ping.
func (k *checker) mentions(path string, m object) {
	a, given := m["allowed_mentions"].(object)
	parse, listed := a["parse"].([]any)
	if k.settings.mentions && (!given || !listed || len(parse) > 0) {
		k.add(nil, "%s: the parsing of mentions is not switched off (parse must be empty)", path)
	}
	for _, kind := range [...]string{"users", "roles"} {
		ids, named := a[kind].([]any)
		if named && len(ids) > 0 && slices.Contains(parse, any(kind)) {
			k.bad(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse:[%q] and %s: ids are mutually exclusive.", kind, kind)
		}
		if len(ids) > 100 {
			k.bad(path+"."+kind, "BASE_TYPE_MAX_LENGTH", "Must be 100 or fewer in length.")
		}
	}
}

func (k *checker) embeds(path string, v any) {
	list := asList(v)
	if len(list) > maxEmbeds {
		k.bad(path, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length, there are %d.", maxEmbeds, len(list))
	}
	total := 0
	for i, e := range list {
		at, o := fmt.Sprintf("%s[%d]", path, i), asObject(e)
		total += k.text(at+".title", o["title"], 0, maxTitle) + k.text(at+".description", o["description"], 0, maxDescription)
		total += k.text(at+".footer.text", asObject(o["footer"])["text"], 0, maxFooter) + k.text(at+".author.name", asObject(o["author"])["name"], 0, maxAuthor)
		fields := asList(o["fields"])
		if len(fields) > maxFields {
			k.bad(at+".fields", "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length, there are %d.", maxFields, len(fields))
		}
		for n, f := range fields {
			place := fmt.Sprintf("%s.fields[%d]", at, n)
			total += k.text(place+".name", asObject(f)["name"], 1, maxFieldName) + k.text(place+".value", asObject(f)["value"], 1, maxFieldValue)
		}
		if len(o) == 0 || total == 0 && o["image"] == nil && o["thumbnail"] == nil {
			k.bad(at, "BASE_TYPE_REQUIRED", "an embed shows nothing")
		}
	}
	if total > maxAllEmbeds {
		k.bad(path, "MAX_EMBED_SIZE_EXCEEDED", "Embed size exceeds maximum size of %d, it is %d", maxAllEmbeds, total)
	}
}
