package domain

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// The rules and the conversation are pure: what they need of the world comes in as parameters. The walls are checked on
// direct imports and called symbols; a library may use the world inside.
var (
	forbiddenImports = []string{
		"os", "os/exec", "io/ioutil", "net", "net/http", "log", "log/slog", "math/rand", "math/rand/v2", "crypto/rand",
		"syscall", "unsafe", "hash/maphash",
	}
	forbiddenCalls = map[string][]string{
		"time": {"Now", "Since", "Until", "LoadLocation", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker", "Local"},
	}
	// What domain may import of ours, and what commands may: nothing of the rooms around them.
	allowedOurs = map[string][]string{
		".":           {"klaster/domain"},
		"../commands": {"klaster/domain", "klaster/commands"},
	}
)

func TestWalls(t *testing.T) {
	for root, ours := range allowedOurs {
		files := sourceFiles(t, root)
		if len(files) == 0 {
			t.Errorf("no source under %s", root)
		}
		for _, path := range files {
			for _, breach := range breaches(t, path, nil, ours) {
				t.Errorf("%s", breach)
			}
		}
	}
}

// A wall that cannot fail is none.
func TestWallsSeeABreach(t *testing.T) {
	const source = `package x
import ("os"; clock "time"; "klaster/store"; "fmt")
func init() {}
func f() { _ = clock.Now; fmt.Println(os.Args, clock.Local) }`
	got := breaches(t, "x.go", source, allowedOurs["."])
	if len(got) != 5 {
		t.Errorf("want 5 breaches (os, store, init, Now, Local), got %q", got)
	}
}

func breaches(t *testing.T, path string, source any, ours []string) []string {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, path, source, 0)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	report := func(pos token.Pos, what string) { found = append(found, fset.Position(pos).String()+": "+what) }
	names := map[string]string{} // local name -> import path
	for _, spec := range file.Imports {
		imported, _ := strconv.Unquote(spec.Path.Value)
		if slices.Contains(forbiddenImports, imported) {
			report(spec.Pos(), "imports "+imported)
		}
		if strings.HasPrefix(imported, "klaster/") && !slices.ContainsFunc(ours, func(root string) bool {
			return imported == root || strings.HasPrefix(imported, root+"/")
		}) {
			report(spec.Pos(), "imports "+imported)
		}
		name := imported[strings.LastIndex(imported, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		names[name] = imported
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Recv == nil && n.Name.Name == "init" {
				report(n.Pos(), "has an init function")
			}
		case *ast.SelectorExpr:
			if pkg, ok := n.X.(*ast.Ident); ok && slices.Contains(forbiddenCalls[names[pkg.Name]], n.Sel.Name) {
				report(n.Pos(), "uses "+names[pkg.Name]+"."+n.Sel.Name)
			}
		}
		return true
	})
	return found
}

// sourceFiles lists the Go files under a directory that are not tests.
func sourceFiles(t *testing.T, root string) []string {
	t.Helper()
	var out []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}
