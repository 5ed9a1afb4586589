package e2e_test

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"klaster/bot/telegram/telegramtest"
	"klaster/domain"
	"klaster/store"
	"klaster/store/storetest"
)

// TestWrongSettings refuses each wrong value in one line that names it, with exit code 2.
func TestWrongSettings(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	for name, c := range map[string]struct {
		env  settings
		args []string
		says []string // parts of the line
	}{
		"store scheme":   {env: settings{"KLASTER_STORE": "mysql://root:" + canary + "@db/x"}, says: []string{"KLASTER_STORE", "mysql", "redis://"}},
		"empty store":    {args: []string{"--store="}, says: []string{"KLASTER_STORE", "a path"}},
		"redis address":  {env: settings{"KLASTER_STORE": "redis://"}, says: []string{"KLASTER_STORE"}},
		"redis database": {env: settings{"KLASTER_STORE": "redis://127.0.0.1:1/eleven"}, says: []string{"KLASTER_STORE"}},
		"address":        {env: settings{"KLASTER_HTTP": "8080"}, says: []string{"KLASTER_HTTP", `"8080"`, "host:port"}},
		"port":           {env: settings{"KLASTER_HTTP": "127.0.0.1:99999"}, says: []string{"KLASTER_HTTP", "99999"}},
		"address in use": {env: settings{"KLASTER_HTTP": taken.Addr().String()}, says: []string{"KLASTER_HTTP", taken.Addr().String()}},
		"language":       {env: settings{"KLASTER_LANG": "fr"}, says: []string{"KLASTER_LANG", `"fr"`, "id, en"}},
		"zone":           {env: settings{"KLASTER_TZ": "Asia/Atlantis"}, says: []string{"KLASTER_TZ", "Asia/Atlantis", "Asia/Jakarta"}},
		"log":            {env: settings{"KLASTER_LOG": "xml"}, says: []string{"KLASTER_LOG", "xml", "text, json"}},
		"log level":      {env: settings{"KLASTER_LOG_LEVEL": "loud"}, says: []string{"KLASTER_LOG_LEVEL", "loud", "debug, info, warn, error"}},
		"token":          {env: settings{"KLASTER_TELEGRAM_TOKEN": canary}, says: []string{"KLASTER_TELEGRAM_TOKEN", "(hidden)", "@BotFather"}},
		"server":         {env: settings{"KLASTER_TELEGRAM_API": "ftp://example.org"}, says: []string{"KLASTER_TELEGRAM_API", "ftp://example.org", "http"}},
		"flag":           {args: []string{"--colour"}, says: []string{"--colour"}},
		"command":        {args: []string{"dance"}, says: []string{"dance"}},
		"no cluster":     {args: []string{"export"}, says: []string{"cluster"}},
		"commit":         {args: []string{"replay", "X", "--at", "soon"}, says: []string{"--at", "soon"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, out, errs := run(t, c.env, c.args...)
			if code != 2 || out != "" || len(lines(errs)) != 1 {
				t.Errorf("exit code %d, output %q, errors %q; want 2, none, and one line", code, out, errs)
			}
			for _, part := range c.says {
				if !strings.Contains(errs, part) {
					t.Errorf("%q does not say %q", errs, part)
				}
			}
		})
	}
}

// TestUnfitStores are refused at the start, in one line.
func TestUnfitStores(t *testing.T) {
	t.Parallel()
	t.Run("forgets", func(t *testing.T) {
		t.Parallel()
		store := "redis://" + storetest.StartRedis(t)
		code, _, errs := run(t, settings{"KLASTER_STORE": store})
		if code != 2 || !strings.Contains(errs, "--accept-data-loss") {
			t.Errorf("exit code %d: %s", code, errs)
		}
		p := start(t, settings{"KLASTER_STORE": store}, "--accept-data-loss")
		if !strings.Contains(p.log.String(), "D0 memory") {
			t.Errorf("the log does not say what a confirmation is worth:\n%s", p.log)
		}
	})
	t.Run("evicts", func(t *testing.T) {
		t.Parallel()
		store := "redis://" + storetest.StartRedis(t, "--appendonly", "yes", "--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru")
		code, _, errs := run(t, settings{"KLASTER_STORE": store})
		if code != 2 || !strings.Contains(errs, "KLASTER_STORE") {
			t.Errorf("exit code %d: %s", code, errs)
		}
	})
	t.Run("file in use", func(t *testing.T) {
		t.Parallel()
		store := filepath.Join(t.TempDir(), "klaster.db")
		start(t, settings{"KLASTER_STORE": store})
		code, _, errs := run(t, settings{"KLASTER_STORE": store})
		if code == 0 || len(lines(lastLine(errs))) != 1 {
			t.Errorf("exit code %d: %s", code, errs)
		}
	})
}

func lastLine(text string) string {
	all := lines(text)
	if len(all) == 0 {
		return ""
	}
	return all[len(all)-1]
}

// TestOperator uses the sub-commands on a store at rest and beside a running bot.
func TestOperator(t *testing.T) {
	both(t, func(t *testing.T, setting string) {
		tg := telegramServer(t)
		c := newCrowd(t, tg, 7)
		c.seed.keep(setting)
		env := settings{"KLASTER_STORE": setting}

		t.Run("at rest", func(t *testing.T) { operate(t, c, env) })
		p := c.watch(start(t, telegramSettings(tg, setting)))
		c.shown()
		c.cast(0, 1, 2, 3)
		c.handled()
		t.Run("running", func(t *testing.T) {
			operate(t, c, settings{"KLASTER_STORE": setting, "KLASTER_HTTP": p.address()})
		})
		t.Run("doors", func(t *testing.T) { doors(t, p) })
		t.Run("forget", func(t *testing.T) {
			code, out, errs := run(t, env, "forget", string(personID(1)))
			if code != 0 || !strings.Contains(out, string(personID(1))) {
				t.Fatalf("forget: %d %s%s", code, out, errs)
			}
			code, out, _ = run(t, env, "replay", string(crowdID))
			if code != 0 || !strings.Contains(out, "person_forgotten") {
				t.Errorf("replay does not show that a person was forgotten: %d %s", code, out)
			}
			proven(t, setting, crowdID)
		})
		if code, took := p.stop(); code != 0 || took > 10*time.Second {
			t.Errorf("the program ended with %d after %s", code, took)
		}
		s := openStore(t, setting)
		defer func() { _ = s.Close() }()
		if _, err := s.PersonByID(t.Context(), personID(1)); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the forgotten person is still there: %v", err)
		}
		if j := read(t, s, crowdID); j.state.Actor(actorID(1)).RepresentedBy(personID(1)) {
			t.Error("the forgotten person still represents")
		}
	})
}

// operate runs the sub-commands that look.
func operate(t *testing.T, c *crowd, env settings) {
	code, out, errs := run(t, env, "doctor")
	if code != 0 || !strings.HasPrefix(out, "settings: good") {
		t.Errorf("doctor: %d %s%s", code, out, errs)
	}
	file := proven(t, env["KLASTER_STORE"], crowdID)

	// One letter in a vote, a text, the chain or the end: none can be changed.
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for what, change := range map[string][2]string{
		"record": {`\"type\":\"actor_registered\"`, `\"type\":\"actor_registerex\"`},
		"text":   {"Gudang bersama", "Gedung bersama"},
		"chain":  {`"chain":"`, `"chain":"00`},
	} {
		bad := strings.Replace(string(good), change[0], change[1], 1)
		if bad == string(good) {
			t.Fatalf("there is no %s to tamper with in %.2000s", what, good)
		}
		tampered := filepath.Join(t.TempDir(), what)
		write(t, tampered, bad)
		if code, out, errs := run(t, nil, "verify", tampered); code == 0 || out != "" || !strings.Contains(errs, "not proven") {
			t.Errorf("verify of another %s: %d %s%s", what, code, out, errs)
		}
	}

	code, all, errs := run(t, env, "replay", string(crowdID))
	if code != 0 || !strings.Contains(all, "cluster_founded") || !strings.Contains(all, "proposal_opened") {
		t.Fatalf("replay: %d %.400s%s", code, all, errs)
	}
	code, early, errs := run(t, env, "replay", string(crowdID), "--at", "3")
	if code != 0 || strings.Contains(early, "proposal_opened") {
		t.Errorf("replay --at 3: %d %.400s%s", code, early, errs)
	}
	history, state, _ := strings.Cut(early, "\n{")
	if n := len(lines(history)); n != 3 {
		t.Errorf("replay --at 3 shows %d commits", n)
	}
	var folded struct{ Commits uint64 }
	if err := json.Unmarshal([]byte("{"+state), &folded); err != nil || folded.Commits != 3 {
		t.Errorf("the state of replay --at 3 is of commit %d (%v)", folded.Commits, err)
	}

	for _, args := range [][]string{{"export", "NOBODY"}, {"replay", "NOBODY"}} {
		if code, _, errs := run(t, env, args...); code != 1 || len(lines(errs)) != 1 || !strings.Contains(errs, "NOBODY") {
			t.Errorf("%q: %d %s", args, code, errs)
		}
	}
}

func doors(t *testing.T, p *process) {
	base := "http://" + p.address()
	for path, want := range map[string]string{"/healthz": "ok", "/readyz": `"ready":true`, "/metrics": "klaster_"} {
		if status, body := get(base + path); status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%s: %d %.300s", path, status, body)
		}
	}
	for path, want := range map[string]int{"/nowhere": http.StatusNotFound, "/operator/export?cluster=CROWD": http.StatusNotFound} {
		if status, body := get(base + path); status != want || strings.Contains(body, "cluster_founded") {
			t.Errorf("%s: %d", path, status)
		}
	}
	// What another site's page could send.
	req, err := http.NewRequest(http.MethodPost, base+"/tap", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Origin", "http://evil.example")
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusForbidden {
		t.Errorf("a tap from another site is answered %s", resp.Status)
	}
}

// TestPlainCommands are those that need no store.
func TestPlainCommands(t *testing.T) {
	t.Parallel()
	code, out, errs := run(t, nil, "version")
	if code != 0 || !strings.HasPrefix(out, "klaster ") || len(lines(out)) != 1 || errs != "" {
		t.Errorf("version: %d %q %q", code, out, errs)
	}
	code, out, errs = run(t, nil, "--help")
	if code != 0 || !strings.Contains(out, "doctor") || !strings.Contains(out, "KLASTER_STORE") {
		t.Errorf("help: %d %s%s", code, out, errs)
	}
	code, out, errs = run(t, nil, "cards")
	if code != 0 || !strings.Contains(out, "Usulan No.") || !strings.Contains(out, "Proposal No.") {
		t.Errorf("cards: %d %.400s%s", code, out, errs)
	}
	if strings.Contains(out, "{") && strings.Contains(out, "%!") {
		t.Errorf("cards show a formatting error")
	}
	if code, _, _ := run(t, nil, "verify", "/nonexistent"); code == 0 {
		t.Error("a file that is not there is proven")
	}
	if code, _, _ := run(t, nil, "doctor", "--probe"); code != 1 {
		t.Errorf("doctor --probe without a bot ends with %d", code)
	}
}

// TestNewcomer starts with nothing set but the address: the first lines say where to click, where the data are, and what
// a confirmation is worth.
func TestNewcomer(t *testing.T) {
	t.Parallel()
	p := start(t, nil)
	text := p.log.String()
	for _, part := range []string{"click=http://127.0.0.1:", "klaster.db", "D3 disk"} {
		if !strings.Contains(text, part) {
			t.Errorf("the first lines do not say %q:\n%s", part, text)
		}
	}
	if status, _ := p.open("Rahmat Hidayatullah").say(uuid(), "/mulai"); status != http.StatusOK {
		t.Errorf("the first message is answered %d", status)
	}
	if code, took := p.stop(); code != 0 || took > 10*time.Second {
		t.Errorf("the program ended with %d after %s", code, took)
	}
	if strings.Contains(p.log.String(), "Hidayatullah") {
		t.Error("the log has a name in it")
	}
	if _, err := os.Stat(filepath.Join(p.cmd.Dir, "klaster.db")); err != nil {
		t.Error(err)
	}
}

// TestStopInHand stops the program while votes wait in its hands: what it took is finished and answered, what it did not
// take comes again.
func TestStopInHand(t *testing.T) {
	both(t, func(t *testing.T, store string) {
		tg := telegramServer(t)
		c := newCrowd(t, tg, 60)
		c.seed.keep(store)
		p := c.watch(start(t, telegramSettings(tg, store)))
		c.shown()
		var all []int
		for i := range 60 {
			all = append(all, i)
		}
		for range 5 {
			c.cast(all...)
		}
		if err := tg.WaitAnswered(soon(t), 20); err != nil {
			t.Fatal(err)
		}
		code, took := p.stop()
		if code != 0 || took > 10*time.Second {
			t.Errorf("the program ended with %d after %s", code, took)
		}
		// Nothing was cut off: each recorded vote was answered.
		recorded, answered := len(readFrom(t, store, crowdID).votes()), tg.Answered()
		if recorded != answered {
			t.Errorf("%d votes were recorded and %d answered when the program stopped", recorded, answered)
		}
		t.Logf("stopped after %s with %d of %d votes in", took.Round(time.Millisecond), recorded, len(c.taps))

		p = c.watch(start(t, telegramSettings(tg, store)))
		c.handled()
		if code, _ := p.stop(); code != 0 {
			t.Errorf("the program ended with %d", code)
		}
		c.check(readFrom(t, store, crowdID))
	})
}

// TestMissedClose starts after a proposal's deadline, with votes waiting at Telegram: they were cast while nobody
// received, so they count, and only then it is closed, once.
func TestMissedClose(t *testing.T) {
	both(t, func(t *testing.T, store string) {
		tg := telegramServer(t)
		c := oldCrowd(t, tg, 6, 20*24*time.Hour, telegramtest.AsSupergroup())
		for i := range 3 {
			c.seed.do(domain.By{Person: personID(i)}, domain.CastVote{Proposal: c.proposal, Actor: actorID(i), Position: domain.Agree})
			c.says[i] = domain.Agree
		}
		c.seed.keep(store)
		c.board = 1 // long deleted
		c.cast(3, 4, 5)
		p := c.watch(start(t, telegramSettings(tg, store)))
		waitFor(t, tg, "the result", func(w *telegramtest.World) bool {
			for _, m := range w.Messages(c.group) {
				if m.FromMe && holdsAll(m.Text, []string{"Gudang bersama", "mufakat bulat", "6 dari 6"}) {
					return true
				}
			}
			return false
		})
		if code, _ := p.stop(); code != 0 {
			t.Errorf("the program ended with %d", code)
		}
		c.taps = append(c.taps, make([]vote, 3)...) // those of the seed
		j := readFrom(t, store, crowdID)
		c.check(j)
		if n := j.count("proposal_closed"); n != 1 {
			t.Errorf("closed %d times", n)
		}
		if n := j.count("item_extended"); n != 0 {
			t.Errorf("extended %d times although all had voted", n)
		}
	})
}
