package telegramtest

import (
	"fmt"
	"strings"
	"time"
)

// World is everything the fake knows. The methods of World are the inspection part of
// this package without the lock: only a condition given to WaitFor may use them. Server
// has the same methods for everybody else.
type World struct {
	settings *settings
	self     User
	began    time.Time

	users    map[int64]*person
	chats    map[int64]*chat // groups and private chats alike
	nextUser int64
	nextChat int64

	queue     queue
	callbacks map[int64]callback // waiting for an answer
	nextTap   int64
	answers   []Answer
	answered  int
	latencies []time.Duration

	commands   map[commandKey][]Command
	files      map[string]*file
	requests   []Request
	violations []string
	webhook    webhook
	limiter    limiter
}

// User is a person, or a bot, as Telegram shows it. ID 0 asks AddUser for a free one.
type User struct {
	ID                            int64
	FirstName, LastName, Username string
	Language                      string // IETF tag, often absent in real life
	Bot                           bool
}

type person struct {
	User
	started, blocked, deactivated bool
}

type chatKind string

const (
	private    chatKind = "private"
	group      chatKind = "group"
	supergroup chatKind = "supergroup"
	channel    chatKind = "channel"
)

type chat struct {
	id         int64
	kind       chatKind
	title      string
	user       *person // of a private chat
	forum      bool
	members    map[int64]Status
	order      []int64 // members in the order they came
	bot        Status
	muted      bool // the bot is restricted: it reads, but must not write
	topics     map[int]*topic
	messages   []*message
	nextID     int
	migratedTo int64
}

type topic struct {
	name            string
	closed, deleted bool
}

// generalTopic is the topic every forum has; it is never named in a request.
const generalTopic = 1

// Status is a membership as getChatMember names it.
type Status string

// The statuses of a member. Only the bot is ever Restricted, by Mute.
const (
	Creator       Status = "creator"
	Administrator Status = "administrator"
	Member        Status = "member"
	Restricted    Status = "restricted"
	Left          Status = "left"
	Kicked        Status = "kicked"
)

func (s Status) inside() bool {
	return s == Creator || s == Administrator || s == Member || s == Restricted
}

func (s Status) admin() bool { return s == Creator || s == Administrator }

type message struct {
	id         int
	chat       *chat
	sender     *User
	senderChat *chat
	thread     int
	at         time.Time
	editedAt   int64
	text       string // plain; the caption when there is a file
	html       string // as the bot sent it with parse_mode HTML
	entities   string // JSON, "" for none
	markup     string // JSON of an inline keyboard, "" for none
	asks       bool   // force_reply
	raw        string // any other reply_markup as sent
	file       *file
	replyTo    *message
	extra      string // further members, as ,"name":value
	edits      int
	deleted    bool
	pinned     bool
	byBot      bool
}

type file struct {
	id, unique, name, mime, path string
	content                      []byte
	photo                        bool
}

func newWorld(s *settings) World {
	return World{
		settings:  s,
		self:      User{ID: BotID, Bot: true, FirstName: "Klaster", Username: s.username},
		began:     time.Now(),
		users:     make(map[int64]*person),
		chats:     make(map[int64]*chat),
		nextUser:  1000,
		callbacks: make(map[int64]callback),
		nextTap:   4_380_000_000_000_000_000,
		commands:  make(map[commandKey][]Command),
		files:     make(map[string]*file),
		queue:     queue{next: 800_000_001},
		webhook:   webhook{wake: make(chan struct{}, 1)},
		limiter:   limiter{limits: s.limits},
	}
}

// mustChat and mustUser stop a test that names somebody who does not exist: that is a
// mistake of the test, never of the bot.
func (w *World) mustChat(id int64) *chat {
	if c := w.chats[id]; c != nil {
		return c
	}
	panic(fmt.Sprintf("telegramtest: there is no chat %d; AddGroup or AddUser makes one", id))
}

func (w *World) mustGroup(id int64) *chat {
	if c := w.mustChat(id); c.kind != private {
		return c
	}
	panic(fmt.Sprintf("telegramtest: chat %d is private, a group is needed", id))
}

func (w *World) mustUser(id int64) *person {
	if u := w.users[id]; u != nil {
		return u
	}
	panic(fmt.Sprintf("telegramtest: there is no user %d; AddUser makes one", id))
}

func (c *chat) find(id int) *message {
	// Newest first: that is what people tap and bots edit.
	for i := len(c.messages) - 1; i >= 0; i-- {
		if c.messages[i].id == id {
			if c.messages[i].deleted {
				return nil
			}
			return c.messages[i]
		}
	}
	return nil
}

// add puts a message into the chat and gives it the next number.
func (c *chat) add(m *message) *message {
	c.nextID++
	m.id, m.chat = c.nextID, c
	c.messages = append(c.messages, m)
	return m
}

func (c *chat) setMember(user int64, s Status) {
	if _, known := c.members[user]; !known {
		c.order = append(c.order, user)
	}
	c.members[user] = s
}

// sees tells whether the bot gets a message of a person: in groups with privacy mode
// only commands, replies to its own messages and mentions of it.
func (w *World) sees(c *chat, m *message) bool {
	switch {
	case c.kind == private:
		return true
	case !c.bot.inside():
		return false
	case !w.settings.privacy || c.bot.admin():
		return true
	case m.replyTo != nil && m.replyTo.byBot:
		return true
	}
	own := "@" + strings.ToLower(w.self.Username)
	text := strings.ToLower(m.text)
	if strings.Contains(text, own) {
		return true
	}
	if !strings.HasPrefix(text, "/") {
		return false
	}
	command, _, _ := strings.Cut(text, " ")
	return !strings.Contains(command, "@")
}
