package discordtest

import "strconv"

// Permission is a bit set of Discord's permissions.
type Permission int64

// The permissions the fake knows. Others can be given and are passed on.
const (
	Administrator       Permission = 1 << 3
	ManageChannels      Permission = 1 << 4
	ManageGuild         Permission = 1 << 5
	ViewChannel         Permission = 1 << 10
	SendMessages        Permission = 1 << 11
	ManageMessages      Permission = 1 << 13
	EmbedLinks          Permission = 1 << 14
	AttachFiles         Permission = 1 << 15
	ReadMessageHistory  Permission = 1 << 16
	UseAppCommands      Permission = 1 << 31
	ManageThreads       Permission = 1 << 34
	CreatePublicThreads Permission = 1 << 35
	SendInThreads       Permission = 1 << 38

	everyone = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadMessageHistory | UseAppCommands | SendInThreads | CreatePublicThreads
	all      = Permission(1<<53 - 1)
)

func (p Permission) has(q Permission) bool { return p&Administrator != 0 || p&q == q }

func (p Permission) String() string { return strconv.FormatInt(int64(p), 10) }

// botRights are what the bot may do in a channel.
func (w *World) botRights(c *channel) Permission {
	if c.guild == nil {
		return everyone
	}
	p := c.guild.bot
	if p.has(Administrator) {
		return all
	}
	return p &^ c.place().denied
}

// rights are what a person may do in a guild.
func (g *guild) rights(user string) Permission {
	m := g.members[user]
	switch {
	case m == nil:
		return 0
	case g.owner == user || m.extra.has(Administrator):
		return all
	}
	return everyone | m.extra
}

// role gives the role with these permissions, a new one when there is none yet.
func (w *World) role(g *guild, bits Permission, name string) *role {
	for _, r := range g.roles[1:] {
		if r.bits == bits {
			return r
		}
	}
	r := &role{id: w.newID(), name: name, bits: bits}
	g.roles = append(g.roles, r)
	return r
}

// reach is the refusal of a request to a channel the bot cannot use, nil when it can.
func (w *World) reach(c *channel, need Permission) *refusal {
	switch {
	case c.guild == nil:
		return nil
	case c.guild.outage:
		return &refusal{status: 503, message: "Service Unavailable"}
	case !c.guild.inside || !w.botRights(c).has(ViewChannel):
		return refuse(missingAccess)
	case !w.botRights(c).has(need):
		return refuse(missingPermissions)
	}
	return nil
}
