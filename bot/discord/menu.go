package discord

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"klaster/bot"
	"klaster/commands"
)

// Limits of commands (discord.com/developers/docs/interactions/application-commands).
const (
	commandsLimit    = 100
	describeLimit    = 100
	optionsPerLimit  = 25
	optionTextLimit  = 6000
	commandTextLimit = 8000
)

// Contexts in which a command is offered.
const (
	inGuilds  = 0
	inPrivate = 1
)

// command is a slash command as Discord keeps it.
type command struct {
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations"`
	Type         int               `json:"type"`
	Options      []option          `json:"options"`
	Contexts     []int             `json:"contexts"`
}

type option struct {
	Type         int               `json:"type"`
	Name         string            `json:"name"`
	Names        map[string]string `json:"name_localizations"`
	Description  string            `json:"description"`
	Descriptions map[string]string `json:"description_localizations"`
	Autocomplete bool              `json:"autocomplete,omitempty"`
	MaxLength    int               `json:"max_length,omitempty"`
}

// menu is the command table: what is read by, and what the server has been told.
type menu struct {
	mu      sync.Mutex
	entries []commands.MenuEntry
	byName  map[string]commands.MenuEntry
	told    []byte        // the table of the last success; only the publishing goroutine uses it
	changed chan struct{} // holds at most one
}

func newMenu() menu {
	return menu{byName: make(map[string]commands.MenuEntry), changed: make(chan struct{}, 1)}
}

// entry finds a command by the name it is registered under, which interactions always carry.
func (m *menu) entry(name string) (commands.MenuEntry, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.byName[name]
	return e, ok
}

// PublishMenu implements bot.MenuPublisher. It returns at once: while Receive runs, the table is compared with the
// server's and sent when it differs, again and again for as long as that fails.
func (b *Bot) PublishMenu(_ context.Context, entries []commands.MenuEntry) error {
	b.menu.mu.Lock()
	b.menu.entries = slices.Clone(entries)
	clear(b.menu.byName)
	for _, e := range entries {
		b.menu.byName[strings.ToLower(e.English)] = e
	}
	b.menu.mu.Unlock()
	select {
	case b.menu.changed <- struct{}{}:
	default:
	}
	return nil
}

// keepMenu runs beside the gateway, from its being ready on: a command that is shown should be heard. Commands belong to
// the account, so the first shard tells them.
func (b *Bot) keepMenu(ctx context.Context) {
	if b.shard != 0 {
		return
	}
	select {
	case <-ctx.Done():
		return
	case <-b.drained:
	}
	delays := delays(30*time.Second, time.Hour)
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.menu.changed:
		}
		delays.Reset()
		for err := b.publish(ctx); err != nil; err = b.publish(ctx) {
			if ctx.Err() != nil {
				return
			}
			d := delays.NextBackOff()
			var e *apiError
			if errors.As(err, &e) {
				d = max(d, e.after)
			}
			b.log.WarnContext(ctx, "discord: the commands could not be published", "error", err, "retry_in", d)
			if b.pause(ctx, d) != nil {
				return
			}
		}
	}
}

// publish replaces the whole table, if the server's is another one: creating commands is limited to 200 a day.
func (b *Bot) publish(ctx context.Context) error {
	b.menu.mu.Lock()
	table := b.table(b.menu.entries)
	b.menu.mu.Unlock()
	mine, err := json.Marshal(table)
	if err != nil {
		return err
	}
	if len(table) == 0 || bytes.Equal(mine, b.menu.told) {
		return nil
	}
	path := "/applications/" + b.id + "/commands"
	var theirs []command
	c := call{op: "reading the commands", method: http.MethodGet, path: path, query: "with_localizations=true", bucket: "commands"}
	if err := b.rest.do(ctx, c, &theirs); err != nil {
		return err
	}
	if same(table, theirs) {
		b.menu.told = mine
		return nil
	}
	c = call{op: "publishing the commands", method: http.MethodPut, path: path, body: table, bucket: "commands"}
	if err := b.rest.do(ctx, c, nil); err != nil {
		return err
	}
	b.log.InfoContext(ctx, "discord: commands published", "commands", len(table))
	b.menu.told = mine
	return nil
}

// same compares two tables whatever their order.
func same(a, b []command) bool {
	canonical := func(list []command) []byte {
		list = slices.Clone(list)
		slices.SortFunc(list, func(x, y command) int { return strings.Compare(x.Name, y.Name) })
		for i := range list {
			c := &list[i]
			if c.Type == 0 {
				c.Type = int(discordgo.ChatApplicationCommand)
			}
			if c.Options == nil {
				c.Options = []option{}
			}
			c.Names, c.Descriptions = orEmpty(c.Names), orEmpty(c.Descriptions)
			c.Options = slices.Clone(c.Options)
			for n := range c.Options {
				o := &c.Options[n]
				o.Names, o.Descriptions = orEmpty(o.Names), orEmpty(o.Descriptions)
			}
			c.Contexts = slices.Sorted(slices.Values(c.Contexts))
		}
		raw, err := json.Marshal(list)
		if err != nil {
			return nil
		}
		return raw
	}
	x := canonical(a)
	return x != nil && bytes.Equal(x, canonical(b))
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// table makes the commands. What the server would refuse is left out, or the whole table fails.
func (b *Bot) table(entries []commands.MenuEntry) []command {
	out, taken := []command{}, map[string]bool{}
	for _, e := range entries {
		c := command{
			Name: strings.ToLower(e.English), Names: names(e.Name), Description: b.describe(e.Description), Descriptions: descriptions(e.Description),
			Type: int(discordgo.ChatApplicationCommand), Options: []option{}, Contexts: []int{inGuilds},
		}
		if e.Private {
			c.Contexts = append(c.Contexts, inPrivate)
		}
		local := firstOf(c.Names["id"], c.Name)
		if !nameable(c.Name) || taken["en "+c.Name] || taken["id "+local] || len(out) == commandsLimit {
			b.log.Warn("discord: a command is left out of the table", "command", e.English)
			continue
		}
		taken["en "+c.Name], taken["id "+local] = true, true
		used := map[string]bool{}
		for _, o := range e.Options {
			one := option{
				Type: int(discordgo.ApplicationCommandOptionString), Name: strings.ToLower(o.English), Names: names(o.Name),
				Description: b.describe(o.Description), Descriptions: descriptions(o.Description),
				Autocomplete: o.Kind != commands.FreeText, MaxLength: min(o.Max, optionTextLimit),
			}
			if o.Kind == commands.AFile {
				one.Type, one.Autocomplete, one.MaxLength = int(discordgo.ApplicationCommandOptionAttachment), false, 0
			}
			if !nameable(one.Name) || used[one.Name] || len(c.Options) == optionsPerLimit {
				continue
			}
			used[one.Name] = true
			c.Options = append(c.Options, one)
		}
		out = append(out, c)
	}
	return out
}

// nameable tells whether Discord takes a name: letters, digits, dash and underscore, in small letters.
func nameable(name string) bool {
	n := utf8.RuneCountInString(name)
	return n >= 1 && n <= 32 && name == strings.ToLower(name) && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == ""
}

func names(indonesian string) map[string]string {
	if indonesian = strings.ToLower(indonesian); nameable(indonesian) {
		return map[string]string{string(discordgo.Locale("id")): indonesian}
	}
	return map[string]string{}
}

// describe is the description for those whose language we do not speak.
func (b *Bot) describe(in map[string]string) string {
	lang := "en"
	if in[lang] == "" {
		lang = b.lang
	}
	return firstOf(label(in[lang], describeLimit), label(in["id"], describeLimit), "-")
}

func descriptions(in map[string]string) map[string]string {
	out := map[string]string{}
	if d := label(in["id"], describeLimit); d != "" {
		out["id"] = d
	}
	return out
}

// suggest offers values for an option that is being typed. The answer is due within three seconds and cannot be put off;
// whatever goes wrong, an empty list is better than none.
func (b *Bot) suggest(ctx context.Context, i *interaction, to bot.Sink) {
	list := choices{Choices: []choice{}}
	if s, ok := to.(bot.Suggester); ok {
		if q, ok := i.typing(); ok {
			asking, cancel := context.WithTimeout(ctx, suggestLimit)
			found, err := s.Suggest(asking, i.place(), i.user(), q)
			cancel()
			if err != nil && ctx.Err() == nil {
				b.log.WarnContext(ctx, "discord: no suggestions", "error", err)
			}
			for _, one := range found {
				name := label(one.Label, optionLimit)
				if name != "" && one.Value != "" && utf8.RuneCountInString(one.Value) <= optionLimit && len(list.Choices) < optionsLimit {
					list.Choices = append(list.Choices, choice{name, one.Value})
				}
			}
		}
	}
	c := call{
		op: "suggesting", method: http.MethodPost, path: "/interactions/" + i.ID + "/" + i.Token + "/callback",
		body: callback{discordgo.InteractionApplicationCommandAutocompleteResult, list}, open: true, limit: suggestLimit,
	}
	if err := b.rest.do(ctx, c, nil); err != nil && !tooLate(err) && ctx.Err() == nil {
		b.log.DebugContext(ctx, "discord: suggestions not sent", "error", err)
	}
}

const (
	suggestLimit = 2 * time.Second
	// suggestions at a time; what comes beyond is not answered: the next letter asks again.
	suggestAtATime = 32
)

// typing is the option that is being typed.
func (i *interaction) typing() (commands.Typing, bool) {
	var d commandData
	if json.Unmarshal(i.Data, &d) != nil {
		return commands.Typing{}, false
	}
	for _, o := range d.Options {
		if o.Focused {
			return commands.Typing{Command: d.Name, Option: o.Name, Text: bot.CleanText(o.text()), Lang: language(i.Locale)}, true
		}
	}
	return commands.Typing{}, false
}
