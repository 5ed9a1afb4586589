package telegram

import (
	"context"
	"fmt"
	"sync"
	"syscall"
	"testing"
	"time"

	"klaster/bot"
	"klaster/bot/telegram/telegramtest"
)

// answering is a Sink that answers every tap from a pool, as the bot does.
type answering struct {
	bot  *Bot
	taps chan bot.TapRef
}

func (a *answering) Accept(_ context.Context, u bot.Update) func() error {
	if u.Kind == bot.Tapped {
		a.taps <- u.Tap
	}
	return func() error { return nil }
}

func (a *answering) work(ctx context.Context, tb testing.TB) {
	for tap := range a.taps {
		if err := a.bot.Answer(ctx, tap, "Tercatat: PT Rotan Jaya - setuju"); err != nil {
			tb.Error(err)
		}
	}
}

// BenchmarkVotes takes taps from getUpdates to the answered callback. The fake server runs in the same process, so
// ns/op is the cost of both; cpu-us/vote is user and system time of both together.
func BenchmarkVotes(b *testing.B) {
	server := telegramtest.New(telegramtest.WithoutChecks(), telegramtest.WithToken(testToken))
	defer server.Close()
	t, err := New(Options{Token: testToken, API: server.URL()})
	if err != nil {
		b.Fatal(err)
	}
	ann := server.AddUser(telegramtest.User{FirstName: "Ann", Language: "id"})
	server.Start(ann, "")
	group := server.AddGroup("Rotan", telegramtest.WithMembers(ann))
	id, err := t.Post(b.Context(), ref(group), words("Usulan 7: pengadaan rotan bersama sampai akhir tahun"))
	if err != nil {
		b.Fatal(err)
	}
	var message int
	if _, err := fmt.Sscan(id, &message); err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	a := &answering{bot: t, taps: make(chan bot.TapRef, 100)}
	var running sync.WaitGroup
	for range 32 {
		running.Go(func() { a.work(b.Context(), b) })
	}
	presses := make([]telegramtest.Press, b.N)
	for i := range presses {
		presses[i] = telegramtest.Press{Chat: group, Message: message, User: ann, Data: "v1:7:y"}
	}
	server.QueueTaps(presses...)
	before := cpu()
	b.ReportAllocs()
	b.ResetTimer()
	ended := make(chan error, 1)
	go func() { ended <- t.Receive(ctx, a) }()
	if err := server.WaitAnswered(ctx, b.N); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "votes/s")
	b.ReportMetric(float64((cpu()-before).Microseconds())/float64(b.N), "cpu-us/vote")
	cancel()
	if err := <-ended; err != nil {
		b.Error(err)
	}
	close(a.taps)
	running.Wait()
}

// cpu is the time this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func BenchmarkDecodeTap(b *testing.B) {
	t := testBot(b)
	raw := []byte(samples[1])
	b.ReportAllocs()
	for b.Loop() {
		var u update
		if err := decode(raw, &u); err != nil {
			b.Fatal(err)
		}
		if _, ok := t.translate(&u); !ok {
			b.Fatal("dropped")
		}
	}
}
