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

// StewardNamed makes a person a steward.
//
//	{"person":"P7…"}
type StewardNamed struct {
	Person PersonID `json:"person"`
}

// FacilitatorNamed makes a person the facilitator; an empty person leaves the post empty, the steward acts as one then.
//
//	{"person":"P7…"}
type FacilitatorNamed struct {
	Person PersonID `json:"person"`
}

// ChatAttached adds a chat in which the cluster speaks.
//
//	{"chat":{"p":"telegram","c":"-100…"}}
type ChatAttached struct {
	Chat ChatRef `json:"chat"`
}

// ChatMoved follows a platform that gave the chat another address (a group became a supergroup).
//
//	{"from":{"p":"telegram","c":"-5"},"to":{"p":"telegram","c":"-1005"}}
type ChatMoved struct {
	From ChatRef `json:"from"`
	To   ChatRef `json:"to"`
}

// ChatSuspended stops sending to a chat that threw the bot out or silenced it; slots go on, nothing is deleted.
//
//	{"chat":{"p":"telegram","c":"-100…"}}
type ChatSuspended struct {
	Chat ChatRef `json:"chat"`
}

// ChatResumed undoes ChatSuspended.
//
//	{"chat":{"p":"telegram","c":"-100…"}}
type ChatResumed struct {
	Chat ChatRef `json:"chat"`
}

// PersonForgotten removes a person from every post and representation in the cluster.
//
//	{"person":"P7…"}
type PersonForgotten struct {
	Person PersonID `json:"person"`
}

// DigestDue has the daily digest of a local day told.
//
//	{"day":"2026-12-01"}
type DigestDue struct {
	Day string `json:"day"`
}
