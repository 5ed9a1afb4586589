package commands

import (
	"strings"
	"time"
	"unicode/utf8"

	"klaster/domain"
)

// Conversation is the engine: immutable after New and safe for use by many rooms at once.
type Conversation struct {
	texts *Catalogue
	index index
	zones func(name string) *time.Location
	home  string // zone offered first when a cluster is founded
}

// New loads the catalogue. zones looks a time zone up, nil for an unknown one; it is a parameter because loading zones
// reads files.
func New(zones func(name string) *time.Location) (*Conversation, error) {
	texts, err := LoadCatalogue()
	if err != nil {
		return nil, err
	}
	return &Conversation{texts: texts, index: newIndex(areas()), zones: zones, home: "Asia/Jakarta"}, nil
}

// At is the conversation of an installation in another zone: founding offers that one first.
func (c *Conversation) At(zone string) *Conversation {
	there := *c
	there.home = zone
	return &there
}

// MenuEntry is one line of a platform's command menu.
type MenuEntry struct {
	Name        string            // Indonesian command name: the menus show it in every language
	English     string            // the English name
	Description map[string]string // by language, at most 100 characters
	Private     bool              // shown in private chats
	Group       bool              // shown in groups
	Options     []MenuOption      // what can be said after the name, in this order
}

// MenuOption is one thing said after a command's name, for platforms that ask for each by itself.
type MenuOption struct {
	Name        string            // Indonesian, lower case
	English     string            // lower case
	Description map[string]string // by language, at most 100 characters
	Kind        OptionKind
	Max         int // characters
}

// OptionKind says what an option names; all but free text and files can be suggested (Suggest).
type OptionKind uint8

const (
	FreeText OptionKind = iota
	OfIssue
	OfDecision
	OfStep
	OfIndicator
	OfActor
	AFile // sent along, as Input.File
)

// Typing is an option while it is being typed.
type Typing struct {
	Command string // any name of it
	Option  string // English name
	Text    string // so far
	Lang    string
}

// Suggestion is one value for an option.
type Suggestion struct {
	Label string // at most 100 characters
	Value string // at most 100 characters; said in the option's place
}

// LangOf tells the language a person reads; for the empty person the cluster's.
type LangOf func(domain.PersonID) string

// maxTyped bounds what one message may bring, in characters; longer ones are refused with a sentence.
const maxTyped = 4500

// Lobby handles an input from a chat that belongs to no cluster: founding, greeting, which cluster is meant.
func (c *Conversation) Lobby(in Input) Outcome { return c.handle(nil, in) }

// Handle handles an input against a cluster. It reads the state and keeps nothing of it.
func (c *Conversation) Handle(s *domain.State, in Input) Outcome { return c.handle(s, in) }

func (c *Conversation) handle(s *domain.State, in Input) Outcome {
	// What cannot be read must not come back in an answer.
	in.Text, in.Tap = strings.ToValidUTF8(in.Text, "\uFFFD"), strings.ToValidUTF8(in.Tap, "\uFFFD")
	t := &turn{c: c, s: s, in: in, session: readSession(in.Session)}
	t.route()
	if t.out.Need != NeedNothing {
		return Outcome{Need: t.out.Need, History: t.out.History}
	}
	if in.Expired && len(t.out.Replies) > 0 {
		t.out.Replies = append([]Reply{{Body: t.say("form.expired")}}, t.out.Replies...)
	}
	t.fitToasts()
	t.keepAside()
	t.pointAside()
	t.named()
	return t.out
}

// keepAside answers only the sender of a command that has led to nothing, on platforms that can: a slip or a question is
// no news for the others. Lists with buttons are what people look at together.
func (t *turn) keepAside() {
	if !t.in.Blanks || t.in.Private || t.in.Tap != "" || len(t.out.Events) > 0 || len(t.out.Effects) > 0 || t.out.Session != nil {
		return
	}
	for i := range t.out.Replies {
		if r := &t.out.Replies[i]; r.To == ToChat && len(r.Buttons) == 0 && r.Attachment == nil {
			r.To = ToPrivate
		}
	}
}

// pointAside says in the group that the whole answer is in the private chat: it would seem that nothing happened.
func (t *turn) pointAside() {
	if t.in.Private || !t.in.CanPrivate || t.in.Blanks || len(t.out.Replies) == 0 {
		return
	}
	for _, r := range t.out.Replies {
		if r.To != ToPrivate {
			return
		}
	}
	t.out.Replies = append([]Reply{{To: ToToast, Body: t.say("answer.private")}}, t.out.Replies...)
}

// maxToast is what fits into the quick answer to a tap on every platform, in characters.
const maxToast = 200

// fitToasts sends privately what is too long for the quick answer to a tap, rather than having it cut.
func (t *turn) fitToasts() {
	for i := range t.out.Replies {
		r := &t.out.Replies[i]
		if r.To != ToToast || t.in.Tap == "" {
			continue
		}
		text := r.Body.Plaintext(func(domain.PersonID) string { return strings.Repeat("x", domain.MaxName) })
		if utf8.RuneCountInString(text) > maxToast {
			r.To = ToPrivate
		}
	}
}

func (t *turn) route() {
	if t.in.Tap != "" {
		parts := strings.Split(t.in.Tap, ":")
		switch p, ok := t.c.index.taps[parts[0]]; {
		case parts[0] == "f":
			formTap(t, parts[1:])
		case parts[0] == "use" && len(parts) == 2 && t.in.Private:
			t.useCluster(parts[1])
		case parts[0] == "c":
			t.typed(strings.TrimPrefix(t.in.Tap, "c:"))
		case ok && (t.s != nil || p.lobby):
			p.run(t, parts[1:])
		default:
			t.reply(Reply{To: ToToast, Body: t.c.Trouble(OldButton, t.in.Lang)})
		}
		return
	}
	if t.in.Greeting {
		t.greet()
		return
	}
	t.typed(t.in.Text)
}

// typed handles text, whether typed or brought by a button that stands for a command.
func (t *turn) typed(text string) {
	name, rest, isCommand := command(text)
	if n := utf8.RuneCountInString(text); n > maxTyped && (isCommand || t.in.Private) {
		t.tell("text.too_long", "length", n, "max", maxTyped)
		return
	}
	if isCommand {
		v, known := t.c.index.verbs[name]
		switch {
		case !known && !t.in.Private: // groups hold other bots, too
			t.near(name, rest)
		case !known:
			t.unknown(name, rest)
		case t.s == nil && !v.lobby:
			t.noCluster()
		default:
			v.run(t, rest)
			t.remindOfForm(name)
		}
		return
	}
	if t.answerFile(text) || (t.in.File == nil || text != "") && t.answerText(text) {
		return
	}
	if t.in.File != nil && t.s != nil && t.in.Private {
		t.tell("file.unasked")
		return
	}
	if t.in.Private && strings.TrimSpace(text) != "" {
		t.chatter(text)
	}
}

// remindOfForm adds a line to the answer of a command that was typed in the middle of a form, once for each form; where
// the command has decided something, Answer adds it.
func (t *turn) remindOfForm(name string) {
	s := t.session
	if s == nil || s.Reminded || !t.in.Private || t.out.Session != nil || len(t.out.Replies)+len(t.out.Events) == 0 {
		return
	}
	f, asked := t.c.index.forms[s.Form]
	if !asked {
		return
	}
	if said := t.c.index.verbs[name].name == "status"; !said && len(t.out.Events) == 0 {
		t.stillWaiting()
	}
	s.Reminded = true
	t.keep(f)
}

// Answer words what a commit did, for the person whose input caused it. It is called after the commit is in the
// journal, with the state that includes it; a repeated cause gets the same answer.
func (c *Conversation) Answer(s *domain.State, commit domain.Commit, in Input) []Reply {
	t := &turn{c: c, s: s, in: in}
	for _, e := range commit.Events {
		if f, ok := c.index.answers[e.EventType()]; ok {
			f(t, commit, e)
			break
		}
	}
	if len(t.out.Replies) == 0 {
		t.toast("answer.done")
	}
	if strings.HasPrefix(in.Tap, "f:") { // the echo has done its work: its buttons go with it
		for i := range t.out.Replies {
			if r := &t.out.Replies[i]; r.To == ToChat && r.Ask == "" {
				r.Instead = true
				break
			}
		}
	}
	t.session = waitsAfter(in)
	t.stillWaiting()
	t.fitToasts()
	t.pointAside()
	t.named()
	return t.out.Replies
}

// Cards lists what the cluster's chats and persons should see now: finite, in a stable order.
func (c *Conversation) Cards(s *domain.State, now time.Time, lang LangOf) []Card {
	v := voice{c: c, s: s, lang: lang("")}
	var out []Card
	for _, a := range c.index.areas {
		if a.boards != nil {
			out = append(out, a.boards(v, lang)...)
		}
	}
	for _, n := range s.Notices {
		if now.Sub(n.At) >= noticeLife {
			continue
		}
		if f, ok := c.index.notices[n.Kind]; ok {
			out = append(out, f(v, n, lang)...)
		}
	}
	callOnce(out)
	return out
}

// callOnce leaves one call in the group where several questions asked at once would call a person in the same words.
func callOnce(cards []Card) {
	type call struct {
		to   domain.PersonID
		at   time.Time
		text string
	}
	called := map[call]bool{}
	for i := range cards {
		c := &cards[i]
		if c.Fallback == nil || c.Tone != ToneData {
			continue
		}
		this := call{c.To, c.At, c.Fallback.Plaintext(func(p domain.PersonID) string { return string(p) })}
		if called[this] {
			c.Fallback = nil
		}
		called[this] = true
	}
}

// noticeLife is how long a notice is worth telling.
const noticeLife = 24 * time.Hour
