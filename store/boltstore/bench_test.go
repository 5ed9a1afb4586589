package boltstore

import (
	"bytes"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"klaster/domain"
	"klaster/store"
)

var benchRecord = bytes.Repeat([]byte("r"), 107)

// BenchmarkAppend: n clusters append at once, each waiting for its own answer.
func BenchmarkAppend(b *testing.B) {
	for _, clusters := range []int{1, 16, 100} {
		b.Run(fmt.Sprint("clusters=", clusters), func(b *testing.B) {
			s := open(b)
			var left atomic.Int64
			heads := make([]domain.Head, clusters)
			for i := range clusters {
				heads[i], _ = s.Create(b.Context(), domain.ClusterID(fmt.Sprintf("c%05d", i)), store.Entry{Record: benchRecord}, time.Time{}, nil)
			}
			left.Store(int64(b.N))
			b.ReportAllocs()
			b.ResetTimer()
			done := make(chan error, clusters)
			for i := range clusters {
				go func() {
					var err error
					id, head := domain.ClusterID(fmt.Sprintf("c%05d", i)), heads[i]
					for err == nil && left.Add(-1) >= 0 {
						head, err = s.Append(b.Context(), id, head, store.Entry{Record: benchRecord}, time.Time{}, nil)
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
		})
	}
}

// BenchmarkLoad: a room wakes with a snapshot and 100 entries after it.
func BenchmarkLoad(b *testing.B) {
	s := open(b)
	head, err := s.Create(b.Context(), "c", store.Entry{Record: benchRecord}, time.Time{}, nil)
	for range 100 {
		if err == nil {
			head, err = s.Append(b.Context(), "c", head, store.Entry{Record: benchRecord}, time.Time{}, nil)
		}
	}
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if _, entries, err := s.Load(b.Context(), "c", 1000); err != nil || len(entries) != 101 {
			b.Fatal(len(entries), err)
		}
	}
}
