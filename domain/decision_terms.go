package domain

// Method is how a proposal is decided.
type Method string

const (
	Consensus Method = "consensus" // musyawarah untuk mufakat
	Majority  Method = "majority"  // suara terbanyak; only after a failed consensus round on record
)

// Position is what an actor says about a proposal.
type Position string

const (
	Agree         Position = "agree"
	AgreeWithNote Position = "note"    // text required; counts as agree
	Abstain       Position = "abstain" // counts for quorum, takes no side
	Object        Position = "object"  // consensus: text required; majority: "against", no text
	Block         Position = "block"   // consensus only; text required
)

// NeedsReason says whether the position is recorded only together with a text.
func (p Position) NeedsReason(m Method) bool {
	return m == Consensus && (p == AgreeWithNote || p == Object || p == Block)
}

// Positions lists what can be said under a method, in the order of the buttons.
func Positions(m Method) []Position {
	if m == Majority {
		return []Position{Agree, Abstain, Object}
	}
	return []Position{Agree, AgreeWithNote, Abstain, Object, Block}
}

// Outcome is how a proposal ended.
type Outcome string

const (
	Unanimous   Outcome = "unanimous"
	WithDissent Outcome = "with_dissent"
	Contested   Outcome = "contested" // overall test met, a role test fails
	Blocked     Outcome = "blocked"
	NotReached  Outcome = "not_reached"
	Lapsed      Outcome = "lapsed" // not valid after the extension; never called rejected
	ByMajority  Outcome = "majority"
	NoMajority  Outcome = "no_majority"
)

// Adopted says whether the outcome makes the proposal a decision.
func (o Outcome) Adopted() bool { return o == Unanimous || o == WithDissent || o == ByMajority }

// Phase is where a proposal or scoring round stands.
type Phase string

const (
	Open        Phase = "open"
	Extended    Phase = "extended"
	Integration Phase = "integration" // contested or blocked: waits for the next version of the text
	Ended       Phase = "ended"
	Withdrawn   Phase = "withdrawn"
	Parked      Phase = "parked"
)

// Running says whether ballots are taken.
func (p Phase) Running() bool { return p == Open || p == Extended }

// Fate is what became of an issue.
type Fate string

const (
	FateOpen        Fate = "open"
	FateMerged      Fate = "merged"
	FatePrioritised Fate = "prioritised"
	FateDecided     Fate = "decided"
	FateDeferred    Fate = "deferred"
	FateRefused     Fate = "refused"
)

// Link says what a proposal settles when adopted. At most one of Step and Charter is set.
type Link struct {
	Step    StepID     `json:"step,omitempty"`
	Issue   ItemID     `json:"issue,omitempty"`
	Charter CharterKey `json:"charter,omitempty"`
	Value   string     `json:"value,omitempty"` // of Charter
	After   ItemID     `json:"after,omitempty"` // majority: the consensus proposal it follows
}

// Voter is one actor of a frozen electorate, with the role groups it had then.
type Voter struct {
	Actor ActorID `json:"a"`
	Roles RoleSet `json:"r"`
}

// Criterion is one of U, S, G; its name and the meanings of 1 to 5 are in the catalogue under "usg.<name>".
type Criterion string

const (
	Urgency     Criterion = "urgency"
	Seriousness Criterion = "seriousness"
	Growth      Criterion = "growth"
)

// USG lists the criteria in the order in which ties are broken: S, U, G is the tie order, U, S, G the order of asking.
func USG() [3]Criterion { return [3]Criterion{Urgency, Seriousness, Growth} }

// Scores is one actor's ballot on one issue in the order of USG; 1 to 5 each.
type Scores [3]uint8

// Ranked is one line of a scoring result. Sums are exact: Mean is Total / (3 * Voters).
type Ranked struct {
	Issue       ItemID `json:"i"`
	Rank        int    `json:"r,omitempty"` // 1, 2, 2, 4; 0: too few scores
	Voters      int    `json:"n"`
	Totals      [3]int `json:"t"` // per criterion, over the actors who scored it
	Spread      int    `json:"s"` // highest minus lowest actor sum (3 to 15)
	RoleMeanX   int    `json:"m"` // mean of role means, in thousandths of a point, for display
	RolesDiffer bool   `json:"d,omitempty"`
}
