// Package bot is the running bot: it takes updates in, runs one room per awake cluster, delivers cards, and keeps
// leases. It knows platforms only through Connector.
package bot

import (
	"context"
	"time"

	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// Connector translates one platform account. The bot calls Receive from one goroutine while it holds the account's
// lease, and the other methods from many goroutines at once.
type Connector interface {
	// Name is the platform as stored in ChatRefs and Accounts. It never changes.
	Name() domain.Platform

	// Account names the bot's account for leases and causes, for example "telegram:123456". It may be asked before
	// Receive and must not block.
	Account() string

	// Caps are constant for the life of the connector.
	Caps() Caps

	// Receive hands every update to Sink in the order of the platform until ctx ends. It confirms an update to the
	// platform only after the function Accept returned has come back nil, and stops confirming at the first one that
	// has not. It survives outages by itself, with back-off, and reports them through Health. It returns nil when ctx
	// ends, and an error only for what cannot heal (a wrong token).
	Receive(ctx context.Context, to Sink) error

	// Post sends a new message. It blocks until the platform has answered. Errors are *SendError.
	Post(ctx context.Context, to domain.ChatRef, d Draft) (ref string, err error)

	// Edit replaces a message's content and buttons; "not modified" is success. Errors are *SendError.
	Edit(ctx context.Context, to domain.ChatRef, ref string, d Draft) error

	// Answer acknowledges a tap; text may be empty. A tap that is too old to be answered is no error.
	Answer(ctx context.Context, tap TapRef, text string) error

	// Health is nil while the platform takes and gives; else why it does not. Shown in /readyz and /metrics.
	Health() error
}

// Optional abilities, found by type assertion.
type (
	// AdminChecker looks up on the platform whether a user administers a chat.
	AdminChecker interface {
		IsAdmin(ctx context.Context, chat domain.ChatRef, user string) (bool, error)
	}
	// PrivateLinker makes a link that opens the private chat with the bot and hands it the token (at most 64
	// characters of A-Za-z0-9_-) as Update.Start. Platforms without links run Button.Private themselves when pressed.
	PrivateLinker interface {
		PrivateLink(token string) string
	}
	// PrivateOpener finds or opens the private chat with a user, on platforms with Caps.PrivateFirst. Errors are
	// *SendError.
	PrivateOpener interface {
		OpenPrivate(ctx context.Context, user string) (domain.ChatRef, error)
	}
	// BacklogTeller closes the channel once what waited while nobody received has been handed to the Sink (after the
	// first empty answer, or the gateway's "ready"). Timers begin only then. It may be asked before Receive.
	BacklogTeller interface {
		Drained() <-chan struct{}
	}
	// MenuPublisher shows the command menus; called after the lease is taken and whenever the menu's hash changed.
	MenuPublisher interface {
		PublishMenu(ctx context.Context, menu []commands.MenuEntry) error
	}
	// BlankOpener shows a blank as a window for typing, in answer to a tap or command; needs Caps.Interactive. An error
	// means that it could not be shown: the question is sent as a message then.
	BlankOpener interface {
		OpenBlank(ctx context.Context, tap TapRef, b commands.Blank) error
	}
	// Shared platforms hand updates over on every replica (a webhook behind a load balancer) if Shared says so: Share then
	// runs on all of them until ctx ends, and Receive, on the holder of the lease, only keeps the arrangement with the
	// platform. Answers are sent by the replica that took the update, cards by the holder.
	Shared interface {
		Shared() bool
		Share(ctx context.Context, to Sink) error
	}
	// Replicated platforms run on every replica and need no lease (the web room).
	Replicated interface {
		RunsEverywhere()
	}
)

// Suggester is what a Sink may offer besides: values for a command's option while it is being typed.
type Suggester interface {
	// Suggest returns at most 25 values, best first; none where neither the chat nor who types there has a cluster. Only
	// who types may see them.
	Suggest(ctx context.Context, chat domain.ChatRef, who User, q commands.Typing) ([]commands.Suggestion, error)
}

// Caps are levels and limits of a platform.
type Caps struct {
	TextLimit    int           // UTF-16 units of a message
	ToastLimit   int           // characters of an answer to a tap
	DataLimit    int           // bytes of button data
	PrivateFirst bool          // the bot may write privately without being written to first
	RepliesOnly  bool          // of what is said in a group, the bot hears commands and replies to its messages only
	Mentions     bool          // a Ping notifies the person
	Interactive  bool          // inputs are answered through themselves (Draft.Answering, Update.Aside), and blanks are taken
	EditInterval time.Duration // quiet time between edits of one message
	Global       Rate          // sends in all
	PerChat      Rate          // sends to one chat
	PerGroup     Rate          // sends to one group, on top
}

// Rate is a token bucket; the zero Rate does not limit.
type Rate struct {
	Every time.Duration
	Burst int
}

// Draft is a message ready for a platform: persons are already names.
type Draft struct {
	Body    commands.Rich // Person spans carry Text (the name); User of Mentions says whom a Ping notifies
	Buttons [][]commands.Button
	// Mentions maps persons of pinged spans to platform user ids.
	Mentions map[domain.PersonID]string
	Tone     commands.Tone
	// Card is set for boards and notices (the card's key): platforms can offer it as a nonce or an anchor.
	Card string
	// ReplyTo is the message this one answers; empty for none.
	ReplyTo string
	// Answering is the input this message answers, with Caps.Interactive; zero for none.
	Answering TapRef
	// Blank is what Ask or the choices can be answered with, with Caps.Interactive.
	Blank *commands.Blank
	// Ask is not empty when an answer is awaited; For is the platform user who should answer.
	Ask string
	For string
	// File is sent along; the body is its caption.
	File *Document
	// Silent messages notify nobody.
	Silent bool
}

// Document is a rendered attachment.
type Document struct {
	Name string
	Mime string
	Data []byte
}

// UpdateKind says what happened.
type UpdateKind uint8

const (
	Said      UpdateKind = iota // a message, command or answer
	Tapped                      // a button
	Added                       // the bot was added to (or returned to) a chat
	Removed                     // the bot was thrown out, silenced, or blocked by the person
	Moved                       // the chat has another address now: NewChat
	Reachable                   // the person can be written to privately again; from a group: the bot may write there
)

// Update is one thing that happened on a platform.
type Update struct {
	Kind    UpdateKind
	Cause   string // unique for ever: "tg:<bot>:<update>", "web:<uuid>"
	Chat    domain.ChatRef
	Private bool
	From    User
	Text    string         // cleaned of invalid UTF-8 and of the bot's own "@name"; bounded to 8,000 bytes
	Start   string         // token of a deep link, already cut off the text
	Tap     TapRef         // Tapped; also Said, with Caps.Interactive
	Data    string         // Tapped: the button's data as it came
	Message string         // Tapped: the message that holds the button; Said: the message itself
	ReplyTo string         // the message answered to, if any
	File    *commands.File // photo or document
	NewChat domain.ChatRef // Moved
	// Opener is the group beside or from which a private chat is held, on platforms that know it: its cluster is meant.
	Opener domain.ChatRef
	// Aside is where the sender alone can be answered, for a while only: nothing is sent there unasked. In an update that
	// comes from there it is Chat itself.
	Aside domain.ChatRef
	// Answers fill in a Blank, whose Data is in Data: by key; several choices are joined by commas.
	Answers map[string]string
	// Admin: whether the sender administers the chat, on platforms that tell with every input.
	Admin commands.Lookup
	// Anonymous: the sender hides behind the chat; nothing may be done for such a one but offering a button.
	Anonymous bool
}

// User is a person as the platform shows it. Name is cleaned for display: no control or direction characters.
type User struct {
	ID     string
	Name   string
	Handle string
	Lang   string // "id" or "en"; empty if the platform does not say
}

// TapRef is what the platform needs to answer a tap, or another input that is answered through itself.
type TapRef struct {
	ID   string
	Chat domain.ChatRef
	User string
}

// Sink takes updates in.
type Sink interface {
	// Accept queues the update behind the earlier ones of its chat and returns at once (it may block while too much
	// waits). The returned function blocks until the update is durable or needs no trace, and returns nil then; an error
	// means that the store is down and the update must come again. It is called exactly once.
	Accept(ctx context.Context, u Update) (wait func() error)
}

// SendKind says what became of a send and what to do about it.
type SendKind uint8

const (
	Transient     SendKind = iota // try again with back-off
	RateLimited                   // try again After; stops only its own chat
	Gone                          // the message is not there any more: post anew
	Unreachable                   // the chat or person cannot be written to: kicked, blocked, never started
	MovedAway                     // the chat has a new address: NewChat
	Rejected                      // our fault; trying again does not help
	Misconfigured                 // token or rights: the platform is down for us
)

// SendError is the only error of Post, Edit and Answer.
type SendError struct {
	Kind    SendKind
	After   time.Duration
	NewChat domain.ChatRef
	Err     error // without texts, names and tokens
}

func (e *SendError) Error() string { return e.Err.Error() }
func (e *SendError) Unwrap() error { return e.Err }

// PersonAccount is the account of a person on a platform; false if it has none there.
func PersonAccount(p store.Person, platform domain.Platform) (string, bool) {
	for _, a := range p.Accounts {
		if a.Platform == platform {
			return a.User, true
		}
	}
	return "", false
}
