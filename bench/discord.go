package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"klaster/bot/discord"
	"klaster/bot/discord/discordtest"
	"klaster/domain"
	"klaster/store"
)

// forum is a cluster in a channel of the fake Discord, with an open ballot and the people who vote in it.
type forum struct {
	fake    *discordtest.Server
	channel string
	users   []string
	message string
	custom  [2]string
	sent    int // interactions so far
	cast    int // votes so far: each changes the voter's position
}

// windowWidth is how many interactions are unanswered at once while a rate is measured. It is far below the number beyond
// which the bot drops them, since nobody waits for those.
const windowWidth = 256

// newForum seeds a cluster whose actors all have one person on Discord; nobody has voted.
func newForum(ctx context.Context, s store.Store, fake *discordtest.Server, actors int) (*forum, error) {
	f := &forum{fake: fake, users: make([]string, actors)}
	for i := range f.users {
		f.users[i] = fake.AddUser(discordtest.User{Name: userName(i), Locale: "id"})
	}
	f.channel = fake.AddChannel(fake.AddGuild("Rotan", discordtest.WithMembers(f.users...)), "klaster")
	const id = domain.ClusterID("forum")
	err := represent(ctx, s, actors, func(i int) store.Account { return store.Account{Platform: discord.Platform, User: f.users[i]} }, id)
	if err != nil {
		return nil, err
	}
	return f, voting(ctx, s, id, domain.ChatRef{Platform: discord.Platform, Chat: f.channel}, actors, 0)
}

// ready waits for the bot's commands and the ballot's card, and finds the buttons of two positions.
func (f *forum) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err := f.fake.WaitFor(ctx, func(w *discordtest.World) bool {
		if w.Gateway().Connected == 0 || len(w.Commands("")) == 0 {
			return false
		}
		for _, m := range w.Messages(f.channel, "") {
			found := 0
			for _, row := range m.Buttons {
				for _, b := range row {
					if found < len(f.custom) && (strings.HasSuffix(b.CustomID, ":a") || strings.HasSuffix(b.CustomID, ":b")) {
						f.custom[found] = b.CustomID
						found++
					}
				}
			}
			if f.message = m.ID; found == len(f.custom) {
				return true
			}
		}
		return false
	})
	if err != nil {
		return fmt.Errorf("no ballot card on Discord: %w", err)
	}
	return nil
}

// vote is the next vote; each person's alternate.
func (f *forum) vote() error {
	i := f.cast
	f.cast++
	_, err := f.fake.Press(f.channel, f.message, f.users[i%len(f.users)], f.custom[i/len(f.users)%2])
	return err
}

// rush lets n interactions happen, windowWidth at a time, and returns how many a second had their first response.
func (f *forum) rush(ctx context.Context, n int, act func() error) (float64, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	began := time.Now()
	for i := range n {
		if over := f.sent + 1 - windowWidth; i%(windowWidth/8) == 0 && over > 0 {
			if err := f.fake.WaitResponded(ctx, over); err != nil {
				return 0, fmt.Errorf("no first response to interaction %d: %w", over, err)
			}
		}
		if err := act(); err != nil {
			return 0, err
		}
		f.sent++
	}
	if err := f.fake.WaitResponded(ctx, f.sent); err != nil {
		return 0, fmt.Errorf("not all of %d interactions had a first response: %w", f.sent, err)
	}
	return float64(n) / time.Since(began).Seconds(), nil
}

// discord measures rows 9 to 11.
func (b *bench) discord(ctx context.Context, wanted func(...int) bool, profile string) error {
	redis, err := b.startRedis(ctx)
	if err != nil {
		return err
	}
	defer redis.stop()
	if wanted(9, 10) {
		if err := b.interactions(ctx, redis, wanted, profile); err != nil {
			return err
		}
	}
	if wanted(11) {
		return b.retained(ctx, redis)
	}
	return nil
}

// interactions measures rows 9 and 10.
func (b *bench) interactions(ctx context.Context, redis *server, wanted func(...int) bool, profile string) error {
	f, end, err := b.openForum(ctx, redis, 0)
	if err != nil {
		return err
	}
	defer end()
	running, err := b.startBot(ctx, redis.url(0), discordDoor(f.fake))
	if err != nil {
		return err
	}
	defer func() { _ = running.stop() }()
	if err := f.ready(ctx); err != nil {
		return err
	}
	if _, err := f.rush(ctx, 2000, f.vote); err != nil { // caches and connections
		return err
	}
	pauseFor(ctx, editPause)
	profiled, err := profiling(profile)
	if err != nil {
		return err
	}
	defer profiled()
	if wanted(9) {
		if err := b.interactionRate(ctx, f); err != nil {
			return err
		}
	}
	if wanted(10) {
		return b.firstResponse(ctx, f)
	}
	return nil
}

// openForum makes a fake and a cluster in it, in a database of its own. end closes both.
func (b *bench) openForum(ctx context.Context, redis *server, db int) (f *forum, end func(), err error) {
	s, err := redis.open(ctx, db)
	if err != nil {
		return nil, nil, err
	}
	fake := discordtest.New(discordtest.WithoutChecks(), discordtest.WithToken(discordToken))
	end = func() {
		fake.Close()
		_ = s.Close()
	}
	if f, err = newForum(ctx, s, fake, 1000); err != nil {
		end()
		return nil, nil, err
	}
	return f, end, redis.settle(ctx)
}

// interactionRate is row 9.
func (b *bench) interactionRate(ctx context.Context, f *forum) error {
	var rates []float64
	for range 3 {
		perSecond, err := f.rush(ctx, b.scaled(6000), f.vote)
		if err != nil {
			return err
		}
		rates = append(rates, perSecond)
	}
	rate := median(rates)
	b.add(row{9, "votes/s through the fake Discord into Redis", "", ">= 400", fmt.Sprintf("%.0f", rate),
		fmt.Sprintf("%d unanswered at once; rounds %.0f", windowWidth, rates), rate >= 400})
	return nil
}

// firstResponse is row 10: votes come at a fixed rate, whether or not earlier ones are answered.
func (b *bench) firstResponse(ctx context.Context, f *forum) error {
	const perSecond = 200
	n := perSecond * b.scaled(10)
	f.fake.ResetLatencies()
	late, err := steadily(ctx, perSecond, n, func(int) error {
		f.sent++
		return f.vote()
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := f.fake.WaitResponded(ctx, f.sent); err != nil {
		return err
	}
	l := f.fake.Latencies()
	b.add(row{10, "p99 of the first response on Discord at 200 interactions/s, open loop", "", "<= 50 ms", ms(l.P99),
		fmt.Sprintf("%d votes; p50 %s, p90 %s, most %s; sent at most %s late", l.Count, ms(l.P50), ms(l.P90), ms(l.Max), ms(late)), l.P99 <= 50*time.Millisecond})
	return nil
}
