package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"klaster/bot"
	"klaster/bot/discord"
	"klaster/bot/telegram"
	"klaster/bot/web"
	"klaster/commands"
	"klaster/scheduler"
	"klaster/store"
)

type runCommand struct{}

// run starts everything in order, and stops it in the reverse order when ctx ends.
func (runCommand) run(ctx context.Context, m *Main, c *Config) error {
	wall := &bot.Redactor{}
	c.hide(wall)
	log := c.logger(m.Stderr, wall)

	site := newSite(c, log)
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.HTTP)
	if err != nil {
		return usageError{fmt.Sprintf("KLASTER_HTTP (--http) is %q: %s; accepted: a free address of this machine", c.HTTP, reason(err))}
	}
	server := &http.Server{Handler: site, ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }}
	go func() {
		if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
			log.Error("http stopped", "err", err)
		}
	}()
	defer func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		if server.Shutdown(late) != nil {
			server.Close()
		}
	}()

	s, err := c.awaitStore(ctx, log)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		if errors.Is(err, store.ErrRefused) {
			return usageError{err.Error()}
		}
		return err
	}
	defer s.Close()
	d, err := c.worth(ctx, s)
	if err != nil {
		return err
	}

	p, err := c.assemble(s, site, d.Level, log)
	if err != nil {
		return err
	}
	c.announce(log, listener.Addr(), site, d)
	if err := p.hub.Start(ctx); err != nil {
		return err
	}
	defer p.hub.Stop()
	desk, err := c.openDesk(listener.Addr(), s, p.hub)
	if err != nil {
		return err
	}
	defer desk.close()
	site.open(p.hub, s, desk)
	if m.Listening != nil {
		m.Listening(listener.Addr())
	}
	p.hub.Drained(ctx, backlogPatience)
	p.scheduler.Start()
	defer p.scheduler.Stop()
	<-ctx.Done()
	log.Info("stopping: what is in hand is finished first")
	site.shut()
	return nil
}

// backlogPatience is how long timers wait for what came in while nobody received.
const backlogPatience = 10 * time.Second

// parts are what runs.
type parts struct {
	hub       *bot.Hub
	scheduler *scheduler.Scheduler
}

// assemble connects the parts; nothing runs yet.
func (c *Config) assemble(s store.Store, site *site, worth store.Level, log *slog.Logger) (*parts, error) {
	talk, err := commands.New(zone)
	if err != nil {
		return nil, err
	}
	connectors, err := c.connectors(s, site, log)
	if err != nil {
		return nil, err
	}
	p := &parts{}
	meters := bot.NewMetrics(site.registry)
	p.hub, err = bot.NewHub(bot.Config{
		Store: s, Talk: talk.At(c.TZ), Connectors: connectors, Owner: owner(), Zones: zone, Lang: c.Lang, Log: log, Metrics: meters,
		DueHint:    func(at time.Time) { p.scheduler.Hint(at) },
		Durability: fmt.Sprintf("D%d", worth),
	})
	if err != nil {
		return nil, err
	}
	p.scheduler = scheduler.New(scheduler.Config{Index: s, Clock: s, Waker: p.hub, Log: log, Lagged: meters.DueLag})
	return p, nil
}

// connectors makes one connector per platform. The browser room is served on loopback only: its persons are test
// identities.
func (c *Config) connectors(s store.Store, site *site, log *slog.Logger) ([]bot.Connector, error) {
	var out []bot.Connector
	if c.loopback() {
		room, err := web.New(web.Options{Transcript: s, Lang: c.Lang, Log: log})
		if err != nil {
			return nil, err
		}
		site.room = room
		out = append(out, room)
	}
	if c.TelegramToken != "" {
		t, err := telegram.New(telegram.Options{Token: c.TelegramToken, API: c.TelegramAPI, Webhook: c.TelegramHook, Lang: c.Lang, Log: log})
		if err != nil {
			return nil, usageError{err.Error()}
		}
		if c.TelegramHook != "" {
			site.takeHook(c.TelegramHook, t)
		}
		out = append(out, t)
	}
	if c.DiscordToken != "" {
		d, err := discord.New(discord.Options{Token: c.DiscordToken, API: c.DiscordAPI, Lang: c.Lang, Log: log})
		if err != nil {
			return nil, usageError{err.Error()}
		}
		out = append(out, d)
	}
	return out, nil
}

// loopback says whether only this machine reaches the HTTP server.
func (c *Config) loopback() bool {
	host, _, _ := net.SplitHostPort(c.HTTP)
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// announce tells in the first lines where to click, where the data are, and what a confirmation is worth.
func (c *Config) announce(log *slog.Logger, addr net.Addr, site *site, d store.Durability) {
	if site.room != nil {
		log.Info("the browser room is open", "click", "http://"+addr.String()+"/")
	} else {
		log.Info("no browser room: it is served on loopback addresses only", "http", addr.String())
	}
	log.Info("the data are here", "store", d.Store, "at", c.where())
	log.Info("what a confirmation is worth", "durability", label(d), "because", d.Reasons)
	for _, w := range d.Warnings {
		log.Warn("store", "advice", w)
	}
	if site.hook != nil {
		log.Info("Telegram delivers to this program", "address", c.TelegramHook, "forward_to", "http://"+addr.String()+site.hookPath)
	}
	if c.TelegramToken == "" {
		log.Info("Telegram is not connected: set KLASTER_TELEGRAM_TOKEN")
	}
	if c.DiscordToken == "" {
		log.Info("Discord is not connected: set KLASTER_DISCORD_TOKEN")
	}
}

// owner names this process in leases.
func owner() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%s", host, os.Getpid(), rand.Text()[:8])
}

// reason is the innermost error: without the address that the sentence names already.
func reason(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// registry is the process's own, so that nothing a library registers gets in.
func newRegistry() *prometheus.Registry {
	r := prometheus.NewRegistry()
	r.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return r
}
