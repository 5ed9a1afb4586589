package discord

import (
	"encoding/json"
	"strings"

	"github.com/bwmarrin/discordgo"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
)

// message is what we read of a message somebody wrote in a private chat. Those of channels do not come: the intents leave
// them out.
type message struct {
	ID          string                `json:"id"`
	ChannelID   string                `json:"channel_id"`
	Guild       string                `json:"guild_id"`
	Webhook     string                `json:"webhook_id"`
	Type        discordgo.MessageType `json:"type"`
	Author      *user                 `json:"author"`
	Content     string                `json:"content"`
	Attachments []attachment          `json:"attachments"`
}

// wrote takes in what somebody wrote in the private chat, as an answer to a question there or as words of their own.
func (r *receiver) wrote(raw []byte) {
	var m message
	if json.Unmarshal(raw, &m) != nil || !snowflake(m.ID) || !snowflake(m.ChannelID) || m.Author == nil || !snowflake(m.Author.ID) {
		r.unreadable("MESSAGE_CREATE")
		return
	}
	u, wanted := m.update()
	if !wanted || m.Author.ID == r.id || r.queue.len() >= maxQueued {
		r.counts.dropped.Add(1)
		return
	}
	r.private.heard(m.ChannelID, m.Author.ID)
	r.queue.put(u)
}

// update is false for what is not from a person, not private, or has neither words nor a file.
func (m *message) update() (bot.Update, bool) {
	person := !m.Author.Bot && m.Webhook == "" && (m.Type == discordgo.MessageTypeDefault || m.Type == discordgo.MessageTypeReply)
	u := bot.Update{
		Kind: bot.Said, Cause: "dc:m" + m.ID, Chat: domain.ChatRef{Platform: Platform, Chat: m.ChannelID}, Private: true,
		From: (&interaction{User: m.Author}).user(), Message: m.ID, Text: bot.CleanText(strings.TrimSpace(m.Content)),
	}
	for _, a := range m.Attachments {
		if u.File = a.file(); u.File != nil {
			break
		}
	}
	return u, person && m.Guild == "" && (u.Text != "" || u.File != nil)
}

// file is nil for one without an id.
func (a *attachment) file() *commands.File {
	if !snowflake(a.ID) {
		return nil
	}
	f := &commands.File{ID: a.ID, Name: bot.CleanName(a.Name, maxFileName), Kind: "document"}
	if strings.HasPrefix(a.ContentType, "image/") {
		f.Kind = "photo"
	}
	return f
}
