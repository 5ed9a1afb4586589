package discord

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/cenkalti/backoff/v5"
	"github.com/gorilla/websocket"
)

const (
	// defaultSilence is more than a heartbeat (41.25 s), whose acknowledgement is the least that comes.
	defaultSilence = 60 * time.Second
	// betweenSessions lies between two beginnings of a session; Discord refuses more than one in five seconds.
	betweenSessions = 5 * time.Second
	// resumeTries is how often a session that cannot be reached is tried before a new one is begun.
	resumeTries = 4
)

// Close codes of the gateway that cannot heal by themselves.
var fatalCodes = map[int]string{
	4004: "the token is not accepted (reset, or mistyped in the configuration?)",
	4010: "there is no such shard",
	4011: "the bot is in too many guilds for one process: it has to be sharded",
	4012: "the gateway does not speak this version any more",
	4013: "the intents are not valid",
	4014: "an intent has to be switched on in the developer portal",
}

// session is one session of the gateway over all its connections.
type session struct {
	ctx     context.Context
	silence time.Duration
	opening time.Duration
	tls     *tls.Config
	proxy   func(*http.Request) (*url.URL, error)
	client  *discordgo.Session
	down    chan struct{} // holds at most one: the connection broke

	mu     sync.Mutex
	wire   *wire
	first  string // where the session began
	resume string // where it goes on, once known
	dialed string // what discordgo remembers
	known  bool   // the session is there: connections go on with it
}

// newSession makes a session that has not begun.
func (b *Bot) newSession(ctx context.Context, address string, handle func(*session, *discordgo.Event)) (*session, error) {
	s, err := discordgo.New("Bot " + b.token)
	if err != nil {
		return nil, err
	}
	l := &session{ctx: ctx, silence: b.silence, opening: b.opening, tls: b.rest.transport.TLSClientConfig, proxy: b.rest.transport.Proxy, client: s, down: make(chan struct{}, 1), first: address}
	s.Client = &http.Client{Transport: &gatewayFinder{l}}
	s.Dialer = l.dialer()
	s.LogLevel = -1 // its messages hold contents and addresses
	s.SyncEvents = true
	s.StateEnabled = false
	s.Compress = false // small packets, each with a new decompressor
	s.ShouldReconnectOnError = false
	s.ShouldReconnectVoiceOnSessionError = false
	s.Identify.Intents = discordgo.IntentsGuilds | discordgo.IntentsDirectMessages // neither is privileged
	s.Identify.Properties.Browser, s.Identify.Properties.Device = "klaster", "klaster"
	if b.shards > 1 {
		s.ShardID, s.ShardCount = b.shard, b.shards
		s.Identify.Shard = &[2]int{b.shard, b.shards}
	}
	s.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) { handle(l, e) })
	s.AddHandler(func(*discordgo.Session, *discordgo.Disconnect) {
		select {
		case l.down <- struct{}{}:
		default:
		}
	})
	return l, nil
}

// address is where the next connection goes.
func (l *session) address() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.dialed = l.wanted()
	return l.dialed
}

func (l *session) wanted() string {
	if l.known && l.resume != "" {
		return l.resume
	}
	return l.first
}

// moved tells whether discordgo is about to go somewhere else than wanted, and has it ask again.
func (l *session) moved() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dialed != l.wanted()
}

// begun notes that the session is there.
func (l *session) begun(resume string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known, l.resume = true, resume
}

func (l *session) resumable() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.known
}

func (l *session) connection() *wire {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.wire
}

// open connects, and goes on with the session if there is one. It is bounded by the deadlines of the connection.
func (l *session) open() error {
	select {
	case <-l.down: // of the connection before
	default:
	}
	stop := context.AfterFunc(l.ctx, func() {
		if w := l.connection(); w != nil {
			w.die()
		}
	})
	defer stop()
	err := l.client.Open()
	if errors.Is(err, errElsewhere) {
		err = l.client.Open()
	}
	w := l.connection()
	switch {
	case w != nil && w.refusedAnew():
		return errAnew
	case errors.Is(err, discordgo.ErrWSAlreadyOpen):
		return nil
	case err == nil && w != nil:
		w.ready()
	}
	return err
}

// end closes the connection; with goodbye the session is over, too.
func (l *session) end(goodbye bool) {
	if w := l.connection(); w != nil {
		w.mu.Lock()
		w.closing = goodbye
		w.mu.Unlock()
		if !goodbye {
			w.die()
		}
	}
	_ = l.client.Close()
}

// delays grow to the longest, each with half of it up or down by chance.
func delays(first, longest time.Duration) *backoff.ExponentialBackOff {
	d := backoff.NewExponentialBackOff()
	d.InitialInterval, d.MaxInterval, d.Multiplier = first, longest, 2
	d.Reset()
	return d
}

// stay keeps a connection to the gateway until ctx ends. Its error is one that cannot heal.
func (r *receiver) stay(ctx context.Context) error {
	for failures := 0; ctx.Err() == nil; {
		if r.link == nil {
			if err := r.anew(ctx); err != nil {
				return err
			}
			if r.link == nil {
				continue
			}
			failures = 0
		}
		err := r.link.open()
		if err == nil {
			failures = 0
			r.await(ctx)
			continue
		}
		if ctx.Err() != nil {
			break
		}
		if why := fatal(err); why != nil {
			return why
		}
		failures++
		if err := r.failed(ctx, err, failures); err != nil {
			return nil
		}
	}
	return nil
}

// await returns when the connection is over.
func (r *receiver) await(ctx context.Context) {
	select {
	case <-ctx.Done():
		r.link.end(true)
		r.link = nil
		return
	case <-r.link.down:
	}
	r.setHealth(errors.New("discord: the connection to the gateway broke, connecting again"))
	w := r.link.connection()
	switch {
	case w != nil && w.refusedAnew():
		r.log.InfoContext(ctx, "discord: the gateway ended the session, beginning a new one")
		r.drop()
		_ = r.pause(ctx, chance(time.Second, 5*time.Second))
	case !r.link.resumable():
		r.drop()
	default:
		r.log.InfoContext(ctx, "discord: the connection to the gateway broke, going on with the session")
	}
}

// drop forgets the session.
func (r *receiver) drop() {
	if r.link != nil {
		if w := r.link.connection(); w != nil {
			w.die()
		}
		r.link = nil
	}
}

// failed waits after a connection that did not come to be; the error is ctx's.
func (r *receiver) failed(ctx context.Context, err error, failures int) error {
	resumed := r.link.resumable()
	d := r.delays.NextBackOff()
	switch {
	case errors.Is(err, errAnew):
		r.drop()
		d = chance(time.Second, 5*time.Second)
	case !resumed, sessionOver(err), failures >= resumeTries:
		r.drop()
	}
	err = fmt.Errorf("discord: the gateway cannot be reached: %s", r.rest.describe(err.Error()))
	r.setHealth(err)
	r.log.WarnContext(ctx, "discord: no connection to the gateway", "error", err, "retry_in", d)
	return r.pause(ctx, d)
}

// chance is a time between two, by chance, so that not all come back at once.
func chance(least, most time.Duration) time.Duration {
	return least + rand.N(most-least)
}

// fatal is why a connection will not come to be, however often it is tried; nil if it may.
func fatal(err error) error {
	var e *websocket.CloseError
	if errors.As(err, &e) {
		if why, ok := fatalCodes[e.Code]; ok {
			return fmt.Errorf("discord: the gateway closed with code %d: %s", e.Code, why)
		}
	}
	return nil
}

// sessionOver tells whether the gateway refused to go on with the session: an invalid sequence, a session timed out.
func sessionOver(err error) bool {
	var e *websocket.CloseError
	return errors.As(err, &e) && (e.Code == 4007 || e.Code == 4009 || e.Code == 4003)
}

// anew asks for the gateway's address and whether a session may be begun, and makes one. r.link stays nil if it has to be
// tried again; the error is one that cannot heal, or none once ctx has ended.
func (r *receiver) anew(ctx context.Context) error {
	var at struct {
		URL    string `json:"url"`
		Shards int    `json:"shards"`
		Limit  struct {
			Remaining int   `json:"remaining"`
			After     int64 `json:"reset_after"` // milliseconds
		} `json:"session_start_limit"`
	}
	err := r.rest.do(ctx, call{op: "asking for the gateway", method: http.MethodGet, path: "/gateway/bot", bucket: "gateway"}, &at)
	if err == nil && !strings.HasPrefix(at.URL, "wss://") && !strings.HasPrefix(at.URL, "ws://") {
		err = errors.New("discord: the gateway's address is none")
	}
	if ctx.Err() != nil {
		return nil
	}
	var e *apiError
	wait := r.delays.NextBackOff()
	switch {
	case errors.As(err, &e) && e.status == http.StatusUnauthorized && !e.foreign && r.rest.invalid.check(r.now()) == nil:
		return wrap("the token is not accepted (reset, or mistyped in the configuration?)", err)
	case errors.As(err, &e) && e.after > 0:
		wait = max(wait, e.after)
	case err == nil && at.Limit.Remaining <= 0:
		err = errors.New("discord: no session may be begun any more today; a program that starts again and again, or another with the same token, has used them up")
		wait = max(wait, time.Duration(at.Limit.After)*time.Millisecond)
	}
	if err != nil {
		r.setHealth(err)
		r.log.WarnContext(ctx, "discord: no connection", "error", err, "retry_in", wait)
		_ = r.pause(ctx, wait)
		return nil
	}
	if at.Shards > r.shards {
		r.log.WarnContext(ctx, "discord: more shards are recommended", "shards", r.shards, "recommended", at.Shards)
	}
	if since := r.now().Sub(r.last); !r.last.IsZero() && since < betweenSessions {
		if r.pause(ctx, betweenSessions-max(since, 0)) != nil {
			return nil
		}
	}
	r.last = r.now()
	r.link, err = r.newSession(ctx, strings.TrimRight(at.URL, "/")+"/", r.handle)
	return err
}
