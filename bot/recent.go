package bot

import (
	"container/list"
	"sync"
	"time"
)

// recent remembers the values used last, at most size of them and none for longer than life.
type recent[K comparable, V any] struct {
	size int
	life time.Duration
	now  func() time.Time

	mu    sync.Mutex
	order *list.List // of *kept[K, V], latest first
	at    map[K]*list.Element
}

type kept[K comparable, V any] struct {
	key   K
	value V
	until time.Time
}

func newRecent[K comparable, V any](size int, life time.Duration, now func() time.Time) *recent[K, V] {
	return &recent[K, V]{size: size, life: life, now: now, order: list.New(), at: map[K]*list.Element{}}
}

func (r *recent[K, V]) get(key K) (V, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var none V
	e, ok := r.at[key]
	if !ok {
		return none, false
	}
	k := e.Value.(*kept[K, V])
	if r.now().After(k.until) {
		r.order.Remove(e)
		delete(r.at, key)
		return none, false
	}
	r.order.MoveToFront(e)
	return k.value, true
}

func (r *recent[K, V]) put(key K, value V) {
	r.putUnless(key, value, func(V) bool { return false })
}

// putUnless does nothing and returns false if the value that is remembered stands in the way.
func (r *recent[K, V]) putUnless(key K, value V, bars func(there V) bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	until := now.Add(r.life)
	if e, ok := r.at[key]; ok {
		k := e.Value.(*kept[K, V])
		if !now.After(k.until) && bars(k.value) {
			return false
		}
		k.value, k.until = value, until
		r.order.MoveToFront(e)
		return true
	}
	r.at[key] = r.order.PushFront(&kept[K, V]{key, value, until})
	for len(r.at) > r.size {
		oldest := r.order.Back()
		r.order.Remove(oldest)
		delete(r.at, oldest.Value.(*kept[K, V]).key)
	}
	return true
}

func (r *recent[K, V]) drop(key K) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e, ok := r.at[key]; ok {
		r.order.Remove(e)
		delete(r.at, key)
	}
}
