package e2e_test

import (
	"context"
	"fmt"
	"net"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"klaster/store/storetest"
)

// durableRedis is the address, as a setting, of a Redis of the test's own that keeps an append-only file.
func durableRedis(t testing.TB) string {
	t.Helper()
	return "redis://" + storetest.StartRedis(t, "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction") + "/0"
}

// server is a Redis that the test stops, kills and starts again.
type server struct {
	t    testing.TB
	addr string
	dir  string
	cmd  *exec.Cmd
}

// startServer runs a redis-server with an append-only file that can be started again at the same port.
func startServer(t testing.TB) *server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	s := &server{t: t, addr: addr, dir: t.TempDir()}
	s.start()
	t.Cleanup(func() { s.kill() })
	return s
}

func (s *server) setting() string { return "redis://" + s.addr + "/0" }

func (s *server) start() {
	s.t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		s.t.Skip("skipped: there is no redis-server in the PATH, so nothing can be tested against a real Redis here")
	}
	_, port, _ := net.SplitHostPort(s.addr)
	s.cmd = exec.Command(path, "--bind", "127.0.0.1", "--port", port, "--dir", s.dir, "--daemonize", "no", "--save", "",
		"--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction", "--stream-node-max-bytes", "1024")
	endWithParent(s.cmd)
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	client := redisClient(s.addr)
	defer func() { _ = client.Close() }()
	eventually(s.t, patience, "redis-server answers", func() bool {
		return client.Ping(context.Background()).Err() == nil
	})
}

func (s *server) freeze() { s.signal(syscall.SIGSTOP) }
func (s *server) thaw()   { s.signal(syscall.SIGCONT) }

func (s *server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(fmt.Errorf("signal redis-server: %w", err))
	}
}

// kill is kill -9; a frozen server dies too.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

func redisClient(addr string) *redis.Client {
	return redis.NewClient(&redis.Options{Addr: addr, Protocol: 2, DisableIdentity: true, DialTimeout: time.Second,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}})
}
