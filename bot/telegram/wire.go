package telegram

import (
	stdjson "encoding/json"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// batch is the result of getUpdates, each update still encoded: one that does not decode must not take the others
// with it.
type batch []stdjson.RawMessage

// update holds the kinds we ask for, and of them only what we read: the library's Update decodes ten times as much,
// lacks topics, and its accessors panic.
type update struct {
	ID           int64       `json:"update_id"`
	Message      *message    `json:"message"`
	Callback     *callback   `json:"callback_query"`
	MyChatMember *membership `json:"my_chat_member"`
}

type chat struct {
	ID   int64  `json:"id"`
	Type string `json:"type"`
}

// place is what every message has, readable or not (date 0: the bot cannot see it any more).
type place struct {
	ID      int64 `json:"message_id"`
	Date    int64 `json:"date"`
	Chat    chat  `json:"chat"`
	Thread  int64 `json:"message_thread_id"` // also set on plain replies: counts only with IsTopic
	IsTopic bool  `json:"is_topic_message"`
}

type message struct {
	place
	From          *tgbotapi.User `json:"from"`
	SenderChat    *chat          `json:"sender_chat"`
	ReplyTo       *replied       `json:"reply_to_message"`
	ForwardDate   int64          `json:"forward_date"`
	ForwardOrigin *struct{}      `json:"forward_origin"`
	AutoForward   bool           `json:"is_automatic_forward"`

	Text     string               `json:"text"`
	Caption  string               `json:"caption"`
	Photo    []tgbotapi.PhotoSize `json:"photo"`
	Document *tgbotapi.Document   `json:"document"`

	MigrateTo   int64 `json:"migrate_to_chat_id"`
	MigrateFrom int64 `json:"migrate_from_chat_id"`
}

type replied struct {
	ID int64 `json:"message_id"`
}

type callback struct {
	ID      string         `json:"id"`
	From    *tgbotapi.User `json:"from"`
	Message *place         `json:"message"` // nil for buttons of inline messages
	Data    string         `json:"data"`
}

type membership struct {
	Chat chat           `json:"chat"`
	From *tgbotapi.User `json:"from"`
	Old  standing       `json:"old_chat_member"`
	New  standing       `json:"new_chat_member"`
}

// standing is the bot's own membership.
type standing struct {
	Status   string `json:"status"`
	IsMember bool   `json:"is_member"`         // restricted only
	CanSend  bool   `json:"can_send_messages"` // restricted only
}

// able tells whether the bot can write in the chat.
func (s standing) able() bool {
	switch s.Status {
	case "creator", "administrator", "member":
		return true
	case "restricted":
		return s.IsMember && s.CanSend
	}
	return false
}
