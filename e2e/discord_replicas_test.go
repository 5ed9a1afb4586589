package e2e_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"klaster/bot/discord/discordtest"
)

// takeover is within what another process has to take a platform over: the dead one's lease runs out, and the other asks
// for it.
const takeover = 15 * time.Second

// replicas starts two processes on one store, and tells which of them has Discord.
func (f *forum) replicas(store string) (holder, other *process) {
	f.t.Helper()
	with := discordSettings(f.dc, store)
	a, b := f.watch(start(f.t, with)), f.watch(start(f.t, with))
	eventually(f.t, patience, "one process takes the lease", func() bool { return a.holds("discord") || b.holds("discord") })
	if b.holds("discord") {
		return b, a
	}
	return a, b
}

// succeeds waits until the other process is connected to Discord. It is called as soon as the holder is dead.
func (f *forum) succeeds(other *process) {
	f.t.Helper()
	died := time.Now()
	other.log.await(f.t, patience, regexp.MustCompile("lease taken.*platform=discord"))
	f.until("the other process is connected", func(w *discordtest.World) bool { return w.Gateway().Connected == 1 })
	took := time.Since(died)
	f.t.Logf("taken over after %s", took.Round(100*time.Millisecond))
	if took > takeover {
		f.t.Errorf("taken over after %s, want %s at most", took, takeover)
	}
}

// TestDiscordReplicas runs two processes on one Redis and kills the one that is connected to Discord while votes are
// under way. Who got no answer presses again, as people do; the others' votes count once.
func TestDiscordReplicas(t *testing.T) {
	t.Parallel()
	const actors = 60
	store := durableRedis(t)
	f := newForum(t, discordServer(t), actors)
	const reporter = actors - 1
	f.seed.asksDaily(reporter)
	f.seed.keep(store)
	holder, other := f.replicas(store)
	f.shown()
	var all []int
	for i := range actors {
		all = append(all, i)
	}
	f.cast(all...)
	f.settled(f.presses)

	// The holder dies with votes on their way: some answered, some in the journal or about to be, whose answers do not get
	// through, and some just pressed.
	third := actors / 3
	f.cast(all[:third]...)
	under := f.presses[actors:]
	f.settled(under)
	f.dc.FailAll(discordtest.RouteRespond, discordtest.Fault{Hang: true})
	calls := f.dc.Calls(discordtest.RouteRespond)
	f.cast(all[third : 2*third]...)
	f.until("answers are on their way", func(w *discordtest.World) bool { return w.Calls(discordtest.RouteRespond) >= calls+third/2 })
	f.cast(all[2*third:]...)
	holder.kill()
	f.dc.Heal()
	under = f.presses[actors:]
	f.succeeds(other)
	var lost []press
	f.look(func(w *discordtest.World) {
		for _, p := range under {
			if answerTo(w, p) == "" {
				lost = append(lost, p)
			}
		}
	})
	before := len(f.presses)
	if len(lost) < actors-third {
		t.Errorf("%d presses were answered, want %d", actors-len(lost), third)
	}
	for _, p := range lost {
		f.press(p.actor, true)
	}
	f.settled(f.presses[before:])
	before = len(f.presses)
	f.cast(all...)
	f.settled(f.presses[before:])
	f.until("the slot is asked for", func(w *discordtest.World) bool { return f.prompts(w, f.users[reporter]) > 0 })
	if code, _ := other.stop(); code != 0 {
		t.Errorf("the program ended with %d", code)
	}

	s := openStore(t, store)
	defer func() { _ = s.Close() }()
	f.check(read(t, s, crowdID), 3)
	f.look(func(w *discordtest.World) {
		if all := boards(w, f.channel); len(all) != 1 || all[0].ID != f.board {
			t.Errorf("the channel shows the proposal's card %d times", len(all))
		}
		if n := f.prompts(w, f.users[reporter]); n != 1 {
			t.Errorf("the slot was asked for %d times", n)
		}
	})
}

// prompts counts how often a person was asked for a reading.
func (f *forum) prompts(w *discordtest.World, user string) (n int) {
	for _, m := range w.DMs(user) {
		if m.FromBot && strings.Contains(m.Text(), "Omzet anggota") {
			n++
		}
	}
	return n
}

// TestDiscordReplicasCard kills the holder between a card's appearance on Discord and its being noted: the other process
// finds that card there, instead of showing it again, and shows the rest.
func TestDiscordReplicasCard(t *testing.T) {
	t.Parallel()
	store := durableRedis(t)
	dc := discordServer(t)
	f := newForum(t, dc, 5)
	f.seed.keep(store)
	dc.FailAll(discordtest.RouteCreateMessage, discordtest.Fault{Apply: true, Hang: true}) // nobody learns what became of a card
	holder, other := f.replicas(store)
	f.until("a card", func(w *discordtest.World) bool { return w.Last(f.channel, "").ID != "" })
	holder.kill()
	dc.Heal()
	f.succeeds(other)
	f.shown()
	f.cast(0, 1, 2, 3, 4)
	f.settled(f.presses)
	f.until("the card shows the votes", func(w *discordtest.World) bool {
		return strings.Contains(w.Message(f.channel, f.board).Text(), "5 dari 5")
	})
	if status, _ := get("http://" + other.address() + "/readyz"); status != http.StatusOK {
		t.Errorf("the other process says %d when asked whether it is ready", status)
	}
	if code, _ := other.stop(); code != 0 {
		t.Errorf("the program ended with %d", code)
	}
	f.check(readFrom(t, store, crowdID), 1)
	f.look(func(w *discordtest.World) {
		seen := map[string]bool{}
		for _, m := range w.Messages(f.channel, "") {
			if title, _, _ := strings.Cut(m.Text(), "\n"); seen[title] {
				t.Errorf("the channel shows this twice: %s", title)
			} else {
				seen[title] = true
			}
		}
		if len(seen) < 2 {
			t.Errorf("the channel shows only %v", seen)
		}
	})
}
