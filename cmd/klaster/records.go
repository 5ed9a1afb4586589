package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
	"klaster/report"
	"klaster/store"
)

type exportCommand struct {
	Cluster string `arg:"" help:"Identifier of the cluster."`
}

func (e *exportCommand) run(ctx context.Context, m *Main, c *Config) error {
	return c.withStore(ctx, m, http.MethodGet, "export", url.Values{"cluster": {e.Cluster}}, func(s store.Store) error {
		return exportTo(ctx, m.Stdout, s, domain.ClusterID(e.Cluster))
	})
}

func exportTo(ctx context.Context, w io.Writer, s store.Store, id domain.ClusterID) error {
	if _, err := s.Tip(ctx, id); err != nil {
		return fmt.Errorf("export %s: %w", id, err)
	}
	return report.WriteJournal(w, id, bot.Entries(ctx, s, id))
}

type verifyCommand struct {
	File string `arg:"" help:"Exported journal; - for standard input." type:"path"`
}

func (v *verifyCommand) run(_ context.Context, m *Main, _ *Config) error {
	in := io.Reader(os.Stdin)
	if v.File != "-" {
		f, err := os.Open(v.File)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
	}
	verdict, err := report.VerifyExport(in)
	if err != nil {
		return fmt.Errorf("not proven: %w (good up to version %d, commit %d)", err, verdict.Head.Version, verdict.Commits)
	}
	fmt.Fprintf(m.Stdout, "proven: cluster %s, %d entries, %d commits, last receipt %s\n", verdict.Cluster, verdict.Head.Version, verdict.Commits, verdict.Receipt)
	fmt.Fprintf(m.Stdout, "chain: %x\nIf a member holds a receipt with a higher number, entries were cut off the end.\n", verdict.Head.Chain)
	return nil
}

type replayCommand struct {
	Cluster string `arg:"" help:"Identifier of the cluster."`
	At      uint64 `help:"Number of the last commit to fold (the number in a receipt); 0: all."`
}

func (r *replayCommand) run(ctx context.Context, m *Main, c *Config) error {
	form := url.Values{"cluster": {r.Cluster}, "at": {strconv.FormatUint(r.At, 10)}}
	return c.withStore(ctx, m, http.MethodGet, "replay", form, func(s store.Store) error {
		return replayTo(ctx, m.Stdout, s, domain.ClusterID(r.Cluster), r.At)
	})
}

// replayTo prints one line per commit, then the state as JSON.
func replayTo(ctx context.Context, w io.Writer, s store.Store, id domain.ClusterID, at uint64) error {
	state := domain.NewState(id, zone)
	for e, err := range bot.Entries(ctx, s, id) {
		if err != nil {
			return fmt.Errorf("replay %s: %w", id, err)
		}
		commits, err := domain.Decode(e.Record, e.Texts)
		if err != nil {
			return fmt.Errorf("replay %s version %d: %w", id, e.Head.Version, err)
		}
		for _, commit := range commits {
			if at > 0 && state.Commits == at {
				break
			}
			domain.Apply(state, commit)
			kinds := make([]string, len(commit.Events))
			for i, ev := range commit.Events {
				kinds[i] = ev.EventType()
			}
			fmt.Fprintf(w, "%s  %s  %-16s %s\n", domain.Receipt(state.Commits, e.Head), commit.At.Format(time.RFC3339), commit.By, strings.Join(kinds, " "))
		}
		state.Seal(e.Head)
	}
	b, err := json.MarshalIndent(state, "", "  ")
	if err != nil {
		return fmt.Errorf("replay %s: %w", id, err)
	}
	_, err = fmt.Fprintf(w, "%s\n", b)
	return err
}

type forgetCommand struct {
	Person string `arg:"" help:"Identifier of the person."`
}

func (f *forgetCommand) run(ctx context.Context, m *Main, c *Config) error {
	err := c.withStore(ctx, m, http.MethodPost, "forget", url.Values{"person": {f.Person}}, func(s store.Store) error {
		talk, err := commands.New(zone)
		if err != nil {
			return err
		}
		hub, err := bot.NewHub(bot.Config{Store: s, Talk: talk, Owner: owner(), Zones: zone, Lang: c.Lang})
		if err != nil {
			return err
		}
		defer hub.Stop()
		return hub.Forget(ctx, domain.PersonID(f.Person), "operator:"+rand.Text())
	})
	if err == nil {
		fmt.Fprintf(m.Stdout, "forgotten: %s\n", f.Person)
	}
	return err
}

// withStore runs f on the store, or has the running bot do it where that has the file open.
func (c *Config) withStore(ctx context.Context, m *Main, method, what string, form url.Values, f func(store.Store) error) error {
	if !strings.Contains(c.Store, "://") {
		if running, err := c.ask(ctx, method, what, form, m.Stdout); running {
			return err
		}
		if _, err := os.Stat(c.Store); err != nil {
			return wrong("KLASTER_STORE (--store)", c.Store, "the file of an existing store")
		}
	}
	s, err := c.openStore(ctx)
	if err != nil {
		return fmt.Errorf("%w (if a bot is running on this file, stop it or start it on a loopback address, where it answers %s itself)", err, what)
	}
	defer s.Close()
	return f(s)
}
