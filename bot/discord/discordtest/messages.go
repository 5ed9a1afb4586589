package discordtest

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// fill takes what a body says about a message. A field that is not there stays as it is;
// null empties it.
func (w *World) fill(m *message, c *call, body object) {
	if v, given := body["content"]; given {
		m.content = asText(v)
	}
	if v, given := body["embeds"]; given {
		m.embeds = asList(v)
	}
	if v, given := body["components"]; given {
		m.components = asList(v)
	}
	w.fillFiles(m, c, body)
	w.fillMentions(m, body)
}

// fillFiles keeps the attachments that an edit names and adds the uploaded ones.
func (w *World) fillFiles(m *message, c *call, body object) {
	if v, given := body["attachments"]; given {
		named := make(map[string]bool)
		for _, a := range asList(v) {
			named[fmt.Sprint(asObject(a)["id"])] = true
		}
		m.files = slices.DeleteFunc(slices.Clone(m.files), func(f File) bool { return !named[f.ID] })
	}
	m.files = append(m.files, w.keep(c.files)...)
}

// fillMentions finds who is pinged: those named in the text whom allowed_mentions lets.
func (w *World) fillMentions(m *message, body object) {
	m.mentions = nil
	if !strings.Contains(m.content, "<@") {
		return
	}
	allowed, limited := body["allowed_mentions"].(object)
	parse, users := asList(allowed["parse"]), asList(allowed["users"])
	for id, p := range w.users {
		if !strings.Contains(m.content, "<@"+id+">") && !strings.Contains(m.content, "<@!"+id+">") {
			continue
		}
		if !limited || slices.Contains(parse, any("users")) || slices.Contains(users, any(id)) {
			m.mentions = append(m.mentions, p)
		}
	}
	slices.SortFunc(m.mentions, func(a, b *person) int { return strings.Compare(a.ID, b.ID) })
}

func (m *message) empty() bool {
	return strings.TrimSpace(m.content) == "" && len(m.embeds) == 0 && len(m.components) == 0 && len(m.files) == 0
}

// sendRight is what it takes to write into a channel.
func sendRight(ch *channel) Permission {
	if ch.thread() {
		return SendInThreads
	}
	return SendMessages
}

// nonceLife is for how long a nonce is remembered: "the past few minutes".
const nonceLife = 5 * time.Minute

func createMessage(w *World, c *call) result {
	ch, e := w.channelOf(c, ViewChannel)
	switch {
	case e != nil:
		return refused(e)
	case ch.kind == directMessage && ch.person.denies:
		return refused(refuse(cannotSendToUser))
	case ch.kind == directMessage && !w.mutual(ch.person):
		return refused(refuse(noMutualGuild))
	}
	if e := w.reach(ch, sendRight(ch)); e != nil {
		return refused(e)
	}
	if ch.thread() && ch.archived && ch.locked && !w.botRights(ch).has(ManageThreads) {
		return refused(refuse(threadArchived))
	}
	if len(c.files) > 0 && !w.botRights(ch).has(AttachFiles) {
		return refused(refuse(missingPermissions))
	}
	nonce := c.body["nonce"]
	enforced, _ := c.body["enforce_nonce"].(bool)
	if nonce != nil && enforced {
		if m := ch.nonces[fmt.Sprint(nonce)]; m != nil && w.settings.now().Sub(m.at) < nonceLife {
			return ok(w.messageJSON(m))
		}
	}
	m := &message{channel: ch, author: &w.self, flags: asNumber(c.body["flags"]) &^ (flagEphemeral | flagLoading), nonce: nonce}
	if ref, given := c.body["message_reference"].(object); given {
		m.reply = ch.find(asText(ref["message_id"]))
		if m.reply == nil {
			if strict, given := ref["fail_if_not_exists"].(bool); !given || strict {
				return refused(badForm("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message"))
			}
		}
	}
	w.fill(m, c, c.body)
	if !w.botRights(ch).has(EmbedLinks) {
		m.embeds = nil
	}
	if m.empty() {
		return refused(refuse(emptyMessage))
	}
	if ch.archived {
		ch.archived = false
		w.channelChanged(ch)
	}
	w.add(ch, m)
	if nonce != nil {
		if ch.nonces == nil {
			ch.nonces = make(map[string]*message)
		}
		ch.nonces[fmt.Sprint(nonce)] = m
	}
	w.announce("MESSAGE_CREATE", m)
	return ok(w.messageJSON(m))
}

// announce tells the gateway about a message that everybody in the channel sees.
func (w *World) announce(event string, m *message) {
	if m.ephemeral() {
		return
	}
	ch := m.channel
	guild := ""
	if ch.guild != nil {
		if !ch.guild.inside || ch.guild.outage || !w.botRights(ch).has(ViewChannel) {
			return
		}
		guild = ch.guild.id
	}
	w.dispatch(guild, event, func(i Intent) object {
		o := w.messageJSON(m)
		if guild != "" {
			o["guild_id"] = guild
			if mb := ch.guild.members[m.author.ID]; mb != nil {
				o["member"] = ch.guild.memberJSON(mb, false)
			}
		}
		if i&IntentMessageContent == 0 && m.author.ID != w.self.ID && guild != "" && !w.names(m) {
			o["content"], o["embeds"], o["components"], o["attachments"] = "", []any{}, []any{}, []any{}
		}
		return o
	})
}

// names tells whether a message mentions the bot.
func (w *World) names(m *message) bool {
	return strings.Contains(m.content, "<@"+w.self.ID+">") || strings.Contains(m.content, "<@!"+w.self.ID+">")
}

// messageOf is the message of a request; ephemeral ones are not in a channel.
func (w *World) messageOf(c *call, need Permission) (*message, *refusal) {
	ch, e := w.channelOf(c, need)
	if e != nil {
		return nil, e
	}
	m := ch.find(c.id("message_id"))
	if m == nil || m.ephemeral() {
		return nil, refuse(unknownMessage)
	}
	return m, nil
}

func getMessage(w *World, c *call) result {
	m, e := w.messageOf(c, ViewChannel|ReadMessageHistory)
	if e != nil {
		return refused(e)
	}
	return ok(w.messageJSON(m))
}

func getMessages(w *World, c *call) result {
	ch, e := w.channelOf(c, ViewChannel|ReadMessageHistory)
	if e != nil {
		return refused(e)
	}
	limit := 50
	if n := asNumber(c.query("limit")); n > 0 && n <= 100 {
		limit = int(n)
	}
	out := []any{}
	for _, m := range slices.Backward(ch.messages) {
		if !m.deleted && !m.ephemeral() && len(out) < limit {
			out = append(out, w.messageJSON(m))
		}
	}
	return ok(out)
}

func editMessage(w *World, c *call) result {
	m, e := w.messageOf(c, ViewChannel)
	switch {
	case e != nil:
		return refused(e)
	case m.author.ID != w.self.ID:
		return refused(refuse(editOfAnother))
	case m.channel.thread() && m.channel.archived:
		return refused(refuse(threadArchived))
	}
	return w.change(m, c)
}

// change edits a message of the bot.
func (w *World) change(m *message, c *call) result {
	trial := *m
	w.fill(&trial, c, c.body)
	if trial.empty() {
		return refused(refuse(emptyMessage))
	}
	flags, given := c.body["flags"]
	if given && m.flags&flagV2 != 0 && asNumber(flags)&flagV2 == 0 {
		return refused(badForm("flags", "MESSAGE_CANNOT_REMOVE_COMPONENTS_V2_FLAG", "The components v2 flag cannot be taken off a message"))
	}
	if given {
		trial.flags = m.flags&(flagEphemeral|flagV2) | asNumber(flags)&^(flagEphemeral|flagLoading)
	}
	trial.flags &^= flagLoading
	if !m.loading() { // what fills in a deferred answer is no edit
		trial.edited, trial.edits = w.settings.now(), m.edits+1
	}
	*m = trial
	w.announce("MESSAGE_UPDATE", m)
	return ok(w.messageJSON(m))
}

func deleteMessage(w *World, c *call) result {
	m, e := w.messageOf(c, ViewChannel)
	switch {
	case e != nil:
		return refused(e)
	case m.author.ID != w.self.ID && !w.botRights(m.channel).has(ManageMessages):
		return refused(refuse(missingPermissions))
	case m.channel.thread() && m.channel.archived:
		return refused(refuse(threadArchived))
	}
	w.remove(m)
	return done()
}

func (w *World) remove(m *message) {
	m.deleted = true
	if m.ephemeral() {
		return
	}
	o := object{"id": m.id, "channel_id": m.channel.id}
	guild := ""
	if m.channel.guild != nil {
		guild = m.channel.guild.id
		o["guild_id"] = guild
	}
	w.dispatch(guild, "MESSAGE_DELETE", always(o))
}
