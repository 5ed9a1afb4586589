package telegram

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"testing"

	"klaster/bot"
	"klaster/bot/bottest"
	"klaster/bot/telegram/telegramtest"
	"klaster/commands"
	"klaster/domain"
	"klaster/store/boltstore"
)

var rewrite = flag.Bool("update", false, "rewrite the golden transcript of the conformance suite")

// conformStage is a Telegram group for the conformance suite.
type conformStage struct {
	*stage
	group   int64
	people  map[string]int64
	started map[string]bool
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
	t.Cleanup(func() { s.Close() })
	c := &conformStage{stage: newStage(t, func(o *Options) { o.Pause = nil }), people: map[string]int64{}, started: map[string]bool{}}
	c.group = c.AddGroup("Rotan")
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
func (c *conformStage) Group() domain.ChatRef    { return ref(c.group) }

func (c *conformStage) Enter(name string, admin bool) {
	id := c.AddUser(telegramtest.User{FirstName: name, Language: "id"})
	c.people[name] = id
	c.AddMember(c.group, id)
	if admin {
		c.Promote(c.group, id, telegramtest.Creator)
	}
}

func (c *conformStage) Say(who, command string) { c.SendText(c.group, c.people[who], command) }

func (c *conformStage) Whisper(who, command string) {
	c.SendText(c.people[who], c.people[who], command)
}

// Ask follows the link into the private chat where one is shown.
func (c *conformStage) Ask(who, command string) {
	c.t.Helper()
	said, _ := c.Send(c.group, c.people[who], command)
	if c.started[who] {
		return
	}
	c.started[who] = true
	var button telegramtest.Button
	c.until(func(w *telegramtest.World) bool {
		m := w.Last(c.group)
		if m.ReplyTo == said && m.Buttons != nil {
			button = m.Buttons[0][0]
		}
		return button.URL != ""
	})
	link, err := url.Parse(button.URL)
	if err != nil || link.Query().Get("start") == "" {
		c.t.Fatalf("the button leads to %q", button.URL)
	}
	c.Start(c.people[who], link.Query().Get("start"))
}

type seenButton struct {
	telegramtest.Button
	chat    int64
	message int
}

// button waits for a button and gives the newest.
func (c *conformStage) button(who, label string) (found seenButton) {
	c.t.Helper()
	c.until(func(w *telegramtest.World) bool {
		for _, chat := range []int64{c.people[who], c.group} {
			for _, m := range slices.Backward(w.Messages(chat)) {
				for _, b := range slices.Concat(m.Buttons...) {
					if b.Text == label && !m.Deleted {
						found = seenButton{b, chat, m.ID}
						return true
					}
				}
			}
		}
		return false
	})
	return found
}

func (c *conformStage) Press(who, label string) {
	c.t.Helper()
	b := c.button(who, label)
	c.Tap(b.chat, b.message, c.people[who], b.Data)
}

// Answer types, in the group as a reply to the question.
func (c *conformStage) Answer(who string, answers ...string) {
	c.t.Helper()
	for _, text := range answers {
		last := c.question(who)
		if last.Chat == c.group {
			c.SendText(c.group, c.people[who], text, telegramtest.ReplyTo(last.ID))
		} else {
			c.SendText(last.Chat, c.people[who], text)
		}
		c.until(func(w *telegramtest.World) bool { return w.Last(last.Chat).ID > last.ID && w.Last(last.Chat).FromMe })
	}
}

// question is the newest message of the bot, where the person is asked something.
func (c *conformStage) question(who string) telegramtest.Message {
	if m := c.Last(c.group); m.FromMe && m.Asks {
		return m
	}
	return c.Last(c.people[who])
}

func (c *conformStage) Choose(who string, labels ...string) {
	c.t.Helper()
	for _, label := range append(labels, "Selesai memilih") {
		b := c.button(who, label)
		edits := c.Message(b.chat, b.message).Edits
		c.Tap(b.chat, b.message, c.people[who], b.Data)
		c.until(func(w *telegramtest.World) bool {
			return w.Message(b.chat, b.message).Edits > edits || w.Last(b.chat).ID > b.message
		})
	}
}

func (c *conformStage) Until(ctx context.Context, who string, holds func([]bottest.Shown) bool) error {
	return c.WaitFor(ctx, func(w *telegramtest.World) bool {
		var all []bottest.Shown
		for _, chat := range []int64{c.group, c.people[who]} {
			for _, m := range w.Messages(chat) {
				if m.FromMe && !m.Deleted {
					all = append(all, bottest.Shown{Key: fmt.Sprint(chat, "/", m.ID, "/", m.Edits), Text: m.Text, Private: chat != c.group})
				}
			}
		}
		return holds(all)
	})
}
