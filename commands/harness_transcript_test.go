package commands_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"
	"unicode/utf8"

	"klaster/commands"
	"klaster/commands/phrase"
	"klaster/domain"
)

func (b *bot) deliver(p *person, in commands.Input, r commands.Reply, tapped *message) {
	body := b.plain(r.Body)
	to, where := "", "grup"
	private := in.Private
	switch {
	case r.To == commands.ToToast && in.Tap != "":
		if n := utf8.RuneCountInString(body); n > 200 {
			b.t.Errorf("toast of %d characters: %s", n, body)
		}
		b.block("toast untuk "+p.name, body, r.Buttons)
		if len(r.Buttons) == 0 {
			return
		}
		where = ""
	case r.To == commands.ToToast && b.blanks: // as private as a toast
		private = true
	case r.To == commands.ToPrivate && !private:
		if !p.reachable {
			b.block("grup", b.plain(b.c.Trouble(commands.OpenPrivate, p.lang)), nil)
			return
		}
		private = true
	}
	if private {
		to, where = string(p.id), "pribadi "+p.name
	}
	if r.Instead && tapped != nil && (tapped.to != "") == private {
		if where != "" {
			b.block(where+", di tempat pesan itu", body, r.Buttons)
		}
		tapped.body, tapped.buttons, tapped.blank = body, r.Buttons, r.Blank
		b.writeBlank(r.Blank)
		return
	}
	if where != "" {
		b.block(where, body, r.Buttons)
	}
	b.writeBlank(r.Blank)
	if r.Attachment != nil {
		b.write("    [lampiran %s]", r.Attachment.Name)
		for _, row := range r.Attachment.Table {
			b.write("    | %s", strings.Join(row, string(r.Attachment.Comma)))
		}
	}
	b.messages = append(b.messages, &message{to: domain.PersonID(to), body: body, buttons: r.Buttons, blank: r.Blank})
}

func (b *bot) writeBlank(blank *commands.Blank) {
	if blank == nil {
		return
	}
	b.checkBlank(blank)
	b.write("       {%s}", blank.Title)
	for _, f := range blank.Fields {
		line := "       { " + f.Key + ": " + f.Label
		if f.Value != "" {
			line += " = " + f.Value
		}
		if f.Many {
			line += " (beberapa)"
		}
		for _, o := range f.Options {
			line += " | " + o.Label
		}
		b.write("%s }", line)
	}
}

// checkBlank fails on a blank that no platform could show.
func (b *bot) checkBlank(blank *commands.Blank) {
	if n := utf8.RuneCountInString(blank.Title); n == 0 || n > 45 || len(blank.Data) > 48 || len(blank.Fields) == 0 || len(blank.Fields) > 5 {
		b.t.Errorf("blank out of bounds: %+v", blank)
	}
	for _, f := range blank.Fields {
		if n := utf8.RuneCountInString(f.Label); n == 0 || n > 45 || utf8.RuneCountInString(f.Hint) > 100 || len(f.Options) > 25 || len(f.Key) > 40 {
			b.t.Errorf("field out of bounds: %+v", f)
		}
		if len(f.Options) > 0 && len(blank.Fields) > 1 {
			b.t.Errorf("a list beside other fields: %+v", blank)
		}
	}
}

// cards is the reconciler: boards are posted and edited, fresh notices posted once.
func (b *bot) cards() {
	if b.s == nil {
		return
	}
	wanted := b.c.Cards(b.s, b.now, b.langOf)
	later := b.c.Cards(b.s, b.now.Add(time.Second), b.langOf)
	boards := map[string]string{}
	for _, card := range later {
		if card.Kind == commands.Board {
			boards[card.Key] = b.plain(card.Body) + fmt.Sprint(card.Buttons)
		}
	}
	keys := map[string]bool{}
	for _, card := range wanted {
		if keys[card.Key] {
			b.t.Errorf("two cards with the key %q", card.Key)
		}
		keys[card.Key] = true
		body := b.plain(card.Body)
		b.checkLabels(card.Key, card.Buttons)
		if card.Kind == commands.Notice {
			if !b.told[card.Key] && b.now.Sub(card.At) < 24*time.Hour {
				b.told[card.Key] = true
				b.notice(card, body)
			}
			continue
		}
		if now, then := body+fmt.Sprint(card.Buttons), boards[card.Key]; now != then {
			b.t.Errorf("board %q changes by the mere passing of time:\n%s\n%s", card.Key, now, then)
		}
		switch m := b.posted[card.Key]; {
		case m == nil && (card.Final || !b.reaches(card.To)): // ended before anybody saw it, or there is nobody to show it to
			continue
		case m == nil:
			m = &message{to: card.To, key: card.Key, body: body, buttons: card.Buttons}
			b.posted[card.Key] = m
			b.messages = append(b.messages, m)
			b.block(b.chatOf(card.To)+", kartu "+card.Key, body, card.Buttons)
		case m.body != body || fmt.Sprint(m.buttons) != fmt.Sprint(card.Buttons):
			m.body, m.buttons = body, card.Buttons
			b.write("    (kartu %s diperbarui)", card.Key)
		}
	}
	for key, m := range b.posted { // the bot takes a board's buttons away then; somebody may have pressed one before
		if !keys[key] {
			m.key = ""
			delete(b.posted, key)
		}
	}
}

// reaches says whether somebody can be written to; the group always can.
func (b *bot) reaches(to domain.PersonID) bool {
	return to == "" || b.people[to] != nil && b.people[to].reachable
}

func (b *bot) notice(card commands.Card, body string) {
	to := card.To
	if !b.reaches(to) {
		if card.Fallback == nil {
			return
		}
		to, body = "", b.plain(card.Fallback)
		card.Buttons = [][]commands.Button{{{Label: b.c.Label("button.open_private", b.s.Lang()), Private: "/status"}}}
	}
	b.block(b.chatOf(to)+", pemberitahuan", body, card.Buttons)
	b.messages = append(b.messages, &message{to: to, key: card.Key, body: body, buttons: card.Buttons})
}

func (b *bot) chatOf(to domain.PersonID) string {
	if to == "" {
		return "grup"
	}
	return "pribadi " + b.name(to)
}

func (b *bot) langOf(p domain.PersonID) string {
	if p == "" {
		return b.s.Lang()
	}
	if who := b.people[p]; who != nil {
		return who.lang
	}
	return b.s.Lang()
}

// checkLabels fails on buttons a card must not have.
func (b *bot) checkLabels(key string, buttons [][]commands.Button) {
	for _, row := range buttons {
		for _, button := range row {
			if n := utf8.RuneCountInString(button.Label); n == 0 || n > 20 {
				b.t.Errorf("card %q: label %q has %d characters", key, button.Label, n)
			}
			if len(button.Data) > 48 {
				b.t.Errorf("card %q: data %q has %d bytes", key, button.Data, len(button.Data))
			}
		}
	}
}

// show prints boards as they stand.
func (b *bot) show(keys ...string) {
	for _, m := range b.messages {
		if m.key == "" || b.posted[m.key] != m {
			continue
		}
		shown := len(keys) == 0
		for _, key := range keys {
			shown = shown || key == m.key
		}
		if shown {
			b.block(b.chatOf(m.to)+", kartu "+m.key, m.body, m.buttons)
		}
	}
}

// hush runs something without writing it down.
func (b *bot) hush(f func()) {
	was := b.quiet
	b.quiet = true
	f()
	b.quiet = was
}

// write adds a line to the transcript, after the time if that has changed.
func (b *bot) write(format string, args ...any) {
	if b.quiet {
		return
	}
	if stamp := phrase.FormatDateTime(b.now, "id"); stamp != b.stamp {
		b.stamp = stamp
		fmt.Fprintf(&b.log, "\n== %s\n", stamp)
	}
	fmt.Fprintf(&b.log, format+"\n", args...)
}

func (b *bot) block(where, body string, buttons [][]commands.Button) {
	if b.quiet {
		return
	}
	if !utf8.ValidString(body) {
		b.t.Errorf("invalid UTF-8 in %q", body)
	}
	b.write("    -> %s", where)
	for _, line := range strings.Split(body, "\n") {
		b.write("%s", strings.TrimRight("       "+line, " "))
	}
	for _, row := range buttons {
		line := "      "
		for _, button := range row {
			if len(button.Data) > 48 {
				b.t.Errorf("data %q has %d bytes", button.Data, len(button.Data))
			}
			line += " [" + button.Label + "]"
		}
		b.write("%s", line)
	}
}

func (b *bot) name(id domain.PersonID) string {
	if p := b.people[id]; p != nil {
		return p.name
	}
	return "(" + string(id) + ")"
}

func (b *bot) plain(r commands.Rich) string { return r.Plaintext(b.name) }

// said is everything since the mark was taken; see mark.
func (b *bot) said(since int) string { return b.log.String()[since:] }

// mark is a point in the transcript.
func (b *bot) mark() int { return b.log.Len() }

// golden compares the transcript with testdata/<name>.txt.
func (b *bot) golden(name string) {
	b.t.Helper()
	path := filepath.Join("testdata", name+".txt")
	got := strings.TrimLeft(b.log.String(), "\n")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			b.t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			b.t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	if got != string(want) {
		b.t.Errorf("%s differs; run with -update and read the difference\n%s", path, difference(string(want), got))
	}
}

// difference shows the first lines in which two texts part.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			return fmt.Sprintf("line %d\nwant %s\ngot  %s", i+1, strings.Join(w[i:min(i+5, len(w))], "\n     "), strings.Join(g[i:min(i+5, len(g))], "\n     "))
		}
	}
	return fmt.Sprintf("%d lines wanted, %d got", len(w), len(g))
}
