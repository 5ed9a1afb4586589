package discord

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"klaster/bot"
	"klaster/domain"
)

const (
	// deafFor is how long a person who takes no private messages is left alone.
	deafFor     = 24 * time.Hour
	maxPrivates = 10_000
)

// private remembers private chats, and who wants none.
type private struct {
	mu    sync.Mutex
	users map[string]string    // private channel -> user
	deaf  map[string]time.Time // user -> until
}

func (p *private) init() { p.users, p.deaf = make(map[string]string), make(map[string]time.Time) }

// know remembers whose a private channel is.
func (p *private) know(channel, user string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.users) >= maxPrivates {
		clear(p.users)
	}
	p.users[channel] = user
}

// heard notes that a person has written privately: so can we.
func (p *private) heard(channel, user string) {
	p.know(channel, user)
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.deaf, user)
}

// refuse notes that a person cannot be written to.
func (p *private) refuse(user string, now time.Time) {
	if user == "" {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.deaf) >= maxPrivates {
		clear(p.deaf)
	}
	p.deaf[user] = now.Add(deafFor)
}

func (p *private) userOf(channel string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.users[channel]
}

func (p *private) refuses(user string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	until, ok := p.deaf[user]
	if ok && !until.After(now) {
		delete(p.deaf, user)
		return false
	}
	return ok
}

// OpenPrivate implements bot.PrivateOpener. A person whose private messages are closed is not tried again for a day.
func (b *Bot) OpenPrivate(ctx context.Context, user string) (domain.ChatRef, error) {
	const op = "opening a private chat"
	switch {
	case !snowflake(user):
		return domain.ChatRef{}, unreachable(op, "there is no such user")
	case b.private.refuses(user, b.now()):
		return domain.ChatRef{}, unreachable(op, "this person takes no private messages, as was seen not long ago")
	}
	var out struct {
		ID string `json:"id"`
	}
	body := map[string]string{"recipient_id": user}
	if err := b.rest.do(ctx, call{op: op, method: http.MethodPost, path: "/users/@me/channels", body: body, bucket: "dm"}, &out); err != nil {
		if deaf(err) {
			b.private.refuse(user, b.now())
		}
		return domain.ChatRef{}, classify(op, err)
	}
	if !snowflake(out.ID) {
		return domain.ChatRef{}, &bot.SendError{Kind: bot.Transient, Err: wrap(op, errors.New("the answer names no channel"))}
	}
	b.private.know(out.ID, user)
	return domain.ChatRef{Platform: Platform, Chat: out.ID}, nil
}

// noteRefusal remembers what a refused send tells about a chat.
func (b *Bot) noteRefusal(to domain.ChatRef, err error) {
	channel := channelOf(to)
	if deaf(err) {
		b.private.refuse(b.private.userOf(channel), b.now())
		return
	}
	if refusedWith(err, codeMissingAccess, codeMissingPermissions, codeArchived, codeThreadLocked) {
		b.guilds.silence(to)
	}
}
