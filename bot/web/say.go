package web

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"klaster/bot"
	"klaster/commands"
)

// maxRequest bounds the body of a message or a tap in bytes.
const maxRequest = 64 << 10

// request is the body of POST /say and POST /tap. ID is made by the page, and is the same when it tries again.
type request struct {
	ID   string `json:"id"` // UUID
	Room string `json:"room"`
	As   string `json:"as"`
	Lang string `json:"lang"`
	Chat string `json:"chat"` // "group" or "private"
	Text string `json:"text"` // say
	Line uint64 `json:"line"` // tap: the message that holds the button
	Data string `json:"data"` // tap: the button's
}

// read decodes a request and finds who sends it and where to; false when it has been refused.
func (r *Room) read(w http.ResponseWriter, req *http.Request) (in request, v visitor, u bot.Update, ok bool) {
	kind, _, err := mime.ParseMediaType(req.Header.Get("Content-Type"))
	if err != nil || kind != "application/json" {
		r.refuse(w, req, http.StatusUnsupportedMediaType, "error.request")
		return in, v, u, false
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, req.Body, maxRequest)).Decode(&in); err != nil {
		if big := (*http.MaxBytesError)(nil); errors.As(err, &big) {
			r.refuse(w, req, http.StatusRequestEntityTooLarge, "error.too_long", "max", figure(r.langOf(req), maxTyped))
		} else {
			r.refuse(w, req, http.StatusBadRequest, "error.request")
		}
		return in, v, u, false
	}
	v, u, ok = r.begin(w, req, in)
	return in, v, u, ok
}

// begin checks the parts that every request has.
func (r *Room) begin(w http.ResponseWriter, req *http.Request, in request) (v visitor, u bot.Update, ok bool) {
	v, wrong := r.visitorOf(in.Room, in.As, in.Lang)
	if wrong != "" {
		r.refuseIn(w, req, v.lang, http.StatusUnprocessableEntity, wrong)
		return v, u, false
	}
	chat, private, ok := v.chat(in.Chat)
	if !ok || !isUUID(in.ID) {
		r.refuseIn(w, req, v.lang, http.StatusBadRequest, "error.request")
		return v, u, false
	}
	u = bot.Update{Cause: "web:" + in.ID, Chat: chat, Private: private, From: v.from()}
	if private { // the panel stands beside the group: its cluster is meant
		u.Opener = v.group()
	}
	return v, u, true
}

// say takes a typed message. It stands in the log before the bot hears it, as in any chat.
func (r *Room) say(w http.ResponseWriter, req *http.Request) {
	in, v, u, ok := r.read(w, req)
	if !ok {
		return
	}
	u.Kind, u.Text = bot.Said, cleanText(in.Text)
	switch n := utf8.RuneCountInString(u.Text); {
	case u.Text == "":
		r.refuseIn(w, req, v.lang, http.StatusUnprocessableEntity, "error.empty")
		return
	case n > maxTyped || len(u.Text) > maxSaid:
		r.refuseIn(w, req, v.lang, http.StatusUnprocessableEntity, "error.too_long", "max", figure(v.lang, maxTyped))
		return
	}
	r.deliver(w, req, v, "", func(ctx context.Context, to bot.Sink) error { return r.utter(ctx, to, v, u, nil) })
}

// maxSaid is the contract's bound of Update.Text in bytes.
const maxSaid = 8_000

// utter logs a message once, however often it is tried, and hands it to the bot.
func (r *Room) utter(ctx context.Context, to bot.Sink, v visitor, u bot.Update, file *fileLink) error {
	if err := r.introduce(ctx, v); err != nil {
		return err
	}
	l := r.logs.hold(u.Chat)
	defer r.logs.drop(l)
	m := typed(v, u.Cause, u.Text, file, r.Now())
	id, _, err := r.logs.addOnce(ctx, l, causeMark(u.Cause), m.encode())
	if err != nil {
		return err
	}
	u.Message = strconv.FormatUint(id, 10)
	if file != nil {
		u.File = &commands.File{ID: file.ID, Name: file.Name, Kind: "document"}
		if file.Image {
			u.File.Kind = "photo"
		}
	}
	failed := to.Accept(ctx, u)()
	r.mark(ctx, l, id, failed != nil)
	return failed
}

// mark notes in the log whether the bot has got a message. Failing does no harm: the sender is told anyway.
func (r *Room) mark(ctx context.Context, l *chatLog, id uint64, failed bool) {
	err := r.logs.change(ctx, l, id, func(old []byte) []byte {
		var m message
		if json.Unmarshal(old, &m) != nil || m.Failed == failed {
			return nil
		}
		m.Failed = failed
		return m.encode()
	})
	if err != nil {
		r.Log.DebugContext(ctx, "web: a message's mark could not be changed", "error", err)
	}
}

// causeMark finds a message in its stored form: a quotation mark in a text would be escaped.
func causeMark(cause string) []byte { return []byte(`"cause":"` + cause + `"`) }

// introduce has the person on the roster, and the room an admin, before the bot hears of it.
func (r *Room) introduce(ctx context.Context, v visitor) error {
	if _, err := r.see(ctx, v); err != nil {
		return err
	}
	return r.spoke(ctx, v)
}

// tap takes a press of a button. Its data may be anything; the bot judges them.
func (r *Room) tap(w http.ResponseWriter, req *http.Request) {
	in, v, u, ok := r.read(w, req)
	if !ok {
		return
	}
	if in.Data == "" || len(in.Data) > dataLimit || !utf8.ValidString(in.Data) {
		r.refuseIn(w, req, v.lang, http.StatusBadRequest, "error.request")
		return
	}
	u.Kind, u.Data, u.Message = bot.Tapped, in.Data, strconv.FormatUint(in.Line, 10)
	u.Tap = bot.TapRef{ID: in.ID, Chat: u.Chat, User: v.user()}
	r.deliver(w, req, v, ".tap", func(ctx context.Context, to bot.Sink) error {
		if err := r.introduce(ctx, v); err != nil {
			return err
		}
		return to.Accept(ctx, u)()
	})
}

// deliver runs work and answers when it is done: only what is durable is confirmed. Whoever waits longer than
// Patience is told so and may try again with the same id; the work goes on meanwhile. variant chooses the sentences:
// those about a message, or ".tap".
func (r *Room) deliver(w http.ResponseWriter, req *http.Request, v visitor, variant string, work func(context.Context, bot.Sink) error) {
	lent := r.borrow()
	if lent == nil {
		r.refuseIn(w, req, v.lang, http.StatusServiceUnavailable, "error.starting"+variant)
		return
	}
	done := make(chan error, 1)
	go func() {
		defer lent.hands.Done()
		ctx, cancel := context.WithTimeout(lent.ctx, storeTime)
		defer cancel()
		done <- work(ctx, lent.sink)
	}()
	late := time.NewTimer(r.Patience)
	defer late.Stop()
	select {
	case err := <-done:
		r.answer(w, req, v, err, variant)
	case <-late.C:
		r.refuseIn(w, req, v.lang, http.StatusServiceUnavailable, "error.slow"+variant)
	case <-req.Context().Done():
	}
}

func (r *Room) answer(w http.ResponseWriter, req *http.Request, v visitor, err error, variant string) {
	switch {
	case err == nil:
		reply(w, http.StatusOK, struct{}{})
	case errors.Is(err, errFull):
		r.refuseIn(w, req, v.lang, http.StatusConflict, "error.full", "max", figure(v.lang, maxPeople))
	default:
		r.Log.WarnContext(req.Context(), "web: not stored", "path", req.URL.Path, "error", err)
		r.refuseIn(w, req, v.lang, http.StatusServiceUnavailable, "error.store"+variant)
	}
}

// isUUID checks the usual form of 36 characters.
func isUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; i {
		case 8, 13, 18, 23:
			if c != '-' {
				return false
			}
		default:
			if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
				return false
			}
		}
	}
	return true
}

func newUUID() string {
	b := randomBytes(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
