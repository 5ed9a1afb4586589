package web

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
)

func plain(text string) commands.Rich {
	return commands.Rich{{Spans: []commands.Span{{Text: text}}}}
}

func TestWordsReachTheBotAndTheRoom(t *testing.T) {
	h := newHouse(t)
	sari, budi := h.guest("Ibu Sari"), h.guest("Pak Budi")
	budi.lang = "en"
	onBudis := budi.watch("")
	onBudis.lines()
	id := newUUID()
	sari.post("/say", request{ID: id, Chat: "group", Text: " Bahan baku <b>langka</b> & mahal \n"}).ok(t)
	u := h.bot.next(t)
	want := bot.Update{
		Kind: bot.Said, Cause: "web:" + id, Chat: group(), From: bot.User{ID: "uji:Ibu Sari", Name: "Ibu Sari", Lang: "id"},
		Text: "Bahan baku <b>langka</b> & mahal", Message: "1",
	}
	if !reflect.DeepEqual(u, want) {
		t.Errorf("the bot heard\n%+v, want\n%+v", u, want)
	}
	onBudis.until(func(chat string, _ uint64, m message) bool {
		return chat == "group" && m.Author == "Ibu Sari" && m.text() == want.Text
	})
	budi.say("private", "/daftar").ok(t)
	u = h.bot.next(t)
	if private := (domain.ChatRef{Platform: Platform, Chat: "p:uji:Pak Budi"}); u.Chat != private || !u.Private || u.From.Lang != "en" || u.From.ID != "uji:Pak Budi" {
		t.Errorf("privately the bot heard %+v", u)
	}
}

func TestPrivateWordsStayPrivate(t *testing.T) {
	h := newHouse(t)
	sari, budi := h.guest("Sari"), h.guest("Budi")
	onBudis := budi.watch("")
	sari.say("private", "omzet 25 jt").ok(t)
	h.post(domain.ChatRef{Platform: Platform, Chat: "p:uji:Sari"}, bot.Draft{Body: plain("Terbaca: Rp25.000.000")})
	sari.say("group", "selesai").ok(t)
	for {
		b := onBudis.lines()
		if len(b.Private) > 0 {
			t.Fatalf("Budi sees %+v", b.Private)
		}
		if len(b.Group) > 0 {
			break
		}
	}
	onSaris := sari.watch("").lines()
	if len(onSaris.Private) != 2 || len(onSaris.Group) != 1 {
		t.Errorf("Sari sees %+v", onSaris)
	}
}

func TestSecondTryIsTheSameMessage(t *testing.T) {
	h := newHouse(t)
	g := h.guest("Sari")
	again := request{ID: newUUID(), Chat: "group", Text: "/isu Listrik"}
	h.bot.set(func(b *fakeBot) { b.err = errors.New("store down") })
	res := g.post("/say", again)
	if s := res.sentence(t); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(s, "Penyimpanan sedang terganggu") {
		t.Fatalf("%s %q", res.Status, s)
	}
	if m := h.stored(group()); len(m) != 1 || !m[0].Failed {
		t.Fatalf("after the failure: %+v", m)
	}
	h.bot.set(func(b *fakeBot) { b.err = nil })
	g.post("/say", again).ok(t)
	g.post("/say", again).ok(t)
	first, second := h.bot.next(t), h.bot.next(t)
	if first.Cause != "web:"+again.ID || !reflect.DeepEqual(first, second) {
		t.Errorf("heard %+v and %+v", first, second)
	}
	if m := h.stored(group()); len(m) != 1 || m[0].Failed {
		t.Errorf("after the second try: %+v", m)
	}
}

func TestStoreDownIsSaidInTime(t *testing.T) {
	h := newHouse(t)
	g := h.guest("Sari")
	h.store.Down(true)
	for path, in := range map[string]request{"/say": {Text: "halo"}, "/tap": {Line: 1, Data: "v:1"}} {
		began := time.Now()
		res := g.post(path, in)
		if s := res.sentence(t); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(s, "terganggu") || time.Since(began) > 3*time.Second {
			t.Errorf("%s: %s %q after %s", path, res.Status, s, time.Since(began))
		}
	}
	if h.room.Health() == nil {
		t.Error("healthy without a store")
	}
	if g.get("/?room=uji&as=Sari&lang=id").StatusCode != http.StatusOK {
		t.Error("the page itself needs no store")
	}
	h.store.Down(false)
	g.say("group", "halo").ok(t)
}

func TestSlowStoreIsSaidInTime(t *testing.T) {
	h := newHouse(t, func(o *Options) { o.Patience = 0 }) // the default
	g := h.guest("Sari")
	release := make(chan struct{})
	h.bot.set(func(b *fakeBot) { b.hold = release })
	began := time.Now()
	res := g.say("group", "halo")
	if s := res.sentence(t); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(s, "tidak akan tercatat dua kali") || time.Since(began) > 3*time.Second {
		t.Errorf("%s %q after %s", res.Status, s, time.Since(began))
	}
	close(release)
	if u := h.bot.next(t); u.Text != "halo" {
		t.Errorf("heard %+v", u)
	}
}

func TestTapsReachTheBotAndOnlyThePresserReadsTheToast(t *testing.T) {
	h := newHouse(t)
	sari, budi := h.guest("Sari"), h.guest("Budi")
	onSaris, onBudis := sari.watch(""), budi.watch("")
	onSaris.lines()
	onBudis.lines()
	h.bot.set(func(b *fakeBot) {
		b.answer = func(u bot.Update) {
			if u.Kind == bot.Tapped {
				_ = h.room.Answer(context.Background(), u.Tap, "Tercatat: PT Rotan Jaya - Setuju.")
				_, _ = h.room.Post(context.Background(), group(), bot.Draft{Body: plain("sesudahnya")})
			}
		}
	})
	ref := h.post(group(), bot.Draft{Body: plain("Usulan No. 7"), Buttons: [][]commands.Button{{{Label: "Setuju", Data: "v:7:a"}}}})
	id := newUUID()
	sari.post("/tap", request{ID: id, Chat: "group", Line: 1, Data: "v:7:a"}).ok(t)
	u := h.bot.next(t)
	if u.Kind != bot.Tapped || u.Cause != "web:"+id || u.Data != "v:7:a" || u.Message != ref || u.Chat != group() || u.Private ||
		u.Tap != (bot.TapRef{ID: id, Chat: group(), User: "uji:Sari"}) {
		t.Errorf("heard %+v", u)
	}
	if e := onSaris.next("toast"); e.data != `{"tap":"`+id+`","text":"Tercatat: PT Rotan Jaya - Setuju."}` {
		t.Errorf("toast %s", e.data)
	}
	for { // what Budi gets up to the message after it
		e, ok := <-onBudis.events
		if !ok || e.name == "toast" {
			t.Fatalf("Budi gets %+v", e)
		}
		if strings.Contains(e.data, "sesudahnya") {
			break
		}
	}
}

func TestHostileTexts(t *testing.T) {
	h := newHouse(t)
	g := h.guest("Sari")
	for _, c := range []struct{ name, text, heard, refused string }{
		{"empty", "", "", "kosong"},
		{"blank", " \n\t ", "", "kosong"},
		{"only controls", "\u202e\u0000", "", "kosong"},
		{"at the limit", strings.Repeat("a", maxTyped), strings.Repeat("a", maxTyped), ""},
		{"over the limit", strings.Repeat("a", 5000), "", "batasnya 4.500 karakter"},
		{"many bytes", strings.Repeat("𝒂", 2500), "", "terlalu panjang"},
		{"a megabyte", strings.Repeat("a", 1<<20), "", "batasnya 4.500 karakter"},
		{"override", "abc\u202edef\u2066", "abcdef", ""},
		{"markup and mentions", "<b>&amp; @everyone **x**", "<b>&amp; @everyone **x**", ""},
		{"lines", "a\r\nb\u2028c", "a\nb\nc", ""},
		{"forged cause", `"cause":"web:x"`, `"cause":"web:x"`, ""},
	} {
		res := g.say("group", c.text)
		if c.refused != "" {
			if s := res.sentence(t); res.StatusCode < 400 || res.StatusCode >= 500 || !strings.Contains(s, c.refused) {
				t.Errorf("%s: %s %q", c.name, res.Status, s)
			}
			continue
		}
		res.ok(t)
		if u := h.bot.next(t); u.Text != c.heard {
			t.Errorf("%s: heard %q", c.name, u.Text)
		}
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	h := newHouse(t)
	g := h.guest("Sari")
	for name, in := range map[string]request{
		"no such chat": {Chat: "other", Text: "x"}, "id": {ID: "1", Text: "x"}, "id in capitals": {ID: strings.ToUpper(newUUID()), Text: "x"},
	} {
		if res := g.post("/say", in); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", name, res.Status)
		}
	}
	for name, in := range map[string]request{"no data": {Line: 1}, "long data": {Line: 1, Data: strings.Repeat("x", dataLimit+1)}} {
		if res := g.post("/tap", in); res.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", name, res.Status)
		}
	}
	req, err := http.NewRequest(http.MethodPost, h.server.URL+"/say", strings.NewReader("text=x"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if res := g.do(req); res.StatusCode != http.StatusUnsupportedMediaType {
		t.Errorf("a form: %s", res.Status)
	}
	if len(h.bot.heard) > 0 {
		t.Error("the bot heard something")
	}
}

func TestEndOfReceiving(t *testing.T) {
	h := newHouse(t)
	g := h.guest("Sari")
	s := g.watch("")
	s.lines()
	h.leave()
	for range s.events { // the stream ends by itself
	}
	res := g.say("group", "halo")
	if s := res.sentence(t); res.StatusCode != http.StatusServiceUnavailable || !strings.Contains(s, "dimulai atau dihentikan") {
		t.Errorf("%s %q", res.Status, s)
	}
	if h.room.Health() == nil {
		t.Error("healthy without receiving")
	}
}
