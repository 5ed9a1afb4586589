package telegramtest

import (
	"strconv"
	"unicode/utf8"
)

// The answers and updates are written by hand: reflection would cost more than all the
// rest of a round trip together.

// appendString writes a JSON string; bytes that are no UTF-8 become U+FFFD.
func appendString(b []byte, s string) []byte {
	const hex = "0123456789abcdef"
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && n == 1 {
				b = append(append(b, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += n
			continue
		}
		if c >= ' ' && c != '"' && c != '\\' {
			i++
			continue
		}
		b = append(b, s[start:i]...)
		switch c {
		case '"', '\\':
			b = append(b, '\\', c)
		case '\n':
			b = append(b, '\\', 'n')
		default:
			b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		}
		i++
		start = i
	}
	return append(append(b, s[start:]...), '"')
}

func appendInt(b []byte, key string, n int64) []byte {
	return strconv.AppendInt(append(b, key...), n, 10)
}

func appendText(b []byte, key, s string) []byte {
	return appendString(append(b, key...), s)
}

func (u *User) append(b []byte) []byte {
	b = appendInt(b, `{"id":`, u.ID)
	b = strconv.AppendBool(append(b, `,"is_bot":`...), u.Bot)
	b = appendText(b, `,"first_name":`, u.FirstName)
	if u.LastName != "" {
		b = appendText(b, `,"last_name":`, u.LastName)
	}
	if u.Username != "" {
		b = appendText(b, `,"username":`, u.Username)
	}
	if u.Language != "" {
		b = appendText(b, `,"language_code":`, u.Language)
	}
	return append(b, '}')
}

func (c *chat) append(b []byte) []byte {
	b = c.appendOpen(b)
	return append(b, '}')
}

// appendOpen leaves the object open, for getChat adds more.
func (c *chat) appendOpen(b []byte) []byte {
	b = appendInt(b, `{"id":`, c.id)
	if c.kind == private {
		b = appendText(b, `,"first_name":`, c.user.FirstName)
		if c.user.Username != "" {
			b = appendText(b, `,"username":`, c.user.Username)
		}
	} else {
		b = appendText(b, `,"title":`, c.title)
	}
	b = appendText(b, `,"type":`, string(c.kind))
	if c.forum {
		b = append(b, `,"is_forum":true`...)
	}
	return b
}

// append writes a message as Telegram shows it. The message replied to is shown without
// its own reply.
func (m *message) append(b []byte, w *World, withReply bool) []byte {
	b = appendInt(b, `{"message_id":`, int64(m.id))
	b = m.sender.append(append(b, `,"from":`...))
	if m.senderChat != nil {
		b = m.senderChat.append(append(b, `,"sender_chat":`...))
	}
	b = m.chat.append(append(b, `,"chat":`...))
	b = appendInt(b, `,"date":`, m.at.Unix())
	if m.editedAt != 0 {
		b = appendInt(b, `,"edit_date":`, m.editedAt)
	}
	if m.thread != 0 {
		b = appendInt(b, `,"message_thread_id":`, int64(m.thread))
		b = append(b, `,"is_topic_message":true`...)
	}
	b = append(b, m.extra...)
	if withReply && m.replyTo != nil {
		b = m.replyTo.append(append(b, `,"reply_to_message":`...), w, false)
	}
	if m.file != nil {
		b = m.file.append(b)
	}
	if m.text != "" {
		key, entities := `,"text":`, `,"entities":`
		if m.file != nil {
			key, entities = `,"caption":`, `,"caption_entities":`
		}
		b = appendText(b, key, m.text)
		if m.entities != "" {
			b = append(append(b, entities...), m.entities...)
		}
	}
	if m.markup != "" {
		b = append(append(b, `,"reply_markup":`...), m.markup...)
	}
	return append(b, '}')
}

func (f *file) append(b []byte) []byte {
	if f.photo {
		b = appendText(b, `,"photo":[{"file_id":`, f.id)
		b = appendText(b, `,"file_unique_id":`, f.unique)
		b = appendInt(b, `,"file_size":`, int64(len(f.content)))
		return append(b, `,"width":640,"height":480}]`...)
	}
	b = appendText(b, `,"document":{"file_id":`, f.id)
	b = appendText(b, `,"file_unique_id":`, f.unique)
	b = appendText(b, `,"file_name":`, f.name)
	b = appendText(b, `,"mime_type":`, f.mime)
	b = appendInt(b, `,"file_size":`, int64(len(f.content)))
	return append(b, '}')
}
