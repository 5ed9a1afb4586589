package domain

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"time"
)

// The record of an entry is one line of JSON, written and read in this exact shape:
//
//	{"schema":1,"commits":[{"at":1764842400000,"by":"P7…","cause":"tg:…","did":[event, …]}, …]}
//
// "at" is in milliseconds, empty fields are left out, and an event is {"type":"issue_raised", …} with the fields of its
// type; the events that make up most of a journal have a short form, see shortForms. Every text a person wrote is
// replaced by its salted digest; the texts part carries salt and text beside it:
//
//	[{"salt":"…","text":"…"}, null, …]
//
// in the order of the record, null where the text was erased. Empty texts are in neither.

// Schema is the number of the format that Encode writes. Older records are upgraded when they are read.
const Schema = 1

var (
	// ErrTampered: a text does not match its digest, or texts are missing or left over.
	ErrTampered = errors.New("domain: the texts of an entry do not match its record")
	// ErrUnreadable: the record is not what Encode writes.
	ErrUnreadable = errors.New("domain: the record of an entry cannot be read")
	// ErrNewer: the record was written by a newer version of the program.
	ErrNewer = errors.New("domain: the record of an entry has a newer schema")
)

// Encode gives the two parts of an entry. The texts are nil when nobody wrote anything.
func Encode(commits []Commit) (record, texts []byte, err error) {
	b := make([]byte, 0, 64+160*len(commits))
	b = append(b, `{"schema":`...)
	b = strconv.AppendInt(b, Schema, 10)
	b = append(b, `,"commits":[`...)
	var written textWriter
	for i := range commits {
		c := &commits[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"at":`...)
		b = strconv.AppendInt(b, c.At.UnixMilli(), 10)
		if c.By != "" {
			b = append(b, `,"by":`...)
			b = appendString(b, string(c.By))
		}
		if c.Cause != "" {
			b = append(b, `,"cause":`...)
			b = appendString(b, c.Cause)
		}
		b = append(b, `,"did":[`...)
		written.begin(i, c.Salt)
		for j, e := range c.Events {
			if j > 0 {
				b = append(b, ',')
			}
			if b, err = appendEvent(b, e, &written); err != nil {
				return nil, nil, fmt.Errorf("commit %d, event %d: %w", i, j, err)
			}
		}
		b = append(b, "]}"...)
	}
	b = append(b, "]}"...)
	return b, written.part(), nil
}

// Decode reads what Encode wrote, upgrades older schemas, and puts the texts back after checking them against their
// digests. Salts are not restored; numbers and receipts are for Fold to give.
func Decode(record, texts []byte) ([]Commit, error) {
	stored, untold := readTexts(texts)
	commits, rest, err := decodeRecord(record, stored)
	switch {
	case err != nil:
		return nil, err
	case untold != nil:
		return nil, untold
	case !rest.done():
		return nil, ErrTampered
	}
	return commits, nil
}

// decodeRecord puts the texts in the places of their digests as it comes by them; rest tells whether they fit.
func decodeRecord(record []byte, stored []*storedText) (commits []Commit, rest textReader, err error) {
	c := cursor{b: record, texts: textReader{stored: stored}}
	c.literal(`{"schema":`)
	switch schema := c.number(); {
	case c.failed:
		return nil, rest, ErrUnreadable
	case schema > Schema:
		return nil, rest, ErrNewer
	case schema < Schema:
		upgraded, err := upgradeRecord(record, int(schema), upgrades)
		if err != nil {
			return nil, rest, err
		}
		c = cursor{b: upgraded, texts: c.texts}
		c.literal(`{"schema":`)
		c.number()
	}
	c.literal(`,"commits":[`)
	if n := bytes.Count(c.b, []byte(beginsCommit)); n > 0 {
		commits, c.events = make([]Commit, 0, n), make([]Event, 0, n)
	}
	for !c.failed && !c.accept("]") {
		if len(commits) > 0 {
			c.literal(",")
		}
		commit, err := c.commit()
		if err != nil {
			return nil, rest, fmt.Errorf("commit %d: %w", len(commits), err)
		}
		commits = append(commits, commit)
	}
	c.literal("}")
	if c.failed || c.i != len(c.b) {
		return nil, rest, ErrUnreadable
	}
	return commits, c.texts, nil
}

const beginsCommit = `{"at":`

func (c *cursor) commit() (Commit, error) {
	var commit Commit
	c.literal(beginsCommit)
	commit.At = time.UnixMilli(c.number()).UTC()
	if c.accept(`,"by":`) {
		commit.By = PersonID(c.text())
	}
	if c.accept(`,"cause":`) {
		commit.Cause = c.text()
	}
	c.literal(`,"did":[`)
	first := len(c.events)
	for !c.failed && !c.accept("]") {
		if len(c.events) > first {
			c.literal(",")
		}
		e, err := c.event()
		if err != nil {
			return commit, err
		}
		c.events = append(c.events, e)
	}
	if end := len(c.events); end > first {
		commit.Events = c.events[first:end:end]
	}
	c.literal("}")
	if c.failed {
		return commit, ErrUnreadable
	}
	return commit, nil
}
