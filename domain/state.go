package domain

import (
	"slices"
	"time"

	"klaster/domain/calendar"
)

// State is the fold of a cluster's journal. Other packages read it, and only Apply writes it; it belongs to one
// goroutine (its room). The exported fields are also the shape of a snapshot (see EncodeSnapshot); what is unexported
// is rebuilt from them.
type State struct {
	ID      ClusterID
	Head    Head      // of the last entry folded
	Commits uint64    // number of the last commit
	LastAt  time.Time // of the last commit

	Name, Core, Region Text
	Charter            Charter // read through Setting
	Stewards           []PersonID
	Facilitator        PersonID // empty: the steward acts as one
	Chats              []Chat

	Actors []*Actor // by registration; see Actor

	Issues     []*Issue
	Rounds     []*Round
	Proposals  []*Proposal
	Numbers    int                   // last number given to a round or proposal: they share one counter
	Steps      map[StepID]*StepState // steps that are not simply open
	Indicators []*Indicator

	LastDigest string   // local day of the last digest
	Notices    []Notice // what there is to tell of the last 48 hours, oldest first
	Causes     map[uint64]CauseAt

	zones      func(name string) *time.Location
	loc        *time.Location
	byID       map[ActorID]*Actor    // of large clusters only, see Actor
	byPerson   map[PersonID][]*Actor // of large clusters only, see involved
	causeOrder []uint64              // causes by age, for pruning
	pending    int                   // actors that wait for a steward
	next       time.Time             // see NextDue; known while planned
	planned    bool
}

// CauseAt tells where the commit of an accepted input is.
type CauseAt struct {
	Version uint64 // of the entry
	Commit  uint64
	At      int64 // unix seconds
}

// Chat is a chat the cluster speaks in.
type Chat struct {
	Ref       ChatRef
	Suspended bool
	Hears     Hearing `json:",omitempty"`
}

// Moment is a time.Time in a third of the space: Unix milliseconds, the precision of the journal.
type Moment int64

// Time gives the moment back, in UTC.
func (m Moment) Time() time.Time { return time.UnixMilli(int64(m)).UTC() }

// ActorStatus is where a membership stands.
type ActorStatus uint8

const (
	StatusPending ActorStatus = iota // waits for a steward
	StatusApproved
	StatusRefused
	StatusLeft
)

var statusNames = [...]string{"pending", "approved", "refused", "left"}

// String is the stored name of the status and the stem of its catalogue key.
func (s ActorStatus) String() string { return statusNames[s] }

// MarshalText writes the name.
func (s ActorStatus) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads a name.
func (s *ActorStatus) UnmarshalText(name []byte) error {
	i := slices.Index(statusNames[:], string(name))
	if i < 0 {
		return ErrUnreadable
	}
	*s = ActorStatus(i)
	return nil
}

// Actor is an organisation in the cluster.
type Actor struct {
	ID     ActorID
	Name   Text
	Place  Text
	Roles  []Role // at least one; shared, never written to
	Reps   []Representative
	Since  Moment
	Status ActorStatus
}

// Representative is a person who stands for an actor.
type Representative struct {
	Person   PersonID
	Approved bool
}

// Issue is a strategic issue and what became of it.
type Issue struct {
	ID       ItemID
	Number   int
	Title    Text
	Actor    ActorID
	By       PersonID
	At       time.Time
	Fate     Fate
	Into     ItemID // FateMerged
	Reason   Text   // FateDeferred, FateRefused
	Rank     int    // FatePrioritised: of Round
	Round    ItemID
	Decision int // FateDecided: number of the proposal
}

// Round is a USG scoring round.
type Round struct {
	ID         ItemID
	Number     int
	Scale      string
	Issues     []ItemID
	Electorate []Voter
	Opened     time.Time
	Closes     time.Time
	By         PersonID
	Phase      Phase
	Rules      Rules
	Extended   bool
	Since      time.Time                      // of the close in force: the opening or the last extension
	Reminded   Reminded                       // for the close in force
	Ballots    map[ItemID]map[ActorID]*Scores // nil scores: skipped
	Ranking    []Ranked                       // once ended

	voters map[ActorID]RoleSet // of large electorates only, see voterRoles
	said   int                 // actors with at least one ballot
}

// Ballot is an actor's standing position.
type Ballot struct {
	Position Position
	Reason   Text
	By       PersonID
	At       time.Time // to the second
}

// Seat is an actor of a frozen electorate with what it has said, in little space: an electorate is a list of these, so
// that a ballot costs neither a map nor a second copy of the actor. Ballot reads it.
type Seat struct {
	Actor  ActorID  `json:"a"`
	Reason *Text    `json:"reason,omitempty"` // nil for none, as nearly always
	By     PersonID `json:"by,omitempty"`
	At     uint32   `json:"at,omitempty"` // Unix seconds
	Roles  RoleSet  `json:"r"`
	Said   said     `json:"said,omitempty"`
}

// Version is one round of a proposal: a version of its text, its ballots, how it ended. The last one is in force.
type Version struct {
	Text       Text
	Electorate []Seat
	Opened     time.Time
	Closes     time.Time
	Extensions []string  // NotValidYet, LateObjection: once each
	Since      time.Time // of the close in force: the opening or the last extension
	Waived     bool      // coverage
	Reminded   Reminded  // for the close in force
	Reminders  int32     // logged reminders, for the waiver
	Outcome    Outcome   // once closed
	Count      Count     // running
	Contested  []string

	seats map[ActorID]int32  // of large electorates only, see seat
	roles *[groupCount]Count // running, of large electorates only, see Role
}

// Proposal is a consensus item or the majority vote that follows one.
type Proposal struct {
	ID       ItemID
	Number   int
	Method   Method
	Title    Text
	Actor    ActorID
	By       PersonID
	Link     Link
	Rules    Rules
	Phase    Phase
	Reason   Text // Withdrawn, Parked
	Versions []*Version
	Follow   ItemID    // the majority proposal opened after this one
	EndedAt  time.Time // zero while it runs
}

// Now is the version in force.
func (p *Proposal) Now() *Version { return p.Versions[len(p.Versions)-1] }

// StepState is what is known of a step that was ever claimed.
type StepState struct {
	Status    StepStatus
	Evidence  []Evidence
	ClaimedBy ActorID  // empty: the steward or facilitator
	Claimer   PersonID //
	ClaimedAt time.Time
	Verifier  ActorID
	Decision  int  // number of the decision that verified it
	Reason    Text // reopened
}

// Indicator is what the cluster measures.
type Indicator struct {
	ID        ItemID
	Number    int
	Name      Text
	Unit      Text
	Kind      UnitKind
	Direction Direction
	Baseline  *Quantity
	Target    *Quantity
	Reporters Reporters
	Frequency calendar.Frequency
	Cron      string
	Retired   bool
	Since     time.Time

	LastSlot string          // the last slot that fired
	Period   calendar.Period // asked for at LastSlot; empty where that slot was skipped
	Asked    time.Time       // when
	Carried  int             // slots skipped since the last one asked at; the next prompt counts them
	Repeats  int             // reminders sent since LastSlot
	NextSlot string          // the slot that comes next; kept by Apply
	Readings map[calendar.Period]map[ActorID]Reading
	Deferred map[ActorID]string // slot until which an actor asked for delay
}

// Reading is what an actor reported for a period.
type Reading struct {
	Value Quantity
	None  bool // ReadingUnavailable
	Note  Text
	By    PersonID
	At    time.Time
}

// NoticeKind says what a notice tells.
type NoticeKind string

// The kinds of notices, with the fields they fill.
const (
	NoticeFounded          NoticeKind = "founded"
	NoticeActorWaits       NoticeKind = "actor_waits"       // to stewards: Actor
	NoticeActorApproved    NoticeKind = "actor_approved"    // to the actor's representatives but Person, who registered it just now, and a line in the group; Why: the person who approved it
	NoticeActorRefused     NoticeKind = "actor_refused"     // to the actor's representatives; Person refused it, Why: the reason
	NoticeRepWaits         NoticeKind = "rep_waits"         // to co-representatives (or stewards): Actor, Person
	NoticeRepApproved      NoticeKind = "rep_approved"      // to Person; Why: the person who approved it
	NoticeCoVoted          NoticeKind = "co_voted"          // to the actor's other representatives: Item, Actor, Person
	NoticeIssueFate        NoticeKind = "issue_fate"        // to the issue's author: Item
	NoticeRanking          NoticeKind = "ranking"           // group: Item (round)
	NoticeResult           NoticeKind = "result"            // group: Item (proposal), Version
	NoticeExtended         NoticeKind = "extended"          // group: Item, Version, Why
	NoticeRemind           NoticeKind = "remind"            // RemindDay: to representatives of Actors; RemindHours: group
	NoticePrompt           NoticeKind = "prompt"            // to representatives of each of Actors: Item (indicator), Period, Slot
	NoticePromptAgain      NoticeKind = "prompt_again"      // the same, repeated
	NoticeStep             NoticeKind = "step"              // group: Step (claimed, verified, reopened)
	NoticeDigest           NoticeKind = "digest"            // group: Day
	NoticeWithdrawn        NoticeKind = "withdrawn"         // group: Item
	NoticeFacilitatorNamed NoticeKind = "facilitator_named" // to Person
	NoticeChatAttached     NoticeKind = "chat_attached"     // group: Why (platform)
	NoticeChatDetached     NoticeKind = "chat_detached"     // group: Why (platform)
	NoticeChatSilenced     NoticeKind = "chat_silenced"     // to stewards: Why (platform)
)

// Notice is something to be told once. Cards turns each into a Notice card while it is fresh.
type Notice struct {
	Commit  uint64 // number of the commit it comes from
	Seq     int    // within the commit
	At      time.Time
	Kind    NoticeKind
	Item    ItemID
	Actor   ActorID
	Actors  []ActorID
	Person  PersonID
	Step    StepID
	Version int // of a proposal, from 0
	Why     string
	Period  calendar.Period
	Slot    string
	Day     string
	Missed  int
}
