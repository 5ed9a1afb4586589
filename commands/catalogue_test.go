package commands

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"klaster/commands/phrase"
	"klaster/domain"
	"klaster/domain/calendar"
)

// dynamicKeys are the beginnings of keys that are put together at run time, with what may follow where that is known.
func dynamicKeys(c *Conversation) map[string][]string {
	known := map[string][]string{"refuse.": refusalKeys()}
	for _, p := range domain.Positions(domain.Consensus) {
		known["position."] = append(known["position."], string(p))
	}
	for _, g := range domain.Groups() {
		known["role."] = append(known["role."], g.String())
	}
	for _, s := range domain.Settings() {
		known["charter."] = append(known["charter."], string(s.Key))
	}
	for _, s := range domain.Steps() {
		known["step."] = append(known["step."], string(s.ID))
		for _, part := range []string{"meaning", "deliverable", "proof", "who"} {
			known["step."] = append(known["step."], string(s.ID)+"."+part)
		}
	}
	for _, p := range presets() {
		known["preset."] = append(known["preset."], p.code, p.code+".unit")
	}
	for _, f := range calendar.Frequencies() {
		known["frequency."] = append(known["frequency."], string(f))
	}
	for _, reason := range []calendar.Reason{
		calendar.Empty, calendar.TooLong, calendar.ForbiddenZone, calendar.ForbiddenDescriptor, calendar.Unreadable, calendar.Never,
		calendar.TooFrequent, calendar.NotExpressible, calendar.Ambiguous, calendar.Impossible,
	} {
		known["refuse."] = append(known["refuse."], "schedule."+string(reason))
	}
	for _, reason := range []phrase.Reason{phrase.Empty, phrase.Ambiguous, phrase.NotANumber, phrase.TooLarge, phrase.TooPrecise} {
		known["refuse."] = append(known["refuse."], "quantity."+string(reason))
	}
	known["direction."] = []string{"up", "down"}
	known["change."] = []string{"up", "up_bare", "down", "down_bare", "level"}
	known["reading.example."] = []string{"money", "percent", "number"}
	for _, criterion := range domain.USG() {
		for n := range 5 {
			known["usg."] = append(known["usg."], fmt.Sprintf("%s.%d", criterion, n+1))
		}
	}
	for _, a := range c.index.areas {
		for _, v := range a.verbs {
			if v.group || v.private {
				known["menu."] = append(known["menu."], v.name)
				for _, o := range optionsOf(v.name) {
					known["option."] = append(known["option."], o.english)
				}
			}
		}
		for _, f := range a.forms {
			for _, q := range f.fields {
				if f.echo != nil && !q.given {
					known["field."] = append(known["field."], f.name+"."+q.key)
				}
			}
		}
	}
	return known
}

// refusalKeys are the keys of the refusals that the rules and the conversation make.
func refusalKeys() []string {
	keys := map[string]bool{}
	for _, dir := range []string{".", "../domain"} {
		for _, f := range sources(dir) {
			ast.Inspect(f, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && called(call) == "Refuse" && len(call.Args) > 1 {
					if key, ok := literal(call.Args[1]); ok {
						keys[key] = true
					}
				}
				return true
			})
		}
	}
	return slices.Sorted(maps.Keys(keys))
}

func sources(dir string) []*ast.File {
	names, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	var out []*ast.File
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution); err == nil {
			out = append(out, f)
		}
	}
	return out
}

func called(call *ast.CallExpr) string {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}

// locale is one language's messages: every plural form of every key, and the file each is in.
type locale struct {
	forms map[string][]string
	file  map[string]string
}

func readLocales(t *testing.T) map[string]locale {
	t.Helper()
	out := map[string]locale{}
	names, err := filepath.Glob("locales/*.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range Languages() {
		out[lang] = locale{map[string][]string{}, map[string]string{}}
	}
	for _, name := range names {
		parts := strings.Split(filepath.Base(name), ".")
		l, ok := out[parts[1]]
		if len(parts) != 3 || !ok {
			t.Fatalf("%s is not <area>.<language>.toml", name)
		}
		var content map[string]any
		if _, err := toml.DecodeFile(name, &content); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key, value := range content {
			if l.file[key] != "" {
				t.Errorf("%s: %q is in %s, too", name, key, l.file[key])
			}
			l.file[key] = name
			switch v := value.(type) {
			case string:
				l.forms[key] = []string{v}
			case map[string]any:
				for form, text := range v {
					s, isText := text.(string)
					if !isText || form != "one" && form != "other" {
						t.Errorf("%s: %q has the form %q (quote keys that contain dots)", name, key, form)
						continue
					}
					l.forms[key] = append(l.forms[key], s)
				}
			}
		}
	}
	return out
}

func argumentsOf(t *testing.T, key string, forms []string) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	for _, form := range forms {
		s, err := parseSentence(form)
		if err != nil {
			t.Errorf("%s: %v", key, err)
			continue
		}
		maps.Copy(names, s.arguments())
	}
	return names
}

func TestBothLanguagesHaveTheSameSentences(t *testing.T) {
	locales := readLocales(t)
	id, en := locales["id"], locales["en"]
	for key, forms := range id.forms {
		other, ok := en.forms[key]
		if !ok {
			t.Errorf("%s: %q has no English twin", id.file[key], key)
			continue
		}
		if filepath.Base(strings.Replace(id.file[key], ".id.", ".en.", 1)) != filepath.Base(en.file[key]) {
			t.Errorf("%q is in %s and in %s", key, id.file[key], en.file[key])
		}
		if a, b := argumentsOf(t, key, forms), argumentsOf(t, key, other); !maps.Equal(a, b) {
			t.Errorf("%q takes %v in Indonesian and %v in English", key, slices.Sorted(maps.Keys(a)), slices.Sorted(maps.Keys(b)))
		}
	}
	for key := range en.forms {
		if id.forms[key] == nil {
			t.Errorf("%s: %q has no Indonesian twin", en.file[key], key)
		}
	}
}

// firstArgument says at which position a function takes its key.
var firstArgument = map[string]int{"say": 0, "line": 0, "tell": 0, "toast": 0, "Say": 1, "Line": 1}

func TestSentencesExistAndAreUsed(t *testing.T) {
	c, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	locales := readLocales(t)
	have := locales["id"].forms
	// What the bot itself says through Label.
	used, beginnings := map[string]bool{"button.confirm_self": true, "person.former": true}, map[string]bool{}
	for _, f := range sources(".") {
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				if s, ok := literal(n); ok && have[s] != nil {
					used[s] = true
				}
			case *ast.BinaryExpr: // "issue.heading." + string(fate) makes keys
				if s, ok := literal(n.X); ok && n.Op == token.ADD && len(s) > 3 && strings.Contains(s, ".") {
					beginnings[s] = true
				}
			case *ast.CallExpr:
				at, ok := firstArgument[called(n)]
				if !ok || len(n.Args) <= at {
					return true
				}
				key, ok := literal(n.Args[at])
				if !ok {
					return true
				}
				if have[key] == nil {
					t.Errorf("%s: there is no sentence %q", f.Name, key)
					return true
				}
				checkArguments(t, key, argumentsOf(t, key, have[key]), n, at+1)
			}
			return true
		})
	}
	prefixes := dynamicKeys(c)
	for prefix, rests := range prefixes {
		for _, rest := range rests {
			if have[prefix+rest] == nil {
				t.Errorf("there is no sentence %q", prefix+rest)
			}
		}
	}
	for key := range have {
		dynamic := false
		for beginning := range beginnings {
			if rest, ok := strings.CutPrefix(key, beginning); ok && rest != "" && beginning != "refuse." && beginning != "menu." {
				dynamic = true
			}
		}
		for prefix, rests := range prefixes {
			if rest, ok := strings.CutPrefix(key, prefix); ok && (slices.Contains(rests, rest) || prefix != "refuse." && prefix != "menu." && prefix != "option.") {
				dynamic = true
			}
		}
		if base, ok := strings.CutSuffix(key, "_majority"); ok && used[base] { // chosen by the method, see by
			dynamic = true
		}
		if !used[key] && !dynamic {
			t.Errorf("%s: nothing uses %q", locales["id"].file[key], key)
		}
	}
}

// checkArguments fails where a call with literal argument names leaves out one that the sentence takes.
func checkArguments(t *testing.T, key string, takes map[string]bool, call *ast.CallExpr, from int) {
	t.Helper()
	if call.Ellipsis.IsValid() {
		return
	}
	given := map[string]bool{}
	for i := from; i < len(call.Args); i += 2 {
		name, ok := literal(call.Args[i])
		if !ok {
			return
		}
		given[name] = true
	}
	for name := range takes {
		if !given[name] {
			t.Errorf("%q takes {%s}, which a call leaves out", key, name)
		}
	}
}

// commandInText finds commands inside sentences; "CV/PT" and "Asia/Jakarta" are none.
var commandInText = regexp.MustCompile("(?:^|[\\s`(\"])/([a-z]+)")

// foreign are words that the house's Indonesian does not use.
var foreign = regexp.MustCompile(`(?i)\b(anda|kamu|harap|kalian)\b`)

func TestSentencesKeepTheVoice(t *testing.T) {
	c, err := New(nil)
	if err != nil {
		t.Fatal(err)
	}
	for lang, l := range readLocales(t) {
		for key, forms := range l.forms {
			for _, text := range forms {
				if strings.ContainsAny(text, "!") {
					t.Errorf("%s: %q has an exclamation mark", l.file[key], key)
				}
				if lang == "id" && foreign.MatchString(text) {
					t.Errorf("%s: %q says %q", l.file[key], key, foreign.FindString(text))
				}
				for _, m := range commandInText.FindAllStringSubmatch(text, -1) {
					v, ok := c.index.verbs[m[1]]
					switch {
					case !ok:
						t.Errorf("%s: %q names /%s, which does not exist", l.file[key], key, m[1])
					case lang == "en" && v.name != m[1]:
						t.Errorf("%s: %q names /%s instead of /%s", l.file[key], key, m[1], v.name)
					case lang == "id" && v.name == m[1] && !slices.Contains(v.names, m[1]):
						t.Errorf("%s: %q names /%s instead of /%s", l.file[key], key, m[1], v.names[0])
					}
				}
				if (strings.HasPrefix(key, "button.") || strings.HasPrefix(key, "position.")) && utf8.RuneCountInString(text) > 20 {
					t.Errorf("%s: label %q has %d characters", l.file[key], text, utf8.RuneCountInString(text))
				}
			}
		}
	}
}

// commandEnds finds a command with a punctuation mark right behind it, in code or plain, and the argument that is one.
var commandEnds = regexp.MustCompile("(?:(?:^|[\\s(\"])(?:/[a-z]+(?: \\{[a-z_]+\\})*|\\{command\\})|`(?:/[a-z][^`]*|\\{command\\})`)[.,;:!?)]")

// TestCommandsStandAlone: who taps a command on a phone, or copies it, takes along what stands right behind it.
func TestCommandsStandAlone(t *testing.T) {
	for _, bad := range []string{"Lihat /status.", "Ketik `/bukti 1.3`, lalu", "(/usulan)", "/kuorum {number}. Bila", "`{command}`.", "{command}, lalu"} {
		if !commandEnds.MatchString(bad) {
			t.Errorf("%q passes", bad)
		}
	}
	for _, l := range readLocales(t) {
		for key, forms := range l.forms {
			for _, text := range forms {
				if found := commandEnds.FindString(text); found != "" {
					t.Errorf("%s: %q has a punctuation mark behind a command: %q", l.file[key], key, found)
				}
			}
		}
	}
}

// TestNamesAreUnique: a command, button prefix, form, answer or notice that two areas claim would be taken by the last.
func TestNamesAreUnique(t *testing.T) {
	seen := map[string]bool{}
	claim := func(kind, name string) {
		if seen[kind+" "+name] {
			t.Errorf("the %s %q is claimed twice", kind, name)
		}
		seen[kind+" "+name] = true
	}
	for _, a := range areas() {
		for _, v := range a.verbs {
			names := slices.Sorted(slices.Values(append([]string{v.name}, v.names...)))
			for _, name := range slices.Compact(names) { // "status" is the same word in both languages
				claim("command", name)
			}
		}
		for _, p := range a.taps {
			claim("prefix", p.prefix)
			if p.prefix == "f" || p.prefix == "c" || p.prefix == "use" {
				t.Errorf("the prefix %q is the framework's", p.prefix)
			}
		}
		for _, f := range a.forms {
			claim("form", f.name)
		}
		for name := range a.answers {
			claim("answer", name)
		}
		for kind := range a.notices {
			claim("notice", string(kind))
		}
	}
}

// TestWalls: the conversation reads no clock, no disk, no chance.
func TestWalls(t *testing.T) {
	banned := []string{"os", "net", "net/http", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand"}
	files := append(sources("."), sources("phrase")...)
	for _, f := range files {
		for _, imported := range f.Imports {
			if path, _ := strconv.Unquote(imported.Path.Value); slices.Contains(banned, path) {
				t.Errorf("%s imports %s", f.Name, path)
			}
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" && (sel.Sel.Name == "Now" || sel.Sel.Name == "LoadLocation" || sel.Sel.Name == "Since") {
					t.Errorf("time.%s is called", sel.Sel.Name)
				}
			}
			return true
		})
	}
	if len(files) == 0 {
		t.Error("no sources found")
	}
}
