package redisstore

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"

	"klaster/domain"
)

func chatField(chat domain.ChatRef) string {
	return escaped(string(chat.Platform)) + ":" + escaped(chat.Chat) + ":" + escaped(chat.Thread)
}

// SessionOf implements store.Sessions.
func (s *Store) SessionOf(ctx context.Context, who domain.PersonID, chat domain.ChatRef) ([]byte, error) {
	value, err := s.client.HGet(ctx, s.key.sessions(who), chatField(chat)).Result()
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	if err != nil {
		return nil, explain("session of", string(who), err)
	}
	end, session, _ := strings.Cut(value, " ")
	if until, err := strconv.ParseInt(end, 10, 64); err != nil || until <= time.Now().UnixMicro() {
		return nil, nil
	}
	return []byte(session), nil
}

// PutSession implements store.Sessions.
func (s *Store) PutSession(ctx context.Context, who domain.PersonID, chat domain.ChatRef, session []byte, until time.Time) error {
	left := time.Until(until).Milliseconds()
	if left <= 0 {
		return s.DropSession(ctx, who, chat)
	}
	value := append(strconv.AppendInt(nil, until.UnixMicro(), 10), ' ')
	return explain("put session of", string(who), sessionScript.run(ctx, &s.calls, []string{s.key.sessions(who)},
		chatField(chat), append(value, session...), left+1).Err())
}

// DropSession implements store.Sessions.
func (s *Store) DropSession(ctx context.Context, who domain.PersonID, chat domain.ChatRef) error {
	return explain("drop session of", string(who), s.client.HDel(ctx, s.key.sessions(who), chatField(chat)).Err())
}

// PutToken implements store.Tokens.
func (s *Store) PutToken(ctx context.Context, token string, meaning []byte, until time.Time) error {
	left := time.Until(until)
	if left < time.Millisecond {
		return s.DropToken(ctx, token)
	}
	return explain("put token", "", s.client.Set(ctx, s.key.token(token), meaning, left).Err())
}

// Token implements store.Tokens.
func (s *Store) Token(ctx context.Context, token string) ([]byte, error) {
	meaning, err := s.client.Get(ctx, s.key.token(token)).Bytes()
	if err != nil {
		return nil, explain("token", "", notFound(err))
	}
	return meaning, nil
}

// DropToken implements store.Tokens.
func (s *Store) DropToken(ctx context.Context, token string) error {
	return explain("drop token", "", s.client.Del(ctx, s.key.token(token)).Err())
}
