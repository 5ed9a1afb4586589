package domain

import "slices"

// Hearing says what a chat gets to see of its cluster.
type Hearing uint8

const (
	HearsAll     Hearing = iota
	HearsBoards          // the boards of open items; results and digests elsewhere
	HearsNotices         // results, deadlines and digests; the boards elsewhere
)

var hearingNames = [...]string{"all", "boards", "notices"}

// Hearings lists them in the order in which they are offered.
func Hearings() []Hearing { return []Hearing{HearsAll, HearsBoards, HearsNotices} }

// String is the stored name and the stem of the catalogue key.
func (h Hearing) String() string { return hearingNames[h] }

// MarshalText writes the name.
func (h Hearing) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads a name.
func (h *Hearing) UnmarshalText(name []byte) error {
	i := slices.Index(hearingNames[:], string(name))
	if i < 0 {
		return ErrUnreadable
	}
	*h = Hearing(i)
	return nil
}

// Boards and Notices say which cards a chat with this hearing gets.
func (h Hearing) Boards() bool  { return h != HearsNotices }
func (h Hearing) Notices() bool { return h != HearsBoards }

// ChatDetached ends that the cluster speaks in a chat.
//
//	{"chat":{"p":"telegram","c":"-100…"}}
type ChatDetached struct {
	Chat ChatRef `json:"chat"`
}

func (ChatDetached) EventType() string                { return "chat_detached" }
func (e ChatDetached) mapTexts(func(Text) Text) Event { return e }

// ChatHearingSet says what a chat gets to see from now on.
//
//	{"chat":{"p":"telegram","c":"-100…"},"hears":"notices"}
type ChatHearingSet struct {
	Chat  ChatRef `json:"chat"`
	Hears Hearing `json:"hears"`
}

func (ChatHearingSet) EventType() string                { return "chat_hearing_set" }
func (e ChatHearingSet) mapTexts(func(Text) Text) Event { return e }

// PersonLinked tells that two persons are one: what From stands for, To stands for from now on.
//
//	{"from":"P8…","to":"P7…"}
type PersonLinked struct {
	From PersonID `json:"from"`
	To   PersonID `json:"to"`
}

func (PersonLinked) EventType() string                { return "person_linked" }
func (e PersonLinked) mapTexts(func(Text) Text) Event { return e }

// Chat finds an attached chat.
func (s *State) Chat(ref ChatRef) (Chat, bool) {
	if i := s.chat(ref); i >= 0 {
		return s.Chats[i], true
	}
	return Chat{}, false
}

// SpeaksIn says whether the chat is attached, or any topic of the group it is or is in.
func (s *State) SpeaksIn(ref ChatRef) bool {
	return slices.ContainsFunc(s.Chats, func(c Chat) bool { return c.Ref.Platform == ref.Platform && c.Ref.Chat == ref.Chat })
}

func (d deciding) detachChat(c DetachChat) ([]Event, *Error) {
	if refusal := d.needSteward(); refusal != nil && !d.system() {
		return nil, refusal
	}
	switch {
	case d.chat(c.Chat) < 0:
		return nil, Refuse(NotFound, "chat.unknown")
	case len(d.Chats) == 1:
		return nil, Refuse(NotAllowed, "chat.last")
	}
	return happened(ChatDetached(c))
}

func (d deciding) setChatHearing(c SetChatHearing) ([]Event, *Error) {
	if refusal := d.needSteward(); refusal != nil {
		return nil, refusal
	}
	i := d.chat(c.Chat)
	switch {
	case i < 0:
		return nil, Refuse(NotFound, "chat.unknown")
	case int(c.Hears) >= len(hearingNames):
		return nil, Refuse(Invalid, "chat.hearing")
	case d.Chats[i].Hears == c.Hears:
		return unchanged()
	}
	return happened(ChatHearingSet(c))
}

// linkPersons is the bot's: only it knows that one person holds both accounts.
func (d deciding) linkPersons(c LinkPersons) ([]Event, *Error) {
	switch refusal := d.fromBot(); {
	case refusal != nil:
		return nil, refusal
	case c.From == "" || c.To == "" || c.From == c.To:
		return unchanged()
	case !d.knows(c.From):
		return unchanged()
	}
	return happened(PersonLinked(c))
}

// knows says whether a person is on record anywhere in the cluster.
func (s *State) knows(p PersonID) bool {
	found := s.Facilitator == p || slices.Contains(s.Stewards, p) || len(s.involved(p)) > 0
	s.persons(func(there *PersonID) { found = found || *there == p })
	return found
}

func (f *folding) chatDetached(e ChatDetached) {
	if i := f.chat(e.Chat); i >= 0 {
		f.Chats = slices.Delete(f.Chats, i, i+1)
		f.tell(Notice{Kind: NoticeChatDetached, Why: string(e.Chat.Platform)})
	}
}

func (f *folding) chatHearingSet(e ChatHearingSet) {
	if i := f.chat(e.Chat); i >= 0 {
		f.Chats[i].Hears = e.Hears
	}
}

// personLinked puts To in the place of From. Ballots are the actors', so none is counted twice; who claimed a step
// under one name is the same person under the other.
func (f *folding) personLinked(e PersonLinked) {
	if e.From == "" || e.To == "" || e.From == e.To {
		return
	}
	for _, a := range f.Involvements(e.From) {
		approved := a.RepresentedBy(e.From) || a.RepresentedBy(e.To)
		f.dropRep(a, e.From)
		if i := a.rep(e.To); i >= 0 {
			a.Reps[i].Approved = approved
			continue
		}
		a.Reps = append(a.Reps, Representative{e.To, approved})
		if f.byPerson != nil {
			f.byPerson[e.To] = append(f.byPerson[e.To], a)
		}
	}
	if f.IsSteward(e.From) {
		f.Stewards = slices.DeleteFunc(f.Stewards, func(p PersonID) bool { return p == e.From })
		f.stewardNamed(StewardNamed{e.To})
	}
	if f.Facilitator == e.From {
		f.Facilitator = e.To
	}
	f.persons(func(p *PersonID) {
		if *p == e.From {
			*p = e.To
		}
	})
}

// persons visits who did what, wherever it is kept, but for posts and representations.
func (s *State) persons(visit func(*PersonID)) {
	for _, i := range s.Issues {
		visit(&i.By)
	}
	for _, r := range s.Rounds {
		visit(&r.By)
	}
	for _, p := range s.Proposals {
		visit(&p.By)
		for _, v := range p.Versions {
			for i := range v.Electorate {
				visit(&v.Electorate[i].By)
			}
		}
	}
	for _, step := range s.Steps {
		visit(&step.Claimer)
	}
	for i := range s.Notices {
		visit(&s.Notices[i].Person)
	}
	for _, n := range s.Indicators {
		for _, period := range n.Readings {
			for actor, r := range period {
				visit(&r.By)
				period[actor] = r
			}
		}
	}
}
