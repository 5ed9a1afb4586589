package redisstore

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"

	"klaster/store"
	"klaster/store/storetest"
)

func TestJudge(t *testing.T) {
	tests := map[string]struct {
		info, config map[string]string
		skew         time.Duration
		level        store.Level
		says         string
		refused      bool
	}{
		"nothing on disk":   {config: map[string]string{"appendonly": "no", "save": ""}, level: store.D0Memory, says: "forgets everything"},
		"snapshots":         {config: map[string]string{"appendonly": "no", "save": "3600 1 300 100 60 10000"}, level: store.D1Snapshot, says: "up to 60 min"},
		"AOF everysec":      {config: map[string]string{"appendonly": "yes", "appendfsync": "everysec"}, level: store.D2Second, says: "AOF everysec"},
		"AOF no":            {config: map[string]string{"appendonly": "yes", "appendfsync": "no"}, level: store.D2Second, says: "half a minute"},
		"AOF always":        {config: map[string]string{"appendonly": "yes", "appendfsync": "always"}, level: store.D3Disk, says: "AOF always"},
		"AOF with pauses":   {config: map[string]string{"appendonly": "yes", "appendfsync": "always", "no-appendfsync-on-rewrite": "yes"}, level: store.D2Second, says: "rewritten"},
		"CONFIG forbidden":  {level: store.D1Snapshot, says: "CONFIG is forbidden"},
		"a replica":         {info: map[string]string{"role": "slave"}, level: store.D1Snapshot, says: "replica", refused: true},
		"eviction of all":   {info: map[string]string{"maxmemory_policy": "allkeys-lru"}, level: store.D1Snapshot, says: "noeviction", refused: true},
		"eviction of some":  {config: map[string]string{"appendonly": "yes", "appendfsync": "always", "maxmemory-policy": "volatile-ttl"}, level: store.D3Disk, says: "volatile-ttl"},
		"large nodes":       {config: map[string]string{"appendonly": "yes", "appendfsync": "always", "stream-node-max-bytes": "4096"}, level: store.D3Disk, says: "stream-node-max-bytes"},
		"another clock":     {config: map[string]string{"appendonly": "yes", "appendfsync": "always"}, skew: -3 * time.Second, level: store.D3Disk, says: "clock"},
		"a disk that fails": {info: map[string]string{"aof_enabled": "1", "aof_last_write_status": "err"}, config: map[string]string{"appendonly": "yes", "appendfsync": "always"}, level: store.D3Disk, says: "could not write"},
	}
	for name, test := range tests {
		d := facts{info: test.info, config: test.config, configured: test.config != nil, skew: test.skew}.judge(standalone)
		all := strings.Join(append(append(d.Reasons, d.Warnings...), d.Refused), "\n")
		if d.Level != test.level || (d.Refused != "") != test.refused || !strings.Contains(all, test.says) {
			t.Errorf("%s: level %d, said %q", name, d.Level, all)
		}
	}
}

func TestDurabilityOfRealServers(t *testing.T) {
	tests := map[string]struct {
		args  []string
		level store.Level
	}{
		"memory":   {nil, store.D0Memory},
		"snapshot": {[]string{"--save", "900 1"}, store.D1Snapshot},
		"everysec": {[]string{"--appendonly", "yes", "--appendfsync", "everysec"}, store.D2Second},
		"always":   {[]string{"--appendonly", "yes", "--appendfsync", "always"}, store.D3Disk},
		"no CONFIG": {[]string{"--appendonly", "yes", "--appendfsync", "always", "--rename-command", "CONFIG", ""},
			store.D1Snapshot},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := openAt(t, "redis://"+storetest.StartRedis(t, test.args...))
			d, err := s.Durability(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if d.Level != test.level || d.Refused != "" || !strings.HasPrefix(d.Store, "Redis ") || !strings.HasSuffix(d.Store, " standalone") {
				t.Errorf("durability %+v, want level %d", d, test.level)
			}
		})
	}
	t.Run("cluster", func(t *testing.T) {
		d, err := openAt(t, clusterURL(storetest.StartRedisCluster(t))).Durability(t.Context())
		if err != nil || d.Level != store.D0Memory || !strings.HasSuffix(d.Store, " cluster") || len(d.Reasons) != 1 {
			t.Errorf("durability %+v, %v", d, err)
		}
	})
	t.Run("miniredis", func(t *testing.T) {
		d, err := openAt(t, "redis://"+miniredis.RunT(t).Addr()).Durability(t.Context())
		if err != nil || d.Level != store.D1Snapshot {
			t.Errorf("durability %+v, %v", d, err)
		}
	})
	t.Run("eviction", func(t *testing.T) {
		d, err := openAt(t, "redis://"+storetest.StartRedis(t, "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")).Durability(t.Context())
		if err != nil || d.Refused == "" {
			t.Errorf("durability %+v, %v", d, err)
		}
	})
}

func TestReplicaIsRefused(t *testing.T) {
	master := storetest.StartRedis(t)
	host, port, _ := net.SplitHostPort(master)
	addr := storetest.StartRedis(t)
	s := openWith(t, "redis://"+addr, Options{Prefix: "replica", Patience: time.Millisecond})
	head := begin(t, s, "c")
	if err := s.client.Do(t.Context(), "replicaof", host, port).Err(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Append(t.Context(), "c", head, store.Entry{Record: []byte("second")}, time.Time{}, nil)
	if !errors.Is(err, ErrReplica) || errors.Is(err, store.ErrUnsure) {
		t.Errorf("append on a replica: %v", err)
	}
	if d, err := s.Durability(t.Context()); err == nil && d.Refused == "" {
		t.Errorf("durability of a replica: %+v", d)
	}
	if other, err := Open(t.Context(), "redis://"+addr, Options{}); !errors.Is(err, store.ErrRefused) && !errors.Is(err, ErrBusy) {
		if err == nil {
			_ = other.Close()
		}
		t.Errorf("open on a replica: %v", err)
	}
}

func TestFullMemoryIsNamed(t *testing.T) {
	s := openAt(t, "redis://"+storetest.StartRedis(t))
	head := begin(t, s, "c")
	if err := s.client.ConfigSet(t.Context(), "maxmemory", "1").Err(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Append(t.Context(), "c", head, store.Entry{Record: []byte("second")}, time.Time{}, nil)
	if !errors.Is(err, ErrFull) || errors.Is(err, store.ErrUnsure) {
		t.Errorf("append without memory: %v", err)
	}
	wantEntries(t, s, "c", 1) // reading goes on
	if err := s.client.ConfigSet(t.Context(), "maxmemory", "0").Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(t.Context(), "c", head, store.Entry{Record: []byte("second")}, time.Time{}, nil); err != nil {
		t.Errorf("append with memory again: %v", err)
	}
}

func TestRefusalsAreTold(t *testing.T) {
	m := miniredis.RunT(t)
	s := openWith(t, "redis://"+m.Addr(), Options{Patience: time.Millisecond})
	head := begin(t, s, "c")
	tests := map[string]error{
		"LOADING Redis is loading the dataset in memory":                                ErrBusy,
		"MISCONF Redis is configured to save RDB snapshots":                             ErrDisk,
		"NOREPLICAS Not enough good replicas to write.":                                 ErrCopies,
		"NOPERM this user has no permissions to run the 'evalsha' command":              ErrDenied,
		"MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to no": ErrBusy,
	}
	for text, want := range tests {
		m.SetError(text)
		_, err := s.Append(t.Context(), "c", head, store.Entry{Record: []byte("second")}, time.Time{}, nil)
		if !errors.Is(err, want) || errors.Is(err, store.ErrUnsure) {
			t.Errorf("%s: got %v", text, err)
		}
		m.SetError("")
	}
	wantEntries(t, s, "c", 1)
}

func TestNewerSchemaIsRefused(t *testing.T) {
	m := miniredis.RunT(t)
	if err := m.Set("klaster:schema", "2"); err != nil {
		t.Fatal(err)
	}
	if s, err := Open(t.Context(), "redis://"+m.Addr(), Options{}); !errors.Is(err, store.ErrRefused) {
		if err == nil {
			_ = s.Close()
		}
		t.Errorf("got %v, want ErrRefused", err)
	}
}
