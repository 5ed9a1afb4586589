// Package web is the browser chat room that needs no token: a Connector whose platform is our own page. It is how a
// newcomer tries Klaster in a minute and how browser tests drive it. The persons in it are test identities, not
// authentication, and the page says so.
//
// A room is a name in the address. It has one group chat, and one private chat per person. All lines live in the
// store's Transcript, so every replica shows the same room.
package web

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"klaster/bot"
	"klaster/domain"
	"klaster/store"
)

// Platform is the connector's name in ChatRefs and Accounts.
const Platform domain.Platform = "web"

var (
	_ bot.Connector     = (*Room)(nil)
	_ bot.AdminChecker  = (*Room)(nil)
	_ bot.MenuPublisher = (*Room)(nil)
	_ bot.Replicated    = (*Room)(nil)
	_ http.Handler      = (*Room)(nil)
)

// Options are what a Room is made of; only Transcript is necessary.
type Options struct {
	Transcript store.Transcript
	Lang       string           // of pages whose address does not say: "id" (default) or "en"
	Hosts      []string         // accepted Host headers besides 127.0.0.1, localhost and [::1] with the listening port
	Log        *slog.Logger     //
	Now        func() time.Time // tests; nil: the system's clock
	Token      string           // the secret every page holds as a cookie; empty: random, new with each start
	Keep       int              // lines kept per chat; 0: 500
	Patience   time.Duration    // how long a person waits for a confirmation before being told; 0: 2.5 s
}

const (
	keepLines    = 500
	patience     = 2500 * time.Millisecond
	storeTime    = 10 * time.Second // longest single piece of work on the store, also after the person was told
	maxStreams   = 200
	textLimit    = 12_000
	toastLimit   = 300
	dataLimit    = 256
	editInterval = 300 * time.Millisecond
)

// Room is the web platform: all rooms of it. Safe for use by many goroutines.
type Room struct {
	Options
	epoch string // names this start in event ids
	words words
	logs  *logs
	mux   *http.ServeMux
	cross *http.CrossOriginProtection
	loads chan struct{} // one place per upload in hand

	mu      sync.Mutex
	loan    *loan // nil: nobody receives
	streams map[*stream]struct{}
	menu    *menu
}

// New makes a Room. It serves pages at once, and takes messages while Receive runs.
func New(o Options) (*Room, error) {
	if o.Transcript == nil {
		return nil, errors.New("web: no transcript")
	}
	if o.Lang == "" {
		o.Lang = "id"
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Token == "" {
		o.Token = rand.Text()
	}
	if o.Keep <= 0 {
		o.Keep = keepLines
	}
	if o.Patience <= 0 {
		o.Patience = patience
	}
	words, err := loadWords()
	if err != nil {
		return nil, err
	}
	if _, ok := words[o.Lang]; !ok {
		return nil, errors.New("web: the page does not speak " + o.Lang)
	}
	r := &Room{
		Options: o, epoch: hex.EncodeToString(randomBytes(4)), words: words,
		logs:  newLogs(o.Transcript, o.Keep),
		cross: http.NewCrossOriginProtection(), loads: make(chan struct{}, uploadsAtOnce),
		streams: map[*stream]struct{}{}, menu: &menu{},
	}
	r.mux = r.routes()
	return r, nil
}

func randomBytes(n int) []byte {
	b := make([]byte, n)
	rand.Read(b)
	return b
}

// Name implements bot.Connector.
func (r *Room) Name() domain.Platform { return Platform }

// Account implements bot.Connector. There is one web room however many replicas serve it.
func (r *Room) Account() string { return "web:room" }

// RunsEverywhere implements bot.Replicated.
func (r *Room) RunsEverywhere() {}

// Caps implements bot.Connector. Nothing limits sending: the lines go to our own store.
func (r *Room) Caps() bot.Caps {
	return bot.Caps{
		TextLimit: textLimit, ToastLimit: toastLimit, DataLimit: dataLimit,
		PrivateFirst: true, Mentions: true, EditInterval: editInterval,
	}
}

// Health implements bot.Connector.
func (r *Room) Health() error {
	r.mu.Lock()
	receiving := r.loan != nil
	r.mu.Unlock()
	if !receiving {
		return errors.New("web: not receiving")
	}
	return r.logs.health()
}

// loan is the Sink for as long as Receive runs.
type loan struct {
	sink  bot.Sink
	ctx   context.Context // outlives Receive's for what is in hand
	ended chan struct{}   // closed when nothing new may be begun
	hands sync.WaitGroup
}

// Receive implements bot.Connector: it lends the sink to the handlers until ctx ends, and waits for what is in hand.
func (r *Room) Receive(ctx context.Context, to bot.Sink) error {
	l := &loan{sink: to, ctx: context.WithoutCancel(ctx), ended: make(chan struct{})}
	r.mu.Lock()
	if r.loan != nil {
		r.mu.Unlock()
		return errors.New("web: receives already")
	}
	r.loan = l
	r.mu.Unlock()
	r.logs.follow(ctx, r.Log)
	r.mu.Lock()
	r.loan = nil
	close(l.ended)
	r.mu.Unlock()
	l.hands.Wait()
	return nil
}

// borrow takes the sink; nil if nobody receives. Who took it calls hands.Done.
func (r *Room) borrow() *loan {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.loan != nil {
		r.loan.hands.Add(1)
	}
	return r.loan
}
