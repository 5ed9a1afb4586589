package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"runtime/debug"
	"strings"
	"time"
)

type doctorCommand struct {
	Probe bool `help:"Only ask the running bot whether it is alive (for container health checks)."`
}

func (d *doctorCommand) run(ctx context.Context, m *Main, c *Config) error {
	if d.Probe {
		return c.probe(ctx)
	}
	fmt.Fprintln(m.Stdout, "settings: good")
	fmt.Fprintf(m.Stdout, "platforms: %s\n", strings.Join(c.platforms(), ", "))
	if !strings.Contains(c.Store, "://") {
		if err := c.probe(ctx); err == nil {
			fmt.Fprintf(m.Stdout, "a bot answers on %s; it has the file open, so look at the first lines of its log for the durability\n", c.HTTP)
			return nil
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	s, err := c.openStore(ctx)
	if err != nil {
		return fmt.Errorf("store %s: %w", c.where(), err)
	}
	defer s.Close()
	began := time.Now()
	if err := s.Ready(ctx); err != nil {
		return fmt.Errorf("store %s: %w", c.where(), err)
	}
	trip := time.Since(began)
	durability, err := c.worth(ctx, s)
	if durability.Store != "" {
		fmt.Fprintf(m.Stdout, "store: %s at %s, answers in %s\n", durability.Store, c.where(), trip.Round(10*time.Microsecond))
		fmt.Fprintf(m.Stdout, "durability: %s\n", label(durability))
		for _, reason := range durability.Reasons {
			fmt.Fprintf(m.Stdout, "  because: %s\n", reason)
		}
		for _, w := range durability.Warnings {
			fmt.Fprintf(m.Stdout, "  advice: %s\n", w)
		}
	}
	if err != nil {
		return err
	}
	if now, err := s.Now(ctx); err == nil {
		if skew := time.Since(now).Abs(); skew > 2*time.Second {
			fmt.Fprintf(m.Stdout, "  advice: this machine's clock is %s away from the store's\n", skew.Round(time.Millisecond))
		}
	}
	parked, err := s.ParkedInputs(ctx, 10)
	if err != nil {
		return fmt.Errorf("parked inputs: %w", err)
	}
	for _, p := range parked {
		fmt.Fprintf(m.Stdout, "parked: %s cluster %s: %s\n", p.At.Format(time.RFC3339), p.Cluster, p.Reason)
	}
	if len(parked) == 0 {
		fmt.Fprintln(m.Stdout, "parked inputs: none")
	}
	return nil
}

// platforms names what the settings connect.
func (c *Config) platforms() []string {
	var out []string
	for _, p := range []struct {
		name string
		on   bool
	}{{"the browser room", c.loopback()}, {"Telegram", c.TelegramToken != ""}, {"Discord", c.DiscordToken != ""}} {
		if p.on {
			out = append(out, p.name)
		}
	}
	if len(out) == 0 {
		return []string{"none: set KLASTER_TELEGRAM_TOKEN or KLASTER_DISCORD_TOKEN, or a loopback address for the browser room"}
	}
	return out
}

// probe asks a bot on this machine whether it is alive.
func (c *Config) probe(ctx context.Context) error {
	host, port, _ := net.SplitHostPort(c.HTTP)
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("no bot answers on %s", c.HTTP)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the bot on %s answers %s", c.HTTP, resp.Status)
	}
	return nil
}

type versionCommand struct{}

func (versionCommand) run(_ context.Context, m *Main, _ *Config) error {
	version, revision := "devel", ""
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			version = info.Main.Version
		}
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				revision = " " + s.Value
			}
		}
	}
	fmt.Fprintf(m.Stdout, "klaster %s%s %s\n", version, revision, runtime.Version())
	return nil
}
