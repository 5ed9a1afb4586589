// Package discord connects a Discord bot account: the gateway through discordgo, with a dialer and a reconnect loop of
// our own; interactions as the way in and, as long as they live, the way out; a small REST client for the rest. What
// discordgo does not do well (it waits without regard to contexts, keeps a bucket for every interaction, and ends a
// session when it should resume it) is done here.
package discord

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"klaster/bot"
	"klaster/domain"
)

// Platform is the name under which chats and accounts of Discord are stored.
const Platform domain.Platform = "discord"

// defaultAPI is the root of Discord's REST interface, without a version.
const defaultAPI = "https://discord.com/api"

// Defaults of Options.
const (
	defaultDefer       = 900 * time.Millisecond // whoever uses a command sees within a second that it was heard
	defaultCallTimeout = 15 * time.Second
)

// Options configure a Bot. Only Token is needed.
type Options struct {
	Token string
	// API is the root of all requests, without a version; the gateway's address is asked for there.
	API string
	// Lang is the language of descriptions for people who have neither Indonesian nor English: "id" (default) or "en".
	Lang string
	Log  *slog.Logger
	Now  func() time.Time
	// Pause waits for d or until ctx ends, and returns the context's error then. Tests replace it.
	Pause func(ctx context.Context, d time.Duration) error
	// Defer is how long an interaction waits for its answer before it is told that one will come; at most 2.4 s.
	Defer time.Duration
	// Silence is how long the gateway may say nothing before it is taken for dead; more than its heartbeat.
	Silence time.Duration
	// Opening is how long a connection may take from the dial until the session is there; 20 s.
	Opening time.Duration
	// Shard of Shards is the part of the guilds this bot serves; Shards 0 or 1: all of them.
	Shard, Shards int
}

// Bot is one bot account, or one shard of it. All methods may be called from many goroutines, Receive from one.
type Bot struct {
	token   string
	id      string // of the application, which is the bot's user id, too
	lang    string
	log     *slog.Logger
	now     func() time.Time
	pause   func(context.Context, time.Duration) error
	acks    time.Duration
	silence time.Duration
	opening time.Duration
	shard   int
	shards  int

	rest    *rest
	talks   talks
	guilds  guilds
	private private
	nonces  nonces
	menu    menu
	health  atomic.Pointer[health]
	counts  counters
	drained chan struct{}
	drain   sync.Once
}

type health struct{ err error }

var errNotReceiving = errors.New("discord: not receiving")

var (
	_ bot.Connector     = (*Bot)(nil)
	_ bot.PrivateOpener = (*Bot)(nil)
	_ bot.MenuPublisher = (*Bot)(nil)
	_ bot.BacklogTeller = (*Bot)(nil)
	_ bot.BlankOpener   = (*Bot)(nil)
)

// New checks the options and touches no network. Its errors never hold the token.
func New(o Options) (*Bot, error) {
	id, err := applicationID(o.Token)
	if err != nil {
		return nil, err
	}
	if o.API == "" {
		o.API = defaultAPI
	}
	root, err := url.Parse(strings.TrimRight(o.API, "/"))
	if err != nil || root.Scheme != "http" && root.Scheme != "https" || root.Host == "" {
		return nil, errors.New("discord: the API root must be an http or https address")
	}
	if o.Shards = max(o.Shards, 1); o.Shard < 0 || o.Shard >= o.Shards {
		return nil, fmt.Errorf("discord: there is no shard %d of %d", o.Shard, o.Shards)
	}
	b := &Bot{
		token: o.Token, id: id, lang: o.Lang, log: o.Log, now: o.Now, pause: o.Pause, acks: o.Defer, silence: o.Silence, opening: o.Opening,
		shard: o.Shard, shards: o.Shards, drained: make(chan struct{}), menu: newMenu(),
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
	if b.acks <= 0 || b.acks > lateDefer {
		b.acks = defaultDefer
	}
	if b.silence <= 0 {
		b.silence = defaultSilence
	}
	if b.opening <= 0 {
		b.opening = defaultOpening
	}
	b.rest = newREST(*root, o.Token, b.now, b.pause)
	b.talks.of = make(map[string]*talk)
	b.guilds.init()
	b.private.init()
	b.nonces.init()
	b.setHealth(errNotReceiving)
	return b, nil
}

// applicationID takes the application's id off a token: its first part is the id in base64.
func applicationID(token string) (string, error) {
	first, rest, _ := strings.Cut(token, ".")
	raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(first, "="))
	if err != nil || !snowflake(string(raw)) || rest == "" || strings.Trim(rest, tokenLetters) != "" {
		return "", errors.New("discord: the token must look like MTIz....Abc...., as the developer portal gives it under Bot")
	}
	return string(raw), nil
}

const tokenLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."

// snowflake tells whether s looks like an id of Discord.
func snowflake(s string) bool {
	return s != "" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
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

// Account implements bot.Connector: "discord:<application id>", with several shards "discord:<application id>/<shard>".
func (b *Bot) Account() string {
	if b.shards > 1 {
		return fmt.Sprintf("%s:%s/%d", Platform, b.id, b.shard)
	}
	return string(Platform) + ":" + b.id
}

// Caps implements bot.Connector. There are no rates: answers go through their interactions, which have their own, and
// what goes to a channel is held back by what the server says about the channel's limit.
func (b *Bot) Caps() bot.Caps {
	return bot.Caps{
		TextLimit:    1900, // of 2,000; what takes more with its markup is cut here
		ToastLimit:   200,
		DataLimit:    64,
		PrivateFirst: true,
		RepliesOnly:  true,
		Mentions:     true,
		Interactive:  true,
		EditInterval: 3 * time.Second,
	}
}

// Health implements bot.Connector. It is not nil before the gateway is ready and after Receive has returned, and while
// the account is too close to being shut out.
func (b *Bot) Health() error {
	if err := b.rest.invalid.check(b.now()); err != nil {
		return err
	}
	return b.health.Load().err
}

func (b *Bot) setHealth(err error) { b.health.Store(&health{err}) }

// Drained implements bot.BacklogTeller: closed once the gateway was ready. Discord keeps nothing for a bot that is away.
func (b *Bot) Drained() <-chan struct{} { return b.drained }

// Counts says what became of the events since the start.
type Counts struct {
	Accepted int64 // handed to the Sink
	Dropped  int64 // of no interest, seen before, or too many
	Broken   int64 // could not be decoded
	Resumed  int64 // connections that went on where the last one broke
	Sessions int64 // connections that began anew
}

type counters struct{ accepted, dropped, broken, resumed, sessions atomic.Int64 }

// Counts are for metrics.
func (b *Bot) Counts() Counts {
	return Counts{
		Accepted: b.counts.accepted.Load(), Dropped: b.counts.dropped.Load(), Broken: b.counts.broken.Load(),
		Resumed: b.counts.resumed.Load(), Sessions: b.counts.sessions.Load(),
	}
}

// wrap names the operation in an error that never reaches a person.
func wrap(op string, err error) error { return fmt.Errorf("discord: %s: %w", op, err) }

// userAgent is how Discord wants bots to name themselves.
const userAgent = "DiscordBot (https://discord.com, 1)"

var _ http.RoundTripper = (*gatewayFinder)(nil)
