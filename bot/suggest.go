package bot

import (
	"context"

	"klaster/commands"
	"klaster/domain"
)

// Suggest implements Suggester: values for an option that is being typed in a chat.
func (h *Hub) Suggest(ctx context.Context, chat domain.ChatRef, q commands.Typing) (out []commands.Suggestion, err error) {
	id, err := h.chats.clusterOf(ctx, chat)
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
