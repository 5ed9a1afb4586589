package telegramtest

import (
	"fmt"
	"mime"
	"net/http"
	"path/filepath"
	"strconv"
)

// maxDownload is what getFile gives out at most.
const maxDownload = 20 << 20

// keep gives a file its identifiers; content may arrive with a message of a person or
// with an upload of the bot.
func (w *World) keep(f *file) *file {
	n := len(w.files) + 1
	f.unique = fmt.Sprintf("AgADuniq%d", n)
	f.id = fmt.Sprintf("BQACAgUAAxkBAAfile%d", n)
	folder := "documents"
	if f.photo {
		folder = "photos"
	}
	f.path = fmt.Sprintf("%s/file_%d%s", folder, n, filepath.Ext(f.name))
	if f.mime == "" {
		f.mime = mime.TypeByExtension(filepath.Ext(f.name))
	}
	if f.mime == "" {
		f.mime = "application/octet-stream"
	}
	w.files[f.id] = f
	return f
}

// attached takes the file of a send: an upload, or the id of a file known already.
func (w *World) attached(p params, kind string) (*file, *refusal) {
	v, ok := p.find(kind)
	switch {
	case !ok:
		return nil, badRequest("there is no %s in the request", kind)
	case !v.isFile:
		if f := w.files[v.value]; f != nil && f.photo == (kind == "photo") {
			return f, nil
		}
		return nil, badRequest("wrong file identifier/HTTP URL specified")
	}
	return w.keep(&file{name: v.fileName, content: v.content, photo: kind == "photo"}), nil
}

func getFile(w *World, c *call) result {
	f := w.files[c.params.text("file_id")]
	switch {
	case f == nil:
		return refused(badRequest("invalid file_id"))
	case len(f.content) > maxDownload:
		return refused(badRequest("file is too big"))
	}
	b := appendText(c.buf, `{"file_id":`, f.id)
	b = appendText(b, `,"file_unique_id":`, f.unique)
	b = appendInt(b, `,"file_size":`, int64(len(f.content)))
	b = appendText(b, `,"file_path":`, f.path)
	return result{body: append(b, '}')}
}

// download serves <base>/file/bot<token>/<path>.
func (s *Server) download(rw http.ResponseWriter, path string) {
	content, mediaType, found := s.stored(path)
	if !found {
		s.answer(rw, refused(&refusal{code: http.StatusNotFound, description: "Not Found"}))
		return
	}
	rw.Header().Set("Content-Type", mediaType)
	rw.Header().Set("Content-Length", strconv.Itoa(len(content)))
	_, _ = rw.Write(content)
}

func (s *Server) stored(path string) (content []byte, mediaType string, found bool) {
	w := s.lock()
	defer s.mu.Unlock()
	for _, f := range w.files {
		if f.path == path {
			return f.content, f.mime, true
		}
	}
	return nil, "", false
}
