package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"klaster/domain"
	"klaster/store"
)

// chats finds the cluster of a chat. A chat hardly ever changes its cluster, so that is remembered; a free chat may be
// claimed at any moment, so that is not.
type chats struct {
	store store.Index
	known *recent[domain.ChatRef, domain.ClusterID]
}

func newChats(s store.Index, now func() time.Time) *chats {
	return &chats{store: s, known: newRecent[domain.ChatRef, domain.ClusterID](20_000, time.Minute, now)}
}

// clusterOf is the cluster of a chat, or of the chat a thread is in; empty for a free one.
func (c *chats) clusterOf(ctx context.Context, chat domain.ChatRef) (domain.ClusterID, error) {
	if id, ok := c.known.get(chat); ok {
		return id, nil
	}
	id, err := c.store.ClusterOf(ctx, chat)
	if errors.Is(err, store.ErrNotFound) && chat.Thread != "" {
		id, err = c.store.ClusterOf(ctx, domain.ChatRef{Platform: chat.Platform, Chat: chat.Chat})
	}
	switch {
	case errors.Is(err, store.ErrNotFound):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("cluster of a %s chat: %w", chat.Platform, err)
	}
	c.known.put(chat, id)
	return id, nil
}

// claim binds a chat to a cluster, if it is free, and returns the holder.
func (c *chats) claim(ctx context.Context, chat domain.ChatRef, id domain.ClusterID) (domain.ClusterID, error) {
	holder, err := c.store.Claim(ctx, chat, id)
	if err != nil {
		return "", fmt.Errorf("claim a %s chat for %s: %w", chat.Platform, id, err)
	}
	c.known.put(chat, holder)
	return holder, nil
}

// release frees a chat.
func (c *chats) release(ctx context.Context, chat domain.ChatRef, id domain.ClusterID) error {
	c.known.drop(chat)
	if err := c.store.Release(ctx, chat, id); err != nil {
		return fmt.Errorf("release a %s chat of %s: %w", chat.Platform, id, err)
	}
	return nil
}
