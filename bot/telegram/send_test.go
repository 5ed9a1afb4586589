package telegram

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"klaster/bot"
	"klaster/bot/telegram/telegramtest"
	"klaster/commands"
	"klaster/domain"
)

// A message in all its parts.
func TestPost(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	group := s.AddGroup("Rotan", telegramtest.WithMembers(ann))
	question, _ := s.Send(group, ann, "/status")
	s.inbox.next(t)
	d := bot.Draft{
		Body: commands.Rich{
			{Spans: []commands.Span{{Kind: commands.Bold, Text: "Usulan 7"}, {Kind: commands.BreakUp}, {Text: `a < b & "c"`}}},
			{Kind: commands.Quote, Spans: []commands.Span{{Text: "Setuju"}, {Kind: commands.Italic, Text: " sekali"}}},
			{Kind: commands.Item, Spans: []commands.Span{{Kind: commands.Code, Text: "/isu"}}},
			{Kind: commands.Item, Spans: []commands.Span{{Kind: commands.LinkTo, Text: "peta", URL: `https://example.org/?a="1"&b=2`}}},
			{Kind: commands.Item, Spans: []commands.Span{{Kind: commands.LinkTo, Text: "jahat", URL: "javascript:alert(1)"}}},
			{Spans: []commands.Span{{Kind: commands.Person, Text: "Ann <b>", Person: "P1", Ping: true}, {Kind: commands.Person, Text: "Ben", Person: "P2", Ping: true}, {Kind: commands.Moment, Text: "12 Maret"}}},
		},
		Mentions: map[domain.PersonID]string{"P1": decimal(ann), "P2": `1"><b>`},
		Buttons:  choices(), ReplyTo: strconv.Itoa(question), Silent: true,
	}
	s.post(ref(group), d)
	want := "<b>Usulan 7</b>\na &lt; b &amp; &quot;c&quot;\n\n<blockquote>Setuju<i> sekali</i></blockquote>\n\n• <code>/isu</code>\n" +
		"• <a href=\"https://example.org/?a=&quot;1&quot;&amp;b=2\">peta</a>\n• jahat\n\n" +
		`<a href="tg://user?id=` + decimal(ann) + `">Ann &lt;b&gt;</a>Ben12 Maret`
	m := s.Last(group)
	if m.HTML != want {
		t.Errorf("got  %s\nwant %s", m.HTML, want)
	}
	if m.ReplyTo != question || len(m.Buttons) != 1 || m.Buttons[0][1].Data != "v1:n" || m.Asks {
		t.Errorf("sent %+v", m)
	}
	p := lastRequest(s, "sendMessage").Params
	if p["disable_notification"] != "true" || p["link_preview_options"] != noPreview || !strings.Contains(p["reply_parameters"], `"allow_sending_without_reply":true`) {
		t.Errorf("parameters %v", p)
	}
	d.ReplyTo = "99999" // deleted meanwhile
	s.post(ref(group), d)
	_, err := s.bot.Post(t.Context(), ref(group), words(" \n "))
	kind(t, err, bot.Rejected)
	kind(t, s.bot.Edit(t.Context(), ref(group), "1", bot.Draft{}), bot.Rejected)
}

func lastRequest(s *stage, method string) telegramtest.Request {
	s.t.Helper()
	all := s.Requests()
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Method == method {
			return all[i]
		}
	}
	s.t.Fatalf("no %s", method)
	return telegramtest.Request{}
}

// A question in a group goes to one person, who is mentioned; in private it is just a text.
func TestAsk(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	group := s.AddGroup("Rotan", telegramtest.WithMembers(ann))
	d := words("Apa isunya?")
	d.Ask, d.For = strings.Repeat("petunjuk ", 20), decimal(ann)
	id := s.post(ref(group), d)
	m := s.Last(group)
	if !m.Asks || !strings.Contains(m.Markup, `"selective":true`) || !strings.HasPrefix(m.HTML, `<a href="tg://user?id=`+d.For) {
		t.Errorf("asked with %s, %s", m.HTML, m.Markup)
	}
	n, _ := strconv.Atoi(id)
	s.SendText(group, ann, "Bahan baku", telegramtest.ReplyTo(n))
	if u := s.inbox.next(t); u.ReplyTo != id || u.Text != "Bahan baku" {
		t.Errorf("the answer came as %+v", u)
	}
	// A name that is there already becomes the mention.
	who := named("Ann", "P1", d.For, false)
	who.Ask, who.For = "petunjuk", d.For
	s.post(ref(group), who)
	if m := s.Last(group); m.HTML != `Untuk <a href="tg://user?id=`+d.For+`">Ann</a>` {
		t.Errorf("asked with %s", m.HTML)
	}
	s.post(ref(ann), d)
	if m := s.Last(ann); m.Asks || m.HTML != "Apa isunya?" {
		t.Errorf("asked in private with %+v", m)
	}
	// Buttons come first.
	d.Buttons = choices()
	s.post(ref(group), d)
	if m := s.Last(group); m.Asks || m.Buttons == nil {
		t.Errorf("asked with %+v", m)
	}
}

func TestKeyboards(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	many := func(n int) []commands.Button {
		var row []commands.Button
		for i := range n {
			row = append(row, commands.Button{Label: strconv.Itoa(i), Data: strconv.Itoa(i)})
		}
		return row
	}
	var column [][]commands.Button
	for _, b := range many(23) {
		column = append(column, []commands.Button{b})
	}
	for name, c := range map[string]struct {
		rows [][]commands.Button
		want []int
	}{
		"wide":    {[][]commands.Button{many(11)}, []int{8, 3}},
		"high":    {column, []int{3, 3, 3, 3, 3, 3, 3, 2}},
		"far":     {[][]commands.Button{many(100)}, []int{8, 8, 8, 8, 8, 8, 8, 8, 8, 8}},
		"invalid": {[][]commands.Button{{{Label: "", Data: "x"}, {Label: "x", Data: strings.Repeat("x", 65)}, {Label: "x", URL: "javascript:x"}}, {{Label: "ok", URL: "https://example.org"}}}, []int{1}},
	} {
		d := words(name)
		d.Buttons = c.rows
		s.post(ref(ann), d)
		var got []int
		for _, row := range s.Last(ann).Buttons {
			got = append(got, len(row))
		}
		if fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: rows of %v, want %v", name, got, c.want)
		}
	}
}

func TestDocuments(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	data := bytes.Repeat([]byte("a;b\n"), 1000)
	d := words("Ekspor & <semua>")
	d.File = &bot.Document{Name: `lap"oran` + "\r\n/1.csv", Mime: "text/csv", Data: data}
	d.Buttons = choices()
	id := s.post(ref(ann), d)
	m := s.Last(ann)
	if m.File == nil || m.File.Name != "laporan -1.csv" || !bytes.Equal(m.File.Content, data) || m.Text != "Ekspor & <semua>" || m.Buttons == nil {
		t.Errorf("sent %+v, %+v", m, m.File)
	}
	// An edit of a message that holds a file changes its caption.
	if err := s.bot.Edit(t.Context(), ref(ann), id, words(strings.Repeat("baru ", 400))); err != nil {
		t.Error(err)
	}
	if m := s.Last(ann); !strings.HasSuffix(m.Text, "…") || m.Buttons != nil {
		t.Errorf("edited to %+v", m)
	}
	// A text that is too long for a caption goes ahead.
	d.Body = words(strings.Repeat("panjang ", 200)).Body
	before := len(s.Messages(ann))
	s.post(ref(ann), d)
	if m := s.Last(ann); len(s.Messages(ann)) != before+2 || m.Text != "" || m.File == nil || m.Buttons == nil {
		t.Errorf("%d messages, last %+v", len(s.Messages(ann))-before, m)
	}
	for _, bad := range [][]byte{nil, make([]byte, fileLimit+1)} {
		d.File = &bot.Document{Name: "x", Data: bad}
		_, err := s.bot.Post(t.Context(), ref(ann), d)
		kind(t, err, bot.Rejected)
	}
	d.File = &bot.Document{Data: []byte("x")}
	s.FailNext("sendDocument", telegramtest.Fault{RetryAfter: 9}, telegramtest.Fault{Code: 413, Body: "<html>too large"}, telegramtest.Fault{Code: 403, Description: "Forbidden: bot was kicked from the group chat"})
	d.Body = nil
	for _, want := range []bot.SendKind{bot.RateLimited, bot.Rejected, bot.Unreachable} {
		_, err := s.bot.Post(t.Context(), ref(ann), d)
		kind(t, err, want)
	}
	s.post(ref(ann), d)
	if m := s.Last(ann); m.File.Name != "file" {
		t.Errorf("named %q", m.File.Name)
	}
}

// Markup that the server refuses is sent as plain text.
func TestPlainTextWhenRefused(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	f := telegramtest.Fault{Code: 400, Description: `Bad Request: can't parse entities: Unsupported start tag "rahasia" at byte offset 4`}
	s.FailNext("sendMessage", f)
	s.FailNext("editMessageText", f)
	d := bot.Draft{Body: commands.Rich{{Spans: []commands.Span{{Kind: commands.Bold, Text: "a < b"}}}}}
	id := s.post(ref(ann), d)
	if m := s.Last(ann); m.Text != "a < b" || m.HTML != "" {
		t.Errorf("sent %+v", m)
	}
	d.Body[0].Spans[0].Text = "c < d"
	if err := s.bot.Edit(t.Context(), ref(ann), id, d); err != nil {
		t.Error(err)
	}
	if m := s.Last(ann); m.Text != "c < d" {
		t.Errorf("edited to %+v", m)
	}
	if strings.Contains(s.log.String(), "rahasia") {
		t.Error("a text is in the log")
	}
}

// The second part of a long text is tried again here, the first is left to the caller.
func TestPartsAreTriedAgain(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	long := words(strings.Repeat("panjang ", 1000))
	s.FailNext("sendMessage", telegramtest.Fault{RetryAfter: 3})
	_, err := s.bot.Post(t.Context(), ref(ann), long)
	kind(t, err, bot.RateLimited)
	if n := len(s.pauses.list()); n != 0 {
		t.Errorf("waited %d times", n)
	}
	// The faults are for the second part: the first is let pass by waiting for it.
	s.pauses.gate()
	done := make(chan error, 1)
	go func() { _, err := s.bot.Post(t.Context(), ref(ann), long); done <- err }()
	s.until(func(w *telegramtest.World) bool { return len(w.Messages(ann)) == 2 })
	s.FailNext("sendMessage", telegramtest.Fault{RetryAfter: 3}, telegramtest.Fault{Code: 500})
	for _, want := range []time.Duration{partPause, 3 * time.Second, 2 * partPause} {
		if d := s.pauses.next(t); d != want {
			t.Errorf("waits %s, want %s", d, want)
		}
	}
	s.pauses.over(t)
	if err := <-done; err != nil {
		t.Error(err)
	}
	if n := len(s.Messages(ann)); n != 3 {
		t.Errorf("%d messages, want the start and two", n)
	}
}

// Every refusal by its kind, with a code and, as the library's uploads have it, without.
func TestClassify(t *testing.T) {
	for _, c := range []struct {
		code int
		text string
		want bot.SendKind
	}{
		{400, "Bad Request: message to edit not found", bot.Gone},
		{400, "Bad Request: message can't be edited", bot.Gone},
		{400, "Bad Request: MESSAGE_ID_INVALID", bot.Gone},
		{400, "Bad Request: chat not found", bot.Unreachable},
		{400, "Bad Request: TOPIC_CLOSED", bot.Unreachable},
		{400, "Bad Request: message thread not found", bot.Unreachable},
		{400, "Bad Request: not enough rights to send text messages to the chat", bot.Unreachable},
		{403, "Forbidden: bot was blocked by the user", bot.Unreachable},
		{403, "Forbidden: bot can't initiate conversation with a user", bot.Unreachable},
		{403, "Forbidden: something new", bot.Unreachable},
		{400, "Bad Request: BUTTON_DATA_INVALID", bot.Rejected},
		{400, "Bad Request: message is too long", bot.Rejected},
		{413, "Request Entity Too Large", bot.Rejected},
		{401, "Unauthorized", bot.Misconfigured},
		{404, "Not Found", bot.Misconfigured},
		{429, "Too Many Requests: retry after 7", bot.RateLimited},
		{409, "Conflict: terminated", bot.Transient},
		{421, "Misdirected Request", bot.Transient},
		{500, "Internal Server Error", bot.Transient},
		{503, "", bot.Transient},
	} {
		for _, code := range []int{c.code, 0} {
			if code == 0 && (c.code >= 500 || c.code == 421) {
				continue
			}
			e := &apiError{method: "sendMessage", said: tgbotapi.Error{Code: code, Message: c.text}}
			got := classify("sending", e)
			if got.Kind != c.want {
				t.Errorf("%d %q: kind %d, want %d", code, c.text, got.Kind, c.want)
			}
			if !errors.Is(got, e) {
				t.Errorf("%q does not wrap", c.text)
			}
		}
	}
}

// No fault brings the token, or what a person wrote, into an error or the log (the log is searched when a stage ends).
func TestCanary(t *testing.T) {
	const secret = "RAHASIA"
	s := newStage(t, func(o *Options) { o.CallTimeout = 50 * time.Millisecond })
	ann := s.AddUser(telegramtest.User{FirstName: secret})
	d := words(secret)
	d.Buttons = choices()
	echo := testToken + " " + s.URL() + "/bot" + testToken + "/sendMessage"
	faults := []telegramtest.Fault{
		{Reset: true}, {Hang: true}, {Body: echo}, {Code: 200, Body: "{" + echo}, {Code: 301, Body: echo},
		{Code: 400, Description: "Bad Request: " + echo + ` "` + secret + `"`}, {Code: 400, Description: "Bad Request: inline keyboard button URL '" + secret + "' is invalid"},
		{Code: 401, Description: echo}, {Code: 404, Description: echo}, {Code: 403, Description: echo}, {Code: 409, Description: echo},
		{RetryAfter: 1, Description: echo}, {MigrateTo: -5, Description: echo}, {Code: 500, Description: echo},
	}
	for _, f := range faults {
		s.FailAll(telegramtest.AnyMethod, f)
		var errs []error
		_, err := s.bot.Post(t.Context(), ref(ann), d)
		errs = append(errs, err)
		d.File = &bot.Document{Name: secret, Data: []byte(secret)}
		_, err = s.bot.Post(t.Context(), ref(ann), d)
		d.File = nil
		_, admin := s.bot.IsAdmin(t.Context(), ref(-77), "7")
		errs = append(errs, err, admin, s.bot.Edit(t.Context(), ref(ann), "1", d), s.bot.Answer(t.Context(), bot.TapRef{ID: "1"}, secret))
		for _, err := range errs {
			var e *bot.SendError
			if !errors.As(err, &e) {
				t.Errorf("%+v: %v (%T)", f, err, err)
				continue
			}
			for inner := error(e); inner != nil; inner = errors.Unwrap(inner) {
				shown := inner.Error() + fmt.Sprintf(" %v %+v %#v", inner, inner, inner)
				if strings.Contains(shown, canary) || strings.Contains(shown, secret) {
					t.Errorf("%+v: %s", f, shown)
				}
			}
		}
	}
	s.Heal()
	for _, f := range faults[:7] {
		s.FailNext("getMe", f)
	}
	s.receive()
	s.until((*telegramtest.World).Polling)
	for _, f := range faults[:7] {
		s.FailNext("getUpdates", f)
	}
	s.Start(ann, "")
	s.inbox.next(t)
	s.end()
	if strings.Contains(s.log.String(), secret) {
		t.Errorf("a text is in the log: %s", s.log)
	}
}
