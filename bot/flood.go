package bot

import (
	"sync"
	"sync/atomic"
	"time"

	"klaster/store"
)

// flood keeps one person from taking up what is meant for all: so much is taken in of what somebody says, and no more
// until it has become less. Taps are not counted: they cost no message, and the same vote again costs nothing.
type flood struct {
	now    func() time.Time
	behind atomic.Int64 // unix nanoseconds: until then, what comes has waited, and nobody is to blame for its number

	mu sync.Mutex
	at map[store.Account]*torrent
}

type torrent struct {
	*bucket
	over bool // nothing is taken in until the bucket is full again
}

// What a person may say: as fast as anybody types, and an album of photos at once.
const (
	sayEvery = 200 * time.Millisecond
	sayBurst = 20

	catchingUp = 30 * time.Second // after the last input that could not be stored
	maxFloods  = 10_000           // persons remembered, before those at rest are forgotten
)

func newFlood(now func() time.Time) *flood {
	return &flood{now: now, at: map[store.Account]*torrent{}}
}

// takes says whether what somebody says is taken in; first: it is the first that is not.
func (f *flood) takes(who store.Account) (takes, first bool) {
	now := f.now()
	if now.UnixNano() < f.behind.Load() {
		return true, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	t, ok := f.at[who]
	if !ok {
		if len(f.at) >= maxFloods {
			for id, t := range f.at {
				if t.idle(now) {
					delete(f.at, id)
				}
			}
		}
		t = &torrent{bucket: newBucket(Rate{Every: sayEvery, Burst: sayBurst}, now)}
		f.at[who] = t
	}
	if t.over && t.idle(now) {
		t.over = false
	}
	if !t.over && !t.readyAt(now).After(now) {
		t.take(now)
		return true, false
	}
	first = !t.over
	t.over = true
	if t.tokens >= 1 { // who goes on does not recover
		t.take(now)
	}
	return false, first
}

// caughtOut notes that inputs wait for the store: they come again, all at once.
func (f *flood) caughtOut() { f.behind.Store(f.now().Add(catchingUp).UnixNano()) }

// floods says whether an update is more than its sender may send; told: the sender hears so.
func (p *platform) floods(t *turn) (floods, told bool) {
	if t.u.Kind != Said {
		return false, false
	}
	if teller, ok := p.conn.(BacklogTeller); ok {
		select {
		case <-teller.Drained():
		default:
			return false, false // it waited while nobody received
		}
	}
	who := store.Account{Platform: p.name, User: t.u.From.ID}
	if who.User == "" {
		who.User = t.u.Chat.Chat // those who hide behind a chat are one
	}
	takes, first := p.hub.flood.takes(who)
	return !takes, first && t.addressed()
}
