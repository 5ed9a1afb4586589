package domain

import (
	"time"
)

// Decide turns one command into events or a refusal. It reads the state and changes nothing. Every refusal is an
// *Error. No events and no error mean that nothing would change: an identical vote, a setting that has the value
// already. The time of a decision is never before the last commit.
func Decide(s *State, at time.Time, by By, c Command) ([]Event, error) {
	if at.Before(s.LastAt) {
		at = s.LastAt
	}
	d := deciding{State: s, at: at.UTC().Truncate(time.Millisecond), by: by}
	events, refusal := d.command(c)
	if refusal != nil {
		return nil, refusal
	}
	return events, nil
}

// deciding is the command at work.
type deciding struct {
	*State
	at time.Time
	by By
}

// command dispatches: every type of command.go has its line.
func (d deciding) command(c Command) ([]Event, *Error) {
	if found, ok := c.(Found); ok {
		return d.found(found)
	}
	if !d.Founded() {
		return nil, Refuse(NotFound, "cluster.unknown")
	}
	switch c := c.(type) {
	case CastVote:
		return d.castVote(c)
	case CastScores:
		return d.castScores(c)

	case ChangeCharter:
		return d.changeCharter(c)
	case NameSteward:
		return d.nameSteward(c)
	case NameFacilitator:
		return d.nameFacilitator(c)
	case AttachChat:
		return d.attachChat(c)
	case MoveChat:
		return d.moveChat(c)
	case SuspendChat:
		return d.suspendChat(c)
	case ResumeChat:
		return d.resumeChat(c)
	case DetachChat:
		return d.detachChat(c)
	case SetChatHearing:
		return d.setChatHearing(c)
	case LinkPersons:
		return d.linkPersons(c)
	case ForgetPerson:
		return d.forgetPerson(c)

	case RegisterActor:
		return d.registerActor(c)
	case ApproveActor:
		return d.approveActor(c)
	case RefuseActor:
		return d.refuseActor(c)
	case ChangeActor:
		return d.changeActor(c)
	case LeaveActor:
		return d.leaveActor(c)
	case RemoveActor:
		return d.removeActor(c)
	case JoinActor:
		return d.joinActor(c)
	case ApproveRepresentative:
		return d.approveRepresentative(c)
	case LeaveRepresentation:
		return d.leaveRepresentation(c)

	case RaiseIssue:
		return d.raiseIssue(c)
	case MergeIssues:
		return d.mergeIssues(c)
	case SettleIssue:
		return d.settleIssue(c)
	case OpenRound:
		return d.openRound(c)

	case Propose:
		return d.propose(c)
	case WaiveCoverage:
		return d.waiveCoverage(c)
	case ReviseText:
		return d.reviseText(c)
	case CloseItem:
		return d.closeItem(c)
	case WithdrawItem:
		return d.withdrawItem(c)
	case ParkItem:
		return d.parkItem(c)

	case ClaimStep:
		return d.claimStep(c)
	case VerifyStep:
		return d.verifyStep(c)
	case ReopenStep:
		return d.reopenStep(c)
	case DefineIndicator:
		return d.defineIndicator(c)
	case ScheduleIndicator:
		return d.scheduleIndicator(c)
	case RetireIndicator:
		return d.retireIndicator(c)
	case RecordReading:
		return d.recordReading(c)
	case ReportUnavailable:
		return d.reportUnavailable(c)
	case DeferReading:
		return d.deferReading(c)
	}
	return nil, Refuse(Invalid, "command.unknown")
}

// happened is a decision of one or more events.
func happened(events ...Event) ([]Event, *Error) { return events, nil }

// unchanged is the decision that everything is so already.
func unchanged() ([]Event, *Error) { return nil, nil }
