package redisstore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"klaster/domain"
	"klaster/store"
)

func postField(card string, chat domain.ChatRef) string {
	return escaped(card) + ":" + escaped(string(chat.Platform)) + ":" + escaped(chat.Chat) + ":" + escaped(chat.Thread)
}

// ListPosts implements store.Posts.
func (s *Store) ListPosts(ctx context.Context, id domain.ClusterID) ([]store.Post, error) {
	records, err := s.client.HGetAll(ctx, s.key.posts(id)).Result()
	if err != nil {
		return nil, explain("list posts", string(id), err)
	}
	posts := make([]store.Post, 0, len(records))
	for _, record := range records {
		var p store.Post
		if err := json.Unmarshal([]byte(record), &p); err != nil {
			return nil, explain("list posts", string(id), fmt.Errorf("a post record: %w", err))
		}
		posts = append(posts, p)
	}
	return posts, nil
}

// PutPost implements store.Posts. The record and the way back from the message are in different slots, so they are not
// written in one step; only the holder of the platform's lease writes them, and a lost one is posted again.
func (s *Store) PutPost(ctx context.Context, id domain.ClusterID, p store.Post) error {
	record, err := json.Marshal(p)
	if err != nil {
		return explain("put post", string(id), err)
	}
	field := postField(p.Card, p.Chat)
	pipe := s.client.Pipeline()
	if p.Ref != "" {
		pipe.HSet(ctx, s.key.refs(p.Chat), p.Ref, string(id))
	}
	previous := pipe.HGet(ctx, s.key.posts(id), field)
	pipe.HSet(ctx, s.key.posts(id), field, record)
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return explain("put post", string(id), err)
	}
	if ref := refOf(previous); ref != "" && ref != p.Ref {
		err = s.client.HDel(ctx, s.key.refs(p.Chat), ref).Err()
	}
	return explain("put post", string(id), err)
}

func refOf(record *redis.StringCmd) string {
	var p struct{ Ref string }
	if record.Err() != nil || json.Unmarshal([]byte(record.Val()), &p) != nil {
		return ""
	}
	return p.Ref
}

// DeletePost implements store.Posts.
func (s *Store) DeletePost(ctx context.Context, id domain.ClusterID, card string, chat domain.ChatRef) error {
	field := postField(card, chat)
	previous := s.client.HGet(ctx, s.key.posts(id), field)
	if err := previous.Err(); err != nil {
		if errors.Is(err, redis.Nil) {
			return nil
		}
		return explain("delete post", string(id), err)
	}
	pipe := s.client.Pipeline()
	if ref := refOf(previous); ref != "" {
		pipe.HDel(ctx, s.key.refs(chat), ref)
	}
	pipe.HDel(ctx, s.key.posts(id), field)
	_, err := pipe.Exec(ctx)
	return explain("delete post", string(id), err)
}

// ClusterOfPost implements store.Posts.
func (s *Store) ClusterOfPost(ctx context.Context, chat domain.ChatRef, ref string) (domain.ClusterID, error) {
	id, err := s.client.HGet(ctx, s.key.refs(chat), ref).Result()
	return domain.ClusterID(id), explain("cluster of a post on", string(chat.Platform), notFound(err))
}
