package discord

import (
	"context"
	"errors"
	"net/http"

	"github.com/bwmarrin/discordgo"

	"klaster/bot"
	"klaster/commands"
)

// Answer implements bot.Connector.
func (b *Bot) Answer(ctx context.Context, tap bot.TapRef, text string) error {
	const op = "answering a tap"
	t := b.talks.find(tap.ID)
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if b.expired(t) {
		return nil
	}
	err := func() error {
		if text == "" {
			return b.settle(ctx, t)
		}
		m := outgoing{
			Content: write(fit([]run{{text: bot.Showable(text)}}, contentLimit)), Embeds: []embed{}, Components: []row{},
			Mentions: allowedMentions{Parse: []string{}}, Flags: flagNoUnfold | flagEphemeral,
		}
		p := poster{Bot: b, to: t.aside, talk: t}
		_, err := p.through(ctx, m, nil)
		return err
	}()
	if err == nil || tooLate(err) || errors.Is(err, errInteractionOver) || refusedWith(err, codeAnswered) {
		return nil
	}
	return classify(op, err)
}

// settle ends an interaction to which nothing is to be said. A command has to be answered with something: that is taken
// back at once.
func (b *Bot) settle(ctx context.Context, t *talk) error {
	if t.stage == waiting {
		if err := b.deferAnswer(ctx, t); err != nil {
			return err
		}
	}
	if t.stage != thinking {
		return nil
	}
	err := b.rest.do(ctx, t.hook("taking a deferred answer back", http.MethodDelete, "/messages/@original"), nil)
	if err == nil || refusedWith(err, codeUnknownMessage) {
		t.stage = answered
		return nil
	}
	return err
}

// OpenBlank implements bot.BlankOpener. A window can only be the first response, and not to another window.
func (b *Bot) OpenBlank(ctx context.Context, tap bot.TapRef, blank commands.Blank) error {
	const op = "opening a window"
	t := b.talks.find(tap.ID)
	m, ok := window(blank)
	switch {
	case !ok:
		return rejected(op, "it has nothing to type in")
	case t == nil:
		return unreachable(op, "the interaction is not known any more")
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if b.expired(t) || t.stage != waiting || t.kind == discordgo.InteractionModalSubmit {
		return unreachable(op, "the interaction has been answered")
	}
	if err := b.respond(ctx, t, callback{discordgo.InteractionResponseModal, m}, nil, nil); err != nil {
		return classify(op, err)
	}
	t.stage = answered
	return nil
}
