package domain

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"

	"klaster/domain/calendar"
)

// The list of refusals is what the catalogue is checked against, so it has to be exactly what the source can say.
func TestRefusalsListEveryKeyInTheSource(t *testing.T) {
	inSource := map[string]string{}
	fset := token.NewFileSet()
	for _, path := range sourceFiles(t, ".") {
		file, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "Refuse" {
				return true
			}
			key, literal := stringOf(call.Args[1])
			var args []string
			for i := 2; i < len(call.Args); i += 2 {
				arg, _ := stringOf(call.Args[i])
				args = append(args, arg)
			}
			if !literal { // "schedule." + the calendar's reason
				for _, reason := range []calendar.Reason{calendar.Empty, calendar.TooLong, calendar.ForbiddenZone, calendar.ForbiddenDescriptor,
					calendar.Unreadable, calendar.Never, calendar.TooFrequent, calendar.NotExpressible, calendar.Ambiguous, calendar.Impossible} {
					inSource["schedule."+string(reason)] = strings.Join(args, " ")
				}
				return true
			}
			if before, seen := inSource[key]; seen && before != strings.Join(args, " ") {
				t.Errorf("%s: %s is refused with %q here and %q elsewhere", fset.Position(call.Pos()), key, args, before)
			}
			inSource[key] = strings.Join(args, " ")
			return true
		})
	}
	keys := RefusalKeys()
	if !sort.StringsAreSorted(keys) {
		t.Error("the list is not sorted")
	}
	for key, args := range inSource {
		if !slices.Contains(keys, key) {
			t.Errorf("%s is not listed", key)
		} else if got := strings.Join(RefusalArgs(key), " "); got != args {
			t.Errorf("%s is listed with %q, refused with %q", key, got, args)
		}
	}
	for _, key := range keys {
		if _, ok := inSource[key]; !ok {
			t.Errorf("%s is listed and never used", key)
		}
	}
}

func stringOf(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	s, err := strconv.Unquote(lit.Value)
	return s, err == nil
}
