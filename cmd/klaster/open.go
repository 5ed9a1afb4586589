package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"time"

	"github.com/cenkalti/backoff/v5"

	"klaster/store"
	"klaster/store/boltstore"
	"klaster/store/redisstore"
)

// openStore opens the store once.
func (c *Config) openStore(ctx context.Context) (store.Store, error) {
	if strings.Contains(c.Store, "://") {
		s, err := redisstore.Open(ctx, c.Store, redisstore.Options{})
		if err != nil {
			return nil, err
		}
		return s, nil
	}
	s, err := boltstore.Open(c.Store)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// awaitStore opens the store, waiting for one that does not answer yet. A store that refuses, and a file that another
// process has open, are not waited for.
func (c *Config) awaitStore(ctx context.Context, log *slog.Logger) (store.Store, error) {
	if !strings.Contains(c.Store, "://") {
		return c.openStore(ctx)
	}
	return backoff.Retry(ctx, func() (store.Store, error) {
		s, err := c.openStore(ctx)
		if errors.Is(err, store.ErrRefused) || ctx.Err() != nil {
			return nil, backoff.Permanent(err)
		}
		if err != nil {
			log.Warn("the store does not answer yet", "err", err)
		}
		return s, err
	}, backoff.WithMaxElapsedTime(0), backoff.WithBackOff(&backoff.ExponentialBackOff{
		InitialInterval: 500 * time.Millisecond, RandomizationFactor: 0.3, Multiplier: 2, MaxInterval: 10 * time.Second,
	}))
}

// where says in words where the data are; never with a password.
func (c *Config) where() string {
	if scheme, rest, ok := strings.Cut(c.Store, "://"); ok {
		if _, host, ok := strings.Cut(rest, "@"); ok {
			rest = host
		}
		return scheme + "://" + rest
	}
	if abs, err := filepath.Abs(c.Store); err == nil {
		return abs
	}
	return c.Store
}

// worth finds out what a confirmation is worth on the store, and refuses what is not to be run on.
func (c *Config) worth(ctx context.Context, s store.Store) (store.Durability, error) {
	d, err := s.Durability(ctx)
	switch {
	case err != nil:
		return d, fmt.Errorf("durability: %w", err)
	case d.Refused != "":
		return d, usageError{fmt.Sprintf("KLASTER_STORE (--store) is %s: %s; accepted: a store that keeps what it confirmed", c.where(), d.Refused)}
	case d.Level == store.D0Memory && !c.AcceptDataLoss:
		return d, usageError{fmt.Sprintf("KLASTER_STORE (--store) is %s: a restart of the store forgets everything (%s); accepted: a store with persistence, or --accept-data-loss",
			c.where(), strings.Join(d.Reasons, ", "))}
	}
	return d, nil
}

// label is the durability in one line.
func label(d store.Durability) string {
	words := map[store.Level]string{
		store.D0Memory:   "D0 memory: a restart of the store forgets everything",
		store.D1Snapshot: "D1 snapshot: a crash of the store loses up to some minutes",
		store.D2Second:   "D2 second: a crash loses nothing, a power cut up to about two seconds",
		store.D3Disk:     "D3 disk: what was confirmed is on this machine's disk",
	}
	return words[d.Level]
}
