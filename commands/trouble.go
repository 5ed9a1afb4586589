package commands

// Trouble names what went wrong outside the rules, so that the bot can say it in the person's language.
type Trouble string

const (
	StoreDown    Trouble = "trouble.store"     // what was sent is not stored; earlier data are safe
	StoreSlow    Trouble = "trouble.slow"      // what was sent is still on its way into the store
	Busy         Trouble = "trouble.busy"      // five lost races in a row
	OldButton    Trouble = "trouble.old"       // forged, foreign or outdated button
	NoCluster    Trouble = "trouble.nocluster" // private chat, and the person is in no cluster
	LinkExpired  Trouble = "trouble.link"      // unknown or expired deep link
	BeYourself   Trouble = "trouble.anonymous" // anonymous sender: press the button to act as yourself
	OpenPrivate  Trouble = "trouble.private"   // hint in the group: open the private chat
	JournalFault Trouble = "trouble.journal"   // this cluster's journal is missing or damaged; the operator is told
	FileTooBig   Trouble = "trouble.file"      // an attachment that cannot be sent
	TooMany      Trouble = "trouble.many"      // more from one person than can be answered; silence follows until it is less
	Flooding     Trouble = "trouble.flood"     // too much from one person at once: this was not taken in, nor what follows at once
	CardOver     Trouble = "trouble.over"      // what stands on a card that is not wanted any more
)

// Trouble words a trouble.
func (c *Conversation) Trouble(kind Trouble, lang string) Rich {
	return c.texts.Say(lang, string(kind))
}

// Label words a button the bot itself adds: "button.open_private", "button.confirm_self".
func (c *Conversation) Label(key, lang string) string { return c.texts.Line(lang, key) }
