package telegram

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
)

// style is how a run is set inside its block.
type style uint8

const (
	plain style = iota
	bold
	italic
	code
	link
)

// run is a piece of text in one style. Tags are made from runs when a message is written, so a text can be cut
// anywhere between characters and its tags are closed and opened again by themselves.
type run struct {
	text  string // clean, not escaped
	style style
	href  string // link
	quote bool   // part of a quotation
}

// maxHref keeps a single link from filling a message.
const maxHref = 2048

// flatten makes runs of a body. mentions maps persons to user ids for pings; the person with the user id asked, who
// must be mentioned for an answer to be asked of them alone, is pinged even where the body only names them.
func flatten(body commands.Rich, mentions map[domain.PersonID]string, asked string) []run {
	var runs []run
	for i, block := range body {
		if i > 0 {
			gap := "\n\n"
			if block.Kind == commands.Item && body[i-1].Kind == commands.Item {
				gap = "\n"
			}
			runs = append(runs, run{text: gap})
		}
		if block.Kind == commands.Item && !numbered(block.Spans) {
			runs = append(runs, run{text: "• "})
		}
		for _, s := range block.Spans {
			r := spanRun(s, mentions, asked)
			r.quote = block.Kind == commands.Quote
			if r.text != "" {
				runs = append(runs, r)
			}
		}
	}
	return runs
}

// numbered says whether an item begins with a rank, "3. ": that needs no bullet beside it.
func numbered(spans []commands.Span) bool {
	var head string
	for _, s := range spans {
		if head += s.Text; len(head) > 4 {
			break
		}
	}
	number, _, found := strings.Cut(head, ". ")
	return found && len(number) <= 3 && digits(number)
}

func spanRun(s commands.Span, mentions map[domain.PersonID]string, asked string) run {
	text := bot.Showable(s.Text)
	switch s.Kind {
	case commands.Bold:
		return run{text: text, style: bold}
	case commands.Italic:
		return run{text: text, style: italic}
	case commands.Code:
		return run{text: text, style: code}
	case commands.LinkTo:
		if text == "" {
			text = bot.Showable(s.URL)
		}
		if href := webLink(s.URL); href != "" {
			return run{text: text, style: link, href: href}
		}
	case commands.Person:
		text = isolate(text)
		if id := mentions[s.Person]; digits(id) && (s.Ping || id == asked) {
			return run{text: text, style: link, href: personLink(id)}
		}
	case commands.BreakUp:
		return run{text: "\n"}
	case commands.Plain, commands.Moment:
	}
	return run{text: text}
}

func personLink(id string) string { return "tg://user?id=" + id }

// webLink returns the address if it is one Telegram makes a link of, else "".
func webLink(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || len(s) > maxHref || !utf8.ValidString(s) || strings.IndexFunc(s, unicode.IsControl) >= 0 {
		return ""
	}
	switch u.Scheme {
	case "http", "https", "tg":
		return s
	}
	return ""
}

// html writes runs as Telegram HTML.
func html(runs []run) string {
	var b strings.Builder
	quoting := false
	for _, r := range runs {
		if r.quote != quoting {
			b.WriteString(quoteTag(r.quote))
			quoting = r.quote
		}
		before, after := r.tags()
		b.WriteString(before)
		if r.style == link {
			escape(&b, r.href)
			b.WriteString(`">`)
		}
		escape(&b, r.text)
		b.WriteString(after)
	}
	if quoting {
		b.WriteString(quoteTag(false))
	}
	return b.String()
}

func quoteTag(begin bool) string {
	if begin {
		return "<blockquote>"
	}
	return "</blockquote>"
}

// tags are what stands around the text; a link's address and the end of its tag are still missing.
func (r run) tags() (before, after string) {
	switch r.style {
	case bold:
		return "<b>", "</b>"
	case italic:
		return "<i>", "</i>"
	case code:
		return "<code>", "</code>"
	case link:
		return `<a href="`, "</a>"
	case plain:
	}
	return "", ""
}

// escape is the only escaper, for texts and for attributes.
func escape(b *strings.Builder, s string) {
	last := 0
	for i := 0; i < len(s); i++ {
		e := escaped(s[i])
		if e == "" {
			continue
		}
		b.WriteString(s[last:i])
		b.WriteString(e)
		last = i + 1
	}
	b.WriteString(s[last:])
}

func escaped(c byte) string {
	switch c {
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '&':
		return "&amp;"
	case '"':
		return "&quot;"
	}
	return ""
}

// bare writes runs without markup.
func bare(runs []run) string {
	var b strings.Builder
	for _, r := range runs {
		b.WriteString(r.text)
	}
	return b.String()
}
