package bot

import (
	"slices"
	"strings"

	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// retireAll queues the last edit of messages whose cards are not wanted any more: boards that still have buttons, and
// cards for a person who has been forgotten, whose name may stand on them. It returns the platforms that have some. The
// delivery's lock is held.
func (h *Hub) retireAll(d *delivery, standing map[postKey]bool, a audience, forgotten []domain.PersonID) (busy []domain.Platform) {
	for key, record := range d.posts {
		p := h.platforms[key.chat.Platform]
		at := slices.IndexFunc(a.chats, func(c domain.Chat) bool { return c.Ref == key.chat })
		switch {
		case p == nil || !p.holds() || standing[key] || record.Ref == "" || at >= 0 && a.chats[at].Suspended:
			continue
		case record.State != store.PostLive && !isFor(key.card, forgotten):
			continue
		}
		w := wanted{
			card: commands.Card{Key: key.card, Kind: commands.Board, Class: commands.Edit, Final: true}, chat: key.chat,
			group: at >= 0, body: h.Talk.Trouble(commands.CardOver, a.lang), lang: a.lang, retired: true,
		}
		if w.hash = hashOf(w, nil); record.Hash == w.hash {
			continue
		}
		busy = append(busy, p.name)
		d.open[key] = true
		h.queue(d, p, w, verdict{act: editIt, why: whyVanished})
	}
	return busy
}

// isFor says whether a card is for one of the persons: the keys of such cards end with the person.
func isFor(card string, persons []domain.PersonID) bool {
	return slices.ContainsFunc(persons, func(p domain.PersonID) bool { return strings.HasSuffix(card, "/"+string(p)) })
}

// posted is how the record of a card reads once it stands.
func (w wanted) posted() store.PostState {
	if w.card.Kind == commands.Board && len(w.buttons) > 0 {
		return store.PostLive
	}
	return store.PostSent
}
