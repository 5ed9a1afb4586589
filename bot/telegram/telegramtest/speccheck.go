package telegramtest

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// check compares a call with the specification and returns what does not fit.
func (s *spec) check(method string, p params) []string {
	m, known := s.Methods[renamed(method)]
	if !known {
		return []string{"the specification does not know this method"}
	}
	var found []string
	for i := range p {
		types := oldNames(p[i].name)
		if f := field(m.Fields, p[i].name); f != nil {
			types = f.Types
		}
		if types == nil {
			found = append(found, "the specification does not know the parameter "+p[i].name)
			continue
		}
		if text := s.checkParam(types, &p[i]); text != "" {
			found = append(found, text)
		}
	}
	for _, f := range m.Fields {
		if f.Required && !present(p, f) {
			found = append(found, "the required parameter "+f.Name+" is missing")
		}
	}
	return found
}

func field(fields []specField, name string) *specField {
	for i := range fields {
		if fields[i].Name == name {
			return &fields[i]
		}
	}
	return nil
}

// present reads the literal null as absent, except in free texts.
func present(p params, f specField) bool {
	v, ok := p.find(f.Name)
	if !ok {
		return false
	}
	return v.isFile || v.value != "" && (v.value != "null" || slices.Equal(f.Types, []string{"String"}))
}

// checkParam judges one parameter, which is text on the wire whatever its type.
func (s *spec) checkParam(types []string, p *param) string {
	if p.isFile {
		if slices.Contains(types, "InputFile") || strings.HasPrefix(p.name, "file") {
			return ""
		}
		return p.name + " is a file, but must be " + strings.Join(types, " or ")
	}
	if p.value == "null" || p.value == "" {
		return ""
	}
	best := ""
	for _, t := range types {
		text := s.checkWire(t, p.name, p.value)
		if text == "" {
			return ""
		}
		if best == "" || deeper(text, best) {
			best = text
		}
	}
	return best
}

// deeper prefers the complaint about the innermost place, and of two at the same depth
// the one that is about a known member: it is from the type that was meant.
func deeper(a, b string) bool {
	rank := func(s string) int {
		name, rest, _ := strings.Cut(s, " ")
		n := 2 * (strings.Count(name, ".") + strings.Count(name, "["))
		if !strings.HasPrefix(rest, "is unknown") && !strings.HasPrefix(rest, "is missing") {
			n++
		}
		return n
	}
	return rank(a) > rank(b)
}

// checkWire judges the text of a parameter as one type.
func (s *spec) checkWire(typ, name, value string) string {
	switch typ {
	case "String", "InputFile":
		return ""
	case "Integer":
		if _, err := strconv.ParseInt(value, 10, 64); err != nil {
			return fmt.Sprintf("%s is %q, but must be Integer", name, value)
		}
		return ""
	case "Float":
		if _, err := strconv.ParseFloat(value, 64); err != nil {
			return fmt.Sprintf("%s is %q, but must be Float", name, value)
		}
		return ""
	case "Boolean":
		if value != "true" && value != "false" {
			return fmt.Sprintf("%s is %q, but must be Boolean", name, value)
		}
		return ""
	}
	d := json.NewDecoder(strings.NewReader(value))
	d.UseNumber()
	var v any
	if err := d.Decode(&v); err != nil {
		return name + " is no JSON: " + err.Error()
	}
	if _, err := d.Token(); err != io.EOF {
		return name + " has something after its JSON"
	}
	return s.checkValue(typ, name, v)
}

// checkValue judges a decoded JSON value as one type, down through all it holds.
func (s *spec) checkValue(typ, path string, v any) string {
	if inner, array := strings.CutPrefix(typ, "Array of "); array {
		list, ok := v.([]any)
		if !ok {
			return mustBe(path, typ)
		}
		for i, e := range list {
			if text := s.checkValue(inner, fmt.Sprintf("%s[%d]", path, i), e); text != "" {
				return text
			}
		}
		return ""
	}
	switch typ {
	case "String", "InputFile":
		if _, ok := v.(string); !ok {
			return mustBe(path, typ)
		}
		return ""
	case "Boolean":
		if _, ok := v.(bool); !ok {
			return mustBe(path, typ)
		}
		return ""
	case "Integer", "Float":
		n, ok := v.(json.Number)
		if _, err := strconv.ParseInt(n.String(), 10, 64); !ok || typ == "Integer" && err != nil {
			return mustBe(path, typ)
		}
		return ""
	}
	t, known := s.Types[typ]
	members, ok := v.(map[string]any)
	if !known || !ok {
		return mustBe(path, typ)
	}
	if len(t.Subtypes) > 0 {
		return s.checkAny(s.meant(t.Subtypes, members), path, v)
	}
	return s.checkMembers(typ, t, path, members)
}

func (s *spec) checkAny(types []string, path string, v any) string {
	best := ""
	for _, t := range types {
		text := s.checkValue(t, path, v)
		if text == "" {
			return ""
		}
		if best == "" || deeper(text, best) {
			best = text
		}
	}
	return best
}

// meant leaves only the subtype that the object names, if it names one.
func (s *spec) meant(subtypes []string, members map[string]any) []string {
	for i, name := range subtypes {
		for _, f := range s.Types[name].Fields {
			if c := f.constant(); c != "" && members[f.Name] == c {
				return subtypes[i : i+1]
			}
		}
	}
	return subtypes
}

func (s *spec) checkMembers(typ string, t specType, path string, members map[string]any) string {
	names := make([]string, 0, len(members))
	for name := range members {
		names = append(names, name)
	}
	slices.Sort(names) // so that the first complaint is always the same one
	for _, name := range names {
		v := members[name]
		f := field(t.Fields, name)
		if f == nil {
			return fmt.Sprintf("%s.%s is unknown in %s", path, name, typ)
		}
		if v == nil {
			continue
		}
		if text := s.checkAny(f.Types, path+"."+name, v); text != "" {
			return text
		}
		if c := f.constant(); c != "" && v != c {
			return fmt.Sprintf("%s.%s is %v, but must be %s", path, name, v, c)
		}
	}
	for _, f := range t.Fields {
		if f.Required && members[f.Name] == nil {
			return fmt.Sprintf("%s.%s is missing, %s needs it", path, f.Name, typ)
		}
	}
	return ""
}

func mustBe(path, typ string) string { return path + " must be " + typ }
