package domain

import "klaster/domain/calendar"

// The commonest events are read without reflection, in about a tenth of the time: a cluster that wakes reads its whole
// journal. A quick form knows nothing but the shape that Encode writes, in the order of the event's fields; whatever
// looks different is left to the JSON decoder, which has the last word on what can be read.
type quickForm struct {
	begins string
	read   func(*cursor) Event
}

// quickForms is never written.
var quickForms = [...]quickForm{
	{`{"type":"cluster_founded","name":`, (*cursor).clusterFounded},
	{`{"type":"charter_changed","key":`, (*cursor).charterChanged},
	{`{"type":"actor_registered","actor":`, (*cursor).actorRegistered},
	{`{"type":"actor_approved","actor":`, (*cursor).actorApproved},
	{`{"type":"issue_raised","issue":`, (*cursor).issueRaised},
	{`{"type":"indicator_defined","indicator":`, (*cursor).indicatorDefined},
	{`{"type":"prompt_due","indicator":`, (*cursor).promptDue},
	{`{"type":"reading_recorded","indicator":`, (*cursor).readingRecorded},
}

// quick reads an event that has a quick form; nil, with nothing read, where that does not fit.
func (c *cursor) quick() Event {
	at, texts := c.i, c.texts
	for i := range quickForms {
		if !c.accept(quickForms[i].begins) {
			continue
		}
		e := quickForms[i].read(c)
		c.literal("}")
		if !c.failed {
			return e
		}
		c.i, c.texts, c.failed = at, texts, false
		return nil
	}
	return nil
}

func (c *cursor) clusterFounded() Event {
	var e ClusterFounded
	e.Name = c.words()
	c.literal(`,"core":`)
	e.Core = c.words()
	c.literal(`,"region":`)
	e.Region = c.words()
	c.literal(`,"lang":`)
	e.Lang = string(c.plain())
	c.literal(`,"zone":`)
	e.Zone = string(c.plain())
	c.literal(`,"steward":`)
	e.Steward = PersonID(c.plain())
	c.literal(`,"chat":{"p":`)
	e.Chat.Platform = Platform(c.plain())
	c.literal(`,"c":`)
	e.Chat.Chat = string(c.plain())
	if c.accept(`,"t":`) {
		e.Chat.Thread = string(c.plain())
	}
	c.literal("}")
	return e
}

func (c *cursor) charterChanged() Event {
	var e CharterChanged
	e.Key = CharterKey(c.plain())
	if c.accept(`,"value":`) {
		e.Value = string(c.plain())
	}
	if c.accept(`,"text":`) {
		e.Text = c.words()
	}
	if c.accept(`,"decision":`) {
		e.Decision = int(c.number())
	}
	return e
}

func (c *cursor) actorRegistered() Event {
	var e ActorRegistered
	e.Actor = ActorID(c.plain())
	c.literal(`,"name":`)
	e.Name = c.words()
	c.literal(`,"roles":[`)
	for more := true; more && !c.failed; more = c.accept(",") {
		var r Role
		c.literal(`{"g":`)
		r.Group = Group(c.small())
		if c.accept(`,"s":`) {
			r.Sub = string(c.plain())
		}
		c.literal("}")
		e.Roles = append(e.Roles, r)
	}
	c.literal("]")
	if c.accept(`,"place":`) {
		e.Place = c.words()
	}
	e.Approved = c.accept(`,"approved":true`)
	return e
}

func (c *cursor) actorApproved() Event { return ActorApproved{ActorID(c.plain())} }

func (c *cursor) issueRaised() Event {
	var e IssueRaised
	e.Issue = ItemID(c.plain())
	c.literal(`,"number":`)
	e.Number = int(c.number())
	c.literal(`,"title":`)
	e.Title = c.words()
	if c.accept(`,"actor":`) {
		e.Actor = ActorID(c.plain())
	}
	return e
}

func (c *cursor) indicatorDefined() Event {
	var e IndicatorDefined
	e.Indicator = ItemID(c.plain())
	c.literal(`,"number":`)
	e.Number = int(c.number())
	c.literal(`,"name":`)
	e.Name = c.words()
	c.literal(`,"unit":`)
	e.Unit = c.words()
	c.literal(`,"kind":`)
	e.Kind = UnitKind(c.plain())
	c.literal(`,"direction":`)
	e.Direction = Direction(c.plain())
	if c.accept(`,"baseline":`) {
		e.Baseline = new(Quantity(c.number()))
	}
	if c.accept(`,"target":`) {
		e.Target = new(Quantity(c.number()))
	}
	c.literal(`,"reporters":{`)
	if c.accept(`"actors":`) {
		e.Reporters.Actors = c.actorIDs()
		if c.accept(`,"groups":`) {
			e.Reporters.Groups = RoleSet(c.small())
		}
	} else if c.accept(`"groups":`) {
		e.Reporters.Groups = RoleSet(c.small())
	}
	c.literal(`},"frequency":`)
	e.Frequency = calendar.Frequency(c.plain())
	c.literal(`,"cron":`)
	e.Cron = string(c.plain())
	return e
}

func (c *cursor) promptDue() Event {
	var e PromptDue
	e.Indicator = ItemID(c.plain())
	c.literal(`,"slot":`)
	e.Slot = string(c.plain())
	c.literal(`,"period":`)
	e.Period = calendar.Period(c.plain())
	if c.accept(`,"actors":`) {
		e.Actors = c.actorIDs()
	}
	if c.accept(`,"missed":`) {
		e.Missed = int(c.number())
	}
	e.Skipped = c.accept(`,"skipped":true`)
	return e
}

func (c *cursor) readingRecorded() Event {
	var e ReadingRecorded
	e.Indicator = ItemID(c.plain())
	c.literal(`,"actor":`)
	e.Actor = ActorID(c.plain())
	c.literal(`,"period":`)
	e.Period = calendar.Period(c.plain())
	c.literal(`,"value":`)
	e.Value = Quantity(c.number())
	if c.accept(`,"note":`) {
		e.Note = c.words()
	}
	return e
}

// actorIDs reads a list of at least one.
func (c *cursor) actorIDs() (ids []ActorID) {
	c.literal("[")
	for more := true; more && !c.failed; more = c.accept(",") {
		ids = append(ids, ActorID(c.plain()))
	}
	c.literal("]")
	return ids
}

// small reads a number of one byte.
func (c *cursor) small() uint8 {
	n := c.number()
	if n < 0 || n > 255 {
		c.failed = true
	}
	return uint8(n)
}

// plain gives a string that stands for itself: printable ASCII without escapes.
func (c *cursor) plain() []byte {
	c.literal(`"`)
	if c.failed {
		return nil
	}
	for start := c.i; c.i < len(c.b); c.i++ {
		switch b := c.b[c.i]; {
		case b == '"':
			c.i++
			return c.b[start : c.i-1]
		case b < ' ' || b > '~' || b == '\\':
			c.failed = true
			return nil
		}
	}
	c.failed = true
	return nil
}

// words reads a text: its digest, in whose place the text is put.
func (c *cursor) words() Text {
	digest := c.plain()
	if c.failed {
		return ""
	}
	return textFor(&c.texts, digest)
}
