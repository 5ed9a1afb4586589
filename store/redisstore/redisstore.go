// Package redisstore keeps everything in Redis 6.2 or later: one server, Sentinel or Redis Cluster.
package redisstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"

	"klaster/domain"
	"klaster/store"
)

var _ store.Store = (*Store)(nil)

const schema = 1

// Options may be left zero.
type Options struct {
	Prefix   string        // of all keys; "klaster"
	Timeout  time.Duration // of dialling and of each round trip; 3 s
	Patience time.Duration // how long an Append with an unknown outcome tries to find it out; 10 s
	Dial     func(ctx context.Context, network, addr string) (net.Conn, error)
}

// Store is one connection pool to Redis; many stores, in one process or in many, may share the data.
type Store struct {
	at   address
	opts Options
	key  *keys

	// Calls that may safely run twice are tried again by the client. Appends never are: a lost reply would look like a
	// lost race. Their own client does not retry; settle finds out what became of them.
	client redis.UniversalClient
	once   redis.UniversalClient

	appends lane // Append and Create, through once
	calls   lane // scripts that may run twice, through client

	heads heads
	moved *publisher[domain.ClusterID]
	lines *publisher[domain.ChatRef]

	closing sync.Once
	closed  chan struct{}
	onClose error
}

// Open connects and makes sure that the data are of a schema this program knows: ErrRefused if not, or if the server is
// a read-only replica. The URL's forms are described at address; its password appears in no error.
func Open(ctx context.Context, url string, opts Options) (*Store, error) {
	logging.Disable() // errors come back to the caller; the library would write them to stderr besides, past our log
	at, err := parseAddress(url)
	if err != nil {
		return nil, fmt.Errorf("redisstore: %w", err)
	}
	if opts.Prefix == "" {
		opts.Prefix = "klaster"
	}
	if opts.Timeout <= 0 {
		opts.Timeout = 3 * time.Second
	}
	if opts.Patience <= 0 {
		opts.Patience = 10 * time.Second
	}
	s := &Store{at: at, opts: opts, key: newKeys(opts.Prefix), closed: make(chan struct{})}
	s.client, s.once = at.connect(opts, 3), at.connect(opts, -1)
	s.appends = lane{client: s.once, writers: at.writers()}
	s.calls = lane{client: s.client, writers: 2}
	s.moved = publish(s.client, s.key.movedChannel(at.db), encodeMoved)
	s.lines = publish(s.client, s.key.linesChannel(at.db), encodeChat)
	if err := s.prepare(ctx); err != nil {
		_ = s.Close()
		return nil, explain("open", fmt.Sprint(at.hosts), err)
	}
	return s, nil
}

// writers: one pipeline at a time makes the fewest and largest writes, which is best with an fsync for each. The nodes of
// a cluster answer apart from each other, and one that is slow should not hold up all.
func (a *address) writers() int {
	if a.kind == clustered {
		return 4
	}
	return 1
}

func (a *address) connect(opts Options, retries int) redis.UniversalClient {
	o := &redis.UniversalOptions{
		Addrs: a.hosts, DB: a.db, Username: a.user, Password: a.password, MasterName: a.master, TLSConfig: a.tlsConfig(),
		Dialer: opts.Dial, Protocol: 2, DisableIdentity: true,
		MaxRetries: retries, DialerRetries: 1, ContextTimeoutEnabled: true,
		DialTimeout: opts.Timeout, ReadTimeout: opts.Timeout, WriteTimeout: opts.Timeout, PoolTimeout: opts.Timeout,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	switch a.kind {
	case sentinel:
		return redis.NewFailoverClient(o.Failover())
	case clustered:
		return redis.NewClusterClient(o.Cluster())
	default:
		return redis.NewClient(o.Simple())
	}
}

func (s *Store) prepare(ctx context.Context) error {
	if err := s.eachServer(ctx, func(ctx context.Context, server *redis.Client) error {
		return loadScripts(ctx, server)
	}); err != nil {
		return err
	}
	_, err := s.client.SetNX(ctx, s.key.schema(), schema, 0).Result()
	switch {
	case err != nil && errors.Is(refusal(err), ErrReplica):
		return fmt.Errorf("%w: %w", store.ErrRefused, err)
	case err != nil:
		return err
	}
	text, err := s.client.Get(ctx, s.key.schema()).Result()
	if err != nil {
		return err
	}
	if found, err := strconv.Atoi(text); err != nil || found > schema {
		return fmt.Errorf("%w: the data have schema %q, this program knows %d", store.ErrRefused, text, schema)
	}
	return nil
}

// eachServer visits every server that takes writes: one, or all masters of a cluster.
func (s *Store) eachServer(ctx context.Context, visit func(ctx context.Context, server *redis.Client) error) error {
	switch client := s.client.(type) {
	case *redis.ClusterClient:
		return client.ForEachMaster(ctx, visit)
	case *redis.Client:
		return visit(ctx, client)
	default:
		return fmt.Errorf("unknown client %T", client)
	}
}

// Close ends Follow and Watch and all connections. It may be called twice.
func (s *Store) Close() error {
	s.closing.Do(func() {
		close(s.closed)
		s.moved.close()
		s.lines.close()
		s.onClose = errors.Join(s.client.Close(), s.once.Close())
		s.appends.wait()
		s.calls.wait()
	})
	return s.onClose
}

// Ready asks every server that takes writes; it gives up after a second.
func (s *Store) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	return explain("ready", "", s.eachServer(ctx, func(ctx context.Context, server *redis.Client) error {
		return server.Ping(ctx).Err()
	}))
}

// Now is the clock of Redis.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	now, err := s.client.Time(ctx).Result()
	if err != nil {
		return time.Time{}, explain("time", "", err)
	}
	return now.UTC(), nil
}

// Hold implements store.Leases.
func (s *Store) Hold(ctx context.Context, name, owner string, ttl time.Duration) (bool, error) {
	held, err := holdScript.run(ctx, &s.calls, []string{s.key.lease(name)}, owner, max(ttl.Milliseconds(), 1)).Int()
	return held == 1, explain("hold", name, err)
}

// Yield implements store.Leases.
func (s *Store) Yield(ctx context.Context, name, owner string) error {
	return explain("yield", name, releaseScript.run(ctx, &s.calls, []string{s.key.lease(name)}, owner).Err())
}
