package telegramtest

import (
	"strings"
	"testing"
)

func TestParseHTML(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, text, entities, problem string }{
		{in: "plain", text: "plain"},
		{in: "a &lt;b&gt; &amp; &quot;c&quot; &#39;d&#x27;", text: `a <b> & "c" 'd'`},
		{in: "<b>x</b>", text: "x", entities: `[{"type":"bold","offset":0,"length":1}]`},
		{in: "🏭<i>é</i>", text: "🏭é", entities: `[{"type":"italic","offset":2,"length":1}]`},
		{
			in: "<b>a<i>b</i></b>", text: "ab",
			entities: `[{"type":"italic","offset":1,"length":1},{"type":"bold","offset":0,"length":2}]`,
		},
		{in: `<a href="https://x.y/?a=1&amp;b=2">l</a>`, text: "l", entities: `[{"type":"text_link","offset":0,"length":1,"url":"https://x.y/?a=1&b=2"}]`},
		{in: `<pre><code class="language-go">x</code></pre>`, text: "x", entities: `[{"type":"code","offset":0,"length":1},{"type":"pre","offset":0,"length":1}]`},
		{in: "<blockquote expandable>q</blockquote>", text: "q", entities: `[{"type":"blockquote","offset":0,"length":1}]`},
		{in: "<tg-spoiler><u><s><strong><em>x</em></strong></s></u></tg-spoiler>", text: "x", entities: "*"},
		{in: "<b></b>", text: ""},

		{in: "<div>x</div>", problem: `Unsupported start tag "div" at byte offset 0`},
		{in: "é<B>x</B>", problem: `Unsupported start tag "B" at byte offset 2`},
		{in: "a <", problem: "Unclosed start tag at byte offset 2"},
		{in: "<b>x", problem: `Can't find end tag corresponding to start tag "b"`},
		{in: "<b>x</b", problem: "Unclosed end tag at byte offset 4"},
		{in: "x</b>", problem: "Unexpected end tag at byte offset 1"},
		{in: "<b><i>x</b></i>", problem: `Unmatched end tag at byte offset 7, expected "</i>", found "</b>"`},
		{in: "a & b", problem: `Unescaped "&" at byte offset 2`},
		{in: "a &nbsp; b", problem: `Unsupported entity "&nbsp;" at byte offset 2`},
		{in: "a &apos; b", problem: `Unsupported entity "&apos;" at byte offset 2`},
		{in: "&#0;", problem: `Unsupported entity "&#0;" at byte offset 0`},
		{in: "&#xD800;", problem: `Unsupported entity "&#xD800;" at byte offset 0`},
		{in: "a > b", problem: `Unescaped ">" at byte offset 2`},
		{in: "<a>x</a>", problem: `Tag "a" must have a non-empty href at byte offset 0`},
		{in: `<a href="">x</a>`, problem: `Tag "a" must have a non-empty href at byte offset 0`},
		{in: "<a href=x>y</a>", problem: `Attribute value must be in double quotes in the tag "a" at byte offset 0`},
		{in: `<a href="x" id="y">z</a>`, problem: `Attribute value must be in double quotes in the tag "a" at byte offset 0`},
		{in: `<a href="a&b">z</a>`, problem: `Attribute value must be escaped in the tag "a" at byte offset 0`},
		{in: `<b class="x">y</b>`, problem: `Unsupported attribute "class" in the tag "b" at byte offset 0`},
		{in: `<code class="language-go">x</code>`, problem: `Unsupported attribute "class" in the tag "code" at byte offset 0`},
		{in: "<b =x>y</b>", problem: `Empty attribute name in the tag "b" at byte offset 0`},
		{in: "<code><b>x</b></code>", problem: `Tag "b" can't be nested in "code" at byte offset 6`},
		{in: "<pre><b>x</b></pre>", problem: `Tag "b" can't be nested in "pre" at byte offset 5`},
		{in: "<b>x<strong>y</strong></b>", problem: `Tag "strong" can't be nested in "b" at byte offset 4`},
		{in: "<blockquote>x<blockquote>y</blockquote></blockquote>", problem: `Tag "blockquote" can't be nested in "blockquote" at byte offset 13`},
		{in: "a\xff", problem: "text must be encoded in UTF-8"},
		{in: "<b>a\xff</b>", problem: "text must be encoded in UTF-8"},
	} {
		text, units, entities, err := parseHTML(c.in)
		switch {
		case c.problem != "":
			if err == nil || err.text != c.problem {
				t.Errorf("parseHTML(%q): error %v, want %s", c.in, err, c.problem)
			}
		case err != nil:
			t.Errorf("parseHTML(%q): %s", c.in, err.text)
		case text != c.text || units != utf16Len(c.text) || c.entities != "*" && entities != c.entities:
			t.Errorf("parseHTML(%q) = %q, %d, %s; want %q, %d, %s", c.in, text, units, entities, c.text, utf16Len(c.text), c.entities)
		}
	}
}

func TestStringsAreJSON(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a\"b\\c\n\x01é🏭": `"a\"b\\c\n\u0001é🏭"`,
		"x\xffy":          `"x` + "\ufffd" + `y"`,
		"":                `""`,
	} {
		if got := string(appendString(nil, in)); got != want {
			t.Errorf("appendString(%q) = %s, want %s", in, got, want)
		}
	}
}

func FuzzParseHTML(f *testing.F) {
	for _, s := range []string{"<b>x</b>", "&lt;", `<a href="x">y</a>`, "<pre><code class=\"language-go\">x</code></pre>", "&#"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		text, units, _, err := parseHTML(in)
		if err == nil && units != utf16Len(text) {
			t.Fatalf("%q: %d units counted, %d there", in, units, utf16Len(text))
		}
		if err == nil && len(text) > len(in) && !strings.Contains(in, "&") {
			t.Fatalf("%q grew to %q", in, text)
		}
	})
}
