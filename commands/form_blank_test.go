package commands_test

import (
	"strings"
	"testing"
)

// On a platform with windows and lists the same forms are filled in with them, aside; nothing has to be typed into the
// chat.
func TestFormsWithBlanks(t *testing.T) {
	for _, lang := range []string{"id", "en"} {
		t.Run(lang, func(t *testing.T) {
			b := newBot(t, lang)
			b.blanks = true
			sari, budi := b.person("Ibu Sari", lang), b.person("Pak Budi", lang)
			sari.admin = true

			sari.says("/mulai")
			sari.fills("name", "Klaster Rotan Cirebon", "core", "mebel rotan", "region", "Cirebon")
			sari.taps("Bahasa Indonesia")
			sari.taps("WIB (Jakarta)")
			sari.picks("button.found")

			budi.says("/daftar PT Rotan Jaya")
			budi.fills("groups", "core,supplier")
			budi.fills("sub_core", b.firstOption())
			budi.picks("button.skip")
			budi.fills("place", strings.Repeat("x", 500)) // refused; what was typed is there to be shortened
			budi.fills("place", "Plumbon")
			budi.picks("button.register")
			sari.picks("button.approve")

			budi.says("/usulan")
			budi.fills("title", b.in("Bersama membeli bahan baku", "Buy raw material together"))
			b.golden("blanks." + lang)
		})
	}
}

func (b *bot) firstOption() string {
	for i := len(b.messages) - 1; i >= 0; i-- {
		if m := b.messages[i]; m.blank != nil {
			return m.blank.Fields[0].Options[0].Value
		}
	}
	b.t.Fatal("no list is shown")
	return ""
}

// What comes in answer to a blank is as hostile as button data.
func TestForgedAnswers(t *testing.T) {
	b, sari := founded(t, "id")
	b.blanks = true
	sari.says("/daftar PT Rotan Jaya")
	var nonce string
	for _, m := range b.messages {
		if m.blank != nil {
			nonce = strings.Split(m.blank.Data, ":")[1]
		}
	}
	for _, answers := range []map[string]string{
		nil, {"groups": ""}, {"groups": "kings"}, {"groups": "core,kings"}, {"place": "x"}, {"no such field": "x"},
	} {
		sari.forgesAnswers("f:"+nonce+":fill", answers)
	}
	sari.forges("f:"+nonce+":open:groups", true)
	sari.forgesAnswers("f:0000:fill", map[string]string{"groups": "core"})
	if strings.Contains(b.log.String(), b.texts.Line("id", "button.register")) {
		t.Error("the form went on:\n" + b.log.String())
	}
	if len(b.s.Actors) != 0 {
		t.Errorf("%d actors", len(b.s.Actors))
	}
}

// A slip of the tongue in a channel is answered to whoever made it, where that can be.
func TestSlipsAreAnsweredAside(t *testing.T) {
	b, sari := founded(t, "id")
	b.blanks = true
	for _, said := range []string{"/isu I99", "/sikap 99", "/keputusan 77", "/kuorum 77", "/riwayat I99", "/pelaku siapa", "/ekspor x", "/bahasa fr"} {
		from := b.mark()
		sari.says(said)
		if log := b.said(from); strings.Contains(log, "-> grup") {
			t.Errorf("%s is answered to everybody: %s", said, log)
		}
	}
	from := b.mark()
	sari.says("/langkah")
	if !strings.Contains(b.said(from), "-> grup") {
		t.Error("the board of steps is not for everybody")
	}
}
