package discord

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"klaster/bot"
)

// Codes of Discord's refusals that mean something to us.
const (
	codeUnknownChannel     = 10003
	codeUnknownGuild       = 10004
	codeUnknownMessage     = 10008
	codeUnknownUser        = 10013
	codeUnknownWebhook     = 10015
	codeUnknownInteraction = 10062
	codeAnnouncementEdits  = 20016
	codeSlowmode           = 20028
	codeOldEdits           = 30046
	codeTooManyDMs         = 40003
	codeAnswered           = 40060
	codeMissingAccess      = 50001
	codeEditOfAnother      = 50005
	codeCannotSendToUser   = 50007
	codeMissingPermissions = 50013
	codeBadToken           = 50014
	codeNotInThisType      = 50024
	codeInvalidToken       = 50027
	codeArchived           = 50083
	codeNoMutualGuild      = 50278
	codeThreadLocked       = 160005
)

// apiError is a refusal of the server. Its message has been through describe.
type apiError struct {
	op      string
	status  int
	code    int
	message string
	after   time.Duration
	global  bool // of a 429: about everything
	shared  bool // of a 429: others used the limit up; it does not count against us
	foreign bool // not said by Discord's interface but by something in between
}

func (e *apiError) Error() string {
	text := "discord: " + e.op + ": " + strconv.Itoa(e.status)
	if e.code != 0 {
		text += " (" + strconv.Itoa(e.code) + ")"
	}
	return text + " " + e.message
}

// netError is a call without an answer. It unwraps to nothing but the end of a context: the errors below it may show
// the address, which may hold a token.
type netError struct {
	text string
	end  error
}

func (e *netError) Error() string { return e.text }
func (e *netError) Unwrap() error { return e.end }

func (r *rest) netError(ctx context.Context, op string, err error) error {
	e := &netError{text: "discord: " + op + ": " + r.describe(err.Error())}
	switch {
	case errors.Is(err, context.Canceled):
		e.end = context.Canceled
	case errors.Is(err, context.DeadlineExceeded), errors.Is(ctx.Err(), context.DeadlineExceeded):
		e.end = context.DeadlineExceeded
	}
	return e
}

// refusedWith tells whether the server refused with one of these codes.
func refusedWith(err error, codes ...int) bool {
	var e *apiError
	return errors.As(err, &e) && slices.Contains(codes, e.code)
}

// tooLate tells whether an interaction cannot be answered any more.
func tooLate(err error) bool {
	return refusedWith(err, codeUnknownInteraction, codeInvalidToken, codeUnknownWebhook)
}

// deaf tells whether a person cannot be written to privately.
func deaf(err error) bool {
	return refusedWith(err, codeCannotSendToUser, codeNoMutualGuild, codeTooManyDMs)
}

// classify says what to do about a failed call.
func classify(op string, err error) *bot.SendError {
	s := &bot.SendError{Kind: bot.Transient, Err: err}
	var e *apiError
	if !errors.As(err, &e) {
		var n *netError
		if !errors.As(err, &n) { // those name their operation
			s.Err = wrap(op, err)
		}
		return s
	}
	switch e.code {
	case codeUnknownMessage, codeEditOfAnother:
		s.Kind = bot.Gone
		return s
	case codeUnknownChannel, codeUnknownGuild, codeUnknownUser, codeTooManyDMs, codeMissingAccess, codeCannotSendToUser,
		codeMissingPermissions, codeNotInThisType, codeArchived, codeNoMutualGuild, codeThreadLocked:
		s.Kind = bot.Unreachable
		return s
	case codeAnnouncementEdits, codeSlowmode, codeOldEdits:
		s.Kind, s.After = bot.RateLimited, max(e.after, time.Second)
		return s
	case codeBadToken:
		s.Kind = bot.Misconfigured
		return s
	}
	switch {
	case e.status == http.StatusTooManyRequests:
		s.Kind, s.After = bot.RateLimited, max(e.after, time.Second)
	case e.status == http.StatusRequestEntityTooLarge:
		s.Kind = bot.Rejected
	case e.status == http.StatusUnauthorized:
		s.Kind = bot.Misconfigured
	case e.foreign, e.status == http.StatusRequestTimeout:
	case e.status == http.StatusForbidden:
		s.Kind = bot.Unreachable
	case e.status >= 400 && e.status < 500:
		s.Kind = bot.Rejected
	}
	return s
}

// rejected is a send that cannot work and is not tried.
func rejected(op, why string) *bot.SendError {
	return &bot.SendError{Kind: bot.Rejected, Err: wrap(op, errors.New(why))}
}

// unreachable is a send to somewhere that is not there any more, and is not tried.
func unreachable(op, why string) *bot.SendError {
	return &bot.SendError{Kind: bot.Unreachable, Err: wrap(op, errors.New(why))}
}
