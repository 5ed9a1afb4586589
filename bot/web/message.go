package web

import (
	"encoding/json"
	"net/url"
	"strings"
	"time"

	"klaster/bot"
	"klaster/commands"
)

// message is a line as it is stored and as the page gets it.
type message struct {
	Author  string     `json:"author,omitempty"` // a person's name; empty: the bot
	At      time.Time  `json:"at"`
	Updated *time.Time `json:"updated,omitempty"` // the bot has replaced the content
	Cause   string     `json:"cause,omitempty"`   // of a person's message
	Failed  bool       `json:"failed,omitempty"`  // the bot has not got it (yet)
	To      string     `json:"to,omitempty"`      // whose message this one answers
	Blocks  []block    `json:"blocks,omitempty"`
	Buttons [][]button `json:"buttons,omitempty"`
	Tone    string     `json:"tone,omitempty"`
	Card    bool       `json:"card,omitempty"`
	Ask     string     `json:"ask,omitempty"` // an answer is awaited; the hint for the composer
	For     string     `json:"for,omitempty"` // from this person only
	File    *fileLink  `json:"file,omitempty"`
}

type block struct {
	Kind  string `json:"kind"` // para, quote, item
	Spans []span `json:"spans"`
}

type span struct {
	Kind string `json:"kind"` // plain, bold, italic, code, link, person, time, break
	Text string `json:"text,omitempty"`
	URL  string `json:"url,omitempty"`
	Ping string `json:"ping,omitempty"` // the name of the person to notify
}

// button: exactly one of data, url and private is set.
type button struct {
	Label   string `json:"label"`
	Data    string `json:"data,omitempty"`
	URL     string `json:"url,omitempty"`
	Private string `json:"private,omitempty"`
	Style   string `json:"style,omitempty"` // commands.Style
}

// fileLink leads to a file of the shelf.
type fileLink struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Size  int    `json:"size"`
	Image bool   `json:"image,omitempty"`
}

// encode cannot fail: the type holds nothing that JSON lacks.
func (m message) encode() []byte {
	body, err := json.Marshal(m)
	if err != nil {
		panic("web: message: " + err.Error())
	}
	return body
}

// drafted is the bot's message.
func drafted(d bot.Draft, at time.Time) message {
	m := message{At: at, Tone: string(d.Tone), Card: d.Card != "", Ask: d.Ask}
	if v, ok := userOf(d.For); ok && d.Ask != "" {
		m.For = v.name
	}
	for _, b := range d.Body {
		out := block{Kind: blockKind(b.Kind)}
		for _, s := range b.Spans {
			out.Spans = append(out.Spans, spanOf(s, d))
		}
		m.Blocks = append(m.Blocks, out)
	}
	for _, row := range d.Buttons {
		var out []button
		for _, b := range row {
			if b.URL != "" && !safeURL(b.URL) {
				continue
			}
			out = append(out, button{Label: b.Label, Data: b.Data, URL: b.URL, Private: b.Private, Style: string(b.Style)})
		}
		if len(out) > 0 {
			m.Buttons = append(m.Buttons, out)
		}
	}
	return m
}

func blockKind(k commands.BlockKind) string {
	switch k {
	case commands.Quote:
		return "quote"
	case commands.Item:
		return "item"
	}
	return "para"
}

func spanOf(s commands.Span, d bot.Draft) span {
	out := span{Kind: "plain", Text: s.Text}
	switch s.Kind {
	case commands.Bold:
		out.Kind = "bold"
	case commands.Italic:
		out.Kind = "italic"
	case commands.Code:
		out.Kind = "code"
	case commands.LinkTo:
		if safeURL(s.URL) {
			out.Kind, out.URL = "link", s.URL
		}
	case commands.Person:
		out.Kind = "person"
		if v, ok := userOf(d.Mentions[s.Person]); ok && s.Ping {
			out.Ping = v.name
		}
	case commands.Moment:
		out.Kind = "time"
	case commands.BreakUp:
		out.Kind = "break"
	}
	return out
}

// safeURL lets only addresses of web pages through.
func safeURL(s string) bool {
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.User == nil
}

// typed is a person's message.
func typed(v visitor, cause, text string, file *fileLink, at time.Time) message {
	m := message{Author: v.name, At: at, Cause: cause, File: file}
	for part := range strings.SplitSeq(text, "\n\n") {
		if part = strings.Trim(part, "\n"); part == "" {
			continue
		}
		b := block{Kind: "para"}
		for i, row := range strings.Split(part, "\n") {
			if i > 0 {
				b.Spans = append(b.Spans, span{Kind: "break"})
			}
			if row != "" {
				b.Spans = append(b.Spans, span{Kind: "plain", Text: row})
			}
		}
		m.Blocks = append(m.Blocks, b)
	}
	return m
}
