package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"klaster/domain"
	"klaster/store"
)

var _ store.Store = (*Fault)(nil)

// ErrDown is what every call answers while the store is down.
var ErrDown = errors.New("storetest: the store is down")

// Fault is a store that fails when a test wants it to. Its switches may be turned at any time, from any goroutine.
type Fault struct {
	store store.Store

	mu        sync.Mutex
	down      bool
	held      chan struct{} // closed by Resume; nil when calls run freely
	arrived   chan struct{} // one signal for each call that is held
	loseReply bool
	refuse    error
	appends   int
}

// Faulty wraps a store. Everything works until a switch is turned.
func Faulty(s store.Store) *Fault {
	return &Fault{store: s, arrived: make(chan struct{}, 1024)}
}

// Down makes every call fail with ErrDown, without reaching the store, until it is turned off.
func (f *Fault) Down(down bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = down
}

// Block makes every call wait until Resume or the end of its context: a slow store.
func (f *Fault) Block() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.held == nil {
		f.held = make(chan struct{})
	}
}

// Resume lets the held calls go.
func (f *Fault) Resume() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.held != nil {
		close(f.held)
		f.held = nil
	}
}

// Arrived gives one signal for each call that Block has stopped, so that a test knows that a call is on its way.
func (f *Fault) Arrived() <-chan struct{} { return f.arrived }

// LoseReply makes the next Append or Create store its entry and answer ErrUnsure all the same.
func (f *Fault) LoseReply() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.loseReply = true
}

// Refuse makes the next Append answer err (store.ErrConflict, store.ErrRewound ...) and store nothing.
func (f *Fault) Refuse(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.refuse = err
}

// Appends counts the calls of Append that reached the store.
func (f *Fault) Appends() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.appends
}

func (f *Fault) gate(ctx context.Context) error {
	f.mu.Lock()
	down, held := f.down, f.held
	f.mu.Unlock()
	if down {
		return ErrDown
	}
	if held == nil {
		return ctx.Err()
	}
	select {
	case f.arrived <- struct{}{}:
	default:
	}
	select {
	case <-held:
		return f.gate(ctx) // another switch may have been turned meanwhile
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Append implements store.Journal.
func (f *Fault) Append(ctx context.Context, id domain.ClusterID, after domain.Head, e store.Entry, due time.Time, dirty []domain.Platform) (domain.Head, error) {
	if err := f.gate(ctx); err != nil {
		return domain.Head{}, err
	}
	f.mu.Lock()
	refuse := f.refuse
	f.refuse = nil
	if refuse == nil {
		f.appends++
	}
	f.mu.Unlock()
	if refuse != nil {
		return domain.Head{}, refuse
	}
	return f.reply(f.store.Append(ctx, id, after, e, due, dirty))
}

// Create implements store.Journal.
func (f *Fault) Create(ctx context.Context, id domain.ClusterID, e store.Entry, due time.Time, dirty []domain.Platform) (domain.Head, error) {
	if err := f.gate(ctx); err != nil {
		return domain.Head{}, err
	}
	return f.reply(f.store.Create(ctx, id, e, due, dirty))
}

func (f *Fault) reply(head domain.Head, err error) (domain.Head, error) {
	f.mu.Lock()
	lose := f.loseReply
	f.loseReply = false
	f.mu.Unlock()
	if lose && err == nil {
		return domain.Head{}, fmt.Errorf("%w: the reply was lost", store.ErrUnsure)
	}
	return head, err
}

// Follow is not held: it blocks by nature.
func (f *Fault) Follow(ctx context.Context, moved func(domain.ClusterID, uint64)) error {
	return f.store.Follow(ctx, moved)
}

// Watch is not held: it blocks by nature.
func (f *Fault) Watch(ctx context.Context, changed func(domain.ChatRef)) error {
	return f.store.Watch(ctx, changed)
}

// Close closes the store, whatever the switches say.
func (f *Fault) Close() error { return f.store.Close() }
