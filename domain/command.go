package domain

import (
	"time"

	"klaster/domain/calendar"
)

// By is who gives a command. ChatAdmin is looked up on the platform, never taken from text; it makes the person count
// as a steward for this command.
type By struct {
	Person    PersonID
	ChatAdmin bool
}

// Command is a wish. Decide turns it into events or a refusal. Identifiers in commands are fresh ones made by the
// caller from the input's seed; numbers are given by Decide.
type Command interface{ isCommand() }

// The commands. Who may give them: anyone who represents an approved actor (member), a steward (named, or a chat admin),
// the facilitator (a steward acts as one where there is none), or the person concerned.
type (
	// Found begins the cluster: only on an empty state.
	Found struct {
		Name, Core, Region Text
		Lang, Zone         string
		Steward            PersonID
		Chat               ChatRef
	}
	// ChangeCharter: steward for housekeeping keys; rule keys likewise until three actors are approved, then NotAllowed
	// with key "charter.needs_decision" (propose with Link.Charter instead).
	ChangeCharter struct {
		Key   CharterKey
		Value string // words and texts alike
	}
	NameSteward     struct{ Person PersonID } // steward
	NameFacilitator struct{ Person PersonID } // steward; empty: nobody
	// AttachChat, MoveChat, SuspendChat, ResumeChat come from the bot itself (By zero); AttachChat also from a steward who
	// wants a topic of an attached group to be a place of its own.
	AttachChat  struct{ Chat ChatRef }
	MoveChat    struct{ From, To ChatRef }
	SuspendChat struct{ Chat ChatRef }
	ResumeChat  struct{ Chat ChatRef }

	// DetachChat and SetChatHearing are a steward's; the last chat stays.
	DetachChat     struct{ Chat ChatRef }
	SetChatHearing struct {
		Chat  ChatRef
		Hears Hearing
	}

	// LinkPersons comes from the bot itself: the two are one person, known as To from now on.
	LinkPersons struct{ From, To PersonID }

	// RegisterActor: anyone. Approved at once when the charter says auto or By is a steward.
	RegisterActor struct {
		Actor ActorID
		Name  Text
		Roles []Role
		Place Text
	}
	ApproveActor struct{ Actor ActorID } // steward
	RefuseActor  struct {                // steward
		Actor  ActorID
		Reason Text
	}
	ChangeActor struct { // its representative, or a steward
		Actor ActorID
		Name  Text
		Roles []Role
		Place Text
	}
	LeaveActor  struct{ Actor ActorID } // its representative: the organisation leaves
	RemoveActor struct {                // steward
		Actor  ActorID
		Reason Text
	}
	// JoinActor: anyone asks to represent; approved at once when By is a steward or no approved representative is left
	// and the charter says auto.
	JoinActor             struct{ Actor ActorID }
	ApproveRepresentative struct { // co-representative or steward
		Actor  ActorID
		Person PersonID
	}
	LeaveRepresentation struct { // oneself, a co-representative or a steward
		Actor  ActorID
		Person PersonID
	}
	ForgetPerson struct{ Person PersonID } // oneself, or the operator (By zero)

	RaiseIssue struct { // member, steward or facilitator
		Issue ItemID
		Title Text
		Actor ActorID // which of the person's actors; empty: the only one
	}
	MergeIssues struct{ Issue, Into ItemID } // facilitator or steward
	SettleIssue struct {                     // facilitator or steward: deferred, refused (reason required), open
		Issue  ItemID
		Fate   Fate
		Reason Text
	}
	OpenRound struct { // facilitator or steward; over all issues that are open or were prioritised (3 to 40)
		Round ItemID
	}
	CastScores struct { // member of the electorate
		Round  ItemID
		Actor  ActorID
		Issue  ItemID
		Scores *Scores // nil: skip
	}

	// Propose: member, steward or facilitator. Method Majority needs Link.After on a consensus proposal that was not
	// reached, and a steward.
	Propose struct {
		Proposal ItemID
		Method   Method
		Title    Text
		Text     Text
		Actor    ActorID
		Link     Link
	}
	CastVote struct { // member of the electorate
		Proposal ItemID
		Actor    ActorID
		Position Position
		Reason   Text
	}
	WaiveCoverage struct{ Item ItemID } // facilitator, from the start of the extension, after two logged reminders
	ReviseText    struct {              // the proposer, facilitator or steward, in the integration phase
		Proposal ItemID
		Text     Text
	}
	// CloseItem: steward, for a round or proposal that is valid by now.
	CloseItem    struct{ Item ItemID }
	WithdrawItem struct { // the proposer or a steward
		Item   ItemID
		Reason Text
	}
	ParkItem struct { // steward or facilitator; in the integration phase or after "not reached" or "lapsed"
		Item   ItemID
		Reason Text
	}

	ClaimStep struct { // member, steward or facilitator; on a claimed step it adds evidence
		Step     StepID
		Actor    ActorID
		Evidence []Evidence
	}
	VerifyStep struct { // facilitator, or a member whose actor did not claim it
		Step  StepID
		Actor ActorID
	}
	ReopenStep struct { // facilitator, steward, or a member
		Step   StepID
		Reason Text
	}

	DefineIndicator struct { // steward or facilitator; Number is ignored
		IndicatorDefined
	}
	ScheduleIndicator struct { // steward or facilitator
		Indicator ItemID
		Cron      string
	}
	RetireIndicator struct{ Indicator ItemID } // steward or facilitator
	RecordReading   struct {                   // representative of the reporting actor
		Indicator ItemID
		Actor     ActorID
		Period    calendar.Period
		Value     Quantity
		Note      Text
	}
	ReportUnavailable struct {
		Indicator ItemID
		Actor     ActorID
		Period    calendar.Period
		Reason    Text
	}
	DeferReading struct { // until the next day, same hour as the slot
		Indicator ItemID
		Actor     ActorID
		Period    calendar.Period
		Until     time.Time
	}
)

func (Found) isCommand()                 {}
func (ChangeCharter) isCommand()         {}
func (NameSteward) isCommand()           {}
func (NameFacilitator) isCommand()       {}
func (AttachChat) isCommand()            {}
func (MoveChat) isCommand()              {}
func (SuspendChat) isCommand()           {}
func (ResumeChat) isCommand()            {}
func (DetachChat) isCommand()            {}
func (SetChatHearing) isCommand()        {}
func (LinkPersons) isCommand()           {}
func (RegisterActor) isCommand()         {}
func (ApproveActor) isCommand()          {}
func (RefuseActor) isCommand()           {}
func (ChangeActor) isCommand()           {}
func (LeaveActor) isCommand()            {}
func (RemoveActor) isCommand()           {}
func (JoinActor) isCommand()             {}
func (ApproveRepresentative) isCommand() {}
func (LeaveRepresentation) isCommand()   {}
func (ForgetPerson) isCommand()          {}
func (RaiseIssue) isCommand()            {}
func (MergeIssues) isCommand()           {}
func (SettleIssue) isCommand()           {}
func (OpenRound) isCommand()             {}
func (CastScores) isCommand()            {}
func (Propose) isCommand()               {}
func (CastVote) isCommand()              {}
func (WaiveCoverage) isCommand()         {}
func (ReviseText) isCommand()            {}
func (CloseItem) isCommand()             {}
func (WithdrawItem) isCommand()          {}
func (ParkItem) isCommand()              {}
func (ClaimStep) isCommand()             {}
func (VerifyStep) isCommand()            {}
func (ReopenStep) isCommand()            {}
func (DefineIndicator) isCommand()       {}
func (ScheduleIndicator) isCommand()     {}
func (RetireIndicator) isCommand()       {}
func (RecordReading) isCommand()         {}
func (ReportUnavailable) isCommand()     {}
func (DeferReading) isCommand()          {}
