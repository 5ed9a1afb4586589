package bot

import (
	"context"
	"errors"
	"sync"

	"klaster/domain"
)

// lanes keep what happens in one chat in order: each update is routed after the ones before it, and those that need
// what earlier ones have written wait until they are durable.
type lanes struct {
	begin func(*turn)
	room  chan struct{} // one place per update in hand

	mu    sync.Mutex
	empty *sync.Cond // in hand fell to zero somewhere
	at    map[domain.ChatRef]*lane
}

type lane struct {
	chat    domain.ChatRef
	queue   []*turn
	running bool
	flying  int // begun and not finished
	pushed  int // turns so far
	failed  int // the turns up to this one come again, since one before them does
}

// errBehind has a turn come again after an earlier one of its chat that could not be stored: answered out of their
// order, the words of a conversation would be taken for answers to other questions.
var errBehind = errors.New("bot: an earlier update of the chat has to come again")

func newLanes(begin func(*turn), size int) *lanes {
	l := &lanes{begin: begin, room: make(chan struct{}, size), at: map[domain.ChatRef]*lane{}}
	l.empty = sync.NewCond(&l.mu)
	return l
}

// push queues a turn behind the earlier ones of its chat. It blocks while too much is in hand.
func (l *lanes) push(ctx context.Context, t *turn) error {
	select {
	case l.room <- struct{}{}:
	default:
		select {
		case l.room <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	lane, ok := l.at[t.u.Chat]
	if !ok {
		lane = newLane(t.u.Chat)
		l.at[t.u.Chat] = lane
	}
	lane.pushed++
	t.lane, t.place = lane, lane.pushed
	lane.queue = append(lane.queue, t)
	if !lane.running {
		lane.running = true
		go l.work(lane)
	}
	return nil
}

func newLane(chat domain.ChatRef) *lane { return &lane{chat: chat} }

func (l *lanes) work(lane *lane) {
	for {
		l.mu.Lock()
		if len(lane.queue) == 0 {
			lane.running = false
			l.tidy(lane)
			l.mu.Unlock()
			return
		}
		turns := lane.queue
		lane.queue = nil
		l.mu.Unlock()
		for _, t := range turns {
			l.mu.Lock()
			for t.waits() && lane.flying > 0 {
				l.empty.Wait()
			}
			lane.flying++
			behind := t.place <= lane.failed
			l.mu.Unlock()
			if behind {
				t.fail(errBehind)
				continue
			}
			l.begin(t)
		}
	}
}

// landed notes that a begun turn is durable.
func (l *lanes) landed(t *turn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t.failed != nil && !errors.Is(t.failed, errBehind) {
		t.lane.failed = t.lane.pushed
	}
	t.lane.flying--
	if t.lane.flying == 0 {
		l.empty.Broadcast()
		l.tidy(t.lane)
	}
}

// leave gives the turn's place back: nothing is left to do for it.
func (l *lanes) leave() { <-l.room }

func (l *lanes) tidy(lane *lane) {
	if !lane.running && lane.flying == 0 && len(lane.queue) == 0 {
		delete(l.at, lane.chat)
		l.empty.Broadcast()
	}
}

// drain waits until nothing is in hand.
func (l *lanes) drain() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for len(l.at) > 0 {
		l.empty.Wait()
	}
}
