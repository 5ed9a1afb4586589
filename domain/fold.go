package domain

import (
	"strconv"
	"time"
)

// NewState is the state before the first entry. zones looks a time zone up (it returns nil for an unknown one); it is
// a parameter because loading zones reads files.
func NewState(id ClusterID, zones func(name string) *time.Location) *State {
	return &State{ID: id, zones: zones}
}

// Seal records that the commits applied since the last Seal are the entry with this head.
func (s *State) Seal(head Head) { s.Head = head }

// Receipt names a commit so that its author can find it again: the commit's number and a code from the chain of the
// entry it is in.
func Receipt(number uint64, head Head) string {
	return receipt(number, receiptCode(head.Chain))
}

func receipt(number uint64, code string) string { return strconv.FormatUint(number, 10) + "-" + code }
