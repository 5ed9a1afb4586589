package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"klaster/bot/telegram/telegramtest"
	"klaster/domain"
	"klaster/store"
)

// starts measures row 5: how long after the program's start the first vote is answered that waits on the platform. The
// clusters' journals are alike: ten actors and a ballot of their votes, one vote an entry. The empty store has only the
// one cluster that is voted in.
func (b *bench) starts(ctx context.Context) error {
	const events = 100
	clusters := b.scaled(10_000)
	redis, err := b.startRedis(ctx)
	if err != nil {
		return err
	}
	defer redis.stop()
	fake := telegramtest.New(telegramtest.WithoutChecks(), telegramtest.WithToken(token))
	defer fake.Close()
	b.say("writing %d journals of %d events", clusters, events)
	var halls [2]*hall // in the empty store, in the full one
	for db := range halls {
		s, err := redis.open(ctx, db)
		if err != nil {
			return err
		}
		defer s.Close()
		n := 1
		if db == 1 {
			n = clusters
		}
		if halls[db], err = manyJournals(ctx, s, fake, n, events); err != nil {
			return err
		}
	}
	if err := redis.settle(ctx); err != nil {
		return err
	}
	var took [2][]time.Duration
	var ratios []float64
	for range 7 {
		for db, h := range halls {
			d, err := b.firstVote(ctx, redis.url(db), h)
			if err != nil {
				return err
			}
			took[db] = append(took[db], d)
		}
		last := len(took[0]) - 1
		ratios = append(ratios, took[1][last].Seconds()/took[0][last].Seconds())
	}
	ratio := median(ratios)
	b.add(row{5, fmt.Sprintf("first vote answered after the start with %d events in %d clusters / with an empty store", clusters*events, clusters),
		"", "<= 1.5", fmt.Sprintf("%.2f", ratio), fmt.Sprintf("%s / %s; starts %.2f", ms(median(took[1])), ms(median(took[0])), ratios), ratio <= 1.5})
	return nil
}

// manyJournals writes n clusters of so many events each; people of the fake vote in the first.
func manyJournals(ctx context.Context, s store.Store, fake *telegramtest.Server, n, events int) (*hall, error) {
	const actors = 10
	users, err := newUsers(ctx, s, fake, actors, "first")
	if err != nil {
		return nil, err
	}
	h := &hall{fake: fake, users: users, group: fake.AddGroup("first", telegramtest.WithMembers(users...)), message: 101, data: [2]string{"v:1:1:a", "v:1:1:b"}}
	now := time.Now()
	j := found(now.Add(-5*24*time.Hour), "Asia/Jakarta", chatOf(h.group))
	if err := j.actors(actors); err != nil {
		return nil, err
	}
	j.at = now.Add(-time.Hour).UTC().Truncate(time.Millisecond)
	if err := j.ballot(0); err != nil {
		return nil, err
	}
	for i := 0; j.state.Commits < uint64(events); i++ {
		position := [2]domain.Position{domain.Abstain, domain.Agree}[i/actors%2]
		j.happen(personID(i%actors), domain.VoteCast{Proposal: proposal, Actor: actorID(i % actors), Position: position})
		if err := j.entry(); err != nil {
			return nil, err
		}
	}
	h.cast = int(j.state.Commits)/actors*actors + actors // an even or odd number of rounds does not matter: both positions come
	err = abreast(ctx, n, func(i int) error {
		id := domain.ClusterID("first")
		if i > 0 {
			id = domain.ClusterID("other" + strconv.Itoa(i))
		}
		return j.store(ctx, s, id)
	})
	if err != nil {
		return nil, err
	}
	_, err = s.Claim(ctx, chatOf(h.group), "first")
	return h, err
}

// firstVote starts the program while a vote waits.
func (b *bench) firstVote(ctx context.Context, url string, h *hall) (time.Duration, error) {
	total := h.fake.Answered() + 1
	h.fake.QueueTaps(h.presses(1)...)
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	began := time.Now()
	running, err := b.startBot(ctx, url, telegramDoor(h.fake))
	if err != nil {
		return 0, err
	}
	err = h.fake.WaitAnswered(ctx, total)
	took := time.Since(began)
	if err != nil {
		_ = running.stop()
		return 0, fmt.Errorf("the first vote is not answered: %w", err)
	}
	return took, running.stop()
}
