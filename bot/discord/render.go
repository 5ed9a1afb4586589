package discord

import (
	"strconv"
	"strings"
	"unicode"

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
	markup // written as it is: mentions, times, the dash of a list
)

// run is a piece of text in one style. Marks are made from runs when a message is written, so a text can be cut anywhere
// between characters and its marks are closed and opened again by themselves.
type run struct {
	text  string // clean, not escaped
	style style
	href  string // link
	quote bool   // part of a quotation
}

// flatten makes runs of a body. mentions maps persons to user ids for pings; the ids that are pinged come back.
func flatten(body commands.Rich, mentions map[domain.PersonID]string) (runs []run, pinged []string) {
	for i, block := range body {
		if i > 0 {
			gap := "\n\n"
			if block.Kind == commands.Item && body[i-1].Kind == commands.Item {
				gap = "\n"
			}
			runs = append(runs, run{text: gap})
		}
		item := block.Kind == commands.Item
		if item && !numbered(block.Spans) {
			runs = append(runs, run{text: "- ", style: markup})
		}
		for _, s := range block.Spans {
			r := spanRun(s, mentions)
			if s.Kind == commands.Person && r.style == markup {
				pinged = append(pinged, mentions[s.Person])
			}
			if item && s.Kind == commands.BreakUp {
				r = run{text: "\n  "}
			}
			r.quote = block.Kind == commands.Quote
			if r.text != "" {
				runs = join(runs, r)
			}
		}
	}
	return runs, pinged
}

// join adds a run to those before it, in one with the last if they look alike: marks that follow marks are hard to read
// for Discord, too.
func join(runs []run, r run) []run {
	if n := len(runs); n > 0 {
		if last := &runs[n-1]; last.style == r.style && last.quote == r.quote && (r.style == plain || r.style == bold || r.style == italic) {
			last.text += r.text
			return runs
		}
	}
	return append(runs, r)
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
	return found && number != "" && len(number) <= 3 && strings.Trim(number, "0123456789") == ""
}

func spanRun(s commands.Span, mentions map[domain.PersonID]string) run {
	text := bot.Showable(s.Text)
	switch s.Kind {
	case commands.Bold:
		return run{text: text, style: bold}
	case commands.Italic:
		return run{text: text, style: italic}
	case commands.Code:
		return run{text: text, style: code}
	case commands.LinkTo:
		href := webLink(s.URL)
		switch {
		case href == "" && text == "":
			return run{text: bot.Showable(s.URL)}
		case href == "":
			return run{text: text}
		case text == "" || strings.Contains(text, "://"): // Discord shows no link whose words are another address
			return run{text: "<" + href + ">", style: markup}
		}
		return run{text: text, style: link, href: href}
	case commands.Person:
		if id := mentions[s.Person]; s.Ping && snowflake(id) {
			return run{text: "<@" + id + ">", style: markup}
		}
		return run{text: isolate(text)}
	case commands.Moment:
		if !s.At.IsZero() {
			return run{text: "<t:" + strconv.FormatInt(s.At.Unix(), 10) + ":f>", style: markup}
		}
	case commands.BreakUp:
		return run{text: "\n"}
	case commands.Plain:
	}
	return run{text: text}
}

// write renders runs as Discord's markdown.
func write(runs []run) string {
	w := writer{head: true}
	for _, r := range runs {
		if r.quote && w.last == 0 || r.quote && w.last == '\n' && !w.quoted {
			w.raw("> ")
			w.head = true
		}
		w.quoted = r.quote
		w.run(r)
	}
	return w.b.String()
}

// writer keeps what the meaning of a character depends on.
type writer struct {
	b      strings.Builder
	head   bool // nothing but blanks and digits in this line so far
	digits bool // and the last of it was a digit
	quoted bool
	last   rune
}

func (w *writer) raw(s string) {
	w.b.WriteString(s)
	for _, c := range s {
		w.last = c
	}
}

func (w *writer) run(r run) {
	switch r.style {
	case markup:
		w.raw(r.text)
		w.head, w.digits = false, false
	case code:
		if text := strings.TrimSpace(strings.NewReplacer("`", "ˋ", "\n", " ").Replace(r.text)); text != "" {
			w.raw("`" + text + "`")
			w.head, w.digits = false, false
		}
	case bold:
		w.marked(r.text, "**", "**")
	case italic:
		w.marked(r.text, "*", "*")
	case link:
		w.marked(r.text, "[", "](<"+r.href+">)")
	case plain:
		w.literal(r.text)
	}
}

// marked sets marks around each line, and leaves white space outside of them: inside, they would not be understood.
func (w *writer) marked(text, before, after string) {
	for i, line := range strings.Split(text, "\n") {
		if i > 0 {
			w.literal("\n")
		}
		core := strings.TrimFunc(line, unicode.IsSpace)
		if core == "" {
			w.literal(line)
			continue
		}
		at := strings.Index(line, core)
		w.literal(line[:at])
		if w.last == '*' && before[0] == '*' {
			w.raw("\u200b")
		}
		w.raw(before)
		w.head, w.digits = false, false
		w.literal(core)
		w.raw(after)
		w.literal(line[at+len(core):])
	}
}

// literal writes text so that every character stands for itself.
func (w *writer) literal(s string) {
	for i, c := range s {
		if w.special(c, s[i:]) {
			w.b.WriteByte('\\')
		}
		w.b.WriteRune(c)
		w.digits = w.head && c >= '0' && c <= '9'
		switch {
		case c == '\n':
			w.head = true
			if w.quoted {
				w.b.WriteString("> ")
			}
		case c != ' ' && c != '\t' && !w.digits:
			w.head = false
		}
		w.last = c
	}
}

// special tells whether a character at the beginning of rest would be understood as markup.
func (w *writer) special(c rune, rest string) bool {
	switch c {
	case '\\', '`', '*', '_', '~', '|', '[', ']', '<', '@':
		return true
	case '#', '-', '+', '>':
		return w.head
	case '.', ')':
		return w.digits
	case ':':
		if len(rest) < 2 {
			return false
		}
		next := rest[1]
		if next >= '0' && next <= '9' {
			return w.last < '0' || w.last > '9'
		}
		return next == '/' || next == '_' || next == '+' || next == '-' || next|0x20 >= 'a' && next|0x20 <= 'z'
	}
	return false
}
