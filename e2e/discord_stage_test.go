package e2e_test

import (
	"slices"
	"strings"
	"testing"

	"klaster/bot/discord/discordtest"
)

// salon is a play on Discord's fake: people use commands, press, choose and fill windows in, and what they see is waited
// for.
type salon struct {
	t       *testing.T
	dc      *discordtest.Server
	guild   string
	channel string
	secret  []string
}

// attendee is a person of the play.
type attendee struct {
	*salon
	id   string
	name string
	last string // the newest interaction
}

func newSalon(t *testing.T, dc *discordtest.Server) *salon {
	t.Helper()
	s := &salon{t: t, dc: dc, secret: []string{discordToken}}
	s.guild = dc.AddGuild("Rotan Cirebon", discordtest.WithGuildLocale("id"))
	s.channel = dc.AddChannel(s.guild, "klaster")
	return s
}

func (s *salon) person(name string, manages bool) *attendee {
	s.t.Helper()
	id := s.dc.AddUser(discordtest.User{Name: name, Locale: "id"})
	s.dc.Join(s.guild, id)
	if manages {
		s.dc.SetPermissions(s.guild, id, discordtest.ManageGuild)
	}
	s.secret = append(s.secret, name)
	return &attendee{salon: s, id: id, name: name}
}

// watch has a run's log looked through for what the people are called and said.
func (s *salon) watch(p *process) *process {
	p.secret = func() []string { return slices.Clone(s.secret) }
	return p
}

func (s *salon) until(what string, holds func(*discordtest.World) bool) {
	s.t.Helper()
	waitDiscord(s.t, s.dc, what, holds)
}

func hasAll(text string, words []string) bool {
	text = unmarked.Replace(text)
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// unmarked takes the markup off, and what keeps its marks apart, since words are compared.
var unmarked = strings.NewReplacer("\u200b", "", "*", "", "_", "", "`", "", `\`, "")

// sees waits until the channel shows everybody a message with these words.
func (s *salon) sees(words ...string) discordtest.Message {
	s.t.Helper()
	return s.shows("", s.channel, words)
}

// reads waits until the person sees such a message, in the channel or in private.
func (g *attendee) reads(words ...string) discordtest.Message {
	g.t.Helper()
	return g.shows(g.id, g.channel, words)
}

func (s *salon) shows(user, channel string, words []string) (found discordtest.Message) {
	s.t.Helper()
	var all []string
	defer func() {
		if s.t.Failed() {
			s.t.Logf("there is\n%s", strings.Join(all, "\n--\n"))
		}
	}()
	s.until(strings.Join(words, " ... "), func(w *discordtest.World) bool {
		list := w.Messages(channel, user)
		if user != "" {
			list = append(list, w.DMs(user)...)
		}
		all = all[:0]
		for _, m := range list {
			all = append(all, m.Text())
			if m.FromBot && !m.Loading && hasAll(m.Text(), words) {
				found = m
			}
		}
		return found.ID != ""
	})
	return found
}

// did is what came of an interaction.
func (g *attendee) did(id string, err error) discordtest.Response {
	g.t.Helper()
	if err != nil {
		g.t.Fatalf("%s: %v", g.name, err)
	}
	g.last = id
	r, err := g.dc.WaitSettled(soon(g.t), id)
	if err != nil {
		g.t.Fatalf("%s is not answered: %v", g.name, err)
	}
	return r
}

// uses is a slash command.
func (g *attendee) uses(command string, options ...discordtest.Opt) discordtest.Response {
	g.t.Helper()
	return g.did(g.dc.Slash(g.channel, g.id, command, options...))
}

// presses waits for a button and presses it, where the newest message is that has it.
func (g *attendee) presses(label string) discordtest.Response {
	g.t.Helper()
	at, custom := "", ""
	channel := g.channel
	g.until("the button "+label, func(w *discordtest.World) bool {
		for _, m := range append(w.Messages(g.channel, g.id), w.DMs(g.id)...) {
			for _, row := range m.Buttons {
				for _, b := range row {
					if b.Label == label && !b.Disabled && b.CustomID != "" {
						at, custom, channel = m.ID, b.CustomID, m.Channel
					}
				}
			}
		}
		return at != ""
	})
	return g.did(g.dc.Press(channel, at, g.id, custom))
}

// chooses picks from the newest list that offers the first of these.
func (g *attendee) chooses(labels ...string) discordtest.Response {
	g.t.Helper()
	g.until("the choice "+labels[0], func(w *discordtest.World) bool {
		return slices.ContainsFunc(w.Messages(g.channel, g.id), func(m discordtest.Message) bool {
			return slices.ContainsFunc(m.Selects, func(s discordtest.Select) bool {
				return slices.ContainsFunc(s.Options, func(o discordtest.SelectOption) bool { return o.Label == labels[0] })
			})
		})
	})
	return g.did(g.dc.ChooseOptions(g.channel, g.id, labels...))
}

// fillsIn opens the window behind a button, if none is open yet, and gives the answers in the order of its inputs.
func (g *attendee) fillsIn(label string, answers ...string) discordtest.Response {
	g.t.Helper()
	if label != "" {
		g.presses(label)
	}
	window := g.dc.Response(g.last).Modal
	if window == nil {
		g.t.Fatalf("no window is open for %s: %+v", g.name, g.dc.Response(g.last))
	}
	if len(window.Inputs) != len(answers) {
		g.t.Fatalf("the window asks %d questions, there are %d answers: %+v", len(window.Inputs), len(answers), window)
	}
	values := map[string]string{}
	for i, in := range window.Inputs {
		values[in.CustomID] = answers[i]
	}
	g.secret = append(g.secret, answers...)
	return g.did(g.dc.Submit(g.last, values))
}

// registers is the guided registration of an organisation of one role.
func (g *attendee) registers(name, role, place string) {
	g.t.Helper()
	g.secret = append(g.secret, name)
	g.uses("join", discordtest.Opt{Name: "organisation", Value: name})
	g.reads("Apa peran " + name)
	g.chooses(role)
	g.reads("bidang")
	g.presses("Lewati")
	g.reads("Di mana")
	g.fillsIn("Isi jawaban", place)
	g.reads("Mohon diperiksa", name, place)
	g.presses("Benar, daftarkan")
}
