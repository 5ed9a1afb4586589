package discordtest

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// World is everything the fake knows. The methods of World are the inspection part of
// this package without the lock: only a condition given to WaitFor may use them. Server
// has the same methods for everybody else.
type World struct {
	server   *Server
	settings *settings
	began    time.Time
	self     User
	ids      int64

	users    map[string]*person
	guilds   map[string]*guild
	order    []*guild
	channels map[string]*channel // threads and direct messages, too

	interactions map[string]*interaction
	recent       []*interaction // in the order they came
	tokens       map[string]*interaction
	latencies    []time.Duration
	responded    int

	uploads  []File              // of slash commands
	commands map[string][]object // by guild id, "" for the global ones
	creates  map[string]int      // commands created today, by guild

	gateway    gateway
	requests   []Request
	counts     map[string]int // requests by route
	violations []string
	invalid    int
	banned     bool
	limiter    limiter
}

// object is a JSON object; its numbers are json.Number when it was read.
type object = map[string]any

// User is a person, or the bot. ID "" asks AddUser for a free one.
type User struct {
	ID       string
	Username string // small letters; made from Name when empty
	Name     string // the display name (global_name)
	Locale   string // as Discord writes it: id, en-US ...; en-US when empty
	Bot      bool
}

type person struct {
	User
	dm     *channel
	denies bool // takes no direct messages
	opened bool // the bot has opened the direct messages
}

type guild struct {
	id, name, locale string
	owner            string
	members          map[string]*member
	roles            []*role
	channels         []*channel // threads, too
	inside           bool       // the bot is a member
	outage           bool
	bot              Permission
	joined           time.Time
}

type member struct {
	user   *person
	nick   string
	extra  Permission
	joined time.Time
}

type role struct {
	id, name string
	bits     Permission
}

// The types of channels.
const (
	guildText     = 0
	directMessage = 1
	publicThread  = 11
	privateThread = 12
)

type channel struct {
	id, name string
	kind     int
	guild    *guild
	parent   *channel // of a thread
	person   *person  // of direct messages
	denied   Permission
	archived bool
	locked   bool
	deleted  bool
	messages []*message
	nonces   map[string]*message
	created  time.Time
}

func (c *channel) thread() bool { return c.kind == publicThread || c.kind == privateThread }

// place is where the permissions and the overwrites are: the parent of a thread.
func (c *channel) place() *channel {
	if c.parent != nil {
		return c.parent
	}
	return c
}

// The flags of a message.
const (
	flagEphemeral = 1 << 6
	flagLoading   = 1 << 7
	flagV2        = 1 << 15
)

type message struct {
	id          string
	channel     *channel
	author      *User
	at, edited  time.Time
	content     string
	embeds      []any
	components  []any
	files       []File
	flags       int64
	to          string // the only person who sees it, when ephemeral
	nonce       any
	reply       *message
	interaction *interaction // that it answers
	mentions    []*person
	edits       int
	deleted     bool
}

func (m *message) ephemeral() bool { return m.flags&flagEphemeral != 0 }
func (m *message) loading() bool   { return m.flags&flagLoading != 0 }

func newWorld(s *Server) World {
	w := World{
		server:       s,
		settings:     &s.settings,
		began:        time.Now(),
		users:        make(map[string]*person),
		guilds:       make(map[string]*guild),
		channels:     make(map[string]*channel),
		interactions: make(map[string]*interaction),
		tokens:       make(map[string]*interaction),
		commands:     make(map[string][]object),
		creates:      make(map[string]int),
		counts:       make(map[string]int),
		gateway:      gateway{links: make(map[*link]struct{}), sessions: make(map[string]*session), identified: make(map[int]time.Time)},
		limiter:      limiter{limits: s.settings.limits},
	}
	w.self = User{ID: w.tokenID(), Username: s.settings.name, Bot: true, Locale: "en-US"}
	return w
}

// tokenID is the bot's id as its token tells it: the first part is the id in base64.
func (w *World) tokenID() string {
	first, _, _ := strings.Cut(w.settings.token, ".")
	id, err := base64.RawStdEncoding.DecodeString(first)
	if _, number := strconv.ParseInt(string(id), 10, 64); err == nil && number == nil {
		return string(id)
	}
	return w.newID()
}

// discordEpoch is the first millisecond of 2015, from which ids count.
const discordEpoch = 1420070400000

// newID makes a snowflake: it carries the time, and later ones are greater.
func (w *World) newID() string {
	w.ids++
	ms := w.settings.now().UnixMilli() - discordEpoch
	return strconv.FormatInt(ms<<22|w.ids&(1<<22-1), 10)
}

// mustChannel and its like stop a test that names what does not exist: that is a mistake
// of the test, never of the bot.
func (w *World) mustChannel(id string) *channel {
	if c := w.channels[id]; c != nil {
		return c
	}
	panic(fmt.Sprintf("discordtest: there is no channel %q; AddChannel or AddThread makes one", id))
}

func (w *World) mustGuild(id string) *guild {
	if g := w.guilds[id]; g != nil {
		return g
	}
	panic(fmt.Sprintf("discordtest: there is no guild %q; AddGuild makes one", id))
}

func (w *World) mustUser(id string) *person {
	if u := w.users[id]; u != nil {
		return u
	}
	panic(fmt.Sprintf("discordtest: there is no user %q; AddUser makes one", id))
}

func (w *World) mustInteraction(id string) *interaction {
	if i := w.interactions[id]; i != nil {
		return i
	}
	panic(fmt.Sprintf("discordtest: there is no interaction %q (any more)", id))
}

// messagesKept bounds what a channel remembers in the cheap mode, besides what everybody can still press.
const messagesKept = 1000

// add puts a message into the channel.
func (w *World) add(c *channel, m *message) *message {
	m.id, m.channel, m.at = w.newID(), c, w.settings.now()
	if w.settings.cheap && len(c.messages) >= messagesKept {
		newer := c.messages[len(c.messages)-messagesKept/2:]
		var kept []*message
		for _, old := range c.messages[:len(c.messages)-len(newer)] {
			if len(old.components) > 0 && !old.ephemeral() && !old.deleted && len(kept) < messagesKept/4 {
				kept = append(kept, old)
				continue
			}
			delete(c.nonces, fmt.Sprint(old.nonce))
		}
		c.messages = append(kept, newer...)
	}
	c.messages = append(c.messages, m)
	return m
}

// find looks from the newest: that is what people press and bots edit.
func (c *channel) find(id string) *message {
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

// violate keeps a broken rule.
func (w *World) violate(format string, args ...any) {
	if !w.settings.cheap {
		w.violations = append(w.violations, fmt.Sprintf(format, args...))
	}
}
