package bot

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"klaster/domain"
	"klaster/store"
)

// Config is what a Hub is made of.
type Config struct {
	Store      store.Store
	Talk       Talk
	Connectors []Connector
	Owner      string                           // names this process in leases; no two processes share one
	Zones      func(name string) *time.Location // nil for an unknown zone
	Lang       string                           // of persons whose platform and cluster do not tell
	Log        *slog.Logger                     //
	Metrics    *Metrics                         // nil: not measured
	Idle       time.Duration                    // how long a cluster without work stays in memory; 0: ten minutes
	Now        func() time.Time                 // tests; nil: the store's clock
	Random     io.Reader                        // tests; nil: the system's
	DueHint    func(at time.Time)               // told when something falls due; nil: nobody
	Durability string                           // what a confirmation is worth, "D0" to "D3"; told by /status
}

// Hub takes updates in, finds whose they are and which cluster is meant, has the cluster's room decide, and sees to
// what only the bot can do: effects, lookups, half-done conversations, sending.
type Hub struct {
	Config
	clock     *storeClock
	people    *people
	chats     *chats
	links     *links
	rooms     *rooms
	lanes     *lanes
	flood     *flood
	platforms map[domain.Platform]*platform
	order     []*platform
	cards     *reconciler
	told      *recent[string, bool]                    // causes whose senders heard that the store is down
	asked     *recent[messageRef, domain.ClusterID]    // which cluster a private message with buttons was about
	tries     *recent[domain.PersonID, int]            // wrong codes a person has tried
	begun     *recent[domain.PersonID, domain.ChatRef] // the group a person is being asked in
	ordered   chan struct{}                            // attachments that wait or are being rendered
	drawing   chan struct{}                            // attachments rendered at a time
	chance    sync.Mutex

	ctx      context.Context // of everything; ends last
	end      context.CancelFunc
	intake   context.Context // of what brings new work; ends first
	endIn    context.CancelFunc
	receives sync.WaitGroup
	loops    sync.WaitGroup
	aside    sync.WaitGroup
	once     sync.Once
	stopped  chan struct{}
	started  bool
	stopMu   sync.Mutex
}

type messageRef struct {
	chat domain.ChatRef
	ref  string
}

const (
	idleRoom      = 10 * time.Minute
	maxInHand     = 4096 // updates between Accept and their answer
	attachmentsAt = 2    // rendered at a time
	maxOrdered    = 64   // attachments that wait, with all they show
)

// NewHub puts a hub together; nothing runs before Start.
func NewHub(c Config) (*Hub, error) {
	if c.Idle == 0 {
		c.Idle = idleRoom
	}
	if c.Random == nil {
		c.Random = rand.Reader
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Lang == "" {
		c.Lang = "id"
	}
	c.Zones = rememberZones(c.Zones)
	if c.DueHint == nil {
		c.DueHint = func(time.Time) {}
	}
	h := &Hub{Config: c, clock: &storeClock{fixed: c.Now}, platforms: map[domain.Platform]*platform{}, stopped: make(chan struct{})}
	h.ctx, h.end = context.WithCancel(context.Background())
	h.intake, h.endIn = context.WithCancel(h.ctx)
	h.people = newPeople(c.Store, func() domain.PersonID { return domain.PersonID(h.mint(10)) }, h.clock.Now)
	h.chats = newChats(c.Store, h.clock.Now)
	h.links = newLinks(c.Store, func() string { return h.mint(16) }, h.clock.Now)
	h.told = newRecent[string, bool](1000, time.Hour, h.clock.Now)
	h.asked = newRecent[messageRef, domain.ClusterID](10_000, askedLife, h.clock.Now)
	h.tries = newRecent[domain.PersonID, int](10_000, codeLife, h.clock.Now)
	h.begun = newRecent[domain.PersonID, domain.ChatRef](10_000, 24*time.Hour, h.clock.Now)
	h.ordered, h.drawing = make(chan struct{}, maxOrdered), make(chan struct{}, attachmentsAt)
	h.rooms = newRooms(&roomDeps{
		ctx: h.ctx, store: c.Store, talk: c.Talk, clock: h.clock, zones: c.Zones, log: c.Log, meters: c.Metrics, aside: &h.aside,
		moved:  func(id domain.ClusterID, why nudging) { h.cards.nudge(id, why) },
		forgot: h.people.lose, former: h.people.forgotten,
		due: c.DueHint,
	}, c.Idle)
	h.lanes = newLanes(h.begin, maxInHand)
	h.flood = newFlood(h.clock.Now)
	h.cards = newReconciler(h)
	for _, conn := range c.Connectors {
		if _, twice := h.platforms[conn.Name()]; twice {
			return nil, fmt.Errorf("hub: two connectors for %s", conn.Name())
		}
		p := newPlatform(h, conn)
		h.platforms[conn.Name()] = p
		h.order = append(h.order, p)
	}
	return h, nil
}

// Start begins to receive and to send. It fails if the store does not answer. A second call does nothing.
func (h *Hub) Start(ctx context.Context) error {
	h.stopMu.Lock()
	defer h.stopMu.Unlock()
	if h.started {
		return nil
	}
	if err := h.clock.adjust(ctx, h.Store); err != nil {
		return fmt.Errorf("hub: start: %w", err)
	}
	h.started = true
	h.loops.Go(func() { h.follow(h.ctx) })
	h.loops.Go(func() { h.keepHouse(h.ctx) })
	h.loops.Go(func() { h.cards.run(h.ctx) })
	for _, p := range h.order {
		p.start()
	}
	return nil
}

// graceful is how long Stop waits for what is in hand.
const graceful = 8 * time.Second

// Stop takes nothing new in, finishes what is in hand, and lets every room go. It waits, and may be called twice.
func (h *Hub) Stop() {
	h.stopMu.Lock()
	if !h.started {
		h.started = true
		close(h.stopped)
		h.end()
	}
	h.stopMu.Unlock()
	h.once.Do(func() {
		select {
		case <-h.stopped:
			return
		default:
		}
		h.endIn()
		late, cancel := context.WithTimeout(context.Background(), graceful)
		defer cancel()
		wait(h.receives.Wait, late.Done())
		wait(h.lanes.drain, late.Done())
		for _, p := range h.order {
			close(p.flushing)
			wait(p.workers.Wait, late.Done())
		}
		wait(h.aside.Wait, late.Done()) // attachments, before the outboxes are emptied
		for _, p := range h.order {
			wait(func() { p.out.drain(h.ctx) }, late.Done())
		}
		h.rooms.sweep(true)
		wait(h.aside.Wait, late.Done())
		h.end()
		h.loops.Wait()
		for _, p := range h.order {
			p.yield()
		}
		close(h.stopped)
	})
	<-h.stopped
}

// wait waits for f, but not longer than late.
func wait(f func(), late <-chan struct{}) {
	done := make(chan struct{})
	go func() {
		f()
		close(done)
	}()
	select {
	case <-done:
	case <-late:
	}
}

// follow hears from other replicas what has moved.
func (h *Hub) follow(ctx context.Context) {
	for ctx.Err() == nil {
		err := h.Store.Follow(ctx, func(id domain.ClusterID, version uint64) {
			if r := h.rooms.awake(id); r != nil {
				r.hear(version)
			}
			h.cards.nudge(id, marked)
		})
		if errors.Is(err, store.ErrClosed) {
			return
		}
		if err != nil && ctx.Err() == nil {
			h.Log.Warn("hints from the store stopped", "err", err)
			sleep(ctx, 2*time.Second)
		}
	}
}

// keepHouse lets rooms go and looks at the store's clock.
func (h *Hub) keepHouse(ctx context.Context) {
	tick := time.NewTicker(min(30*time.Second, max(h.Idle/4, time.Second)))
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		h.rooms.sweep(false)
		if err := h.clock.adjust(ctx, h.Store); err != nil && ctx.Err() == nil {
			h.Log.Warn("the store's clock cannot be read", "err", err)
		}
	}
}

// Wake fires what is due in a cluster by now: at most one commit per slot, however many replicas wake it.
func (h *Hub) Wake(ctx context.Context, id domain.ClusterID, now time.Time) error {
	q := &request{kind: timer, now: now}
	h.random(q.in.Seed[:])
	err := h.rooms.do(ctx, id, q, true)
	if errors.Is(err, store.ErrMissing) { // nothing to wake: have the index forget it
		err = h.Store.SetDue(ctx, id, domain.Head{}, time.Time{})
		if errors.Is(err, store.ErrMissing) {
			h.Log.Error("a journal is gone", "cluster", id)
			return nil
		}
	}
	if err != nil {
		return fmt.Errorf("wake %s: %w", id, err)
	}
	return nil
}

// View runs see on a cluster's state, which see must neither change nor keep.
func (h *Hub) View(ctx context.Context, id domain.ClusterID, see func(*domain.State)) error {
	if err := h.rooms.do(ctx, id, &request{kind: look, see: see}, true); err != nil {
		return fmt.Errorf("view %s: %w", id, err)
	}
	return nil
}

// Order has a cluster carry out a command of the bot itself. A refusal by the rules is an error of type *domain.Error.
func (h *Hub) Order(ctx context.Context, id domain.ClusterID, cause string, c domain.Command) error {
	q := &request{kind: order, command: c, now: h.clock.Now()}
	q.in.Cause = cause
	h.random(q.in.Seed[:])
	if err := h.rooms.do(ctx, id, q, false); err != nil {
		return fmt.Errorf("order to %s: %w", id, err)
	}
	if q.refused != nil {
		return q.refused
	}
	return nil
}

// Drained returns when every platform held here has handed over what waited while nobody received, or when patience with
// it runs out. What is due is looked at only then, so that late votes count. After a crash the lease of the process
// before has to run out first; a platform that another replica holds is not waited for any longer than that.
func (h *Hub) Drained(ctx context.Context, patience time.Duration) {
	var waiting sync.WaitGroup
	for _, p := range h.order {
		waiting.Go(func() { p.drained(ctx, patience) })
	}
	waiting.Wait()
}

// PlatformHealth is how one platform does.
type PlatformHealth struct {
	Platform domain.Platform `json:"platform"`
	Held     bool            `json:"held"` // this process receives and sends
	Err      error           `json:"-"`
}

// Health lists the platforms in the order of the connectors.
func (h *Hub) Health() []PlatformHealth {
	out := make([]PlatformHealth, 0, len(h.order))
	for _, p := range h.order {
		out = append(out, PlatformHealth{Platform: p.name, Held: p.holds(), Err: p.health()})
	}
	return out
}

// mint makes an unguessable name of n random bytes.
func (h *Hub) mint(n int) string {
	b := make([]byte, n)
	h.random(b)
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b)
}

func (h *Hub) random(b []byte) {
	if h.Random != rand.Reader {
		h.chance.Lock()
		defer h.chance.Unlock()
	}
	if _, err := io.ReadFull(h.Random, b); err != nil {
		panic("bot: no randomness: " + err.Error())
	}
}

// sleep waits, and says whether it could to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
