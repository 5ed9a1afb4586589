package telegramtest

import (
	"fmt"
	"slices"
	"strconv"
)

// AddBot brings the bot into a group: my_chat_member, then the service message. The
// result is the first update's id.
func (s *Server) AddBot(chat, by int64) int {
	w := s.lock()
	defer s.unlock()
	c, from := w.mustGroup(chat), w.mustUser(by)
	id := w.setBot(c, &from.User, Member)
	w.service(c, &from.User, append(w.self.append([]byte(`,"new_chat_members":[`)), ']'))
	return id
}

// Kick removes the bot from a group for good.
func (s *Server) Kick(chat, by int64) int { return s.botStatus(chat, by, Kicked) }

// RemoveBot takes the bot out of a group without banning it.
func (s *Server) RemoveBot(chat, by int64) int { return s.botStatus(chat, by, Left) }

// PromoteBot makes the bot an administrator.
func (s *Server) PromoteBot(chat, by int64) int { return s.botStatus(chat, by, Administrator) }

// DemoteBot makes the bot an ordinary member again, also after Mute.
func (s *Server) DemoteBot(chat, by int64) int { return s.botStatus(chat, by, Member) }

// Mute restricts the bot: it must not write.
func (s *Server) Mute(chat, by int64) int { return s.botStatus(chat, by, Restricted) }

func (s *Server) botStatus(chat, by int64, to Status) int {
	w := s.lock()
	defer s.unlock()
	return w.setBot(w.mustGroup(chat), &w.mustUser(by).User, to)
}

// Block is a person blocking the bot.
func (s *Server) Block(user int64) int { return s.block(user, true) }

// Unblock undoes Block.
func (s *Server) Unblock(user int64) int { return s.block(user, false) }

func (s *Server) block(user int64, blocked bool) int {
	w := s.lock()
	defer s.unlock()
	return w.setBlocked(w.mustUser(user), blocked)
}

// Deactivate is a person deleting the account.
func (s *Server) Deactivate(user int64) {
	w := s.lock()
	defer s.unlock()
	w.mustUser(user).deactivated = true
}

func (w *World) setBlocked(u *person, blocked bool) int {
	u.blocked = blocked
	to := Member
	if blocked {
		to = Kicked
	}
	return w.setBot(w.chats[u.ID], &u.User, to)
}

func (w *World) setBot(c *chat, by *User, to Status) int {
	from := c.bot
	c.bot, c.muted = to, to == Restricted
	date := w.settings.now().Unix()
	return w.push("my_chat_member", func(b []byte) []byte {
		b = c.append(append(b, `{"chat":`...))
		b = by.append(append(b, `,"from":`...))
		b = appendInt(b, `,"date":`, date)
		b = appendMember(append(b, `,"old_chat_member":`...), &w.self, from)
		b = appendMember(append(b, `,"new_chat_member":`...), &w.self, to)
		return append(b, '}')
	})
}

// appendMember writes a ChatMember with the rights that go with the status.
func appendMember(b []byte, u *User, s Status) []byte {
	b = u.append(append(b, `{"user":`...))
	b = appendText(b, `,"status":`, string(s))
	switch s {
	case Creator:
		b = append(b, `,"is_anonymous":false`...)
	case Administrator:
		b = append(b, `,"can_be_edited":false,"is_anonymous":false,"can_manage_chat":true,"can_delete_messages":true,"can_manage_video_chats":true,"can_restrict_members":true,"can_promote_members":false,"can_change_info":true,"can_invite_users":true,"can_post_stories":false,"can_edit_stories":false,"can_delete_stories":false,"can_pin_messages":true,"can_manage_topics":true`...)
	case Restricted:
		b = append(b, `,"is_member":true,"can_send_messages":false,"can_send_audios":false,"can_send_documents":false,"can_send_photos":false,"can_send_videos":false,"can_send_video_notes":false,"can_send_voice_notes":false,"can_send_polls":false,"can_send_other_messages":false,"can_add_web_page_previews":false,"can_react_to_messages":false,"can_edit_tag":false,"can_change_info":false,"can_invite_users":false,"can_pin_messages":false,"can_manage_topics":false,"until_date":0`...)
	case Kicked:
		b = append(b, `,"until_date":0`...)
	case Member, Left:
	}
	return append(b, '}')
}

// AddMember lets a person join a group; the bot sees the service message.
func (s *Server) AddMember(chat, user int64) int {
	w := s.lock()
	defer s.unlock()
	c, u := w.mustGroup(chat), w.mustUser(user)
	c.setMember(user, Member)
	return w.service(c, &u.User, append(u.append([]byte(`,"new_chat_members":[`)), ']'))
}

// RemoveMember lets a person leave a group; the bot sees the service message.
func (s *Server) RemoveMember(chat, user int64) int {
	w := s.lock()
	defer s.unlock()
	c, u := w.mustGroup(chat), w.mustUser(user)
	c.setMember(user, Left)
	return w.service(c, &u.User, u.append([]byte(`,"left_chat_member":`)))
}

// Promote gives a member another status, silently: the bot has not asked for chat_member.
func (s *Server) Promote(chat, user int64, to Status) {
	w := s.lock()
	defer s.unlock()
	w.mustUser(user)
	w.mustGroup(chat).setMember(user, to)
}

// service queues a service message of a person. Bots see those in every group they are in.
func (w *World) service(c *chat, by *User, extra []byte) int {
	sender := *by
	m := c.add(&message{sender: &sender, at: w.settings.now(), extra: string(extra)})
	if !c.bot.inside() {
		return 0
	}
	return w.push("message", func(b []byte) []byte { return m.append(b, w, true) })
}

// Migration is what the bot hears when a group becomes a supergroup.
type Migration int

// OldFirst and NewFirst are the two service messages in either order; Silent is none:
// the bot learns it from the refusal of its next message.
const (
	OldFirst Migration = iota
	NewFirst
	Silent
)

// MigrateToSupergroup turns a basic group into a supergroup and returns the new id.
// Members stay, message ids do not.
func (s *Server) MigrateToSupergroup(chatID, by int64, hears Migration) int64 {
	w := s.lock()
	defer s.unlock()
	old, from := w.mustGroup(chatID), w.mustUser(by)
	if old.kind != group || old.migratedTo != 0 {
		panic(fmt.Sprintf("telegramtest: chat %d is no basic group (any more)", chatID))
	}
	c := &chat{
		id: old.id - 1_000_000_000_000, kind: supergroup, title: old.title, bot: old.bot, muted: old.muted,
		members: make(map[int64]Status), order: slices.Clone(old.order), topics: make(map[int]*topic),
	}
	for u, status := range old.members {
		c.members[u] = status
	}
	w.chats[c.id] = c
	old.migratedTo = c.id
	inOld := func() { w.service(old, &from.User, strconv.AppendInt([]byte(`,"migrate_to_chat_id":`), c.id, 10)) }
	inNew := func() { w.service(c, &from.User, strconv.AppendInt([]byte(`,"migrate_from_chat_id":`), old.id, 10)) }
	switch hears {
	case OldFirst:
		inOld()
		inNew()
	case NewFirst:
		inNew()
		inOld()
	case Silent:
	}
	return c.id
}
