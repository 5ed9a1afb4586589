package redisstore

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"klaster/domain"
	"klaster/store"
)

const (
	redactChunk = 256
	redactLock  = time.Minute // renewed with each chunk; a crashed redaction frees its lock and its copy after it
)

// Redact implements store.Journal. Redis cannot change an entry of a stream, so the stream is rebuilt beside the journal
// in chunks and put in its place in one step, if it has all entries by then; those that came meanwhile are copied first.
// A lock keeps two redactions of a cluster apart: the later one would bring back what the other erased. Until Redis
// rewrites its files (BGREWRITEAOF, BGSAVE), the old texts are still in them.
func (s *Store) Redact(ctx context.Context, id domain.ClusterID, f func(version uint64, texts []byte) ([]byte, bool)) error {
	for {
		done, err := s.redactOnce(ctx, id, f)
		if done || err != nil {
			return explain("redact", string(id), err)
		}
		if !s.pauseFor(ctx, 50*time.Millisecond) { // another redaction is at work
			return explain("redact", string(id), context.Cause(ctx))
		}
	}
}

func (s *Store) redactOnce(ctx context.Context, id domain.ClusterID, f func(version uint64, texts []byte) ([]byte, bool)) (done bool, err error) {
	token := rand.Text()
	lock, copied := s.key.redaction(id), s.key.redacted(id, token)
	got, err := s.client.SetNX(ctx, lock, token, redactLock).Result()
	if err != nil || !got {
		return false, err
	}
	defer func() {
		clean := context.WithoutCancel(ctx)
		_ = s.client.Del(clean, copied).Err()
		_ = releaseScript.run(clean, &s.calls, []string{lock}, token).Err()
	}()
	for base := (domain.Head{}); ; {
		entries, err := s.readOnce(ctx, id, base, redactChunk)
		if err != nil {
			return false, err
		}
		if len(entries) > 0 {
			if err := s.copyRedacted(ctx, lock, copied, entries, f); err != nil {
				return false, err
			}
			base = entries[len(entries)-1].Head
		}
		if len(entries) == redactChunk {
			continue
		}
		names := []string{s.key.journal(id), copied, s.key.snapshot(id), lock}
		answer, err := swapRedactedScript.run(ctx, &s.appends, names, entryID(base), token).Int()
		switch {
		case err != nil:
			return false, err
		case answer == 1:
			return true, nil
		case answer == -1:
			return false, nil
		case answer == -2:
			return false, store.ErrRewound
		}
	}
}

// copyRedacted writes through the client that never sends twice: an XADD that is repeated would be refused.
func (s *Store) copyRedacted(ctx context.Context, lock, copied string, entries []store.Entry, f func(version uint64, texts []byte) ([]byte, bool)) error {
	pipe := s.once.Pipeline()
	for _, e := range entries {
		texts, differ := f(e.Head.Version, append([]byte{}, e.Texts...))
		if !differ {
			texts = e.Texts
		}
		pipe.XAdd(ctx, &redis.XAddArgs{Stream: copied, ID: entryID(e.Head), Values: []any{"r", e.Record, "t", texts}})
	}
	pipe.PExpire(ctx, copied, 2*redactLock)
	pipe.PExpire(ctx, lock, redactLock)
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("copy: %w", err)
	}
	return nil
}
