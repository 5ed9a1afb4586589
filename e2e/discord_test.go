package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"klaster/bot/discord/discordtest"
	"klaster/domain"
)

// discordToken is Discord's secret in every test: of application 100000000000000000, with the canary in it.
const discordToken = "MTAwMDAwMDAwMDAwMDAwMDAwMA.Gtest1." + canary + "012"

// discordServer begins a fake with this test's token; every request of the program is judged by it.
func discordServer(t testing.TB, opts ...discordtest.Option) *discordtest.Server {
	t.Helper()
	return discordtest.Start(t, append([]discordtest.Option{discordtest.WithToken(discordToken)}, opts...)...)
}

// discordSettings connect a run to the fake.
func discordSettings(s *discordtest.Server, store string) settings {
	return settings{"KLASTER_STORE": store, "KLASTER_DISCORD_TOKEN": discordToken, "KLASTER_DISCORD_API": s.URL() + "/api"}
}

// forum is a cluster in a channel of Discord with many actors, one person each, and an open proposal.
type forum struct {
	t        testing.TB
	seed     *seed
	dc       *discordtest.Server
	channel  string
	board    string
	users    []string
	proposal domain.ItemID
	says     []domain.Position // what each actor is to stand at
	presses  []press
}

// press is one use of a button: whose, and for what.
type press struct {
	actor       int
	position    domain.Position
	interaction string
	again       bool // the first one was lost, or its answer
}

const proposed = "Gudang bersama dibangun di Plered"

// newForum makes the cluster and the guild on the fake; nothing is stored yet.
func newForum(t testing.TB, dc *discordtest.Server, size int) *forum {
	t.Helper()
	f := &forum{t: t, dc: dc, says: make([]domain.Position, size)}
	boss := dc.AddUser(discordtest.User{Name: "Kepala Sukmawati", Locale: "id"})
	for i := range size {
		f.users = append(f.users, dc.AddUser(discordtest.User{Name: fmt.Sprintf("Wakil%d Hadikusumo", i), Locale: "id"}))
	}
	f.channel = dc.AddChannel(dc.AddGuild("Rotan", discordtest.WithManagers(boss), discordtest.WithMembers(f.users...)), "klaster")
	f.seed = newSeed(t, crowdID, time.Now().Add(-time.Hour), daylight(), discordChat(f.channel))
	f.seed.onDiscord(steward, boss, "Kepala Sukmawati")
	for i := range size {
		f.seed.actor(actorID(i), fmt.Sprintf("PT Anggota %04d", i), domain.Group(i%6), personID(i))
		f.seed.onDiscord(personID(i), f.users[i], fmt.Sprintf("Wakil%d Hadikusumo", i))
	}
	f.proposal = f.seed.propose(proposed)
	return f
}

// watch has a run's log looked through for the forum's names.
func (f *forum) watch(p *process) *process {
	p.secret = func() []string {
		return []string{discordToken, "Hadikusumo", "hadikusumo", "Sukmawati", proposed, "PT Anggota"}
	}
	return p
}

// until waits for something in the fake's world.
func (f *forum) until(what string, holds func(*discordtest.World) bool) {
	f.t.Helper()
	waitDiscord(f.t, f.dc, what, holds)
}

func waitDiscord(t testing.TB, dc *discordtest.Server, what string, holds func(*discordtest.World) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := dc.WaitFor(ctx, holds); err != nil {
		t.Fatalf("never within %s: %s (%v)", patience, what, err)
	}
}

// look asks the fake's world.
func (f *forum) look(at func(w *discordtest.World)) {
	f.t.Helper()
	err := f.dc.WaitFor(soon(f.t), func(w *discordtest.World) bool {
		at(w)
		return true
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// boards are the messages that everybody sees with the proposal and buttons to vote.
func boards(w *discordtest.World, channel string) (out []discordtest.Message) {
	for _, m := range w.Messages(channel, "") {
		if m.FromBot && len(m.Buttons) > 0 && strings.Contains(m.Text(), proposed) {
			out = append(out, m)
		}
	}
	return out
}

// shown waits for the proposal's card and remembers it.
func (f *forum) shown() {
	f.t.Helper()
	f.until("the proposal's card", func(w *discordtest.World) bool {
		if all := boards(w, f.channel); len(all) > 0 {
			f.board = all[0].ID
			return true
		}
		return false
	})
}

// cast has each of the actors press the button of another position than theirs.
func (f *forum) cast(actors ...int) {
	f.t.Helper()
	for _, i := range actors {
		if f.says[i] == domain.Agree {
			f.says[i] = domain.Abstain
		} else {
			f.says[i] = domain.Agree
		}
		f.press(i, false)
	}
}

// press has an actor's person press the button of the position they are to stand at.
func (f *forum) press(i int, again bool) {
	f.t.Helper()
	letter := map[domain.Position]string{domain.Agree: "a", domain.Abstain: "b"}[f.says[i]]
	id, err := f.dc.Press(f.channel, f.board, f.users[i], "1:v:1:1:"+letter)
	if err != nil {
		f.t.Fatal(err)
	}
	f.presses = append(f.presses, press{i, f.says[i], id, again})
}

// settled waits until everybody in this list has an answer in words.
func (f *forum) settled(list []press) {
	f.t.Helper()
	f.until("everybody is answered", func(w *discordtest.World) bool {
		return !slices.ContainsFunc(list, func(p press) bool { return answerTo(w, p) == "" })
	})
}

// answerTo is what was said to a press; empty: nothing yet.
func answerTo(w *discordtest.World, p press) string {
	r := w.Response(p.interaction)
	var words []string
	if r.Type == 4 {
		words = append(words, r.Message.Text())
	}
	for _, m := range r.FollowUps {
		words = append(words, m.Text())
	}
	return strings.Join(words, "\n")
}

// check finds every press that was answered with a receipt in the journal, once, for the position that was pressed, and
// the journal without any other vote: each actor changed position exactly as often as they meant to.
func (f *forum) check(j journal, changes int) {
	f.t.Helper()
	j.once(f.t)
	votes := j.votes()
	receipts := map[uint64]string{}
	for _, c := range j.commits {
		receipts[c.Number] = c.Receipt
	}
	acknowledged, silent, known := 0, 0, 0
	for _, p := range f.presses {
		var said string
		f.look(func(w *discordtest.World) { said = answerTo(w, p) })
		found := receipt.FindStringSubmatch(said)
		switch {
		case said == "":
			silent++
			continue
		case p.again && strings.Contains(said, "Sudah tercatat"): // it was the answer that was lost
			known++
			continue
		case found == nil:
			f.t.Errorf("a press was answered with %q", said)
			continue
		}
		acknowledged++
		number, _ := strconv.ParseUint(found[1], 10, 64)
		if cast, ok := votes[number]; !ok || cast.Actor != actorID(p.actor) || cast.Position != p.position || receipts[number] != found[1]+"-"+found[2] {
			f.t.Errorf("the receipt %s-%s of %s for %s names %+v, whose receipt is %s", found[1], found[2], actorID(p.actor), p.position, cast, receipts[number])
		}
	}
	if want := changes * len(f.users); len(votes) != want {
		f.t.Errorf("%d votes are in the journal, %d positions were changed", len(votes), want)
	}
	round := j.state.Proposal(f.proposal).Now()
	for i, said := range f.says {
		if ballot, _ := round.Ballot(actorID(i)); ballot.Position != said {
			f.t.Errorf("%s stands at %q, said %q last", actorID(i), ballot.Position, said)
		}
	}
	f.t.Logf("%d presses, %d acknowledged with a receipt, %d that nobody answered, %d of them in the journal", len(f.presses), acknowledged, silent, known)
}
