package telegramtest

import (
	"encoding/json"
	"strings"
)

// handlers are the methods of the Bot API this server knows, getUpdates aside.
func handlers() map[string]handler {
	return map[string]handler{
		"getMe":                  getMe,
		"setWebhook":             setWebhook,
		"deleteWebhook":          deleteWebhook,
		"getWebhookInfo":         getWebhookInfo,
		"sendMessage":            sendMessage,
		"sendDocument":           sendFile("document"),
		"sendPhoto":              sendFile("photo"),
		"sendChatAction":         sendChatAction,
		"editMessageText":        editMessageText,
		"editMessageCaption":     editMessageCaption,
		"editMessageReplyMarkup": editMessageReplyMarkup,
		"deleteMessage":          deleteMessage,
		"answerCallbackQuery":    answerCallbackQuery,
		"getFile":                getFile,
		"getChat":                getChat,
		"getChatMember":          getChatMember,
		"getChatMemberCount":     getChatMemberCount,
		"getChatMembersCount":    getChatMemberCount,
		"getChatAdministrators":  getChatAdministrators,
		"leaveChat":              leaveChat,
		"pinChatMessage":         pinChatMessage,
		"unpinChatMessage":       unpinChatMessage,
		"setMyCommands":          setMyCommands,
		"deleteMyCommands":       deleteMyCommands,
		"getMyCommands":          getMyCommands,
	}
}

// target finds the chat of a call, or says why the bot cannot act there.
func (w *World) target(p params) (*chat, *refusal) {
	id, _ := p.integer("chat_id") // a @username is a chat nobody made
	c := w.chats[id]
	switch {
	case c == nil:
		return nil, badRequest("chat not found")
	case c.migratedTo != 0:
		e := badRequest("group chat was upgraded to a supergroup chat")
		e.migrateTo = c.migratedTo
		return nil, e
	case c.kind == private:
		switch u := c.user; {
		case u.deactivated:
			return nil, forbidden("user is deactivated")
		case u.blocked:
			return nil, forbidden("bot was blocked by the user")
		case !u.started:
			return nil, forbidden("bot can't initiate conversation with a user")
		}
	case c.bot == Kicked:
		return nil, forbidden("bot was kicked from the " + string(c.kind) + " chat")
	case !c.bot.inside():
		return nil, forbidden("bot is not a member of the " + string(c.kind) + " chat")
	}
	return c, nil
}

// room is target for new messages: it also needs the right to write and an open topic.
func (w *World) room(p params) (*chat, int, *refusal) {
	c, e := w.target(p)
	if e != nil {
		return nil, 0, e
	}
	if c.muted {
		return nil, 0, badRequest("not enough rights to send text messages to the chat")
	}
	thread := p.number("message_thread_id")
	if thread == 0 {
		if c.forum && c.topics[generalTopic].closed {
			return nil, 0, badRequest("TOPIC_CLOSED")
		}
		return c, 0, nil
	}
	t := c.topics[thread]
	switch {
	case t == nil || t.deleted || thread == generalTopic:
		return nil, 0, badRequest("message thread not found")
	case t.closed:
		return nil, 0, badRequest("TOPIC_CLOSED")
	}
	return c, thread, nil
}

// compose reads what a message shows: text or caption, and the keyboard.
func (m *message) compose(p params, key string) *refusal {
	raw := p.text(key)
	m.text, m.html, m.entities = strings.TrimSpace(raw), "", ""
	if strings.EqualFold(p.text("parse_mode"), "html") {
		text, _, entities, err := parseHTML(raw)
		if err != nil {
			return badRequest("can't parse entities: %s", err)
		}
		m.text, m.html, m.entities = text, raw, entities
	} else if e := p.object(entitiesKey(key)); e != "" && e != "[]" {
		if !json.Valid([]byte(e)) {
			return badRequest("can't parse entities: can't parse entities JSON object")
		}
		m.entities = e
	}
	return m.decorate(p)
}

func entitiesKey(key string) string {
	if key == "caption" {
		return "caption_entities"
	}
	return "entities"
}

// decorate takes reply_markup. Only inline keyboards are a part of the message.
func (m *message) decorate(p params) *refusal {
	m.markup, m.raw, m.asks = "", "", false
	raw := p.object("reply_markup")
	if raw == "" {
		return nil
	}
	var members map[string]json.RawMessage
	if json.Unmarshal([]byte(raw), &members) != nil {
		return badRequest("can't parse reply keyboard markup JSON object")
	}
	switch rows, inline := members["inline_keyboard"]; {
	case inline && len(rows) > 2 && string(rows) != "null":
		m.markup = raw
	case inline:
	default:
		m.raw = raw
		m.asks = string(members["force_reply"]) == "true"
	}
	return nil
}

func sendMessage(w *World, c *call) result {
	return w.post(c, &message{}, "text")
}

func sendFile(kind string) handler {
	return func(w *World, c *call) result {
		f, e := w.attached(c.params, kind)
		if e != nil {
			return refused(e)
		}
		return w.post(c, &message{file: f}, "caption")
	}
}

// post puts a message of the bot into the world and shows it.
func (w *World) post(c *call, m *message, key string) result {
	room, thread, e := w.room(c.params)
	if e == nil {
		e = m.compose(c.params, key)
	}
	if e == nil {
		m.replyTo, e = room.replied(c.params)
	}
	if e != nil {
		return refused(e)
	}
	if m.text == "" && m.file == nil {
		return refused(badRequest("message text is empty"))
	}
	m.sender, m.byBot, m.thread, m.at = &w.self, true, thread, w.settings.now()
	room.add(m)
	return result{body: m.append(c.buf, w, true)}
}

// replied finds the message that is answered; nil when there is none and none is needed.
func (c *chat) replied(p params) (*message, *refusal) {
	r := struct {
		ID      int  `json:"message_id"`
		Without bool `json:"allow_sending_without_reply"`
	}{ID: p.number("reply_to_message_id"), Without: p.boolean("allow_sending_without_reply")}
	if raw := p.object("reply_parameters"); raw != "" {
		if json.Unmarshal([]byte(raw), &r) != nil {
			return nil, badRequest("can't parse reply parameters JSON object")
		}
	}
	if r.ID == 0 {
		return nil, nil
	}
	m := c.find(r.ID)
	if m == nil && !r.Without {
		return nil, badRequest("message to be replied not found")
	}
	return m, nil
}

func sendChatAction(w *World, c *call) result {
	if _, _, e := w.room(c.params); e != nil {
		return refused(e)
	}
	return yes(c)
}
