package discord

import (
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/bwmarrin/discordgo"

	"klaster/bot"
	"klaster/bot/discord/discordtest"
	"klaster/commands"
)

// theMenu is the product's own table.
func theMenu(t *testing.T) []commands.MenuEntry {
	t.Helper()
	talk, err := commands.New(func(string) *time.Location { return time.UTC })
	if err != nil {
		t.Fatal(err)
	}
	return talk.Menu()
}

// The whole command table keeps Discord's limits, in every locale; nothing of it is left out.
func TestTableLimits(t *testing.T) {
	t.Parallel()
	entries := theMenu(t)
	table := testBot(t).table(entries)
	if len(table) != len(entries) || len(table) > 100 {
		t.Fatalf("%d of %d commands", len(table), len(entries))
	}
	// discord.com/developers/docs/interactions/application-commands#application-command-object-application-command-naming
	name := regexp.MustCompile(`^[-_'\p{L}\p{N}\p{Devanagari}\p{Thai}]{1,32}$`)
	units := func(s string) int { return len(utf16.Encode([]rune(s))) }
	for _, locale := range []string{"", "id"} {
		shown := func(plain string, by map[string]string) string {
			if s := by[locale]; s != "" {
				return s
			}
			return plain
		}
		seen := map[string]string{}
		for i, c := range table {
			n, d := shown(c.Name, c.Names), shown(c.Description, c.Descriptions)
			total := units(n) + units(d)
			if !name.MatchString(n) || n != strings.ToLower(n) {
				t.Errorf("%q: the name %q of %s", locale, n, c.Name)
			}
			if other := seen[n]; other != "" {
				t.Errorf("%q: %s and %s are both called %s", locale, other, c.Name, n)
			}
			seen[n] = c.Name
			if units(d) < 2 || units(d) > 100 {
				t.Errorf("%q: the description of %s: %q", locale, c.Name, d)
			}
			if len(c.Options) != len(entries[i].Options) || len(c.Options) > 25 {
				t.Errorf("%s has %d of %d options", c.Name, len(c.Options), len(entries[i].Options))
			}
			options := map[string]bool{}
			for _, o := range c.Options {
				n, d := shown(o.Name, o.Names), shown(o.Description, o.Descriptions)
				total += units(n) + units(d)
				if !name.MatchString(n) || n != strings.ToLower(n) || options[n] {
					t.Errorf("%q: the option %q of %s", locale, n, c.Name)
				}
				options[n] = true
				if file := o.Type == int(discordgo.ApplicationCommandOptionAttachment); units(d) < 2 || units(d) > 100 || !file && (o.MaxLength < 1 || o.MaxLength > 6000) {
					t.Errorf("%q: the option %s of %s: %q, %d characters", locale, o.Name, c.Name, d, o.MaxLength)
				}
			}
			if total > 8000 {
				t.Errorf("%q: %s has %d characters in all", locale, c.Name, total)
			}
		}
	}
	for _, c := range table {
		if c.Names["id"] == "" || c.Descriptions["id"] == "" {
			t.Errorf("%s has no Indonesian name or description", c.Name)
		}
	}
}

// The table is sent when it differs from the server's, and only then; a failure is tried again.
func TestPublish(t *testing.T) {
	t.Parallel()
	s := newTheatre(t, nil)
	s.FailNext(discordtest.RouteCommands, discordtest.Fault{Status: 500}, discordtest.Fault{Status: 429, RetryAfter: 3})
	if err := s.bot.PublishMenu(t.Context(), theMenu(t)); err != nil {
		t.Fatal(err)
	}
	s.start()
	s.until(func(w *discordtest.World) bool { return w.Calls(discordtest.RouteCommands) == 3 })
	if n := len(s.Commands("")); n != len(theMenu(t)) {
		t.Errorf("%d commands are there", n)
	}
	for _, d := range s.pauses.list() {
		if d > time.Hour*2 {
			t.Errorf("waited %s", d)
		}
	}
	if !strings.Contains(s.log.String(), "could not be published") {
		t.Error("the failures are not in the log")
	}
	if err := s.end(); err != nil {
		t.Fatal(err)
	}

	// A second process finds the table as it should be.
	second, err := New(Options{Token: testToken, API: s.URL() + "/api", Pause: s.pauses.pause})
	if err != nil {
		t.Fatal(err)
	}
	defer second.rest.transport.CloseIdleConnections()
	second.menu.entries = theMenu(t)
	if err := second.publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := s.Calls(discordtest.RouteCommands); n != 3 {
		t.Errorf("the same table was sent again: %d calls", n)
	}
	second.menu.entries = second.menu.entries[1:]
	if err := second.publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := s.Calls(discordtest.RouteCommands); n != 4 {
		t.Errorf("another table was not sent: %d calls", n)
	}
}

// Names of the table that Discord would refuse take nothing else with them.
func TestTableLeavesOut(t *testing.T) {
	t.Parallel()
	table := testBot(t).table([]commands.MenuEntry{
		{Name: "satu", English: "one", Description: both("Satu", "One"), Group: true},
		{Name: "dua", English: "One", Description: both("Dua", "Two"), Group: true},
		{Name: "Tiga kata", English: "three words", Description: both("x", "y"), Group: true},
		{Name: "empat", English: "four", Description: map[string]string{}, Private: true, Options: []commands.MenuOption{{English: "a", Max: 9000}, {English: "a"}, {English: "Ä"}}},
	})
	if len(table) != 2 || table[0].Name != "one" || table[1].Name != "four" || table[1].Description == "" || len(table[1].Options) != 1 || table[1].Options[0].MaxLength != 6000 {
		t.Errorf("the table is %+v", table)
	}
	if len(table[0].Contexts) != 1 || len(table[1].Contexts) != 2 {
		t.Errorf("contexts %v and %v", table[0].Contexts, table[1].Contexts)
	}
}

var _ bot.Suggester = (*inbox)(nil)
