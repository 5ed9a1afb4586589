package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"klaster/domain"
	"klaster/store"
)

// RunShared checks what holds between two processes that share their data. open gives two stores of the same data.
func RunShared(t *testing.T, open func(t *testing.T) (a, b store.Store)) {
	tests := []struct {
		name string
		run  func(t *testing.T, a, b store.Store)
	}{
		{"one of two processes wins each version", testTwoWriters},
		{"a lease has one holder", testTwoHolders},
		{"hints reach the other process", testTwoListeners},
		{"what one has appended the other reads on from", testTwoReaders},
		{"two redactions both last", testTwoRedactions},
	}
	for _, test := range tests {
		t.Run("shared: "+test.name, func(t *testing.T) {
			a, b := open(t)
			t.Cleanup(func() {
				if err := errors.Join(a.Close(), b.Close()); err != nil {
					t.Errorf("close: %v", err)
				}
			})
			test.run(t, a, b)
		})
	}
}

func testTwoWriters(t *testing.T, a, b store.Store) {
	const rounds = 60
	id := clusterID(1)
	head := create(t, a, id)
	stores := []store.Store{a, b}
	for n := range rounds {
		var mu sync.Mutex
		var won []domain.Head
		together(len(stores), func(i int) {
			next, err := stores[i].Append(t.Context(), id, head, entry(fmt.Sprintf("round %d of %d", n, i)), time.Time{}, nil)
			switch {
			case err == nil:
				mu.Lock()
				won = append(won, next)
				mu.Unlock()
			case !errors.Is(err, store.ErrConflict):
				t.Errorf("append: %v", err)
			}
		})
		if len(won) != 1 {
			t.Fatalf("round %d has %d winners", n, len(won))
		}
		head = won[0]
	}
	for _, s := range stores {
		tip, err := s.Tip(t.Context(), id)
		must(t, "tip", err)
		wantEqual(t, "tip", tip, head)
	}
}

func testTwoHolders(t *testing.T, a, b store.Store) {
	hold := func(s store.Store, owner string, ttl time.Duration) bool {
		t.Helper()
		held, err := s.Hold(t.Context(), "discord:1", owner, ttl)
		must(t, "hold", err)
		return held
	}
	wantEqual(t, "the first holds", hold(a, "a", time.Minute), true)
	wantEqual(t, "the second does not", hold(b, "b", time.Minute), false)
	wantEqual(t, "the first goes on", hold(a, "a", time.Minute), true)
	must(t, "yield by one who does not hold", b.Yield(t.Context(), "discord:1", "b"))
	wantEqual(t, "the second still does not", hold(b, "b", time.Minute), false)
	must(t, "yield", a.Yield(t.Context(), "discord:1", "a"))
	wantEqual(t, "now the second holds", hold(b, "b", time.Minute), true)

	var mu sync.Mutex
	holders := 0
	together(20, func(i int) {
		held, err := []store.Store{a, b}[i%2].Hold(t.Context(), "telegram:1", fmt.Sprint(i), time.Minute)
		if err != nil {
			t.Errorf("hold: %v", err)
		}
		if held {
			mu.Lock()
			holders++
			mu.Unlock()
		}
	})
	wantEqual(t, "holders", holders, 1)
}

func testTwoListeners(t *testing.T, a, b store.Store) {
	moved := make(chan domain.ClusterID, 1000)
	changed := make(chan domain.ChatRef, 1000)
	listening(t, func(ctx context.Context) error {
		return b.Follow(ctx, func(id domain.ClusterID, _ uint64) {
			select {
			case moved <- id:
			default:
			}
		})
	})
	listening(t, func(ctx context.Context) error {
		return b.Watch(ctx, func(chat domain.ChatRef) {
			select {
			case changed <- chat:
			default:
			}
		})
	})
	id, chat := domain.ClusterID("odd id {}:\n ä"), domain.ChatRef{Platform: "web", Chat: "room\n1"}
	head := create(t, a, id)
	heard := [2]bool{}
	until(t, "both hints", func() bool {
		head = appendOne(t, a, id, head, fmt.Sprint("n ", head.Version))
		_, err := a.AddLine(t.Context(), chat, []byte("x"), 3)
		must(t, "add line", err)
		select {
		case got := <-moved:
			wantEqual(t, "cluster", got, id)
			heard[0] = true
		case got := <-changed:
			wantEqual(t, "chat", got, chat)
			heard[1] = true
		default:
		}
		return heard[0] && heard[1]
	})
}

func testTwoReaders(t *testing.T, a, b store.Store) {
	const length = 1300 // more than is read at once
	id := clusterID(1)
	heads := grow(t, a, id, length)
	for _, after := range []int{length - 1, 700, 512, 1} { // b has seen nothing of it yet
		entries, err := b.Read(t.Context(), id, uint64(after), 2)
		must(t, "read", err)
		wantEqual(t, "entries", len(entries), min(2, length-after))
		wantEqual(t, "head", entries[0].Head, heads[after])
	}
	must(t, "save", a.SaveSnapshot(t.Context(), id, store.Snapshot{Head: heads[999], Format: 1, State: []byte("s")}))
	for _, after := range []int{1100, 1000, 999, 998} {
		entries, err := b.Read(t.Context(), id, uint64(after), 3)
		must(t, "read", err)
		wantEqual(t, "head", entries[0].Head, heads[after])
	}
	tip, err := b.Tip(t.Context(), id)
	must(t, "tip", err)
	wantEqual(t, "tip", tip, heads[length-1])
	appendOne(t, b, id, tip, "by the other")
	_, err = a.Append(t.Context(), id, heads[length-1], entry("late"), time.Time{}, nil)
	wantErr(t, "append behind the other", err, store.ErrConflict)
}

func testTwoRedactions(t *testing.T, a, b store.Store) {
	const length = 300
	id := clusterID(1)
	grow(t, a, id, length)
	together(2, func(i int) {
		err := []store.Store{a, b}[i].Redact(t.Context(), id, func(version uint64, texts []byte) ([]byte, bool) {
			return []byte("erased"), version%2 == uint64(i)
		})
		if err != nil {
			t.Errorf("redact: %v", err)
		}
	})
	entries, err := a.Read(t.Context(), id, 0, length)
	must(t, "read", err)
	wantEqual(t, "entries", len(entries), length)
	for _, e := range entries {
		wantEqual(t, fmt.Sprint("texts of entry ", e.Head.Version), string(e.Texts), "erased")
	}
}
