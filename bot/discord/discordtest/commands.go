package discordtest

import (
	"encoding/json"
	"reflect"
	"slices"
)

// createsADay is how many commands can be created in a day, globally or for a guild.
const createsADay = 200

func (w *World) commandsOf(c *call) (string, *refusal) {
	if c.id("application_id") != w.self.ID {
		return "", &refusal{status: 403, code: 20012, message: "You are not authorized to perform this action on this application"}
	}
	guild := c.id("guild_id")
	if guild == "" {
		return "", nil
	}
	if g := w.guilds[guild]; g == nil || !g.inside {
		return "", refuse(missingAccess)
	}
	return guild, nil
}

func getCommands(w *World, c *call) result {
	guild, e := w.commandsOf(c)
	if e != nil {
		return refused(e)
	}
	localised := c.query("with_localizations") == "true"
	out := []any{}
	for _, cmd := range w.commands[guild] {
		shown := object{}
		for k, v := range cmd {
			if localised || k != "name_localizations" && k != "description_localizations" {
				shown[k] = v
			}
		}
		out = append(out, shown)
	}
	return ok(out)
}

// putCommands replaces the whole set. Commands with a name that was there keep their id
// and cost nothing.
func putCommands(w *World, c *call) result {
	guild, e := w.commandsOf(c)
	if e != nil {
		return refused(e)
	}
	list, isList := c.payload.([]any)
	if !isList {
		return refused(badForm("_misc", "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"))
	}
	set := make([]object, 0, len(list))
	creates := 0
	for _, v := range list {
		cmd := registered(asObject(v))
		old := find(w.commands[guild], asText(cmd["name"]), asNumber(cmd["type"]))
		cmd["application_id"] = w.self.ID
		if guild != "" {
			cmd["guild_id"] = guild
		}
		switch {
		case old == nil:
			creates++
			cmd["id"], cmd["version"] = w.newID(), w.newID()
		default:
			cmd["id"], cmd["version"] = old["id"], old["version"]
			if !reflect.DeepEqual(cmd, old) {
				cmd["version"] = w.newID()
			}
		}
		set = append(set, cmd)
	}
	if w.creates[guild]+creates > createsADay {
		return refused(refuse(tooManyCreates))
	}
	w.creates[guild] += creates
	w.commands[guild] = set
	out := make([]any, len(set))
	for n, cmd := range set {
		out[n] = cmd
	}
	return ok(out)
}

// registered is a command as Discord gives it back: with every default.
func registered(in object) object {
	cmd := object{
		"type": json.Number("1"), "description": "", "dm_permission": true, "default_member_permissions": nil, "nsfw": false,
		"contexts": nil, "integration_types": []any{json.Number("0")},
	}
	for k, v := range said(in) {
		cmd[k] = v
	}
	return cmd
}

// said leaves out what is null, all the way down.
func said(in object) object {
	out := make(object, len(in))
	for k, v := range in {
		switch x := v.(type) {
		case nil:
			continue
		case object:
			v = said(x)
		case []any:
			list := make([]any, len(x))
			for i, e := range x {
				list[i] = e
				if o, is := e.(object); is {
					list[i] = said(o)
				}
			}
			v = list
		}
		out[k] = v
	}
	return out
}

func find(set []object, name string, kind int64) object {
	n := slices.IndexFunc(set, func(cmd object) bool { return asText(cmd["name"]) == name && asNumber(cmd["type"]) == kind })
	if n < 0 {
		return nil
	}
	return set[n]
}

// Command is a registered command.
type Command struct {
	ID, Name, Description string
	Names, Descriptions   map[string]string // by locale
	Options               []CommandOption
	// Rights is default_member_permissions, -1 when everybody has the command.
	Rights Permission
}

// CommandOption is an option of a command, or a subcommand with options of its own.
type CommandOption struct {
	Type                   int
	Name, Description      string
	Names, Descriptions    map[string]string
	Required, Autocomplete bool
	Choices                []Choice
	Options                []CommandOption
}

func commandView(o object) Command {
	c := Command{
		ID: asText(o["id"]), Name: asText(o["name"]), Description: asText(o["description"]), Names: texts(o["name_localizations"]),
		Descriptions: texts(o["description_localizations"]), Options: optionViews(o), Rights: -1,
	}
	if v := o["default_member_permissions"]; v != nil {
		c.Rights = Permission(asNumber(v))
	}
	return c
}

func optionViews(o object) (out []CommandOption) {
	for _, v := range asList(o["options"]) {
		p := asObject(v)
		option := CommandOption{
			Type: int(asNumber(p["type"])), Name: asText(p["name"]), Description: asText(p["description"]),
			Names: texts(p["name_localizations"]), Descriptions: texts(p["description_localizations"]), Options: optionViews(p),
		}
		option.Required, _ = p["required"].(bool)
		option.Autocomplete, _ = p["autocomplete"].(bool)
		for _, choice := range asList(p["choices"]) {
			option.Choices = append(option.Choices, Choice{asText(asObject(choice)["name"]), asObject(choice)["value"]})
		}
		out = append(out, option)
	}
	return out
}

func texts(v any) map[string]string {
	out := make(map[string]string)
	for k, t := range asObject(v) {
		out[k] = asText(t)
	}
	return out
}

// Commands are the commands of a guild, or the global ones for "".
func (w *World) Commands(guild string) []Command {
	out := make([]Command, 0, len(w.commands[guild]))
	for _, o := range w.commands[guild] {
		out = append(out, commandView(o))
	}
	return out
}

// Commands is World.Commands.
func (s *Server) Commands(guild string) []Command {
	return look(s, func(w *World) []Command { return w.Commands(guild) })
}
