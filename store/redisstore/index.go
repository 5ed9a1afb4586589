package redisstore

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"klaster/domain"
	"klaster/store"
)

// Due implements store.Index: one pipeline over all partitions. Each gives at most its share of four times the limit, so
// a limit that is much smaller than what is due may leave out an earlier cluster of a crowded partition for a later
// one of another; it comes with the next call.
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]domain.ClusterID, error) {
	if limit <= 0 {
		return nil, nil
	}
	share := int64(min(limit, limit*4/partitions+16))
	until := strconv.FormatInt(now.UnixMicro(), 10)
	found, err := s.dueRange(ctx, &redis.ZRangeBy{Min: "-inf", Max: until, Count: share})
	if err != nil {
		return nil, explain("due", "", err)
	}
	slices.SortFunc(found, func(a, b redis.Z) int { return cmp.Compare(a.Score, b.Score) })
	ids := make([]domain.ClusterID, 0, min(len(found), limit))
	for _, z := range found[:min(len(found), limit)] {
		id, _ := z.Member.(string)
		ids = append(ids, domain.ClusterID(id))
	}
	return ids, nil
}

// NextDue implements store.Index.
func (s *Store) NextDue(ctx context.Context) (time.Time, bool, error) {
	found, err := s.dueRange(ctx, &redis.ZRangeBy{Min: "-inf", Max: "+inf", Count: 1})
	if err != nil || len(found) == 0 {
		return time.Time{}, false, explain("next due", "", err)
	}
	first := slices.MinFunc(found, func(a, b redis.Z) int { return cmp.Compare(a.Score, b.Score) })
	return time.UnixMicro(int64(first.Score)).UTC(), true, nil
}

func (s *Store) dueRange(ctx context.Context, by *redis.ZRangeBy) ([]redis.Z, error) {
	pipe := s.client.Pipeline()
	replies := make([]*redis.ZSliceCmd, partitions)
	for n := range partitions {
		replies[n] = pipe.ZRangeByScoreWithScores(ctx, s.key.due(n), by)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, err
	}
	var found []redis.Z
	for _, reply := range replies {
		found = append(found, reply.Val()...)
	}
	return found, nil
}

// SetDue implements store.Index.
func (s *Store) SetDue(ctx context.Context, id domain.ClusterID, at domain.Head, due time.Time) error {
	names := []string{s.key.journal(id), s.key.due(partitionOf(id))}
	answer, err := dueScript.run(ctx, &s.calls, names, entryID(at), micros(due), string(id)).Int()
	if err == nil && answer == wasMissing {
		err = store.ErrMissing
	}
	return explain("set due", string(id), err)
}

// Dirty implements store.Index: a random sample of each partition, so that clusters whose marks stay (a chat that cannot
// be reached) never hide the others.
func (s *Store) Dirty(ctx context.Context, p domain.Platform, limit int) ([]domain.ClusterID, error) {
	if limit <= 0 {
		return nil, nil
	}
	pipe := s.client.Pipeline()
	replies := make([]*redis.StringSliceCmd, partitions)
	for n := range partitions {
		replies[n] = pipe.ZRandMember(ctx, s.key.dirty(n, p), limit)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, explain("dirty", string(p), err)
	}
	var ids []domain.ClusterID
	for _, reply := range replies {
		for _, id := range reply.Val() {
			ids = append(ids, domain.ClusterID(id))
		}
	}
	rand.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
	return ids[:min(len(ids), limit)], nil
}

// ClearDirty implements store.Index.
func (s *Store) ClearDirty(ctx context.Context, p domain.Platform, id domain.ClusterID, version uint64) error {
	names := []string{s.key.dirty(partitionOf(id), p)}
	return explain("clear dirty", string(id), clearScript.run(ctx, &s.calls, names, string(id), version).Err())
}

// Claim implements store.Index.
func (s *Store) Claim(ctx context.Context, chat domain.ChatRef, id domain.ClusterID) (domain.ClusterID, error) {
	for {
		err := s.client.SetNX(ctx, s.key.claim(chat), string(id), 0).Err()
		if err != nil {
			return "", explain("claim for", string(id), err)
		}
		holder, err := s.client.Get(ctx, s.key.claim(chat)).Result()
		if err == nil {
			return domain.ClusterID(holder), nil
		}
		if !errors.Is(err, redis.Nil) { // nil: released between the two
			return "", explain("claim for", string(id), err)
		}
	}
}

// Release implements store.Index.
func (s *Store) Release(ctx context.Context, chat domain.ChatRef, id domain.ClusterID) error {
	return explain("release for", string(id), releaseScript.run(ctx, &s.calls, []string{s.key.claim(chat)}, string(id)).Err())
}

// ClusterOf implements store.Index.
func (s *Store) ClusterOf(ctx context.Context, chat domain.ChatRef) (domain.ClusterID, error) {
	holder, err := s.client.Get(ctx, s.key.claim(chat)).Result()
	return domain.ClusterID(holder), explain("cluster of a chat on", string(chat.Platform), notFound(err))
}

// notFound turns Redis' nil into the contract's error.
func notFound(err error) error {
	if errors.Is(err, redis.Nil) {
		return store.ErrNotFound
	}
	return err
}
