package boltstore

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"go.etcd.io/bbolt"

	"klaster/domain"
	"klaster/store"
)

// ListPosts implements store.Posts.
func (s *Store) ListPosts(ctx context.Context, id domain.ClusterID) (posts []store.Post, err error) {
	err = s.view("list posts", string(id), func(tx *bbolt.Tx) error {
		prefix := composite(string(id))
		c := tx.Bucket(postsBucket).Cursor()
		for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
			var p store.Post
			if err := json.Unmarshal(v, &p); err != nil {
				return fmt.Errorf("a post record: %w", err)
			}
			posts = append(posts, p)
		}
		return nil
	})
	return posts, err
}

// PutPost implements store.Posts.
func (s *Store) PutPost(ctx context.Context, id domain.ClusterID, p store.Post) error {
	value, err := json.Marshal(p)
	if err != nil {
		return fmt.Errorf("boltstore: put post %s: %w", id, err)
	}
	return s.update(ctx, "put post", string(id), len(value), func(tx *bbolt.Tx) error {
		posts, refs, key := tx.Bucket(postsBucket), tx.Bucket(refsBucket), postKey(id, p.Card, p.Chat)
		if before := refOf(posts.Get(key)); before != "" && before != p.Ref {
			if err := refs.Delete(refKey(p.Chat, before)); err != nil {
				return err
			}
		}
		if p.Ref != "" {
			if err := refs.Put(refKey(p.Chat, p.Ref), []byte(id)); err != nil {
				return err
			}
		}
		return posts.Put(key, value)
	})
}

func refOf(record []byte) string {
	var p struct{ Ref string }
	if record == nil || json.Unmarshal(record, &p) != nil {
		return ""
	}
	return p.Ref
}

// DeletePost implements store.Posts.
func (s *Store) DeletePost(ctx context.Context, id domain.ClusterID, card string, chat domain.ChatRef) error {
	return s.update(ctx, "delete post", string(id), 0, func(tx *bbolt.Tx) error {
		posts, key := tx.Bucket(postsBucket), postKey(id, card, chat)
		if ref := refOf(posts.Get(key)); ref != "" {
			if err := tx.Bucket(refsBucket).Delete(refKey(chat, ref)); err != nil {
				return err
			}
		}
		return posts.Delete(key)
	})
}

// ClusterOfPost implements store.Posts.
func (s *Store) ClusterOfPost(ctx context.Context, chat domain.ChatRef, ref string) (id domain.ClusterID, err error) {
	err = s.view("cluster of a post on", string(chat.Platform), func(tx *bbolt.Tx) error {
		found := tx.Bucket(refsBucket).Get(refKey(chat, ref))
		if found == nil {
			return store.ErrNotFound
		}
		id = domain.ClusterID(found)
		return nil
	})
	return id, err
}
