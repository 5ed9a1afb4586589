package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"klaster/domain"
	"klaster/store"
)

// An entry is stored as: chain hash after it (32 bytes), length of the record (uvarint), record, texts.

func encodeEntry(chain [32]byte, record, texts []byte) []byte {
	b := make([]byte, 0, len(chain)+binary.MaxVarintLen64+len(record)+len(texts))
	b = append(b, chain[:]...)
	b = binary.AppendUvarint(b, uint64(len(record)))
	b = append(b, record...)
	return append(b, texts...)
}

// decodeEntry copies: bbolt's memory is only valid within the transaction.
func decodeEntry(version uint64, b []byte) (store.Entry, error) {
	e := store.Entry{Head: domain.Head{Version: version}}
	if len(b) < len(e.Head.Chain) {
		return e, fmt.Errorf("%w: entry %d is cut short", store.ErrGap, version)
	}
	copy(e.Head.Chain[:], b)
	b = b[len(e.Head.Chain):]
	size, n := binary.Uvarint(b)
	if n <= 0 || uint64(len(b)-n) < size {
		return e, fmt.Errorf("%w: entry %d is cut short", store.ErrGap, version)
	}
	b = bytes.Clone(b[n:])
	e.Record, e.Texts = b[:size:size], b[size:]
	return e, nil
}

// tipOf is the stored head; false if there is no journal.
func tipOf(tx *bbolt.Tx, id domain.ClusterID) (domain.Head, bool) {
	c := tx.Bucket(logBucket).Cursor()
	prefix := composite(string(id))
	// The key after the last possible entry; what lies before it is the last entry, if it is this cluster's.
	var v []byte
	k, _ := c.Seek(append(bytes.Clone(prefix), bytes.Repeat([]byte{0xff}, 9)...))
	if k == nil {
		k, v = c.Last()
	} else {
		k, v = c.Prev()
	}
	if len(k) != len(prefix)+8 || !bytes.HasPrefix(k, prefix) || len(v) < 32 {
		return domain.Head{}, false
	}
	head := domain.Head{Version: asNumber(k[len(prefix):])}
	copy(head.Chain[:], v)
	return head, true
}

// holds tells whether the journal contains the head.
func holds(tx *bbolt.Tx, id domain.ClusterID, head domain.Head) bool {
	if head.Version == 0 {
		return head == domain.Head{}
	}
	v := tx.Bucket(logBucket).Get(logKey(id, head.Version))
	return len(v) >= 32 && bytes.Equal(v[:32], head.Chain[:])
}

// standing is nil when next may be stored after after; else the reason why not.
func standing(tx *bbolt.Tx, id domain.ClusterID, after, next domain.Head) error {
	tip, found := tipOf(tx, id)
	switch {
	case !found:
		return store.ErrMissing
	case tip == after:
		return nil
	case tip.Version <= after.Version, !holds(tx, id, after):
		return fmt.Errorf("%w: stored %d, expected %d", store.ErrRewound, tip.Version, after.Version)
	case holds(tx, id, next):
		return errStored
	default:
		return fmt.Errorf("%w: stored %d, expected %d", store.ErrConflict, tip.Version, after.Version)
	}
}

// Create implements store.Journal.
func (s *Store) Create(ctx context.Context, id domain.ClusterID, e store.Entry, due time.Time, dirty []domain.Platform) (domain.Head, error) {
	if id == "" {
		return domain.Head{}, errors.New("boltstore: create: an empty cluster id")
	}
	next := domain.Head{}.Next(e.Record)
	return s.step(ctx, "create", id, next, e, due, dirty, func(tx *bbolt.Tx) error {
		_, found := tipOf(tx, id)
		switch {
		case !found:
			return nil
		case holds(tx, id, next):
			return errStored
		default:
			return store.ErrExists
		}
	})
}

// Append implements store.Journal.
func (s *Store) Append(ctx context.Context, id domain.ClusterID, after domain.Head, e store.Entry, due time.Time, dirty []domain.Platform) (domain.Head, error) {
	next := after.Next(e.Record)
	return s.step(ctx, "append", id, next, e, due, dirty, func(tx *bbolt.Tx) error {
		return standing(tx, id, after, next)
	})
}

// step stores one entry with its due time and dirty marks if the check allows it.
func (s *Store) step(ctx context.Context, operation string, id domain.ClusterID, next domain.Head, e store.Entry,
	due time.Time, dirty []domain.Platform, check func(tx *bbolt.Tx) error) (domain.Head, error) {
	key, value := logKey(id, next.Version), encodeEntry(next.Chain, e.Record, e.Texts)
	err := s.update(ctx, operation, string(id), len(key)+len(value), func(tx *bbolt.Tx) error {
		if err := check(tx); err != nil {
			return err
		}
		if err := tx.Bucket(logBucket).Put(key, value); err != nil {
			return err
		}
		if err := putDue(tx, id, micros(due)); err != nil {
			return err
		}
		for _, p := range dirty {
			if err := tx.Bucket(dirtyBucket).Put(dirtyKey(p, id), number(next.Version)); err != nil {
				return err
			}
		}
		return nil
	})
	switch {
	case errors.Is(err, errStored):
		return next, nil
	case err != nil:
		return domain.Head{}, err
	}
	s.moved.tell(id, next.Version)
	return next, nil
}

// entriesAfter reads up to limit entries after base and checks that they chain to it.
func entriesAfter(tx *bbolt.Tx, id domain.ClusterID, base domain.Head, limit int) ([]store.Entry, error) {
	c := tx.Bucket(logBucket).Cursor()
	prefix := composite(string(id))
	var entries []store.Entry
	for k, v := c.Seek(logKey(id, base.Version+1)); len(entries) < limit; k, v = c.Next() {
		if len(k) != len(prefix)+8 || !bytes.HasPrefix(k, prefix) {
			break
		}
		e, err := decodeEntry(asNumber(k[len(prefix):]), v)
		if err != nil {
			return nil, err
		}
		if base = base.Next(e.Record); base != e.Head {
			return nil, fmt.Errorf("%w: entry %d does not follow", store.ErrGap, e.Head.Version)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// Load implements store.Journal.
func (s *Store) Load(ctx context.Context, id domain.ClusterID, limit int) (snapshot store.Snapshot, entries []store.Entry, err error) {
	err = s.view("load", string(id), func(tx *bbolt.Tx) error {
		if _, found := tipOf(tx, id); !found {
			return store.ErrMissing
		}
		if kept, found := snapshotOf(tx, id); found && holds(tx, id, kept.Head) {
			snapshot = kept
			snapshot.State = bytes.Clone(kept.State)
		}
		var err error
		entries, err = entriesAfter(tx, id, snapshot.Head, limit)
		return err
	})
	if err != nil {
		return store.Snapshot{}, nil, err
	}
	return snapshot, entries, nil
}

// Read implements store.Journal.
func (s *Store) Read(ctx context.Context, id domain.ClusterID, after uint64, limit int) (entries []store.Entry, err error) {
	err = s.view("read", string(id), func(tx *bbolt.Tx) error {
		tip, found := tipOf(tx, id)
		switch {
		case !found:
			return store.ErrMissing
		case tip.Version < after:
			return fmt.Errorf("%w: stored %d, expected %d", store.ErrRewound, tip.Version, after)
		}
		base := domain.Head{Version: after}
		if after > 0 {
			v := tx.Bucket(logBucket).Get(logKey(id, after))
			if len(v) < 32 {
				return fmt.Errorf("%w: entry %d is not there", store.ErrGap, after)
			}
			copy(base.Chain[:], v)
		}
		var err error
		entries, err = entriesAfter(tx, id, base, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	return entries, nil
}

// Tip implements store.Journal.
func (s *Store) Tip(ctx context.Context, id domain.ClusterID) (tip domain.Head, err error) {
	err = s.view("tip", string(id), func(tx *bbolt.Tx) error {
		var found bool
		if tip, found = tipOf(tx, id); !found {
			return store.ErrMissing
		}
		return nil
	})
	return tip, err
}

// Clusters implements store.Journal.
func (s *Store) Clusters(ctx context.Context, after domain.ClusterID, limit int) (ids []domain.ClusterID, err error) {
	err = s.view("clusters", "", func(tx *bbolt.Tx) error {
		c := tx.Bucket(clustersBucket).Cursor()
		k, _ := c.Seek([]byte(after))
		if k != nil && string(k) == string(after) {
			k, _ = c.Next()
		}
		for ; k != nil && len(ids) < limit; k, _ = c.Next() {
			ids = append(ids, domain.ClusterID(k))
		}
		return nil
	})
	return ids, err
}

// Follow implements store.Journal.
func (s *Store) Follow(ctx context.Context, moved func(domain.ClusterID, uint64)) error {
	return s.moved.listen(ctx, s.closed, moved)
}
