package domain

// RedactTexts erases the texts of chosen events in the texts part of an entry and says whether anything was there to
// erase. The record, and with it the chain, stays as it is; erased texts decode to Erased.
func RedactTexts(record, texts []byte, erase func(Commit, Event) bool) (redacted []byte, changed bool, err error) {
	commits, err := Decode(record, texts)
	if err != nil {
		return nil, false, err
	}
	stored, err := readTexts(texts)
	if err != nil {
		return nil, false, err
	}
	next := 0
	for _, c := range commits {
		for _, e := range c.Events {
			gone := erase(c, e)
			e.mapTexts(func(t Text) Text {
				if t == "" {
					return t
				}
				if gone && stored[next] != nil {
					stored[next], changed = nil, true
				}
				next++
				return t
			})
		}
	}
	if !changed {
		return texts, false, nil
	}
	return encodeTexts(stored), true, nil
}

// WrittenBy chooses what is erased when a person is forgotten: the reasons, notes and pieces of evidence in their own
// words. What they entered on behalf of the group stays: names of the cluster, of organisations and of indicators,
// titles of issues, and the texts of proposals, which others have voted on.
func WrittenBy(person PersonID) func(Commit, Event) bool {
	return func(c Commit, e Event) bool {
		if person == "" || c.By != person {
			return false
		}
		switch e.(type) {
		case VoteCast, ActorRefused, ActorLeft, IssueSettled, ItemWithdrawn, ItemParked, StepClaimed, StepReopened,
			ReadingRecorded, ReadingUnavailable:
			return true
		}
		return false
	}
}
