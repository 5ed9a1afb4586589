package bot

import (
	"errors"
	"fmt"
	"slices"

	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// arrive takes in what happened to a chat: the bot came, went, or the chat has another address.
func (h *Hub) arrive(t *turn) error {
	var err error
	switch {
	case t.u.Kind == Moved:
		err = h.moveChat(t.u.Chat, t.u.NewChat, t.u.Cause)
	case t.u.Kind == Reachable && !t.u.Private:
		_, err = h.resume(t)
	case t.u.Kind == Reachable, t.u.Kind == Added && t.u.Private:
		return h.reachable(t)
	case t.u.Kind == Removed && t.u.Private:
		err = h.unreachableUser(t)
	case t.u.Kind == Removed:
		err = h.suspend(t.u.Chat, t.u.Cause)
	case t.u.Kind == Added:
		return h.added(t)
	}
	if err != nil {
		return err
	}
	t.finish()
	return nil
}

// added resumes the chat of a cluster, or greets in a free one.
func (h *Hub) added(t *turn) error {
	resumed, err := h.resume(t)
	if err != nil {
		return err
	}
	if resumed {
		t.finish()
		return nil
	}
	t.in = commands.Input{Cause: t.u.Cause, At: h.clock.Now(), Chat: t.u.Chat, Lang: firstOf(t.u.From.Lang, h.Lang), Greeting: true}
	h.random(t.in.Seed[:])
	if t.u.From.ID != "" && !t.u.Anonymous {
		if t.person, _, err = h.people.of(h.ctx, t.p.name, t.u.From, domain.ChatRef{}); err != nil {
			return err
		}
		t.in.By = t.person.ID
		t.in.Lang = firstOf(languageOf(t.person), t.in.Lang)
	}
	t.replies = h.Talk.Lobby(t.in).Replies
	t.finish()
	return nil
}

// resume has the chat's cluster send there again; false if the chat is free.
func (h *Hub) resume(t *turn) (bool, error) {
	id, err := h.chats.clusterOf(h.ctx, t.u.Chat)
	if err != nil || id == "" {
		return false, err
	}
	return true, h.tell(id, t.u.Cause, domain.ResumeChat{Chat: t.u.Chat})
}

// reachable notes that a person can be written to.
func (h *Hub) reachable(t *turn) error {
	person, opened, err := h.people.of(h.ctx, t.p.name, t.u.From, t.u.Chat)
	if err != nil {
		return err
	}
	if opened {
		h.showTo(person)
	}
	t.finish()
	return nil
}

// showTo has the person's clusters show what waited for the private chat.
func (h *Hub) showTo(person *store.Person) {
	for _, id := range person.Clusters {
		h.cards.nudge(id, changed)
	}
}

func (h *Hub) unreachableUser(t *turn) error {
	if t.u.From.ID == "" {
		return nil
	}
	person, _, err := h.people.of(h.ctx, t.p.name, t.u.From, domain.ChatRef{})
	if err != nil {
		return err
	}
	return h.unreachable(person.ID, t.u.Chat)
}

// unreachable forgets a person's private chat. What waits for the person is shown in the group instead.
func (h *Hub) unreachable(id domain.PersonID, chat domain.ChatRef) error {
	person, err := h.people.change(h.ctx, id, func(p *store.Person) bool {
		before := len(p.Private)
		p.Private = slices.DeleteFunc(p.Private, func(c domain.ChatRef) bool { return c == chat })
		return len(p.Private) != before
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, cluster := range person.Clusters {
		h.cards.nudge(cluster, changed)
	}
	return nil
}

// suspend stops sending to a chat that does not want or allow it.
func (h *Hub) suspend(chat domain.ChatRef, cause string) error {
	id, err := h.chats.clusterOf(h.ctx, chat)
	if err != nil || id == "" {
		return err
	}
	return h.tell(id, cause, domain.SuspendChat{Chat: chat})
}

// moveChat follows a chat to its new address.
func (h *Hub) moveChat(from, to domain.ChatRef, cause string) error {
	if to.Chat == "" || to == from {
		return nil
	}
	id, err := h.chats.clusterOf(h.ctx, from)
	if err != nil || id == "" {
		return err
	}
	holder, err := h.chats.claim(h.ctx, to, id)
	if err != nil {
		return err
	}
	if holder != id {
		h.Log.Error("a chat moved to one that another cluster has", "cluster", id, "other", holder)
		return h.tell(id, cause, domain.SuspendChat{Chat: from})
	}
	if err := h.tell(id, cause, domain.MoveChat{From: from, To: to}); err != nil {
		return err
	}
	return h.chats.release(h.ctx, from, id)
}

// tell gives a cluster an order. That the rules refuse it means that things are so already.
func (h *Hub) tell(id domain.ClusterID, cause string, c domain.Command) error {
	err := h.Order(h.ctx, id, cause, c)
	var refusal *domain.Error
	if errors.As(err, &refusal) {
		h.Log.Debug("order refused", "cluster", id, "order", fmt.Sprintf("%T", c), "code", refusal.Code)
		return nil
	}
	return err
}
