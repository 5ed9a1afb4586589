package domain

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func voteCommit(i int) Commit {
	return Commit{
		At: time.UnixMilli(1764842400000 + int64(i)).UTC(), By: "P7XQ2M4K", Cause: fmt.Sprintf("tg:7123456789:%d", 123456789+i),
		Events: []Event{VoteCast{Proposal: "D9K3M2XA", Actor: "A3B4C5D6", Position: Agree}},
	}
}

func TestVoteRecordIsSmall(t *testing.T) {
	record, texts, err := Encode([]Commit{voteCommit(0)})
	if err != nil || texts != nil {
		t.Fatal(err, texts)
	}
	if len(record) >= 150 {
		t.Errorf("%d bytes: %s", len(record), record)
	}
	if !json.Valid(record) {
		t.Errorf("not JSON: %s", record)
	}
	var batch []Commit
	for i := range 100 {
		batch = append(batch, voteCommit(i))
	}
	all, _, _ := Encode(batch)
	t.Logf("one vote %d bytes, in a batch of 100 %d bytes each", len(record), len(all)/100)
}

func TestTextsAreBesideTheRecord(t *testing.T) {
	c := Commit{At: time.UnixMilli(0).UTC(), By: "P1", Salt: [16]byte{7}, Events: []Event{
		VoteCast{Proposal: "D1", Actor: "A1", Position: Object, Reason: "alasan \"rahasia\" <b>\u2028é"},
		StepClaimed{Step: "1.1", Evidence: []Evidence{{Kind: EvidenceText, Text: "bukti"}, {Kind: EvidenceFile, File: "f1"}}},
		IssueRaised{Issue: "I1", Number: 1, Title: "alasan \"rahasia\" <b>\u2028é"},
	}}
	record, texts, err := Encode([]Commit{c})
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(record, []byte("rahasia")) || bytes.Contains(record, []byte("bukti")) {
		t.Errorf("the record tells a text: %s", record)
	}
	var stored []*storedText
	if err := json.Unmarshal(texts, &stored); err != nil || len(stored) != 3 {
		t.Fatalf("%v: %s", err, texts)
	}
	if bytes.Equal(stored[0].Salt, stored[2].Salt) {
		t.Error("two texts share a salt, so equal texts would show")
	}
	got, err := Decode(record, texts)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got[0].Events) != fmt.Sprint(c.Events) {
		t.Errorf("got %v, want %v", got[0].Events, c.Events)
	}

	// Whoever touches a text, a salt or the number of texts is found out.
	for _, forged := range [][]byte{
		bytes.Replace(texts, []byte("bukti"), []byte("butki"), 1), nil, []byte("[]"), []byte("null"), []byte(`{"salt":1}`),
		append(bytes.TrimSuffix(bytes.Clone(texts), []byte("]")), []byte(`,null]`)...),
	} {
		if _, err := Decode(record, forged); !errors.Is(err, ErrTampered) {
			t.Errorf("%s: %v", forged, err)
		}
	}

	erased, changed, err := RedactTexts(record, texts, WrittenBy("P1"))
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	if bytes.Contains(erased, []byte("bukti")) || !bytes.Contains(erased, []byte("rahasia")) { // the issue's title stays
		t.Errorf("after erasing: %s", erased)
	}
	got, err = Decode(record, erased)
	if err != nil || got[0].Events[0].(VoteCast).Reason != Erased || got[0].Events[2].(IssueRaised).Title == Erased {
		t.Errorf("%+v, %v", got, err)
	}
	if _, changed, _ := RedactTexts(record, erased, WrittenBy("P1")); changed {
		t.Error("erased twice")
	}
	if _, changed, _ := RedactTexts(record, texts, WrittenBy("P2")); changed {
		t.Error("erased somebody else's words")
	}
}

func TestRecordsThatCannotBeRead(t *testing.T) {
	for record, want := range map[string]error{
		``:                            ErrUnreadable,
		`{"schema":1}`:                ErrUnreadable,
		`{"schema":2,"commits":[]}`:   ErrNewer,
		`{"schema":0,"commits":[]}`:   ErrUnreadable,
		`{"schema":1,"commits":[{}]}`: ErrUnreadable,
		`{"schema":1,"commits":[]}x`:  ErrUnreadable,
		`{"schema":1,"commits":[{"at":1,"did":[{"type":"flying_saucer"}]}]}`:            ErrUnreadable,
		`{"schema":1,"commits":[{"at":1,"did":[{"type":"issue_merged","issue":5}]}]}`:   ErrUnreadable,
		`{"schema":1,"commits":[{"at":1,"did":[["scores_cast","R","A","I",[9,1,1]]]}]}`: ErrUnreadable,
	} {
		if _, err := Decode([]byte(record), nil); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", record, err, want)
		}
	}
	if _, _, err := Encode([]Commit{{Events: []Event{nil}}}); err == nil {
		t.Error("encoded no event")
	}
}

func TestUpgradesRunOldestFirst(t *testing.T) {
	table := []upgrade{
		{-1, "agree was called yes", func(c map[string]any) error {
			for _, e := range c["did"].([]any) {
				if e := e.(map[string]any); e["position"] == "yes" {
					e["position"] = "agree"
				}
			}
			return nil
		}},
		{0, "votes got a short form", func(c map[string]any) error {
			for i, e := range c["did"].([]any) {
				if e := e.(map[string]any); e["type"] == "vote_cast" {
					c["did"].([]any)[i] = []any{"vote_cast", e["proposal"], e["actor"], e["position"]}
				}
			}
			return nil
		}},
	}
	old := `{"schema":-1,"commits":[{"at":9007199254740993,"by":"P1","did":[{"type":"vote_cast","proposal":"D1","actor":"A1","position":"yes"},{"type":"issue_merged","issue":"I1","into":"I2"}]}]}`
	got, err := upgradeRecord([]byte(old), -1, table)
	if err != nil {
		t.Fatal(err)
	}
	commits, err := Decode(got, nil)
	if err != nil {
		t.Fatalf("%s: %v", got, err)
	}
	want := []Event{VoteCast{Proposal: "D1", Actor: "A1", Position: Agree}, IssueMerged{"I1", "I2"}}
	if !slices.Equal(commits[0].Events, want) || commits[0].At.UnixMilli() != 9007199254740993 {
		t.Errorf("got %+v", commits)
	}
	if _, err := upgradeRecord([]byte(old), -1, table[1:]); !errors.Is(err, ErrUnreadable) {
		t.Errorf("a step is missing: %v", err)
	}
}

func TestVerifyFindsWhatWasTouched(t *testing.T) {
	st := beginThree(t)
	st.do(ana, propose("D1"))
	st.vote(budi, "D1", Object)
	st.vote(citra, "D1", Agree)
	good := func() []Sealed { return slices.Clone(st.journal) }
	if head, err := Verify(slices.Values(good())); err != nil || head != st.state.Head {
		t.Fatal(head, err)
	}
	last := len(st.journal) - 1
	for what, touch := range map[string]func(j []Sealed) []Sealed{
		"a position": func(j []Sealed) []Sealed {
			j[last].Record = bytes.Replace(j[last].Record, []byte(`"agree"`), []byte(`"block"`), 1)
			return j
		},
		"a reason": func(j []Sealed) []Sealed {
			j[last-1].Texts = bytes.Replace(j[last-1].Texts, []byte("karena"), []byte("walaup"), 1)
			return j
		},
		"an entry left out": func(j []Sealed) []Sealed { return slices.Delete(j, 3, 4) },
		"the order":         func(j []Sealed) []Sealed { j[3], j[4] = j[4], j[3]; return j },
	} {
		if _, err := Verify(slices.Values(touch(good()))); err == nil {
			t.Errorf("%s: nobody noticed", what)
		}
	}
	erased := good()
	erased[last-1].Texts, _, _ = RedactTexts(erased[last-1].Record, erased[last-1].Texts, WrittenBy(budi.Person))
	if _, err := Verify(slices.Values(erased)); err != nil {
		t.Errorf("erasing breaks the chain: %v", err)
	}
}

func TestStringsSurvive(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		c := cursor{b: appendString(nil, s)}
		if got := c.text(); got != s || c.failed || c.i != len(c.b) {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

// FuzzDecode: whatever a store hands over, reading it ends in commits or an error, and folding them in a state.
func FuzzDecode(f *testing.F) {
	record, texts, _ := Encode([]Commit{voteCommit(0), {Events: []Event{IssueRaised{Issue: "I1", Number: 1, Title: "x"}}}})
	f.Add(record, texts)
	for _, e := range eventForms {
		f.Add([]byte(`{"schema":1,"commits":[{"at":1,"did":[{"type":"`+e.name+`"}]}]}`), []byte(nil))
	}
	f.Add([]byte(`{"schema":1,"commits":[{"at":1,"did":[["vote_cast","D","A","agree"],["scores_cast","R","A","I",[1,2,3]]]}]}`), []byte(nil))
	f.Fuzz(func(t *testing.T, record, texts []byte) {
		commits, err := Decode(record, texts)
		if err != nil {
			return
		}
		s := NewState("K", testZones)
		Fold(s, commits, s.Head.Next(record))
		s.NextDue()
		Fire(s, s.LastAt)
	})
}

func BenchmarkEncodeVotes(b *testing.B) {
	batch := make([]Commit, 100)
	for i := range batch {
		batch[i] = voteCommit(i)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := Encode(batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/vote")
}

func BenchmarkDecodeVotes(b *testing.B) {
	batch := make([]Commit, 100)
	for i := range batch {
		batch[i] = voteCommit(i)
	}
	record, _, _ := Encode(batch)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Decode(record, nil); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/vote")
}

func TestSeedsOfCausesDoNotMeet(t *testing.T) {
	seen := map[uint64]string{}
	for i := range 10_000 {
		cause := "tg:1:" + strings.Repeat("0", i%3) + fmt.Sprint(i)
		if other, ok := seen[causeHash(cause)]; ok && other != cause {
			t.Fatalf("%s and %s", cause, other)
		}
		seen[causeHash(cause)] = cause
	}
}
