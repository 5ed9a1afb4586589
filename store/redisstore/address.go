package redisstore

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
)

// address is a parsed URL:
//
//	redis://[user:password@]host[:6379][/db]            one server
//	redis-sentinel://[user:password@]h1[:26379],h2/master[/db]
//	redis-cluster://[user:password@]h1[:6379],h2
//
// rediss, rediss-sentinel and rediss-cluster are the same over TLS; ?db=3 works like the path.
type address struct {
	kind     kind
	tls      bool
	user     string
	password string
	hosts    []string
	master   string
	db       int
}

type kind string

const (
	standalone kind = "standalone"
	sentinel   kind = "sentinel"
	clustered  kind = "cluster"
)

var schemes = map[string]address{
	"redis":           {kind: standalone},
	"rediss":          {kind: standalone, tls: true},
	"redis-sentinel":  {kind: sentinel},
	"rediss-sentinel": {kind: sentinel, tls: true},
	"redis-cluster":   {kind: clustered},
	"rediss-cluster":  {kind: clustered, tls: true},
}

// CheckURL says what is wrong with a URL that Open would not understand; no server is asked.
func CheckURL(text string) error {
	_, err := parseAddress(text)
	return err
}

// parseAddress never puts any part of the URL's user information into an error. The standard parser is not used for
// the whole: it refuses several hosts with ports, and its errors quote what it was given.
func parseAddress(text string) (address, error) {
	scheme, rest, found := strings.Cut(text, "://")
	a, known := schemes[scheme]
	if !found || !known {
		return a, errors.New("the URL must begin with redis://, rediss://, redis-sentinel:// or redis-cluster://")
	}
	rest, query, _ := strings.Cut(rest, "?")
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		user, password, _ := strings.Cut(rest[:at], ":")
		var err1, err2 error
		a.user, err1 = url.PathUnescape(user)
		a.password, err2 = url.PathUnescape(password)
		if err1 != nil || err2 != nil {
			return a, errors.New("the user or the password has a wrong % escape")
		}
		rest = rest[at+1:]
	}
	hosts, path, _ := strings.Cut(rest, "/")
	if err := a.setHosts(hosts); err != nil {
		return a, err
	}
	if err := a.setPath(strings.Trim(path, "/")); err != nil {
		return a, err
	}
	if err := a.setQuery(query); err != nil {
		return a, err
	}
	if a.kind == clustered && a.db != 0 {
		return a, errors.New("a Redis Cluster has only database 0")
	}
	return a, nil
}

func (a *address) setHosts(list string) error {
	port := "6379"
	if a.kind == sentinel {
		port = "26379"
	}
	for host := range strings.SplitSeq(list, ",") {
		if host == "" {
			return errors.New("a host is missing in the URL")
		}
		name, number, err := net.SplitHostPort(host)
		if err != nil { // no port
			name, number = strings.Trim(host, "[]"), port
		}
		if n, err := strconv.Atoi(number); err != nil || n < 1 || n > 65535 || name == "" {
			return fmt.Errorf("host %q is not host:port", host)
		}
		a.hosts = append(a.hosts, net.JoinHostPort(name, number))
	}
	if a.kind == standalone && len(a.hosts) > 1 {
		return errors.New("several hosts need redis-sentinel:// or redis-cluster://")
	}
	return nil
}

func (a *address) setPath(path string) error {
	if a.kind == sentinel {
		a.master, path, _ = strings.Cut(path, "/")
		if a.master == "" {
			return errors.New("redis-sentinel:// needs the master's name: redis-sentinel://host1,host2/name")
		}
	}
	if path == "" {
		return nil
	}
	return a.setDB(path)
}

func (a *address) setQuery(query string) error {
	values, err := url.ParseQuery(query)
	if err != nil {
		return errors.New("what follows ? in the URL cannot be read")
	}
	for name := range values {
		if name != "db" {
			return fmt.Errorf("the URL has the unknown setting %q (known: db)", name)
		}
		if err := a.setDB(values.Get(name)); err != nil {
			return err
		}
	}
	return nil
}

func (a *address) setDB(text string) error {
	db, err := strconv.Atoi(text)
	if err != nil || db < 0 {
		return fmt.Errorf("the database %q is not a number", text)
	}
	a.db = db
	return nil
}

func (a *address) tlsConfig() *tls.Config {
	if !a.tls {
		return nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if a.kind == standalone {
		config.ServerName, _, _ = net.SplitHostPort(a.hosts[0])
	}
	return config
}
