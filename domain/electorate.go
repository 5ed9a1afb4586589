package domain

import "slices"

// smallCrowd is the size up to which walking a list beats keeping a map beside it, in time and above all in memory:
// most clusters have a few dozen actors, and most of them are asleep.
const smallCrowd = 48

// roleCount is a Count in a quarter of the space; a version keeps one per role group.
type roleCount struct{ electorate, agree, note, abstain, object, block int32 }

// Role is the running count of one role group.
func (v *Version) Role(g Group) Count {
	if g >= groupCount {
		return Count{}
	}
	c := v.roles[g]
	return Count{
		Electorate: int(c.electorate), Agree: int(c.agree), Note: int(c.note),
		Abstain: int(c.abstain), Object: int(c.object), Block: int(c.block),
	}
}

// VoterRoles tells whether the actor is in the electorate and with which roles.
func (v *Version) VoterRoles(a ActorID) (RoleSet, bool) { return voterRoles(v.Electorate, v.voters, a) }

// VoterRoles tells whether the actor is in the electorate and with which roles.
func (r *Round) VoterRoles(a ActorID) (RoleSet, bool) { return voterRoles(r.Electorate, r.voters, a) }

func voterRoles(electorate []Voter, index map[ActorID]RoleSet, a ActorID) (RoleSet, bool) {
	if index != nil {
		roles, ok := index[a]
		return roles, ok
	}
	for _, v := range electorate {
		if v.Actor == a {
			return v.Roles, true
		}
	}
	return 0, false
}

// index makes the map of a large electorate; nil for a small one.
func indexVoters(electorate []Voter) map[ActorID]RoleSet {
	if len(electorate) <= smallCrowd {
		return nil
	}
	index := make(map[ActorID]RoleSet, len(electorate))
	for _, v := range electorate {
		index[v.Actor] = v.Roles
	}
	return index
}

// frozen is the electorate as kept: every actor once, known role groups only, in a list of its own that shares the
// state's identifiers.
func (s *State) frozen(voters []Voter) []Voter {
	seen := make(map[ActorID]bool, len(voters))
	out := make([]Voter, 0, len(voters))
	for _, v := range voters {
		if !seen[v.Actor] {
			seen[v.Actor] = true
			out = append(out, Voter{s.actorID(v.Actor), v.Roles & (1<<groupCount - 1)})
		}
	}
	return out
}

// without is the electorate after the actor left; the list given is shared with the event and stays as it is.
func without(electorate []Voter, a ActorID) []Voter {
	return slices.DeleteFunc(slices.Clone(electorate), func(v Voter) bool { return v.Actor == a })
}

// reindex works out what is not stored of a version: its index and running counts.
func (v *Version) reindex() {
	v.voters = indexVoters(v.Electorate)
	v.Count, v.roles = Count{}, [groupCount]roleCount{}
	for _, voter := range v.Electorate {
		v.enlist(voter.Roles, 1)
	}
	for a, b := range v.Ballots {
		if roles, ok := v.VoterRoles(a); ok {
			v.add(b.Position, roles, 1)
		}
	}
}

// enlist counts an elector in (1) or out (-1).
func (v *Version) enlist(roles RoleSet, n int) {
	v.Count.Electorate += n
	for g := range v.roles {
		if roles.Has(Group(g)) {
			v.roles[g].electorate += int32(n)
		}
	}
}

// add counts a position in (1) or out (-1).
func (v *Version) add(p Position, roles RoleSet, n int) {
	v.Count.add(p, n)
	for g := range v.roles {
		if roles.Has(Group(g)) {
			v.roles[g].add(p, int32(n))
		}
	}
}

func (c *Count) add(p Position, n int) {
	switch p {
	case Agree:
		c.Agree += n
	case AgreeWithNote:
		c.Agree += n
		c.Note += n
	case Abstain:
		c.Abstain += n
	case Object:
		c.Object += n
	case Block:
		c.Block += n
	}
}

func (c *roleCount) add(p Position, n int32) {
	switch p {
	case Agree:
		c.agree += n
	case AgreeWithNote:
		c.agree += n
		c.note += n
	case Abstain:
		c.abstain += n
	case Object:
		c.object += n
	case Block:
		c.block += n
	}
}

// reindex works out what is not stored of a round.
func (r *Round) reindex() {
	r.voters = indexVoters(r.Electorate)
	r.said = 0
	for _, v := range r.Electorate {
		if r.spoke(v.Actor) {
			r.said++
		}
	}
}

// spoke says whether the actor has scored or skipped anything yet.
func (r *Round) spoke(a ActorID) bool {
	for _, ballots := range r.Ballots {
		if _, ok := ballots[a]; ok {
			return true
		}
	}
	return false
}

// RepresentedBy says whether the person is an approved representative.
func (a *Actor) RepresentedBy(p PersonID) bool {
	for _, r := range a.Reps {
		if r.Person == p {
			return r.Approved
		}
	}
	return false
}

// Electors lists the actors for which the person may cast a ballot in an item whose electorate is asked by enlisted. A
// removed actor keeps its ballot in the items that were open then.
func (s *State) Electors(p PersonID, enlisted func(ActorID) (RoleSet, bool)) []*Actor {
	var out []*Actor
	for _, id := range s.involved(p) {
		a := s.Actors[id]
		if _, in := enlisted(id); in && a.RepresentedBy(p) {
			out = append(out, a)
		}
	}
	return out
}

// rep finds a person's place among the representatives, -1 for none.
func (a *Actor) rep(p PersonID) int {
	return slices.IndexFunc(a.Reps, func(r Representative) bool { return r.Person == p })
}

// involved lists the actors a person represents or asked to represent, by registration.
func (s *State) involved(p PersonID) []ActorID {
	if s.byPerson != nil {
		return s.byPerson[p]
	}
	var out []ActorID
	for _, id := range s.ActorOrder {
		if s.Actors[id].rep(p) >= 0 {
			out = append(out, id)
		}
	}
	return out
}

// indexPersons builds the index of a cluster that has outgrown walking.
func (s *State) indexPersons() {
	s.byPerson = nil
	if len(s.ActorOrder) <= smallCrowd {
		return
	}
	s.byPerson = make(map[PersonID][]ActorID, len(s.ActorOrder))
	for _, id := range s.ActorOrder {
		for _, r := range s.Actors[id].Reps {
			s.byPerson[r.Person] = append(s.byPerson[r.Person], id)
		}
	}
}
