package domain

import "slices"

func (f *folding) actorRegistered(e ActorRegistered) {
	if e.Actor == "" || f.Actor(e.Actor) != nil {
		return
	}
	a := &Actor{ID: e.Actor, Name: e.Name, Place: f.place(e.Place), Roles: shared(e.Roles), Since: f.now()}
	if f.by != "" {
		a.Reps = []Representative{{Person: f.by, Approved: true}}
	}
	told := Notice{Kind: NoticeActorWaits, Actor: e.Actor}
	if e.Approved {
		a.Status = StatusApproved
		told = Notice{Kind: NoticeActorApproved, Actor: e.Actor, Person: f.by}
	}
	if a.Status == StatusPending {
		f.pending++
	}
	f.enrol(a)
	f.tell(told)
}

// notPending counts an actor off whose status is about to change.
func (s *State) notPending(a *Actor) {
	if a.Status == StatusPending {
		s.pending--
	}
}

// place gives the state's own copy of a place: most actors of a cluster share one.
func (s *State) place(place Text) Text {
	for _, a := range s.Actors[:min(len(s.Actors), smallCrowd)] {
		if a.Place == place {
			return a.Place
		}
	}
	return place
}

func (f *folding) actorApproved(e ActorApproved) {
	a := f.Actor(e.Actor)
	if a == nil || a.Status == StatusApproved || a.Status == StatusLeft {
		return
	}
	f.notPending(a)
	a.Status, a.Since = StatusApproved, f.now()
	f.tell(Notice{Kind: NoticeActorApproved, Actor: a.ID, Why: string(f.by)})
}

func (f *folding) actorRefused(e ActorRefused) {
	a := f.Actor(e.Actor)
	if a == nil || a.Status != StatusPending {
		return
	}
	f.notPending(a)
	a.Status = StatusRefused
	f.tell(Notice{Kind: NoticeActorRefused, Actor: a.ID, Person: f.by, Why: string(e.Reason)})
}

func (f *folding) actorChanged(e ActorChanged) {
	if a := f.Actor(e.Actor); a != nil {
		a.Name, a.Place, a.Roles = e.Name, f.place(e.Place), shared(e.Roles)
	}
}

func (f *folding) actorLeft(e ActorLeft) {
	a := f.Actor(e.Actor)
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
	a := f.Actor(e.Actor)
	if a == nil || e.Person == "" || a.rep(e.Person) >= 0 {
		return
	}
	a.Reps = append(a.Reps, Representative{e.Person, e.Approved})
	if f.byPerson != nil {
		f.byPerson[e.Person] = append(f.byPerson[e.Person], a)
	}
	if !e.Approved {
		f.tell(Notice{Kind: NoticeRepWaits, Actor: a.ID, Person: e.Person})
	}
}

func (f *folding) representativeApproved(e RepresentativeApproved) {
	a := f.Actor(e.Actor)
	if a == nil || a.RepresentedBy(e.Person) || a.rep(e.Person) < 0 {
		return
	}
	a.Reps[a.rep(e.Person)].Approved = true
	f.tell(Notice{Kind: NoticeRepApproved, Actor: a.ID, Person: e.Person, Why: string(f.by)})
}

func (f *folding) representativeLeft(e RepresentativeLeft) {
	if a := f.Actor(e.Actor); a != nil {
		f.dropRep(a, e.Person)
	}
}

func (s *State) dropRep(a *Actor, p PersonID) {
	a.Reps = slices.DeleteFunc(a.Reps, func(r Representative) bool { return r.Person == p })
	if s.byPerson == nil {
		return
	}
	rest := slices.DeleteFunc(s.byPerson[p], func(other *Actor) bool { return other == a })
	if len(rest) == 0 {
		delete(s.byPerson, p)
		return
	}
	s.byPerson[p] = rest
}
