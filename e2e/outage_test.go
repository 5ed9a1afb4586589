package e2e_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"klaster/bot/discord/discordtest"
	"klaster/bot/telegram/telegramtest"
	"klaster/domain"
)

// TestRedisDown takes Redis away, once frozen and once killed and started again with its append-only file. The browser
// room says so within three seconds, Telegram's updates stay unconfirmed, and all of it is handled after the recovery,
// once.
func TestRedisDown(t *testing.T) {
	for name, outage := range map[string]struct{ down, up func(*server) }{
		"frozen": {(*server).freeze, (*server).thaw},
		"killed": {(*server).kill, (*server).start},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redis := startServer(t)
			tg := telegramServer(t)
			c := newCrowd(t, tg, 40, domain.ChatRef{Platform: "web", Chat: "g:" + room})
			const person = domain.PersonID("W1")
			c.seed.do(domain.By{Person: person, ChatAdmin: true}, domain.JoinActor{Actor: actorID(0)})
			c.seed.onWeb(person, room, "Peramban Suryadi")
			c.seed.keep(redis.setting())
			p := c.watch(start(t, telegramSettings(tg, redis.setting())))
			c.shown()
			c.cast(1, 2, 3)
			c.handled()
			page := p.open("Peramban Suryadi")

			outage.down(redis)
			id := uuid()
			began := time.Now()
			status, body := page.tap(id, "v:1:1:a")
			if took := time.Since(began); status != http.StatusServiceUnavailable || took > 3*time.Second {
				t.Errorf("the browser room answers %d after %s: %s", status, took, body)
			}
			if !strings.Contains(body, "Mohon menekannya lagi") {
				t.Errorf("the browser room says %s", body)
			}
			eventually(t, patience, "/readyz turns red", func() bool {
				status, body := get("http://" + p.address() + "/readyz")
				return status == http.StatusServiceUnavailable && strings.Contains(body, "does not answer")
			})
			if status, _ := get("http://" + p.address() + "/healthz"); status != http.StatusOK {
				t.Errorf("/healthz answers %d: a restart would not help", status)
			}
			var all []int
			for i := 1; i < 40; i++ {
				all = append(all, i)
			}
			c.cast(all...)
			// The people hear that it did not work, or nothing; the updates wait.
			if err := tg.WaitFor(soon(t), func(w *telegramtest.World) bool {
				for _, v := range c.taps[3:] {
					if a, ok := w.Answer(v.callback); ok && strings.Contains(a.Text, "enyimpanan") {
						return true
					}
				}
				return false
			}); err != nil {
				t.Error("nobody on Telegram is told that the store is down")
			}
			if waiting := tg.Pending(); waiting < len(all) {
				t.Errorf("%d of %d updates are unconfirmed while Redis is down", waiting, len(all))
			}

			outage.up(redis)
			c.handled()
			eventually(t, patience, "/readyz turns green again", func() bool {
				status, _ := get("http://" + p.address() + "/readyz")
				return status == http.StatusOK
			})
			if status, body := page.tap(id, "v:1:1:a"); status != http.StatusOK { // the page tries again
				t.Errorf("after the recovery the browser room answers %d %s", status, body)
			}
			c.says[0] = domain.Agree
			if code, took := p.stop(); code != 0 || took > 10*time.Second {
				t.Errorf("the program ended with %d after %s", code, took)
			}
			c.taps = append(c.taps, vote{})
			c.checkVotes(readFrom(t, redis.setting(), crowdID), false)
		})
	}
}

// outageLength is longer than a lease is trusted for without the store: ten seconds.
const outageLength = 15 * time.Second

// TestDiscordRedisDown takes Redis away for longer than the lease is trusted. Whoever presses is told within three and a
// half seconds to try again, all the time; afterwards everything works, and nothing was counted that was told to have
// failed.
func TestDiscordRedisDown(t *testing.T) {
	for name, outage := range map[string]struct{ down, up func(*server) }{
		"frozen": {(*server).freeze, (*server).thaw},
		"killed": {(*server).kill, (*server).start},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			redis := startServer(t)
			dc := discordServer(t)
			f := newForum(t, dc, 8)
			f.seed.keep(redis.setting())
			p := f.watch(start(t, discordSettings(dc, redis.setting())))
			f.shown()
			f.cast(0)
			f.settled(f.presses)

			outage.down(redis)
			over := time.After(outageLength)
			every := time.NewTicker(2 * time.Second)
			defer every.Stop()
			for down := true; down; {
				began := time.Now()
				id, err := dc.Press(f.channel, f.board, f.users[1], "1:v:1:1:a")
				if err != nil {
					t.Fatal(err)
				}
				heard := press{interaction: id}
				f.until("a press is answered while the store is down", func(w *discordtest.World) bool { return answerTo(w, heard) != "" })
				if took := time.Since(began); took > 3500*time.Millisecond {
					t.Errorf("told after %s", took)
				}
				f.look(func(w *discordtest.World) {
					if said := answerTo(w, heard); !strings.Contains(said, "mencoba lagi") {
						t.Errorf("told %q", said)
					}
				})
				select {
				case <-over:
					down = false
				case <-every.C:
				}
			}
			outage.up(redis)
			eventually(t, patience, "/readyz turns green again", func() bool {
				status, _ := get("http://" + p.address() + "/readyz")
				return status == http.StatusOK
			})
			// Afterwards all of it works. One who was told to try again does.
			f.says[1] = domain.Agree
			f.press(1, true)
			f.cast(2, 3, 4, 5, 6, 7)
			f.settled(f.presses)
			if n := dc.Gateway().Identifies; n != 1 {
				t.Errorf("%d sessions were begun", n)
			}
			if code, took := p.stop(); code != 0 || took > 10*time.Second {
				t.Errorf("the program ended with %d after %s", code, took)
			}
			f.check(readFrom(t, redis.setting(), crowdID), 1)
		})
	}
}
