package main

import (
	"context"
	"fmt"
	"time"

	"klaster/bot/telegram/telegramtest"
	"klaster/domain"
	"klaster/store"
)

// hall is a cluster with an open ballot and the people who vote in it through the fake.
type hall struct {
	fake    *telegramtest.Server
	group   int64
	users   []int64
	message int
	data    [2]string
	cast    int // votes queued so far: each changes the voter's position
}

func userName(i int) string { return fmt.Sprintf("Voter %d", i) }

// newHall seeds a cluster of actors, of which the first seen have accounts. votes are in the journal before it begins.
func newHall(ctx context.Context, s store.Store, fake *telegramtest.Server, id domain.ClusterID, actors int, users []int64, votes int) (*hall, error) {
	h := &hall{fake: fake, users: users, group: fake.AddGroup(string(id), telegramtest.WithMembers(users...))}
	if votes == 0 {
		h.cast = 0
	} else {
		h.cast = len(users) // the first round was in the journal: everybody has agreed
	}
	return h, voting(ctx, s, id, chatOf(h.group), actors, votes)
}

// newUsers makes people known to the fake and to the store, as representatives of the first actors.
func newUsers(ctx context.Context, s store.Store, fake *telegramtest.Server, n int, clusters ...domain.ClusterID) ([]int64, error) {
	users := make([]int64, n)
	for i := range users {
		users[i] = fake.AddUser(telegramtest.User{FirstName: userName(i), Language: "id"})
	}
	return users, represent(ctx, s, n, func(i int) store.Account { return store.Account{Platform: platform, User: fmt.Sprint(users[i])} }, clusters...)
}

func (h *hall) ready(ctx context.Context) (err error) {
	h.message, h.data, err = awaitBallot(ctx, h.fake, h.group)
	return err
}

// presses are the next n votes; each person's alternate.
func (h *hall) presses(n int) []telegramtest.Press {
	out := make([]telegramtest.Press, n)
	for i := range out {
		out[i] = telegramtest.Press{Chat: h.group, Message: h.message, User: h.users[h.cast%len(h.users)], Data: h.data[h.cast/len(h.users)%2]}
		h.cast++
	}
	return out
}

// burst queues n votes at once and returns how many a second were answered.
func (h *hall) burst(ctx context.Context, n int) (float64, error) {
	presses := h.presses(n)
	total := h.fake.Answered() + n
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	began := time.Now()
	h.fake.QueueTaps(presses...)
	if err := h.fake.WaitAnswered(ctx, total); err != nil {
		return 0, fmt.Errorf("%d of %d votes unanswered: %w", total-h.fake.Answered(), n, err)
	}
	return float64(n) / time.Since(began).Seconds(), nil
}

// editPause is longer than the quiet time between two edits of a card.
const editPause = 3500 * time.Millisecond

// votes measures rows 1 to 4 with one bot on one store.
func (b *bench) votes(ctx context.Context, wanted func(...int) bool, profile string) error {
	redis, err := b.startRedis(ctx)
	if err != nil {
		return err
	}
	defer redis.stop()
	s, err := redis.open(ctx, 0)
	if err != nil {
		return err
	}
	defer s.Close()
	fake := telegramtest.New(telegramtest.WithoutChecks(), telegramtest.WithToken(token))
	defer fake.Close()

	b.say("writing the journals of the ballots")
	users, err := newUsers(ctx, s, fake, 1000, "hall", "small", "large")
	if err != nil {
		return err
	}
	main, err := newHall(ctx, s, fake, "hall", 1000, users, 0)
	if err != nil {
		return err
	}
	halls := []*hall{main}
	if wanted(2) {
		small, err := newHall(ctx, s, fake, "small", 10, users[:10], 10)
		if err != nil {
			return err
		}
		large, err := newHall(ctx, s, fake, "large", 100_000, users[:10], 100_000)
		if err != nil {
			return err
		}
		halls = append(halls, small, large)
	}
	if err := redis.settle(ctx); err != nil {
		return err
	}
	running, err := b.startBot(ctx, redis.url(0), telegramDoor(fake))
	if err != nil {
		return err
	}
	defer func() { _ = running.stop() }()
	if err := awaitPoll(ctx, fake); err != nil {
		return err
	}
	for _, h := range halls {
		if err := h.ready(ctx); err != nil {
			return err
		}
		if _, err := h.burst(ctx, 2000); err != nil { // caches and connections
			return err
		}
	}
	pauseFor(ctx, editPause)
	profiled, err := profiling(profile)
	if err != nil {
		return err
	}
	defer profiled()
	if wanted(1) {
		if err := b.throughput(ctx, redis, main); err != nil {
			return err
		}
	}
	if wanted(3) {
		if err := b.edits(ctx, main); err != nil {
			return err
		}
	}
	if wanted(4) {
		if err := b.latency(ctx, main); err != nil {
			return err
		}
	}
	if wanted(2) {
		return b.growth(ctx, redis, halls[1], halls[2])
	}
	return nil
}

// throughput is row 1.
func (b *bench) throughput(ctx context.Context, redis *server, h *hall) error {
	var ratios, votes, adds []float64
	for range 5 {
		raw, err := redis.rawXAdd(ctx, b.scaled(150_000))
		if err != nil {
			return err
		}
		perSecond, err := h.burst(ctx, b.scaled(30_000))
		if err != nil {
			return err
		}
		ratios, votes, adds = append(ratios, perSecond/raw), append(votes, perSecond), append(adds, raw)
	}
	ratio := median(ratios)
	b.add(row{1, "votes/s through the fake Telegram into Redis / raw XADD, -P 1", ">= 0.15", ">= 0.08", fmt.Sprintf("%.3f", ratio),
		fmt.Sprintf("%.0f votes/s, %.0f XADD/s; rounds %.3f", median(votes), median(adds), ratios), ratio >= 0.08})
	return nil
}

// growth is row 2.
func (b *bench) growth(ctx context.Context, redis *server, small, large *hall) error {
	if err := redis.settle(ctx); err != nil {
		return err
	}
	var ratios, few, many []float64
	for range 5 {
		at10, err := small.burst(ctx, b.scaled(15_000))
		if err != nil {
			return err
		}
		at100k, err := large.burst(ctx, b.scaled(15_000))
		if err != nil {
			return err
		}
		ratios, few, many = append(ratios, at100k/at10), append(few, at10), append(many, at100k)
	}
	ratio := median(ratios)
	b.add(row{2, "votes/s at 100,000 votes in one ballot / at 10", "", ">= 0.85", fmt.Sprintf("%.2f", ratio),
		fmt.Sprintf("%.0f/s, %.0f/s; rounds %.2f", median(many), median(few), ratios), ratio >= 0.85})
	return nil
}

// edits is row 3.
func (b *bench) edits(ctx context.Context, h *hall) error {
	var counts []int
	pauseFor(ctx, editPause)
	for range 3 {
		before := h.fake.Edits(h.group)
		if _, err := h.burst(ctx, 1000); err != nil {
			return err
		}
		pauseFor(ctx, 2*editPause)
		counts = append(counts, h.fake.Edits(h.group)-before)
	}
	most := max(counts[0], counts[1], counts[2])
	b.add(row{3, "edits per 1,000 votes in a burst", "", "<= 3", fmt.Sprint(most), fmt.Sprintf("most of three bursts %v", counts), most <= 3 && most > 0})
	return nil
}

// latency is row 4: votes come at a fixed rate, whether or not earlier ones are answered.
func (b *bench) latency(ctx context.Context, h *hall) error {
	const perSecond = 200
	n := perSecond * b.scaled(10)
	presses := h.presses(n)
	total := h.fake.Answered() + n
	h.fake.ResetLatencies()
	late, err := steadily(ctx, perSecond, n, func(i int) error {
		h.fake.QueueTaps(presses[i])
		return nil
	})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := h.fake.WaitAnswered(ctx, total); err != nil {
		return err
	}
	l := h.fake.Latencies()
	b.add(row{4, "p99 from queued to answered at 200 votes/s, open loop", "", "<= 5 ms", ms(l.P99),
		fmt.Sprintf("%d votes; p50 %s, p90 %s, most %s; queued at most %s late", l.Count, ms(l.P50), ms(l.P90), ms(l.Max), ms(late)), l.P99 <= 5*time.Millisecond})
	return nil
}

// steadily does something n times at a fixed rate, whatever comes of it, and returns how late it was at most.
func steadily(ctx context.Context, perSecond, n int, do func(i int) error) (late time.Duration, err error) {
	began := time.Now()
	for i := range n {
		at := began.Add(time.Duration(i) * time.Second / time.Duration(perSecond))
		if !pauseFor(ctx, time.Until(at)) {
			return late, ctx.Err()
		}
		late = max(late, time.Since(at))
		if err := do(i); err != nil {
			return late, err
		}
	}
	return late, nil
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }
