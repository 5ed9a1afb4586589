package e2e_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"klaster/domain"
	"klaster/store"
	"klaster/store/boltstore"
	"klaster/store/redisstore"
)

func zones(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if name == "" || err != nil {
		return nil
	}
	return loc
}

// daylight is a zone in which it is about noon now: no test depends on the hour it runs at, because of quiet hours.
func daylight() string {
	ahead := 12 - time.Now().UTC().Hour() // hours east of Greenwich, from -11 to 12
	return fmt.Sprintf("Etc/GMT%+d", -ahead)
}

// openStore opens what a setting names, while no program has it open.
func openStore(t testing.TB, setting string) store.Store {
	t.Helper()
	var s store.Store
	var err error
	if strings.Contains(setting, "://") {
		s, err = redisstore.Open(t.Context(), setting, redisstore.Options{})
	} else {
		s, err = boltstore.Open(setting)
	}
	if err != nil {
		t.Fatalf("open %s: %v", setting, err)
	}
	return s
}

// seed is a cluster that is made without the program, commit by commit under the rules.
type seed struct {
	t       testing.TB
	id      domain.ClusterID
	s       *domain.State
	at      time.Time // of the next commit
	commits []domain.Commit
	minted  int
	chats   []domain.ChatRef
	people  map[domain.PersonID][]account
}

// account is where a person comes from.
type account struct {
	store.Account
	name    string
	private string // chat that can be written to; empty: none
}

const steward = domain.PersonID("STEWARD")

// newSeed founds a cluster in these chats at the time given; the first chat is its home.
func newSeed(t testing.TB, id domain.ClusterID, at time.Time, zone string, chats ...domain.ChatRef) *seed {
	t.Helper()
	c := &seed{t: t, id: id, s: domain.NewState(id, zones), at: at.UTC().Truncate(time.Millisecond), chats: chats, people: map[domain.PersonID][]account{}}
	c.do(domain.By{Person: steward}, domain.Found{
		Name: "Klaster Rotan Cirebon", Core: "mebel rotan", Region: "Cirebon", Lang: "id", Zone: zone, Steward: steward, Chat: chats[0],
	})
	for _, chat := range chats[1:] {
		c.do(domain.By{}, domain.AttachChat{Chat: chat})
	}
	return c
}

func telegramChat(id int64) domain.ChatRef {
	return domain.ChatRef{Platform: "telegram", Chat: strconv.FormatInt(id, 10)}
}

func discordChat(id string) domain.ChatRef { return domain.ChatRef{Platform: "discord", Chat: id} }

// do decides a command and keeps its commit; a refusal ends the test.
func (c *seed) do(by domain.By, command domain.Command) {
	c.t.Helper()
	events, err := domain.Decide(c.s, c.at, by, command)
	if err != nil {
		c.t.Fatalf("seed %T: %v", command, err)
	}
	c.commit(by.Person, fmt.Sprint("seed:", len(c.commits)), events)
}

func (c *seed) commit(by domain.PersonID, cause string, events []domain.Event) {
	commit := domain.Commit{At: c.at, By: by, Cause: cause, Events: events}
	sum := sha256.Sum256([]byte(cause))
	copy(commit.Salt[:], sum[:])
	domain.Apply(c.s, commit)
	c.commits = append(c.commits, commit)
	c.at = c.at.Add(time.Millisecond)
}

// onTelegram gives a person an account there, with the private chat open unless the person never started the bot.
func (c *seed) onTelegram(p domain.PersonID, user int64, name string, started bool) {
	a := account{Account: store.Account{Platform: "telegram", User: strconv.FormatInt(user, 10)}, name: name}
	if started {
		a.private = a.User
	}
	c.people[p] = append(c.people[p], a)
}

// onDiscord gives a person an account there; the private chat is made when it is needed.
func (c *seed) onDiscord(p domain.PersonID, user, name string) {
	c.people[p] = append(c.people[p], account{Account: store.Account{Platform: "discord", User: user}, name: name})
}

// onWeb gives a person a place in the browser room.
func (c *seed) onWeb(p domain.PersonID, room, name string) {
	user := room + ":" + name
	c.people[p] = append(c.people[p], account{Account: store.Account{Platform: "web", User: user}, name: name, private: "p:" + user})
}

// actor registers an organisation, approved, and its representatives.
func (c *seed) actor(id domain.ActorID, name string, group domain.Group, reps ...domain.PersonID) {
	c.t.Helper()
	c.do(domain.By{Person: reps[0], ChatAdmin: true}, domain.RegisterActor{Actor: id, Name: domain.Text(name), Roles: []domain.Role{{Group: group}}, Place: "Cirebon"})
	for _, rep := range reps[1:] {
		c.do(domain.By{Person: rep, ChatAdmin: true}, domain.JoinActor{Actor: id})
	}
}

// propose opens a proposal of the steward's.
func (c *seed) propose(title string) domain.ItemID {
	c.t.Helper()
	c.minted++
	id := domain.ItemID(fmt.Sprint("D", c.minted))
	c.do(domain.By{Person: steward}, domain.Propose{Proposal: id, Method: domain.Consensus, Title: domain.Text(title)})
	return id
}

// keep writes all of it into a store that no program has open.
func (c *seed) keep(setting string) {
	c.t.Helper()
	s := openStore(c.t, setting)
	defer func() { _ = s.Close() }()
	c.keepIn(s)
}

func (c *seed) keepIn(s store.Store) {
	c.t.Helper()
	ctx := context.Background()
	must := func(what string, err error) {
		c.t.Helper()
		if err != nil {
			c.t.Fatalf("seed: %s: %v", what, err)
		}
	}
	var platforms []domain.Platform
	for _, chat := range c.chats {
		platforms = append(platforms, chat.Platform)
		holder, err := s.Claim(ctx, chat, c.id)
		must("claim", err)
		if holder != c.id {
			c.t.Fatalf("seed: the chat belongs to %s", holder)
		}
	}
	due, _ := c.s.NextDue()
	var head domain.Head
	const batch = 100
	for from := 0; from < len(c.commits); {
		to := min(from+batch, len(c.commits))
		if from == 0 {
			to = 1
		}
		record, texts, err := domain.Encode(c.commits[from:to])
		must("encode", err)
		e := store.Entry{Record: record, Texts: texts}
		if from == 0 {
			head, err = s.Create(ctx, c.id, e, due, platforms)
		} else {
			head, err = s.Append(ctx, c.id, head, e, due, platforms)
		}
		must("append", err)
		from = to
	}
	for id, accounts := range c.people {
		fresh := store.Person{ID: id, Name: accounts[0].name}
		_, err := s.MintPerson(ctx, accounts[0].Account, fresh)
		must("mint", err)
		must("change", s.ChangePerson(ctx, id, func(p *store.Person) bool {
			p.Clusters, p.Private = []domain.ClusterID{c.id}, nil
			p.Accounts = nil
			for _, a := range accounts {
				p.Accounts = append(p.Accounts, a.Account)
				if a.private != "" {
					p.Private = append(p.Private, domain.ChatRef{Platform: a.Platform, Chat: a.private})
				}
			}
			return true
		}))
	}
}

// journal is what a program left: the state, and every commit with its number and receipt.
type journal struct {
	state   *domain.State
	commits []domain.Commit
}

// read folds a cluster's journal from its beginning.
func read(t testing.TB, s store.Store, id domain.ClusterID) journal {
	t.Helper()
	j := journal{state: domain.NewState(id, zones)}
	var head domain.Head
	for {
		entries, err := s.Read(t.Context(), id, head.Version, 500)
		if err != nil {
			t.Fatalf("read %s: %v", id, err)
		}
		for _, e := range entries {
			if next := head.Next(e.Record); next != e.Head {
				t.Fatalf("entry %d of %s does not chain", e.Head.Version, id)
			}
			commits, err := domain.Decode(e.Record, e.Texts)
			if err != nil {
				t.Fatalf("entry %d of %s: %v", e.Head.Version, id, err)
			}
			for _, c := range commits {
				domain.Apply(j.state, c)
				c.Number = j.state.Commits
				c.Receipt = domain.Receipt(c.Number, e.Head)
				j.commits = append(j.commits, c)
			}
			j.state.Seal(e.Head)
			head = e.Head
		}
		if len(entries) < 500 {
			return j
		}
	}
}

// readFrom opens the store, reads, and closes it.
func readFrom(t testing.TB, setting string, id domain.ClusterID) journal {
	t.Helper()
	s := openStore(t, setting)
	defer func() { _ = s.Close() }()
	return read(t, s, id)
}

// once fails if a cause is in the journal twice.
func (j journal) once(t testing.TB) {
	t.Helper()
	seen := map[string]uint64{}
	for _, c := range j.commits {
		if strings.HasPrefix(c.Cause, "timer:") {
			continue
		}
		if at, ok := seen[c.Cause]; ok {
			t.Errorf("the input %s is in the journal twice, as commits %d and %d", c.Cause, at, c.Number)
		}
		seen[c.Cause] = c.Number
	}
}

// votes lists the commits that hold a vote, by number.
func (j journal) votes() map[uint64]domain.VoteCast {
	out := map[uint64]domain.VoteCast{}
	for _, c := range j.commits {
		for _, e := range c.Events {
			if cast, ok := e.(domain.VoteCast); ok {
				out[c.Number] = cast
			}
		}
	}
	return out
}
