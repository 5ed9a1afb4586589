package discordtest

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Message is a message as it stands now.
type Message struct {
	ID, Channel string
	Author      string // id of a person, or BotID
	FromBot     bool
	Content     string
	Embeds      []Embed
	Buttons     [][]Button // of each row that has some
	Selects     []Select
	Texts       []string // text displays of Components V2, in order
	Files       []File
	Flags       int64
	Ephemeral   bool
	Loading     bool // deferred: "the bot is thinking"
	Interaction string
	ReplyTo     string
	Nonce       string
	Mentions    []string // ids of the people who are pinged
	Edits       int
	Deleted     bool
	At          time.Time
}

// Embed is an embed as a person reads it.
type Embed struct {
	Title, Description, URL string
	Fields                  []Field
	Author, Footer          string
	Image                   string
}

// Field is a field of an embed.
type Field struct {
	Name, Value string
	Inline      bool
}

// Button is a button of a message.
type Button struct {
	Label, CustomID, URL string
	Style                int
	Disabled             bool
}

// Select is a select menu. Only string selects have options.
type Select struct {
	Type                  int
	CustomID, Placeholder string
	Min, Max              int
	Options               []SelectOption
	Disabled              bool
}

// SelectOption is an option of a string select.
type SelectOption struct {
	Label, Value, Description string
	Default                   bool
}

// Modal is a form on a person's screen.
type Modal struct {
	Interaction     string // that was answered with it; Submit takes it
	CustomID, Title string
	Inputs          []TextInput
}

// TextInput is an input of a form.
type TextInput struct {
	CustomID, Label, Placeholder, Value string
	Paragraph, Required                 bool
	Min, Max                            int
	labelled                            bool
}

// Text is everything of a message that can be read, one part a line.
func (m Message) Text() string {
	parts := []string{m.Content}
	for _, e := range m.Embeds {
		parts = append(parts, e.Author, e.Title, e.Description)
		for _, f := range e.Fields {
			parts = append(parts, f.Name, f.Value)
		}
		parts = append(parts, e.Footer)
	}
	parts = append(parts, m.Texts...)
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "\n")
}

// Labels are the labels of all buttons, row after row.
func (m Message) Labels() (labels []string) {
	for _, row := range m.Buttons {
		for _, b := range row {
			labels = append(labels, b.Label)
		}
	}
	return labels
}

func (m *message) view(self string) Message {
	v := Message{
		ID: m.id, Channel: m.channel.id, Author: m.author.ID, FromBot: m.author.ID == self, Content: m.content, Files: slices.Clone(m.files),
		Flags: m.flags, Ephemeral: m.ephemeral(), Loading: m.loading(), Edits: m.edits, Deleted: m.deleted, At: m.at,
	}
	if m.interaction != nil {
		v.Interaction = m.interaction.id
	}
	if m.reply != nil {
		v.ReplyTo = m.reply.id
	}
	if m.nonce != nil {
		v.Nonce = asText(m.nonce)
		if v.Nonce == "" {
			v.Nonce = strconv.FormatInt(asNumber(m.nonce), 10)
		}
	}
	for _, p := range m.mentions {
		v.Mentions = append(v.Mentions, p.ID)
	}
	for _, e := range m.embeds {
		v.Embeds = append(v.Embeds, embedView(asObject(e)))
	}
	v.components(m.components)
	return v
}

func embedView(o object) Embed {
	e := Embed{
		Title: asText(o["title"]), Description: asText(o["description"]), URL: asText(o["url"]),
		Author: asText(asObject(o["author"])["name"]), Footer: asText(asObject(o["footer"])["text"]), Image: asText(asObject(o["image"])["url"]),
	}
	for _, f := range asList(o["fields"]) {
		p := asObject(f)
		field := Field{Name: asText(p["name"]), Value: asText(p["value"])}
		field.Inline, _ = p["inline"].(bool)
		e.Fields = append(e.Fields, field)
	}
	return e
}

// components reads what can be seen and used, also inside the containers of V2.
func (m *Message) components(list []any) {
	var row []Button
	for _, v := range list {
		o := asObject(v)
		switch t := int(asNumber(o["type"])); t {
		case componentButton:
			b := Button{Label: asText(o["label"]), CustomID: asText(o["custom_id"]), URL: asText(o["url"]), Style: int(asNumber(o["style"]))}
			b.Disabled, _ = o["disabled"].(bool)
			if b.Label == "" {
				b.Label = asText(asObject(o["emoji"])["name"])
			}
			row = append(row, b)
		case componentSelect, componentUserSelect, 6, 7, 8:
			m.Selects = append(m.Selects, selectView(o, t))
		case 10:
			m.Texts = append(m.Texts, asText(o["content"]))
		default:
			m.components(asList(o["components"]))
			if a := asObject(o["accessory"]); a != nil {
				m.components([]any{a})
			}
		}
	}
	if row != nil {
		m.Buttons = append(m.Buttons, row)
	}
}

func selectView(o object, kind int) Select {
	s := Select{Type: kind, CustomID: asText(o["custom_id"]), Placeholder: asText(o["placeholder"]), Min: 1, Max: 1}
	s.Disabled, _ = o["disabled"].(bool)
	if v := o["min_values"]; v != nil {
		s.Min = int(asNumber(v))
	}
	if v := o["max_values"]; v != nil {
		s.Max = int(asNumber(v))
	}
	for _, v := range asList(o["options"]) {
		p := asObject(v)
		option := SelectOption{Label: asText(p["label"]), Value: asText(p["value"]), Description: asText(p["description"])}
		option.Default, _ = p["default"].(bool)
		s.Options = append(s.Options, option)
	}
	return s
}

func modalOf(i *interaction, data object) *Modal {
	m := &Modal{Interaction: i.id, CustomID: asText(data["custom_id"]), Title: asText(data["title"])}
	for _, v := range asList(data["components"]) {
		row := asObject(v)
		inputs, label := asList(row["components"]), ""
		if asNumber(row["type"]) == componentLabel {
			inputs, label = []any{row["component"]}, asText(row["label"])
		}
		for _, in := range inputs {
			o := asObject(in)
			input := TextInput{
				CustomID: asText(o["custom_id"]), Label: asText(o["label"]), Placeholder: asText(o["placeholder"]), Value: asText(o["value"]),
				Paragraph: asNumber(o["style"]) == 2, Required: true, Max: 4000, labelled: label != "",
			}
			if label != "" {
				input.Label = label
			}
			if v, given := o["required"].(bool); given {
				input.Required = v
			}
			if v := o["min_length"]; v != nil {
				input.Min = int(asNumber(v))
			}
			if v := o["max_length"]; v != nil {
				input.Max = int(asNumber(v))
			}
			m.Inputs = append(m.Inputs, input)
		}
	}
	return m
}
