package discord

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"klaster/bot"
	"klaster/bot/discord/discordtest"
	"klaster/commands"
	"klaster/domain"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// canary is the secret of every test's token; it must never be seen again.
const canary = "CANARYcanary0123456789_canaryCANARY012"

const testApplication = "100000000000000000"

var testToken = base64.RawStdEncoding.EncodeToString([]byte(testApplication)) + ".Gtest1." + canary

// patience bounds a wait, so that a defect fails instead of hanging.
const patience = 30 * time.Second

// inbox is a Sink that keeps what it gets.
type inbox struct {
	got     chan bot.Update
	back    chan bot.Update        // chats that can be written in
	wait    func(bot.Update) error // nil: durable at once
	hold    chan struct{}          // nothing is accepted before it is closed; nil: all is, at once
	suggest func(context.Context, domain.ChatRef, commands.Typing) ([]commands.Suggestion, error)
}

func newInbox() *inbox {
	return &inbox{got: make(chan bot.Update, 20_000), back: make(chan bot.Update, 20_000)}
}

func (i *inbox) Accept(_ context.Context, u bot.Update) func() error {
	if i.hold != nil {
		<-i.hold
	}
	if u.Kind == bot.Reachable {
		i.back <- u
	} else {
		i.got <- u
	}
	if i.wait == nil {
		return func() error { return nil }
	}
	return func() error { return i.wait(u) }
}

func (i *inbox) Suggest(ctx context.Context, chat domain.ChatRef, _ bot.User, q commands.Typing) ([]commands.Suggestion, error) {
	if i.suggest == nil {
		return nil, nil
	}
	return i.suggest(ctx, chat, q)
}

// next is the next update.
func (i *inbox) next(t *testing.T) bot.Update {
	t.Helper()
	select {
	case u := <-i.got:
		return u
	case <-time.After(patience):
		t.Fatal("no update came")
		return bot.Update{}
	}
}

// pauses replaces waiting: it notes how long, and returns at once.
type pauses struct {
	mu    sync.Mutex
	noted []time.Duration
}

func (p *pauses) pause(ctx context.Context, d time.Duration) error {
	p.mu.Lock()
	p.noted = append(p.noted, d)
	p.mu.Unlock()
	return ctx.Err()
}

func (p *pauses) list() []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.noted)
}

// journal is a log the test can read.
type journal struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	news chan struct{} // closed by the next line; nil: nobody waits
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.news != nil {
		close(j.news)
		j.news = nil
	}
	return j.buf.Write(p)
}

// holds waits until the log has a line with these words.
func (j *journal) holds(t *testing.T, words string) {
	t.Helper()
	late := time.After(patience)
	for {
		j.mu.Lock()
		if strings.Contains(j.buf.String(), words) {
			j.mu.Unlock()
			return
		}
		if j.news == nil {
			j.news = make(chan struct{})
		}
		news := j.news
		j.mu.Unlock()
		select {
		case <-news:
		case <-late:
			t.Fatalf("never logged: %s", words)
		}
	}
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// clock is a clock the test moves.
type clock struct {
	mu   sync.Mutex
	late time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.late)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.late += d
}

// theatre is a server with a guild, a channel and two people, a bot, and what it sees.
type theatre struct {
	*discordtest.Server
	t      *testing.T
	bot    *Bot
	inbox  *inbox
	pauses *pauses
	log    *journal
	clock  *clock
	stop   context.CancelFunc
	ended  chan error

	guild, channel string
	ani, budi      string // Ani manages the guild
}

// newTheatre makes a server and a bot that does not receive yet. The deferral is far away unless a test wants it.
func newTheatre(t *testing.T, change func(*Options), opts ...discordtest.Option) *theatre {
	t.Helper()
	opts = append([]discordtest.Option{discordtest.WithToken(testToken)}, opts...)
	s := &theatre{Server: discordtest.Start(t, opts...), t: t, inbox: newInbox(), pauses: &pauses{}, log: &journal{}, clock: &clock{}}
	o := Options{
		Token: testToken, API: s.URL() + "/api", Pause: s.pauses.pause, Now: s.clock.now, Defer: lateDefer,
		Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	if change != nil {
		change(&o)
	}
	b, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.bot = b
	t.Cleanup(func() {
		if s.stop != nil {
			s.end()
		}
		b.rest.transport.CloseIdleConnections()
		if strings.Contains(s.log.String(), canary) {
			t.Errorf("the token is in the log: %s", s.log)
		}
	})
	s.ani = s.AddUser(discordtest.User{Name: "Ani", Locale: "id"})
	s.budi = s.AddUser(discordtest.User{Name: "Budi", Locale: "en-US"})
	s.guild = s.AddGuild("Rotan Cirebon", discordtest.WithManagers(s.ani), discordtest.WithMembers(s.budi))
	s.channel = s.AddChannel(s.guild, "klaster")
	return s
}

// sampleMenu is a table like the real one.
func sampleMenu() []commands.MenuEntry {
	return []commands.MenuEntry{
		{Name: "isu", English: "issue", Description: both("Angkat isu", "Raise an issue"), Private: true, Group: true, Options: []commands.MenuOption{
			{Name: "isu", English: "issue", Description: both("Judulnya", "Its title"), Kind: commands.OfIssue, Max: 200},
		}},
		{Name: "tuntas", English: "done", Description: both("Tuntaskan langkah", "Finish a step"), Group: true, Options: []commands.MenuOption{
			{Name: "langkah", English: "step", Description: both("Nomor langkah", "The step"), Kind: commands.OfStep, Max: 100},
			{Name: "bukti", English: "evidence", Description: both("Buktinya", "Evidence"), Max: 1000},
			{Name: "berkas", English: "file", Description: both("Berkasnya", "A file"), Kind: commands.AFile},
		}},
		{Name: "saya", English: "me", Description: both("Data saya", "My data"), Private: true},
	}
}

func both(id, en string) map[string]string { return map[string]string{"id": id, "en": en} }

// receive starts the bot with the sample's commands and waits until it is connected and they are known.
func (s *theatre) receive() *theatre {
	s.t.Helper()
	if err := s.bot.PublishMenu(s.t.Context(), sampleMenu()); err != nil {
		s.t.Fatal(err)
	}
	s.start()
	s.until(func(w *discordtest.World) bool {
		return w.Gateway().Connected == 1 && w.Calls(discordtest.RouteCommands) == 1
	})
	if u := s.inbox.next(s.t); u.Kind != bot.Added { // the guild was made a moment ago
		s.t.Fatalf("the new guild came as %+v", u)
	}
	return s
}

func (s *theatre) start() {
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.t.Context()))
	s.stop, s.ended = cancel, make(chan error, 1)
	go func() { s.ended <- s.bot.Receive(ctx, s.inbox) }()
}

// end stops the bot and returns what Receive returned.
func (s *theatre) end() error {
	s.t.Helper()
	s.stop()
	s.stop = nil
	return s.over()
}

func (s *theatre) over() error {
	s.t.Helper()
	select {
	case err := <-s.ended:
		return err
	case <-time.After(patience):
		s.t.Fatal("Receive does not end")
		return nil
	}
}

// running is a theatre whose bot is connected.
func running(t *testing.T, opts ...discordtest.Option) *theatre {
	t.Helper()
	return newTheatre(t, nil, opts...).receive()
}

// until waits for a condition of the server's world.
func (s *theatre) until(holds func(*discordtest.World) bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	if err := s.WaitFor(ctx, holds); err != nil {
		s.t.Fatal(err)
	}
}

// slash has a person use a command, and returns the interaction's id and what came of it.
func (s *theatre) slash(channel, user, command string, opts ...discordtest.Opt) (string, bot.Update) {
	s.t.Helper()
	id, err := s.Slash(channel, user, command, opts...)
	if err != nil {
		s.t.Fatal(err)
	}
	return id, s.inbox.next(s.t)
}

func (s *theatre) press(channel, user, label string) (string, bot.Update) {
	s.t.Helper()
	id, err := s.PressButton(channel, user, label)
	if err != nil {
		s.t.Fatal(err)
	}
	return id, s.inbox.next(s.t)
}

// settled is the response to an interaction once it has its content.
func (s *theatre) settled(interaction string) discordtest.Response {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	r, err := s.WaitSettled(ctx, interaction)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

// responded is the first response to an interaction, deferred or not.
func (s *theatre) responded(interaction string) discordtest.Response {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	r, err := s.WaitResponse(ctx, interaction)
	if err != nil {
		s.t.Fatal(err)
	}
	return r
}

func ref(channel string) domain.ChatRef { return domain.ChatRef{Platform: Platform, Chat: channel} }

// words is a draft of one paragraph.
func words(s string) bot.Draft {
	return bot.Draft{Body: commands.Rich{{Spans: []commands.Span{{Text: s}}}}}
}

// answering is a draft that answers an update.
func answering(u bot.Update, text string) bot.Draft {
	d := words(text)
	d.Answering = u.Tap
	return d
}

func buttons(list ...commands.Button) [][]commands.Button { return [][]commands.Button{list} }

func (s *theatre) post(to domain.ChatRef, d bot.Draft) string {
	s.t.Helper()
	id, err := s.bot.Post(s.t.Context(), to, d)
	if err != nil {
		s.t.Fatalf("Post: %v", err)
	}
	return id
}

// kind checks that an error is a SendError of a kind and hides the token.
func kind(t *testing.T, err error, want bot.SendKind) *bot.SendError {
	t.Helper()
	var e *bot.SendError
	if !errors.As(err, &e) {
		t.Fatalf("error %v (%T), want a SendError", err, err)
	}
	if e.Kind != want {
		t.Fatalf("%s, want %s: %v", e.Kind, want, err)
	}
	if strings.Contains(err.Error(), canary) {
		t.Fatalf("the token is in the error: %v", err)
	}
	return e
}
