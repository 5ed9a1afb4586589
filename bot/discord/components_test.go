package discord

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"klaster/bot"
	"klaster/commands"
)

func testBot(t *testing.T) *Bot {
	t.Helper()
	b, err := New(Options{Token: testToken})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestCustomIDs(t *testing.T) {
	t.Parallel()
	taken := map[string]bool{}
	for range 3 {
		id := unique(ofButton, "d:7:agree", taken)
		if kind, rest, ok := readCustom(id); !ok || kind != ofButton || rest != "d:7:agree" {
			t.Errorf("%q reads as %q %q %v", id, kind, rest, ok)
		}
	}
	if len(taken) != 3 {
		t.Errorf("custom ids are not unique: %v", taken)
	}
	for id, want := range map[string]customKind{"1:a": ofButton, "1p:/status": ofCommand, "1s:f|k": ofList, "1sa:f|k": ofList + aside, "1m:f": ofWindow, "1ma:f": ofWindow + aside} {
		if kind, _, ok := readCustom(id); !ok || kind != want {
			t.Errorf("%q is %q, %v", id, kind, ok)
		}
	}
	for _, id := range []string{"", ":", "1", "2:a", "1x:a", "a", "11a:b", "1:" + strings.Repeat("x", 100), "\xff:a"} {
		if _, _, ok := readCustom(id); ok {
			t.Errorf("%q passes for ours", id)
		}
	}
}

// However many buttons there are, Discord takes the message.
func TestButtonLayout(t *testing.T) {
	t.Parallel()
	b := testBot(t)
	many := make([][]commands.Button, 9)
	for i := range many {
		many[i] = []commands.Button{{Label: "A" + strconv.Itoa(i), Data: "a:" + strconv.Itoa(i)}, {Label: "B", Data: "b"}}
	}
	rows := b.components(bot.Draft{Buttons: many})
	ids := map[string]bool{}
	for _, r := range rows {
		if len(r.Components) == 0 || len(r.Components) > rowLimit {
			t.Errorf("a row of %d", len(r.Components))
		}
		for _, c := range r.Components {
			ids[c.(button).CustomID] = true
		}
	}
	if len(rows) > rowsLimit || len(ids) != 18 {
		t.Errorf("%d rows, %d ids", len(rows), len(ids))
	}
	blank := &commands.Blank{Data: "f:1:fill", Fields: []commands.BlankField{{Key: "roles", Label: "Peran", Many: true, Options: []commands.BlankOption{{Value: "core", Label: "Inti", Chosen: true}, {Value: "core", Label: "twice"}, {Value: "buyer", Label: "Pembeli"}}}}}
	rows = b.components(bot.Draft{Buttons: many, Blank: blank, Ask: "Pilih"})
	menu, ok := rows[0].Components[0].(selectMenu)
	if !ok || len(rows) > rowsLimit || menu.CustomID != "1s:f:1:fill|roles" || len(menu.Options) != 2 || menu.Max != 2 || menu.Min != 1 || menu.Placeholder != "Pilih" || !menu.Options[0].Default {
		t.Errorf("%d rows, the first %+v", len(rows), rows[0])
	}
	rows = b.components(bot.Draft{Buttons: buttons(
		commands.Button{Label: "Tautan", URL: "https://x.y"}, commands.Button{Label: "bad", URL: "ftp://x"}, commands.Button{Label: "", Data: "a"}, commands.Button{Label: "none"},
		commands.Button{Label: "Buka", Private: "/isu " + strings.Repeat("panjang ", 40)}, commands.Button{Label: "Blok", Data: "x", Style: commands.StyleBlock},
		commands.Button{Label: "panjang", Data: strings.Repeat("x", 65)},
	)})
	raw, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"type":1,"components":[{"type":2,"style":5,"label":"Tautan","url":"https://x.y"},{"type":2,"style":2,"label":"Buka","custom_id":"1p:/isu"},{"type":2,"style":4,"label":"Blok","custom_id":"1:x"}]}]`
	if string(raw) != want {
		t.Errorf("got  %s\nwant %s", raw, want)
	}
	if raw, _ := json.Marshal(b.components(bot.Draft{})); string(raw) != "[]" {
		t.Errorf("no components are %s", raw)
	}
}

func TestWindow(t *testing.T) {
	t.Parallel()
	blank := commands.Blank{Data: "f:1:fill", Title: strings.Repeat("t", 60), Aside: true}
	for i := range 7 {
		blank.Fields = append(blank.Fields, commands.BlankField{Key: "k" + strconv.Itoa(i), Label: strings.Repeat("l", 60), Hint: strings.Repeat("h", 120), Value: "sudah ada", Max: 5, Long: i == 0, Optional: i == 1})
	}
	m, ok := window(blank)
	if !ok || m.CustomID != "1ma:f:1:fill" || len(m.Components) != 5 || len([]rune(m.Title)) != 45 {
		t.Errorf("the window is %+v", m)
	}
	first := m.Components[0].Components[0].(textInput)
	if first.Style != discordgo.TextInputParagraph || !first.Required || len([]rune(first.Label)) != 45 || len([]rune(first.Placeholder)) != 100 || len([]rune(first.Value)) > 5 || first.MaxLength != 5 {
		t.Errorf("the first input is %+v", first)
	}
	if second := m.Components[1].Components[0].(textInput); second.Required {
		t.Errorf("the second input is %+v", second)
	}
	if _, ok := window(commands.Blank{Data: "x", Fields: []commands.BlankField{{Key: "k", Options: []commands.BlankOption{{Value: "a", Label: "b"}}}}}); ok {
		t.Error("a list became a window")
	}
}
