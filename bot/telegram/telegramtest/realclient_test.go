package telegramtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

// TestRealClient lets the library the bot is built on do the main calls.
func TestRealClient(t *testing.T) {
	t.Parallel()
	s := Start(t)
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	bot, err := tgbotapi.NewBotAPIWithClient(s.Token(), s.URL()+"/bot%s/%s", &http.Client{Transport: tr})
	if err != nil {
		t.Fatal(err)
	}
	if bot.Self.ID != BotID || bot.Self.CanReadAllGroupMessages {
		t.Errorf("self %+v", bot.Self)
	}
	ann := started(s, "Ann")
	g := s.AddGroup("G", AsSupergroup(), WithAdmins(ann), WithBotAdmin())
	chat := fmt.Sprint(g)
	do := func(out any, method string, p tgbotapi.Params) {
		t.Helper()
		r, err := bot.MakeRequest(method, p)
		if err != nil {
			t.Fatalf("%s: %v", method, err)
		}
		if out != nil {
			if err := json.Unmarshal(r.Result, out); err != nil {
				t.Fatalf("%s: %v", method, err)
			}
		}
	}
	var m tgbotapi.Message
	do(&m, "sendMessage", tgbotapi.Params{"chat_id": chat, "text": "<b>Vote</b>", "parse_mode": "HTML", "reply_markup": keyboard(`[{"text":"Yes","callback_data":"y"}]`)})
	if m.Text != "Vote" || len(m.Entities) != 1 || m.ReplyMarkup.InlineKeyboard[0][0].Text != "Yes" || m.Chat.ID != g || m.From.ID != BotID {
		t.Errorf("message %+v", m)
	}
	id, err := s.TapButton(g, ann, "Yes")
	if err != nil {
		t.Fatal(err)
	}
	s.SendText(g, ann, "/note", WithDocument("a.csv", "text/csv", []byte("a,b")))
	var updates []tgbotapi.Update
	do(&updates, "getUpdates", tgbotapi.Params{"timeout": "30", "allowed_updates": `["message","callback_query"]`})
	if len(updates) != 2 || updates[0].CallbackQuery.ID != id || updates[0].CallbackQuery.From.ID != ann || updates[1].Message.Caption != "/note" {
		t.Fatalf("updates %+v", updates)
	}
	do(nil, "answerCallbackQuery", tgbotapi.Params{"callback_query_id": id, "text": "noted"})
	do(&m, "editMessageText", tgbotapi.Params{"chat_id": chat, "message_id": fmt.Sprint(m.MessageID), "text": "Closed"})
	do(nil, "pinChatMessage", tgbotapi.Params{"chat_id": chat, "message_id": fmt.Sprint(m.MessageID)})
	do(nil, "setMyCommands", tgbotapi.Params{"commands": commandsJSON(2), "scope": `{"type":"all_group_chats"}`, "language_code": "id"})
	if got := s.Commands(`{"type": "all_group_chats"}`, "id"); len(got) != 2 || s.CommandMenus() != 1 {
		t.Errorf("commands %v", got)
	}

	var admins []tgbotapi.ChatMember
	do(&admins, "getChatAdministrators", tgbotapi.Params{"chat_id": chat})
	if len(admins) != 2 || !admins[0].IsCreator() || !admins[1].IsAdministrator() {
		t.Errorf("admins %+v", admins)
	}
	var f tgbotapi.File
	do(&f, "getFile", tgbotapi.Params{"file_id": updates[1].Message.Document.FileID})
	resp, err := http.Get(s.URL() + "/file/bot" + s.Token() + "/" + f.FilePath) //nolint:noctx // loopback
	if err != nil {
		t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	content, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil || string(content) != "a,b" {
		t.Errorf("file %q %v", content, err)
	}
	// The library's own types work as well, null slices and all.
	if _, err := bot.Send(tgbotapi.NewMessage(g, "plain")); err != nil {
		t.Error(err)
	}
	if _, err := bot.Request(tgbotapi.NewDeleteMessage(g, s.Last(g).ID)); err != nil {
		t.Error(err)
	}
}

func TestRealClientUploads(t *testing.T) {
	t.Parallel()
	s := Start(t)
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	bot, err := tgbotapi.NewBotAPIWithClient(s.Token(), s.URL()+"/bot%s/%s", &http.Client{Transport: tr})
	if err != nil {
		t.Fatal(err)
	}
	ann := started(s, "Ann")
	upload := func(method, kind, name string, content []byte) error {
		_, err := bot.UploadFiles(method, tgbotapi.Params{"chat_id": fmt.Sprint(ann), "caption": "<i>c</i>", "parse_mode": "HTML"},
			[]tgbotapi.RequestFile{{Name: kind, Data: tgbotapi.FileBytes{Name: name, Bytes: content}}})
		return err
	}
	for kind, method := range map[string]string{"document": "sendDocument", "photo": "sendPhoto"} {
		if err := upload(method, kind, "a.png", []byte("\x89PNG")); err != nil {
			t.Fatal(err)
		}
		m := s.Last(ann)
		if m.File == nil || m.File.Photo != (kind == "photo") || string(m.File.Content) != "\x89PNG" || m.Text != "c" {
			t.Errorf("%s: %+v", method, m)
		}
		// A file_id sends the same file again.
		if _, err := bot.MakeRequest(method, tgbotapi.Params{"chat_id": fmt.Sprint(ann), kind: m.File.ID}); err != nil {
			t.Error(err)
		}
		if _, err := bot.MakeRequest(method, tgbotapi.Params{"chat_id": fmt.Sprint(ann), kind: "nonsense"}); err == nil {
			t.Error("an unknown file_id was taken")
		}
	}
	if files := s.Requests()[1].Files; len(files) != 1 {
		t.Errorf("files %v", files)
	}
	if s.TakeViolations() != nil {
		t.Fatal("a violation before any was provoked")
	}
	if err := upload("sendPhoto", "photo", "a.png", nil); err == nil || len(s.TakeViolations()) != 1 {
		t.Errorf("an empty file: %v", err)
	}
	if err := upload("sendPhoto", "photo", "a.png", make([]byte, maxPhoto+1)); err == nil || len(s.TakeViolations()) != 1 {
		t.Errorf("a photo too large: %v", err)
	}
	if err := upload("sendDocument", "documents", "a.png", []byte("x")); err == nil || len(s.TakeViolations()) == 0 {
		t.Errorf("a file under a wrong name: %v", err)
	}
}

func TestBodiesOfEveryKind(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ann := started(s, "Ann")
	c := newClient(t, s)
	post := func(query, kind, body string) reply {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL()+"/bot"+s.Token()+"/sendMessage"+query, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", kind)
		resp, err := c.http.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		return c.read(resp)
	}
	for i, send := range []func() reply{
		func() reply {
			return post("", "application/json", fmt.Sprintf(`{"chat_id":%d,"text":"a\u00e9","reply_markup":%s,"entities":null}`, ann, keyboard(row(1))))
		},
		func() reply {
			return post("", "application/x-www-form-urlencoded; charset=utf-8", fmt.Sprintf("chat_id=%d&text=a%%C3%%A9&reply_markup=%s", ann, keyboard(row(1))))
		},
		func() reply {
			return post(fmt.Sprintf("?chat_id=%d&text=a%%C3%%A9", ann), "application/x-www-form-urlencoded", "reply_markup="+keyboard(row(1)))
		},
	} {
		r := send()
		if m := s.Last(ann); !r.OK || m.Text != "aé" || len(m.Buttons) != 1 || len(s.Messages(ann)) != i+2 {
			t.Errorf("body %d: %s, %+v", i, r.Description, m)
		}
	}
	for kind, body := range map[string]string{
		"application/json":                 "[1]",
		"multipart/form-data; boundary=xx": "no part",
		"broken/":                          "x",
	} {
		if r := post("", kind, body); r.Code != 400 || len(s.TakeViolations()) == 0 {
			t.Errorf("%s: %d", kind, r.Code)
		}
	}
	resp, err := c.http.Post(s.URL()+"/elsewhere", "text/plain", bytes.NewReader(nil)) //nolint:noctx // loopback
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if r := c.read(resp); r.Code != 404 {
		t.Errorf("a wrong path: %d", r.Code)
	}
}

// TestStartFailsTheTest proves that violations are not only listed.
func TestStartFailsTheTest(t *testing.T) {
	t.Parallel()
	inner := &recordingTB{TB: t}
	s := Start(inner)
	newClient(t, s).call("getChat")
	inner.cleanup()
	if inner.failed == 0 {
		t.Error("a violation did not fail the test")
	}
}

type recordingTB struct {
	testing.TB
	cleanup func()
	failed  int
}

func (r *recordingTB) Helper()               {}
func (r *recordingTB) Cleanup(f func())      { r.cleanup = f }
func (r *recordingTB) Errorf(string, ...any) { r.failed++ }
