package commands

import (
	"encoding/json"
	"strings"
	"unicode/utf8"

	"klaster/domain"
)

// files are the photos and documents sent as the answer to a field.
func (v values) files(key string) []File {
	var out []File
	if json.Unmarshal([]byte(v[key+".files"]), &out) != nil {
		return nil
	}
	return out
}

// maxFiles bounds what one answer may bring along.
const maxFiles = 5

func (v values) addFile(key string, f File) {
	files := append(v.files(key), f)
	if len(files) > maxFiles {
		files = files[:maxFiles]
	}
	if blob, err := json.Marshal(files); err == nil {
		v[key+".files"] = string(blob)
	}
}

// takeFile stores the file of this input as an answer; its caption is the text beside it.
func (t *turn) takeFile(q field, v values, caption string) {
	caption = strings.TrimSpace(caption)
	if limit := max(q.max, domain.MaxTitle); utf8.RuneCountInString(caption) > limit {
		caption = string([]rune(caption)[:limit])
	}
	t.take(q, v, caption)
	v.addFile(q.key, *t.in.File)
}

// answerFile takes a file as the answer to the question asked, or adds it to the answers shown in the echo. taken is
// false if no file is waited for here.
func (t *turn) answerFile(caption string) (taken bool) {
	if t.in.File == nil || t.session == nil {
		return false
	}
	s := t.session
	f := t.c.index.forms[s.Form]
	for _, q := range f.fields {
		switch {
		case !q.file || s.At != "" && s.At != q.key:
			continue
		case s.At == "":
			s.Values.addFile(q.key, *t.in.File)
		default:
			t.takeFile(q, s.Values, caption)
		}
		t.advance(f, false)
		return true
	}
	return false
}
