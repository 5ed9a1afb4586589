package discordtest

import (
	"fmt"
	"strings"
)

// GuildOption describes a new guild.
type GuildOption func(*World, *guild)

// WithMembers adds ordinary members.
func WithMembers(users ...string) GuildOption {
	return func(w *World, g *guild) {
		for _, u := range users {
			w.join(g, w.mustUser(u), 0)
		}
	}
}

// WithManagers adds members with the permission ManageGuild.
func WithManagers(users ...string) GuildOption {
	return func(w *World, g *guild) {
		for _, u := range users {
			w.join(g, w.mustUser(u), ManageGuild)
		}
	}
}

// WithOwner adds the owner, who may do everything. A guild without it belongs to
// somebody who never says anything.
func WithOwner(user string) GuildOption {
	return func(w *World, g *guild) {
		w.join(g, w.mustUser(user), 0)
		g.owner = user
	}
}

// WithGuildLocale sets the preferred locale, en-US else.
func WithGuildLocale(locale string) GuildOption {
	return func(_ *World, g *guild) { g.locale = locale }
}

// WithBotPermissions sets what the bot may do in the guild.
func WithBotPermissions(p Permission) GuildOption {
	return func(_ *World, g *guild) { g.bot, g.roles[1].bits = p, p }
}

// WithoutBot makes a guild the bot is not in; Invite brings it in.
func WithoutBot() GuildOption { return func(_ *World, g *guild) { g.inside = false } }

func (w *World) join(g *guild, p *person, extra Permission) {
	m := g.members[p.ID]
	if m == nil {
		m = &member{user: p, joined: w.settings.now()}
		g.members[p.ID] = m
	}
	m.extra = extra
	if extra != 0 {
		w.role(g, extra, "Role "+extra.String())
	}
}

// AddUser makes a person and returns the id.
func (s *Server) AddUser(u User) string {
	w := s.lock()
	defer s.unlock()
	if u.ID == "" {
		u.ID = w.newID()
	}
	if w.users[u.ID] != nil {
		panic(fmt.Sprintf("discordtest: user %s exists already", u.ID))
	}
	if u.Username == "" {
		u.Username = strings.ToLower(strings.Join(strings.Fields(u.Name), "."))
	}
	if u.Username == "" {
		u.Username = "user" + u.ID
	}
	if u.Locale == "" {
		u.Locale = "en-US"
	}
	p := &person{User: u}
	p.dm = &channel{id: w.newID(), kind: directMessage, person: p, created: w.settings.now()}
	w.users[u.ID], w.channels[p.dm.id] = p, p.dm
	return u.ID
}

// Rename changes the display name of a person.
func (s *Server) Rename(user, name string) {
	w := s.lock()
	defer s.unlock()
	w.mustUser(user).Name = name
}

// SetLocale changes the locale of a person's client.
func (s *Server) SetLocale(user, locale string) {
	w := s.lock()
	defer s.unlock()
	w.mustUser(user).Locale = locale
}

// AddGuild makes a guild with the bot in it and returns its id.
func (s *Server) AddGuild(name string, opts ...GuildOption) string {
	w := s.lock()
	defer s.unlock()
	g := &guild{
		id: w.newID(), name: name, locale: "en-US", members: make(map[string]*member), inside: true, joined: w.settings.now(), bot: everyone,
	}
	g.roles = []*role{{id: g.id, name: "@everyone", bits: everyone}, {id: w.newID(), name: w.self.Username, bits: everyone}}
	g.owner = w.newID()
	for _, o := range opts {
		o(w, g)
	}
	w.guilds[g.id] = g
	w.order = append(w.order, g)
	if g.inside {
		w.dispatch(g.id, "GUILD_CREATE", always(w.guildJSON(g, true)))
	}
	return g.id
}

// AddChannel makes a text channel and returns its id.
func (s *Server) AddChannel(guild, name string) string {
	w := s.lock()
	defer s.unlock()
	g := w.mustGuild(guild)
	c := &channel{id: w.newID(), name: name, kind: guildText, guild: g, created: w.settings.now()}
	w.put(c)
	if g.inside {
		w.dispatch(g.id, "CHANNEL_CREATE", always(w.channelJSON(c)))
	}
	return c.id
}

func (w *World) put(c *channel) {
	w.channels[c.id] = c
	c.guild.channels = append(c.guild.channels, c)
}

// AddThread makes a public thread below a channel and returns its id.
func (s *Server) AddThread(parent, name string) string {
	return s.addThread(parent, name, publicThread)
}

// AddPrivateThread makes a private thread that the bot was added to.
func (s *Server) AddPrivateThread(parent, name string) string {
	return s.addThread(parent, name, privateThread)
}

func (s *Server) addThread(parent, name string, kind int) string {
	w := s.lock()
	defer s.unlock()
	p := w.mustChannel(parent)
	c := &channel{id: w.newID(), name: name, kind: kind, guild: p.guild, parent: p, created: w.settings.now()}
	w.put(c)
	if p.guild.inside && w.botRights(p).has(ViewChannel) {
		o := w.channelJSON(c)
		o["newly_created"] = true
		w.dispatch(p.guild.id, "THREAD_CREATE", always(o))
	}
	return c.id
}

// Archive archives a thread; a locked one cannot be written to by the bot any more.
func (s *Server) Archive(thread string, locked bool) {
	w := s.lock()
	defer s.unlock()
	c := w.mustChannel(thread)
	c.archived, c.locked = true, locked
	w.channelChanged(c)
}

// Unarchive opens a thread again.
func (s *Server) Unarchive(thread string) {
	w := s.lock()
	defer s.unlock()
	c := w.mustChannel(thread)
	c.archived, c.locked = false, false
	w.channelChanged(c)
}

// DeleteChannel deletes a channel or a thread.
func (s *Server) DeleteChannel(id string) {
	w := s.lock()
	defer s.unlock()
	c := w.mustChannel(id)
	c.deleted = true
	if c.thread() {
		w.dispatch(c.guild.id, "THREAD_DELETE", always(object{"id": c.id, "guild_id": c.guild.id, "parent_id": c.parent.id, "type": c.kind}))
		return
	}
	w.dispatch(c.guild.id, "CHANNEL_DELETE", always(w.channelJSON(c)))
}

// Forbid takes permissions away from the bot in a channel (and its threads): without
// SendMessages or SendInThreads it is muted, without ViewChannel it sees nothing.
func (s *Server) Forbid(channel string, p Permission) { s.overwrite(channel, p, true) }

// Permit gives them back.
func (s *Server) Permit(channel string, p Permission) { s.overwrite(channel, p, false) }

func (s *Server) overwrite(channel string, p Permission, deny bool) {
	w := s.lock()
	defer s.unlock()
	c := w.mustChannel(channel)
	saw := w.botRights(c).has(ViewChannel)
	c.denied &^= p
	if deny {
		c.denied |= p
	}
	if saw || w.botRights(c).has(ViewChannel) {
		w.channelChanged(c)
	}
}

// Join adds a member to a guild.
func (s *Server) Join(guild, user string) {
	w := s.lock()
	defer s.unlock()
	g, p := w.mustGuild(guild), w.mustUser(user)
	w.join(g, p, 0)
	o := g.memberJSON(g.members[user], true)
	o["guild_id"] = g.id
	w.dispatch(g.id, "GUILD_MEMBER_ADD", always(o))
}

// Leave removes a member from a guild.
func (s *Server) Leave(guild, user string) {
	w := s.lock()
	defer s.unlock()
	g, p := w.mustGuild(guild), w.mustUser(user)
	delete(g.members, user)
	w.dispatch(g.id, "GUILD_MEMBER_REMOVE", always(object{"guild_id": g.id, "user": p.json()}))
}

// SetPermissions gives a member permissions beyond those of everybody; 0 takes them.
func (s *Server) SetPermissions(guild, user string, p Permission) {
	w := s.lock()
	defer s.unlock()
	w.join(w.mustGuild(guild), w.mustUser(user), p)
}

// Kick throws the bot out of a guild.
func (s *Server) Kick(guild string) {
	w := s.lock()
	defer s.unlock()
	w.leave(w.mustGuild(guild))
}

func (w *World) leave(g *guild) {
	if !g.inside {
		return
	}
	g.inside = false
	delete(w.commands, g.id)
	w.dispatch(g.id, "GUILD_DELETE", always(object{"id": g.id}))
}

// Invite brings the bot into a guild.
func (s *Server) Invite(guild string) {
	w := s.lock()
	defer s.unlock()
	g := w.mustGuild(guild)
	g.inside, g.joined = true, w.settings.now()
	w.dispatch(g.id, "GUILD_CREATE", always(w.guildJSON(g, true)))
}

// Outage makes a guild unavailable: no leave, but nothing can be done there.
func (s *Server) Outage(guild string) {
	w := s.lock()
	defer s.unlock()
	g := w.mustGuild(guild)
	g.outage = true
	w.dispatch(g.id, "GUILD_DELETE", always(object{"id": g.id, "unavailable": true}))
}

// Recover ends an Outage.
func (s *Server) Recover(guild string) {
	w := s.lock()
	defer s.unlock()
	g := w.mustGuild(guild)
	g.outage = false
	w.dispatch(g.id, "GUILD_CREATE", always(w.guildJSON(g, true)))
}

// DenyDMs makes a person take no direct messages (50007); false undoes it.
func (s *Server) DenyDMs(user string, yes bool) {
	w := s.lock()
	defer s.unlock()
	w.mustUser(user).denies = yes
}

// DM is the id of the direct messages with a person.
func (s *Server) DM(user string) string {
	return look(s, func(w *World) string { return w.mustUser(user).dm.id })
}

// BotID is the id of the bot's user and of its application.
func (s *Server) BotID() string { return s.world.self.ID }
