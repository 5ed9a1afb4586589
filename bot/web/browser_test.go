package web

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"klaster/bot"
	"klaster/commands"
)

// browser starts Debian's Chromium, or skips the test where there is none.
func browser(t *testing.T) context.Context {
	t.Helper()
	if testing.Short() {
		t.Skip("SKIPPED: -short leaves the browser out")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("SKIPPED: no chromium on this machine, so the page itself was not tried")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.DisableGPU)
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, end := chromedp.NewContext(alloc)
	t.Cleanup(func() { end(); endAlloc() })
	if err := chromedp.Do(ctx); err != nil {
		t.Fatal("chromium: ", err)
	}
	return ctx
}

// tab is one open page.
type tab struct {
	t     *testing.T
	ctx   context.Context
	close func() // a browser has six streams for one server
}

func open(t *testing.T, browser context.Context, h *house, name, lang string, width, height int64) *tab {
	t.Helper()
	ctx, end := chromedp.NewContext(browser)
	t.Cleanup(end)
	p := &tab{t, ctx, end}
	if err := chromedp.Do(ctx); err != nil { // this context lives as long as the tab, so it has no deadline
		t.Fatal(err)
	}
	p.do(chromedp.EmulateViewport(width, height), chromedp.Navigate(h.address(name, lang)))
	if name != "" {
		p.wait(`document.body.dataset.ready === 'true'`)
	}
	return p
}

func (h *house) address(name, lang string) string {
	q := url.Values{"room": {"uji"}, "lang": {lang}}
	if name != "" {
		q.Set("as", name)
	}
	return h.server.URL + "/?" + q.Encode()
}

func (p *tab) do(steps ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patient)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		p.t.Fatal(err)
	}
}

// wait waits until an expression is true.
func (p *tab) wait(expression string) {
	p.t.Helper()
	if _, err := chromedp.Run(p.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(patient))); err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
}

func (p *tab) eval(expression string) string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, patient)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string]("String("+expression+")"))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return s
}

func (p *tab) is(expression, want string) {
	p.t.Helper()
	if got := p.eval(expression); got != want {
		p.t.Errorf("%s is %q, want %q", expression, got, want)
	}
}

func (p *tab) typeInto(field, text string) { p.t.Helper(); p.do(chromedp.SendKeys(field, text)) }
func (p *tab) click(sel string)            { p.t.Helper(); p.do(chromedp.Click(sel)) }

// button is the expression for the button with that label.
func (p *tab) button(label string) string {
	return fmt.Sprintf(`[...document.querySelectorAll('article button')].find(b => b.textContent === %q)`, label)
}

func (p *tab) noSideways() {
	p.t.Helper()
	p.is(`document.documentElement.scrollWidth <= innerWidth && [...document.querySelectorAll('.scroll,.sheet,.composer')].every(e => e.scrollWidth <= e.clientWidth)`, "true")
}

func (p *tab) scheme(dark bool) {
	p.t.Helper()
	value := "light"
	if dark {
		value = "dark"
	}
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: value}},
		})
		return err
	}))
}

// TestTwoPeopleInTheRoom drives two browsers as two people would.
func TestTwoPeopleInTheRoom(t *testing.T) {
	b := browser(t)
	h := newHouse(t)
	if err := h.room.PublishMenu(t.Context(), menuForTests()); err != nil {
		t.Fatal(err)
	}
	h.bot.set(func(f *fakeBot) {
		f.answer = func(u bot.Update) {
			if u.Kind == bot.Tapped {
				_ = h.room.Answer(context.Background(), u.Tap, "Tercatat: PT Rotan Jaya - Setuju.")
				_ = h.room.Edit(context.Background(), u.Chat, u.Message, consensusCard("4"))
			}
		}
	})
	sari, budi := open(t, b, h, "Ibu Sari", "id", 1280, 800), open(t, b, h, "<b>Budi</b> & rekan", "en", 390, 844)

	t.Run("an empty room says what to do first", func(t *testing.T) {
		sari.is(`document.querySelector('#group .empty').checkVisibility()`, "true")
		sari.click("#group .begin")
		if u := h.bot.next(t); u.Text != "/mulai" || u.From.Name != "Ibu Sari" {
			t.Fatalf("heard %+v", u)
		}
		sari.wait(`document.querySelector('#group .empty').hidden && document.querySelectorAll('#group article').length === 1`)
		sari.wait(`!document.getElementById('me-admin').hidden`)
	})
	t.Run("what is typed reaches the other, as text", func(t *testing.T) {
		budi.typeInto("#say-group", "Halo <img src=x onerror=alert(1)> & semua")
		budi.click("#group .send")
		if u := h.bot.next(t); u.Text != "Halo <img src=x onerror=alert(1)> & semua" || u.From.Name != "<b>Budi</b> & rekan" || u.From.Lang != "en" {
			t.Fatalf("heard %+v", u)
		}
		sari.wait(`[...document.querySelectorAll('#group article')].at(-1).querySelector('.body').textContent === 'Halo <img src=x onerror=alert(1)> & semua'`)
		sari.is(`document.querySelectorAll('#group article img, #group article .from b b').length`, "0")
		sari.is(`[...document.querySelectorAll('#group article')].at(-1).getAttribute('aria-label').startsWith('<b>Budi</b> & rekan, ')`, "true")
		budi.wait(`document.querySelector('#say-group').value === ''`)
	})
	t.Run("a press is answered to the presser, and the card changes for all", func(t *testing.T) {
		h.post(group(), consensusCard("3"))
		sari.wait(`!!` + sari.button("Setuju"))
		sari.eval(sari.button("Setuju") + `.focus()`)
		sari.do(chromedp.KeyEvent(kb.Enter))
		if u := h.bot.next(t); u.Kind != bot.Tapped || u.Data != "x:Setuju" {
			t.Fatalf("heard %+v", u)
		}
		sari.wait(`document.getElementById('toast').classList.contains('shown') && document.getElementById('toast').textContent === 'Tercatat: PT Rotan Jaya - Setuju.'`)
		for _, p := range []*tab{sari, budi} {
			p.wait(`[...document.querySelectorAll('#group article')].at(-1).textContent.includes('Setuju 4')`)
		}
		budi.is(`document.getElementById('toast').textContent`, "")
		sari.wait(`document.activeElement?.textContent === 'Setuju' && !document.activeElement.disabled`)
	})
	t.Run("private words come to the panel, with a mark on the tab", func(t *testing.T) {
		v := visitor{room: "uji", name: "<b>Budi</b> & rekan"}
		h.post(v.private(), bot.Draft{Body: plain("Mohon mengisi omzet."), Ask: "Contoh: 25 jt", For: v.user()})
		budi.wait(`document.querySelector('[data-tab=private] .unread').textContent === '1' && !document.querySelector('[data-tab=private] .unread').hidden`)
		budi.click("[data-tab=private]")
		budi.wait(`document.querySelector('[data-tab=private]').getAttribute('aria-current') === 'true' && document.querySelector('[data-tab=private] .unread').hidden`)
		budi.is(`document.querySelector('#say-private').placeholder`, "Contoh: 25 jt")
		budi.typeInto("#say-private", "25 jt")
		budi.click("#private .send")
		if u := h.bot.next(t); !u.Private || u.Text != "25 jt" {
			t.Fatalf("heard %+v", u)
		}
		budi.wait(`document.querySelector('#say-private').placeholder !== 'Contoh: 25 jt'`)
		sari.is(`document.querySelectorAll('#private article').length`, "0")
	})
	t.Run("a private button runs its command there", func(t *testing.T) {
		h.post(group(), bot.Draft{Body: plain("Daftar di sini."), Buttons: [][]commands.Button{{{Label: "Daftar", Private: "/daftar"}}}})
		budi.click("[data-tab=group]")
		budi.wait(`!!` + budi.button("Daftar"))
		budi.eval(budi.button("Daftar") + `.click()`)
		if u := h.bot.next(t); !u.Private || u.Text != "/daftar" {
			t.Fatalf("heard %+v", u)
		}
		budi.is(`document.body.dataset.shown`, "private")
		budi.wait(`[...document.querySelectorAll('#private article')].at(-1).querySelector('.body').textContent === '/daftar'`)
	})
	t.Run("commands are offered and chosen by keyboard", func(t *testing.T) {
		sari.typeInto("#say-group", "/i")
		sari.wait(`document.querySelectorAll('#menu-group [role=option]').length === 2`)
		sari.is(`document.querySelector('#say-group').getAttribute('aria-expanded')`, "true")
		sari.typeInto("#say-group", kb.ArrowDown)
		sari.is(`document.getElementById(document.querySelector('#say-group').getAttribute('aria-activedescendant')).textContent`, "/isidatamengisi data indikator")
		sari.typeInto("#say-group", kb.Escape)
		sari.is(`document.querySelector('#menu-group').hidden`, "true")
		sari.typeInto("#say-group", "s")
		sari.wait(`!document.querySelector('#menu-group').hidden`)
		sari.typeInto("#say-group", kb.Enter)
		sari.is(`document.querySelector('#say-group').value`, "/isu ")
		sari.typeInto("#say-group", "Listrik padam"+kb.Enter)
		if u := h.bot.next(t); u.Text != "/isu Listrik padam" {
			t.Fatalf("heard %+v", u)
		}
	})
	t.Run("trouble is said and the words stay", func(t *testing.T) {
		h.bot.set(func(f *fakeBot) { f.err = errors.New("store down") })
		sari.typeInto("#say-group", "/usulan Rapat"+kb.Enter)
		sari.wait(`document.querySelector('#group .composer .trouble').textContent.startsWith('Penyimpanan sedang terganggu')`)
		sari.is(`document.querySelector('#say-group').value`, "/usulan Rapat")
		sari.is(`document.querySelector('#group .composer .trouble').getAttribute('role')`, "alert")
		h.bot.set(func(f *fakeBot) { f.err = nil })
		sari.click("#group .send")
		if u := h.bot.next(t); u.Text != "/usulan Rapat" {
			t.Fatalf("heard %+v", u)
		}
		sari.wait(`document.querySelector('#say-group').value === '' && document.querySelector('#group .composer .trouble').hidden`)
		sari.is(`[...document.querySelectorAll('#group article .body')].filter(b => b.textContent === '/usulan Rapat').length`, "1")
		sari.wait(`document.querySelectorAll('#group article.failed').length === 0`)
	})
	t.Run("new messages do not steal the scroll", func(t *testing.T) {
		for range 6 {
			h.post(group(), consensusCard("3"))
		}
		sari.wait(`document.querySelectorAll('#group article.card').length === 7`)
		sari.eval(`document.querySelector('#group .scroll').scrollTop = 0`)
		sari.wait(`new Promise(done => requestAnimationFrame(() => done(document.querySelector('#group .scroll').scrollTop === 0)))`)
		h.post(group(), bot.Draft{Body: plain("di bawah")})
		sari.wait(`!document.querySelector('#group .pill').hidden`)
		sari.is(`document.querySelector('#group .scroll').scrollTop`, "0")
		sari.click("#group .pill")
		sari.wait(`document.querySelector('#group .pill').hidden && document.querySelector('#group .scroll').scrollTop > 0`)
	})
	t.Run("an upload is shown and can be fetched", func(t *testing.T) {
		file := filepath.Join(t.TempDir(), "foto.png")
		if err := os.WriteFile(file, dot(t), 0o600); err != nil {
			t.Fatal(err)
		}
		sari.do(chromedp.SetUploadFiles("#group input[type=file]", []string{file}))
		sari.wait(`!document.querySelector('#group .attached').hidden`)
		sari.click("#group .send")
		if u := h.bot.next(t); u.File == nil || u.File.Kind != "photo" {
			t.Fatalf("heard %+v", u)
		}
		sari.wait(`[...document.querySelectorAll('#group article img')].some(i => i.complete && i.naturalWidth === 1)`)
	})
	t.Run("the page comes back after a restart of the bot", func(t *testing.T) {
		h.room.Token = "another" // as a new start would have
		h.server.CloseClientConnections()
		h.post(group(), bot.Draft{Body: plain("setelah jeda")})
		sari.wait(`[...document.querySelectorAll('#group article')].at(-1).textContent.includes('setelah jeda') && document.getElementById('status').dataset.state === 'online'`)
		sari.is(`document.querySelectorAll('#group article[data-id="1"]').length`, "1")
	})
	t.Run("it can be read with a screen reader", func(t *testing.T) { readable(t, sari); readable(t, budi) })
}

// readable checks what assistive technology relies on.
func readable(t *testing.T, p *tab) {
	t.Helper()
	p.is(`[...document.querySelectorAll('[role=log]')].every(l => l.getAttribute('aria-live') === 'polite' && l.getAttribute('aria-label'))`, "true")
	p.is(`[...document.querySelectorAll('article')].every(a => /\d\d[.:]\d\d$/.test(a.getAttribute('aria-label')))`, "true")
	p.is(`[...document.querySelectorAll('button, a, textarea, summary')].filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || e.querySelector('img[alt]'))).map(e => e.outerHTML).join()`, "")
	p.is(`[...document.querySelectorAll('.buttons button, .buttons a, .composer button, .tabs button, summary')].filter(e => e.checkVisibility() && e.getBoundingClientRect().height < 44).map(e => e.outerHTML).join()`, "")
	p.is(`[...document.querySelectorAll('img')].filter(e => !e.alt).length`, "0")
	p.is(`document.querySelectorAll('h1').length`, "1")
	p.is(`new Set([...document.querySelectorAll('[id]')].map(e => e.id)).size === document.querySelectorAll('[id]').length`, "true")
	if want := "http-equiv"; strings.Contains(p.eval(`document.head.innerHTML`), want) {
		t.Errorf("the head has %s", want)
	}
	p.noSideways()
}

// TestLook furnishes a room and looks at it in all sizes, colours and languages. With KLASTER_SHOTS=<folder> it leaves
// the pictures there.
func TestLook(t *testing.T) {
	b := browser(t)
	h := newHouse(t, func(o *Options) { o.Now = morning() })
	if err := h.room.PublishMenu(t.Context(), menuForTests()); err != nil {
		t.Fatal(err)
	}
	folder := os.Getenv("KLASTER_SHOTS")
	shoot := func(p *tab, name string) {
		t.Helper()
		p.noSideways()
		if folder == "" {
			return
		}
		p.do(chromedp.Evaluate[chromedp.Void](`new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done())))`, chromedp.EvalAwaitPromise))
		png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	shoot(open(t, b, h, "", "id", 390, 844), "entrance-390")
	shoot(open(t, b, h, "Ibu Sari", "id", 390, 844), "empty-390")
	h.guest("Ibu Sari").say("group", "/mulai").ok(t)
	h.guest("Pak Budi Santoso").watch("").lines()
	h.guest("Dinas Perindustrian Kab. Cirebon").watch("").lines()
	furnish(t, h)
	look := func(width int64, dark bool) {
		height, name := int64(844), fmt.Sprintf("%d-%v", width, map[bool]string{true: "dark", false: "light"}[dark])
		if width > 1000 {
			height = 900
		}
		p := open(t, b, h, "Ibu Sari", "id", width, height)
		defer p.close()
		p.scheme(dark)
		shoot(p, name)
		if width > 1000 {
			p.eval(`document.querySelector('#group .scroll').scrollTop = 0`)
			shoot(p, name+"-top")
			p.eval(`document.getElementById('who').open = true`)
			p.typeInto("#say-group", "/")
			p.wait(`!document.querySelector('#menu-group').hidden`)
			p.eval(`document.getElementById('who').open = true`)
			shoot(p, name+"-open")
			return
		}
		p.eval(`document.querySelector('#group .scroll').scrollTop = 400`)
		shoot(p, name+"-middle")
		p.click("[data-tab=private]")
		shoot(p, name+"-private")
		p.eval(`document.getElementById('who').open = true`)
		shoot(p, name+"-who")
	}
	for _, width := range []int64{320, 390, 1280} {
		look(width, false)
		look(width, true)
	}
	en := open(t, b, h, "Dinas Perindustrian Kab. Cirebon", "en", 390, 844)
	en.is(`document.documentElement.lang`, "en")
	shoot(en, "english-390")
}
