package commands_test

import (
	"flag"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"klaster/commands"
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
	quiet    bool              // nothing is written down
	blanks   bool              // the platform takes blanks
	redeemed commands.Redeemed // what comes of the next code
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
	blank   *commands.Blank
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
	id := domain.ActorID(fmt.Sprintf("A%d", len(b.s.Actors)+1))
	var roles []domain.Role
	for _, g := range groups {
		roles = append(roles, domain.Role{Group: g})
	}
	b.hush(func() {
		b.do(rep, domain.RegisterActor{Actor: id, Name: domain.Text(name), Roles: roles, Place: "Cirebon"})
		if b.s.Actor(id).Status != domain.StatusApproved {
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

// fills answers the newest blank the person sees, given as key, value, key, value ...
func (p *person) fills(answers ...string) {
	p.b.t.Helper()
	for i := len(p.b.messages) - 1; i >= 0; i-- {
		m := p.b.messages[i]
		if m.blank == nil || m.to != "" && m.to != p.id {
			continue
		}
		filled := map[string]string{}
		for i := 0; i < len(answers); i += 2 {
			filled[answers[i]] = answers[i+1]
		}
		p.b.write("%s mengisi %s", p.name, strings.Join(answers, " "))
		p.b.hear(p, commands.Input{Private: m.to != "" || m.blank.Aside, Tap: m.blank.Data, Answers: filled}, m)
		return
	}
	p.b.t.Fatalf("%s sees no blank\n%s", p.name, p.b.log.String())
}

// forges sends button data that no button carries.
func (p *person) forges(data string, private bool) {
	p.b.write("%s memalsukan tombol %q", p.name, data)
	p.b.hear(p, commands.Input{Private: private, Tap: data}, nil)
}

// forgesAnswers sends answers that no blank asked for.
func (p *person) forgesAnswers(data string, answers map[string]string) {
	p.b.write("%s memalsukan jawaban %q", p.name, data)
	p.b.hear(p, commands.Input{Private: true, Tap: data, Answers: answers}, nil)
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
