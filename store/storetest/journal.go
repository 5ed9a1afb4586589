package storetest

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"klaster/domain"
	"klaster/store"
)

func testAppend(t *testing.T, s store.Store) {
	id := clusterID(1)
	first := create(t, s, id)
	wantEqual(t, "head after create", first, domain.Head{}.Next([]byte("first of c000001")))

	// Every byte must survive, and empty parts too.
	records := [][]byte{{}, {0, 0xff, '\r', '\n', 0}, bytes.Repeat([]byte{0xfe, 0}, 5000), []byte("x")}
	texts := [][]byte{nil, {}, {0}, bytes.Repeat([]byte("é\x00"), 4000)}
	head := first
	for i := range records {
		next, err := s.Append(t.Context(), id, head, store.Entry{Record: records[i], Texts: texts[i]}, time.Time{}, nil)
		must(t, "append", err)
		wantEqual(t, "head after append", next, head.Next(records[i]))
		head = next
	}
	entries, err := s.Read(t.Context(), id, 1, 100)
	must(t, "read", err)
	wantEqual(t, "entries", len(entries), len(records))
	at := first
	for i, e := range entries {
		at = at.Next(records[i])
		wantEqual(t, "head in the journal", e.Head, at)
		if !bytes.Equal(e.Record, records[i]) || !bytes.Equal(e.Texts, texts[i]) {
			t.Errorf("entry %d came back changed", e.Head.Version)
		}
	}
	tip, err := s.Tip(t.Context(), id)
	must(t, "tip", err)
	wantEqual(t, "tip", tip, head)
}

func testCreate(t *testing.T, s store.Store) {
	id := clusterID(1)
	head := create(t, s, id)
	_, err := s.Create(t.Context(), id, entry("another beginning"), time.Time{}, nil)
	wantErr(t, "create with another entry", err, store.ErrExists)
	again, err := s.Create(t.Context(), id, entry("first of c000001"), time.Time{}, nil)
	must(t, "create with the same entry", err)
	wantEqual(t, "head", again, head)
	appendOne(t, s, id, head, "second")

	var mu sync.Mutex
	created := 0
	together(16, func(i int) {
		_, err := s.Create(t.Context(), clusterID(2), entry(fmt.Sprint("founder ", i)), time.Time{}, nil)
		mu.Lock()
		defer mu.Unlock()
		switch {
		case err == nil:
			created++
		case !errors.Is(err, store.ErrExists):
			t.Errorf("create: %v", err)
		}
	})
	wantEqual(t, "creators that succeeded", created, 1)
	entries, err := s.Read(t.Context(), clusterID(2), 0, 10)
	must(t, "read", err)
	wantEqual(t, "entries", len(entries), 1)
}

func testAppendTwice(t *testing.T, s store.Store) {
	id := clusterID(1)
	first := create(t, s, id)
	second := appendOne(t, s, id, first, "second")
	wantEqual(t, "the same append again", appendOne(t, s, id, first, "second"), second)
	third := appendOne(t, s, id, second, "third")
	wantEqual(t, "and after others have gone on", appendOne(t, s, id, first, "second"), second)
	tip, err := s.Tip(t.Context(), id)
	must(t, "tip", err)
	wantEqual(t, "tip", tip, third)
}

func testConflict(t *testing.T, s store.Store) {
	id := clusterID(1)
	heads := grow(t, s, id, 5)
	for _, after := range append([]domain.Head{{}}, heads[:4]...) {
		due := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
		_, err := s.Append(t.Context(), id, after, entry("late"), due, []domain.Platform{"web"})
		wantErr(t, fmt.Sprint("append after ", after.Version), err, store.ErrConflict)
	}
	entries, err := s.Read(t.Context(), id, 0, 100)
	must(t, "read", err)
	wantEqual(t, "entries", len(entries), 5)
	if _, due, err := s.NextDue(t.Context()); err != nil || due {
		t.Errorf("a refused append left a due time (%v)", err)
	}
	if dirty, err := s.Dirty(t.Context(), "web", 10); err != nil || len(dirty) != 0 {
		t.Errorf("a refused append left a dirty mark: %v, %v", dirty, err)
	}
}

func testRewound(t *testing.T, s store.Store) {
	id := clusterID(1)
	heads := grow(t, s, id, 3)
	longer := heads[2].Next([]byte("lost")).Next([]byte("lost too"))
	forks := map[string]domain.Head{
		"a longer history":                   longer,
		"another entry at the tip":           heads[1].Next([]byte("somebody else's")),
		"another entry below the tip":        heads[0].Next([]byte("somebody else's")),
		"another beginning":                  domain.Head{}.Next([]byte("somebody else's")),
		"a longer history that forked below": heads[0].Next([]byte("x")).Next([]byte("y")).Next([]byte("z")).Next([]byte("w")),
	}
	for what, after := range forks {
		_, err := s.Append(t.Context(), id, after, entry("n"), time.Time{}, nil)
		wantErr(t, what, err, store.ErrRewound)
	}
	_, err := s.Read(t.Context(), id, longer.Version, 10)
	wantErr(t, "read beyond the tip", err, store.ErrRewound)
	tip, err := s.Tip(t.Context(), id)
	must(t, "tip", err)
	wantEqual(t, "tip", tip, heads[2])
}

func testMissing(t *testing.T, s store.Store) {
	id := clusterID(404)
	_, err := s.Append(t.Context(), id, domain.Head{}, entry("n"), time.Time{}, nil)
	wantErr(t, "append to nothing", err, store.ErrMissing)
	_, err = s.Append(t.Context(), id, domain.Head{}.Next([]byte("n")), entry("n"), time.Time{}, nil)
	wantErr(t, "append after a lost head", err, store.ErrMissing)
	_, _, err = s.Load(t.Context(), id, 10)
	wantErr(t, "load", err, store.ErrMissing)
	_, err = s.Read(t.Context(), id, 0, 10)
	wantErr(t, "read", err, store.ErrMissing)
	_, err = s.Tip(t.Context(), id)
	wantErr(t, "tip", err, store.ErrMissing)
	err = s.Redact(t.Context(), id, func(uint64, []byte) ([]byte, bool) { return nil, true })
	wantErr(t, "redact", err, store.ErrMissing)
}

// testWriters has many writers decide again whenever another was first, as rooms do.
func testWriters(t *testing.T, s store.Store) {
	const writers, each = 12, 15
	id := clusterID(1)
	create(t, s, id)
	var mu sync.Mutex
	won := map[uint64]int{}
	together(writers, func(i int) {
		for n := range each {
			for {
				tip, err := s.Tip(t.Context(), id)
				if err != nil {
					t.Errorf("tip: %v", err)
					return
				}
				head, err := s.Append(t.Context(), id, tip, entry(fmt.Sprintf("writer %d, entry %d", i, n)), time.Time{}, nil)
				if errors.Is(err, store.ErrConflict) {
					continue
				}
				if err != nil {
					t.Errorf("append: %v", err)
					return
				}
				mu.Lock()
				won[head.Version]++
				mu.Unlock()
				break
			}
		}
	})
	entries, err := s.Read(t.Context(), id, 1, writers*each+10)
	must(t, "read", err)
	wantEqual(t, "entries", len(entries), writers*each)
	seen := map[string]bool{}
	for _, e := range entries {
		if seen[string(e.Record)] {
			t.Errorf("stored twice: %s", e.Record)
		}
		seen[string(e.Record)] = true
		wantEqual(t, "winners of a version", won[e.Head.Version], 1)
	}
}

func testManyClusters(t *testing.T, s store.Store) {
	const clusters, each = 60, 8
	together(clusters, func(i int) {
		id := clusterID(i)
		head, err := s.Create(t.Context(), id, entry("first"), time.Time{}, nil)
		for n := 0; n < each && err == nil; n++ {
			head, err = s.Append(t.Context(), id, head, entry(fmt.Sprintf("%s %d", id, n)), time.Time{}, nil)
		}
		if err != nil {
			t.Errorf("%s: %v", id, err)
		}
	})
	for i := range clusters {
		_, entries, err := s.Load(t.Context(), clusterID(i), 100)
		must(t, "load", err)
		wantEqual(t, "entries", len(entries), each+1)
		for n, e := range entries[1:] {
			wantEqual(t, "record", string(e.Record), fmt.Sprintf("%s %d", clusterID(i), n))
		}
	}
}

func testRead(t *testing.T, s store.Store) {
	const length = 25
	id := clusterID(1)
	heads := grow(t, s, id, length)
	for after := range uint64(length) {
		for _, limit := range []int{0, 1, 7, 100} {
			entries, err := s.Read(t.Context(), id, after, limit)
			must(t, "read", err)
			wantEqual(t, "entries", len(entries), min(limit, length-int(after)))
			for i, e := range entries {
				wantEqual(t, "head", e.Head, heads[int(after)+i])
			}
		}
	}
	entries, err := s.Read(t.Context(), id, length, 10)
	if err != nil || len(entries) != 0 {
		t.Errorf("read after the tip: %d entries, %v", len(entries), err)
	}
	_, entries, err = s.Load(t.Context(), id, 4)
	must(t, "load", err)
	wantEqual(t, "bounded load", len(entries), 4)
}

func testClusters(t *testing.T, s store.Store) {
	const clusters = 37
	for i := range clusters {
		create(t, s, clusterID(i*3))
	}
	var all []domain.ClusterID
	for after := domain.ClusterID(""); ; {
		page, err := s.Clusters(t.Context(), after, 5)
		must(t, "clusters", err)
		if len(page) == 0 {
			break
		}
		if len(page) > 5 || (len(page) < 5 && len(all)+len(page) != clusters) {
			t.Fatalf("a page of %d after %d", len(page), len(all))
		}
		all = append(all, page...)
		after = page[len(page)-1]
	}
	wantEqual(t, "clusters", len(all), clusters)
	for i, id := range all {
		wantEqual(t, "cluster in order", id, clusterID(i*3))
	}
	page, err := s.Clusters(t.Context(), clusterID(4), 2) // between two ids
	must(t, "clusters", err)
	if len(page) != 2 || page[0] != clusterID(6) || page[1] != clusterID(9) {
		t.Errorf("after an unknown id: %v", page)
	}
}
