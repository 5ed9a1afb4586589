package domain

// steward says whether By counts as a steward: named, or an admin of the chat.
func (d deciding) steward() bool { return d.by.ChatAdmin || d.IsSteward(d.by.Person) }

// facilitator says whether By acts as facilitator: the named one, or a steward where there is none.
func (d deciding) facilitator() bool {
	if d.Facilitator != "" {
		return d.by.Person == d.Facilitator
	}
	return d.steward()
}

// system says whether the command comes from the bot itself.
func (d deciding) system() bool { return d.by == By{} }

func (d deciding) needSteward() *Error {
	if d.steward() {
		return nil
	}
	return Refuse(NotSteward, "steward.only")
}

func (d deciding) needOfficer() *Error {
	if d.steward() || d.facilitator() {
		return nil
	}
	return Refuse(NotSteward, "officer.only")
}

// needFacilitator keeps an act to the facilitator; a steward acts as one where there is none.
func (d deciding) needFacilitator() *Error {
	switch {
	case d.facilitator():
		return nil
	case d.Facilitator == "":
		return Refuse(NotSteward, "officer.only")
	}
	return Refuse(NotAllowed, "facilitator.only")
}

// member finds the actor for which By acts: the one named, or the only one.
func (d deciding) member(named ActorID) (*Actor, *Error) {
	mine := d.Represents(d.by.Person)
	if named != "" {
		for _, a := range mine {
			if a.ID == named {
				return a, nil
			}
		}
		if d.Actor(named) == nil {
			return nil, Refuse(NotFound, "actor.unknown")
		}
	}
	switch {
	case len(mine) == 0:
		return nil, d.notMember()
	case named != "":
		return nil, Refuse(NotAllowed, "actor.not_yours", "actor", d.Actor(named).Name)
	case len(mine) > 1:
		return nil, Refuse(Invalid, "actor.which", "count", len(mine))
	}
	return mine[0], nil
}

// notMember tells somebody who represents no approved actor how far they are.
func (d deciding) notMember() *Error {
	for _, a := range d.Involvements(d.by.Person) {
		switch {
		case a.Status == StatusPending:
			return Refuse(NotMember, "member.actor_waits", "actor", a.Name)
		case a.Status == StatusApproved:
			return Refuse(NotMember, "member.rep_waits", "actor", a.Name)
		}
	}
	return Refuse(NotMember, "member.none")
}

// speaker finds the actor for which By speaks where officers may speak for none: its id is empty then.
func (d deciding) speaker(named ActorID) (ActorID, *Error) {
	if named == "" && (d.steward() || d.facilitator()) && len(d.Represents(d.by.Person)) == 0 {
		return "", nil
	}
	a, refusal := d.member(named)
	if refusal != nil {
		return "", refusal
	}
	return a.ID, nil
}

// elector finds the actor for which By casts a ballot in an item.
func (d deciding) elector(named ActorID, enlisted func(ActorID) (RoleSet, bool)) (*Actor, *Error) {
	mine := d.Electors(d.by.Person, enlisted)
	if named == "" && len(mine) == 1 {
		return mine[0], nil
	}
	for _, a := range mine {
		if a.ID == named {
			return a, nil
		}
	}
	if named == "" && len(mine) > 1 {
		return nil, Refuse(Invalid, "actor.which", "count", len(mine))
	}
	represented := d.Represents(d.by.Person)
	for _, a := range represented {
		if named == a.ID || named == "" && len(represented) == 1 {
			return nil, Refuse(NotMember, "vote.joined_later", "actor", a.Name, "since", a.Since.Time())
		}
	}
	if named == "" && len(represented) > 1 {
		return nil, Refuse(NotMember, "vote.all_joined_later", "count", len(represented))
	}
	_, refusal := d.member(named)
	return nil, refusal
}
