package bottest

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"klaster/bot"
	"klaster/domain"
	"klaster/scheduler"
	"klaster/store"
)

// Stage is a platform with people in one group, as a test moves them. What they see is read as plain words: markup,
// timestamps and line breaks are the platform's own affair. A step that needs something to be visible first waits for
// it, and fails the test when it does not come.
type Stage interface {
	// Connector is the adapter under test, connected to the stage's fake.
	Connector() bot.Connector
	// Enter brings somebody into the group who has not spoken to the bot before.
	Enter(name string, admin bool)
	// Group is the group's address.
	Group() domain.ChatRef
	// Say says a command in the group.
	Say(who, command string)
	// Ask says a command in the group and goes where the bot wants to go on: where the person may have to open the
	// private chat, that is done.
	Ask(who, command string)
	// Whisper says a command to the bot alone, in the way that the platform has for it.
	Whisper(who, command string)
	// Press presses the newest button with the label that the person sees.
	Press(who, label string)
	// Answer gives the answers to the questions that are asked one after the other, or all at once.
	Answer(who string, answers ...string)
	// Choose picks these choices of the question asked last, and finishes it.
	Choose(who string, labels ...string)
	// Until returns when holds does, for what the person can read then, oldest first: the bot's messages in the group and
	// the person's own. holds is asked after every change and must call nothing of the stage.
	Until(ctx context.Context, who string, holds func([]Shown) bool) error
}

// Shown is a message as it stands. Key changes when it is edited.
type Shown struct {
	Key     string
	Text    string
	Private bool
}

//go:embed conformance/story.txt
var conformance string

// conformanceGolden is beside the adapters' packages, which are what runs the suite.
const conformanceGolden = "../bottest/conformance/story.golden"

// conformanceStart is a Monday morning in Jakarta, later than any real day that a test runs on: stores let half-done
// conversations run out by their own clock.
var conformanceStart = time.Date(2054, 3, 2, 2, 0, 0, 0, time.UTC)

// Conform plays the one story of all platforms and compares what people saw and what the cluster is then with the one
// golden file: the same words, the same state. A line of the story is
//
//	admin Name, person Name   somebody comes into the group
//	Name/ command             says it in the group
//	Name> command             says it in the group and goes on where the bot wants to
//	Name@ command             says it to the bot alone
//	Name= a | b               answers one or several questions
//	Name+ A, B                chooses
//	Name* Label               presses a button
//	? words                   the one who acted last sees a new message with these words
//	?- words                  the same, where the rest of it is the platform's affair
//	?p words                  the same as ?, for this person alone: the message is private, and nobody else can read one
//	                          with these words, then or at the end of the story
//	group? words              everybody does
func Conform(t *testing.T, s store.Store, talk bot.Talk, stage Stage, update bool) {
	t.Helper()
	began := time.Now()
	now := func() time.Time { return conformanceStart.Add(time.Since(began)) }
	hub, err := bot.NewHub(bot.Config{
		Store: s, Talk: talk, Connectors: []bot.Connector{stage.Connector()}, Owner: "conformance", Zones: Zone, Lang: "id",
		Log: slog.New(slog.DiscardHandler), Now: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	clock := scheduler.New(scheduler.Config{Index: s, Clock: s, Waker: hub, Log: slog.New(slog.DiscardHandler)})
	if err := hub.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(hub.Stop)
	clock.Start()
	t.Cleanup(clock.Stop)

	p := &conforming{t: t, Stage: stage, seen: map[string]bool{}}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("at %s, after\n%s", p.at, p.out.String())
		}
	})
	for n, line := range strings.Split(conformance, "\n") {
		p.at = fmt.Sprintf("line %d: %s", n+1, line)
		if err := p.step(strings.TrimSpace(line)); err != nil {
			t.Fatalf("%s: %v", p.at, err)
		}
	}
	for _, secret := range p.secrets {
		p.at = "at the end"
		p.kept(secret)
	}
	id, err := s.ClusterOf(t.Context(), stage.Group())
	if err != nil {
		t.Fatal(err)
	}
	if err := hub.View(t.Context(), id, func(state *domain.State) { p.out.WriteString("\n" + Summary(state)) }); err != nil {
		t.Fatal(err)
	}
	compare(t, conformanceGolden, p.out.String(), update)
}

type conforming struct {
	Stage
	t       *testing.T
	out     strings.Builder
	seen    map[string]bool // by person and key
	names   []string
	last    string
	at      string
	secrets []secret
}

// secret is what one person only may read.
type secret struct{ who, words string }

// conformPatience bounds a wait, so that a defect fails instead of hanging.
const conformPatience = 20 * time.Second

func (p *conforming) step(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	switch {
	case line == "" || word == "#":
		return nil
	case word == "admin" || word == "person":
		p.names = append(p.names, rest)
		p.Enter(rest, word == "admin")
		return nil
	case word == "?", word == "?-":
		p.await(p.last, rest, word == "?")
		return nil
	case word == "?p":
		if !p.await(p.last, rest, true).Private {
			return errors.New("the message is for everybody")
		}
		p.secrets = append(p.secrets, secret{p.last, rest})
		p.kept(p.secrets[len(p.secrets)-1])
		return nil
	case word == "group?":
		for i, name := range p.names {
			p.await(name, rest, i == 0)
		}
		return nil
	}
	p.last = word[:len(word)-1]
	if !slices.Contains(p.names, p.last) {
		return errors.New("nobody of that name")
	}
	fmt.Fprintln(&p.out, line)
	switch word[len(word)-1] {
	case '/':
		p.Say(p.last, rest)
	case '>':
		p.Ask(p.last, rest)
	case '@':
		p.Whisper(p.last, rest)
	case '=':
		p.Answer(p.last, strings.Split(rest, " | ")...)
	case '+':
		p.Choose(p.last, strings.Split(rest, ", ")...)
	case '*':
		p.Press(p.last, rest)
	default:
		return errors.New("not understood")
	}
	return nil
}

// kept looks for a secret in what everybody else can read now.
func (p *conforming) kept(s secret) {
	p.t.Helper()
	for _, name := range p.names {
		if name == s.who {
			continue
		}
		err := p.Until(p.t.Context(), name, func(all []Shown) bool {
			for _, m := range all {
				if strings.Contains(plainWords(m.Text), plainWords(s.words)) {
					p.t.Errorf("%s: %s can read what is for %s alone: %s", p.at, name, s.who, plainWords(m.Text))
				}
			}
			return true
		})
		if err != nil {
			p.t.Fatalf("%s: %v", p.at, err)
		}
	}
}

// await waits for a message that the person has not been seen to read yet, and gives it.
func (p *conforming) await(who, words string, tell bool) (found Shown) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), conformPatience)
	defer cancel()
	words = plainWords(words)
	var last []Shown
	err := p.Until(ctx, who, func(all []Shown) bool {
		last = all
		for _, m := range slices.Backward(all) {
			text := plainWords(m.Text)
			if key := who + "/" + m.Key; !p.seen[key] && strings.Contains(text, words) {
				p.seen[key], found = true, m
				if tell {
					fmt.Fprintf(&p.out, "    %s: %s\n", who, text)
				}
				return true
			}
		}
		return false
	})
	if err != nil {
		var all strings.Builder
		for _, m := range last {
			fmt.Fprintf(&all, "%s %s\n", m.Key, plainWords(m.Text))
		}
		p.t.Fatalf("%s: %s never sees %q (%v), but\n%s", p.at, who, words, err, all.String())
	}
	return found
}

var (
	receipts = regexp.MustCompile(`\d+-[A-Z2-7]{6}`)
	markup   = strings.NewReplacer("*", "", "_", "", "`", "", "\\", "", ">", "", "<", "", "|", "", "👉", "", "\u200b", "")
)

// plainWords leaves what every platform shows alike.
func plainWords(text string) string {
	text = receipts.ReplaceAllString(markup.Replace(text), "RECEIPT")
	var words []string
	for _, w := range strings.Fields(text) {
		if w != "-" && w != "•" {
			words = append(words, w)
		}
	}
	return strings.Join(words, " ")
}

func compare(t *testing.T, path, got string, update bool) {
	t.Helper()
	if update {
		if err := os.WriteFile(filepath.FromSlash(path), []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(filepath.FromSlash(path))
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("differs from %s:\n%s", path, firstDifference(got, string(want)))
	}
}

// Summary is what a cluster is, without what differs from run to run: identifiers and times.
func Summary(s *domain.State) string {
	var b strings.Builder
	fmt.Fprintf(&b, "cluster %s, %s, %s, %s, %s; stewards %d, chats %d\n", s.Name, s.Core, s.Region, s.Lang(), s.Setting(domain.KeyZone), len(s.Stewards), len(s.Chats))
	for _, a := range s.Actors {
		fmt.Fprintf(&b, "actor %s, %s, %v, %s, representatives %d\n", a.Name, a.Place, a.Roles, a.Status, len(a.Reps))
	}
	for _, i := range s.Issues {
		fmt.Fprintf(&b, "issue %d %s, of %s, %s\n", i.Number, i.Title, s.Actor(i.Actor).Name, i.Fate)
	}
	for _, r := range s.Rounds {
		said := 0
		for _, ballots := range r.Ballots {
			said += len(ballots)
		}
		fmt.Fprintf(&b, "round %d, %s, issues %d, electorate %d, ballots %d\n", r.Number, r.Phase, len(r.Issues), len(r.Electorate), said)
	}
	for _, p := range s.Proposals {
		now := p.Now()
		fmt.Fprintf(&b, "proposal %d %s, %s, %s, %s, electorate %d, count %+v\n", p.Number, p.Title, p.Method, p.Phase, now.Outcome, len(now.Electorate), now.Count)
	}
	for _, step := range domain.Steps() {
		if known := s.Steps[step.ID]; known != nil {
			fmt.Fprintf(&b, "step %s %s, evidence %d\n", step.ID, known.Status, len(known.Evidence))
		}
	}
	for _, n := range s.Indicators {
		fmt.Fprintf(&b, "indicator %d %s, %s, %s", n.Number, n.Name, n.Unit, n.Cron)
		for _, period := range n.Readings {
			for actor, r := range period {
				fmt.Fprintf(&b, "; %s %v", s.Actor(actor).Name, r.Value)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
