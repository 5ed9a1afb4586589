package commands

import "klaster/domain"

// shownEvidence is how many pieces of evidence are listed; the newest are.
const shownEvidence = 8

// oneStep explains a step and shows how far it is.
func (v voice) oneStep(id domain.StepID) Rich {
	key := "step." + string(id)
	step, _ := domain.StepNamed(id)
	out := v.say("step.one", "step", v.stepName(id), "status", v.stepStatus(id), "meaning", v.line(key+".meaning"))
	out = append(out, v.say("step.one_deliverable", "deliverable", v.line(key+".deliverable"))...)
	out = append(out, v.say("step.one_proof", "proof", v.line(key+".proof"))...)
	out = append(out, v.say("step.one_who", "who", v.line(key+".who"))...)
	out = append(out, v.stepRecord(id)...)
	switch gate, gated := domain.GateBefore(step.Stage); {
	case step.Gate && v.s.Step(id).Status != domain.Verified:
		out = append(out, v.say("step.one_gate", "command", v.command("propose")+" "+string(id))...)
	case gated && v.s.Step(gate).Status != domain.Verified:
		out = append(out, v.say("step.stage_waits", "gate", v.stepName(gate))...)
	}
	return out
}

// stepRecord is who did what so far, and the evidence.
func (v voice) stepRecord(id domain.StepID) Rich {
	st := v.s.Step(id)
	var out Rich
	if st.Status == domain.Claimed || st.Status == domain.Verified && st.Decision == 0 {
		out = append(out, v.say("step.claimed_by", "actor", v.actorOrGuide(st.ClaimedBy), "at", v.moment(st.ClaimedAt))...)
	}
	switch {
	case st.Status == domain.Verified && st.Decision > 0:
		out = append(out, v.say("step.verified_decision", "number", st.Decision)...)
	case st.Status == domain.Verified:
		out = append(out, v.say("step.verified_by", "actor", v.actorOrGuide(st.Verifier))...)
	case st.Status == domain.Reopened:
		out = append(out, v.say("step.reopened_why", "reason", st.Reason)...)
	}
	return append(out, v.evidenceList(st.Evidence)...)
}

// evidenceList shows the newest pieces of evidence.
func (v voice) evidenceList(all []domain.Evidence) Rich {
	if len(all) == 0 {
		return nil
	}
	out := v.say("step.evidence_title", "count", len(all))
	newest := all[max(0, len(all)-shownEvidence):]
	for _, e := range newest {
		out = append(out, v.say("step.evidence_line", "evidence", v.evidence(e), "actor", v.actorOrGuide(e.By))...)
	}
	if older := len(all) - len(newest); older > 0 {
		out = append(out, v.say("step.evidence_older", "count", older)...)
	}
	return out
}

// evidence is one piece: an address to press, the words, or a file's name.
func (v voice) evidence(e domain.Evidence) Span {
	text := shownText(v.lang, e.Text)
	switch {
	case e.Text == domain.Erased:
		return Span{Text: text}
	case e.Kind == domain.EvidenceLink:
		return Span{Kind: LinkTo, Text: text, URL: text}
	case e.Kind == domain.EvidenceFile && text == "":
		return Span{Text: v.line("step.photo")}
	case e.Kind == domain.EvidenceFile:
		return Span{Text: v.line("step.file", "name", text)}
	}
	return Span{Text: text}
}

// actorOrGuide names the actor, or the stewards and the facilitator where they acted themselves.
func (v voice) actorOrGuide(id domain.ActorID) string {
	if id == "" {
		return v.line("step.guide")
	}
	return v.actor(id)
}

// stepButtons are what the person may do with a step.
func (v voice) stepButtons(id domain.StepID, p domain.PersonID) [][]Button {
	st := v.s.Step(id)
	step, _ := domain.StepNamed(id)
	guide := v.s.IsSteward(p) || v.s.Facilitates(p)
	member := guide || len(v.s.Represents(p)) > 0
	act := func(label, command string) Button {
		return Button{Label: v.line(label), Data: "c:/" + command + " " + string(id)}
	}
	var buttons []Button
	switch gate, gated := domain.GateBefore(step.Stage); {
	case !member:
	case step.Gate && st.Status != domain.Verified:
		buttons = append(buttons, Button{Label: v.line("button.propose"), Data: "c:/usulan " + string(id)})
	case step.Gate || gated && v.s.Step(gate).Status != domain.Verified:
	case st.Status == domain.Claimed:
		if len(st.Evidence) > 0 && v.mayVerify(id, p) {
			buttons = append(buttons, act("button.verify", "verifikasi"))
		}
		buttons = append(buttons, act("button.add_evidence", "bukti"))
	case st.Status != domain.Verified:
		buttons = append(buttons, act("button.claim", "tuntas"))
	}
	if (st.Status == domain.Claimed || st.Status == domain.Verified) && (guide || member && !step.Gate) {
		buttons = append(buttons, act("button.reopen_step", "bukakembali"))
	}
	stage := string(rune('0' + step.Stage))
	return append(rows(2, buttons...), []Button{{Label: v.line("button.stage", "stage", step.Stage), Data: "c:/langkah " + stage}})
}

// mayVerify: the facilitator, or somebody of an actor that did not claim the step, but never who claimed it.
func (v voice) mayVerify(id domain.StepID, p domain.PersonID) bool {
	st := v.s.Step(id)
	return p != st.Claimer && (v.s.Facilitates(p) || len(v.otherActors(p, st.ClaimedBy)) > 0)
}

// otherActors lists the person's actors but one.
func (v voice) otherActors(p domain.PersonID, but domain.ActorID) []*domain.Actor {
	var out []*domain.Actor
	for _, a := range v.s.Represents(p) {
		if a.ID != but {
			out = append(out, a)
		}
	}
	return out
}
