package discordtest

import (
	"net/http"
	"strconv"
	"strings"
)

// refusal is an answer with an error.
type refusal struct {
	status  int
	code    int
	message string
	errors  []formError // of an invalid form body
	after   float64     // seconds, 429
	scope   string      // user, global or shared, 429
}

// formError is one place of an invalid form body.
type formError struct {
	path, code, message string
}

// Code is a JSON error code of Discord.
type Code int

// The codes the fake answers with.
const (
	unknownChannel     Code = 10003
	unknownGuild       Code = 10004
	unknownMember      Code = 10007
	unknownMessage     Code = 10008
	unknownUser        Code = 10013
	unknownWebhook     Code = 10015
	unknownInteraction Code = 10062
	unknownCommand     Code = 10063
	tooManyCreates     Code = 30034
	tooManyDMs         Code = 40003
	alreadyAnswered    Code = 40060
	missingAccess      Code = 50001
	editOfAnother      Code = 50005
	emptyMessage       Code = 50006
	cannotSendToUser   Code = 50007
	missingPermissions Code = 50013
	invalidToken       Code = 50027
	invalidForm        Code = 50035
	threadArchived     Code = 50083
	noMutualGuild      Code = 50278
)

// refuse makes the refusal that goes with a code.
func refuse(c Code) *refusal {
	e := &refusal{code: int(c), status: http.StatusNotFound, message: "Error"}
	switch c / 10_000 {
	case 2, 3, 4:
		e.status = http.StatusBadRequest
	case 5:
		e.status = http.StatusForbidden
	}
	switch c {
	case unknownChannel:
		e.message = "Unknown Channel"
	case unknownGuild:
		e.message = "Unknown Guild"
	case unknownMember:
		e.message = "Unknown Member"
	case unknownMessage:
		e.message = "Unknown Message"
	case unknownUser:
		e.message = "Unknown User"
	case unknownWebhook:
		e.message = "Unknown Webhook"
	case unknownInteraction:
		e.message = "Unknown interaction"
	case unknownCommand:
		e.message = "Unknown application command"
	case tooManyCreates:
		e.message = "Max number of daily application command creates has been reached (200)"
	case tooManyDMs:
		e.message = "You are opening direct messages too fast"
	case alreadyAnswered:
		e.message = "Interaction has already been acknowledged."
	case missingAccess:
		e.message = "Missing Access"
	case editOfAnother:
		e.message = "Cannot edit a message authored by another user"
	case emptyMessage:
		e.status, e.message = http.StatusBadRequest, "Cannot send an empty message"
	case cannotSendToUser:
		e.message = "Cannot send messages to this user"
	case missingPermissions:
		e.message = "Missing Permissions"
	case invalidToken:
		e.status, e.message = http.StatusUnauthorized, "Invalid Webhook Token"
	case invalidForm:
		e.status, e.message = http.StatusBadRequest, "Invalid Form Body"
	case threadArchived:
		e.status, e.message = http.StatusBadRequest, "Thread is archived"
	case noMutualGuild:
		e.message = "Cannot send messages to this user due to having no mutual guilds"
	}
	return e
}

// badForm is an invalid form body with one place.
func badForm(path, code, message string) *refusal {
	e := refuse(invalidForm)
	e.errors = []formError{{path, code, message}}
	return e
}

func unauthorized() *refusal {
	return &refusal{status: http.StatusUnauthorized, message: "401: Unauthorized"}
}

func notFound() *refusal {
	return &refusal{status: http.StatusNotFound, message: "404: Not Found"}
}

// tooMany is a 429; global and shared ones have a scope of their own.
func tooMany(seconds float64, scope string) *refusal {
	return &refusal{status: http.StatusTooManyRequests, message: "You are being rate limited.", after: seconds, scope: scope}
}

func (e *refusal) json() object {
	o := object{"message": e.message, "code": e.code}
	if e.status == http.StatusTooManyRequests {
		o = object{"message": e.message, "retry_after": e.after, "global": e.scope == "global"}
	}
	if len(e.errors) > 0 {
		tree := object{}
		for _, f := range e.errors {
			at := tree
			for _, step := range strings.FieldsFunc(f.path, func(r rune) bool { return r == '.' || r == '[' || r == ']' }) {
				next, ok := at[step].(object)
				if !ok {
					next = object{}
					at[step] = next
				}
				at = next
			}
			list, _ := at["_errors"].([]any)
			at["_errors"] = append(list, object{"code": f.code, "message": f.message})
		}
		o["errors"] = tree
	}
	return o
}

func (e *refusal) headers(h http.Header) {
	if e.status != http.StatusTooManyRequests {
		return
	}
	scope := e.scope
	if scope == "" {
		scope = "user"
	}
	h.Set("Retry-After", strconv.Itoa(int(e.after+0.999)))
	h.Set("X-RateLimit-Scope", scope)
	h.Set("X-RateLimit-Reset-After", strconv.FormatFloat(e.after, 'f', 3, 64))
	if scope == "global" {
		h.Set("X-RateLimit-Global", "true")
		return
	}
	h.Set("X-RateLimit-Remaining", "0")
}
