package domain

import (
	"slices"
)

func (d deciding) found(c Found) ([]Event, *Error) {
	if d.Founded() {
		return nil, Refuse(Already, "cluster.exists")
	}
	name, bad1 := needed(c.Name, MaxName)
	core, bad2 := needed(c.Core, MaxName)
	region, bad3 := needed(c.Region, MaxName)
	if refusal := firstRefusal(bad1, bad2, bad3); refusal != nil {
		return nil, refusal
	}
	if c.Steward == "" {
		return nil, Refuse(Invalid, "steward.nobody")
	}
	for key, value := range map[CharterKey]string{KeyLang: c.Lang, KeyZone: c.Zone} {
		if refusal := d.settable(key, value); refusal != nil {
			return nil, refusal
		}
	}
	return happened(ClusterFounded{
		Name: name, Core: core, Region: region, Lang: c.Lang, Zone: c.Zone, Steward: c.Steward, Chat: c.Chat,
	})
}

// settable checks a value of a key that is not a text.
func (d deciding) settable(key CharterKey, value string) *Error {
	setting, known := settingOf(key)
	switch {
	case !known || key.IsText():
		return Refuse(NotFound, "charter.unknown", "setting", string(key))
	case key == KeyZone:
		// "Local" is the zone of whatever machine this is.
		if value == "" || value == "Local" || d.zones == nil || d.zones(value) == nil {
			return Refuse(Invalid, "charter.zone", "value", Text(value))
		}
	case !setting.Accepts(value):
		if setting.Max > 0 {
			return Refuse(Invalid, "charter.number", "setting", string(key), "value", Text(value), "min", setting.Min, "max", setting.Max)
		}
		return Refuse(Invalid, "charter.word", "setting", string(key), "value", Text(value))
	}
	return nil
}

// actorsForRules is the number of approved actors from which the rules belong to the group.
const actorsForRules = 3

func (d deciding) changeCharter(c ChangeCharter) ([]Event, *Error) {
	setting, known := settingOf(c.Key)
	if !known {
		return nil, Refuse(NotFound, "charter.unknown", "setting", string(c.Key))
	}
	if refusal := d.needSteward(); refusal != nil {
		return nil, refusal
	}
	if c.Key.IsText() {
		return d.rename(c)
	}
	if refusal := d.settable(c.Key, c.Value); refusal != nil {
		return nil, refusal
	}
	if c.Value == d.Setting(c.Key) {
		return unchanged()
	}
	if setting.Rule && len(d.Approved()) >= actorsForRules {
		return nil, Refuse(NotAllowed, "charter.needs_decision", "setting", string(c.Key))
	}
	return happened(CharterChanged{Key: c.Key, Value: c.Value})
}

func (d deciding) rename(c ChangeCharter) ([]Event, *Error) {
	text, refusal := needed(Text(c.Value), MaxName)
	if refusal != nil {
		return nil, refusal
	}
	now := map[CharterKey]Text{KeyName: d.Name, KeyCore: d.Core, KeyRegion: d.Region}
	if now[c.Key] == text {
		return unchanged()
	}
	return happened(CharterChanged{Key: c.Key, Text: text})
}

func (d deciding) nameSteward(c NameSteward) ([]Event, *Error) {
	switch refusal := d.needSteward(); {
	case refusal != nil:
		return nil, refusal
	case c.Person == "":
		return nil, Refuse(Invalid, "steward.nobody")
	case d.IsSteward(c.Person):
		return unchanged()
	}
	return happened(StewardNamed(c))
}

// nameFacilitator is a steward's; who holds the post may also lay it down.
func (d deciding) nameFacilitator(c NameFacilitator) ([]Event, *Error) {
	resigns := c.Person == "" && d.by.Person != "" && d.by.Person == d.Facilitator
	switch refusal := d.needSteward(); {
	case refusal != nil && !resigns:
		return nil, refusal
	case d.Facilitator == c.Person:
		return unchanged()
	}
	return happened(FacilitatorNamed(c))
}

// fromBot keeps what follows the platforms to the bot itself.
func (d deciding) fromBot() *Error {
	if d.system() {
		return nil
	}
	return Refuse(NotAllowed, "bot.only")
}

// attachChat is the bot's, which knows who holds a chat; but a steward may add a topic of a group that is attached.
func (d deciding) attachChat(c AttachChat) ([]Event, *Error) {
	switch {
	case c.Chat.Platform == "" || c.Chat.Chat == "":
		return nil, Refuse(Invalid, "chat.unknown")
	case !d.system() && (c.Chat.Thread == "" || !d.SpeaksIn(c.Chat)):
		return nil, Refuse(NotAllowed, "bot.only")
	}
	if refusal := d.needSteward(); refusal != nil && !d.system() {
		return nil, refusal
	}
	if d.chat(c.Chat) >= 0 {
		return unchanged()
	}
	return happened(ChatAttached(c))
}

func (d deciding) moveChat(c MoveChat) ([]Event, *Error) {
	switch refusal := d.fromBot(); {
	case refusal != nil:
		return nil, refusal
	case c.From == c.To:
		return unchanged()
	case d.chat(c.From) < 0:
		if d.chat(c.To) >= 0 {
			return unchanged() // told twice
		}
		return nil, Refuse(NotFound, "chat.unknown")
	}
	return happened(ChatMoved(c))
}

func (d deciding) suspendChat(c SuspendChat) ([]Event, *Error) {
	return d.chatSuspension(c.Chat, true, ChatSuspended(c))
}

func (d deciding) resumeChat(c ResumeChat) ([]Event, *Error) {
	return d.chatSuspension(c.Chat, false, ChatResumed(c))
}

func (d deciding) chatSuspension(ref ChatRef, suspended bool, e Event) ([]Event, *Error) {
	if refusal := d.fromBot(); refusal != nil {
		return nil, refusal
	}
	i := d.chat(ref)
	switch {
	case i < 0:
		return nil, Refuse(NotFound, "chat.unknown")
	case d.Chats[i].Suspended == suspended:
		return unchanged()
	}
	return happened(e)
}

func (d deciding) forgetPerson(c ForgetPerson) ([]Event, *Error) {
	switch {
	case !d.system() && d.by.Person != c.Person:
		return nil, Refuse(NotAllowed, "forget.only_self")
	case c.Person == "" || !slices.Contains(d.Stewards, c.Person) && d.Facilitator != c.Person && len(d.involved(c.Person)) == 0:
		return unchanged()
	}
	return happened(PersonForgotten(c))
}
