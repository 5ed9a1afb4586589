package telegramtest

import (
	"encoding/json"
	"slices"
	"time"
)

// Message is a message as it stands now.
type Message struct {
	ID     int // 0: there is none
	Chat   int64
	Thread int // forum topic; 0 is General, or no forum
	From   int64
	FromMe bool // the bot sent it
	Text   string
	HTML   string // as sent with parse_mode HTML, else ""
	// Markup is the inline keyboard, or the force_reply, as the bot sent it; "" for none.
	Markup  string
	Buttons [][]Button
	Asks    bool // force_reply
	File    *File
	ReplyTo int
	Edits   int
	Pinned  bool
	Deleted bool
	At      time.Time
}

// Button is a button of an inline keyboard.
type Button struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
	URL  string `json:"url"`
}

// File is a document or a photo. Text of its message is the caption.
type File struct {
	ID, Name, MIME string
	Photo          bool
	Content        []byte
}

// Request is a call of the bot.
type Request struct {
	Method string
	Params map[string]string
	Files  map[string]File
	At     time.Time
}

// requestsKept bounds Requests: the newest are kept.
const requestsKept = 10_000

func (w *World) record(c *call) {
	if len(w.requests) >= requestsKept {
		w.requests = slices.Delete(w.requests, 0, requestsKept/2)
	}
	r := Request{Method: c.method, Params: make(map[string]string, len(c.params)), At: w.settings.now()}
	for _, p := range c.params {
		if !p.isFile {
			r.Params[p.name] = p.value
			continue
		}
		if r.Files == nil {
			r.Files = make(map[string]File)
		}
		r.Files[p.name] = File{Name: p.fileName, Content: p.content}
	}
	w.requests = append(w.requests, r)
}

func (m *message) view() Message {
	v := Message{
		ID: m.id, Chat: m.chat.id, Thread: m.thread, From: m.sender.ID, FromMe: m.byBot, Text: m.text, HTML: m.html,
		Markup: m.markup, Buttons: buttons(m.markup), Asks: m.asks, Edits: m.edits, Pinned: m.pinned, Deleted: m.deleted, At: m.at,
	}
	if m.markup == "" {
		v.Markup = m.raw
	}
	if m.replyTo != nil {
		v.ReplyTo = m.replyTo.id
	}
	if f := m.file; f != nil {
		v.File = &File{ID: f.id, Name: f.name, MIME: f.mime, Photo: f.photo, Content: f.content}
	}
	return v
}

func buttons(markup string) [][]Button {
	if markup == "" {
		return nil
	}
	var k struct {
		Rows [][]Button `json:"inline_keyboard"`
	}
	_ = json.Unmarshal([]byte(markup), &k)
	return k.Rows
}

// Messages are all messages of a chat that were not deleted, oldest first, of people
// and of the bot. The private chat of a user has the user's id.
func (w *World) Messages(chat int64) []Message {
	c := w.mustChat(chat)
	out := make([]Message, 0, len(c.messages))
	for _, m := range c.messages {
		if !m.deleted {
			out = append(out, m.view())
		}
	}
	return out
}

// Last is the newest message of the bot in a chat, the zero Message when there is none.
func (w *World) Last(chat int64) Message {
	c := w.mustChat(chat)
	for i := len(c.messages) - 1; i >= 0; i-- {
		if m := c.messages[i]; m.byBot && !m.deleted {
			return m.view()
		}
	}
	return Message{}
}

// Message is one message, deleted or not; the zero Message when there was none.
func (w *World) Message(chat int64, id int) Message {
	for _, m := range w.mustChat(chat).messages {
		if m.id == id {
			return m.view()
		}
	}
	return Message{}
}

// Edits counts the edits that changed something in a chat.
func (w *World) Edits(chat int64) int {
	n := 0
	for _, m := range w.mustChat(chat).messages {
		n += m.edits
	}
	return n
}

// Requests are the newest calls of the bot, oldest first, at most 10,000; in the cheap
// mode none.
func (w *World) Requests() []Request { return slices.Clone(w.requests) }

// Calls counts the recorded calls of a method.
func (w *World) Calls(method string) int {
	n := 0
	for i := range w.requests {
		if w.requests[i].Method == method {
			n++
		}
	}
	return n
}

// Commands is the menu that was set for a scope (as JSON, "" for default) and a language.
func (w *World) Commands(scope, language string) []Command {
	return slices.Clone(w.commands[commandKey{scopeKey(scope), language}])
}

// CommandMenus counts the menus that are set, over all scopes and languages.
func (w *World) CommandMenus() int { return len(w.commands) }

// look runs a question under the lock.
func look[T any](s *Server, ask func(*World) T) T {
	w := s.lock()
	defer s.mu.Unlock()
	return ask(w)
}

// Messages is World.Messages.
func (s *Server) Messages(chat int64) []Message {
	return look(s, func(w *World) []Message { return w.Messages(chat) })
}

// Last is World.Last.
func (s *Server) Last(chat int64) Message {
	return look(s, func(w *World) Message { return w.Last(chat) })
}

// Message is World.Message.
func (s *Server) Message(chat int64, id int) Message {
	return look(s, func(w *World) Message { return w.Message(chat, id) })
}

// Edits is World.Edits.
func (s *Server) Edits(chat int64) int { return look(s, func(w *World) int { return w.Edits(chat) }) }

// Requests is World.Requests.
func (s *Server) Requests() []Request { return look(s, (*World).Requests) }

// Calls is World.Calls.
func (s *Server) Calls(method string) int {
	return look(s, func(w *World) int { return w.Calls(method) })
}

// Commands is World.Commands.
func (s *Server) Commands(scope, language string) []Command {
	return look(s, func(w *World) []Command { return w.Commands(scope, language) })
}

// CommandMenus is World.CommandMenus.
func (s *Server) CommandMenus() int { return look(s, (*World).CommandMenus) }
