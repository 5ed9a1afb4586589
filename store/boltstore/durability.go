package boltstore

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"klaster/store"
)

const (
	slowFsync = 100 * time.Millisecond
	fastFsync = 20 * time.Microsecond
)

// Durability implements store.Store: an fsync precedes every answer, so the label is D3 wherever the file is on a disk.
func (s *Store) Durability(ctx context.Context) (store.Durability, error) {
	if err := s.Ready(ctx); err != nil {
		return store.Durability{}, err
	}
	d := store.Durability{
		Level: store.D3Disk,
		Store: "bbolt " + filepath.Base(s.path),
		Reasons: []string{
			"fsync before every answer",
			fmt.Sprintf("a commit took %s", s.fsync.Round(10*time.Microsecond)),
		},
	}
	switch {
	case s.fsync > slowFsync:
		d.Warnings = append(d.Warnings, fmt.Sprintf("the disk is slow: a commit took %s", s.fsync.Round(time.Millisecond)))
	case s.fsync < fastFsync:
		d.Warnings = append(d.Warnings, "a commit took less than any disk needs: the disk may not keep what it confirms")
	}
	switch kind := fileSystem(s.path); kind {
	case "tmpfs", "ramfs":
		d.Level = store.D0Memory
		d.Reasons = append(d.Reasons, "the file is on "+kind+", which is memory")
	case "overlay":
		d.Warnings = append(d.Warnings, "the file is in a container's own layer (overlay): it is gone with the container, use a volume")
	case "nfs", "cifs":
		d.Warnings = append(d.Warnings, "the file is on "+kind+": locks and fsync are not to be trusted there")
	}
	return d, nil
}
