package commands

import (
	"time"

	"klaster/domain"
)

// Conversation is the engine: immutable after New and safe for use by many rooms at once.
type Conversation struct {
	texts *Catalogue
}

// New loads the catalogue.
func New() (*Conversation, error) {
	texts, err := LoadCatalogue()
	if err != nil {
		return nil, err
	}
	return &Conversation{texts: texts}, nil
}

// MenuEntry is one line of a platform's command menu.
type MenuEntry struct {
	Name        string            // Indonesian command name: the menus show it in every language
	English     string            // the English name
	Description map[string]string // by language, at most 100 characters
	Private     bool              // shown in private chats
	Group       bool              // shown in groups
}

// LangOf tells the language a person reads; for the empty person the cluster's.
type LangOf func(domain.PersonID) string

// Lobby handles an input from a chat that belongs to no cluster: founding, greeting, which cluster is meant.
func (c *Conversation) Lobby(in Input) Outcome { return Outcome{} }

// Handle handles an input against a cluster. It reads the state and keeps nothing of it.
func (c *Conversation) Handle(s *domain.State, in Input) Outcome { return Outcome{} }

// Answer words what a commit did, for the person whose input caused it. It is called after the commit is in the
// journal, with the state that includes it; a repeated cause gets the same answer.
func (c *Conversation) Answer(s *domain.State, commit domain.Commit, in Input) []Reply { return nil }

// Cards lists what the cluster's chats and persons should see now: finite, in a stable order.
func (c *Conversation) Cards(s *domain.State, now time.Time, lang LangOf) []Card { return nil }

// Menu lists the commands for the platforms' menus.
func (c *Conversation) Menu() []MenuEntry { return nil }

// UsesSession says whether a tap belongs to a half-done conversation, so that the bot loads the session for it.
func (c *Conversation) UsesSession(tap string) bool { return false }
