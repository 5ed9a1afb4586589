package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
)

func TestEditsReachOpenPages(t *testing.T) {
	h := newHouse(t)
	g := h.guest("Sari")
	s := g.watch("")
	s.lines()
	ref := h.post(group(), bot.Draft{Body: plain("Sikap masuk: 5"), Card: "d:7", Tone: commands.ToneDecision})
	s.until(func(_ string, _ uint64, m message) bool {
		return m.text() == "Sikap masuk: 5" && m.Card && m.Tone == "decision"
	})
	if err := h.room.Edit(t.Context(), group(), ref, bot.Draft{Body: plain("Sikap masuk: 6"), Card: "d:7"}); err != nil {
		t.Fatal(err)
	}
	s.until(func(_ string, id uint64, m message) bool {
		return fmt.Sprint(id) == ref && m.text() == "Sikap masuk: 6" && m.Updated != nil && !m.At.IsZero()
	})
	before := s.last
	if err := h.room.Edit(t.Context(), group(), ref, bot.Draft{Body: plain("Sikap masuk: 6"), Card: "d:7"}); err != nil {
		t.Fatal("the same again: ", err)
	}
	h.post(group(), bot.Draft{Body: plain("x")})
	if b := s.lines(); len(b.Group) != 1 {
		t.Errorf("an edit that changes nothing was sent: %+v (after %s)", b, before)
	}
	for _, bad := range []string{"999", "x", ""} {
		var gone *bot.SendError
		if err := h.room.Edit(t.Context(), group(), bad, bot.Draft{Body: plain("y")}); !errors.As(err, &gone) || gone.Kind != bot.Gone {
			t.Errorf("edit of %q: %v", bad, err)
		}
	}
	var e *bot.SendError
	if _, err := h.room.Post(t.Context(), domain.ChatRef{Platform: Platform, Chat: "x:y"}, bot.Draft{}); !errors.As(err, &e) || e.Kind != bot.Unreachable {
		t.Errorf("post to nowhere: %v", err)
	}
}

func TestNobodyCanHaveThePersonsWordsEdited(t *testing.T) {
	h := newHouse(t)
	h.guest("Sari").say("group", "asli").ok(t)
	if err := h.room.Edit(t.Context(), group(), h.bot.next(t).Message, bot.Draft{Body: plain("palsu")}); err != nil {
		t.Fatal(err)
	}
	if m := h.stored(group()); m[0].text() != "asli" {
		t.Errorf("%+v", m)
	}
}

func TestStreamResumes(t *testing.T) {
	h := newHouse(t)
	g := h.guest("Sari")
	old := h.post(group(), bot.Draft{Body: plain("satu")})
	h.post(group(), bot.Draft{Body: plain("dua")})
	s := g.watch("")
	if b := s.lines(); !b.Reset || len(b.Group) != 2 {
		t.Fatalf("at first %+v", b)
	}
	last := s.last
	s.close()
	if err := h.room.Edit(t.Context(), group(), old, bot.Draft{Body: plain("satu, diperbaiki")}); err != nil {
		t.Fatal(err)
	}
	h.post(group(), bot.Draft{Body: plain("tiga")})
	h.post(domain.ChatRef{Platform: Platform, Chat: "p:uji:Sari"}, bot.Draft{Body: plain("empat")})
	b := g.watch(last).lines()
	if b.Reset || len(b.Group) != 2 || len(b.Private) != 1 || b.Group[0].Message.text() != "satu, diperbaiki" || b.Group[1].Message.text() != "tiga" {
		t.Errorf("what was missed: %+v", b)
	}
	for _, foreign := range []string{"deadbeef-1", "x", strings.Repeat("9", 40)} {
		if b := g.watch(foreign).lines(); !b.Reset || len(b.Group) != 3 || len(b.Private) != 1 {
			t.Errorf("after another start (%s): %+v", foreign, b)
		}
	}
}

func TestTranscriptIsBounded(t *testing.T) {
	h := newHouse(t, func(o *Options) { o.Keep = 5 })
	g := h.guest("Sari")
	s := g.watch("")
	for i := range 12 {
		h.post(group(), bot.Draft{Body: plain(fmt.Sprint("baris ", i))})
	}
	s.until(hasText("baris 11"))
	if b := g.watch("").lines(); len(b.Group) != 5 || b.Group[0].Message.text() != "baris 7" {
		t.Errorf("%+v", b)
	}
	if m := h.stored(group()); len(m) != 5 {
		t.Errorf("%d lines stored", len(m))
	}
}

func TestReplicasShowTheSameRoom(t *testing.T) {
	s := openStore(t)
	a, b := houseOn(t, s), houseOn(t, s)
	onB := b.guest("Sari").watch("")
	onB.lines()
	ref := a.post(group(), bot.Draft{Body: plain("dari replika lain")})
	onB.until(hasText("dari replika lain"))
	if err := b.room.Edit(t.Context(), group(), ref, bot.Draft{Body: plain("diperbaiki")}); err != nil {
		t.Fatal(err)
	}
	onB.until(hasText("diperbaiki"))
	a.guest("Budi").say("group", "halo").ok(t)
	onB.until(hasText("halo"))
	if ok, err := b.room.IsAdmin(t.Context(), group(), "uji:Budi"); err != nil || !ok {
		t.Errorf("admin on the other replica: %v %v", ok, err)
	}
}

func TestRoomListsPeopleAndMenu(t *testing.T) {
	h := newHouse(t)
	sari := h.guest("Sari")
	s := sari.watch("")
	s.lines()
	menu := []commands.MenuEntry{
		{Name: "mulai", English: "start", Description: map[string]string{"id": "memulai klaster", "en": "start"}, Group: true},
		{Name: "saya", English: "me", Description: map[string]string{"id": "data saya", "en": "my data"}, Private: true},
	}
	if err := h.room.PublishMenu(t.Context(), menu); err != nil {
		t.Fatal(err)
	}
	if e := s.next("room"); !strings.Contains(e.data, `"menu":[{"name":"mulai","about":"memulai klaster","group":true},{"name":"saya","about":"data saya","private":true}]`) {
		t.Errorf("menu: %s", e.data)
	}
	h.guest("Budi").say("group", "halo").ok(t)
	var list struct{ People []person }
	for len(list.People) < 2 || !list.People[1].Admin {
		if err := json.Unmarshal([]byte(s.next("room").data), &list); err != nil {
			t.Fatal(err)
		}
	}
	if list.People[0] != (person{Name: "Sari"}) || list.People[1] != (person{"Budi", true}) {
		t.Errorf("people: %+v", list.People)
	}
}

func TestFirstToSpeakAdministersTheRoomForGood(t *testing.T) {
	s := openStore(t)
	h := houseOn(t, s)
	h.guest("Tamu").watch("").lines() // only looks
	h.guest("Sari").post("/tap", request{Chat: "group", Line: 1, Data: "x"}).ok(t)
	h.guest("Budi").say("group", "halo").ok(t)
	h.leave()
	again := houseOn(t, s)
	for user, want := range map[string]bool{"uji:Sari": true, "uji:Budi": false, "uji:Tamu": false, "lain:Sari": false, "Sari": false, "": false} {
		if ok, err := again.room.IsAdmin(t.Context(), group(), user); err != nil || ok != want {
			t.Errorf("%q is admin: %v, %v", user, ok, err)
		}
	}
	if ok, err := again.room.IsAdmin(t.Context(), domain.ChatRef{Platform: Platform, Chat: "g:lain"}, "uji:Sari"); ok || err != nil {
		t.Errorf("elsewhere: %v %v", ok, err)
	}
}

func TestNewcomersAreAnnouncedOnce(t *testing.T) {
	h := newHouse(t)
	seen := make(chan bot.Update, 10)
	h.bot.set(func(b *fakeBot) {
		b.answer = func(u bot.Update) {
			if u.Kind == bot.Reachable {
				seen <- u
			}
		}
	})
	g := h.guest("Sari")
	g.watch("").lines()
	g.watch("").lines()
	u := <-seen
	if !u.Private || u.Chat.Chat != "p:uji:Sari" || u.From.ID != "uji:Sari" || !strings.HasPrefix(u.Cause, "web:") {
		t.Errorf("announced %+v", u)
	}
	h.guest("Budi").watch("").lines()
	if u := <-seen; u.From.Name != "Budi" {
		t.Errorf("announced %+v", u)
	}
}
