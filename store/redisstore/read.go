package redisstore

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/redis/go-redis/v9"

	"klaster/domain"
	"klaster/store"
)

const readChunk = 512

// Load implements store.Journal: one round trip.
func (s *Store) Load(ctx context.Context, id domain.ClusterID, limit int) (store.Snapshot, []store.Entry, error) {
	snapshot, entries, err := s.load(ctx, id, limit)
	if err != nil {
		return store.Snapshot{}, nil, explain("load", string(id), err)
	}
	return snapshot, entries, nil
}

func (s *Store) load(ctx context.Context, id domain.ClusterID, limit int) (snapshot store.Snapshot, entries []store.Entry, err error) {
	reply, err := loadScript.run(ctx, &s.calls, []string{s.key.journal(id), s.key.snapshot(id)}, limit).Slice()
	switch {
	case err != nil:
		return snapshot, nil, err
	case len(reply) == 0:
		return snapshot, nil, store.ErrMissing
	case len(reply) != 5:
		return snapshot, nil, fmt.Errorf("unexpected reply of %d parts", len(reply))
	}
	if reply[0] != "" {
		if snapshot, err = parseSnapshot(reply[:4]); err != nil {
			return snapshot, nil, err
		}
	}
	if entries, err = chained(snapshot.Head, reply[4]); err != nil {
		return snapshot, nil, err
	}
	s.rememberEnd(id, snapshot.Head, entries)
	return snapshot, entries, nil
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

func (s *Store) rememberEnd(id domain.ClusterID, base domain.Head, entries []store.Entry) {
	if n := len(entries); n > 0 {
		base = entries[n-1].Head
	}
	if base.Version > 0 {
		s.heads.remember(id, base)
	}
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
		_, entries, err := s.readFrom(ctx, id, base, limit)
		if after == 0 || !errors.Is(err, store.ErrGap) {
			return entries, err
		}
		s.heads.forget(id, after) // the journal may be another one than we remember
	}
	base, err := s.headAt(ctx, id, after)
	if err != nil {
		return nil, err
	}
	_, entries, err := s.readFrom(ctx, id, base, limit)
	return entries, err
}

// readFrom reads entries after base in one round trip; tip is the id of the journal's last entry.
func (s *Store) readFrom(ctx context.Context, id domain.ClusterID, base domain.Head, limit int) (tip string, entries []store.Entry, err error) {
	reply, err := readScript.run(ctx, &s.calls, []string{s.key.journal(id)},
		strconv.FormatUint(base.Version+1, 10), min(limit, math.MaxInt32)).Slice()
	switch {
	case err != nil:
		return "", nil, err
	case len(reply) == 0:
		return "", nil, store.ErrMissing
	case len(reply) != 2:
		return "", nil, fmt.Errorf("unexpected reply of %d parts", len(reply))
	}
	tip, _ = reply[0].(string)
	last, _, err := parseID(tip)
	if err != nil {
		return "", nil, err
	}
	if last < base.Version {
		return tip, nil, fmt.Errorf("%w: stored %d, expected %d", store.ErrRewound, last, base.Version)
	}
	if entries, err = chained(base, reply[1]); err != nil {
		return tip, nil, err
	}
	s.rememberEnd(id, base, entries)
	return tip, entries, nil
}

// headAt works out the full head at a version, from the snapshot if that is not later, else from the beginning.
func (s *Store) headAt(ctx context.Context, id domain.ClusterID, version uint64) (domain.Head, error) {
	snapshot, entries, err := s.load(ctx, id, readChunk)
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
		if _, entries, err = s.readFrom(ctx, id, base, readChunk); err != nil {
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
		text, _, err := s.readFrom(ctx, id, domain.Head{}, 0)
		if err != nil {
			return domain.Head{}, err
		}
		version, bits, err := parseID(text)
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
