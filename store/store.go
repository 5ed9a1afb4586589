// Package store is the contract for durable bytes: journals in order, and small side records. It knows identifiers and
// heads, never rules. Its two implementations pass one suite (storetest).
package store

import (
	"context"
	"errors"
	"time"

	"klaster/domain"
)

// The errors of the contract. Anything else is a store that is down or slow: the outcome of the call is unknown.
var (
	ErrConflict = errors.New("store: another writer was first")           // the head moved on; read the tail, decide again
	ErrRewound  = errors.New("store: the journal lost entries")           // the stored head is older than, or forked from, ours
	ErrMissing  = errors.New("store: the journal is gone")                // no journal under this id, though one was expected
	ErrExists   = errors.New("store: the journal exists already")         // Create only
	ErrGap      = errors.New("store: the journal has a hole")             // entries are not contiguous or do not chain
	ErrNotFound = errors.New("store: no such record")                     // side records
	ErrClosed   = errors.New("store: closed")                             //
	ErrRefused  = errors.New("store: this store cannot keep a journal")   // replica role, allkeys-* eviction, newer schema
	ErrUnsure   = errors.New("store: the outcome could not be found out") // Append: neither stored nor refused for certain
)

// Entry is one step of a journal.
type Entry struct {
	Head   domain.Head // after this entry; filled in by Read, ignored by Append
	Record []byte      // hashed
	Texts  []byte      // beside the hash; may be rewritten by Redact
}

// Snapshot is a cached fold. Format is the writer's number for the state's shape; readers ignore foreign ones.
type Snapshot struct {
	Head   domain.Head
	Format int
	State  []byte
}

// Journal keeps the history of clusters.
type Journal interface {
	// Create begins a journal with its first entry; it is the only way to begin one. ErrExists if there is one, unless it
	// begins with this very record: then Create, like Append, answers as if it had just stored it.
	Create(ctx context.Context, id domain.ClusterID, e Entry, due time.Time, dirty []domain.Platform) (domain.Head, error)

	// Append stores one entry, the cluster's next due time (zero: nothing is due) and its dirty marks in one atomic
	// step, only if after is exactly the head. ErrConflict: the journal is longer than after and contains it.
	// ErrRewound: it is shorter, or has another hash at after.Version. ErrMissing: it is gone. A lost reply is resolved
	// inside: Append looks for its own entry and answers as if the reply had come; ErrUnsure only if that fails too.
	// Hence it is idempotent: when the entry that follows after is already this very record, Append succeeds and stores
	// nothing. Any error but ErrUnsure means that nothing was stored. Due times are kept to the microsecond, rounded up.
	// It may block for the store's timeout; it is called by one room at a time per cluster, by many rooms at once.
	Append(ctx context.Context, id domain.ClusterID, after domain.Head, e Entry, due time.Time, dirty []domain.Platform) (domain.Head, error)

	// Load gives what a room needs to wake: the newest snapshot (zero if none) and up to limit entries after it.
	// A snapshot that is not on the journal's chain is left out. ErrMissing if there is no journal.
	Load(ctx context.Context, id domain.ClusterID, limit int) (Snapshot, []Entry, error)

	// Read gives up to limit entries with versions greater than after, contiguous and chained, or ErrGap, ErrMissing.
	// None when after is the tip; ErrRewound when the journal is shorter than after.
	Read(ctx context.Context, id domain.ClusterID, after uint64, limit int) ([]Entry, error)

	// Tip is the head as stored now. ErrMissing if there is no journal.
	Tip(ctx context.Context, id domain.ClusterID) (domain.Head, error)

	// SaveSnapshot replaces the snapshot unless a newer one of the same chain is there. A snapshot is a cache; losing it
	// loses nothing.
	SaveSnapshot(ctx context.Context, id domain.ClusterID, s Snapshot) error

	// Redact rewrites the texts of entries under the same heads: f gets each entry's texts and returns the new ones and
	// whether they differ; f may see an entry more than once. It also drops the snapshot (a room that still holds the old
	// texts must be loaded again before it saves one). It may take long; appends meanwhile are kept, not lost.
	Redact(ctx context.Context, id domain.ClusterID, f func(version uint64, texts []byte) ([]byte, bool)) error

	// Clusters lists clusters in the order of their ids, those after the given one first.
	Clusters(ctx context.Context, after domain.ClusterID, limit int) ([]domain.ClusterID, error)

	// Follow calls moved when some replica (or this one) has appended to a cluster; it returns nil when ctx ends and
	// ErrClosed when the store is closed. Hints only: they may be lost or repeated. moved must not block for long.
	Follow(ctx context.Context, moved func(id domain.ClusterID, version uint64)) error
}

// PostState is how far the delivery of a card is.
type PostState string

const (
	PostSending PostState = "sending" // written before the platform is called; what became of it is unknown
	PostSent    PostState = "sent"
	PostLive    PostState = "live" // sent, with buttons that have to go when the card does
)

// Post records what was posted where.
type Post struct {
	Card  string         // card key, unique within the cluster and chat
	Chat  domain.ChatRef //
	State PostState
	Ref   string // the platform's message id, once sent
	Hash  string // of what was rendered last
	At    time.Time
	Tries int
}

// Posts keeps the reconciler's records. They are not history: losing one has boards posted again.
type Posts interface {
	ListPosts(ctx context.Context, id domain.ClusterID) ([]Post, error)
	// PutPost stores the record under (Card, Chat) and, when Ref is set, lets ClusterOfPost find the cluster.
	PutPost(ctx context.Context, id domain.ClusterID, p Post) error
	DeletePost(ctx context.Context, id domain.ClusterID, card string, chat domain.ChatRef) error
	// ClusterOfPost tells to which cluster a message belongs; ErrNotFound. Needed for taps in private chats. The thread
	// does not matter: a message id is unique within its chat.
	ClusterOfPost(ctx context.Context, chat domain.ChatRef, ref string) (domain.ClusterID, error)
}

// Account is how a platform knows a person.
type Account struct {
	Platform domain.Platform `json:"p"`
	User     string          `json:"u"`
}

// Person is all that is kept about a person, outside every journal.
type Person struct {
	ID       domain.PersonID    `json:"id"`
	Name     string             `json:"name"`
	Handle   string             `json:"handle,omitempty"`
	Lang     string             `json:"lang,omitempty"`   // chosen by /bahasa; empty: the platform's or the cluster's
	Spoken   string             `json:"spoken,omitempty"` // what the platform said last; empty: it does not tell
	Accounts []Account          `json:"accounts"`
	Private  []domain.ChatRef   `json:"private,omitempty"`  // private chats that can be written to
	Clusters []domain.ClusterID `json:"clusters,omitempty"` // clusters the person has acted in, latest first
	Meant    domain.ClusterID   `json:"meant,omitempty"`    // of several clusters, the one chosen in private chat
	Aliases  []domain.PersonID  `json:"aliases,omitempty"`  // persons found out to be this one: their records hold a name only
}

// People keeps persons. A PersonID is as durable as the journal.
type People interface {
	// MintPerson returns the person of an account, creating it as fresh (with the account added to fresh.Accounts)
	// atomically if there is none. An error if fresh.ID is another person's.
	MintPerson(ctx context.Context, a Account, fresh Person) (Person, error)
	// PersonByID returns ErrNotFound for a forgotten or unknown person.
	PersonByID(ctx context.Context, id domain.PersonID) (Person, error)
	// ChangePerson reads, changes and writes atomically; change may run more than once and returns false to leave all
	// as it is. Account mappings follow Accounts: an added account is taken over from whoever had it, a removed one is
	// freed if it is still this person's. ErrNotFound for an unknown person.
	ChangePerson(ctx context.Context, id domain.PersonID, change func(*Person) bool) error
	// ForgetPerson removes the person, the accounts' mappings and half-done conversations. Unknown persons are no error.
	ForgetPerson(ctx context.Context, id domain.PersonID) error
}

// Sessions keeps half-done conversations, one per person and chat.
type Sessions interface {
	// SessionOf returns nil, nil when there is none or until has passed.
	SessionOf(ctx context.Context, who domain.PersonID, chat domain.ChatRef) ([]byte, error)
	PutSession(ctx context.Context, who domain.PersonID, chat domain.ChatRef, session []byte, until time.Time) error
	DropSession(ctx context.Context, who domain.PersonID, chat domain.ChatRef) error
}

// Line is one message of the web room; a replaced line keeps its ID.
type Line struct {
	ID   uint64
	Body []byte
}

// Transcript is the web room's bounded message log, one per chat.
type Transcript interface {
	AddLine(ctx context.Context, chat domain.ChatRef, body []byte, keep int) (uint64, error)
	// ReplaceLine returns ErrNotFound when the line has gone out of the log.
	ReplaceLine(ctx context.Context, chat domain.ChatRef, line uint64, body []byte) error
	// Lines returns the last limit lines, oldest first.
	Lines(ctx context.Context, chat domain.ChatRef, limit int) ([]Line, error)
	// Watch calls changed when a chat's log may have changed on some replica; it ends like Follow. Hints only.
	Watch(ctx context.Context, changed func(domain.ChatRef)) error
}

// Index finds clusters: by due time, by dirty mark, by chat.
type Index interface {
	// Due lists clusters whose due time is not after now, earliest first as far as partitions allow.
	Due(ctx context.Context, now time.Time, limit int) ([]domain.ClusterID, error)
	// NextDue is the earliest due time of all; false if nothing is due.
	NextDue(ctx context.Context) (time.Time, bool, error)
	// SetDue repairs a due time without an entry (after a fire that had nothing to say). It does nothing if the head is
	// not at any more. ErrMissing if there is no journal (its due time is forgotten then).
	SetDue(ctx context.Context, id domain.ClusterID, at domain.Head, due time.Time) error

	// Dirty lists clusters with an uncleared mark for the platform, in no order; repeated calls come round to all.
	Dirty(ctx context.Context, p domain.Platform, limit int) ([]domain.ClusterID, error)
	// ClearDirty removes the mark if no entry after version has set it again.
	ClearDirty(ctx context.Context, p domain.Platform, id domain.ClusterID, version uint64) error

	// Claim binds a chat to a cluster if it is free, and returns the cluster that holds it.
	Claim(ctx context.Context, chat domain.ChatRef, id domain.ClusterID) (domain.ClusterID, error)
	// Release frees the chat if the cluster holds it.
	Release(ctx context.Context, chat domain.ChatRef, id domain.ClusterID) error
	// ClusterOf returns ErrNotFound for a free chat.
	ClusterOf(ctx context.Context, chat domain.ChatRef) (domain.ClusterID, error)
}

// Leases lets one holder at a time receive and send for a platform account. In a store that only one process can open,
// every lease is granted.
type Leases interface {
	// Hold takes or extends the lease for owner; false if another owner holds it.
	Hold(ctx context.Context, name, owner string, ttl time.Duration) (bool, error)
	// Yield gives the lease up if owner holds it.
	Yield(ctx context.Context, name, owner string) error
}

// Tokens keeps short-lived secrets (deep links, one-time codes), hashed at rest.
type Tokens interface {
	PutToken(ctx context.Context, token string, meaning []byte, until time.Time) error
	// Token returns ErrNotFound alike for unknown and expired ones.
	Token(ctx context.Context, token string) ([]byte, error)
	DropToken(ctx context.Context, token string) error
}

// Parked is an input that could not be handled for reasons of its own cluster.
type Parked struct {
	Cause   string
	Cluster domain.ClusterID
	At      time.Time
	Reason  string // error text; never what a person wrote
}

// Parking keeps them, bounded, for the operator.
type Parking interface {
	Park(ctx context.Context, p Parked) error
	// ParkedInputs lists the latest first.
	ParkedInputs(ctx context.Context, limit int) ([]Parked, error)
}

// Level is a durability label (D0 to D3): what a confirmation is worth.
type Level int

const (
	D0Memory   Level = iota // a restart of the store forgets everything
	D1Snapshot              // a crash loses up to some minutes
	D2Second                // a store crash loses nothing, a power cut up to about two seconds
	D3Disk                  // what was confirmed is on this machine's disk
)

// Durability is the label in force and why.
type Durability struct {
	Level    Level
	Store    string   // "bbolt klaster.db", "Redis 7.0.15 standalone"
	Reasons  []string // facts that led to the label, one clause each
	Warnings []string // advice: stream-node-max-bytes, clock skew ...
	Refused  string   // not empty: must not run on this store (replica role, allkeys-* eviction)
}

// Store is everything together; one value per process, safe for use by many goroutines.
type Store interface {
	Journal
	Posts
	People
	Sessions
	Transcript
	Index
	Leases
	Tokens
	Parking

	// Ready reports within about a second whether the store answers.
	Ready(ctx context.Context) error
	// Durability looks at the store's configuration.
	Durability(ctx context.Context) (Durability, error)
	// Now is the store's clock, so that replicas agree on what is due.
	Now(ctx context.Context) (time.Time, error)
	Close() error
}
