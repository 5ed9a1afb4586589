package boltstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"syscall"

	"go.etcd.io/bbolt"

	"klaster/store"
)

// The committer is the only goroutine that writes. It takes everything that waits and commits it in one transaction,
// so that one fsync serves all of them; while that fsync runs, the next batch gathers. There is no timer: a lone writer
// pays one fsync, a thousand writers share one.

const (
	batchWrites = 4096
	batchBytes  = 16 << 20
)

// refusals are the errors that a write may answer without having touched the transaction.
var refusals = []error{store.ErrConflict, store.ErrRewound, store.ErrMissing, store.ErrExists, store.ErrNotFound, errStored, errChanged}

// errStored says that the entry to append is in the journal already: nothing is written, and the caller succeeds.
var errStored = errors.New("boltstore: stored before")

// errChanged says that a record is not any more what the caller had read; the caller reads again.
var errChanged = errors.New("boltstore: changed meanwhile")

// write is one caller's part of a batch. apply checks first and writes then: if it answers one of the refusals it has
// written nothing. It may run more than once, each time in a fresh transaction.
type write struct {
	apply func(tx *bbolt.Tx) error
	bytes int
	err   error
	done  chan struct{}
}

type committer struct {
	db *bbolt.DB

	mu      sync.Mutex
	waiting []*write
	closed  bool
	broken  error // the disk failed: what it kept is unknown, so nothing is acknowledged any more

	wake  chan struct{} // capacity 1
	ended chan struct{}
}

func startCommitter(db *bbolt.DB) *committer {
	c := &committer{db: db, wake: make(chan struct{}, 1), ended: make(chan struct{})}
	go c.run()
	return c
}

// do hands the write in and waits until it is on disk or refused. A write whose context ends while it still waits is
// withdrawn; once it has been taken, its true outcome is awaited.
func (c *committer) do(ctx context.Context, bytes int, apply func(tx *bbolt.Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	w := &write{apply: apply, bytes: bytes, done: make(chan struct{})}
	c.mu.Lock()
	switch {
	case c.closed:
		c.mu.Unlock()
		return store.ErrClosed
	case c.broken != nil:
		err := c.broken
		c.mu.Unlock()
		return err
	}
	c.waiting = append(c.waiting, w)
	c.mu.Unlock()
	c.rouse()

	select {
	case <-w.done:
		return w.err
	case <-ctx.Done():
	}
	if c.withdraw(w) {
		return ctx.Err()
	}
	<-w.done
	return w.err
}

func (c *committer) rouse() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *committer) withdraw(w *write) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, other := range c.waiting {
		if other == w {
			c.waiting = append(c.waiting[:i], c.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// close lets what waits be committed, then ends the goroutine.
func (c *committer) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.rouse()
	<-c.ended
}

func (c *committer) run() {
	defer close(c.ended)
	for {
		batch, last := c.take()
		if len(batch) > 0 {
			c.commit(batch)
			continue
		}
		if last {
			return
		}
		<-c.wake
	}
}

func (c *committer) take() (batch []*write, last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, bytes := 0, 0
	for n < len(c.waiting) && n < batchWrites && (n == 0 || bytes+c.waiting[n].bytes <= batchBytes) {
		bytes += c.waiting[n].bytes
		n++
	}
	batch, c.waiting = c.waiting[:n:n], c.waiting[n:]
	if len(c.waiting) == 0 {
		c.waiting = nil
	}
	return batch, c.closed
}

// commit runs the batch in one transaction. A write that breaks is answered and left out, and the others run again
// without it.
func (c *committer) commit(batch []*write) {
	for len(batch) > 0 {
		broken, err := c.try(batch)
		if broken < 0 {
			for _, w := range batch {
				if err != nil {
					w.err = err
				}
				close(w.done)
			}
			return
		}
		w := batch[broken]
		w.err = err
		close(w.done)
		batch = append(batch[:broken:broken], batch[broken+1:]...)
	}
}

// try gives the index of a write that broke the transaction, with its error; or -1 and the error of the transaction.
func (c *committer) try(batch []*write) (broken int, err error) {
	if err := c.failed(); err != nil {
		return -1, err
	}
	tx, err := c.db.Begin(true)
	if err != nil {
		return -1, fmt.Errorf("boltstore: begin: %w", err)
	}
	wrote := false
	for i, w := range batch {
		w.err = w.apply(tx)
		switch {
		case w.err == nil:
			wrote = true
		case !refused(w.err):
			_ = tx.Rollback()
			return i, w.err
		}
	}
	if !wrote {
		return -1, tx.Rollback()
	}
	if err := tx.Commit(); err != nil {
		return -1, c.commitFailed(err)
	}
	return -1, nil
}

func refused(err error) bool {
	for _, refusal := range refusals {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}

func (c *committer) failed() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.broken
}

// commitFailed tells a full disk (nothing was stored, and it may get room again) from a disk that failed: after a
// failed fsync nobody knows what is stored, and trying again would only hide it.
func (c *committer) commitFailed(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("boltstore: the disk is full, nothing was stored: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.broken = fmt.Errorf("boltstore: the disk failed earlier, restart after looking at it: %w", err)
	return fmt.Errorf("%w: boltstore: commit: %w", store.ErrUnsure, err)
}
