package domain

// StepID is the number people write: "1.3".
type StepID string

// Step is one of the 17 steps of the seed. Its names are in the catalogue under "step.<id>".
type Step struct {
	ID    StepID
	Stage int
	// Gate: the step closes its stage and is ticked only by an adopted decision.
	Gate bool
}

// Steps lists the 17 steps of the four stages in the seed's order.
func Steps() []Step {
	return []Step{
		{"1.1", 1, false}, {"1.2", 1, false}, {"1.3", 1, false}, {"1.4", 1, false}, {"1.5", 1, false}, {"1.6", 1, true},
		{"2.1", 2, false}, {"2.2", 2, false}, {"2.3", 2, false}, {"2.4", 2, true},
		{"3.1", 3, false}, {"3.2", 3, false}, {"3.3", 3, false},
		{"4.1", 4, false}, {"4.2", 4, false}, {"4.3", 4, false}, {"4.4", 4, false},
	}
}

// StepNamed finds a step by its number.
func StepNamed(id StepID) (Step, bool) {
	for _, s := range Steps() {
		if s.ID == id {
			return s, true
		}
	}
	return Step{}, false
}

// GateBefore is the gate step that has to be verified before steps of the stage may be claimed; monitoring and
// evaluation (stage 4) starts in stage 1 and has none.
func GateBefore(stage int) (StepID, bool) {
	switch stage {
	case 2:
		return "1.6", true
	case 3:
		return "2.4", true
	}
	return "", false
}

// StepStatus is how far a step is.
type StepStatus string

const (
	NotClaimed StepStatus = "open"
	Claimed    StepStatus = "claimed" // with or without evidence, not yet confirmed by a second actor or the facilitator
	Verified   StepStatus = "verified"
	Reopened   StepStatus = "reopened"
)
