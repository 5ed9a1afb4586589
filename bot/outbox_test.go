package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"klaster/domain"
)

// yard runs an outbox in a bubble and notes what it sent when.
type yard struct {
	*outbox
	mu    sync.Mutex
	sent  []string
	at    map[string]time.Duration
	ended map[string]error
	began time.Time
	held  bool
}

func inYard(t *testing.T, caps Caps, test func(y *yard)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		y := &yard{at: map[string]time.Duration{}, ended: map[string]error{}, began: time.Now(), held: true}
		y.outbox = newOutbox(caps, time.Now, func(class) bool { return y.held }, func(*sending, error) {})
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { y.run(ctx) })
		test(y)
		cancel()
		running.Wait()
	})
}

func chat(name string) domain.ChatRef { return domain.ChatRef{Platform: "fake", Chat: name} }

// put queues a sending that answers with errs, one per call, then nil.
func (y *yard) put(name string, c class, cluster, to string, group bool, key string, errs ...error) {
	y.add(&sending{
		class: c, cluster: domain.ClusterID(cluster), chat: chat(to), group: group, key: key,
		do: func(context.Context) error {
			y.mu.Lock()
			defer y.mu.Unlock()
			if len(errs) > 0 {
				err := errs[0]
				errs = errs[1:]
				return err
			}
			y.sent = append(y.sent, name)
			y.at[name] = time.Since(y.began)
			return nil
		},
		done: func(err error) {
			y.mu.Lock()
			defer y.mu.Unlock()
			y.ended[name] = err
		},
	})
}

func (y *yard) after(d time.Duration) []string {
	time.Sleep(d)
	synctest.Wait()
	y.mu.Lock()
	defer y.mu.Unlock()
	return append([]string(nil), y.sent...)
}

func TestOutboxClassesAndTurns(t *testing.T) {
	inYard(t, Caps{Global: Rate{Every: time.Second, Burst: 1}}, func(y *yard) {
		y.put("first", prompting, "A", "x", false, "") // takes the only token
		synctest.Wait()
		for i := range 3 {
			y.put(fmt.Sprintf("A%d", i), prompting, "A", fmt.Sprintf("a%d", i), false, "")
		}
		y.put("B0", prompting, "B", "b", false, "")
		y.put("edit", editing, "A", "a", true, "")
		y.put("deadline", deadlines, "B", "b", true, "")
		y.put("answer", answering, "C", "c", true, "")
		got := y.after(time.Minute)
		want := []string{"first", "answer", "deadline", "edit", "A0", "B0", "A1", "A2"}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("sent %v, want %v", got, want)
		}
	})
}

func TestOutboxFloor(t *testing.T) {
	inYard(t, Caps{Global: Rate{Every: time.Second, Burst: 1}}, func(y *yard) {
		y.put("prompt", prompting, "P", "p", false, "")
		synctest.Wait()
		y.put("low", prompting, "P", "p", false, "")
		for i := range 60 {
			y.put(fmt.Sprintf("e%d", i), editing, domain2(i), domain2(i), true, "")
		}
		got := y.after(30 * time.Second)
		for _, name := range got[1:] {
			if name == "low" {
				return
			}
		}
		t.Error("the lowest class starved")
	})
}

func domain2(i int) string { return fmt.Sprintf("c%d", i) }

func TestOutboxReplacesOlderEdits(t *testing.T) {
	inYard(t, Caps{PerChat: Rate{Every: 2 * time.Second, Burst: 1}}, func(y *yard) {
		y.put("v1", editing, "A", "a", true, "card")
		synctest.Wait()
		for i := range 50 {
			y.put(fmt.Sprintf("v%d", i+2), editing, "A", "a", true, "card")
		}
		if got := y.after(time.Minute); fmt.Sprint(got) != "[v1 v51]" {
			t.Errorf("sent %v, want the first and the last", got)
		}
	})
}

func TestOutboxLimitsGroups(t *testing.T) {
	inYard(t, Caps{PerGroup: Rate{Every: 3 * time.Second, Burst: 1}}, func(y *yard) {
		for i := range 10 {
			y.put(fmt.Sprintf("g%d", i), answering, "A", "g", true, "")
			y.put(fmt.Sprintf("p%d", i), answering, "A", fmt.Sprintf("p%d", i), false, "")
		}
		got := y.after(time.Second)
		if len(got) != 11 {
			t.Errorf("%d sent at once, want ten private ones and one for the group", len(got))
		}
		if got = y.after(28 * time.Second); len(got) != 20 {
			t.Errorf("%d sent after half a minute, want 20", len(got))
		}
		for i := 1; i < 10; i++ {
			if gap := y.at[fmt.Sprintf("g%d", i)] - y.at[fmt.Sprintf("g%d", i-1)]; gap < 3*time.Second {
				t.Errorf("gap of %v before g%d: out of order, or too fast", gap, i)
			}
		}
	})
}

func TestOutboxErrors(t *testing.T) {
	fails := func(k SendKind, after time.Duration) error {
		return &SendError{Kind: k, After: after, Err: errors.New("no")}
	}
	inYard(t, Caps{}, func(y *yard) {
		y.put("limited", answering, "A", "a", true, "", fails(RateLimited, 20*time.Second))
		y.put("behind", answering, "A", "a", true, "")
		y.put("elsewhere", answering, "A", "b", true, "")
		y.put("shaky", answering, "B", "c", true, "", fails(Transient, 0), fails(Transient, 0))
		y.put("gone", editing, "B", "d", true, "k", fails(Gone, 0))
		got := y.after(time.Minute)
		if len(got) != 4 {
			t.Fatalf("sent %v, want four", got)
		}
		if y.at["limited"] < 20*time.Second || y.at["behind"] < y.at["limited"] {
			t.Errorf("limited at %v, behind at %v", y.at["limited"], y.at["behind"])
		}
		if y.at["elsewhere"] > time.Second {
			t.Errorf("another chat waited %v for the limited one", y.at["elsewhere"])
		}
		if y.at["shaky"] < 3*time.Second {
			t.Errorf("tried again after %v, want a back-off", y.at["shaky"])
		}
		var e *SendError
		if !errors.As(y.ended["gone"], &e) || e.Kind != Gone {
			t.Errorf("gone ended with %v", y.ended["gone"])
		}
	})
	inYard(t, Caps{}, func(y *yard) {
		y.put("refused", answering, "A", "a", true, "", fails(Misconfigured, 0), fails(Misconfigured, 0))
		synctest.Wait()
		y.put("other", answering, "B", "b", true, "")
		if got := y.after(4 * time.Second); len(got) != 0 {
			t.Errorf("sent %v while the platform refuses us", got)
		}
		if got := y.after(time.Minute); len(got) != 2 {
			t.Errorf("sent %v afterwards, want both", got)
		}
	})
	inYard(t, Caps{}, func(y *yard) { // a lease that could not be renewed for a moment
		y.held = false
		y.put("kept", answering, "A", "a", true, "")
		if got := y.after(time.Second / 2); len(got) != 0 {
			t.Errorf("sent %v without the lease", got)
		}
		y.held = true
		y.put("next", answering, "A", "a", true, "")
		if got := y.after(3 * time.Second); fmt.Sprint(got) != "[kept next]" {
			t.Errorf("sent %v after the lease was renewed", got)
		}
	})
	inYard(t, Caps{}, func(y *yard) {
		for i := range maxAnswers + 10 {
			y.put(fmt.Sprint(i), answering, "A", "a", true, "", &SendError{Kind: RateLimited, After: time.Hour, Err: errors.New("slow down")})
		}
		time.Sleep(time.Second)
		synctest.Wait()
		y.mu.Lock()
		dropped := len(y.ended)
		y.mu.Unlock()
		if waits := y.size(); waits > maxAnswers+1 || dropped < 9 {
			t.Errorf("%d wait, %d were dropped", waits, dropped)
		}
	})
	inYard(t, Caps{}, func(y *yard) {
		y.held = false
		y.put("late", answering, "A", "a", true, "")
		y.put("card", editing, "A", "a", true, "k")
		if got := y.after(time.Second); len(got) != 0 {
			t.Errorf("sent %v without the lease", got)
		}
		y.clear(false)
		y.held = true
		y.put("card2", editing, "A", "a", true, "k")
		if got := y.after(time.Second); fmt.Sprint(got) != "[card2]" {
			t.Errorf("sent %v after the lease came back", got)
		}
	})
}

// Somebody who floods a group is told so once and then left unanswered until what waits has been sent; what others of the
// group asked is answered in turn.
func TestOutboxFloodByOnePerson(t *testing.T) {
	inYard(t, Caps{PerGroup: Rate{Every: 3 * time.Second, Burst: 1}}, func(y *yard) {
		told := 0
		ask := func(who, name string) {
			note := func(name string) func(context.Context) error {
				return func(context.Context) error {
					y.mu.Lock()
					defer y.mu.Unlock()
					y.sent, y.at[name] = append(y.sent, name), time.Since(y.began)
					return nil
				}
			}
			s := &sending{class: answering, cluster: "A", chat: chat("g"), group: true, who: who, do: note(name), done: func(err error) {
				y.mu.Lock()
				defer y.mu.Unlock()
				y.ended[name] = err
			}}
			s.flooded = func() *sending {
				told++
				return &sending{class: answering, cluster: "A", chat: chat("g"), group: true, who: who, do: note("slow down"), done: func(error) {}}
			}
			y.add(s)
		}
		for i := range 300 {
			ask("flooder", fmt.Sprint("f", i))
		}
		ask("other", "o")
		y.after(10 * time.Minute)
		if y.at["o"] > 6*time.Second {
			t.Errorf("the other person was answered after %v", y.at["o"])
		}
		if told != 1 || y.at["slow down"] == 0 {
			t.Errorf("the flooder was told %d times, at %v; want once", told, y.at["slow down"])
		}
		if n := len(y.sent); n > maxAnswers+4 {
			t.Errorf("%d messages were sent, want about %d", n, maxAnswers+2)
		}
		ask("flooder", "later")
		y.after(5 * time.Second)
		if y.at["later"] == 0 {
			t.Error("not answered after the flood was over")
		}
	})
}

// A hundred thousand prompts do not delay an answer.
func TestOutboxAnswersPassABurst(t *testing.T) {
	inYard(t, Caps{Global: Rate{Every: time.Second / 30, Burst: 30}}, func(y *yard) {
		for i := range 20_000 {
			y.put("prompt", prompting, fmt.Sprintf("c%d", i), fmt.Sprintf("p%d", i), false, "")
		}
		time.Sleep(10 * time.Second)
		asked := time.Since(y.began)
		y.put("answer", answering, "A", "a", true, "")
		y.after(2 * time.Second)
		if wait := y.at["answer"] - asked; wait > time.Second {
			t.Errorf("an answer waited %v", wait)
		}
		if n := len(y.after(0)); n < 300 || n > 450 {
			t.Errorf("%d sent in 12 s, want about 390", n)
		}
	})
}

// Where inputs are answered through themselves, a channel that has to wait holds up nobody who is answered beside it.
func TestOutboxLimitsOfAsides(t *testing.T) {
	for interactive, after := range map[bool]time.Duration{false: 7 * time.Second, true: 0} {
		inYard(t, Caps{Interactive: interactive}, func(y *yard) {
			y.put("card", editing, "c", "g", true, "k", &SendError{Kind: RateLimited, After: 7 * time.Second, Err: errors.New("slow down")})
			synctest.Wait()
			y.add(&sending{class: answering, cluster: "c", chat: domain.ChatRef{Platform: "fake", Chat: "g", Thread: "@ani"}, do: func(context.Context) error {
				y.mu.Lock()
				defer y.mu.Unlock()
				y.at["answer"] = time.Since(y.began)
				return nil
			}, done: func(error) {}})
			time.Sleep(10 * time.Second)
			synctest.Wait()
			y.mu.Lock()
			defer y.mu.Unlock()
			if got, ok := y.at["answer"]; !ok || got != after || y.at["card"] != 7*time.Second {
				t.Errorf("interactive %v: answered after %s, the card after %s", interactive, got, y.at["card"])
			}
		})
	}
}
