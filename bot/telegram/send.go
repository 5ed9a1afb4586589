package telegram

import (
	"context"
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"klaster/bot"
	"klaster/domain"
)

const (
	toastLimit = 200 // UTF-16 units of an answer to a tap
	alertFrom  = 90  // from here on an answer is a window to be closed: a toast is gone before it is read

	partPause    = time.Second // between the messages of a long text: one a second may go to a chat
	partTries    = 4
	partPatience = time.Minute // a longer wait is left to the caller
)

// noPreview keeps links from unfolding.
const noPreview = `{"is_disabled":true}`

// Post implements bot.Connector. The ref is the message id; of a text that needs several messages, the last one's, which
// holds the buttons. Boards and notices (Draft.Card) are edited later and must stay one message: they are cut.
func (b *Bot) Post(ctx context.Context, to domain.ChatRef, d bot.Draft) (string, error) {
	runs := b.runs(to, d)
	if d.File != nil {
		return b.postFile(ctx, to, d, runs)
	}
	parts := split(runs, textLimit)
	if d.Card != "" && len(parts) > 1 {
		parts = [][]run{fit(runs, textLimit)}
	}
	if len(parts) == 0 {
		return "", rejected("sending a message", "it is empty")
	}
	return b.postParts(ctx, to, d, parts, b.markup(groupChat(to), d))
}

// runs prepares a draft's text. In a group, the one who is asked must be mentioned, or nobody is asked.
func (b *Bot) runs(to domain.ChatRef, d bot.Draft) []run {
	if !asksOne(groupChat(to), d) || !digits(d.For) {
		return flatten(d.Body, d.Mentions, "")
	}
	runs := flatten(d.Body, d.Mentions, d.For)
	for _, r := range runs {
		if r.href == personLink(d.For) {
			return runs
		}
	}
	return append([]run{{text: "👉", style: link, href: personLink(d.For)}, {text: " "}}, runs...)
}

// postParts sends the messages of a text. Once the first is out the others are tried again here, since the caller would
// send the first twice.
func (b *Bot) postParts(ctx context.Context, to domain.ChatRef, d bot.Draft, parts [][]run, markup string) (string, error) {
	ref := ""
	for i, part := range parts {
		t := telegram{to: to, text: part, silent: d.Silent}
		if i == 0 {
			t.replyTo = d.ReplyTo
		} else if err := b.pause(ctx, partPause); err != nil {
			return "", classify("sending a message", err)
		}
		if i == len(parts)-1 {
			t.markup = markup
		}
		var err error
		if ref, err = b.deliver(ctx, &t, i > 0); err != nil {
			return "", err
		}
	}
	return ref, nil
}

// deliver sends one message, with patience if it follows another.
func (b *Bot) deliver(ctx context.Context, t *telegram, patient bool) (string, error) {
	for try := 1; ; try++ {
		ref, err := b.send(ctx, t)
		if err == nil {
			return ref, nil
		}
		s := classify("sending a message", err)
		wait := s.After
		switch {
		case !patient || try == partTries || wait > partPatience:
			return "", s
		case s.Kind == bot.Transient:
			wait = time.Duration(try) * partPause
		case s.Kind != bot.RateLimited:
			return "", s
		}
		if b.pause(ctx, wait) != nil {
			return "", s
		}
	}
}

// telegram is one message on its way.
type telegram struct {
	to      domain.ChatRef
	text    []run
	markup  string
	replyTo string
	silent  bool
	file    *bot.Document // text is the caption then
	// What the server would not have, found out by trying:
	unmarked bool // no markup
	general  bool // not the topic
}

// send tries a message as it should be, then without what the server refused: markup it cannot read, a topic that is
// closed or gone.
func (b *Bot) send(ctx context.Context, t *telegram) (string, error) {
	for {
		var sent struct {
			ID int64 `json:"message_id"`
		}
		err := b.sendOnce(ctx, t, &sent)
		switch {
		case err == nil && sent.ID == 0:
			return "", nil // only a test server forgets it
		case err == nil:
			return strconv.FormatInt(sent.ID, 10), nil
		case unparsable(err) && !t.unmarked:
			b.log.ErrorContext(ctx, "telegram: own markup was refused, sending plain text", "error", err)
			t.unmarked = true
		case noTopic(err) && t.to.Thread != "" && !t.general:
			t.general = true
		default:
			return "", err
		}
	}
}

func (b *Bot) sendOnce(ctx context.Context, t *telegram, sent any) error {
	p := make(params, 0, 8).with("chat_id", t.to.Chat)
	if t.to.Thread != "" && t.to.Thread != "1" && !t.general {
		p = p.with("message_thread_id", t.to.Thread)
	}
	if digits(t.replyTo) {
		p = p.with("reply_parameters", `{"message_id":`+strings.TrimLeft(t.replyTo, "0")+`,"allow_sending_without_reply":true}`)
	}
	if t.silent {
		p = p.with("disable_notification", "true")
	}
	if t.markup != "" {
		p = p.with("reply_markup", t.markup)
	}
	if t.file != nil {
		return b.upload(ctx, t.written(p, "caption"), t.file, sent)
	}
	p = p.with("link_preview_options", noPreview)
	return b.call(ctx, "sendMessage", t.written(p, "text"), b.timeout, sent)
}

// written adds the text.
func (t *telegram) written(p params, name string) params {
	switch {
	case len(t.text) == 0:
		return p
	case t.unmarked:
		return p.with(name, bare(t.text))
	}
	return p.with(name, html(t.text)).with("parse_mode", "HTML")
}

// Edit implements bot.Connector. The text is cut to one message; the keyboard is always sent, since leaving it out
// would take it away unasked.
func (b *Bot) Edit(ctx context.Context, to domain.ChatRef, ref string, d bot.Draft) error {
	const op = "editing a message"
	if !digits(ref) {
		return &bot.SendError{Kind: bot.Gone, Err: wrap(op, errors.New("the reference is no message id"))}
	}
	runs := flatten(d.Body, d.Mentions, "")
	t := telegram{to: to, text: fit(runs, textLimit)}
	if len(t.text) == 0 {
		return rejected(op, "it is empty")
	}
	method, field := "editMessageText", "text"
	for {
		p := params{{"chat_id", to.Chat}, {"message_id", ref}, {"reply_markup", b.keyboard(d.Buttons)}}
		if field == "text" {
			p = p.with("link_preview_options", noPreview)
		}
		err := b.call(ctx, method, t.written(p, field), b.timeout, nil)
		switch {
		case err == nil || notModified(err):
			return nil
		case unparsable(err) && !t.unmarked:
			b.log.ErrorContext(ctx, "telegram: own markup was refused, editing as plain text", "error", err)
			t.unmarked = true
		case field == "text" && refusedWith(err, "there is no text in the message to edit"): // it holds a file
			method, field, t.text = "editMessageCaption", "caption", fit(runs, captionLimit)
		default:
			return classify(op, err)
		}
	}
}

// Answer implements bot.Connector. It is the busiest call, once per tap, and encodes its few parameters itself.
func (b *Bot) Answer(ctx context.Context, tap bot.TapRef, text string) error {
	form := make([]byte, 0, 64+3*len(text))
	form = append(append(form, "callback_query_id="...), url.QueryEscape(tap.ID)...)
	if text = cutUnits(bot.Showable(text), toastLimit); text != "" {
		form = append(append(form, "&text="...), url.QueryEscape(text)...)
		if len([]rune(text)) > alertFrom {
			form = append(form, "&show_alert=true"...)
		}
	}
	err := b.post(ctx, "answerCallbackQuery", formType, form, b.timeout, nil)
	if err == nil || tooOld(err) {
		return nil
	}
	return classify("answering a tap", err)
}
