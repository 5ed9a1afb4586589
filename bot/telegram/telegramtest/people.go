package telegramtest

import "fmt"

// GroupOption describes a new group.
type GroupOption func(*World, *chat)

// WithMembers adds ordinary members.
func WithMembers(users ...int64) GroupOption {
	return func(w *World, c *chat) {
		for _, u := range users {
			w.mustUser(u)
			c.setMember(u, Member)
		}
	}
}

// WithAdmins adds administrators; the first of a group is its creator.
func WithAdmins(users ...int64) GroupOption {
	return func(w *World, c *chat) {
		for _, u := range users {
			w.mustUser(u)
			status := Creator
			for _, have := range c.members {
				if have == Creator {
					status = Administrator
				}
			}
			c.setMember(u, status)
		}
	}
}

// AsSupergroup makes a supergroup instead of a basic group.
func AsSupergroup() GroupOption {
	return func(_ *World, c *chat) {
		if c.kind == group {
			c.kind = supergroup
			c.id -= 1_000_000_000_000
		}
	}
}

// AsForum makes a supergroup with topics.
func AsForum() GroupOption {
	return func(w *World, c *chat) {
		AsSupergroup()(w, c)
		c.forum = true
		c.topics[generalTopic] = &topic{name: "General"}
	}
}

// WithoutBot makes a group the bot is not in; AddBot brings it in.
func WithoutBot() GroupOption { return func(_ *World, c *chat) { c.bot = Left } }

// WithBotAdmin makes the bot an administrator: it sees everything and may pin.
func WithBotAdmin() GroupOption { return func(_ *World, c *chat) { c.bot = Administrator } }

// AddUser makes a person who has not started the bot and returns the id, which is also
// the id of the private chat.
func (s *Server) AddUser(u User) int64 {
	w := s.lock()
	defer s.unlock()
	if u.ID == 0 {
		w.nextUser++
		u.ID = w.nextUser
	}
	if w.users[u.ID] != nil {
		panic(fmt.Sprintf("telegramtest: user %d exists already", u.ID))
	}
	if u.FirstName == "" {
		u.FirstName = fmt.Sprintf("User %d", u.ID)
	}
	p := &person{User: u}
	w.users[u.ID] = p
	w.chats[u.ID] = &chat{id: u.ID, kind: private, user: p, bot: Member, nextID: 100}
	return u.ID
}

// Rename changes how a person is called from now on.
func (s *Server) Rename(user int64, firstName, username string) {
	w := s.lock()
	defer s.unlock()
	u := w.mustUser(user)
	u.FirstName, u.Username = firstName, username
}

// SetLanguage changes the language_code of a person; "" leaves it out.
func (s *Server) SetLanguage(user int64, tag string) {
	w := s.lock()
	defer s.unlock()
	w.mustUser(user).Language = tag
}

// AddGroup makes a basic group with the bot in it, silently, and returns its id.
func (s *Server) AddGroup(title string, opts ...GroupOption) int64 {
	w := s.lock()
	defer s.unlock()
	w.nextChat++
	c := &chat{
		id: -4_000_000_000 - w.nextChat, kind: group, title: title, bot: Member,
		members: make(map[int64]Status), topics: make(map[int]*topic), nextID: 100,
	}
	for _, o := range opts {
		o(w, c)
	}
	w.chats[c.id] = c
	return c.id
}

// AddTopic makes a topic in a forum and returns its thread id.
func (s *Server) AddTopic(chat int64, name string) int {
	w := s.lock()
	defer s.unlock()
	c := w.mustForum(chat)
	c.nextID++
	c.topics[c.nextID] = &topic{name: name}
	return c.nextID
}

// CloseTopic lets nobody write there; thread 1 is General.
func (s *Server) CloseTopic(chat int64, thread int) {
	w := s.lock()
	defer s.unlock()
	w.mustForum(chat).mustTopic(thread).closed = true
}

// ReopenTopic undoes CloseTopic.
func (s *Server) ReopenTopic(chat int64, thread int) {
	w := s.lock()
	defer s.unlock()
	w.mustForum(chat).mustTopic(thread).closed = false
}

// DeleteTopic removes a topic with its messages.
func (s *Server) DeleteTopic(chat int64, thread int) {
	w := s.lock()
	defer s.unlock()
	c := w.mustForum(chat)
	c.mustTopic(thread).deleted = true
	for _, m := range c.messages {
		if m.thread == thread {
			m.deleted = true
		}
	}
}

// DeleteMessage is a person deleting a message; the bot is not told.
func (s *Server) DeleteMessage(chat int64, id int) {
	w := s.lock()
	defer s.unlock()
	if m := w.mustChat(chat).find(id); m != nil {
		m.deleted = true
	}
}

func (w *World) mustForum(id int64) *chat {
	if c := w.mustGroup(id); c.forum {
		return c
	}
	panic(fmt.Sprintf("telegramtest: chat %d has no topics; AsForum makes one that has", id))
}

func (c *chat) mustTopic(thread int) *topic {
	if t := c.topics[thread]; t != nil {
		return t
	}
	panic(fmt.Sprintf("telegramtest: chat %d has no topic %d", c.id, thread))
}
