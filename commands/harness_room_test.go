package commands_test

import (
	"crypto/sha256"
	"fmt"
	"time"

	"klaster/commands"
	"klaster/domain"
)

// hear runs one input the way a room does: look up what is needed, append, answer, bring the cards up to date.
func (b *bot) hear(p *person, in commands.Input, tapped *message) {
	b.t.Helper()
	b.inputs++
	in.Cause = fmt.Sprintf("web:%d", b.inputs)
	in.At, in.By, in.Lang, in.CanPrivate = b.now, p.id, p.lang, p.reachable
	in.Seed = sha256.Sum256([]byte(in.Cause))
	in.Chat, in.Durability, in.Blanks = group, b.durability, b.blanks
	if in.Private {
		in.Chat = domain.ChatRef{Platform: "web", Chat: string(p.id)}
	}
	at := place{p.id, in.Private}
	if in.Tap == "" || b.c.UsesSession(in.Tap) {
		if k, ok := b.sessions[at]; ok && !b.now.Before(k.until) {
			in.Expired = true
			delete(b.sessions, at)
		} else if ok {
			in.Session = k.blob
		}
	}
	handle := func() commands.Outcome {
		if b.s == nil {
			return b.c.Lobby(in)
		}
		return b.c.Handle(b.s, in)
	}
	out := handle()
	if out.Need == commands.NeedChatAdmin {
		in.ChatAdmin = commands.No
		if p.admin {
			in.ChatAdmin = commands.Yes
		}
		out = handle()
	}
	if out.Need == commands.NeedElsewhere {
		in.Elsewhere = commands.No
		if k, ok := b.sessions[place{p.id, !in.Private}]; ok && b.now.Before(k.until) {
			in.Elsewhere = commands.Yes
		}
		out = handle()
	}
	for _, e := range out.Effects {
		switch e.(type) {
		case commands.MintCode:
			in.Code = "KODE7SEKALIPAKAI"
		case commands.RedeemCode, commands.UnlinkAccount:
			in.Redeemed, in.Minter, in.Code = b.redeemed, "P1", "KODE7SEKALIPAKAI"
		default:
			continue
		}
		out = handle()
	}
	if out.Need == commands.NeedHistory {
		in.History = out.History.Page(b.newestFirst)
		out = handle()
	}
	events, replies := out.Events, out.Replies
	for _, e := range out.Effects {
		switch e := e.(type) {
		case commands.FoundCluster:
			b.s = domain.NewState(e.ID, zones)
			events = e.Events
		case commands.SetLanguage:
			p.lang, in.Lang = e.Lang, e.Lang
		case commands.ForgetMe:
			b.write("    (data %s dihapus)", p.name)
		}
	}
	if len(events) > 0 {
		commit := b.append(in.By, in.Cause, events)
		replies = b.c.Answer(b.s, commit, in)
	}
	if out.Session != nil {
		at, blob := place{p.id, in.Private || out.Session.Private}, out.Session.Blob
		switch elsewhere := at.private != in.Private; {
		case len(blob) == 0 && elsewhere:
		case len(blob) == 0:
			delete(b.sessions, at)
		default:
			if k, waits := b.sessions[at]; waits && elsewhere {
				blob = b.c.Interrupt(blob, k.blob)
			}
			b.sessions[at] = kept{blob, out.Session.Until}
		}
	}
	if len(replies) == 0 {
		b.write("    (tidak ada jawaban)")
	}
	for _, r := range replies {
		b.deliver(p, in, r, tapped)
	}
	b.cards()
}

// do gives a command of the domain without a conversation.
func (b *bot) do(p *person, cmd domain.Command) {
	b.t.Helper()
	s := b.s
	if s == nil {
		s = domain.NewState("CLUSTER1", zones)
	}
	events, err := domain.Decide(s, b.now, domain.By{Person: p.id, ChatAdmin: p.admin}, cmd)
	if err != nil {
		b.t.Fatalf("%T by %s: %v", cmd, p.name, err)
	}
	b.s = s
	if len(events) > 0 {
		b.inputs++
		b.append(p.id, fmt.Sprintf("web:%d", b.inputs), events)
		b.cards()
	}
}

// append stores a commit and reads it back, so that nothing hides in memory, and folds what was read.
func (b *bot) append(by domain.PersonID, cause string, events []domain.Event) domain.Commit {
	b.t.Helper()
	record, texts, err := domain.Encode([]domain.Commit{{At: b.now.UTC(), By: by, Cause: cause, Events: events}})
	if err != nil {
		b.t.Fatal(err)
	}
	read, err := domain.Decode(record, texts)
	if err != nil {
		b.t.Fatal(err)
	}
	b.head = b.head.Next([]byte(cause))
	commit := domain.Fold(b.s, read, b.head)[0]
	b.journal = append(b.journal, commit)
	return commit
}

// newestFirst walks the journal backwards, as the bot does for a page of history.
func (b *bot) newestFirst(yield func(domain.Commit) bool) {
	for i := len(b.journal) - 1; i >= 0; i-- {
		if !yield(b.journal[i]) {
			return
		}
	}
}

// wait lets time pass; timers fire when they are due.
func (b *bot) wait(d time.Duration) { b.until(b.now.Add(d)) }

// until lets time pass to a moment.
func (b *bot) until(target time.Time) {
	b.t.Helper()
	for range 1000 {
		due, ok := b.s.NextDue()
		if !ok || due.After(target) {
			b.now = target
			b.cards()
			return
		}
		if due.After(b.now) {
			b.now = due.In(b.now.Location())
		}
		events := domain.Fire(b.s, b.now)
		if len(events) == 0 {
			b.t.Fatalf("due at %v, but nothing fires", due)
		}
		b.append("", fmt.Sprintf("timer:%d/%d", b.now.Unix(), b.s.Commits), events)
		b.cards()
	}
	b.t.Fatal("timers fire without end")
}
