package discordtest

import (
	"fmt"
	"time"
)

// The types of interactions.
const (
	kindPing         = 1
	kindCommand      = 2
	kindComponent    = 3
	kindAutocomplete = 4
	kindModal        = 5
)

// The types of first responses.
const (
	answerPong     = 1
	answerMessage  = 4
	answerDefer    = 5
	answerDeferred = 6 // of an update: nothing is shown
	answerUpdate   = 7
	answerChoices  = 8
	answerModal    = 9
)

type interaction struct {
	id, token string
	kind      int
	name      string // of a command
	user      *person
	channel   *channel
	message   *message     // whose component was used
	trigger   *interaction // whose form was submitted
	sent      time.Time
	began     time.Duration // real time since the server began, for latencies

	late      bool // the time for the first response is over
	expired   Code // the token is not good any more
	answered  int  // type of the first response, 0 while there is none
	at        time.Time
	original  *message
	filled    bool // the deferred answer has its content
	followUps []*message
	choices   []Choice
	modal     *Modal
	sentAs    object // the event's data
}

// Choice is a suggestion of autocomplete.
type Choice struct {
	Name  string
	Value any
}

func (i *interaction) owners() object {
	if i.channel.guild != nil {
		return object{"0": i.channel.guild.id}
	}
	return object{"0": "0"}
}

// interactionsKept bounds what the cheap mode remembers.
const interactionsKept = 5000

// interact makes an interaction and sends it to the bot. data is what its kind needs.
func (w *World) interact(kind int, ch *channel, p *person, m *message, data object) *interaction {
	i := &interaction{kind: kind, user: p, channel: ch, message: m}
	return w.deliver(i, data)
}

// deliver gives an interaction its id and its token and sends it.
func (w *World) deliver(i *interaction, data object) *interaction {
	ch, p := i.channel, i.user
	i.id, i.name, i.sent, i.began = w.newID(), asText(data["name"]), w.settings.now(), time.Since(w.began)
	i.token = fmt.Sprintf("aW50ZXJhY3Rpb246%s%032x", i.id, hash(i.id))
	w.keepInteraction(i)
	if ch.kind == directMessage {
		p.opened = true
	}
	i.sentAs = w.interactionJSON(i, data)
	w.dispatch(guildID(ch), "INTERACTION_CREATE", always(i.sentAs))
	return i
}

func guildID(ch *channel) string {
	if ch.guild == nil {
		return ""
	}
	return ch.guild.id
}

func (w *World) keepInteraction(i *interaction) {
	w.interactions[i.id], w.tokens[i.token] = i, i
	w.recent = append(w.recent, i)
	if !w.settings.cheap || len(w.recent) < interactionsKept {
		return
	}
	for _, old := range w.recent[:interactionsKept/2] {
		delete(w.interactions, old.id)
		delete(w.tokens, old.token)
	}
	w.recent = append([]*interaction(nil), w.recent[interactionsKept/2:]...)
}

func (w *World) interactionJSON(i *interaction, data object) object {
	ch := i.channel
	o := object{
		"id": i.id, "application_id": w.self.ID, "type": i.kind, "token": i.token, "version": 1, "channel_id": ch.id,
		"channel": w.partialChannel(ch, i.user), "locale": i.user.Locale, "entitlements": []any{}, "attachment_size_limit": 10485760,
		"authorizing_integration_owners": i.owners(), "app_permissions": w.botRights(ch).String(), "data": data,
	}
	if g := ch.guild; g != nil {
		m := g.memberJSON(g.members[i.user.ID], true)
		m["permissions"] = g.rights(i.user.ID).String()
		o["member"], o["guild_id"], o["guild_locale"], o["context"] = m, g.id, g.locale, 0
		o["guild"] = object{"id": g.id, "locale": g.locale, "features": []any{}}
	} else {
		o["user"], o["context"] = i.user.json(), 1
	}
	if i.message != nil {
		o["message"] = w.messageJSON(i.message)
	}
	return o
}

func (w *World) partialChannel(ch *channel, p *person) object {
	o := w.channelJSON(ch)
	delete(o, "permission_overwrites")
	if ch.guild != nil {
		o["permissions"] = ch.guild.rights(p.ID).String()
	}
	return o
}

// respond takes the first response.
func respond(w *World, c *call) result {
	i := w.interactions[c.id("interaction_id")]
	kind := int(asNumber(c.body["type"]))
	switch {
	case i == nil || i.token != c.id("interaction_token"):
		return refused(refuse(unknownInteraction))
	case i.answered != 0:
		return refused(refuse(alreadyAnswered))
	case i.late || i.expired != 0 || w.settings.now().Sub(i.sent) > w.settings.responseLimit:
		return refused(refuse(unknownInteraction))
	case !i.takes(kind):
		return refused(badForm("type", "INTERACTION_CALLBACK_TYPE_INVALID", fmt.Sprintf("an interaction of type %d cannot be answered with type %d", i.kind, kind)))
	}
	data := asObject(c.body["data"])
	switch kind {
	case answerMessage:
		m := w.reply(i, data)
		w.fill(m, c, data)
		if m.empty() {
			return refused(refuse(emptyMessage))
		}
		i.original = w.add(i.channel, m)
		w.announce("MESSAGE_CREATE", m)
	case answerDefer:
		m := w.reply(i, data)
		m.flags |= flagLoading
		i.original = w.add(i.channel, m)
		w.announce("MESSAGE_CREATE", m)
	case answerDeferred:
		i.original, i.filled = i.message, true
	case answerUpdate:
		if i.message.deleted {
			return refused(refuse(unknownMessage))
		}
		sub := *c
		sub.body = data
		if res := w.change(i.message, &sub); res.err != nil {
			return res
		}
		i.original, i.filled = i.message, true
	case answerChoices:
		for _, v := range asList(data["choices"]) {
			o := asObject(v)
			i.choices = append(i.choices, Choice{asText(o["name"]), o["value"]})
		}
	case answerModal:
		i.modal = modalOf(i, data)
	}
	i.answered, i.at = kind, w.settings.now()
	w.responded++
	w.latencies = append(w.latencies, time.Since(w.began)-i.began)
	w.server.reachGoals()
	return w.responseBody(c, i)
}

// takes tells whether an interaction can be answered so.
func (i *interaction) takes(kind int) bool {
	switch kind {
	case answerPong:
		return i.kind == kindPing
	case answerMessage, answerDefer:
		return i.kind != kindPing && i.kind != kindAutocomplete
	case answerDeferred, answerUpdate:
		return i.message != nil && (i.kind == kindComponent || i.kind == kindModal)
	case answerChoices:
		return i.kind == kindAutocomplete
	case answerModal:
		return i.kind == kindCommand || i.kind == kindComponent
	}
	return false
}

// reply is a new message of the bot to an interaction.
func (w *World) reply(i *interaction, data object) *message {
	m := &message{channel: i.channel, author: &w.self, interaction: i, flags: asNumber(data["flags"]) &^ flagLoading}
	if m.ephemeral() {
		m.to = i.user.ID
	}
	return m
}

func (w *World) responseBody(c *call, i *interaction) result {
	if c.query("with_response") != "true" {
		return done()
	}
	o := object{"id": i.id, "type": i.kind}
	resource := object{"type": i.answered}
	if m := i.original; m != nil && i.answered != answerDeferred {
		o["response_message_id"], o["response_message_loading"], o["response_message_ephemeral"] = m.id, m.loading(), m.ephemeral()
		resource["message"] = w.messageJSON(m)
	}
	return ok(object{"interaction": o, "resource": resource})
}

// hooked is the interaction of a token, when it can still be used.
func (w *World) hooked(c *call) (*interaction, *refusal) {
	i := w.tokens[c.id("webhook_token")]
	switch {
	case i == nil || c.id("webhook_id") != w.self.ID:
		return nil, refuse(unknownWebhook)
	case i.expired != 0:
		return nil, refuse(i.expired)
	case w.settings.now().Sub(i.sent) > w.settings.tokenLife:
		return nil, refuse(invalidToken)
	case i.answered == 0:
		return nil, refuse(unknownWebhook)
	}
	return i, nil
}

func followUp(w *World, c *call) result {
	i, e := w.hooked(c)
	if e != nil {
		return refused(e)
	}
	if i.answered == answerDefer && !i.filled && !i.original.deleted { // it takes the place of the deferred answer
		i.filled = true
		return w.change(i.original, c)
	}
	m := w.reply(i, c.body)
	m.flags &^= flagLoading
	m.reply = i.original
	w.fill(m, c, c.body)
	if m.empty() {
		return refused(refuse(emptyMessage))
	}
	w.add(i.channel, m)
	i.followUps = append(i.followUps, m)
	w.announce("MESSAGE_CREATE", m)
	return ok(w.messageJSON(m))
}

// hookedMessage is the message that an address below a token names.
func (w *World) hookedMessage(c *call) (*interaction, *message, *refusal) {
	i, e := w.hooked(c)
	if e != nil {
		return nil, nil, e
	}
	id := c.id("message_id")
	if m := i.original; m != nil && !m.deleted && (id == "@original" || id == m.id) {
		return i, m, nil
	}
	for _, m := range i.followUps {
		if m.id == id && !m.deleted {
			return i, m, nil
		}
	}
	return nil, nil, refuse(unknownMessage)
}

func getFollowUp(w *World, c *call) result {
	_, m, e := w.hookedMessage(c)
	if e != nil {
		return refused(e)
	}
	return ok(w.messageJSON(m))
}

func editFollowUp(w *World, c *call) result {
	i, m, e := w.hookedMessage(c)
	if e != nil {
		return refused(e)
	}
	res := w.change(m, c)
	if res.err == nil && m == i.original {
		i.filled = true
	}
	return res
}

func deleteFollowUp(w *World, c *call) result {
	_, m, e := w.hookedMessage(c)
	if e != nil {
		return refused(e)
	}
	w.remove(m)
	return done()
}
