package discord

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// dialOut dials directly, or through the proxy that the environment names for the address, as the calls of the interface
// do: the websocket library cannot do both a proxy and a connection of ours.
func (l *session) dialOut(ctx context.Context, network, addr string) (net.Conn, error) {
	proxy, err := l.proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: addr}})
	if err != nil {
		return nil, errors.New("discord: the proxy's address cannot be read")
	}
	if proxy == nil {
		return l.dialTCP(ctx, network, addr)
	}
	port := proxy.Port()
	switch {
	case proxy.Scheme == "http" && port == "":
		port = "80"
	case proxy.Scheme == "https" && port == "":
		port = "443"
	case proxy.Scheme != "http" && proxy.Scheme != "https":
		return nil, fmt.Errorf("discord: the gateway cannot be reached through a proxy of the kind %q: use http or https", proxy.Scheme)
	}
	conn, err := l.dialTCP(ctx, network, net.JoinHostPort(proxy.Hostname(), port))
	if err != nil {
		return nil, err
	}
	if proxy.Scheme == "https" {
		config := l.tls.Clone()
		config.ServerName, config.NextProtos = proxy.Hostname(), []string{"http/1.1"}
		conn = tls.Client(conn, config)
	}
	if err := tunnel(conn, proxy, addr); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// tunnel has a proxy connect to an address. It says nothing by itself afterwards, so that nothing of the other side can
// be lost in the reader.
func tunnel(conn net.Conn, proxy *url.URL, addr string) error {
	if err := conn.SetDeadline(time.Now().Add(dialLimit)); err != nil {
		return err
	}
	request := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{"User-Agent": {userAgent}}}
	if u := proxy.User; u != nil {
		password, _ := u.Password()
		request.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password)))
	}
	if err := request.Write(conn); err != nil {
		return err
	}
	response, err := http.ReadResponse(bufio.NewReader(conn), request)
	if err != nil {
		return err
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("discord: the proxy does not let us through to the gateway: %s", http.StatusText(response.StatusCode))
	}
	return conn.SetDeadline(time.Time{})
}
