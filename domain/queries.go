package domain

import (
	"slices"
	"sort"
	"strconv"
	"time"
)

// Founded says whether anything has been folded yet.
func (s *State) Founded() bool { return s.Commits > 0 }

// Location is the cluster's time zone.
func (s *State) Location() *time.Location {
	if s.loc == nil {
		return time.UTC
	}
	return s.loc
}

// Setting is the value in force of a charter key other than name, core and region.
func (s *State) Setting(key CharterKey) string {
	if v, ok := s.Charter.value(key); ok {
		return v
	}
	d, _ := settingOf(key)
	return d.Default
}

// Number is Setting as a number; 0 for words.
func (s *State) Number(key CharterKey) int {
	n, _ := strconv.Atoi(s.Setting(key))
	return n
}

// Lang is the language the cluster speaks in its chats.
func (s *State) Lang() string { return s.Setting(KeyLang) }

// Represents lists the approved actors for which the person may act, by registration.
func (s *State) Represents(p PersonID) []*Actor {
	var out []*Actor
	for _, a := range s.involved(p) {
		if a.Status == StatusApproved && a.RepresentedBy(p) {
			out = append(out, a)
		}
	}
	return out
}

// Involvements lists every actor the person stands for or asked to stand for, whatever its status.
func (s *State) Involvements(p PersonID) []*Actor { return slices.Clone(s.involved(p)) }

// Approved lists the actors that are members, by registration.
func (s *State) Approved() []*Actor { return s.withStatus(StatusApproved) }

// Pending lists the actors that wait for a steward. Cards ask for them at every edit, and mostly there are none.
func (s *State) Pending() []*Actor {
	if s.pending == 0 {
		return nil
	}
	return s.withStatus(StatusPending)
}

func (s *State) withStatus(status ActorStatus) []*Actor {
	var out []*Actor
	for _, a := range s.Actors {
		if a.Status == status {
			out = append(out, a)
		}
	}
	return out
}

// IsSteward says whether the person is a named steward.
func (s *State) IsSteward(p PersonID) bool {
	for _, id := range s.Stewards {
		if id == p {
			return true
		}
	}
	return false
}

// Facilitates says whether the person acts as facilitator: the named one, or a steward where there is none.
func (s *State) Facilitates(p PersonID) bool {
	if s.Facilitator != "" {
		return s.Facilitator == p
	}
	return s.IsSteward(p)
}

// Issue finds an issue by id; nil if there is none.
func (s *State) Issue(id ItemID) *Issue {
	for _, i := range s.Issues {
		if i.ID == id {
			return i
		}
	}
	return nil
}

// IssueNumbered finds an issue by the number people write.
func (s *State) IssueNumbered(n int) *Issue {
	if n < 1 || n > len(s.Issues) {
		return nil
	}
	return s.Issues[n-1]
}

// Proposal finds a proposal by id; nil if there is none.
func (s *State) Proposal(id ItemID) *Proposal {
	for i := len(s.Proposals) - 1; i >= 0; i-- {
		if s.Proposals[i].ID == id {
			return s.Proposals[i]
		}
	}
	return nil
}

// ProposalNumbered finds a proposal by the number people write.
func (s *State) ProposalNumbered(n int) *Proposal {
	i := sort.Search(len(s.Proposals), func(i int) bool { return s.Proposals[i].Number >= n })
	if i < len(s.Proposals) && s.Proposals[i].Number == n {
		return s.Proposals[i]
	}
	return nil
}

// Round finds a scoring round by id; nil if there is none.
func (s *State) Round(id ItemID) *Round {
	for i := len(s.Rounds) - 1; i >= 0; i-- {
		if s.Rounds[i].ID == id {
			return s.Rounds[i]
		}
	}
	return nil
}

// OpenRound is the scoring round that takes ballots; nil if there is none. There is at most one.
func (s *State) OpenRound() *Round {
	for i := len(s.Rounds) - 1; i >= 0; i-- {
		if s.Rounds[i].Phase.Running() {
			return s.Rounds[i]
		}
	}
	return nil
}

// Indicator finds an indicator by id; nil if there is none.
func (s *State) Indicator(id ItemID) *Indicator {
	for _, n := range s.Indicators {
		if n.ID == id {
			return n
		}
	}
	return nil
}

// IndicatorNumbered finds an indicator by the number people write.
func (s *State) IndicatorNumbered(n int) *Indicator {
	if n < 1 || n > len(s.Indicators) {
		return nil
	}
	return s.Indicators[n-1]
}

// Step is the state of a step, open ones included.
func (s *State) Step(id StepID) StepState {
	if st := s.Steps[id]; st != nil {
		return *st
	}
	return StepState{Status: NotClaimed}
}

// Stage is the stage the cluster is in: 1 until step 1.6 is verified, 2 until step 2.4 is, then 3, and 4 once every
// step of stage 3 is verified.
func (s *State) Stage() int {
	verified := func(id StepID) bool { return s.Step(id).Status == Verified }
	switch {
	case !verified("1.6"):
		return 1
	case !verified("2.4"):
		return 2
	case !verified("3.1") || !verified("3.2") || !verified("3.3"):
		return 3
	}
	return 4
}

// MissingRoles lists the groups in which no approved actor is.
func (s *State) MissingRoles() []Group {
	var have RoleSet
	for _, a := range s.Approved() {
		have |= RoleSetOf(a.Roles)
	}
	var out []Group
	for _, g := range Groups() {
		if !have.Has(g) {
			out = append(out, g)
		}
	}
	return out
}
