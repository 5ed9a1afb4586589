package domain

// Identifiers are opaque short base32 strings. Nobody looks inside them; what people see and type (isu I5, usulan 7,
// langkah 1.3) are per-cluster counters or names from the tables.
type (
	// ClusterID names one stakeholder group and its journal.
	ClusterID string
	// ActorID names an organisation inside one cluster; it is the unit that votes.
	ActorID string
	// PersonID names a person. Names, handles and platform accounts live outside the journal and can be forgotten.
	PersonID string
	// ItemID names an issue, a scoring round, a proposal or an indicator inside one cluster.
	ItemID string
)

// Platform names a door through which people reach the cluster: "telegram", "discord", "web".
type Platform string

// ChatRef is the address of a chat on one platform. Only that platform's adapter looks inside Chat and Thread.
type ChatRef struct {
	Platform Platform `json:"p"`
	Chat     string   `json:"c"`
	Thread   string   `json:"t,omitempty"` // forum topic; empty for none and for the general one
}

// Text is what a person wrote: an organisation's name, a title, a reason, a piece of evidence. It is kept beside the
// hashed record (see Encode) so that it can be erased while the chain stays valid.
type Text string

// Erased stands where a text was redacted; it is shown as "(dihapus)" / "(erased)".
const Erased Text = "\x00"

// Bounds of texts in characters (runes). They are checked before and inside Decide.
const (
	MaxTitle  = 200
	MaxText   = 4000
	MaxReason = 280
	MaxName   = 64
)
