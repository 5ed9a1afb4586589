package redisstore

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"klaster/domain"
	"klaster/store"
	"klaster/store/storetest"
)

// What an operator, a failover or an attacker may do to a journal behind our back must be noticed.

func journalOf(t *testing.T, s *Store, id domain.ClusterID, n int) []domain.Head {
	t.Helper()
	heads := []domain.Head{begin(t, s, id)}
	for i := 1; i < n; i++ {
		next, err := s.Append(t.Context(), id, heads[i-1], store.Entry{Record: fmt.Append(nil, "entry ", i+1)}, time.Time{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		heads = append(heads, next)
	}
	return heads
}

func TestDamageIsNoticed(t *testing.T) {
	url := "redis://" + storetest.StartRedis(t)
	next := store.Entry{Record: []byte("next")}
	open := func(t *testing.T) (*Store, []domain.Head, string) {
		s := openAt(t, url)
		return s, journalOf(t, s, "c", 5), s.key.journal("c")
	}
	appendAfter := func(s *Store, head domain.Head) error {
		_, err := s.Append(t.Context(), "c", head, next, time.Time{}, nil)
		return err
	}
	wantErr := func(t *testing.T, what string, err, want error) {
		t.Helper()
		if !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", what, err, want)
		}
	}
	t.Run("the journal was deleted", func(t *testing.T) {
		s, heads, key := open(t)
		s.client.Del(t.Context(), key)
		wantErr(t, "append", appendAfter(s, heads[4]), store.ErrMissing)
		if n := s.client.Exists(t.Context(), key).Val(); n != 0 {
			t.Error("the append began the journal anew")
		}
	})
	t.Run("the last entry was deleted", func(t *testing.T) {
		s, heads, key := open(t)
		s.client.XDel(t.Context(), key, entryID(heads[4]))
		wantErr(t, "append after it", appendAfter(s, heads[4]), store.ErrRewound)
		_, err := s.Read(t.Context(), "c", 5, 10)
		wantErr(t, "read after it", err, store.ErrRewound)
	})
	t.Run("all entries were deleted", func(t *testing.T) {
		s, heads, key := open(t)
		s.client.XTrimMaxLen(t.Context(), key, 0)
		wantErr(t, "append", appendAfter(s, heads[4]), store.ErrRewound)
	})
	t.Run("an entry in the middle was deleted", func(t *testing.T) {
		s, heads, key := open(t)
		s.client.XDel(t.Context(), key, entryID(heads[2]))
		_, _, err := s.Load(t.Context(), "c", 10)
		wantErr(t, "load", err, store.ErrGap)
		_, err = s.Read(t.Context(), "c", 1, 10)
		wantErr(t, "read", err, store.ErrGap)
	})
	t.Run("the beginning was trimmed", func(t *testing.T) {
		s, _, key := open(t)
		s.client.XTrimMaxLen(t.Context(), key, 3)
		_, err := s.Read(t.Context(), "c", 0, 10)
		wantErr(t, "read", err, store.ErrGap)
	})
	t.Run("a record was changed", func(t *testing.T) {
		s, heads, key := open(t)
		entries := s.client.XRange(t.Context(), key, "-", "+").Val()
		s.client.Del(t.Context(), key)
		for i, e := range entries {
			if i == 2 {
				e.Values["r"] = "another vote"
			}
			s.client.Do(t.Context(), "xadd", key, e.ID, "r", e.Values["r"], "t", e.Values["t"])
		}
		_, err := s.Read(t.Context(), "c", 0, 10)
		wantErr(t, "read", err, store.ErrGap)
		_, err = s.Read(t.Context(), "c", heads[0].Version, 10)
		wantErr(t, "read from the middle", err, store.ErrGap)
	})
	t.Run("an older copy came back and went on", func(t *testing.T) {
		s, heads, key := open(t)
		other := openAt(t, url)
		forked := journalOf(t, other, "c", 3)
		end, err := other.Append(t.Context(), "c", forked[2], store.Entry{Record: []byte("fork")}, time.Time{}, nil)
		for n := 0; n < 3 && err == nil; n++ {
			end, err = other.Append(t.Context(), "c", end, store.Entry{Record: fmt.Append(nil, n)}, time.Time{}, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := s.client.Rename(t.Context(), other.key.journal("c"), key).Err(); err != nil {
			t.Fatal(err)
		}
		wantErr(t, "append on the lost history", appendAfter(s, heads[4]), store.ErrRewound)
		wantErr(t, "append on the common history", appendAfter(s, heads[1]), store.ErrConflict)
		tip, err := s.Tip(t.Context(), "c")
		if err != nil || tip != end {
			t.Errorf("tip %d %v", tip.Version, err)
		}
		entries, err := s.Read(t.Context(), "c", 5, 10) // where we remember another head
		if err != nil || len(entries) != 2 || entries[1].Head != end {
			t.Errorf("read on: %d entries, %v", len(entries), err)
		}
	})
	t.Run("something else is under the key", func(t *testing.T) {
		s, heads, key := open(t)
		s.client.Set(t.Context(), key, "foreign", 0)
		wantErr(t, "append", appendAfter(s, heads[4]), ErrForeign)
		_, err := s.Read(t.Context(), "c", 5, 10)
		wantErr(t, "read", err, store.ErrMissing)
		if got := s.client.Get(t.Context(), key).Val(); got != "foreign" {
			t.Error("the foreign value was changed")
		}
	})
}

// Secrets, and what only the keys' owner may know, are not kept as they are.
func TestTokensAreNotInRedis(t *testing.T) {
	s := openAt(t, "redis://"+storetest.StartRedis(t))
	const token = "a-token-that-must-not-be-kept"
	if err := s.PutToken(t.Context(), token, []byte("meaning"), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	found := false
	keys := s.client.Scan(t.Context(), 0, "*", 1000).Iterator()
	for keys.Next(t.Context()) {
		value, _ := s.client.Dump(t.Context(), keys.Val()).Result()
		found = found || strings.Contains(value, "meaning")
		if strings.Contains(keys.Val()+value, token) {
			t.Errorf("the token is in %q", keys.Val())
		}
	}
	if !found {
		t.Error("the search does not find what it should")
	}
}

// Journals and all that is as durable must never have an end of their own.
func TestOnlyWhatMayEndEnds(t *testing.T) {
	s := openAt(t, "redis://"+storetest.StartRedis(t))
	heads := journalOf(t, s, "c", 3)
	chat := domain.ChatRef{Platform: "web", Chat: "1"}
	_, err1 := s.Claim(t.Context(), chat, "c")
	_, err2 := s.MintPerson(t.Context(), store.Account{Platform: "web", User: "1"}, store.Person{ID: "p"})
	err := errors.Join(err1, err2,
		s.SaveSnapshot(t.Context(), "c", store.Snapshot{Head: heads[1], State: []byte("s")}),
		s.PutPost(t.Context(), "c", store.Post{Card: "b", Chat: chat, Ref: "1"}),
		s.Redact(t.Context(), "c", func(uint64, []byte) ([]byte, bool) { return []byte("x"), true }))
	if err != nil {
		t.Fatal(err)
	}
	keys := s.client.Scan(t.Context(), 0, "*", 1000).Iterator()
	n := 0
	for keys.Next(t.Context()) {
		n++
		if ttl := s.client.PTTL(t.Context(), keys.Val()).Val(); ttl > 0 {
			t.Errorf("%s ends in %s", keys.Val(), ttl)
		}
	}
	if n < 6 {
		t.Errorf("only %d keys were found", n)
	}
}

func TestMemoryOfAnIdleCluster(t *testing.T) {
	s := openAt(t, "redis://"+storetest.StartRedis(t))
	const clusters, entries = 200, 10
	record := make([]byte, 100)
	used := func() int {
		var n int
		info := s.client.Info(t.Context(), "memory").Val()
		for line := range strings.Lines(info) {
			if _, err := fmt.Sscanf(line, "used_memory_dataset:%d", &n); err == nil {
				return n
			}
		}
		t.Fatal("no used_memory_dataset")
		return 0
	}
	before := used()
	due := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range clusters {
		head, err := s.Create(t.Context(), benchID(i), store.Entry{Record: record}, due, nil)
		for n := 1; n < entries && err == nil; n++ {
			head, err = s.Append(t.Context(), benchID(i), head, store.Entry{Record: record}, due, []domain.Platform{"web"})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	each := (used() - before) / clusters
	t.Logf("%d bytes of Redis memory for a cluster with %d entries of %d bytes", each, entries, len(record))
	if each > 4096 {
		t.Errorf("a cluster takes %d bytes", each)
	}
}
