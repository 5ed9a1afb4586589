package telegramtest

import "strconv"

func getMe(w *World, c *call) result {
	b := w.self.append(c.buf)
	b = append(b[:len(b)-1], `,"can_join_groups":true,"can_read_all_group_messages":`...)
	b = strconv.AppendBool(b, !w.settings.privacy)
	return result{body: append(b, `,"supports_inline_queries":false,"can_connect_to_business":false,"has_main_web_app":false}`...)}
}

func getChat(w *World, c *call) result {
	room, e := w.target(c.params)
	if e != nil {
		return refused(e)
	}
	b := room.appendOpen(c.buf)
	b = append(b, `,"accent_color_id":0,"max_reaction_count":11,"accepted_gift_types":{"unlimited_gifts":false,"limited_gifts":false,"unique_gifts":false,"premium_subscription":false,"gifts_from_channels":false}`...)
	if room.kind != private {
		b = append(b, `,"permissions":{"can_send_messages":true,"can_send_documents":true,"can_send_photos":true,"can_invite_users":true,"can_pin_messages":false}`...)
	}
	return result{body: append(b, '}')}
}

// status is false for users Telegram would not know.
func (w *World) status(room *chat, user int64) (*User, Status, bool) {
	if user == BotID {
		return &w.self, room.bot, true
	}
	u := w.users[user]
	if u == nil {
		return nil, "", false
	}
	if room.kind == private {
		return &u.User, Member, user == room.id
	}
	if s, known := room.members[user]; known {
		return &u.User, s, true
	}
	return &u.User, Left, true
}

func getChatMember(w *World, c *call) result {
	room, e := w.target(c.params)
	if e != nil {
		return refused(e)
	}
	id, _ := c.params.integer("user_id")
	u, status, known := w.status(room, id)
	if !known {
		return refused(badRequest("PARTICIPANT_ID_INVALID"))
	}
	return result{body: appendMember(c.buf, u, status)}
}

func getChatMemberCount(w *World, c *call) result {
	room, e := w.target(c.params)
	if e != nil {
		return refused(e)
	}
	n := 2
	if room.kind != private {
		n = 1 // the bot
		for _, s := range room.members {
			if s.inside() {
				n++
			}
		}
	}
	return result{body: strconv.AppendInt(c.buf, int64(n), 10)}
}

func getChatAdministrators(w *World, c *call) result {
	room, e := w.target(c.params)
	if e != nil {
		return refused(e)
	}
	if room.kind == private {
		return refused(badRequest("there are no administrators in the private chat"))
	}
	b, n := append(c.buf, '['), 0
	for _, id := range room.order {
		if !room.members[id].admin() {
			continue
		}
		if n++; n > 1 {
			b = append(b, ',')
		}
		b = appendMember(b, &w.users[id].User, room.members[id])
	}
	if room.bot.admin() {
		if n > 0 {
			b = append(b, ',')
		}
		b = appendMember(b, &w.self, room.bot)
	}
	return result{body: append(b, ']')}
}

func leaveChat(w *World, c *call) result {
	room, e := w.target(c.params)
	if e != nil {
		return refused(e)
	}
	if room.kind == private {
		return refused(badRequest("chat member status can't be changed in private chats"))
	}
	w.setBot(room, &w.self, Left)
	return yes(c)
}
