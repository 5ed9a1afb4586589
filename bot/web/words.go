package web

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"klaster/commands/phrase"
)

//go:embed page
var pageFiles embed.FS

// words are the page's sentences by language and key.
type words map[string]map[string]string

// Languages the page speaks.
func languages() []string { return []string{"id", "en"} }

func loadWords() (words, error) {
	w := words{}
	for _, lang := range languages() {
		raw, err := pageFiles.ReadFile("page/words." + lang + ".json")
		if err != nil {
			return nil, fmt.Errorf("web: words: %w", err)
		}
		var list map[string]string
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, fmt.Errorf("web: words.%s: %w", lang, err)
		}
		w[lang] = list
	}
	return w, nil
}

// say is the sentence of a key; pairs fill its {places}.
func (w words) say(lang, key string, pairs ...string) string {
	s := w[lang][key]
	for i := 0; i+1 < len(pairs); i += 2 {
		s = strings.ReplaceAll(s, "{"+pairs[i]+"}", pairs[i+1])
	}
	return s
}

// figure writes a number as the language does.
func figure(lang string, n int) string {
	return phrase.FormatQuantity(phrase.Quantity(n)*phrase.One, lang)
}

// speak chooses the language of an address.
func (r *Room) speak(lang string) string {
	if _, ok := r.words[lang]; ok {
		return lang
	}
	return r.Lang
}

// langOf is the language of a request whose body has not been read.
func (r *Room) langOf(req *http.Request) string {
	return r.speak(req.URL.Query().Get("lang"))
}

// refuse answers with a sentence: as text to somebody who looks, as JSON to the page's script.
func (r *Room) refuse(w http.ResponseWriter, req *http.Request, status int, key string, pairs ...string) {
	r.refuseIn(w, req, r.langOf(req), status, key, pairs...)
}

func (r *Room) refuseIn(w http.ResponseWriter, req *http.Request, lang string, status int, key string, pairs ...string) {
	sentence := r.words.say(lang, key, pairs...)
	if req.Method == http.MethodGet && req.URL.Path == "/" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		fmt.Fprintln(w, sentence)
		return
	}
	reply(w, status, map[string]string{"error": sentence})
}

func reply(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte("{}")
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // whoever went away does not need it
}
