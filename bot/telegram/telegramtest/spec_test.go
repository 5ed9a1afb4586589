package telegramtest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// specServer skips, visibly, where the specification is not at hand.
func specServer(t *testing.T, opts ...Option) *Server {
	t.Helper()
	s := New(opts...)
	t.Cleanup(s.Close)
	if !s.SpecsLoaded() {
		t.Skipf("no %s in KLASTER_SPECS or ../shared/specs: the foreign specification is not checked", specFile)
	}
	return s
}

func TestSpecBites(t *testing.T) {
	t.Parallel()
	s := specServer(t)
	ann := started(s, "Ann")
	c := newClient(t, s)
	for _, k := range []struct {
		name, method string
		params       []string
		want         string // "" for a call that fits
	}{
		{"fits", "sendMessage", []string{"text", "x", "reply_markup", keyboard(row(1)), "disable_notification", "true"}, ""},
		{"null is absent", "sendMessage", []string{"text", "x", "entities", "null"}, ""},
		{"null is a text", "sendMessage", []string{"text", "null"}, ""},
		{"old names", "sendMessage", []string{"text", "x", "reply_to_message_id", "9", "allow_sending_without_reply", "true", "disable_web_page_preview", "true"}, ""},
		{"old method", "getChatMembersCount", nil, ""},
		{"unknown method", "sendCarrierPigeon", nil, "does not know this method"},
		{"unknown parameter", "sendMessage", []string{"text", "x", "colour", "red"}, "parameter colour"},
		{"missing required", "getChatMember", nil, "user_id is missing"},
		{"integer", "sendMessage", []string{"text", "x", "message_thread_id", "abc"}, `message_thread_id is "abc", but must be Integer`},
		{"boolean", "sendMessage", []string{"text", "x", "disable_notification", "maybe"}, "must be Boolean"},
		{"float", "sendLocation", []string{"latitude", "x", "longitude", "1"}, `latitude is "x", but must be Float`},
		{"no JSON", "sendMessage", []string{"text", "x", "entities", "["}, "entities is no JSON"},
		{"after the JSON", "sendMessage", []string{"text", "x", "link_preview_options", "{}{}"}, "something after"},
		{"no array", "sendMessage", []string{"text", "x", "entities", "{}"}, "entities must be Array of MessageEntity"},
		{"nested type", "sendMessage", []string{"text", "x", "reply_markup", keyboard(`[{"text":1,"callback_data":"d"}]`)}, "reply_markup.inline_keyboard[0][0].text must be String"},
		{"nested missing", "sendMessage", []string{"text", "x", "reply_markup", keyboard(`[{"callback_data":"d"}]`)}, "reply_markup.inline_keyboard[0][0].text is missing"},
		{"nested unknown", "sendMessage", []string{"text", "x", "reply_markup", keyboard(`[{"text":"x","callback_data":"d","colour":"red"}]`)}, "inline_keyboard[0][0].colour is unknown"},
		{"nested boolean", "sendMessage", []string{"text", "x", "reply_markup", `{"force_reply":"yes"}`}, "force_reply must be Boolean"},
		{"nested integer", "sendMessage", []string{"text", "x", "reply_parameters", `{"message_id":"9"}`}, "reply_parameters.message_id must be Integer"},
		{"subtype fits", "setMyCommands", []string{"commands", commandsJSON(1), "scope", `{"type":"chat","chat_id":1}`}, ""},
		{"subtype constant", "setMyCommands", []string{"commands", commandsJSON(1), "scope", `{"type":"galaxy"}`}, "scope.type is galaxy"},
		{"subtype incomplete", "setMyCommands", []string{"commands", commandsJSON(1), "scope", `{"type":"chat"}`}, "scope"},
		{"array of integers", "deleteMessages", []string{"message_ids", `["1"]`}, "message_ids[0] must be Integer"},
	} {
		t.Run(k.name, func(t *testing.T) {
			params := append([]string(nil), k.params...)
			if k.method != "setMyCommands" {
				params = append(params, "chat_id", fmt.Sprint(ann))
			}
			s.TakeViolations()
			c.call(k.method, params...)
			got := strings.Join(s.TakeViolations(), "; ")
			if k.want == "" && got != "" || !strings.Contains(got, k.want) {
				t.Errorf("violations %q, want %q", got, k.want)
			}
		})
	}
}

func TestSpecTellsSubtypesApart(t *testing.T) {
	t.Parallel()
	s := specServer(t)
	u := `{"user":{"id":1,"is_bot":false,"first_name":"A"},"status":`
	for in, want := range map[string]string{
		u + `"member"}`:                     "",
		u + `"creator"}`:                    "M.is_anonymous is missing, ChatMemberOwner needs it",
		u + `"member","is_anonymous":true}`: "M.is_anonymous is unknown in ChatMemberMember",
	} {
		if got := s.spec.checkWire("ChatMember", "M", in); got != want {
			t.Errorf("%s: %q, want %q", in, got, want)
		}
	}
}

func TestSpecFolder(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("KLASTER_SPECS", dir)
	if got := usualSpecsDir(); got != dir {
		t.Errorf("KLASTER_SPECS is ignored: %s", got)
	}
	t.Setenv("KLASTER_SPECS", "")
	if got := usualSpecsDir(); !strings.HasSuffix(got, filepath.Join("shared", "specs")) {
		t.Errorf("without KLASTER_SPECS: %s", got)
	}
	s := New(WithSpecs(dir))
	defer s.Close()
	if s.SpecsLoaded() {
		t.Error("an empty folder holds a specification")
	}
	small := `{"methods":{"getMe":{"fields":[]}},"types":{}}`
	if err := os.WriteFile(filepath.Join(dir, specFile), []byte(small), 0o600); err != nil {
		t.Fatal(err)
	}
	s2 := New(WithSpecs(dir))
	defer s2.Close()
	if !s2.SpecsLoaded() {
		t.Error("the specification was not read")
	}
}

// fits compares what the fake itself sends with the specification.
func fits(t *testing.T, s *Server, typ string, raw []byte) {
	t.Helper()
	if text := s.spec.checkWire(typ, typ, string(raw)); text != "" {
		t.Errorf("%s\n%s", text, raw)
	}
}

func TestUpdatesFitTheSpec(t *testing.T) {
	t.Parallel()
	s := specServer(t)
	ann, bob := started(s, "Ann"), started(s, "Bob")
	forum := s.AddGroup("Forum", AsForum(), WithAdmins(ann), WithBotAdmin())
	basic := s.AddGroup("Basic", WithMembers(ann))
	thread := s.AddTopic(forum, "Steps")
	first, _ := s.Send(forum, ann, "/start@"+s.settings.username+" x", InTopic(thread))
	s.SendText(forum, bob, "hello", ReplyTo(first))
	s.SendText(forum, ann, "anonymous", AnonymousAdmin())
	s.SendText(forum, ann, "channel", AsChannel(-1001, "News"))
	s.SendText(forum, ann, "linked", AsLinkedChannel(-1001, "News"))
	s.SendText(forum, ann, "caption", WithPhoto([]byte("p")))
	s.SendText(ann, ann, "caption", WithDocument("a.csv", "text/csv", []byte("a,b")))
	s.SendText(forum, ann, "edited", Editing(first))
	s.Block(bob)
	s.Unblock(bob)
	s.Mute(forum, ann)
	s.Kick(forum, ann)
	s.AddBot(forum, ann)
	s.PromoteBot(forum, ann)
	s.AddMember(basic, bob)
	s.RemoveMember(basic, bob)
	s.MigrateToSupergroup(basic, ann, OldFirst)
	s.Tap(forum, first, bob, "d")
	s.Tap(forum, 9999, bob, "d")
	s.Tap(forum, 0, bob, "d")
	var updates []json.RawMessage
	newClient(t, s).must(&updates, "getUpdates")
	if len(updates) != 22 {
		t.Fatalf("%d updates", len(updates))
	}
	for _, u := range updates {
		fits(t, s, "Update", u)
	}
}

func TestResultsFitTheSpec(t *testing.T) {
	t.Parallel()
	s := specServer(t)
	ann, bob := started(s, "Ann"), started(s, "Bob")
	g := s.AddGroup("Group", AsForum(), WithAdmins(ann), WithMembers(bob), WithBotAdmin())
	chat := fmt.Sprint(g)
	c := newClient(t, s)
	var m sent
	c.must(&m, "sendMessage", "chat_id", chat, "text", "x")
	id := fmt.Sprint(m.ID)
	s.SendText(ann, ann, "", WithDocument("a.csv", "text/csv", []byte("a")))
	file := s.Messages(ann)[1].File.ID
	for _, k := range []struct {
		returns, method string
		params          []string
	}{
		{"User", "getMe", nil},
		{"WebhookInfo", "getWebhookInfo", nil},
		{"Message", "sendMessage", []string{"chat_id", chat, "text", "<b>x</b>", "parse_mode", "HTML", "reply_markup", keyboard(row(2)), "reply_parameters", `{"message_id":` + id + `}`}},
		{"Message", "sendDocument", []string{"chat_id", chat, "document", file, "caption", "x"}},
		{"Message", "editMessageText", []string{"chat_id", chat, "message_id", id, "text", "y", "reply_markup", keyboard(row(1))}},
		{"Message", "editMessageReplyMarkup", []string{"chat_id", chat, "message_id", id}},
		{"File", "getFile", []string{"file_id", file}},
		{"ChatFullInfo", "getChat", []string{"chat_id", chat}},
		{"ChatFullInfo", "getChat", []string{"chat_id", fmt.Sprint(ann)}},
		{"ChatMember", "getChatMember", []string{"chat_id", chat, "user_id", fmt.Sprint(bob)}},
		{"Array of ChatMember", "getChatAdministrators", []string{"chat_id", chat}},
		{"Integer", "getChatMemberCount", []string{"chat_id", chat}},
		{"Boolean", "pinChatMessage", []string{"chat_id", chat, "message_id", id}},
		{"Boolean", "sendChatAction", []string{"chat_id", chat, "action", "typing"}},
		{"Boolean", "setMyCommands", []string{"commands", commandsJSON(2)}},
		{"Array of BotCommand", "getMyCommands", nil},
		{"Boolean", "deleteMyCommands", nil},
		{"Boolean", "deleteMessage", []string{"chat_id", chat, "message_id", id}},
		{"Boolean", "deleteWebhook", []string{"drop_pending_updates", "true"}},
		{"Boolean", "leaveChat", []string{"chat_id", chat}},
	} {
		r := c.call(k.method, k.params...)
		if !r.OK {
			t.Fatalf("%s: %s", k.method, r.Description)
		}
		fits(t, s, k.returns, r.Result)
	}
	if v := s.Violations(); v != nil {
		t.Error(v)
	}
}
