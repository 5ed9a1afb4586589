package discord

import (
	"testing"
	"time"

	"klaster/bot"
	"klaster/bot/discord/discordtest"
)

// A gateway that takes the connection and says nothing is given up after a while, and tried again until it greets.
func TestGatewayWithoutHello(t *testing.T) {
	t.Parallel()
	s := newTheatre(t, func(o *Options) { o.Opening = 100 * time.Millisecond })
	s.HoldHello(true)
	s.start()
	s.until(func(w *discordtest.World) bool { return w.Gateway().Connections >= 3 })
	if s.bot.Health() == nil {
		t.Error("healthy without a session")
	}
	s.HoldHello(false)
	s.until(func(w *discordtest.World) bool { return w.Gateway().Connected == 1 })
	if u := s.inbox.next(t); u.Kind != bot.Added { // the guild was made a moment ago
		t.Errorf("the new guild came as %+v", u)
	}
}

// Discord takes the first response and does not say so: it is made again while there is time.
func TestFirstResponseHangs(t *testing.T) {
	t.Parallel()
	s := newTheatre(t, func(o *Options) { o.Defer, o.Pause = 0, nil }).receive()
	s.FailNext(discordtest.RouteRespond, discordtest.Fault{Hang: true})
	began := time.Now()
	id, _ := s.slash(s.channel, s.ani, "me")
	if r := s.responded(id); r.Type != 5 {
		t.Errorf("acknowledged with %+v", r)
	}
	if d := time.Since(began); d > 3*time.Second {
		t.Errorf("acknowledged after %s", d)
	}
}
