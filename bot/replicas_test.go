package bot_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"klaster/bot"
	"klaster/bot/bottest"
	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// leased is a store with real leases, as several processes share.
type leased struct {
	store.Store
	mu     sync.Mutex
	holder map[string]string
	until  map[string]time.Time
	deny   map[string]bool
}

func newLeased(s store.Store) *leased {
	return &leased{Store: s, holder: map[string]string{}, until: map[string]time.Time{}, deny: map[string]bool{}}
}

func (l *leased) Hold(_ context.Context, name, owner string, ttl time.Duration) (bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deny[owner] || l.holder[name] != owner && l.holder[name] != "" && time.Now().Before(l.until[name]) {
		return false, nil
	}
	l.holder[name], l.until[name] = owner, time.Now().Add(ttl)
	return true, nil
}

func (l *leased) Yield(_ context.Context, name, owner string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.holder[name] == owner {
		delete(l.holder, name)
	}
	return nil
}

func (l *leased) take(owner string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.deny[owner] = true
	clear(l.holder)
}

func held(h *bot.Hub) bool { return h.Health()[0].Held }

func TestTwoHubsOnOneStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newLeased(openStore(t))
		server := bottest.NewServer("fake")
		one := bottest.NewWorld(t, s, bottest.Options{Server: server, Owner: "one"})
		id, m := town(one, 30)
		two := bottest.NewWorld(t, s, bottest.Options{Server: server, Owner: "two"})
		synctest.Wait()
		if !held(one.Hub) || held(two.Hub) {
			t.Fatalf("held: %v, %v; want the first only", held(one.Hub), held(two.Hub))
		}
		var accepted sync.WaitGroup
		for i := range 30 { // the same votes through both
			u := bot.Update{
				Kind: bot.Tapped, Cause: "dup:" + voter(i), Chat: m.Chat, From: bot.User{ID: voter(i), Name: voter(i)}, Message: m.Ref, Data: agree(m),
				Tap: bot.TapRef{ID: "t", Chat: m.Chat, User: voter(i)},
			}
			for _, hub := range []*bot.Hub{one.Hub, two.Hub} {
				accepted.Go(func() {
					if err := hub.Accept(t.Context(), u)(); err != nil {
						t.Errorf("accept: %v", err)
					}
				})
			}
		}
		accepted.Wait()
		one.Settle()
		commits := map[string]int{}
		entries, err := s.Read(t.Context(), id, 0, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			found, err := domain.Decode(e.Record, e.Texts)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range found {
				if c.Cause != "" {
					commits[c.Cause]++
				}
			}
		}
		for cause, n := range commits {
			if n != 1 {
				t.Errorf("%s committed %d times", cause, n)
			}
		}
		if n := cast(one, id); n != 30 {
			t.Errorf("%d votes counted, want 30", n)
		}
		boards := 0
		for _, msg := range server.Messages(server.Group("g")) {
			if msg.Draft.Card != "" && msg.Draft.Card[0] == 'p' {
				boards++
			}
		}
		if boards != 1 {
			t.Errorf("%d boards, want 1", boards)
		}
		time.Sleep(8 * 24 * time.Hour) // both schedulers see the close
		two.Settle()
		closed := 0
		entries, err = s.Read(t.Context(), id, 0, 10_000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			found, err := domain.Decode(e.Record, e.Texts)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range found {
				for _, ev := range c.Events {
					if ev.EventType() == "proposal_closed" {
						closed++
					}
				}
			}
		}
		if closed != 1 {
			t.Errorf("closed %d times", closed)
		}
	})
}

func TestLostLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newLeased(openStore(t))
		server := bottest.NewServer("fake")
		one := bottest.NewWorld(t, s, bottest.Options{Server: server, Owner: "one"})
		id, m := town(one, 4)
		two := bottest.NewWorld(t, s, bottest.Options{Server: server, Owner: "two"})
		s.take("one")
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if held(one.Hub) || !held(two.Hub) {
			t.Fatalf("held: %v, %v; want the second only", held(one.Hub), held(two.Hub))
		}
		for i := range 4 {
			server.Tap(voter(i), m, agree(m))
		}
		two.Settle()
		if n := cast(two, id); n != 4 {
			t.Errorf("%d votes through the new holder, want 4", n)
		}
		if got := text(board(two, "g")); got != "1 Buy together: 4 of 4" {
			t.Errorf("board shows %q", got)
		}
		if n := len(server.Toasts()); n < 4 {
			t.Errorf("%d toasts", n)
		}
		two.Stop() // gives the lease back, so that a third need not wait
		three := bottest.NewWorld(t, s, bottest.Options{Server: server, Owner: "three"})
		time.Sleep(6 * time.Second)
		synctest.Wait()
		if !held(three.Hub) {
			t.Error("the lease was not given back")
		}
	})
}

// A process that starts while another one's lease still runs does not look at timers before it has the backlog.
func TestDrainedWaitsForTheLeaseOfADeadProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newLeased(openStore(t))
		server := bottest.NewServer("fake")
		if _, err := s.Hold(t.Context(), "fake:bot", "dead", 15*time.Second); err != nil {
			t.Fatal(err)
		}
		one := bottest.NewWorld(t, s, bottest.Options{Server: server, Owner: "one"})
		began := time.Now()
		one.Hub.Drained(t.Context(), 10*time.Second)
		if !held(one.Hub) {
			t.Errorf("timers would begin after %v without the lease", time.Since(began))
		}
		two := bottest.NewWorld(t, s, bottest.Options{Server: server, Owner: "two"})
		began = time.Now()
		two.Hub.Drained(t.Context(), 10*time.Second)
		if took := time.Since(began); took > 21*time.Second {
			t.Errorf("a replica that holds nothing waited %v", took)
		}
	})
}

// Where every replica takes updates, what a person chose on one holds on the others at once.
func TestChoiceHoldsOnEveryReplica(t *testing.T) {
	talk, err := commands.New(bottest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		s := newLeased(openStore(t))
		server := bottest.NewServer("fake")
		one := bottest.NewWorld(t, s, bottest.Options{Talk: talk, Server: server, Owner: "one", Shared: true})
		two := bottest.NewWorld(t, s, bottest.Options{Talk: talk, Server: server, Owner: "two", Shared: true})
		server.User("Ann").Opened = true
		own := server.PrivateOf("Ann")
		says := func(w *bottest.World, cause, text string) string {
			u := bot.Update{Kind: bot.Said, Cause: cause, Chat: own, Private: true, From: bot.User{ID: "Ann", Name: "Ann"}, Text: text, Message: cause}
			if err := w.Hub.Accept(t.Context(), u)(); err != nil {
				t.Fatal(err)
			}
			w.Settle()
			all := texts(server.Messages(own))
			return all[len(all)-1]
		}
		before := says(two, "1", "/saya")
		says(one, "2", "/bahasa en")
		after := says(two, "3", "/saya")
		if !strings.Contains(before, "Bahasa Indonesia") || !strings.Contains(after, "English") {
			t.Errorf("before: %s\nafter: %s", before, after)
		}
	})
}
