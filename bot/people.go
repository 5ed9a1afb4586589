package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"klaster/domain"
	"klaster/store"
)

// people finds persons without a store round trip once they are known. The persons it returns are shared: nobody
// changes them.
type people struct {
	store     store.People
	mint      func() domain.PersonID
	byAccount *recent[store.Account, *store.Person]
	byID      *recent[domain.PersonID, *store.Person] // nil: forgotten or unknown
	lost      atomic.Bool                             // somebody was forgotten since the start
}

// What another replica changes about a person is seen here after this time at the latest; that it had somebody
// forgotten, as soon as a room comes by it in its journal.
const (
	personLife  = time.Minute
	personCache = 20_000
)

func newPeople(s store.People, mint func() domain.PersonID, now func() time.Time) *people {
	return &people{
		store: s, mint: mint,
		byAccount: newRecent[store.Account, *store.Person](personCache, personLife, now),
		byID:      newRecent[domain.PersonID, *store.Person](personCache, personLife, now),
	}
}

// of is the person behind a user of a platform; a new one is minted. private is the chat of an update that came
// privately (the zero ChatRef otherwise): the person can be written to there from now on; opened says that it could not
// before.
func (p *people) of(ctx context.Context, platform domain.Platform, u User, private domain.ChatRef) (_ *store.Person, opened bool, _ error) {
	account := store.Account{Platform: platform, User: u.ID}
	person, ok := p.byAccount.get(account)
	if !ok || p.forgotten(person.ID) {
		minted, err := p.store.MintPerson(ctx, account, store.Person{ID: p.mint(), Name: u.Name, Handle: u.Handle, Spoken: u.Lang})
		if err != nil {
			return nil, false, fmt.Errorf("person of a %s account: %w", platform, err)
		}
		person = &minted
		p.keep(person)
	}
	spoken := u.Lang == "" || person.Spoken == u.Lang
	if person.Name == u.Name && person.Handle == u.Handle && spoken && (private.Chat == "" || slices.Contains(person.Private, private)) {
		return person, false, nil
	}
	changed, err := p.change(ctx, person.ID, func(person *store.Person) bool {
		news := person.Name != u.Name || person.Handle != u.Handle || !spoken
		person.Name, person.Handle, person.Spoken = u.Name, u.Handle, firstOf(u.Lang, person.Spoken)
		if private.Chat != "" && !slices.Contains(person.Private, private) {
			person.Private = append(person.Private, private)
			news, opened = true, true
		}
		return news
	})
	switch {
	case errors.Is(err, store.ErrNotFound): // forgotten a moment ago, elsewhere
		p.byAccount.drop(account)
		p.byID.put(person.ID, nil)
		return p.of(ctx, platform, u, private)
	case err != nil:
		return nil, false, err
	}
	return changed, opened, nil
}

// find is the person, nil if it is forgotten or unknown.
func (p *people) find(ctx context.Context, id domain.PersonID) (*store.Person, error) {
	if person, ok := p.byID.get(id); ok {
		return person, nil
	}
	person, err := p.store.PersonByID(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		p.byID.put(id, nil)
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("person %s: %w", id, err)
	}
	p.keep(&person)
	return &person, nil
}

// known answers from memory only; false if the store would have to be asked.
func (p *people) known(id domain.PersonID) (*store.Person, bool) { return p.byID.get(id) }

// change changes a person and returns it as it is then.
func (p *people) change(ctx context.Context, id domain.PersonID, change func(*store.Person) bool) (*store.Person, error) {
	var now store.Person
	err := p.store.ChangePerson(ctx, id, func(person *store.Person) bool {
		changed := change(person)
		now = *person
		return changed
	})
	if err != nil {
		return nil, fmt.Errorf("change person %s: %w", id, err)
	}
	now.Accounts, now.Private, now.Clusters = slices.Clone(now.Accounts), slices.Clone(now.Private), slices.Clone(now.Clusters)
	p.keep(&now)
	return &now, nil
}

// forget removes the person from the store and from memory, also for those who have read it and not put it there yet.
func (p *people) forget(ctx context.Context, person *store.Person) error {
	p.lose([]domain.PersonID{person.ID})
	if err := p.store.ForgetPerson(ctx, person.ID); err != nil {
		p.byID.drop(person.ID)
		return fmt.Errorf("forget person %s: %w", person.ID, err)
	}
	for _, a := range person.Accounts {
		p.byAccount.drop(a)
	}
	return nil
}

// lose has persons count as forgotten from now on: their forgetting has begun.
func (p *people) lose(persons []domain.PersonID) {
	for _, id := range persons {
		p.byID.put(id, nil)
	}
	p.lost.Store(true)
}

// forgotten says whether the person was forgotten a moment ago.
func (p *people) forgotten(id domain.PersonID) bool {
	if !p.lost.Load() {
		return false
	}
	person, ok := p.byID.get(id)
	return ok && person == nil
}

func (p *people) keep(person *store.Person) {
	if !p.byID.putUnless(person.ID, person, func(there *store.Person) bool { return there == nil }) {
		return // forgotten since it was read
	}
	for _, a := range person.Accounts {
		p.byAccount.put(a, person)
	}
}

// languageOf is what a person is written to in: chosen, else what the platform tells; empty if neither is known.
func languageOf(person *store.Person) string { return firstOf(person.Lang, person.Spoken) }

// preferredChat is the one private chat in which a cluster writes to a person: the first on a platform the cluster
// has a chat on, so that every replica chooses alike and the platform's mark brings the card there.
func preferredChat(person *store.Person, platforms []domain.Platform) (domain.ChatRef, bool) {
	if person == nil {
		return domain.ChatRef{}, false
	}
	for _, chat := range person.Private {
		if slices.Contains(platforms, chat.Platform) {
			return chat, true
		}
	}
	return domain.ChatRef{}, false
}

// privateOn is the person's private chat on one platform.
func privateOn(person *store.Person, platform domain.Platform) (domain.ChatRef, bool) {
	return preferredChat(person, []domain.Platform{platform})
}
