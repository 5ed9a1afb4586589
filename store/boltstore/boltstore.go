// Package boltstore keeps everything in one bbolt file, for one process, with an fsync before any answer.
package boltstore

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"klaster/domain"
	"klaster/store"
)

var _ store.Store = (*Store)(nil)

const (
	schema      = 1
	lockTimeout = time.Second
)

var schemaKey = []byte("schema")

// Store is one open file. The file's lock is the lease: while it is open here, no other process can open it.
type Store struct {
	db        *bbolt.DB
	path      string
	fsync     time.Duration // what the first commit took
	committer *committer
	moved     hints[domain.ClusterID]
	lines     hints[domain.ChatRef]

	dirtyFrom sync.Map // platform -> *atomic.Value: the cluster after which the next Dirty begins

	closing sync.Once
	closed  chan struct{}
	onClose error
}

// Open opens the file or creates it. Its directory must exist. ErrRefused when a newer program wrote it.
func Open(path string) (*Store, error) {
	if err := openable(path); err != nil {
		return nil, err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: lockTimeout, FreelistType: bbolt.FreelistMapType})
	switch {
	case errors.Is(err, bolterrors.ErrTimeout):
		return nil, fmt.Errorf("boltstore: open %s: another process has it open: %w", path, err)
	case err != nil:
		return nil, fmt.Errorf("boltstore: open %s: %w", path, err)
	}
	began := time.Now()
	if err := db.Update(prepare); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("boltstore: open %s: %w", path, err)
	}
	took := time.Since(began)
	if err := syncDirectory(filepath.Dir(path)); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("boltstore: open %s: %w", path, err)
	}
	return &Store{
		db:        db,
		path:      path,
		fsync:     took,
		committer: startCommitter(db),
		closed:    make(chan struct{}),
	}, nil
}

// openable says in plain words what bbolt would say in the system's.
func openable(path string) error {
	if path == "" {
		return errors.New("boltstore: open: no path was given")
	}
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return fmt.Errorf("boltstore: open %s: it is a directory, a file is needed", path)
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("boltstore: open %s: it is not a regular file", path)
	}
	parent := filepath.Dir(path)
	switch info, err := os.Stat(parent); {
	case errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("boltstore: open %s: the directory %s does not exist", path, parent)
	case err != nil:
		return fmt.Errorf("boltstore: open %s: %w", path, err)
	case !info.IsDir():
		return fmt.Errorf("boltstore: open %s: %s is not a directory", path, parent)
	}
	return nil
}

// syncDirectory makes a new file's name as durable as its content.
func syncDirectory(path string) error {
	if runtime.GOOS == "windows" {
		return nil // directories cannot be synced there
	}
	directory, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(directory.Sync(), directory.Close())
}

// prepare always writes, so that the time it takes is the time of a commit.
func prepare(tx *bbolt.Tx) error {
	meta, err := tx.CreateBucketIfNotExists(metaBucket)
	if err != nil {
		return err
	}
	if found := asNumber(meta.Get(schemaKey)); found > schema {
		return fmt.Errorf("%w: the file has schema %d, this program knows %d", store.ErrRefused, found, schema)
	}
	for _, name := range allBuckets {
		if _, err := tx.CreateBucketIfNotExists(name); err != nil {
			return err
		}
	}
	return meta.Put(schemaKey, number(schema))
}

// Close commits what waits, ends Follow and Watch, and frees the file. It may be called twice.
func (s *Store) Close() error {
	s.closing.Do(func() {
		close(s.closed)
		s.committer.close()
		if err := s.db.Close(); err != nil {
			s.onClose = fmt.Errorf("boltstore: close %s: %w", s.path, err)
		}
	})
	return s.onClose
}

// Ready fails when the file is closed or the disk has failed.
func (s *Store) Ready(ctx context.Context) error {
	if err := s.committer.failed(); err != nil {
		return err
	}
	return s.view("ready", "", func(*bbolt.Tx) error { return nil })
}

// Now is this machine's clock; no other process shares the file.
func (s *Store) Now(context.Context) (time.Time, error) {
	select {
	case <-s.closed:
		return time.Time{}, store.ErrClosed
	default:
		return time.Now().UTC(), nil
	}
}

// Hold always grants: only one process can have the file open.
func (s *Store) Hold(ctx context.Context, _, _ string, _ time.Duration) (bool, error) {
	if err := s.Ready(ctx); err != nil {
		return false, err
	}
	return true, nil
}

// Yield has nothing to give up.
func (s *Store) Yield(ctx context.Context, _, _ string) error { return s.Ready(ctx) }

// view reads; subject names what the error is about (an id, never a name or a text).
func (s *Store) view(operation, subject string, read func(tx *bbolt.Tx) error) error {
	return s.explain(operation, subject, s.db.View(read))
}

// update hands a write to the committer; bytes is about how much it will store.
func (s *Store) update(ctx context.Context, operation, subject string, bytes int, apply func(tx *bbolt.Tx) error) error {
	return s.explain(operation, subject, s.committer.do(ctx, bytes, apply))
}

func (s *Store) explain(operation, subject string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, bolterrors.ErrDatabaseNotOpen), errors.Is(err, store.ErrClosed):
		return fmt.Errorf("boltstore: %s %s: %w", operation, subject, store.ErrClosed)
	default:
		return fmt.Errorf("boltstore: %s %s: %w", operation, subject, err)
	}
}

// cursorOf gives the place from which the next Dirty of a platform begins.
func (s *Store) cursorOf(p domain.Platform) *atomic.Value {
	place, _ := s.dirtyFrom.LoadOrStore(p, &atomic.Value{})
	return place.(*atomic.Value)
}
