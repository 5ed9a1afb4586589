package domain

import (
	"encoding/json"
	"fmt"
)

// eventForm is how the events of one type are stored.
type eventForm struct {
	name   string
	decode func(fields []byte) (Event, error)
}

// form describes a type that is stored as its JSON fields.
func form[E Event]() eventForm {
	var zero E
	return eventForm{zero.EventType(), func(fields []byte) (Event, error) {
		var e E
		err := json.Unmarshal(fields, &e)
		return e, err
	}}
}

// eventForms lists every type of event; a type that is not here cannot be read back. It is never written.
var eventForms = [...]eventForm{
	form[ClusterFounded](), form[CharterChanged](), form[StewardNamed](), form[FacilitatorNamed](),
	form[ChatAttached](), form[ChatMoved](), form[ChatSuspended](), form[ChatResumed](),
	form[ChatDetached](), form[ChatHearingSet](), form[PersonLinked](), form[PersonForgotten](), form[DigestDue](),

	form[ActorRegistered](), form[ActorApproved](), form[ActorRefused](), form[ActorChanged](), form[ActorLeft](),
	form[RepresentativeJoined](), form[RepresentativeApproved](), form[RepresentativeLeft](),

	form[IssueRaised](), form[IssueMerged](), form[IssueSettled](),
	form[RoundOpened](), form[ScoresCast](), form[RoundClosed](),

	form[ProposalOpened](), form[VoteCast](), form[VoterStruck](), form[ItemExtended](), form[CoverageWaived](),
	form[VotersReminded](), form[TextRevised](), form[ProposalClosed](), form[ItemWithdrawn](), form[ItemParked](),

	form[StepClaimed](), form[StepVerified](), form[StepReopened](),
	form[IndicatorDefined](), form[IndicatorScheduled](), form[IndicatorRetired](),
	form[PromptDue](), form[PromptRepeated](),
	form[ReadingRecorded](), form[ReadingUnavailable](), form[ReadingDeferred](),
}

// EventTypes lists the stored names of all events.
func EventTypes() []string {
	var names []string
	for _, f := range eventForms {
		names = append(names, f.name)
	}
	return names
}

// shortForms are the ballots, which make up most of a journal:
//
//	["vote_cast","D9…","A3…","agree"]             proposal, actor, position, digest of the reason where there is one
//	["scores_cast","R4…","A3…","K1…",[5,4,3]]     round, actor, issue, scores or null
const (
	shortVote   = `["vote_cast",`
	shortScores = `["scores_cast",`
)

func appendEvent(b []byte, e Event, texts *textWriter) ([]byte, error) {
	switch e := e.(type) {
	case nil:
		return nil, fmt.Errorf("%w: no event", ErrUnreadable)
	case VoteCast:
		b = append(b, shortVote...)
		b = appendString(b, string(e.Proposal))
		b = append(b, ',')
		b = appendString(b, string(e.Actor))
		b = append(b, ',')
		b = appendString(b, string(e.Position))
		if e.Reason != "" {
			b = append(b, ',')
			b = appendString(b, string(texts.digest(e.Reason)))
		}
		return append(b, ']'), nil
	case ScoresCast:
		b = append(b, shortScores...)
		b = appendString(b, string(e.Round))
		b = append(b, ',')
		b = appendString(b, string(e.Actor))
		b = append(b, ',')
		b = appendString(b, string(e.Issue))
		if s := e.Scores; s != nil && s.valid() {
			return append(b, ',', '[', '0'+s[0], ',', '0'+s[1], ',', '0'+s[2], ']', ']'), nil
		}
		return append(b, ",null]"...), nil
	}
	fields, err := json.Marshal(e.mapTexts(texts.digest))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", e.EventType(), err)
	}
	return withType(b, e.EventType(), fields), nil
}

// event reads one event.
func (c *cursor) event() (Event, error) {
	switch {
	case c.accept(shortVote):
		var e VoteCast
		e.Proposal = c.itemID()
		c.literal(",")
		e.Actor = ActorID(c.text())
		c.literal(",")
		e.Position = c.position()
		if c.accept(",") {
			e.Reason = c.texts.text(Text(c.text()))
		}
		c.literal("]")
		return e, c.broken()
	case c.accept(shortScores):
		var e ScoresCast
		e.Round = c.itemID()
		c.literal(",")
		e.Actor = ActorID(c.text())
		c.literal(",")
		e.Issue = ItemID(c.text())
		if !c.accept(",null]") {
			e.Scores = c.scores()
			c.literal("]")
		}
		return e, c.broken()
	}
	if e := c.quick(); e != nil {
		return e, nil
	}
	fields := c.object()
	if c.failed {
		return nil, ErrUnreadable
	}
	name, err := typeOf(fields)
	if err != nil {
		return nil, err
	}
	for i := range eventForms {
		if eventForms[i].name == name {
			e, err := eventForms[i].decode(fields)
			if err != nil {
				return nil, fmt.Errorf("%w: %s: %w", ErrUnreadable, name, err)
			}
			return e.mapTexts(c.texts.text), nil
		}
	}
	return nil, fmt.Errorf("%w: unknown event type", ErrUnreadable)
}

// typeOf reads an event's type, which Encode writes first; only an upgraded record may have it elsewhere.
func typeOf(fields []byte) (string, error) {
	c := cursor{b: fields}
	if c.accept(`{"type":`) {
		if name := c.text(); !c.failed {
			return name, nil
		}
	}
	var head struct {
		Type string `json:"type"`
	}
	if err := json.Unmarshal(fields, &head); err != nil {
		return "", fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	return head.Type, nil
}

func (c *cursor) broken() error {
	if c.failed {
		return ErrUnreadable
	}
	return nil
}

// position shares the constants instead of keeping a copy per ballot.
func (c *cursor) position() Position {
	inside, _ := c.quoted()
	for _, p := range Positions(Consensus) {
		if string(inside) == string(p) {
			return p
		}
	}
	return Position(inside)
}

func (c *cursor) scores() *Scores {
	var s Scores
	for i, before := range [...]string{",[", ",", ","} {
		c.literal(before)
		n := c.number()
		if n < 1 || n > 5 {
			c.failed = true
			return nil
		}
		s[i] = uint8(n)
	}
	c.literal("]")
	return &s
}
