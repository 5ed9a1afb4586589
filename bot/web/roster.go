package web

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"klaster/bot"
	"klaster/domain"
)

// A room's roster is a log of its own: one line for each person seen, and one for who administers the room, the first
// person who spoke there. The first such line counts, so replicas agree.

const (
	maxPeople  = 100
	keepRoster = 4 * maxPeople // more than is ever written, so that nobody drops out
)

type rosterLine struct {
	Name  string `json:"name,omitempty"`
	Admin string `json:"admin,omitempty"`
}

// person is somebody seen in a room.
type person struct {
	Name  string `json:"name"`
	Admin bool   `json:"admin,omitempty"`
}

var errFull = errors.New("web: the room is full")

// readRoster lists the persons in the order of their coming.
func readRoster(lines []line) []person {
	var people []person
	seen, admin := map[string]bool{}, ""
	for _, ln := range lines {
		var r rosterLine
		if json.Unmarshal(ln.body, &r) != nil {
			continue
		}
		if r.Admin != "" && admin == "" {
			admin = r.Admin
		}
		if key := strings.ToLower(r.Name); r.Name != "" && !seen[key] {
			seen[key] = true
			people = append(people, person{Name: r.Name})
		}
	}
	for i := range people {
		people[i].Admin = admin != "" && strings.EqualFold(people[i].Name, admin)
	}
	return people
}

// people reads a room's roster.
func (r *Room) people(ctx context.Context, v visitor) ([]person, error) {
	l := r.logs.hold(v.roster())
	defer r.logs.drop(l)
	if err := r.logs.load(ctx, l); err != nil {
		return nil, err
	}
	return readRoster(r.logs.linesOf(l)), nil
}

// known finds a person by name, whatever the case; names that differ in nothing else are one person.
func known(people []person, name string) (person, bool) {
	for _, p := range people {
		if strings.EqualFold(p.Name, name) {
			return p, true
		}
	}
	return person{}, false
}

// see notes that the person is in the room; new tells whether for the first time.
func (r *Room) see(ctx context.Context, v visitor) (added bool, err error) {
	return r.enrol(ctx, v, func(people []person) *rosterLine {
		if _, ok := known(people, v.name); ok {
			return nil
		}
		return &rosterLine{Name: v.name}
	})
}

// spoke notes that the person has spoken, which makes the first one the room's admin.
func (r *Room) spoke(ctx context.Context, v visitor) error {
	_, err := r.enrol(ctx, v, func(people []person) *rosterLine {
		for _, p := range people {
			if p.Admin {
				return nil
			}
		}
		return &rosterLine{Admin: v.name}
	})
	return err
}

func (r *Room) enrol(ctx context.Context, v visitor, wanted func([]person) *rosterLine) (bool, error) {
	l := r.logs.hold(v.roster())
	defer r.logs.drop(l)
	if err := l.lock(ctx); err != nil {
		return false, err
	}
	defer l.unlock()
	if err := r.logs.ready(ctx, l); err != nil {
		return false, err
	}
	people := readRoster(r.logs.linesOf(l))
	news := wanted(people)
	if news == nil {
		return false, nil
	}
	if news.Name != "" && len(people) >= maxPeople {
		return false, errFull
	}
	body, err := json.Marshal(news)
	if err != nil {
		return false, err
	}
	_, err = r.logs.addLocked(ctx, l, body)
	return err == nil, err
}

// greet tells the bot that a new person can be written to privately. Losing it costs nothing: the first private word
// tells the same.
func (r *Room) greet(v visitor) {
	lent := r.borrow()
	if lent == nil {
		return
	}
	u := bot.Update{Kind: bot.Reachable, Cause: "web:" + newUUID(), Chat: v.private(), Private: true, From: v.from()}
	go func() {
		defer lent.hands.Done()
		if err := lent.sink.Accept(lent.ctx, u)(); err != nil {
			r.Log.WarnContext(lent.ctx, "web: a newcomer could not be announced", "error", err)
		}
	}()
}

// IsAdmin implements bot.AdminChecker.
func (r *Room) IsAdmin(ctx context.Context, chat domain.ChatRef, user string) (bool, error) {
	v, ok := roomOf(chat)
	who, named := userOf(user)
	if !ok || !named || who.room != v.room {
		return false, nil
	}
	people, err := r.people(ctx, v)
	if err != nil {
		return false, transient(err)
	}
	p, ok := known(people, who.name)
	return ok && p.Admin, nil
}
