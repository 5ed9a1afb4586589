package domain

import (
	"slices"

	"klaster/domain/calendar"
)

// EvidenceKind says what a piece of evidence is.
type EvidenceKind string

const (
	EvidenceText EvidenceKind = "text"
	EvidenceLink EvidenceKind = "link" // http or https; never fetched
	EvidenceFile EvidenceKind = "file" // photo or document kept by the platform
)

// Evidence supports a step.
type Evidence struct {
	Kind EvidenceKind `json:"kind"`
	Text Text         `json:"text"`           // the words, the address, or the file's name
	File string       `json:"file,omitempty"` // the platform's file id, opaque
	By   ActorID      `json:"by,omitempty"`
}

// StepClaimed reports a step as done, or adds evidence to a claimed one.
//
//	{"step":"1.3","actor":"A3…","evidence":[{"kind":"link","text":"https://…"}]}
type StepClaimed struct {
	Step     StepID     `json:"step"`
	Actor    ActorID    `json:"actor,omitempty"` // empty: the steward or facilitator
	Evidence []Evidence `json:"evidence,omitempty"`
}

func (StepClaimed) EventType() string { return "step_claimed" }
func (e StepClaimed) mapTexts(f func(Text) Text) Event {
	evidence := slices.Clone(e.Evidence)
	for i := range evidence {
		evidence[i].Text = f(evidence[i].Text)
	}
	e.Evidence = evidence
	return e
}

// StepVerified confirms a claimed step: a second actor, the facilitator (no actor), or an adopted decision.
//
//	{"step":"1.6","decision":7}
type StepVerified struct {
	Step     StepID  `json:"step"`
	Actor    ActorID `json:"actor,omitempty"`
	Decision int     `json:"decision,omitempty"`
}

func (StepVerified) EventType() string                { return "step_verified" }
func (e StepVerified) mapTexts(func(Text) Text) Event { return e }

// StepReopened takes a step back into work.
//
//	{"step":"1.3","reason":"…"}
type StepReopened struct {
	Step   StepID `json:"step"`
	Reason Text   `json:"reason"`
}

func (StepReopened) EventType() string                  { return "step_reopened" }
func (e StepReopened) mapTexts(f func(Text) Text) Event { e.Reason = f(e.Reason); return e }

// Quantity is an exact decimal number in ten-thousandths: 12,5 is 125000.
type Quantity int64

// UnitKind says how an indicator's values are read and written.
type UnitKind string

const (
	UnitNumber  UnitKind = "number"
	UnitMoney   UnitKind = "money" // rupiah
	UnitPercent UnitKind = "percent"
)

// Direction says which way is better.
type Direction string

const (
	Up   Direction = "up"
	Down Direction = "down"
)

// Reporters says who is asked for an indicator's values: named actors, or every approved actor of a group.
type Reporters struct {
	Actors []ActorID `json:"actors,omitempty"`
	Groups RoleSet   `json:"groups,omitempty"` // all six bits: every actor
}

// IndicatorDefined records what is measured, who reports it, how often, and when they are asked.
//
//	{"indicator":"N1…","number":1,"name":"Omzet anggota","unit":"rupiah","kind":"money","direction":"up","baseline":120000000000,
//	 "target":150000000000,"reporters":{"groups":1},"frequency":"quarterly","cron":"0 9 1 1,4,7,10 *"}
type IndicatorDefined struct {
	Indicator ItemID             `json:"indicator"`
	Number    int                `json:"number"` // shown as N1
	Name      Text               `json:"name"`
	Unit      Text               `json:"unit"`
	Kind      UnitKind           `json:"kind"`
	Direction Direction          `json:"direction"`
	Baseline  *Quantity          `json:"baseline,omitempty"`
	Target    *Quantity          `json:"target,omitempty"`
	Reporters Reporters          `json:"reporters"`
	Frequency calendar.Frequency `json:"frequency"`
	Cron      string             `json:"cron"` // five fields, civil time of the cluster's zone
}

func (IndicatorDefined) EventType() string { return "indicator_defined" }
func (e IndicatorDefined) mapTexts(f func(Text) Text) Event {
	e.Name, e.Unit = f(e.Name), f(e.Unit)
	return e
}

// IndicatorScheduled changes when an indicator's values are asked for.
//
//	{"indicator":"N1…","cron":"0 9 * * 1"}
type IndicatorScheduled struct {
	Indicator ItemID `json:"indicator"`
	Cron      string `json:"cron"`
}

func (IndicatorScheduled) EventType() string                { return "indicator_scheduled" }
func (e IndicatorScheduled) mapTexts(func(Text) Text) Event { return e }

// IndicatorRetired stops asking; the readings stay.
//
//	{"indicator":"N1…"}
type IndicatorRetired struct {
	Indicator ItemID `json:"indicator"`
}

func (IndicatorRetired) EventType() string                { return "indicator_retired" }
func (e IndicatorRetired) mapTexts(func(Text) Text) Event { return e }

// PromptDue asks the actors that have no reading yet for the period. Slot is civil time in the cluster's zone; Missed
// counts earlier slots that passed while nobody was awake. With no actors (everybody has reported, or the slot was found
// so late that asking would confuse: Skipped) it only marks the slot as fired.
//
//	{"indicator":"N1…","slot":"2026-10-01T09:00","period":"2026-Q3","actors":["A3…"],"missed":0}
type PromptDue struct {
	Indicator ItemID          `json:"indicator"`
	Slot      string          `json:"slot"`
	Period    calendar.Period `json:"period"`
	Actors    []ActorID       `json:"actors,omitempty"`
	Missed    int             `json:"missed,omitempty"`
	Skipped   bool            `json:"skipped,omitempty"`
}

func (PromptDue) EventType() string                { return "prompt_due" }
func (e PromptDue) mapTexts(func(Text) Text) Event { return e }

// PromptRepeated reminds those still missing, three and seven days after the slot, or one actor that asked for a day's
// delay.
//
//	{"indicator":"N1…","slot":"2026-10-01T09:00","period":"2026-Q3","actors":["A3…"],"count":1}
type PromptRepeated struct {
	Indicator ItemID          `json:"indicator"`
	Slot      string          `json:"slot"`
	Period    calendar.Period `json:"period"`
	Actors    []ActorID       `json:"actors"`
	Count     int             `json:"count"` // 1, 2; 0: a delay that ran out
}

func (PromptRepeated) EventType() string                { return "prompt_repeated" }
func (e PromptRepeated) mapTexts(func(Text) Text) Event { return e }

// ReadingRecorded stores one value; the newest for an actor and period stands.
//
//	{"indicator":"N1…","actor":"A3…","period":"2026-Q3","value":135000000000}
type ReadingRecorded struct {
	Indicator ItemID          `json:"indicator"`
	Actor     ActorID         `json:"actor"`
	Period    calendar.Period `json:"period"`
	Value     Quantity        `json:"value"`
	Note      Text            `json:"note,omitempty"`
}

func (ReadingRecorded) EventType() string                  { return "reading_recorded" }
func (e ReadingRecorded) mapTexts(f func(Text) Text) Event { e.Note = f(e.Note); return e }

// ReadingUnavailable records that there is no value for the period; reminders stop, the gap is shown.
//
//	{"indicator":"N1…","actor":"A3…","period":"2026-Q3","reason":"…"}
type ReadingUnavailable struct {
	Indicator ItemID          `json:"indicator"`
	Actor     ActorID         `json:"actor"`
	Period    calendar.Period `json:"period"`
	Reason    Text            `json:"reason,omitempty"`
}

func (ReadingUnavailable) EventType() string                  { return "reading_unavailable" }
func (e ReadingUnavailable) mapTexts(f func(Text) Text) Event { e.Reason = f(e.Reason); return e }

// ReadingDeferred asks again at the given slot.
//
//	{"indicator":"N1…","actor":"A3…","period":"2026-Q3","until":"2026-10-02T09:00"}
type ReadingDeferred struct {
	Indicator ItemID          `json:"indicator"`
	Actor     ActorID         `json:"actor"`
	Period    calendar.Period `json:"period"`
	Until     string          `json:"until"`
}

func (ReadingDeferred) EventType() string                { return "reading_deferred" }
func (e ReadingDeferred) mapTexts(func(Text) Text) Event { return e }
