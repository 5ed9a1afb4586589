package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"klaster/domain"
	"klaster/store"
	"klaster/store/boltstore"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// locked is a buffer that several goroutines write to.
type locked struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *locked) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// call runs the program to its end.
func call(t *testing.T, args ...string) (code int, out, errs string) {
	t.Helper()
	var stdout, stderr locked
	m := Main{Args: args, Stdout: &stdout, Stderr: &stderr}
	code = m.Run(t.Context())
	return code, stdout.String(), stderr.String()
}

func TestWrongValuesAreRefusedInOneLine(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, test := range []struct{ flag, value, setting, accepted string }{
		{"--store", "", "KLASTER_STORE", "a path"},
		{"--store", "postgres://u:geheim@h/db", "KLASTER_STORE", "redis://"},
		{"--http", "8080", "KLASTER_HTTP", "127.0.0.1:8080"},
		{"--http", "256.1.1.1:80", "KLASTER_HTTP", "free address"},
		{"--telegram-token", "geheim", "KLASTER_TELEGRAM_TOKEN", "@BotFather"},
		{"--telegram-webhook", "http://bot.example.org/telegram", "KLASTER_TELEGRAM_WEBHOOK", "https"},
		{"--telegram-webhook", "https://bot.example.org/metrics", "KLASTER_TELEGRAM_WEBHOOK", "a path of its own"},
		{"--telegram-webhook", "https://bot.example.org/telegram", "KLASTER_TELEGRAM_WEBHOOK", "KLASTER_TELEGRAM_TOKEN"},
		{"--telegram-api", "api.telegram.org", "KLASTER_TELEGRAM_API", "http or https"},
		{"--discord-token", "geheim", "KLASTER_DISCORD_TOKEN", "developer portal"},
		{"--discord-api", "discord.com/api", "KLASTER_DISCORD_API", "http or https"},
		{"--lang", "fr", "KLASTER_LANG", "id, en"},
		{"--tz", "Jakarta", "KLASTER_TZ", "Asia/Jakarta"},
		{"--tz", "Local", "KLASTER_TZ", "IANA"},
		{"--log", "xml", "KLASTER_LOG", "text, json"},
		{"--log-level", "loud", "KLASTER_LOG_LEVEL", "debug, info"},
	} {
		code, _, errs := call(t, test.flag+"="+test.value)
		if code != 2 {
			t.Errorf("%s=%s: exit code %d, want 2", test.flag, test.value, code)
		}
		if strings.Count(errs, "\n") != 1 || !strings.Contains(errs, test.setting) || !strings.Contains(errs, test.accepted) {
			t.Errorf("%s=%s says %q; want one line with %q and %q", test.flag, test.value, errs, test.setting, test.accepted)
		}
		if strings.Contains(errs, "geheim") {
			t.Errorf("%s: a secret is shown: %q", test.flag, errs)
		}
	}
	for _, args := range [][]string{{"--nonsense"}, {"dance"}, {"export"}} {
		if code, _, errs := call(t, args...); code != 2 || strings.Count(errs, "\n") != 1 {
			t.Errorf("%v: exit code %d, %q; want 2 and one line", args, code, errs)
		}
	}
}

func TestEnvironmentIsRead(t *testing.T) {
	t.Setenv("KLASTER_LANG", "de")
	if code, _, errs := call(t, "version"); code != 2 || !strings.Contains(errs, `"de"`) {
		t.Errorf("exit code %d, %q", code, errs)
	}
}

func TestSmallCommands(t *testing.T) {
	if code, out, _ := call(t, "version"); code != 0 || !strings.HasPrefix(out, "klaster ") {
		t.Errorf("version: %d, %q", code, out)
	}
	if code, out, _ := call(t, "--help"); code != 0 || !strings.Contains(out, "KLASTER_STORE") {
		t.Errorf("help: %d, %q", code, out)
	}
	code, out, errs := call(t, "cards")
	if code != 0 || errs != "" {
		t.Fatalf("cards: %d, %s", code, errs)
	}
	for _, want := range []string{"== id board", "== en board", "-- telegram", "-- discord", "private notice prompt/"} {
		if !strings.Contains(out, want) {
			t.Errorf("cards shows no %q", want)
		}
	}
	if code, _, errs := call(t, "doctor", "--probe", "--http=127.0.0.1:1"); code != 1 || !strings.Contains(errs, "no bot") {
		t.Errorf("probe: %d, %q", code, errs)
	}
}

// running is the program as a service.
type running struct {
	addr string
	db   string
	log  *locked
	end  context.CancelFunc
	code chan int
}

func serve(t *testing.T, args ...string) *running {
	t.Helper()
	r := &running{db: filepath.Join(t.TempDir(), "klaster.db"), log: &locked{}, code: make(chan int, 1)}
	ctx, end := context.WithCancel(context.Background())
	r.end = end
	listening := make(chan net.Addr, 1)
	m := Main{
		Args:   append([]string{"--store=" + r.db, "--http=127.0.0.1:0", "--log=json"}, args...),
		Stdout: io.Discard, Stderr: r.log, Listening: func(a net.Addr) { listening <- a },
	}
	go func() { r.code <- m.Run(ctx) }()
	t.Cleanup(func() { r.stop(t) })
	select {
	case a := <-listening:
		r.addr = a.String()
	case code := <-r.code:
		t.Fatalf("ended with %d: %s", code, r.log)
	case <-time.After(30 * time.Second):
		t.Fatalf("does not listen: %s", r.log)
	}
	return r
}

func (r *running) stop(t *testing.T) {
	r.end()
	select {
	case code := <-r.code:
		if code != 0 {
			t.Errorf("ended with %d: %s", code, r.log)
		}
		r.code <- code
	case <-time.After(15 * time.Second):
		t.Error("does not stop")
	}
	http.DefaultClient.CloseIdleConnections()
}

func (r *running) get(t *testing.T, path string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+r.addr+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestServes(t *testing.T) {
	const token = "123456:canary-canary-canary"
	r := serve(t, "--telegram-token="+token, "--telegram-api=http://127.0.0.1:1")
	if code, body := r.get(t, "/healthz"); code != 200 || body != "ok\n" {
		t.Errorf("healthz: %d %q", code, body)
	}
	_, body := r.get(t, "/readyz")
	var ready readiness
	if err := json.Unmarshal([]byte(body), &ready); err != nil || ready.Store != "ok" || ready.Platforms["web"].State != "up" {
		t.Errorf("readyz: %s", body)
	}
	if code, body := r.get(t, "/metrics"); code != 200 || !strings.Contains(body, `klaster_platform_up{platform="web"} 1`) {
		t.Errorf("metrics: %d", code)
	}
	if code, _ := r.get(t, "/"); code != 200 {
		t.Errorf("the room answers %d", code)
	}
	for _, path := range []string{"/operator/export?cluster=K1", "/operator/forget?person=P1"} {
		if code, _ := r.get(t, path); code != 404 {
			t.Errorf("%s without the secret answers %d", path, code)
		}
	}
	// Beside the running bot, sub-commands go through it.
	if code, _, errs := call(t, "--store="+r.db, "export", "NOSUCH"); code != 1 || !strings.Contains(errs, "gone") {
		t.Errorf("export beside the bot: %d, %q", code, errs)
	}
	if code, out, errs := call(t, "--store="+r.db, "forget", "NOBODY"); code != 0 || !strings.Contains(out, "forgotten") {
		t.Errorf("forget beside the bot: %d, %q", code, errs)
	}
	// A second bot on the same file is told so.
	if code, _, errs := call(t, "--store="+r.db, "--http=127.0.0.1:0"); code != 1 || !strings.Contains(errs, "another process") {
		t.Errorf("a second bot: %d, %q", code, errs)
	}
	r.stop(t)
	log := r.log.String()
	if strings.Contains(log, "canary") {
		t.Error("the token is in the log")
	}
	for _, want := range []string{"http://" + r.addr + "/", r.db, "D3"} {
		if !strings.Contains(log, want) {
			t.Errorf("the first lines do not say %q", want)
		}
	}
	if _, err := os.Stat(r.db + ".operator"); err == nil {
		t.Error("the operator's key was left behind")
	}
}

func TestExportVerifyReplay(t *testing.T) {
	db := filepath.Join(t.TempDir(), "klaster.db")
	s, err := boltstore.Open(db)
	if err != nil {
		t.Fatal(err)
	}
	commit := domain.Commit{At: time.Now(), By: "P1", Cause: "web:1", Events: []domain.Event{domain.ClusterFounded{
		Name: "Klaster Uji", Core: "rotan", Region: "Cirebon", Lang: "id", Zone: "Asia/Jakarta", Steward: "P1",
	}}}
	record, texts, err := domain.Encode([]domain.Commit{commit})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Create(t.Context(), "K1", store.Entry{Record: record, Texts: texts}, time.Time{}, nil); err != nil {
		t.Fatal(err)
	}
	s.Close()

	code, exported, errs := call(t, "--store="+db, "export", "K1")
	if code != 0 {
		t.Fatalf("export: %d, %s", code, errs)
	}
	file := filepath.Join(t.TempDir(), "journal.json")
	if err := os.WriteFile(file, []byte(exported), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := call(t, "verify", file); code != 0 || !strings.Contains(out, "proven: cluster K1, 1 entries, 1 commits") {
		t.Errorf("verify: %d, %q %q", code, out, errs)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(exported, "Klaster Uji", "Klaster Lain", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := call(t, "verify", file); code != 1 || !strings.Contains(errs, "not proven") {
		t.Errorf("verify of a forged text: %d, %q", code, errs)
	}
	if code, out, errs := call(t, "--store="+db, "replay", "K1"); code != 0 || !strings.Contains(out, "cluster_founded") || !strings.Contains(out, "Klaster Uji") {
		t.Errorf("replay: %d, %q %q", code, out, errs)
	}
	if code, out, _ := call(t, "--store="+db, "doctor", "--http=127.0.0.1:1"); code != 0 || !strings.Contains(out, "D3") || !strings.Contains(out, "platforms: the browser room\n") {
		t.Errorf("doctor: %d, %q", code, out)
	}
	if code, _, errs := call(t, "--store="+db+".nosuch", "export", "K1"); code != 2 || !strings.Contains(errs, "existing store") {
		t.Errorf("export from nowhere: %d, %q", code, errs)
	}
}

func TestDeskTellsErrorsFromContent(t *testing.T) {
	for in, want := range map[string]string{
		"":              "",
		"one line":      "one line",
		"a\nb\nc\n":     "a\nb\nc\n",
		"a\n{\n}\n":     "a\n{\n}\n",
		"long\n\n\nend": "long\n\n\nend",
	} {
		var out bytes.Buffer
		if err := copyUnlessError(&out, iotestOneByte(in)); err != nil || out.String() != want {
			t.Errorf("%q becomes %q, %v", in, out.String(), err)
		}
	}
	var out bytes.Buffer
	if err := copyUnlessError(&out, iotestOneByte("half a journ\nklaster-error: gone\n")); err == nil || err.Error() != "gone" {
		t.Errorf("error is %v", err)
	}
}

// iotestOneByte reads byte by byte, as the worst network would.
func iotestOneByte(s string) io.Reader { return oneByte{strings.NewReader(s)} }

type oneByte struct{ r io.Reader }

func (o oneByte) Read(p []byte) (int, error) { return o.r.Read(p[:1]) }
