package telegram

import (
	"strconv"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
)

// The identities Telegram lends to those who do not write as themselves.
const (
	groupAnonymousBot = "1087968824" // an anonymous administrator
	channelBot        = "136817688"  // somebody writing as a channel
	linkedChannel     = "777000"     // a post of the linked channel, forwarded by Telegram
)

// generalTopic has an id that must not be used for sending.
const generalTopic = 1

// translate makes an update of ours; false when there is nothing in it for us. Strings that outlive the update are
// copied: the decoder's point into the whole update.
func (b *Bot) translate(u *update) (bot.Update, bool) {
	switch {
	case u.Message != nil:
		return b.said(u.ID, u.Message)
	case u.Callback != nil:
		return b.tapped(u.ID, u.Callback)
	case u.MyChatMember != nil:
		return b.joined(u.ID, u.MyChatMember)
	}
	return bot.Update{}, false
}

func (b *Bot) cause(update int64) string {
	return "tg:" + b.id + ":" + strconv.FormatInt(update, 10)
}

// known tells whether we talk in chats of this type; channels are not for talking.
func (c chat) known() bool {
	return c.ID != 0 && (c.Type == "private" || c.Type == "group" || c.Type == "supergroup")
}

func (c chat) private() bool { return c.Type == "private" }

func (p place) ref() domain.ChatRef {
	r := domain.ChatRef{Platform: Platform, Chat: strconv.FormatInt(p.Chat.ID, 10)}
	if p.IsTopic && p.Thread > generalTopic {
		r.Thread = strconv.FormatInt(p.Thread, 10)
	}
	return r
}

func (b *Bot) said(id int64, m *message) (bot.Update, bool) {
	if !m.Chat.known() {
		return bot.Update{}, false
	}
	u := bot.Update{Kind: bot.Said, Cause: b.cause(id), Chat: m.ref(), Private: m.Chat.private()}
	if m.MigrateTo != 0 || m.MigrateFrom != 0 {
		return moved(u, m), true
	}
	if m.From == nil || (m.ForwardDate != 0 || m.ForwardOrigin != nil) && !m.AutoForward && !m.holdsFile() {
		return u, false // forwarded words are somebody else's; a forwarded file is as good as an own one
	}
	u.From, u.Anonymous = sender(m)
	if m.From.IsBot && !u.Anonymous {
		return u, false
	}
	u.Message = strconv.FormatInt(m.ID, 10)
	if r := m.ReplyTo; r != nil && !(m.IsTopic && r.ID == m.Thread) { // every message of a topic "answers" its first
		u.ReplyTo = strconv.FormatInt(r.ID, 10)
	}
	if m.holdsFile() {
		u.File, u.Text = m.file(), m.caption()
		return u, true
	}
	text, forUs := b.address(m.Text)
	if !forUs || text == "" {
		return u, false
	}
	u.Text, u.Start = startOf(text)
	return u, true
}

// moved handles the two service messages of a group that became a supergroup: one in the old chat, one in the new.
func moved(u bot.Update, m *message) bot.Update {
	u.Kind, u.Chat.Thread = bot.Moved, ""
	if m.MigrateTo != 0 {
		u.NewChat = domain.ChatRef{Platform: Platform, Chat: strconv.FormatInt(m.MigrateTo, 10)}
		return u
	}
	u.NewChat = u.Chat
	u.Chat = domain.ChatRef{Platform: Platform, Chat: strconv.FormatInt(m.MigrateFrom, 10)}
	return u
}

// sender tells who wrote, and whether behind another identity. Such a one keeps an id only to be asked for admin
// rights, and never a name.
func sender(m *message) (bot.User, bool) {
	id := strconv.FormatInt(m.From.ID, 10)
	switch {
	case m.AutoForward, id == linkedChannel:
		return bot.User{ID: linkedChannel}, true
	case id == groupAnonymousBot, m.SenderChat != nil && m.SenderChat.ID == m.Chat.ID:
		return bot.User{ID: groupAnonymousBot}, true
	case id == channelBot, m.SenderChat != nil:
		return bot.User{ID: channelBot}, true
	}
	return user(m.From), false
}

func user(u *tgbotapi.User) bot.User {
	id := strconv.FormatInt(u.ID, 10)
	handle := strings.Clone(bot.CleanName(u.UserName, maxName))
	name := bot.CleanName(fullName(u), maxName)
	switch {
	case name != "":
		name = strings.Clone(name)
	case handle != "":
		name = "@" + handle
	default: // nothing visible is left
		name = "#" + id
	}
	return bot.User{ID: id, Name: name, Handle: handle, Lang: language(u.LanguageCode)}
}

func fullName(u *tgbotapi.User) string {
	if u.LastName == "" {
		return u.FirstName
	}
	return u.FirstName + " " + u.LastName
}

// language maps an IETF tag to the languages we speak. Malay, Javanese and Sundanese readers are better served by
// Indonesian than by English; "in" is Indonesian's old tag.
func language(tag string) string {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch primary {
	case "":
		return ""
	case "id", "in", "ms", "jv", "su":
		return "id"
	}
	return "en"
}

func (m *message) holdsFile() bool { return m.Document != nil || len(m.Photo) > 0 }

// file takes the largest photo or the document.
func (m *message) file() *commands.File {
	if d := m.Document; d != nil {
		return &commands.File{ID: strings.Clone(d.FileID), Name: strings.Clone(bot.CleanName(d.FileName, maxFileName)), Kind: "document"}
	}
	best := 0
	for i, p := range m.Photo {
		if p.Width*p.Height > m.Photo[best].Width*m.Photo[best].Height {
			best = i
		}
	}
	return &commands.File{ID: strings.Clone(m.Photo[best].FileID), Kind: "photo"}
}

// caption is the text beside a file. It is never a command, and words that came along with a forward are not the
// sender's.
func (m *message) caption() string {
	text := bot.CleanText(m.Caption)
	if strings.HasPrefix(text, "/") || m.ForwardDate != 0 || m.ForwardOrigin != nil {
		return ""
	}
	return text
}

// tapped handles a button. Here an anonymous administrator carries the real id. Without a message (a button of an
// inline message, which we never send) the chat has no id: such a tap belongs nowhere and can only be answered.
func (b *Bot) tapped(id int64, c *callback) (bot.Update, bool) {
	if c.ID == "" || c.From == nil || c.From.IsBot {
		return bot.Update{}, false
	}
	u := bot.Update{
		Kind: bot.Tapped, Cause: b.cause(id), Chat: domain.ChatRef{Platform: Platform},
		From: user(c.From), Data: strings.ToValidUTF8(strings.Clone(c.Data), "\uFFFD"),
	}
	if m := c.Message; m != nil && m.Chat.ID != 0 {
		u.Chat, u.Private = m.ref(), m.Chat.private()
		u.Message = strconv.FormatInt(m.ID, 10)
	}
	u.Tap = bot.TapRef{ID: strings.Clone(c.ID), Chat: u.Chat, User: u.From.ID}
	return u, true
}

// joined handles a change of the bot's own membership; changes that leave it able to write, or unable, say nothing.
func (b *Bot) joined(id int64, m *membership) (bot.Update, bool) {
	if !m.Chat.known() || m.New.Status == "" || m.Old.Status != "" && m.Old.able() == m.New.able() {
		return bot.Update{}, false
	}
	u := bot.Update{Cause: b.cause(id), Chat: place{Chat: m.Chat}.ref(), Private: m.Chat.private()}
	switch {
	case m.From == nil || m.From.IsBot:
		u.Anonymous = true
	default:
		u.From = user(m.From)
	}
	switch {
	case !m.New.able():
		u.Kind = bot.Removed
	case u.Private:
		u.Kind = bot.Reachable
	default:
		u.Kind = bot.Added
	}
	return u, true
}
