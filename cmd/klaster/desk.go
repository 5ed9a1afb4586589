package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"klaster/bot"
	"klaster/domain"
	"klaster/store"
)

// The desk is where sub-commands reach a running bot whose file they cannot open: a route on the loopback address,
// opened by a secret that lies beside the file, readable by its owner only.
const (
	deskPath   = "/operator/"
	deskHeader = "X-Klaster-Operator"
)

type desk struct {
	key   deskKey
	file  string // empty: no key file, the desk is closed
	store store.Store
	hub   *bot.Hub
}

// deskKey is what the key file holds.
type deskKey struct {
	Address string `json:"address"`
	Secret  string `json:"secret"`
}

// openDesk writes the key file. There is no desk on Redis (several processes can open it) and none on an address that
// others reach.
func (c *Config) openDesk(addr net.Addr, s store.Store, hub *bot.Hub) (*desk, error) {
	d := &desk{store: s, hub: hub}
	if strings.Contains(c.Store, "://") || !c.loopback() {
		return d, nil
	}
	d.key, d.file = deskKey{addr.String(), rand.Text()}, c.keyFile()
	content, err := json.Marshal(d.key)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(d.file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("operator key: %w", err)
	}
	if err := os.WriteFile(d.file, content, 0o600); err != nil {
		return nil, fmt.Errorf("operator key: %w", err)
	}
	return d, nil
}

func (c *Config) keyFile() string { return c.Store + ".operator" }

func (d *desk) close() {
	if d.file != "" {
		os.Remove(d.file)
	}
}

// ServeHTTP lets in who holds the secret and comes from this machine, and no web page.
func (d *desk) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	given := r.Header.Get(deskHeader)
	switch {
	case d.file == "", !net.ParseIP(host).IsLoopback(), r.Header.Get("Origin") != "",
		subtle.ConstantTimeCompare([]byte(given), []byte(d.key.Secret)) != 1:
		http.NotFound(w, r)
		return
	}
	var err error
	switch what := strings.TrimPrefix(r.URL.Path, deskPath); {
	case what == "export" && r.Method == http.MethodGet:
		err = exportTo(r.Context(), w, d.store, domain.ClusterID(r.FormValue("cluster")))
	case what == "replay" && r.Method == http.MethodGet:
		at, _ := strconv.ParseUint(r.FormValue("at"), 10, 64)
		err = replayTo(r.Context(), w, d.store, domain.ClusterID(r.FormValue("cluster")), at)
	case what == "forget" && r.Method == http.MethodPost:
		err = d.hub.Forget(r.Context(), domain.PersonID(r.FormValue("person")), "operator:"+rand.Text())
	default:
		http.NotFound(w, r)
		return
	}
	if err != nil {
		// The answer may have begun: the trailer-like last line tells the client.
		fmt.Fprintf(w, "\n%s%s\n", deskError, err)
	}
}

// deskError begins the last line of an answer that failed.
const deskError = "klaster-error: "

// ask has the running bot do it. running: there is a bot to ask.
func (c *Config) ask(ctx context.Context, method, what string, form url.Values, to io.Writer) (running bool, err error) {
	content, err := os.ReadFile(c.keyFile())
	if err != nil {
		return false, nil
	}
	var key deskKey
	if err := json.Unmarshal(content, &key); err != nil {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, "http://"+key.Address+deskPath+what+"?"+form.Encode(), nil)
	if err != nil {
		return false, err
	}
	req.Header.Set(deskHeader, key.Secret)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return false, nil // left over from a bot that died
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return true, fmt.Errorf("the running bot answered %s", resp.Status)
	}
	return true, copyUnlessError(to, resp.Body)
}

// copyUnlessError copies an answer; a last line that is an error becomes one.
func copyUnlessError(to io.Writer, from io.Reader) error {
	tail := &lastLine{to: to}
	if _, err := io.Copy(tail, from); err != nil {
		return err
	}
	line := strings.TrimSpace(string(tail.held))
	if text, failed := strings.CutPrefix(line, deskError); failed {
		return errors.New(text)
	}
	_, err := to.Write(tail.held)
	return err
}

// lastLine passes on all but the last line (with the line break before it).
type lastLine struct {
	to   io.Writer
	held []byte
}

func (l *lastLine) Write(p []byte) (int, error) {
	l.held = append(l.held, p...)
	end := strings.LastIndex(strings.TrimRight(string(l.held), "\n"), "\n")
	if end > 0 {
		if _, err := l.to.Write(l.held[:end]); err != nil {
			return 0, err
		}
		l.held = append(l.held[:0], l.held[end:]...)
	}
	return len(p), nil
}
