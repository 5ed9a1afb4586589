package domain

// ClusterFounded begins every journal.
//
//	{"name":"…","core":"…","region":"…","lang":"id","zone":"Asia/Jakarta","steward":"P7…","chat":{"p":"telegram","c":"-100…"}}
type ClusterFounded struct {
	Name    Text     `json:"name"`
	Core    Text     `json:"core"` // the core industry the cluster is about
	Region  Text     `json:"region"`
	Lang    string   `json:"lang"`
	Zone    string   `json:"zone"`
	Steward PersonID `json:"steward"`
	Chat    ChatRef  `json:"chat"`
}

func (ClusterFounded) EventType() string { return "cluster_founded" }
func (e ClusterFounded) mapTexts(f func(Text) Text) Event {
	e.Name, e.Core, e.Region = f(e.Name), f(e.Core), f(e.Region)
	return e
}

// CharterChanged sets one key; Decision is the number of the proposal that settled it, 0 for housekeeping. The values
// of the keys name, core and region are texts people wrote and are in Text instead of Value.
//
//	{"key":"quorum","value":"60","decision":7}
type CharterChanged struct {
	Key      CharterKey `json:"key"`
	Value    string     `json:"value,omitempty"`
	Text     Text       `json:"text,omitempty"`
	Decision int        `json:"decision,omitempty"`
}

func (CharterChanged) EventType() string                  { return "charter_changed" }
func (e CharterChanged) mapTexts(f func(Text) Text) Event { e.Text = f(e.Text); return e }

// StewardNamed makes a person a steward.
//
//	{"person":"P7…"}
type StewardNamed struct {
	Person PersonID `json:"person"`
}

func (StewardNamed) EventType() string                { return "steward_named" }
func (e StewardNamed) mapTexts(func(Text) Text) Event { return e }

// FacilitatorNamed makes a person the facilitator; an empty person leaves the post empty, the steward acts as one then.
//
//	{"person":"P7…"}
type FacilitatorNamed struct {
	Person PersonID `json:"person"`
}

func (FacilitatorNamed) EventType() string                { return "facilitator_named" }
func (e FacilitatorNamed) mapTexts(func(Text) Text) Event { return e }

// ChatAttached adds a chat in which the cluster speaks.
//
//	{"chat":{"p":"telegram","c":"-100…"}}
type ChatAttached struct {
	Chat ChatRef `json:"chat"`
}

func (ChatAttached) EventType() string                { return "chat_attached" }
func (e ChatAttached) mapTexts(func(Text) Text) Event { return e }

// ChatMoved follows a platform that gave the chat another address (a group became a supergroup).
//
//	{"from":{"p":"telegram","c":"-5"},"to":{"p":"telegram","c":"-1005"}}
type ChatMoved struct {
	From ChatRef `json:"from"`
	To   ChatRef `json:"to"`
}

func (ChatMoved) EventType() string                { return "chat_moved" }
func (e ChatMoved) mapTexts(func(Text) Text) Event { return e }

// ChatSuspended stops sending to a chat that threw the bot out or silenced it; slots go on, nothing is deleted.
//
//	{"chat":{"p":"telegram","c":"-100…"}}
type ChatSuspended struct {
	Chat ChatRef `json:"chat"`
}

func (ChatSuspended) EventType() string                { return "chat_suspended" }
func (e ChatSuspended) mapTexts(func(Text) Text) Event { return e }

// ChatResumed undoes ChatSuspended.
//
//	{"chat":{"p":"telegram","c":"-100…"}}
type ChatResumed struct {
	Chat ChatRef `json:"chat"`
}

func (ChatResumed) EventType() string                { return "chat_resumed" }
func (e ChatResumed) mapTexts(func(Text) Text) Event { return e }

// PersonForgotten removes a person from every post and representation in the cluster.
//
//	{"person":"P7…"}
type PersonForgotten struct {
	Person PersonID `json:"person"`
}

func (PersonForgotten) EventType() string                { return "person_forgotten" }
func (e PersonForgotten) mapTexts(func(Text) Text) Event { return e }

// DigestDue has the daily digest of a local day told.
//
//	{"day":"2026-12-01"}
type DigestDue struct {
	Day string `json:"day"`
}

func (DigestDue) EventType() string                { return "digest_due" }
func (e DigestDue) mapTexts(func(Text) Text) Event { return e }
