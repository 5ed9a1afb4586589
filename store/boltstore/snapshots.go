package boltstore

import (
	"bytes"
	"context"
	"encoding/binary"

	"go.etcd.io/bbolt"

	"klaster/domain"
	"klaster/store"
)

// A snapshot is stored as: version (8 bytes), chain (32 bytes), format (8 bytes), state.
const snapshotHeader = 8 + 32 + 8

// snapshotOf gives the stored snapshot; its State is bbolt's memory.
func snapshotOf(tx *bbolt.Tx, id domain.ClusterID) (store.Snapshot, bool) {
	v := tx.Bucket(snapshotsBucket).Get(composite(string(id)))
	if len(v) < snapshotHeader {
		return store.Snapshot{}, false
	}
	kept := store.Snapshot{Head: domain.Head{Version: asNumber(v)}}
	copy(kept.Head.Chain[:], v[8:])
	kept.Format = int(int64(asNumber(v[40:])))
	kept.State = v[snapshotHeader:]
	return kept, true
}

// SaveSnapshot implements store.Journal.
func (s *Store) SaveSnapshot(ctx context.Context, id domain.ClusterID, snapshot store.Snapshot) error {
	value := make([]byte, 0, snapshotHeader+len(snapshot.State))
	value = binary.BigEndian.AppendUint64(value, snapshot.Head.Version)
	value = append(value, snapshot.Head.Chain[:]...)
	value = binary.BigEndian.AppendUint64(value, uint64(int64(snapshot.Format)))
	value = append(value, snapshot.State...)
	return s.update(ctx, "save snapshot", string(id), len(value), func(tx *bbolt.Tx) error {
		kept, found := snapshotOf(tx, id)
		if found && kept.Head.Version > snapshot.Head.Version && holds(tx, id, kept.Head) {
			return nil
		}
		return tx.Bucket(snapshotsBucket).Put(composite(string(id)), value)
	})
}

const redactChunk = 256

// Redact implements store.Journal. f runs outside the committer, so a slow f holds up nobody. bbolt's free pages keep
// the old bytes until they are used again: a file from which something was erased should be compacted.
func (s *Store) Redact(ctx context.Context, id domain.ClusterID, f func(version uint64, texts []byte) ([]byte, bool)) error {
	if err := s.dropSnapshot(ctx, id); err != nil {
		return err
	}
	for after := uint64(0); ; {
		entries, err := s.Read(ctx, id, after, redactChunk)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			return s.dropSnapshot(ctx, id)
		}
		after = entries[len(entries)-1].Head.Version
		var changed []store.Entry
		for _, e := range entries {
			if texts, differ := f(e.Head.Version, bytes.Clone(e.Texts)); differ {
				e.Texts = texts
				changed = append(changed, e)
			}
		}
		if err := s.rewriteTexts(ctx, id, changed); err != nil {
			return err
		}
	}
}

func (s *Store) rewriteTexts(ctx context.Context, id domain.ClusterID, changed []store.Entry) error {
	if len(changed) == 0 {
		return nil
	}
	size := 0
	for _, e := range changed {
		size += len(e.Record) + len(e.Texts)
	}
	return s.update(ctx, "redact", string(id), size, func(tx *bbolt.Tx) error {
		for _, e := range changed {
			if !holds(tx, id, e.Head) {
				return store.ErrRewound
			}
		}
		for _, e := range changed {
			value := encodeEntry(e.Head.Chain, e.Record, e.Texts)
			if err := tx.Bucket(logBucket).Put(logKey(id, e.Head.Version), value); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) dropSnapshot(ctx context.Context, id domain.ClusterID) error {
	return s.update(ctx, "drop snapshot", string(id), 0, func(tx *bbolt.Tx) error {
		return tx.Bucket(snapshotsBucket).Delete(composite(string(id)))
	})
}
