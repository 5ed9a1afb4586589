package telegramtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"
)

// The limits of the Bot API. Text is counted in UTF-16 units: right whichever way the
// real server counts.
const (
	maxText        = 4096
	maxCaption     = 1024
	maxData        = 64 // bytes
	maxRow         = 8
	maxButtons     = 100
	maxAnswer      = 200
	maxPlaceholder = 64
	maxPoll        = 50 // seconds
	maxCommands    = 100
	maxDescription = 256
	maxPhoto       = 10 << 20
	maxDocument    = 50 << 20
)

// complaint is a broken rule, with what the real server answers to it; nil when it lets
// it pass.
type complaint struct {
	text string
	err  *refusal
}

// checker collects complaints about one call.
type checker struct {
	params params
	found  []complaint
}

func (k *checker) add(e *refusal, format string, args ...any) {
	k.found = append(k.found, complaint{fmt.Sprintf(format, args...), e})
}

// methodChecks are the hand-written rules: what each method needs, in this order.
func methodChecks(method string) []func(*checker) {
	switch method {
	case "getUpdates":
		return []func(*checker){checkPoll}
	case "sendMessage":
		return []func(*checker){needChat, checkThread, needText, checkMarkup}
	case "sendDocument":
		return []func(*checker){needChat, checkThread, needFile("document", maxDocument), checkCaption, checkMarkup}
	case "sendPhoto":
		return []func(*checker){needChat, checkThread, needFile("photo", maxPhoto), checkCaption, checkMarkup}
	case "editMessageText":
		return []func(*checker){needChat, needMessage, needText, checkMarkup}
	case "editMessageCaption":
		return []func(*checker){needChat, needMessage, checkCaption, checkMarkup}
	case "editMessageReplyMarkup":
		return []func(*checker){needChat, needMessage, checkMarkup}
	case "deleteMessage", "pinChatMessage":
		return []func(*checker){needChat, needMessage}
	case "answerCallbackQuery":
		return []func(*checker){checkAnswer}
	case "getFile":
		return []func(*checker){need("file_id", "invalid file_id")}
	case "getChat", "getChatAdministrators", "getChatMemberCount", "getChatMembersCount", "leaveChat", "unpinChatMessage":
		return []func(*checker){needChat}
	case "getChatMember":
		return []func(*checker){needChat, need("user_id", "invalid user_id specified")}
	case "sendChatAction":
		return []func(*checker){needChat, checkThread, checkAction}
	case "setMyCommands":
		return []func(*checker){checkCommands, checkLanguage}
	case "deleteMyCommands", "getMyCommands":
		return []func(*checker){checkLanguage}
	}
	return nil
}

// handChecks returns what is wrong with a call and the refusal of the first of it.
func handChecks(method string, p params) (texts []string, first *refusal) {
	k := checker{params: p}
	for i := range p {
		if !utf8.ValidString(p[i].value) {
			k.add(badRequest("strings must be encoded in UTF-8"), "parameter %s is no UTF-8", p[i].name)
		}
	}
	for _, check := range methodChecks(method) {
		check(&k)
	}
	for _, c := range k.found {
		texts = append(texts, c.text)
		if first == nil {
			first = c.err
		}
	}
	return texts, first
}

func need(name, answer string) func(*checker) {
	return func(k *checker) {
		if k.params.text(name) == "" {
			k.add(badRequest("%s", answer), "%s is missing", name)
		}
	}
}

func needChat(k *checker) {
	if k.params.text("chat_id") == "" {
		k.add(badRequest("chat_id is empty"), "chat_id is missing")
	}
}

func needMessage(k *checker) {
	if n, ok := k.params.integer("message_id"); !ok || n <= 0 {
		k.add(badRequest("message identifier is not specified"), "message_id is missing or no number")
	}
}

// checkThread knows that the General topic must not be named.
func checkThread(k *checker) {
	if k.params.text("message_thread_id") == "1" {
		k.add(badRequest("message thread not found"), "message_thread_id 1: the General topic is addressed by leaving it out")
	}
}

func needText(k *checker) {
	k.checkText("text", maxText, "message is too long")
	text := k.params.text("text")
	if strings.TrimSpace(text) == "" {
		k.add(badRequest("message text is empty"), "text is empty")
	}
}

func checkCaption(k *checker) { k.checkText("caption", maxCaption, "message caption is too long") }

// checkText counts what is left of a text after its markup is read.
func (k *checker) checkText(name string, limit int, tooLong string) {
	text := k.params.text(name)
	units := utf16Len(text)
	switch mode := k.params.text("parse_mode"); strings.ToLower(mode) {
	case "":
	case "html":
		plain, n, _, err := parseHTML(text)
		if err != nil {
			k.add(badRequest("can't parse entities: %s", err), "%s is no valid HTML: %s", name, err)
			return
		}
		if text != "" && strings.TrimSpace(plain) == "" {
			k.add(badRequest("message text is empty"), "%s is empty after its markup is read", name)
		}
		units = n
	default:
		k.add(badRequest("unsupported parse_mode"), "parse_mode %q: the bot writes HTML only", mode)
	}
	if units > limit {
		k.add(badRequest("%s", tooLong), "%s has %d UTF-16 units, at most %d are allowed", name, units, limit)
	}
}

func needFile(name string, limit int) func(*checker) {
	return func(k *checker) {
		f, ok := k.params.find(name)
		switch {
		case !ok || !f.isFile && f.value == "":
			k.add(badRequest("there is no %s in the request", name), "%s is missing", name)
		case f.isFile && len(f.content) == 0:
			k.add(badRequest("file must be non-empty"), "%s is an empty file", name)
		case len(f.content) > limit:
			k.add(&refusal{code: http.StatusRequestEntityTooLarge, description: "Request Entity Too Large"},
				"%s has %d bytes, at most %d are allowed", name, len(f.content), limit)
		}
	}
}

// checkMarkup judges keyboards and force_reply. Only fields that bots send are known;
// the specification knows the rest.
func checkMarkup(k *checker) {
	raw := k.params.object("reply_markup")
	if raw == "" {
		return
	}
	var m struct {
		Rows [][]struct {
			Text     *string         `json:"text"`
			Data     *string         `json:"callback_data"`
			URL      string          `json:"url"`
			WebApp   json.RawMessage `json:"web_app"`
			CopyText json.RawMessage `json:"copy_text"`
			Switch   *string         `json:"switch_inline_query"`
		} `json:"inline_keyboard"`
		Placeholder string `json:"input_field_placeholder"`
	}
	if err := json.Unmarshal([]byte(raw), &m); err != nil {
		k.add(badRequest("can't parse reply keyboard markup JSON object"), "reply_markup cannot be read: %s", err)
		return
	}
	total := 0
	for i, row := range m.Rows {
		total += len(row)
		if len(row) > maxRow {
			k.add(badRequest("reply markup is too long"), "row %d has %d buttons, at most %d are allowed", i+1, len(row), maxRow)
		}
		for j, b := range row {
			name := fmt.Sprintf("button %d of row %d", j+1, i+1)
			if b.Text == nil || strings.TrimSpace(*b.Text) == "" {
				k.add(badRequest("can't parse inline keyboard button: Can't find field \"text\""), "%s has no text", name)
			}
			if b.Data != nil && (len(*b.Data) == 0 || len(*b.Data) > maxData) {
				k.add(badRequest("BUTTON_DATA_INVALID"), "%s: callback_data has %d bytes, 1 to %d are allowed", name, len(*b.Data), maxData)
			}
			if b.Data == nil && b.URL == "" && b.WebApp == nil && b.CopyText == nil && b.Switch == nil {
				k.add(badRequest("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"), "%s does nothing", name)
			}
		}
	}
	if total > maxButtons {
		k.add(badRequest("reply markup is too long"), "%d buttons, at most %d are allowed", total, maxButtons)
	}
	if n := utf16Len(m.Placeholder); n > maxPlaceholder {
		k.add(badRequest("input field placeholder is too long"), "input_field_placeholder has %d UTF-16 units, at most %d are allowed", n, maxPlaceholder)
	}
}

func checkAnswer(k *checker) {
	need("callback_query_id", "query is too old and response timeout expired or query ID is invalid")(k)
	if n := utf16Len(k.params.text("text")); n > maxAnswer {
		k.add(badRequest("MESSAGE_TOO_LONG"), "text has %d UTF-16 units, at most %d are allowed", n, maxAnswer)
	}
}

func checkPoll(k *checker) {
	if n := k.params.number("timeout"); n < 0 || n > maxPoll {
		k.add(nil, "timeout %d: the server cuts it to %d seconds", n, maxPoll)
	}
	if raw, ok := k.params.find("limit"); ok && raw.value != "" {
		if n := k.params.number("limit"); n < 1 || n > 100 {
			k.add(nil, "limit %q: 1 to 100 are allowed", raw.value)
		}
	}
}

func checkAction(k *checker) {
	switch a := k.params.text("action"); a {
	case "typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
		"choose_sticker", "find_location", "record_video_note", "upload_video_note":
	default:
		k.add(badRequest("wrong parameter action in request"), "action %q is unknown", a)
	}
}

func checkLanguage(k *checker) {
	if l := k.params.text("language_code"); l != "" && (len(l) != 2 || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz") != "") {
		k.add(badRequest("invalid language code specified"), "language_code %q: two small letters are expected", l)
	}
}

func checkCommands(k *checker) {
	list, err := readCommands(k.params)
	if err != nil {
		k.add(badRequest("can't parse commands: %s", err), "commands cannot be read: %s", err)
		return
	}
	if len(list) > maxCommands {
		k.add(badRequest("BOT_COMMANDS_TOO_MUCH"), "%d commands, at most %d are allowed", len(list), maxCommands)
	}
	seen := make(map[string]bool, len(list))
	for _, c := range list {
		if n := len(c.Name); n < 1 || n > 32 || strings.Trim(c.Name, "abcdefghijklmnopqrstuvwxyz0123456789_") != "" {
			k.add(badRequest("BOT_COMMAND_INVALID"), "command %q: 1 to 32 of a-z, 0-9 and _ are allowed", c.Name)
		}
		if n := utf16Len(c.Description); n < 1 || n > maxDescription {
			k.add(badRequest("BOT_COMMAND_DESCRIPTION_INVALID"), "command %s: its description has %d UTF-16 units, 1 to %d are allowed", c.Name, n, maxDescription)
		}
		if seen[c.Name] {
			k.add(nil, "command %s is there twice", c.Name)
		}
		seen[c.Name] = true
	}
}
