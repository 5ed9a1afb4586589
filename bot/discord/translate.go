package discord

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
)

// read decodes an interaction and checks what everything else relies on.
func read(raw []byte) (*interaction, bool) {
	var i interaction
	if err := json.Unmarshal(raw, &i); err != nil || !snowflake(i.ID) || i.Token == "" || strings.ContainsAny(i.Token, "/?#% \r\n") || !snowflake(i.ChannelID) {
		return nil, false
	}
	if who := i.sender(); who == nil || !snowflake(who.ID) {
		return nil, false
	}
	return &i, true
}

// sender is set in one of two places; nil when in none.
func (i *interaction) sender() *user {
	if i.Member != nil && i.Member.User != nil {
		return i.Member.User
	}
	return i.User
}

// place is the chat an interaction comes from: a thread is part of its channel.
func (i *interaction) place() domain.ChatRef {
	c := domain.ChatRef{Platform: Platform, Chat: i.ChannelID}
	if i.Channel != nil && i.Channel.thread() && snowflake(i.Channel.Parent) {
		c.Chat, c.Thread = i.Channel.Parent, i.ChannelID
	}
	return c
}

// asideOf is where a person alone is answered in a chat.
func asideOf(chat domain.ChatRef, user string) domain.ChatRef {
	return domain.ChatRef{Platform: Platform, Chat: chat.Chat, Thread: asidePrefix + user}
}

// direct tells whether an interaction comes from a private chat.
func (i *interaction) direct() bool { return i.Guild == "" }

func (i *interaction) hidden() bool { return i.Message != nil && i.Message.Flags&flagEphemeral != 0 }

// talk is the interaction as something that can be answered.
func (b *Bot) talk(i *interaction) *talk {
	chat := i.place()
	t := &talk{
		app: i.Application, id: i.ID, token: i.Token, kind: i.Type, hidden: i.hidden(), direct: i.direct(), chat: chat,
		aside: asideOf(chat, i.sender().ID), at: b.now(),
	}
	if !snowflake(t.app) {
		t.app = b.id
	}
	if i.Message != nil && snowflake(i.Message.ID) {
		t.message = i.Message.ID
	}
	return t
}

// translate makes an update of an interaction; false when there is nothing in it for us. slow: it may be answered with a
// window.
func (b *Bot) translate(i *interaction) (u bot.Update, slow, ok bool) {
	chat := i.place()
	u = bot.Update{Kind: bot.Tapped, Cause: "dc:" + i.ID, Chat: chat, From: i.user(), Private: i.direct()}
	if !i.direct() {
		u.Aside = asideOf(chat, u.From.ID)
		u.Admin = i.admin()
	}
	u.Tap = bot.TapRef{ID: i.ID, Chat: chat, User: u.From.ID}
	if i.Message != nil {
		u.Message = i.Message.ID
	}
	if i.hidden() {
		toAside(&u, chat)
	}
	switch i.Type {
	case discordgo.InteractionApplicationCommand:
		return u, false, b.commanded(i, &u, chat)
	case discordgo.InteractionMessageComponent:
		ok := b.pressed(i, &u, chat)
		return u, strings.HasSuffix(u.Data, ":open"), ok
	case discordgo.InteractionModalSubmit:
		return u, false, b.filledIn(i, &u, chat)
	case discordgo.InteractionPing, discordgo.InteractionApplicationCommandAutocomplete:
	}
	return u, false, false
}

// toAside moves an update to where its sender alone is answered, beside the chat.
func toAside(u *bot.Update, chat domain.ChatRef) {
	if u.Aside.Chat == "" || u.Private { // the private chat, or there already
		return
	}
	u.Private, u.Chat, u.Opener = true, u.Aside, chat
}

// user is the sender as the guild shows them.
func (i *interaction) user() bot.User {
	s := i.sender()
	handle := bot.CleanName(s.Username, maxName)
	names := []string{s.GlobalName, s.Username}
	if i.Member != nil {
		names = append([]string{i.Member.Nick}, names...)
	}
	name := ""
	for _, n := range names {
		if name = bot.CleanName(n, maxName); name != "" {
			break
		}
	}
	if name == "" { // nothing visible is left
		name = "#" + s.ID
	}
	return bot.User{ID: s.ID, Name: name, Handle: handle, Lang: language(i.Locale)}
}

// language maps a locale to the languages we speak; Indonesian readers have "id".
func language(locale string) string {
	primary, _, _ := strings.Cut(strings.ToLower(locale), "-")
	switch primary {
	case "":
		return ""
	case "id", "in", "ms", "jv", "su":
		return "id"
	}
	return "en"
}

// admin reads the rights Discord sends with every input from a guild: who manages the guild administers the chat.
func (i *interaction) admin() commands.Lookup {
	if i.Member == nil {
		return commands.NotAsked
	}
	rights, err := strconv.ParseInt(i.Member.Permissions, 10, 64)
	if err == nil && rights&(discordgo.PermissionAdministrator|discordgo.PermissionManageGuild) != 0 {
		return commands.Yes
	}
	return commands.No
}

// commanded reads a slash command: its English name, then what was filled in, in the table's order.
func (b *Bot) commanded(i *interaction, u *bot.Update, chat domain.ChatRef) bool {
	var d commandData
	if json.Unmarshal(i.Data, &d) != nil || d.Name == "" {
		return false
	}
	u.Kind, u.Message = bot.Said, ""
	entry, known := b.menu.entry(d.Name)
	words := []string{"/" + oneWord(d.Name)}
	rest := d.Options
	if known {
		if !entry.Group {
			toAside(u, chat)
		}
		words[0] = "/" + entry.English
		for _, o := range entry.Options {
			for n, given := range rest {
				if given.Name == o.English && o.Kind != commands.AFile {
					words = append(words, given.text())
					rest = append(rest[:n:n], rest[n+1:]...)
					break
				}
			}
		}
	}
	for _, given := range rest {
		if given.Type == discordgo.ApplicationCommandOptionAttachment {
			if f := d.file(given.text()); f != nil && u.File == nil {
				u.File = f
			}
			continue
		}
		words = append(words, given.text())
	}
	u.Text = bot.CleanText(strings.Join(nonEmpty(words), " "))
	return true
}

func nonEmpty(words []string) (out []string) {
	for _, w := range words {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

func oneWord(s string) string { return strings.Join(strings.Fields(s), "") }

// text is the value as it was typed; what is no text, number or truth value is nothing.
func (t typed) text() string {
	var v any
	if json.Unmarshal(t.Value, &v) != nil {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case float64, bool:
		return strings.TrimSpace(string(t.Value))
	}
	return ""
}

func (d *commandData) file(id string) *commands.File {
	a, ok := d.Resolved.Attachments[id]
	if !ok {
		return nil
	}
	a.ID = id
	return a.file()
}

func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

// pressed reads a button or a list. What is not ours, or of another time, goes on as it is: the conversation knows what
// to say to it.
func (b *Bot) pressed(i *interaction, u *bot.Update, chat domain.ChatRef) bool {
	var d componentData
	if json.Unmarshal(i.Data, &d) != nil || d.CustomID == "" {
		return false
	}
	kind, rest, ok := readCustom(d.CustomID)
	switch {
	case !ok, kind == ofWindow, kind == ofWindow+aside:
		u.Data = bot.CleanText(d.CustomID)
	case kind == ofButton:
		u.Data = strings.ToValidUTF8(rest, "\uFFFD")
	case kind == ofCommand:
		u.Kind, u.Text, u.Message = bot.Said, bot.CleanText(rest), ""
		toAside(u, chat)
	default:
		data, key, _ := strings.Cut(rest, "|")
		u.Data = strings.ToValidUTF8(data, "\uFFFD")
		u.Answers = map[string]string{key: bot.CleanText(strings.Join(d.Values, ","))}
		if kind == ofList+aside {
			toAside(u, chat)
		}
	}
	return true
}

// filledIn reads what was typed into a window.
func (b *Bot) filledIn(i *interaction, u *bot.Update, chat domain.ChatRef) bool {
	var d modalData
	if json.Unmarshal(i.Data, &d) != nil || d.CustomID == "" {
		return false
	}
	u.Answers = map[string]string{}
	take := func(in modalInput) {
		if in.CustomID != "" && len(u.Answers) < windowRows {
			u.Answers[in.CustomID] = bot.CleanText(in.Value)
		}
	}
	for _, c := range d.Components {
		for _, in := range c.Components {
			take(in)
		}
		if c.Component != nil {
			take(*c.Component)
		}
	}
	kind, rest, ok := readCustom(d.CustomID)
	switch {
	case !ok || kind != ofWindow && kind != ofWindow+aside:
		u.Data = bot.CleanText(d.CustomID)
	default:
		u.Data = strings.ToValidUTF8(rest, "\uFFFD")
		if kind == ofWindow+aside {
			toAside(u, chat)
		}
	}
	return true
}
