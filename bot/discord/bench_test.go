package discord

import (
	"context"
	"testing"

	"klaster/bot"
	"klaster/bot/discord/discordtest"
)

// echo answers every input at once.
type echo struct{ bot *Bot }

func (e *echo) Accept(ctx context.Context, u bot.Update) func() error {
	go func() { _ = e.bot.Answer(context.WithoutCancel(ctx), u.Tap, "Tercatat") }()
	return func() error { return nil }
}

// The way of an interaction through the adapter and back, from the gateway to the first response.
func BenchmarkInteraction(b *testing.B) {
	s := discordtest.New(discordtest.WithToken(testToken), discordtest.WithoutChecks())
	defer s.Close()
	ani := s.AddUser(discordtest.User{Name: "Ani", Locale: "id"})
	channel := s.AddChannel(s.AddGuild("Rotan", discordtest.WithMembers(ani)), "klaster")
	d, err := New(Options{Token: testToken, API: s.URL() + "/api"})
	if err != nil {
		b.Fatal(err)
	}
	_ = d.PublishMenu(b.Context(), sampleMenu())
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- d.Receive(ctx, &echo{d}) }()
	defer func() {
		cancel()
		<-ended
		d.rest.transport.CloseIdleConnections()
	}()
	if err := s.WaitFor(ctx, func(w *discordtest.World) bool { return w.Gateway().Connected == 1 && len(w.Commands("")) > 0 }); err != nil {
		b.Fatal(err)
	}
	const inFlight = 8
	s.ResetLatencies()
	b.ReportAllocs()
	b.ResetTimer()
	for n := range b.N {
		if _, err := s.Slash(channel, ani, "me"); err != nil {
			b.Fatal(err)
		}
		if n >= inFlight {
			if err := s.WaitResponded(ctx, n-inFlight+1); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := s.WaitResponded(ctx, b.N); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	l := s.Latencies()
	b.ReportMetric(float64(l.P99.Microseconds()), "p99-us")
}
