package boltstore

import (
	"errors"
	"fmt"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"klaster/domain"
	"klaster/store"
)

func journalOf(t *testing.T, s *Store, id domain.ClusterID, n int) []domain.Head {
	t.Helper()
	head, err := s.Create(t.Context(), id, store.Entry{Record: []byte("first"), Texts: []byte("texts")}, time.Time{}, nil)
	heads := []domain.Head{head}
	for i := 1; i < n && err == nil; i++ {
		head, err = s.Append(t.Context(), id, head, store.Entry{Record: fmt.Append(nil, i), Texts: []byte("texts")}, time.Time{}, nil)
		heads = append(heads, head)
	}
	if err != nil {
		t.Fatal(err)
	}
	return heads
}

func damage(t *testing.T, s *Store, do func(log *bbolt.Bucket) error) {
	t.Helper()
	if err := s.db.Update(func(tx *bbolt.Tx) error { return do(tx.Bucket(logBucket)) }); err != nil {
		t.Fatal(err)
	}
}

func TestDamageIsNoticed(t *testing.T) {
	s := open(t)
	for name, do := range map[string]func(log *bbolt.Bucket, id domain.ClusterID, heads []domain.Head) error{
		"an entry is gone": func(log *bbolt.Bucket, id domain.ClusterID, heads []domain.Head) error {
			return log.Delete(logKey(id, 3))
		},
		"a record was changed": func(log *bbolt.Bucket, id domain.ClusterID, heads []domain.Head) error {
			return log.Put(logKey(id, 3), encodeEntry(heads[2].Chain, []byte("another vote"), nil))
		},
		"an entry is cut short": func(log *bbolt.Bucket, id domain.ClusterID, heads []domain.Head) error {
			return log.Put(logKey(id, 3), log.Get(logKey(id, 3))[:33])
		},
	} {
		t.Run(name, func(t *testing.T) {
			id := domain.ClusterID(name)
			heads := journalOf(t, s, id, 5)
			damage(t, s, func(log *bbolt.Bucket) error { return do(log, id, heads) })
			if _, err := s.Read(t.Context(), id, 0, 10); !errors.Is(err, store.ErrGap) {
				t.Errorf("read: %v", err)
			}
			if _, _, err := s.Load(t.Context(), id, 10); !errors.Is(err, store.ErrGap) {
				t.Errorf("load: %v", err)
			}
		})
	}
}

func TestJournalsThatWentBackAreNoticed(t *testing.T) {
	s := open(t)
	heads := journalOf(t, s, "c", 5)
	damage(t, s, func(log *bbolt.Bucket) error { return log.Delete(logKey("c", 5)) })
	if _, err := s.Append(t.Context(), "c", heads[4], store.Entry{Record: []byte("x")}, time.Time{}, nil); !errors.Is(err, store.ErrRewound) {
		t.Errorf("append after a lost entry: %v", err)
	}
}

// A disk that is full refuses and may recover; a disk that failed is not written to any more.
func TestDiskErrors(t *testing.T) {
	s := open(t)
	if err := s.committer.commitFailed(fmt.Errorf("write: %w", syscall.ENOSPC)); errors.Is(err, store.ErrUnsure) {
		t.Errorf("a full disk is unsure: %v", err)
	}
	heads := journalOf(t, s, "c", 2)
	if err := s.committer.commitFailed(fmt.Errorf("fsync: %w", syscall.EIO)); !errors.Is(err, store.ErrUnsure) {
		t.Errorf("a failed disk is sure: %v", err)
	}
	if _, err := s.Append(t.Context(), "c", heads[1], store.Entry{Record: []byte("x")}, time.Time{}, nil); !errors.Is(err, syscall.EIO) {
		t.Errorf("append on a failed disk: %v", err)
	}
	if err := s.Ready(t.Context()); !errors.Is(err, syscall.EIO) {
		t.Errorf("ready on a failed disk: %v", err)
	}
	if _, err := s.Read(t.Context(), "c", 0, 10); err != nil {
		t.Errorf("reading goes on: %v", err)
	}
}

// A write that breaks the transaction must not take the others of its batch with it.
func TestBrokenWriteLeavesTheOthers(t *testing.T) {
	s := open(t)
	held := make(chan struct{})
	began := make(chan struct{})
	results := make(chan error, 3)
	go func() {
		results <- s.committer.do(t.Context(), 0, func(*bbolt.Tx) error {
			select {
			case <-began:
			default:
				close(began)
			}
			<-held
			return nil
		})
	}()
	<-began // the next ones gather in one batch
	broken := errors.New("broken")
	go func() {
		results <- s.committer.do(t.Context(), 0, func(tx *bbolt.Tx) error {
			if err := tx.Bucket(metaBucket).Put([]byte("half"), []byte("done")); err != nil {
				return err
			}
			return broken
		})
	}()
	go func() {
		_, err := s.Create(t.Context(), "c", store.Entry{Record: []byte("x")}, time.Time{}, nil)
		results <- err
	}()
	close(held)
	failed := 0
	for range cap(results) {
		if err := <-results; errors.Is(err, broken) {
			failed++
		} else if err != nil {
			t.Error(err)
		}
	}
	if failed != 1 {
		t.Errorf("%d writes failed, want 1", failed)
	}
	if _, err := s.Tip(t.Context(), "c"); err != nil {
		t.Errorf("the other write: %v", err)
	}
	_ = s.db.View(func(tx *bbolt.Tx) error {
		if tx.Bucket(metaBucket).Get([]byte("half")) != nil {
			t.Error("the broken write left something")
		}
		return nil
	})
}
