package redisstore

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"klaster/store"
)

const (
	largestNode = 1024 // bytes of a stream node beyond which short journals waste memory
	largestSkew = 2 * time.Second
)

// Durability implements store.Store: what Redis says about itself. In a cluster the weakest master counts.
func (s *Store) Durability(ctx context.Context) (store.Durability, error) {
	var mu sync.Mutex
	var all []store.Durability
	err := s.eachServer(ctx, func(ctx context.Context, server *redis.Client) error {
		facts, err := factsOf(ctx, server)
		if err != nil {
			return err
		}
		d := facts.judge(s.at.kind)
		mu.Lock()
		all = append(all, d)
		mu.Unlock()
		return nil
	})
	if err != nil {
		return store.Durability{}, explain("durability", "", err)
	}
	return weakest(all), nil
}

func weakest(all []store.Durability) (d store.Durability) {
	for i, other := range all {
		if i == 0 {
			d = other
			continue
		}
		d.Level = min(d.Level, other.Level)
		d.Reasons = append(d.Reasons, other.Reasons...)
		d.Warnings = append(d.Warnings, other.Warnings...)
		if d.Refused == "" {
			d.Refused = other.Refused
		}
	}
	slices.Sort(d.Reasons)
	d.Reasons = slices.Compact(d.Reasons)
	slices.Sort(d.Warnings)
	d.Warnings = slices.Compact(d.Warnings)
	return d
}

// facts are INFO and CONFIG of one server, and how far its clock is from ours.
type facts struct {
	info       map[string]string
	config     map[string]string // empty when CONFIG is forbidden
	configured bool
	skew       time.Duration // positive: Redis is ahead
}

var settings = []string{"appendonly", "appendfsync", "no-appendfsync-on-rewrite", "save", "maxmemory-policy", "stream-node-max-bytes"}

func factsOf(ctx context.Context, server *redis.Client) (facts, error) {
	f := facts{info: map[string]string{}, config: map[string]string{}}
	text, err := server.Info(ctx).Result()
	if err != nil {
		return f, err
	}
	for line := range strings.Lines(text) {
		if name, value, found := strings.Cut(strings.TrimSpace(line), ":"); found {
			f.info[name] = value
		}
	}
	f.configured = true
	for _, name := range settings {
		values, err := server.ConfigGet(ctx, name).Result()
		if err != nil { // forbidden, as managed services do; a connection that broke shows at TIME
			f.configured = false
			break
		}
		f.config[name] = values[name]
	}
	began := time.Now()
	now, err := server.Time(ctx).Result()
	if err != nil {
		return f, err
	}
	f.skew = now.Sub(began.Add(time.Since(began) / 2))
	return f, nil
}

// judge is a pure function of the facts.
func (f facts) judge(kind kind) store.Durability {
	d := store.Durability{Store: f.name(kind)}
	if role := f.info["role"]; role == "slave" || role == "replica" {
		d.Refused = "this Redis is a read-only replica"
	}
	policy := f.info["maxmemory_policy"]
	if f.config["maxmemory-policy"] != "" {
		policy = f.config["maxmemory-policy"]
	}
	switch {
	case strings.HasPrefix(policy, "allkeys-"):
		d.Refused = "maxmemory-policy " + policy + " lets Redis delete journals; set noeviction"
	case strings.HasPrefix(policy, "volatile-"):
		d.Warnings = append(d.Warnings, "maxmemory-policy "+policy+" lets Redis delete half-done conversations and links; noeviction is better")
	}
	f.judgeFiles(&d)
	if f.info["aof_enabled"] == "1" && f.info["aof_last_write_status"] == "err" {
		d.Warnings = append(d.Warnings, "Redis could not write its append-only file lately")
	}
	if f.info["rdb_last_bgsave_status"] == "err" {
		d.Warnings = append(d.Warnings, "the last snapshot of Redis failed")
	}
	if n, err := strconv.Atoi(f.config["stream-node-max-bytes"]); err == nil && (n > largestNode || n == 0) {
		d.Warnings = append(d.Warnings, fmt.Sprintf("stream-node-max-bytes is %d: each journal takes at least that much memory; %d or less is better", n, largestNode))
	}
	if f.skew.Abs() > largestSkew {
		d.Warnings = append(d.Warnings, fmt.Sprintf("the clock of Redis differs from ours by %s", f.skew.Round(100*time.Millisecond)))
	}
	return d
}

func (f facts) judgeFiles(d *store.Durability) {
	switch {
	case !f.configured:
		d.Level = store.D1Snapshot
		d.Reasons = append(d.Reasons, "CONFIG is forbidden: what Redis keeps on disk cannot be verified")
	case f.config["appendonly"] == "yes":
		sync := f.config["appendfsync"]
		d.Reasons = append(d.Reasons, "AOF "+sync)
		switch {
		case sync == "always" && f.config["no-appendfsync-on-rewrite"] == "yes":
			d.Level = store.D2Second
			d.Reasons = append(d.Reasons, "no fsync while the file is rewritten")
		case sync == "always":
			d.Level = store.D3Disk
		case sync == "everysec":
			d.Level = store.D2Second
		default:
			d.Level = store.D2Second
			d.Warnings = append(d.Warnings, "appendfsync "+sync+": a power cut may lose half a minute or more")
		}
	case strings.TrimSpace(f.config["save"]) != "":
		d.Level = store.D1Snapshot
		d.Reasons = append(d.Reasons, "no AOF", fmt.Sprintf("snapshots only: a crash loses up to %s", minutes(f.config["save"])))
	default:
		d.Level = store.D0Memory
		d.Reasons = append(d.Reasons, "no AOF and no snapshots: a restart of Redis forgets everything")
	}
}

// minutes is the longest time in "save" that a change may wait for a snapshot: "3600 1 300 100 60 10000" is an hour.
func minutes(save string) string {
	longest := 0
	for i, field := range strings.Fields(save) {
		if seconds, err := strconv.Atoi(field); err == nil && i%2 == 0 {
			longest = max(longest, seconds)
		}
	}
	return fmt.Sprintf("%d min", (longest+59)/60)
}

func (f facts) name(kind kind) string {
	name, version := "Redis", f.info["redis_version"]
	if f.info["valkey_version"] != "" {
		name, version = "Valkey", f.info["valkey_version"]
	}
	if version == "" {
		version = "of unknown version"
	}
	return fmt.Sprintf("%s %s %s", name, version, kind)
}
