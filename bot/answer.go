package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// answer says what came of a turn. It runs on one of the platform's workers.
func (p *platform) answer(t *turn) {
	if broken := guard(func() { p.say(t) }); broken != nil {
		p.hub.Log.Error("answer failed", "platform", p.name, "cause", t.u.Cause, "err", broken)
	}
}

func (p *platform) say(t *turn) {
	replies := t.replies
	if t.trouble != "" {
		replies = []commands.Reply{{To: commands.ToToast, Body: p.hub.Talk.Trouble(t.trouble, t.language())}}
	}
	tapped := t.u.Tap.ID != ""
	var toast commands.Rich
	toasted := false
	for i, r := range replies {
		if r.To == commands.ToToast && tapped && p.caps.ToastLimit > 0 && len(r.Buttons) == 0 && r.Attachment == nil {
			toast, toasted = r.Body, true
			replies = append(replies[:i:i], replies[i+1:]...)
			break
		}
	}
	rest := func() {
		if toasted || tapped && !(p.caps.Interactive && len(replies) > 0) { // else the first reply is the acknowledgement
			p.toast(t.u.Tap, toast, t.language())
		}
		for _, r := range replies {
			p.reply(t, r, nothing)
		}
	}
	// Only the first answer to an input can take the place of what was tapped.
	if i := slices.IndexFunc(replies, func(r commands.Reply) bool { return r.Instead }); p.caps.Interactive && tapped && t.u.Message != "" && i >= 0 {
		first := replies[i]
		replies = append(replies[:i:i], replies[i+1:]...)
		tapped = false // acknowledged with it
		p.reply(t, first, rest)
		return
	}
	rest()
}

func nothing() {}

// toast acknowledges a tap with a short private text.
func (p *platform) toast(tap TapRef, body commands.Rich, lang string) {
	text := ""
	if body != nil {
		text = cut(body.Plaintext(p.hub.nameOf(p.hub.ctx, lang)), p.caps.ToastLimit)
	}
	for try := range 3 {
		err := p.conn.Answer(p.hub.ctx, tap, text)
		if err == nil {
			p.hub.Metrics.sent(string(p.name), "toast", "ok")
			return
		}
		var e *SendError
		if !errors.As(err, &e) || e.Kind != Transient && e.Kind != RateLimited || try == 2 {
			p.hub.Metrics.sent(string(p.name), "toast", "failed")
			p.hub.Log.Debug("tap not answered", "platform", p.name, "err", err)
			return
		}
		if !sleep(p.hub.ctx, min(max(e.After, 200*time.Millisecond<<try), 2*time.Second)) {
			return
		}
	}
}

// reply sends one answer as a message, where it belongs. then follows what came of it.
func (p *platform) reply(t *turn, r commands.Reply, then func()) {
	chat, private := t.u.Chat, t.u.Private
	if p.opened(t, r) {
		then()
		return
	}
	if !private && (r.To == commands.ToPrivate || r.To == commands.ToToast && t.u.Aside.Chat != "") {
		own, ok := p.hub.ownChat(t)
		if !ok {
			p.hint(t)
			then()
			return
		}
		chat, private = own, true
	}
	if r.Attachment != nil {
		select {
		case p.hub.ordered <- struct{}{}:
			p.hub.aside.Go(func() {
				defer func() { <-p.hub.ordered }()
				p.attach(t, r, chat, private)
			})
			then()
			return
		default:
			r.Body, r.Attachment = p.hub.Talk.Trouble(commands.Busy, t.language()), nil
		}
	}
	p.post(t, r, chat, private, nil, then)
}

// opened shows a blank to type in at once, where the person has just tapped and the platform can.
func (p *platform) opened(t *turn, r commands.Reply) bool {
	opener, ok := p.conn.(BlankOpener)
	if !ok || r.Blank == nil || !r.Blank.Direct || len(r.Blank.Fields[0].Options) > 0 || t.u.Kind != Tapped || t.u.Answers != nil {
		return false
	}
	return opener.OpenBlank(p.hub.ctx, t.u.Tap, *r.Blank) == nil
}

// attach renders an attachment, few at a time, and sends it.
func (p *platform) attach(t *turn, r commands.Reply, chat domain.ChatRef, private bool) {
	h := p.hub
	if !acquire(h.ctx, h.drawing) {
		return
	}
	defer func() { <-h.drawing }()
	doc, err := h.document(h.ctx, t.cluster, *r.Attachment)
	if err != nil {
		h.Log.Error("attachment not rendered", "cluster", t.cluster, "err", err)
		r.Body = h.Talk.Trouble(commands.FileTooBig, t.language())
	}
	p.post(t, r, chat, private, doc, nothing)
}

// post queues the message. Long texts become several. then is called once the last of them is out, or cannot be.
func (p *platform) post(t *turn, r commands.Reply, chat domain.ChatRef, private bool, doc *Document, then func()) {
	h := p.hub
	lang := t.language()
	parts := split(r.Body, p.caps.TextLimit)
	for i, body := range parts {
		last := i == len(parts)-1
		part := commands.Reply{Body: body}
		if last {
			part.Buttons, part.Ask, part.Blank = r.Buttons, r.Ask, r.Blank
		}
		instead := r.Instead && i == 0 && t.u.Kind == Tapped && t.u.Message != "" && chat == t.u.Chat
		s := &sending{class: answering, cluster: t.cluster, chat: chat, group: !private, who: t.u.From.ID}
		s.do = func(ctx context.Context) error {
			d, err := h.draft(ctx, p, drafting{body: part.Body, buttons: part.Buttons, cluster: t.cluster, lang: lang, private: private})
			if err != nil {
				return &SendError{Kind: Transient, Err: err}
			}
			if i == 0 && !private && !instead {
				d.ReplyTo = firstOf(t.u.ReplyTo, said(t))
			}
			if part.Ask != "" {
				d.Ask, d.For = cut(part.Ask, 64), t.u.From.ID
			}
			if last {
				d.File, d.Blank = doc, part.Blank
			}
			if p.caps.Interactive {
				d.Answering = t.u.Tap
			}
			if instead {
				err := p.conn.Edit(ctx, chat, t.u.Message, d)
				var e *SendError
				if !errors.As(err, &e) || e.Kind != Gone && e.Kind != Rejected {
					if err == nil && last {
						then()
					}
					return err
				}
			}
			ref, err := p.conn.Post(ctx, chat, d)
			if err == nil && private && len(part.Buttons) > 0 && t.cluster != "" {
				h.noteAsked(ctx, messageRef{chat, ref}, t)
			}
			if err == nil && last { // before the sending counts as over: who stops waits for it
				then()
			}
			return err
		}
		s.done = func(err error) {
			p.answered(t, r, chat, private, err)
			if err != nil && last {
				then()
			}
		}
		s.flooded = func() *sending { return p.tooMany(t, s) }
		p.out.add(s)
	}
}

// tooMany tells somebody who floods a chat that what comes now is not answered.
func (p *platform) tooMany(t *turn, s *sending) *sending {
	return &sending{
		class: answering, cluster: s.cluster, chat: s.chat, group: s.group, who: s.who,
		do: func(ctx context.Context) error {
			d := Draft{Body: p.hub.Talk.Trouble(commands.TooMany, t.language())}
			if s.group {
				d.ReplyTo = said(t)
			}
			if p.caps.Interactive {
				d.Answering = t.u.Tap
			}
			_, err := p.conn.Post(ctx, s.chat, d)
			return err
		},
		done: func(error) {},
	}
}

// said is the message an answer in a group refers to.
func said(t *turn) string {
	if t.u.Kind == Said {
		return t.u.Message
	}
	return ""
}

// answered deals with an answer that could not be sent.
func (p *platform) answered(t *turn, r commands.Reply, chat domain.ChatRef, private bool, err error) {
	if err == nil {
		return
	}
	p.hub.Log.Warn("answer not sent", "platform", p.name, "cluster", t.cluster, "err", err)
	var person domain.PersonID
	if private && t.person != nil {
		person = t.person.ID
	}
	moved, why := p.hub.consequence(chat, person, err)
	if why != nil {
		p.hub.Log.Warn("consequence of a failed send", "platform", p.name, "cluster", t.cluster, "err", why)
	}
	switch {
	case moved.Chat != "" && moved != chat:
		p.post(t, r, moved, private, nil, nothing)
	case private && (!t.u.Private || chat == t.u.Aside) && unreachableErr(err):
		p.hint(t)
	}
}

// consequence draws for the cluster or the person what a failed send means. It returns the chat's new address, if that
// was the reason.
func (h *Hub) consequence(chat domain.ChatRef, person domain.PersonID, err error) (moved domain.ChatRef, _ error) {
	var e *SendError
	if !errors.As(err, &e) {
		return moved, nil
	}
	switch {
	case e.Kind == MovedAway:
		return e.NewChat, h.moveChat(chat, e.NewChat, "bot:moved/"+h.mint(8))
	case e.Kind == Unreachable && person != "":
		return moved, h.unreachable(person, chat)
	case e.Kind == Unreachable:
		return moved, h.suspend(chat, "bot:suspend/"+h.mint(8))
	}
	return moved, nil
}

func unreachableErr(err error) bool {
	var e *SendError
	return errors.As(err, &e) && e.Kind == Unreachable
}

// hint says in the group that the answer waits in the private chat, with a button that fetches it. The button carries
// the input itself: in private it is answered from the journal if it is there, and handled otherwise. Anybody in the
// group can press it; to others it is the same words said by themselves.
func (p *platform) hint(t *turn) {
	h, lang := p.hub, t.language()
	if t.hinted.Swap(true) {
		return
	}
	open := commands.Button{Label: h.Talk.Label("button.open_private", lang)}
	if linker, ok := p.conn.(PrivateLinker); ok {
		token, err := h.links.fresh(h.ctx, meaning{Cluster: t.cluster, Text: t.in.Text, Tap: t.in.Tap, Cause: t.in.Cause, By: t.in.By}, selfLife)
		if err != nil {
			h.Log.Warn("no link to the private chat", "platform", p.name, "err", err)
			return
		}
		open.URL = linker.PrivateLink(token)
	} else {
		open.Private = firstOf(t.in.Text, "/status")
	}
	chat := t.u.Chat
	if t.u.Private {
		chat = t.u.Opener
	}
	p.post(t, commands.Reply{Body: h.Talk.Trouble(commands.OpenPrivate, lang), Buttons: [][]commands.Button{{open}}}, chat, false, nil, nothing)
}

// ownChat is where the turn's person is answered privately.
func (h *Hub) ownChat(t *turn) (domain.ChatRef, bool) {
	if t.u.Aside.Chat != "" {
		return t.u.Aside, true
	}
	return h.privateChat(h.ctx, t.p, t.person)
}

// privateChat finds or opens the private chat with a person.
func (h *Hub) privateChat(ctx context.Context, p *platform, person *store.Person) (domain.ChatRef, bool) {
	if person == nil {
		return domain.ChatRef{}, false
	}
	if chat, ok := privateOn(person, p.name); ok {
		return chat, true
	}
	opener, ok := p.conn.(PrivateOpener)
	user, has := PersonAccount(*person, p.name)
	if !ok || !has || !p.caps.PrivateFirst {
		return domain.ChatRef{}, false
	}
	chat, err := opener.OpenPrivate(ctx, user)
	if err != nil {
		return domain.ChatRef{}, false
	}
	if _, err := h.people.change(ctx, person.ID, func(q *store.Person) bool {
		for _, c := range q.Private {
			if c == chat {
				return false
			}
		}
		q.Private = append(q.Private, chat)
		return true
	}); err != nil {
		h.Log.Warn("private chat not remembered", "platform", p.name, "err", err)
	}
	return chat, true
}
