package domain

import (
	"slices"
	"time"
)

// smallCrowd is the size up to which walking a list beats keeping a map beside it, in time and above all in memory:
// most clusters have a few dozen actors, and most of them are asleep.
const smallCrowd = 48

// Role is the count of one role group.
func (v *Version) Role(g Group) Count {
	switch {
	case g >= groupCount:
		return Count{}
	case v.roles != nil:
		return v.roles[g]
	}
	var c Count
	for i := range v.Electorate {
		if seat := &v.Electorate[i]; seat.Roles.Has(g) {
			c.Electorate++
			c.add(seat.Said.position(), 1)
		}
	}
	return c
}

// said is a Position in one byte; 0 is silence. It is stored under the position's name.
type said uint8

var sayable = [...]Position{"", Agree, AgreeWithNote, Abstain, Object, Block}

func saidOf(p Position) said { return said(max(slices.Index(sayable[:], p), 0)) }

func (s said) position() Position { return sayable[s] }

func (s said) MarshalText() ([]byte, error) { return []byte(s.position()), nil }

func (s *said) UnmarshalText(name []byte) error {
	*s = saidOf(Position(name))
	return nil
}

// Ballot is what the actor has said, and whether it has said anything.
func (s *Seat) Ballot() (Ballot, bool) {
	position := s.Said.position()
	if position == "" {
		return Ballot{}, false
	}
	b := Ballot{Position: position, By: s.By, At: time.Unix(int64(s.At), 0).UTC()}
	if s.Reason != nil {
		b.Reason = *s.Reason
	}
	return b, true
}

// Ballot is an actor's standing position, if it has one.
func (v *Version) Ballot(a ActorID) (Ballot, bool) {
	if seat := v.seat(a); seat != nil {
		return seat.Ballot()
	}
	return Ballot{}, false
}

// seat finds an actor in the electorate; nil if it is not there.
func (v *Version) seat(a ActorID) *Seat {
	if v.seats != nil {
		if i, ok := v.seats[a]; ok {
			return &v.Electorate[i]
		}
		return nil
	}
	for i := range v.Electorate {
		if v.Electorate[i].Actor == a {
			return &v.Electorate[i]
		}
	}
	return nil
}

// VoterRoles tells whether the actor is in the electorate and with which roles.
func (v *Version) VoterRoles(a ActorID) (RoleSet, bool) {
	if seat := v.seat(a); seat != nil {
		return seat.Roles, true
	}
	return 0, false
}

// VoterRoles tells whether the actor is in the electorate and with which roles.
func (r *Round) VoterRoles(a ActorID) (RoleSet, bool) {
	if r.voters != nil {
		roles, ok := r.voters[a]
		return roles, ok
	}
	for _, v := range r.Electorate {
		if v.Actor == a {
			return v.Roles, true
		}
	}
	return 0, false
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

// seated gives every actor of a frozen electorate its seat.
func seated(voters []Voter) []Seat {
	out := make([]Seat, len(voters))
	for i, v := range voters {
		out[i] = Seat{Actor: v.Actor, Roles: v.Roles}
	}
	return out
}

// reindex works out what is not stored of a version: its index and running counts.
func (v *Version) reindex() {
	v.Count, v.seats, v.roles = Count{}, nil, nil
	if len(v.Electorate) > smallCrowd {
		v.seats = make(map[ActorID]int32, len(v.Electorate))
		v.roles = new([groupCount]Count)
	}
	for i := range v.Electorate {
		seat := &v.Electorate[i]
		if v.seats != nil {
			v.seats[seat.Actor] = int32(i)
		}
		v.enlist(seat.Roles)
		v.add(seat.Said.position(), seat.Roles, 1)
	}
}

// enlist counts an elector in.
func (v *Version) enlist(roles RoleSet) {
	v.Count.Electorate++
	if v.roles == nil {
		return
	}
	for g := range v.roles {
		if roles.Has(Group(g)) {
			v.roles[g].Electorate++
		}
	}
}

// add counts a position in (1) or out (-1).
func (v *Version) add(p Position, roles RoleSet, n int) {
	v.Count.add(p, n)
	if v.roles == nil {
		return
	}
	for g := range v.roles {
		if roles.Has(Group(g)) {
			v.roles[g].add(p, n)
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

// reindex works out what is not stored of a round.
func (r *Round) reindex() {
	r.voters, r.said = nil, 0
	if len(r.Electorate) > smallCrowd {
		r.voters = make(map[ActorID]RoleSet, len(r.Electorate))
	}
	for _, v := range r.Electorate {
		if r.voters != nil {
			r.voters[v.Actor] = v.Roles
		}
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
	for _, a := range s.involved(p) {
		if _, in := enlisted(a.ID); in && a.RepresentedBy(p) {
			out = append(out, a)
		}
	}
	return out
}

// rep finds a person's place among the representatives, -1 for none.
func (a *Actor) rep(p PersonID) int {
	return slices.IndexFunc(a.Reps, func(r Representative) bool { return r.Person == p })
}

// Actor finds an actor by id; nil if there is none.
func (s *State) Actor(id ActorID) *Actor {
	if s.byID != nil {
		return s.byID[id]
	}
	for _, a := range s.Actors {
		if a.ID == id {
			return a
		}
	}
	return nil
}

// involved lists the actors a person represents or asked to represent, by registration. The list is not the caller's.
func (s *State) involved(p PersonID) []*Actor {
	if s.byPerson != nil {
		return s.byPerson[p]
	}
	var out []*Actor
	for _, a := range s.Actors {
		if a.rep(p) >= 0 {
			out = append(out, a)
		}
	}
	return out
}

// enrol adds an actor to the state and to the indexes of a cluster that has outgrown walking.
func (s *State) enrol(a *Actor) {
	s.Actors = append(s.Actors, a)
	if s.byID == nil {
		s.indexActors()
		return
	}
	s.byID[a.ID] = a
	for _, r := range a.Reps {
		s.byPerson[r.Person] = append(s.byPerson[r.Person], a)
	}
}

// indexActors builds the indexes where walking takes too long.
func (s *State) indexActors() {
	s.byID, s.byPerson = nil, nil
	if len(s.Actors) <= smallCrowd {
		return
	}
	s.byID = make(map[ActorID]*Actor, len(s.Actors))
	s.byPerson = make(map[PersonID][]*Actor, len(s.Actors))
	for _, a := range s.Actors {
		s.byID[a.ID] = a
		for _, r := range a.Reps {
			s.byPerson[r.Person] = append(s.byPerson[r.Person], a)
		}
	}
}
