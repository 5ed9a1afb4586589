package redisstore

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"klaster/domain"
	"klaster/store"
)

// The id of an entry in its stream is "<version>-<first 64 bits of the chain hash>". The rest of the hash is not stored:
// it is computed again from the records, from the beginning, from a snapshot or from a head that is remembered here.

func entryID(h domain.Head) string {
	b := strconv.AppendUint(make([]byte, 0, 41), h.Version, 10)
	b = append(b, '-')
	return string(strconv.AppendUint(b, chainBits(h), 10))
}

func chainBits(h domain.Head) uint64 { return binary.BigEndian.Uint64(h.Chain[:8]) }

func parseID(id string) (version, bits uint64, err error) {
	first, second, _ := strings.Cut(id, "-")
	if version, err = strconv.ParseUint(first, 10, 64); err == nil {
		bits, err = strconv.ParseUint(second, 10, 64)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("%w: entry id %q", store.ErrGap, id)
	}
	return version, bits, nil
}

// chained turns what XRANGE answers into entries, which must follow base without a hole.
func chained(base domain.Head, reply any) ([]store.Entry, error) {
	list, ok := reply.([]any)
	if !ok {
		return nil, fmt.Errorf("unexpected reply %T", reply)
	}
	entries := make([]store.Entry, 0, len(list))
	for _, item := range list {
		id, record, texts, err := entryFields(item)
		if err != nil {
			return nil, err
		}
		version, bits, err := parseID(id)
		if err != nil {
			return nil, err
		}
		e := store.Entry{Record: []byte(record), Texts: []byte(texts)}
		base = base.Next(e.Record)
		if version != base.Version || bits != chainBits(base) {
			return nil, fmt.Errorf("%w: entry %s does not follow", store.ErrGap, id)
		}
		e.Head = base
		entries = append(entries, e)
	}
	return entries, nil
}

func entryFields(item any) (id, record, texts string, err error) {
	pair, _ := item.([]any)
	if len(pair) != 2 {
		return "", "", "", fmt.Errorf("%w: an entry that is none", store.ErrGap)
	}
	id, _ = pair[0].(string)
	fields, _ := pair[1].([]any)
	found := false
	for i := 0; i+1 < len(fields); i += 2 {
		value, _ := fields[i+1].(string)
		switch fields[i] {
		case "r":
			record, found = value, true
		case "t":
			texts = value
		}
	}
	if !found {
		return "", "", "", fmt.Errorf("%w: entry %s has no record", store.ErrGap, id)
	}
	return id, record, texts, nil
}

// heads remembers full heads that were seen lately, so that reading on from one of them needs nothing before it. It is
// bounded; what is forgotten costs a longer read.
type heads struct {
	mu          sync.Mutex
	seen, older map[headKey][32]byte // when seen is full it becomes older, and what was older is forgotten
}

type headKey struct {
	id      domain.ClusterID
	version uint64
}

const headsAtMost = 8192 // in both together

func (h *heads) remember(id domain.ClusterID, head domain.Head) {
	h.mu.Lock()
	defer h.mu.Unlock()
	key := headKey{id, head.Version}
	if chain, known := h.older[key]; known && chain == head.Chain {
		return
	}
	if h.seen == nil || len(h.seen) >= headsAtMost/2 {
		h.seen, h.older = make(map[headKey][32]byte, headsAtMost/2), h.seen
	}
	h.seen[key] = head.Chain
}

func (h *heads) find(id domain.ClusterID, version uint64) (domain.Head, bool) {
	if version == 0 {
		return domain.Head{}, true
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	key := headKey{id, version}
	chain, found := h.seen[key]
	if !found {
		chain, found = h.older[key]
	}
	return domain.Head{Version: version, Chain: chain}, found
}

func (h *heads) forget(id domain.ClusterID, version uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.seen, headKey{id, version})
	delete(h.older, headKey{id, version})
}
