// Package commands is the conversation: what can be said, who may say it, what is answered, and which cards a cluster
// shows. It is pure: words and taps become decisions of the domain, state becomes cards and replies. Every sentence a
// person reads comes from the catalogue in locales.
package commands

import (
	"time"

	"klaster/domain"
)

// Lookup is an answer the bot may have to fetch before a command can be decided.
type Lookup uint8

const (
	NotAsked Lookup = iota
	No
	Yes
)

// Input is one thing a person said or tapped. The bot has already found the chat's cluster and minted the person.
type Input struct {
	Cause   string
	At      time.Time
	Seed    [32]byte       // identifiers and salts are derived from it
	Chat    domain.ChatRef // where it was said
	Private bool           // a chat of this person alone with the bot
	By      domain.PersonID
	Lang    string // the person's language: "id" or "en"
	Text    string // what was typed; commands begin with "/" (adapters cut "@botname" off)
	Tap     string // data of the button pressed; hostile: any string may come
	// Answers fill in the Blank whose Data is Tap, by key; hostile, too.
	Answers map[string]string
	File    *File  // a photo or document sent along
	Session []byte // the half-done conversation of this person in this chat, if any
	Expired bool   // there was one, and it ran out (say so once)
	// Greeting: nothing was said; the bot was added to the chat, or the person opened the private chat.
	Greeting bool

	ChatAdmin Lookup // answer to NeedChatAdmin
	// CanPrivate: the bot can write to this person privately, so questions go there instead of into the group.
	CanPrivate bool
	// Blanks: the platform takes blanks, so questions bring them along.
	Blanks bool
	// RepliesOnly: in groups the bot hears commands and replies to its messages only; questions ask for a reply there.
	RepliesOnly bool
	// Clusters are the person's clusters; filled in for private chats without one (Lobby asks which).
	Clusters []ClusterChoice
	// History is the answer to NeedHistory; nil as long as it has not been asked for.
	History *HistoryPage
	// Elsewhere is the answer to NeedElsewhere.
	Elsewhere Lookup
	// Several: the person is in several clusters, so private answers say which one they are about.
	Several bool
	// Code answers MintCode; Redeemed answers RedeemCode and UnlinkAccount.
	Code     string
	Redeemed Redeemed
	Minter   domain.PersonID // whose code it is, with AccountAsked; Code holds it then
	// Durability is the level the store was found to keep when it was opened, "D0" to "D5"; /status says in words what
	// it promises. Empty or unknown: nothing is said.
	Durability string
}

// ClusterChoice names one of a person's clusters.
type ClusterChoice struct {
	ID   domain.ClusterID
	Name string
}

// File is evidence a platform keeps.
type File struct {
	ID   string
	Name string // empty for photos
	Kind string // "photo", "document"
}

// Need asks the bot for a lookup; it runs the same input again with the answer.
type Need uint8

const (
	NeedNothing Need = iota
	NeedChatAdmin
	// NeedHistory: the bot walks the cluster's journal backwards, has Outcome.History.Page gather the page, and runs
	// the input again with Input.History. It may stop walking early where a journal is very long; the page then ends
	// there.
	NeedHistory
	// NeedElsewhere: the bot looks whether a half-done conversation of this person waits in another chat: for an input
	// from a group in the private chat, for a private input in the group it was begun in.
	NeedElsewhere
)

// HistoryQuery asks for one page of what happened. At most one of Item and Step is set; none means everything.
type HistoryQuery struct {
	Before uint64        // commits with a lower number; 0: the newest
	Limit  int           // commits on a page, at least 1
	Item   domain.ItemID // an issue, a round, a proposal or an indicator
	Step   domain.StepID
	Number int // of the proposal that Item is, 0 for others: decisions are cited by number
}

// HistoryPage is one page of the journal.
type HistoryPage struct {
	Commits []domain.Commit // newest first, with Number set; every one passes HistoryQuery.Keeps
	// Older and Newer are the values of Before for the neighbouring pages; 0 where there is none.
	Older, Newer uint64
}

// Outcome is what an input leads to. With events, the room appends them first and then asks Answer for the replies;
// Replies are for outcomes without events (and for the lobby).
type Outcome struct {
	Events  []domain.Event
	Effects []Effect
	Replies []Reply
	Session *SessionChange
	Need    Need
	History HistoryQuery // with NeedHistory
}

// SessionChange stores, moves or ends a half-done conversation. It takes effect after the append.
type SessionChange struct {
	// Private: it belongs to the person's private chat, even if the input came from a group. From there it begins a
	// conversation, above the one that may wait in the private chat (Conversation.Interrupt), and ends none.
	Private bool
	Blob    []byte    // nil: the conversation is over
	Until   time.Time // it expires the next morning
}

// Effect is something only the bot can do; the list is closed.
type Effect interface{ isEffect() }

type (
	// FoundCluster claims the chat and creates the journal with one commit of these events. If the chat was taken
	// meanwhile, the bot answers through the cluster that has it. Afterwards the replies come from Answer.
	FoundCluster struct {
		ID     domain.ClusterID
		Events []domain.Event
	}
	// SetLanguage remembers the language the person chose.
	SetLanguage struct{ Lang string }
	// ChooseCluster remembers which cluster the person means in private chat.
	ChooseCluster struct{ ID domain.ClusterID }
	// ForgetMe removes the person and what it wrote, in every cluster.
	ForgetMe struct{}
)

func (FoundCluster) isEffect()  {}
func (SetLanguage) isEffect()   {}
func (ChooseCluster) isEffect() {}
func (ForgetMe) isEffect()      {}

// To says where a reply goes.
type To uint8

const (
	ToChat    To = iota // the chat of the input, as an answer to its message
	ToPrivate           // the person's private chat; where that is impossible, a short hint with a button in the chat
	ToToast             // the quick private answer to a tap (200 characters); a message where there was no tap
)

// Reply is one answer to one input.
type Reply struct {
	To         To
	Body       Rich
	Buttons    [][]Button
	Ask        string // not empty: an answer is awaited; the hint shown in the input line (at most 64 characters)
	Instead    bool   // replace the tapped message's content instead of sending a new message, where possible
	Attachment *Attachment
	// Blank lets the person answer without typing into the chat; only with Input.Blanks.
	Blank *Blank
}

// Blank is what a question is answered with on platforms that have windows for typing and lists to choose from: either
// one field with options, shown in the message, or up to five fields to type in, opened by a button of the message. The
// answers come back as Input.Answers with Data as Input.Tap.
type Blank struct {
	Data  string // at most 48 bytes
	Title string // at most 45 characters
	Aside bool   // the answers are given where only the sender is answered (Update.Aside), wherever it is opened
	// Direct: the window opens at once when the person has tapped. Else the question is shown first: in the middle of a
	// form it takes the place of the one before, which a window cannot.
	Direct bool
	Fields []BlankField
}

// BlankField is one answer.
type BlankField struct {
	Key      string
	Label    string // at most 45 characters
	Hint     string // what is asked, at most 100 characters
	Value    string // the answer so far
	Max      int    // characters
	Long     bool   // several lines
	Optional bool
	Options  []BlankOption // at most 25: to be chosen, not typed
	Many     bool          // several options may be chosen
}

// BlankOption is one choice.
type BlankOption struct {
	Value  string
	Label  string // at most 100 characters
	Chosen bool
}

// Attachment is a document the bot renders outside the room.
type Attachment struct {
	Name  string     // file name
	Table [][]string // CSV, first row is the header; nil for the journal
	Comma rune       // ';' for id, ',' for en
	// Journal: the cluster's whole journal as JSON, which `klaster verify` can prove.
	Journal bool
}

// Button is pressed instead of typing; exactly one of Data, URL and Private is set.
type Button struct {
	Label   string // at most 20 characters in cards
	Data    string // at most 48 bytes, comes back as Input.Tap
	URL     string
	Private string // opens the private chat and runs this input (a command) there
	Style   Style
}

// Style says what a button is about, for platforms that colour buttons; the label says it in words.
type Style string

const (
	StylePlain   Style = ""
	StylePrimary Style = "primary" // does what was asked for
	StyleDanger  Style = "danger"  // ends or removes something
	StyleAgree   Style = "agree"
	StyleNote    Style = "note"
	StyleAbstain Style = "abstain"
	StyleObject  Style = "object"
	StyleBlock   Style = "block"
)

// CardKind says how a card lives.
type CardKind uint8

const (
	Board  CardKind = iota // one message, edited in place for as long as the card is wanted
	Notice                 // posted once, while it is younger than 24 h
)

// Class orders sending: answers are sent first, outside this list.
type Class uint8

const (
	Deadline Class = iota // extensions, results, last reminders
	Edit                  // boards of open items
	Prompt                // scheduled prompts, digests
)

// Card is something the chat should show. Cards with the same state are the same to the letter, so that a hash tells
// whether an edit is needed: no countdowns, no "now".
type Card struct {
	Key   string // unique in the cluster, stable
	Kind  CardKind
	Class Class
	// To is the person who reads it privately; empty: the cluster's group chats. Fallback is shown in the group, with a
	// mention, where To cannot be written to; nil: nothing is.
	To       domain.PersonID
	Fallback Rich
	At       time.Time // Notice: since when it is wanted
	Tone     Tone
	Body     Rich
	Buttons  [][]Button
	// Final boards are edited a last time and then left alone.
	Final bool
}

// Tone colours a card's edge where the platform has colours.
type Tone string

const (
	ToneNone     Tone = ""
	ToneDecision Tone = "decision"
	ToneScoring  Tone = "scoring"
	ToneResult   Tone = "result"
	ToneData     Tone = "data"
	ToneStep     Tone = "step"
	ToneNotice   Tone = "notice"
)
