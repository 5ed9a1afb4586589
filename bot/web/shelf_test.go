package web

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"klaster/bot"
	"klaster/commands"
)

// send uploads a file.
func (g *guest) send(id, chat, caption, name string, content []byte) response {
	g.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for key, value := range map[string]string{"id": id, "room": g.room, "as": g.name, "lang": g.lang, "chat": chat, "text": caption} {
		if err := form.WriteField(key, value); err != nil {
			g.t.Fatal(err)
		}
	}
	part, err := form.CreateFormFile("file", name)
	if err != nil {
		g.t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		g.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		g.t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, g.server.URL+"/upload", &body)
	if err != nil {
		g.t.Fatal(err)
	}
	req.Header.Set("Content-Type", form.FormDataContentType())
	return g.do(req)
}

func dot(t *testing.T) []byte {
	t.Helper()
	png, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	if err != nil {
		t.Fatal(err)
	}
	return png
}

func TestEvidenceIsKeptAndNeverRun(t *testing.T) {
	h := newHouse(t)
	g := h.guest("Sari")
	for _, c := range []struct {
		name, file, kept string
		content          []byte
		kind             string // of commands.File
		mime, shown      string
	}{
		{"document", "notulen rapat.pdf", "notulen rapat.pdf", []byte("%PDF-1.4 x"), "document", "application/octet-stream", "attachment"},
		{"photo", "foto.png", "foto.png", dot(t), "photo", "image/png", "inline"},
		{"page that calls itself a photo", "foto.png", "foto.png", []byte("<html><script>alert(1)</script>"), "document", "application/octet-stream", "attachment"},
		{"drawing with a script", "a.svg", "a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "document", "application/octet-stream", "attachment"},
		{"hostile name", "..\u202e<b>\"x.exe", "_b__x.exe", []byte("MZ"), "document", "application/octet-stream", "attachment"},
	} {
		g.send(newUUID(), "private", "bukti 1.3", c.file, c.content).ok(t)
		u := h.bot.next(t)
		if u.File == nil || u.File.Name != c.kept || u.File.Kind != c.kind || u.Text != "bukti 1.3" || u.Kind != bot.Said || !u.Private {
			t.Fatalf("%s: heard %+v %+v", c.name, u, u.File)
		}
		res := g.get("/file/" + u.File.ID)
		res.ok(t)
		if res.body != string(c.content) || res.Header.Get("Content-Type") != c.mime || !strings.HasPrefix(res.Header.Get("Content-Disposition"), c.shown) {
			t.Errorf("%s: %q", c.name, res.Header)
		}
		if p := res.Header.Get("Content-Security-Policy"); !strings.Contains(p, "sandbox") || res.Header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: policy %q", c.name, p)
		}
		for _, wrong := range []string{u.File.ID + "x", u.File.ID[:len(u.File.ID)-1], "x" + u.File.ID, "u.1", "..%2f..%2fetc%2fpasswd"} {
			if res := g.get("/file/" + wrong); res.StatusCode != http.StatusNotFound {
				t.Errorf("%s: /file/%s: %s", c.name, wrong, res.Status)
			}
		}
	}
}

func TestUploadsAreBounded(t *testing.T) {
	h := newHouse(t)
	g := h.guest("Sari")
	for _, c := range []struct {
		size   int
		status int
		says   string
	}{{0, 422, "kosong"}, {maxUpload, 200, ""}, {maxUpload + 1, 413, "5 MB"}, {maxUpload + 2*maxParts, 413, "5 MB"}} {
		res := g.send(newUUID(), "group", "", "berkas.bin", bytes.Repeat([]byte{1}, c.size))
		if res.StatusCode != c.status || c.says != "" && !strings.Contains(res.sentence(t), c.says) {
			t.Errorf("%d bytes: %s %s", c.size, res.Status, res.body)
		}
	}
	first := h.bot.next(t).File.ID
	for i := range int(fileOfPerson.places()) {
		g.send(newUUID(), "group", "", "berkas.bin", fmt.Append(nil, i)).ok(t)
	}
	if res := g.get("/file/" + first); res.StatusCode != http.StatusNotFound {
		t.Errorf("the oldest file is still there: %s", res.Status)
	}
}

func TestSecondTryOfAFileIsTheSameFile(t *testing.T) {
	h := newHouse(t)
	g := h.guest("Sari")
	id := newUUID()
	g.send(id, "group", "", "bukti.pdf", []byte("x")).ok(t)
	g.send(id, "group", "", "bukti.pdf", []byte("x")).ok(t)
	if a, b := h.bot.next(t), h.bot.next(t); *a.File != *b.File || a.Message != b.Message || a.Cause != b.Cause {
		t.Errorf("%+v, %+v", a, b)
	}
}

func TestAttachmentsOfTheBot(t *testing.T) {
	h := newHouse(t)
	g := h.guest("Sari")
	h.post(group(), bot.Draft{Body: plain("Ekspor"), File: &bot.Document{Name: "klaster.csv", Mime: "text/csv; charset=utf-8", Data: []byte("a;b\n")}})
	m := g.watch("").lines().Group[0].Message
	if m.File == nil || m.File.Name != "klaster.csv" || m.File.Size != 4 || m.File.Image {
		t.Fatalf("%+v", m.File)
	}
	res := g.get("/file/" + m.File.ID)
	if res.body != "a;b\n" || res.Header.Get("Content-Type") != "text/csv; charset=utf-8" || res.Header.Get("Content-Disposition") != `attachment; filename=klaster.csv` {
		t.Errorf("%q %q", res.body, res.Header)
	}
}

func TestDraftsKeepOnlySafeLinks(t *testing.T) {
	d := bot.Draft{
		Body: commands.Rich{{Spans: []commands.Span{
			{Kind: commands.LinkTo, Text: "a", URL: "https://contoh.id/x"}, {Kind: commands.LinkTo, Text: "b", URL: "javascript:alert(1)"},
			{Kind: commands.LinkTo, Text: "c", URL: "https://x@evil.example/"}, {Kind: commands.Person, Text: "Sari", Person: "P1", Ping: true},
		}}},
		Buttons:  [][]commands.Button{{{Label: "Peta", URL: "data:text/html,x"}, {Label: "Situs", URL: "http://contoh.id"}}},
		Mentions: map[domainPerson]string{"P1": "uji:Sari"},
		Ask:      "Nilai", For: "uji:Sari",
	}
	m := drafted(d, testTime())
	spans := m.Blocks[0].Spans
	if spans[0].Kind != "link" || spans[1].Kind != "plain" || spans[1].URL != "" || spans[2].Kind != "plain" || spans[3].Ping != "Sari" {
		t.Errorf("spans %+v", spans)
	}
	if len(m.Buttons) != 1 || len(m.Buttons[0]) != 1 || m.Buttons[0][0].Label != "Situs" || m.For != "Sari" || m.Ask != "Nilai" {
		t.Errorf("buttons %+v, for %q", m.Buttons, m.For)
	}
}
