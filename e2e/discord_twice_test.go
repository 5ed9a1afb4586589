package e2e_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"klaster/bot/discord/discordtest"
	"klaster/domain"
)

// TestDiscordTwoPositionsAndAKill has everybody press two positions one right after the other, and kills the process that
// takes them in between: of each actor one position counts, the last that is in the journal, before and after the
// takeover, and whoever was told a receipt is in it.
func TestDiscordTwoPositionsAndAKill(t *testing.T) {
	t.Parallel()
	const actors = 40
	store := durableRedis(t)
	f := newForum(t, discordServer(t), actors)
	f.seed.keep(store)
	holder, other := f.replicas(store)
	f.shown()
	for i := range actors {
		for _, position := range []domain.Position{domain.Agree, domain.Abstain} {
			f.says[i] = position
			f.press(i, false)
		}
	}
	f.until("some are answered", func(w *discordtest.World) bool {
		return slices.ContainsFunc(f.presses, func(p press) bool { return answerTo(w, p) != "" })
	})
	holder.kill()
	f.succeeds(other)
	// What the other process shows is what it read; one more press says that it goes on from there.
	before := len(f.presses)
	f.says[0] = domain.Agree
	f.press(0, true)
	f.settled(f.presses[before:])
	if code, _ := other.stop(); code != 0 {
		t.Errorf("the program ended with %d", code)
	}

	j := readFrom(t, store, crowdID)
	j.once(t)
	votes := j.votes()
	last, times := map[domain.ActorID]domain.Position{}, map[domain.ActorID]int{}
	for _, c := range j.commits {
		if v, ok := votes[c.Number]; ok {
			last[v.Actor] = v.Position
			times[v.Actor]++
		}
	}
	now := j.state.Proposal(f.proposal).Now()
	for i := range actors {
		id := actorID(i)
		ballot, cast := now.Ballot(id)
		if cast != (times[id] > 0) || ballot.Position != last[id] {
			t.Errorf("%s stands at %q, the last of %d votes in the journal is %q", id, ballot.Position, times[id], last[id])
		}
		if most := map[bool]int{true: 3, false: 2}[i == 0]; times[id] > most {
			t.Errorf("%s has %d votes in the journal, and pressed %d times", id, times[id], most)
		}
	}
	if c := now.Count; c.Agree+c.Abstain != len(last) || c.Electorate != actors {
		t.Errorf("counted %+v, %d actors have votes in the journal", c, len(last))
	}
	answered := 0
	for _, p := range f.presses {
		var said string
		f.look(func(w *discordtest.World) { said = answerTo(w, p) })
		if found := receipt.FindStringSubmatch(said); found != nil {
			answered++
			number, _ := strconv.ParseUint(found[1], 10, 64)
			if v, ok := votes[number]; !ok || v.Actor != actorID(p.actor) || v.Position != p.position {
				t.Errorf("%s was told %q for %s, the journal has %+v", actorID(p.actor), said, p.position, v)
			}
		}
	}
	if answered == 0 {
		t.Error("nobody was answered")
	}
	f.until("the card shows the count", func(w *discordtest.World) bool {
		return strings.Contains(w.Message(f.channel, f.board).Text(), fmt.Sprintf("%d dari %d", len(last), actors))
	})
	t.Logf("%d presses, %d answered with a receipt, %d votes in the journal for %d actors", len(f.presses), answered, len(votes), len(last))
}
