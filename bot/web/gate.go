package web

import (
	"crypto/subtle"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// pagePolicy allows what is ours and nothing inline; with trusted types the browser itself refuses innerHTML.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// setHeaders is for every answer, refusals included.
func setHeaders(h http.Header) {
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex")
}

// ServeHTTP implements http.Handler. A page of another site, or a name that an attacker's DNS points at this machine,
// gets nothing.
func (r *Room) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	setHeaders(w.Header())
	if !r.hostAllowed(req) || !r.sameOrigin(req) {
		r.refuse(w, req, http.StatusForbidden, "error.foreign")
		return
	}
	r.mux.ServeHTTP(w, req)
}

// hostAllowed compares the Host header to the letter: a loopback name with the port the connection came in on, or one
// of Options.Hosts.
func (r *Room) hostAllowed(req *http.Request) bool {
	if slices.Contains(r.Hosts, req.Host) {
		return true
	}
	host, port, err := net.SplitHostPort(req.Host)
	if err != nil {
		host, port = strings.Trim(req.Host, "[]"), "80"
	}
	if host != "127.0.0.1" && host != "localhost" && host != "::1" {
		return false
	}
	local, ok := req.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if !ok {
		return false
	}
	_, ours, err := net.SplitHostPort(local.String())
	return err == nil && port == ours
}

// sameOrigin lets requests of our own pages through, and links from elsewhere to the page itself. Programs that send
// neither header need the cookie like everybody else.
func (r *Room) sameOrigin(req *http.Request) bool {
	if r.cross.Check(req) != nil {
		return false
	}
	if origin := req.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		if err != nil || u.Host != req.Host || u.Scheme != "http" && u.Scheme != "https" {
			return false
		}
	}
	switch req.Header.Get("Sec-Fetch-Site") {
	case "", "same-origin", "none":
		return true
	}
	return req.Method == http.MethodGet && req.URL.Path == "/"
}

// cookieName carries the port: cookies are shared by all ports of a host.
func cookieName(req *http.Request) string {
	if _, port, err := net.SplitHostPort(req.Host); err == nil {
		return "klaster-" + port
	}
	return "klaster"
}

func (r *Room) giveToken(w http.ResponseWriter, req *http.Request) {
	http.SetCookie(w, &http.Cookie{
		Name: cookieName(req), Value: r.Token, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode,
		Secure: req.TLS != nil,
	})
}

// withToken guards a handler by the cookie that GET / hands out.
func (r *Room) withToken(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		c, err := req.Cookie(cookieName(req))
		if err != nil || subtle.ConstantTimeCompare([]byte(c.Value), []byte(r.Token)) != 1 {
			r.refuse(w, req, http.StatusForbidden, "error.token")
			return
		}
		next(w, req)
	}
}
