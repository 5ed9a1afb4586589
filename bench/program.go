package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"klaster/bot"
	"klaster/bot/discord"
	"klaster/bot/discord/discordtest"
	"klaster/bot/telegram"
	"klaster/bot/telegram/telegramtest"
	"klaster/commands"
	"klaster/domain"
	"klaster/scheduler"
	"klaster/store/redisstore"
)

// build makes the program as it is delivered, unless there is one already, and returns its size.
func (b *bench) build(ctx context.Context) (float64, error) {
	if b.binary != "" {
		return b.size()
	}
	b.say("building the program")
	b.binary = filepath.Join(b.dir, "klaster")
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", b.binary, "klaster/cmd/klaster")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	cmd.Stdout, cmd.Stderr = os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return 0, fmt.Errorf("the program does not build: %w", err)
	}
	return b.size()
}

func (b *bench) size() (float64, error) {
	info, err := os.Stat(b.binary)
	if err != nil {
		return 0, err
	}
	return float64(info.Size()), nil
}

// token is the secret of the fake's bot account; discordToken is that of the other fake's.
const (
	token        = "123456789:BENCHbench0123456789_benchBENCH"
	discordToken = "MTAwMDAwMDAwMDAwMDAwMDAwMA.Gbench.BENCHbench0123456789_benchBENCHbench01"
)

// door is a platform to connect to: as the program's settings, and as a part of this process.
type door struct {
	settings  []string
	connector func() (bot.Connector, error)
}

func telegramDoor(fake *telegramtest.Server) door {
	return door{[]string{"KLASTER_TELEGRAM_TOKEN=" + token, "KLASTER_TELEGRAM_API=" + fake.URL()}, func() (bot.Connector, error) {
		return telegram.New(telegram.Options{Token: token, API: fake.URL()})
	}}
}

func discordDoor(fake *discordtest.Server) door {
	api := fake.URL() + "/api"
	return door{[]string{"KLASTER_DISCORD_TOKEN=" + discordToken, "KLASTER_DISCORD_API=" + api}, func() (bot.Connector, error) {
		return discord.New(discord.Options{Token: discordToken, API: api})
	}}
}

// bound is a running bot and how to end it.
type bound struct{ stop func() error }

// startBot starts the program on a store, connected to a fake.
func (b *bench) startBot(ctx context.Context, store string, to door) (*bound, error) {
	if b.inside {
		return startInside(ctx, store, to)
	}
	log, err := os.Create(filepath.Join(b.dir, "klaster.log"))
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(b.binary) //nolint:noctx // it is asked to end before it is killed
	cmd.Dir = b.dir
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.dir, "KLASTER_HTTP=127.0.0.1:0", "KLASTER_STORE=" + store}, to.settings...)
	cmd.Stdout, cmd.Stderr = log, log
	endWithParent(cmd)
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	ended := make(chan error, 1)
	go func() {
		ended <- cmd.Wait()
		_ = log.Close()
	}()
	return &bound{func() error {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		select {
		case err := <-ended:
			return err
		case <-time.After(15 * time.Second):
			_ = cmd.Process.Kill()
			return errors.Join(errors.New("the program did not end when asked to"), <-ended)
		}
	}}, nil
}

// startInside runs the parts of the program in this process, so that a profile sees them.
func startInside(ctx context.Context, url string, to door) (*bound, error) {
	s, err := redisstore.Open(ctx, url, redisstore.Options{})
	if err != nil {
		return nil, err
	}
	talk, err := commands.New(zone)
	if err != nil {
		return nil, err
	}
	account, err := to.connector()
	if err != nil {
		return nil, err
	}
	var clock *scheduler.Scheduler
	hub, err := bot.NewHub(bot.Config{
		Store: s, Talk: talk, Connectors: []bot.Connector{account}, Owner: "bench", Zones: zone,
		Log: logger(), DueHint: func(at time.Time) { clock.Hint(at) },
	})
	if err != nil {
		return nil, err
	}
	clock = scheduler.New(scheduler.Config{Index: s, Clock: s, Waker: hub, Log: logger()})
	if err := hub.Start(ctx); err != nil {
		return nil, err
	}
	clock.Start()
	return &bound{func() error {
		clock.Stop()
		hub.Stop()
		return s.Close()
	}}, nil
}

func logger() *slog.Logger {
	return slog.New(slog.DiscardHandler)
}

func zone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

// awaitPoll waits until the bot has connected and found that nothing waits for it.
func awaitPoll(ctx context.Context, fake *telegramtest.Server) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	return fake.WaitFor(ctx, func(w *telegramtest.World) bool { return w.Polling() })
}

// awaitBallot waits for the card of an open proposal and returns its message and the data of two positions.
func awaitBallot(ctx context.Context, fake *telegramtest.Server, group int64) (message int, data [2]string, err error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	err = fake.WaitFor(ctx, func(w *telegramtest.World) bool {
		for _, m := range w.Messages(group) {
			found := 0
			for _, line := range m.Buttons {
				for _, button := range line {
					if found < len(data) && strings.HasPrefix(button.Data, "v:") && !strings.HasSuffix(button.Data, ":o") {
						data[found] = button.Data
						found++
					}
				}
			}
			if message = m.ID; found == len(data) {
				return true
			}
		}
		return false
	})
	if err != nil {
		return 0, data, fmt.Errorf("no ballot card: %w", err)
	}
	return message, data, nil
}

const platform = telegram.Platform

func chatOf(id int64) domain.ChatRef { return domain.ChatRef{Platform: platform, Chat: fmt.Sprint(id)} }
