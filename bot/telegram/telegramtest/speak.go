package telegramtest

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// The identities Telegram lends to those who do not write as themselves.
const (
	GroupAnonymousBot int64 = 1087968824
	ChannelBot        int64 = 136817688
	LinkedChannel     int64 = 777000
)

// TextOption says how a message is sent.
type TextOption func(*said)

type said struct {
	thread      int
	replyTo     int
	edits       int
	forwardedBy *int64
	anonymous   bool
	channelID   int64
	channelName string
	linked      bool
	file        *file
	entities    *string
	seen        bool
}

// InTopic sends into a forum topic. Thread 1 is written out as a client never would.
func InTopic(thread int) TextOption { return func(m *said) { m.thread = thread } }

// ReplyTo answers a message.
func ReplyTo(id int) TextOption { return func(m *said) { m.replyTo = id } }

// Forwarded sends it as a forward of somebody's message.
func Forwarded(from int64) TextOption { return func(m *said) { m.forwardedBy = &from } }

// Editing changes an earlier message instead of sending a new one.
func Editing(id int) TextOption { return func(m *said) { m.edits = id } }

// AnonymousAdmin hides the person behind GroupAnonymousBot, the group being the sender.
func AnonymousAdmin() TextOption { return func(m *said) { m.anonymous = true } }

// AsChannel hides the person behind Channel_Bot, a channel being the sender.
func AsChannel(id int64, title string) TextOption {
	return func(m *said) { m.channelID, m.channelName = id, title }
}

// AsLinkedChannel is the automatic forward of a post in the linked channel.
func AsLinkedChannel(id int64, title string) TextOption {
	return func(m *said) { m.channelID, m.channelName, m.linked = id, title, true }
}

// WithDocument attaches a file; the text becomes its caption.
func WithDocument(name, mime string, content []byte) TextOption {
	return func(m *said) { m.file = &file{name: name, mime: mime, content: content} }
}

// WithPhoto attaches a photo; the text becomes its caption.
func WithPhoto(content []byte) TextOption {
	return func(m *said) { m.file = &file{name: "photo.jpg", mime: "image/jpeg", content: content, photo: true} }
}

// WithEntities replaces the entities by this JSON, however wrong; "" leaves them out.
func WithEntities(json string) TextOption { return func(m *said) { m.entities = &json } }

// Seen delivers the message although privacy mode would hide it from the bot.
func Seen() TextOption { return func(m *said) { m.seen = true } }

// SendText lets a person write into a chat, and returns the id of the update. It is 0
// when the bot does not get one: privacy mode, not in the group, kind not allowed. A
// text that begins with / carries a bot_command entity. Writing in the private chat
// starts the bot.
func (s *Server) SendText(chatID, user int64, text string, opts ...TextOption) int {
	w := s.lock()
	defer s.unlock()
	_, id := w.say(chatID, user, text, opts...)
	return id
}

// Send is SendText for tests that need the message: its id, and the id of the update.
func (s *Server) Send(chatID, user int64, text string, opts ...TextOption) (messageID, updateID int) {
	w := s.lock()
	defer s.unlock()
	m, updateID := w.say(chatID, user, text, opts...)
	return m.id, updateID
}

func (w *World) say(chatID, user int64, text string, opts ...TextOption) (*message, int) {
	var o said
	for _, opt := range opts {
		opt(&o)
	}
	c, from := w.mustChat(chatID), w.mustUser(user)
	if c.kind == private {
		from.started = true
	}
	if c.migratedTo != 0 {
		panic(fmt.Sprintf("telegramtest: chat %d became %d; nobody can write into the old one", chatID, c.migratedTo))
	}
	kind, m := "message", &message{}
	if o.edits != 0 {
		kind, m = "edited_message", c.find(o.edits)
		if m == nil {
			panic(fmt.Sprintf("telegramtest: chat %d has no message %d to edit", chatID, o.edits))
		}
		m.editedAt = w.settings.now().Unix()
		m.edits++
	} else {
		m.at = w.settings.now()
		c.add(m)
	}
	m.text, m.thread = text, o.thread
	sender := from.User
	m.sender = &sender
	w.disguise(m, &o)
	m.entities = commandEntity(text)
	if o.entities != nil {
		m.entities = *o.entities
	}
	if o.replyTo != 0 {
		m.replyTo = c.find(o.replyTo)
	}
	if o.file != nil {
		m.file = w.keep(o.file)
	}
	if !o.seen && !w.sees(c, m) {
		return m, 0
	}
	return m, w.push(kind, func(b []byte) []byte { return m.append(b, w, true) })
}

// disguise puts another identity in front of the person, or a forward's origin behind.
func (w *World) disguise(m *message, o *said) {
	switch {
	case o.anonymous:
		m.sender = &User{ID: GroupAnonymousBot, Bot: true, FirstName: "Group", Username: "GroupAnonymousBot"}
		m.senderChat = m.chat
	case o.linked:
		m.sender = &User{ID: LinkedChannel, FirstName: "Telegram"}
		m.senderChat = &chat{id: o.channelID, kind: channel, title: o.channelName}
		m.extra += `,"is_automatic_forward":true`
	case o.channelID != 0:
		m.sender = &User{ID: ChannelBot, Bot: true, FirstName: "Channel", Username: "Channel_Bot"}
		m.senderChat = &chat{id: o.channelID, kind: channel, title: o.channelName}
	}
	if o.forwardedBy != nil {
		// The real server writes the old members beside the new one.
		origin := w.mustUser(*o.forwardedBy)
		date := m.at.Unix()
		b := origin.append([]byte(`,"forward_origin":{"type":"user","sender_user":`))
		b = append(appendInt(b, `,"date":`, date), '}')
		b = origin.append(append(b, `,"forward_from":`...))
		m.extra += string(appendInt(b, `,"forward_date":`, date))
	}
}

// commandEntity marks a command at the beginning of a text. Commands are ASCII, so bytes
// and UTF-16 units agree.
func commandEntity(text string) string {
	if !strings.HasPrefix(text, "/") {
		return ""
	}
	n := 1
	for n < len(text) && text[n] < utf8.RuneSelf && commandByte(text[n]) {
		n++
	}
	if n == 1 {
		return ""
	}
	return fmt.Sprintf(`[{"type":"bot_command","offset":0,"length":%d}]`, n)
}

func commandByte(c byte) bool {
	return c == '_' || c == '@' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// Start is a person pressing Start, with the payload of a deep link or "". Who had
// blocked the bot unblocks it by that.
func (s *Server) Start(user int64, payload string) int {
	w := s.lock()
	defer s.unlock()
	if u := w.mustUser(user); u.blocked {
		w.setBlocked(u, false)
	}
	_, id := w.say(user, user, strings.TrimSpace("/start "+payload))
	return id
}
