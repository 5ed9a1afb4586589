// Package telegram connects a Telegram bot account: long polling, translation of updates, sending and editing. It uses
// the types of telegram-bot-api with a transport, a poll loop and an update decoding of its own, because the library's
// loop loses and leaks (one unreadable update stops it for ever, errors carry the token).
package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"klaster/bot"
	"klaster/domain"
)

// Platform is the name under which chats and accounts of Telegram are stored.
const Platform domain.Platform = "telegram"

// defaultAPI is where Telegram serves bots; a server of one's own (tdlib/telegram-bot-api) has another base.
const defaultAPI = "https://api.telegram.org"

// Defaults of Options.
const (
	defaultPollWait    = 50 * time.Second // the server cuts longer ones
	defaultCallTimeout = 15 * time.Second
)

// Options configure a Bot. Only Token is needed.
type Options struct {
	Token string
	// API is the base of all requests: <API>/bot<token>/<method>.
	API string
	// Webhook is the https address under which this program's ServeHTTP can be reached from outside; empty: updates are
	// polled.
	Webhook string
	// Lang is the language of menus for people who have neither Indonesian nor English: "id" (default) or "en".
	Lang string
	Log  *slog.Logger
	Now  func() time.Time
	// Pause waits for d or until ctx ends, and returns the context's error then. Tests replace it.
	Pause func(ctx context.Context, d time.Duration) error
	// PollWait is how long the server holds a getUpdates without updates, at most 50 s.
	PollWait time.Duration
	// CallTimeout bounds every call; polls have PollWait more, uploads four times as much.
	CallTimeout time.Duration
}

// Bot is one bot account. All methods may be called from many goroutines, Receive from one.
type Bot struct {
	token     string
	id        string // the bot's user id, the part of the token before the colon
	root      url.URL
	lang      string
	log       *slog.Logger
	now       func() time.Time
	pause     func(context.Context, time.Duration) error
	pollWait  time.Duration
	timeout   time.Duration
	transport *http.Transport
	buffers   sync.Pool // *bytes.Buffer, answers of the server

	username atomic.Pointer[string] // known after the first getMe
	health   atomic.Pointer[health]
	counts   counters
	drained  chan struct{}
	drain    sync.Once
	menu     menu
	hook     *hook
}

type health struct{ err error }

var errNotReceiving = errors.New("telegram: not receiving")

var (
	_ bot.Connector     = (*Bot)(nil)
	_ bot.AdminChecker  = (*Bot)(nil)
	_ bot.PrivateLinker = (*Bot)(nil)
	_ bot.MenuPublisher = (*Bot)(nil)
	_ bot.BacklogTeller = (*Bot)(nil)
	_ bot.Shared        = (*Bot)(nil)
	_ http.Handler      = (*Bot)(nil)
)

// New checks the options and touches no network. Its errors never hold the token.
func New(o Options) (*Bot, error) {
	id, err := botID(o.Token)
	if err != nil {
		return nil, err
	}
	if o.API == "" {
		o.API = defaultAPI
	}
	root, err := url.Parse(strings.TrimRight(o.API, "/"))
	if err != nil || root.Scheme != "http" && root.Scheme != "https" || root.Host == "" {
		return nil, errors.New("telegram: the API base must be an http or https address")
	}
	b := &Bot{
		token: o.Token, id: id, root: *root, lang: o.Lang, log: o.Log, now: o.Now, pause: o.Pause,
		pollWait: o.PollWait, timeout: o.CallTimeout,
		transport: newTransport(), drained: make(chan struct{}), menu: newMenu(),
		hook: newHook(o.Webhook, o.Token),
	}
	if b.lang == "" {
		b.lang = "id"
	}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	if b.now == nil {
		b.now = time.Now
	}
	if b.pause == nil {
		b.pause = pause
	}
	if b.pollWait <= 0 || b.pollWait > defaultPollWait {
		b.pollWait = defaultPollWait
	}
	if b.timeout <= 0 {
		b.timeout = defaultCallTimeout
	}
	b.buffers.New = newBuffer
	b.setHealth(errNotReceiving)
	return b, nil
}

// botID takes the user id off a token, which is "<id>:<secret>".
func botID(token string) (string, error) {
	id, secret, _ := strings.Cut(token, ":")
	if !digits(id) || secret == "" || strings.Trim(secret, tokenLetters) != "" {
		return "", errors.New("telegram: the token must look like 123456789:AbC..., as BotFather gives it")
	}
	return id, nil
}

const tokenLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

// digits tells whether s is a positive decimal number of at most 18 digits.
func digits(s string) bool {
	return s != "" && len(s) <= 18 && strings.Trim(s, "0123456789") == ""
}

// pause is the Pause of real life.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Name implements bot.Connector.
func (b *Bot) Name() domain.Platform { return Platform }

// Account implements bot.Connector: "telegram:<bot id>".
func (b *Bot) Account() string { return string(Platform) + ":" + b.id }

// Caps implements bot.Connector. The buckets are so that no second has more than 30 sends and no minute of a group
// more than 20, whatever the moment the window is laid over (core.telegram.org/bots/faq).
func (b *Bot) Caps() bot.Caps {
	return bot.Caps{
		TextLimit:    textLimit,
		ToastLimit:   toastLimit,
		DataLimit:    dataLimit,
		RepliesOnly:  true,
		Mentions:     true,
		EditInterval: 3 * time.Second,
		Global:       bot.Rate{Every: 40 * time.Millisecond, Burst: 5},
		PerChat:      bot.Rate{Every: time.Second, Burst: 1},
		PerGroup:     bot.Rate{Every: 4 * time.Second, Burst: 5},
	}
}

// Health implements bot.Connector. It is not nil before Receive has reached the server and after Receive has returned.
func (b *Bot) Health() error { return b.health.Load().err }

func (b *Bot) setHealth(err error) { b.health.Store(&health{err}) }

// Drained implements bot.BacklogTeller: closed after the first poll that brought nothing: what had waited on the server while the bot was away
// has been handled then.
func (b *Bot) Drained() <-chan struct{} { return b.drained }

// PrivateLink implements bot.PrivateLinker. It is empty until Receive has asked the server for the bot's name.
func (b *Bot) PrivateLink(token string) string {
	name := b.ownName()
	if name == "" {
		return ""
	}
	link := "https://t.me/" + name
	if startToken(token) {
		link += "?start=" + token
	}
	return link
}

func (b *Bot) ownName() string {
	if name := b.username.Load(); name != nil {
		return *name
	}
	return ""
}

// Counts says what became of the updates since the start.
type Counts struct {
	Accepted int64 // handed to the Sink
	Dropped  int64 // of no interest: other bots' commands, edits, unknown kinds
	Broken   int64 // could not be decoded
}

type counters struct{ accepted, dropped, broken atomic.Int64 }

// Counts are for metrics.
func (b *Bot) Counts() Counts {
	return Counts{Accepted: b.counts.accepted.Load(), Dropped: b.counts.dropped.Load(), Broken: b.counts.broken.Load()}
}

// IsAdmin implements bot.AdminChecker. An anonymous administrator of a group is one, although the id is not the
// person's; somebody who writes as a channel is not.
func (b *Bot) IsAdmin(ctx context.Context, chat domain.ChatRef, user string) (bool, error) {
	switch {
	case !groupChat(chat), user == channelBot, user == linkedChannel:
		return false, nil
	case user == groupAnonymousBot:
		return true, nil
	}
	var m tgbotapi.ChatMember
	err := b.call(ctx, "getChatMember", params{{"chat_id", chat.Chat}, {"user_id", user}}, b.timeout, &m)
	if err == nil {
		return m.IsCreator() || m.IsAdministrator(), nil
	}
	if refusedWith(err, "participant_id_invalid", "user not found", "member not found") {
		return false, nil
	}
	return false, classify("looking up an administrator", err)
}

// groupChat tells groups from private chats: their ids are negative.
func groupChat(c domain.ChatRef) bool { return strings.HasPrefix(c.Chat, "-") }

// wrap names the operation in an error that never reaches a person.
func wrap(op string, err error) error { return fmt.Errorf("telegram: %s: %w", op, err) }
