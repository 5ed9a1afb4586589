package commands_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"klaster/commands"
	"klaster/domain"
)

// What is suggested for an option is understood when it is said.
func TestSuggest(t *testing.T) {
	b, sari := founded(t, "id")
	b.actor(sari, sari, "PT Rotan Jaya", domain.Core)
	b.actor(sari, b.person("Pak Budi", "id"), "Universitas Cirebon", domain.Institution)
	b.hush(func() {
		sari.says("/isu Bahan baku rotan langka")
		sari.taps("Benar, sampaikan")
	})
	ask := func(command, option, text string) []commands.Suggestion {
		return b.c.Suggest(b.s, commands.Typing{Command: command, Option: option, Text: text, Lang: "id"})
	}
	for _, want := range []struct{ command, option, text, value string }{
		{"steps", "step", "1.3", "1.3"},
		{"langkah", "step", "konsensus rencana", "2.4"},
		{"issue", "issue", "rotan", "I1"},
		{"actors", "actor", "univ", "Universitas Cirebon"},
	} {
		got := ask(want.command, want.option, want.text)
		if len(got) != 1 || got[0].Value != want.value {
			t.Errorf("/%s %s %q: %+v, want only %q", want.command, want.option, want.text, got, want.value)
			continue
		}
		from := b.mark()
		sari.says("/" + want.command + " " + got[0].Value)
		if said := b.said(from); !strings.Contains(said, strings.TrimPrefix(got[0].Label, got[0].Value+" ")) {
			t.Errorf("/%s %s is not understood: %s", want.command, got[0].Value, said)
		}
	}
	if got := ask("steps", "step", ""); len(got) != 17 || got[0].Value != "1.1" {
		t.Errorf("%d steps, first %+v", len(got), got)
	}
	for _, none := range [][3]string{{"steps", "step", "tidak ada"}, {"status", "step", ""}, {"no such command", "step", ""}, {"vote", "position", ""}} {
		if got := ask(none[0], none[1], none[2]); len(got) != 0 {
			t.Errorf("%v: %+v", none, got)
		}
	}
	b.hush(func() {
		for range 30 {
			sari.says("/isu " + strings.Repeat("panjang ", 20))
			sari.taps("Benar, sampaikan")
		}
	})
	got := ask("issue", "issue", "")
	if len(got) != 25 {
		t.Errorf("%d suggestions", len(got))
	}
	for _, one := range got {
		if n := utf8.RuneCountInString(one.Label); n > 100 || utf8.RuneCountInString(one.Value) > 100 {
			t.Errorf("%d characters: %+v", n, one)
		}
	}
}
