package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"klaster/domain"
)

// held says whether a process receives and sends for Telegram.
func (p *process) held() bool { return p.holds("telegram") }

// holds says whether a process receives and sends for a platform.
func (p *process) holds(platform string) bool {
	_, body := get("http://" + p.address() + "/readyz")
	var ready struct {
		Platforms map[string]struct {
			Held  bool   `json:"held"`
			State string `json:"state"`
		} `json:"platforms"`
	}
	return json.Unmarshal([]byte(body), &ready) == nil && ready.Platforms[platform].Held
}

// asksDaily defines an indicator whose slot was half an hour ago, when nobody was awake.
func (c *seed) asksDaily(reporter int) {
	c.t.Helper()
	slot := time.Now().Add(-30 * time.Minute).In(zones(daylight()))
	c.do(domain.By{Person: steward}, domain.DefineIndicator{IndicatorDefined: domain.IndicatorDefined{
		Indicator: "N1", Name: "Omzet anggota", Unit: "rupiah", Kind: domain.UnitMoney, Direction: domain.Up,
		Reporters: domain.Reporters{Actors: []domain.ActorID{actorID(reporter)}}, Frequency: "monthly",
		Cron: fmt.Sprintf("%d %d * * *", slot.Minute(), slot.Hour()),
	}})
}

// succeeded waits for the first sign of life of the process that takes over, and fails when it takes longer than a lease
// runs. It is called as soon as the holder is dead.
func (c *crowd) succeeded(sign string, alive func() bool) {
	c.t.Helper()
	died := time.Now()
	eventually(c.t, patience, "the other process "+sign, alive)
	took := time.Since(died)
	c.t.Logf("%s after %s", sign, took.Round(100*time.Millisecond))
	if took > takeover {
		c.t.Errorf("the other process %s after %s, want %s at most", sign, took, takeover)
	}
}

// TestReplicas runs two processes on one Redis: the same votes through both doors, one prompt for the slot that fell
// while both were away, and a takeover when the one that holds Telegram's lease is killed.
func TestReplicas(t *testing.T) {
	t.Parallel()
	const actors, onWeb = 60, 20
	store := durableRedis(t)
	tg := telegramServer(t)
	webGroup := domain.ChatRef{Platform: "web", Chat: "g:" + room}
	c := newCrowd(t, tg, actors, webGroup)
	for i := range onWeb { // further representatives, who sit at a browser
		person := domain.PersonID(fmt.Sprintf("W%04d", i))
		c.seed.do(domain.By{Person: person, ChatAdmin: true}, domain.JoinActor{Actor: actorID(i)})
		c.seed.onWeb(person, room, fmt.Sprint("Peramban Suryadi ", i))
	}
	const reporter = actors - 1
	c.seed.people[personID(reporter)][0].private = fmt.Sprint(c.users[reporter])
	tg.Start(c.users[reporter], "") // long ago
	c.seed.asksDaily(reporter)
	c.seed.keep(store)

	a := c.watch(start(t, telegramSettings(tg, store)))
	b := c.watch(start(t, telegramSettings(tg, store)))
	eventually(t, patience, "one process takes the lease", func() bool { return a.held() || b.held() })
	holder, other := a, b
	if b.held() {
		holder, other = b, a
	}
	c.shown()

	var doors sync.WaitGroup
	for i := range onWeb {
		doors.Go(func() { // the same tap through both doors, as a page does that lost the first answer
			id, name := uuid(), fmt.Sprint("Peramban Suryadi ", i)
			for _, p := range []*process{a, b} {
				doors.Go(func() {
					if status, body := p.open(name).tap(id, "v:1:1:a"); status != http.StatusOK {
						t.Errorf("a tap in the browser room is answered %d %s", status, body)
					}
				})
			}
		})
	}
	var tapping []int
	for i := onWeb; i < actors; i++ {
		tapping = append(tapping, i)
	}
	c.cast(tapping...)
	doors.Wait()
	c.handled()
	for i := range onWeb {
		c.says[i] = domain.Agree
	}

	// The holder dies with votes on their way.
	c.cast(tapping...)
	if err := tg.WaitAnswered(soon(t), tg.Answered()+3); err != nil {
		t.Fatal(err)
	}
	holder.kill()
	polls := tg.Calls("getUpdates")
	c.succeeded("asks for updates", func() bool { return other.held() && tg.Calls("getUpdates") > polls })
	c.handled()
	c.cast(tapping...)
	c.handled()
	if code, _ := other.stop(); code != 0 {
		t.Errorf("the program ended with %d", code)
	}

	s := openStore(t, store)
	defer func() { _ = s.Close() }()
	j := read(t, s, crowdID)
	for range onWeb { // they count as cast, too
		c.taps = append(c.taps, vote{})
	}
	c.check(j)
	prompts := 0
	for _, m := range tg.Messages(c.users[reporter]) {
		if m.FromMe && strings.Contains(m.Text, "Omzet anggota") {
			prompts++
		}
	}
	if prompts != 1 {
		t.Errorf("the slot was asked for %d times", prompts)
	}
	cards := 0
	shown, err := s.Lines(t.Context(), webGroup, 500)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range shown {
		if strings.Contains(string(line.Body), "Gudang bersama") {
			cards++
		}
	}
	if cards != 1 {
		t.Errorf("the browser room shows the proposal's card %d times", cards)
	}
	boards := 0
	for _, m := range tg.Messages(c.group) {
		if m.FromMe && strings.Contains(m.Text, "Gudang bersama") && m.ID != c.board {
			boards++
		}
	}
	if boards != 0 {
		t.Errorf("the group shows %d more cards of the proposal", boards)
	}
}
