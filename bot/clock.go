package bot

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"klaster/store"
)

// storeClock is the store's time without asking the store: the local clock plus a difference that is looked up now and
// then, so that replicas agree on what is due.
type storeClock struct {
	fixed func() time.Time // tests; nil otherwise
	skew  atomic.Int64     // store minus local, nanoseconds
}

// Now is the present by the store's clock, in UTC.
func (c *storeClock) Now() time.Time {
	if c.fixed != nil {
		return c.fixed().UTC()
	}
	return time.Now().Add(time.Duration(c.skew.Load())).UTC()
}

// adjust asks the store. Half of the round trip is taken as the way of the answer.
func (c *storeClock) adjust(ctx context.Context, s store.Store) error {
	if c.fixed != nil {
		return nil
	}
	asked := time.Now()
	told, err := s.Now(ctx)
	if err != nil {
		return fmt.Errorf("clock: %w", err)
	}
	middle := asked.Add(time.Since(asked) / 2)
	c.skew.Store(int64(told.Sub(middle)))
	return nil
}
