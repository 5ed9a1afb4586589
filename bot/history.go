package bot

import (
	"context"
	"fmt"
	"time"

	"klaster/domain"
	"klaster/store"
)

// encodeEntry writes commits as one entry of a journal.
func encodeEntry(commits []domain.Commit) (store.Entry, error) {
	record, texts, err := domain.Encode(commits)
	if err != nil {
		return store.Entry{}, err
	}
	return store.Entry{Record: record, Texts: texts}, nil
}

// decodeEntry reads the commits of an entry; their numbers and receipts are not set.
func decodeEntry(e store.Entry) ([]domain.Commit, error) { return domain.Decode(e.Record, e.Texts) }

// foldEntry applies an entry to a state. forgets are the persons it forgets: texts before it may have been redacted.
func foldEntry(s *domain.State, e store.Entry) (forgets []domain.PersonID, err error) {
	commits, err := decodeEntry(e)
	if err != nil {
		return nil, err
	}
	for _, c := range commits { // not Fold: nobody asks for the receipts of history
		domain.Apply(s, c)
	}
	s.Seal(e.Head)
	return forgottenIn(commits), nil
}

func forgottenIn(commits []domain.Commit) (persons []domain.PersonID) {
	for _, c := range commits {
		for _, event := range c.Events {
			if e, ok := event.(domain.PersonForgotten); ok {
				persons = append(persons, e.Person)
			}
		}
	}
	return persons
}

// snapshotOf encodes a state that has been sealed.
func snapshotOf(s *domain.State) (store.Snapshot, error) {
	state, err := domain.EncodeSnapshot(s)
	if err != nil {
		return store.Snapshot{}, err
	}
	return store.Snapshot{Head: s.Head, Format: domain.SnapshotFormat, State: state}, nil
}

// restore reads a snapshot back; false if there is none, or one of another format.
func restore(id domain.ClusterID, zones func(string) *time.Location, snapshot store.Snapshot) (*domain.State, bool) {
	if snapshot.Head.Version == 0 || snapshot.Format != domain.SnapshotFormat {
		return nil, false
	}
	s, err := domain.DecodeSnapshot(snapshot.State, zones)
	if err != nil || s.Head != snapshot.Head || s.ID != id {
		return nil, false
	}
	return s, true
}

// redact erases what a person wrote from a cluster's journal; heads and receipts stay as they are.
func (h *Hub) redact(ctx context.Context, id domain.ClusterID, person domain.PersonID) error {
	own := domain.WrittenBy(person)
	records := map[uint64][]byte{}
	for after := uint64(0); ; {
		entries, err := h.Store.Read(ctx, id, after, loadStep)
		if err != nil {
			return fmt.Errorf("redact %s: %w", id, err)
		}
		for _, e := range entries {
			after = e.Head.Version
			if _, changed, err := domain.RedactTexts(e.Record, e.Texts, own); err != nil {
				return fmt.Errorf("redact %s version %d: %w", id, after, err)
			} else if changed {
				records[after] = e.Record
			}
		}
		if len(entries) < loadStep {
			break
		}
	}
	if len(records) == 0 {
		return nil
	}
	err := h.Store.Redact(ctx, id, func(version uint64, texts []byte) ([]byte, bool) {
		record, ok := records[version]
		if !ok {
			return texts, false
		}
		redacted, changed, err := domain.RedactTexts(record, texts, own)
		if err != nil {
			return texts, false
		}
		return redacted, changed
	})
	h.rooms.forgetState(id)
	if err != nil {
		return fmt.Errorf("redact %s: %w", id, err)
	}
	return nil
}
