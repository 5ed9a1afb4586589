package domain

import (
	"klaster/domain/calendar"
)

// step is the record of a step, made where there is none yet; nil for an unknown step.
func (f *folding) step(id StepID) *StepState {
	if st := f.Steps[id]; st != nil {
		return st
	}
	if _, known := StepNamed(id); !known {
		return nil
	}
	if f.Steps == nil {
		f.Steps = make(map[StepID]*StepState)
	}
	st := &StepState{Status: NotClaimed}
	f.Steps[id] = st
	return st
}

func (f *folding) stepClaimed(e StepClaimed) {
	st := f.step(e.Step)
	if st == nil || st.Status == Verified {
		return
	}
	st.Evidence = append(st.Evidence[:len(st.Evidence):len(st.Evidence)], e.Evidence...)
	if st.Status == Claimed {
		return // more evidence for the claim there is
	}
	st.Status, st.ClaimedBy, st.Claimer, st.ClaimedAt = Claimed, f.actorID(e.Actor), f.by, f.at
	st.Verifier, st.Decision, st.Reason = "", 0, ""
	f.tell(Notice{Kind: NoticeStep, Step: e.Step, Actor: e.Actor, Why: string(Claimed)})
}

func (f *folding) stepVerified(e StepVerified) {
	st := f.step(e.Step)
	if st == nil || st.Status == Verified {
		return
	}
	st.Status, st.Verifier, st.Decision, st.Reason = Verified, f.actorID(e.Actor), e.Decision, ""
	if e.Decision == 0 { // a decision's result tells of its step
		f.tell(Notice{Kind: NoticeStep, Step: e.Step, Actor: e.Actor, Why: string(Verified)})
	}
}

func (f *folding) stepReopened(e StepReopened) {
	st := f.Steps[e.Step]
	if st == nil || st.Status == Reopened {
		return
	}
	st.Status, st.Reason, st.Verifier, st.Decision = Reopened, e.Reason, "", 0
	f.tell(Notice{Kind: NoticeStep, Step: e.Step, Why: string(Reopened)})
}

func (f *folding) indicatorDefined(e IndicatorDefined) {
	if e.Indicator == "" || f.Indicator(e.Indicator) != nil || e.Number != len(f.Indicators)+1 {
		return
	}
	f.Indicators = append(f.Indicators, &Indicator{
		ID: e.Indicator, Number: e.Number, Name: e.Name, Unit: e.Unit, Kind: e.Kind, Direction: e.Direction,
		Baseline: e.Baseline, Target: e.Target, Reporters: e.Reporters, Frequency: e.Frequency, Cron: e.Cron,
		Since: f.at, NextSlot: f.slotAfter(e.Cron, f.at, ""),
	})
}

func (f *folding) indicatorScheduled(e IndicatorScheduled) {
	if n := f.Indicator(e.Indicator); n != nil && !n.Retired {
		n.Cron = e.Cron
		n.NextSlot = f.slotAfter(e.Cron, f.at, n.LastSlot)
	}
}

func (f *folding) indicatorRetired(e IndicatorRetired) {
	if n := f.Indicator(e.Indicator); n != nil {
		n.Retired, n.NextSlot, n.Deferred = true, "", nil
	}
}

func (f *folding) promptDue(e PromptDue) {
	n := f.Indicator(e.Indicator)
	if n == nil || n.Retired || e.Slot <= n.LastSlot {
		return
	}
	slot := calendar.SlotTime(e.Slot, f.Location())
	if slot.IsZero() {
		return
	}
	n.LastSlot, n.Period, n.Asked, n.Repeats, n.Carried, n.Deferred = e.Slot, e.Period, f.at, 0, 0, nil
	if e.Skipped {
		n.Period, n.Carried = "", e.Missed+1
	}
	n.NextSlot = f.slotAfter(n.Cron, slot, e.Slot)
	if len(e.Actors) > 0 {
		f.tell(Notice{Kind: NoticePrompt, Item: n.ID, Actors: e.Actors, Period: e.Period, Slot: e.Slot, Missed: e.Missed})
	}
}

func (f *folding) promptRepeated(e PromptRepeated) {
	n := f.Indicator(e.Indicator)
	if n == nil || n.Retired || e.Slot != n.LastSlot || e.Count < 0 || e.Count > maxRepeats {
		return
	}
	n.Repeats = max(n.Repeats, e.Count)
	if e.Count == 0 {
		for _, a := range e.Actors {
			n.undefer(a)
		}
	}
	if len(e.Actors) > 0 {
		f.tell(Notice{Kind: NoticePromptAgain, Item: n.ID, Actors: e.Actors, Period: e.Period, Slot: e.Slot})
	}
}

func (f *folding) reading(indicator ItemID, actor ActorID, period calendar.Period, r Reading) {
	n := f.Indicator(indicator)
	if n == nil || f.Actor(actor) == nil || period.Frequency() != n.Frequency || n.Frequency == "" {
		return
	}
	if n.Readings == nil {
		n.Readings = make(map[calendar.Period]map[ActorID]Reading)
	}
	if n.Readings[period] == nil {
		n.Readings[period] = make(map[ActorID]Reading)
	}
	r.By, r.At = f.by, f.at
	n.Readings[period][f.actorID(actor)] = r
	if period == n.Period {
		n.undefer(actor)
	}
}

func (f *folding) readingDeferred(e ReadingDeferred) {
	n := f.Indicator(e.Indicator)
	if n == nil || n.Retired || f.Actor(e.Actor) == nil || e.Period != n.Period || e.Period == "" ||
		calendar.SlotTime(e.Until, f.Location()).IsZero() {
		return
	}
	if n.Deferred == nil {
		n.Deferred = make(map[ActorID]string)
	}
	n.Deferred[f.actorID(e.Actor)] = e.Until
}

func (n *Indicator) undefer(a ActorID) {
	delete(n.Deferred, a)
	if len(n.Deferred) == 0 {
		n.Deferred = nil
	}
}
