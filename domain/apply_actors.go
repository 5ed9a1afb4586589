package domain

import "slices"

func (f *folding) actorRegistered(e ActorRegistered) {
	if e.Actor == "" || f.Actors[e.Actor] != nil {
		return
	}
	a := &Actor{ID: e.Actor, Name: e.Name, Place: e.Place, Roles: e.Roles, Status: StatusPending, Since: f.at}
	if f.by != "" {
		a.Reps = []Representative{{Person: f.by, Approved: true}}
	}
	told := Notice{Kind: NoticeActorWaits, Actor: e.Actor}
	if e.Approved {
		a.Status = StatusApproved
		told = Notice{Kind: NoticeActorApproved, Actor: e.Actor, Person: f.by}
	}
	if f.Actors == nil {
		f.Actors = make(map[ActorID]*Actor)
	}
	if a.Status == StatusPending {
		f.pending++
	}
	f.Actors[e.Actor] = a
	f.ActorOrder = append(f.ActorOrder, e.Actor)
	switch {
	case f.byPerson == nil:
		f.indexPersons()
	case f.by != "":
		f.byPerson[f.by] = append(f.byPerson[f.by], e.Actor)
	}
	f.tell(told)
}

// notPending counts an actor off whose status is about to change.
func (s *State) notPending(a *Actor) {
	if a.Status == StatusPending {
		s.pending--
	}
}

func (f *folding) actorApproved(e ActorApproved) {
	a := f.Actors[e.Actor]
	if a == nil || a.Status == StatusApproved || a.Status == StatusLeft {
		return
	}
	f.notPending(a)
	a.Status, a.Since = StatusApproved, f.at
	f.tell(Notice{Kind: NoticeActorApproved, Actor: a.ID})
}

func (f *folding) actorRefused(e ActorRefused) {
	a := f.Actors[e.Actor]
	if a == nil || a.Status != StatusPending {
		return
	}
	f.notPending(a)
	a.Status = StatusRefused
	f.tell(Notice{Kind: NoticeActorRefused, Actor: a.ID, Why: string(e.Reason)})
}

func (f *folding) actorChanged(e ActorChanged) {
	if a := f.Actors[e.Actor]; a != nil {
		a.Name, a.Place, a.Roles = e.Name, e.Place, e.Roles
	}
}

func (f *folding) actorLeft(e ActorLeft) {
	a := f.Actors[e.Actor]
	if a == nil || a.Status == StatusLeft {
		return
	}
	f.notPending(a)
	a.Status = StatusLeft
	for _, n := range f.Indicators {
		n.undefer(a.ID)
	}
}

func (f *folding) representativeJoined(e RepresentativeJoined) {
	a := f.Actors[e.Actor]
	if a == nil || e.Person == "" || a.rep(e.Person) >= 0 {
		return
	}
	a.Reps = append(a.Reps, Representative{e.Person, e.Approved})
	if f.byPerson != nil {
		f.byPerson[e.Person] = append(f.byPerson[e.Person], a.ID)
	}
	if !e.Approved {
		f.tell(Notice{Kind: NoticeRepWaits, Actor: a.ID, Person: e.Person})
	}
}

func (f *folding) representativeApproved(e RepresentativeApproved) {
	a := f.Actors[e.Actor]
	if a == nil || a.RepresentedBy(e.Person) || a.rep(e.Person) < 0 {
		return
	}
	a.Reps[a.rep(e.Person)].Approved = true
	f.tell(Notice{Kind: NoticeRepApproved, Actor: a.ID, Person: e.Person})
}

func (f *folding) representativeLeft(e RepresentativeLeft) {
	if a := f.Actors[e.Actor]; a != nil {
		f.dropRep(a, e.Person)
	}
}

func (s *State) dropRep(a *Actor, p PersonID) {
	a.Reps = slices.DeleteFunc(a.Reps, func(r Representative) bool { return r.Person == p })
	if s.byPerson == nil {
		return
	}
	rest := slices.DeleteFunc(s.byPerson[p], func(id ActorID) bool { return id == a.ID })
	if len(rest) == 0 {
		delete(s.byPerson, p)
		return
	}
	s.byPerson[p] = rest
}
