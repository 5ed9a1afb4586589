package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"klaster/commands"
	"klaster/domain"
)

// Suggest implements Suggester: values for an option that is being typed in a chat. Where that has no cluster,
// they are of the one that is half talked about there, else of the one the person means: only that person sees them.
func (h *Hub) Suggest(ctx context.Context, chat domain.ChatRef, who User, q commands.Typing) (out []commands.Suggestion, err error) {
	id, err := h.chats.clusterOf(ctx, chat)
	if err == nil && id == "" {
		id, err = h.meantBy(ctx, chat, who)
	}
	if err != nil || id == "" {
		return nil, err
	}
	err = h.View(ctx, id, func(s *domain.State) {
		if q.Lang == "" {
			q.Lang = s.Lang()
		}
		out = h.Talk.Suggest(s, q)
	})
	return out, err
}

// meantBy is the cluster that somebody means in a chat that has none.
func (h *Hub) meantBy(ctx context.Context, chat domain.ChatRef, who User) (domain.ClusterID, error) {
	person, _, err := h.people.of(ctx, chat.Platform, who, domain.ChatRef{})
	if err != nil {
		return "", err
	}
	blob, err := h.Store.SessionOf(ctx, person.ID, chat)
	if err != nil {
		return "", fmt.Errorf("session: %w", err)
	}
	var e envelope
	if blob != nil && json.Unmarshal(blob, &e) == nil && slices.Contains(person.Clusters, e.Cluster) {
		return e.Cluster, nil
	}
	return chosen(person), nil
}
