package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// room is the room of the browser tests.
const room = "klaster"

// tab is a browser tab: one person in the browser room of one process.
type tab struct {
	t    testing.TB
	base string
	as   string
	http *http.Client
}

// open visits the page, as a browser does, and keeps its cookie.
func (p *process) open(as string) *tab {
	p.t.Helper()
	jar, _ := cookiejar.New(nil)
	b := &tab{t: p.t, base: "http://" + p.address(), as: as, http: &http.Client{Jar: jar, Timeout: 15 * time.Second}}
	resp, err := b.http.Get(b.base + "/?" + url.Values{"room": {room}, "as": {as}, "lang": {"id"}}.Encode())
	if err != nil {
		p.t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		p.t.Fatalf("the page answers %s", resp.Status)
	}
	return b
}

// uuid names a message or a tap; a page that tries again uses it again.
func uuid() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b)
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// tap presses a button in the group; the status is 0 when nobody answers.
func (b *tab) tap(id, data string) (status int, body string) {
	return b.post("/tap", map[string]any{"id": id, "room": room, "as": b.as, "lang": "id", "chat": "group", "line": 1, "data": data})
}

// say writes into the group.
func (b *tab) say(id, text string) (status int, body string) {
	return b.post("/say", map[string]any{"id": id, "room": room, "as": b.as, "lang": "id", "chat": "group", "text": text})
}

func (b *tab) post(path string, content map[string]any) (status int, body string) {
	raw, err := json.Marshal(content)
	if err != nil {
		b.t.Error(err)
		return 0, ""
	}
	resp, err := b.http.Post(b.base+path, "application/json", bytes.NewReader(raw))
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = resp.Body.Close() }()
	answer, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(answer)
}

// reads waits until the page is sent a line that holds the text, as it is encoded there.
func (b *tab) reads(text string) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.t.Context(), patience)
	defer cancel()
	address := b.base + "/events?" + url.Values{"room": {room}, "as": {b.as}, "lang": {"id"}}.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	resp, err := (&http.Client{Jar: b.http.Jar}).Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		if strings.Contains(lines.Text(), text) {
			return
		}
	}
	b.t.Fatalf("the browser room never shows %q: %v", text, lines.Err())
}
