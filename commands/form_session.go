package commands

import (
	"encoding/json"
	"strings"

	"klaster/domain"
)

// session is a half-done form as kept between inputs.
type session struct {
	Form    string           `json:"f"`
	Nonce   string           `json:"n"`           // ties buttons to this run of the form
	At      string           `json:"a,omitempty"` // the field asked for; empty: the echo
	Fixing  bool             `json:"x,omitempty"` // one field is being corrected; then back to the echo
	Values  values           `json:"v"`
	Picked  []string         `json:"p,omitempty"` // choices made so far of a field that takes many
	Cluster domain.ClusterID `json:"c,omitempty"`
	Under   *session         `json:"u,omitempty"` // the form this one interrupted
	// Reminded: the person has been told that it waits, and is not told after every command.
	Reminded bool `json:"r,omitempty"`
}

const maxInterrupted = 3

func readSession(blob []byte) *session {
	if len(blob) == 0 {
		return nil
	}
	var s session
	if json.Unmarshal(blob, &s) != nil || s.Form == "" {
		return nil
	}
	if s.Values == nil {
		s.Values = values{}
	}
	return &s
}

// SessionCluster is the cluster a half-done conversation is about; empty in the lobby.
func (c *Conversation) SessionCluster(blob []byte) domain.ClusterID {
	if s := readSession(blob); s != nil {
		return s.Cluster
	}
	return ""
}

// UsesSession says whether a tap belongs to a half-done conversation, so that the bot loads the session for it.
func (c *Conversation) UsesSession(tap string) bool {
	prefix, _, _ := strings.Cut(tap, ":")
	return prefix == "f" || prefix == "c" || c.index.taps[prefix].asks
}

// Interrupt puts a conversation begun in a group, and held in private, above the one that waits in the private chat.
// The bot calls it, because only it can see both.
func (c *Conversation) Interrupt(begun, waiting []byte) []byte {
	s, below := readSession(begun), readSession(waiting)
	if s == nil || below == nil {
		return begun
	}
	s.interrupt(below)
	blob, err := json.Marshal(s)
	if err != nil {
		return begun // a map of strings always encodes
	}
	return blob
}

// interrupt keeps the form that waited below this one; the same form begun anew takes the place of the old run.
func (s *session) interrupt(waiting *session) {
	if waiting != nil && waiting.Form == s.Form {
		waiting = waiting.Under
	}
	depth := 0
	for u := waiting; u != nil; u = u.Under {
		depth++
	}
	if depth <= maxInterrupted {
		s.Under = waiting
	}
}

// keep stores the session after the append.
func (t *turn) keep(f form) {
	blob, err := json.Marshal(t.session)
	if err != nil {
		return // a map of strings always encodes
	}
	t.out.Session = &SessionChange{Private: f.private, Blob: blob, Until: t.morning()}
}

// end closes the form and brings an interrupted one back.
func (t *turn) end(f form) {
	under := t.session.Under
	if under == nil {
		t.session = nil
		t.out.Session = &SessionChange{Private: f.private}
		return
	}
	t.session = under
	t.keep(t.c.index.forms[under.Form])
	t.out.Session.Private = f.private
}

// stillWaiting reminds of the form that comes back when the one above it has ended.
func (t *turn) stillWaiting() {
	if t.session != nil && t.in.Private {
		t.reply(Reply{Body: t.say("form.waiting", "entry", t.entry()), Buttons: [][]Button{t.entryButtons()}})
	}
}

// entry is what the half-done form is called.
func (t *turn) entry() string { return t.line("entry." + t.session.Form) }

// entryButtons go on with the half-done form, or drop it.
func (t *turn) entryButtons() []Button {
	return []Button{{Label: t.line("button.resume"), Data: "c:/lanjut"}, {Label: t.line("button.drop"), Data: "c:/batal"}}
}

// waitsAfter is the form that goes on waiting after an input that was accepted and is worth a reminder: the one in hand,
// unless there has been one, or, where the input has ended it, the one below.
func waitsAfter(in Input) *session {
	s := readSession(in.Session)
	_, _, isCommand := command(in.Text)
	if s != nil && (strings.HasPrefix(in.Tap, "f:") || in.Tap == "" && !isCommand) {
		return s.Under
	}
	if s != nil && s.Reminded {
		return nil
	}
	return s
}

func (s *session) data(op, value string) string {
	return strings.TrimSuffix("f:"+s.Nonce+":"+op+":"+value, ":")
}
