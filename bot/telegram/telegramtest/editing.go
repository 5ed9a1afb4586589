package telegramtest

import "encoding/json"

const notModified = "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message"

// own finds a message of the bot for an edit.
func (w *World) own(p params) (*message, *refusal) {
	c, e := w.target(p)
	if e != nil {
		return nil, e
	}
	m := c.find(p.number("message_id"))
	switch {
	case m == nil:
		return nil, badRequest("message to edit not found")
	case !m.byBot || m.raw != "": // a message with force_reply or a reply keyboard stays as it is
		return nil, badRequest("message can't be edited")
	}
	return m, nil
}

func editMessageText(w *World, c *call) result {
	m, e := w.own(c.params)
	if e != nil {
		return refused(e)
	}
	if m.file != nil {
		return refused(badRequest("there is no text in the message to edit"))
	}
	next := *m
	if e := next.compose(c.params, "text"); e != nil {
		return refused(e)
	}
	if next.text == "" {
		return refused(badRequest("message text is empty"))
	}
	return w.amend(c, m, &next)
}

func editMessageCaption(w *World, c *call) result {
	m, e := w.own(c.params)
	if e != nil {
		return refused(e)
	}
	if m.file == nil {
		return refused(badRequest("there is no caption in the message to edit"))
	}
	next := *m
	if e := next.compose(c.params, "caption"); e != nil {
		return refused(e)
	}
	return w.amend(c, m, &next)
}

func editMessageReplyMarkup(w *World, c *call) result {
	m, e := w.own(c.params)
	if e != nil {
		return refused(e)
	}
	next := *m
	if e := next.decorate(c.params); e != nil {
		return refused(e)
	}
	return w.amend(c, m, &next)
}

// amend replaces what a message shows, unless nothing would change.
func (w *World) amend(c *call, m, next *message) result {
	if next.text == m.text && next.entities == m.entities && sameJSON(next.markup, m.markup) {
		return refused(badRequest(notModified))
	}
	next.edits++
	next.editedAt = w.settings.now().Unix()
	*m = *next
	return result{body: m.append(c.buf, w, true)}
}

// sameJSON compares two keyboards by what they mean, not by how they are written.
func sameJSON(a, b string) bool {
	if a == b {
		return true
	}
	return canonical(a) == canonical(b)
}

// canonical sorts the members of an object; what is no JSON stays as it is.
func canonical(raw string) string {
	var v any
	if json.Unmarshal([]byte(raw), &v) != nil {
		return raw
	}
	b, err := json.Marshal(v)
	if err != nil {
		return raw
	}
	return string(b)
}

func deleteMessage(w *World, c *call) result {
	room, e := w.target(c.params)
	if e != nil {
		return refused(e)
	}
	m := room.find(c.params.number("message_id"))
	switch {
	case m == nil:
		return refused(badRequest("message to delete not found"))
	case !m.byBot && !room.bot.admin():
		return refused(badRequest("message can't be deleted"))
	}
	m.deleted = true
	return yes(c)
}

func pinChatMessage(w *World, c *call) result {
	room, e := w.target(c.params)
	if e != nil {
		return refused(e)
	}
	m := room.find(c.params.number("message_id"))
	switch {
	case m == nil:
		return refused(badRequest("message to pin not found"))
	case room.kind != private && !room.bot.admin():
		return refused(badRequest("not enough rights to manage pinned messages in the chat"))
	}
	m.pinned = true
	return yes(c)
}

func unpinChatMessage(w *World, c *call) result {
	room, e := w.target(c.params)
	if e != nil {
		return refused(e)
	}
	id := c.params.number("message_id")
	for i := len(room.messages) - 1; i >= 0; i-- {
		m := room.messages[i]
		if m.pinned && (id == 0 || m.id == id) {
			m.pinned = false
			return yes(c)
		}
	}
	return refused(badRequest("message to unpin not found"))
}
