package telegram

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"klaster/bot"
	"klaster/bot/telegram/telegramtest"
	"klaster/commands"
	"klaster/domain"
)

// scraps are what texts in these tests are made of: markup, marks, white space, letters of one to four bytes.
var scraps = [...]string{
	"<b>", "</blockquote>", "&amp;", "&", "\"", "'", ">", "klaster industri ", " ", "\n", "\n\n", "\t", "é", "e\u0301",
	"𝄞", "👩‍🌾", "\u202e", "\u2068", "مريم", "\x00", "\xff", "\uFFFD", "Rp12.500.000", "@klasterbot", "/isu", "https://x.y/?a=1&b=2",
	strings.Repeat("panjang", 60), strings.Repeat("𝄞", 300), strings.Repeat("&", 500), strings.Repeat("a b ", 400),
}

// fromBytes makes a body of any shape out of random bytes.
func fromBytes(raw []byte) commands.Rich {
	var body commands.Rich
	take := func() int {
		if len(raw) == 0 {
			return 0
		}
		n := int(raw[0])
		raw = raw[1:]
		return n
	}
	for len(raw) > 0 {
		block := commands.Block{Kind: commands.BlockKind(take() % 3)}
		for range take() % 6 {
			s := commands.Span{Kind: commands.SpanKind(take() % 8), Person: "P1", Ping: true}
			for range take() % 4 {
				s.Text += scraps[take()%len(scraps)]
			}
			if s.Kind == commands.LinkTo {
				s.URL = [...]string{"https://example.org/?q=\"<>&'", "javascript:x", "tg://resolve?domain=x", "", "http://x/" + strings.Repeat("&", 1000)}[take()%5]
			}
			block.Spans = append(block.Spans, s)
		}
		body = append(body, block)
	}
	return body
}

// checkBody posts a body to a fake that refuses unclean markup and too long texts, and compares what arrived with what
// was meant.
func checkBody(t *testing.T, s *stage, chat int64, body commands.Rich) {
	t.Helper()
	mentions := map[domain.PersonID]string{"P1": decimal(chat)}
	runs := flatten(body, mentions, "")
	before := len(s.Messages(chat))
	_, err := s.bot.Post(t.Context(), ref(chat), bot.Draft{Body: body, Mentions: mentions})
	want := squeezed(bare(runs))
	if want == "" {
		kind(t, err, bot.Rejected)
		return
	}
	if err != nil {
		t.Fatalf("%v: %q", err, bare(runs))
	}
	var got strings.Builder
	for _, m := range s.Messages(chat)[before:] {
		got.WriteString(m.Text)
	}
	if squeezed(got.String()) != want {
		t.Fatalf("got  %q\nwant %q", got.String(), want)
	}
	for _, part := range split(runs, captionLimit) {
		checkPart(t, part, captionLimit)
	}
	checkPart(t, fit(runs, textLimit), textLimit)
}

func checkPart(t *testing.T, part []run, limit int) {
	t.Helper()
	text, marked := bare(part), html(part)
	if n := len(utf16.Encode([]rune(text))); n > limit || n == 0 {
		t.Fatalf("a part has %d units", n)
	}
	if len(marked) > byteLimit || !utf8.ValidString(marked) || strings.TrimSpace(text) != text {
		t.Fatalf("a part has %d bytes: %.100q", len(marked), marked)
	}
}

func renderStage(t *testing.T) (*stage, int64) {
	t.Helper()
	s := newStage(t, nil)
	chat := s.AddUser(telegramtest.User{})
	s.Start(chat, "")
	return s, chat
}

func TestRenderAnything(t *testing.T) {
	s, chat := renderStage(t)
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		raw := make([]byte, random.IntN(120))
		for i := range raw {
			raw[i] = byte(random.Uint32())
		}
		checkBody(t, s, chat, fromBytes(raw))
	}
}

func FuzzRender(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8, 9})
	f.Add([]byte(strings.Repeat("\x01\x05\x04\x03\x1c", 40)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if len(raw) > 400 {
			return
		}
		s, chat := renderStage(t)
		checkBody(t, s, chat, fromBytes(raw))
	})
}

// Where texts are cut.
func TestSplit(t *testing.T) {
	one := func(s string) []run { return []run{{text: s, style: bold}} }
	for name, c := range map[string]struct {
		runs []run
		want []string
	}{
		"fits":             {one("0123456789"), []string{"0123456789"}},
		"at a line break":  {one("01234 67\n901 345"), []string{"01234 67", "901 345"}},
		"at a blank":       {one("012\n4567 9012"), []string{"012\n4567", "9012"}},
		"not too early":    {one("0 234567890123"), []string{"0 23456789", "0123"}},
		"no pair in two":   {one("012345678𝄞x"), []string{"012345678", "𝄞x"}},
		"over many runs":   {[]run{{text: "0123 "}, {text: "567890", style: code}, {text: " 2", quote: true}}, []string{"0123 56789", "0 2"}},
		"blanks between":   {one("0123456789          \n  x"), []string{"0123456789", "x"}},
		"only blanks":      {one(" \n \t "), nil},
		"blank tail":       {one("01234567     "), []string{"01234567"}},
		"long white space": {one(strings.Repeat(" ", 50) + "x"), []string{"x"}},
	} {
		var got []string
		for _, part := range split(c.runs, 10) {
			got = append(got, bare(part))
		}
		if strings.Join(got, "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	if got := html(split([]run{{text: strings.Repeat("x", 12), style: bold, quote: true}}, 10)[1]); got != "<blockquote><b>xx</b></blockquote>" {
		t.Errorf("tags are not opened again: %q", got)
	}
	if got := bare(fit(one("01234 6789 x"), 10)); got != "01234\n…" {
		t.Errorf("cut to %q", got)
	}
}

func TestCutUnits(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""}, {"abcd", "abcd"}, {"abcde", "abc…"}, {"ab𝄞", "ab𝄞"}, {"ab𝄞c", "ab…"}, {"𝄞𝄞𝄞", "𝄞…"}, {"abc\xff", "abc\xff"},
	} {
		if got := cutUnits(c.in, 4); got != c.want {
			t.Errorf("%q became %q, want %q", c.in, got, c.want)
		}
	}
}

// TestRanksHaveNoBullet: "1. I5" in a list is its own mark.
func TestRanksHaveNoBullet(t *testing.T) {
	item := func(texts ...string) commands.Block {
		b := commands.Block{Kind: commands.Item}
		for _, text := range texts {
			b.Spans = append(b.Spans, commands.Span{Text: text})
		}
		return b
	}
	for want, block := range map[string]commands.Block{
		"1. I5 rotan":     item("1. I5 rotan"),
		"12. I5":          item("12", ". ", "I5"),
		"• 1.3 Analisis":  item("1.3 Analisis"),
		"• 2026. Selesai": item("2026. Selesai"),
		"• ":              item(""),
	} {
		var got string
		for _, r := range flatten(commands.Rich{block}, nil, "") {
			got += r.text
		}
		if got != want {
			t.Errorf("%q is shown as %q", want, got)
		}
	}
}
