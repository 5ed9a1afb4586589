package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"klaster/store"
	"klaster/store/redisstore"
)

// server is a redis-server of our own, with the durability that is recommended for one of an operator's.
type server struct {
	port   string
	cmd    *exec.Cmd
	ended  chan struct{}
	client *redis.Client
}

func (b *bench) startRedis(ctx context.Context) (*server, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	_, port, _ := net.SplitHostPort(listener.Addr().String())
	_ = listener.Close()
	dir, err := os.MkdirTemp(b.dir, "redis")
	if err != nil {
		return nil, err
	}
	log, err := os.Create(filepath.Join(dir, "redis.log"))
	if err != nil {
		return nil, err
	}
	s := &server{port: port, ended: make(chan struct{})}
	s.cmd = exec.Command("redis-server", "--port", port, "--bind", "127.0.0.1", "--dir", dir, "--daemonize", "no", //nolint:noctx // ended by stop
		"--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--maxmemory-policy", "noeviction", "--stream-node-max-bytes", "1024")
	s.cmd.Stdout, s.cmd.Stderr = log, log
	endWithParent(s.cmd)
	if err := s.cmd.Start(); err != nil {
		return nil, fmt.Errorf("redis-server: %w", err)
	}
	go func() {
		_ = s.cmd.Wait()
		_ = log.Close()
		close(s.ended)
	}()
	s.client = redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + port, Protocol: 2, DisableIdentity: true, ReadTimeout: time.Minute,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}})
	for range 400 {
		if s.client.Ping(ctx).Err() == nil {
			return s, nil
		}
		if !pauseFor(ctx, 25*time.Millisecond) {
			break
		}
	}
	s.stop()
	return nil, errors.New("redis-server does not answer")
}

func (s *server) stop() {
	_ = s.client.Close()
	_ = s.cmd.Process.Kill()
	<-s.ended
}

func (s *server) url(db int) string { return fmt.Sprintf("redis://127.0.0.1:%s/%d", s.port, db) }

func (s *server) open(ctx context.Context, db int) (store.Store, error) {
	opened, err := redisstore.Open(ctx, s.url(db), redisstore.Options{Timeout: 30 * time.Second})
	if err != nil {
		return nil, err
	}
	return opened, nil
}

// settle waits until Redis has rewritten its log, which would take a core from what is measured.
func (s *server) settle(ctx context.Context) error {
	for {
		info, err := s.client.Info(ctx, "persistence").Result()
		if err != nil {
			return err
		}
		if strings.Contains(info, "aof_rewrite_in_progress:0") && strings.Contains(info, "aof_rewrite_scheduled:0") {
			return nil
		}
		if !pauseFor(ctx, 100*time.Millisecond) {
			return ctx.Err()
		}
	}
}

var rate = regexp.MustCompile(`([0-9.]+) requests per second`)

// rawXAdd is redis-benchmark's rate of XADD with 45 bytes, 50 connections, nothing pipelined.
func (s *server) rawXAdd(ctx context.Context, n int) (float64, error) {
	out, err := exec.CommandContext(ctx, "redis-benchmark", "-h", "127.0.0.1", "-p", s.port, "-c", "50", "-P", "1", "-n", strconv.Itoa(n), "-q",
		"XADD", "bench:raw", "*", "d", `{"v":1,"u":123456789,"b":"D9K3M2XA","p":"yes"}`[:45]).Output()
	if err != nil {
		return 0, fmt.Errorf("redis-benchmark: %w", err)
	}
	found := rate.FindAllSubmatch(out, -1)
	if found == nil {
		return 0, errors.New("redis-benchmark said something else")
	}
	perSecond, err := strconv.ParseFloat(string(found[len(found)-1][1]), 64)
	if err != nil {
		return 0, err
	}
	return perSecond, s.client.Unlink(ctx, "bench:raw").Err()
}

func pauseFor(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
