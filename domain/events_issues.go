package domain

import "time"

// IssueRaised records a strategic issue. Number is shown as I5.
//
//	{"issue":"K2…","number":5,"title":"Bahan baku rotan langka","actor":"A3…"}
type IssueRaised struct {
	Issue  ItemID  `json:"issue"`
	Number int     `json:"number"`
	Title  Text    `json:"title"`
	Actor  ActorID `json:"actor,omitempty"` // empty: raised by a steward or facilitator who represents no actor
}

func (IssueRaised) EventType() string                  { return "issue_raised" }
func (e IssueRaised) mapTexts(f func(Text) Text) Event { e.Title = f(e.Title); return e }

// IssueMerged lets one issue live on in another.
//
//	{"issue":"K2…","into":"K1…"}
type IssueMerged struct {
	Issue ItemID `json:"issue"`
	Into  ItemID `json:"into"`
}

func (IssueMerged) EventType() string                { return "issue_merged" }
func (e IssueMerged) mapTexts(func(Text) Text) Event { return e }

// IssueSettled gives an issue another fate than being merged or ranked. Decision is the proposal's number for
// "decided". "open" reopens it.
//
//	{"issue":"K2…","fate":"deferred","reason":"…"}
type IssueSettled struct {
	Issue    ItemID `json:"issue"`
	Fate     Fate   `json:"fate"`
	Reason   Text   `json:"reason,omitempty"`
	Decision int    `json:"decision,omitempty"`
}

func (IssueSettled) EventType() string                  { return "issue_settled" }
func (e IssueSettled) mapTexts(f func(Text) Text) Event { e.Reason = f(e.Reason); return e }

// RoundOpened opens a USG scoring round on issues. Scale names the meanings of the scores in force ("usg-1"), so that a
// later change of wording does not change what was asked.
//
//	{"round":"R4…","number":6,"scale":"usg-1","issues":["K1…","K2…"],"electorate":[{"a":"A3…","r":1}],"closes":"2026-12-04T10:00:00Z","rules":{"d":5}}
type RoundOpened struct {
	Round      ItemID    `json:"round"`
	Number     int       `json:"number"`
	Scale      string    `json:"scale"`
	Issues     []ItemID  `json:"issues"`
	Electorate []Voter   `json:"electorate"`
	Closes     time.Time `json:"closes"`
	Rules      Rules     `json:"rules"`
}

func (RoundOpened) EventType() string                { return "round_opened" }
func (e RoundOpened) mapTexts(func(Text) Text) Event { return e }

// ScoresCast records one actor's scores of one issue; nil scores mean that the actor skips it. The newest stands.
//
//	{"round":"R4…","actor":"A3…","issue":"K1…","scores":[5,4,3]}
type ScoresCast struct {
	Round  ItemID  `json:"round"`
	Actor  ActorID `json:"actor"`
	Issue  ItemID  `json:"issue"`
	Scores *Scores `json:"scores,omitempty"`
}

func (ScoresCast) EventType() string                { return "scores_cast" }
func (e ScoresCast) mapTexts(func(Text) Text) Event { return e }

// RoundClosed fixes the ranking, best first, issues with too few scores last.
//
//	{"round":"R4…","ranking":[{"i":"K1…","r":1,"n":4,"t":[18,17,15],"s":3,"m":4250}]}
type RoundClosed struct {
	Round   ItemID   `json:"round"`
	Ranking []Ranked `json:"ranking"`
}

func (RoundClosed) EventType() string                { return "round_closed" }
func (e RoundClosed) mapTexts(func(Text) Text) Event { return e }
