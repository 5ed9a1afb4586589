package commands

import (
	"strings"
	"time"

	"klaster/domain"
)

// Rich is text as people read it: blocks of spans. It is the only form in which sentences leave this package; every
// adapter renders it in its platform's way. What a person typed is always a literal span and can become neither markup
// nor a mention.
type Rich []Block

// BlockKind says how a block is set.
type BlockKind uint8

const (
	Para  BlockKind = iota
	Quote           // someone's words
	Item            // one line of a list
)

// Block is a paragraph, a quotation or a list item.
type Block struct {
	Kind  BlockKind
	Spans []Span
}

// SpanKind says what a span is.
type SpanKind uint8

const (
	Plain   SpanKind = iota
	Bold             //
	Italic           //
	Code             // a command or an example, tapped to copy
	LinkTo           // URL, shown as Text
	Person           // the bot puts the person's name, or a mention, in its place
	Moment           // a point in time; Text is the written form, platforms that localise may use At
	BreakUp          // line break inside a block
)

// Span is a run of one kind.
type Span struct {
	Kind   SpanKind
	Text   string
	URL    string
	Person domain.PersonID
	Ping   bool // Person: mention, so that the person is notified
	At     time.Time
}

// Plaintext renders without markup: for tests, logs of samples, alternative texts and length estimates. Persons are
// shown by name(id).
func (r Rich) Plaintext(name func(domain.PersonID) string) string {
	var b strings.Builder
	for i, block := range r {
		if i > 0 {
			b.WriteByte('\n')
			if block.Kind != Item || r[i-1].Kind != Item {
				b.WriteByte('\n')
			}
		}
		switch block.Kind {
		case Quote:
			b.WriteString("> ")
		case Item:
			b.WriteString("- ")
		}
		for _, s := range block.Spans {
			switch s.Kind {
			case Person:
				b.WriteString(name(s.Person))
			case BreakUp:
				b.WriteByte('\n')
			default:
				b.WriteString(s.Text)
			}
		}
	}
	return b.String()
}
