package redisstore

import (
	"context"
	"encoding/json"

	"klaster/store"
)

const parkedAtMost = 1000

// Park implements store.Parking.
func (s *Store) Park(ctx context.Context, p store.Parked) error {
	record, err := json.Marshal(p)
	if err != nil {
		return explain("park for", string(p.Cluster), err)
	}
	pipe := s.client.Pipeline()
	pipe.LPush(ctx, s.key.parked(), record)
	pipe.LTrim(ctx, s.key.parked(), 0, parkedAtMost-1)
	_, err = pipe.Exec(ctx)
	return explain("park for", string(p.Cluster), err)
}

// ParkedInputs implements store.Parking.
func (s *Store) ParkedInputs(ctx context.Context, limit int) ([]store.Parked, error) {
	if limit <= 0 {
		return nil, nil
	}
	records, err := s.client.LRange(ctx, s.key.parked(), 0, int64(limit)-1).Result()
	if err != nil {
		return nil, explain("parked inputs", "", err)
	}
	inputs := make([]store.Parked, len(records))
	for i, record := range records {
		if err := json.Unmarshal([]byte(record), &inputs[i]); err != nil {
			return nil, explain("parked inputs", "", err)
		}
	}
	return inputs, nil
}
