package storetest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// StartRedis runs a redis-server of its own on a free port of the loopback interface, with its files in a directory of
// the test's, and ends it with the test. Without arguments it keeps nothing on disk. Arguments are those of
// redis-server ("--appendonly", "yes"). The test is skipped when there is no redis-server.
func StartRedis(t testing.TB, args ...string) (addr string) {
	t.Helper()
	for attempt := 0; ; attempt++ { // another process may take the port before Redis does
		port := freePort(t)
		addr = fmt.Sprint("127.0.0.1:", port)
		err := startRedis(t, addr, "", append([]string{"--port", fmt.Sprint(port), "--save", "", "--stream-node-max-bytes", "1024"}, args...))
		if err == nil {
			return addr
		}
		if attempt == 5 {
			t.Fatalf("redis-server does not start: %v", err)
		}
	}
}

// StartRedisCluster runs three masters that share all slots, and returns when each of them finds the cluster whole.
func StartRedisCluster(t testing.TB) (addrs []string) {
	t.Helper()
	const nodes, slots = 3, 16384
	var buses []int
	for range nodes {
		bus := freePort(t)
		buses = append(buses, bus)
		addrs = append(addrs, StartRedis(t, "--cluster-enabled", "yes", "--cluster-port", fmt.Sprint(bus), "--cluster-node-timeout", "2000"))
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for i, addr := range addrs {
		client := plainClient(addr)
		defer func() { _ = client.Close() }()
		must(t, "set the epoch", client.Do(ctx, "cluster", "set-config-epoch", i+1).Err())
		must(t, "add slots", client.ClusterAddSlotsRange(ctx, slots*i/nodes, slots*(i+1)/nodes-1).Err())
		if i > 0 {
			_, port, _ := net.SplitHostPort(addrs[0])
			must(t, "meet", client.Do(ctx, "cluster", "meet", "127.0.0.1", port, buses[0]).Err())
		}
	}
	for _, addr := range addrs {
		client := plainClient(addr)
		defer func() { _ = client.Close() }()
		err := poll(ctx, func() bool {
			info, err := client.ClusterInfo(ctx).Result()
			return err == nil && strings.Contains(info, "cluster_state:ok") && strings.Contains(info, fmt.Sprint("cluster_known_nodes:", nodes)) &&
				strings.Contains(info, fmt.Sprint("cluster_slots_ok:", slots))
		})
		must(t, "the cluster becomes whole", err)
	}
	return addrs
}

// StartRedisSentinel runs one master and one sentinel that watches it.
func StartRedisSentinel(t testing.TB) (addr, master string) {
	t.Helper()
	const name = "main"
	host, port, _ := net.SplitHostPort(StartRedis(t))
	config := filepath.Join(t.TempDir(), "sentinel.conf")
	must(t, "write the configuration", os.WriteFile(config, fmt.Appendf(nil, "sentinel monitor %s %s %s 1\n", name, host, port), 0o600))
	sentinel := fmt.Sprint("127.0.0.1:", freePort(t))
	_, own, _ := net.SplitHostPort(sentinel)
	must(t, "start the sentinel", startRedis(t, sentinel, config, []string{"--sentinel", "--port", own}))
	return sentinel, name
}

func plainClient(addr string) *redis.Client {
	return redis.NewClient(&redis.Options{Addr: addr, Protocol: 2, DisableIdentity: true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}})
}

func freePort(t testing.TB) int {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	must(t, "find a free port", err)
	defer func() { _ = listener.Close() }()
	return listener.Addr().(*net.TCPAddr).Port
}

func startRedis(t testing.TB, addr, config string, args []string) error {
	t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		t.Skip("skipped: there is no redis-server in the PATH, so nothing can be tested against a real Redis here")
	}
	dir := t.TempDir()
	log, err := os.Create(dir + "/redis.log")
	must(t, "create the log", err)
	all := append([]string{"--bind", "127.0.0.1", "--dir", dir, "--daemonize", "no"}, args...)
	if config != "" {
		all = append([]string{config}, all...)
	}
	server := exec.CommandContext(context.WithoutCancel(t.Context()), path, all...) // stores close after the test's own context has ended
	server.Stdout, server.Stderr = log, log
	endWithParent(server)
	must(t, "start redis-server", server.Start())
	ended := make(chan struct{})
	go func() {
		_ = server.Wait()
		_ = log.Close()
		close(ended)
	}()
	t.Cleanup(func() {
		_ = server.Process.Kill()
		<-ended
	})
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	client := plainClient(addr)
	defer func() { _ = client.Close() }()
	err = poll(ctx, func() bool {
		select {
		case <-ended:
			cancel()
			return false
		default:
			return client.Ping(ctx).Err() == nil
		}
	})
	if err != nil {
		text, _ := os.ReadFile(log.Name())
		return errors.Join(err, errors.New(string(text)))
	}
	return nil
}

// poll asks again every few milliseconds until it is so or ctx ends.
func poll(ctx context.Context, so func() bool) error {
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-again.C:
		}
	}
	return nil
}
