package discord

import (
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
)

func para(spans ...commands.Span) commands.Block { return commands.Block{Spans: spans} }

func rendered(body commands.Rich, mentions map[domain.PersonID]string) string {
	runs, _ := flatten(body, mentions)
	return write(runs)
}

// What a person typed stands for itself, whatever it looks like.
func TestLiteralText(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"plain text":          "plain text",
		"**bold** _it_ ~~x~~": `\*\*bold\*\* \_it\_ \~\~x\~\~`,
		"`code` ||spoiler||":  "\\`code\\` \\|\\|spoiler\\|\\|",
		`back\slash`:          `back\\slash`,
		"@everyone @here":     `\@everyone \@here`,
		"<@123> <#4> <t:5:R>": `\<@123> \<#4> \<t:5:R>`,
		"[a](http://x.y)":     `\[a\](http\://x.y)`,
		"# head\n## two":      "\\# head\n\\## two",
		"-# small\n- item":    "\\-# small\n\\- item",
		"  > quote\n>>> all":  "  \\> quote\n\\>>> all",
		"1. one\n12. two\n3)": "1\\. one\n12\\. two\n3\\)",
		"+ plus, 1 + 1 - 2":   `\+ plus, 1 + 1 - 2`,
		"Pukul 10:30, isu #7": "Pukul 10:30, isu #7",
		":smile: a: b":        `\:smile: a: b`,
		"nilai 12.500":        "nilai 12.500",
		"a\u0000b\u0007":      "ab",
	} {
		got := rendered(commands.Rich{para(commands.Span{Text: typed})}, nil)
		// The colon and the at sign inside an escaped "<" may be escaped as well; nothing else differs.
		if got = strings.ReplaceAll(strings.ReplaceAll(got, `\<\@`, `\<@`), `\<t\:5\:`, `\<t:5:`); got != want {
			t.Errorf("%q became %q, want %q", typed, got, want)
		}
	}
}

func TestMarkup(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)
	body := commands.Rich{
		para(commands.Span{Kind: commands.Bold, Text: "Usulan #7 "}, commands.Span{Kind: commands.Italic, Text: "a*b"}),
		{Kind: commands.Item, Spans: []commands.Span{{Text: "satu"}, {Kind: commands.BreakUp}, {Text: "lanjut"}}},
		{Kind: commands.Item, Spans: []commands.Span{{Text: "3. "}, {Kind: commands.Bold, Text: "tiga"}}},
		{Kind: commands.Quote, Spans: []commands.Span{{Text: "kata\norang"}}},
		para(commands.Span{Kind: commands.LinkTo, Text: "notulen [1]", URL: "https://x.y/a(b)"}, commands.Span{Text: " "},
			commands.Span{Kind: commands.LinkTo, URL: "https://x.y/z"}, commands.Span{Text: " "},
			commands.Span{Kind: commands.LinkTo, Text: "ini", URL: "javascript:alert(1)"}),
		para(commands.Span{Kind: commands.Person, Text: "Ani_*", Person: "p1", Ping: true}, commands.Span{Text: ", "},
			commands.Span{Kind: commands.Person, Text: "Budi_", Person: "p2"}, commands.Span{Text: ", "},
			commands.Span{Kind: commands.Moment, Text: "Senin", At: at}, commands.Span{Text: ", "},
			commands.Span{Kind: commands.Code, Text: "/tuntas `1.3`\n<x>"}),
	}
	want := "**Usulan #7** *a\\*b*\n\n- satu\n  lanjut\n3\\. **tiga**\n\n> kata\n> orang\n\n" +
		"[notulen \\[1\\]](<https://x.y/a%28b%29>) <https://x.y/z> ini\n\n<@77>, Budi\\_, <t:1772416800:f>, `/tuntas ˋ1.3ˋ <x>`"
	if got := rendered(body, map[domain.PersonID]string{"p1": "77", "p2": "88"}); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := rendered(commands.Rich{para(commands.Span{Kind: commands.Bold, Text: "satu\ndua"}), {Kind: commands.Quote, Spans: []commands.Span{{Kind: commands.Bold, Text: "a\nb"}}}}, nil); got != "**satu**\n**dua**\n\n> **a**\n> **b**" {
		t.Errorf("bold over lines became %q", got)
	}
	if got := rendered(commands.Rich{para(commands.Span{Kind: commands.Bold, Text: "Pelaku "}, commands.Span{Kind: commands.Bold, Text: "Klaster*"}, commands.Span{Kind: commands.Bold, Text: ": 2"},
		commands.Span{Kind: commands.Italic, Text: "x"})}, nil); got != "**Pelaku Klaster\\*: 2**\u200b*x*" {
		t.Errorf("bold in pieces became %q", got)
	}
	if got := rendered(commands.Rich{para(commands.Span{Kind: commands.Person, Text: "شركة", Person: "p"})}, nil); got != "\u2068شركة\u2069" {
		t.Errorf("a name from right to left became %q", got)
	}
}

// Nobody is pinged but those named on purpose; an embed pings through the text above it.
func TestMentions(t *testing.T) {
	t.Parallel()
	b, err := New(Options{Token: testToken})
	if err != nil {
		t.Fatal(err)
	}
	d := bot.Draft{
		Body:     commands.Rich{para(commands.Span{Text: "@everyone "}, commands.Span{Kind: commands.Person, Person: "p1", Text: "Ani", Ping: true}, commands.Span{Kind: commands.Person, Person: "p1", Text: "Ani", Ping: true})},
		Mentions: map[domain.PersonID]string{"p1": "77"},
	}
	out, err := b.compose(posting, d, false)
	if err != nil || len(out) != 1 || out[0].Mentions.Parse == nil || len(out[0].Mentions.Parse) != 0 || len(out[0].Mentions.Users) != 1 || out[0].Mentions.Users[0] != "77" {
		t.Errorf("composed %+v, %v", out, err)
	}
	d.Tone = commands.ToneData
	out, err = b.compose(posting, d, false)
	if err != nil || out[0].Content != "<@77>" || len(out[0].Embeds) != 1 || out[0].Embeds[0].Color == 0 || out[0].Flags&flagNoUnfold != 0 {
		t.Errorf("composed %+v, %v", out, err)
	}
	if _, err := b.compose(posting, bot.Draft{}, false); err == nil {
		t.Error("an empty message was composed")
	}
}

// Long texts become several messages, each valid by itself, and nothing of them is lost; a card is cut.
func TestSplit(t *testing.T) {
	t.Parallel()
	b, err := New(Options{Token: testToken})
	if err != nil {
		t.Fatal(err)
	}
	var body commands.Rich
	for range 40 {
		body = append(body, para(commands.Span{Kind: commands.Bold, Text: strings.Repeat("*_😀 ", 20)}, commands.Span{Text: strings.Repeat("kata-kata [x] ", 6)}),
			commands.Block{Kind: commands.Quote, Spans: []commands.Span{{Text: strings.Repeat("baris\n", 9)}}})
	}
	out, err := b.compose(posting, bot.Draft{Body: body, Buttons: buttons(commands.Button{Label: "x", Data: "y"})}, false)
	if err != nil || len(out) < 3 {
		t.Fatalf("%d parts, %v", len(out), err)
	}
	smileys := 0
	for i, m := range out {
		if n := len(utf16.Encode([]rune(m.Content))); n > contentLimit || n == 0 || !utf8.ValidString(m.Content) {
			t.Errorf("part %d has %d units", i, n)
		}
		if strings.Count(m.Content, "**")%2 != 0 {
			t.Errorf("part %d does not close its marks: %s", i, m.Content)
		}
		if (len(m.Components) > 0) != (i == len(out)-1) {
			t.Errorf("part %d has %d rows", i, len(m.Components))
		}
		smileys += strings.Count(m.Content, "😀")
	}
	if smileys != 40*20 {
		t.Errorf("%d of 800 characters are left", smileys)
	}
	out, err = b.compose(posting, bot.Draft{Body: body, Card: "x"}, false)
	if err != nil || len(out) != 1 || !strings.HasSuffix(out[0].Content, "…") {
		t.Errorf("a card of %d parts, %v", len(out), err)
	}
	out, err = b.compose(posting, bot.Draft{Body: body, Card: "x", Tone: commands.ToneStep}, false)
	if err != nil || len(out) != 1 || len(utf16.Encode([]rune(out[0].Embeds[0].Description))) > descriptionLimit {
		t.Errorf("a card of %d parts, %v", len(out), err)
	}
	long := strings.Repeat("a", 5000)
	out, err = b.compose(posting, words(long), false)
	if err != nil || len(out) != 3 || out[0].Content+out[1].Content+out[2].Content != long {
		t.Errorf("a word without blanks became %d parts, %v", len(out), err)
	}
}

func FuzzLiteral(f *testing.F) {
	for _, s := range []string{"", "a", "# *x*", "1. 2. :a:", "\n> `", "\\", "@everyone"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		runs, _ := flatten(commands.Rich{para(commands.Span{Text: s}), {Kind: commands.Quote, Spans: []commands.Span{{Kind: commands.Bold, Text: s}}}}, nil)
		for _, part := range split(runs, 60) {
			text := write(part)
			if n := len(utf16.Encode([]rune(text))); n > 60 {
				t.Errorf("%q became %d units: %q", s, n, text)
			}
			if at := strings.Index(strings.ReplaceAll(text, `\\`, ""), "@"); at >= 0 && strings.ReplaceAll(text, `\\`, "")[max(at-1, 0)] != '\\' {
				t.Errorf("%q leaves a mention: %q", s, text)
			}
		}
	})
}
