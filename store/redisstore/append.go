package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/redis/go-redis/v9"

	"klaster/domain"
	"klaster/store"
)

// micros is a due time as stored: rounded up, so that nothing is due before its time; "" for none.
func micros(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	m := t.UnixMicro()
	if t.Nanosecond()%1000 != 0 {
		m++
	}
	return strconv.FormatInt(m, 10)
}

// Create implements store.Journal.
func (s *Store) Create(ctx context.Context, id domain.ClusterID, e store.Entry, due time.Time, dirty []domain.Platform) (domain.Head, error) {
	if id == "" {
		return domain.Head{}, errors.New("redisstore: create: an empty cluster id")
	}
	next := domain.Head{}.Next(e.Record)
	n := partitionOf(id)
	names := []string{s.key.journal(id), s.key.due(n), s.key.ids(n)}
	return s.settle(ctx, "create", id, next, createScript, s.withDirty(names, n, dirty),
		entryID(next), e.Record, e.Texts, micros(due), string(id))
}

// Append implements store.Journal.
func (s *Store) Append(ctx context.Context, id domain.ClusterID, after domain.Head, e store.Entry, due time.Time, dirty []domain.Platform) (domain.Head, error) {
	next := after.Next(e.Record)
	n := partitionOf(id)
	names := []string{s.key.journal(id), s.key.due(n)}
	return s.settle(ctx, "append", id, next, appendScript, s.withDirty(names, n, dirty),
		entryID(after), entryID(next), e.Record, e.Texts, micros(due), string(id), next.Version)
}

func (s *Store) withDirty(names []string, partition int, dirty []domain.Platform) []string {
	for _, p := range dirty {
		names = append(names, s.key.dirty(partition, p))
	}
	return names
}

// settle sends a script that is safe to send again: if an earlier sending of the same call stored the entry after all,
// the script finds it. So an unknown outcome (timeout, broken connection) is found out by asking again; only a later
// sending can tell for certain, because an earlier one may still wait in a frozen server's buffers.
func (s *Store) settle(ctx context.Context, operation string, id domain.ClusterID, next domain.Head, what script, names []string, args ...any) (domain.Head, error) {
	began := time.Now()
	unsure := false
	for pause := time.Duration(0); ; pause = min(2*pause+10*time.Millisecond, time.Second) {
		if pause > 0 && !s.pauseFor(ctx, pause) {
			return domain.Head{}, s.unsettled(operation, id, unsure, errors.Join(ctx.Err(), errWithdrawn))
		}
		answer, err := what.run(ctx, &s.appends, names, args...).Int()
		if err == nil {
			return s.settled(operation, id, next, answer)
		}
		unsure = unsure || !certain(err)
		hopeless := errors.Is(err, redis.ErrClosed) || (!unsure && !passing(err))
		if hopeless || time.Since(began) > s.opts.Patience {
			return domain.Head{}, s.unsettled(operation, id, unsure, err)
		}
	}
}

func (s *Store) pauseFor(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
	case <-s.closed:
	}
	return false
}

func (s *Store) unsettled(operation string, id domain.ClusterID, unsure bool, err error) error {
	if unsure {
		err = fmt.Errorf("%w: %w", store.ErrUnsure, err)
	}
	return explain(operation, string(id), err)
}

func (s *Store) settled(operation string, id domain.ClusterID, next domain.Head, answer int) (domain.Head, error) {
	var err error
	switch answer {
	case wasStored, wasBefore:
		s.heads.remember(id, next)
		s.moved.tell(id, next.Version)
		return next, nil
	case wasLate:
		err = store.ErrConflict
	case wasRewound:
		err = store.ErrRewound
	case wasMissing:
		err = store.ErrMissing
	case wasThere:
		err = store.ErrExists
	default:
		err = fmt.Errorf("%w: the script answered %d", store.ErrUnsure, answer)
	}
	return domain.Head{}, explain(operation, string(id), err)
}
