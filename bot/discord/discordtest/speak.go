package discordtest

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

// Opt is an option of a slash command as a person fills it in: its default name and a
// string, int, bool or float64, or a UserOption, ChannelOption, RoleOption or File.
type Opt struct {
	Name  string
	Value any
}

// UserOption, ChannelOption and RoleOption are ids as values of options.
type (
	UserOption    string
	ChannelOption string
	RoleOption    string
)

// The types of options.
const (
	optionSubcommand = 1
	optionGroup      = 2
	optionString     = 3
	optionInteger    = 4
	optionBoolean    = 5
	optionUser       = 6
	optionChannel    = 7
	optionRole       = 8
	optionMention    = 9
	optionNumber     = 10
	optionFile       = 11
)

// Slash lets a person use a slash command: its default name, with the names of a group
// and a subcommand after it if there are any ("cluster found"). The result is the
// interaction's id. Like a client it refuses, with an error, what the registered command
// does not allow.
func (s *Server) Slash(channel, user, command string, options ...Opt) (string, error) {
	return s.command(kindCommand, channel, user, command, "", options)
}

// Autocomplete lets a person type into an option of a slash command; what was filled in
// before comes with it. The value typed so far is that of the option named focused.
func (s *Server) Autocomplete(channel, user, command, focused string, options ...Opt) (string, error) {
	return s.command(kindAutocomplete, channel, user, command, focused, options)
}

func (s *Server) command(kind int, channel, user, line, focused string, options []Opt) (string, error) {
	w := s.lock()
	defer s.unlock()
	ch, p := w.mustChannel(channel), w.mustUser(user)
	if err := w.mayAct(ch, p); err != nil {
		return "", err
	}
	path := strings.Fields(line)
	cmd := w.visible(ch, p, path[0])
	if cmd == nil {
		return "", fmt.Errorf("discordtest: %s is offered no command /%s here; there are %s", user, path[0], w.offered(ch, p))
	}
	form := filling{w, ch.guild, kind == kindAutocomplete, focused, object{}}
	list, err := form.options(asList(cmd["options"]), path[1:], options)
	if err != nil {
		return "", fmt.Errorf("discordtest: /%s: %w", line, err)
	}
	data := object{"id": cmd["id"], "name": path[0], "type": 1}
	if len(list) > 0 || kind == kindAutocomplete {
		data["options"] = list
	}
	if len(form.resolved) > 0 {
		data["resolved"] = form.resolved
	}
	if guild, given := cmd["guild_id"]; given {
		data["guild_id"] = guild
	}
	return w.interact(kind, ch, p, nil, data).id, nil
}

// mayAct tells whether a person can use the bot in a channel at all.
func (w *World) mayAct(ch *channel, p *person) error {
	switch {
	case ch.deleted:
		return fmt.Errorf("discordtest: channel %s is deleted", ch.id)
	case ch.kind == directMessage && ch.person != p:
		return fmt.Errorf("discordtest: channel %s is between the bot and somebody else", ch.id)
	case ch.guild != nil && ch.guild.members[p.ID] == nil:
		return fmt.Errorf("discordtest: user %s is no member of guild %s", p.ID, ch.guild.id)
	case ch.guild != nil && (!ch.guild.inside || ch.guild.outage):
		return fmt.Errorf("discordtest: the bot is not in guild %s", ch.guild.id)
	}
	return nil
}

// visible is the command a person is offered in a channel, nil when there is none. One of
// the guild hides a global one of the same name.
func (w *World) visible(ch *channel, p *person, name string) object {
	if ch.guild != nil {
		if cmd := find(w.commands[ch.guild.id], name, 1); cmd != nil && ch.guild.allows(cmd, p) {
			return cmd
		}
	}
	cmd := find(w.commands[""], name, 1)
	if cmd == nil || ch.guild != nil && !ch.guild.allows(cmd, p) || !inContext(cmd, ch) {
		return nil
	}
	return cmd
}

func (g *guild) allows(cmd object, p *person) bool {
	v := cmd["default_member_permissions"]
	if v == nil {
		return true
	}
	wanted := Permission(asNumber(v))
	if wanted == 0 {
		return g.rights(p.ID).has(Administrator)
	}
	return g.rights(p.ID).has(wanted)
}

func inContext(cmd object, ch *channel) bool {
	context := int64(0)
	if ch.guild == nil {
		context = 1
	}
	if list, given := cmd["contexts"].([]any); given {
		for _, v := range list {
			if asNumber(v) == context {
				return true
			}
		}
		return false
	}
	dm, _ := cmd["dm_permission"].(bool)
	return ch.guild != nil || dm
}

func (w *World) offered(ch *channel, p *person) string {
	var names []string
	for _, set := range [...]string{"", guildID(ch)} {
		for _, cmd := range w.commands[set] {
			if name := asText(cmd["name"]); w.visible(ch, p, name) != nil {
				names = append(names, "/"+name)
			}
		}
	}
	if names == nil {
		return "none"
	}
	return strings.Join(names, " ")
}

// filling is one command as it is filled in.
type filling struct {
	w        *World
	guild    *guild
	typing   bool // autocomplete
	focused  string
	resolved object
}

// options builds the options of an interaction after the command's own definition.
func (f filling) options(defined []any, path []string, given []Opt) ([]any, error) {
	out := []any{}
	if len(path) > 0 {
		sub := findOption(defined, path[0])
		if t := asNumber(sub["type"]); sub == nil || t != optionSubcommand && t != optionGroup {
			return nil, fmt.Errorf("there is no subcommand %s", path[0])
		}
		inner, err := f.options(asList(sub["options"]), path[1:], given)
		if err != nil {
			return nil, err
		}
		return append(out, object{"name": path[0], "type": asNumber(sub["type"]), "options": inner}), nil
	}
	used := make(map[string]bool)
	for _, o := range given {
		def := findOption(defined, o.Name)
		if def == nil {
			return nil, fmt.Errorf("there is no option %s", o.Name)
		}
		focused := f.typing && o.Name == f.focused
		value, err := f.value(def, o.Value, focused)
		if err != nil {
			return nil, fmt.Errorf("option %s: %w", o.Name, err)
		}
		used[o.Name] = true
		shown := object{"name": o.Name, "type": asNumber(def["type"]), "value": value}
		if focused {
			if auto, _ := def["autocomplete"].(bool); !auto {
				return nil, fmt.Errorf("option %s has no autocomplete", o.Name)
			}
			shown["focused"] = true
		}
		out = append(out, shown)
	}
	if f.typing && !used[f.focused] {
		return nil, fmt.Errorf("the focused option %s has no value; an empty string is one", f.focused)
	}
	for _, v := range defined {
		def := asObject(v)
		switch t := asNumber(def["type"]); {
		case t == optionSubcommand || t == optionGroup:
			return nil, fmt.Errorf("a subcommand is needed, %s is one", asText(def["name"]))
		case def["required"] == true && !f.typing && !used[asText(def["name"])]:
			return nil, fmt.Errorf("the required option %s is missing", asText(def["name"]))
		}
	}
	return out, nil
}

func findOption(defined []any, name string) object {
	for _, v := range defined {
		if o := asObject(v); asText(o["name"]) == name {
			return o
		}
	}
	return nil
}

// optionValue is a value as Discord sends it. What is typed into a focused option is not
// checked: Discord sends it as it is, numbers as text, too.
func (f filling) value(def object, v any, typing bool) (any, error) {
	t := asNumber(def["type"])
	if typing {
		return fmt.Sprint(v), nil
	}
	switch x := v.(type) {
	case string:
		if t == optionString {
			return x, lengths(def, x)
		}
	case int:
		if t == optionInteger || t == optionNumber {
			return x, bounds(def, float64(x))
		}
	case float64:
		if t == optionNumber || t == optionInteger && x == math.Trunc(x) {
			return x, bounds(def, x)
		}
	case bool:
		if t == optionBoolean {
			return x, nil
		}
	case UserOption:
		if t == optionUser || t == optionMention {
			f.resolve(f.w.mustUser(string(x)))
			return string(x), nil
		}
	case ChannelOption:
		if t == optionChannel {
			c := f.w.mustChannel(string(x))
			put(f.resolved, "channels", c.id, f.w.partialChannel(c, &person{}))
			return c.id, nil
		}
	case RoleOption:
		if t == optionRole || t == optionMention {
			f.resolveRole(string(x))
			return string(x), nil
		}
	case File:
		if t == optionFile {
			kept := f.w.keep([]File{x})
			f.w.uploads = append(f.w.uploads, kept...)
			put(f.resolved, "attachments", kept[0].ID, (&message{files: kept}).attachments()[0])
			return kept[0].ID, nil
		}
	}
	return nil, fmt.Errorf("%v (%T) does not fit its type %d", v, v, t)
}

// resolve tells who a person is, as a member, too, if there is a guild.
func (f filling) resolve(p *person) {
	put(f.resolved, "users", p.ID, p.json())
	if f.guild == nil || f.guild.members[p.ID] == nil {
		return
	}
	o := f.guild.memberJSON(f.guild.members[p.ID], false)
	delete(o, "deaf")
	delete(o, "mute")
	o["permissions"] = f.guild.rights(p.ID).String()
	put(f.resolved, "members", p.ID, o)
}

func (f filling) resolveRole(id string) {
	if f.guild == nil {
		return
	}
	for i, r := range f.guild.roles {
		if r.id == id {
			put(f.resolved, "roles", id, r.json(i))
		}
	}
}

func put(resolved object, kind, id string, v any) {
	if resolved[kind] == nil {
		resolved[kind] = object{}
	}
	asObject(resolved[kind])[id] = v
}

func lengths(def object, text string) error {
	n := int64(len([]rune(text)))
	low, high := int64(0), int64(6000)
	if v := def["min_length"]; v != nil {
		low = asNumber(v)
	}
	if v := def["max_length"]; v != nil {
		high = asNumber(v)
	}
	if n < low || n > high {
		return fmt.Errorf("%d characters, %d to %d are allowed", n, low, high)
	}
	return offeredChoice(def, text)
}

func bounds(def object, x float64) error {
	for name, sign := range map[string]float64{"min_value": 1, "max_value": -1} {
		if v, given := def[name].(json.Number); given {
			limit, _ := v.Float64()
			if sign*x < sign*limit {
				return fmt.Errorf("%v is beyond %s %v", x, name, limit)
			}
		}
	}
	return offeredChoice(def, x)
}

func offeredChoice(def object, v any) error {
	choices := asList(def["choices"])
	for _, c := range choices {
		if fmt.Sprint(asObject(c)["value"]) == fmt.Sprint(v) {
			return nil
		}
	}
	if len(choices) > 0 {
		return fmt.Errorf("%v is not among the choices", v)
	}
	return nil
}
