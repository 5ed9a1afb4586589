package domain

import (
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
	commits, err := decodeRecord(record)
	if err != nil {
		return nil, err
	}
	stored, err := readTexts(texts)
	if err != nil {
		return nil, err
	}
	reader := textReader{stored: stored}
	for i := range commits {
		for j, e := range commits[i].Events {
			commits[i].Events[j] = reader.restore(e)
		}
	}
	if !reader.done() {
		return nil, ErrTampered
	}
	return commits, nil
}

// decodeRecord leaves the digests where the texts belong.
func decodeRecord(record []byte) ([]Commit, error) {
	c := cursor{b: record}
	c.literal(`{"schema":`)
	switch schema := c.number(); {
	case c.failed:
		return nil, ErrUnreadable
	case schema > Schema:
		return nil, ErrNewer
	case schema < Schema:
		upgraded, err := upgradeRecord(record, int(schema), upgrades)
		if err != nil {
			return nil, err
		}
		c = cursor{b: upgraded}
		c.literal(`{"schema":`)
		c.number()
	}
	c.literal(`,"commits":[`)
	var commits []Commit
	for !c.failed && !c.accept("]") {
		if len(commits) > 0 {
			c.literal(",")
		}
		commit, err := c.commit()
		if err != nil {
			return nil, fmt.Errorf("commit %d: %w", len(commits), err)
		}
		commits = append(commits, commit)
	}
	c.literal("}")
	if c.failed || c.i != len(c.b) {
		return nil, ErrUnreadable
	}
	return commits, nil
}

func (c *cursor) commit() (Commit, error) {
	var commit Commit
	c.literal(`{"at":`)
	commit.At = time.UnixMilli(c.number()).UTC()
	if c.accept(`,"by":`) {
		commit.By = PersonID(c.text())
	}
	if c.accept(`,"cause":`) {
		commit.Cause = c.text()
	}
	c.literal(`,"did":[`)
	for !c.failed && !c.accept("]") {
		if len(commit.Events) > 0 {
			c.literal(",")
		} else {
			commit.Events = make([]Event, 0, 1)
		}
		e, err := c.event()
		if err != nil {
			return commit, err
		}
		commit.Events = append(commit.Events, e)
	}
	c.literal("}")
	if c.failed {
		return commit, ErrUnreadable
	}
	return commit, nil
}
