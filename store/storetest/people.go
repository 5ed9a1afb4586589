package storetest

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"klaster/domain"
	"klaster/store"
)

func personID(n int) domain.PersonID { return domain.PersonID(fmt.Sprintf("p%04d", n)) }

func mint(t *testing.T, s store.Store, a store.Account, fresh store.Person) store.Person {
	t.Helper()
	p, err := s.MintPerson(t.Context(), a, fresh)
	must(t, "mint person", err)
	return p
}

func testMint(t *testing.T, s store.Store) {
	const at = 100
	account := store.Account{Platform: "telegram", User: "4711"}
	var mu sync.Mutex
	got := map[domain.PersonID]int{}
	together(at, func(i int) {
		p, err := s.MintPerson(t.Context(), account, store.Person{ID: personID(i), Name: fmt.Sprint("name ", i)})
		if err != nil {
			t.Errorf("mint: %v", err)
			return
		}
		mu.Lock()
		got[p.ID]++
		mu.Unlock()
		if p.Name != "name "+fmt.Sprint(numberOf(p.ID)) {
			t.Errorf("person %s has another's name", p.ID)
		}
	})
	if len(got) != 1 {
		t.Fatalf("one account became %d persons", len(got))
	}
	p := mint(t, s, account, store.Person{ID: "late", Name: "late"})
	wantEqual(t, "callers with the one id", got[p.ID], at)
	if !slices.Equal(p.Accounts, []store.Account{account}) {
		t.Errorf("accounts of the minted person: %v", p.Accounts)
	}
	stored, err := s.PersonByID(t.Context(), p.ID)
	must(t, "person by id", err)
	wantEqual(t, "name", stored.Name, p.Name)
	for i := range at {
		if personID(i) == p.ID {
			continue
		}
		_, err := s.PersonByID(t.Context(), personID(i))
		wantErr(t, "a loser's person", err, store.ErrNotFound)
	}
	other := mint(t, s, store.Account{Platform: "discord", User: "4711"}, store.Person{ID: "other", Name: "other"})
	wantEqual(t, "the same number on another platform", other.ID, "other")
}

func numberOf(id domain.PersonID) (n int) {
	_, _ = fmt.Sscanf(string(id), "p%d", &n)
	return n
}

func testMintTaken(t *testing.T, s store.Store) {
	one, two := store.Account{Platform: "web", User: "1"}, store.Account{Platform: "web", User: "2"}
	mint(t, s, one, store.Person{ID: "same", Name: "first"})
	if p, err := s.MintPerson(t.Context(), two, store.Person{ID: "same", Name: "second"}); err == nil {
		t.Errorf("a second account was given the person %s", p.ID)
	}
	p, err := s.PersonByID(t.Context(), "same")
	must(t, "person by id", err)
	wantEqual(t, "name", p.Name, "first")
	wantEqual(t, "the second account can still be minted", mint(t, s, two, store.Person{ID: "own"}).ID, "own")
}

func testChangePerson(t *testing.T, s store.Store) {
	const writers, each = 10, 10
	p := mint(t, s, store.Account{Platform: "web", User: "1"}, store.Person{ID: "p", Name: "n"})
	together(writers, func(i int) {
		for n := range each {
			err := s.ChangePerson(t.Context(), p.ID, func(p *store.Person) bool {
				p.Clusters = append(p.Clusters, clusterID(i*each+n))
				return true
			})
			if err != nil {
				t.Errorf("change: %v", err)
			}
		}
	})
	got, err := s.PersonByID(t.Context(), p.ID)
	must(t, "person by id", err)
	slices.Sort(got.Clusters)
	wantEqual(t, "changes that are there", len(slices.Compact(got.Clusters)), writers*each)

	must(t, "change nothing", s.ChangePerson(t.Context(), p.ID, func(p *store.Person) bool {
		p.Name = "not to be kept"
		return false
	}))
	got, err = s.PersonByID(t.Context(), p.ID)
	must(t, "person by id", err)
	wantEqual(t, "name", got.Name, "n")
	err = s.ChangePerson(t.Context(), "nobody", func(*store.Person) bool { return true })
	wantErr(t, "change of nobody", err, store.ErrNotFound)
}

func testAccounts(t *testing.T, s store.Store) {
	tg, dc := store.Account{Platform: "telegram", User: "1"}, store.Account{Platform: "discord", User: "2"}
	mint(t, s, tg, store.Person{ID: "a"})
	mint(t, s, dc, store.Person{ID: "b"})
	must(t, "link", s.ChangePerson(t.Context(), "a", func(p *store.Person) bool {
		p.Accounts = append(p.Accounts, dc)
		return true
	}))
	wantEqual(t, "a linked account", mint(t, s, dc, store.Person{ID: "x"}).ID, "a")
	must(t, "the former owner lets go", s.ChangePerson(t.Context(), "b", func(p *store.Person) bool {
		p.Accounts = nil
		return true
	}))
	wantEqual(t, "it stays with the new owner", mint(t, s, dc, store.Person{ID: "x"}).ID, "a")
	must(t, "unlink", s.ChangePerson(t.Context(), "a", func(p *store.Person) bool {
		p.Accounts = []store.Account{dc}
		return true
	}))
	wantEqual(t, "an unlinked account is free", mint(t, s, tg, store.Person{ID: "c"}).ID, "c")
}

func testForget(t *testing.T, s store.Store) {
	tg, dc := store.Account{Platform: "telegram", User: "1"}, store.Account{Platform: "discord", User: "2"}
	chat, other := domain.ChatRef{Platform: "telegram", Chat: "5"}, domain.ChatRef{Platform: "discord", Chat: "6"}
	p := mint(t, s, tg, store.Person{ID: "a", Name: "n", Accounts: []store.Account{tg, dc}})
	wantEqual(t, "both accounts lead to the person", mint(t, s, dc, store.Person{ID: "x"}).ID, p.ID)
	end := time.Now().Add(time.Hour)
	must(t, "put session", s.PutSession(t.Context(), "a", chat, []byte("half done"), end))
	must(t, "put session", s.PutSession(t.Context(), "a", other, []byte("half done"), end))
	must(t, "put session", s.PutSession(t.Context(), "b", chat, []byte("another's"), end))

	must(t, "forget", s.ForgetPerson(t.Context(), "a"))
	must(t, "forget again", s.ForgetPerson(t.Context(), "a"))
	must(t, "forget nobody", s.ForgetPerson(t.Context(), "nobody"))
	_, err := s.PersonByID(t.Context(), "a")
	wantErr(t, "a forgotten person", err, store.ErrNotFound)
	err = s.ChangePerson(t.Context(), "a", func(*store.Person) bool { return true })
	wantErr(t, "change of a forgotten person", err, store.ErrNotFound)
	for _, c := range []domain.ChatRef{chat, other} {
		session, err := s.SessionOf(t.Context(), "a", c)
		if err != nil || session != nil {
			t.Errorf("a forgotten person's session: %d bytes, %v", len(session), err)
		}
	}
	session, err := s.SessionOf(t.Context(), "b", chat)
	must(t, "session of", err)
	wantEqual(t, "another person's session", string(session), "another's")
	wantEqual(t, "the account begins anew", mint(t, s, tg, store.Person{ID: "new"}).ID, "new")
	wantEqual(t, "the other account too", mint(t, s, dc, store.Person{ID: "new2"}).ID, "new2")
}

func testSessions(t *testing.T, s store.Store) {
	chat := domain.ChatRef{Platform: "telegram", Chat: "5", Thread: "1"}
	read := func() []byte {
		t.Helper()
		session, err := s.SessionOf(t.Context(), "a", chat)
		must(t, "session of", err)
		return session
	}
	if read() != nil {
		t.Error("a session that nobody began")
	}
	must(t, "put", s.PutSession(t.Context(), "a", chat, []byte("one"), time.Now().Add(time.Hour)))
	wantEqual(t, "session", string(read()), "one")
	must(t, "put", s.PutSession(t.Context(), "a", chat, []byte("two\x00"), time.Now().Add(time.Minute)))
	wantEqual(t, "session", string(read()), "two\x00")
	elsewhere, err := s.SessionOf(t.Context(), "a", domain.ChatRef{Platform: "telegram", Chat: "5"})
	if err != nil || elsewhere != nil {
		t.Errorf("a session leaked into another thread: %v", err)
	}
	must(t, "put one that is over", s.PutSession(t.Context(), "a", chat, []byte("three"), time.Now().Add(-time.Second)))
	if read() != nil {
		t.Error("a session that is over")
	}
	must(t, "put one that ends", s.PutSession(t.Context(), "a", chat, []byte("four"), time.Now().Add(150*time.Millisecond)))
	until(t, "the session ends", func() bool { return read() == nil })
	must(t, "put", s.PutSession(t.Context(), "a", chat, []byte("five"), time.Now().Add(time.Hour)))
	must(t, "drop", s.DropSession(t.Context(), "a", chat))
	must(t, "drop again", s.DropSession(t.Context(), "a", chat))
	if read() != nil {
		t.Error("a dropped session")
	}
}
