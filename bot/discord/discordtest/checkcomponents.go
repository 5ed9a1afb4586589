package discordtest

import (
	"fmt"
	"net/url"
	"strings"
)

// The limits of components.
const (
	maxRows        = 5
	maxPerRow      = 5
	maxCustomID    = 100
	maxLabel       = 80
	maxOptions     = 25
	maxOptionText  = 100
	maxPlaceholder = 150
	maxV2          = 40
	maxModalTitle  = 45
	maxInputLabel  = 45
	maxInput       = 4000
)

// components judges the components of a message.
func (k *checker) components(path string, list []any, v2 bool) {
	ids := make(map[string]string)
	if !v2 && len(list) > maxRows {
		k.bad(path, "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length, there are %d rows.", maxRows, len(list))
	}
	total := 0
	for i, v := range list {
		at, o := fmt.Sprintf("%s[%d]", path, i), asObject(v)
		if !v2 && asNumber(o["type"]) != componentRow {
			k.bad(at+".type", "UNION_TYPE_CHOICES", "only action rows stand at the top; without the flag for Components V2 nothing else can")
			continue
		}
		total += k.component(at, o, ids, v2)
	}
	if v2 && total > maxV2 {
		k.bad(path, "BASE_TYPE_MAX_LENGTH", "%d components, at most %d are allowed", total, maxV2)
	}
}

// component judges one component and what is in it, and counts them.
func (k *checker) component(path string, o object, ids map[string]string, v2 bool) int {
	count := 1
	switch t := asNumber(o["type"]); t {
	case componentRow:
		return count + k.row(path, asList(o["components"]), ids)
	case componentButton:
		k.button(path, o, ids)
	case componentSelect, componentUserSelect, 6, 7, 8:
		k.selectMenu(path, o, ids)
	case 9, 17: // section, container
		for i, v := range asList(o["components"]) {
			count += k.component(fmt.Sprintf("%s.components[%d]", path, i), asObject(v), ids, v2)
		}
		if a := asObject(o["accessory"]); a != nil {
			count += k.component(path+".accessory", a, ids, v2)
		}
	case 10: // text display
		k.text(path+".content", o["content"], 1, maxInput)
	case 11, 12, 13, 14: // thumbnail, gallery, file, separator
	default:
		k.bad(path+".type", "UNION_TYPE_CHOICES", "%d is no type of a component of a message", t)
	}
	return count
}

// row is five buttons, or one select.
func (k *checker) row(path string, list []any, ids map[string]string) int {
	width := 0
	for i, v := range list {
		at, o := fmt.Sprintf("%s.components[%d]", path, i), asObject(v)
		if t := asNumber(o["type"]); t == componentButton {
			width++
		} else {
			width += maxPerRow
			if t == componentInput {
				k.bad(at+".type", "UNION_TYPE_CHOICES", "a text input stands in a modal only")
				continue
			}
		}
		k.component(at, o, ids, false)
	}
	if width == 0 || width > maxPerRow {
		k.bad(path+".components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "a row takes 1 to %d buttons or one select, this one has %d components", maxPerRow, len(list))
	}
	return len(list)
}

// customID is unique in its message.
func (k *checker) customID(path string, v any, ids map[string]string) {
	k.text(path+".custom_id", v, 1, maxCustomID)
	id := asText(v)
	if first, twice := ids[id]; twice && id != "" {
		k.bad(path+".custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated: %q is that of %s, too", id, first)
		return
	}
	ids[id] = path
}

func (k *checker) button(path string, o object, ids map[string]string) {
	k.text(path+".label", o["label"], 0, maxLabel)
	if strings.TrimSpace(asText(o["label"])) == "" && len(asObject(o["emoji"])) == 0 {
		k.bad(path+".label", "BUTTON_COMPONENT_LABEL_REQUIRED", "a button needs a label or an emoji")
	}
	switch style := asNumber(o["style"]); {
	case style < 1 || style > stylePremium:
		k.bad(path+".style", "BASE_TYPE_CHOICES", "%d is no style", style)
	case style == stylePremium:
	case style == styleLink:
		u, err := url.Parse(asText(o["url"]))
		if err != nil || u.Scheme != "https" && u.Scheme != "http" && u.Scheme != "discord" || len(asText(o["url"])) > 512 {
			k.bad(path+".url", "URL_TYPE_INVALID_SCHEME", "a link needs an address of http, https or discord with at most 512 characters")
		}
		if asText(o["custom_id"]) != "" {
			k.bad(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
		}
	default:
		if asText(o["url"]) != "" {
			k.bad(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url cannot both be specified")
		}
		k.customID(path, o["custom_id"], ids)
	}
}

func (k *checker) selectMenu(path string, o object, ids map[string]string) {
	k.customID(path, o["custom_id"], ids)
	k.text(path+".placeholder", o["placeholder"], 0, maxPlaceholder)
	low, high := int64(1), int64(1)
	if v := o["min_values"]; v != nil {
		low = asNumber(v)
	}
	if v := o["max_values"]; v != nil {
		high = asNumber(v)
	}
	if low < 0 || high < 1 || low > high || high > maxOptions {
		k.bad(path+".max_values", "NUMBER_TYPE_MAX", "min_values %d and max_values %d do not fit", low, high)
	}
	if asNumber(o["type"]) != componentSelect {
		return
	}
	options := asList(o["options"])
	if len(options) < 1 || len(options) > maxOptions {
		k.bad(path+".options", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and %d in length, there are %d.", maxOptions, len(options))
	}
	if high > int64(len(options)) {
		k.bad(path+".max_values", "SELECT_COMPONENT_MAX_VALUES", "max_values %d with %d options", high, len(options))
	}
	values, defaults := make(map[string]bool), int64(0)
	for i, v := range options {
		at, p := fmt.Sprintf("%s.options[%d]", path, i), asObject(v)
		k.text(at+".label", p["label"], 1, maxOptionText)
		k.text(at+".value", p["value"], 1, maxOptionText)
		k.text(at+".description", p["description"], 0, maxOptionText)
		if values[asText(p["value"])] {
			k.bad(at+".value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used")
		}
		values[asText(p["value"])] = true
		if p["default"] == true {
			defaults++
		}
	}
	if defaults > high {
		k.bad(path+".options", "SELECT_COMPONENT_TOO_MANY_DEFAULT_VALUES", "%d options are chosen already, at most %d can be", defaults, high)
	}
}

// response judges the first response to an interaction.
func (k *checker) response() {
	data := asObject(k.call.body["data"])
	switch kind := asNumber(k.call.body["type"]); kind {
	case answerMessage:
		k.message("data.", data, true)
	case answerUpdate:
		k.message("data.", data, false)
	case answerDefer:
		if f := asNumber(data["flags"]); f&^flagEphemeral != 0 {
			k.add(nil, "data.flags: a deferred answer takes EPHEMERAL only, not %d", f)
		}
	case answerChoices:
		k.suggestions(asList(data["choices"]))
	case answerModal:
		k.modal(data)
	}
}

func (k *checker) suggestions(list []any) {
	if len(list) > maxOptions {
		k.bad("data.choices", "BASE_TYPE_MAX_LENGTH", "Must be %d or fewer in length, there are %d.", maxOptions, len(list))
	}
	for i, v := range list {
		at, o := fmt.Sprintf("data.choices[%d]", i), asObject(v)
		k.text(at+".name", o["name"], 1, maxOptionText)
		if _, isText := o["value"].(string); isText {
			k.text(at+".value", o["value"], 1, maxOptionText)
		}
	}
}

func (k *checker) modal(data object) {
	k.text("data.title", data["title"], 1, maxModalTitle)
	k.text("data.custom_id", data["custom_id"], 1, maxCustomID)
	rows := asList(data["components"])
	if len(rows) < 1 || len(rows) > maxRows {
		k.bad("data.components", "BASE_TYPE_BAD_LENGTH", "Must be between 1 and %d in length, there are %d.", maxRows, len(rows))
	}
	ids := make(map[string]string)
	for i, v := range rows {
		at, row := fmt.Sprintf("data.components[%d]", i), asObject(v)
		list, label := asList(row["components"]), any(nil)
		switch asNumber(row["type"]) {
		case componentRow:
		case componentLabel:
			list, label = []any{row["component"]}, row["label"]
		case 10: // text display
			continue
		default:
			k.bad(at+".type", "UNION_TYPE_CHOICES", "a modal has action rows or labels")
			continue
		}
		if len(list) != 1 {
			k.bad(at+".components", "BASE_TYPE_BAD_LENGTH", "a row of a modal has one text input, this one has %d components", len(list))
			continue
		}
		k.input(at+".components[0]", asObject(list[0]), label, ids)
	}
}

func (k *checker) input(path string, o object, label any, ids map[string]string) {
	if asNumber(o["type"]) != componentInput {
		k.add(nil, "%s: discordgo cannot read any other component of a modal than a text input", path)
		return
	}
	if label == nil {
		label = o["label"]
	}
	k.text(path+".label", label, 1, maxInputLabel)
	k.customID(path, o["custom_id"], ids)
	k.text(path+".placeholder", o["placeholder"], 0, 100)
	if s := asNumber(o["style"]); s != 1 && s != 2 {
		k.bad(path+".style", "BASE_TYPE_CHOICES", "%d is no style of a text input", s)
	}
	low, high := int64(0), int64(maxInput)
	if v := o["min_length"]; v != nil {
		low = asNumber(v)
	}
	if v := o["max_length"]; v != nil {
		high = asNumber(v)
	}
	if low < 0 || high < 1 || high > maxInput || low > high {
		k.bad(path+".max_length", "NUMBER_TYPE_MAX", "min_length %d and max_length %d do not fit", low, high)
	}
	if n := utf16Len(asText(o["value"])); n > 0 && (int64(n) < low || int64(n) > high) {
		k.bad(path+".value", "BASE_TYPE_BAD_LENGTH", "the value has %d characters, %d to %d are allowed", n, low, high)
	}
}
