package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// maxLine bounds a line in bytes; the bot's texts are far below.
const maxLine = 256 << 10

// Post implements bot.Connector: the ref is the line's number in its chat.
func (r *Room) Post(ctx context.Context, to domain.ChatRef, d bot.Draft) (string, error) {
	v, ok := roomOf(to)
	if !ok {
		return "", &bot.SendError{Kind: bot.Unreachable, Err: errors.New("web: no such chat")}
	}
	m := drafted(d, r.Now())
	l := r.logs.hold(to)
	defer r.logs.drop(l)
	m.To = r.authorOf(l, d.ReplyTo)
	if d.File != nil {
		link, err := r.shelve(ctx, fileOfBot, v.room, d.File.Name, d.File.Mime, d.File.Data)
		if err != nil {
			return "", sendError(err)
		}
		m.File = link
	}
	body := m.encode()
	if len(body) > maxLine {
		return "", &bot.SendError{Kind: bot.Rejected, Err: fmt.Errorf("web: message of %d bytes", len(body))}
	}
	id, err := r.logs.add(ctx, l, body)
	if err != nil {
		return "", sendError(err)
	}
	return strconv.FormatUint(id, 10), nil
}

// authorOf names who wrote the line that is answered, if it is at hand.
func (r *Room) authorOf(l *chatLog, ref string) string {
	id, err := strconv.ParseUint(ref, 10, 64)
	if err != nil {
		return ""
	}
	var m message
	if body, ok := r.logs.find(l, id); !ok || json.Unmarshal(body, &m) != nil {
		return ""
	}
	return m.Author
}

// Edit implements bot.Connector. A line keeps its time, its file and whom it answers.
func (r *Room) Edit(ctx context.Context, to domain.ChatRef, ref string, d bot.Draft) error {
	id, err := strconv.ParseUint(ref, 10, 64)
	v, ok := roomOf(to)
	if err != nil || !ok {
		return &bot.SendError{Kind: bot.Gone, Err: errors.New("web: no such message")}
	}
	now := r.Now()
	m := drafted(d, now)
	if d.File != nil {
		if m.File, err = r.shelve(ctx, fileOfBot, v.room, d.File.Name, d.File.Mime, d.File.Data); err != nil {
			return sendError(err)
		}
	}
	if size := len(m.encode()); size > maxLine {
		return &bot.SendError{Kind: bot.Rejected, Err: fmt.Errorf("web: message of %d bytes", size)}
	}
	l := r.logs.hold(to)
	defer r.logs.drop(l)
	err = r.logs.change(ctx, l, id, func(old []byte) []byte {
		var before message
		if json.Unmarshal(old, &before) != nil || before.Author != "" {
			return nil
		}
		m.At, m.To, m.Updated = before.At, before.To, before.Updated
		if m.File == nil {
			m.File = before.File
		}
		if string(m.encode()) == string(old) {
			return nil
		}
		m.Updated = &now
		return m.encode()
	})
	if err != nil {
		return sendError(err)
	}
	return nil
}

// Answer implements bot.Connector: a toast on the pages of the person who pressed, and on nobody else's.
func (r *Room) Answer(_ context.Context, tap bot.TapRef, text string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.streams {
		if s.who.user() != tap.User {
			continue
		}
		select {
		case s.toasts <- toast{Tap: tap.ID, Text: text}:
		default: // a page that does not read has no use for it
		}
	}
	return nil
}

// PublishMenu implements bot.MenuPublisher.
func (r *Room) PublishMenu(_ context.Context, entries []commands.MenuEntry) error {
	m := &menu{}
	for _, e := range entries {
		m.entries = append(m.entries, menuEntry{e.Name, e.English, e.Description, e.Private, e.Group})
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.menu = m
	for s := range r.streams {
		s.nudge()
	}
	return nil
}

// menu is immutable; pages are told when there is another one.
type menu struct{ entries []menuEntry }

type menuEntry struct {
	name        string
	english     string
	description map[string]string
	private     bool
	group       bool
}

// command is a line of the menu in one language.
type command struct {
	Name    string `json:"name"`
	About   string `json:"about"`
	Private bool   `json:"private,omitempty"`
	Group   bool   `json:"group,omitempty"`
}

func (m *menu) in(lang string) []command {
	out := make([]command, 0, len(m.entries))
	for _, e := range m.entries {
		c := command{Name: e.name, About: e.description[lang], Private: e.private, Group: e.group}
		if lang == "en" && e.english != "" {
			c.Name = e.english
		}
		out = append(out, c)
	}
	return out
}

func sendError(err error) *bot.SendError {
	if sent := (*bot.SendError)(nil); errors.As(err, &sent) {
		return sent
	}
	if errors.Is(err, store.ErrNotFound) {
		return &bot.SendError{Kind: bot.Gone, Err: err}
	}
	return transient(err)
}

func transient(err error) *bot.SendError { return &bot.SendError{Kind: bot.Transient, Err: err} }
