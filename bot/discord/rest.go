package discord

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"klaster/bot"
)

// apiVersion is that of the REST interface; discordgo's gateway asks for v9, whose events we read are the same.
const apiVersion = "/v10"

// maxAnswer bounds what is read of an answer.
const maxAnswer = 8 << 20

// rest calls Discord. It keeps the limits itself, and neither waits without the caller's context nor repeats a call by
// itself.
type rest struct {
	root      url.URL
	token     string
	transport *http.Transport
	now       func() time.Time
	pause     func(context.Context, time.Duration) error
	limits    limits
	invalid   invalid
}

func newREST(root url.URL, token string, now func() time.Time, pause func(context.Context, time.Duration) error) *rest {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	r := &rest{root: root, token: token, now: now, pause: pause, transport: &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		TLSClientConfig:     &tls.Config{MinVersion: tls.VersionTLS12}, // the gateway's, too
		MaxIdleConns:        256,
		MaxIdleConnsPerHost: 128,
		IdleConnTimeout:     90 * time.Second,
		Protocols:           &protocols, // one connection that hangs holds up one call
	}}
	r.limits.init()
	return r
}

// call is one request.
type call struct {
	op     string // for errors
	method string
	path   string // below the version; may hold an interaction's token, so it is in no error
	query  string
	body   any     // JSON; nil: none
	file   *upload // makes the body a form
	open   bool    // the path authorises: no bot token, no global limit
	bucket string  // the limit the call falls under; empty: none we keep
	limit  time.Duration
}

// do carries a call out and decodes its result into out, unless that is nil. Errors are *apiError or *netError and hold
// neither tokens nor texts.
func (r *rest) do(ctx context.Context, c call, out any) error {
	if err := r.invalid.check(r.now()); err != nil {
		return &apiError{op: c.op, status: http.StatusUnauthorized, message: err.Error()}
	}
	if err := r.admit(ctx, &c); err != nil {
		return err
	}
	if c.limit == 0 {
		c.limit = defaultCallTimeout
	}
	ctx, cancel := context.WithTimeout(ctx, c.limit)
	defer cancel()
	status, header, raw, err := r.exchange(ctx, &c)
	if err != nil {
		return r.netError(ctx, c.op, err)
	}
	r.limits.learn(c.bucket, header, r.now())
	if status >= 200 && status < 300 {
		if out == nil || len(raw) == 0 {
			return nil
		}
		if err := json.Unmarshal(raw, out); err != nil {
			return &apiError{op: c.op, status: status, foreign: true, message: "the answer cannot be read"}
		}
		return nil
	}
	e := r.refusal(c.op, status, header, raw)
	r.invalid.count(e, r.now())
	if e.status == http.StatusTooManyRequests {
		r.limits.refused(&c, e, r.now())
	}
	return e
}

// admit waits a moment for a limit, or says how long the caller has to.
func (r *rest) admit(ctx context.Context, c *call) error {
	for {
		wait := r.limits.take(c, r.now())
		if wait <= 0 {
			return nil
		}
		if wait > shortWait {
			return &apiError{op: c.op, status: http.StatusTooManyRequests, after: wait, message: "held back by a limit we know"}
		}
		if err := r.pause(ctx, wait); err != nil {
			return r.netError(ctx, c.op, err)
		}
	}
}

// exchange sends one request and reads the whole answer, so that the connection can be used again. No redirect is
// followed: it would carry the token along.
func (r *rest) exchange(ctx context.Context, c *call) (int, http.Header, []byte, error) {
	body, kind, err := c.encode()
	if err != nil {
		return 0, nil, nil, errors.New("the request cannot be encoded")
	}
	address := r.root
	address.Path += apiVersion + c.path
	address.RawQuery = c.query
	request, err := http.NewRequestWithContext(ctx, c.method, address.String(), bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, errors.New("the address cannot be used")
	}
	request.Header.Set("User-Agent", userAgent)
	if kind != "" {
		request.Header.Set("Content-Type", kind)
	}
	if !c.open {
		request.Header.Set("Authorization", "Bot "+r.token)
	}
	response, err := r.transport.RoundTrip(request)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	return response.StatusCode, response.Header, raw, err
}

func (c *call) encode() ([]byte, string, error) {
	switch {
	case c.file != nil:
		return c.file.form(c.body)
	case c.body == nil:
		return nil, "", nil
	}
	raw, err := json.Marshal(c.body)
	return raw, "application/json", err
}

// refusal reads what the server says about a call it did not carry out.
func (r *rest) refusal(op string, status int, header http.Header, raw []byte) *apiError {
	var said struct {
		Code    int     `json:"code"`
		Message string  `json:"message"`
		After   float64 `json:"retry_after"`
		Global  bool    `json:"global"`
	}
	e := &apiError{op: op, status: status}
	if json.Unmarshal(raw, &said) != nil || said.Code == 0 && said.Message == "" {
		e.foreign, e.message = true, "the answer is not of Discord's interface"
	} else {
		e.code, e.message = said.Code, r.describe(said.Message)
		e.after, e.global = seconds(said.After), said.Global
	}
	e.shared = strings.EqualFold(header.Get("X-RateLimit-Scope"), "shared")
	if e.after == 0 {
		if s, err := strconv.ParseFloat(header.Get("Retry-After"), 64); err == nil {
			e.after = seconds(s)
		}
	}
	return e
}

func seconds(s float64) time.Duration {
	return time.Duration(min(max(s, 0), 86400) * float64(time.Second))
}

// describe makes a message fit for errors and logs.
func (r *rest) describe(s string) string {
	s = strings.ReplaceAll(s, r.token, "<token>")
	return strings.TrimSpace(bot.CutBytes(bot.CleanText(s), 200))
}
