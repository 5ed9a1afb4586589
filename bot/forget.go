package bot

import (
	"context"
	"errors"
	"fmt"

	"klaster/domain"
)

// Forget removes a person everywhere: from every cluster it has acted in, with the texts it wrote, and from People.
// It can be called again after a failure; cause names the wish.
func (h *Hub) Forget(ctx context.Context, id domain.PersonID, cause string) error {
	person, err := h.Store.PersonByID(ctx, id)
	if isNotFound(err) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("forget %s: %w", id, err)
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
	}
	if err := h.people.forget(ctx, &person); err != nil {
		return err
	}
	for _, cluster := range person.Clusters { // now, since before the name would have been found once more
		h.cards.nudge(cluster, changed)
	}
	h.Log.Info("person forgotten", "clusters", len(person.Clusters))
	return nil
}
