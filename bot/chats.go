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

// releaseChat frees a chat that a cluster has left. The topics of a group that the cluster goes on speaking in are bound
// by themselves first: the group was what led there.
func (h *Hub) releaseChat(id domain.ClusterID, chat domain.ChatRef) error {
	var topics []domain.ChatRef
	err := h.View(h.ctx, id, func(s *domain.State) {
		for _, c := range s.Chats {
			if chat.Thread == "" && c.Ref.Thread != "" && c.Ref.Platform == chat.Platform && c.Ref.Chat == chat.Chat {
				topics = append(topics, c.Ref)
			}
		}
	})
	if err != nil {
		return err
	}
	for _, topic := range topics {
		if _, err := h.chats.claim(h.ctx, topic, id); err != nil {
			return err
		}
	}
	return h.chats.release(h.ctx, chat, id)
}
