package domain

import (
	"crypto/sha256"
	"encoding/base32"
	"time"
)

// Head says which history a journal has, not only how long it is: Version counts entries, Chain is the hash over all
// of them. The zero Head is the empty history.
type Head struct {
	Version uint64
	Chain   [32]byte
}

// Next is the head after one more entry with the given record: SHA-256(previous chain, record).
func (h Head) Next(record []byte) Head {
	sum := sha256.New()
	sum.Write(h.Chain[:])
	sum.Write(record)
	next := Head{Version: h.Version + 1}
	sum.Sum(next.Chain[:0])
	return next
}

// Commit is one accepted input. An entry of the journal carries one or more of them.
type Commit struct {
	At     time.Time // UTC, never before the commit that precedes it
	By     PersonID  // empty for timers
	Cause  string    // names the input ("tg:<bot>:<update>", "web:<uuid>", "timer:..."); an input is accepted once
	Salt   [16]byte  // from the input's seed; salts the digests of the texts
	Events []Event

	// Number and Receipt are known once the commit is in the journal: they are set by Fold and are not encoded.
	Number  uint64 // 1, 2, 3 ... over all entries of the cluster
	Receipt string // "<number>-<six characters of the chain>", for example 41-K7QX2M
}

// Event is something that happened; the types are in events_*.go and nowhere else.
type Event interface {
	// EventType is the stored name: past tense, explicit, never changed.
	EventType() string
	// mapTexts returns a copy of the event in which every text a person wrote has passed through f.
	mapTexts(f func(Text) Text) Event
}

// receiptCode shortens a chain hash to what a person can read out: six letters of base32.
func receiptCode(chain [32]byte) string {
	return base32.StdEncoding.EncodeToString(chain[:5])[:6]
}
