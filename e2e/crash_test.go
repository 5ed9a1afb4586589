package e2e_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"klaster/bot/telegram/telegramtest"
	"klaster/domain"
)

// crowd is a cluster with many actors, one person each, and an open proposal.
type crowd struct {
	t        testing.TB
	seed     *seed
	tg       *telegramtest.Server
	group    int64
	board    int
	boss     int64
	users    []int64
	proposal domain.ItemID
	says     []domain.Position // what each actor said last
	taps     []vote
}

// vote is one tap: whose, and for what.
type vote struct {
	actor    int
	position domain.Position
	callback string
}

const crowdID = domain.ClusterID("CROWD")

func actorID(i int) domain.ActorID   { return domain.ActorID(fmt.Sprintf("A%04d", i)) }
func personID(i int) domain.PersonID { return domain.PersonID(fmt.Sprintf("P%04d", i)) }

// newCrowd makes the cluster and the group on the fake; nothing is stored yet.
func newCrowd(t testing.TB, tg *telegramtest.Server, size int, chats ...domain.ChatRef) *crowd {
	t.Helper()
	return newCrowdIn(t, tg, size, telegramtest.AsSupergroup(), chats...)
}

// newCrowdIn chooses the kind of group.
func newCrowdIn(t testing.TB, tg *telegramtest.Server, size int, kind telegramtest.GroupOption, chats ...domain.ChatRef) *crowd {
	t.Helper()
	return oldCrowd(t, tg, size, time.Hour, kind, chats...)
}

// oldCrowd was founded that long ago.
func oldCrowd(t testing.TB, tg *telegramtest.Server, size int, age time.Duration, kind telegramtest.GroupOption, chats ...domain.ChatRef) *crowd {
	t.Helper()
	c := &crowd{t: t, tg: tg, says: make([]domain.Position, size)}
	boss := tg.AddUser(telegramtest.User{FirstName: "Kepala", LastName: "Sukmawati", Username: "kepalasukmawati", Language: "id"})
	for i := range size {
		c.users = append(c.users, tg.AddUser(telegramtest.User{FirstName: fmt.Sprint("Wakil", i), LastName: "Hadikusumo", Username: fmt.Sprint("hadikusumo", i), Language: "id"}))
	}
	c.group = tg.AddGroup("Rotan", kind, telegramtest.WithAdmins(boss), telegramtest.WithMembers(c.users...))
	c.boss = boss
	c.seed = newSeed(t, crowdID, time.Now().Add(-age), daylight(), append([]domain.ChatRef{telegramChat(c.group)}, chats...)...)
	c.seed.onTelegram(steward, boss, "Kepala Sukmawati", false)
	for i := range size {
		c.seed.actor(actorID(i), fmt.Sprintf("PT Anggota %04d", i), domain.Group(i%6), personID(i))
		c.seed.onTelegram(personID(i), c.users[i], fmt.Sprintf("Wakil%d Hadikusumo", i), false)
	}
	c.proposal = c.seed.propose("Gudang bersama dibangun di Plered")
	return c
}

// secrets are the crowd's names; they must not be in a log.
func (c *crowd) secrets() []string {
	return []string{"Hadikusumo", "hadikusumo", "Sukmawati", "sukmawati", "Gudang bersama", "PT Anggota"}
}

func (c *crowd) watch(p *process) *process {
	p.secret = c.secrets
	return p
}

// shown waits for the proposal's card and remembers it.
func (c *crowd) shown() {
	c.t.Helper()
	waitFor(c.t, c.tg, "the proposal's card", func(w *telegramtest.World) bool {
		for _, m := range slices.Backward(w.Messages(c.group)) {
			if m.FromMe && len(m.Buttons) > 0 && strings.Contains(m.Text, "Gudang bersama") {
				c.board = m.ID
				return true
			}
		}
		return false
	})
}

// cast queues a tap for each of the actors: agreement and abstention in turns, so that every tap changes something.
func (c *crowd) cast(actors ...int) {
	presses := make([]telegramtest.Press, len(actors))
	votes := make([]vote, len(actors))
	for n, i := range actors {
		position, letter := domain.Agree, "a"
		if c.says[i] == domain.Agree {
			position, letter = domain.Abstain, "b"
		}
		c.says[i] = position
		votes[n] = vote{actor: i, position: position}
		presses[n] = telegramtest.Press{Chat: c.group, Message: c.board, User: c.users[i], Data: "v:1:1:" + letter}
	}
	for n, callback := range c.tg.QueueTaps(presses...) {
		votes[n].callback = callback
	}
	c.taps = append(c.taps, votes...)
}

// handled waits until Telegram has nothing left to deliver.
func (c *crowd) handled() {
	c.t.Helper()
	waitFor(c.t, c.tg, "all updates are confirmed", func(w *telegramtest.World) bool { return w.Pending() == 0 })
}

var receipt = regexp.MustCompile(`Tanda terima (\d+)-([A-Z2-7]{6})`)

// check finds every vote that was cast exactly once in the journal, every receipt that was given true, and the tally
// right.
func (c *crowd) check(j journal) {
	c.t.Helper()
	c.checkVotes(j, true)
}

// checkVotes does so; after an outage taps may also have been answered with a sentence about it.
func (c *crowd) checkVotes(j journal, all bool) {
	c.t.Helper()
	j.once(c.t)
	votes := j.votes()
	byCommit := map[uint64]domain.Commit{}
	for _, commit := range j.commits {
		byCommit[commit.Number] = commit
	}
	acknowledged := 0
	answers := c.tg.Answers()
	owner := map[uint64]string{}
	for _, v := range c.taps {
		answer, ok := answers[v.callback]
		if !ok || v.callback == "" {
			continue // died before it was answered; the tap was handled all the same, see below
		}
		found := receipt.FindStringSubmatch(answer.Text)
		if found == nil {
			if answer.Text != "" && all {
				c.t.Errorf("a tap was answered with %q", answer.Text)
			}
			continue
		}
		acknowledged++
		number, _ := strconv.ParseUint(found[1], 10, 64)
		cast, ok := votes[number]
		switch {
		case !ok:
			c.t.Errorf("the receipt %s-%s names no vote of the journal", found[1], found[2])
		case byCommit[number].Receipt != found[1]+"-"+found[2]:
			c.t.Errorf("the receipt %s-%s is %s in the journal", found[1], found[2], byCommit[number].Receipt)
		case cast.Actor != actorID(v.actor) || cast.Position != v.position:
			c.t.Errorf("the receipt of %s for %s names a vote of %s for %s", v.position, actorID(v.actor), cast.Position, cast.Actor)
		case owner[number] != "":
			c.t.Errorf("two taps have the receipt %s", found[0])
		}
		owner[number] = v.callback
	}
	if len(votes) != len(c.taps) {
		c.t.Errorf("%d votes are in the journal, %d were cast", len(votes), len(c.taps))
	}
	var agree, abstain int
	for i, said := range c.says {
		switch said {
		case domain.Agree:
			agree++
		case domain.Abstain:
			abstain++
		}
		if said == "" {
			continue
		}
		if ballot, _ := j.state.Proposal(c.proposal).Now().Ballot(actorID(i)); ballot.Position != said {
			c.t.Errorf("%s stands at %q, said %q last", actorID(i), ballot.Position, said)
		}
	}
	if count := j.state.Proposal(c.proposal).Now().Count; count.Agree != agree || count.Abstain != abstain {
		c.t.Errorf("the tally is %+v, want %d who agree and %d who abstain", count, agree, abstain)
	}
	c.t.Logf("%d taps, %d acknowledged with a receipt, %d commits in all", len(c.taps), acknowledged, len(j.commits))
}

// TestKill9 kills the program at random moments while votes stream in, and finds each of them once.
func TestKill9(t *testing.T) {
	const (
		kills   = 20
		actors  = 240
		perKill = 60
	)
	both(t, func(t *testing.T, store string) {
		tg := telegramServer(t)
		c := newCrowd(t, tg, actors)
		c.seed.keep(store)
		random := uint64(time.Now().UnixNano())
		t.Logf("seed of the moments: %d", random)
		chance := rand.New(rand.NewPCG(random, 1))

		program := c.watch(start(t, telegramSettings(tg, store)))
		c.shown()
		next := 0
		for kill := range kills {
			who := make([]int, perKill)
			for n := range who {
				who[n] = next % actors
				next++
			}
			answered := tg.Answered()
			c.cast(who...)
			// The moment is a number of answers given since; 0 is as soon as it has begun to work.
			moment := answered + chance.IntN(perKill)
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			if err := tg.WaitAnswered(ctx, moment); err != nil {
				t.Fatalf("before kill %d: %v", kill, err)
			}
			cancel()
			program.kill()
			freeLease(t, store)
			program = c.watch(begin(t, telegramSettings(tg, store)))
		}
		program.serves()
		c.handled()
		if code, took := program.stop(); code != 0 {
			t.Errorf("the program ended with %d after %s", code, took)
		}
		c.check(readFrom(t, store, crowdID))
		proven(t, store, crowdID)
	})
}

// freeLease takes the lease away that a killed program held, as time would within 15 seconds; TestReplicas waits for it.
func freeLease(t testing.TB, setting string) {
	t.Helper()
	address, ok := strings.CutPrefix(setting, "redis://")
	if !ok {
		return
	}
	client := redisClient(strings.TrimSuffix(address, "/0"))
	defer func() { _ = client.Close() }()
	held, err := client.Keys(t.Context(), "*:l:telegram*").Result()
	if err != nil {
		t.Fatal(err)
	}
	if len(held) > 0 {
		if err := client.Del(t.Context(), held...).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// proven exports a cluster with the program and has the program prove the export.
func proven(t testing.TB, store string, id domain.ClusterID) string {
	t.Helper()
	code, out, errs := run(t, settings{"KLASTER_STORE": store}, "export", string(id))
	if code != 0 {
		t.Fatalf("export: %d %s", code, errs)
	}
	file := t.TempDir() + "/export.json"
	write(t, file, out)
	code, verdict, errs := run(t, nil, "verify", file)
	if code != 0 || !strings.HasPrefix(verdict, "proven: cluster "+string(id)) {
		t.Fatalf("verify: %d %s%s", code, verdict, errs)
	}
	return file
}
