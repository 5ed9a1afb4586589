package discord

import (
	"sync"

	"klaster/bot"
)

// backlog is what waits for the Sink, in order. It takes any number, since the gateway's events must never wait, not even
// for a guild with thousands of channels: who puts something in that can be left out asks for its length before.
type backlog struct {
	mu    sync.Mutex
	some  *sync.Cond // there is something, or there will be no more
	list  []bot.Update
	ended bool
}

func newBacklog() *backlog {
	b := &backlog{}
	b.some = sync.NewCond(&b.mu)
	return b
}

// put never waits.
func (b *backlog) put(updates ...bot.Update) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.list = append(b.list, updates...)
	b.some.Signal()
}

// take waits for the oldest; false once all is taken and no more will come.
func (b *backlog) take() (bot.Update, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.list) == 0 {
		if b.ended {
			return bot.Update{}, false
		}
		b.some.Wait()
	}
	u := b.list[0]
	b.list[0] = bot.Update{}
	if b.list = b.list[1:]; len(b.list) == 0 {
		b.list = nil
	}
	return u, true
}

func (b *backlog) len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.list)
}

// end says that nothing more will come.
func (b *backlog) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
	b.some.Broadcast()
}
