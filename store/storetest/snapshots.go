package storetest

import (
	"bytes"
	"context"
	"fmt"
	"testing"
	"time"

	"klaster/domain"
	"klaster/store"
)

func testSnapshots(t *testing.T, s store.Store) {
	id := clusterID(1)
	heads := grow(t, s, id, 10)
	snapshot, entries, err := s.Load(t.Context(), id, 100)
	must(t, "load", err)
	if snapshot.Head != (domain.Head{}) || len(snapshot.State) != 0 || len(entries) != 10 {
		t.Errorf("load without a snapshot: head %d, %d entries", snapshot.Head.Version, len(entries))
	}
	save := func(version int, format int, state string) {
		t.Helper()
		must(t, "save snapshot", s.SaveSnapshot(t.Context(), id, store.Snapshot{Head: heads[version-1], Format: format, State: []byte(state)}))
	}
	check := func(version, format int, state string) {
		t.Helper()
		snapshot, entries, err := s.Load(t.Context(), id, 100)
		must(t, "load", err)
		wantEqual(t, "snapshot head", snapshot.Head, heads[version-1])
		wantEqual(t, "snapshot format", snapshot.Format, format)
		wantEqual(t, "snapshot state", string(snapshot.State), state)
		wantEqual(t, "entries after it", len(entries), 10-version)
		for i, e := range entries {
			wantEqual(t, "head after the snapshot", e.Head, heads[version+i])
		}
	}
	save(4, 7, "state\x00at 4")
	check(4, 7, "state\x00at 4")
	save(8, 7, "at 8")
	save(6, 9, "late, at 6")
	check(8, 7, "at 8")
	save(8, 8, "at 8 in another format")
	check(8, 8, "at 8 in another format")
	save(10, 8, "")
	check(10, 8, "")
}

func testForeignSnapshot(t *testing.T, s store.Store) {
	id := clusterID(1)
	heads := grow(t, s, id, 5)
	foreign := map[string]domain.Head{
		"longer": heads[4].Next([]byte("lost")),
		"forked": heads[2].Next([]byte("somebody else's")),
	}
	for what, head := range foreign {
		must(t, "save", s.SaveSnapshot(t.Context(), id, store.Snapshot{Head: head, Format: 1, State: []byte("foreign")}))
		snapshot, entries, err := s.Load(t.Context(), id, 100)
		must(t, "load", err)
		if snapshot.Head != (domain.Head{}) || len(entries) != 5 {
			t.Errorf("a %s snapshot was used: head %d, %d entries", what, snapshot.Head.Version, len(entries))
		}
	}
	must(t, "save", s.SaveSnapshot(t.Context(), id, store.Snapshot{Head: heads[1], Format: 1, State: []byte("ours")}))
	snapshot, entries, err := s.Load(t.Context(), id, 100)
	must(t, "load", err)
	wantEqual(t, "an older one of the right chain replaces it", snapshot.Head, heads[1])
	wantEqual(t, "entries", len(entries), 3)
}

func testRedact(t *testing.T, s store.Store) {
	const length = 600 // more than an implementation handles at once
	id := clusterID(1)
	heads := grow(t, s, id, length)
	other := grow(t, s, clusterID(2), 2)
	must(t, "save", s.SaveSnapshot(t.Context(), id, store.Snapshot{Head: heads[9], Format: 1, State: []byte("holds texts")}))

	seen := map[uint64]bool{}
	must(t, "redact", s.Redact(t.Context(), id, func(version uint64, texts []byte) ([]byte, bool) {
		seen[version] = true
		if !bytes.HasPrefix(texts, []byte("texts of ")) {
			t.Errorf("entry %d: unexpected texts", version)
		}
		return []byte(fmt.Sprint("erased ", version)), version%3 == 0
	}))
	wantEqual(t, "entries shown", len(seen), length)

	snapshot, entries, err := s.Load(t.Context(), id, length+1)
	must(t, "load", err)
	wantEqual(t, "snapshot", snapshot.Head, domain.Head{})
	wantEqual(t, "entries", len(entries), length)
	for i, e := range entries {
		wantEqual(t, "head", e.Head, heads[i])
		want := "texts of " + string(e.Record)
		if e.Head.Version%3 == 0 {
			want = fmt.Sprint("erased ", e.Head.Version)
		}
		wantEqual(t, "texts", string(e.Texts), want)
	}
	appendOne(t, s, id, heads[length-1], "goes on")
	_, err = s.Append(t.Context(), id, heads[length-1], entry("late"), time.Time{}, nil)
	wantErr(t, "append behind the head", err, store.ErrConflict)
	appendOne(t, s, clusterID(2), other[1], "untouched")

	must(t, "redact with nothing to do", s.Redact(t.Context(), id, func(uint64, []byte) ([]byte, bool) { return nil, false }))
	entries, err = s.Read(t.Context(), id, 0, length+5)
	must(t, "read", err)
	wantEqual(t, "entries", len(entries), length+1)
}

func testRedactUnderAppends(t *testing.T, s store.Store) {
	id := clusterID(1)
	heads := grow(t, s, id, 300)
	stop, stopped := make(chan struct{}), make(chan domain.Head, 1)
	going := make(chan struct{}, 1)
	go func() {
		head := heads[len(heads)-1]
		defer func() {
			stopped <- head
			close(going)
		}()
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			next, err := s.Append(context.Background(), id, head, entry(fmt.Sprint("meanwhile ", n)), time.Time{}, nil)
			if err != nil {
				t.Errorf("append meanwhile: %v", err)
				return
			}
			head = next
			select {
			case going <- struct{}{}:
			default:
			}
		}
	}()
	erase := func(version uint64, texts []byte) ([]byte, bool) {
		<-going // one more entry is in the journal for each that is shown, at the start
		if version <= 300 {
			return []byte("erased"), true
		}
		return texts, false
	}
	shown := 0
	err := s.Redact(t.Context(), id, func(version uint64, texts []byte) ([]byte, bool) {
		if shown++; shown < 50 {
			return erase(version, texts)
		}
		if version <= 300 {
			return []byte("erased"), true
		}
		return texts, false
	})
	close(stop)
	tip := <-stopped
	must(t, "redact", err)
	entries, err := s.Read(t.Context(), id, 0, int(tip.Version)+10)
	must(t, "read", err)
	wantEqual(t, "entries", len(entries), int(tip.Version))
	wantEqual(t, "tip", entries[len(entries)-1].Head, tip)
	for _, e := range entries {
		want := "erased"
		if e.Head.Version > 300 {
			want = "texts of " + string(e.Record)
		}
		wantEqual(t, fmt.Sprint("texts of entry ", e.Head.Version), string(e.Texts), want)
	}
}
