package redisstore

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/alicebob/miniredis/v2"
	"go.uber.org/goleak"

	"klaster/store"
	"klaster/store/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var prefixes atomic.Int64

// openAt opens the store with a prefix of its own, so that tests can share a server.
func openAt(t testing.TB, url string) *Store {
	t.Helper()
	return openWith(t, url, Options{Prefix: fmt.Sprint("test", prefixes.Add(1))})
}

func openWith(t testing.TB, url string, opts Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func clusterURL(addrs []string) string { return "redis-cluster://" + strings.Join(addrs, ",") }

func TestContractOnMiniredis(t *testing.T) {
	server := func(t *testing.T) string {
		m := miniredis.NewMiniRedis()
		m.ClockTTL(true) // else nothing expires
		if err := m.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(m.Close)
		return "redis://" + m.Addr()
	}
	storetest.Run(t, func(t *testing.T) store.Store { return openAt(t, server(t)) })
	storetest.RunShared(t, func(t *testing.T) (a, b store.Store) { return openTwo(t, server(t)) })
}

func TestContractOnRedis(t *testing.T) {
	url := "redis://" + storetest.StartRedis(t)
	storetest.Run(t, func(t *testing.T) store.Store { return openAt(t, url) })
	storetest.RunShared(t, func(t *testing.T) (a, b store.Store) { return openTwo(t, url) })
}

func TestContractOnRedisCluster(t *testing.T) {
	url := clusterURL(storetest.StartRedisCluster(t))
	storetest.Run(t, func(t *testing.T) store.Store { return openAt(t, url) })
	storetest.RunShared(t, func(t *testing.T) (a, b store.Store) { return openTwo(t, url) })
}

func TestContractBehindSentinel(t *testing.T) {
	addr, master := storetest.StartRedisSentinel(t)
	url := "redis-sentinel://" + addr + "/" + master + "/1"
	storetest.Run(t, func(t *testing.T) store.Store { return openAt(t, url) })
}

func openTwo(t *testing.T, url string) (a, b store.Store) {
	t.Helper()
	opts := Options{Prefix: fmt.Sprint("test", prefixes.Add(1))}
	return openWith(t, url, opts), openWith(t, url, opts)
}
