package boltstore

import (
	"bytes"
	"context"
	"time"

	"go.etcd.io/bbolt"

	"klaster/domain"
	"klaster/store"
)

// putDue moves the cluster in the due index; most entries leave the due time as it is and cost nothing here.
func putDue(tx *bbolt.Tx, id domain.ClusterID, due uint64) error {
	clusters, index := tx.Bucket(clustersBucket), tx.Bucket(dueBucket)
	before := clusters.Get([]byte(id))
	if before != nil && asNumber(before) == due {
		return nil
	}
	if was := asNumber(before); was != 0 {
		if err := index.Delete(dueKey(was, id)); err != nil {
			return err
		}
	}
	if due != 0 {
		if err := index.Put(dueKey(due, id), nil); err != nil {
			return err
		}
	}
	return clusters.Put([]byte(id), number(due))
}

// Due implements store.Index.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) (ids []domain.ClusterID, err error) {
	until := uint64(max(now.UnixMicro(), 0))
	err = s.view("due", "", func(tx *bbolt.Tx) error {
		c := tx.Bucket(dueBucket).Cursor()
		for k, _ := c.First(); k != nil && len(ids) < limit && asNumber(k) <= until; k, _ = c.Next() {
			ids = append(ids, domain.ClusterID(k[8:]))
		}
		return nil
	})
	return ids, err
}

// NextDue implements store.Index.
func (s *Store) NextDue(ctx context.Context) (next time.Time, found bool, err error) {
	err = s.view("next due", "", func(tx *bbolt.Tx) error {
		if k, _ := tx.Bucket(dueBucket).Cursor().First(); k != nil {
			next, found = fromMicros(asNumber(k)), true
		}
		return nil
	})
	return next, found, err
}

// SetDue implements store.Index.
func (s *Store) SetDue(ctx context.Context, id domain.ClusterID, at domain.Head, due time.Time) error {
	return s.update(ctx, "set due", string(id), 0, func(tx *bbolt.Tx) error {
		tip, found := tipOf(tx, id)
		switch {
		case !found:
			return store.ErrMissing
		case tip != at:
			return nil
		}
		return putDue(tx, id, micros(due))
	})
}

// Dirty implements store.Index. It begins after the last cluster of the call before and goes round.
func (s *Store) Dirty(ctx context.Context, p domain.Platform, limit int) (ids []domain.ClusterID, err error) {
	place := s.cursorOf(p)
	from, _ := place.Load().(domain.ClusterID)
	prefix := composite(string(p))
	err = s.view("dirty", string(p), func(tx *bbolt.Tx) error {
		c := tx.Bucket(dirtyBucket).Cursor()
		collect := func(first []byte, wanted func(domain.ClusterID) bool) {
			for k, _ := c.Seek(first); bytes.HasPrefix(k, prefix) && len(ids) < limit; k, _ = c.Next() {
				id := domain.ClusterID(k[len(prefix):])
				if !wanted(id) {
					continue
				}
				ids = append(ids, id)
			}
		}
		collect(dirtyKey(p, from), func(id domain.ClusterID) bool { return id > from })
		collect(prefix, func(id domain.ClusterID) bool { return id <= from })
		return nil
	})
	if len(ids) > 0 {
		place.Store(ids[len(ids)-1])
	}
	return ids, err
}

// ClearDirty implements store.Index.
func (s *Store) ClearDirty(ctx context.Context, p domain.Platform, id domain.ClusterID, version uint64) error {
	return s.update(ctx, "clear dirty", string(id), 0, func(tx *bbolt.Tx) error {
		marks, key := tx.Bucket(dirtyBucket), dirtyKey(p, id)
		if mark := marks.Get(key); mark == nil || asNumber(mark) > version {
			return nil
		}
		return marks.Delete(key)
	})
}

// Claim implements store.Index.
func (s *Store) Claim(ctx context.Context, chat domain.ChatRef, id domain.ClusterID) (holder domain.ClusterID, err error) {
	err = s.update(ctx, "claim for", string(id), 0, func(tx *bbolt.Tx) error {
		claims, key := tx.Bucket(claimsBucket), chatKey(chat)
		if held := claims.Get(key); held != nil {
			holder = domain.ClusterID(held)
			return nil
		}
		holder = id
		return claims.Put(key, []byte(id))
	})
	if err != nil {
		return "", err
	}
	return holder, nil
}

// Release implements store.Index.
func (s *Store) Release(ctx context.Context, chat domain.ChatRef, id domain.ClusterID) error {
	return s.update(ctx, "release for", string(id), 0, func(tx *bbolt.Tx) error {
		claims, key := tx.Bucket(claimsBucket), chatKey(chat)
		if string(claims.Get(key)) != string(id) {
			return nil
		}
		return claims.Delete(key)
	})
}

// ClusterOf implements store.Index.
func (s *Store) ClusterOf(ctx context.Context, chat domain.ChatRef) (holder domain.ClusterID, err error) {
	err = s.view("cluster of a chat on", string(chat.Platform), func(tx *bbolt.Tx) error {
		held := tx.Bucket(claimsBucket).Get(chatKey(chat))
		if held == nil {
			return store.ErrNotFound
		}
		holder = domain.ClusterID(held)
		return nil
	})
	return holder, err
}
