package telegram

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
	"github.com/goccy/go-json"

	"klaster/bot"
)

// notOurs stands in for what a proxy or another server says.
const notOurs = "the answer is not of the Bot API"

// maxAnswer bounds what is read of an answer: a hundred updates of the largest kind are far below.
const maxAnswer = 32 << 20

// newTransport keeps enough connections open for a burst of answers: dialling costs more than the calls. It speaks
// HTTP/1.1 only, so that a connection that hangs holds up one call and not all of them.
func newTransport() *http.Transport {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		TLSHandshakeTimeout: 10 * time.Second,
		MaxIdleConns:        256,
		MaxIdleConnsPerHost: 128,
		IdleConnTimeout:     90 * time.Second,
		DisableCompression:  true,
		Protocols:           &protocols,
	}
}

func newBuffer() any { return bytes.NewBuffer(make([]byte, 0, 4096)) }

// formType is the content type of all calls without a file.
const formType = "application/x-www-form-urlencoded"

// param is one parameter of a call.
type param struct{ name, value string }

// params are encoded in the order they were added.
type params []param

func (p params) with(name, value string) params { return append(p, param{name, value}) }

// form encodes by hand: url.Values would build and sort a map of slices for every call.
func (p params) form() []byte {
	n := 0
	for i := range p {
		n += len(p[i].name) + len(p[i].value)*3/2 + 2
	}
	b := make([]byte, 0, n)
	for i := range p {
		if i > 0 {
			b = append(b, '&')
		}
		b = append(append(b, p[i].name...), '=')
		b = append(b, url.QueryEscape(p[i].value)...)
	}
	return b
}

// call carries out a method with form parameters and decodes its result into out, unless that is nil. Errors are
// *apiError or *netError and hold neither token nor texts.
func (b *Bot) call(ctx context.Context, method string, p params, timeout time.Duration, out any) error {
	return b.post(ctx, method, formType, p.form(), timeout, out)
}

func (b *Bot) post(ctx context.Context, method, kind string, body []byte, timeout time.Duration, out any) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	buf, _ := b.buffers.Get().(*bytes.Buffer)
	defer b.release(buf)
	buf.Reset()
	status, header, err := b.exchange(ctx, method, kind, body, buf)
	if err != nil {
		return b.netError(ctx, method, err)
	}
	raw := buf.Bytes()
	if out == nil && status == http.StatusOK && bytes.HasPrefix(raw, []byte(`{"ok":true`)) {
		return nil // the hot path: nothing to decode
	}
	return b.read(method, status, header, raw, out)
}

// exchange sends one request and reads the whole answer, so that the connection can be used again. It talks to the
// transport directly: no redirect is followed (it would carry the token along), and no url.Error with the address,
// which holds the token, is ever made.
func (b *Bot) exchange(ctx context.Context, method, kind string, body []byte, into *bytes.Buffer) (int, http.Header, error) {
	address := b.root
	address.Path += "/bot" + b.token + "/" + method
	content := func() io.ReadCloser { return io.NopCloser(bytes.NewReader(body)) }
	request := (&http.Request{
		Method: http.MethodPost, URL: &address, Host: address.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{"Content-Type": {kind}, "User-Agent": {"klaster"}},
		Body:   content(), GetBody: func() (io.ReadCloser, error) { return content(), nil }, ContentLength: int64(len(body)),
	}).WithContext(ctx)
	response, err := b.transport.RoundTrip(request)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	n, err := into.ReadFrom(io.LimitReader(response.Body, maxAnswer))
	if err == nil && n == maxAnswer {
		err = errors.New("the answer is too long")
	}
	return response.StatusCode, response.Header, err
}

// release keeps small buffers for the next call.
func (b *Bot) release(buf *bytes.Buffer) {
	if buf.Cap() <= 1<<20 {
		b.buffers.Put(buf)
	}
}

// read takes the envelope off an answer. A refusal is an envelope, too; all else (a page of a proxy, half an answer)
// is foreign.
func (b *Bot) read(method string, status int, header http.Header, raw []byte, out any) error {
	var envelope tgbotapi.APIResponse
	if err := decode(raw, &envelope); err != nil {
		return &apiError{method: method, foreign: true, said: tgbotapi.Error{Code: status, Message: notOurs}}
	}
	if !envelope.Ok {
		return b.refusal(method, status, header, &envelope)
	}
	if out == nil || len(envelope.Result) == 0 || string(envelope.Result) == "null" {
		return nil // test servers answer edits with null
	}
	if err := decode(envelope.Result, out); err != nil {
		return &apiError{method: method, foreign: true, said: tgbotapi.Error{Code: status, Message: "the result cannot be read"}}
	}
	return nil
}

func (b *Bot) refusal(method string, status int, header http.Header, r *tgbotapi.APIResponse) error {
	e := &apiError{method: method, said: tgbotapi.Error{Code: r.ErrorCode, Message: b.describe(r.Description)}}
	if r.Parameters != nil {
		e.said.ResponseParameters = *r.Parameters
	}
	if e.said.Code == 0 && status != http.StatusOK {
		e.said.Code = status
	}
	if e.said.RetryAfter == 0 {
		e.said.RetryAfter, _ = strconv.Atoi(header.Get("Retry-After"))
	}
	if r.ErrorCode == 0 && r.Description == "" {
		e.foreign, e.said.Message = true, notOurs
	}
	return e
}

// describe makes a description fit for errors and logs: what is quoted in it is of a person, and a proxy may echo the
// address.
func (b *Bot) describe(s string) string {
	if i := strings.IndexByte(s, '"'); i >= 0 {
		s = s[:i]
	}
	if i := strings.Index(s, " '"); i >= 0 {
		s = s[:i]
	}
	s = strings.ReplaceAll(s, b.token, "<token>")
	if _, secret, _ := strings.Cut(b.token, ":"); len(secret) >= 16 {
		s = strings.ReplaceAll(s, secret, "<token>")
	}
	return strings.TrimSpace(bot.CutBytes(bot.CleanText(s), 200))
}

// decode reads JSON. The decoder works with unsafe memory for its speed; should it panic on something, that is one
// unreadable value and not the end of the bot.
func decode(raw []byte, out any) (err error) {
	defer func() {
		if recover() != nil {
			err = errUndecodable
		}
	}()
	return json.Unmarshal(raw, out)
}

var errUndecodable = errors.New("telegram: cannot be decoded")
