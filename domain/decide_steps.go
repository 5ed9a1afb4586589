package domain

import (
	"strings"
)

// Bounds of what supports one step.
const (
	maxEvidence     = 50 // pieces per step
	maxEvidenceSent = 10 // pieces per claim
	maxFileID       = 512
)

// gatePassed refuses steps whose stage has not begun: leaving stage 1 or 2 needs its gate.
func (d deciding) gatePassed(step Step) *Error {
	gate, has := GateBefore(step.Stage)
	if has && d.Step(gate).Status != Verified {
		return Refuse(NotYet, "step.gate_first", "step", step.ID, "gate", gate)
	}
	return nil
}

// workable finds a step that is ticked by people, not by a decision.
func workable(id StepID) (Step, *Error) {
	step, known := StepNamed(id)
	switch {
	case !known:
		return step, Refuse(NotFound, "step.unknown")
	case step.Gate:
		return step, Refuse(NotAllowed, "step.gate", "step", id)
	}
	return step, nil
}

func (d deciding) claimStep(c ClaimStep) ([]Event, *Error) {
	step, refusal := workable(c.Step)
	if refusal != nil {
		return nil, refusal
	}
	actor, refusal := d.speaker(c.Actor)
	if refusal != nil {
		return nil, refusal
	}
	if refusal := d.gatePassed(step); refusal != nil {
		return nil, refusal
	}
	st := d.Step(step.ID)
	var evidence []Evidence
	for _, e := range c.Evidence {
		e, refusal := d.evidence(e, actor)
		if refusal != nil {
			return nil, refusal
		}
		if !has(st.Evidence, e) && !has(evidence, e) {
			evidence = append(evidence, e)
		}
	}
	switch {
	case st.Status == Verified:
		return nil, Refuse(Already, "step.verified", "step", step.ID)
	case len(evidence) > maxEvidenceSent:
		return nil, Refuse(Invalid, "evidence.too_many", "max", maxEvidenceSent)
	case len(st.Evidence)+len(evidence) > maxEvidence:
		return nil, Refuse(Invalid, "evidence.full", "step", step.ID, "max", maxEvidence)
	case st.Status == Claimed && len(evidence) == 0:
		return unchanged()
	}
	return happened(StepClaimed{Step: step.ID, Actor: actor, Evidence: evidence})
}

// has says whether the same piece is there already, whoever brought it.
func has(list []Evidence, e Evidence) bool {
	for _, old := range list {
		if old.Kind == e.Kind && old.Text == e.Text && old.File == e.File {
			return true
		}
	}
	return false
}

func (d deciding) evidence(e Evidence, by ActorID) (Evidence, *Error) {
	e.By = by
	var refusal *Error
	switch e.Kind {
	case EvidenceText:
		e.File = ""
		e.Text, refusal = needed(e.Text, MaxText)
	case EvidenceLink:
		e.File = ""
		e.Text, refusal = needed(e.Text, MaxText)
		if refusal == nil && !isLink(string(e.Text)) {
			refusal = Refuse(Invalid, "evidence.link")
		}
	case EvidenceFile:
		e.Text, refusal = optional(e.Text, MaxTitle)
		if refusal == nil && (e.File == "" || len(e.File) > maxFileID) {
			refusal = Refuse(Invalid, "evidence.file")
		}
	default:
		refusal = Refuse(Invalid, "evidence.kind")
	}
	return e, refusal
}

// isLink accepts http and https addresses with a host and without blanks. They are shown, never fetched.
func isLink(address string) bool {
	scheme, rest, found := strings.Cut(address, "://")
	scheme = strings.ToLower(scheme)
	host, _, _ := strings.Cut(rest, "/")
	return found && (scheme == "http" || scheme == "https") && host != "" && !strings.ContainsAny(address, " \t\r\n\"<>")
}

// verifyStep needs evidence and a second pair of eyes: the facilitator, or an actor other than the one that claims.
func (d deciding) verifyStep(c VerifyStep) ([]Event, *Error) {
	step, refusal := workable(c.Step)
	if refusal != nil {
		return nil, refusal
	}
	st := d.Step(step.ID)
	verifier, refusal := d.verifier(c.Actor, st)
	switch {
	case refusal != nil:
		return nil, refusal
	case st.Status == Verified:
		return nil, Refuse(Already, "step.verified", "step", step.ID)
	case st.Status != Claimed:
		return nil, Refuse(NotYet, "step.not_claimed", "step", step.ID)
	case len(st.Evidence) == 0:
		return nil, Refuse(NotYet, "step.no_evidence", "step", step.ID)
	case st.Claimer == d.by.Person && d.by.Person != "":
		return nil, Refuse(NotAllowed, "step.own_claim", "step", step.ID)
	case verifier != "" && verifier == st.ClaimedBy:
		return nil, Refuse(NotAllowed, "step.own_claim", "step", step.ID)
	}
	return happened(StepVerified{Step: step.ID, Actor: verifier})
}

// verifier finds for whom By confirms: as facilitator for nobody, else for one of its actors, by preference one that
// did not claim the step.
func (d deciding) verifier(named ActorID, st StepState) (ActorID, *Error) {
	if named == "" && d.facilitator() {
		return "", nil
	}
	if named == "" {
		var others []*Actor
		for _, a := range d.Represents(d.by.Person) {
			if a.ID != st.ClaimedBy {
				others = append(others, a)
			}
		}
		if len(others) == 1 {
			return others[0].ID, nil
		}
	}
	a, refusal := d.member(named)
	if refusal != nil {
		return "", refusal
	}
	return a.ID, nil
}

// reopenStep takes a step back into work. What the group decided (a gate) is reopened by a steward or the facilitator
// only.
func (d deciding) reopenStep(c ReopenStep) ([]Event, *Error) {
	step, known := StepNamed(c.Step)
	if !known {
		return nil, Refuse(NotFound, "step.unknown")
	}
	if !d.steward() && !d.facilitator() {
		if step.Gate {
			return nil, Refuse(NotSteward, "officer.only")
		}
		if len(d.Represents(d.by.Person)) == 0 {
			return nil, d.notMember()
		}
	}
	reason, refusal := needed(c.Reason, MaxReason)
	if refusal != nil {
		return nil, refusal
	}
	switch d.Step(step.ID).Status {
	case Claimed, Verified:
		return happened(StepReopened{Step: step.ID, Reason: reason})
	case Reopened:
		return nil, Refuse(Already, "step.reopened", "step", step.ID)
	}
	return nil, Refuse(NotYet, "step.not_claimed", "step", step.ID)
}
