package web

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"klaster/domain"
)

type domainPerson = domain.PersonID

func testTime() time.Time { return time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC) }

func TestLanguagesSayTheSame(t *testing.T) {
	w, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	places := regexp.MustCompile(`\{[a-z]+\}`)
	for key, id := range w["id"] {
		en, ok := w["en"][key]
		if !ok || strings.TrimSpace(en) == "" || strings.TrimSpace(id) == "" {
			t.Errorf("%s: id %q, en %q", key, id, en)
		}
		if a, b := places.FindAllString(id, -1), places.FindAllString(en, -1); strings.Join(a, "") != strings.Join(b, "") {
			t.Errorf("%s: places %v and %v", key, a, b)
		}
		if strings.ContainsAny(id+en, "!") || regexp.MustCompile(`(?i)\b(kamu|anda|harap)\b`).MatchString(id) {
			t.Errorf("%s: not our voice: %q, %q", key, id, en)
		}
	}
	if len(w["id"]) != len(w["en"]) {
		t.Errorf("%d and %d sentences", len(w["id"]), len(w["en"]))
	}
}

func TestEverySentenceIsUsedAndEveryUsedOneExists(t *testing.T) {
	w, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	var sources strings.Builder
	for _, name := range []string{"say.go", "upload.go", "shelf.go", "stream.go", "page.go", "gate.go", "words.go", "visitor.go"} {
		b, err := fs.ReadFile(sourceFiles(), name)
		if err != nil {
			t.Fatal(err)
		}
		sources.Write(b)
	}
	pages, err := fs.Glob(pageFiles, "page/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pages {
		if strings.HasSuffix(name, ".js") || strings.HasSuffix(name, ".html") {
			b, err := fs.ReadFile(pageFiles, name)
			if err != nil {
				t.Fatal(err)
			}
			sources.Write(b)
		}
	}
	all := sources.String()
	for _, found := range regexp.MustCompile(`(?:say\(|\$w |\.Words )['"]([a-z_.]+)['"]|"(error\.[a-z_]+)"`).FindAllStringSubmatch(all, -1) {
		key := found[1] + found[2]
		if _, ok := w["id"][key]; !ok {
			t.Errorf("nobody wrote %s", key)
		}
	}
	// Keys that are put together: what varies is cut off.
	whole := regexp.MustCompile(`\.(group|private)(\.|$)|\.tap$|^status\..*|^log\..*`)
	for key := range w["id"] {
		if !strings.Contains(all, key) && !whole.MatchString(key) {
			t.Errorf("nobody says %s", key)
		}
	}
}

// sourceFiles are this package's own sources.
func sourceFiles() fs.FS { return os.DirFS(".") }
