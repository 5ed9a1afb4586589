package domain

import (
	"strings"
	"unicode/utf8"
)

// needed checks a text that may not be blank and gives it without the blanks around it.
func needed(t Text, most int) (Text, *Error) {
	t, refusal := optional(t, most)
	if refusal == nil && t == "" {
		return "", Refuse(Invalid, "text.blank")
	}
	return t, refusal
}

// optional checks a text that may be blank. Bounds are in characters.
func optional(t Text, most int) (Text, *Error) {
	if !utf8.ValidString(string(t)) || strings.ContainsRune(string(t), 0) {
		return "", Refuse(Invalid, "text.garbled")
	}
	t = Text(strings.TrimSpace(string(t)))
	if n := utf8.RuneCountInString(string(t)); n > most {
		return "", Refuse(Invalid, "text.too_long", "max", most, "length", n)
	}
	return t, nil
}

// sameText compares names as people would: case and spacing do not matter.
func sameText(a, b Text) bool {
	return strings.EqualFold(strings.Join(strings.Fields(string(a)), " "), strings.Join(strings.Fields(string(b)), " "))
}

// firstRefusal is the first of several checks that refused.
func firstRefusal(checks ...*Error) *Error {
	for _, refusal := range checks {
		if refusal != nil {
			return refusal
		}
	}
	return nil
}
