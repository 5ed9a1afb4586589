// Package bottest is what tests of the bot stand on: a platform in memory, a small conversation, and a runner for
// scenarios written as text.
package bottest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"klaster/bot"
	"klaster/domain"
)

var (
	_ bot.Connector     = (*Platform)(nil)
	_ bot.AdminChecker  = (*Platform)(nil)
	_ bot.PrivateLinker = (*Platform)(nil)
	_ bot.BacklogTeller = (*Platform)(nil)
)

// Server is a chat platform in memory: users, groups, private chats. Updates wait until they are confirmed and come
// again otherwise, in order, as on a polled platform. Several Platforms (one per hub) may use one Server.
type Server struct {
	Name domain.Platform

	mu       sync.Mutex
	changed  chan struct{} // closed and replaced when an update is queued
	updates  []bot.Update  // not confirmed yet
	number   int
	messages []*Message
	users    map[string]*User
	toasts   []Toast
	calls    map[string]int
	fault    func(op string, chat domain.ChatRef) error
}

// User is a person on the platform.
type User struct {
	ID     string
	Name   string
	Lang   string
	Admin  bool // of every group
	Opened bool // has opened the private chat: the bot may write there
}

// Message is what stands in a chat.
type Message struct {
	Ref     string
	Chat    domain.ChatRef
	Draft   bot.Draft // as posted or edited last
	At      time.Time // posted or edited last
	Edits   int
	Deleted bool
}

// Toast is the quick answer to a tap.
type Toast struct {
	User string
	Text string
}

// NewServer makes an empty platform.
func NewServer(name domain.Platform) *Server {
	return &Server{Name: name, changed: make(chan struct{}), users: map[string]*User{}, calls: map[string]int{}}
}

// Group is the address of a group, or of its topic: "group#topic".
func (s *Server) Group(name string) domain.ChatRef {
	group, topic, _ := strings.Cut(name, "#")
	return domain.ChatRef{Platform: s.Name, Chat: "g:" + group, Thread: topic}
}

// PrivateOf is the address of a user's private chat.
func (s *Server) PrivateOf(user string) domain.ChatRef {
	return domain.ChatRef{Platform: s.Name, Chat: "p:" + user}
}

// User finds a user or makes one.
func (s *Server) User(id string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.users[id]
	if !ok {
		u = &User{ID: id, Name: id}
		s.users[id] = u
	}
	return u
}

// Fail has calls fail: f is asked before each "post", "edit", "answer" and "receive" (nil: all work). Its errors should
// be *bot.SendError.
func (s *Server) Fail(f func(op string, chat domain.ChatRef) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// Calls counts the calls of an operation.
func (s *Server) Calls(op string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[op]
}

// Messages lists what stands in a chat, oldest first.
func (s *Server) Messages(chat domain.ChatRef) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Message
	for _, m := range s.messages {
		if m.Chat == chat && !m.Deleted {
			out = append(out, *m)
		}
	}
	return out
}

// Toasts lists the answers to taps, oldest first.
func (s *Server) Toasts() []Toast {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Toast(nil), s.toasts...)
}

// Delete takes a message away, as a chat admin would.
func (s *Server) Delete(ref string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.messages {
		if m.Ref == ref {
			m.Deleted = true
		}
	}
}

// Waiting counts the updates that nobody has confirmed.
func (s *Server) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.updates)
}

// Push queues an update, with a fresh cause if it has none, and returns the cause.
func (s *Server) Push(u bot.Update) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.number++
	if u.Cause == "" {
		u.Cause = fmt.Sprintf("%s:%d", s.Name, s.number)
	}
	if u.Message == "" && u.Kind == bot.Said {
		u.Message = "u" + strconv.Itoa(s.number)
	}
	s.updates = append(s.updates, u)
	close(s.changed)
	s.changed = make(chan struct{})
	return u.Cause
}

// Say has a user write into a group.
func (s *Server) Say(user, group, text string) string {
	return s.Push(bot.Update{Kind: bot.Said, Chat: s.Group(group), From: s.from(user), Text: text})
}

// Whisper has a user write to the bot privately.
func (s *Server) Whisper(user, text string) string {
	s.User(user).Opened = true
	return s.Push(bot.Update{Kind: bot.Said, Chat: s.PrivateOf(user), Private: true, From: s.from(user), Text: text})
}

// Open has a user follow a deep link.
func (s *Server) Open(user, token string) string {
	s.User(user).Opened = true
	return s.Push(bot.Update{Kind: bot.Said, Chat: s.PrivateOf(user), Private: true, From: s.from(user), Start: token})
}

// Tap has a user press a button of a message.
func (s *Server) Tap(user string, m Message, data string) string {
	private := m.Chat == s.PrivateOf(user)
	return s.Push(bot.Update{
		Kind: bot.Tapped, Chat: m.Chat, Private: private, From: s.from(user), Message: m.Ref, Data: data,
		Tap: bot.TapRef{ID: user + "/" + data, Chat: m.Chat, User: user},
	})
}

func (s *Server) from(user string) bot.User {
	u := s.User(user)
	return bot.User{ID: u.ID, Name: u.Name, Lang: u.Lang}
}

// Platform is a hub's connection to a Server.
type Platform struct {
	*Server
	caps    bot.Caps
	drained chan struct{}
	once    sync.Once
}

// Connect makes a connector. Caps' zero values do not limit.
func (s *Server) Connect(caps bot.Caps) *Platform {
	return &Platform{Server: s, caps: caps, drained: make(chan struct{})}
}

// DefaultCaps are those of a platform like Telegram without its rates.
func DefaultCaps() bot.Caps {
	return bot.Caps{TextLimit: 4096, ToastLimit: 200, DataLimit: 64, Mentions: true, EditInterval: 3 * time.Second}
}

// Name implements bot.Connector.
func (p *Platform) Name() domain.Platform { return p.Server.Name }

// Account implements bot.Connector.
func (p *Platform) Account() string { return string(p.Server.Name) + ":bot" }

// Caps implements bot.Connector.
func (p *Platform) Caps() bot.Caps { return p.caps }

// Health implements bot.Connector.
func (p *Platform) Health() error { return nil }

// Drained implements bot.BacklogTeller.
func (p *Platform) Drained() <-chan struct{} { return p.drained }

// IsAdmin implements bot.AdminChecker.
func (p *Platform) IsAdmin(_ context.Context, _ domain.ChatRef, user string) (bool, error) {
	return p.User(user).Admin, nil
}

// PrivateLink implements bot.PrivateLinker.
func (p *Platform) PrivateLink(token string) string { return "https://fake.test/?start=" + token }

// portion is how many updates are handed over before they are waited for.
const portion = 100

// Receive implements bot.Connector: hands over what is not confirmed, in order, and again after a failure.
func (p *Platform) Receive(ctx context.Context, to bot.Sink) error {
	for ctx.Err() == nil {
		if err := p.try("receive", domain.ChatRef{}); err != nil {
			return err
		}
		p.mu.Lock()
		batch := append([]bot.Update(nil), p.updates[:min(len(p.updates), portion)]...)
		changed := p.changed
		p.mu.Unlock()
		if len(batch) == 0 {
			p.once.Do(func() { close(p.drained) })
			select {
			case <-ctx.Done():
			case <-changed:
			}
			continue
		}
		waits := make([]func() error, len(batch))
		for i, u := range batch {
			waits[i] = to.Accept(ctx, u)
		}
		failed := false
		for i, wait := range waits {
			if err := wait(); err != nil {
				failed = true
			}
			if failed {
				continue
			}
			p.confirm(batch[i].Cause)
		}
		if failed {
			select {
			case <-ctx.Done():
			case <-time.After(time.Second):
			}
		}
	}
	return nil
}

// confirm takes the update out; another receiver may have done so already.
func (s *Server) confirm(cause string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, u := range s.updates {
		if u.Cause == cause {
			s.updates = slices.Delete(s.updates, i, i+1)
			return
		}
	}
}

// try counts a call and asks whether it shall fail.
func (s *Server) try(op string, chat domain.ChatRef) error {
	s.mu.Lock()
	s.calls[op]++
	fault := s.fault
	s.mu.Unlock()
	if fault != nil {
		return fault(op, chat)
	}
	return nil
}

// Post implements bot.Connector.
func (p *Platform) Post(_ context.Context, to domain.ChatRef, d bot.Draft) (string, error) {
	if err := p.try("post", to); err != nil {
		return "", err
	}
	if p.shut(to) {
		return "", &bot.SendError{Kind: bot.Unreachable, Err: errors.New("the private chat was never opened")}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number++
	m := &Message{Ref: "m" + strconv.Itoa(p.number), Chat: to, Draft: d, At: time.Now()}
	p.messages = append(p.messages, m)
	return m.Ref, nil
}

func (s *Server) shut(chat domain.ChatRef) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	user, private := chat.Chat, false
	if len(user) > 2 && user[:2] == "p:" {
		user, private = user[2:], true
	}
	return private && (s.users[user] == nil || !s.users[user].Opened)
}

// Edit implements bot.Connector.
func (p *Platform) Edit(_ context.Context, to domain.ChatRef, ref string, d bot.Draft) error {
	if err := p.try("edit", to); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.messages {
		if m.Ref == ref && !m.Deleted {
			m.Draft, m.At = d, time.Now()
			m.Edits++
			return nil
		}
	}
	return &bot.SendError{Kind: bot.Gone, Err: errors.New("message to edit not found")}
}

// Answer implements bot.Connector.
func (p *Platform) Answer(_ context.Context, tap bot.TapRef, text string) error {
	if err := p.try("answer", tap.Chat); err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.toasts = append(p.toasts, Toast{User: tap.User, Text: text})
	return nil
}
