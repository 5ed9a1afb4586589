package bot

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

const (
	codeLife   = 10 * time.Minute
	maxGuesses = 5 // wrong codes of one person within codeLife
)

// codeToken keeps one-time codes apart from the tokens of links: neither works in the place of the other.
func codeToken(code string) string { return "code/" + code }

// mintCode makes a one-time code of 128 bits, which the store keeps hashed.
func (h *Hub) mintCode(t *turn, account bool) error {
	m := meaning{By: t.person.ID, Account: account, Attach: !account}
	if !account {
		m.Cluster = t.cluster
	}
	code := h.mint(16)
	t.in.Code = code
	return h.links.keep(h.ctx, codeToken(code), m, codeLife)
}

// redeemCode does what a code stands for. A code is worth nothing once it has worked, or once it was shown to others.
func (h *Hub) redeemCode(t *turn, code string, sure bool) (err error) {
	tries, _ := h.tries.get(t.person.ID)
	if tries >= maxGuesses {
		t.in.Redeemed = commands.CodeOften
		return nil
	}
	m, ok, err := h.links.redeem(h.ctx, codeToken(code))
	if err != nil {
		return err
	}
	switch {
	case !ok:
		h.tries.put(t.person.ID, tries+1)
		t.in.Redeemed = commands.CodeWrong
		if !t.u.Private && t.cluster != "" { // said once more: this very code has attached the chat
			t.in.Redeemed = commands.ChatTaken
		}
		return nil
	case m.Account && !t.u.Private && t.u.Aside.Chat == "": // where answers go aside, so did the words
		t.in.Redeemed = commands.CodeSpilt
	case m.Account && !sure && m.By != t.person.ID:
		return h.askAccount(t, m.By, code)
	case m.Account:
		t.in.Redeemed, err = h.linkAccount(t, m.By)
	case t.u.Private:
		t.in.Redeemed = commands.CodeForGroups
		return nil
	default:
		t.in.Redeemed, err = h.attachChat(t, m.Cluster)
	}
	if err != nil || t.in.Redeemed == commands.ChatTaken {
		return err
	}
	return h.links.spend(h.ctx, codeToken(code))
}

// askAccount has the sender asked whether the minter's account is theirs, too: who is talked into saying somebody else's
// code would give away all they represent.
func (h *Hub) askAccount(t *turn, minter domain.PersonID, code string) error {
	person, err := h.Store.PersonByID(h.ctx, minter)
	switch {
	case isNotFound(err), err == nil && len(person.Accounts) == 0: // forgotten, or another person's alias since
		t.in.Redeemed = commands.CodeWrong
	case err != nil:
		return fmt.Errorf("person %s: %w", minter, err)
	default:
		t.in.Redeemed, t.in.Minter, t.in.Code = commands.AccountAsked, minter, code
	}
	return nil
}

// attachChat binds the turn's chat to a cluster and has its journal say so. Called again after a crash in between, it
// finishes what was begun.
func (h *Hub) attachChat(t *turn, id domain.ClusterID) (commands.Redeemed, error) {
	holder, err := h.chats.claim(h.ctx, t.u.Chat, id)
	if err != nil {
		return 0, err
	}
	t.cluster = holder
	if holder != id {
		return commands.ChatTaken, nil
	}
	if err := h.tell(id, t.in.Cause+"/attach", domain.AttachChat{Chat: t.u.Chat}); err != nil {
		return 0, err
	}
	return commands.ChatAttached, nil
}

// linkAccount makes the sender's accounts another person's, who minted the code: first the journals know both as one,
// then the accounts lead there. The former record keeps its name, for what was done under it.
func (h *Hub) linkAccount(t *turn, to domain.PersonID) (commands.Redeemed, error) {
	if t.person.ID == to {
		return commands.AccountSame, nil
	}
	from, err := h.Store.PersonByID(h.ctx, t.person.ID) // as it is by now: every cluster has to hear of it
	if err != nil {
		return 0, fmt.Errorf("link an account: %w", err)
	}
	// The alias comes first, so that nothing is told once more to the person that it turns out to be.
	gone := false
	_, err = h.people.change(h.ctx, to, func(p *store.Person) bool {
		if gone = len(p.Accounts) == 0; gone { // another person's alias since
			return false
		}
		p.Aliases = union(p.Aliases, append([]domain.PersonID{from.ID}, from.Aliases...))
		return true
	})
	switch {
	case gone, errors.Is(err, store.ErrNotFound): // forgotten since
		return commands.CodeWrong, nil
	case err != nil:
		return 0, err
	}
	for _, id := range from.Clusters {
		if err := h.tell(id, t.in.Cause+"/link/"+string(id), domain.LinkPersons{From: from.ID, To: to}); err != nil {
			return 0, err
		}
	}
	person, err := h.people.change(h.ctx, to, func(p *store.Person) bool {
		p.Accounts = union(p.Accounts, from.Accounts)
		p.Private = union(p.Private, from.Private)
		p.Clusters = union(p.Clusters, from.Clusters)
		return true
	})
	if err != nil {
		return 0, err
	}
	if _, err := h.people.change(h.ctx, from.ID, func(p *store.Person) bool {
		p.Accounts, p.Private, p.Aliases = nil, nil, nil
		return true
	}); err != nil && !errors.Is(err, store.ErrNotFound) {
		return 0, err
	}
	h.people.keep(person)
	t.person, t.in.By = person, person.ID
	for _, id := range person.Clusters {
		h.cards.nudge(id, changed)
	}
	return commands.AccountLinked, nil
}

// unlinkAccount makes the account in hand somebody new; everything else stays with the person.
func (h *Hub) unlinkAccount(t *turn) error {
	account := store.Account{Platform: t.p.name, User: t.u.From.ID}
	if len(t.person.Accounts) < 2 {
		t.in.Redeemed = commands.AccountOnly
		return nil
	}
	_, err := h.people.change(h.ctx, t.person.ID, func(p *store.Person) bool {
		before := len(p.Accounts)
		p.Accounts = slices.DeleteFunc(p.Accounts, func(a store.Account) bool { return a == account })
		p.Private = slices.DeleteFunc(p.Private, func(c domain.ChatRef) bool { return c.Platform == account.Platform })
		return len(p.Accounts) != before
	})
	if err != nil {
		return fmt.Errorf("unlink an account: %w", err)
	}
	h.people.byAccount.drop(account)
	h.showTo(t.person) // what is for the person goes elsewhere now
	var private domain.ChatRef
	if t.u.Private && t.u.Chat != t.u.Aside {
		private = t.u.Chat
	}
	person, _, err := h.people.of(h.ctx, t.p.name, t.u.From, private)
	if err != nil {
		return err
	}
	t.person, t.in.By = person, person.ID
	t.in.Redeemed = commands.AccountUnlinked
	return nil
}

// choose remembers which of its clusters a person means in private, and shows it.
func (h *Hub) choose(t *turn, id domain.ClusterID) error {
	person, err := h.people.change(h.ctx, t.person.ID, func(p *store.Person) bool {
		if !slices.Contains(p.Clusters, id) || p.Meant == id {
			return false
		}
		p.Meant = id
		return true
	})
	if err != nil {
		return err
	}
	t.person = person
	t.cluster, t.in.Tap, t.in.Text = id, "", "/status"
	return nil
}

// union adds what is not there yet.
func union[T comparable](to, from []T) []T {
	for _, v := range from {
		if !slices.Contains(to, v) {
			to = append(to, v)
		}
	}
	return to
}
