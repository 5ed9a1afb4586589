package redisstore

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAddresses(t *testing.T) {
	tests := []struct {
		url  string
		want address
	}{
		{"redis://localhost", address{kind: standalone, hosts: []string{"localhost:6379"}}},
		{"redis://10.0.0.1:7000/3", address{kind: standalone, hosts: []string{"10.0.0.1:7000"}, db: 3}},
		{"redis://[::1]:7000?db=4", address{kind: standalone, hosts: []string{"[::1]:7000"}, db: 4}},
		{"redis://:p%40ss%2Fw@h/0", address{kind: standalone, hosts: []string{"h:6379"}, password: "p@ss/w"}},
		{"redis://u:p@w@h", address{kind: standalone, hosts: []string{"h:6379"}, user: "u", password: "p@w"}},
		{"rediss://h", address{kind: standalone, tls: true, hosts: []string{"h:6379"}}},
		{"redis-sentinel://a,b:1/main", address{kind: sentinel, hosts: []string{"a:26379", "b:1"}, master: "main"}},
		{"redis-sentinel://u:p@a,b/main/2", address{kind: sentinel, hosts: []string{"a:26379", "b:26379"}, master: "main", db: 2, user: "u", password: "p"}},
		{"redis-cluster://a:1,b", address{kind: clustered, hosts: []string{"a:1", "b:6379"}}},
		{"rediss-cluster://a", address{kind: clustered, tls: true, hosts: []string{"a:6379"}}},
	}
	for _, test := range tests {
		got, err := parseAddress(test.url)
		if err != nil {
			t.Errorf("%s: %v", test.url, err)
			continue
		}
		if !slices.Equal(got.hosts, test.want.hosts) {
			t.Errorf("%s: hosts %v", test.url, got.hosts)
		}
		got.hosts, test.want.hosts = nil, nil
		if got.kind != test.want.kind || got.tls != test.want.tls || got.user != test.want.user || got.password != test.want.password ||
			got.master != test.want.master || got.db != test.want.db {
			t.Errorf("%s: got %+v, want %+v", test.url, got, test.want)
		}
	}
}

func TestWrongAddressesAreNamedWithoutTheirPassword(t *testing.T) {
	const secret = "s3cret"
	tests := map[string]string{
		"":                                "must begin with",
		"http://u:s3cret@h":               "must begin with",
		"u:s3cret@h":                      "must begin with",
		"redis://u:s3cret@":               "host is missing",
		"redis://u:s3cret@a,b":            "several hosts",
		"redis://u:s3cret@h:port":         "not host:port",
		"redis://u:s3cret@h:70000":        "not host:port",
		"redis://u:s3cret@h/name":         "not a number",
		"redis://u:s3cret@h/-1":           "not a number",
		"redis://u:s3cret%zz@h":           "% escape",
		"redis://u:s3cret@h?timeout=3":    "timeout",
		"redis-sentinel://u:s3cret@a,b":   "master's name",
		"redis-cluster://u:s3cret@a,b/1":  "only database 0",
		"redis-cluster://u:s3cret@a,,b":   "host is missing",
		"redis://u:s3cret@127.0.0.1:1":    "refused",
		"redis-cluster://:s3cret@[::1]:1": "",
	}
	for url, want := range tests {
		s, err := Open(t.Context(), url, Options{Timeout: 200 * time.Millisecond})
		if err == nil {
			_ = s.Close()
			t.Errorf("%s: it opened", url)
			continue
		}
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %q, want it to say %q", url, err, want)
		}
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the password is in the error %q", err)
		}
	}
}
