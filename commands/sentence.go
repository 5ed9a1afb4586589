package commands

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"klaster/commands/phrase"
	"klaster/domain"
)

// sentence is a parsed catalogue message: *bold*, _italic_, `code`, {argument}, "- " list items, "> " quotations, an
// empty line between paragraphs, a single line break inside one. A backslash takes the meaning from the next character.
type sentence []passage

type passage struct {
	kind   BlockKind
	pieces []piece
}

type piece struct {
	kind SpanKind
	text string
	arg  string // name of the argument in place of text
}

func parseSentence(source string) (sentence, error) {
	var out sentence
	for _, paragraph := range strings.Split(strings.Trim(source, "\n"), "\n\n") {
		for i, line := range strings.Split(paragraph, "\n") {
			kind := Para
			if rest, ok := strings.CutPrefix(line, "- "); ok {
				kind, line = Item, rest
			} else if rest, ok := strings.CutPrefix(line, "> "); ok {
				kind, line = Quote, rest
			}
			pieces, err := parsePieces(line)
			if err != nil {
				return nil, err
			}
			last := len(out) - 1
			if i > 0 && kind == Para && out[last].kind == Para {
				out[last].pieces = append(append(out[last].pieces, piece{kind: BreakUp}), pieces...)
				continue
			}
			out = append(out, passage{kind: kind, pieces: pieces})
		}
	}
	return out, nil
}

func parsePieces(line string) ([]piece, error) {
	var out []piece
	var run strings.Builder
	style := Plain
	flush := func() {
		if run.Len() > 0 {
			out = append(out, piece{kind: style, text: run.String()})
			run.Reset()
		}
	}
	toggle := func(kind SpanKind) {
		flush()
		if style == kind {
			style = Plain
		} else {
			style = kind
		}
	}
	previous := ' '
	for i := 0; i < len(line); {
		r, size := utf8.DecodeRuneInString(line[i:])
		switch {
		case r == '\\' && i+1 < len(line):
			i += size
			r, size = utf8.DecodeRuneInString(line[i:])
			run.WriteRune(r)
		case r == '`' && (style == Plain || style == Code):
			toggle(Code)
		case r == '*' && (style == Plain || style == Bold):
			toggle(Bold)
		case r == '_' && (style == Italic || style == Plain && (previous == ' ' || previous == '(')):
			toggle(Italic)
		case r == '{':
			end := strings.IndexByte(line[i:], '}')
			if end < 2 {
				return nil, fmt.Errorf("unclosed argument")
			}
			flush()
			out = append(out, piece{kind: style, arg: line[i+1 : i+end]})
			size = end + 1
		default:
			run.WriteRune(r)
		}
		previous = r
		i += size
	}
	if style != Plain {
		return nil, fmt.Errorf("unclosed markup")
	}
	flush()
	return out, nil
}

// arguments lists the names a sentence takes.
func (s sentence) arguments() map[string]bool {
	names := map[string]bool{}
	for _, p := range s {
		for _, piece := range p.pieces {
			if piece.arg != "" {
				names[piece.arg] = true
			}
		}
	}
	return names
}

func (s sentence) fill(lang string, values map[string]any) Rich {
	out := make(Rich, 0, len(s))
	for _, p := range s {
		spans := make([]Span, 0, len(p.pieces))
		for _, piece := range p.pieces {
			if piece.arg == "" {
				spans = append(spans, Span{Kind: piece.kind, Text: piece.text})
				continue
			}
			spans = appendValue(spans, piece.kind, lang, values[piece.arg])
		}
		out = append(out, Block{Kind: p.kind, Spans: oneCode(spans)})
	}
	return out
}

// oneCode joins neighbouring code, so that a command and its number are tapped and copied together.
func oneCode(spans []Span) []Span {
	out := spans[:0]
	for _, s := range spans {
		if last := len(out) - 1; last >= 0 && s.Kind == Code && out[last].Kind == Code {
			out[last].Text += s.Text
			continue
		}
		out = append(out, s)
	}
	return out
}

func appendValue(spans []Span, kind SpanKind, lang string, value any) []Span {
	literal := func(text string) []Span { return append(spans, Span{Kind: kind, Text: text}) }
	switch v := value.(type) {
	case string:
		return literal(v)
	case domain.Text:
		return literal(shownText(lang, v))
	case int:
		return literal(phrase.FormatQuantity(phrase.Quantity(v)*phrase.One, lang))
	case Span:
		return append(spans, styled(v, kind))
	case []Span:
		for _, s := range v {
			spans = append(spans, styled(s, kind))
		}
		return spans
	case Rich:
		for i, block := range v {
			if i > 0 {
				spans = append(spans, Span{Kind: BreakUp})
			}
			for _, s := range block.Spans {
				spans = append(spans, styled(s, kind))
			}
		}
		return spans
	case fmt.Stringer:
		return literal(v.String())
	}
	return spans
}

// styled gives a plain span the style of the place it is put in.
func styled(s Span, kind SpanKind) Span {
	if s.Kind == Plain {
		s.Kind = kind
	}
	return s
}

// shownText is a person's text on its way out; an erased one reads as such.
func shownText(lang string, t domain.Text) string {
	if t != domain.Erased {
		return string(t)
	}
	if lang == "en" {
		return erasedEN
	}
	return erasedID
}

// What is shown in the place of an erased text.
const (
	erasedID = "(dihapus)"
	erasedEN = "(erased)"
)

// ShowsErased says whether a text shows a place where words were erased.
func ShowsErased(r Rich) bool {
	for _, block := range r {
		for _, s := range block.Spans {
			if strings.Contains(s.Text, erasedID) || strings.Contains(s.Text, erasedEN) {
				return true
			}
		}
	}
	return false
}
