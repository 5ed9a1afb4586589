package domain

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// upgrade brings the commits of one schema to the next. Digests stay as they are, and so does the order of the texts.
type upgrade struct {
	from int
	why  string
	// commit changes one commit in place: "at", "by", "cause" and "did", the list of events as objects or short forms.
	commit func(commit map[string]any) error
}

// upgrades lists all format changes, oldest first; each has a fixture in testdata/upgrades. It is never written.
var upgrades = []upgrade{}

// upgradeRecord runs the upgrades a record still needs and gives it in the present shape.
func upgradeRecord(record []byte, schema int, table []upgrade) ([]byte, error) {
	var old struct {
		Commits []map[string]any `json:"commits"`
	}
	d := json.NewDecoder(bytes.NewReader(record))
	d.UseNumber() // quantities have more digits than a float
	if err := d.Decode(&old); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	for _, u := range table {
		if u.from != schema {
			continue
		}
		for _, c := range old.Commits {
			if err := u.commit(c); err != nil {
				return nil, fmt.Errorf("upgrade from schema %d (%s): %w", u.from, u.why, err)
			}
		}
		schema++
	}
	if schema < Schema {
		return nil, fmt.Errorf("%w: schema %d", ErrUnreadable, schema)
	}
	if old.Commits == nil {
		old.Commits = []map[string]any{}
	}
	// Keys come out sorted, which for a commit is the order of the present shape.
	commits, err := json.Marshal(old.Commits)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreadable, err)
	}
	b := fmt.Appendf(nil, `{"schema":%d,"commits":`, schema)
	return append(append(b, commits...), '}'), nil
}
