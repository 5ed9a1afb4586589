package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"klaster/domain"
	"klaster/store"
)

// journal is a history that is written without a bot: the entries as the rooms encode them.
type journal struct {
	state   *domain.State
	entries []store.Entry
	batch   []domain.Commit
	at      time.Time
	salt    byte
}

const steward domain.PersonID = "PSTEWARDBENCH0001"

// found begins a history at the given time. Digests are off: nothing of a run depends on the hour it is made at.
func found(at time.Time, zoneName string, chat domain.ChatRef) *journal {
	j := &journal{state: domain.NewState("bench", zone), at: at.UTC().Truncate(time.Millisecond)}
	j.happen(steward, domain.ClusterFounded{Name: "Klaster Rotan", Core: "Rotan", Region: "Cirebon", Lang: "id", Zone: zoneName, Steward: steward, Chat: chat})
	j.happen(steward, domain.CharterChanged{Key: domain.KeyDigest, Value: "off"})
	return j
}

// happen adds a commit a millisecond after the last.
func (j *journal) happen(by domain.PersonID, events ...domain.Event) {
	j.at = j.at.Add(time.Millisecond)
	j.salt++
	c := domain.Commit{At: j.at, By: by, Cause: fmt.Sprintf("seed:%d", j.state.Commits), Salt: [16]byte{j.salt}, Events: events}
	domain.Apply(j.state, c)
	j.batch = append(j.batch, c)
}

// fire lets the clock run until then: what falls due happens.
func (j *journal) fire(until time.Time) error {
	for {
		due, ok := j.state.NextDue()
		if !ok || due.After(until) {
			return nil
		}
		j.at = due.Truncate(time.Millisecond).Add(time.Millisecond)
		if events := domain.Fire(j.state, j.at); len(events) > 0 {
			j.happen("", events...)
		}
		if err := j.entry(); err != nil {
			return err
		}
	}
}

// entry ends an entry.
func (j *journal) entry() error {
	record, texts, err := domain.Encode(j.batch)
	if err != nil {
		return err
	}
	j.entries = append(j.entries, store.Entry{Record: record, Texts: texts})
	j.state.Seal(j.state.Head.Next(record))
	j.batch = nil
	return nil
}

func actorID(i int) domain.ActorID   { return domain.ActorID(fmt.Sprintf("A%07d", i)) }
func personID(i int) domain.PersonID { return domain.PersonID(fmt.Sprintf("PBENCH%010d", i)) }

// actors registers n organisations with one representative each.
func (j *journal) actors(n int) error {
	for i := range n {
		j.happen(personID(i), domain.ActorRegistered{
			Actor: actorID(i), Name: domain.Text(fmt.Sprintf("PT Rotan Jaya %d", i)), Place: "Cirebon",
			Roles: []domain.Role{{Group: domain.Groups()[i%6]}}, Approved: true,
		})
		if len(j.batch) == 100 {
			if err := j.entry(); err != nil {
				return err
			}
		}
	}
	if len(j.batch) > 0 {
		return j.entry()
	}
	return nil
}

const proposal domain.ItemID = "D9K3M2XA"

// ballot opens a proposal to all actors; the first votes of them have voted.
func (j *journal) ballot(votes int) error {
	var electorate []domain.Voter
	for _, a := range j.state.Actors {
		electorate = append(electorate, domain.Voter{Actor: a.ID, Roles: domain.RoleSetOf(a.Roles)})
	}
	j.happen(personID(0), domain.ProposalOpened{
		Proposal: proposal, Number: 1, Method: domain.Consensus, Title: "Pengadaan rotan bersama sampai akhir tahun", Actor: actorID(0),
		Electorate: electorate, Closes: j.at.AddDate(0, 0, 7), Rules: domain.Rules{Quorum: 50, Agreement: 75, Rounds: 2, Days: 7},
	})
	if err := j.entry(); err != nil {
		return err
	}
	for i := range votes {
		j.happen(personID(i), domain.VoteCast{Proposal: proposal, Actor: actorID(i), Position: domain.Agree})
		if len(j.batch) == 100 || i == votes-1 {
			if err := j.entry(); err != nil {
				return err
			}
		}
	}
	return nil
}

// voting writes the journal of a cluster in a chat, of so many actors and an open ballot in which the first have voted.
func voting(ctx context.Context, s store.Store, id domain.ClusterID, chat domain.ChatRef, actors, votes int) error {
	now := time.Now()
	j := found(now.Add(-5*24*time.Hour), "Asia/Jakarta", chat)
	if err := j.actors(actors); err != nil {
		return err
	}
	j.at = now.Add(-time.Hour).UTC().Truncate(time.Millisecond) // the registrations are old news
	if err := j.ballot(votes); err != nil {
		return err
	}
	if err := j.store(ctx, s, id, chat.Platform); err != nil {
		return err
	}
	_, err := s.Claim(ctx, chat, id)
	return err
}

// represent makes the representatives of the first n actors known to the store.
func represent(ctx context.Context, s store.Store, n int, account func(i int) store.Account, clusters ...domain.ClusterID) error {
	return abreast(ctx, n, func(i int) error {
		_, err := s.MintPerson(ctx, account(i), store.Person{ID: personID(i), Name: userName(i), Clusters: clusters})
		return err
	})
}

// store writes the history under a name; the marks come with the last entry.
func (j *journal) store(ctx context.Context, s store.Store, id domain.ClusterID, dirty ...domain.Platform) error {
	due, _ := j.state.NextDue()
	var head domain.Head
	for i, e := range j.entries {
		var marks []domain.Platform
		if i == len(j.entries)-1 {
			marks = dirty
		}
		var err error
		if i == 0 {
			head, err = s.Create(ctx, id, e, due, marks)
		} else {
			head, err = s.Append(ctx, id, head, e, due, marks)
		}
		if err != nil {
			return fmt.Errorf("seed %s: %w", id, err)
		}
	}
	return nil
}

// abreast runs do for 0 to n-1, many at once, and returns the first error.
func abreast(ctx context.Context, n int, do func(i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan int)
	var workers sync.WaitGroup
	for range 128 {
		workers.Go(func() {
			for i := range next {
				if err := do(i); err != nil {
					cancel(err)
				}
			}
		})
	}
feed:
	for i := range n {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	workers.Wait()
	return context.Cause(ctx)
}
