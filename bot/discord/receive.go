package discord

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"
	"github.com/cenkalti/backoff/v5"

	"klaster/bot"
)

// maxQueued is how many updates wait for the Sink. Beyond it, interactions are dropped: nobody waits for their answer
// longer than three seconds.
const maxQueued = 4096

// receiver is one run of Receive.
type receiver struct {
	*Bot
	ctx    context.Context
	to     bot.Sink
	delays *backoff.ExponentialBackOff
	link   *session  // only Receive's goroutine uses it
	last   time.Time // when the last session was begun
	queue  *backlog
	asking chan struct{} // suggestions under way
	work   sync.WaitGroup
	gate   sync.Mutex // held while an event is handled
	ended  bool       // no more events
}

// Receive implements bot.Connector.
func (b *Bot) Receive(ctx context.Context, to bot.Sink) error {
	ctx, cancel := context.WithCancel(ctx)
	r := &receiver{
		Bot: b, ctx: ctx, to: to, delays: delays(time.Second, 2*time.Minute), queue: newBacklog(),
		asking: make(chan struct{}, suggestAtATime),
	}
	r.setHealth(errors.New("discord: connecting"))
	var handing sync.WaitGroup
	handing.Go(r.handOver)
	r.work.Go(func() { b.keepMenu(ctx) })
	err := r.stay(ctx)
	r.drop()
	r.gate.Lock()
	r.ended = true
	r.gate.Unlock()
	cancel()
	r.work.Wait()
	r.queue.end()
	handing.Wait()
	b.rest.transport.CloseIdleConnections()
	if err == nil {
		b.setHealth(errNotReceiving)
		return nil
	}
	b.setHealth(err)
	return err
}

// handOver gives the updates to the Sink in their order. Discord sends nothing twice, so there is nothing to confirm:
// who could not be served has been told so by the bot.
func (r *receiver) handOver() {
	waits := make(chan func() error, maxQueued)
	var waiting sync.WaitGroup
	waiting.Go(func() {
		for wait := range waits {
			if err := wait(); err != nil {
				r.log.Warn("discord: an input could not be stored", "error", err)
			}
		}
	})
	for {
		u, ok := r.queue.take()
		if !ok {
			break
		}
		r.counts.accepted.Add(1)
		waits <- r.to.Accept(r.ctx, u)
	}
	close(waits)
	waiting.Wait()
}

// handle is called by discordgo for every event, in order. It must not wait: the next thing to be read may be the
// acknowledgement of a heartbeat.
func (r *receiver) handle(of *session, e *discordgo.Event) {
	r.gate.Lock()
	defer r.gate.Unlock()
	if r.ended {
		return
	}
	defer func() {
		if broken := recover(); broken != nil {
			r.counts.broken.Add(1)
			r.log.Error("discord: an event could not be handled", "event", e.Type)
		}
	}()
	switch e.Type {
	case "READY":
		r.ready(of, e.RawData)
	case "RESUMED":
		r.counts.resumed.Add(1)
		r.connected()
	case "INTERACTION_CREATE":
		r.interacted(e.RawData)
	case "MESSAGE_CREATE":
		r.wrote(e.RawData)
	case "GUILD_CREATE":
		r.guildCame(e.RawData)
	case "GUILD_DELETE":
		r.guildWent(e.RawData)
	case "CHANNEL_CREATE", "CHANNEL_UPDATE":
		if c, ok := decode[channel](r, e); ok {
			r.guilds.put(&c)
		}
	case "CHANNEL_DELETE", "THREAD_DELETE":
		r.channelWent(e)
	}
}

func decode[T any](r *receiver, e *discordgo.Event) (out T, ok bool) {
	if err := json.Unmarshal(e.RawData, &out); err != nil {
		r.unreadable(e.Type)
		return out, false
	}
	return out, true
}

func (r *receiver) unreadable(event string) {
	r.counts.broken.Add(1)
	r.log.Warn("discord: an event cannot be read and is skipped", "event", event)
}

func (r *receiver) connected() {
	r.delays.Reset()
	r.setHealth(nil)
	r.drain.Do(func() { close(r.drained) })
}

func (r *receiver) ready(of *session, raw []byte) {
	var in ready
	if err := json.Unmarshal(raw, &in); err != nil {
		r.unreadable("READY")
		of.begun("")
		r.connected()
		return
	}
	ids := make([]string, len(in.Guilds))
	for i, g := range in.Guilds {
		ids[i] = g.ID
	}
	lost := r.guilds.begin(ids)
	of.begun(in.Resume)
	r.counts.sessions.Add(1)
	r.log.Info("discord: connected", "account", r.Account(), "guilds", len(ids))
	r.connected()
	for _, id := range lost {
		r.queue.put(r.went(r.guilds.leave(id), "lost:"+id+":"+strconv.FormatInt(r.now().UnixNano(), 36))...)
	}
}

// interacted takes an interaction in: the time to answer it begins now.
func (r *receiver) interacted(raw []byte) {
	i, ok := read(raw)
	if !ok {
		r.unreadable("INTERACTION_CREATE")
		return
	}
	if i.Type == discordgo.InteractionApplicationCommandAutocomplete {
		select {
		case r.asking <- struct{}{}:
			r.work.Go(func() {
				defer func() { <-r.asking }()
				r.suggest(r.ctx, i, r.to)
			})
		default:
			r.counts.dropped.Add(1)
		}
		return
	}
	u, slow, wanted := r.translate(i)
	if !wanted || r.queue.len() >= maxQueued {
		r.counts.dropped.Add(1)
		return
	}
	t := r.talk(i)
	if !r.begin(t, slow) {
		r.counts.dropped.Add(1)
		return
	}
	if t.direct {
		r.private.heard(t.chat.Chat, u.From.ID)
	} else if r.guilds.reachable(t.chat, i.Guild, i.AppPermissions) {
		r.queue.put(r.back(t.chat, "back:"+i.ID))
	}
	r.queue.put(u)
}

func (r *receiver) guildCame(raw []byte) {
	var in guild
	if err := json.Unmarshal(raw, &in); err != nil || in.ID == "" {
		r.unreadable("GUILD_CREATE")
		return
	}
	if in.Unavailable { // an outage, not a change
		return
	}
	r.queue.put(r.came(r.guilds.arrive(&in, r.id, r.now()), "came:"+in.ID+":"+in.JoinedAt)...)
}

func (r *receiver) guildWent(raw []byte) {
	var in guild
	if err := json.Unmarshal(raw, &in); err != nil || in.ID == "" {
		r.unreadable("GUILD_DELETE")
		return
	}
	if in.Unavailable {
		r.log.Info("discord: a guild is away for an outage", "guild", in.ID)
		return
	}
	r.queue.put(r.went(r.guilds.leave(in.ID), "went:"+in.ID+":"+strconv.FormatInt(r.now().UnixNano(), 36))...)
}

func (r *receiver) channelWent(e *discordgo.Event) {
	c, ok := decode[channel](r, e)
	if !ok || !snowflake(c.ID) {
		return
	}
	chat := ofChannel(&c)
	r.guilds.drop(&c)
	r.queue.put(r.went(one(chat), "gone")...)
}
