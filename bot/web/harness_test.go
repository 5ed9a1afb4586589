package web

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"klaster/bot"
	"klaster/domain"
	"klaster/store/boltstore"
	"klaster/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patient is how long a test waits for what must happen.
const patient = 20 * time.Second

// fakeBot stands for the Hub: it notes what it hears, and answers as the test wants.
type fakeBot struct {
	heard chan bot.Update

	mu     sync.Mutex
	answer func(bot.Update) // run before the update is confirmed
	err    error            // what wait returns
	hold   chan struct{}    // wait blocks until it is closed
}

func newFakeBot() *fakeBot { return &fakeBot{heard: make(chan bot.Update, 1000)} }

func (b *fakeBot) Accept(_ context.Context, u bot.Update) func() error {
	b.mu.Lock()
	answer, err, hold := b.answer, b.err, b.hold
	b.mu.Unlock()
	return func() error {
		if hold != nil {
			<-hold
		}
		if err != nil {
			return err
		}
		if u.Kind != bot.Reachable {
			b.heard <- u
		}
		if answer != nil {
			answer(u)
		}
		return nil
	}
}

func (b *fakeBot) set(f func(*fakeBot)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f(b)
}

func (b *fakeBot) next(t *testing.T) bot.Update {
	t.Helper()
	select {
	case u := <-b.heard:
		return u
	case <-time.After(patient):
		t.Fatal("the bot hears nothing")
		return bot.Update{}
	}
}

// house is a running web room.
type house struct {
	t      *testing.T
	room   *Room
	bot    *fakeBot
	store  *storetest.Fault
	server *httptest.Server
	leave  func() // ends Receive
}

func openStore(t *testing.T) *storetest.Fault {
	t.Helper()
	s, err := boltstore.Open(filepath.Join(t.TempDir(), "klaster.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return storetest.Faulty(s)
}

func newHouse(t *testing.T, change ...func(*Options)) *house {
	t.Helper()
	return houseOn(t, openStore(t), change...)
}

func houseOn(t *testing.T, s *storetest.Fault, change ...func(*Options)) *house {
	t.Helper()
	o := Options{Transcript: s, Patience: 5 * time.Second}
	for _, c := range change {
		c(&o)
	}
	room, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, room: room, bot: newFakeBot(), store: s, server: httptest.NewServer(room)}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- room.Receive(ctx, h.bot) }()
	for deadline := time.Now().Add(patient); room.Health() != nil; {
		if time.Now().After(deadline) {
			t.Fatal("does not receive: ", room.Health())
		}
	}
	h.leave = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error("Receive: ", err)
		}
	})
	t.Cleanup(func() {
		h.leave()
		h.server.CloseClientConnections()
		h.server.Close()
	})
	return h
}

// guest is one person's browser.
type guest struct {
	*house
	name, room, lang string
	client           *http.Client
}

func (h *house) guest(name string) *guest {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	transport := &http.Transport{}
	g := &guest{house: h, name: name, room: "uji", lang: "id", client: &http.Client{Jar: jar, Transport: transport}}
	h.t.Cleanup(transport.CloseIdleConnections)
	res := g.get("/?" + url.Values{"room": {g.room}, "as": {name}, "lang": {g.lang}}.Encode())
	if res.StatusCode != http.StatusOK {
		h.t.Fatalf("page: %s", res.Status)
	}
	return g
}

// response is an answer that has been read.
type response struct {
	*http.Response
	body string
}

func (g *guest) do(req *http.Request) response {
	g.t.Helper()
	res, err := g.client.Do(req)
	if err != nil {
		g.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	return response{res, string(body)}
}

func (g *guest) get(path string) response {
	g.t.Helper()
	req, err := http.NewRequest(http.MethodGet, g.server.URL+path, nil)
	if err != nil {
		g.t.Fatal(err)
	}
	return g.do(req)
}

func (g *guest) post(path string, in request) response {
	g.t.Helper()
	if in.ID == "" {
		in.ID = newUUID()
	}
	if in.Chat == "" {
		in.Chat = "group"
	}
	in.Room, in.As, in.Lang = g.room, g.name, g.lang
	body, err := json.Marshal(in)
	if err != nil {
		g.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, g.server.URL+path, bytes.NewReader(body))
	if err != nil {
		g.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	return g.do(req)
}

func (g *guest) say(chat, text string) response {
	g.t.Helper()
	return g.post("/say", request{Chat: chat, Text: text})
}

// ok fails the test unless the answer is 200.
func (r response) ok(t *testing.T) {
	t.Helper()
	if r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s", r.Status, r.body)
	}
}

// sentence is the error a person reads.
func (r response) sentence(t *testing.T) string {
	t.Helper()
	var e struct{ Error string }
	if err := json.Unmarshal([]byte(r.body), &e); err != nil || e.Error == "" {
		t.Fatalf("%s: no sentence in %q", r.Status, r.body)
	}
	return e.Error
}

// screen is an open event stream and what it has shown.
type screen struct {
	t      *testing.T
	events chan event
	close  func()
	last   string // id of the last event taken
}

type event struct {
	id, name string
	data     string
}

type batch struct {
	Reset          bool
	Group, Private []struct {
		ID      uint64
		Message message
	}
}

func (g *guest) watch(lastEventID string) *screen {
	g.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	q := url.Values{"room": {g.room}, "as": {g.name}, "lang": {g.lang}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, g.server.URL+"/events?"+q.Encode(), nil)
	if err != nil {
		g.t.Fatal(err)
	}
	if lastEventID != "" {
		req.Header.Set("Last-Event-ID", lastEventID)
	}
	res, err := g.client.Do(req) //nolint:bodyclose // the reader below closes it
	if err != nil {
		g.t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		g.t.Fatalf("events: %s", res.Status)
	}
	s := &screen{t: g.t, events: make(chan event, 1000)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer close(s.events)
		defer res.Body.Close()
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, 8<<20)
		var e event
		for lines.Scan() {
			switch key, value, _ := strings.Cut(lines.Text(), ": "); key {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				if e.name != "" {
					s.events <- e
				}
				e = event{}
			}
		}
	}()
	s.close = sync.OnceFunc(func() { cancel(); <-done })
	g.t.Cleanup(s.close)
	return s
}

// next is the next event of that name; others are passed over.
func (s *screen) next(name string) event {
	s.t.Helper()
	late := time.After(patient)
	for {
		select {
		case e, ok := <-s.events:
			if !ok {
				s.t.Fatalf("the stream ended while waiting for %q", name)
			}
			if e.id != "" {
				s.last = e.id
			}
			if e.name == name {
				return e
			}
		case <-late:
			s.t.Fatalf("no event %q", name)
		}
	}
}

func (s *screen) lines() batch {
	s.t.Helper()
	var b batch
	if err := json.Unmarshal([]byte(s.next("lines").data), &b); err != nil {
		s.t.Fatal(err)
	}
	return b
}

// until takes batches until one line satisfies want.
func (s *screen) until(want func(chat string, id uint64, m message) bool) batch {
	s.t.Helper()
	for {
		b := s.lines()
		for _, l := range b.Group {
			if want("group", l.ID, l.Message) {
				return b
			}
		}
		for _, l := range b.Private {
			if want("private", l.ID, l.Message) {
				return b
			}
		}
	}
}

func (m message) text() string {
	var b strings.Builder
	for _, bl := range m.Blocks {
		for _, s := range bl.Spans {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

func hasText(text string) func(string, uint64, message) bool {
	return func(_ string, _ uint64, m message) bool { return m.text() == text }
}

func group() domain.ChatRef { return domain.ChatRef{Platform: Platform, Chat: "g:uji"} }

func (h *house) post(to domain.ChatRef, d bot.Draft) string {
	h.t.Helper()
	ref, err := h.room.Post(h.t.Context(), to, d)
	if err != nil {
		h.t.Fatal("Post: ", err)
	}
	return ref
}

func (h *house) stored(chat domain.ChatRef) []message {
	h.t.Helper()
	lines, err := h.store.Lines(h.t.Context(), chat, 1000)
	if err != nil {
		h.t.Fatal(err)
	}
	var out []message
	for _, l := range lines {
		var m message
		if err := json.Unmarshal(l.Body, &m); err != nil {
			h.t.Fatal(fmt.Errorf("line %d: %w", l.ID, err))
		}
		out = append(out, m)
	}
	return out
}
