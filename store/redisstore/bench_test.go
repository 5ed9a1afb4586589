package redisstore

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"klaster/domain"
	"klaster/store"
	"klaster/store/storetest"
)

var benchRecord = bytes.Repeat([]byte("r"), 107)

// BenchmarkAppend: n clusters append at once, each waiting for its own answer.
func BenchmarkAppend(b *testing.B) {
	for _, fsync := range []string{"everysec", "always"} {
		url := "redis://" + storetest.StartRedis(b, "--appendonly", "yes", "--appendfsync", fsync)
		for _, clusters := range []int{1, 16, 100, 1000} {
			b.Run(fmt.Sprint("fsync=", fsync, "/clusters=", clusters), func(b *testing.B) {
				benchAppend(b, openAt(b, url), clusters)
			})
		}
	}
}

func BenchmarkAppendCluster(b *testing.B) {
	url := clusterURL(storetest.StartRedisCluster(b))
	for _, clusters := range []int{1, 100} {
		b.Run(fmt.Sprint("clusters=", clusters), func(b *testing.B) { benchAppend(b, openAt(b, url), clusters) })
	}
}

func benchAppend(b *testing.B, s *Store, clusters int) {
	due := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	heads := make([]domain.Head, clusters)
	for i := range clusters {
		var err error
		if heads[i], err = s.Create(b.Context(), benchID(i), store.Entry{Record: benchRecord}, due, nil); err != nil {
			b.Fatal(err)
		}
	}
	var left atomic.Int64
	left.Store(int64(b.N))
	b.ReportAllocs()
	b.ResetTimer()
	done := make(chan error, clusters)
	for i := range clusters {
		go func() {
			var err error
			head := heads[i]
			for err == nil && left.Add(-1) >= 0 {
				head, err = s.Append(b.Context(), benchID(i), head, store.Entry{Record: benchRecord}, due, []domain.Platform{"web"})
			}
			done <- err
		}()
	}
	for range clusters {
		if err := <-done; err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "appends/s")
}

func benchID(i int) domain.ClusterID { return domain.ClusterID(fmt.Sprintf("c%05d", i)) }

// BenchmarkRawXAdd is the bare command on one connection, for comparison with one cluster.
func BenchmarkRawXAdd(b *testing.B) {
	s := openAt(b, "redis://"+storetest.StartRedis(b, "--appendonly", "yes", "--appendfsync", "everysec"))
	for i := 1; b.Loop(); i++ {
		if err := s.once.Do(b.Context(), "xadd", "raw", fmt.Sprint(i, "-0"), "r", benchRecord).Err(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad: a room wakes with n entries and no snapshot.
func BenchmarkLoad(b *testing.B) {
	s := openAt(b, "redis://"+storetest.StartRedis(b))
	for _, entries := range []int{1, 10, 100, 1000} {
		id := benchID(entries)
		head, err := s.Create(b.Context(), id, store.Entry{Record: benchRecord}, time.Time{}, nil)
		for i := 1; i < entries && err == nil; i++ {
			head, err = s.Append(b.Context(), id, head, store.Entry{Record: benchRecord}, time.Time{}, nil)
		}
		if err != nil {
			b.Fatal(err)
		}
		b.Run(fmt.Sprint("entries=", entries), func(b *testing.B) {
			for b.Loop() {
				if _, got, err := s.Load(b.Context(), id, 2000); err != nil || len(got) != entries {
					b.Fatal(len(got), err)
				}
			}
		})
	}
}

// BenchmarkIdleTick: what the scheduler and a reconciler ask again and again when nothing is due.
func BenchmarkIdleTick(b *testing.B) {
	s := openAt(b, "redis://"+storetest.StartRedis(b))
	for b.Loop() {
		if due, err := s.Due(b.Context(), time.Now(), 1000); err != nil || len(due) != 0 {
			b.Fatal(due, err)
		}
	}
}
