package domain

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// SnapshotFormat is the number of the state's shape. It changes with every change of an exported field of State or of
// what is in it; snapshots of another format are ignored and the journal is folded again.
const SnapshotFormat = 3

// EncodeSnapshot gives a fold as a cache keeps it.
func EncodeSnapshot(s *State) ([]byte, error) {
	b, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("encode snapshot at version %d: %w", s.Head.Version, err)
	}
	return b, nil
}

// DecodeSnapshot reads a snapshot of this SnapshotFormat and rebuilds what is not stored. Any error means: fold again.
func DecodeSnapshot(b []byte, zones func(name string) *time.Location) (*State, error) {
	s := &State{zones: zones}
	if err := json.Unmarshal(b, s); err != nil {
		return nil, fmt.Errorf("decode snapshot: %w", err)
	}
	if err := s.whole(); err != nil {
		return nil, fmt.Errorf("decode snapshot at version %d: %w", s.Head.Version, err)
	}
	if s.Commits > 0 {
		s.locate()
	}
	for _, p := range s.Proposals {
		for _, v := range p.Versions {
			v.reindex()
		}
	}
	for _, r := range s.Rounds {
		r.reindex()
	}
	s.indexActors()
	s.pending = len(s.withStatus(StatusPending))
	for h := range s.Causes {
		s.causeOrder = append(s.causeOrder, h)
	}
	slices.SortFunc(s.causeOrder, func(a, b uint64) int {
		return int(s.Causes[a].Commit) - int(s.Causes[b].Commit)
	})
	return s, nil
}

// whole refuses a snapshot with holes in it, which the rules would fall into.
func (s *State) whole() error {
	for _, p := range s.Proposals {
		if p == nil || len(p.Versions) == 0 || slices.Contains(p.Versions, nil) {
			return ErrUnreadable
		}
	}
	for _, st := range s.Steps {
		if st == nil {
			return ErrUnreadable
		}
	}
	if slices.Contains(s.Actors, nil) || slices.Contains(s.Issues, nil) || slices.Contains(s.Rounds, nil) ||
		slices.Contains(s.Indicators, nil) {
		return ErrUnreadable
	}
	return nil
}
