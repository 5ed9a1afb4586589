package e2e_test

import (
	"context"
	_ "embed"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// chromium starts Debian's Chromium, or skips the test where there is none.
func chromium(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: -short leaves the browser out")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("SKIPPED: no chromium on this machine, so the story was not played in a browser")
	}
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(), append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.DisableGPU)...)
	ctx, end := chromedp.NewContext(alloc)
	t.Cleanup(func() { end(); endAlloc() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("chromium: ", err)
	}
	return ctx
}

// house is the program's browser room, seen from outside.
type house struct {
	t       *testing.T
	browser context.Context
	address string
}

func newHouse(t *testing.T) *house {
	t.Helper()
	b := chromium(t)
	p := start(t, settings{"KLASTER_STORE": filepath.Join(t.TempDir(), "klaster.db")})
	return &house{t: t, browser: b, address: "http://" + p.address()}
}

// guest is a person at a page of their own, in a browser profile of their own.
type guest struct {
	t    *testing.T
	ctx  context.Context
	name string
	lang string
	wide bool

	mu   sync.Mutex
	errs []string // what the console complained about
}

// webPatience bounds a wait for the page.
const webPatience = 60 * time.Second

const (
	desk  = 1280
	phone = 390
)

// helper is what the test knows inside the page. It watches all the time for what must never be there.
//
//go:embed testdata/watch.js
var helper string

// enter opens the room as a person. Each has isolated storage and connections, as on machines of their own.
func (h *house) enter(name, lang string, width int64) *guest {
	h.t.Helper()
	g := &guest{t: h.t, name: name, lang: lang, wide: width >= 1000}
	ctx, end := chromedp.NewContext(h.browser, chromedp.WithNewBrowserContext(), chromedp.WithListener(g.listen))
	h.t.Cleanup(end)
	g.ctx = ctx
	if err := chromedp.Do(ctx); err != nil { // the page lives as long as this context, so it has no deadline
		h.t.Fatal(err)
	}
	height := int64(844)
	if g.wide {
		height = 900
	}
	q := url.Values{"room": {"rotan"}, "as": {name}, "lang": {lang}}
	g.do(chromedp.EmulateViewport(width, height), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: helper})
		return err
	}), chromedp.Navigate(h.address+"/?"+q.Encode()))
	g.until(`document.body.dataset.ready === 'true' && document.getElementById('status').dataset.state === 'online'`)
	return g
}

func (g *guest) listen(ev any) {
	var text string
	switch e := ev.(type) {
	case *runtime.EventExceptionThrown:
		text = e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			text += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			text = fmt.Sprint("console.", e.Type)
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Level == log.EntryLevelWarning {
			text = e.Entry.Text + " " + e.Entry.URL
		}
	}
	if text == "" {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.errs = append(g.errs, text)
}

func (g *guest) do(steps ...chromedp.Action[chromedp.Void]) {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		g.t.Fatalf("%s: %v", g.name, err)
	}
}

// until waits until an expression is true.
func (g *guest) until(expression string) {
	g.t.Helper()
	if _, err := chromedp.Run(g.ctx, chromedp.Poll[bool]("!!("+expression+")", chromedp.WithPollingInterval(15*time.Millisecond), chromedp.WithPollingTimeout(webPatience))); err != nil {
		g.fail("%s never sees %s: %v\n%s", g.name, expression, err, g.dump())
	}
}

func (g *guest) eval(expression string) string {
	g.t.Helper()
	ctx, cancel := context.WithTimeout(g.ctx, patience)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		g.t.Fatalf("%s: %s: %v", g.name, expression, err)
	}
	return s
}

func (g *guest) is(expression, want string) {
	g.t.Helper()
	if got := g.eval(expression); got != want {
		g.t.Errorf("%s: %s is %q, want %q", g.name, expression, got, want)
	}
}

// dump is what the person sees last, for the failure's message.
func (g *guest) dump() string {
	ctx, cancel := context.WithTimeout(g.ctx, patience)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`e2e.dump()`))
	if err != nil {
		return err.Error()
	}
	return s
}

// writes sends words privately, says sends them to the group.
func (g *guest) writes(text string) { g.t.Helper(); g.send("private", text) }
func (g *guest) says(text string)   { g.t.Helper(); g.send("group", text) }

// send types into the message field and sends: with Enter at a desk, with the button on a phone.
func (g *guest) send(chat, text string) {
	g.t.Helper()
	g.fill(chat, text)
	if g.wide {
		g.do(chromedp.KeyEvent(kb.Enter))
	} else {
		g.do(chromedp.Click(chromedp.CSS("#" + chat + " .send")))
	}
	g.until(fmt.Sprintf(`document.getElementById('say-%s').value === '' || !document.querySelector('#%s .composer .trouble').hidden`, chat, chat))
}

// fill puts words into the message field, as a keyboard or its clipboard does.
func (g *guest) fill(chat, text string) {
	g.t.Helper()
	g.eval(fmt.Sprintf(`e2e.ready(%q)`, chat))
	g.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, input.InsertText, input.InsertTextParams{Text: text})
		return err
	}))
}

// presses presses the newest button with this label in the private panel, taps does so in the group. A label that ends
// in * is a beginning.
func (g *guest) presses(label string) { g.t.Helper(); g.press("private", label, "") }
func (g *guest) taps(label string)    { g.t.Helper(); g.press("group", label, "") }

// press presses the newest button with the label, in a message with these words.
func (g *guest) press(chat, label, words string) {
	g.t.Helper()
	if _, err := chromedp.Run(g.ctx, chromedp.Poll[bool](fmt.Sprintf(`e2e.press(%q, %q, %q)`, chat, label, words), chromedp.WithPollingInterval(15*time.Millisecond), chromedp.WithPollingTimeout(webPatience))); err != nil {
		g.fail("%s cannot press %q in %s: %s\n%s", g.name, label, chat, g.eval("e2e.why"), g.dump())
	}
}

// reads waits for a private message with all the words that came, or came to be so, since the person last did something;
// sees does so in the group.
func (g *guest) reads(words ...string) { g.t.Helper(); g.await("fresh", "private", words) }
func (g *guest) sees(words ...string)  { g.t.Helper(); g.await("fresh", "group", words) }

// shows waits until some message in the group has all the words, old or new.
func (g *guest) shows(words ...string) { g.t.Helper(); g.await("shows", "group", words) }

// holds does so privately.
func (g *guest) holds(words ...string) { g.t.Helper(); g.await("shows", "private", words) }

func (g *guest) await(how, chat string, words []string) {
	g.t.Helper()
	g.until(fmt.Sprintf(`e2e.%s(%q, [%s])`, how, chat, quoted(words)))
}

func quoted(words []string) string {
	q := make([]string, len(words))
	for i, w := range words {
		q[i] = strconv.Quote(w)
	}
	return strings.Join(q, ", ")
}

// toasted waits for the short answer to the last press.
func (g *guest) toasted(words ...string) {
	g.t.Helper()
	g.until(fmt.Sprintf(`[%s].every((w) => document.getElementById('toast').textContent.includes(w))`, quoted(words)))
}

// tabsTo walks with the Tab key until the newest button with the label has the focus.
func (g *guest) tabsTo(chat, label string) {
	g.t.Helper()
	g.eval(fmt.Sprintf(`e2e.before(%q, %q)`, chat, label))
	for range 40 {
		g.do(chromedp.KeyEvent(kb.Tab))
		if g.eval(fmt.Sprintf(`document.activeElement === e2e.find(%q, %q)`, chat, label)) == "true" {
			g.is(`document.activeElement.matches(':focus-visible')`, "true")
			return
		}
	}
	g.t.Fatalf("%s does not reach %q with the Tab key; the focus is on %s", g.name, label, g.eval("document.activeElement.outerHTML"))
}

// downloads presses the newest attachment in a chat and returns the name and content of the file that arrives.
func (g *guest) downloads(chat string) (name, content string) {
	g.t.Helper()
	dir := g.t.TempDir()
	id := chromedp.FromContext(g.ctx).BrowserContextID
	if _, err := chromedp.Call(g.ctx, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{
		Behavior: browser.SetDownloadBehaviorBehaviorAllow, BrowserContextID: id, DownloadPath: dir,
	}); err != nil {
		g.t.Fatal(err)
	}
	link := fmt.Sprintf(`[...document.querySelectorAll('#%s article a.attachment')].at(-1)`, chat)
	g.until(link)
	name = g.eval(link + `.download`)
	g.eval(link + `.click()`)
	eventually(g.t, patience, "the file "+name+" is downloaded", func() bool {
		b, err := os.ReadFile(filepath.Join(dir, name))
		content = string(b)
		return err == nil && len(b) > 0
	})
	return name, content
}

// settled asserts what must hold on every page at the end: nothing the watcher saw, no complaint of the console.
func (g *guest) settled() {
	g.t.Helper()
	if seen := g.eval(`e2e.trouble.join('\n')`); seen != "" {
		g.t.Errorf("%s's page was wrong at some time:\n%s", g.name, seen)
	}
	g.is(`[...document.querySelectorAll('article')].every((a) => /\d\d[.:]\d\d$/.test(a.getAttribute('aria-label')))`, "true")
	g.is(`[...document.querySelectorAll('button, a, textarea, summary')].filter((e) => !(e.getAttribute('aria-label') || e.textContent.trim() || e.querySelector('img[alt]'))).length`, "0")
	g.is(`document.querySelectorAll('article script, article img[onerror], article b b').length`, "0")
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.errs) > 0 {
		g.t.Errorf("%s's console: %s", g.name, strings.Join(g.errs, "\n"))
	}
}

// together has several people act at the same time.
func together(t *testing.T, act func(*guest), guests ...*guest) {
	t.Helper()
	var all sync.WaitGroup
	for _, g := range guests {
		all.Go(func() { act(g) })
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

// shots is the folder for pictures, if somebody wants to look: KLASTER_SHOTS=<folder> go test ./e2e -run Web.
var shots = os.Getenv("KLASTER_SHOTS")

// picture leaves pictures of the page, light and dark.
func (g *guest) picture(name string) {
	g.t.Helper()
	if shots == "" {
		return
	}
	width := phone
	if g.wide {
		width = desk
	}
	for _, scheme := range []string{"dark", "light"} {
		g.scheme(scheme)
		if err := os.WriteFile(filepath.Join(shots, fmt.Sprintf("%s-%d-%s.png", name, width, scheme)), g.capture(), 0o600); err != nil {
			g.t.Fatal(err)
		}
	}
}

func (g *guest) scheme(value string) {
	g.t.Helper()
	g.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
		})
		return err
	}))
}

func (g *guest) capture() []byte {
	g.t.Helper()
	g.do(chromedp.Evaluate[chromedp.Void](`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))`, chromedp.EvalAwaitPromise))
	png, err := chromedp.Run(g.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		g.t.Fatal(err)
	}
	return png
}

// enter is the key that presses the button with the focus.
var enter = chromedp.KeyEvent(kb.Enter)

func (g *guest) fail(format string, args ...any) {
	g.t.Helper()
	g.t.Fatalf(format, args...)
}
