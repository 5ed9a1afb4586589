package report

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"time"

	"klaster/domain"
)

func TestCSVCannotRun(t *testing.T) {
	for cell, want := range map[string]string{
		"":            "",
		"PT Rotan":    "PT Rotan",
		"=1+1":        "'=1+1",
		"+62812":      "'+62812",
		"-2":          "-2",
		"-2,5":        "-2,5",
		"-2+cmd|' /C": "'-2+cmd|' /C",
		"@SUM(A1)":    "'@SUM(A1)",
		"\t=1":        "'\t=1",
		"\r=1":        "'\r=1",
		"  =1":        "'  =1",
		"＝1":          "'＝1",
		"1=1":         "1=1",
		"日本":          "日本",
	} {
		if got := harmless(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
}

func TestCSVReadsBack(t *testing.T) {
	table := [][]string{{"Nama", "Nilai"}, {"PT \"Rotan\"; Jaya", "1.250,5"}, {"a\nb", ""}}
	var out bytes.Buffer
	if err := WriteCSV(&out, table, ';'); err != nil {
		t.Fatal(err)
	}
	text, ok := strings.CutPrefix(out.String(), "\ufeff")
	if !ok {
		t.Error("no byte order mark: Excel would guess the encoding")
	}
	r := csv.NewReader(strings.NewReader(text))
	r.Comma = ';'
	got, err := r.ReadAll()
	if err != nil || len(got) != 3 || got[1][0] != table[1][0] {
		t.Errorf("read back %q, %v", got, err)
	}
}

// journal makes a chain of votes with reasons.
func journal(t testing.TB, n int) []domain.Sealed {
	t.Helper()
	var out []domain.Sealed
	var head domain.Head
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for i := range n {
		record, texts, err := domain.Encode([]domain.Commit{{
			At: at.Add(time.Duration(i) * time.Second), By: "P1", Cause: "web:" + string(rune('a'+i)),
			Events: []domain.Event{domain.VoteCast{Proposal: "D1", Actor: "A1", Position: domain.Object, Reason: "terlalu <mahal> & \u2028 jauh"}},
		}})
		if err != nil {
			t.Fatal(err)
		}
		head = head.Next(record)
		out = append(out, domain.Sealed{Head: head, Record: record, Texts: texts})
	}
	return out
}

func export(t testing.TB, entries []domain.Sealed) string {
	t.Helper()
	var out bytes.Buffer
	err := WriteJournal(&out, "K1", func(yield func(domain.Sealed, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestExportIsProven(t *testing.T) {
	entries := journal(t, 5)
	v, err := VerifyExport(strings.NewReader(export(t, entries)))
	if err != nil {
		t.Fatal(err)
	}
	want := Verdict{Cluster: "K1", Head: entries[4].Head, Commits: 5, Receipt: domain.Receipt(5, entries[4].Head)}
	if v != want {
		t.Errorf("verdict %+v, want %+v", v, want)
	}
}

func TestExportSurvivesErasure(t *testing.T) {
	entries := journal(t, 3)
	redacted, changed, err := domain.RedactTexts(entries[1].Record, entries[1].Texts, domain.WrittenBy("P1"))
	if err != nil || !changed {
		t.Fatal(changed, err)
	}
	entries[1].Texts = redacted
	if _, err := VerifyExport(strings.NewReader(export(t, entries))); err != nil {
		t.Errorf("an erased text breaks the proof: %v", err)
	}
}

func TestDamageIsFound(t *testing.T) {
	good := export(t, journal(t, 6))
	lines := strings.Split(good, "\n")
	cases := map[string]string{
		"empty":          "",
		"another file":   `{"hello":1}`,
		"not json":       "klaster journal",
		"cut":            good[:len(good)/2],
		"no entries":     export(t, nil),
		"vote changed":   strings.Replace(good, "object", "agreee", 1),
		"text changed":   strings.Replace(good, "mahal", "murah", 1),
		"entry dropped":  strings.Join(append(append([]string{}, lines[:3]...), lines[4:]...), "\n"),
		"first dropped":  strings.Join(append(append([]string{}, lines[:1]...), lines[2:]...), "\n"),
		"order swapped":  strings.Join([]string{lines[0], lines[2], lines[1], lines[3], lines[4], lines[5], lines[6], lines[7]}, "\n"),
		"tail dropped":   strings.Join([]string{lines[0], strings.TrimSuffix(lines[1], ","), lines[7]}, "\n"),
		"foreign format": strings.Replace(good, `"format":1`, `"format":2`, 1),
		"foreign name":   strings.Replace(good, "klaster journal", "cluster journal", 1),
	}
	for name, text := range cases {
		if text == good {
			t.Errorf("%s: nothing was changed", name)
		}
		if v, err := VerifyExport(strings.NewReader(text)); err == nil {
			t.Errorf("%s: proven, with %+v", name, v)
		}
	}
	if _, err := VerifyExport(strings.NewReader(strings.Replace(good, "object", "agreee", 1))); !errors.Is(err, domain.ErrChain) {
		t.Errorf("a changed vote: %v, want a broken chain", err)
	}
}

func FuzzVerifyExport(f *testing.F) {
	good := export(f, journal(f, 3))
	f.Add(good)
	f.Add(good[:100])
	f.Add(`{"export":"klaster journal","format":1,"cluster":"K1","entries":[],"head":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		v, err := VerifyExport(strings.NewReader(text))
		if err == nil && v.Head.Version == 0 {
			t.Error("nothing was proven")
		}
	})
}
