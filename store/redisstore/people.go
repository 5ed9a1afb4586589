package redisstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/redis/go-redis/v9"

	"klaster/domain"
	"klaster/store"
)

// A person and an account are in different slots of a Redis Cluster, so nothing writes both in one step. The mint is
// the SET NX of the account alone. The person's record is written before it: whoever finds an account finds its
// person. A caller that loses deletes the record it wrote, which nobody else has seen; a crash between the two leaves a
// record that no account leads to, and the next mint makes another person.

// MintPerson implements store.People.
func (s *Store) MintPerson(ctx context.Context, a store.Account, fresh store.Person) (store.Person, error) {
	if fresh.ID == "" {
		return store.Person{}, errors.New("redisstore: mint person: an empty person id")
	}
	p, err := s.mint(ctx, a, fresh)
	return p, explain("mint person", string(fresh.ID), err)
}

func (s *Store) mint(ctx context.Context, a store.Account, fresh store.Person) (store.Person, error) {
	for {
		owner, p, err := s.personOf(ctx, a)
		if err == nil {
			return p, nil
		}
		if !errors.Is(err, store.ErrNotFound) {
			return store.Person{}, err
		}
		p, minted, err := s.tryMint(ctx, a, owner, fresh)
		if minted || err != nil {
			return p, err
		}
	}
}

// personOf gives the account's person; with ErrNotFound, owner is the person that the account leads to in vain.
func (s *Store) personOf(ctx context.Context, a store.Account) (owner string, p store.Person, err error) {
	owner, err = s.client.Get(ctx, s.key.account(a.Platform, a.User)).Result()
	if err != nil {
		return "", p, notFound(err)
	}
	_, p, err = s.person(ctx, domain.PersonID(owner))
	return owner, p, err
}

func (s *Store) tryMint(ctx context.Context, a store.Account, owner string, fresh store.Person) (store.Person, bool, error) {
	if !slices.Contains(fresh.Accounts, a) {
		fresh.Accounts = append(slices.Clone(fresh.Accounts), a)
	}
	record, err := json.Marshal(fresh)
	if err != nil {
		return store.Person{}, false, err
	}
	written, err := s.client.SetNX(ctx, s.key.person(fresh.ID), record, 0).Result()
	if err != nil {
		return store.Person{}, false, err
	}
	if !written {
		// The same call, sent twice or made by another replica, or a person that has this id already.
		_, other, err := s.person(ctx, fresh.ID)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return store.Person{}, false, nil
		case err != nil:
			return store.Person{}, false, err
		case !slices.Contains(other.Accounts, a):
			return store.Person{}, false, fmt.Errorf("%w: the fresh id belongs to another person", store.ErrExists)
		}
		fresh = other
	}
	won, err := s.takeAccount(ctx, a, owner, fresh.ID)
	if err != nil {
		return store.Person{}, false, err
	}
	if !won {
		if now, err := s.client.Get(ctx, s.key.account(a.Platform, a.User)).Result(); err == nil && now == string(fresh.ID) {
			return fresh, true, nil
		}
		if written {
			err = s.client.Del(ctx, s.key.person(fresh.ID)).Err()
		}
		return store.Person{}, false, err
	}
	for _, other := range fresh.Accounts {
		if other != a {
			if err := s.client.Set(ctx, s.key.account(other.Platform, other.User), string(fresh.ID), 0).Err(); err != nil {
				return store.Person{}, false, err
			}
		}
	}
	return fresh, true, nil
}

// takeAccount is the mint. An account whose person is gone (owner) is taken only if it still leads there.
func (s *Store) takeAccount(ctx context.Context, a store.Account, owner string, id domain.PersonID) (bool, error) {
	key := s.key.account(a.Platform, a.User)
	if owner == "" {
		return s.client.SetNX(ctx, key, string(id), 0).Result()
	}
	answer, err := replaceScript.run(ctx, &s.calls, []string{key}, owner, string(id)).Int()
	return answer == 1, err
}

func (s *Store) person(ctx context.Context, id domain.PersonID) (record string, p store.Person, err error) {
	record, err = s.client.Get(ctx, s.key.person(id)).Result()
	if err != nil {
		return "", p, notFound(err)
	}
	return record, p, json.Unmarshal([]byte(record), &p)
}

// PersonByID implements store.People.
func (s *Store) PersonByID(ctx context.Context, id domain.PersonID) (store.Person, error) {
	_, p, err := s.person(ctx, id)
	return p, explain("person", string(id), err)
}

// ChangePerson implements store.People: the record is replaced only if it is still what was read, else change runs again.
// The accounts follow after it; a crash between the two leaves a new account without its way to the person.
func (s *Store) ChangePerson(ctx context.Context, id domain.PersonID, change func(*store.Person) bool) error {
	return explain("change person", string(id), s.changePerson(ctx, id, change))
}

func (s *Store) changePerson(ctx context.Context, id domain.PersonID, change func(*store.Person) bool) error {
	for {
		record, former, err := s.person(ctx, id)
		if err != nil {
			return err
		}
		var changed store.Person // its own copy, which change may alter in depth
		if err := json.Unmarshal([]byte(record), &changed); err != nil {
			return err
		}
		if !change(&changed) {
			return nil
		}
		changed.ID = id
		next, err := json.Marshal(changed)
		if err != nil {
			return err
		}
		answer, err := replaceScript.run(ctx, &s.calls, []string{s.key.person(id)}, record, next).Int()
		switch {
		case err != nil:
			return err
		case answer == 1:
			return s.moveAccounts(ctx, id, former.Accounts, changed.Accounts)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
}

func (s *Store) moveAccounts(ctx context.Context, id domain.PersonID, former, now []store.Account) error {
	for _, a := range former {
		if !slices.Contains(now, a) {
			if err := s.freeAccount(ctx, a, id); err != nil {
				return err
			}
		}
	}
	for _, a := range now {
		if !slices.Contains(former, a) {
			if err := s.client.Set(ctx, s.key.account(a.Platform, a.User), string(id), 0).Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Store) freeAccount(ctx context.Context, a store.Account, id domain.PersonID) error {
	return releaseScript.run(ctx, &s.calls, []string{s.key.account(a.Platform, a.User)}, string(id)).Err()
}

// ForgetPerson implements store.People. The accounts go first: if it breaks off, it can be called again.
func (s *Store) ForgetPerson(ctx context.Context, id domain.PersonID) error {
	_, p, err := s.person(ctx, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return explain("forget person", string(id), err)
	}
	for _, a := range p.Accounts {
		if err := s.freeAccount(ctx, a, id); err != nil {
			return explain("forget person", string(id), err)
		}
	}
	err = s.client.Del(ctx, s.key.person(id), s.key.sessions(id)).Err()
	if errors.Is(err, redis.Nil) {
		err = nil
	}
	return explain("forget person", string(id), err)
}
