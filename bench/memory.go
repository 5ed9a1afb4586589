package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"time"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
)

// memory measures row 6: what a cluster at rest takes of the heap of the bot that holds it, folded and let go.
func (b *bench) memory(ctx context.Context) error {
	const clusters = 1000
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
	j := found(time.Now().Add(-20*24*time.Hour), "Asia/Jakarta", chatOf(-1))
	if err := j.actors(10); err != nil {
		return err
	}
	if err := j.ballot(10); err != nil {
		return err
	}
	if err := j.fire(time.Now()); err != nil { // the ballot is closed a week later
		return err
	}
	if err := abreast(ctx, 2*clusters, func(i int) error { return j.store(ctx, s, restID(i)) }); err != nil {
		return err
	}
	talk, err := commands.New(zone)
	if err != nil {
		return err
	}
	hub, err := bot.NewHub(bot.Config{Store: s, Talk: talk, Owner: "bench", Zones: zone, Log: logger(), Idle: 2 * time.Second})
	if err != nil {
		return err
	}
	if err := hub.Start(ctx); err != nil {
		return err
	}
	defer hub.Stop()

	// An order that the rules refuse wakes a room and writes nothing. The first thousand fill the store's bounded caches.
	wake := func(first int) error {
		return abreast(ctx, clusters, func(i int) error {
			err := hub.Order(ctx, restID(first+i), "bench:"+strconv.Itoa(first+i), domain.ResumeChat{Chat: chatOf(-2)})
			var refused *domain.Error
			if err != nil && !errors.As(err, &refused) {
				return err
			}
			return nil
		})
	}
	letGo := func() { pauseFor(ctx, 4500*time.Millisecond) }
	if err := wake(0); err != nil {
		return err
	}
	letGo()
	before := heap()
	if err := wake(0); err != nil {
		return err
	}
	folded := (heap() - before) / clusters
	letGo()
	gone := (heap() - before) / clusters
	b.add(row{6, "Go heap of an idle cluster: let go", "0", "0", fmt.Sprintf("%d B", gone), "1,000 rooms woken and let go; the same of the caches before and after", gone <= 16})
	b.add(row{6, "the same, folded: ten actors, ten votes", "", "<= 4,096 B", fmt.Sprintf("%d B", folded), "1,000 rooms awake at rest", folded <= 4096})
	return nil
}

func restID(i int) domain.ClusterID { return domain.ClusterID(fmt.Sprintf("rest%04d", i)) }

func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
