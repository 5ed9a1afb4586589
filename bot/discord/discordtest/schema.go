package discordtest

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf16"
)

// schemas judges decoded JSON (numbers are json.Number) by JSON Schema, as far as the two
// specifications use it. oneOf is read as anyOf: alternatives overlap in both.
type schemas struct {
	defs   object // by their names
	prefix string // of a $ref, before the name
	strict bool   // a member that no schema names is a complaint

	patterns sync.Map // string to *regexp.Regexp
}

// check returns the first thing that does not fit, "" when all does.
func (s *schemas) check(schema object, path string, v any) string {
	if ref := asText(schema["$ref"]); ref != "" {
		def := s.find(ref)
		if def == nil {
			return path + ": the specification lacks " + ref
		}
		return s.check(def, path, v)
	}
	if t, given := schema["type"]; given && !fitsType(t, v) {
		return fmt.Sprintf("%s must be %v", path, t)
	}
	if c, given := schema["const"]; given && !same(c, v) {
		return fmt.Sprintf("%s is %v, but must be %v", path, v, c)
	}
	if list, given := schema["enum"].([]any); given && !slices.ContainsFunc(list, func(e any) bool { return same(e, v) }) {
		return fmt.Sprintf("%s is %v, but must be one of %v", path, v, list)
	}
	for _, e := range asList(schema["allOf"]) {
		if text := s.check(asObject(e), path, v); text != "" {
			return text
		}
	}
	for _, name := range [...]string{"oneOf", "anyOf"} {
		if list := asList(schema[name]); len(list) > 0 {
			if text := s.any(list, path, v); text != "" {
				return text
			}
		}
	}
	switch x := v.(type) {
	case string:
		return s.checkText(schema, path, x)
	case json.Number:
		return checkNumber(schema, path, x)
	case []any:
		return s.checkList(schema, path, x)
	case object:
		return s.checkMembers(schema, path, x)
	}
	return ""
}

// any wants one alternative to fit; the complaint is the one about the innermost place.
func (s *schemas) any(list []any, path string, v any) string {
	best, found := "", false
	for _, e := range list {
		alternative := s.resolve(asObject(e))
		if !s.meant(alternative, v) {
			continue
		}
		text := s.check(alternative, path, v)
		if text == "" {
			return ""
		}
		if !found || depth(text) > depth(best) {
			best, found = text, true
		}
	}
	if !found {
		return fmt.Sprintf("%s fits none of the alternatives", path)
	}
	return best
}

func depth(text string) int {
	place, _, _ := strings.Cut(text, " ")
	return strings.Count(place, ".") + strings.Count(place, "[")
}

// find gives what a $ref names, nil when it is not there. The names in it are escaped.
func (s *schemas) find(ref string) object {
	name, err := url.PathUnescape(strings.TrimPrefix(ref, s.prefix))
	if err != nil {
		return nil
	}
	return asObject(s.defs[name])
}

// resolve follows a $ref; one that names nothing is left for check to complain about.
func (s *schemas) resolve(schema object) object {
	for {
		ref := asText(schema["$ref"])
		def := s.find(ref)
		if ref == "" || def == nil {
			return schema
		}
		schema = def
	}
}

// meant leaves out the alternatives of another type than the object says it is.
func (s *schemas) meant(alternative object, v any) bool {
	o, isObject := v.(object)
	if !isObject || o["type"] == nil {
		return true
	}
	t := s.resolve(asObject(asObject(alternative["properties"])["type"]))
	if c, given := t["const"]; given {
		return same(c, o["type"])
	}
	list, given := t["enum"].([]any)
	return !given || slices.ContainsFunc(list, func(e any) bool { return same(e, o["type"]) })
}

func fitsType(t, v any) bool {
	if list, several := t.([]any); several {
		return slices.ContainsFunc(list, func(e any) bool { return fitsType(e, v) })
	}
	switch x := v.(type) {
	case nil:
		return t == "null"
	case string:
		return t == "string"
	case bool:
		return t == "boolean"
	case json.Number:
		return t == "number" || t == "integer" && !strings.ContainsAny(x.String(), ".eE")
	case []any:
		return t == "array"
	}
	return t == "object"
}

func same(a, b any) bool {
	x, xNumber := a.(json.Number)
	y, yNumber := b.(json.Number)
	if xNumber && yNumber {
		return x.String() == y.String()
	}
	switch a.(type) {
	case []any, object:
		return false
	}
	switch b.(type) {
	case []any, object:
		return false
	}
	return a == b
}

// utf16Len counts as Discord might: the larger of the ways there are.
func utf16Len(s string) int { return len(utf16.Encode([]rune(s))) }

func (s *schemas) checkText(schema object, path, v string) string {
	n := int64(utf16Len(v))
	if high, given := schema["maxLength"]; given && n > asNumber(high) {
		return fmt.Sprintf("%s has %d characters, at most %d are allowed", path, n, asNumber(high))
	}
	if low, given := schema["minLength"]; given && n < asNumber(low) {
		return fmt.Sprintf("%s has %d characters, at least %d are needed", path, n, asNumber(low))
	}
	p := asText(schema["pattern"])
	if p == "" {
		return ""
	}
	re, known := s.patterns.Load(p)
	if !known {
		re = regexp.MustCompile(p)
		s.patterns.Store(p, re)
	}
	if !re.(*regexp.Regexp).MatchString(v) {
		return fmt.Sprintf("%s is %q, which does not match %s", path, v, p)
	}
	return ""
}

func checkNumber(schema object, path string, v json.Number) string {
	n, _ := v.Float64()
	if low, given := schema["minimum"].(json.Number); given {
		if limit, _ := low.Float64(); n < limit {
			return fmt.Sprintf("%s is %s, at least %s is needed", path, v, low)
		}
	}
	if high, given := schema["maximum"].(json.Number); given {
		if limit, _ := high.Float64(); n > limit {
			return fmt.Sprintf("%s is %s, at most %s is allowed", path, v, high)
		}
	}
	return ""
}

func (s *schemas) checkList(schema object, path string, v []any) string {
	n := int64(len(v))
	if high, given := schema["maxItems"]; given && n > asNumber(high) {
		return fmt.Sprintf("%s has %d items, at most %d are allowed", path, n, asNumber(high))
	}
	if low, given := schema["minItems"]; given && n < asNumber(low) {
		return fmt.Sprintf("%s has %d items, at least %d are needed", path, n, asNumber(low))
	}
	tuple, isTuple := schema["items"].([]any)
	one := asObject(schema["items"])
	for i, e := range v {
		at := fmt.Sprintf("%s[%d]", path, i)
		each := one
		if isTuple && i < len(tuple) {
			each = asObject(tuple[i])
		}
		if text := s.check(each, at, e); text != "" {
			return text
		}
		if schema["uniqueItems"] == true && slices.ContainsFunc(v[:i], func(x any) bool { return same(x, e) }) {
			return at + " is there twice"
		}
	}
	return ""
}

func (s *schemas) checkMembers(schema object, path string, v object) string {
	if high, given := schema["maxProperties"]; given && int64(len(v)) > asNumber(high) {
		return fmt.Sprintf("%s has %d members, at most %d are allowed", path, len(v), asNumber(high))
	}
	properties, described := schema["properties"].(object)
	for _, name := range asList(schema["required"]) {
		if _, given := v[asText(name)]; !given {
			return fmt.Sprintf("%s.%s is missing", path, name)
		}
	}
	others := asObject(schema["additionalProperties"])
	for _, name := range sortedNames(v) {
		at := path + "." + name
		p, known := properties[name].(object)
		switch {
		case known:
		case others != nil:
			p = others
		case s.strict && (v[name] == nil || v[name] == false || v[name] == ""): // nothing, said aloud, as discordgo does
		case schema["additionalProperties"] == false || s.strict && described:
			return at + " is unknown"
		}
		if text := s.check(p, at, v[name]); text != "" {
			return text
		}
	}
	return ""
}

// sortedNames makes the first complaint always the same one.
func sortedNames(o object) []string {
	names := make([]string, 0, len(o))
	for name := range o {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
