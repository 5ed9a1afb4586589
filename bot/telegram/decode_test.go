package telegram

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"klaster/bot"
)

// samples are updates as Telegram sends them, cut down a little.
var samples = []string{
	`{"update_id":800000001,"message":{"message_id":7,"from":{"id":7,"is_bot":false,"first_name":"Ann","last_name":"O'Neil","username":"ann","language_code":"id"},"chat":{"id":-1001,"title":"Rotan","type":"supergroup","is_forum":true},"date":1700000000,"message_thread_id":5,"is_topic_message":true,"reply_to_message":{"message_id":5,"date":1,"chat":{"id":-1001,"type":"supergroup"},"forum_topic_created":{"name":"x"}},"text":"/isu@klaster_test_bot Bahan \ud83d\ude00 baku","entities":[{"offset":0,"length":21,"type":"bot_command"}]}}`,
	`{"update_id":800000002,"callback_query":{"id":"4380000000000000001","from":{"id":7,"is_bot":false,"first_name":"A\u202enn"},"message":{"message_id":9,"from":{"id":123456789,"is_bot":true,"first_name":"Klaster"},"chat":{"id":7,"first_name":"Ann","type":"private"},"date":1700000000,"text":"Usulan 7","reply_markup":{"inline_keyboard":[[{"text":"Setuju","callback_data":"v1:y"}]]}},"chat_instance":"-1","data":"v1:y"}}`,
	`{"update_id":800000003,"my_chat_member":{"chat":{"id":-4,"title":"x","type":"group"},"from":{"id":7,"first_name":"Ann"},"date":1,"old_chat_member":{"user":{"id":1,"is_bot":true,"first_name":"K"},"status":"left"},"new_chat_member":{"user":{"id":1,"is_bot":true,"first_name":"K"},"status":"member"}}}`,
	`{"update_id":800000004,"message":{"message_id":8,"from":{"id":7,"first_name":"Ann"},"chat":{"id":7,"type":"private"},"date":1,"photo":[{"file_id":"s","file_unique_id":"1","width":90,"height":90},{"file_id":"L","file_unique_id":"2","width":1280,"height":960},{"file_id":"m","file_unique_id":"3","width":320,"height":320}],"caption":"Bukti 1.3"}}`,
	`{"update_id":800000005,"message":{"message_id":8,"from":{"id":7,"first_name":"Ann"},"chat":{"id":7,"type":"private"},"date":1,"document":{"file_id":"d","file_unique_id":"1","file_name":"notulen.pdf","mime_type":"application/pdf","file_size":123},"forward_date":1,"forward_origin":{"type":"hidden_user","date":1}}}`,
	`{"update_id":800000006,"message":{"message_id":8,"from":{"id":7,"first_name":"Ann"},"chat":{"id":-4,"type":"group"},"date":1,"migrate_to_chat_id":-1000000000004}}`,
}

func testBot(tb testing.TB) *Bot {
	tb.Helper()
	b, err := New(Options{Token: testToken, API: "http://127.0.0.1:1"})
	if err != nil {
		tb.Fatal(err)
	}
	name := "klaster_test_bot"
	b.username.Store(&name)
	return b
}

// Our small structs read what the library's large ones read.
func TestDecodesAsTheLibrary(t *testing.T) {
	for _, raw := range samples {
		var ours update
		var theirs tgbotapi.Update
		if err := decode([]byte(raw), &ours); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal([]byte(raw), &theirs); err != nil {
			t.Fatal(err)
		}
		if ours.ID != int64(theirs.UpdateID) || (ours.Message == nil) != (theirs.Message == nil) ||
			(ours.Callback == nil) != (theirs.CallbackQuery == nil) || (ours.MyChatMember == nil) != (theirs.MyChatMember == nil) {
			t.Errorf("another shape: %s", raw)
		}
		if m, l := ours.Message, theirs.Message; m != nil {
			if m.ID != int64(l.MessageID) || m.Text != l.Text || m.Caption != l.Caption || m.Chat.ID != l.Chat.ID || m.Chat.Type != l.Chat.Type ||
				!reflect.DeepEqual(m.From, l.From) || !reflect.DeepEqual(m.Photo, l.Photo) || !reflect.DeepEqual(m.Document, l.Document) ||
				m.MigrateTo != l.MigrateToChatID || m.ForwardDate != int64(l.ForwardDate) {
				t.Errorf("%+v\n%+v", m, l)
			}
		}
		if c, l := ours.Callback, theirs.CallbackQuery; c != nil {
			if c.ID != l.ID || c.Data != l.Data || !reflect.DeepEqual(c.From, l.From) || c.Message.ID != int64(l.Message.MessageID) {
				t.Errorf("%+v\n%+v", c, l)
			}
		}
		if m, l := ours.MyChatMember, theirs.MyChatMember; m != nil && (m.Chat.ID != l.Chat.ID || m.New.Status != l.NewChatMember.Status || m.Old.Status != l.OldChatMember.Status) {
			t.Errorf("%+v\n%+v", m, l)
		}
	}
}

func TestTranslateSamples(t *testing.T) {
	b := testBot(t)
	want := []string{"/isu Bahan 😀 baku", "", "", "Bukti 1.3", "", ""}
	for i, raw := range samples {
		var u update
		if err := decode([]byte(raw), &u); err != nil {
			t.Fatal(err)
		}
		got, ok := b.translate(&u)
		if !ok || got.Text != want[i] || got.Cause != "tg:123456789:"+strconv.FormatInt(u.ID, 10) {
			t.Errorf("%s\nbecame %+v", raw, got)
		}
		if i == 3 && got.File.ID != "L" {
			t.Errorf("took the photo %q", got.File.ID)
		}
	}
}

// Whatever comes: no panic, nothing outside the bounds, and what the standard library reads we read alike.
func FuzzDecode(f *testing.F) {
	for _, s := range samples {
		f.Add([]byte(s))
	}
	f.Add([]byte(`{"update_id":1,"message":{"text":"\ud800\u0000"}}`))
	f.Add([]byte(`{"update_id":1e3,"message":[]}`))
	b := testBot(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		var u, std update
		err := decode(raw, &u)
		if json.Unmarshal(raw, &std) == nil && err == nil && u.ID != std.ID {
			t.Errorf("ids %d and %d", u.ID, std.ID)
		}
		if err != nil {
			return
		}
		got, ok := b.translate(&u)
		if !ok {
			return
		}
		checkUpdate(t, got)
	})
}

func checkUpdate(t *testing.T, u bot.Update) {
	t.Helper()
	for _, s := range []string{u.Text, u.Start, u.Data, u.From.Name, u.From.Handle} {
		if !utf8.ValidString(s) {
			t.Errorf("no UTF-8: %q", s)
		}
	}
	if len(u.Text) > bot.MaxSaid || utf8.RuneCountInString(u.From.Name) > maxName+1 || len(u.Start) > maxStart {
		t.Errorf("out of bounds: %+v", u)
	}
	if strings.ContainsFunc(u.From.Name, func(c rune) bool {
		return unicode.IsControl(c) || c >= '\u202A' && c <= '\u202E' || c >= '\u2066' && c <= '\u2069' || c == '\u200B'
	}) ||
		strings.ContainsRune(u.Text, 0) {
		t.Errorf("unclean: %+v", u)
	}
	if u.Chat.Platform != Platform || u.Cause == "" {
		t.Errorf("no chat or cause: %+v", u)
	}
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"/start abc", "/isu@klaster_test_bot\n x", "/isu@other", "@klaster_test_bot: x", "/", "/@", "/start—x", "/start@Klaster_test_bot  tok", "\u2029/isu"} {
		f.Add(s)
	}
	b := testBot(f)
	f.Fuzz(func(t *testing.T, s string) {
		text, forUs := b.address(s)
		if !forUs {
			if text != "" {
				t.Errorf("not for us, but %q", text)
			}
			return
		}
		if len(text) > bot.MaxSaid || !utf8.ValidString(text) || strings.TrimSpace(text) != text || strings.ContainsRune(text, 0) {
			t.Errorf("%q became %q", s, text)
		}
		rest, token := startOf(text)
		if token != "" && !startToken(token) || len(rest) > len(text) {
			t.Errorf("%q became %q and %q", text, rest, token)
		}
	})
}
