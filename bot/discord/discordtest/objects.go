package discordtest

import (
	"strconv"
	"time"
)

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

func stampOrNil(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return stamp(t)
}

func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (u *User) json() object {
	return object{
		"id": u.ID, "username": u.Username, "discriminator": "0", "global_name": orNil(u.Name), "avatar": nil,
		"bot": u.Bot, "flags": 0, "public_flags": 0, "avatar_decoration_data": nil, "collectibles": nil, "primary_guild": nil, "clan": nil,
	}
}

// self is the bot's own user, as READY and /users/@me tell it.
func (w *World) selfJSON() object {
	u := w.self.json()
	u["discriminator"], u["flags"], u["mfa_enabled"], u["verified"], u["email"] = "0001", 0, true, true, nil
	u["bio"], u["banner"], u["accent_color"], u["locale"] = "", nil, nil, "en-US"
	return u
}

func (g *guild) memberJSON(m *member, withUser bool) object {
	roles := []any{}
	for _, r := range g.roles[1:] {
		if m.extra != 0 && r.bits == m.extra {
			roles = append(roles, r.id)
		}
	}
	o := object{
		"nick": orNil(m.nick), "avatar": nil, "banner": nil, "roles": roles, "joined_at": stamp(m.joined), "premium_since": nil,
		"deaf": false, "mute": false, "flags": 0, "pending": false, "communication_disabled_until": nil,
	}
	if withUser {
		o["user"] = m.user.json()
	}
	return o
}

// botMember is the bot as a member of a guild.
func (w *World) botMember(g *guild) object {
	u := w.self
	o := g.memberJSON(&member{user: &person{User: u}, joined: g.joined}, true)
	o["roles"] = []any{g.roles[1].id}
	return o
}

func (r *role) json(position int) object {
	return object{
		"id": r.id, "name": r.name, "color": 0, "colors": object{"primary_color": 0, "secondary_color": nil, "tertiary_color": nil},
		"hoist": false, "position": position, "permissions": r.bits.String(), "managed": position == 1, "mentionable": false, "flags": 0,
		"icon": nil, "unicode_emoji": nil,
	}
}

func (w *World) channelJSON(c *channel) object {
	o := object{"id": c.id, "type": c.kind, "flags": 0, "last_message_id": nil}
	if n := len(c.messages); n > 0 {
		o["last_message_id"] = c.messages[n-1].id
	}
	if c.kind == directMessage {
		o["recipients"] = []any{c.person.json()}
		return o
	}
	o["guild_id"], o["name"], o["rate_limit_per_user"], o["nsfw"] = c.guild.id, c.name, 0, false
	if c.thread() {
		delete(o, "nsfw")
		o["parent_id"], o["owner_id"], o["message_count"], o["member_count"], o["total_message_sent"] = c.parent.id, c.guild.owner, len(c.messages), 1, len(c.messages)
		o["thread_metadata"] = object{
			"archived": c.archived, "auto_archive_duration": 1440, "archive_timestamp": stamp(c.created), "locked": c.locked,
			"create_timestamp": stamp(c.created),
		}
		if c.kind == privateThread {
			o["thread_metadata"].(object)["invitable"] = true
		}
		return o
	}
	o["position"], o["parent_id"], o["topic"], o["default_auto_archive_duration"] = 0, nil, nil, 1440
	overwrites := []any{}
	if c.denied != 0 {
		overwrites = append(overwrites, object{"id": w.self.ID, "type": 1, "allow": "0", "deny": c.denied.String()})
	}
	o["permission_overwrites"] = overwrites
	return o
}

// guildJSON is the guild as REST shows it; full adds what only GUILD_CREATE has.
func (w *World) guildJSON(g *guild, full bool) object {
	roles := make([]any, len(g.roles))
	for i, r := range g.roles {
		roles[i] = r.json(i)
	}
	o := object{
		"id": g.id, "name": g.name, "icon": nil, "splash": nil, "discovery_splash": nil, "home_header": nil, "owner_id": g.owner,
		"afk_channel_id": nil, "afk_timeout": 300, "verification_level": 0, "default_message_notifications": 0,
		"explicit_content_filter": 0, "roles": roles, "emojis": []any{}, "features": []any{}, "mfa_level": 0, "application_id": nil,
		"system_channel_id": nil, "system_channel_flags": 0, "rules_channel_id": nil, "vanity_url_code": nil, "description": nil,
		"banner": nil, "premium_tier": 0, "premium_subscription_count": 0, "preferred_locale": g.locale, "public_updates_channel_id": nil,
		"nsfw_level": 0, "premium_progress_bar_enabled": false, "safety_alerts_channel_id": nil, "stickers": []any{}, "hub_type": nil,
		"incidents_data": nil, "region": "deprecated", "nsfw": false, "widget_enabled": false, "widget_channel_id": nil,
		"max_video_channel_users": 25, "max_stage_video_channel_users": 50, "max_members": 500000, "max_presences": nil,
	}
	for _, c := range g.channels {
		if c.kind == guildText && !c.deleted { // where Discord welcomes people
			o["system_channel_id"] = c.id
			break
		}
	}
	if !full {
		return o
	}
	channels, threads := []any{}, []any{}
	for _, c := range g.channels {
		switch {
		case c.deleted || !w.botRights(c).has(ViewChannel):
		case c.thread():
			if !c.archived {
				threads = append(threads, w.channelJSON(c))
			}
		default:
			channels = append(channels, w.channelJSON(c))
		}
	}
	// Without the members intent only the bot itself is listed.
	o["members"], o["channels"], o["threads"] = []any{w.botMember(g)}, channels, threads
	o["joined_at"], o["large"], o["unavailable"], o["member_count"] = stamp(g.joined), false, false, len(g.members)+1
	for _, name := range [...]string{"voice_states", "presences", "stage_instances", "guild_scheduled_events", "soundboard_sounds"} {
		o[name] = []any{}
	}
	return o
}

// messageJSON is a message as the bot gets it.
func (w *World) messageJSON(m *message) object {
	o := object{
		"id": m.id, "channel_id": m.channel.id, "type": 0, "author": m.author.json(), "content": m.content, "timestamp": stamp(m.at),
		"edited_timestamp": stampOrNil(m.edited), "tts": false, "mention_everyone": false, "mention_roles": []any{}, "pinned": false,
		"embeds": m.shownEmbeds(), "components": m.numbered(), "attachments": m.attachments(), "flags": m.flags, "mentions": w.mentioned(m),
	}
	if m.nonce != nil {
		o["nonce"] = m.nonce
	}
	if m.author.ID == w.self.ID && m.interaction != nil {
		o["application_id"], o["webhook_id"] = w.self.ID, w.self.ID
		i := m.interaction
		o["interaction_metadata"] = i.metadata()
		if i.kind == kindCommand {
			o["type"] = 20
			o["interaction"] = object{"id": i.id, "type": i.kind, "name": i.name, "user": i.user.json()}
		}
	}
	if m.reply != nil {
		o["type"] = 19
		o["message_reference"] = object{"type": 0, "channel_id": m.channel.id, "message_id": m.reply.id}
		o["referenced_message"] = w.messageJSON(&message{
			id: m.reply.id, channel: m.channel, author: m.reply.author, at: m.reply.at, content: m.reply.content,
			embeds: m.reply.embeds, components: m.reply.components, files: m.reply.files, flags: m.reply.flags,
		})
	}
	return o
}

// metadata is what a message tells about the interaction it answers.
func (i *interaction) metadata() object {
	o := object{"id": i.id, "type": i.kind, "user": i.user.json(), "authorizing_integration_owners": i.owners()}
	switch {
	case i.kind == kindModal && i.trigger != nil:
		o["triggering_interaction_metadata"] = i.trigger.metadata()
	case i.kind == kindComponent && i.message != nil:
		o["interacted_message_id"] = i.message.id
	}
	return o
}

func (w *World) mentioned(m *message) []any {
	out := []any{}
	for _, p := range m.mentions {
		out = append(out, p.json())
	}
	return out
}

func (m *message) shownEmbeds() []any {
	out := []any{}
	for _, e := range m.embeds {
		shown := object{"type": "rich"}
		if o, ok := e.(object); ok {
			for k, v := range o {
				if v != nil {
					shown[k] = v
				}
			}
		}
		out = append(out, shown)
	}
	return out
}

// numbered are the components with the ids that Discord gives to those that have none.
func (m *message) numbered() []any {
	next := 0
	return number(m.components, &next)
}

func number(list []any, next *int) []any {
	out := make([]any, 0, len(list))
	for _, e := range list {
		o, ok := e.(object)
		if !ok {
			continue
		}
		*next++
		shown := object{"id": *next}
		if t := asNumber(o["type"]); t == componentSelect || t >= componentUserSelect && t <= 8 {
			shown["min_values"], shown["max_values"] = 1, 1
		}
		for k, v := range o {
			switch {
			case v == nil:
			case k == "components":
				shown[k] = number(asList(v), next)
			case k == "accessory" || k == "component":
				shown[k] = number([]any{v}, next)[0]
			default:
				shown[k] = v
			}
		}
		out = append(out, shown)
	}
	return out
}

func (m *message) attachments() []any {
	out := []any{}
	for i := range m.files {
		f := &m.files[i]
		out = append(out, object{
			"id": f.ID, "filename": f.Name, "size": len(f.Content), "url": f.URL, "proxy_url": f.URL, "content_type": f.MIME,
		})
	}
	return out
}

// asList, asObject, asText and asNumber read a decoded JSON value; of another type they
// give the zero value.
func asList(v any) []any { l, _ := v.([]any); return l }

func asObject(v any) object { o, _ := v.(object); return o }

func asText(v any) string { s, _ := v.(string); return s }

func asNumber(v any) int64 {
	switch n := v.(type) {
	case int:
		return int64(n)
	case int64:
		return n
	case float64:
		return int64(n)
	case interface{ Int64() (int64, error) }:
		i, _ := n.Int64()
		return i
	case string:
		i, _ := strconv.ParseInt(n, 10, 64)
		return i
	}
	return 0
}
