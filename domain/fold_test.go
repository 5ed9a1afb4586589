package domain

import (
	"bytes"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// hostileEvent draws an event whose fields are any of the identifiers and values there are, whether they fit or not.
func hostileEvent(d dice) Event {
	fields := map[string]any{}
	words := []any{"A-core", "A-supp", "D1", "D2", "R1", "I1", "I2", "N1", "1.6", "2.1", "agree", "block", "?", "", "steward", "UTC", "zone",
		"quorum", "2026-03", "2026-04-01T09:00", "0 9 * * 1", "monthly", "open", "ended", "integration", "not_valid", "day", -1, 0, 1, 2, 7, true, nil,
		"2026-03-09T10:00:00Z", []any{}, []any{"A-core"}, []any{"I1"}, []any{map[string]any{"a": "A-core", "r": 255}, map[string]any{"a": "A-core"}},
		[]any{map[string]any{"i": "I1", "r": 1}}, []any{map[string]any{"g": 200}}, []any{5, 4, 3}, map[string]any{"step": "1.6", "after": "D1"}}
	for _, name := range []string{"proposal", "item", "round", "issue", "into", "indicator", "actor", "person", "steward", "position", "number", "method",
		"electorate", "closes", "rules", "version", "text", "outcome", "next", "why", "kind", "missing", "step", "decision", "cron", "frequency",
		"reporters", "slot", "period", "actors", "count", "value", "until", "key", "ranking", "issues", "scores", "roles", "link", "day", "fate", "lang", "zone"} {
		if d.upTo(3) > 0 {
			fields[name] = pick(d, words...)
		}
	}
	kind := eventForms[d.upTo(len(eventForms))]
	for {
		b, _ := json.Marshal(fields)
		e, err := kind.decode(b)
		if err == nil {
			return e
		}
		for name := range fields { // drop fields until the rest has the right types
			delete(fields, name)
			break
		}
	}
}

// Apply is total: whatever a journal holds, folding it neither fails nor breaks a later decision or wake-up, and it
// stays reproducible.
func TestApplyIsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := newDice(t)
		st := beginThree(t)
		raise(st, ana, 3)
		st.do(steward, monthly())
		st.do(steward, OpenRound{"R1"})
		st.do(ana, propose("D1"))
		s := st.state
		for range 30 {
			c := Commit{At: st.now.Add(time.Duration(d.upTo(100)-50) * time.Hour), By: pick(d, modelPeople...).Person, Cause: "x"}
			for range 1 + d.upTo(3) {
				c.Events = append(c.Events, hostileEvent(d))
			}
			record, texts, err := Encode([]Commit{c})
			if err != nil {
				t.Fatal(err)
			}
			commits, err := Decode(record, texts)
			if err != nil {
				t.Fatalf("%s: %v", record, err)
			}
			Fold(s, commits, s.Head.Next(record))
			s.NextDue()
			Fire(s, s.LastAt.Add(time.Duration(d.upTo(1000))*time.Hour))
			if _, err := Decide(s, s.LastAt, pick(d, modelPeople...), anyCommand(d)); err != nil {
				_ = err.Error()
			}
			for _, p := range s.Proposals {
				if n := p.Now().Count; n.Cast() > n.Electorate || n.Cast() != n.Electorate-len(p.Now().Missing()) {
					t.Fatalf("%+v with %d missing", n, len(p.Now().Missing()))
				}
			}
		}
		b := snapshotOf(t, s)
		back, err := DecodeSnapshot(b, testZones)
		if err != nil {
			t.Fatal(err)
		}
		if again := snapshotOf(t, back); !bytes.Equal(b, again) {
			t.Fatalf("a snapshot changes the state:\n%s\n%s", b, again)
		}
	})
}

func TestSnapshotsWithHolesAreRefused(t *testing.T) {
	for _, b := range []string{``, `[]`, `{"Actors":[{"Status":"?"}]}`, `{"Proposals":[null]}`, `{"Proposals":[{}]}`, `{"Proposals":[{"Versions":[null]}]}`,
		`{"Steps":{"1.1":null}}`, `{"Issues":[null]}`, `{"Rounds":[null]}`, `{"Indicators":[null]}`, `{"Actors":[null]}`} {
		if _, err := DecodeSnapshot([]byte(b), testZones); err == nil {
			t.Errorf("%s was accepted", b)
		}
	}
}

// The commits of one entry fold like the commits of several.
func TestBatchesFoldLikeSingles(t *testing.T) {
	st := beginThree(t)
	batch := []Commit{
		{At: st.now, By: ana.Person, Cause: "a", Events: []Event{IssueRaised{Issue: "I1", Number: 1, Title: "satu"}}},
		{At: st.now, By: budi.Person, Cause: "b", Events: []Event{IssueRaised{Issue: "I2", Number: 2, Title: "dua"}}},
	}
	record, texts, err := Encode(batch)
	if err != nil {
		t.Fatal(err)
	}
	commits, err := Decode(record, texts)
	if err != nil {
		t.Fatal(err)
	}
	before := st.state.Head
	head := before.Next(record)
	folded := Fold(st.state, commits, head)
	if folded[0].Number+1 != folded[1].Number || folded[1].Number != st.state.Commits || folded[1].Receipt != Receipt(st.state.Commits, head) {
		t.Errorf("numbered %d %s, %d %s", folded[0].Number, folded[0].Receipt, folded[1].Number, folded[1].Receipt)
	}
	if at, ok := st.state.Accepted("b"); !ok || at.Version != head.Version || at.Commit != st.state.Commits {
		t.Errorf("accepted %+v", at)
	}
	if len(st.state.Issues) != 2 || st.state.Issue("I2").By != budi.Person {
		t.Errorf("issues %+v", st.state.Issues)
	}
}
