package web

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"klaster/bot"
	"klaster/domain"
)

// The shelf keeps files in the Transcript, so that they survive a restart and every replica has them: a bounded number
// of places per room, the oldest file making room for the newest. A file's id says where it stands and ends with a
// secret; "<kind><room>.<number>.<secret>".

type fileKind string

const (
	fileOfPerson fileKind = "u" // evidence
	fileOfBot    fileKind = "b" // exports and pictures
)

func (k fileKind) places() uint64 {
	if k == fileOfPerson {
		return 40
	}
	return 16
}

func (k fileKind) limit() int {
	if k == fileOfPerson {
		return maxUpload
	}
	return 20 << 20
}

// label stands before a file's bytes, ended by a line break.
type label struct {
	Secret string `json:"secret"`
	Name   string `json:"name"`
	Mime   string `json:"mime"`
}

func (k fileKind) counter(room string) domain.ChatRef {
	return domain.ChatRef{Platform: Platform, Chat: "f:" + room + ":" + string(k)}
}

func (k fileKind) place(room string, n uint64) domain.ChatRef {
	return domain.ChatRef{Platform: Platform, Chat: k.counter(room).Chat + ":" + strconv.FormatUint(n%k.places(), 10)}
}

// shelve stores a file.
func (r *Room) shelve(ctx context.Context, kind fileKind, room, name, mimeType string, content []byte) (*fileLink, error) {
	if len(content) > kind.limit() {
		return nil, &bot.SendError{Kind: bot.Rejected, Err: fmt.Errorf("web: file of %d bytes", len(content))}
	}
	if name = bot.CleanName(strings.TrimLeft(strings.Map(inFileName, name), "."), maxFileName); name == "" {
		name = "berkas"
	}
	n, err := r.Transcript.AddLine(ctx, kind.counter(room), nil, 1)
	if err != nil {
		return nil, fmt.Errorf("shelve: %w", err)
	}
	image := imageType(content)
	if image != "" {
		mimeType = image
	}
	l := label{Secret: rand.Text(), Name: name, Mime: mimeType}
	head, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("shelve: %w", err)
	}
	body := append(append(head, '\n'), content...)
	if _, err := r.Transcript.AddLine(ctx, kind.place(room, n), body, 1); err != nil {
		return nil, fmt.Errorf("shelve: %w", err)
	}
	return &fileLink{
		ID: string(kind) + room + "." + strconv.FormatUint(n, 10) + "." + l.Secret, Name: name,
		Size: len(content), Image: image != "",
	}, nil
}

func inFileName(c rune) rune {
	if strings.ContainsRune(`/\:*?"<>|`, c) {
		return '_'
	}
	return c
}

// imageType recognises the pictures that browsers show, by their bytes and not by what anybody says.
func imageType(content []byte) string {
	switch t := http.DetectContentType(content); t {
	case "image/png", "image/jpeg", "image/gif", "image/webp":
		return t
	}
	return ""
}

var errNoFile = errors.New("web: no such file")

// fetch finds a file by its id.
func (r *Room) fetch(ctx context.Context, id string) (label, []byte, error) {
	var l label
	parts := strings.Split(id, ".")
	if len(parts) != 3 || len(parts[0]) < 2 {
		return l, nil, errNoFile
	}
	kind, room := fileKind(parts[0][:1]), parts[0][1:]
	n, err := strconv.ParseUint(parts[1], 10, 64)
	if err != nil || kind != fileOfPerson && kind != fileOfBot || cleanRoom(room) != room {
		return l, nil, errNoFile
	}
	lines, err := r.Transcript.Lines(ctx, kind.place(room, n), 1)
	if err != nil {
		return l, nil, fmt.Errorf("fetch file: %w", err)
	}
	if len(lines) == 0 {
		return l, nil, errNoFile
	}
	head, content, _ := bytes.Cut(lines[0].Body, []byte("\n"))
	if json.Unmarshal(head, &l) != nil || subtle.ConstantTimeCompare([]byte(l.Secret), []byte(parts[2])) != 1 {
		return l, nil, errNoFile
	}
	return l, content, nil
}

// file serves GET /file/<id>. Pictures are shown; everything else is saved, whatever it claims to be.
func (r *Room) file(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := context.WithTimeout(req.Context(), storeTime)
	defer cancel()
	l, content, err := r.fetch(ctx, req.PathValue("id"))
	switch {
	case errors.Is(err, errNoFile):
		r.refuse(w, req, http.StatusNotFound, "error.file_gone")
		return
	case err != nil:
		r.Log.WarnContext(ctx, "web: file", "error", err)
		r.refuse(w, req, http.StatusServiceUnavailable, "error.store")
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'")
	disposition := "attachment"
	switch kind := imageType(content); {
	case kind != "":
		disposition = "inline"
		h.Set("Content-Type", kind)
	case plainType(l.Mime):
		h.Set("Content-Type", l.Mime)
	default:
		h.Set("Content-Type", "application/octet-stream")
	}
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": l.Name}))
	h.Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = w.Write(content)
}

// plainType lets the types of our own exports keep their names.
func plainType(mimeType string) bool {
	base, _, err := mime.ParseMediaType(mimeType)
	if err != nil {
		return false
	}
	switch base {
	case "text/csv", "text/plain", "text/calendar", "application/json", "application/pdf",
		"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet":
		return true
	}
	return false
}
