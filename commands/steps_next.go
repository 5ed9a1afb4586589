package commands

import "klaster/domain"

// nextBestStep says where the work goes on, and why, in one sentence: the earliest step of the current stage that
// nobody has reported as done; else one that waits for evidence or verification; else the gate. After the last step the
// id is empty.
func nextBestStep(v voice) (domain.StepID, Rich) {
	stage := v.s.Stage()
	var waits, gate domain.StepID
	for _, s := range domain.Steps() {
		if s.Stage != stage {
			continue
		}
		switch status := v.s.Step(s.ID).Status; {
		case status == domain.Verified:
		case s.Gate:
			gate = s.ID
		case status == domain.Claimed:
			if waits == "" {
				waits = s.ID
			}
		case status == domain.Reopened:
			return s.ID, v.say("step.next_reopened", "step", v.stepName(s.ID))
		default:
			return s.ID, v.say("step.next_open", "step", v.stepName(s.ID), "stage", stage, "deliverable", v.line("step."+string(s.ID)+".deliverable"))
		}
	}
	switch {
	case waits != "" && len(v.s.Step(waits).Evidence) == 0:
		return waits, v.say("step.next_evidence", "step", v.stepName(waits), "command", v.command("evidence")+" "+string(waits))
	case waits != "":
		return waits, v.say("step.next_verify", "step", v.stepName(waits), "command", v.command("verify")+" "+string(waits))
	case gate != "":
		if p := proposalFor(v.s, gate); p != nil {
			return gate, v.say("step.next_deciding", "step", v.stepName(gate), "number", p.Number)
		}
		return gate, v.say("step.next_gate", "step", v.stepName(gate), "stage", stage, "command", v.command("propose")+" "+string(gate))
	}
	return "", v.say("step.next_none")
}

// proposalFor is the proposal under way that would settle a step; nil if there is none.
func proposalFor(s *domain.State, id domain.StepID) *domain.Proposal {
	for i := len(s.Proposals) - 1; i >= 0; i-- {
		p := s.Proposals[i]
		if p.Link.Step == id && (p.Phase.Running() || p.Phase == domain.Integration) {
			return p
		}
	}
	return nil
}

// command is a command's name in the language spoken, with its stroke.
func (v voice) command(english string) string {
	if v.lang == "en" {
		return "/" + english
	}
	return "/" + v.c.index.verbs[english].names[0]
}
