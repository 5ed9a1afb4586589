package domain

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"klaster/domain/calendar"
)

// memory is how long, in commit time, causes are remembered and notices are kept to be told.
const memory = 48 * time.Hour

// Apply folds one commit into the state and numbers it: it becomes commit s.Commits. It is total: an event that
// contradicts the state changes nothing, so that no journal can stop a cluster from waking. A vote costs the same
// however many there are.
func Apply(s *State, c Commit) {
	s.Commits++
	s.planned = false
	at := c.At.UTC().Truncate(time.Millisecond) // the precision of the journal
	if at.After(s.LastAt) {
		s.LastAt = at
	}
	s.prune(s.LastAt)
	s.remember(c.Cause)
	f := folding{State: s, at: s.LastAt, by: c.By}
	for _, e := range c.Events {
		f.event(e)
	}
}

// Fold applies the commits of one entry and records its head; the commits come back numbered and with receipts.
func Fold(s *State, commits []Commit, head Head) []Commit {
	code := receiptCode(head.Chain)
	for i := range commits {
		Apply(s, commits[i])
		commits[i].Number = s.Commits
		commits[i].Receipt = receipt(s.Commits, code)
	}
	s.Seal(head)
	return commits
}

// Accepted tells where the commit of an input is that was accepted within the last 48 hours.
func (s *State) Accepted(cause string) (CauseAt, bool) {
	if cause == "" {
		return CauseAt{}, false
	}
	at, ok := s.Causes[causeHash(cause)]
	return at, ok
}

// causeHash shortens a cause. It is stored in snapshots, so it never changes; it is cryptographic because a web client
// makes up its own causes and must not be able to hit somebody else's.
func causeHash(cause string) uint64 {
	sum := sha256.Sum256([]byte(cause))
	return binary.BigEndian.Uint64(sum[:8])
}

func (s *State) remember(cause string) {
	if cause == "" {
		return
	}
	h := causeHash(cause)
	if _, known := s.Causes[h]; known {
		return
	}
	if s.Causes == nil {
		s.Causes = make(map[uint64]CauseAt)
	}
	s.Causes[h] = CauseAt{Version: s.Head.Version + 1, Commit: s.Commits, At: s.LastAt.Unix()}
	s.causeOrder = append(s.causeOrder, h)
}

// Rest lets go of what the next commit would forget anyway, because it is too old by now. A room calls it when its
// cluster has gone quiet; nothing that is decided or told changes by it.
func (s *State) Rest(now time.Time) {
	s.prune(now)
	s.Actors = slices.Clone(s.Actors) // without the room to grow
}

// prune forgets causes and notices that are too old. Maps and lists that have become mostly empty are rebuilt, because
// Go's never shrink.
func (s *State) prune(now time.Time) {
	oldest := now.Add(-memory)
	n := 0
	for n < len(s.causeOrder) && s.Causes[s.causeOrder[n]].At < oldest.Unix() {
		n++
	}
	if n > 0 {
		for _, h := range s.causeOrder[:n] {
			delete(s.Causes, h)
		}
		rest := s.causeOrder[n:]
		if n >= len(rest) {
			var kept map[uint64]CauseAt
			if len(rest) > 0 {
				kept = make(map[uint64]CauseAt, len(rest))
			}
			for _, h := range rest {
				kept[h] = s.Causes[h]
			}
			s.Causes, rest = kept, append([]uint64(nil), rest...)
		}
		s.causeOrder = rest
	}
	n = 0
	for n < len(s.Notices) && s.Notices[n].At.Before(oldest) {
		n++
	}
	switch rest := s.Notices[n:]; {
	case n == 0:
	case n >= len(rest):
		s.Notices = append([]Notice(nil), rest...)
	default:
		s.Notices = rest
	}
}

// folding is the commit at work.
type folding struct {
	*State
	at  time.Time
	by  PersonID
	seq int // notices of this commit so far
}

func (f *folding) now() Moment { return Moment(f.at.UnixMilli()) }

func (f *folding) tell(n Notice) {
	n.Commit, n.Seq, n.At = f.Commits, f.seq, f.at
	f.seq++
	f.Notices = append(f.Notices, n)
}

// event dispatches: every type of events_*.go has its line.
func (f *folding) event(e Event) {
	switch e := e.(type) {
	case VoteCast:
		f.voteCast(e)
	case ScoresCast:
		f.scoresCast(e)

	case ClusterFounded:
		f.clusterFounded(e)
	case CharterChanged:
		f.charterChanged(e)
	case StewardNamed:
		f.stewardNamed(e)
	case FacilitatorNamed:
		f.facilitatorNamed(e)
	case ChatAttached:
		f.chatAttached(e)
	case ChatMoved:
		f.chatMoved(e)
	case ChatSuspended:
		f.chatSuspended(e.Chat, true)
	case ChatResumed:
		f.chatSuspended(e.Chat, false)
	case ChatDetached:
		f.chatDetached(e)
	case ChatHearingSet:
		f.chatHearingSet(e)
	case PersonLinked:
		f.personLinked(e)
	case PersonForgotten:
		f.personForgotten(e)
	case DigestDue:
		f.digestDue(e)

	case ActorRegistered:
		f.actorRegistered(e)
	case ActorApproved:
		f.actorApproved(e)
	case ActorRefused:
		f.actorRefused(e)
	case ActorChanged:
		f.actorChanged(e)
	case ActorLeft:
		f.actorLeft(e)
	case RepresentativeJoined:
		f.representativeJoined(e)
	case RepresentativeApproved:
		f.representativeApproved(e)
	case RepresentativeLeft:
		f.representativeLeft(e)

	case IssueRaised:
		f.issueRaised(e)
	case IssueMerged:
		f.issueMerged(e)
	case IssueSettled:
		f.issueSettled(e)
	case RoundOpened:
		f.roundOpened(e)
	case RoundClosed:
		f.roundClosed(e)

	case ProposalOpened:
		f.proposalOpened(e)
	case VoterStruck:
		f.voterStruck(e)
	case ItemExtended:
		f.itemExtended(e)
	case CoverageWaived:
		f.coverageWaived(e)
	case VotersReminded:
		f.votersReminded(e)
	case TextRevised:
		f.textRevised(e)
	case ProposalClosed:
		f.proposalClosed(e)
	case ItemWithdrawn:
		f.itemWithdrawn(e)
	case ItemParked:
		f.itemParked(e)

	case StepClaimed:
		f.stepClaimed(e)
	case StepVerified:
		f.stepVerified(e)
	case StepReopened:
		f.stepReopened(e)
	case IndicatorDefined:
		f.indicatorDefined(e)
	case IndicatorScheduled:
		f.indicatorScheduled(e)
	case IndicatorRetired:
		f.indicatorRetired(e)
	case PromptDue:
		f.promptDue(e)
	case PromptRepeated:
		f.promptRepeated(e)
	case ReadingRecorded:
		f.reading(e.Indicator, e.Actor, e.Period, Reading{Value: e.Value, Note: e.Note})
	case ReadingUnavailable:
		f.reading(e.Indicator, e.Actor, e.Period, Reading{None: true, Note: e.Reason})
	case ReadingDeferred:
		f.readingDeferred(e)
	}
}

// slotAfter is the first slot of a schedule after an instant whose name comes after last: a cluster that changes its
// zone must not meet a slot again that it has fired.
func (s *State) slotAfter(cron string, after time.Time, last string) string {
	for range 3 {
		firings, err := calendar.Next(cron, after.In(s.Location()), 1)
		if err != nil {
			return ""
		}
		if slot := calendar.Slot(firings[0]); slot > last {
			return slot
		}
		after = firings[0]
	}
	return ""
}
