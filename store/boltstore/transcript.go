package boltstore

import (
	"bytes"
	"context"
	"slices"

	"go.etcd.io/bbolt"

	"klaster/domain"
	"klaster/store"
)

func lineKey(chat domain.ChatRef, line uint64) []byte { return append(chatKey(chat), number(line)...) }

// AddLine implements store.Transcript.
func (s *Store) AddLine(ctx context.Context, chat domain.ChatRef, body []byte, keep int) (line uint64, err error) {
	err = s.update(ctx, "add line on", string(chat.Platform), len(body), func(tx *bbolt.Tx) error {
		top, lines := tx.Bucket(lineTopBucket), tx.Bucket(linesBucket)
		line = asNumber(top.Get(chatKey(chat))) + 1
		if err := top.Put(chatKey(chat), number(line)); err != nil {
			return err
		}
		if err := lines.Put(lineKey(chat, line), body); err != nil {
			return err
		}
		if line <= uint64(max(keep, 1)) {
			return nil
		}
		return dropLines(lines, chat, line-uint64(max(keep, 1)))
	})
	if err != nil {
		return 0, err
	}
	s.lines.tell(chat, line)
	return line, nil
}

// dropLines removes all lines up to last.
func dropLines(lines *bbolt.Bucket, chat domain.ChatRef, last uint64) error {
	var old [][]byte
	prefix := chatKey(chat)
	c := lines.Cursor()
	for k, _ := c.Seek(prefix); bytes.HasPrefix(k, prefix) && asNumber(k[len(prefix):]) <= last; k, _ = c.Next() {
		old = append(old, bytes.Clone(k))
	}
	for _, k := range old {
		if err := lines.Delete(k); err != nil {
			return err
		}
	}
	return nil
}

// ReplaceLine implements store.Transcript.
func (s *Store) ReplaceLine(ctx context.Context, chat domain.ChatRef, line uint64, body []byte) error {
	err := s.update(ctx, "replace line on", string(chat.Platform), len(body), func(tx *bbolt.Tx) error {
		lines, key := tx.Bucket(linesBucket), lineKey(chat, line)
		if lines.Get(key) == nil {
			return store.ErrNotFound
		}
		return lines.Put(key, body)
	})
	if err == nil {
		s.lines.tell(chat, line)
	}
	return err
}

// Lines implements store.Transcript.
func (s *Store) Lines(ctx context.Context, chat domain.ChatRef, limit int) (lines []store.Line, err error) {
	err = s.view("lines on", string(chat.Platform), func(tx *bbolt.Tx) error {
		prefix := chatKey(chat)
		c := tx.Bucket(linesBucket).Cursor()
		var v []byte
		k, _ := c.Seek(append(bytes.Clone(prefix), bytes.Repeat([]byte{0xff}, 9)...))
		if k == nil {
			k, v = c.Last()
		} else {
			k, v = c.Prev()
		}
		for ; bytes.HasPrefix(k, prefix) && len(lines) < limit; k, v = c.Prev() {
			lines = append(lines, store.Line{ID: asNumber(k[len(prefix):]), Body: append([]byte{}, v...)})
		}
		slices.Reverse(lines)
		return nil
	})
	return lines, err
}

// Watch implements store.Transcript.
func (s *Store) Watch(ctx context.Context, changed func(domain.ChatRef)) error {
	return s.lines.listen(ctx, s.closed, func(chat domain.ChatRef, _ uint64) { changed(chat) })
}
