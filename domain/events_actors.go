package domain

// ActorRegistered records an organisation and its first representative (the commit's person), who consented to the
// keeping of these data by confirming. Approved is false where a steward has to approve first.
//
//	{"actor":"A3…","name":"PT Rotan Jaya","roles":[{"g":0},{"g":1,"s":"main_material"}],"place":"Cirebon","approved":true}
type ActorRegistered struct {
	Actor    ActorID `json:"actor"`
	Name     Text    `json:"name"`
	Roles    []Role  `json:"roles"`
	Place    Text    `json:"place,omitempty"`
	Approved bool    `json:"approved,omitempty"`
}

func (ActorRegistered) EventType() string { return "actor_registered" }
func (e ActorRegistered) mapTexts(f func(Text) Text) Event {
	e.Name, e.Place = f(e.Name), f(e.Place)
	return e
}

// ActorApproved admits a registered actor.
//
//	{"actor":"A3…"}
type ActorApproved struct {
	Actor ActorID `json:"actor"`
}

func (ActorApproved) EventType() string                { return "actor_approved" }
func (e ActorApproved) mapTexts(func(Text) Text) Event { return e }

// ActorRefused turns a registration down.
//
//	{"actor":"A3…","reason":"…"}
type ActorRefused struct {
	Actor  ActorID `json:"actor"`
	Reason Text    `json:"reason"`
}

func (ActorRefused) EventType() string                  { return "actor_refused" }
func (e ActorRefused) mapTexts(f func(Text) Text) Event { e.Reason = f(e.Reason); return e }

// ActorChanged replaces an actor's name, roles and place. Open electorates keep the roles they froze.
//
//	{"actor":"A3…","name":"PT Rotan Jaya Abadi","roles":[{"g":0}],"place":"Cirebon"}
type ActorChanged struct {
	Actor ActorID `json:"actor"`
	Name  Text    `json:"name"`
	Roles []Role  `json:"roles"`
	Place Text    `json:"place,omitempty"`
}

func (ActorChanged) EventType() string { return "actor_changed" }
func (e ActorChanged) mapTexts(f func(Text) Text) Event {
	e.Name, e.Place = f(e.Name), f(e.Place)
	return e
}

// ActorLeft ends a membership. Leaving by one's own wish withdraws the actor's open ballots; a removal by a steward
// takes effect for open items after they close.
//
//	{"actor":"A3…","removed":true,"reason":"…"}
type ActorLeft struct {
	Actor   ActorID `json:"actor"`
	Removed bool    `json:"removed,omitempty"`
	Reason  Text    `json:"reason,omitempty"`
}

func (ActorLeft) EventType() string                  { return "actor_left" }
func (e ActorLeft) mapTexts(f func(Text) Text) Event { e.Reason = f(e.Reason); return e }

// RepresentativeJoined has a person stand for an actor.
//
//	{"actor":"A3…","person":"P8…","approved":false}
type RepresentativeJoined struct {
	Actor    ActorID  `json:"actor"`
	Person   PersonID `json:"person"`
	Approved bool     `json:"approved,omitempty"`
}

func (RepresentativeJoined) EventType() string                { return "representative_joined" }
func (e RepresentativeJoined) mapTexts(func(Text) Text) Event { return e }

// RepresentativeApproved confirms a waiting representative (by a co-representative or a steward).
//
//	{"actor":"A3…","person":"P8…"}
type RepresentativeApproved struct {
	Actor  ActorID  `json:"actor"`
	Person PersonID `json:"person"`
}

func (RepresentativeApproved) EventType() string                { return "representative_approved" }
func (e RepresentativeApproved) mapTexts(func(Text) Text) Event { return e }

// RepresentativeLeft ends a representation, waiting or approved.
//
//	{"actor":"A3…","person":"P8…"}
type RepresentativeLeft struct {
	Actor  ActorID  `json:"actor"`
	Person PersonID `json:"person"`
}

func (RepresentativeLeft) EventType() string                { return "representative_left" }
func (e RepresentativeLeft) mapTexts(func(Text) Text) Event { return e }
