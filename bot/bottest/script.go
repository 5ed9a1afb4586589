package bottest

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// A scenario is a text file. Each line is one step; what the chats show after it is written below it in the golden file
// beside it (same name, ".golden").
//
//	# a remark
//	person Ann admin lang=en       Ann is an admin of every group, her client speaks English
//	person Anna on=other           Anna is on another platform
//	Ann@group> /isu Bahan baku     Ann writes in the group named "group" (any name will do)
//	Ann@private> /status           Ann writes to the bot
//	hidden@group> /usulan ...      somebody writes who hides behind the group
//	Ann taps Setuju                the newest button with that label that Ann can see; a link or a button that opens the
//	                               private chat is followed
//	Ann may tap Setuju             the same, where she sees such a button
//	tick 24h                       time passes, timers fire
//	add group, remove group        the bot is added to a group, or thrown out
//	add group on=other             the group is on another platform
//	take Ann KEY                   {KEY} stands for the one-time code that Ann has been told last
//	move group to other            the group gets another address
//	restart                        the process ends and another one begins on the same store
//	show                           every card as it stands

// Play runs a scenario over a hub, the store that open gives, and a clock that stands at start when it begins. It
// returns the transcript: the steps and what the chats showed after each.
func Play(t *testing.T, open func(t *testing.T) store.Store, talk bot.Talk, scenario string, start time.Time) string {
	t.Helper()
	return PlayThen(t, open, talk, scenario, start, func(*World) {})
}

// PlayThen is Play; then looks at what the world has become.
func PlayThen(t *testing.T, open func(t *testing.T) store.Store, talk bot.Talk, scenario string, start time.Time, then func(*World)) string {
	t.Helper()
	var p *player
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(start))
		caps := DefaultCaps()
		p = &player{shown: map[string]string{}, on: map[string]*Server{}, toasts: map[*Server]int{}, taken: map[string]string{}}
		p.World = NewWorld(t, open(t), Options{Talk: talk, Caps: &caps, Alone: true, Others: []*Server{NewServer("other")}})
		for n, step := range strings.Split(strings.TrimSpace(scenario), "\n") {
			p.out.WriteString(step + "\n")
			if err := p.step(step); err != nil {
				t.Fatalf("line %d: %v\n%s", n+1, err, p.out.String())
			}
			p.Settle()
			p.tell()
		}
		then(p.World)
	})
	return p.out.String()
}

// Golden plays every scenario in a directory and compares its transcript with the golden file. update rewrites those.
func Golden(t *testing.T, dir string, open func(t *testing.T) store.Store, talk bot.Talk, start time.Time, update bool) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no scenarios in %s (%v)", dir, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			scenario, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := Play(t, open, talk, string(scenario), start)
			golden := strings.TrimSuffix(file, ".txt") + ".golden"
			if update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("the transcript differs from %s (see it with -update):\n%s", golden, firstDifference(got, string(want)))
			}
		})
	}
}

// UpdateFlag is the -update flag of a test binary that uses Golden; call it once, from a package variable.
func UpdateFlag() *bool { return flag.Bool("update", false, "rewrite the golden transcripts") }

func firstDifference(got, want string) string {
	a, b := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range a {
		if i >= len(b) || a[i] != b[i] {
			from := max(0, i-3)
			return fmt.Sprintf("line %d\ngot:\n%s\nwant:\n%s", i+1,
				strings.Join(a[from:min(len(a), i+4)], "\n"), strings.Join(b[min(from, len(b)):min(len(b), i+4)], "\n"))
		}
	}
	return fmt.Sprintf("line %d: the transcript ends, the golden file goes on", len(a)+1)
}

type player struct {
	*World
	out    strings.Builder
	shown  map[string]string  // by message: what was told of it
	on     map[string]*Server // platforms of persons and groups that are not on the first
	taken  map[string]string  // one-time codes by key
	toasts map[*Server]int
	steps  int
}

// of is the platform of a person or a group.
func (p *player) of(name string) *Server {
	if s := p.on[name]; s != nil {
		return s
	}
	return p.Server
}

func (p *player) servers() []*Server { return append([]*Server{p.Server}, p.Others...) }

// place notes on which platform somebody is, or a group.
func (p *player) place(name string, words []string) {
	for _, w := range words {
		for _, s := range p.Others {
			if w == "on="+string(s.Name) {
				p.on[name] = s
			}
		}
	}
}

var code = regexp.MustCompile(`\b[A-Z2-7]{26}\b`)

// take keeps the one-time code that somebody has read last.
func (p *player) take(name, key string) error {
	s := p.of(name)
	for _, m := range slices.Backward(s.Messages(s.PrivateOf(name))) {
		if found := code.FindString(m.Draft.Body.Plaintext(nil)); found != "" {
			p.taken["{"+key+"}"] = found
			return nil
		}
	}
	return fmt.Errorf("%s has been told no code", name)
}

func (p *player) step(line string) error {
	p.steps++
	line = strings.TrimSpace(line)
	for key, value := range p.taken {
		line = strings.ReplaceAll(line, key, value)
	}
	words := strings.Fields(line)
	switch {
	case line == "" || strings.HasPrefix(line, "#"):
		return nil
	case words[0] == "person" && len(words) > 1:
		p.place(words[1], words[2:])
		u := p.of(words[1]).User(words[1])
		for _, w := range words[2:] {
			if lang, ok := strings.CutPrefix(w, "lang="); ok {
				u.Lang = lang
			}
			u.Admin = u.Admin || w == "admin"
		}
		return nil
	case words[0] == "tick" && len(words) == 2:
		d, err := time.ParseDuration(words[1])
		time.Sleep(d)
		return err
	case words[0] == "take" && len(words) == 3:
		return p.take(words[1], words[2])
	case words[0] == "add" && len(words) > 1:
		p.place(words[1], words[2:])
		s := p.of(words[1])
		s.Push(bot.Update{Kind: bot.Added, Chat: s.Group(words[1])})
		return nil
	case words[0] == "remove" && len(words) == 2:
		s := p.of(words[1])
		s.Push(bot.Update{Kind: bot.Removed, Chat: s.Group(words[1])})
		return nil
	case words[0] == "move" && len(words) == 4:
		p.Server.Push(bot.Update{Kind: bot.Moved, Chat: p.Server.Group(words[1]), NewChat: p.Server.Group(words[3])})
		return nil
	case line == "restart":
		p.Stop()
		p.Start()
		return nil
	case line == "show":
		p.show()
		return nil
	}
	if who, what, ok := strings.Cut(line, "> "); ok && strings.Contains(who, "@") {
		name, place, _ := strings.Cut(who, "@")
		switch {
		case name == "hidden":
			p.Server.Push(bot.Update{Kind: bot.Said, Chat: p.Server.Group(place), Text: what, Anonymous: true})
		case place == "private":
			p.of(name).Whisper(name, what)
		default:
			p.of(name).Say(name, place, what)
		}
		return nil
	}
	if name, label, ok := strings.Cut(line, " taps "); ok {
		return p.tap(name, label)
	}
	if name, label, ok := strings.Cut(line, " may tap "); ok {
		if err := p.tap(name, label); err != nil && !errors.Is(err, errNoButton) {
			return err
		}
		return nil
	}
	return fmt.Errorf("step %q is not understood", line)
}

var errNoButton = errors.New("sees no button")

func (p *player) tap(name, label string) error {
	s := p.of(name)
	s.mu.Lock()
	all := append([]*Message(nil), s.messages...)
	s.mu.Unlock()
	for _, m := range slices.Backward(all) {
		if m.Deleted || strings.HasPrefix(m.Chat.Chat, "p:") && m.Chat != s.PrivateOf(name) {
			continue
		}
		for _, b := range slices.Concat(m.Draft.Buttons...) {
			if b.Label != label {
				continue
			}
			switch token, link := strings.CutPrefix(b.URL, "https://fake.test/?start="); {
			case link:
				s.Open(name, token)
			case b.URL != "":
				return fmt.Errorf("the button %q leads to %s", label, b.URL)
			case b.Private != "":
				s.User(name).Opened = true
				s.Push(bot.Update{
					Kind: bot.Said, Chat: s.PrivateOf(name), Private: true, From: s.from(name), Text: b.Private, Opener: m.Chat,
				})
			default:
				s.Tap(name, *m, b.Data)
			}
			return nil
		}
	}
	return fmt.Errorf("%s %w %q", name, errNoButton, label)
}

// tell writes down what is new: toasts, then messages and edits, chat by chat.
func (p *player) tell() {
	for _, s := range p.servers() {
		p.tellOf(s)
	}
}

func (p *player) tellOf(s *Server) {
	toasts := s.Toasts()
	for _, toast := range toasts[p.toasts[s]:] {
		if toast.Text != "" {
			fmt.Fprintf(&p.out, "    (to %s) %s\n", toast.User, toast.Text)
		}
	}
	p.toasts[s] = len(toasts)
	s.mu.Lock()
	defer s.mu.Unlock()
	fresh := map[domain.ChatRef][]*Message{}
	var chats []domain.ChatRef
	for _, m := range s.messages {
		if p.shown[m.key()] == face(m.Draft) {
			continue
		}
		if fresh[m.Chat] == nil {
			chats = append(chats, m.Chat)
		}
		fresh[m.Chat] = append(fresh[m.Chat], m)
	}
	slices.SortFunc(chats, func(a, b domain.ChatRef) int { return strings.Compare(a.Chat, b.Chat) })
	for _, chat := range chats {
		// Boards and answers of one step are sent side by side; the order between them says nothing.
		slices.SortStableFunc(fresh[chat], func(a, b *Message) int {
			return cmp.Or(a.At.Truncate(Settling).Compare(b.At.Truncate(Settling)), strings.Compare(a.Draft.Card, b.Draft.Card))
		})
		for _, m := range fresh[chat] {
			what := ""
			if _, before := p.shown[m.key()]; before {
				what = " (edited)"
			}
			fmt.Fprintf(&p.out, "    [%s]%s\n%s", strings.TrimPrefix(strings.TrimPrefix(chat.Chat, "g:"), "p:"), what, face(m.Draft))
			p.shown[m.key()] = face(m.Draft)
		}
	}
}

// show writes down every card that stands.
func (p *player) show() {
	for _, s := range p.servers() {
		s.mu.Lock()
		for _, m := range s.messages {
			if m.Draft.Card != "" && !m.Deleted && strings.HasPrefix(m.Chat.Chat, "g:") {
				p.out.WriteString(face(m.Draft))
			}
		}
		s.mu.Unlock()
	}
}

func (m *Message) key() string { return string(m.Chat.Platform) + "/" + m.Ref }

// face is how a message is written down: its text, and its buttons row by row.
func face(d bot.Draft) string {
	var b strings.Builder
	named := slices.Clone(d.Body)
	for i, block := range named {
		spans := slices.Clone(block.Spans)
		for j, s := range spans {
			if s.Kind == commands.Person {
				spans[j] = commands.Span{Text: map[bool]string{true: "@"}[s.Ping] + s.Text}
			}
		}
		named[i].Spans = spans
	}
	for _, l := range strings.Split(named.Plaintext(nil), "\n") {
		b.WriteString(strings.TrimRight("    | "+l, " ") + "\n")
	}
	for _, row := range d.Buttons {
		b.WriteString("    |")
		for _, button := range row {
			switch {
			case strings.HasPrefix(button.URL, "https://fake.test/") || button.Private != "":
				b.WriteString(" [" + button.Label + " →]")
			default:
				b.WriteString(" [" + button.Label + "]")
			}
		}
		b.WriteString("\n")
	}
	if d.Ask != "" {
		fmt.Fprintf(&b, "    | (%s?)\n", d.Ask)
	}
	if d.File != nil {
		fmt.Fprintf(&b, "    | (file %s, %s)\n", d.File.Name, d.File.Mime)
	}
	return b.String()
}
