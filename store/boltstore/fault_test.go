package boltstore

import (
	"context"
	"errors"
	"testing"
	"time"

	"klaster/domain"
	"klaster/store"
	"klaster/store/storetest"
)

// The wrapper for faults is tested here, on a store that is quick to open.
func TestFaulty(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return storetest.Faulty(open(t)) })

	f := storetest.Faulty(open(t))
	first := store.Entry{Record: []byte("first")}
	head, err := f.Create(t.Context(), "c", first, time.Time{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	second := store.Entry{Record: []byte("second")}

	f.Down(true)
	if _, err := f.Tip(t.Context(), "c"); !errors.Is(err, storetest.ErrDown) {
		t.Errorf("down: %v", err)
	}
	f.Down(false)

	f.Refuse(store.ErrConflict)
	if _, err := f.Append(t.Context(), "c", head, second, time.Time{}, nil); !errors.Is(err, store.ErrConflict) {
		t.Errorf("refused: %v", err)
	}

	f.LoseReply()
	if _, err := f.Append(t.Context(), "c", head, second, time.Time{}, nil); !errors.Is(err, store.ErrUnsure) {
		t.Errorf("lost reply: %v", err)
	}
	if tip, err := f.Tip(t.Context(), "c"); err != nil || tip != head.Next(second.Record) {
		t.Errorf("a lost reply means stored: %v %v", tip, err)
	}

	f.Block()
	answered := make(chan domain.Head, 1)
	go func() {
		tip, _ := f.Tip(context.Background(), "c")
		answered <- tip
	}()
	<-f.Arrived()
	select {
	case <-answered:
		t.Error("a held call was answered")
	default:
	}
	f.Resume()
	if tip := <-answered; tip.Version != 2 {
		t.Errorf("after it was let go: %v", tip)
	}
}
