package boltstore

import (
	"context"
	"sync"

	"klaster/store"
)

// hints passes on what changed to whoever listens in this process. A slow listener gets hints merged (the highest
// number of each key), so nothing queues without bound and no writer ever waits.
type hints[K comparable] struct {
	mu        sync.Mutex
	listeners map[*listener[K]]struct{}
}

type listener[K comparable] struct {
	mu      sync.Mutex
	pending map[K]uint64
	wake    chan struct{} // capacity 1
}

func (h *hints[K]) tell(key K, number uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for l := range h.listeners {
		l.mu.Lock()
		l.pending[key] = max(l.pending[key], number)
		l.mu.Unlock()
		select {
		case l.wake <- struct{}{}:
		default:
		}
	}
}

// listen calls heard until ctx ends (nil) or the store is closed (ErrClosed).
func (h *hints[K]) listen(ctx context.Context, closed <-chan struct{}, heard func(K, uint64)) error {
	l := &listener[K]{pending: map[K]uint64{}, wake: make(chan struct{}, 1)}
	h.mu.Lock()
	if h.listeners == nil {
		h.listeners = map[*listener[K]]struct{}{}
	}
	h.listeners[l] = struct{}{}
	h.mu.Unlock()
	defer func() {
		h.mu.Lock()
		delete(h.listeners, l)
		h.mu.Unlock()
	}()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-closed:
			return store.ErrClosed
		case <-l.wake:
		}
		l.mu.Lock()
		pending := l.pending
		l.pending = map[K]uint64{}
		l.mu.Unlock()
		for key, number := range pending {
			heard(key, number)
		}
	}
}
