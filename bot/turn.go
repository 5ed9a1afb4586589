package bot

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// turn is one update on its way: from its chat's lane through a room (or the lobby) to its answer.
type turn struct {
	request
	hub     *Hub
	p       *platform
	lane    *lane
	place   int // in its lane
	u       Update
	person  *store.Person
	cluster domain.ClusterID // empty: the lobby
	session *envelope        // the half-done conversation as it was found
	sought  bool             // it was looked for
	spend   string           // a token that is worth nothing after this turn
	hinted  atomic.Bool      // the group has been told to look into the private chat

	slow *time.Timer // tells the person that the store takes its time; nil where nobody waits for the answer to a tap

	tooMuch   bool // its sender floods, and is told so; it is not taken in
	refounded bool // its cluster had no journal, and has one now
	failed    error
	durable   sync.WaitGroup
}

// Accept is the Sink of every connector.
func (h *Hub) Accept(ctx context.Context, u Update) (wait func() error) {
	p := h.platforms[u.Chat.Platform]
	if p == nil {
		return func() error { return nil }
	}
	h.Metrics.input(string(p.name), u.Kind.String())
	t := &turn{hub: h, p: p, u: u}
	t.durable.Add(1)
	var floods bool
	if floods, t.tooMuch = p.floods(t); floods && !t.tooMuch {
		return func() error { return nil }
	}
	if p.caps.Interactive && u.Tap.ID != "" {
		t.slow = time.AfterFunc(slowAfter, func() { p.tellSlow(t) })
	}
	if err := h.lanes.push(ctx, t); err != nil {
		t.quiet()
		return func() error { return err }
	}
	return t.wait
}

// slowAfter is when somebody who tapped, and looks at an answer that is on its way, hears that it takes long: a person is
// told within three seconds.
const slowAfter = 2400 * time.Millisecond

// tellSlow says that the store takes its time. What becomes of the turn is said later, whatever it is. It runs beside the
// turn, of which it may only read the update.
func (p *platform) tellSlow(t *turn) {
	lang := t.knownLanguage()
	if broken := guard(func() { p.toast(t.u.Tap, p.hub.Talk.Trouble(commands.StoreSlow, lang), lang) }); broken != nil {
		p.hub.Log.Error("a slow store was not told of", "platform", p.name, "cause", t.u.Cause, "err", broken)
	}
}

// knownLanguage is what the sender reads as far as that is known without the store. It may be asked for beside the turn.
func (t *turn) knownLanguage() string {
	lang := firstOf(t.u.From.Lang, t.hub.Lang)
	if person, ok := t.hub.people.byAccount.get(store.Account{Platform: t.p.name, User: t.u.From.ID}); ok {
		lang = firstOf(person.Lang, lang)
	}
	return lang
}

// quiet ends the wait for tellSlow.
func (t *turn) quiet() {
	if t.slow != nil {
		t.slow.Stop()
	}
}

func (t *turn) wait() error {
	t.durable.Wait()
	return t.failed
}

// String names the kind for metrics.
func (k UpdateKind) String() string {
	switch k {
	case Said:
		return "said"
	case Tapped:
		return "tapped"
	case Added:
		return "added"
	case Removed:
		return "removed"
	case Moved:
		return "moved"
	case Reachable:
		return "reachable"
	}
	return "unknown"
}

// waits says whether the turn has to see what the turns before it have written: all but a tap that belongs to no
// half-done conversation.
func (t *turn) waits() bool {
	return t.u.Kind != Tapped || t.u.Private || strings.HasPrefix(t.u.Data, selfPrefix) || t.hub.Talk.UsesSession(t.u.Data)
}

// begin routes a turn. It runs on the lane's goroutine.
func (h *Hub) begin(t *turn) {
	var err error
	if broken := guard(func() { err = h.route(t) }); broken != nil {
		err = &parkedError{broken}
	}
	if err != nil {
		t.fail(err)
	}
}

func (h *Hub) route(t *turn) error {
	if t.tooMuch {
		t.in.Lang = t.u.From.Lang
		t.trouble = commands.Flooding
		t.finish()
		return nil
	}
	switch t.u.Kind {
	case Said, Tapped:
		return h.hear(t)
	case Added, Removed, Moved, Reachable:
		return h.arrive(t)
	}
	t.finish()
	return nil
}

// settled hears from the room. Most turns need nothing more than their answer; what needs the store or the platform
// goes on elsewhere, so that the room does not wait.
func (t *turn) settled(*request) {
	if t.err == nil && !t.missing && !t.former && t.outcome.Need == commands.NeedNothing && len(t.outcome.Effects) == 0 && t.sessionChange() == nil && !t.joins() {
		t.finish()
		return
	}
	go func() {
		var err error
		if broken := guard(func() { err = t.hub.conclude(t) }); broken != nil {
			err = &parkedError{broken}
		}
		if err != nil {
			t.fail(err)
		}
	}()
}

// finish confirms the turn and has it answered.
func (t *turn) finish() {
	t.quiet()
	t.durable.Done()
	t.hub.lanes.landed(t)
	if !t.hasAnswer() {
		t.hub.lanes.leave()
		return
	}
	t.p.answers <- t // has room for every turn in hand
}

func (t *turn) hasAnswer() bool {
	return t.u.Kind == Tapped || t.u.Tap.ID != "" || len(t.replies) > 0 || t.trouble != ""
}

// fail leaves the update unconfirmed: it must come again. What is only one cluster's trouble is parked and confirmed.
func (t *turn) fail(err error) {
	h := t.hub
	t.quiet()
	var parked *parkedError
	if errors.As(err, &parked) {
		h.Metrics.parked()
		h.Log.Error("input parked", "cluster", t.cluster, "cause", t.u.Cause, "err", err)
		if err = h.Store.Park(h.ctx, store.Parked{Cause: t.u.Cause, Cluster: t.cluster, At: h.clock.Now(), Reason: parked.Error()}); err == nil {
			t.replies, t.trouble = nil, commands.JournalFault
			t.finish()
			return
		}
	}
	h.Log.Warn("input not stored", "platform", t.p.name, "cluster", t.cluster, "cause", t.u.Cause, "err", err)
	t.failed = err
	t.replies = nil
	t.in.Lang = firstOf(t.in.Lang, t.knownLanguage())
	h.flood.caughtOut()
	if t.addressed() {
		if _, told := h.told.get(t.u.Cause); !told {
			h.told.put(t.u.Cause, true)
			t.trouble = commands.StoreDown
		}
	}
	t.durable.Done()
	h.lanes.landed(t)
	if t.trouble == "" {
		h.lanes.leave()
		return
	}
	t.p.answers <- t
}

// addressed says whether the person surely spoke to the bot.
func (t *turn) addressed() bool {
	return t.u.Kind == Tapped || t.u.Kind == Said && (t.u.Private || strings.HasPrefix(t.u.Text, "/"))
}

// language is what the person reads.
func (t *turn) language() string {
	for _, lang := range []string{t.in.Lang, t.request.lang} {
		if lang != "" {
			return lang
		}
	}
	return t.hub.Lang
}
