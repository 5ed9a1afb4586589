package discord

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"klaster/bot"
	"klaster/bot/discord/discordtest"
)

// Case 35: an outage is no leave. Being thrown out is: it is said of every channel, and of those in use when the bot
// returns.
func TestEdge35OutageAndLeave(t *testing.T) {
	t.Parallel()
	s := running(t)
	other := s.AddChannel(s.guild, "lain")
	thread := s.AddThread(s.channel, "rapat")
	s.slash(s.channel, s.ani, "issue")
	s.slash(thread, s.ani, "issue")
	s.Outage(s.guild)
	s.Recover(s.guild)
	_, u := s.slash(s.channel, s.ani, "issue")
	if u.Kind != bot.Said {
		t.Fatalf("an outage came as %+v", u)
	}

	s.Kick(s.guild)
	seen := map[string]bool{}
	for range 3 { // two channels and the thread
		u := s.inbox.next(t)
		if u.Kind != bot.Removed || !u.Anonymous {
			t.Errorf("being thrown out came as %+v", u)
		}
		seen[u.Chat.Chat+"/"+u.Chat.Thread] = true
	}
	if !seen[s.channel+"/"] || !seen[other+"/"] || !seen[s.channel+"/"+thread] {
		t.Errorf("removed from %v", seen)
	}
	s.Invite(s.guild)
	seen = map[string]bool{}
	for range 2 {
		u := s.inbox.next(t)
		if u.Kind != bot.Added {
			t.Errorf("the return came as %+v", u)
		}
		seen[u.Chat.Chat+"/"+u.Chat.Thread] = true
	}
	if !seen[s.channel+"/"] || !seen[s.channel+"/"+thread] {
		t.Errorf("back in %v", seen)
	}
	if _, u := s.slash(s.channel, s.ani, "issue"); u.Kind != bot.Said {
		t.Errorf("something else came: %+v", u)
	}
}

// A guild that was joined while the bot ran is greeted once, where it may write; those the gateway lists are not.
func TestJoin(t *testing.T) {
	t.Parallel()
	s := running(t)
	s.AddGuild("Baru", discordtest.WithMembers(s.ani), discordtest.WithoutBot())
	fresh := s.AddGuild("Kedua", discordtest.WithMembers(s.ani), discordtest.WithoutBot())
	first := s.AddChannel(fresh, "umum")
	s.Invite(fresh)
	u := s.inbox.next(t)
	if u.Kind != bot.Added || u.Chat.Chat == "" || u.Private {
		t.Errorf("the new guild came as %+v", u)
	}
	s.DeleteChannel(first)
	if u := s.inbox.next(t); u.Kind != bot.Removed || u.Chat != ref(first) {
		t.Errorf("a deleted channel came as %+v", u)
	}
	// The first channel is not for the bot: the next is taken.
	closed := s.AddGuild("Tertutup", discordtest.WithMembers(s.ani), discordtest.WithoutBot())
	s.Forbid(s.AddChannel(closed, "pengumuman"), discordtest.SendMessages)
	open := s.AddChannel(closed, "terbuka")
	s.Invite(closed)
	if u := s.inbox.next(t); u.Kind != bot.Added || u.Chat != ref(open) {
		t.Errorf("greeted in %+v, want %s", u, open)
	}
}

// Case 36: the bot may not write in a channel. Answers still go through; a card does not, once; it may again when the
// rights are back.
func TestEdge36NoRights(t *testing.T) {
	t.Parallel()
	for name, right := range map[string]discordtest.Permission{"50013": discordtest.SendMessages, "50001": discordtest.ViewChannel} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := running(t)
			s.Forbid(s.channel, right)
			card := words("Papan")
			card.Card = "board"
			_, err := s.bot.Post(t.Context(), ref(s.channel), card)
			kind(t, err, bot.Unreachable)
			if n := s.Calls(discordtest.RouteCreateMessage); n != 1 {
				t.Errorf("%d tries", n)
			}
			id, u := s.slash(s.channel, s.ani, "issue")
			s.post(u.Chat, answering(u, "jawaban"))
			if r := s.settled(id); r.Message.Content != "jawaban" {
				t.Errorf("answered with %+v", r)
			}
			if n := len(s.inbox.back); n != 0 {
				t.Errorf("%d chats can be written in, it is said", n)
			}
			s.Permit(s.channel, right)
			for range 2 { // said once
				if _, u := s.slash(s.channel, s.ani, "issue"); u.Kind != bot.Said {
					t.Errorf("the rights are back, and what came is %+v", u)
				}
			}
			if u := <-s.inbox.back; u.Kind != bot.Reachable || u.Private || u.Chat != ref(s.channel) || len(s.inbox.back) != 0 {
				t.Errorf("the rights are back, and what came is %+v and %d more", u, len(s.inbox.back))
			}
		})
	}
}

// Case 37: limits and failures of the interface. Only what they are about waits, and nothing is tried in a hurry.
func TestEdge37Limits(t *testing.T) {
	t.Parallel()
	s := running(t)
	other := s.AddChannel(s.guild, "lain")
	s.FailNext(discordtest.RouteCreateMessage, discordtest.Fault{Status: 429, RetryAfter: 7, Channel: s.channel})
	_, err := s.bot.Post(t.Context(), ref(s.channel), words("a"))
	if e := kind(t, err, bot.RateLimited); e.After != 7*time.Second {
		t.Errorf("after %s", e.After)
	}
	_, err = s.bot.Post(t.Context(), ref(s.channel), words("a"))
	kind(t, err, bot.RateLimited)
	if n := s.Calls(discordtest.RouteCreateMessage); n != 1 {
		t.Errorf("the channel was tried %d times within its pause", n)
	}
	s.post(ref(other), words("b"))
	s.clock.pass(8 * time.Second)
	s.post(ref(s.channel), words("a"))

	s.FailNext(discordtest.RouteCreateMessage, discordtest.Fault{Status: 429, RetryAfter: 4, Scope: "global"})
	_, err = s.bot.Post(t.Context(), ref(s.channel), words("a"))
	kind(t, err, bot.RateLimited)
	_, err = s.bot.Post(t.Context(), ref(other), words("a"))
	kind(t, err, bot.RateLimited)
	id, u := s.slash(s.channel, s.ani, "issue") // interactions are exempt
	s.post(u.Chat, answering(u, "c"))
	s.settled(id)
	s.clock.pass(5 * time.Second)

	s.FailNext(discordtest.RouteCreateMessage, discordtest.Fault{Status: 429, Body: "<html>error code: 1015</html>"})
	_, err = s.bot.Post(t.Context(), ref(s.channel), words("a"))
	kind(t, err, bot.RateLimited)
	s.clock.pass(2 * time.Hour)
	for _, f := range []discordtest.Fault{{Status: 500}, {Status: 502, Body: "<html>Bad Gateway</html>"}, {Reset: true}} {
		before := s.Calls(discordtest.RouteCreateMessage)
		s.FailNext(discordtest.RouteCreateMessage, f)
		_, err = s.bot.Post(t.Context(), ref(s.channel), words("a"))
		kind(t, err, bot.Transient)
		if n := s.Calls(discordtest.RouteCreateMessage) - before; n > 1 {
			t.Errorf("%+v was tried %d times", f, n)
		}
	}
	s.FailNext(discordtest.RouteCreateMessage, discordtest.Fault{Status: 401})
	_, err = s.bot.Post(t.Context(), ref(s.channel), words("a"))
	kind(t, err, bot.Misconfigured)
}

// Long before Discord shuts the address out, no more requests are made, and that is seen.
func TestInvalidRequests(t *testing.T) {
	t.Parallel()
	s := running(t)
	for range invalidMost {
		s.bot.rest.invalid.count(&apiError{status: 403}, s.clock.now())
	}
	s.bot.rest.invalid.count(&apiError{status: 404}, s.clock.now())
	before := s.Calls(discordtest.AnyRoute)
	_, err := s.bot.Post(t.Context(), ref(s.channel), words("a"))
	kind(t, err, bot.Misconfigured)
	if n := s.Calls(discordtest.AnyRoute); n != before {
		t.Errorf("%d requests more", n-before)
	}
	if err := s.bot.Health(); !errors.Is(err, errTooManyInvalid) {
		t.Errorf("health: %v", err)
	}
	s.clock.pass(11 * time.Minute)
	s.post(ref(s.channel), words("a"))
	if err := s.bot.Health(); err != nil {
		t.Errorf("health: %v", err)
	}
	var i invalid
	now := s.clock.now()
	i.count(&apiError{status: 429, shared: true}, now)
	i.count(&apiError{status: 500}, now)
	if n := i.sum(now); n != 0 {
		t.Errorf("%d counted that do not count", n)
	}
	i.count(&apiError{status: 429}, now)
	i.count(&apiError{status: 401}, now.Add(9*time.Minute))
	if n := i.sum(now.Add(9 * time.Minute)); n != 2 {
		t.Errorf("%d counted, want 2", n)
	}
}

// Case 37, the gateway: it goes on with its session after op 7, a dropped connection and a close; events that come twice
// do no harm; after op 9 a new session begins, and not at once.
func TestEdge37Gateway(t *testing.T) {
	t.Parallel()
	s := running(t)
	disturb := func(name string, do func(), resumed, sessions int64) {
		t.Helper()
		do()
		s.until(func(w *discordtest.World) bool {
			return s.bot.Counts().Resumed == resumed && s.bot.Counts().Sessions == sessions && w.Gateway().Connected == 1
		})
		if _, u := s.slash(s.channel, s.ani, "issue"); u.Kind != bot.Said {
			t.Errorf("after %s came %+v", name, u)
		}
	}
	disturb("op 7", s.RequestReconnect, 1, 1)
	disturb("a lost connection", s.DropGateway, 2, 1)
	s.RepeatEvents(3)
	disturb("a close with 4000", func() { s.CloseGateway(4000) }, 3, 1)
	disturb("op 9, resumable", func() { s.InvalidateSessions(true) }, 3, 2)
	disturb("op 9", func() { s.InvalidateSessions(false) }, 3, 3)
	disturb("a forgotten session", func() { s.ForgetSessions(); s.DropGateway() }, 3, 4)
	disturb("a close with 4009", func() { s.RefuseNext(4009); s.DropGateway() }, 3, 5)
	slow := 0
	for _, d := range s.pauses.list() {
		if d >= time.Second && d <= 5*time.Second {
			slow++
		}
	}
	if slow < 3 {
		t.Errorf("sessions were begun anew without a pause: %v", s.pauses.list())
	}
	if err := s.bot.Health(); err != nil {
		t.Errorf("health: %v", err)
	}
}

// Case 37: a gateway that says nothing is left after a while, and the session goes on.
func TestEdge37SilentGateway(t *testing.T) {
	t.Parallel()
	s := newTheatre(t, func(o *Options) { o.Silence = time.Second }, discordtest.WithHeartbeat(200*time.Millisecond)).receive()
	s.Silence()
	s.until(func(*discordtest.World) bool { return s.bot.Counts().Resumed >= 1 })
	if _, u := s.slash(s.channel, s.ani, "issue"); u.Kind != bot.Said {
		t.Errorf("then came %+v", u)
	}
}

// What cannot heal ends Receive with a reason; what can does not.
func TestGatewayRefusals(t *testing.T) {
	t.Parallel()
	for code, says := range map[int]string{4004: "token", 4014: "developer portal", 4011: "sharded"} {
		s := newTheatre(t, nil)
		s.RefuseNext(code)
		s.start()
		err := s.over()
		if s.stop = nil; err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), canary) {
			t.Errorf("%d ended with %v", code, err)
		}
		if s.bot.Health() == nil {
			t.Error("healthy after the end")
		}
	}
	s := newTheatre(t, nil, discordtest.WithToken(testToken+"x"))
	s.start()
	err := s.over()
	if s.stop = nil; err == nil || !strings.Contains(err.Error(), "token") || strings.Contains(err.Error(), canary) {
		t.Errorf("a wrong token ended with %v", err)
	}
	if n := s.Gateway().Connections; n != 0 {
		t.Errorf("%d connections with a wrong token", n)
	}
}

// With no session start left, none is made: the bot waits and says why.
func TestNoSessionStarts(t *testing.T) {
	t.Parallel()
	waits := make(chan time.Duration, 100)
	s := newTheatre(t, nil, discordtest.WithSessionStarts(0, 1))
	s.bot.pause = func(ctx context.Context, d time.Duration) error {
		waits <- d
		<-ctx.Done()
		return ctx.Err()
	}
	s.start()
	select {
	case d := <-waits:
		if d < time.Hour {
			t.Errorf("waits %s only", d)
		}
	case <-time.After(patience):
		t.Fatal("does not wait")
	}
	if err := s.bot.Health(); err == nil || !strings.Contains(err.Error(), "session") {
		t.Errorf("health: %v", err)
	}
	if n := s.Gateway().Connections; n != 0 {
		t.Errorf("%d connections", n)
	}
}

// What happened to guilds while the bot was away is seen when a new session begins.
func TestGuildsChangedMeanwhile(t *testing.T) {
	t.Parallel()
	s := running(t)
	s.slash(s.channel, s.ani, "issue")
	s.ForgetSessions()
	s.Kick(s.guild)
	s.DropGateway()
	if u := s.inbox.next(t); u.Kind != bot.Removed || u.Chat != ref(s.channel) {
		t.Errorf("being thrown out meanwhile came as %+v", u)
	}
	s.until(func(w *discordtest.World) bool { return w.Gateway().Connected == 1 })
	s.ForgetSessions()
	s.Invite(s.guild)
	s.DropGateway()
	if u := s.inbox.next(t); u.Kind != bot.Added || u.Chat != ref(s.channel) {
		t.Errorf("the return meanwhile came as %+v", u)
	}
	s.until(func(w *discordtest.World) bool { return w.Gateway().Connected == 1 })
	s.ForgetSessions()
	s.DropGateway()
	s.until(func(*discordtest.World) bool { return s.bot.Counts().Sessions == 4 })
	if _, u := s.slash(s.channel, s.ani, "issue"); u.Kind != bot.Said {
		t.Errorf("a new session without news brought %+v", u)
	}
}
