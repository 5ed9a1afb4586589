package discordtest

func getGateway(w *World, _ *call) result {
	return ok(object{"url": w.server.GatewayURL()})
}

func getGatewayBot(w *World, _ *call) result {
	shards := max(1, (len(w.order)+2499)/2500)
	return ok(object{"url": w.server.GatewayURL(), "shards": shards, "session_start_limit": object{
		"total": 1000, "remaining": max(w.settings.starts, 0), "reset_after": 86400000, "max_concurrency": w.settings.concurrency,
	}})
}

func getSelf(w *World, _ *call) result { return ok(w.selfJSON()) }

func getUser(w *World, c *call) result {
	id := c.id("user_id")
	if id == w.self.ID {
		return ok(w.self.json())
	}
	if p := w.users[id]; p != nil {
		return ok(p.json())
	}
	return refused(refuse(unknownUser))
}

func getApplication(w *World, _ *call) result {
	return ok(object{
		"id": w.self.ID, "name": w.self.Username, "icon": nil, "description": "", "bot_public": true, "bot_require_code_grant": false,
		"verify_key": "00", "flags": 0, "bot": w.self.json(), "summary": "", "type": nil,
	})
}

func getOwnGuilds(w *World, _ *call) result {
	out := []any{}
	for _, g := range w.order {
		if g.inside {
			out = append(out, object{
				"id": g.id, "name": g.name, "icon": nil, "banner": nil, "owner": false, "permissions": g.bot.String(), "features": []any{},
			})
		}
	}
	return ok(out)
}

func leaveGuild(w *World, c *call) result {
	g, e := w.guildOf(c)
	if e != nil {
		return refused(e)
	}
	w.leave(g)
	return done()
}

// guildOf is the guild of a request when the bot is in it.
func (w *World) guildOf(c *call) (*guild, *refusal) {
	g := w.guilds[c.id("guild_id")]
	switch {
	case g == nil:
		return nil, refuse(unknownGuild)
	case !g.inside:
		return nil, refuse(missingAccess)
	case g.outage:
		return nil, &refusal{status: 503, message: "Service Unavailable"}
	}
	return g, nil
}

func getGuild(w *World, c *call) result {
	g, e := w.guildOf(c)
	if e != nil {
		return refused(e)
	}
	return ok(w.guildJSON(g, false))
}

func getGuildChannels(w *World, c *call) result {
	g, e := w.guildOf(c)
	if e != nil {
		return refused(e)
	}
	out := []any{}
	for _, ch := range g.channels {
		if !ch.thread() && !ch.deleted {
			out = append(out, w.channelJSON(ch))
		}
	}
	return ok(out)
}

func getActiveThreads(w *World, c *call) result {
	g, e := w.guildOf(c)
	if e != nil {
		return refused(e)
	}
	out := []any{}
	for _, ch := range g.channels {
		if ch.thread() && !ch.deleted && !ch.archived {
			out = append(out, w.channelJSON(ch))
		}
	}
	return ok(object{"threads": out, "members": []any{}})
}

func getRoles(w *World, c *call) result {
	g, e := w.guildOf(c)
	if e != nil {
		return refused(e)
	}
	out := []any{}
	for i, r := range g.roles {
		out = append(out, r.json(i))
	}
	return ok(out)
}

func getMember(w *World, c *call) result {
	g, e := w.guildOf(c)
	if e != nil {
		return refused(e)
	}
	user := c.id("user_id")
	if user == w.self.ID {
		return ok(w.botMember(g))
	}
	if m := g.members[user]; m != nil {
		return ok(g.memberJSON(m, true))
	}
	if w.users[user] == nil {
		return refused(refuse(unknownUser))
	}
	return refused(refuse(unknownMember))
}

func getChannel(w *World, c *call) result {
	ch, e := w.channelOf(c, ViewChannel)
	if e != nil {
		return refused(e)
	}
	return ok(w.channelJSON(ch))
}

// editChannel knows what a bot does to threads: archive, lock, rename.
func editChannel(w *World, c *call) result {
	ch, e := w.channelOf(c, ManageThreads)
	if e != nil {
		return refused(e)
	}
	if v, given := c.body["archived"].(bool); given {
		ch.archived = v
	}
	if v, given := c.body["locked"].(bool); given {
		ch.locked = v
	}
	if name := asText(c.body["name"]); name != "" {
		ch.name = name
	}
	w.channelChanged(ch)
	return ok(w.channelJSON(ch))
}

func (w *World) channelChanged(ch *channel) {
	event := "CHANNEL_UPDATE"
	if ch.thread() {
		event = "THREAD_UPDATE"
	}
	w.dispatch(ch.guild.id, event, always(w.channelJSON(ch)))
}

func typing(w *World, c *call) result {
	if _, e := w.channelOf(c, SendMessages); e != nil {
		return refused(e)
	}
	return done()
}

func createDM(w *World, c *call) result {
	p := w.users[asText(c.body["recipient_id"])]
	if p == nil {
		return refused(badForm("recipient_id", "INVALID_RECIPIENT", "Unknown User"))
	}
	p.opened = true
	return ok(w.channelJSON(p.dm))
}

// mutual tells whether a person and the bot share a guild.
func (w *World) mutual(p *person) bool {
	for _, g := range w.order {
		if g.inside && g.members[p.ID] != nil {
			return true
		}
	}
	return false
}

// channelOf is the channel of a request when the bot may use it so.
func (w *World) channelOf(c *call, need Permission) (*channel, *refusal) {
	ch := w.channels[c.id("channel_id")]
	if ch == nil || ch.deleted {
		return nil, refuse(unknownChannel)
	}
	if ch.kind == directMessage && !ch.person.opened {
		return nil, refuse(unknownChannel)
	}
	return ch, w.reach(ch, need)
}
