package bot

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"klaster/domain"
)

// outbox sends for one platform account, under its rate limits: classes first, then clusters in turn, then the persons
// answered in a chat in turn, then in order. It is safe for use by many goroutines.
type outbox struct {
	caps   Caps
	now    func() time.Time
	may    func(class) bool // whether this process sends such things at present
	report func(s *sending, err error)
	spread chan struct{} // sends at a time

	mu      sync.Mutex
	wake    chan struct{}
	turns   [classes]rota
	lines   map[lineKey]*line
	asleep  sleepers
	keys    map[string]*sending
	answers map[domain.ChatRef]int // answers that wait
	global  *bucket
	chats   map[domain.ChatRef]*chatBuckets
	waiting int
	flying  int
	picked  uint // sends so far, for the floor
	paused  time.Time
	closing bool // answers only
	refused int  // times in a row that the platform refused us
}

type chatBuckets struct{ chat, group *bucket }

type lineKey struct {
	class   class
	cluster domain.ClusterID
	chat    domain.ChatRef
	who     string
}

const (
	sendsAtATime = 32
	floorEvery   = 10 // each tenth send begins with the last class, so that it never starves
	pauseLeast   = 5 * time.Second
	pauseMost    = 5 * time.Minute
)

func newOutbox(caps Caps, now func() time.Time, may func(class) bool, report func(*sending, error)) *outbox {
	return &outbox{
		caps: caps, now: now, may: may, report: report,
		spread: make(chan struct{}, sendsAtATime), wake: make(chan struct{}, 1),
		lines: map[lineKey]*line{}, keys: map[string]*sending{}, answers: map[domain.ChatRef]int{}, chats: map[domain.ChatRef]*chatBuckets{},
		global: newBucket(caps.Global, now()),
	}
}

// Bounds of what waits to be answered. Who floods a chat is told so once and hears no more until what waits for them is
// sent; others of the chat, and its cards, still get through.
const (
	maxAnswers     = 20  // for one person in one chat
	maxAnswersChat = 200 // for one chat
)

var errFlooded = errors.New("too many answers wait for this chat")

// add queues a sending. It replaces one with the same key that still waits, keeping its place.
func (o *outbox) add(s *sending) {
	if !o.enqueue(s) {
		s.done(&SendError{Kind: Rejected, Err: errFlooded})
	}
}

func (o *outbox) enqueue(s *sending) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	if s.key != "" {
		if old, ok := o.keys[s.key]; ok {
			old.do, old.done, old.tries = s.do, s.done, 0
			return true
		}
		o.keys[s.key] = s
	}
	key := lineKey{s.class, s.cluster, s.chat, s.who}
	l, ok := o.lines[key]
	if !ok {
		l = &line{lineKey: key}
	}
	if s.class == answering {
		if len(l.queue) >= maxAnswers || l.flooded || o.answers[s.chat] >= maxAnswersChat {
			if l.flooded || !ok || s.flooded == nil {
				return false
			}
			l.flooded, s = true, s.flooded()
		}
		o.answers[s.chat]++
	}
	o.lines[key] = l
	l.queue = append(l.queue, s)
	o.waiting++
	if len(l.queue) == 1 && !l.busy {
		o.turns[s.class].join(l)
	}
	o.stir()
	return true
}

// answered counts an answer off that has left its line.
func (o *outbox) answered(s *sending) {
	if s.class != answering {
		return
	}
	if o.answers[s.chat]--; o.answers[s.chat] <= 0 {
		delete(o.answers, s.chat)
	}
}

func (o *outbox) stir() {
	select {
	case o.wake <- struct{}{}:
	default:
	}
}

// run sends until ctx ends; what is under way is finished.
func (o *outbox) run(ctx context.Context) {
	var flights sync.WaitGroup
	defer flights.Wait()
	for ctx.Err() == nil {
		if !acquire(ctx, o.spread) {
			return
		}
		l, s, next := o.pick()
		if s != nil {
			flights.Go(func() { o.send(ctx, l, s) })
			continue
		}
		<-o.spread
		var alarm <-chan time.Time
		if !next.IsZero() {
			t := time.NewTimer(max(next.Sub(o.now()), time.Millisecond))
			alarm = t.C
			select {
			case <-ctx.Done():
			case <-o.wake:
			case <-alarm:
			}
			t.Stop()
			continue
		}
		select {
		case <-ctx.Done():
		case <-o.wake:
		}
	}
}

func acquire(ctx context.Context, places chan struct{}) bool {
	select {
	case places <- struct{}{}:
		return true
	case <-ctx.Done():
		return false
	}
}

// pick chooses what is sent next and takes its tokens; else it says when to look again (zero: when woken).
func (o *outbox) pick() (*line, *sending, time.Time) {
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	if o.paused.After(now) {
		return nil, nil, o.paused
	}
	for {
		l, ok := o.asleep.due(now)
		if !ok {
			break
		}
		o.turns[l.class].join(l)
	}
	if ready := o.global.readyAt(now); ready.After(now) {
		return nil, nil, ready
	}
	for i := range classes {
		c := i
		if o.picked%floorEvery == floorEvery-1 {
			c = classes - 1 - i
		}
		for !o.closing || c == answering {
			l := o.turns[c].next()
			if l == nil {
				break
			}
			b := o.buckets(l.chat, now)
			ready := b.chat.readyAt(now)
			if l.queue[0].group {
				if r := b.group.readyAt(now); r.After(ready) {
					ready = r
				}
			}
			if ready.After(now) {
				o.asleep.add(l, ready)
				continue
			}
			o.global.take(now)
			b.chat.take(now)
			if l.queue[0].group {
				b.group.take(now)
			}
			s := l.queue[0]
			l.queue = l.queue[1:]
			l.busy = true
			o.picked++
			o.waiting--
			o.answered(s)
			o.flying++
			if s.key != "" {
				delete(o.keys, s.key)
			}
			return l, s, time.Time{}
		}
	}
	return nil, nil, o.asleep.first()
}

func (o *outbox) buckets(chat domain.ChatRef, now time.Time) *chatBuckets {
	if !o.caps.Interactive { // platforms count per chat; but answers through inputs have limits of their own
		chat.Thread = ""
	}
	b, ok := o.chats[chat]
	if !ok {
		if len(o.chats) > 10_000 {
			for c, b := range o.chats {
				if b.chat.idle(now) && b.group.idle(now) {
					delete(o.chats, c)
				}
			}
		}
		b = &chatBuckets{newBucket(o.caps.PerChat, now), newBucket(o.caps.PerGroup, now)}
		o.chats[chat] = b
	}
	return b
}

func (o *outbox) send(ctx context.Context, l *line, s *sending) {
	defer func() { <-o.spread }()
	if !o.may(s.class) { // the lease is not trusted at present: if it is lost, what waits is cleared
		o.settle(l, s, time.Second)
		return
	}
	err := s.do(ctx)
	o.report(s, err)
	again := o.verdict(s, err)
	if again >= 0 && ctx.Err() == nil {
		s.tries++
		o.settle(l, s, again)
		return
	}
	o.settle(l, nil, 0)
	s.done(err)
}

// verdict says after how long to try again; negative: not at all.
func (o *outbox) verdict(s *sending, err error) time.Duration {
	if err == nil {
		o.mu.Lock()
		o.refused = 0
		o.mu.Unlock()
		return -1
	}
	var e *SendError
	if !errors.As(err, &e) {
		e = &SendError{Kind: Transient, Err: err}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	now := o.now()
	switch e.Kind {
	case RateLimited:
		b := o.buckets(s.chat, now)
		b.chat.stop(now.Add(max(e.After, time.Second)))
		return 0
	case Misconfigured:
		o.paused = now.Add(min(pauseLeast<<min(o.refused, 8), pauseMost))
		o.refused++
		return 0
	case Transient:
		patience := cardTries
		if s.class == answering {
			patience = answerTries
		}
		if s.tries+1 >= patience {
			return -1
		}
		return max(e.After, time.Second<<min(s.tries, 5))
	}
	return -1
}

// settle ends a send; retry, if not nil, goes back to the head of its line after a while, unless something newer with
// its key waits there.
func (o *outbox) settle(l *line, retry *sending, after time.Duration) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.flying--
	l.busy = false
	if l.gone {
		o.stir()
		return
	}
	if retry != nil {
		if _, newer := o.keys[retry.key]; retry.key == "" || !newer {
			if retry.key != "" {
				o.keys[retry.key] = retry
			}
			l.queue = append([]*sending{retry}, l.queue...)
			o.waiting++
			if retry.class == answering {
				o.answers[retry.chat]++
			}
		}
	}
	switch {
	case len(l.queue) == 0:
		delete(o.lines, l.lineKey)
	case after > 0:
		o.asleep.add(l, o.now().Add(after))
	default:
		o.turns[l.class].join(l)
	}
	o.stir()
}

// clear drops all that waits: this process does not send for the platform any more, or only its answers.
func (o *outbox) clear(keepAnswers bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for key, l := range o.lines {
		if keepAnswers && l.class == answering {
			continue
		}
		o.waiting -= len(l.queue)
		l.queue, l.gone = nil, true
		delete(o.lines, key)
	}
	clear(o.keys) // answers have none
	o.asleep = slices.DeleteFunc(o.asleep, func(l *line) bool { return l.gone })
	slices.SortFunc(o.asleep, func(a, b *line) int { return a.until.Compare(b.until) }) // a heap again
	if keepAnswers {
		o.turns = [classes]rota{answering: o.turns[answering]}
		return
	}
	clear(o.answers)
	o.turns = [classes]rota{}
}

// drain sends the answers that need not wait for a rate limit, waits for what is under way, and stops. Cards that wait
// are found by their marks at the next start.
func (o *outbox) drain(ctx context.Context) {
	o.mu.Lock()
	o.closing = true
	o.mu.Unlock()
	for {
		o.mu.Lock()
		over := o.flying == 0 && len(o.turns[answering].clusters) == 0
		o.mu.Unlock()
		if over || !sleep(ctx, 5*time.Millisecond) {
			return
		}
		o.stir()
	}
}

// size is how many wait or are under way.
func (o *outbox) size() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.waiting + o.flying
}
