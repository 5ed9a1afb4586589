package discord

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"klaster/bot"
	"klaster/domain"
)

// guilds is what the bot knows of the guilds it is in. A guild that is away for an outage stays what it was.
type guilds struct {
	mu       sync.Mutex
	begun    bool                        // there was a session
	listed   map[string]bool             // named by the gateway when the session began: known, not joined
	channels map[string]map[string]bool  // guild -> its text channels and threads
	used     map[domain.ChatRef]string   // where people have spoken or the bot has -> guild, if known
	left     map[string][]domain.ChatRef // guilds the bot was thrown out of -> the chats used there
	silent   map[domain.ChatRef]bool     // where the bot was not allowed to write
}

const (
	maxUsed = 20_000
	// freshly is how long after joining a guild its event tells of it: after a longer time it is the return of one that
	// was away.
	freshly = time.Minute
)

func (g *guilds) init() {
	g.listed, g.channels = make(map[string]bool), make(map[string]map[string]bool)
	g.used, g.left, g.silent = make(map[domain.ChatRef]string), make(map[string][]domain.ChatRef), make(map[domain.ChatRef]bool)
}

// use notes that a chat is talked in; guild may be empty where it is not known. It is true for the first time.
func (g *guilds) use(chat domain.ChatRef, guild string) bool {
	if isAside(chat) {
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if _, ok := g.used[chat]; ok {
		return false
	}
	if len(g.used) >= maxUsed {
		clear(g.used)
	}
	if guild == "" {
		guild = g.guildOf(chat.Chat)
	}
	g.used[chat] = guild
	return true
}

// guildOf finds the guild of a channel; empty where it is not known.
func (g *guilds) guildOf(channel string) string {
	for guild, channels := range g.channels {
		if channels[channel] {
			return guild
		}
	}
	return ""
}

// silence notes that the bot may not write in a chat.
func (g *guilds) silence(chat domain.ChatRef) {
	if isAside(chat) {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.silent) >= maxUsed {
		clear(g.silent)
	}
	g.silent[chat] = true
}

// reachable tells whether it is news that a chat can be written in: because the bot was not allowed to, or may not have
// been before it was started.
func (g *guilds) reachable(chat domain.ChatRef, guild, rights string) bool {
	first := g.use(chat, guild)
	n, err := strconv.ParseInt(rights, 10, 64)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil || !first && !g.silent[chat] {
		return false
	}
	if !writable(n, chat.Thread != "") {
		g.silent[chat] = true // bounded as use is: the first time is once
		return false
	}
	delete(g.silent, chat)
	return true
}

func writable(rights int64, thread bool) bool {
	need := int64(discordgo.PermissionViewChannel | discordgo.PermissionSendMessages)
	if thread {
		need = discordgo.PermissionViewChannel | discordgo.PermissionSendMessagesInThreads
	}
	return rights&discordgo.PermissionAdministrator != 0 || rights&need == need
}

// begin takes in the guilds that a new session lists, and returns those the bot was thrown out of while it was away.
// What is new since the session before was joined meanwhile; what the first session lists was there.
func (g *guilds) begin(ids []string) (lost []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	first := !g.begun
	g.begun = true
	listed := make(map[string]bool, len(ids))
	for _, id := range ids {
		listed[id] = first || g.listed[id]
	}
	for id := range g.channels {
		if _, there := listed[id]; !there {
			lost = append(lost, id)
		}
	}
	g.listed = listed
	slices.Sort(lost)
	return lost
}

// arrive handles a guild that is there: at the start of a session, after an outage, or because the bot was added. It
// returns the chats to say Added of.
func (g *guilds) arrive(in *guild, self string, now time.Time) (added []domain.ChatRef) {
	g.mu.Lock()
	defer g.mu.Unlock()
	_, known := g.channels[in.ID]
	channels := make(map[string]bool, len(in.Channels))
	for _, c := range in.Channels {
		if textual(&c) {
			channels[c.ID] = true
		}
	}
	g.channels[in.ID] = channels
	before, returned := g.left[in.ID]
	delete(g.left, in.ID)
	for _, chat := range before {
		if channels[chat.Chat] {
			added = append(added, chat)
		}
	}
	joined, err := time.Parse(time.RFC3339, in.JoinedAt)
	fresh := !g.listed[in.ID] && !known || err == nil && now.Sub(joined).Abs() < freshly && !known
	g.listed[in.ID] = true
	if len(added) == 0 && (returned || fresh) {
		if channel := in.welcome(self); channel != "" {
			added = append(added, domain.ChatRef{Platform: Platform, Chat: channel})
		}
	}
	return added
}

// leave handles a guild that the bot was thrown out of. It returns the chats to say Removed of: all channels, since any
// may be a cluster's.
func (g *guilds) leave(id string) (removed []domain.ChatRef) {
	g.mu.Lock()
	defer g.mu.Unlock()
	for channel := range g.channels[id] {
		removed = append(removed, domain.ChatRef{Platform: Platform, Chat: channel})
	}
	var before []domain.ChatRef
	for chat, guild := range g.used {
		if guild == id && id != "" || g.channels[id][chat.Chat] {
			before = append(before, chat)
			delete(g.used, chat)
			if chat.Thread != "" {
				removed = append(removed, chat)
			}
		}
	}
	delete(g.channels, id)
	delete(g.listed, id)
	if len(g.left) < maxUsed {
		g.left[id] = before
	}
	slices.SortFunc(removed, func(a, b domain.ChatRef) int { return strings.Compare(a.Chat+"/"+a.Thread, b.Chat+"/"+b.Thread) })
	return removed
}

// put and drop follow the channels of a guild.
func (g *guilds) put(c *channel) {
	if !textual(c) {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if channels := g.channels[c.Guild]; channels != nil { // else the guild's own event brings them
		channels[c.ID] = true
	}
}

func (g *guilds) drop(c *channel) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.channels[c.Guild], c.ID)
	for chat := range g.used {
		if channelOf(chat) == c.ID || chat.Chat == c.ID {
			delete(g.used, chat)
		}
	}
}

// textual tells whether people write in channels of this type and use commands there.
func textual(c *channel) bool {
	switch c.Type {
	case discordgo.ChannelTypeGuildText, discordgo.ChannelTypeGuildNews, discordgo.ChannelTypeGuildVoice, discordgo.ChannelTypeGuildStageVoice,
		discordgo.ChannelTypeGuildForum:
		return true
	}
	return false
}

// welcome is where the bot says hello: the channel the guild has for such things, else the first text channel it may
// write in; empty if there is none.
func (in *guild) welcome(self string) string {
	text := make([]channel, 0, len(in.Channels))
	for _, c := range in.Channels {
		if c.Type == discordgo.ChannelTypeGuildText && writable(in.rights(self, &c), false) {
			if c.ID == in.System {
				return c.ID
			}
			text = append(text, c)
		}
	}
	if len(text) == 0 {
		return ""
	}
	return slices.MinFunc(text, func(a, b channel) int {
		if a.Position != b.Position {
			return a.Position - b.Position
		}
		return strings.Compare(a.ID, b.ID)
	}).ID
}

// rights works out what a member may do in a channel, in the order Discord says: everyone, roles, member.
func (in *guild) rights(user string, c *channel) int64 {
	if user == in.Owner {
		return discordgo.PermissionAll
	}
	var roles []string
	for _, m := range in.Members {
		if m.User != nil && m.User.ID == user {
			roles = m.Roles
		}
	}
	var rights bits
	for _, r := range in.Roles {
		if r.ID == in.ID || slices.Contains(roles, r.ID) {
			rights |= r.Permissions
		}
	}
	if int64(rights)&discordgo.PermissionAdministrator != 0 {
		return discordgo.PermissionAll
	}
	var allow, deny bits
	for _, o := range c.Overwrites {
		if o.ID == in.ID {
			rights = rights&^o.Deny | o.Allow
		}
	}
	for _, o := range c.Overwrites {
		if o.Type == 0 && o.ID != in.ID && slices.Contains(roles, o.ID) {
			allow, deny = allow|o.Allow, deny|o.Deny
		}
	}
	rights = rights&^deny | allow
	for _, o := range c.Overwrites {
		if o.Type == 1 && o.ID == user {
			rights = rights&^o.Deny | o.Allow
		}
	}
	return int64(rights)
}

// came makes the updates of chats the bot was added to.
func (b *Bot) came(chats []domain.ChatRef, cause string) (out []bot.Update) {
	for _, c := range chats {
		out = append(out, bot.Update{Kind: bot.Added, Cause: b.cause(cause, c), Chat: c, Anonymous: true})
	}
	return out
}

// back is the update of a chat that can be written in again.
func (b *Bot) back(c domain.ChatRef, cause string) bot.Update {
	return bot.Update{Kind: bot.Reachable, Cause: b.cause(cause, c), Chat: c, Anonymous: true}
}

// went makes the updates of chats the bot was removed from.
func (b *Bot) went(chats []domain.ChatRef, cause string) (out []bot.Update) {
	for _, c := range chats {
		out = append(out, bot.Update{Kind: bot.Removed, Cause: b.cause(cause, c), Chat: c, Anonymous: true})
	}
	return out
}

func (b *Bot) cause(what string, c domain.ChatRef) string {
	return "dc:" + b.id + ":" + what + ":" + c.Chat + "/" + c.Thread
}

// ofChannel is the chat a channel or thread is.
func ofChannel(c *channel) domain.ChatRef {
	if c.thread() && c.Parent != "" {
		return domain.ChatRef{Platform: Platform, Chat: c.Parent, Thread: c.ID}
	}
	return domain.ChatRef{Platform: Platform, Chat: c.ID}
}

func one(c domain.ChatRef) []domain.ChatRef { return []domain.ChatRef{c} }
