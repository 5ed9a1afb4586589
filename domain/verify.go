package domain

import (
	"errors"
	"fmt"
	"iter"
	"time"
)

// ErrChain: an entry does not continue the history before it, or its time runs backwards.
var ErrChain = errors.New("domain: the chain of the journal is broken")

// Sealed is an entry as a journal keeps it: its two parts and the head after it.
type Sealed struct {
	Head   Head
	Record []byte
	Texts  []byte
}

// Verify proves a journal from its beginning: every entry chains onto the one before, can be read, has the texts its
// record was made with (or erased ones), and is not earlier than the one before. It gives the head of the last entry
// that is good, and an error for the first one that is not.
func Verify(entries iter.Seq[Sealed]) (Head, error) {
	var head Head
	var at time.Time
	for e := range entries {
		next := head.Next(e.Record)
		if next != e.Head {
			return head, fmt.Errorf("entry %d: %w", next.Version, ErrChain)
		}
		commits, err := Decode(e.Record, e.Texts)
		if err != nil {
			return head, fmt.Errorf("entry %d: %w", next.Version, err)
		}
		for _, c := range commits {
			if c.At.Before(at) {
				return head, fmt.Errorf("entry %d: %w", next.Version, ErrChain)
			}
			at = c.At
		}
		head = next
	}
	return head, nil
}
