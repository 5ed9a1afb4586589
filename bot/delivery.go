package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// delivery is one cluster while something has to be shown.
type delivery struct {
	id domain.ClusterID

	// Guarded by the reconciler's lock.
	when     time.Time
	place    int // in the heap; -1: not in it
	running  bool
	again    time.Time // nudged while running
	failures int
	forgets  bool // somebody's forgetting is not finished

	mu      sync.Mutex
	posts   map[postKey]store.Post // nil: not read yet
	pending map[postKey]*errand    // queued or under way
	open    map[postKey]bool       // what the last pass wanted done; what has waited in the outbox meanwhile is compared with it
}

// errand is a post or an edit in the outbox.
type errand struct {
	hash   string
	flying bool
}

// reconcile compares what the cluster wants shown with what is recorded, and queues the difference. forgets: somebody's
// forgetting has to be finished first. until is when to look again (zero: when an errand comes back or something
// happens); over: there is nothing left to do.
func (h *Hub) reconcile(ctx context.Context, d *delivery, forgets bool) (until time.Time, over bool, err error) {
	var forgotten []domain.PersonID
	if forgets {
		if forgotten, err = h.finishForgetting(ctx, d.id); err != nil {
			return until, false, err
		}
	}
	cards, a, version, err := h.wishes(ctx, d.id)
	if err != nil {
		var parked *parkedError
		if errors.As(err, &parked) { // told to the operator where it was found; the mark stays
			h.Log.Warn("cards not shown", "cluster", d.id, "err", err)
			return until, true, nil
		}
		return until, false, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.posts == nil {
		posts, err := h.Store.ListPosts(ctx, d.id)
		if err != nil {
			return until, false, fmt.Errorf("posts of %s: %w", d.id, err)
		}
		d.posts = make(map[postKey]store.Post, len(posts))
		for _, p := range posts {
			d.posts[postKey{p.Card, p.Chat}] = p
		}
	}
	now := h.clock.Now()
	var busy []domain.Platform // not as wanted yet
	d.open = map[postKey]bool{}
	standing := map[postKey]bool{}
	for _, w := range place(cards, a) {
		standing[w.key()] = true
		p := h.platforms[w.chat.Platform]
		if p == nil || !p.holds() {
			continue
		}
		former, err := h.formerIn(ctx, w.body)
		if err != nil {
			return until, false, err
		}
		w.hash, w.former = hashOf(w, former), len(former) > 0 || commands.ShowsErased(w.body)
		var record *store.Post
		if r, ok := d.posts[w.key()]; ok {
			record = &r
		}
		if record == nil && !w.group && w.card.Kind == commands.Notice && h.toldElsewhere(d, w, a) {
			continue
		}
		v := judge(w, record, now, p.caps.EditInterval)
		d.open[w.key()] = v.act != leave
		switch v.act {
		case postIt, editIt:
			busy = append(busy, p.name)
			h.queue(d, p, w, v)
		case waitFor:
			busy = append(busy, p.name)
			if wait := time.Now().Add(v.until.Sub(now)); until.IsZero() || wait.Before(until) {
				until = wait
			}
		}
	}
	busy = append(busy, h.retireAll(d, standing, a, forgotten)...)
	if len(d.pending) > 0 {
		for key := range d.pending {
			busy = append(busy, key.chat.Platform)
		}
	}
	for _, p := range h.order {
		if !p.holds() || slices.Contains(busy, p.name) {
			continue
		}
		if err := h.Store.ClearDirty(ctx, p.name, d.id, version); err != nil {
			return until, false, fmt.Errorf("clear the mark of %s: %w", d.id, err)
		}
		if !forgets {
			continue
		}
		if err := h.Store.ClearDirty(ctx, forgettingOn(p.name), d.id, version); err != nil {
			return until, false, fmt.Errorf("clear the mark of %s: %w", d.id, err)
		}
	}
	if len(busy) == 0 {
		h.prune(ctx, d, cards, now)
	}
	return until, len(busy) == 0, nil
}

// toldElsewhere says whether a person has been told a notice in another private chat, or under another name: both change
// when chats are attached and accounts linked. The delivery's lock is held.
func (h *Hub) toldElsewhere(d *delivery, w wanted, a audience) bool {
	keys := []string{w.card.Key}
	if person, ok := h.people.known(w.card.To); ok && person != nil {
		stem := strings.TrimSuffix(w.card.Key, string(w.card.To))
		for _, alias := range person.Aliases {
			keys = append(keys, stem+string(alias))
		}
	}
	for key, p := range d.posts {
		if p.Ref != "" && slices.Contains(keys, key.card) && !slices.ContainsFunc(a.chats, func(c domain.Chat) bool { return c.Ref == key.chat }) {
			return true
		}
	}
	return false
}

// wishes is what a cluster wants shown, and to whom.
func (h *Hub) wishes(ctx context.Context, id domain.ClusterID) (cards []commands.Card, a audience, version uint64, err error) {
	for range 3 {
		var unknown []domain.PersonID
		a = audience{private: map[domain.PersonID]domain.ChatRef{}, langs: map[domain.PersonID]string{}, onPerson: map[domain.PersonID][]domain.Platform{}}
		err = h.View(ctx, id, func(s *domain.State) {
			version, a.lang, a.platforms = s.Head.Version, s.Lang(), platformsOf(s)
			a.groups = nil
			for _, c := range s.Chats {
				if !c.Suspended {
					a.groups = append(a.groups, c)
				}
			}
			a.chats = slices.Clone(s.Chats)
			cards = h.Talk.Cards(s, h.clock.Now(), func(who domain.PersonID) string {
				if who == "" {
					return a.lang
				}
				person, ok := h.people.known(who)
				if !ok {
					unknown = append(unknown, who)
				}
				if person == nil {
					return a.lang
				}
				return firstOf(languageOf(person), a.lang)
			})
		})
		if err != nil {
			return nil, a, 0, err
		}
		for _, who := range unknown { // asked outside the room, then looked at once more
			if _, err := h.people.find(ctx, who); err != nil {
				return nil, a, 0, err
			}
		}
		if len(unknown) == 0 {
			break
		}
	}
	for _, c := range cards {
		if c.To == "" {
			continue
		}
		person, err := h.people.find(ctx, c.To)
		if err != nil {
			return nil, a, 0, err
		}
		if person == nil {
			continue
		}
		if chat, ok := h.cardChat(ctx, person, a.platforms); ok {
			a.private[c.To] = chat
		}
		a.langs[c.To] = languageOf(person)
		for _, account := range person.Accounts {
			a.onPerson[c.To] = append(a.onPerson[c.To], account.Platform)
		}
	}
	a.open = func(lang string) commands.Button {
		return commands.Button{Label: h.Talk.Label("button.open_private", lang), Private: "/status"}
	}
	return cards, a, version, nil
}

// cardChat is where a cluster writes to a person privately.
func (h *Hub) cardChat(ctx context.Context, person *store.Person, platforms []domain.Platform) (domain.ChatRef, bool) {
	if chat, ok := preferredChat(person, platforms); ok {
		return chat, true
	}
	for _, p := range h.order {
		if p.caps.PrivateFirst && p.holds() && slices.Contains(platforms, p.name) {
			if chat, ok := h.privateChat(ctx, p, person); ok {
				return chat, true
			}
		}
	}
	return domain.ChatRef{}, false
}

// formerIn lists the forgotten persons in a text.
func (h *Hub) formerIn(ctx context.Context, body commands.Rich) (former []domain.PersonID, err error) {
	for _, b := range body {
		for _, s := range b.Spans {
			if s.Kind != commands.Person {
				continue
			}
			person, err := h.people.find(ctx, s.Person)
			if err != nil {
				return nil, err
			}
			if person == nil {
				former = append(former, s.Person)
			}
		}
	}
	return former, nil
}

// queue puts the errand in the outbox, in place of one that waits with older content. One that is under way comes back
// first. The delivery's lock is held.
func (h *Hub) queue(d *delivery, p *platform, w wanted, v verdict) {
	key := w.key()
	if e, ok := d.pending[key]; ok && (e.flying || e.hash == w.hash) {
		return
	}
	e := &errand{hash: w.hash}
	d.pending[key] = e
	p.out.add(&sending{
		key:   string(d.id) + "\x00" + w.card.Key + "\x00" + w.chat.Chat + "\x00" + w.chat.Thread,
		class: cardClass(w.card), cluster: d.id, chat: w.chat, group: w.group,
		do: func(ctx context.Context) error {
			d.fly(e, true)
			defer d.fly(e, false)
			return h.deliver(ctx, d, p, w, v)
		},
		done: func(err error) { h.delivered(d, p, w, e, err) },
	})
}

func cardClass(c commands.Card) class {
	switch c.Class {
	case commands.Deadline:
		return deadlines
	case commands.Edit:
		return editing
	}
	return prompting
}

func (d *delivery) fly(e *errand, flying bool) {
	d.mu.Lock()
	e.flying = flying
	d.mu.Unlock()
}

// deliver posts or edits one card, with a record before and after a post.
func (h *Hub) deliver(ctx context.Context, d *delivery, p *platform, w wanted, v verdict) error {
	d.mu.Lock()
	open := d.open[w.key()]
	d.mu.Unlock()
	if !open { // settled while it waited: the chat is suspended, or the card has ended unseen
		return nil
	}
	draft, err := h.draft(ctx, p, drafting{body: fit(w.body, p.caps.TextLimit), buttons: w.buttons, cluster: d.id, lang: w.lang, private: !w.group})
	if err != nil {
		return &SendError{Kind: Transient, Err: err}
	}
	draft.Tone, draft.Card = w.card.Tone, w.card.Key
	d.mu.Lock()
	record := d.posts[w.key()]
	d.mu.Unlock()
	record.Card, record.Chat = w.card.Key, w.chat
	if h.clock.Now().Sub(record.At) >= unwelcomeFor {
		record.Tries = 0
	}
	if v.act == editIt {
		if err := p.conn.Edit(ctx, w.chat, record.Ref, draft); err != nil {
			return err
		}
		h.Metrics.edited(string(p.name))
	} else {
		record.State, record.Ref, record.Hash, record.At = store.PostSending, "", "", h.clock.Now()
		if err := h.keepPost(ctx, d, record); err != nil {
			return &SendError{Kind: Transient, Err: err}
		}
		if record.Ref, err = p.conn.Post(ctx, w.chat, draft); err != nil {
			return err
		}
	}
	record.State, record.Hash, record.At = w.posted(), w.hash, h.clock.Now()
	if err := h.keepPost(context.WithoutCancel(ctx), d, record); err != nil {
		h.Log.Warn("post not recorded", "cluster", d.id, "err", err) // it is posted again after a restart
	}
	return nil
}

func (h *Hub) keepPost(ctx context.Context, d *delivery, p store.Post) error {
	d.mu.Lock()
	d.posts[postKey{p.Card, p.Chat}] = p
	d.mu.Unlock()
	if err := h.Store.PutPost(ctx, d.id, p); err != nil {
		return fmt.Errorf("post of %s: %w", d.id, err)
	}
	return nil
}

// postsLife is how long the record of a card is kept that is not wanted any more: taps on it still find their cluster.
const postsLife = 30 * 24 * time.Hour

func (h *Hub) prune(ctx context.Context, d *delivery, cards []commands.Card, now time.Time) {
	wantedKeys := make(map[string]bool, len(cards))
	for _, c := range cards {
		wantedKeys[c.Key] = true
	}
	for key, p := range d.posts {
		if wantedKeys[key.card] || now.Sub(p.At) < postsLife {
			continue
		}
		if err := h.Store.DeletePost(ctx, d.id, key.card, key.chat); err != nil {
			return
		}
		delete(d.posts, key)
	}
}
