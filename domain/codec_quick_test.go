package domain

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"testing"
)

// slow reads an event as the JSON decoder does.
func slow(t *testing.T, stored []byte) Event {
	t.Helper()
	name, err := typeOf(stored)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range eventForms {
		if f.name == name {
			e, err := f.decode(stored)
			if err != nil {
				t.Fatalf("%s: %v", stored, err)
			}
			return e
		}
	}
	t.Fatalf("no form for %s", stored)
	return nil
}

// quickly reads an event whose texts are all gone.
func quickly(stored []byte) (Event, *cursor) {
	c := &cursor{b: stored}
	e := c.quick()
	return e, c
}

// wordless is an event whose texts are all gone.
func wordless(e Event) Event {
	return e.mapTexts(func(t Text) Text {
		if t == "" {
			return ""
		}
		return Erased
	})
}

// Events as the corpus has them, and some with every field filled.
func storedEvents(t *testing.T) (all []json.RawMessage) {
	t.Helper()
	paths, _ := filepath.Glob(filepath.Join("testdata", "corpus", "*.jsonl"))
	for _, path := range paths {
		for _, e := range readCorpus(t, path) {
			var record struct {
				Commits []struct {
					Did []json.RawMessage `json:"did"`
				} `json:"commits"`
			}
			if err := json.Unmarshal(e.Record, &record); err != nil {
				t.Fatal(err)
			}
			for _, c := range record.Commits {
				all = append(all, c.Did...)
			}
		}
	}
	whole := Quantity(-125_000)
	for _, e := range []Event{
		ClusterFounded{Name: "n", Lang: "id", Zone: "Asia/Jakarta", Steward: "P1", Chat: ChatRef{Platform: "telegram", Chat: "-100", Thread: "7"}},
		CharterChanged{Key: KeyQuorum, Value: "60", Decision: 7},
		CharterChanged{Key: KeyName, Text: "n"},
		ActorRegistered{Actor: "A1", Name: "n", Roles: []Role{{Group: Core}, {Group: Supplier, Sub: "additive"}}, Place: "p", Approved: true},
		ActorRegistered{Actor: "A1"},
		ActorRegistered{Actor: "A1", Roles: []Role{}},
		ActorRegistered{Actor: "é\"", Name: "n", Roles: []Role{{}}},
		ActorApproved{Actor: "A1"},
		IssueRaised{Issue: "K1", Number: 5, Title: "t", Actor: "A1"},
		IndicatorDefined{Indicator: "N1", Number: 1, Baseline: &whole, Target: &whole, Reporters: Reporters{Actors: []ActorID{"A1", "A2"}, Groups: 63}, Cron: "0 9 * * 1"},
		IndicatorDefined{Reporters: Reporters{Actors: []ActorID{"A1"}}},
		IndicatorDefined{Reporters: Reporters{Groups: 1}},
		PromptDue{Indicator: "N1", Slot: "2026-10-01T09:00", Period: "2026-Q3", Actors: []ActorID{"A1", "A2"}, Missed: 2, Skipped: true},
		PromptDue{Indicator: "N1"},
		ReadingRecorded{Indicator: "N1", Actor: "A1", Period: "2026-Q3", Value: -5, Note: "n"},
	} {
		fields, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, withType(nil, e.EventType(), fields))
	}
	return all
}

func TestQuickFormsReadWhatTheJSONDecoderReads(t *testing.T) {
	read := map[string]bool{}
	for _, stored := range storedEvents(t) {
		got, c := quickly(stored)
		if got == nil {
			if c.i != 0 || c.failed {
				t.Errorf("%s: given up at %d, failed %v", stored, c.i, c.failed)
			}
			continue
		}
		read[got.EventType()] = true
		if want := wordless(slow(t, stored)); c.i != len(stored) || !reflect.DeepEqual(got, want) {
			t.Errorf("%s:\n got %#v\nwant %#v", stored, got, want)
		}
	}
	if len(read) != len(quickForms) {
		t.Errorf("%d forms, and only %v are read", len(quickForms), read)
	}
}

// What is cut off, or has something more in it, is left alone with nothing read.
func TestQuickFormsLeaveTheRestAlone(t *testing.T) {
	for _, stored := range storedEvents(t) {
		if e, _ := quickly(stored); e == nil {
			continue
		}
		for n := range stored {
			if e, c := quickly(stored[:n]); e != nil || c.i != 0 || c.failed || c.texts.wrong {
				t.Errorf("%s: read %#v at %d", stored[:n], e, c.i)
			}
		}
		more := append(stored[:len(stored)-1:len(stored)-1], `,"later":1}`...)
		if e, c := quickly(more); e != nil || c.i != 0 {
			t.Errorf("%s: read %#v", more, e)
		}
	}
}
