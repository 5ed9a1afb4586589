package boltstore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"klaster/store"
)

const parkedAtMost = 1000

// Park implements store.Parking.
func (s *Store) Park(ctx context.Context, p store.Parked) error {
	value, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("boltstore: park for %s: %w", p.Cluster, err)
	}
	return s.update(ctx, "park for", string(p.Cluster), len(value), func(tx *bbolt.Tx) error {
		parked := tx.Bucket(parkedBucket)
		last, err := parked.NextSequence()
		if err != nil {
			return err
		}
		if err := parked.Put(number(last), value); err != nil {
			return err
		}
		first, _ := parked.Cursor().First()
		if last < parkedAtMost || asNumber(first) > last-parkedAtMost {
			return nil
		}
		return parked.Delete(bytes.Clone(first))
	})
}

// ParkedInputs implements store.Parking.
func (s *Store) ParkedInputs(ctx context.Context, limit int) (inputs []store.Parked, err error) {
	err = s.view("parked inputs", "", func(tx *bbolt.Tx) error {
		c := tx.Bucket(parkedBucket).Cursor()
		for k, v := c.Last(); k != nil && len(inputs) < limit; k, v = c.Prev() {
			var p store.Parked
			if err := json.Unmarshal(v, &p); err != nil {
				return err
			}
			inputs = append(inputs, p)
		}
		return nil
	})
	return inputs, err
}
