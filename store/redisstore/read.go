package redisstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"klaster/domain"
	"klaster/store"
)

const (
	readChunk = 2000 // entries of one round trip
	loadChunk = 100  // entries that come together with the snapshot
)

// Load implements store.Journal. Without a snapshot, as with nearly all clusters, it takes one round trip unless the
// journal is long. A script would save the second one where there is a snapshot, but it costs Redis three times as much
// for a short journal, and entries that pass through Lua six times as much as those of a plain XRANGE.
func (s *Store) Load(ctx context.Context, id domain.ClusterID, limit int) (store.Snapshot, []store.Entry, error) {
	snapshot, entries, err := s.load(ctx, id, limit)
	if err != nil {
		return store.Snapshot{}, nil, explain("load", string(id), err)
	}
	return snapshot, entries, nil
}

func (s *Store) load(ctx context.Context, id domain.ClusterID, limit int) (snapshot store.Snapshot, entries []store.Entry, err error) {
	chunk := max(1, min(limit, loadChunk))
	kept := redis.NewCmd(ctx, "hmget", s.key.snapshot(id), "id", "c", "f", "s")
	first := redis.NewCmd(ctx, "xrange", s.key.journal(id), "-", "+", "count", chunk)
	if err := s.calls.do(ctx, kept, first); err != nil {
		return snapshot, nil, err
	}
	fields, err := kept.Slice()
	if err != nil {
		return snapshot, nil, err
	}
	list := first.Val()
	if at, _ := fields[0].(string); at != "" {
		if snapshot, err = parseSnapshot(fields); err != nil {
			return snapshot, nil, err
		}
		rest, onChain, err := s.following(ctx, id, at, chunk)
		switch {
		case err != nil:
			return snapshot, nil, err
		case onChain:
			list = rest
		default:
			snapshot = store.Snapshot{}
		}
	}
	if entries, err = chained(snapshot.Head, list); err != nil {
		return snapshot, nil, err
	}
	base := snapshot.Head
	if n := len(entries); n > 0 {
		base = entries[n-1].Head
	}
	if base.Version == 0 {
		return snapshot, nil, store.ErrMissing
	}
	s.heads.remember(id, base)
	if len(entries) < loadChunk || limit <= loadChunk {
		return snapshot, entries[:min(len(entries), max(limit, 0))], nil
	}
	rest, err := s.readFrom(ctx, id, base, limit-loadChunk)
	return snapshot, append(entries, rest...), err
}

// following reads what comes after the entry with the stored id; false if the journal has no such entry.
func (s *Store) following(ctx context.Context, id domain.ClusterID, at string, limit int) (list []any, found bool, err error) {
	cmd := redis.NewCmd(ctx, "xrange", s.key.journal(id), at, "+", "count", limit+1)
	if err := s.calls.do(ctx, cmd); err != nil {
		return nil, false, err
	}
	if list, err = cmd.Slice(); err != nil || len(list) == 0 {
		return nil, false, err
	}
	stored, _, _, err := entryFields(list[0])
	return list[1:], stored == at, err
}

func parseSnapshot(fields []any) (snapshot store.Snapshot, err error) {
	var text [4]string
	for i := range text {
		text[i], _ = fields[i].(string)
	}
	version, bits, err := parseID(text[0])
	if err != nil {
		return snapshot, err
	}
	snapshot.Head.Version = version
	copy(snapshot.Head.Chain[:], text[1])
	if len(text[1]) != len(snapshot.Head.Chain) || chainBits(snapshot.Head) != bits {
		return snapshot, fmt.Errorf("%w: the snapshot's head is broken", store.ErrGap)
	}
	if snapshot.Format, err = strconv.Atoi(text[2]); err != nil {
		return snapshot, fmt.Errorf("the snapshot's format is broken: %w", err)
	}
	snapshot.State = []byte(text[3])
	return snapshot, nil
}

// SaveSnapshot implements store.Journal.
func (s *Store) SaveSnapshot(ctx context.Context, id domain.ClusterID, snapshot store.Snapshot) error {
	names := []string{s.key.journal(id), s.key.snapshot(id)}
	return explain("save snapshot", string(id), saveScript.run(ctx, &s.calls, names,
		entryID(snapshot.Head), snapshot.Head.Chain[:], snapshot.Format, snapshot.State).Err())
}

// Read implements store.Journal.
func (s *Store) Read(ctx context.Context, id domain.ClusterID, after uint64, limit int) ([]store.Entry, error) {
	entries, err := s.read(ctx, id, after, limit)
	if err != nil {
		return nil, explain("read", string(id), err)
	}
	return entries, nil
}

func (s *Store) read(ctx context.Context, id domain.ClusterID, after uint64, limit int) ([]store.Entry, error) {
	base, remembered := s.heads.find(id, after)
	if remembered {
		entries, err := s.readFrom(ctx, id, base, limit)
		if after == 0 || !errors.Is(err, store.ErrGap) {
			return entries, err
		}
		s.heads.forget(id, after) // the journal may be another one than we remember
	}
	base, err := s.headAt(ctx, id, after)
	if err != nil {
		return nil, err
	}
	return s.readFrom(ctx, id, base, limit)
}

// readFrom reads up to limit entries after base.
func (s *Store) readFrom(ctx context.Context, id domain.ClusterID, base domain.Head, limit int) (entries []store.Entry, err error) {
	for {
		some, err := s.readOnce(ctx, id, base, min(limit-len(entries), readChunk))
		if err != nil {
			return nil, err
		}
		entries = append(entries, some...)
		if len(some) < readChunk || len(entries) == limit {
			return entries, nil
		}
		base = some[len(some)-1].Head
	}
}

func (s *Store) readOnce(ctx context.Context, id domain.ClusterID, base domain.Head, limit int) ([]store.Entry, error) {
	journal := s.key.journal(id)
	tip := redis.NewCmd(ctx, "xrevrange", journal, "+", "-", "count", 1)
	rest := redis.NewCmd(ctx, "xrange", journal, strconv.FormatUint(base.Version+1, 10)+"-0", "+", "count", max(limit, 1))
	if err := s.calls.do(ctx, tip, rest); err != nil {
		return nil, err
	}
	last, _, err := tipID(tip)
	if err != nil {
		return nil, err
	}
	if last < base.Version {
		return nil, fmt.Errorf("%w: stored %d, expected %d", store.ErrRewound, last, base.Version)
	}
	entries, err := chained(base, rest.Val())
	if err != nil {
		return nil, err
	}
	entries = entries[:min(len(entries), max(limit, 0))]
	if n := len(entries); n > 0 {
		s.heads.remember(id, entries[n-1].Head)
	}
	return entries, nil
}

// tipID reads what XREVRANGE says about the last entry.
func tipID(reply *redis.Cmd) (version, bits uint64, err error) {
	last, err := reply.Slice()
	if err != nil {
		return 0, 0, err
	}
	if len(last) == 0 {
		return 0, 0, store.ErrMissing
	}
	id, _, _, err := entryFields(last[0])
	if err != nil {
		return 0, 0, err
	}
	return parseID(id)
}

// headAt works out the full head at a version, from the snapshot if that is not later, else from the beginning.
func (s *Store) headAt(ctx context.Context, id domain.ClusterID, version uint64) (domain.Head, error) {
	snapshot, entries, err := s.load(ctx, id, loadChunk)
	if err != nil {
		return domain.Head{}, err
	}
	base := snapshot.Head
	if base.Version > version {
		base, entries = domain.Head{}, nil
	}
	for base.Version != version {
		if i := slices.IndexFunc(entries, func(e store.Entry) bool { return e.Head.Version == version }); i >= 0 {
			return entries[i].Head, nil
		}
		if n := len(entries); n > 0 {
			base = entries[n-1].Head
		}
		if entries, err = s.readOnce(ctx, id, base, readChunk); err != nil {
			return domain.Head{}, err
		}
		if len(entries) == 0 {
			return domain.Head{}, fmt.Errorf("%w: stored %d, expected %d", store.ErrRewound, base.Version, version)
		}
	}
	return base, nil
}

// Tip implements store.Journal. The stored id has 64 bits of the hash; the others come from memory or from reading.
func (s *Store) Tip(ctx context.Context, id domain.ClusterID) (domain.Head, error) {
	head, err := s.tip(ctx, id)
	return head, explain("tip", string(id), err)
}

func (s *Store) tip(ctx context.Context, id domain.ClusterID) (domain.Head, error) {
	for {
		last := redis.NewCmd(ctx, "xrevrange", s.key.journal(id), "+", "-", "count", 1)
		if err := s.calls.do(ctx, last); err != nil {
			return domain.Head{}, err
		}
		version, bits, err := tipID(last)
		if err != nil {
			return domain.Head{}, err
		}
		head, found := s.heads.find(id, version)
		if !found || chainBits(head) != bits {
			if head, err = s.headAt(ctx, id, version); err != nil {
				return domain.Head{}, err
			}
			s.heads.remember(id, head)
		}
		if chainBits(head) == bits {
			return head, nil
		}
		// The journal was replaced between two reads. Look again.
		if err := ctx.Err(); err != nil {
			return domain.Head{}, err
		}
	}
}

// Clusters implements store.Journal. Each partition is asked for its share and a little more. A partition that may hold
// more than it was asked for bounds what is known to be complete; the next round begins there.
func (s *Store) Clusters(ctx context.Context, after domain.ClusterID, limit int) ([]domain.ClusterID, error) {
	var all []domain.ClusterID
	for len(all) < limit {
		share := int64((limit-len(all))/partitions*2 + 8)
		from := "-"
		if after != "" {
			from = "(" + string(after)
		}
		pipe := s.client.Pipeline()
		replies := make([]*redis.StringSliceCmd, partitions)
		for n := range partitions {
			replies[n] = pipe.ZRangeByLex(ctx, s.key.ids(n), &redis.ZRangeBy{Min: from, Max: "+", Count: share})
		}
		if _, err := pipe.Exec(ctx); err != nil {
			return nil, explain("clusters", "", err)
		}
		var round []domain.ClusterID
		bound := domain.ClusterID("")
		for _, reply := range replies {
			for _, id := range reply.Val() {
				round = append(round, domain.ClusterID(id))
			}
			if n := len(reply.Val()); int64(n) == share {
				if last := domain.ClusterID(reply.Val()[n-1]); bound == "" || last < bound {
					bound = last
				}
			}
		}
		slices.Sort(round)
		for _, id := range round {
			if len(all) == limit || (bound != "" && id > bound) {
				break
			}
			all = append(all, id)
			after = id
		}
		if bound == "" {
			break
		}
	}
	return all, nil
}
