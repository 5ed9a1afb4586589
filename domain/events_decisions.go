package domain

import "time"

// ProposalOpened opens a proposal and freezes its electorate and rules.
//
//	{"proposal":"D9…","number":7,"method":"consensus","title":"…","text":"…","actor":"A3…","link":{"step":"1.6"},
//	 "electorate":[{"a":"A3…","r":1}],"closes":"2026-12-04T10:00:00Z","rules":{"q":50,"a":75,"r":2,"d":14}}
type ProposalOpened struct {
	Proposal   ItemID    `json:"proposal"`
	Number     int       `json:"number"`
	Method     Method    `json:"method"`
	Title      Text      `json:"title"`
	Text       Text      `json:"text,omitempty"` // empty: the title says it all
	Actor      ActorID   `json:"actor,omitempty"`
	Link       Link      `json:"link,omitzero"`
	Electorate []Voter   `json:"electorate"`
	Closes     time.Time `json:"closes"`
	Rules      Rules     `json:"rules"`
}

func (ProposalOpened) EventType() string { return "proposal_opened" }
func (e ProposalOpened) mapTexts(f func(Text) Text) Event {
	e.Title, e.Text = f(e.Title), f(e.Text)
	return e
}

// VoteCast records an actor's position. The latest before the close counts.
//
//	{"proposal":"D9…","actor":"A3…","position":"object","reason":"…"}
type VoteCast struct {
	Proposal ItemID   `json:"proposal"`
	Actor    ActorID  `json:"actor"`
	Position Position `json:"position"`
	Reason   Text     `json:"reason,omitempty"`
}

func (VoteCast) EventType() string                  { return "vote_cast" }
func (e VoteCast) mapTexts(f func(Text) Text) Event { e.Reason = f(e.Reason); return e }

// VoterStruck takes an actor that left out of an open item's electorate, with its ballot.
//
//	{"item":"D9…","actor":"A3…"}
type VoterStruck struct {
	Item  ItemID  `json:"item"`
	Actor ActorID `json:"actor"`
}

func (VoterStruck) EventType() string                { return "voter_struck" }
func (e VoterStruck) mapTexts(func(Text) Text) Event { return e }

// Why an item's close was moved.
const (
	NotValidYet   = "not_valid"      // quorum or coverage missing at the close
	LateObjection = "late_objection" // a block or objection came in the last 24 hours
)

// ItemExtended moves the close once per reason and round.
//
//	{"item":"D9…","closes":"2026-12-11T10:00:00Z","why":"not_valid"}
type ItemExtended struct {
	Item   ItemID    `json:"item"`
	Closes time.Time `json:"closes"`
	Why    string    `json:"why"`
}

func (ItemExtended) EventType() string                { return "item_extended" }
func (e ItemExtended) mapTexts(func(Text) Text) Event { return e }

// CoverageWaived lets a proposal be valid without the missing roles; it is printed.
//
//	{"item":"D9…"}
type CoverageWaived struct {
	Item ItemID `json:"item"`
}

func (CoverageWaived) EventType() string                { return "coverage_waived" }
func (e CoverageWaived) mapTexts(func(Text) Text) Event { return e }

// The reminders of an open item.
const (
	RemindHalf  = "half"  // half time: a line in the next digest
	RemindDay   = "day"   // 24 h before the close: private notes to the missing
	RemindHours = "hours" // 3 h before the close: a group line naming the missing actors
)

// VotersReminded has the actors that have said nothing yet reminded.
//
//	{"item":"D9…","kind":"day","missing":["A4…"]}
type VotersReminded struct {
	Item    ItemID    `json:"item"`
	Kind    string    `json:"kind"`
	Missing []ActorID `json:"missing"`
}

func (VotersReminded) EventType() string                { return "voters_reminded" }
func (e VotersReminded) mapTexts(func(Text) Text) Event { return e }

// TextRevised starts the next round of a proposal: a new version of the text, positions reset, the electorate anew.
//
//	{"proposal":"D9…","version":2,"text":"…","electorate":[…],"closes":"…"}
type TextRevised struct {
	Proposal   ItemID    `json:"proposal"`
	Version    int       `json:"version"`
	Text       Text      `json:"text"`
	Electorate []Voter   `json:"electorate"`
	Closes     time.Time `json:"closes"`
}

func (TextRevised) EventType() string                  { return "text_revised" }
func (e TextRevised) mapTexts(f func(Text) Text) Event { e.Text = f(e.Text); return e }

// Count is the state of a ballot in numbers.
type Count struct {
	Electorate int `json:"e"`
	Agree      int `json:"a"` // with or without note
	Note       int `json:"n,omitempty"`
	Abstain    int `json:"b,omitempty"`
	Object     int `json:"d,omitempty"`
	Block      int `json:"x,omitempty"`
}

// Cast is the number of ballots, abstentions included.
func (c Count) Cast() int { return c.Agree + c.Abstain + c.Object + c.Block }

// ProposalClosed fixes the outcome of a round. Contested and blocked lead to an integration round while the charter
// allows one, and are final otherwise.
//
//	{"proposal":"D9…","outcome":"with_dissent","count":{"e":13,"a":10,"d":1},"contested":["supplier"],"next":"integration"}
type ProposalClosed struct {
	Proposal  ItemID   `json:"proposal"`
	Outcome   Outcome  `json:"outcome"`
	Count     Count    `json:"count"`
	Contested []string `json:"contested,omitempty"` // names of the groups whose role test failed
	Next      Phase    `json:"next"`                // Integration or Ended
}

func (ProposalClosed) EventType() string                { return "proposal_closed" }
func (e ProposalClosed) mapTexts(func(Text) Text) Event { return e }

// ItemWithdrawn ends an open item without a result.
//
//	{"item":"D9…","reason":"…"}
type ItemWithdrawn struct {
	Item   ItemID `json:"item"`
	Reason Text   `json:"reason,omitempty"`
}

func (ItemWithdrawn) EventType() string                  { return "item_withdrawn" }
func (e ItemWithdrawn) mapTexts(f func(Text) Text) Event { e.Reason = f(e.Reason); return e }

// ItemParked sets a proposal that was not reached aside; it can be proposed anew.
//
//	{"item":"D9…","reason":"…"}
type ItemParked struct {
	Item   ItemID `json:"item"`
	Reason Text   `json:"reason,omitempty"`
}

func (ItemParked) EventType() string                  { return "item_parked" }
func (e ItemParked) mapTexts(f func(Text) Text) Event { e.Reason = f(e.Reason); return e }
