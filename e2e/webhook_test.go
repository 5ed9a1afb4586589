package e2e_test

import (
	"regexp"
	"testing"
)

// TestWebhookReplicas runs two processes on one Redis behind a load balancer that hands Telegram's deliveries to them in
// turn: each answers what it took, one of them shows the cards, and when that one is killed nothing is lost or doubled.
func TestWebhookReplicas(t *testing.T) {
	t.Parallel()
	const actors = 40
	store := durableRedis(t)
	tg := telegramServer(t)
	c := newCrowd(t, tg, actors)
	c.seed.keep(store)
	with := telegramSettings(tg, store)
	with["KLASTER_TELEGRAM_WEBHOOK"] = "https://bot.example.org/telegram"
	a, b := c.watch(start(t, with)), c.watch(start(t, with))
	tg.Reach("http://"+a.address(), "http://"+b.address())
	eventually(t, patience, "one process takes the lease", func() bool { return a.held() || b.held() })
	holder, other := a, b
	if b.held() {
		holder, other = b, a
	}
	c.shown()
	var all []int
	for i := range actors {
		all = append(all, i)
	}
	c.cast(all...)
	c.handled()
	if n := tg.Calls("getUpdates"); n != 0 {
		t.Errorf("%d polls beside the webhook", n)
	}

	c.cast(all...) // the holder dies with votes on their way
	if err := tg.WaitAnswered(soon(t), tg.Answered()+3); err != nil {
		t.Fatal(err)
	}
	holder.kill()
	answered := tg.Answered()
	c.succeeded("answers a delivery", func() bool { return tg.Answered() > answered })
	c.succeeded("takes the lease", other.held)
	c.handled()
	c.cast(all...)
	c.handled()
	if code, _ := other.stop(); code != 0 {
		t.Errorf("the program ended with %d", code)
	}
	s := openStore(t, store)
	defer func() { _ = s.Close() }()
	c.check(read(t, s, crowdID))
	boards := 0
	for _, m := range tg.Messages(c.group) {
		if m.FromMe && regexp.MustCompile("Gudang bersama").MatchString(m.Text) && m.ID != c.board {
			boards++
		}
	}
	if boards != 0 {
		t.Errorf("the group shows %d more cards of the proposal", boards)
	}
}
