package report

import (
	"bufio"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"

	"klaster/domain"
)

// The export of a journal is one JSON object:
//
//	{"export":"klaster journal","format":1,"cluster":"K7…",
//	 "entries":[{"version":1,"chain":"<hex>","record":"<exactly what was hashed>","texts":"<what people wrote>"}, …],
//	 "head":{"version":1,"chain":"<hex>"}}
//
// chain(n) = SHA-256(chain(n-1), record(n)), chain(0) = 32 zero bytes. A part that is not UTF-8 is given in base64 as
// record64 or texts64.
const (
	exportName   = "klaster journal"
	exportFormat = 1
)

type exportedEntry struct {
	Version  uint64 `json:"version"`
	Chain    string `json:"chain"`
	Record   string `json:"record,omitempty"`
	Record64 string `json:"record64,omitempty"`
	Texts    string `json:"texts,omitempty"`
	Texts64  string `json:"texts64,omitempty"`
}

type exportedHead struct {
	Version uint64 `json:"version"`
	Chain   string `json:"chain"`
}

// WriteJournal writes the export entry by entry. It stops at the first error of the sequence.
func WriteJournal(w io.Writer, cluster domain.ClusterID, entries iter.Seq2[domain.Sealed, error]) error {
	out := bufio.NewWriter(w)
	line := func(v any) error {
		b, err := json.Marshal(v)
		if err == nil {
			_, err = out.Write(b)
		}
		return err
	}
	fmt.Fprintf(out, `{"export":%q,"format":%d,"cluster":%q,"entries":[`, exportName, exportFormat, string(cluster))
	var head domain.Head
	for e, err := range entries {
		if err != nil {
			return fmt.Errorf("export %s after version %d: %w", cluster, head.Version, err)
		}
		if head.Version > 0 {
			fmt.Fprint(out, ",")
		}
		fmt.Fprint(out, "\n")
		x := exportedEntry{Version: e.Head.Version, Chain: hex.EncodeToString(e.Head.Chain[:])}
		x.Record, x.Record64 = part(e.Record)
		x.Texts, x.Texts64 = part(e.Texts)
		if err := line(x); err != nil {
			return fmt.Errorf("export %s version %d: %w", cluster, e.Head.Version, err)
		}
		head = e.Head
	}
	fmt.Fprint(out, "\n],\"head\":")
	if err := line(exportedHead{head.Version, hex.EncodeToString(head.Chain[:])}); err != nil {
		return fmt.Errorf("export %s: %w", cluster, err)
	}
	fmt.Fprint(out, "}\n")
	if err := out.Flush(); err != nil {
		return fmt.Errorf("export %s: %w", cluster, err)
	}
	return nil
}

func part(b []byte) (text, base string) {
	if utf8.Valid(b) {
		return string(b), ""
	}
	return "", base64.StdEncoding.EncodeToString(b)
}

func unpart(text, base string) ([]byte, error) {
	if base == "" {
		if text == "" {
			return nil, nil
		}
		return []byte(text), nil
	}
	return base64.StdEncoding.DecodeString(base)
}

// Verdict is what an export proves.
type Verdict struct {
	Cluster domain.ClusterID
	Head    domain.Head // of the last entry that is good
	Commits uint64      // up to there
	Receipt string      // of the last commit: to be compared with one a member holds, which no cut tail can match
}

// ErrExport: the file is not a journal's export, or it is damaged as a file.
var ErrExport = errors.New("report: this is not a whole journal export")

// VerifyExport reads an export and proves it from its beginning: chain, readability, digests of the texts, order of
// time, and that the end is the head it names. The error is for the first thing that is wrong; the verdict tells how far
// all is good. It cannot tell whether entries were cut off the end together with the head: compare a receipt.
func VerifyExport(r io.Reader) (Verdict, error) {
	var v Verdict
	dec := json.NewDecoder(bufio.NewReader(r))
	var stated *exportedHead
	var broken error
	if err := object(dec, func(key string) error {
		switch key {
		case "export", "cluster":
			var s string
			if err := dec.Decode(&s); err != nil {
				return err
			}
			if key == "export" && s != exportName {
				return ErrExport
			}
			if key == "cluster" {
				v.Cluster = domain.ClusterID(s)
			}
			return nil
		case "format":
			var n int
			if err := dec.Decode(&n); err != nil {
				return err
			}
			if n != exportFormat {
				return fmt.Errorf("%w: format %d is not known", ErrExport, n)
			}
			return nil
		case "entries":
			broken = v.entries(dec)
			return broken
		case "head":
			return dec.Decode(&stated)
		}
		var other json.RawMessage
		return dec.Decode(&other)
	}); err != nil {
		if broken != nil {
			return v, broken
		}
		if errors.Is(err, ErrExport) {
			return v, err
		}
		return v, fmt.Errorf("%w: %w", ErrExport, err)
	}
	if stated == nil || v.Head.Version == 0 {
		return v, ErrExport
	}
	if stated.Version != v.Head.Version || stated.Chain != hex.EncodeToString(v.Head.Chain[:]) {
		return v, fmt.Errorf("%w: it names version %d as its end, and ends at %d", domain.ErrChain, stated.Version, v.Head.Version)
	}
	return v, nil
}

// object reads a JSON object and hands each key to f, which reads the value.
func object(dec *json.Decoder, f func(key string) error) error {
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return errors.Join(ErrExport, err)
	}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return err
		}
		if err := f(t.(string)); err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// entries proves the entries while they are read, so that a long journal needs little memory.
func (v *Verdict) entries(dec *json.Decoder) error {
	if t, err := dec.Token(); err != nil || t != json.Delim('[') {
		return errors.Join(ErrExport, err)
	}
	var fault error
	head, err := domain.Verify(func(yield func(domain.Sealed) bool) {
		for dec.More() {
			var x exportedEntry
			if fault = dec.Decode(&x); fault != nil {
				return
			}
			var e domain.Sealed
			if e, fault = x.sealed(); fault != nil {
				return
			}
			if commits, err := domain.Decode(e.Record, e.Texts); err == nil {
				v.Commits += uint64(len(commits))
			}
			if !yield(e) {
				return
			}
		}
	})
	v.Head = head
	if head.Version > 0 {
		v.Receipt = domain.Receipt(v.Commits, head)
	}
	switch {
	case err != nil:
		return fmt.Errorf("verify %s: %w", v.Cluster, err)
	case fault != nil:
		return fmt.Errorf("%w: entry %d: %w", ErrExport, head.Version+1, fault)
	}
	_, err = dec.Token()
	return err
}

func (x exportedEntry) sealed() (e domain.Sealed, err error) {
	e.Head.Version = x.Version
	chain, err := hex.DecodeString(x.Chain)
	if err != nil || len(chain) != len(e.Head.Chain) {
		return e, fmt.Errorf("chain of entry %d cannot be read", x.Version)
	}
	copy(e.Head.Chain[:], chain)
	if e.Record, err = unpart(x.Record, x.Record64); err != nil {
		return e, err
	}
	e.Texts, err = unpart(x.Texts, x.Texts64)
	return e, err
}
