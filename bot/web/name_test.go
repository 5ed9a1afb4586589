package web

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
)

func TestHostileNames(t *testing.T) {
	h := newHouse(t)
	for _, c := range []struct{ name, typed, want, trouble string }{
		{"plain", "Ibu Sari", "Ibu Sari", ""},
		{"blanks", "  Ibu \t\n Sari ", "Ibu Sari", ""},
		{"right to left", "Sari\u202egnp.exe", "Sarignp.exe", ""},
		{"zero width", "Sa\u200b\u200d\ufeffri", "Sari", ""},
		{"markup", "<b>&", "<b>&", ""},
		{"mention", "@everyone", "@everyone", ""},
		{"quotes", `"><script>alert(1)</script>`, `"><script>alert(1)</script>`, ""},
		{"colon", "Sari: PT Rotan", "Sari: PT Rotan", ""},
		{"128 emoji", strings.Repeat("😀", 128), strings.Repeat("😀", maxName), ""},
		{"Zalgo", "S" + strings.Repeat("\u0301", 40) + "ari", "Ś\u0301\u0301\u0301ari", ""},
		{"empty", "", "", ""},
		{"invisible", "\u200b\u2060\u3164", "", "tidak dapat ditampilkan"},
		{"only marks", "\u0301\u0301", "", "tidak dapat ditampilkan"},
		{"5,000 characters", strings.Repeat("x", 5000), strings.Repeat("x", maxName), ""},
		{"the bot's", " klaster\u200b ", "", "dipakai oleh bot"},
	} {
		g := h.guest("Tamu")
		res := g.get("/?" + url.Values{"room": {"uji"}, "lang": {"id"}, "as": {c.typed}}.Encode())
		res.ok(t)
		if strings.Contains(res.body, "<script>alert") {
			t.Errorf("%s: markup in the page", c.name)
		}
		if c.want == "" {
			if !strings.Contains(res.body, `class="entrance"`) || c.trouble != "" && !strings.Contains(res.body, c.trouble) {
				t.Errorf("%s: the entrance does not say %q", c.name, c.trouble)
			}
		} else if got := res.Request.URL.Query().Get("as"); got != c.want {
			t.Errorf("%s: became %q, want %q", c.name, got, c.want)
		}
		// The other routes take clean names only.
		g.name = c.typed
		said := g.say("group", "halo")
		if clean := c.typed == c.want && c.want != ""; clean != (said.StatusCode == 200) {
			t.Errorf("%s: say: %s", c.name, said.Status)
		} else if !clean {
			said.sentence(t)
		}
	}
}

func TestSameNameInAnotherCaseIsTheSamePerson(t *testing.T) {
	h := newHouse(t)
	h.guest("Ibu Sari").say("group", "halo").ok(t)
	res := h.guest("Tamu").get("/?room=uji&lang=id&as=ibu+sari")
	if got := res.Request.URL.Query().Get("as"); got != "Ibu Sari" {
		t.Errorf("became %q", got)
	}
}

func TestRoomsAreApart(t *testing.T) {
	h := newHouse(t)
	g := h.guest("Sari")
	for typed, want := range map[string]string{"Klaster Rotan, Cirebon!": "klaster-rotan-cirebon", "../g:x": "g-x", "日本": "klaster", strings.Repeat("a", 99): strings.Repeat("a", 40)} {
		res := g.get("/?" + url.Values{"room": {typed}, "as": {"Sari"}}.Encode())
		if got := res.Request.URL.Query().Get("room"); got != want {
			t.Errorf("room %q became %q", typed, got)
		}
	}
	other := h.guest("Sari")
	other.room = "lain"
	g.say("group", "di sini").ok(t)
	other.say("group", "di sana").ok(t)
	if b := other.watch("").lines(); len(b.Group) != 1 || b.Group[0].Message.text() != "di sana" {
		t.Errorf("the other room shows %+v", b)
	}
}

func TestRoomFills(t *testing.T) {
	h := newHouse(t)
	l := h.room.logs.hold(visitor{room: "uji"}.roster())
	defer h.room.logs.drop(l)
	for i := range maxPeople {
		body, err := json.Marshal(rosterLine{Name: "Tamu " + strings.Repeat("i", i+1)})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.room.logs.add(t.Context(), l, body); err != nil {
			t.Fatal(err)
		}
	}
	if s := h.guest("Sari").say("group", "halo").sentence(t); !strings.Contains(s, "100 orang") {
		t.Error(s)
	}
	h.guest("Tamu ii").say("group", "halo").ok(t)
}
