// Package e2e_test starts the real program, as an operator would, and talks to it as people do: through Telegram's fake
// and the browser room's address. Nothing of the program is called; what is read besides is the journal it left.
package e2e_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
	_ "time/tzdata"

	"klaster/bot/telegram/telegramtest"
)

var update = flag.Bool("update", false, "rewrite the golden transcripts")

// binary is the program under test, built once.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	spread := false
	flag.Visit(func(f *flag.Flag) { spread = spread || f.Name == "test.parallel" })
	if !spread { // these tests wait more than they work
		_ = flag.Set("test.parallel", "6")
	}
	os.Exit(func() int {
		dir, err := os.MkdirTemp("", "klaster-e2e")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer func() { _ = os.RemoveAll(dir) }()
		binary = filepath.Join(dir, "klaster")
		build := exec.Command("go", "build", "-o", binary, "klaster/cmd/klaster")
		build.Stdout, build.Stderr = os.Stderr, os.Stderr
		if err := build.Run(); err != nil {
			fmt.Fprintln(os.Stderr, "the program does not build:", err)
			return 1
		}
		return m.Run()
	}())
}

// patience bounds a wait for something that takes no time on a healthy machine.
const patience = 60 * time.Second

// token is Telegram's secret in every test. Its parts must never be seen again.
const (
	canary = "CANARYcanary0123456789_canaryCANARY"
	token  = "123456789:" + canary
)

// soon is a context that ends when patience does.
func soon(t testing.TB) context.Context { return within(t, patience) }

func within(t testing.TB, d time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// eventually asks again every few milliseconds until it is so. what is told when it never is.
func eventually(t testing.TB, d time.Duration, what string, so func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for !so() {
		select {
		case <-ctx.Done():
			t.Fatalf("never within %s: %s", d, what)
		case <-again.C:
		}
	}
}

// process is one run of the program.
type process struct {
	t      testing.TB
	cmd    *exec.Cmd
	log    *output // stderr
	out    *output // stdout
	ended  chan struct{}
	killed bool
	secret func() []string // what must not be in the log
}

// settings are the environment of a run.
type settings map[string]string

// telegramSettings connect a run to the fake.
func telegramSettings(s *telegramtest.Server, store string) settings {
	return settings{"KLASTER_STORE": store, "KLASTER_TELEGRAM_TOKEN": token, "KLASTER_TELEGRAM_API": s.URL()}
}

// sources are looked at so that go test knows that a result depends on the program, which it does not see being built.
var sources sync.Once

func lookAtSources() {
	_ = filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && d.Name() != ".."):
			return filepath.SkipDir
		case !d.IsDir() && !strings.HasSuffix(path, "_test.go"):
			_, _ = os.Stat(path)
		}
		return nil
	})
}

// command prepares a run; it does not start it.
func command(t testing.TB, env settings, args ...string) *process {
	sources.Do(lookAtSources)
	p := &process{t: t, cmd: exec.Command(binary, args...), log: newOutput(), out: newOutput(), ended: make(chan struct{}), secret: func() []string { return nil }}
	p.cmd.Dir = t.TempDir()
	p.cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + p.cmd.Dir}
	if _, ok := env["KLASTER_HTTP"]; !ok {
		p.cmd.Env = append(p.cmd.Env, "KLASTER_HTTP=127.0.0.1:0")
	}
	for name, value := range env {
		p.cmd.Env = append(p.cmd.Env, name+"="+value)
	}
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.log
	endWithParent(p.cmd)
	return p
}

// begin starts the program and returns at once. It is ended with the test.
func begin(t testing.TB, env settings, args ...string) *process {
	t.Helper()
	p := command(t, env, args...)
	p.begin()
	return p
}

func (p *process) begin() {
	p.t.Helper()
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait()
		p.log.end()
		p.out.end()
		close(p.ended)
	}()
	p.t.Cleanup(func() {
		if !p.over() {
			p.kill()
		}
		p.checkLog()
		if p.t.Failed() {
			p.t.Logf("log of process %d:\n%s", p.cmd.Process.Pid, p.log.tail(2000))
		}
	})
}

// start starts the program and waits until it serves.
func start(t testing.TB, env settings, args ...string) *process {
	t.Helper()
	p := begin(t, env, args...)
	p.serves()
	return p
}

var clickable = regexp.MustCompile(`(?:click|http)=(?:http://)?([0-9.]+:[0-9]+)`)

// address is where the program says it serves HTTP.
func (p *process) address() string {
	p.t.Helper()
	return p.log.await(p.t, patience, clickable)[1]
}

func (p *process) serves() {
	p.t.Helper()
	url := "http://" + p.address()
	eventually(p.t, patience, "the program opens its doors", func() bool {
		if p.over() {
			p.t.Fatalf("the program ended: %s", p.log)
		}
		status, _ := get(url + "/")
		return status == http.StatusOK || status == http.StatusNotFound
	})
}

func (p *process) over() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// kill is kill -9.
func (p *process) kill() {
	p.killed = true
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// stop asks the program to end, and returns its exit code and how long it took.
func (p *process) stop() (int, time.Duration) {
	p.t.Helper()
	began := time.Now()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	return p.wait(12 * time.Second), time.Since(began)
}

// wait waits for the program's end and returns its exit code.
func (p *process) wait(d time.Duration) int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(d):
		_ = p.cmd.Process.Signal(syscall.SIGQUIT)
		p.t.Fatalf("the program has not ended after %s", d)
	}
	return p.cmd.ProcessState.ExitCode()
}

// run runs the program to its end.
func run(t testing.TB, env settings, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	p := begin(t, env, args...)
	code = p.wait(time.Minute)
	return code, p.out.String(), p.log.String()
}

// checkLog looks for what must never be in a log: the token, and whatever the test's people are called and said.
func (p *process) checkLog() {
	p.t.Helper()
	text := p.log.String()
	for _, secret := range append([]string{token, canary}, p.secret()...) {
		if secret != "" && strings.Contains(text, secret) {
			p.t.Errorf("the log of process %d has the secret %q in it", p.cmd.Process.Pid, secret)
		}
	}
	for _, mark := range []string{"panic", "DATA RACE", "goroutine "} {
		if strings.Contains(text, mark) {
			p.t.Errorf("the log of process %d speaks of %q", p.cmd.Process.Pid, mark)
		}
	}
}

// get asks an address; 0 when nobody answers.
func get(url string) (status int, body string) {
	client := http.Client{Timeout: 5 * time.Second}
	resp, err := client.Get(url)
	if err != nil {
		return 0, ""
	}
	defer func() { _ = resp.Body.Close() }()
	b, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(b)
}

// output is what a process writes, and lets tests wait for lines of it.
type output struct {
	mu      sync.Mutex
	b       []byte
	ended   bool
	changed chan struct{}
}

func newOutput() *output { return &output{changed: make(chan struct{})} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.b = append(o.b, p...)
	close(o.changed)
	o.changed = make(chan struct{})
	return len(p), nil
}

func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ended = true
	close(o.changed)
	o.changed = make(chan struct{})
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return string(o.b)
}

func (o *output) tail(n int) string {
	text := o.String()
	return text[max(0, len(text)-n):]
}

// await waits for a match and returns it with its groups.
func (o *output) await(t testing.TB, d time.Duration, want *regexp.Regexp) []string {
	t.Helper()
	late := time.After(d)
	for {
		o.mu.Lock()
		found, ended, changed := want.FindStringSubmatch(string(o.b)), o.ended, o.changed
		o.mu.Unlock()
		if found != nil {
			return found
		}
		if ended {
			t.Fatalf("the output ended without %s:\n%s", want, o)
		}
		select {
		case <-changed:
		case <-late:
			t.Fatalf("the output has no %s after %s:\n%s", want, d, o)
		}
	}
}

// telegramServer begins a fake with this test's token; every request of the program is judged by it.
func telegramServer(t testing.TB, opts ...telegramtest.Option) *telegramtest.Server {
	t.Helper()
	return telegramtest.Start(t, append([]telegramtest.Option{telegramtest.WithToken(token)}, opts...)...)
}

// waitFor waits for something in the fake's world.
func waitFor(t testing.TB, s *telegramtest.Server, what string, holds func(*telegramtest.World) bool) {
	t.Helper()
	waitLong(t, s, patience, what, holds)
}

func waitLong(t testing.TB, s *telegramtest.Server, d time.Duration, what string, holds func(*telegramtest.World) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	if err := s.WaitFor(ctx, holds); err != nil {
		t.Fatalf("never within %s: %s (%v)", d, what, err)
	}
}

// both runs a test on the embedded file and on a real Redis.
func both(t *testing.T, test func(t *testing.T, store string)) {
	t.Helper()
	t.Run("bbolt", func(t *testing.T) {
		t.Parallel()
		test(t, filepath.Join(t.TempDir(), "klaster.db"))
	})
	t.Run("redis", func(t *testing.T) {
		t.Parallel()
		test(t, durableRedis(t))
	})
}

// lines splits a text and leaves empty lines out.
func lines(text string) []string {
	return slices.DeleteFunc(strings.Split(text, "\n"), func(l string) bool { return strings.TrimSpace(l) == "" })
}

func write(t testing.TB, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
