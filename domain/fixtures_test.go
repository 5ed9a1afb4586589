package domain

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"testing"
)

// Every type of command and of event has a file of fixtures under testdata; a type without one fails. What comes out is
// rewritten by
//
//	go test ./domain -run Fixtures -update
//
// and the difference is for a person to read.
var update = flag.Bool("update", false, "rewrite the golden parts of testdata")

// scene is what has happened before: a cluster, and steps in it.
type scene struct {
	Cluster string      `json:"cluster"` // none, founded, three
	Then    []sceneStep `json:"then,omitempty"`
}

// sceneStep is a command, or time that passes.
type sceneStep struct {
	By    string          `json:"by,omitempty"`
	Do    string          `json:"do,omitempty"`
	With  json.RawMessage `json:"with,omitempty"`
	Until string          `json:"until,omitempty"`
}

var scenePeople = map[string]By{
	"steward": steward, "admin": admin, "ana": ana, "budi": budi, "citra": citra, "dewi": dewi, "nobody": nobody, "bot": {},
}

func (s scene) play(t *testing.T) *story {
	t.Helper()
	var st *story
	switch s.Cluster {
	case "none":
		st = &story{t: t, state: NewState("K-test", testZones), now: jakarta(t, "2026-03-02 10:00")}
	case "founded":
		st = begin(t)
	case "three":
		st = beginThree(t)
	default:
		t.Fatalf("cluster %q", s.Cluster)
	}
	for _, step := range s.Then {
		if step.Until != "" {
			st.until(step.Until)
			continue
		}
		st.do(person(t, step.By), commandOf(t, step.Do, step.With))
	}
	return st
}

func person(t *testing.T, name string) By {
	t.Helper()
	by, known := scenePeople[name]
	if !known {
		t.Fatalf("person %q", name)
	}
	return by
}

// commandForms lists every command, for the fixtures.
var commandForms = map[string]func(json.RawMessage) (Command, error){
	"Found": command[Found], "ChangeCharter": command[ChangeCharter], "NameSteward": command[NameSteward],
	"NameFacilitator": command[NameFacilitator], "AttachChat": command[AttachChat], "MoveChat": command[MoveChat],
	"SuspendChat": command[SuspendChat], "ResumeChat": command[ResumeChat], "ForgetPerson": command[ForgetPerson],
	"DetachChat": command[DetachChat], "SetChatHearing": command[SetChatHearing], "LinkPersons": command[LinkPersons],
	"RegisterActor": command[RegisterActor], "ApproveActor": command[ApproveActor], "RefuseActor": command[RefuseActor],
	"ChangeActor": command[ChangeActor], "LeaveActor": command[LeaveActor], "RemoveActor": command[RemoveActor],
	"JoinActor": command[JoinActor], "ApproveRepresentative": command[ApproveRepresentative],
	"LeaveRepresentation": command[LeaveRepresentation], "RaiseIssue": command[RaiseIssue], "MergeIssues": command[MergeIssues],
	"SettleIssue": command[SettleIssue], "OpenRound": command[OpenRound], "CastScores": command[CastScores],
	"Propose": command[Propose], "CastVote": command[CastVote], "WaiveCoverage": command[WaiveCoverage],
	"ReviseText": command[ReviseText], "CloseItem": command[CloseItem], "WithdrawItem": command[WithdrawItem],
	"ParkItem": command[ParkItem], "ClaimStep": command[ClaimStep], "VerifyStep": command[VerifyStep],
	"ReopenStep": command[ReopenStep], "DefineIndicator": command[DefineIndicator], "ScheduleIndicator": command[ScheduleIndicator],
	"RetireIndicator": command[RetireIndicator], "RecordReading": command[RecordReading],
	"ReportUnavailable": command[ReportUnavailable], "DeferReading": command[DeferReading],
}

func command[C Command](b json.RawMessage) (Command, error) {
	var c C
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	err := d.Decode(&c)
	return c, err
}

func commandOf(t *testing.T, name string, with json.RawMessage) Command {
	t.Helper()
	form, known := commandForms[name]
	if !known {
		t.Fatalf("command %q", name)
	}
	if with == nil {
		with = json.RawMessage("{}")
	}
	c, err := form(with)
	if err != nil {
		t.Fatalf("%s with %s: %v", name, with, err)
	}
	return c
}

// commandCase is one command in a scene and what comes of it.
type commandCase struct {
	Name string `json:"name"`
	scene
	By      string            `json:"by"`
	With    json.RawMessage   `json:"with,omitempty"`
	Events  []json.RawMessage `json:"events,omitempty"`  // golden
	Refusal *refusalCase      `json:"refusal,omitempty"` // golden
}

type refusalCase struct {
	Code Code           `json:"code"`
	Key  string         `json:"key"`
	Args map[string]any `json:"args,omitempty"`
}

func TestCommandFixtures(t *testing.T) {
	for _, name := range commandsInSource(t) {
		if commandForms[name] == nil {
			t.Errorf("%s is not in commandForms", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			path := filepath.Join("testdata", "commands", name+".json")
			var cases []commandCase
			readJSON(t, path, &cases)
			happens, refused := false, false
			for i := range cases {
				c := &cases[i]
				st := c.play(t)
				events, err := Decide(st.state, st.now, person(t, c.By), commandOf(t, name, c.With))
				got := *c
				got.Events, got.Refusal = nil, nil
				var refusal *Error
				if errors.As(err, &refusal) {
					got.Refusal, refused = &refusalCase{refusal.Code, refusal.Key, refusal.Args}, true
				}
				for _, e := range events {
					got.Events, happens = append(got.Events, asStored(t, e)), true
				}
				compare(t, path, c.Name, c, got)
				*c = got
			}
			if !happens || !refused {
				t.Errorf("%s needs a case in which it happens and one in which it is refused", name)
			}
			writeJSON(t, path, cases)
		})
	}
}

// eventCase is one event in a scene: how it is stored, and what it changes.
type eventCase struct {
	Name string `json:"name"`
	scene
	By      string            `json:"by,omitempty"`
	Event   json.RawMessage   `json:"event"`
	Record  string            `json:"record"`          // golden
	Texts   string            `json:"texts,omitempty"` // golden
	Changes map[string]change `json:"changes"`         // golden: path in the snapshot
}

type change struct {
	Before any `json:"before,omitempty"`
	After  any `json:"after,omitempty"`
}

func TestEventFixtures(t *testing.T) {
	for _, form := range eventForms {
		t.Run(form.name, func(t *testing.T) {
			path := filepath.Join("testdata", "events", form.name+".json")
			var cases []eventCase
			readJSON(t, path, &cases)
			if len(cases) == 0 {
				t.Errorf("%s has no fixture", form.name)
			}
			for i := range cases {
				c := &cases[i]
				st := c.play(t)
				e, err := form.decode(c.Event)
				if err != nil {
					t.Fatal(err)
				}
				before := snapshotOf(t, st.state)
				st.commit(person(t, orBot(c.By)).Person, []Event{e})
				last := st.journal[len(st.journal)-1]
				got := *c
				got.Record, got.Texts = string(last.Record), string(last.Texts)
				got.Changes = differences(t, before, snapshotOf(t, st.state))
				compare(t, path, c.Name, c, got)
				*c = got
				commits, err := Decode(last.Record, last.Texts)
				if err != nil || !reflect.DeepEqual(commits[0].Events, []Event{e}) {
					t.Errorf("%s: decodes to %+v, %v", c.Name, commits, err)
				}
			}
			writeJSON(t, path, cases)
		})
	}
}

func orBot(by string) string {
	if by == "" {
		return "bot"
	}
	return by
}

// differences lists the leaves of two snapshots that differ, without what every commit changes.
func differences(t *testing.T, before, after []byte) map[string]change {
	t.Helper()
	leaves := func(b []byte) map[string]any {
		var tree map[string]any
		if err := json.Unmarshal(b, &tree); err != nil {
			t.Fatal(err)
		}
		for _, always := range []string{"Head", "Commits", "LastAt", "Causes"} {
			delete(tree, always)
		}
		out := map[string]any{}
		flatten("", tree, out)
		return out
	}
	old, now := leaves(before), leaves(after)
	out := map[string]change{}
	for path, v := range old {
		if w, kept := now[path]; !kept || !reflect.DeepEqual(v, w) {
			out[path] = change{v, w}
		}
	}
	for path, w := range now {
		if _, was := old[path]; !was {
			out[path] = change{nil, w}
		}
	}
	return out
}

func flatten(path string, v any, out map[string]any) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			flatten(path+"/"+key, inner, out)
		}
	case []any:
		for i, inner := range v {
			flatten(fmt.Sprintf("%s/%d", path, i), inner, out)
		}
	case nil:
	default:
		if !reflect.ValueOf(v).IsZero() {
			out[path] = v
		}
	}
}

func asStored(t *testing.T, e Event) json.RawMessage {
	t.Helper()
	fields, err := json.Marshal(e)
	if err != nil {
		t.Fatal(err)
	}
	return withType(nil, e.EventType(), fields)
}

func compare(t *testing.T, path, name string, want, got any) {
	t.Helper()
	if a, b := indented(t, want), indented(t, got); !*update && !bytes.Equal(a, b) {
		t.Errorf("%s, %s:\n got %s\nwant %s", path, name, b, a)
	}
}

func indented(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("no fixture: %v", err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

func writeJSON(t *testing.T, path string, v any) {
	t.Helper()
	if !*update {
		return
	}
	if err := os.WriteFile(path, indented(t, v), 0o644); err != nil {
		t.Fatal(err)
	}
}

// commandsInSource finds the command types by their marker method.
func commandsInSource(t *testing.T) []string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "command.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range file.Decls {
		if f, ok := d.(*ast.FuncDecl); ok && f.Name.Name == "isCommand" {
			names = append(names, f.Recv.List[0].Type.(*ast.Ident).Name)
		}
	}
	sort.Strings(names)
	return names
}

// Every struct with a stored name is in the table of forms; the compiler cannot see one that is missing.
func TestEveryEventInTheSourceHasAForm(t *testing.T) {
	known := map[string]bool{}
	for _, name := range EventTypes() {
		if known[name] {
			t.Errorf("%s is listed twice", name)
		}
		known[name] = true
	}
	found := 0
	for _, path := range sourceFiles(t, ".") {
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			f, ok := n.(*ast.FuncDecl)
			if !ok || f.Name.Name != "EventType" || f.Recv == nil {
				return true
			}
			found++
			name, _ := stringOf(f.Body.List[0].(*ast.ReturnStmt).Results[0])
			if !known[name] {
				t.Errorf("%s: %q has no form", path, name)
			}
			return true
		})
	}
	if found != len(eventForms) {
		t.Errorf("%d types of event in the source, %d forms", found, len(eventForms))
	}
}
