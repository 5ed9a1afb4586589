package telegram

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"klaster/bot"
	"klaster/domain"
)

// apiError is a refusal of the server. Its message has been through describe.
type apiError struct {
	method  string
	said    tgbotapi.Error
	foreign bool // not said by the Bot API but by something in between
}

func (e *apiError) Error() string {
	return "telegram: " + e.method + ": " + strconv.Itoa(e.said.Code) + " " + e.said.Message
}

// code is the code, or what the text says when there is none.
func (e *apiError) code() int {
	if e.said.Code != 0 {
		return e.said.Code
	}
	for _, known := range [...]struct {
		prefix string
		code   int
	}{
		{"Bad Request", http.StatusBadRequest}, {"Unauthorized", http.StatusUnauthorized},
		{"Forbidden", http.StatusForbidden}, {"Not Found", http.StatusNotFound}, {"Conflict", http.StatusConflict},
		{"Request Entity Too Large", http.StatusRequestEntityTooLarge}, {"Too Many Requests", http.StatusTooManyRequests},
	} {
		if strings.HasPrefix(e.said.Message, known.prefix) {
			return known.code
		}
	}
	return 0
}

// netError is a call without an answer. It unwraps to nothing but the end of a context: the errors below it may show
// the address, and the address holds the token.
type netError struct {
	text string
	end  error
}

func (e *netError) Error() string { return e.text }
func (e *netError) Unwrap() error { return e.end }

func (b *Bot) netError(ctx context.Context, method string, err error) error {
	e := &netError{text: "telegram: " + method + ": " + b.describe(err.Error())}
	switch {
	case errors.Is(err, context.Canceled):
		e.end = context.Canceled
	case errors.Is(err, context.DeadlineExceeded), errors.Is(ctx.Err(), context.DeadlineExceeded):
		e.end = context.DeadlineExceeded
	}
	return e
}

// refusedWith tells whether the server refused with one of these texts (in small letters).
func refusedWith(err error, texts ...string) bool {
	var e *apiError
	if !errors.As(err, &e) {
		return false
	}
	message := strings.ToLower(e.said.Message)
	for _, t := range texts {
		if strings.Contains(message, t) {
			return true
		}
	}
	return false
}

// The refusals that mean something, by their texts (tdlib/telegram-bot-api, Client.cpp).
func notModified(err error) bool { return refusedWith(err, "message is not modified") }
func tooOld(err error) bool {
	return refusedWith(err, "query is too old", "query id is invalid", "query_id_invalid")
}
func unparsable(err error) bool { return refusedWith(err, "can't parse entities") }
func noTopic(err error) bool {
	return refusedWith(err, "message thread not found", "topic_closed", "topic_deleted", "topic_id_invalid")
}
func gone(err error) bool {
	return refusedWith(err, "message to edit not found", "message can't be edited", "message_id_invalid", "message not found")
}
func unreachable(err error) bool {
	return noTopic(err) || refusedWith(err, "chat not found", "not enough rights to send", "no rights to send",
		"need administrator rights", "chat_write_forbidden", "chat_restricted", "chat_send_plain_forbidden",
		"group chat was deactivated", "user_is_blocked", "user is deactivated", "peer_id_invalid", "input_user_deactivated",
		"bot was blocked", "bot was kicked", "can't initiate conversation")
}

// classify says what to do about a failed call.
func classify(op string, err error) *bot.SendError {
	s := &bot.SendError{Kind: bot.Transient, Err: wrap(op, err)}
	var e *apiError
	if !errors.As(err, &e) {
		return s
	}
	switch code := e.code(); {
	case code == http.StatusRequestEntityTooLarge:
		s.Kind = bot.Rejected
	case code == http.StatusTooManyRequests:
		s.Kind, s.After = bot.RateLimited, retryAfter(e)
	case e.foreign:
	case e.said.MigrateToChatID != 0:
		s.Kind = bot.MovedAway
		s.NewChat = domain.ChatRef{Platform: Platform, Chat: strconv.FormatInt(e.said.MigrateToChatID, 10)}
	case gone(err):
		s.Kind = bot.Gone
	case unreachable(err), code == http.StatusForbidden:
		s.Kind = bot.Unreachable
	case code == http.StatusUnauthorized, code == http.StatusNotFound:
		s.Kind = bot.Misconfigured
	case code == http.StatusConflict, code == http.StatusMisdirectedRequest, code == http.StatusRequestTimeout:
	case code >= 400 && code < 500:
		s.Kind = bot.Rejected
	}
	return s
}

// rejected is a send that cannot work and is not tried.
func rejected(op, why string) *bot.SendError {
	return &bot.SendError{Kind: bot.Rejected, Err: wrap(op, errors.New(why))}
}

// retryAfter is how long the server wants to be left alone; at least a second.
func retryAfter(e *apiError) time.Duration {
	return max(time.Second, time.Duration(e.said.RetryAfter)*time.Second)
}
