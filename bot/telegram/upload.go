package telegram

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/textproto"
	"strings"

	"klaster/bot"
	"klaster/domain"
)

// fileLimit is the largest document a bot may send.
const fileLimit = 50 << 20

// postFile sends a document with its text as caption; a text that is too long for one goes ahead of it.
func (b *Bot) postFile(ctx context.Context, to domain.ChatRef, d bot.Draft, runs []run) (string, error) {
	const op = "sending a document"
	if n := len(d.File.Data); n == 0 || n > fileLimit {
		return "", rejected(op, "it is empty or above 50 MB")
	}
	caption := split(runs, captionLimit)
	t := telegram{to: to, file: d.File, replyTo: d.ReplyTo, silent: d.Silent, markup: b.markup(groupChat(to), d)}
	follows := false
	switch len(caption) {
	case 0:
	case 1:
		t.text = caption[0]
	default:
		if _, err := b.postParts(ctx, to, d, split(runs, textLimit), ""); err != nil {
			return "", err
		}
		t.replyTo, follows = "", true
		if err := b.pause(ctx, partPause); err != nil {
			return "", classify(op, err)
		}
	}
	return b.deliver(ctx, &t, follows)
}

// upload calls sendDocument with a multipart body.
func (b *Bot) upload(ctx context.Context, p params, d *bot.Document, sent any) error {
	var body bytes.Buffer
	body.Grow(len(d.Data) + 2048)
	w := multipart.NewWriter(&body)
	for _, v := range p {
		if err := w.WriteField(v.name, v.value); err != nil {
			return err
		}
	}
	part, err := w.CreatePart(fileHeader(d))
	if err != nil {
		return err
	}
	if _, err := part.Write(d.Data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return b.post(ctx, "sendDocument", w.FormDataContentType(), body.Bytes(), 4*b.timeout, sent)
}

func fileHeader(d *bot.Document) textproto.MIMEHeader {
	name := strings.NewReplacer(`"`, "", `\`, "", "/", "-").Replace(bot.CleanName(d.Name, maxFileName))
	if name == "" {
		name = "file"
	}
	kind := d.Mime
	if kind == "" || strings.ContainsAny(kind, "\r\n") {
		kind = "application/octet-stream"
	}
	return textproto.MIMEHeader{
		"Content-Disposition": {`form-data; name="document"; filename="` + name + `"`},
		"Content-Type":        {kind},
	}
}
