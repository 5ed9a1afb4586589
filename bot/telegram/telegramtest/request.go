package telegramtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// maxBody is above the 50 MB a bot may upload; more is refused as the real server does.
const maxBody = 52 << 20

// param is one parameter of a call. A file has a name and content instead of a value.
type param struct {
	name, value string
	isFile      bool
	fileName    string
	content     []byte
}

// params are the parameters in the order they came, from the query and from the body.
type params []param

// find returns a parameter as it was sent.
func (p params) find(name string) (param, bool) {
	for i := range p {
		if p[i].name == name {
			return p[i], true
		}
	}
	return param{}, false
}

// text is a free text: the word null is a text like any other.
func (p params) text(name string) string {
	v, _ := p.find(name)
	return v.value
}

// object is a JSON value. tgbotapi writes unset slices as null: that means absent.
func (p params) object(name string) string {
	v, _ := p.find(name)
	if v.value == "null" {
		return ""
	}
	return v.value
}

// integer is false when the parameter is absent or no number.
func (p params) integer(name string) (int64, bool) {
	v, ok := p.find(name)
	if !ok || v.value == "" {
		return 0, false
	}
	n, err := strconv.ParseInt(v.value, 10, 64)
	return n, err == nil
}

func (p params) number(name string) int {
	n, _ := p.integer(name)
	return int(n)
}

// boolean follows the real server: true, yes and 1 in any case.
func (p params) boolean(name string) bool {
	switch strings.ToLower(p.text(name)) {
	case "true", "yes", "1":
		return true
	}
	return false
}

// readParams takes the parameters of a call from its query and its form, JSON or
// multipart body. buf is room for the body; nothing that is returned points into it.
func readParams(r *http.Request, buf []byte) (params, []byte, error) {
	var p params
	if r.URL.RawQuery != "" {
		p = appendForm(p, r.URL.RawQuery)
	}
	if r.ContentLength == 0 || r.Body == nil {
		return p, buf, nil
	}
	body, err := readBody(r, buf)
	if err != nil {
		return p, body, err
	}
	kind := r.Header.Get("Content-Type")
	if kind == "application/x-www-form-urlencoded" { // the hot path
		return appendForm(p, string(body)), body, nil
	}
	kind, attrs, err := mime.ParseMediaType(kind)
	switch {
	case err != nil:
		return p, body, errors.New("content type cannot be read")
	case kind == "application/x-www-form-urlencoded":
		p = appendForm(p, string(body))
	case kind == "application/json":
		p, err = appendJSON(p, body)
	case kind == "multipart/form-data":
		p, err = appendMultipart(p, body, attrs["boundary"])
	}
	return p, body, err
}

func readBody(r *http.Request, buf []byte) ([]byte, error) {
	if n := r.ContentLength; n > 0 && n <= maxBody {
		if int64(cap(buf)) < n {
			buf = make([]byte, n)
		}
		buf = buf[:n]
		_, err := io.ReadFull(r.Body, buf)
		return buf, err
	}
	b := bytes.NewBuffer(buf[:0])
	n, err := b.ReadFrom(io.LimitReader(r.Body, maxBody+1))
	if err == nil && n > maxBody {
		err = errTooLarge
	}
	return b.Bytes(), err
}

var errTooLarge = errors.New("request entity too large")

// appendForm cuts a form by hand: url.ParseQuery builds a map of slices for each call.
// Broken escapes are kept as they are.
func appendForm(p params, s string) params {
	for len(s) > 0 {
		pair := s
		if i := strings.IndexByte(s, '&'); i >= 0 {
			pair, s = s[:i], s[i+1:]
		} else {
			s = ""
		}
		name, value, _ := strings.Cut(pair, "=")
		if name != "" {
			p = append(p, param{name: unescape(name), value: unescape(value)})
		}
	}
	return p
}

func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 && strings.IndexByte(s, '+') < 0 {
		return s
	}
	if u, err := url.QueryUnescape(s); err == nil {
		return u
	}
	return s
}

// appendJSON takes the members of an object: strings without their quotes, all else as
// it is written, so that a parameter looks the same whatever the body's format was.
func appendJSON(p params, body []byte) (params, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(body, &members); err != nil {
		return p, errors.New("object expected as JSON body")
	}
	for name, raw := range members {
		v := param{name: name, value: string(raw)}
		if raw[0] == '"' {
			if err := json.Unmarshal(raw, &v.value); err != nil {
				return p, errors.New("string expected in JSON body")
			}
		}
		if v.value != "null" || raw[0] == '"' {
			p = append(p, v)
		}
	}
	return p, nil
}

func appendMultipart(p params, body []byte, boundary string) (params, error) {
	mr := multipart.NewReader(bytes.NewReader(body), boundary)
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return p.attach(), nil
		}
		if err != nil {
			return p, errors.New("multipart body is broken")
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return p, errors.New("multipart body is cut off")
		}
		if part.FileName() == "" {
			p = append(p, param{name: part.FormName(), value: string(content)})
			continue
		}
		p = append(p, param{name: part.FormName(), isFile: true, fileName: part.FileName(), content: content})
	}
}

// attach puts files in the place of the parameters that name them: "attach://part".
func (p params) attach() params {
	var named []string
	for i := range p {
		name, ok := strings.CutPrefix(p[i].value, "attach://")
		if !ok || p[i].isFile {
			continue
		}
		if part, ok := p.find(name); ok && part.isFile {
			p[i].isFile, p[i].fileName, p[i].content = true, part.fileName, part.content
			named = append(named, name)
		}
	}
	return slices.DeleteFunc(p, func(v param) bool { return slices.Contains(named, v.name) })
}
