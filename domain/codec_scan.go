package domain

import (
	"bytes"
	"encoding/json"
)

// cursor reads the JSON that Encode writes: no blanks, known order. It never runs past the end; once something is not
// as expected it has failed and yields zero values.
type cursor struct {
	b      []byte
	i      int
	failed bool
	item   string // the identifier read last: a batch of votes repeats it
	texts  textReader
	events []Event // of all commits so far: they share one list
}

// accept moves on when the literal comes next.
func (c *cursor) accept(literal string) bool {
	if c.failed || len(c.b)-c.i < len(literal) || string(c.b[c.i:c.i+len(literal)]) != literal {
		return false
	}
	c.i += len(literal)
	return true
}

func (c *cursor) literal(literal string) {
	if !c.accept(literal) {
		c.failed = true
	}
}

// number reads a whole number of at most 18 digits.
func (c *cursor) number() int64 {
	negative := c.accept("-")
	n, digits := int64(0), 0
	for c.i < len(c.b) && c.b[c.i] >= '0' && c.b[c.i] <= '9' && digits <= 18 {
		n = 10*n + int64(c.b[c.i]-'0')
		c.i++
		digits++
	}
	if digits == 0 || digits > 18 {
		c.failed = true
		return 0
	}
	if negative {
		return -n
	}
	return n
}

// quoted gives a string as it stands between its quotes, and whether it has escapes.
func (c *cursor) quoted() (inside []byte, escaped bool) {
	c.literal(`"`)
	if c.failed {
		return nil, false
	}
	start := c.i
	for c.i < len(c.b) {
		switch c.b[c.i] {
		case '"':
			c.i++
			return c.b[start : c.i-1], escaped
		case '\\':
			escaped = true
			c.i++
		}
		c.i++
	}
	c.failed = true
	return nil, false
}

// text reads a string.
func (c *cursor) text() string {
	start := c.i
	inside, escaped := c.quoted()
	if !escaped {
		return string(inside)
	}
	var s string
	if c.failed || json.Unmarshal(c.b[start:c.i], &s) != nil {
		c.failed = true
		return ""
	}
	return s
}

// itemID reads an identifier that is likely to be the one read before.
func (c *cursor) itemID() ItemID {
	start := c.i
	if inside, escaped := c.quoted(); !escaped && string(inside) == c.item {
		return ItemID(c.item)
	}
	if c.failed {
		return ""
	}
	c.i = start
	c.item = c.text()
	return ItemID(c.item)
}

// object gives the JSON object that comes next, braces included.
func (c *cursor) object() []byte {
	start, depth := c.i, 0
	for !c.failed && c.i < len(c.b) {
		switch c.b[c.i] {
		case '"':
			c.quoted()
			continue
		case '{':
			depth++
		case '}':
			depth--
		}
		c.i++
		if depth == 0 {
			return c.b[start:c.i]
		}
	}
	c.failed = true
	return nil
}

// appendString writes a JSON string; what needs no escaping, nearly everything, is copied.
func appendString(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			quoted, _ := json.Marshal(s) // a string cannot fail
			return append(b, quoted...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// withType puts the stored name in front of an event's own fields.
func withType(b []byte, name string, fields []byte) []byte {
	b = append(b, `{"type":`...)
	b = appendString(b, name)
	if !bytes.Equal(fields, []byte("{}")) {
		b = append(b, ',')
	}
	return append(b, fields[1:]...)
}
