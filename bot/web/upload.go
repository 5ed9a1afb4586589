package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"klaster/bot"
)

const (
	maxUpload     = 5 << 20 // bytes of one file
	maxParts      = 64 << 10
	uploadsAtOnce = 4
)

// upload takes a photo or document, with an optional caption, as multipart/form-data: the fields of request, then
// "file". A caption is never a command.
func (r *Room) upload(w http.ResponseWriter, req *http.Request) {
	select {
	case r.loads <- struct{}{}:
		defer func() { <-r.loads }()
	case <-req.Context().Done():
		return
	}
	in, name, content, err := readParts(w, req)
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big), errors.Is(err, errBigFile):
		r.refuse(w, req, http.StatusRequestEntityTooLarge, "error.file_big", "max", figure(r.langOf(req), maxUpload>>20))
		return
	case err != nil:
		r.refuse(w, req, http.StatusBadRequest, "error.request")
		return
	}
	v, u, ok := r.begin(w, req, in)
	if !ok {
		return
	}
	u.Kind, u.Text = bot.Said, cleanText(in.Text)
	switch {
	case len(content) == 0:
		r.refuseIn(w, req, v.lang, http.StatusUnprocessableEntity, "error.file_empty")
		return
	case utf8.RuneCountInString(u.Text) > maxTyped || len(u.Text) > maxSaid:
		r.refuseIn(w, req, v.lang, http.StatusUnprocessableEntity, "error.too_long", "max", figure(v.lang, maxTyped))
		return
	case strings.HasPrefix(u.Text, "/"):
		u.Text = ""
	}
	r.deliver(w, req, v, "", func(ctx context.Context, to bot.Sink) error {
		link, err := r.earlier(ctx, u)
		if err == nil && link == nil {
			link, err = r.shelve(ctx, fileOfPerson, v.room, name, "", content)
		}
		if err != nil {
			return err
		}
		return r.utter(ctx, to, v, u, link)
	})
}

// earlier finds the file of the same message when it is tried again, so that it is stored once.
func (r *Room) earlier(ctx context.Context, u bot.Update) (*fileLink, error) {
	l := r.logs.hold(u.Chat)
	defer r.logs.drop(l)
	if err := r.logs.load(ctx, l); err != nil {
		return nil, err
	}
	for _, ln := range slices.Backward(r.logs.linesOf(l)) {
		var m message
		if bytes.Contains(ln.body, causeMark(u.Cause)) && json.Unmarshal(ln.body, &m) == nil {
			return m.File, nil
		}
	}
	return nil, nil
}

var errBigFile = errors.New("web: file too big")

func readParts(w http.ResponseWriter, req *http.Request) (in request, name string, content []byte, err error) {
	req.Body = http.MaxBytesReader(w, req.Body, maxUpload+maxParts)
	parts, err := req.MultipartReader()
	if err != nil {
		return in, "", nil, err
	}
	fields := map[string]*string{"id": &in.ID, "room": &in.Room, "as": &in.As, "lang": &in.Lang, "chat": &in.Chat, "text": &in.Text}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return in, name, content, nil
		}
		if err != nil {
			return in, "", nil, err
		}
		if part.FormName() == "file" {
			name = part.FileName()
			content, err = io.ReadAll(io.LimitReader(part, maxUpload+1))
			if err == nil && len(content) > maxUpload {
				err = errBigFile
			}
		} else if field, ok := fields[part.FormName()]; ok {
			var value []byte
			value, err = io.ReadAll(io.LimitReader(part, maxParts))
			*field = string(value)
		}
		if err != nil {
			return in, "", nil, err
		}
	}
}
