package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// selfPrefix begins the data of the "confirm as yourself" button; the rest is a token. No tap of the conversation
// begins like it.
const selfPrefix = "~self:"

// hear takes in what a person said or tapped: who is it, which cluster is meant, what was half done.
func (h *Hub) hear(t *turn) error {
	if t.u.Anonymous || t.u.From.ID == "" {
		return h.offerSelf(t)
	}
	var private domain.ChatRef
	if t.u.Private && t.u.Chat != t.u.Aside {
		private = t.u.Chat
	}
	if t.p.shared != nil && t.u.Private { // what the person chose a moment ago may have come to another replica
		h.people.byAccount.drop(store.Account{Platform: t.p.name, User: t.u.From.ID})
	}
	person, opened, err := h.people.of(h.ctx, t.p.name, t.u.From, private)
	if err != nil {
		return err
	}
	if opened {
		h.showTo(person)
	}
	t.person = person
	t.in = commands.Input{
		Cause: t.u.Cause, At: h.clock.Now(), Chat: t.u.Chat, Private: t.u.Private, By: person.ID,
		Lang: firstOf(person.Lang, t.u.From.Lang, person.Spoken), Text: t.u.Text, Tap: t.u.Data, File: t.u.File,
		Several: len(person.Clusters) > 1,
		Answers: t.u.Answers, Blanks: t.p.caps.Interactive, ChatAdmin: t.u.Admin, Durability: h.Durability,
	}
	h.random(t.in.Seed[:])
	_, reachable := privateOn(person, t.p.name)
	t.in.CanPrivate, t.in.RepliesOnly = reachable || t.p.caps.PrivateFirst || t.u.Aside.Chat != "", t.p.caps.RepliesOnly

	done, err := h.redeem(t)
	if done || err != nil {
		return err
	}
	if err := h.locate(t); err != nil {
		return err
	}
	if t.in.Tap == "" || h.Talk.UsesSession(t.in.Tap) {
		if err := h.loadSession(t); err != nil {
			return err
		}
	}
	h.dispatch(t)
	return nil
}

// dispatch hands the turn to its cluster's room, or to the lobby.
func (h *Hub) dispatch(t *turn) {
	if t.cluster == "" {
		h.lobby(t)
		return
	}
	t.kind, t.then = words, t
	h.rooms.submit(t.cluster, &t.request)
}

// redeem replaces a token by what it stands for. done: the turn is answered.
func (h *Hub) redeem(t *turn) (done bool, err error) {
	token, self := strings.CutPrefix(t.u.Data, selfPrefix)
	if !self {
		token = t.u.Start
	}
	if token == "" {
		return false, nil
	}
	m, ok, err := h.links.redeem(h.ctx, token)
	if err != nil {
		return false, err
	}
	if self && (!ok || m.Chat == nil || *m.Chat != t.u.Chat) {
		t.trouble = commands.OldButton
		t.finish()
		return true, nil
	}
	if !ok || m.Attach || m.Account || !self && (m.Chat != nil || !t.u.Private) {
		t.trouble = commands.LinkExpired
		t.finish()
		return true, nil
	}
	if self {
		t.u.ReplyTo, t.spend = m.Message, token
	}
	t.cluster = m.Cluster
	t.in.Text, t.in.Tap = m.Text, m.Tap
	t.in.Greeting = m.Text == "" && m.Tap == ""
	if m.Cause != "" && m.By == t.person.ID { // the answer to an input that came from a group: if it is in the journal, only its answer is given
		t.in.Cause = m.Cause
	}
	return false, nil
}

// locate finds the cluster that is meant. In private chats that is the one of the message tapped, else of the token,
// else of the half-done conversation, else the one the person chose or acted in last; whether the person belongs to it
// is the conversation's to check.
func (h *Hub) locate(t *turn) (err error) {
	if !t.u.Private {
		t.cluster, err = h.chats.clusterOf(h.ctx, t.u.Chat)
		if err != nil || t.cluster != "" {
			return err
		}
		// A card whose topic is gone stands in the general one, and of a deleted message no topic is told.
		return h.locateByPost(t)
	}
	if t.cluster != "" || strings.HasPrefix(t.in.Tap, "use:") { // the lobby asks which is meant
		return nil
	}
	if t.u.Opener.Chat != "" {
		if t.cluster, err = h.chats.clusterOf(h.ctx, t.u.Opener); err != nil || t.cluster != "" {
			return err
		}
	}
	if t.u.Kind == Tapped && t.u.Message != "" {
		if t.cluster, err = h.askedAbout(t); err != nil || t.cluster != "" {
			return err
		}
	}
	if err := h.locateByPost(t); err != nil || t.cluster != "" {
		return err
	}
	if err := h.loadSession(t); err != nil {
		return err
	}
	if t.session != nil && t.session.Cluster != "" {
		t.cluster = t.session.Cluster
		return nil
	}
	if t.session != nil { // half-done in the lobby
		return nil
	}
	t.cluster = chosen(t.person)
	return nil // of several, none was chosen yet: the lobby asks
}

// chosen is the cluster a person means where nothing else tells; empty if they are in none, or in several and have not
// said.
func chosen(person *store.Person) domain.ClusterID {
	switch {
	case len(person.Clusters) == 1:
		return person.Clusters[0]
	case slices.Contains(person.Clusters, person.Meant):
		return person.Meant
	}
	return ""
}

// askedLife is how long it is known which cluster a private message with buttons is about.
const askedLife = 48 * time.Hour

func askedToken(m messageRef) string {
	return "asked/" + string(m.chat.Platform) + "/" + m.chat.Chat + "/" + m.ref
}

// noteAsked notes which cluster a private message with buttons is about. Of somebody who is in several it is stored: the
// numbers on buttons mean something in each of them, and a restart or another replica must not take one for the other.
func (h *Hub) noteAsked(ctx context.Context, m messageRef, t *turn) {
	h.asked.put(m, t.cluster)
	if t.person == nil || len(t.person.Clusters) < 2 {
		return
	}
	if err := h.links.keep(ctx, askedToken(m), meaning{Cluster: t.cluster}, askedLife); err != nil {
		h.Log.Warn("the cluster of a private message is not stored", "platform", t.p.name, "cluster", t.cluster, "err", err)
	}
}

// askedAbout is the cluster that the tapped message is about; empty if that is not known.
func (h *Hub) askedAbout(t *turn) (domain.ClusterID, error) {
	m := messageRef{t.u.Chat, t.u.Message}
	if id, ok := h.asked.get(m); ok || len(t.person.Clusters) < 2 {
		return id, nil
	}
	known, _, err := h.links.redeem(h.ctx, askedToken(m))
	return known.Cluster, err
}

// locateByPost finds the cluster whose card the tapped message is.
func (h *Hub) locateByPost(t *turn) error {
	if t.u.Kind != Tapped || t.u.Message == "" {
		return nil
	}
	id, err := h.Store.ClusterOfPost(h.ctx, t.u.Chat, t.u.Message)
	switch {
	case isNotFound(err):
		return nil
	case err != nil:
		return fmt.Errorf("cluster of a post: %w", err)
	}
	t.cluster = id
	return nil
}

// offerSelf answers a sender who hides behind the chat with a button; pressing it runs the same words as the presser.
// Only what is surely meant for the bot is answered.
func (h *Hub) offerSelf(t *turn) error {
	if t.u.Kind != Said || !strings.HasPrefix(t.u.Text, "/") {
		t.finish()
		return nil
	}
	chat := t.u.Chat
	token, err := h.links.fresh(h.ctx, meaning{Text: t.u.Text, Chat: &chat, Message: t.u.Message}, selfLife)
	if err != nil {
		return err
	}
	if id, err := h.chats.clusterOf(h.ctx, chat); err != nil {
		return err
	} else if id != "" {
		if err := h.View(h.ctx, id, func(s *domain.State) { t.in.Lang = s.Lang() }); err != nil {
			return err
		}
	}
	lang := t.language()
	t.replies = []commands.Reply{{
		Body:    h.Talk.Trouble(commands.BeYourself, lang),
		Buttons: [][]commands.Button{{{Label: h.Talk.Label("button.confirm_self", lang), Data: selfPrefix + token}}},
	}}
	t.finish()
	return nil
}

func firstOf(words ...string) string {
	for _, w := range words {
		if w != "" {
			return w
		}
	}
	return ""
}

// choices names a person's clusters, for "which cluster do you mean?".
func (h *Hub) choices(person *store.Person) []commands.ClusterChoice {
	var out []commands.ClusterChoice
	for _, id := range person.Clusters {
		err := h.View(h.ctx, id, func(s *domain.State) {
			out = append(out, commands.ClusterChoice{ID: id, Name: string(s.Name)})
		})
		if err != nil {
			h.Log.Warn("cluster left out of a choice", "cluster", id, "err", err)
		}
	}
	return out
}
