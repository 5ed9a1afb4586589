package discord

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"klaster/bot"
	"klaster/bot/discord/discordtest"
)

// As in real life: interface and gateway behind TLS, and a session that goes on at another address than it began.
func TestTLS(t *testing.T) {
	t.Parallel()
	s := newTheatre(t, nil)
	to, err := url.Parse(s.URL())
	if err != nil {
		t.Fatal(err)
	}
	var front *httptest.Server
	proxy := httputil.NewSingleHostReverseProxy(to)
	proxy.ModifyResponse = func(r *http.Response) error {
		if !strings.HasSuffix(r.Request.URL.Path, "/gateway/bot") {
			return nil
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		body = bytes.ReplaceAll(body, []byte(s.GatewayURL()), []byte("wss"+strings.TrimPrefix(front.URL, "https")))
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.Header.Set("Content-Length", strconv.Itoa(len(body)))
		r.ContentLength = int64(len(body))
		return nil
	}
	front = httptest.NewTLSServer(proxy)
	// The bot ends before its server does.
	t.Cleanup(func() {
		if s.stop != nil {
			s.end()
		}
		s.bot.rest.transport.CloseIdleConnections()
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		front.Close()
	})
	s.bot, err = New(Options{Token: testToken, API: front.URL + "/api", Log: s.bot.log, Pause: s.pauses.pause})
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(front.Certificate())
	s.bot.rest.transport.TLSClientConfig.RootCAs = roots
	proxied := newTunnels(t)
	s.bot.rest.transport.Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: proxied.addr, User: url.UserPassword("u", "p")})
	s.receive()
	if n := proxied.count.Load(); n < 2 {
		t.Errorf("%d connections through the proxy, want those to the interface and the gateway", n)
	}
	if _, u := s.slash(s.channel, s.ani, "issue"); u.Kind != bot.Said {
		t.Errorf("through TLS came %+v", u)
	}
	s.DropGateway()
	s.until(func(w *discordtest.World) bool { return s.bot.Counts().Resumed == 1 && w.Gateway().Connected == 1 })
	if _, u := s.slash(s.channel, s.ani, "issue"); u.Kind != bot.Said {
		t.Errorf("then came %+v", u)
	}

	// A server whose certificate nobody vouches for is not talked to.
	stranger, err := New(Options{Token: testToken, API: front.URL + "/api", Pause: s.pauses.pause})
	if err != nil {
		t.Fatal(err)
	}
	defer stranger.rest.transport.CloseIdleConnections()
	_, err = stranger.Post(t.Context(), ref(s.channel), words("x"))
	kind(t, err, bot.Transient)
}

// tunnels is a proxy that connects where it is asked to, for those who know the password.
type tunnels struct {
	addr  string
	count atomic.Int64
}

func newTunnels(t *testing.T) *tunnels {
	t.Helper()
	p := &tunnels{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, _ := strings.Cut(basic(r.Header.Get("Proxy-Authorization")), ":")
		if r.Method != http.MethodConnect || user != "u" || password != "p" {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		there, err := (&net.Dialer{}).DialContext(r.Context(), "tcp", r.Host)
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		here, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		p.count.Add(1)
		_, _ = here.Write([]byte("HTTP/1.1 200 OK\r\n\r\n"))
		for _, pair := range [][2]net.Conn{{here, there}, {there, here}} {
			go func() { // ends with either side
				_, _ = io.Copy(pair[0], pair[1])
				_ = pair[0].Close()
				_ = pair[1].Close()
			}()
		}
	}))
	p.addr = strings.TrimPrefix(s.URL, "http://")
	t.Cleanup(s.Close)
	return p
}

func basic(header string) string {
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(header, "Basic "))
	if err != nil {
		return ""
	}
	return string(raw)
}

// A proxy that does not let us through, or is none we can use, is said to be the reason.
func TestProxyRefuses(t *testing.T) {
	t.Parallel()
	p := newTunnels(t)
	for address, says := range map[string]string{"http://" + p.addr: "does not let us through", "socks5://" + p.addr: "socks5"} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		l := &session{ctx: t.Context(), tls: &tls.Config{MinVersion: tls.VersionTLS12}, proxy: http.ProxyURL(u)}
		if conn, err := l.dialOut(t.Context(), "tcp", "gateway.discord.gg:443"); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("through %s: %v, %v", address, conn, err)
		}
	}
}
