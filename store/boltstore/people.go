package boltstore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"go.etcd.io/bbolt"

	"klaster/domain"
	"klaster/store"
)

var errOtherPerson = errors.New("the fresh id belongs to another person")

// MintPerson implements store.People.
func (s *Store) MintPerson(ctx context.Context, a store.Account, fresh store.Person) (store.Person, error) {
	if fresh.ID == "" {
		return store.Person{}, errors.New("boltstore: mint person: an empty person id")
	}
	if found, err := s.personOf(a); err == nil {
		return found, nil
	} else if !errors.Is(err, store.ErrNotFound) {
		return store.Person{}, err
	}
	if !slices.Contains(fresh.Accounts, a) {
		fresh.Accounts = append(slices.Clone(fresh.Accounts), a)
	}
	value, err := json.Marshal(fresh)
	if err != nil {
		return store.Person{}, fmt.Errorf("boltstore: mint person %s: %w", fresh.ID, err)
	}
	var minted store.Person
	err = s.update(ctx, "mint person", string(fresh.ID), len(value), func(tx *bbolt.Tx) error {
		people, accounts := tx.Bucket(peopleBucket), tx.Bucket(accountsBucket)
		if id := accounts.Get(accountKey(a.Platform, a.User)); id != nil {
			if record := people.Get(id); record != nil {
				minted = store.Person{}
				return json.Unmarshal(record, &minted)
			}
		}
		if people.Get([]byte(fresh.ID)) != nil {
			return fmt.Errorf("%w: %w", store.ErrExists, errOtherPerson)
		}
		minted = fresh
		for _, account := range fresh.Accounts {
			if err := accounts.Put(accountKey(account.Platform, account.User), []byte(fresh.ID)); err != nil {
				return err
			}
		}
		return people.Put([]byte(fresh.ID), value)
	})
	if err != nil {
		return store.Person{}, err
	}
	return minted, nil
}

func (s *Store) personOf(a store.Account) (p store.Person, err error) {
	err = s.view("person on", string(a.Platform), func(tx *bbolt.Tx) error {
		id := tx.Bucket(accountsBucket).Get(accountKey(a.Platform, a.User))
		if id == nil {
			return store.ErrNotFound
		}
		return readPerson(tx, domain.PersonID(id), &p)
	})
	return p, err
}

func readPerson(tx *bbolt.Tx, id domain.PersonID, p *store.Person) error {
	record := tx.Bucket(peopleBucket).Get([]byte(id))
	if record == nil {
		return store.ErrNotFound
	}
	return json.Unmarshal(record, p)
}

// PersonByID implements store.People.
func (s *Store) PersonByID(ctx context.Context, id domain.PersonID) (p store.Person, err error) {
	err = s.view("person", string(id), func(tx *bbolt.Tx) error { return readPerson(tx, id, &p) })
	return p, err
}

// ChangePerson implements store.People. change runs outside the committer, on what was read; if the record is another
// by the time of the write, it runs again.
func (s *Store) ChangePerson(ctx context.Context, id domain.PersonID, change func(*store.Person) bool) error {
	for {
		var record []byte
		var before, after store.Person
		err := s.view("change person", string(id), func(tx *bbolt.Tx) error {
			record = bytes.Clone(tx.Bucket(peopleBucket).Get([]byte(id)))
			if err := readPerson(tx, id, &before); err != nil {
				return err
			}
			return readPerson(tx, id, &after) // a second copy, which change may alter in depth
		})
		if err != nil {
			return err
		}
		if !change(&after) {
			return nil
		}
		after.ID = id
		err = s.replacePerson(ctx, record, before, after)
		if !errors.Is(err, errChanged) {
			return err
		}
	}
}

func (s *Store) replacePerson(ctx context.Context, record []byte, before, after store.Person) error {
	value, err := json.Marshal(after)
	if err != nil {
		return fmt.Errorf("boltstore: change person %s: %w", after.ID, err)
	}
	return s.update(ctx, "change person", string(after.ID), len(value), func(tx *bbolt.Tx) error {
		people := tx.Bucket(peopleBucket)
		if !bytes.Equal(people.Get([]byte(after.ID)), record) {
			return errChanged
		}
		for _, a := range before.Accounts {
			if slices.Contains(after.Accounts, a) {
				continue
			}
			if err := unmap(tx, a, after.ID); err != nil {
				return err
			}
		}
		for _, a := range after.Accounts {
			if slices.Contains(before.Accounts, a) {
				continue
			}
			if err := tx.Bucket(accountsBucket).Put(accountKey(a.Platform, a.User), []byte(after.ID)); err != nil {
				return err
			}
		}
		return people.Put([]byte(after.ID), value)
	})
}

// unmap frees the account if it is the person's.
func unmap(tx *bbolt.Tx, a store.Account, id domain.PersonID) error {
	accounts, key := tx.Bucket(accountsBucket), accountKey(a.Platform, a.User)
	if string(accounts.Get(key)) != string(id) {
		return nil
	}
	return accounts.Delete(key)
}

// ForgetPerson implements store.People.
func (s *Store) ForgetPerson(ctx context.Context, id domain.PersonID) error {
	return s.update(ctx, "forget person", string(id), 0, func(tx *bbolt.Tx) error {
		var p store.Person
		switch err := readPerson(tx, id, &p); {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return err
		}
		for _, a := range p.Accounts {
			if err := unmap(tx, a, id); err != nil {
				return err
			}
		}
		if err := dropSessions(tx, id); err != nil {
			return err
		}
		return tx.Bucket(peopleBucket).Delete([]byte(id))
	})
}
