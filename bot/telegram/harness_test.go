package telegram

import (
	"bytes"
	"context"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"klaster/bot"
	"klaster/bot/telegram/telegramtest"
	"klaster/commands"
	"klaster/domain"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// canary is the secret of every test's token; it must never be seen again.
const canary = "CANARYcanary0123456789_canaryCANARY"

const testToken = "123456789:" + canary

// patience bounds a wait, so that a defect fails instead of hanging.
const patience = 20 * time.Second

// inbox is a Sink that keeps what it gets.
type inbox struct {
	got  chan bot.Update
	wait func(bot.Update) error // nil: durable at once
}

func newInbox() *inbox { return &inbox{got: make(chan bot.Update, 20_000)} }

func (i *inbox) Accept(_ context.Context, u bot.Update) func() error {
	i.got <- u
	if i.wait == nil {
		return func() error { return nil }
	}
	return func() error { return i.wait(u) }
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

// pauses replaces waiting: it notes how long, and returns at once, or, once gated, when the test lets it.
type pauses struct {
	mu     sync.Mutex
	noted  []time.Duration
	asked  chan time.Duration // nil: not gated
	resume chan struct{}
	inside bool // next has returned a pause that is not over; only the test uses it
}

func (p *pauses) gate() { p.asked, p.resume = make(chan time.Duration), make(chan struct{}) }

func (p *pauses) pause(ctx context.Context, d time.Duration) error {
	p.mu.Lock()
	p.noted = append(p.noted, d)
	p.mu.Unlock()
	if p.asked != nil {
		select {
		case p.asked <- d:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case <-p.resume:
		case <-ctx.Done():
		}
	}
	return ctx.Err()
}

func (p *pauses) list() []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.noted)
}

// next ends the pause it returned last and waits for another, which lasts until the next call of next or over.
func (p *pauses) next(t *testing.T) time.Duration {
	t.Helper()
	p.over(t)
	select {
	case d := <-p.asked:
		p.inside = true
		return d
	case <-time.After(patience):
		t.Fatal("nobody waits")
		return 0
	}
}

func (p *pauses) over(t *testing.T) {
	t.Helper()
	if !p.inside {
		return
	}
	p.inside = false
	select {
	case p.resume <- struct{}{}:
	case <-time.After(patience):
		t.Fatal("the pause cannot end")
	}
}

// journal is a log the test can read.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

// stage is a server, a bot and what it sees.
type stage struct {
	*telegramtest.Server
	t      *testing.T
	bot    *Bot
	inbox  *inbox
	pauses *pauses
	log    *journal
	stop   context.CancelFunc
	ended  chan error
}

// newStage makes a server and a bot that does not receive yet.
func newStage(t *testing.T, change func(*Options), opts ...telegramtest.Option) *stage {
	t.Helper()
	opts = append([]telegramtest.Option{telegramtest.WithToken(testToken)}, opts...)
	s := &stage{Server: telegramtest.Start(t, opts...), t: t, inbox: newInbox(), pauses: &pauses{}, log: &journal{}}
	o := Options{
		Token: testToken, API: s.URL(), Pause: s.pauses.pause,
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
		b.transport.CloseIdleConnections()
		if strings.Contains(s.log.String(), canary) {
			t.Errorf("the token is in the log: %s", s.log)
		}
	})
	return s
}

// receive starts the bot.
func (s *stage) receive() *stage {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(s.t.Context()))
	s.stop, s.ended = cancel, make(chan error, 1)
	go func() { s.ended <- s.bot.Receive(ctx, s.inbox) }()
	return s
}

// end stops the bot and returns what Receive returned.
func (s *stage) end() error {
	s.t.Helper()
	s.stop()
	s.stop = nil
	return s.over()
}

func (s *stage) over() error {
	s.t.Helper()
	select {
	case err := <-s.ended:
		return err
	case <-time.After(patience):
		s.t.Fatal("Receive does not end")
		return nil
	}
}

// running is a stage whose bot waits in a long poll.
func running(t *testing.T, opts ...telegramtest.Option) *stage {
	t.Helper()
	s := newStage(t, nil, opts...).receive()
	s.until((*telegramtest.World).Polling)
	return s
}

// until waits for a condition of the server's world.
func (s *stage) until(holds func(*telegramtest.World) bool) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), patience)
	defer cancel()
	if err := s.WaitFor(ctx, holds); err != nil {
		s.t.Fatal(err)
	}
}

// confirmed waits until the bot has confirmed an update.
func (s *stage) confirmed(update int) {
	s.t.Helper()
	if update == 0 {
		s.t.Fatal("the bot did not get this update at all")
	}
	s.until(func(w *telegramtest.World) bool { return w.Confirmed(update) })
}

// dropped checks that an update is confirmed without having been handed on.
func (s *stage) dropped(update int) {
	s.t.Helper()
	s.confirmed(update)
	select {
	case u := <-s.inbox.got:
		s.t.Fatalf("update %d was handed on: %+v", update, u)
	default:
	}
}

// person adds a user who has started the bot; the update is consumed.
func (s *stage) person(name string) int64 {
	s.t.Helper()
	id := s.AddUser(telegramtest.User{FirstName: name, Username: strings.ToLower(name) + "_x", Language: "id"})
	s.Start(id, "")
	if u := s.inbox.next(s.t); u.Text != "/start" {
		s.t.Fatalf("a start came as %+v", u)
	}
	return id
}

func ref(chat int64) domain.ChatRef {
	return domain.ChatRef{Platform: Platform, Chat: decimal(chat)}
}

func topic(chat int64, thread int) domain.ChatRef {
	r := ref(chat)
	r.Thread = decimal(int64(thread))
	return r
}

// words is a draft of one paragraph.
func words(s string) bot.Draft {
	return bot.Draft{Body: commands.Rich{{Spans: []commands.Span{{Text: s}}}}}
}

func (s *stage) post(to domain.ChatRef, d bot.Draft) string {
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
	if !asSendError(err, &e) {
		t.Fatalf("error %v (%T), want a SendError", err, err)
	}
	if e.Kind != want {
		t.Fatalf("kind %d, want %d: %v", e.Kind, want, err)
	}
	if strings.Contains(err.Error(), canary) {
		t.Fatalf("the token is in the error: %v", err)
	}
	return e
}
