package web

import (
	"bytes"
	"context"
	"html/template"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"time"

	"klaster/bot"
)

// routes lists all that is served. What changes something, or tells something about a room, needs the cookie.
func (r *Room) routes() *http.ServeMux {
	mux := http.NewServeMux()
	page := template.Must(template.ParseFS(pageFiles, "page/index.html"))
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, req *http.Request) { r.page(w, req, page) })
	mux.HandleFunc("GET /assets/{name}", r.asset)
	mux.HandleFunc("GET /events", r.withToken(r.events))
	mux.HandleFunc("POST /say", r.withToken(r.say))
	mux.HandleFunc("POST /tap", r.withToken(r.tap))
	mux.HandleFunc("POST /upload", r.withToken(r.upload))
	mux.HandleFunc("GET /file/{id}", r.withToken(r.file))
	mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) {
		r.refuse(w, req, http.StatusNotFound, "error.nowhere")
	})
	return mux
}

// view is what the page's template shows.
type view struct {
	Words   map[string]string
	Room    string
	Name    string
	Lang    string
	Langs   []langLink
	People  []personLink // of the entrance; the page itself hears of them by the stream
	Trouble string
	Chats   []chatView
	Limit   int
	MaxFile int
}

type chatView struct {
	Kind  string
	Words map[string]string
}

type langLink struct {
	Lang, Name, Address string
	Here                bool
}

type personLink struct {
	person
	Address string
}

// page shows the room to a person, and the entrance to whoever has not said who it is. Addresses are brought to one
// form, so that the same person is the same person.
func (r *Room) page(w http.ResponseWriter, req *http.Request, t *template.Template) {
	q := req.URL.Query()
	v := visitor{room: cleanRoom(q.Get("room")), name: bot.CleanName(q.Get("as"), maxName), lang: r.langOf(req)}
	if v.room == "" {
		v.room = defaultRoom
	}
	show := view{Words: r.words[v.lang], Lang: v.lang, Limit: maxTyped, MaxFile: maxUpload}
	switch {
	case reserved(v.name):
		v.name, show.Trouble = "", show.Words["error.name_taken"]
	case q.Get("as") != "" && v.name == "":
		show.Trouble = show.Words["error.name"]
	}
	ctx, cancel := context.WithTimeout(req.Context(), r.Patience)
	defer cancel()
	people, err := r.people(ctx, v)
	if err != nil && show.Trouble == "" && v.name == "" {
		show.Trouble = show.Words["error.store"]
	}
	if p, ok := known(people, v.name); ok {
		v.name = p.Name
	}
	canonical := q.Get("room") == v.room && q.Get("as") == v.name && q.Get("lang") == v.lang
	if v.name != "" && !canonical {
		http.Redirect(w, req, v.address(), http.StatusSeeOther)
		return
	}
	show.Room, show.Name = v.room, v.name
	for _, lang := range languages() {
		show.Langs = append(show.Langs, langLink{lang, r.words[lang]["lang.name"], v.in(lang).address(), lang == v.lang})
	}
	show.Chats = []chatView{{"group", show.Words}, {"private", show.Words}}
	for _, p := range people {
		show.People = append(show.People, personLink{p, v.as(p.Name).address()})
	}
	var body bytes.Buffer
	if err := t.Execute(&body, show); err != nil {
		r.Log.Error("web: page", "error", err)
		r.refuse(w, req, http.StatusInternalServerError, "error.internal")
		return
	}
	r.giveToken(w, req)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(body.Len()))
	_, _ = w.Write(body.Bytes())
}

// asset serves the page's own files by name; the template and the words are no assets.
func (r *Room) asset(w http.ResponseWriter, req *http.Request) {
	name := req.PathValue("name")
	switch path.Ext(name) {
	case ".js", ".css", ".svg":
	default:
		r.refuse(w, req, http.StatusNotFound, "error.nowhere")
		return
	}
	content, err := fs.ReadFile(pageFiles, "page/"+name)
	if err != nil {
		r.refuse(w, req, http.StatusNotFound, "error.nowhere")
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	http.ServeContent(w, req, "", time.Time{}, bytes.NewReader(content))
}
