package bot_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"klaster/bot"
	"klaster/bot/bottest"
	"klaster/domain"
	"klaster/store"
)

// forgetting is a store around whose ForgetPerson a test can do something.
type forgetting struct {
	store.Store
	around func(forget func() error) error
}

func (f *forgetting) ForgetPerson(ctx context.Context, id domain.PersonID) error {
	forget := func() error { return f.Store.ForgetPerson(ctx, id) }
	if f.around != nil {
		return f.around(forget)
	}
	return forget()
}

// named lists what the group shows with a name or a text in it.
func named(server *bottest.Server, what string) (out []string) {
	for _, m := range server.Messages(server.Group("g")) {
		if m.Draft.Card == "" {
			continue // an answer, not a card
		}
		shown := ""
		for _, b := range m.Draft.Body {
			for _, s := range b.Spans {
				shown += s.Text
			}
		}
		if strings.Contains(shown, what) {
			out = append(out, shown)
		}
	}
	return out
}

// representative is the person who stands for a voter's organisation.
func representative(w *bottest.World, id domain.ClusterID, i int) (person domain.PersonID) {
	w.T.Helper()
	w.View(id, func(s *domain.State) { person = s.Actors[i].Reps[0].Person })
	return person
}

// A crash at any moment of a forgetting that has reached the journal leaves neither the person nor a card with the name.
func TestForgettingIsTakenUpAfterACrash(t *testing.T) {
	dead := errors.New("the process is dead")
	for name, crash := range map[string]func(forget func() error) error{
		"before the person is removed": func(func() error) error { return dead },
		"before the cards are edited": func(forget func() error) error {
			time.Sleep(bottest.Settling) // what the entry made dirty has been looked at by now
			if err := forget(); err != nil {
				return err
			}
			return dead
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &forgetting{Store: openStore(t)}
				w := bottest.NewWorld(t, s, bottest.Options{})
				id, m := town(w, 2)
				w.Server.Tap(voter(1), m, m.Draft.Buttons[1][0].Data)
				w.Settle()
				person := representative(w, id, 1)
				if len(named(w.Server, voter(1))) == 0 || len(named(w.Server, "too dear")) == 0 {
					t.Fatalf("nothing to forget in %v", texts(w.Server.Messages(w.Server.Group("g"))))
				}
				s.around = crash
				if err := w.Hub.Forget(t.Context(), person, "test"); !errors.Is(err, dead) {
					t.Fatalf("the forgetting ended with %v", err)
				}
				w.Server.Fail(func(string, domain.ChatRef) error { return &bot.SendError{Kind: bot.Transient, Err: dead} })
				w.Stop()
				s.around = nil
				w.Server.Fail(nil)
				w.Start()
				w.Settle()
				w.Settle()
				if _, err := s.PersonByID(t.Context(), person); !errors.Is(err, store.ErrNotFound) {
					t.Errorf("the person is still there: %v", err)
				}
				for _, what := range []string{voter(1), "too dear"} {
					if left := named(w.Server, what); len(left) != 0 {
						t.Errorf("cards still say %q: %q", what, left)
					}
				}
				for _, mark := range []domain.Platform{"fake", "forgetting/fake"} {
					if ids, err := s.Dirty(t.Context(), mark, 10); err != nil || len(ids) != 0 {
						t.Errorf("marks left on %s: %v, %v", mark, ids, err)
					}
				}
			})
		})
	}
}

// The cluster sleeps on the replica that sends, which remembers the name still, when another one forgets the person.
func TestForgottenElsewhereWhileAsleep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newLeased(openStore(t))
		server := bottest.NewServer("fake")
		one := bottest.NewWorld(t, s, bottest.Options{Server: server, Owner: "one"})
		id, _ := town(one, 2)
		two := bottest.NewWorld(t, s, bottest.Options{Server: server, Owner: "two"})
		person := representative(one, id, 1)
		time.Sleep(15 * time.Minute) // the rooms are let go
		synctest.Wait()
		server.Say(voter(1), "elsewhere", "/found me") // the sender knows the name again
		one.Settle()
		if err := two.Hub.Forget(t.Context(), person, "test"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(40 * time.Second)
		synctest.Wait()
		if left := named(server, voter(1)); len(left) != 0 {
			t.Errorf("cards still say %q", left)
		}
	})
}

// Another replica that has the person in memory does not act in the forgotten person's name.
func TestForgottenPersonDoesNotActElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newLeased(openStore(t))
		server := bottest.NewServer("fake")
		one := bottest.NewWorld(t, s, bottest.Options{Server: server, Owner: "one"})
		id, m := town(one, 2)
		two := bottest.NewWorld(t, s, bottest.Options{Server: server, Owner: "two"})
		person := representative(one, id, 1)
		says := func(cause, text string) {
			t.Helper()
			u := bot.Update{Kind: bot.Said, Cause: cause, Chat: m.Chat, From: bot.User{ID: voter(1), Name: voter(1)}, Text: text, Message: cause}
			if err := two.Hub.Accept(t.Context(), u)(); err != nil {
				t.Fatal(err)
			}
		}
		says("before", "/count")
		if err := one.Hub.Forget(t.Context(), person, "test"); err != nil {
			t.Fatal(err)
		}
		says("after", "/join New Ltd")
		one.View(id, func(s *domain.State) {
			for _, a := range s.Actors {
				for _, r := range a.Reps {
					if r.Person == person {
						t.Errorf("%s is represented by somebody who was forgotten", a.Name)
					}
				}
			}
			if len(s.Actors) != 3 {
				t.Errorf("%d actors, want 3", len(s.Actors))
			}
		})
	})
}
