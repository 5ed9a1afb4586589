package e2e_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"klaster/bot/telegram/telegramtest"
)

// stage is a play on Telegram's fake: people say and press, and what they see is waited for and written down. A line of
// the transcript is written only by the test's own goroutine and only for what it waited for, so that it is the same on
// every run.
type stage struct {
	t      *testing.T
	s      *telegramtest.Server
	group  int64
	mu     sync.Mutex
	people []*player
	script strings.Builder
	seen   map[sight]bool // versions of messages that are in the transcript
	secret []string       // words that were said and must not be in a log
}

type sight struct {
	chat  int64
	id    int
	edits int
}

// player is a person of the play. One that acts in a meanwhile writes its lines into a script of its own.
type player struct {
	st   *stage
	id   int64
	name string
	own  *strings.Builder
	mute bool // what the person does is like what another does, and is left out
}

// meanwhile has several people act at the same time; their lines follow each other in the transcript.
func (st *stage) meanwhile(act func(p *player), people ...*player) {
	st.t.Helper()
	var all sync.WaitGroup
	for _, p := range people {
		p.own = &strings.Builder{}
		all.Go(func() { act(p) })
	}
	all.Wait()
	for _, p := range people {
		if !p.mute {
			st.script.WriteString(p.own.String())
		}
		p.own = nil
	}
	if st.t.Failed() {
		st.t.FailNow()
	}
}

// quietly leaves some people out of the transcript.
func (st *stage) quietly(act func(), people ...*player) {
	for _, p := range people {
		p.mute = true
	}
	act()
	for _, p := range people {
		p.mute = false
	}
}

func (p *player) note(format string, args ...any) {
	if p.own == nil {
		p.st.note(format, args...)
		return
	}
	fmt.Fprintln(p.own, strings.TrimRight(fmt.Sprintf(format, args...), "\n"))
}

func newStage(t *testing.T, s *telegramtest.Server) *stage {
	return &stage{t: t, s: s, seen: map[sight]bool{}}
}

// person adds a person with a Telegram account that never spoke to the bot.
func (st *stage) person(name, handle, lang string) *player {
	first, last, _ := strings.Cut(name, " ")
	id := st.s.AddUser(telegramtest.User{FirstName: first, LastName: last, Username: handle, Language: lang})
	p := &player{st: st, id: id, name: name}
	st.mu.Lock()
	defer st.mu.Unlock()
	st.people = append(st.people, p)
	st.secret = append(st.secret, name, last, handle)
	return p
}

// secrets are what the program must not write into its log.
func (st *stage) secrets() []string {
	st.mu.Lock()
	defer st.mu.Unlock()
	return slices.Clone(st.secret)
}

// watch has a run's log looked through for what the people are called and said.
func (st *stage) watch(p *process) *process {
	p.secret = st.secrets
	return p
}

// part writes a heading.
func (st *stage) part(title string) { fmt.Fprintf(&st.script, "\n=== %s ===\n", title) }

func (st *stage) note(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	st.script.WriteString(strings.TrimRight(text, "\n") + "\n")
}

func (st *stage) where(chat int64) string {
	if chat == st.group {
		return "grup"
	}
	for _, p := range st.people {
		if p.id == chat {
			return p.name + ", pribadi"
		}
	}
	return "grup lain"
}

// place is where its owner acts.
func (st *stage) place(chat int64) string {
	if chat == st.group {
		return "grup"
	}
	return "pribadi"
}

// writes lets a person write privately.
func (p *player) writes(text string, opts ...telegramtest.TextOption) {
	p.st.t.Helper()
	p.speak(p.id, text, opts...)
}

// replies answers the newest question in the group, as the client does that was asked to.
func (p *player) replies(text string) {
	p.st.t.Helper()
	var asked telegramtest.Message
	waitFor(p.st.t, p.st.s, "a question to "+p.name, func(w *telegramtest.World) bool {
		asked = w.Last(p.st.group)
		return asked.Asks
	})
	p.speak(p.st.group, text, telegramtest.ReplyTo(asked.ID))
}

func (p *player) speak(chat int64, text string, opts ...telegramtest.TextOption) {
	p.st.t.Helper()
	p.note("\n%s (%s): %s", p.name, p.st.place(chat), text)
	if p.st.s.SendText(chat, p.id, text, opts...) == 0 {
		p.st.t.Fatalf("%s said %q where the bot does not hear it", p.name, text)
	}
}

// taps presses the newest button with this label in the group, and writes down what the toast says.
func (p *player) taps(label string) string {
	p.st.t.Helper()
	return p.tapIn(p.st.group, label)
}

// presses does so in the private chat.
func (p *player) presses(label string) string {
	p.st.t.Helper()
	return p.tapIn(p.id, label)
}

// pressesOn presses a button of the newest private message with the words.
func (p *player) pressesOn(words, label string) string {
	p.st.t.Helper()
	m, data, label := p.st.buttonOn(p.id, words, label, func(b telegramtest.Button) string { return b.Data })
	return p.toast(p.st.s.Tap(p.id, m, p.id, data), p.id, label+"] pada ["+words)
}

func (p *player) tapIn(chat int64, label string) string {
	p.st.t.Helper()
	m, data, label := p.st.button(chat, label, func(b telegramtest.Button) string { return b.Data })
	return p.toast(p.st.s.Tap(chat, m, p.id, data), chat, label)
}

func (p *player) toast(callback string, chat int64, label string) string {
	p.st.t.Helper()
	var answer telegramtest.Answer
	waitFor(p.st.t, p.st.s, fmt.Sprintf("the answer to %s pressing %q", p.name, label), func(w *telegramtest.World) (ok bool) {
		answer, ok = w.Answer(callback)
		return ok
	})
	p.note("\n%s (%s) menekan [%s]", p.name, p.st.place(chat), label)
	if answer.Text != "" {
		p.note("  toast: %s", answer.Text)
	}
	return answer.Text
}

// opens presses a button that leads into the private chat, and Start there.
func (p *player) opens(label string) {
	p.st.t.Helper()
	_, link, _ := p.st.button(p.st.group, label, func(b telegramtest.Button) string { return b.URL })
	u, err := url.Parse(link)
	if err != nil || u.Host != "t.me" || u.Query().Get("start") == "" {
		p.st.t.Fatalf("the button %q leads to %q", label, link)
	}
	p.note("\n%s (grup) membuka [%s]", p.name, label)
	p.st.s.Start(p.id, u.Query().Get("start"))
}

// button waits for a button and gives the newest message that has it.
func (st *stage) button(chat int64, label string, what func(telegramtest.Button) string) (message int, value, text string) {
	st.t.Helper()
	return st.buttonOn(chat, "", label, what)
}

func (st *stage) buttonOn(chat int64, words, label string, what func(telegramtest.Button) string) (message int, value, text string) {
	st.t.Helper()
	var labels []string
	ctx, cancel := context.WithTimeout(st.t.Context(), patience)
	defer cancel()
	err := st.s.WaitFor(ctx, func(w *telegramtest.World) bool {
		labels = labels[:0]
		all := w.Messages(chat)
		for _, m := range slices.Backward(all) {
			if !strings.Contains(m.Text, words) {
				continue
			}
			for _, row := range m.Buttons {
				for _, b := range row {
					if labelled(b.Text, label) && what(b) != "" {
						message, value, text = m.ID, what(b), b.Text
						return true
					}
					labels = append(labels, b.Text)
				}
			}
		}
		return false
	})
	if err != nil {
		st.t.Fatalf("no button %q for %s; there are %q\n%s", label, st.where(chat), labels, st.dump(chat))
	}
	return message, value, text
}

// sees waits until the group shows a message with all the words that is not in the transcript yet, and writes it down.
func (st *stage) sees(words ...string) telegramtest.Message {
	st.t.Helper()
	return st.read(st.group, st.note, words)
}

// reads does so in the person's private chat.
func (p *player) reads(words ...string) telegramtest.Message {
	p.st.t.Helper()
	return p.st.read(p.id, p.note, words)
}

func (st *stage) read(chat int64, note func(string, ...any), words []string) telegramtest.Message {
	st.t.Helper()
	var found telegramtest.Message
	ctx, cancel := context.WithTimeout(st.t.Context(), patience)
	defer cancel()
	err := st.s.WaitFor(ctx, func(w *telegramtest.World) bool {
		st.mu.Lock()
		defer st.mu.Unlock()
		for _, m := range slices.Backward(w.Messages(chat)) {
			if !m.FromMe || st.seen[sight{chat, m.ID, m.Edits}] || !holdsAll(m.Text, words) {
				continue
			}
			found = m
			return true
		}
		return false
	})
	if err != nil {
		st.t.Fatalf("%s never shows %q\n%s", st.where(chat), words, st.dump(chat))
	}
	if note != nil {
		st.mu.Lock()
		st.seen[sight{chat, found.ID, found.Edits}] = true
		st.mu.Unlock()
		note("%s", st.render(found))
	}
	return found
}

// labelled compares labels; one that ends in * is a beginning.
func labelled(text, want string) bool {
	if beginning, ok := strings.CutSuffix(want, "*"); ok {
		return strings.HasPrefix(text, beginning)
	}
	return text == want
}

func holdsAll(text string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// render is a message as people see it.
func (st *stage) render(m telegramtest.Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "> ke %s", st.where(m.Chat))
	if m.Edits > 0 {
		b.WriteString(" (diperbarui)")
	}
	b.WriteString(":\n")
	for _, line := range lines(m.Text) {
		b.WriteString("  | " + line + "\n")
	}
	if m.File != nil {
		fmt.Fprintf(&b, "  (berkas %s)\n", m.File.Name)
	}
	for _, row := range m.Buttons {
		b.WriteString(" ")
		for _, button := range row {
			b.WriteString(" [" + button.Text + "]")
		}
		b.WriteString("\n")
	}
	if m.Asks {
		b.WriteString("  (jawaban ditunggu)\n")
	}
	return b.String()
}

// dump is everything in a chat, for the failure's message.
func (st *stage) dump(chat int64) string {
	var b strings.Builder
	all := st.s.Messages(chat)
	for _, m := range all[max(0, len(all)-5):] {
		who := "bot"
		if !m.FromMe {
			who = "orang"
		}
		fmt.Fprintf(&b, "%s #%d %s", who, m.ID, st.render(m))
	}
	return b.String()
}

// What differs from run to run.
var (
	days   = `(?:Senin|Selasa|Rabu|Kamis|Jumat|Sabtu|Minggu|Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*`
	months = `(?:Jan|Feb|Mar|Apr|Mei|May|Jun|Jul|Agu|Aug|Sep|Okt|Oct|Nov|Des|Dec|Januari|January|Februari|February|Maret|March|April|` +
		`Juni|June|Juli|July|Agustus|August|September|Oktober|October|November|Desember|December)\b`
	receipts = regexp.MustCompile(`\b\d+-[A-Z2-7]{6}\b`)
	moments  = regexp.MustCompile(`(?:` + days + `,? )?\d{1,2} ` + months + `(?: 20\d\d)?(?:,? \d{2}[.:]\d{2}(?: [A-Z]{3,4})?)?`)
	clock    = regexp.MustCompile(`(?m)• \d{2}[.:]\d{2} `)
	hours    = regexp.MustCompile(`\b\d{2}[.:]\d{2} (?:WIB|WITA|WIT)\b`)
	files    = regexp.MustCompile(`20\d\d-\d\d-\d\d`)
	storage  = regexp.MustCompile(`Penyimpanan: .*`)
	quarters = regexp.MustCompile(`(?i)\b(?:triwulan (?:I{1,3}|IV|[1-4]),? 20\d\d|Q[1-4] 20\d\d|semester (?:I{1,2}|[12]) 20\d\d)`)
)

func normal(text string) string {
	text = receipts.ReplaceAllString(text, "<tanda terima>")
	text = moments.ReplaceAllString(text, "<waktu>")
	text = hours.ReplaceAllString(text, "<jam>")
	text = clock.ReplaceAllString(text, "• <jam> ")
	text = files.ReplaceAllString(text, "<tanggal>")
	text = storage.ReplaceAllString(text, "Penyimpanan: <menurut tempatnya>")
	return quarters.ReplaceAllString(text, "<triwulan>")
}

// golden compares the transcript with testdata, or rewrites that.
func (st *stage) golden(name string) {
	st.t.Helper()
	got := normal(st.script.String())
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			st.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			st.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		st.t.Fatal(err)
	}
	if got == string(want) {
		return
	}
	g, w := strings.Split(got, "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			from := max(0, i-6)
			st.t.Fatalf("the transcript differs from %s at line %d (-update rewrites it)\ngot:\n%s\nwant:\n%s", path, i+1,
				strings.Join(g[from:min(len(g), i+6)], "\n"), strings.Join(w[min(from, len(w)):min(len(w), i+6)], "\n"))
		}
	}
	st.t.Fatalf("the transcript ends before %s does (-update rewrites it)", path)
}
