package commands_test

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"klaster/commands"
	"klaster/commands/phrase"
	"klaster/domain"
)

var update = flag.Bool("update", false, "rewrite the golden transcripts")

// bot is the running bot in small: it hands inputs to the conversation, folds what was decided, delivers replies and
// keeps cards in step, and writes down what everybody sees. One group chat, one cluster, any number of persons.
//
//	b := newBot(t, "id")
//	sari := b.person("Ibu Sari", "id"); sari.admin = true
//	sari.says("/mulai")          // in the group
//	sari.taps("Mulai")           // the newest visible button with that label, group or private
//	sari.writes("/daftar")       // in the private chat
//	b.wait(3 * time.Hour)        // timers fire on the way
//	b.show("proposal/...")       // prints a board as it stands; every board without arguments
//	b.golden("founding.id")      // compares with testdata/founding.id.txt (-update rewrites)
type bot struct {
	t        *testing.T
	c        *commands.Conversation
	texts    *commands.Catalogue
	lang     string // what founders choose for the group
	s        *domain.State
	now      time.Time
	people   map[domain.PersonID]*person
	sessions map[place]kept
	messages []*message
	posted   map[string]*message // boards by key
	told     map[string]bool     // notices
	head     domain.Head
	journal  []domain.Commit
	inputs   int
	log      strings.Builder
	quiet    bool // nothing is written down
	stamp    string

	durability string // what the store promises, as the bot passes it in
}

// person is someone in the group.
type person struct {
	b         *bot
	id        domain.PersonID
	name      string
	lang      string
	admin     bool // of the chat
	reachable bool // the bot can write privately
}

type place struct {
	person  domain.PersonID
	private bool
}

type kept struct {
	blob  []byte
	until time.Time
}

type message struct {
	to      domain.PersonID // empty: the group
	key     string          // of the card
	body    string
	buttons [][]commands.Button
}

var group = domain.ChatRef{Platform: "web", Chat: "group"}

// zones knows the zones of the tests.
func zones(name string) *time.Location {
	if name == "" || name == "Local" {
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

// newBot is a group without a cluster, Monday 30 November 2026, nine o'clock in Jakarta.
func newBot(t *testing.T, lang string) *bot {
	t.Helper()
	c, err := commands.New(zones)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := commands.LoadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	return &bot{
		t: t, c: c, texts: texts, lang: lang, now: time.Date(2026, 11, 30, 9, 0, 0, 0, zones("Asia/Jakarta")),
		people: map[domain.PersonID]*person{}, sessions: map[place]kept{},
		posted: map[string]*message{}, told: map[string]bool{},
	}
}

// founded is a bot whose cluster exists: named, in Jakarta's zone, founded by the steward it returns. Nothing of it is
// in the transcript.
func founded(t *testing.T, lang string) (*bot, *person) {
	t.Helper()
	b := newBot(t, lang)
	steward := b.person("Ibu Sari", lang)
	steward.admin = true
	b.hush(func() {
		b.do(steward, domain.Found{
			Name: "Klaster Rotan Cirebon", Core: "mebel rotan", Region: "Cirebon", Lang: lang, Zone: "Asia/Jakarta",
			Steward: steward.id, Chat: group,
		})
	})
	return b, steward
}

// actor registers an organisation without a conversation; the steward approves it in the same breath.
func (b *bot) actor(steward, rep *person, name string, groups ...domain.Group) domain.ActorID {
	b.t.Helper()
	id := domain.ActorID(fmt.Sprintf("A%d", len(b.s.ActorOrder)+1))
	var roles []domain.Role
	for _, g := range groups {
		roles = append(roles, domain.Role{Group: g})
	}
	b.hush(func() {
		b.do(rep, domain.RegisterActor{Actor: id, Name: domain.Text(name), Roles: roles, Place: "Cirebon"})
		if b.s.Actors[id].Status != domain.StatusApproved {
			b.do(steward, domain.ApproveActor{Actor: id})
		}
	})
	return id
}

// person adds somebody with a reachable private chat.
func (b *bot) person(name, lang string) *person {
	p := &person{b: b, id: domain.PersonID(fmt.Sprintf("P%d", len(b.people)+1)), name: name, lang: lang, reachable: true}
	b.people[p.id] = p
	return p
}

// says types something in the group.
func (p *person) says(text string) { p.b.typed(p, text, false) }

// writes types something in the private chat.
func (p *person) writes(text string) { p.b.typed(p, text, true) }

// opens opens the private chat.
func (p *person) opens() {
	p.b.write("%s membuka pesan pribadi", p.name)
	p.b.hear(p, commands.Input{Private: true, Greeting: true}, nil)
}

// sends sends a file in the private chat.
func (p *person) sends(f commands.File, caption string) {
	p.b.write("%s (pribadi) [berkas %s] %s", p.name, f.Name, caption)
	p.b.hear(p, commands.Input{Private: true, File: &f, Text: caption}, nil)
}

// taps presses the newest visible button with the label: the group's, or the person's private chat.
func (p *person) taps(label string) {
	p.b.t.Helper()
	for i := len(p.b.messages) - 1; i >= 0; i-- {
		m := p.b.messages[i]
		if m.to == "" || m.to == p.id {
			for _, row := range m.buttons {
				for _, button := range row {
					if button.Label == label {
						p.press(m, button)
						return
					}
				}
			}
		}
	}
	p.b.t.Fatalf("%s sees no button %q\n%s", p.name, label, p.b.log.String())
}

// tapsOn presses a button of the board with the key.
func (p *person) tapsOn(key, label string) {
	p.b.t.Helper()
	m := p.b.posted[key]
	if m == nil {
		p.b.t.Fatalf("no board %q", key)
	}
	for _, row := range m.buttons {
		for _, button := range row {
			if button.Label == label {
				p.press(m, button)
				return
			}
		}
	}
	p.b.t.Fatalf("board %q has no button %q", key, label)
}

// picks presses the newest visible button whose label is the sentence with the key, in the person's or the group's
// language.
func (p *person) picks(key string) {
	p.b.t.Helper()
	for _, lang := range []string{p.lang, p.b.lang} {
		label := p.b.texts.Line(lang, key)
		for i := len(p.b.messages) - 1; i >= 0; i-- {
			if m := p.b.messages[i]; (m.to == "" || m.to == p.id) && hasLabel(m, label) {
				p.taps(label)
				return
			}
		}
	}
	p.b.t.Fatalf("%s sees no button %s\n%s", p.name, key, p.b.log.String())
}

func hasLabel(m *message, label string) bool {
	for _, row := range m.buttons {
		for _, button := range row {
			if button.Label == label {
				return true
			}
		}
	}
	return false
}

// in chooses between the wordings of a scenario that is played in both languages.
func (b *bot) in(id, en string) string {
	if b.lang == "en" {
		return en
	}
	return id
}

// forges sends button data that no button carries.
func (p *person) forges(data string, private bool) {
	p.b.write("%s memalsukan tombol %q", p.name, data)
	p.b.hear(p, commands.Input{Private: private, Tap: data}, nil)
}

func (p *person) press(m *message, button commands.Button) {
	p.b.write("%s menekan [%s]", p.name, button.Label)
	switch {
	case button.Private != "":
		p.reachable = true
		p.b.hear(p, commands.Input{Private: true, Text: button.Private}, nil)
	case button.URL != "":
		p.b.t.Fatalf("button %q opens %s", button.Label, button.URL)
	default:
		p.b.hear(p, commands.Input{Private: m.to != "", Tap: button.Data}, m)
	}
}

func (b *bot) typed(p *person, text string, private bool) {
	shown := text
	if utf8.RuneCountInString(shown) > 300 {
		shown = string([]rune(shown)[:60]) + "..."
	}
	if private {
		b.write("%s (pribadi): %s", p.name, strings.ToValidUTF8(shown, "?"))
	} else {
		b.write("%s: %s", p.name, strings.ToValidUTF8(shown, "?"))
	}
	b.hear(p, commands.Input{Private: private, Text: text}, nil)
}

// hear runs one input the way a room does: look up what is needed, append, answer, bring the cards up to date.
func (b *bot) hear(p *person, in commands.Input, tapped *message) {
	b.t.Helper()
	b.inputs++
	in.Cause = fmt.Sprintf("web:%d", b.inputs)
	in.At, in.By, in.Lang, in.CanPrivate = b.now, p.id, p.lang, p.reachable
	in.Seed = sha256.Sum256([]byte(in.Cause))
	in.Chat, in.Durability = group, b.durability
	if in.Private {
		in.Chat = domain.ChatRef{Platform: "web", Chat: string(p.id)}
	}
	at := place{p.id, in.Private}
	if in.Tap == "" || b.c.UsesSession(in.Tap) {
		if k, ok := b.sessions[at]; ok && !b.now.Before(k.until) {
			in.Expired = true
			delete(b.sessions, at)
		} else if ok {
			in.Session = k.blob
		}
	}
	handle := func() commands.Outcome {
		if b.s == nil {
			return b.c.Lobby(in)
		}
		return b.c.Handle(b.s, in)
	}
	out := handle()
	if out.Need == commands.NeedChatAdmin {
		in.ChatAdmin = commands.No
		if p.admin {
			in.ChatAdmin = commands.Yes
		}
		out = handle()
	}
	if out.Need == commands.NeedHistory {
		in.History = out.History.Page(b.newestFirst)
		out = handle()
	}
	events, replies := out.Events, out.Replies
	for _, e := range out.Effects {
		switch e := e.(type) {
		case commands.FoundCluster:
			b.s = domain.NewState(e.ID, zones)
			events = e.Events
		case commands.SetLanguage:
			p.lang, in.Lang = e.Lang, e.Lang
		case commands.ForgetMe:
			b.write("    (data %s dihapus)", p.name)
		}
	}
	if len(events) > 0 {
		commit := b.append(in.By, in.Cause, events)
		replies = b.c.Answer(b.s, commit, in)
	}
	if out.Session != nil {
		at := place{p.id, in.Private || out.Session.Private}
		if len(out.Session.Blob) == 0 {
			delete(b.sessions, at)
		} else {
			b.sessions[at] = kept{out.Session.Blob, out.Session.Until}
		}
	}
	if len(replies) == 0 {
		b.write("    (tidak ada jawaban)")
	}
	for _, r := range replies {
		b.deliver(p, in, r, tapped)
	}
	b.cards()
}

// do gives a command of the domain without a conversation.
func (b *bot) do(p *person, cmd domain.Command) {
	b.t.Helper()
	s := b.s
	if s == nil {
		s = domain.NewState("CLUSTER1", zones)
	}
	events, err := domain.Decide(s, b.now, domain.By{Person: p.id, ChatAdmin: p.admin}, cmd)
	if err != nil {
		b.t.Fatalf("%T by %s: %v", cmd, p.name, err)
	}
	b.s = s
	if len(events) > 0 {
		b.inputs++
		b.append(p.id, fmt.Sprintf("web:%d", b.inputs), events)
		b.cards()
	}
}

func (b *bot) append(by domain.PersonID, cause string, events []domain.Event) domain.Commit {
	b.t.Helper()
	commit := domain.Commit{At: b.now.UTC(), By: by, Cause: cause, Events: events}
	domain.Apply(b.s, commit)
	b.head = b.head.Next([]byte(cause))
	b.s.Seal(b.head)
	commit.Number = b.s.Commits
	commit.Receipt = domain.Receipt(commit.Number, b.head)
	b.journal = append(b.journal, commit)
	return commit
}

// newestFirst walks the journal backwards, as the bot does for a page of history.
func (b *bot) newestFirst(yield func(domain.Commit) bool) {
	for i := len(b.journal) - 1; i >= 0; i-- {
		if !yield(b.journal[i]) {
			return
		}
	}
}

// wait lets time pass; timers fire when they are due.
func (b *bot) wait(d time.Duration) { b.until(b.now.Add(d)) }

// until lets time pass to a moment.
func (b *bot) until(target time.Time) {
	b.t.Helper()
	for range 1000 {
		due, ok := b.s.NextDue()
		if !ok || due.After(target) {
			b.now = target
			b.cards()
			return
		}
		if due.After(b.now) {
			b.now = due.In(b.now.Location())
		}
		events := domain.Fire(b.s, b.now)
		if len(events) == 0 {
			b.t.Fatalf("due at %v, but nothing fires", due)
		}
		b.append("", fmt.Sprintf("timer:%d/%d", b.now.Unix(), b.s.Commits), events)
		b.cards()
	}
	b.t.Fatal("timers fire without end")
}

func (b *bot) deliver(p *person, in commands.Input, r commands.Reply, tapped *message) {
	body := b.plain(r.Body)
	to, where := "", "grup"
	private := in.Private
	switch {
	case r.To == commands.ToToast && in.Tap != "":
		if n := utf8.RuneCountInString(body); n > 200 {
			b.t.Errorf("toast of %d characters: %s", n, body)
		}
		b.block("toast untuk "+p.name, body, r.Buttons)
		if len(r.Buttons) == 0 {
			return
		}
		where = ""
	case r.To == commands.ToPrivate && !private:
		if !p.reachable {
			b.block("grup", b.plain(b.c.Trouble(commands.OpenPrivate, p.lang)), nil)
			return
		}
		private = true
	}
	if private {
		to, where = string(p.id), "pribadi "+p.name
	}
	if r.Instead && tapped != nil && (tapped.to != "") == private {
		if where != "" {
			b.block(where+", di tempat pesan itu", body, r.Buttons)
		}
		tapped.body, tapped.buttons = body, r.Buttons
		return
	}
	if where != "" {
		b.block(where, body, r.Buttons)
	}
	if r.Attachment != nil {
		b.write("    [lampiran %s]", r.Attachment.Name)
		for _, row := range r.Attachment.Table {
			b.write("    | %s", strings.Join(row, string(r.Attachment.Comma)))
		}
	}
	b.messages = append(b.messages, &message{to: domain.PersonID(to), body: body, buttons: r.Buttons})
}

// cards is the reconciler: boards are posted and edited, fresh notices posted once.
func (b *bot) cards() {
	if b.s == nil {
		return
	}
	wanted := b.c.Cards(b.s, b.now, b.langOf)
	later := b.c.Cards(b.s, b.now.Add(time.Second), b.langOf)
	boards := map[string]string{}
	for _, card := range later {
		if card.Kind == commands.Board {
			boards[card.Key] = b.plain(card.Body) + fmt.Sprint(card.Buttons)
		}
	}
	keys := map[string]bool{}
	for _, card := range wanted {
		if keys[card.Key] {
			b.t.Errorf("two cards with the key %q", card.Key)
		}
		keys[card.Key] = true
		body := b.plain(card.Body)
		b.checkLabels(card.Key, card.Buttons)
		if card.Kind == commands.Notice {
			if !b.told[card.Key] && b.now.Sub(card.At) < 24*time.Hour {
				b.told[card.Key] = true
				b.notice(card, body)
			}
			continue
		}
		if now, then := body+fmt.Sprint(card.Buttons), boards[card.Key]; now != then {
			b.t.Errorf("board %q changes by the mere passing of time:\n%s\n%s", card.Key, now, then)
		}
		switch m := b.posted[card.Key]; {
		case m == nil:
			m = &message{to: card.To, key: card.Key, body: body, buttons: card.Buttons}
			b.posted[card.Key] = m
			b.messages = append(b.messages, m)
			b.block(b.chatOf(card.To)+", kartu "+card.Key, body, card.Buttons)
		case m.body != body || fmt.Sprint(m.buttons) != fmt.Sprint(card.Buttons):
			m.body, m.buttons = body, card.Buttons
			b.write("    (kartu %s diperbarui)", card.Key)
		}
	}
	for key, m := range b.posted { // a board that is no longer wanted is left alone
		if !keys[key] {
			m.key = ""
			delete(b.posted, key)
		}
	}
}

func (b *bot) notice(card commands.Card, body string) {
	to := card.To
	if to != "" && (b.people[to] == nil || !b.people[to].reachable) {
		if card.Fallback == nil {
			return
		}
		to, body = "", b.plain(card.Fallback)
	}
	b.block(b.chatOf(to)+", pemberitahuan", body, card.Buttons)
	b.messages = append(b.messages, &message{to: to, key: card.Key, body: body, buttons: card.Buttons})
}

func (b *bot) chatOf(to domain.PersonID) string {
	if to == "" {
		return "grup"
	}
	return "pribadi " + b.name(to)
}

func (b *bot) langOf(p domain.PersonID) string {
	if p == "" {
		return b.s.Lang()
	}
	if who := b.people[p]; who != nil {
		return who.lang
	}
	return b.s.Lang()
}

// checkLabels fails on buttons a card must not have.
func (b *bot) checkLabels(key string, buttons [][]commands.Button) {
	for _, row := range buttons {
		for _, button := range row {
			if n := utf8.RuneCountInString(button.Label); n == 0 || n > 20 {
				b.t.Errorf("card %q: label %q has %d characters", key, button.Label, n)
			}
			if len(button.Data) > 48 {
				b.t.Errorf("card %q: data %q has %d bytes", key, button.Data, len(button.Data))
			}
		}
	}
}

// show prints boards as they stand.
func (b *bot) show(keys ...string) {
	for _, m := range b.messages {
		if m.key == "" || b.posted[m.key] != m {
			continue
		}
		shown := len(keys) == 0
		for _, key := range keys {
			shown = shown || key == m.key
		}
		if shown {
			b.block(b.chatOf(m.to)+", kartu "+m.key, m.body, m.buttons)
		}
	}
}

// hush runs something without writing it down.
func (b *bot) hush(f func()) {
	was := b.quiet
	b.quiet = true
	f()
	b.quiet = was
}

// write adds a line to the transcript, after the time if that has changed.
func (b *bot) write(format string, args ...any) {
	if b.quiet {
		return
	}
	if stamp := phrase.FormatDateTime(b.now, "id"); stamp != b.stamp {
		b.stamp = stamp
		fmt.Fprintf(&b.log, "\n== %s\n", stamp)
	}
	fmt.Fprintf(&b.log, format+"\n", args...)
}

func (b *bot) block(where, body string, buttons [][]commands.Button) {
	if b.quiet {
		return
	}
	if !utf8.ValidString(body) {
		b.t.Errorf("invalid UTF-8 in %q", body)
	}
	b.write("    -> %s", where)
	for _, line := range strings.Split(body, "\n") {
		b.write("%s", strings.TrimRight("       "+line, " "))
	}
	for _, row := range buttons {
		line := "      "
		for _, button := range row {
			if len(button.Data) > 48 {
				b.t.Errorf("data %q has %d bytes", button.Data, len(button.Data))
			}
			line += " [" + button.Label + "]"
		}
		b.write("%s", line)
	}
}

func (b *bot) name(id domain.PersonID) string {
	if p := b.people[id]; p != nil {
		return p.name
	}
	return "(" + string(id) + ")"
}

func (b *bot) plain(r commands.Rich) string { return r.Plaintext(b.name) }

// said is everything since the mark was taken; see mark.
func (b *bot) said(since int) string { return b.log.String()[since:] }

// mark is a point in the transcript.
func (b *bot) mark() int { return b.log.Len() }

// golden compares the transcript with testdata/<name>.txt.
func (b *bot) golden(name string) {
	b.t.Helper()
	path := filepath.Join("testdata", name+".txt")
	got := strings.TrimLeft(b.log.String(), "\n")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			b.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			b.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	if got != string(want) {
		b.t.Errorf("%s differs; run with -update and read the difference\n%s", path, difference(string(want), got))
	}
}

// difference shows the first lines in which two texts part.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d\nwant %s\ngot  %s", i+1, strings.Join(w[i:min(i+5, len(w))], "\n     "), strings.Join(g[i:min(i+5, len(g))], "\n     "))
		}
	}
	return fmt.Sprintf("%d lines wanted, %d got", len(w), len(g))
}
