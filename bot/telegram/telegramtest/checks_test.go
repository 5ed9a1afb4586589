package telegramtest

import (
	"fmt"
	"strings"
	"testing"
)

func keyboard(rows ...string) string {
	return `{"inline_keyboard":[` + strings.Join(rows, ",") + `]}`
}

func row(n int) string {
	return "[" + strings.TrimSuffix(strings.Repeat(`{"text":"x","callback_data":"d"},`, n), ",") + "]"
}

func rows(n, each int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = row(each)
	}
	return out
}

func commandsJSON(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`{"command":"c%d","description":"d"}`, i)
	}
	return "[" + strings.Join(list, ",") + "]"
}

// TestHandChecks proves that every rule bites: what is just over a limit is reported,
// what is just under it is not.
func TestHandChecks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		method string
		params []string
		want   string // part of the violation; "" for none
		answer string // description; "" for a call that passes
	}{
		{"text fits", "sendMessage", []string{"text", strings.Repeat("x", 4096)}, "", ""},
		{"text too long", "sendMessage", []string{"text", strings.Repeat("x", 4097)}, "4097 UTF-16 units", "Bad Request: message is too long"},
		{"surrogates count twice", "sendMessage", []string{"text", strings.Repeat("🏭", 2049)}, "4098 UTF-16 units", "Bad Request: message is too long"},
		{"markup does not count", "sendMessage", []string{"parse_mode", "HTML", "text", "<b>" + strings.Repeat("x", 4096) + "</b>"}, "", ""},
		{"text empty", "sendMessage", []string{"text", " \n"}, "text is empty", "Bad Request: message text is empty"},
		{"text empty inside tags", "sendMessage", []string{"parse_mode", "HTML", "text", "<b> </b>"}, "empty after", "Bad Request: message text is empty"},
		{"text missing", "sendMessage", nil, "text is empty", "Bad Request: message text is empty"},
		{"HTML wrong", "sendMessage", []string{"parse_mode", "HTML", "text", "<b>x"}, "no valid HTML", `Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`},
		{"markdown", "sendMessage", []string{"parse_mode", "MarkdownV2", "text", "x"}, "writes HTML only", "Bad Request: unsupported parse_mode"},
		{"no UTF-8", "sendMessage", []string{"text", "a\xff"}, "no UTF-8", "Bad Request: strings must be encoded in UTF-8"},
		{"chat missing", "sendMessage", []string{"chat_id", "", "text", "x"}, "chat_id is missing", "Bad Request: chat_id is empty"},
		{"General named", "sendMessage", []string{"text", "x", "message_thread_id", "1"}, "General topic", "Bad Request: message thread not found"},
		{"data fits", "sendMessage", []string{"text", "x", "reply_markup", keyboard(`[{"text":"x","callback_data":"` + strings.Repeat("é", 32) + `"}]`)}, "", ""},
		{"data too long", "sendMessage", []string{"text", "x", "reply_markup", keyboard(`[{"text":"x","callback_data":"` + strings.Repeat("é", 33) + `"}]`)}, "66 bytes", "Bad Request: BUTTON_DATA_INVALID"},
		{"data empty", "sendMessage", []string{"text", "x", "reply_markup", keyboard(`[{"text":"x","callback_data":""}]`)}, "0 bytes", "Bad Request: BUTTON_DATA_INVALID"},
		{"button without text", "sendMessage", []string{"text", "x", "reply_markup", keyboard(`[{"text":"","callback_data":"d"}]`)}, "has no text", `Bad Request: can't parse inline keyboard button: Can't find field "text"`},
		{"button without deed", "sendMessage", []string{"text", "x", "reply_markup", keyboard(`[{"text":"x"}]`)}, "does nothing", "Bad Request: can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"},
		{"row full", "sendMessage", []string{"text", "x", "reply_markup", keyboard(row(8))}, "", ""},
		{"row too long", "sendMessage", []string{"text", "x", "reply_markup", keyboard(row(9))}, "9 buttons", "Bad Request: reply markup is too long"},
		{"buttons fit", "sendMessage", []string{"text", "x", "reply_markup", keyboard(rows(20, 5)...)}, "", ""},
		{"too many buttons", "sendMessage", []string{"text", "x", "reply_markup", keyboard(append(rows(20, 5), row(1))...)}, "101 buttons", "Bad Request: reply markup is too long"},
		{"markup broken", "sendMessage", []string{"text", "x", "reply_markup", "{"}, "cannot be read", "Bad Request: can't parse reply keyboard markup JSON object"},
		{"placeholder fits", "sendMessage", []string{"text", "x", "reply_markup", `{"force_reply":true,"input_field_placeholder":"` + strings.Repeat("x", 64) + `"}`}, "", ""},
		{"placeholder too long", "sendMessage", []string{"text", "x", "reply_markup", `{"force_reply":true,"input_field_placeholder":"` + strings.Repeat("x", 65) + `"}`}, "input_field_placeholder has 65", "Bad Request: input field placeholder is too long"},
		{"edit too long", "editMessageText", []string{"message_id", "1", "text", strings.Repeat("x", 4097)}, "4097", "Bad Request: message is too long"},
		{"edit without message", "editMessageText", []string{"text", "x"}, "message_id is missing", "Bad Request: message identifier is not specified"},
		{"delete without message", "deleteMessage", nil, "message_id is missing", "Bad Request: message identifier is not specified"},
		{"markup edit without message", "editMessageReplyMarkup", nil, "message_id is missing", "Bad Request: message identifier is not specified"},
		{"pin without message", "pinChatMessage", nil, "message_id is missing", "Bad Request: message identifier is not specified"},
		{"caption too long", "editMessageCaption", []string{"message_id", "1", "caption", strings.Repeat("x", 1025)}, "1025", "Bad Request: message caption is too long"},
		{"document missing", "sendDocument", nil, "document is missing", "Bad Request: there is no document in the request"},
		{"photo missing", "sendPhoto", nil, "photo is missing", "Bad Request: there is no photo in the request"},
		{"answer too long", "answerCallbackQuery", []string{"callback_query_id", "1", "text", strings.Repeat("x", 201)}, "201", "Bad Request: MESSAGE_TOO_LONG"},
		{"answer without id", "answerCallbackQuery", nil, "callback_query_id is missing", "Bad Request: query is too old and response timeout expired or query ID is invalid"},
		{"poll too long", "getUpdates", []string{"timeout", "51", "offset", "-1"}, "timeout 51", "*"},
		{"poll limit", "getUpdates", []string{"limit", "101"}, "limit", ""},
		{"action unknown", "sendChatAction", []string{"action", "dance"}, "is unknown", "Bad Request: wrong parameter action in request"},
		{"member without user", "getChatMember", nil, "user_id is missing", "Bad Request: invalid user_id specified"},
		{"file without id", "getFile", nil, "file_id is missing", "Bad Request: invalid file_id"},
		{"commands fit", "setMyCommands", []string{"commands", commandsJSON(100)}, "", ""},
		{"too many commands", "setMyCommands", []string{"commands", commandsJSON(101)}, "101 commands", "Bad Request: BOT_COMMANDS_TOO_MUCH"},
		{"command name", "setMyCommands", []string{"commands", `[{"command":"Vote","description":"d"}]`}, "a-z, 0-9", "Bad Request: BOT_COMMAND_INVALID"},
		{"command name too long", "setMyCommands", []string{"commands", `[{"command":"` + strings.Repeat("x", 33) + `","description":"d"}]`}, "a-z, 0-9", "Bad Request: BOT_COMMAND_INVALID"},
		{"command description", "setMyCommands", []string{"commands", `[{"command":"vote","description":""}]`}, "0 UTF-16 units", "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"},
		{"command description too long", "setMyCommands", []string{"commands", `[{"command":"vote","description":"` + strings.Repeat("x", 257) + `"}]`}, "257 UTF-16 units", "Bad Request: BOT_COMMAND_DESCRIPTION_INVALID"},
		{"command twice", "setMyCommands", []string{"commands", `[{"command":"a","description":"d"},{"command":"a","description":"e"}]`}, "twice", ""},
		{"commands missing", "setMyCommands", nil, "commands cannot be read", "Bad Request: can't parse commands: commands is missing"},
		{"language", "setMyCommands", []string{"commands", commandsJSON(1), "language_code", "id-ID"}, "two small letters", "Bad Request: invalid language code specified"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := New(WithSpecs(t.TempDir()))
			defer s.Close()
			ann := started(s, "Ann")
			if c.answer == "*" {
				s.SendText(ann, ann, "x") // so that the poll does not wait
				c.answer = ""
			}
			params := c.params
			if _, ok := form(params...)["chat_id"]; !ok && c.method != "getUpdates" {
				params = append([]string{"chat_id", fmt.Sprint(ann)}, params...)
			}
			r := newClient(t, s).call(c.method, params...)
			if r.Description != c.answer {
				t.Errorf("answered %q, want %q", r.Description, c.answer)
			}
			got := strings.Join(s.Violations(), "; ")
			if c.want == "" && got != "" || !strings.Contains(got, c.want) {
				t.Errorf("violations %q, want %q", got, c.want)
			}
		})
	}
}

func TestCheapModeChecksAndRecordsNothing(t *testing.T) {
	t.Parallel()
	s := Start(t, WithoutChecks())
	ann := started(s, "Ann")
	c := newClient(t, s)
	c.must(nil, "sendMessage", "chat_id", fmt.Sprint(ann), "text", "x", "colour", "red", "reply_markup", keyboard(row(9)))
	if s.SpecsLoaded() || len(s.Requests()) != 0 {
		t.Errorf("specs %v, %d requests", s.SpecsLoaded(), len(s.Requests()))
	}
	// What the real server answers stays.
	c.refuse(400, `Bad Request: can't parse entities: Can't find end tag corresponding to start tag "b"`,
		"sendMessage", "chat_id", fmt.Sprint(ann), "text", "<b>x", "parse_mode", "HTML")
}
