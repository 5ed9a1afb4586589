package web

import (
	"net/url"
	"strings"

	"klaster/bot"
	"klaster/domain"
)

// visitor is who a page or a request says it is. Two tabs with two names are two people.
type visitor struct {
	room string
	name string
	lang string
}

const defaultRoom = "klaster"

func (v visitor) group() domain.ChatRef {
	return domain.ChatRef{Platform: Platform, Chat: "g:" + v.room}
}
func (v visitor) roster() domain.ChatRef {
	return domain.ChatRef{Platform: Platform, Chat: "m:" + v.room}
}
func (v visitor) private() domain.ChatRef {
	return domain.ChatRef{Platform: Platform, Chat: "p:" + v.user()}
}

// user is the person's id on this platform: a person belongs to one room, so that the bot's private words reach the
// panel of the room they are about. Rooms have no colon in their names.
func (v visitor) user() string { return v.room + ":" + v.name }

// chat finds one of the two chats of a page.
func (v visitor) chat(which string) (ref domain.ChatRef, private, ok bool) {
	switch which {
	case "group":
		return v.group(), false, true
	case "private":
		return v.private(), true, true
	}
	return domain.ChatRef{}, false, false
}

func (v visitor) from() bot.User { return bot.User{ID: v.user(), Name: v.name, Lang: v.lang} }

// address is the page of this person.
func (v visitor) address() string {
	q := url.Values{"room": {v.room}, "lang": {v.lang}}
	if v.name != "" {
		q.Set("as", v.name)
	}
	return "/?" + q.Encode()
}

// as is another person in the same room and language.
func (v visitor) as(name string) visitor {
	v.name = name
	return v
}

func (v visitor) in(lang string) visitor {
	v.lang = lang
	return v
}

// visitorOf reads room, name and language as a page of ours sends them; the key of a sentence if that cannot be.
func (r *Room) visitorOf(room, name, lang string) (visitor, string) {
	v := visitor{room: cleanRoom(room), name: bot.CleanName(name, maxName), lang: r.speak(lang)}
	switch {
	case v.room == "" || v.room != room:
		return v, "error.room"
	case v.name == "" || v.name != name:
		return v, "error.name"
	case reserved(v.name):
		return v, "error.name_taken"
	}
	return v, ""
}

func reserved(name string) bool { return strings.EqualFold(name, botName) }

// roomOf tells to which room a group or private chat belongs.
func roomOf(chat domain.ChatRef) (visitor, bool) {
	kind, rest, ok := strings.Cut(chat.Chat, ":")
	room, name, named := strings.Cut(rest, ":")
	if !ok || chat.Platform != Platform || room == "" || (kind == "p") != named || kind != "p" && kind != "g" {
		return visitor{}, false
	}
	return visitor{room: room, name: name}, true
}

func isRoster(chat domain.ChatRef) bool { return strings.HasPrefix(chat.Chat, "m:") }

// userOf splits a user id.
func userOf(id string) (visitor, bool) {
	room, name, ok := strings.Cut(id, ":")
	return visitor{room: room, name: name}, ok
}
