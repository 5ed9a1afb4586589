package discord

import (
	"bytes"
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strconv"
	"strings"
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
	s.receive()
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
