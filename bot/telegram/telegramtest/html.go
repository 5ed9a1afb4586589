package telegramtest

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// htmlEntity is the entity a tag makes, "" for a tag the bot may not use. Telegram knows some
// more; a bot that keeps to these is right on every version.
func htmlEntity(tag string) string {
	switch tag {
	case "b", "strong":
		return "bold"
	case "i", "em":
		return "italic"
	case "u":
		return "underline"
	case "s":
		return "strikethrough"
	case "code":
		return "code"
	case "pre":
		return "pre"
	case "a":
		return "text_link"
	case "blockquote":
		return "blockquote"
	case "tg-spoiler":
		return "spoiler"
	}
	return ""
}

// htmlError is what follows "Bad Request: can't parse entities: ".
type htmlError struct{ text string }

func (e *htmlError) Error() string { return e.text }

type openTag struct {
	name, value string // value: href or language
	at          int    // UTF-16 units before it
}

type htmlReader struct {
	in       string
	pos      int
	out      []byte
	units    int // UTF-16 units in out
	open     []openTag
	entities []byte
}

// parseHTML returns the plain text, its length in UTF-16 units and the entities as JSON.
// It is stricter than the real server: a bare & or > is refused, too.
func parseHTML(in string) (text string, units int, entities string, err *htmlError) {
	if !strings.ContainsAny(in, "<>&") {
		if !utf8.ValidString(in) {
			return "", 0, "", &htmlError{"text must be encoded in UTF-8"}
		}
		return in, utf16Len(in), "", nil
	}
	r := htmlReader{in: in, out: make([]byte, 0, len(in))}
	for r.pos < len(in) && err == nil {
		switch in[r.pos] {
		case '<':
			if strings.HasPrefix(in[r.pos:], "</") {
				err = r.endTag()
			} else {
				err = r.startTag()
			}
		case '>':
			err = r.fail(r.pos, "Unescaped \">\"")
		case '&':
			err = r.reference()
		default:
			err = r.plain()
		}
	}
	if err == nil && len(r.open) > 0 {
		err = &htmlError{fmt.Sprintf("Can't find end tag corresponding to start tag %q", r.open[len(r.open)-1].name)}
	}
	if err != nil {
		return "", 0, "", err
	}
	if r.entities != nil {
		r.entities = append(r.entities, ']')
	}
	return string(r.out), r.units, string(r.entities), nil
}

func (r *htmlReader) fail(at int, what string) *htmlError {
	return &htmlError{fmt.Sprintf("%s at byte offset %d", what, at)}
}

func (r *htmlReader) plain() *htmlError {
	c, n := utf8.DecodeRuneInString(r.in[r.pos:])
	if c == utf8.RuneError && n == 1 {
		return &htmlError{"text must be encoded in UTF-8"}
	}
	r.write(c)
	r.pos += n
	return nil
}

func (r *htmlReader) write(c rune) {
	r.out = utf8.AppendRune(r.out, c)
	r.units++
	if c >= 0x10000 {
		r.units++
	}
}

// reference reads &lt; &gt; &amp; &quot; or a numeric one.
func (r *htmlReader) reference() *htmlError {
	end := strings.IndexByte(r.in[r.pos:], ';')
	if end < 0 {
		return r.fail(r.pos, "Unescaped \"&\"")
	}
	name := r.in[r.pos+1 : r.pos+end]
	var c rune
	switch name {
	case "lt":
		c = '<'
	case "gt":
		c = '>'
	case "amp":
		c = '&'
	case "quot":
		c = '"'
	default:
		digits, numeric := strings.CutPrefix(name, "#")
		base := 10
		if hex, ok := strings.CutPrefix(digits, "x"); ok {
			digits, base = hex, 16
		}
		n, err := strconv.ParseUint(digits, base, 21)
		if !numeric || err != nil || n == 0 || !utf8.ValidRune(rune(n)) {
			return r.fail(r.pos, fmt.Sprintf("Unsupported entity %q", "&"+cut(name, 20)+";"))
		}
		c = rune(n)
	}
	r.write(c)
	r.pos += end + 1
	return nil
}

func (r *htmlReader) startTag() *htmlError {
	begin := r.pos
	end := strings.IndexByte(r.in[begin:], '>')
	if end < 0 {
		return r.fail(begin, "Unclosed start tag")
	}
	name, attributes, _ := strings.Cut(r.in[begin+1:begin+end], " ")
	if htmlEntity(name) == "" {
		return r.fail(begin, fmt.Sprintf("Unsupported start tag %q", cut(name, 20)))
	}
	t := openTag{name: name, at: r.units}
	if err := r.mayOpen(name, begin); err != nil {
		return err
	}
	key, value, err := readAttribute(attributes)
	switch {
	case err != "":
		return r.fail(begin, fmt.Sprintf("%s in the tag %q", err, name))
	case name == "a" && (key != "href" || value == ""):
		return r.fail(begin, "Tag \"a\" must have a non-empty href")
	case name == "a":
	case key == "":
	case name == "code" && key == "class" && strings.HasPrefix(value, "language-") && r.inside("pre"):
	case name == "blockquote" && key == "expandable" && value == "":
	default:
		return r.fail(begin, fmt.Sprintf("Unsupported attribute %q in the tag %q", key, name))
	}
	t.value = value
	r.open = append(r.open, t)
	r.pos = begin + end + 1
	return nil
}

// mayOpen knows what cannot be nested: nothing goes into code (or pre, but for its own
// code), a link into a link, a quotation into a quotation, a tag into itself.
func (r *htmlReader) mayOpen(name string, at int) *htmlError {
	for i, t := range r.open {
		same := htmlEntity(t.name) == htmlEntity(name)
		inPre := t.name == "pre" && !(name == "code" && i == len(r.open)-1)
		if same || t.name == "code" || inPre {
			return r.fail(at, fmt.Sprintf("Tag %q can't be nested in %q", name, t.name))
		}
	}
	return nil
}

func (r *htmlReader) inside(name string) bool {
	for _, t := range r.open {
		if t.name == name {
			return true
		}
	}
	return false
}

// readAttribute reads the one attribute a tag may have: name="value", or a bare name.
func readAttribute(s string) (key, value, problem string) {
	s = strings.TrimSpace(s)
	if s == "" {
		return "", "", ""
	}
	key, quoted, has := strings.Cut(s, "=")
	if key == "" {
		return "", "", "Empty attribute name"
	}
	if !has {
		return key, "", ""
	}
	if len(quoted) < 2 || quoted[0] != '"' || strings.IndexByte(quoted[1:], '"') != len(quoted)-2 {
		return "", "", "Attribute value must be in double quotes"
	}
	value = quoted[1 : len(quoted)-1]
	plain, _, _, err := parseHTML(value)
	if err != nil || strings.Contains(value, "<") {
		return "", "", "Attribute value must be escaped"
	}
	return key, plain, ""
}

func (r *htmlReader) endTag() *htmlError {
	begin := r.pos
	end := strings.IndexByte(r.in[begin:], '>')
	if end < 0 {
		return r.fail(begin, "Unclosed end tag")
	}
	name := r.in[begin+2 : begin+end]
	if len(r.open) == 0 {
		return r.fail(begin, "Unexpected end tag")
	}
	t := r.open[len(r.open)-1]
	if t.name != name {
		return &htmlError{fmt.Sprintf("Unmatched end tag at byte offset %d, expected \"</%s>\", found \"</%s>\"", begin, t.name, cut(name, 20))}
	}
	r.open = r.open[:len(r.open)-1]
	r.pos = begin + end + 1
	if r.units > t.at {
		r.entity(t)
	}
	return nil
}

func (r *htmlReader) entity(t openTag) {
	if r.entities == nil {
		r.entities = append(r.entities, '[')
	} else {
		r.entities = append(r.entities, ',')
	}
	b := appendText(r.entities, `{"type":`, htmlEntity(t.name))
	b = appendInt(b, `,"offset":`, int64(t.at))
	b = appendInt(b, `,"length":`, int64(r.units-t.at))
	if t.name == "a" {
		b = appendText(b, `,"url":`, t.value)
	}
	r.entities = append(b, '}')
}

func cut(s string, n int) string {
	if len(s) > n {
		return s[:n]
	}
	return s
}

func utf16Len(s string) int {
	n := 0
	for _, c := range s {
		n++
		if c >= 0x10000 {
			n++
		}
	}
	return n
}
