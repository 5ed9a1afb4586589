package boltstore

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"time"

	"go.etcd.io/bbolt"

	"klaster/domain"
	"klaster/store"
)

// Sessions and tokens end by themselves. Their values begin with the end (8 bytes, microseconds); the expiry bucket
// lists them by end, and each write sweeps a few that have passed, so that the file does not fill with them.

const sweepAtOnce = 8

func expiryKey(until uint64, bucket, key []byte) []byte {
	return append(number(until), composite(string(bucket), string(key))...)
}

func putExpiring(tx *bbolt.Tx, bucket, key, value []byte, until time.Time) error {
	if err := sweep(tx, time.Now()); err != nil {
		return err
	}
	if err := dropExpiring(tx, bucket, key); err != nil {
		return err
	}
	end := micros(until)
	if err := tx.Bucket(expiryBucket).Put(expiryKey(end, bucket, key), nil); err != nil {
		return err
	}
	return tx.Bucket(bucket).Put(key, append(number(end), value...))
}

func dropExpiring(tx *bbolt.Tx, bucket, key []byte) error {
	before := tx.Bucket(bucket).Get(key)
	if before == nil {
		return nil
	}
	if err := tx.Bucket(expiryBucket).Delete(expiryKey(asNumber(before), bucket, key)); err != nil {
		return err
	}
	return tx.Bucket(bucket).Delete(key)
}

// expiring copies the value if its end has not come.
func expiring(tx *bbolt.Tx, bucket, key []byte) ([]byte, bool) {
	v := tx.Bucket(bucket).Get(key)
	if len(v) < 8 || asNumber(v) <= uint64(time.Now().UnixMicro()) {
		return nil, false
	}
	return append([]byte{}, v[8:]...), true
}

func sweep(tx *bbolt.Tx, now time.Time) error {
	var ended [][]byte
	c := tx.Bucket(expiryBucket).Cursor()
	for k, _ := c.First(); k != nil && len(ended) < sweepAtOnce && asNumber(k) <= uint64(now.UnixMicro()); k, _ = c.Next() {
		ended = append(ended, bytes.Clone(k))
	}
	for _, k := range ended {
		if bucket, key, ok := splitPair(k[8:]); ok && tx.Bucket(bucket) != nil {
			if err := tx.Bucket(bucket).Delete(key); err != nil {
				return err
			}
		}
		if err := tx.Bucket(expiryBucket).Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// splitPair undoes composite of two parts.
func splitPair(b []byte) (first, second []byte, ok bool) {
	var parts [2][]byte
	for i := range parts {
		size, n := binary.Uvarint(b)
		if n <= 0 || uint64(len(b)-n) < size {
			return nil, nil, false
		}
		parts[i], b = b[n:n+int(size)], b[n+int(size):]
	}
	return parts[0], parts[1], true
}

// SessionOf implements store.Sessions.
func (s *Store) SessionOf(ctx context.Context, who domain.PersonID, chat domain.ChatRef) (session []byte, err error) {
	err = s.view("session of", string(who), func(tx *bbolt.Tx) error {
		session, _ = expiring(tx, sessionsBucket, sessionKey(who, chat))
		return nil
	})
	return session, err
}

// PutSession implements store.Sessions.
func (s *Store) PutSession(ctx context.Context, who domain.PersonID, chat domain.ChatRef, session []byte, until time.Time) error {
	return s.update(ctx, "put session of", string(who), len(session), func(tx *bbolt.Tx) error {
		return putExpiring(tx, sessionsBucket, sessionKey(who, chat), session, until)
	})
}

// DropSession implements store.Sessions.
func (s *Store) DropSession(ctx context.Context, who domain.PersonID, chat domain.ChatRef) error {
	return s.update(ctx, "drop session of", string(who), 0, func(tx *bbolt.Tx) error {
		return dropExpiring(tx, sessionsBucket, sessionKey(who, chat))
	})
}

func dropSessions(tx *bbolt.Tx, who domain.PersonID) error {
	var keys [][]byte
	prefix := composite(string(who))
	c := tx.Bucket(sessionsBucket).Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, _ = c.Next() {
		keys = append(keys, bytes.Clone(k))
	}
	for _, k := range keys {
		if err := dropExpiring(tx, sessionsBucket, k); err != nil {
			return err
		}
	}
	return nil
}

// A token is a secret: only its hash is kept.
func tokenKey(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// PutToken implements store.Tokens.
func (s *Store) PutToken(ctx context.Context, token string, meaning []byte, until time.Time) error {
	return s.update(ctx, "put token", "", len(meaning), func(tx *bbolt.Tx) error {
		return putExpiring(tx, tokensBucket, tokenKey(token), meaning, until)
	})
}

// Token implements store.Tokens.
func (s *Store) Token(ctx context.Context, token string) (meaning []byte, err error) {
	err = s.view("token", "", func(tx *bbolt.Tx) error {
		var found bool
		if meaning, found = expiring(tx, tokensBucket, tokenKey(token)); !found {
			return store.ErrNotFound
		}
		return nil
	})
	return meaning, err
}

// DropToken implements store.Tokens.
func (s *Store) DropToken(ctx context.Context, token string) error {
	return s.update(ctx, "drop token", "", 0, func(tx *bbolt.Tx) error {
		return dropExpiring(tx, tokensBucket, tokenKey(token))
	})
}
