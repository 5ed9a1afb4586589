package commands

import (
	"slices"
	"strings"

	"klaster/domain"
)

// Redeemed says what became of a one-time code, or of an account that was to be taken off.
type Redeemed uint8

const (
	NotRedeemed   Redeemed = iota
	CodeWrong              // unknown, expired or spent: nobody is told which
	CodeOften              // too many tries
	CodeForGroups          // it attaches a group and was said in private
	CodeSpilt              // it links accounts and was said in a group: it is worth nothing now
	ChatAttached           // the chat is the cluster's
	ChatTaken              // the chat has another cluster
	AccountAsked           // the code is good; whoever said it has to say yes, knowing whose account it is
	AccountLinked
	AccountSame // both accounts were one person's before
	AccountUnlinked
	AccountOnly // there is no other account to take this one off
)

type (
	// MintCode has a one-time code made: for a group to be attached to this cluster, or for another account of the same
	// person. The input is run again with Input.Code.
	MintCode struct{ Account bool }
	// RedeemCode does what the code stands for. The input is run again with Input.Redeemed, by the cluster that the chat
	// has then.
	// Sure is for accounts: without it only AccountAsked comes back, with Input.Minter, and the code stays good.
	RedeemCode struct {
		Code string
		Sure bool
	}
	// UnlinkAccount takes the account in hand off the person; it is a new person then. The input is run again with
	// Input.Redeemed.
	UnlinkAccount struct{}
	// ReleaseChat frees a chat that the cluster does not speak in any more. Topics of it that the cluster still speaks in
	// stay the cluster's.
	ReleaseChat struct{ Chat domain.ChatRef }
)

// Owed are the effects of a commit whose input has come again: a crash may have come between the entry and them.
func Owed(s *domain.State, c domain.Commit) (effects []Effect) {
	for _, e := range c.Events {
		if e, ok := e.(domain.ChatDetached); ok {
			if _, back := s.Chat(e.Chat); !back {
				effects = append(effects, ReleaseChat(e))
			}
		}
	}
	return effects
}

func (MintCode) isEffect()      {}
func (RedeemCode) isEffect()    {}
func (UnlinkAccount) isEffect() {}
func (ReleaseChat) isEffect()   {}

// connectArea is where a cluster speaks, and which accounts are one person.
func connectArea() area {
	return area{
		verbs: []verb{{name: "connect", names: []string{"sambungkan", "sambung", "tautgrup", "tautakun"}, group: true, private: true, lobby: true, run: runConnect}},
		taps:  []tapper{{prefix: "k", lobby: true, run: connectTap}},
		answers: map[string]answer{
			"chat_attached":    answerChatAttached,
			"chat_detached":    answerChatDetached,
			"chat_hearing_set": answerChatHearing,
		},
		notices: map[domain.NoticeKind]notifier{
			domain.NoticeChatAttached: noticeChat("connect.notice_attached"),
			domain.NoticeChatDetached: noticeChat("connect.notice_detached"),
			domain.NoticeChatSilenced: noticeChatSilenced,
		},
	}
}

// The words behind /sambungkan; anything else is a code.
var (
	codeWords   = []string{"kode", "code"}
	mineWords   = []string{"saya", "me", "akun", "account"}
	detachWords = []string{"lepas", "detach", "unlink"}
	showWords   = []string{"tampil", "show"}
	topicWords  = []string{"topik", "topic"}
	yesWords    = []string{"ya", "yes"}
)

var hearingWords = map[string]domain.Hearing{
	"semua": domain.HearsAll, "all": domain.HearsAll,
	"papan": domain.HearsBoards, "boards": domain.HearsBoards,
	"pemberitahuan": domain.HearsNotices, "notices": domain.HearsNotices,
}

// runConnect shows the cluster's chats, makes codes and takes them.
func runConnect(t *turn, rest string) {
	words := strings.Fields(strings.ToLower(rest))
	first, second := "", ""
	if len(words) > 0 {
		first = words[0]
	}
	if len(words) > 1 {
		second = words[1]
	}
	switch {
	case t.in.Redeemed != NotRedeemed:
		t.sayRedeemed()
	case slices.Contains(mineWords, first):
		t.linkAccount()
	case slices.Contains(detachWords, first) && slices.Contains(mineWords, second):
		t.confirmUnlink()
	case first == "" && t.s == nil:
		t.tell("connect.how")
	case first == "":
		t.showChats()
	case slices.Contains(codeWords, first) && t.s != nil:
		t.attachCode()
	case slices.Contains(detachWords, first) && t.s != nil:
		t.confirmDetach()
	case slices.Contains(showWords, first) && t.s != nil:
		t.setHearing(second)
	case slices.Contains(topicWords, first) && t.s != nil:
		if chat := t.in.Chat; chat.Thread == "" {
			t.tell("connect.no_topic")
		} else if t.decide(domain.AttachChat{Chat: chat}) && len(t.out.Events) == 0 {
			t.tell("connect.topic")
		}
	case t.s == nil && slices.ContainsFunc([][]string{codeWords, detachWords, showWords, topicWords}, func(words []string) bool { return slices.Contains(words, first) }):
		t.noCluster() // no code, and no wrong guess at one
	default:
		sure := slices.Contains(yesWords, first) && len(words) > 1
		if sure {
			words = words[1:]
		}
		t.redeem(strings.Join(words, ""), sure)
	}
}

// here is the attached chat that the input came from: the topic itself, or the group it is in.
func (t *turn) here() domain.ChatRef {
	if _, ok := t.s.Chat(t.in.Chat); ok {
		return t.in.Chat
	}
	return domain.ChatRef{Platform: t.in.Chat.Platform, Chat: t.in.Chat.Chat}
}

// showChats lists where the cluster speaks.
func (t *turn) showChats() {
	out := append(t.say("connect.title", "name", t.s.Name, "count", len(t.s.Chats)), t.chats()...)
	out = append(out, t.say("connect.outro")...)
	mine := Button{Label: t.line("button.link_me"), Private: "/sambungkan saya"}
	if t.in.Private {
		mine = Button{Label: mine.Label, Data: "c:/sambungkan saya"}
	}
	buttons := [][]Button{{{Label: t.line("button.code"), Data: "c:/sambungkan kode"}, mine}}
	if !t.in.Private {
		var row []Button
		for _, h := range domain.Hearings() {
			row = append(row, Button{Label: t.line("button.hears_" + h.String()), Data: "k:hear:" + h.String()})
		}
		buttons = append(buttons, row)
	}
	t.reply(Reply{Body: out, Buttons: buttons})
}

// chats has a line for every chat: where it is, and what it hears.
func (t *turn) chats() Rich {
	var out Rich
	here := t.here()
	for _, c := range t.s.Chats {
		key := "connect.chat"
		switch {
		case c.Suspended:
			key = "connect.chat_silent"
		case c.Ref == here && !t.in.Private:
			key = "connect.chat_here"
		}
		name := platformName(c.Ref.Platform)
		if c.Ref.Platform == "web" {
			name = t.line("connect.web")
		}
		line := t.say(key, "platform", name, "hears", t.line("hears."+c.Hears.String()))
		line[0].Kind = Item
		out = append(out, line...)
	}
	return out
}

// attachCode has a code made for another group.
func (t *turn) attachCode() {
	switch {
	case !t.stewards():
	case t.in.Code == "":
		t.out.Effects = append(t.out.Effects, MintCode{})
	default:
		t.reply(Reply{To: ToPrivate, Body: t.say("connect.code", "name", t.s.Name, "code", Span{Kind: Code, Text: "/sambungkan " + t.in.Code})})
	}
}

// linkAccount has a code made for another account of the same person. It is told in private only.
func (t *turn) linkAccount() {
	switch {
	case !t.in.Private && !t.in.Blanks:
		t.reply(Reply{Body: t.say("connect.privately"), Buttons: [][]Button{{{Label: t.line("button.open_private"), Private: "/sambungkan saya"}}}})
	case t.in.Code == "":
		t.out.Effects = append(t.out.Effects, MintCode{Account: true})
	default:
		t.reply(Reply{To: ToPrivate, Body: t.say("connect.account_code", "code", Span{Kind: Code, Text: "/sambungkan " + t.in.Code}), Buttons: [][]Button{{
			{Label: t.line("button.unlink"), Data: "c:/sambungkan lepas saya"},
		}}})
	}
}

// redeem takes a code. A group is attached by one of its admins only.
func (t *turn) redeem(code string, sure bool) {
	switch {
	case t.in.Private, t.s != nil: // a code that was spilt in a group has to be made worthless, whoever spilt it
	case t.in.ChatAdmin == NotAsked:
		t.out.Need = NeedChatAdmin
		return
	case t.in.ChatAdmin == No:
		t.toast("connect.admin_only")
		return
	}
	code = strings.ToUpper(strings.ReplaceAll(code, "-", ""))
	t.out.Effects = append(t.out.Effects, RedeemCode{Code: code, Sure: sure})
}

func (t *turn) sayRedeemed() {
	key := map[Redeemed]string{
		CodeWrong: "connect.wrong", CodeOften: "connect.often", CodeForGroups: "connect.for_groups", CodeSpilt: "connect.spilt",
		AccountLinked: "connect.linked", AccountSame: "connect.same", AccountUnlinked: "connect.unlinked", AccountOnly: "connect.only",
	}[t.in.Redeemed]
	switch {
	case t.in.Redeemed == AccountAsked:
		t.reply(Reply{To: ToPrivate, Body: t.say("connect.account_sure", "person", Span{Kind: Person, Person: t.in.Minter}), Buttons: [][]Button{{
			{Label: t.line("button.yes_link"), Data: "c:/sambungkan ya " + t.in.Code, Style: StylePrimary}, {Label: t.line("button.cancel"), Data: "k:no"},
		}}})
	case t.in.Redeemed >= AccountLinked:
		t.reply(Reply{To: ToPrivate, Body: t.say(key)})
	case key != "":
		t.tell(key)
	case t.s == nil:
		t.tell("connect.wrong")
	case t.in.Redeemed == ChatTaken:
		t.tell("connect.taken", "name", t.s.Name)
	default:
		t.sayAttached()
	}
}

func (t *turn) sayAttached() {
	t.reply(Reply{Body: t.say("connect.attached", "name", t.s.Name), Buttons: [][]Button{
		{{Label: t.line("button.join"), Private: "/daftar"}},
		{{Label: t.line("button.status"), Data: "c:/status"}, {Label: t.line("button.help"), Data: "c:/bantuan"}},
	}})
}

func (t *turn) confirmUnlink() {
	if !t.in.Private {
		t.linkAccount()
		return
	}
	t.reply(Reply{Body: t.say("connect.unlink_sure"), Buttons: [][]Button{{
		{Label: t.line("button.yes_unlink"), Data: "k:unlink", Style: StyleDanger}, {Label: t.line("button.cancel"), Data: "k:no"},
	}}})
}

func (t *turn) confirmDetach() {
	if t.in.Private {
		t.tell("connect.in_group")
		return
	}
	if _, allowed := t.preview(domain.DetachChat{Chat: t.here()}); !allowed {
		return
	}
	t.reply(Reply{Body: t.say("connect.detach_sure", "name", t.s.Name), Buttons: [][]Button{{
		{Label: t.line("button.yes_detach"), Data: "k:detach", Style: StyleDanger}, {Label: t.line("button.cancel"), Data: "k:no"},
	}}})
}

// connectTap handles k:hear:<what>, k:detach, k:unlink, k:no.
func connectTap(t *turn, args []string) {
	switch {
	case t.in.Redeemed != NotRedeemed:
		t.sayRedeemed()
	case len(args) == 2 && args[0] == "hear" && t.s != nil:
		t.setHearing(args[1])
	case len(args) == 1 && args[0] == "detach" && !t.in.Private && t.s != nil:
		if here := t.here(); t.decide(domain.DetachChat{Chat: here}) {
			t.out.Effects = append(t.out.Effects, ReleaseChat{Chat: here})
		}
	case len(args) == 1 && args[0] == "unlink" && t.in.Private:
		t.out.Effects = append(t.out.Effects, UnlinkAccount{})
	case len(args) == 1 && args[0] == "no":
		t.reply(Reply{Body: t.say("form.cancelled"), Instead: true})
	default:
		t.old()
	}
}

func (t *turn) setHearing(word string) {
	h, ok := hearingWords[word]
	switch {
	case t.in.Private:
		t.tell("connect.in_group")
	case !ok:
		t.refuse(domain.Refuse(domain.Invalid, "chat.hearing"))
	case t.decide(domain.SetChatHearing{Chat: t.here(), Hears: h}) && len(t.out.Events) == 0:
		t.toast("connect.hears", "hears", t.line("hears."+h.String()))
	}
}

func answerChatAttached(t *turn, _ domain.Commit, _ domain.Event) { t.tell("connect.topic") }

func answerChatDetached(t *turn, _ domain.Commit, _ domain.Event) {
	t.reply(Reply{Body: t.say("connect.detached", "name", t.s.Name), Instead: true})
}

func answerChatHearing(t *turn, _ domain.Commit, e domain.Event) {
	t.tell("connect.hears", "hears", t.line("hears."+e.(domain.ChatHearingSet).Hears.String()))
}

// noticeChat tells the cluster's groups that there is one more or one less.
func noticeChat(key string) notifier {
	return func(v voice, n domain.Notice, _ LangOf) []Card {
		return []Card{{
			Key: noticeKey(n, ""), Kind: Notice, Class: Prompt, At: n.At, Tone: ToneNotice,
			Body: v.say(key, "platform", platformName(domain.Platform(n.Why)), "name", v.s.Name),
		}}
	}
}

// noticeChatSilenced tells the stewards that a chat does not take messages any more: nobody there can be told.
func noticeChatSilenced(v voice, n domain.Notice, lang LangOf) []Card {
	return privately(v, n, lang, v.s.Stewards, func(v voice, _ domain.PersonID) Card {
		return Card{Class: Deadline, Tone: ToneNotice, Body: v.say("connect.notice_silent", "platform", platformName(domain.Platform(n.Why)), "name", v.s.Name)}
	})
}

// useCluster handles use:<cluster>: which of the person's clusters is meant in private from now on. Without one it asks.
func (t *turn) useCluster(id string) {
	for _, choice := range t.in.Clusters {
		if string(choice.ID) == id {
			t.out.Effects = append(t.out.Effects, ChooseCluster{ID: choice.ID})
			return
		}
	}
	t.noCluster()
}

// named says which cluster is spoken of, to somebody who is in several.
func (t *turn) named() {
	if !t.in.Private || !t.in.Several || t.s == nil {
		return
	}
	for i := range t.out.Replies {
		if r := &t.out.Replies[i]; r.To != ToToast || t.in.Tap == "" {
			r.Body = append(Rich{{Spans: []Span{{Kind: Bold, Text: shownText(t.in.Lang, t.s.Name)}}}}, r.Body...)
			return
		}
	}
}
