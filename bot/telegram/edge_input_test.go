package telegram

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"klaster/bot"
	"klaster/bot/telegram/telegramtest"
)

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

func asSendError(err error, into **bot.SendError) bool { return errors.As(err, into) }

// Case 1: one update of a batch does not decode. It is logged with its id and confirmed, the others are handled.
func TestEdge01BrokenUpdate(t *testing.T) {
	s := newStage(t, nil)
	ann := s.AddUser(telegramtest.User{FirstName: "Ann"})
	s.SendText(ann, ann, "first")
	broken := []int{
		s.InjectRaw(`{"message":"not an object"}`),
		s.InjectRaw(`{"message":{"message_id":"seven","chat":{"id":1,"type":"private"},"date":0}}`),
		s.InjectRaw(`{"callback_query":{"id":5,"from":[],"data":{}}}`),
	}
	s.InjectRaw(`{"update_id":"none"}`)
	last := s.SendText(ann, ann, "last")
	s.receive()
	for _, want := range []string{"first", "last"} {
		if u := s.inbox.next(t); u.Text != want {
			t.Errorf("got %q, want %q", u.Text, want)
		}
	}
	s.dropped(last)
	for _, id := range broken {
		if !strings.Contains(s.log.String(), "update="+strconv.Itoa(id)) {
			t.Errorf("update %d is not in the log: %s", id, s.log)
		}
	}
	if n := s.bot.Counts().Broken; n != 4 {
		t.Errorf("%d broken, want 4", n)
	}
}

// Case 2: the same update comes twice. It has the same cause, by which the journal knows it, and the offset does not
// go back. (That it has one effect is for the end-to-end suite.)
func TestEdge02Twice(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	id := s.SendText(ann, ann, "once")
	first := s.inbox.next(t)
	s.confirmed(id)
	later := s.SendText(ann, ann, "later")
	s.inbox.next(t)
	s.confirmed(later)
	s.Redeliver(id)
	second := s.inbox.next(t)
	if first.Cause != second.Cause || first.Cause != fmt.Sprintf("tg:123456789:%d", id) {
		t.Errorf("causes %q and %q", first.Cause, second.Cause)
	}
	after := s.SendText(ann, ann, "after")
	s.inbox.next(t)
	s.confirmed(after)
}

// Case 3: a command for another bot.
func TestEdge03OtherBot(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	group := s.AddGroup("Rotan", telegramtest.WithMembers(ann))
	for _, text := range []string{"/start@OtherBot", "/isu@other_bot Bahan baku", "/start@", "/start@klaster_test_bot2"} {
		s.dropped(s.SendText(group, ann, text, telegramtest.Seen()))
	}
}

// Case 4: mixed case, line breaks and blanks before the argument; our own name is cut off.
func TestEdge04OwnCommand(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	group := s.AddGroup("Rotan", telegramtest.WithMembers(ann))
	for text, want := range map[string]string{
		"/ISU@klaster_test_bot Bahan baku":        "/ISU Bahan baku",
		"/isu@KLASTER_Test_Bot\n\n  Bahan\nbaku ": "/isu Bahan\nbaku",
		"/isu     Bahan baku":                     "/isu Bahan baku",
		"/Status@Klaster_test_bot":                "/Status",
		"@klaster_test_bot status":                "status",
		"@Klaster_Test_Bot,  status":              "status",
	} {
		s.SendText(group, ann, text)
		if u := s.inbox.next(t); u.Text != want || u.Private || u.Chat != ref(group) || u.From.ID != decimal(ann) {
			t.Errorf("%q became %+v, want %q", text, u, want)
		}
	}
	s.SendText(group, ann, "/START@klaster_test_bot \n Tok-en_1")
	if u := s.inbox.next(t); u.Text != "/START" || u.Start != "Tok-en_1" {
		t.Errorf("start came as %+v", u)
	}
}

// Case 5: entities that point out of the text. We do not look at them at all.
func TestEdge05Entities(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	for _, entities := range []string{
		`[{"type":"bot_command","offset":0,"length":400}]`,
		`[{"type":"bot_command","offset":300,"length":5}]`,
		`[{"type":"bot_command","offset":-5,"length":-1}]`,
		`[{"type":"bot_command","offset":0,"length":99999999999999999999}]`,
		`"none"`,
	} {
		s.SendText(ann, ann, "hallo/isu", telegramtest.WithEntities(entities))
		if u := s.inbox.next(t); u.Text != "hallo/isu" {
			t.Errorf("with %s: %+v", entities, u)
		}
	}
	s.SendText(ann, ann, "/start—x")
	if u := s.inbox.next(t); u.Text != "/start—x" || u.Start != "" || !utf8.ValidString(u.Text) {
		t.Errorf("a command that runs into a dash came as %+v", u)
	}
}

// Case 6: a command in a caption, an edited message, a forwarded message is none.
func TestEdge06NoCommand(t *testing.T) {
	s := running(t)
	ann, ben := s.person("Ann"), s.person("Ben")
	s.SendText(ann, ann, "/isu Bahan", telegramtest.WithPhoto([]byte("jpeg")))
	if u := s.inbox.next(t); u.Text != "" || u.File == nil || u.File.Kind != "photo" {
		t.Errorf("a caption with a command came as %+v", u)
	}
	s.dropped(s.SendText(ann, ann, "/isu Bahan", telegramtest.Forwarded(ben)))
	s.dropped(s.SendText(ann, ann, "words of Ben", telegramtest.Forwarded(ben)))
	s.dropped(s.InjectRaw(fmt.Sprintf(`{"edited_message":{"message_id":5,"date":1,"edit_date":2,"chat":{"id":%d,"type":"private"},"from":{"id":%d,"is_bot":false,"first_name":"Ann"},"text":"/isu x"}}`, ann, ann)))
	id, _ := s.Send(ann, ann, "hallo")
	s.inbox.next(t)
	if n := s.SendText(ann, ann, "/isu x", telegramtest.Editing(id)); n != 0 {
		t.Errorf("edits are asked for")
	}
	// A file as evidence keeps its caption, a forwarded file does not keep somebody else's words.
	s.SendText(ann, ann, "Notulen rapat", telegramtest.WithDocument("notulen \u202Efdp.exe.pdf", "application/pdf", []byte("%PDF")))
	if u := s.inbox.next(t); u.Text != "Notulen rapat" || u.File == nil || u.File.Kind != "document" || u.File.ID == "" || u.File.Name != "notulen fdp.exe.pdf" {
		t.Errorf("evidence came as %+v, %+v", u, u.File)
	}
	s.SendText(ann, ann, "Notulen", telegramtest.WithDocument("a.pdf", "application/pdf", []byte("%PDF")), telegramtest.Forwarded(ben))
	if u := s.inbox.next(t); u.Text != "" || u.File == nil {
		t.Errorf("forwarded evidence came as %+v", u)
	}
}

// Case 7: payloads of deep links that are none.
func TestEdge07StartPayload(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	for text, token := range map[string]string{
		"/start " + strings.Repeat("a", 64):     strings.Repeat("a", 64),
		"/start " + strings.Repeat("a", 65):     "",
		"/start " + strings.Repeat("é", 30):     "",
		"/start " + strings.Repeat("x", 5000):   "",
		"/start abc def":                        "",
		"/start <b>":                            "",
		"/start ../../etc":                      "",
		"/start\u00a0abc":                       "abc",
		"/start   AZaz09_-":                     "AZaz09_-",
		"/start " + strings.Repeat("\u202e", 9): "",
	} {
		s.SendText(ann, ann, text)
		if u := s.inbox.next(t); u.Text != "/start" || u.Start != token || !u.Private {
			t.Errorf("%.40q came as %+v, want the token %q", text, u, token)
		}
	}
}

// Case 8: those who write behind another identity. What they are shown is for the end-to-end suite.
func TestEdge08Anonymous(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	group := s.AddGroup("Rotan", telegramtest.AsSupergroup(), telegramtest.WithAdmins(ann))
	for id, as := range map[string]telegramtest.TextOption{
		groupAnonymousBot: telegramtest.AnonymousAdmin(),
		channelBot:        telegramtest.AsChannel(-1001, "Kanal"),
		linkedChannel:     telegramtest.AsLinkedChannel(-1002, "Kanal"),
	} {
		s.SendText(group, ann, "/isu Bahan", as)
		u := s.inbox.next(t)
		if !u.Anonymous || u.From != (bot.User{ID: id}) || u.Text != "/isu Bahan" {
			t.Errorf("%s came as %+v", id, u)
		}
		admin, err := s.bot.IsAdmin(t.Context(), u.Chat, u.From.ID)
		if err != nil || admin != (id == groupAnonymousBot) {
			t.Errorf("%s is an administrator: %v, %v", id, admin, err)
		}
	}
	s.dropped(s.InjectRaw(fmt.Sprintf(`{"message":{"message_id":5,"date":1,"chat":{"id":%d,"type":"supergroup"},"from":{"id":99,"is_bot":true,"first_name":"Other"},"text":"/isu x"}}`, group)))
}

// Case 9: the button of an anonymous administrator carries the person; rights are looked up by id.
func TestEdge09AdminsButton(t *testing.T) {
	s := running(t)
	ann, ben, eve := s.person("Ann"), s.person("Ben"), s.person("Eve")
	group := s.AddGroup("Rotan", telegramtest.AsSupergroup(), telegramtest.WithAdmins(ann), telegramtest.WithMembers(ben))
	id := s.post(ref(group), words("board"))
	n, _ := strconv.Atoi(id)
	s.Tap(group, n, ann, "v1:ok")
	u := s.inbox.next(t)
	if u.Anonymous || u.From.ID != decimal(ann) || u.Tap.User != u.From.ID || u.Message != id || u.Chat != ref(group) {
		t.Errorf("tap came as %+v", u)
	}
	for user, want := range map[string]bool{u.From.ID: true, decimal(ben): false, decimal(eve): false, "42424242": false} {
		got, err := s.bot.IsAdmin(t.Context(), u.Chat, user)
		if err != nil || got != want {
			t.Errorf("IsAdmin(%s) = %v, %v, want %v", user, got, err, want)
		}
	}
	if got, err := s.bot.IsAdmin(t.Context(), ref(ann), decimal(ann)); got || err != nil {
		t.Errorf("nobody administers a private chat: %v, %v", got, err)
	}
	_, err := s.bot.IsAdmin(t.Context(), ref(-77), decimal(ann))
	kind(t, err, bot.Unreachable)
}

// Case 10: button data nobody made. They arrive as they came; what is answered is for the end-to-end suite.
func TestEdge10ForeignData(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	for _, noise := range []string{"", "v1:", "v0:zz", strings.Repeat("x", 64), "\u202e<b>&\"'", "👩‍🌾", "a b\nc"} {
		id := s.Tap(ann, 1, ann, noise)
		u := s.inbox.next(t)
		if u.Kind != bot.Tapped || u.Data != noise || !u.Private || u.Tap.ID != id {
			t.Errorf("%q came as %+v", noise, u)
		}
		if err := s.bot.Answer(t.Context(), u.Tap, "Tombol ini sudah tidak berlaku."); err != nil {
			t.Error(err)
		}
		if a, ok := s.Answer(id); !ok || a.Text != "Tombol ini sudah tidak berlaku." || a.Alert {
			t.Errorf("answer %+v, %v", a, ok)
		}
	}
}

// Case 11: a tap on a message we cannot see any more, and on one that has no chat.
func TestEdge11NoMessage(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	group := s.AddGroup("Rotan", telegramtest.WithMembers(ann))
	s.Tap(group, 9999, ann, "v1:ok")
	u := s.inbox.next(t)
	if u.Chat != ref(group) || u.Message != "9999" || u.Private {
		t.Errorf("an inaccessible message came as %+v", u)
	}
	if err := s.bot.Answer(t.Context(), u.Tap, ""); err != nil {
		t.Error(err)
	}
	kind(t, s.bot.Edit(t.Context(), u.Chat, u.Message, words("x")), bot.Gone)
	s.Tap(group, 0, ann, "v1:ok")
	u = s.inbox.next(t)
	if u.Chat.Chat != "" || u.Message != "" || u.Data != "v1:ok" {
		t.Errorf("a tap without message came as %+v", u)
	}
	if err := s.bot.Answer(t.Context(), u.Tap, "?"); err != nil {
		t.Error(err)
	}
}

// Case 12: the answer to a stranger fits, and stays until it is closed. Who is a stranger is not our business.
func TestEdge12LongAnswer(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	id := s.Tap(ann, 1, ann, "x")
	u := s.inbox.next(t)
	if err := s.bot.Answer(t.Context(), u.Tap, strings.Repeat("Daftar 👋 ", 60)); err != nil {
		t.Fatal(err)
	}
	if a, _ := s.Answer(id); !a.Alert || !strings.HasSuffix(a.Text, "…") {
		t.Errorf("answer %+v", a)
	}
}

// Case 13: an answer that comes too late is none.
func TestEdge13TooOld(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	s.ExpireCallback(s.Tap(ann, 1, ann, "x"))
	if err := s.bot.Answer(t.Context(), s.inbox.next(t).Tap, "late"); err != nil {
		t.Error(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := s.bot.Answer(ctx, bot.TapRef{ID: "1"}, "")
	kind(t, err, bot.Transient)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the end of the context is not in %v", err)
	}
}

// Case 26: updates of kinds nobody asked for are confirmed.
func TestEdge26UnknownKinds(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	for _, raw := range []string{
		`{"guest_message":{"x":1}}`, `{"chat_boost":{}}`, `{}`, `{"poll":{"id":"1"}}`,
		`{"channel_post":{"message_id":1,"date":1,"chat":{"id":-100,"type":"channel"},"text":"/isu"}}`,
		`{"message":{"message_id":1,"date":1,"chat":{"id":-100,"type":"channel"},"text":"/isu"}}`,
		`{"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"text":"nobody"}}`,
		`{"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"from":{"id":7,"first_name":"A"},"sticker":{"file_id":"x"}}}`,
		`{"message":{"message_id":1,"date":1,"chat":{"id":7,"type":"private"},"from":{"id":7,"first_name":"A"},"text":" \u202e\u0000 "}}`,
		`{"message":null,"callback_query":null}`, `{"callback_query":{"id":"1"}}`, `{"my_chat_member":{}}`,
	} {
		s.dropped(s.InjectRaw(raw))
	}
	group := s.AddGroup("Rotan", telegramtest.WithMembers(ann))
	s.dropped(s.AddMember(group, s.AddUser(telegramtest.User{})))
	if got := s.AllowedUpdates(); strings.Join(got, ",") != "callback_query,message,my_chat_member" {
		t.Errorf("allowed_updates %v", got)
	}
	if n := s.bot.Counts().Dropped; n != 13 {
		t.Errorf("%d dropped, want 13", n)
	}
}

// Case 27: names as people have them.
func TestEdge27Names(t *testing.T) {
	s := running(t)
	names := map[string]string{
		"\u202E\u200Bevil\u200F<b>&":       "evil<b>&",
		strings.Repeat("👩", 128):           strings.Repeat("👩", 64),
		"  a \t\n  b ":                     "a b",
		"e" + strings.Repeat("\u0301", 20): "é\u0301\u0301\u0301",
		"مريم":                             "مريم",
		"Müller":                           "Müller",
	}
	for given, want := range names {
		id := s.AddUser(telegramtest.User{FirstName: given})
		s.Start(id, "")
		u := s.inbox.next(t)
		if u.From.Name != want || u.From.Handle != "" || u.From.Lang != "" {
			t.Errorf("%q came as %+v, want %q", given, u.From, want)
		}
		d := named(u.From.Name, "P1", u.From.ID, true)
		s.post(ref(id), d)
		if m := s.Last(id); !strings.Contains(m.Text, want) || !strings.Contains(m.HTML, `<a href="tg://user?id=`+u.From.ID) {
			t.Errorf("%q is shown as %q", given, m.HTML)
		}
	}
	if got := isolate("مريم"); got != "\u2068مريم\u2069" {
		t.Errorf("isolated %q", got)
	}
	id := s.AddUser(telegramtest.User{FirstName: "\u3164\u200B", Username: "hidden"})
	s.Start(id, "")
	if u := s.inbox.next(t); u.From.Name != "@hidden" || u.From.Handle != "hidden" {
		t.Errorf("an invisible name came as %+v", u.From)
	}
	for tag, want := range map[string]string{"id": "id", "ms": "id", "jv": "id", "su-Latn": "id", "IN": "id", "en": "en", "pt-br": "en", "": "", "ru": "en"} {
		s.SetLanguage(id, tag)
		s.SendText(id, id, "x")
		if u := s.inbox.next(t); u.From.Lang != want {
			t.Errorf("%q became %q, want %q", tag, u.From.Lang, want)
		}
	}
}
