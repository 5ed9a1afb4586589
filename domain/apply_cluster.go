package domain

import (
	"slices"
	"time"
)

func (f *folding) clusterFounded(e ClusterFounded) {
	if f.Name != "" || len(f.Stewards) > 0 {
		return
	}
	f.Name, f.Core, f.Region = e.Name, e.Core, e.Region
	f.set(KeyLang, e.Lang)
	f.set(KeyZone, e.Zone)
	f.locate()
	if e.Steward != "" {
		f.Stewards = []PersonID{e.Steward}
	}
	if e.Chat != (ChatRef{}) {
		f.Chats = []Chat{{Ref: e.Chat}}
	}
	f.tell(Notice{Kind: NoticeFounded})
}

func (f *folding) charterChanged(e CharterChanged) {
	switch e.Key {
	case KeyName:
		f.Name = e.Text
	case KeyCore:
		f.Core = e.Text
	case KeyRegion:
		f.Region = e.Text
	default:
		f.set(e.Key, e.Value)
	}
	if e.Key == KeyZone {
		f.locate()
		for _, n := range f.Indicators {
			if !n.Retired {
				n.NextSlot = f.slotAfter(n.Cron, f.at, n.LastSlot)
			}
		}
	}
}

// set keeps only what differs from the defaults.
func (s *State) set(key CharterKey, value string) {
	d, known := settingOf(key)
	if !known {
		return
	}
	if value == d.Default {
		value = ""
	}
	s.Charter.put(d.Key, value)
}

// locate looks the cluster's zone up; an unknown one leaves UTC.
func (s *State) locate() {
	s.loc = nil
	if s.zones != nil {
		s.loc = s.zones(s.Setting(KeyZone))
	}
	if s.loc == nil {
		s.loc = time.UTC
	}
}

func (f *folding) stewardNamed(e StewardNamed) {
	if e.Person != "" && !f.IsSteward(e.Person) {
		f.Stewards = append(f.Stewards, e.Person)
	}
}

func (f *folding) facilitatorNamed(e FacilitatorNamed) {
	f.Facilitator = e.Person
	if e.Person != "" {
		f.tell(Notice{Kind: NoticeFacilitatorNamed, Person: e.Person})
	}
}

func (s *State) chat(ref ChatRef) int {
	return slices.IndexFunc(s.Chats, func(c Chat) bool { return c.Ref == ref })
}

func (f *folding) chatAttached(e ChatAttached) {
	if f.chat(e.Chat) < 0 {
		f.Chats = append(f.Chats, Chat{Ref: e.Chat})
		f.tell(Notice{Kind: NoticeChatAttached, Why: string(e.Chat.Platform)})
	}
}

func (f *folding) chatMoved(e ChatMoved) {
	from, to := f.chat(e.From), f.chat(e.To)
	switch {
	case from < 0:
	case to >= 0:
		f.Chats = slices.Delete(f.Chats, from, from+1)
	default:
		f.Chats[from].Ref = e.To
	}
}

func (f *folding) chatSuspended(ref ChatRef, suspended bool) {
	i := f.chat(ref)
	if i < 0 || f.Chats[i].Suspended == suspended {
		return
	}
	f.Chats[i].Suspended = suspended
	if suspended {
		f.tell(Notice{Kind: NoticeChatSilenced, Why: string(ref.Platform)})
	}
}

func (f *folding) personForgotten(e PersonForgotten) {
	for _, a := range f.Involvements(e.Person) {
		f.dropRep(a, e.Person)
	}
	f.Stewards = slices.DeleteFunc(f.Stewards, func(p PersonID) bool { return p == e.Person })
	if f.Facilitator == e.Person {
		f.Facilitator = ""
	}
}

func (f *folding) digestDue(e DigestDue) {
	if e.Day <= f.LastDigest {
		return
	}
	f.LastDigest = e.Day
	f.tell(Notice{Kind: NoticeDigest, Day: e.Day})
}
