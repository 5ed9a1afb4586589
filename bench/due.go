package main

import (
	"context"
	"fmt"
	"hash/fnv"
	"os"
	"runtime/pprof"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	redislib "github.com/redis/go-redis/v9"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
	"klaster/domain/calendar"
	"klaster/scheduler"
)

// counting tells when the last cluster has been woken.
type counting struct {
	*bot.Hub
	left atomic.Int64
	done chan struct{}
}

func (c *counting) Wake(ctx context.Context, id domain.ClusterID, now time.Time) error {
	err := c.Hub.Wake(ctx, id, now)
	if err == nil && c.left.Add(-1) == 0 {
		close(c.done)
	}
	return err
}

// due measures row 7: a hundred thousand clusters whose prompt has come due at the same time.
func (b *bench) due(ctx context.Context, profile string) error {
	clusters := b.scaled(100_000) / 500 * 500
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
	b.say("writing %d journals that are due", clusters)
	j, err := dueJournal()
	if err != nil {
		return err
	}
	if err := abreast(ctx, clusters, func(i int) error { return j.store(ctx, s, dueID(i), platform) }); err != nil {
		return err
	}
	if err := seedRaw(ctx, redis, clusters, j); err != nil {
		return err
	}
	if err := redis.settle(ctx); err != nil {
		return err
	}
	talk, err := commands.New(zone)
	if err != nil {
		return err
	}
	hub, err := bot.NewHub(bot.Config{Store: s, Talk: talk, Owner: "bench", Zones: zone, Log: logger()})
	if err != nil {
		return err
	}
	if err := hub.Start(ctx); err != nil {
		return err
	}
	defer hub.Stop()
	waker := &counting{Hub: hub, done: make(chan struct{})}
	waker.left.Store(int64(clusters))
	clock := scheduler.New(scheduler.Config{Index: s, Clock: s, Waker: waker, Log: logger()})
	if profile != "" {
		out, err := os.Create(profile)
		if err != nil {
			return err
		}
		defer out.Close()
		if err := pprof.StartCPUProfile(out); err != nil {
			return err
		}
	}
	used, err := redis.cpu(ctx)
	if err != nil {
		return err
	}
	began := time.Now()
	clock.Start()
	defer clock.Stop()
	select {
	case <-waker.done:
	case <-time.After(90 * time.Second):
		return fmt.Errorf("%d clusters have not been woken", waker.left.Load())
	case <-ctx.Done():
		return ctx.Err()
	}
	took := time.Since(began)
	pprof.StopCPUProfile()
	usedBot, err := redis.cpu(ctx)
	if err != nil {
		return err
	}
	entries, err := s.Read(ctx, dueID(0), uint64(len(j.entries)), 10)
	if err != nil || len(entries) != 1 {
		return fmt.Errorf("a cluster that was due has %d new entries: %w", len(entries), err)
	}
	if err := redis.settle(ctx); err != nil {
		return err
	}
	idle, err := redis.cpu(ctx)
	if err != nil {
		return err
	}
	rawBegan := time.Now()
	if err := rawDue(ctx, redis.client, entries[0].Record, len(j.entries)+1); err != nil {
		return err
	}
	raw := time.Since(rawBegan)
	usedRaw, err := redis.cpu(ctx)
	if err != nil {
		return err
	}
	ratio := took.Seconds() / raw.Seconds()
	b.add(row{7, fmt.Sprintf("%d clusters due at once: found, journalled, marked, re-armed / the same commands raw, pipelined", clusters), "<= 3", "<= 6",
		fmt.Sprintf("%.1f", ratio), fmt.Sprintf("%.1f s (%v) / %.2f s (%v)", took.Seconds(), usedBot.since(used), raw.Seconds(), usedRaw.since(idle)), ratio <= 6})
	return nil
}

// dueJournal is a small cluster with a weekly indicator whose slot was a few minutes ago, at noon of its own zone.
func dueJournal() (*journal, error) {
	now := time.Now().UTC()
	hours := now.Hour() - 12 // Etc/GMT+5 is five hours behind
	name := fmt.Sprintf("Etc/GMT%+d", hours)
	slot := now.Add(-5 * time.Minute).In(zone(name))
	j := found(now.Add(-24*time.Hour), name, chatOf(-1))
	if err := j.actors(3); err != nil {
		return nil, err
	}
	j.happen(steward, domain.IndicatorDefined{
		Indicator: "N1", Number: 1, Name: "Omzet anggota", Unit: "rupiah", Kind: domain.UnitMoney, Direction: domain.Up,
		Reporters: domain.Reporters{Groups: 63}, Frequency: calendar.Weekly,
		Cron: fmt.Sprintf("%d %d * * %d", slot.Minute(), slot.Hour(), slot.Weekday()),
	})
	if err := j.entry(); err != nil {
		return nil, err
	}
	if due, ok := j.state.NextDue(); !ok || due.After(now) {
		return nil, fmt.Errorf("the journal is not due: %v", due)
	}
	return j, nil
}

func dueID(i int) domain.ClusterID { return domain.ClusterID(fmt.Sprintf("due%07d", i)) }

const rawParts = 256

func rawKey(id, what string) string {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(id))
	return "raw:{p" + strconv.Itoa(int(sum.Sum32()%rawParts)) + "}:" + what
}

func rawID(version int) string { return strconv.Itoa(version) + "-0" }

// seedRaw writes as many due times and the same journals for the raw commands: what XADD costs depends on the stream.
func seedRaw(ctx context.Context, redis *server, clusters int, j *journal) error {
	return abreast(ctx, clusters/500, func(part int) error {
		pipe := redis.client.Pipeline()
		for i := part * 500; i < part*500+500; i++ {
			id := string(dueID(i))
			for n, e := range j.entries {
				pipe.XAdd(ctx, &redislib.XAddArgs{Stream: rawKey(id, "j:"+id), ID: rawID(n + 1), Values: []any{"r", e.Record, "t", e.Texts}})
			}
			pipe.ZAdd(ctx, rawKey(id, "due"), redislib.Z{Score: 1, Member: id})
		}
		_, err := pipe.Exec(ctx)
		return err
	})
}

// rawDue finds what is due in all partitions and, in pipelines of four connections, adds an entry, marks the cluster and
// arms it anew.
func rawDue(ctx context.Context, client *redislib.Client, record []byte, version int) error {
	pipe := client.Pipeline()
	replies := make([]*redislib.StringSliceCmd, rawParts)
	for n := range replies {
		replies[n] = pipe.ZRangeByScore(ctx, "raw:{p"+strconv.Itoa(n)+"}:due", &redislib.ZRangeBy{Min: "-inf", Max: "2"})
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return err
	}
	var ids []string
	for _, reply := range replies {
		ids = append(ids, reply.Val()...)
	}
	const portion = 512
	next := float64(time.Now().Add(7 * 24 * time.Hour).UnixMicro())
	var at atomic.Int64
	var workers sync.WaitGroup
	failed := make(chan error, 4)
	for range 4 {
		workers.Go(func() {
			for {
				from := int(at.Add(portion)) - portion
				if from >= len(ids) {
					return
				}
				pipe := client.Pipeline()
				for _, id := range ids[from:min(from+portion, len(ids))] {
					pipe.XAdd(ctx, &redislib.XAddArgs{Stream: rawKey(id, "j:"+id), ID: rawID(version), Values: []any{"r", record, "t", ""}})
					pipe.ZAdd(ctx, rawKey(id, "dirty"), redislib.Z{Score: 2, Member: id})
					pipe.ZAdd(ctx, rawKey(id, "due"), redislib.Z{Score: next, Member: id})
				}
				if _, err := pipe.Exec(ctx); err != nil {
					failed <- err
					return
				}
			}
		})
	}
	workers.Wait()
	select {
	case err := <-failed:
		return err
	default:
		return nil
	}
}
