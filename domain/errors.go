package domain

// Code is the closed list of reasons for which a command is refused.
type Code string

const (
	Invalid    Code = "invalid"     // the input itself is not acceptable
	NotAllowed Code = "not_allowed" // another person may do this
	NotSteward Code = "not_steward" // a steward may do this; a chat admin counts as one, so it is worth asking
	NotMember  Code = "not_member"  // the person represents no approved actor
	NotFound   Code = "not_found"
	Closed     Code = "closed"  // the item has ended or was replaced
	Already    Code = "already" // what was asked for is so already
	NotYet     Code = "not_yet" // a precondition (gate, quorum, coverage) is missing
)

// Error is a refusal a person can read: Key names a sentence in the catalogue, Args fill it. It is never prose.
type Error struct {
	Code Code
	Key  string
	Args map[string]any
}

func (e *Error) Error() string { return string(e.Code) + ": " + e.Key }

// Refuse builds an Error; args are name, value pairs.
func Refuse(code Code, key string, args ...any) *Error {
	e := &Error{Code: code, Key: key}
	if len(args) > 0 {
		e.Args = make(map[string]any, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			e.Args[args[i].(string)] = args[i+1]
		}
	}
	return e
}
