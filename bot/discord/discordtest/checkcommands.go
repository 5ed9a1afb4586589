package discordtest

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// The limits of application commands.
const (
	maxCommands       = 100 // of each set, slash commands; menus of users and messages 15 each
	maxMenus          = 15
	maxCommandName    = 32
	maxCommandText    = 100
	maxCommandOptions = 25
	maxCommandChoices = 25
	maxCommandSize    = 8000
)

// commandName is the pattern of the documentation; names are also in small letters.
var commandName = regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)

// locales are those Discord knows.
var locales = strings.Fields("id da de en-GB en-US es-ES es-419 fr hr it lt hu nl no pl pt-BR ro fi sv-SE vi tr cs el bg ru uk hi th zh-CN ja zh-TW ko ar he")

// commands judges a bulk overwrite.
func (k *checker) commands() {
	list, isList := k.call.payload.([]any)
	if !isList {
		return // the handler refuses it
	}
	seen := make(map[string]bool)
	kinds := make(map[int64]int)
	for i, v := range list {
		at, o := fmt.Sprintf("[%d]", i), asObject(v)
		kind := int64(1)
		if o["type"] != nil {
			kind = asNumber(o["type"])
		}
		kinds[kind]++
		key := fmt.Sprint(kind, asText(o["name"]))
		if seen[key] {
			k.bad(at+".name", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique: %s", o["name"])
		}
		seen[key] = true
		k.names(at, o, kind == 1)
		if kind == 1 {
			k.descriptions(at, o)
			k.commandOptions(at+".options", asList(o["options"]), 0)
		} else if asText(o["description"]) != "" {
			k.bad(at+".description", "APPLICATION_COMMAND_INVALID_DESCRIPTION", "a menu has no description")
		}
		if n := commandSize(o); n > maxCommandSize {
			k.bad(at, "APPLICATION_COMMAND_TOO_LARGE", "Command exceeds maximum size (%d), it has %d", maxCommandSize, n)
		}
	}
	for kind, n := range kinds {
		most := maxMenus
		if kind == 1 {
			most = maxCommands
		}
		if n > most {
			k.add(&refusal{status: 400, code: 30032, message: fmt.Sprintf("Maximum number of application commands reached (%d).", most)},
				"%d commands of type %d, at most %d are allowed", n, kind, most)
		}
	}
}

// commandSize counts the names, descriptions and values of a command: the default texts,
// and the longest set of translations, as the documentation says.
func commandSize(o object) int {
	n := longest(o["name"], o["name_localizations"]) + longest(o["description"], o["description_localizations"])
	for _, v := range asList(o["options"]) {
		n += commandSize(asObject(v))
	}
	for _, v := range asList(o["choices"]) {
		c := asObject(v)
		n += longest(c["name"], c["name_localizations"]) + utf16Len(asText(c["value"]))
	}
	return n
}

func longest(text, translations any) int {
	n := utf16Len(asText(text))
	for _, t := range asObject(translations) {
		n = max(n, utf16Len(asText(t)))
	}
	return n
}

// names judges the name of a command or an option, in every language.
func (k *checker) names(at string, o object, slash bool) {
	k.name(at+".name", asText(o["name"]), slash)
	for _, locale := range sortedNames(asObject(o["name_localizations"])) {
		place := at + ".name_localizations." + locale
		k.locale(place, locale)
		k.name(place, asText(asObject(o["name_localizations"])[locale]), slash)
	}
}

func (k *checker) name(place, name string, slash bool) {
	switch {
	case name == "" || utf16Len(name) > maxCommandName:
		k.bad(place, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and %d in length, it has %d.", maxCommandName, utf16Len(name))
	case slash && (!commandName.MatchString(name) || strings.ToLower(name) != name):
		k.bad(place, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid: %q", name)
	}
}

func (k *checker) locale(place, locale string) {
	if !slices.Contains(locales, locale) {
		k.bad(place, "BASE_TYPE_CHOICES", "%q is no locale of Discord", locale)
	}
}

func (k *checker) descriptions(at string, o object) {
	k.text(at+".description", o["description"], 1, maxCommandText)
	for _, locale := range sortedNames(asObject(o["description_localizations"])) {
		place := at + ".description_localizations." + locale
		k.locale(place, locale)
		k.text(place, asObject(o["description_localizations"])[locale], 1, maxCommandText)
	}
}

// commandOptions judges the options of a command (depth 0), a group (1) or a subcommand (2).
func (k *checker) commandOptions(path string, list []any, depth int) {
	if len(list) > maxCommandOptions {
		k.bad(path, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length, there are %d.", maxCommandOptions, len(list))
	}
	used := make(map[string]map[string]bool) // names by locale, "" for the default ones
	optional, subs, values := false, 0, 0
	for i, v := range list {
		at, o := fmt.Sprintf("%s[%d]", path, i), asObject(v)
		k.names(at, o, true)
		k.descriptions(at, o)
		k.unique(at, o, used)
		t := asNumber(o["type"])
		switch {
		case t < optionSubcommand || t > 11:
			k.bad(at+".type", "BASE_TYPE_CHOICES", "%d is no type of an option", t)
		case t == optionGroup && depth == 0:
			subs++
			k.commandOptions(at+".options", asList(o["options"]), 1)
		case t == optionSubcommand && depth < 2:
			subs++
			k.commandOptions(at+".options", asList(o["options"]), 2)
		case t == optionSubcommand || t == optionGroup:
			k.bad(at+".type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are invalid here")
		case depth == 1:
			k.bad(at+".type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "a group holds subcommands only")
		default:
			values++
			k.valueOption(at, o)
		}
		if t != optionSubcommand && t != optionGroup {
			required := o["required"] == true
			if required && optional {
				k.bad(at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
			}
			optional = optional || !required
		}
	}
	if subs > 0 && values > 0 {
		k.bad(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
	}
}

// unique demands that the options of one level have different names in every language.
func (k *checker) unique(at string, o object, used map[string]map[string]bool) {
	names := map[string]string{"": asText(o["name"])}
	for locale, v := range asObject(o["name_localizations"]) {
		names[locale] = asText(v)
	}
	for locale, name := range names {
		if used[locale] == nil {
			used[locale] = make(map[string]bool)
		}
		if used[locale][name] {
			k.bad(at+".name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists: %q (%s)", name, locale)
		}
		used[locale][name] = true
	}
}

// valueOption judges choices, autocomplete and bounds.
func (k *checker) valueOption(at string, o object) {
	t, choices := asNumber(o["type"]), asList(o["choices"])
	listed := t == optionString || t == optionInteger || t == optionNumber
	auto := o["autocomplete"] == true
	switch {
	case len(choices) > maxCommandChoices:
		k.bad(at+".choices", "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length, there are %d.", maxCommandChoices, len(choices))
	case (len(choices) > 0 || auto) && !listed:
		k.bad(at, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "an option of type %d has neither choices nor autocomplete", t)
	case len(choices) > 0 && auto:
		k.bad(at+".autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_CHOICES", "autocomplete and choices exclude each other")
	}
	seen := make(map[string]bool)
	for i, v := range choices {
		place, c := fmt.Sprintf("%s.choices[%d]", at, i), asObject(v)
		k.text(place+".name", c["name"], 1, maxCommandText)
		for _, locale := range sortedNames(asObject(c["name_localizations"])) {
			k.locale(place+".name_localizations."+locale, locale)
			k.text(place+".name_localizations."+locale, asObject(c["name_localizations"])[locale], 1, maxCommandText)
		}
		_, isText := c["value"].(string)
		if isText != (t == optionString) {
			k.bad(place+".value", "BASE_TYPE_BAD_TYPE", "the value does not fit type %d", t)
		}
		if isText {
			k.text(place+".value", c["value"], 1, maxCommandText)
		}
		if seen[asText(c["name"])] {
			k.bad(place+".name", "APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_EXISTS", "Option choice name already exists")
		}
		seen[asText(c["name"])] = true
	}
	low, high := o["min_length"], o["max_length"]
	if (low != nil || high != nil) && t != optionString {
		k.bad(at, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "lengths are for texts only")
	}
	if low != nil && (asNumber(low) < 0 || asNumber(low) > 6000) || high != nil && (asNumber(high) < 1 || asNumber(high) > 6000) {
		k.bad(at, "NUMBER_TYPE_MAX", "lengths are between 0 and 6000")
	}
}
