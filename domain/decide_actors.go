package domain

import "slices"

// maxRoles bounds what an actor can be at once: every sub-category once is more than anyone is.
const maxRoles = 12

// profile checks what is recorded about an actor.
func profile(name, place Text, roles []Role) (Text, Text, []Role, *Error) {
	name, bad1 := needed(name, MaxName)
	place, bad2 := optional(place, MaxName)
	if refusal := firstRefusal(bad1, bad2); refusal != nil {
		return "", "", nil, refusal
	}
	var distinct []Role
	for _, r := range roles {
		if r.Group >= groupCount || r.Sub != "" && !slices.Contains(SubCategories(r.Group), r.Sub) {
			return "", "", nil, Refuse(Invalid, "role.unknown")
		}
		if !slices.Contains(distinct, r) {
			distinct = append(distinct, r)
		}
	}
	switch {
	case len(distinct) == 0:
		return "", "", nil, Refuse(Invalid, "role.none")
	case len(distinct) > maxRoles:
		return "", "", nil, Refuse(Invalid, "role.too_many", "max", maxRoles)
	}
	return name, place, distinct, nil
}

// namesake finds another member, or one that waits, of the same name and place.
func (d deciding) namesake(self ActorID, name, place Text) *Actor {
	for _, a := range d.Actors {
		if a.ID != self && (a.Status == StatusApproved || a.Status == StatusPending) &&
			sameText(a.Name, name) && sameText(a.Place, place) {
			return a
		}
	}
	return nil
}

func (d deciding) registerActor(c RegisterActor) ([]Event, *Error) {
	name, place, roles, refusal := profile(c.Name, c.Place, c.Roles)
	if refusal != nil {
		return nil, refusal
	}
	if d.by.Person == "" {
		return nil, Refuse(NotAllowed, "person.unknown")
	}
	if c.Actor == "" || d.Actor(c.Actor) != nil {
		return nil, Refuse(Already, "id.taken")
	}
	if twin := d.namesake("", name, place); twin != nil {
		return nil, Refuse(Already, "actor.exists", "actor", twin.Name, "id", twin.ID)
	}
	approved := d.steward() || d.Setting(KeyApproval) == "auto"
	return happened(ActorRegistered{Actor: c.Actor, Name: name, Roles: roles, Place: place, Approved: approved})
}

// actor finds an actor that has not left.
func (d deciding) actor(id ActorID) (*Actor, *Error) {
	a := d.Actor(id)
	switch {
	case a == nil:
		return nil, Refuse(NotFound, "actor.unknown")
	case a.Status == StatusLeft:
		return nil, Refuse(Closed, "actor.left", "actor", a.Name)
	}
	return a, nil
}

func (d deciding) approveActor(c ApproveActor) ([]Event, *Error) {
	if refusal := d.needSteward(); refusal != nil {
		return nil, refusal
	}
	a, refusal := d.actor(c.Actor)
	switch {
	case refusal != nil:
		return nil, refusal
	case a.Status == StatusApproved:
		return unchanged()
	}
	return happened(ActorApproved(c))
}

func (d deciding) refuseActor(c RefuseActor) ([]Event, *Error) {
	if refusal := d.needSteward(); refusal != nil {
		return nil, refusal
	}
	a, bad1 := d.actor(c.Actor)
	reason, bad2 := needed(c.Reason, MaxReason)
	switch refusal := firstRefusal(bad1, bad2); {
	case refusal != nil:
		return nil, refusal
	case a.Status == StatusApproved:
		return nil, Refuse(Already, "actor.approved", "actor", a.Name)
	case a.Status == StatusRefused:
		return unchanged()
	}
	return happened(ActorRefused{Actor: a.ID, Reason: reason})
}

func (d deciding) changeActor(c ChangeActor) ([]Event, *Error) {
	a, refusal := d.actor(c.Actor)
	if refusal != nil {
		return nil, refusal
	}
	if !a.RepresentedBy(d.by.Person) && !d.steward() {
		return nil, Refuse(NotSteward, "actor.not_yours", "actor", a.Name)
	}
	name, place, roles, refusal := profile(c.Name, c.Place, c.Roles)
	if refusal != nil {
		return nil, refusal
	}
	if name == a.Name && place == a.Place && slices.Equal(roles, a.Roles) {
		return unchanged()
	}
	if twin := d.namesake(a.ID, name, place); twin != nil {
		return nil, Refuse(Already, "actor.exists", "actor", twin.Name, "id", twin.ID)
	}
	return happened(ActorChanged{Actor: a.ID, Name: name, Roles: roles, Place: place})
}

// leaveActor withdraws the actor from the items that are open, visibly: who leaves does not decide.
func (d deciding) leaveActor(c LeaveActor) ([]Event, *Error) {
	a, refusal := d.actor(c.Actor)
	if refusal != nil {
		return nil, refusal
	}
	if !a.RepresentedBy(d.by.Person) {
		return nil, Refuse(NotAllowed, "actor.not_yours", "actor", a.Name)
	}
	events := []Event{ActorLeft{Actor: a.ID}}
	for _, p := range d.Proposals {
		if _, in := p.Now().VoterRoles(a.ID); in && p.Phase.Running() {
			events = append(events, VoterStruck{Item: p.ID, Actor: a.ID})
		}
	}
	for _, r := range d.Rounds {
		if _, in := r.VoterRoles(a.ID); in && r.Phase.Running() {
			events = append(events, VoterStruck{Item: r.ID, Actor: a.ID})
		}
	}
	return events, nil
}

// removeActor takes effect for open items after they close: nobody may shape an electorate while it votes.
func (d deciding) removeActor(c RemoveActor) ([]Event, *Error) {
	if refusal := d.needSteward(); refusal != nil {
		return nil, refusal
	}
	a, bad1 := d.actor(c.Actor)
	reason, bad2 := optional(c.Reason, MaxReason)
	if refusal := firstRefusal(bad1, bad2); refusal != nil {
		return nil, refusal
	}
	return happened(ActorLeft{Actor: a.ID, Removed: true, Reason: reason})
}

func (d deciding) joinActor(c JoinActor) ([]Event, *Error) {
	a, refusal := d.actor(c.Actor)
	switch {
	case refusal != nil:
		return nil, refusal
	case d.by.Person == "":
		return nil, Refuse(NotAllowed, "person.unknown")
	case a.Status == StatusRefused:
		return nil, Refuse(Closed, "actor.refused", "actor", a.Name)
	case a.RepresentedBy(d.by.Person):
		return unchanged()
	case a.rep(d.by.Person) >= 0:
		return nil, Refuse(Already, "member.rep_waits", "actor", a.Name)
	}
	approved := d.steward() || d.Setting(KeyApproval) == "auto" && !a.represented()
	return happened(RepresentativeJoined{Actor: a.ID, Person: d.by.Person, Approved: approved})
}

// represented says whether any approved representative is left.
func (a *Actor) represented() bool {
	return slices.ContainsFunc(a.Reps, func(r Representative) bool { return r.Approved })
}

func (d deciding) approveRepresentative(c ApproveRepresentative) ([]Event, *Error) {
	a, refusal := d.actor(c.Actor)
	switch {
	case refusal != nil:
		return nil, refusal
	case !a.RepresentedBy(d.by.Person) && !d.steward():
		return nil, Refuse(NotSteward, "actor.not_yours", "actor", a.Name)
	case a.RepresentedBy(c.Person):
		return unchanged()
	case a.rep(c.Person) < 0:
		return nil, Refuse(NotFound, "rep.unknown", "actor", a.Name)
	}
	return happened(RepresentativeApproved(c))
}

func (d deciding) leaveRepresentation(c LeaveRepresentation) ([]Event, *Error) {
	a := d.Actor(c.Actor)
	switch {
	case a == nil:
		return nil, Refuse(NotFound, "actor.unknown")
	case d.by.Person != c.Person && !a.RepresentedBy(d.by.Person) && !d.steward():
		return nil, Refuse(NotSteward, "actor.not_yours", "actor", a.Name)
	case a.rep(c.Person) < 0:
		return nil, Refuse(NotFound, "rep.unknown", "actor", a.Name)
	}
	return happened(RepresentativeLeft(c))
}
