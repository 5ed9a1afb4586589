package web

import (
	"cmp"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"klaster/bot"
	"klaster/bot/bottest"
	"klaster/commands"
	"klaster/domain"
)

var rewrite = flag.Bool("update", false, "rewrite the golden transcript of the conformance suite")

// conformStage is a browser room for the conformance suite: every person has an open page.
type conformStage struct {
	*house
	people map[string]*openPage
}

// openPage is a page and what it shows, kept up to date by its stream.
type openPage struct {
	*guest
	screen *screen

	mu      sync.Mutex
	changed chan struct{}
	lines   map[string]map[uint64]message // by chat
	edits   map[string]int
}

func TestConformance(t *testing.T) {
	talk, err := commands.New(bottest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	s := openStore(t)
	room, err := New(Options{Transcript: s})
	if err != nil {
		t.Fatal(err)
	}
	c := &conformStage{house: &house{t: t, room: room, store: s, server: httptest.NewServer(room)}, people: map[string]*openPage{}}
	t.Cleanup(c.server.Close)
	bottest.Conform(t, s, talk, c, *rewrite)
}

func (c *conformStage) Connector() bot.Connector { return c.room }
func (c *conformStage) Group() domain.ChatRef    { return group() }

// Enter opens a page. Who administers a room is whoever speaks first, which the story has the admin do.
func (c *conformStage) Enter(name string, _ bool) {
	c.t.Helper()
	for c.room.Health() != nil { // the hub has begun to receive in a moment
		if c.t.Context().Err() != nil {
			c.t.Fatal(c.room.Health())
		}
	}
	p := &openPage{guest: c.guest(name), changed: make(chan struct{}), lines: map[string]map[uint64]message{"group": {}, "private": {}}, edits: map[string]int{}}
	p.screen = p.watch("")
	c.people[name] = p
	go p.read()
}

// read takes the stream's events until it ends.
func (p *openPage) read() {
	for e := range p.screen.events {
		var b batch
		if e.name != "lines" || json.Unmarshal([]byte(e.data), &b) != nil {
			continue
		}
		p.mu.Lock()
		for _, l := range b.Group {
			p.show("group", l.ID, l.Message)
		}
		for _, l := range b.Private {
			p.show("private", l.ID, l.Message)
		}
		close(p.changed)
		p.changed = make(chan struct{})
		p.mu.Unlock()
	}
}

func (p *openPage) show(chat string, id uint64, m message) {
	if _, before := p.lines[chat][id]; before {
		p.edits[fmt.Sprint(chat, id)]++
	}
	p.lines[chat][id] = m
}

// until waits until holds does; it is called with the page's lock held.
func (p *openPage) until(ctx context.Context, holds func() bool) error {
	for {
		p.mu.Lock()
		ok, changed := holds(), p.changed
		p.mu.Unlock()
		if ok {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// shownLine is a message on a page.
type shownLine struct {
	chat string
	id   uint64
	message
}

// version changes with every line that comes or is replaced in the private chat.
func (p *openPage) version() int {
	n := len(p.lines["private"])
	for key, edits := range p.edits {
		if strings.HasPrefix(key, "private") {
			n += edits
		}
	}
	return n
}

// all lists the bot's messages, the group's first, oldest first.
func (p *openPage) all() []shownLine {
	var out []shownLine
	for _, chat := range []string{"group", "private"} {
		var lines []shownLine
		for id, m := range p.lines[chat] {
			if m.Author == "" {
				lines = append(lines, shownLine{chat, id, m})
			}
		}
		slices.SortFunc(lines, func(a, b shownLine) int { return cmp.Compare(a.id, b.id) })
		out = append(out, lines...)
	}
	return out
}

func (c *conformStage) soon() (context.Context, context.CancelFunc) {
	return context.WithTimeout(c.t.Context(), patient)
}

func (c *conformStage) Say(who, command string) { c.people[who].say("group", command).ok(c.t) }
func (c *conformStage) Ask(who, command string) { c.Say(who, command) }

func (c *conformStage) Whisper(who, command string) {
	c.people[who].say("private", command).ok(c.t)
}

// press presses the newest button with the label, and tells which message it stood on.
func (c *conformStage) press(who, label string) shownLine {
	c.t.Helper()
	p := c.people[who]
	ctx, cancel := c.soon()
	defer cancel()
	var on shownLine
	var found button
	if err := p.until(ctx, func() bool {
		for _, l := range slices.Backward(p.all()) {
			for _, b := range slices.Concat(l.Buttons...) {
				if b.Label == label {
					on, found = l, b
					return true
				}
			}
		}
		return false
	}); err != nil {
		c.t.Fatalf("%s sees no button %q: %v", who, label, err)
	}
	if found.Private != "" {
		p.say("private", found.Private).ok(c.t)
		return on
	}
	p.post("/tap", request{Chat: on.chat, Line: on.id, Data: found.Data}).ok(c.t)
	return on
}

func (c *conformStage) Press(who, label string) { c.t.Helper(); c.press(who, label) }

// Answer types into the chat in which the person is asked.
func (c *conformStage) Answer(who string, answers ...string) {
	c.t.Helper()
	p := c.people[who]
	for _, text := range answers {
		p.mu.Lock()
		all := p.all()
		p.mu.Unlock()
		chat := "private"
		for _, l := range slices.Backward(all) {
			if l.Ask != "" {
				chat = l.chat
				break
			}
		}
		p.say(chat, text).ok(c.t)
		ctx, cancel := c.soon()
		err := p.until(ctx, func() bool { return len(p.all()) > len(all) })
		cancel()
		if err != nil {
			c.t.Fatalf("%s is not heard: %v", who, err)
		}
	}
}

func (c *conformStage) Choose(who string, labels ...string) {
	c.t.Helper()
	p := c.people[who]
	for _, label := range append(labels, "Selesai memilih") {
		p.mu.Lock()
		before := p.version()
		p.mu.Unlock()
		c.press(who, label)
		ctx, cancel := c.soon()
		err := p.until(ctx, func() bool { return p.version() != before })
		cancel()
		if err != nil {
			c.t.Fatalf("%s chose %q in vain: %v", who, label, err)
		}
	}
}

func (c *conformStage) Until(ctx context.Context, who string, holds func([]bottest.Shown) bool) error {
	p := c.people[who]
	return p.until(ctx, func() bool {
		var all []bottest.Shown
		for _, l := range p.all() {
			all = append(all, bottest.Shown{Key: fmt.Sprint(l.chat, "/", l.id, "/", p.edits[fmt.Sprint(l.chat, l.id)]), Text: l.words(), Private: l.chat == "private"})
		}
		return holds(all)
	})
}

// words are what a message says, a paragraph to a line.
func (m message) words() string {
	var blocks []string
	for _, b := range m.Blocks {
		var text strings.Builder
		for _, s := range b.Spans {
			if s.Kind == "break" {
				text.WriteString("\n")
			}
			text.WriteString(s.Text)
		}
		blocks = append(blocks, text.String())
	}
	return strings.Join(blocks, "\n")
}
