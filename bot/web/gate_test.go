package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func everyRoute() []string {
	return []string{
		"GET /?room=uji&as=Sari&lang=id", "GET /", "GET /assets/main.js", "GET /assets/room.css", "GET /assets/none.js",
		"GET /events?room=uji&as=Sari", "POST /say", "POST /tap", "POST /upload", "GET /file/u.1.x", "GET /nowhere",
		"PUT /say", "OPTIONS /say", "HEAD /",
	}
}

func TestEveryAnswerCarriesTheHeaders(t *testing.T) {
	h := newHouse(t)
	g := h.guest("Sari")
	h.leave() // so that the stream answers and ends
	for _, route := range everyRoute() {
		method, path, _ := strings.Cut(route, " ")
		req, err := http.NewRequest(method, h.server.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		res := g.do(req)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
			"X-Robots-Tag": "noindex", "Cross-Origin-Resource-Policy": "same-origin",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", route, name, got, want)
			}
		}
		policy := res.Header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: policy %q lacks %s", route, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", route, policy)
		}
	}
}

func TestStrangersGetNothing(t *testing.T) {
	h := newHouse(t)
	own := strings.TrimPrefix(h.server.URL, "http://")
	port := own[strings.LastIndex(own, ":"):]
	for _, c := range []struct {
		name   string
		change func(*http.Request)
		page   bool // GET / is refused, too
	}{
		{"foreign host", func(r *http.Request) { r.Host = "evil.example" + port }, true},
		{"host without port", func(r *http.Request) { r.Host = "127.0.0.1" }, true},
		{"another port", func(r *http.Request) { r.Host = "127.0.0.1:1" }, true},
		{"a name that begins like ours", func(r *http.Request) { r.Host = "localhost.evil.example" + port }, true},
		{"foreign origin", func(r *http.Request) { r.Header.Set("Origin", "http://evil.example") }, true},
		{"opaque origin", func(r *http.Request) { r.Header.Set("Origin", "null") }, true},
		{"our host on another port", func(r *http.Request) { r.Header.Set("Origin", "http://127.0.0.1:1") }, true},
		{"fetched from another site", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }, false},
		{"fetched from another port", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") }, false},
		{"no cookie", func(r *http.Request) { r.Header.Del("Cookie") }, false},
		{"wrong cookie", func(r *http.Request) { r.Header.Set("Cookie", "klaster-"+port[1:]+"=guess") }, false},
	} {
		for _, route := range everyRoute() {
			method, path, _ := strings.Cut(route, " ")
			open := path == "/" || strings.HasPrefix(path, "/?") || strings.HasPrefix(path, "/assets") || path == "/nowhere"
			if open && !c.page || method == "PUT" || method == "OPTIONS" {
				continue
			}
			req, err := http.NewRequest(method, h.server.URL+path, strings.NewReader("{}"))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", "application/json")
			req.Header.Set("Cookie", "klaster-"+port[1:]+"="+h.room.Token)
			c.change(req)
			res, err := http.DefaultTransport.RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			res.Body.Close()
			if res.StatusCode != http.StatusForbidden {
				t.Errorf("%s, %s: %s, want 403", c.name, route, res.Status)
			}
		}
	}
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	if len(h.bot.heard) > 0 {
		t.Error("the bot heard a stranger")
	}
}

func TestLinksFromElsewhereOpenThePage(t *testing.T) {
	h := newHouse(t)
	g := h.guest("Sari")
	req, err := http.NewRequest(http.MethodGet, h.server.URL+"/?room=uji&as=Sari&lang=id", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "cross-site")
	req.Header.Set("Sec-Fetch-Mode", "navigate")
	g.do(req).ok(t)
}

func TestCookieIsStrict(t *testing.T) {
	h := newHouse(t)
	res, err := http.Get(h.server.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	http.DefaultTransport.(*http.Transport).CloseIdleConnections()
	cookies := res.Cookies()
	if len(cookies) != 1 || !cookies[0].HttpOnly || cookies[0].SameSite != http.SameSiteStrictMode || cookies[0].Value != h.room.Token {
		t.Fatalf("cookies: %v", res.Header["Set-Cookie"])
	}
}

func TestNamedHostsAreAllowed(t *testing.T) {
	h := newHouse(t, func(o *Options) { o.Hosts = []string{"klaster.example:8443"} })
	for host, want := range map[string]int{"klaster.example:8443": 200, "klaster.example": 403, "KLASTER.example:8443": 403} {
		req := httptest.NewRequest(http.MethodGet, "/", nil)
		req.Host = host
		rec := httptest.NewRecorder()
		h.room.ServeHTTP(rec, req)
		if rec.Code != want {
			t.Errorf("Host %s: %d, want %d", host, rec.Code, want)
		}
	}
}
