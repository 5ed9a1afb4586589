package discord

import (
	"strconv"
	"strings"

	"github.com/bwmarrin/discordgo"

	"klaster/bot"
	"klaster/commands"
)

// Limits of components.
const (
	dataLimit     = 64  // bytes of a button's data
	customLimit   = 100 // of a custom id with what we put before it
	labelLimit    = 80  // UTF-16 units of a button's label
	optionLimit   = 100 // of an option's label
	inputLimit    = 45  // of an input's label and a window's title
	hintLimit     = 100 // of a placeholder
	valueLimit    = 4000
	rowLimit      = 5
	rowsLimit     = 5
	optionsLimit  = 25
	windowRows    = 5
	customVersion = '1'
)

// customKind says what a custom id is of. A custom id is the version, the kind, perhaps a number that keeps it apart from
// an equal one, a colon, and what the kind carries.
type customKind string

const (
	ofButton  customKind = ""
	ofCommand customKind = "p" // runs a command, answered aside
	ofList    customKind = "s" // Blank.Data, "|", key of the field
	ofWindow  customKind = "m"
	aside     customKind = "a" // behind ofList or ofWindow: answered aside
)

func custom(kind customKind, rest string) string {
	return string(customVersion) + string(kind) + ":" + rest
}

// readCustom takes a custom id apart; false for one that is not ours, or of another version.
func readCustom(id string) (kind customKind, rest string, ok bool) {
	head, rest, found := strings.Cut(id, ":")
	if !found || head == "" || head[0] != customVersion || len(id) > customLimit {
		return "", "", false
	}
	kind = customKind(strings.TrimRight(head[1:], "0123456789"))
	switch kind {
	case ofButton, ofCommand, ofList, ofList + aside, ofWindow, ofWindow + aside:
		return kind, rest, true
	}
	return "", "", false
}

// components lays out a draft's buttons and the list it may be answered with; never nil, since an empty list takes
// components away.
func (b *Bot) components(d bot.Draft) []row {
	rows := []row{}
	taken := map[string]bool{}
	room := rowsLimit
	if menu, ok := list(d.Blank, d.Ask); ok {
		rows, room = append(rows, actions(menu)), room-1
		taken[menu.CustomID] = true
	}
	var lines [][]any
	for _, line := range d.Buttons {
		var made []any
		for _, c := range line {
			if one, ok := b.button(c, taken); ok {
				made = append(made, one)
			}
		}
		for len(made) > rowLimit {
			lines, made = append(lines, made[:rowLimit]), made[rowLimit:]
		}
		if len(made) > 0 {
			lines = append(lines, made)
		}
	}
	if len(lines) > room {
		lines = b.repack(lines, room)
	}
	for _, line := range lines {
		rows = append(rows, actions(line...))
	}
	return rows
}

func actions(parts ...any) row { return row{discordgo.ActionsRowComponent, parts} }

// repack lays out too many rows anew, as evenly as it goes; what finds no place is lost.
func (b *Bot) repack(lines [][]any, room int) (out [][]any) {
	var all []any
	for _, line := range lines {
		all = append(all, line...)
	}
	if most := rowLimit * room; len(all) > most {
		b.log.Warn("discord: too many buttons, the last are left out", "buttons", len(all))
		all = all[:most]
	}
	width := (len(all) + room - 1) / room
	for len(all) > 0 {
		n := min(width, len(all))
		out, all = append(out, all[:n]), all[n:]
	}
	return out
}

// button is false for one the server would refuse, and the whole message with it.
func (b *Bot) button(c commands.Button, taken map[string]bool) (button, bool) {
	out := button{Type: discordgo.ButtonComponent, Style: buttonStyle(c.Style), Label: label(c.Label, labelLimit)}
	switch {
	case out.Label == "":
		return out, false
	case c.URL != "":
		out.Style, out.URL = discordgo.LinkButton, webLink(c.URL)
		return out, out.URL != ""
	case c.Data == "" && c.Private == "":
		return out, false
	case c.Data != "":
		if len(c.Data) > dataLimit {
			b.log.Warn("discord: a button's data is too long, the button is left out", "bytes", len(c.Data))
			return out, false
		}
		out.CustomID = unique(ofButton, c.Data, taken)
	default:
		command := c.Private
		if len(command) > customLimit-8 { // what was typed behind it does not fit: the command asks for it
			command, _, _ = strings.Cut(command, " ")
		}
		out.CustomID = unique(ofCommand, bot.CutBytes(command, customLimit-8), taken)
	}
	return out, true
}

// unique numbers a custom id that the message has already.
func unique(kind customKind, rest string, taken map[string]bool) string {
	id := custom(kind, rest)
	for n := 2; taken[id]; n++ {
		id = custom(kind+customKind(strconv.Itoa(n)), rest)
	}
	taken[id] = true
	return id
}

func buttonStyle(s commands.Style) discordgo.ButtonStyle {
	switch s {
	case commands.StylePrimary:
		return discordgo.PrimaryButton
	case commands.StyleAgree:
		return discordgo.SuccessButton
	case commands.StyleDanger, commands.StyleBlock:
		return discordgo.DangerButton
	case commands.StylePlain, commands.StyleNote, commands.StyleAbstain, commands.StyleObject:
	}
	return discordgo.SecondaryButton
}

// list is the select menu of a blank with options.
func list(blank *commands.Blank, ask string) (selectMenu, bool) {
	if blank == nil || len(blank.Fields) == 0 || len(blank.Fields[0].Options) == 0 {
		return selectMenu{}, false
	}
	f := blank.Fields[0]
	kind := ofList
	if blank.Aside {
		kind += aside
	}
	m := selectMenu{Type: discordgo.SelectMenuComponent, CustomID: custom(kind, blank.Data+"|"+f.Key), Options: []selectOption{}, Min: 1, Max: 1}
	for _, hint := range []string{f.Hint, ask, f.Label} {
		if m.Placeholder = label(hint, hintLimit); m.Placeholder != "" {
			break
		}
	}
	seen := map[string]bool{}
	for _, o := range f.Options {
		one := selectOption{Label: label(o.Label, optionLimit), Value: o.Value, Default: o.Chosen}
		if one.Label == "" || one.Value == "" || len(one.Value) > optionLimit || seen[one.Value] || len(m.Options) == optionsLimit {
			continue
		}
		seen[one.Value] = true
		m.Options = append(m.Options, one)
	}
	if f.Optional {
		m.Min = 0
	}
	if f.Many {
		m.Max = len(m.Options)
	}
	if m.Max == 1 { // of several marked ones the server would refuse all but one
		marked := false
		for i := range m.Options {
			m.Options[i].Default = m.Options[i].Default && !marked
			marked = marked || m.Options[i].Default
		}
	}
	return m, len(m.Options) > 0 && len(m.CustomID) <= customLimit
}

// window is the modal of a blank to type in.
func window(blank commands.Blank) (modal, bool) {
	kind := ofWindow
	if blank.Aside {
		kind += aside
	}
	m := modal{CustomID: custom(kind, blank.Data), Title: label(blank.Title, inputLimit), Components: []row{}}
	for _, f := range blank.Fields {
		if len(m.Components) == windowRows || f.Key == "" || len(f.Options) > 0 {
			continue
		}
		in := textInput{
			Type: discordgo.TextInputComponent, CustomID: f.Key, Style: discordgo.TextInputShort, Label: label(f.Label, inputLimit),
			Placeholder: label(f.Hint, hintLimit), Required: !f.Optional, MaxLength: min(f.Max, valueLimit),
		}
		if in.Label == "" {
			in.Label = label(f.Key, inputLimit)
		}
		if in.MaxLength <= 0 {
			in.MaxLength = valueLimit
		}
		in.Value = cutUnits(bot.Showable(f.Value), in.MaxLength)
		if f.Long {
			in.Style = discordgo.TextInputParagraph
		}
		m.Components = append(m.Components, actions(in))
	}
	if m.Title == "" && len(m.Components) > 0 {
		m.Title = label(blank.Fields[0].Label, inputLimit)
	}
	return m, len(m.Components) > 0 && m.Title != "" && len(m.CustomID) <= customLimit
}
