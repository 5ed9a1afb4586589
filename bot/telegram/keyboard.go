package telegram

import (
	"strings"
	"unicode/utf16"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"github.com/goccy/go-json"

	"klaster/bot"
	"klaster/commands"
)

const (
	dataLimit        = 64 // bytes of a button's data
	rowLimit         = 8
	rowsLimit        = 10
	placeholderLimit = 64 // UTF-16 units
)

// keyboard makes an inline keyboard, with an empty list (never null) when there are no buttons: that takes a keyboard
// away.
func (b *Bot) keyboard(rows [][]commands.Button) string {
	k := tgbotapi.InlineKeyboardMarkup{InlineKeyboard: [][]tgbotapi.InlineKeyboardButton{}}
	for _, row := range rows {
		var out []tgbotapi.InlineKeyboardButton
		for _, button := range row {
			if made, ok := b.button(button); ok {
				out = append(out, made)
			}
		}
		for len(out) > rowLimit {
			k.InlineKeyboard = append(k.InlineKeyboard, out[:rowLimit])
			out = out[rowLimit:]
		}
		if len(out) > 0 {
			k.InlineKeyboard = append(k.InlineKeyboard, out)
		}
	}
	if len(k.InlineKeyboard) > rowsLimit {
		k.InlineKeyboard = repack(k.InlineKeyboard)
	}
	return encode(k)
}

// repack lays out too many rows anew, as evenly as it goes. Beyond 80 buttons the last are lost.
func repack(rows [][]tgbotapi.InlineKeyboardButton) [][]tgbotapi.InlineKeyboardButton {
	var all []tgbotapi.InlineKeyboardButton
	for _, row := range rows {
		all = append(all, row...)
	}
	all = all[:min(len(all), rowLimit*rowsLimit)]
	width := (len(all) + rowsLimit - 1) / rowsLimit
	var out [][]tgbotapi.InlineKeyboardButton
	for len(all) > 0 {
		n := min(width, len(all))
		out = append(out, all[:n])
		all = all[n:]
	}
	return out
}

// button is false for one the server would refuse, and the whole message with it.
func (b *Bot) button(c commands.Button) (tgbotapi.InlineKeyboardButton, bool) {
	out := tgbotapi.InlineKeyboardButton{Text: strings.TrimSpace(bot.Showable(c.Label))}
	switch {
	case out.Text == "":
		return out, false
	case c.Data != "":
		if len(c.Data) > dataLimit {
			b.log.Warn("telegram: a button's data is too long, the button is left out", "bytes", len(c.Data))
			return out, false
		}
		out.CallbackData = &c.Data
	case c.URL != "":
		address := webLink(c.URL)
		out.URL = &address
		return out, address != ""
	default: // the bot makes links of Private; without one the private chat is opened all the same
		address := b.PrivateLink("")
		out.URL = &address
		return out, address != ""
	}
	return out, true
}

// forceReply asks the person who is answered or mentioned for an answer; with privacy mode on, the bot hears nobody in
// a group but those who reply.
func forceReply(hint string) string {
	return encode(tgbotapi.ForceReply{ForceReply: true, Selective: true, InputFieldPlaceholder: cutUnits(strings.TrimSpace(bot.Showable(hint)), placeholderLimit)})
}

// markup is the reply_markup of a new message, "" for none.
func (b *Bot) markup(group bool, d bot.Draft) string {
	switch {
	case len(d.Buttons) > 0:
		return b.keyboard(d.Buttons)
	case asksOne(group, d):
		return forceReply(d.Ask)
	}
	return ""
}

// asksOne tells whether a draft asks one person of a group to type an answer. Buttons come first: a message has either,
// and a reply to it works without being forced.
func asksOne(group bool, d bot.Draft) bool {
	return group && d.Ask != "" && d.For != "" && len(d.Buttons) == 0
}

func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil { // only types that cannot be encoded, and these can
		return ""
	}
	return string(raw)
}

// cutUnits keeps at most n UTF-16 units, with an ellipsis in place of what is lost.
func cutUnits(s string, n int) string {
	units, keep := 0, 0
	for i, c := range s {
		if units += max(1, utf16.RuneLen(c)); units > n {
			return s[:keep] + "…"
		}
		if units < n {
			keep = i + len(string(c))
		}
	}
	return s
}
