package bot

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"
	"sync/atomic"
	"time"

	"klaster/domain"
)

// platform runs one connector: it keeps the lease, receives while it has it, and sends.
type platform struct {
	hub      *Hub
	conn     Connector
	name     domain.Platform
	caps     Caps
	out      *outbox
	answers  chan *turn // turns that are durable and wait to be answered
	workers  sync.WaitGroup
	flushing chan struct{} // closed: answer what waits, then stop

	everywhere bool         // no lease needed
	shared     Shared       // nil: only the holder of the lease takes updates
	until      atomic.Int64 // unix nanoseconds: the lease is trusted until then
	adrift     atomic.Bool  // the store is silent, the lease has run out, and receiving goes on
	mu         sync.Mutex
	broken     error // why receiving does not work
	menu       uint64
}

// A lease is taken for leaseLife, renewed every leaseRenew, and trusted for leaseTrust after it was asked for: a process
// that was asleep stops sending before another one may begin. Who has none asks every leaseTry, so that another process
// receives within 15 seconds of the holder's death, the time to connect included.
const (
	leaseLife  = 13 * time.Second
	leaseRenew = 5 * time.Second
	leaseTrust = 10 * time.Second
	leaseTry   = 500 * time.Millisecond

	answersAtATime = 64
)

func newPlatform(h *Hub, conn Connector) *platform {
	p := &platform{hub: h, conn: conn, name: conn.Name(), caps: conn.Caps(), answers: make(chan *turn, maxInHand), flushing: make(chan struct{})}
	_, p.everywhere = conn.(Replicated)
	if s, ok := conn.(Shared); ok && s.Shared() {
		p.shared = s
	}
	p.out = newOutbox(p.caps, time.Now, p.sends, p.sent)
	return p
}

func (p *platform) start() {
	h := p.hub
	h.loops.Go(func() { p.out.run(h.ctx) })
	for range answersAtATime {
		p.workers.Go(p.answerAll)
	}
	h.receives.Go(func() { p.keepLease(h.intake) })
	if p.shared != nil {
		h.receives.Go(func() {
			p.insist(h.intake, func(ctx context.Context) error { return p.shared.Share(ctx, h) })
		})
	}
}

// sends says whether this process sends what is of a class.
func (p *platform) sends(c class) bool {
	return p.holds() || c == answering && (p.shared != nil || p.adrift.Load())
}

// holds says whether this process receives and sends for the account.
func (p *platform) holds() bool {
	return p.everywhere || time.Now().UnixNano() < p.until.Load()
}

// keepLease takes the lease, receives while it is held, and goes on trying.
func (p *platform) keepLease(ctx context.Context) {
	if p.everywhere {
		p.receive(ctx)
		return
	}
	for ctx.Err() == nil {
		if p.renew(ctx) != leaseHeld {
			sleep(ctx, leaseTry)
			continue
		}
		p.hub.Log.Info("lease taken", "platform", p.name)
		held, lose := context.WithCancel(ctx)
		var receiving sync.WaitGroup
		receiving.Go(func() { p.receive(held) })
		p.hub.cards.wakeUp()
		p.hold(ctx)
		lose()
		if ctx.Err() == nil {
			p.hub.Log.Warn("lease lost", "platform", p.name)
			p.until.Store(0)
			p.out.clear(p.shared != nil)
			p.hub.cards.reset()
		}
		receiving.Wait()
		p.adrift.Store(false)
	}
}

// hold renews the lease until it is lost. Where inputs come once and never again, receiving goes on while the store is
// silent, however long: nothing can be stored, but whoever acts is told so. Cards wait for the lease.
func (p *platform) hold(ctx context.Context) {
	pause := leaseRenew
	for sleep(ctx, pause) {
		switch lease := p.renew(ctx); {
		case lease == leaseHeld:
			pause = leaseRenew
			if p.adrift.Swap(false) {
				p.hub.Log.Info("lease kept", "platform", p.name)
				p.hub.cards.wakeUp()
			}
		case p.holds():
		case lease == leaseElsewhere || !p.caps.Interactive:
			return
		case !p.adrift.Swap(true):
			pause = leaseTry
			p.hub.Log.Warn("the store is silent: whoever acts is told so", "platform", p.name)
			p.out.clear(true)
			p.hub.cards.reset()
		}
	}
}

// lease says what became of asking for it.
type lease uint8

const (
	leaseSilent    lease = iota // the store did not answer
	leaseHeld                   // by this process
	leaseElsewhere              // by another one
)

// renew takes or extends the lease. While the store does not answer, the lease is trusted as long as it was.
func (p *platform) renew(ctx context.Context) lease {
	asked := time.Now()
	ctx, cancel := context.WithTimeout(ctx, leaseRenew)
	defer cancel()
	mine, err := p.hub.Store.Hold(ctx, p.conn.Account(), p.hub.Owner, leaseLife)
	switch {
	case err != nil:
		if ctx.Err() == nil {
			p.hub.Log.Warn("lease not renewed", "platform", p.name, "err", err)
		}
		return leaseSilent
	case !mine:
		p.until.Store(0)
		return leaseElsewhere
	}
	p.until.Store(asked.Add(leaseTrust).UnixNano())
	return leaseHeld
}

// receive runs the connector until ctx ends. One that fails for good is tried again now and then: a token may be put
// right; the other platforms go on meanwhile.
func (p *platform) receive(ctx context.Context) {
	p.insist(ctx, func(ctx context.Context) error {
		p.publishMenu(ctx)
		return p.conn.Receive(ctx, p.hub)
	})
}

func (p *platform) insist(ctx context.Context, receive func(context.Context) error) {
	pause := pauseLeast
	for ctx.Err() == nil {
		began := time.Now()
		var err error
		if broken := guard(func() { err = receive(ctx) }); broken != nil {
			err = broken
		}
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			err = errors.New("receiving ended")
		}
		p.setBroken(err)
		p.hub.Log.Error("platform down", "platform", p.name, "err", err)
		if time.Since(began) > pauseMost {
			pause = pauseLeast
		}
		sleep(ctx, pause)
		pause = min(2*pause, pauseMost)
		p.setBroken(nil)
	}
}

func (p *platform) publishMenu(ctx context.Context) {
	publisher, ok := p.conn.(MenuPublisher)
	if !ok {
		return
	}
	menu := p.hub.Talk.Menu()
	sum := fnv.New64a()
	fmt.Fprintf(sum, "%v", menu)
	if sum.Sum64() == p.menu {
		return
	}
	if err := publisher.PublishMenu(ctx, menu); err != nil {
		if ctx.Err() == nil {
			p.hub.Log.Warn("menu not published", "platform", p.name, "err", err)
		}
		return
	}
	p.menu = sum.Sum64()
}

func (p *platform) setBroken(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.broken = err
}

func (p *platform) health() error {
	p.mu.Lock()
	err := p.broken
	p.mu.Unlock()
	if err == nil && p.holds() {
		err = p.conn.Health()
	}
	p.hub.Metrics.platformUp(string(p.name), err == nil)
	return err
}

// sent counts a send.
func (p *platform) sent(s *sending, err error) {
	result := "ok"
	var e *SendError
	switch {
	case errors.As(err, &e):
		result = e.Kind.String()
	case err != nil:
		result = "error"
	}
	p.hub.Metrics.sent(string(p.name), s.class.String(), result)
	p.hub.Metrics.queued(string(p.name), p.out.size())
}

// String names the kind for logs and metrics.
func (k SendKind) String() string {
	switch k {
	case Transient:
		return "transient"
	case RateLimited:
		return "rate_limited"
	case Gone:
		return "gone"
	case Unreachable:
		return "unreachable"
	case MovedAway:
		return "moved_away"
	case Rejected:
		return "rejected"
	case Misconfigured:
		return "misconfigured"
	}
	return "unknown"
}

// drained waits until the backlog is in, if this process receives it.
func (p *platform) drained(ctx context.Context, patience time.Duration) {
	teller, ok := p.conn.(BacklogTeller)
	if !ok {
		return
	}
	for end := time.Now().Add(leaseLife + leaseRenew); !p.holds(); {
		if time.Now().After(end) || !sleep(ctx, 50*time.Millisecond) {
			return
		}
	}
	t := time.NewTimer(patience)
	defer t.Stop()
	select {
	case <-teller.Drained():
	case <-t.C:
	case <-ctx.Done():
	}
}

// answerAll answers turns until the platform is flushed and nothing waits any more.
func (p *platform) answerAll() {
	for {
		select {
		case t := <-p.answers:
			p.answer(t)
			p.hub.lanes.leave()
			continue
		default:
		}
		select {
		case t := <-p.answers:
			p.answer(t)
			p.hub.lanes.leave()
		case <-p.flushing:
			return
		}
	}
}

func (p *platform) yield() {
	if p.everywhere {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if err := p.hub.Store.Yield(ctx, p.conn.Account(), p.hub.Owner); err != nil {
		p.hub.Log.Debug("lease not given back", "platform", p.name, "err", err)
	}
	p.until.Store(0)
}
