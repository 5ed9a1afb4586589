package bot

import (
	"context"
	"unicode/utf16"
	"unicode/utf8"

	"klaster/commands"
	"klaster/domain"
)

// drafting is what a draft is made of.
type drafting struct {
	body    commands.Rich
	buttons [][]commands.Button
	cluster domain.ClusterID
	lang    string
	private bool
}

// draft puts names in the place of persons, and links in the place of buttons that open the private chat.
func (h *Hub) draft(ctx context.Context, p *platform, in drafting) (Draft, error) {
	d := Draft{Body: make(commands.Rich, len(in.body))}
	for i, block := range in.body {
		spans := make([]commands.Span, len(block.Spans))
		for j, s := range block.Spans {
			if s.Kind == commands.Person {
				person, err := h.people.find(ctx, s.Person)
				if err != nil {
					return Draft{}, err
				}
				if person == nil {
					s = commands.Span{Kind: commands.Plain, Text: h.Talk.Label(formerPerson, in.lang)}
				} else {
					s.Text = person.Name
					if user, ok := PersonAccount(*person, p.name); ok && s.Ping {
						if d.Mentions == nil {
							d.Mentions = map[domain.PersonID]string{}
						}
						d.Mentions[person.ID] = user
					}
				}
			}
			spans[j] = s
		}
		d.Body[i] = commands.Block{Kind: block.Kind, Spans: spans}
	}
	linker, links := p.conn.(PrivateLinker)
	for _, row := range in.buttons {
		out := make([]commands.Button, len(row))
		for i, b := range row {
			switch {
			case b.Private == "":
			case in.private: // we are there already: the command itself
				if b.Data == "" {
					b.Data, b.Private = "c:"+b.Private, ""
				}
			case links:
				token, err := h.links.standing(ctx, meaning{Cluster: in.cluster, Text: b.Private})
				if err != nil {
					return Draft{}, err
				}
				b.URL, b.Private = linker.PrivateLink(token), ""
			}
			out[i] = b
		}
		d.Buttons = append(d.Buttons, out)
	}
	return d, nil
}

// formerPerson is the catalogue key of the word for a person who has been forgotten.
const formerPerson = "person.former"

// nameOf shows persons by name in plain text.
func (h *Hub) nameOf(ctx context.Context, lang string) func(domain.PersonID) string {
	return func(id domain.PersonID) string {
		person, err := h.people.find(ctx, id)
		if err != nil || person == nil {
			return h.Talk.Label(formerPerson, lang)
		}
		return person.Name
	}
}

// cut shortens a text to at most limit characters.
func cut(text string, limit int) string {
	if limit <= 0 || utf8.RuneCountInString(text) <= limit {
		return text
	}
	runes := []rune(text)
	return string(runes[:limit-1]) + "…"
}

// split makes texts of at most limit UTF-16 units, between blocks where possible. There is always at least one.
func split(body commands.Rich, limit int) []commands.Rich {
	if limit <= 0 {
		return []commands.Rich{body}
	}
	var parts []commands.Rich
	var part commands.Rich
	used := 0
	for _, block := range body {
		for _, b := range splitBlock(block, limit-blockRoom) {
			need := blockSize(b) + blockRoom
			if used+need > limit && len(part) > 0 {
				parts, part, used = append(parts, part), nil, 0
			}
			part = append(part, b)
			used += need
		}
	}
	return append(parts, part)
}

// fit cuts a text that has to stay one message.
func fit(body commands.Rich, limit int) commands.Rich {
	parts := split(body, limit)
	if len(parts) == 1 {
		return body
	}
	short := split(body, limit-blockRoom-1)[0]
	return append(short[:len(short):len(short)], commands.Block{Spans: []commands.Span{{Text: "…"}}})
}

// blockRoom is what stands between two blocks, with a list's dash.
const blockRoom = 4

// personRoom is what a name is counted as while it is not known yet.
const personRoom = 64

func blockSize(b commands.Block) int {
	n := 0
	for _, s := range b.Spans {
		n += spanSize(s)
	}
	return n
}

func spanSize(s commands.Span) int {
	switch s.Kind {
	case commands.Person:
		return personRoom
	case commands.BreakUp:
		return 1
	}
	return units(s.Text)
}

func units(text string) int {
	n := 0
	for _, r := range text {
		n += utf16.RuneLen(r)
	}
	return n
}

// splitBlock makes blocks of at most limit units.
func splitBlock(b commands.Block, limit int) []commands.Block {
	if blockSize(b) <= limit {
		return []commands.Block{b}
	}
	var out []commands.Block
	now := commands.Block{Kind: b.Kind}
	used := 0
	turn := func() {
		out = append(out, now)
		now, used = commands.Block{Kind: b.Kind}, 0
	}
	for _, s := range b.Spans {
		for used+spanSize(s) > limit {
			if s.Kind == commands.Person || s.Kind == commands.BreakUp || limit-used < 20 {
				turn()
				continue
			}
			head, tail := cutUnits(s.Text, limit-used)
			piece := s
			piece.Text = head
			now.Spans = append(now.Spans, piece)
			turn()
			s.Text = tail
		}
		now.Spans = append(now.Spans, s)
		used += spanSize(s)
	}
	return append(out, now)
}

// cutUnits cuts a text after at most n units, at a space if one is near.
func cutUnits(text string, n int) (head, tail string) {
	used, space := 0, -1
	for i, r := range text {
		if used += utf16.RuneLen(r); used > n {
			if space > i/2 {
				i = space
			}
			return text[:i], text[i:]
		}
		if r == ' ' {
			space = i + 1
		}
	}
	return text, ""
}
