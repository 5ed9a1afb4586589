package discord

import (
	"context"
	"flag"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"klaster/bot"
	"klaster/bot/bottest"
	"klaster/bot/discord/discordtest"
	"klaster/commands"
	"klaster/commands/phrase"
	"klaster/domain"
	"klaster/store/boltstore"
)

var rewrite = flag.Bool("update", false, "rewrite the golden transcript of the conformance suite")

// conformStage is a Discord channel for the conformance suite: what is typed elsewhere is filled into windows, and what
// is ticked one by one is chosen from lists.
type conformStage struct {
	*theatre
	menu   []commands.MenuEntry
	people map[string]string
	last   map[string]string // the newest interaction of each person
}

func TestConformance(t *testing.T) {
	talk, err := commands.New(bottest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	s, err := boltstore.Open(filepath.Join(t.TempDir(), "klaster.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := &conformStage{theatre: newTheatre(t, func(o *Options) { o.Pause = nil }), menu: talk.Menu(), people: map[string]string{}, last: map[string]string{}}
	bottest.Conform(t, s, talk, c, *rewrite)
}

// unhurried is the bot without its rates: the fake has none, and the story would wait for minutes.
type unhurried struct{ *Bot }

func (u unhurried) Caps() bot.Caps {
	caps := u.Bot.Caps()
	caps.Global, caps.PerChat, caps.PerGroup, caps.EditInterval = bot.Rate{}, bot.Rate{}, bot.Rate{}, 0
	return caps
}

func (c *conformStage) Connector() bot.Connector { return unhurried{c.bot} }
func (c *conformStage) Group() domain.ChatRef {
	return domain.ChatRef{Platform: Platform, Chat: c.channel}
}

func (c *conformStage) Enter(name string, admin bool) {
	c.t.Helper()
	id := c.AddUser(discordtest.User{Name: name, Locale: "id"})
	c.people[name] = id
	c.Join(c.guild, id)
	if admin {
		c.SetPermissions(c.guild, id, discordtest.ManageGuild)
	}
	c.until(func(w *discordtest.World) bool { return len(w.Commands("")) > 0 })
}

// Say splits what follows the command's name among its options: a word to each, the rest to the last.
func (c *conformStage) Say(who, command string) {
	c.t.Helper()
	name, rest, _ := strings.Cut(strings.TrimPrefix(command, "/"), " ")
	i := slices.IndexFunc(c.menu, func(e commands.MenuEntry) bool { return e.Name == name })
	if i < 0 {
		c.t.Fatalf("no command %q", name)
	}
	var options []discordtest.Opt
	for n, o := range c.menu[i].Options {
		value := rest
		if n < len(c.menu[i].Options)-1 {
			value, rest, _ = strings.Cut(rest, " ")
		}
		if value != "" {
			options = append(options, discordtest.Opt{Name: o.English, Value: value})
		}
	}
	c.note(who)(c.Slash(c.channel, c.people[who], c.menu[i].English, options...))
}

func (c *conformStage) Ask(who, command string) { c.t.Helper(); c.Say(who, command) }

// Whisper says it in the channel: what is for one person is answered to that person alone there.
func (c *conformStage) Whisper(who, command string) { c.t.Helper(); c.Say(who, command) }

// note keeps what somebody has done last.
func (c *conformStage) note(who string) func(interaction string, err error) {
	return func(interaction string, err error) {
		c.t.Helper()
		if err != nil {
			c.t.Fatal(err)
		}
		c.last[who] = interaction
	}
}

func (c *conformStage) Press(who, label string) {
	c.t.Helper()
	c.until(func(w *discordtest.World) bool {
		return slices.ContainsFunc(w.Messages(c.channel, c.people[who]), func(m discordtest.Message) bool { return slices.Contains(m.Labels(), label) })
	})
	c.note(who)(c.PressButton(c.channel, c.people[who], label))
}

// Answer fills in the window that is open, or the one that the question's button opens, as often as it takes.
func (c *conformStage) Answer(who string, answers ...string) {
	c.t.Helper()
	for len(answers) > 0 {
		r := c.answered(c.last[who])
		if r.Modal == nil {
			c.Press(who, "Isi jawaban")
			if r = c.answered(c.last[who]); r.Modal == nil {
				c.t.Fatalf("no window opens for %s: %+v", who, r)
			}
		}
		values := map[string]string{}
		for _, input := range r.Modal.Inputs {
			if len(answers) > 0 {
				values[input.CustomID], answers = answers[0], answers[1:]
			}
		}
		c.note(who)(c.Submit(c.last[who], values))
		c.answered(c.last[who])
	}
}

func (c *conformStage) answered(interaction string) discordtest.Response {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	r, err := c.WaitSettled(ctx, interaction)
	if err != nil {
		c.t.Fatal(err)
	}
	return r
}

func (c *conformStage) Choose(who string, labels ...string) {
	c.t.Helper()
	c.until(func(w *discordtest.World) bool {
		return slices.ContainsFunc(w.Messages(c.channel, c.people[who]), func(m discordtest.Message) bool {
			return slices.ContainsFunc(m.Selects, func(s discordtest.Select) bool {
				return slices.ContainsFunc(s.Options, func(o discordtest.SelectOption) bool { return o.Label == labels[0] })
			})
		})
	})
	c.note(who)(c.ChooseOptions(c.channel, c.people[who], labels...))
}

func (c *conformStage) Until(ctx context.Context, who string, holds func([]bottest.Shown) bool) error {
	return c.WaitFor(ctx, func(w *discordtest.World) bool {
		var all []bottest.Shown
		for _, m := range append(w.Messages(c.channel, c.people[who]), w.DMs(c.people[who])...) {
			if m.FromBot && !m.Loading {
				all = append(all, bottest.Shown{
					Key: fmt.Sprint(m.ID, "/", m.Edits), Text: inWords(m.Text()), Private: m.Ephemeral || m.Channel != c.channel,
				})
			}
		}
		if c.last[who] == "" {
			return holds(all)
		}
		if window := w.Response(c.last[who]).Modal; window != nil {
			text := window.Title
			for _, input := range window.Inputs {
				text += "\n" + input.Label + " " + input.Placeholder
			}
			all = append(all, bottest.Shown{Key: "window " + c.last[who], Text: text, Private: true})
		}
		return holds(all)
	})
}

var timestamp = regexp.MustCompile(`<t:(\d+)(?::\w)?>`)

// inWords shows timestamps as the other platforms do.
func inWords(text string) string {
	return timestamp.ReplaceAllStringFunc(text, func(stamp string) string {
		seconds, _ := strconv.ParseInt(timestamp.FindStringSubmatch(stamp)[1], 10, 64)
		return phrase.FormatDateTime(time.Unix(seconds, 0).In(bottest.Zone("Asia/Jakarta")), "id")
	})
}
