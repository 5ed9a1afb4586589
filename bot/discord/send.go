package discord

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/bwmarrin/discordgo"

	"klaster/bot"
	"klaster/domain"
)

const (
	posting = "sending a message"
	editing = "editing a message"

	partTries    = 4
	partPause    = time.Second
	partPatience = 30 * time.Second // a longer wait is left to the caller
)

// asidePrefix begins the thread of a place where one person alone is answered; the rest is the user's id.
const asidePrefix = "@"

func isAside(c domain.ChatRef) bool { return strings.HasPrefix(c.Thread, asidePrefix) }

// channelOf is the channel a chat's messages are sent to: a thread is one itself.
func channelOf(c domain.ChatRef) string {
	if c.Thread != "" && !isAside(c) {
		return c.Thread
	}
	return c.Chat
}

// Post implements bot.Connector. What answers an interaction goes out through it as long as that lives: the first message
// as its response, the others behind it. The ref is the message id; of a text that needs several messages, the last
// one's, which holds the buttons.
func (b *Bot) Post(ctx context.Context, to domain.ChatRef, d bot.Draft) (string, error) {
	parts, err := b.compose(posting, d, false)
	if err != nil {
		return "", err
	}
	p := poster{Bot: b, to: to, draft: d}
	if t := b.talks.find(d.Answering.ID); t != nil && (to == t.chat || to == t.aside) {
		t.mu.Lock()
		defer t.mu.Unlock()
		p.talk = t
	}
	ref := ""
	for i, part := range parts {
		var file *upload
		if i == len(parts)-1 && d.File != nil {
			file = &upload{d.File}
		}
		p.first = i == 0
		if ref, err = p.patiently(ctx, part, file); err != nil {
			return "", err
		}
	}
	return ref, nil
}

// poster sends the messages of one draft. The talk's lock is held.
type poster struct {
	*Bot
	to    domain.ChatRef
	draft bot.Draft
	talk  *talk
	first bool
}

// patiently sends one message. Once the first is out the others are tried again here, since the caller would send the
// first twice.
func (p *poster) patiently(ctx context.Context, m outgoing, file *upload) (string, error) {
	for try := 1; ; try++ {
		ref, err := p.send(ctx, m, file)
		if err == nil {
			return ref, nil
		}
		var e *bot.SendError
		if !errors.As(err, &e) {
			e = classify(posting, err)
		}
		wait := e.After
		switch {
		case p.first || try == partTries || wait > partPatience:
			return "", e
		case e.Kind == bot.Transient:
			wait = time.Duration(try) * partPause
		case e.Kind != bot.RateLimited:
			return "", e
		}
		if p.pause(ctx, wait) != nil {
			return "", e
		}
	}
}

func (p *poster) send(ctx context.Context, m outgoing, file *upload) (string, error) {
	if p.talk != nil && !p.expired(p.talk) {
		ref, err := p.through(ctx, m, file)
		if !errors.Is(err, errInteractionOver) && !tooLate(err) {
			return ref, err
		}
		p.talk.stage = over
	}
	if isAside(p.to) {
		return "", unreachable(posting, "the interaction is over, and with it the place where its sender alone is answered")
	}
	return p.create(ctx, m, file)
}

// through sends a message as an answer to the interaction.
func (p *poster) through(ctx context.Context, m outgoing, file *upload) (string, error) {
	t := p.talk
	hidden := isAside(p.to)
	if hidden {
		m.Flags |= flagEphemeral
	}
	if t.stage == waiting && file != nil && (hidden || t.direct) { // it may take longer than a first response may
		if err := p.deferAnswer(ctx, t); err != nil && !refusedWith(err, codeAnswered) {
			return "", err
		}
	}
	switch t.stage {
	case waiting:
		ref, err := p.respondWith(ctx, m, file)
		if err == nil {
			t.stage = answered
		}
		if !refusedWith(err, codeAnswered) {
			return ref, err
		}
		return p.alreadyAnswered(ctx, m, file)
	case thinking:
		if hidden || t.direct {
			return p.fillIn(ctx, m, file)
		}
		// The deferred answer is the sender's alone, and what is to be said is not: it goes to the channel.
		if err := p.rest.do(ctx, t.hook("taking a deferred answer back", http.MethodDelete, "/messages/@original"), nil); err != nil && !refusedWith(err, codeUnknownMessage) {
			return "", err
		}
		t.stage = answered
		ref, err := p.create(ctx, m, file)
		var e *bot.SendError
		if errors.As(err, &e) && e.Kind == bot.Unreachable { // where the bot may not write, it may still answer
			return p.followUp(ctx, m, file)
		}
		return ref, err
	case noted, answered:
		ref, err := p.followUp(ctx, m, file)
		if err == nil {
			t.stage = answered
		}
		return ref, err
	case over:
	}
	return "", errInteractionOver
}

// respondWith makes a message the first response.
func (p *poster) respondWith(ctx context.Context, m outgoing, file *upload) (string, error) {
	var response struct {
		Resource struct {
			Message sent `json:"message"`
		} `json:"resource"`
	}
	err := p.respond(ctx, p.talk, callback{discordgo.InteractionResponseChannelMessageWithSource, m}, file, &response)
	return response.Resource.Message.ID, err
}

// alreadyAnswered finds out what the first response was that we do not know of.
func (p *poster) alreadyAnswered(ctx context.Context, m outgoing, file *upload) (string, error) {
	t := p.talk
	tried := t.tried
	t.stage = answered
	switch tried {
	case discordgo.InteractionResponseDeferredChannelMessageWithSource:
		t.stage = thinking
	case discordgo.InteractionResponseDeferredMessageUpdate:
		t.stage, t.holds = noted, true
	default: // this very message, whose receipt was lost, or another process that got the same interaction
		return "", nil
	}
	return p.through(ctx, m, file)
}

// fillIn puts the message in the place of the deferred answer.
func (p *poster) fillIn(ctx context.Context, m outgoing, file *upload) (string, error) {
	c := p.talk.hook(posting, http.MethodPatch, "/messages/@original")
	m.Flags = 0 // fixed by the deferral
	c.body, c.file = m, file
	var out sent
	if err := p.rest.do(ctx, c, &out); err != nil {
		return "", err
	}
	p.talk.stage = answered
	return out.ID, nil
}

func (p *poster) followUp(ctx context.Context, m outgoing, file *upload) (string, error) {
	c := p.talk.hook(posting, http.MethodPost, "")
	c.query, c.body, c.file = "wait=true", m, file
	var out sent
	err := p.rest.do(ctx, c, &out)
	return out.ID, err
}

// hook is a call through the interaction's token.
func (t *talk) hook(op, method, path string) call {
	return call{op: op, method: method, path: "/webhooks/" + t.app + "/" + t.token + path, open: true}
}

// create sends an ordinary message to a channel. Of a card, Discord may have a message already: that one is brought up to
// date.
func (p *poster) create(ctx context.Context, m outgoing, file *upload) (string, error) {
	m.Flags &^= flagEphemeral
	if p.first && snowflake(p.draft.ReplyTo) {
		m.Reference = &reference{MessageID: p.draft.ReplyTo}
	}
	if m.Nonce = p.nonces.of(p.to, p.draft.Card); m.Nonce != "" {
		m.Enforce = true
	}
	channel := channelOf(p.to)
	c := call{op: posting, method: http.MethodPost, path: "/channels/" + channel + "/messages", body: m, file: file, bucket: "post/" + channel}
	var out sent
	if err := p.rest.do(ctx, c, &out); err != nil {
		p.noteRefusal(p.to, err)
		return "", classify(posting, err)
	}
	p.guilds.use(p.to, "")
	if m.Enforce && !out.shows(m) {
		if err := p.edit(ctx, p.to, out.ID, m); err != nil {
			return "", classify(posting, err)
		}
	}
	return out.ID, nil
}

// shows tells whether a message is as it was meant to be.
func (s sent) shows(m outgoing) bool {
	if strings.TrimSpace(s.Content) != strings.TrimSpace(m.Content) || len(s.Embeds) > len(m.Embeds) {
		return false
	}
	for i, e := range s.Embeds { // without the right to embed, there are none
		if strings.TrimSpace(e.Description) != strings.TrimSpace(m.Embeds[i].Description) {
			return false
		}
	}
	return true
}

// edit changes a message of a channel.
func (b *Bot) edit(ctx context.Context, to domain.ChatRef, ref string, m outgoing) error {
	channel := channelOf(to)
	m.Reference, m.Nonce, m.Enforce = nil, "", false
	body := struct {
		outgoing
		Flags int64 `json:"flags"` // always said: a message that becomes an embed must show it
	}{m, m.Flags & flagNoUnfold}
	return b.rest.do(ctx, call{
		op: editing, method: http.MethodPatch, path: "/channels/" + channel + "/messages/" + ref, body: body, bucket: "edit/" + channel,
	}, nil)
}

// Edit implements bot.Connector. The message that was tapped is edited through the interaction; what only its sender sees
// can be edited no other way, and what all see is never made what one should see.
func (b *Bot) Edit(ctx context.Context, to domain.ChatRef, ref string, d bot.Draft) error {
	if !snowflake(ref) {
		return &bot.SendError{Kind: bot.Gone, Err: wrap(editing, errors.New("the reference is no message id"))}
	}
	d.File = nil
	parts, err := b.compose(editing, d, true)
	if err != nil {
		return err
	}
	m := parts[0]
	if t := b.talks.find(d.Answering.ID); t != nil && t.message == ref && (t.hidden || !isAside(to)) {
		done, err := b.editThrough(ctx, t, m)
		if done {
			return nil
		}
		if err != nil && !errors.Is(err, errInteractionOver) && !tooLate(err) {
			return classify(editing, err)
		}
	}
	if isAside(to) {
		return &bot.SendError{Kind: bot.Gone, Err: wrap(editing, errInteractionOver)}
	}
	if err := b.edit(ctx, to, ref, m); err != nil {
		b.noteRefusal(to, err)
		e := classify(editing, err)
		if e.Kind == bot.Gone {
			b.nonces.lose(to, d.Card)
		}
		return e
	}
	return nil
}

// editThrough edits the message tapped by answering the tap.
func (b *Bot) editThrough(ctx context.Context, t *talk, m outgoing) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if b.expired(t) {
		return false, nil
	}
	m.Flags = 0
	if t.stage == waiting {
		err := b.respond(ctx, t, callback{discordgo.InteractionResponseUpdateMessage, m}, nil, nil)
		switch {
		case err == nil:
			t.stage, t.holds = answered, true
			return true, nil
		case !refusedWith(err, codeAnswered):
			return false, err
		case t.tried == discordgo.InteractionResponseDeferredMessageUpdate:
			t.stage, t.holds = noted, true
		default:
			t.stage = answered
			return true, nil
		}
	}
	if !t.holds {
		return false, nil
	}
	c := t.hook(editing, http.MethodPatch, "/messages/@original")
	c.body = m
	err := b.rest.do(ctx, c, nil)
	return err == nil, err
}
