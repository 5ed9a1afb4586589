package discordtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
)

// maxBody is above what a bot may upload (10 files of 10 MiB).
const maxBody = 110 << 20

// read takes the body of a request: JSON, or a form with payload_json and files.
func (c *call) read(r *http.Request) *refusal {
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil || len(raw) > maxBody {
		return &refusal{status: http.StatusRequestEntityTooLarge, code: 40005, message: "Request entity too large"}
	}
	kind, attrs, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case len(raw) == 0 && kind == "":
		return nil
	case len(raw) == 0:
		// Discord refuses a content type without a content.
		return &refusal{status: http.StatusBadRequest, code: 50109, message: "The request body contains invalid JSON."}
	case kind == "application/json":
		return c.decode(raw)
	case kind == "multipart/form-data":
		return c.readForm(raw, attrs["boundary"])
	}
	return &refusal{status: http.StatusBadRequest, code: 50035, message: "Invalid Form Body"}
}

func (c *call) decode(raw []byte) *refusal {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	c.given = true
	if err := d.Decode(&c.payload); err != nil {
		return &refusal{status: http.StatusBadRequest, code: 50109, message: "The request body contains invalid JSON."}
	}
	c.body = asObject(c.payload)
	if c.body == nil {
		c.body = object{}
	}
	return nil
}

// readForm takes payload_json and files[n]; the descriptions in attachments name them by n.
func (c *call) readForm(raw []byte, boundary string) *refusal {
	broken := badForm("_misc", "BASE_TYPE_BAD_FORM", "multipart body is broken")
	mr := multipart.NewReader(bytes.NewReader(raw), boundary)
	c.body, c.payload, c.given = object{}, object{}, true
	var files []File
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			c.files = files
			return nil
		}
		if err != nil {
			return broken
		}
		content, err := io.ReadAll(part)
		if err != nil {
			return broken
		}
		name := part.FormName()
		switch {
		case name == "payload_json":
			if e := c.decode(content); e != nil {
				return e
			}
		case strings.HasPrefix(name, "files[") && strings.HasSuffix(name, "]"):
			n, err := strconv.Atoi(name[len("files[") : len(name)-1])
			if err != nil {
				return broken
			}
			files = append(files, File{ID: strconv.Itoa(n), Name: part.FileName(), MIME: part.Header.Get("Content-Type"), Content: content})
		default:
			return broken
		}
	}
}

// File is an attachment.
type File struct {
	ID, Name, MIME string
	URL            string
	Content        []byte
}

// keep gives uploaded files their ids and addresses.
func (w *World) keep(files []File) []File {
	kept := make([]File, len(files))
	for i, f := range files {
		f.ID = w.newID()
		f.URL = w.server.URL() + "/attachments/" + f.ID + "/" + f.Name
		kept[i] = f
	}
	return kept
}

// attachment serves the address of an uploaded file.
func (s *Server) attachment(path string) (content []byte, kind string, found bool) {
	rest, is := strings.CutPrefix(path, "/attachments/")
	if !is {
		return nil, "", false
	}
	id, _, _ := strings.Cut(rest, "/")
	w := s.lock()
	defer s.mu.Unlock()
	for _, f := range w.uploads {
		if f.ID == id {
			return f.Content, f.MIME, true
		}
	}
	for _, c := range w.channels {
		for _, m := range c.messages {
			for i := range m.files {
				if m.files[i].ID == id {
					return m.files[i].Content, m.files[i].MIME, true
				}
			}
		}
	}
	return nil, "", false
}
