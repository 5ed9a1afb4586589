package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"klaster/domain"
	"klaster/store"
)

// Forget removes a person everywhere: from every cluster it has acted in, with the texts it wrote, and from People. It
// can be called again after a failure, and is taken up by itself once it has reached a journal: the entry sets a mark
// that stays until the person is gone and the platform shows the cards without. cause names the wish.
func (h *Hub) Forget(ctx context.Context, id domain.PersonID, cause string) error {
	person, err := h.Store.PersonByID(ctx, id)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("forget %s: %w", id, err)
	}
	for _, alias := range person.Aliases { // what was done under the name of another account, before they were linked
		if err := h.Forget(ctx, alias, cause); err != nil {
			return err
		}
	}
	for _, cluster := range person.Clusters {
		// Before the order, so that replicas that fold it anew read redacted texts; after it, for what came in between.
		if err := h.redact(ctx, cluster, id); err != nil {
			return fmt.Errorf("forget %s: %w", id, err)
		}
		err := h.Order(ctx, cluster, cause+"/forget/"+string(cluster), domain.ForgetPerson{Person: id})
		var refusal *domain.Error
		if err != nil && !errors.As(err, &refusal) {
			return fmt.Errorf("forget %s: %w", id, err)
		}
		if err := h.redact(ctx, cluster, id); err != nil {
			return fmt.Errorf("forget %s: %w", id, err)
		}
		if err := h.dropPosts(ctx, cluster, person.Private); err != nil {
			return fmt.Errorf("forget %s: %w", id, err)
		}
	}
	if err := h.people.forget(ctx, &person); err != nil {
		return err
	}
	for _, cluster := range person.Clusters { // now, since before the name would have been found once more
		h.cards.forget(cluster)
	}
	h.Log.Info("person forgotten", "clusters", len(person.Clusters))
	return nil
}

// dropPosts forgets what was posted into private chats: their addresses are the person's.
func (h *Hub) dropPosts(ctx context.Context, id domain.ClusterID, private []domain.ChatRef) error {
	if len(private) == 0 {
		return nil
	}
	posts, err := h.Store.ListPosts(ctx, id)
	if err != nil {
		return fmt.Errorf("posts of %s: %w", id, err)
	}
	for _, p := range posts {
		if !slices.Contains(private, p.Chat) {
			continue
		}
		if err := h.Store.DeletePost(ctx, id, p.Card, p.Chat); err != nil {
			return fmt.Errorf("posts of %s: %w", id, err)
		}
	}
	return nil
}

// forgettingOn names the marks of clusters in which somebody's forgetting is not finished on a platform. They are dirty
// marks of a platform that no connector has.
func forgettingOn(p domain.Platform) domain.Platform { return "forgetting/" + p }

// marksFor are the marks an entry sets: its cluster has something new to show on its platforms, and somebody to forget.
func marksFor(s *domain.State, commits []domain.Commit) []domain.Platform {
	marks := platformsOf(s)
	if len(forgottenIn(commits)) == 0 {
		return marks
	}
	for _, p := range marks[:len(marks):len(marks)] {
		marks = append(marks, forgettingOn(p))
	}
	return marks
}

// finishForgetting sees to it that everybody whom the cluster's journal forgets is gone, with all they wrote: whoever
// began it may have crashed. What is remembered of them here goes, too. It returns them.
func (h *Hub) finishForgetting(ctx context.Context, id domain.ClusterID) (persons []domain.PersonID, _ error) {
	for after := uint64(0); ; {
		entries, err := h.Store.Read(ctx, id, after, loadStep)
		if errors.Is(err, store.ErrMissing) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("forgetting in %s: %w", id, err)
		}
		for _, e := range entries {
			after = e.Head.Version
			commits, err := decodeEntry(e)
			if err != nil {
				return nil, &parkedError{fmt.Errorf("forgetting in %s version %d: %w", id, after, err)}
			}
			persons = append(persons, forgottenIn(commits)...)
		}
		if len(entries) < loadStep {
			break
		}
	}
	h.people.lose(persons)
	for _, person := range persons {
		if err := h.Forget(ctx, person, "bot:forgetting/"+string(person)); err != nil {
			return nil, err
		}
		if err := h.redact(ctx, id, person); err != nil {
			return nil, err
		}
	}
	h.rooms.forgetState(id) // another replica may have rewritten the texts
	return persons, nil
}

// forgetRest removes what was kept for a person in a turn that was under way while the person was forgotten.
func (h *Hub) forgetRest(ctx context.Context, id domain.PersonID) error {
	_, err := h.Store.PersonByID(ctx, id)
	switch {
	case err == nil: // the forgetting goes on, and needs to know the person's clusters
		return nil
	case !isNotFound(err):
		return fmt.Errorf("forget %s: %w", id, err)
	}
	if err := h.Store.ForgetPerson(ctx, id); err != nil {
		return fmt.Errorf("forget %s: %w", id, err)
	}
	return nil
}

// rehear handles an input anew whose sender turned out to have been forgotten: it comes from somebody new.
func (h *Hub) rehear(t *turn) error {
	t.former, t.reheard = false, true
	t.cluster, t.session, t.sought = "", nil, false
	return h.hear(t)
}
