package bot

import (
	"errors"
	"fmt"
	"slices"

	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// conclude does what is left of a turn after its room or the lobby: lookups (and the same input again), effects, the
// half-done conversation; then the turn is confirmed and answered.
func (h *Hub) conclude(t *turn) (err error) {
	if t.err != nil {
		return t.err
	}
	if t.former { // what the person said is somebody's whom nothing is known of
		return h.rehear(t)
	}
	if t.missing && !t.refounded {
		if t.refounded, err = h.finishFounding(t.cluster); err != nil {
			return err
		}
		if t.refounded {
			t.missing, t.trouble = false, ""
			h.dispatch(t)
			return nil
		}
	}
	if t.outcome.Need == commands.NeedChatAdmin && t.in.ChatAdmin == commands.NotAsked {
		t.in.ChatAdmin = h.isAdmin(t)
		h.dispatch(t)
		return nil
	}
	if t.outcome.Need == commands.NeedHistory && t.in.History == nil && t.cluster != "" {
		if err := h.page(t); err != nil {
			return err
		}
		h.dispatch(t)
		return nil
	}
	if t.outcome.Need == commands.NeedElsewhere && t.in.Elsewhere == commands.NotAsked {
		if err := h.lookElsewhere(t); err != nil {
			return err
		}
		h.dispatch(t)
		return nil
	}
	if len(t.outcome.Effects) > 0 && !t.reheard {
		if _, err := h.Store.PersonByID(h.ctx, t.person.ID); isNotFound(err) { // another replica had the person forgotten
			h.people.lose([]domain.PersonID{t.person.ID})
			return h.rehear(t)
		}
	}
	for _, e := range t.outcome.Effects {
		again, err := h.effect(t, e)
		if err != nil {
			return err
		}
		if again {
			h.dispatch(t)
			return nil
		}
	}
	if t.joins() {
		if err := h.remember(t, t.cluster); err != nil {
			return err
		}
	}
	if err := h.keepSession(t); err != nil {
		return err
	}
	if h.people.forgotten(t.person.ID) { // what was just kept goes too
		if err := h.forgetRest(h.ctx, t.person.ID); err != nil {
			return err
		}
	}
	if t.spend != "" {
		if err := h.links.spend(h.ctx, t.spend); err != nil {
			return err
		}
	}
	t.finish()
	return nil
}

// joins says whether the person has acted in a cluster that is not among its clusters yet.
func (t *turn) joins() bool {
	return t.number > 0 && t.person != nil && !slices.Contains(t.person.Clusters, t.cluster)
}

// remember puts a cluster first among a person's clusters, if it is not among them yet.
func (h *Hub) remember(t *turn, id domain.ClusterID) error {
	person, err := h.people.change(h.ctx, t.person.ID, func(p *store.Person) bool {
		if slices.Contains(p.Clusters, id) {
			return false
		}
		p.Clusters = slices.Insert(p.Clusters, 0, id)
		return true
	})
	if errors.Is(err, store.ErrNotFound) { // forgotten meanwhile
		return nil
	}
	if err == nil {
		t.person = person
	}
	return err
}

// isAdmin looks up whether the sender administers the chat; what cannot be looked up is a no.
func (h *Hub) isAdmin(t *turn) commands.Lookup {
	checker, ok := t.p.conn.(AdminChecker)
	if !ok {
		return commands.No
	}
	yes, err := checker.IsAdmin(h.ctx, t.u.Chat, t.u.From.ID)
	if err != nil {
		h.Log.Warn("chat admin cannot be looked up", "platform", t.p.name, "err", err)
	}
	if yes && err == nil {
		return commands.Yes
	}
	return commands.No
}

// lobby handles an input from a chat without a cluster, on the lane's goroutine.
func (h *Hub) lobby(t *turn) {
	t.kind, t.then = words, t
	if t.u.Private && t.in.Clusters == nil {
		t.in.Clusters = h.choices(t.person)
	}
	if t.in.Lang == "" {
		t.in.Lang = h.Lang
	}
	t.outcome = h.Talk.Lobby(t.in)
	t.replies = t.outcome.Replies
	t.settled(&t.request)
}

// effect does what only the bot can do. again: the input has to be handled anew, by the cluster that the chat now has.
func (h *Hub) effect(t *turn, e commands.Effect) (again bool, err error) {
	switch e := e.(type) {
	case commands.FoundCluster:
		return true, h.found(t, e)
	case commands.SetLanguage:
		person, err := h.people.change(h.ctx, t.person.ID, func(p *store.Person) bool {
			changed := p.Lang != e.Lang
			p.Lang = e.Lang
			return changed
		})
		if err != nil {
			return false, err
		}
		t.person = person
		for _, id := range person.Clusters {
			h.cards.nudge(id, changed)
		}
	case commands.ChooseCluster:
		if err := h.choose(t, e.ID); err != nil {
			return false, err
		}
		return true, nil
	case commands.MintCode:
		return true, h.mintCode(t, e.Account)
	case commands.RedeemCode:
		return true, h.redeemCode(t, e.Code, e.Sure)
	case commands.UnlinkAccount:
		return true, h.unlinkAccount(t)
	case commands.ReleaseChat:
		return false, h.releaseChat(t.cluster, e.Chat)
	case commands.ForgetMe:
		return false, h.Forget(h.ctx, t.person.ID, t.in.Cause)
	default:
		return false, fmt.Errorf("effect %T is not known", e)
	}
	return false, nil
}
