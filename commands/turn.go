package commands

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"strings"
	"time"

	"klaster/commands/phrase"
	"klaster/domain"
	"klaster/domain/calendar"
)

// turn is one input being handled: what is known of it, and what comes out.
type turn struct {
	c       *Conversation
	s       *domain.State // nil in the lobby
	in      Input
	session *session // the half-done conversation; nil if there is none
	out     Outcome
	minted  byte
}

// voice says things in one language about one state; turns and cards share it.
type voice struct {
	c    *Conversation
	s    *domain.State
	lang string
}

func (t *turn) voice() voice { return voice{t.c, t.s, t.in.Lang} }

func (t *turn) say(key string, args ...any) Rich    { return t.c.texts.Say(t.in.Lang, key, args...) }
func (t *turn) line(key string, args ...any) string { return t.c.texts.Line(t.in.Lang, key, args...) }

func (t *turn) reply(r Reply) { t.out.Replies = append(t.out.Replies, r) }

// tell answers in the chat.
func (t *turn) tell(key string, args ...any) { t.reply(Reply{Body: t.say(key, args...)}) }

// toast answers a tap quickly and privately; a typed command gets a message.
func (t *turn) toast(key string, args ...any) { t.reply(Reply{To: ToToast, Body: t.say(key, args...)}) }

// mint makes a fresh identifier from the input's seed.
func (t *turn) mint() string {
	t.minted++
	sum := sha256.Sum256(append(t.in.Seed[:], t.minted))
	return base32.StdEncoding.EncodeToString(sum[:10])
}

func (t *turn) by() domain.By {
	return domain.By{Person: t.in.By, ChatAdmin: t.in.ChatAdmin == Yes}
}

// decide asks the rules. Refusals are worded, or looked into (is the person a chat admin?); accepted is false then.
// Accepted commands may have no events: nothing changes, and the caller answers from the state.
func (t *turn) decide(cmd domain.Command) (accepted bool) {
	events, err := domain.Decide(t.s, t.in.At, t.by(), cmd)
	if err != nil {
		t.refuse(err)
		return false
	}
	t.out.Events = append(t.out.Events, events...)
	return true
}

// preview asks the rules without acting: what a command would do now, so that a confirmation can show it; a refusal is
// worded like one of decide.
func (t *turn) preview(cmd domain.Command) (events []domain.Event, allowed bool) {
	events, err := domain.Decide(t.s, t.in.At, t.by(), cmd)
	if err != nil {
		t.refuse(err)
		return nil, false
	}
	return events, true
}

// guides says whether the person may steer the cluster's process: a steward, the facilitator, or an admin of the chat,
// which is looked up. If not, the person is told (or the lookup is asked for), and the caller returns.
func (t *turn) guides() bool {
	switch {
	case t.s.IsSteward(t.in.By) || t.s.Facilitates(t.in.By) || t.in.ChatAdmin == Yes:
		return true
	case t.in.ChatAdmin == NotAsked && !t.in.Private:
		t.out.Need = NeedChatAdmin
	default:
		if who := t.voice().guides("officer.only"); len(who) > 0 {
			t.toast("named.officer.only", "names", who)
			return false
		}
		t.toast("answer.guides_only")
	}
	return false
}

// old answers a button that is forged, foreign or out of date.
func (t *turn) old() { t.reply(Reply{To: ToToast, Body: t.c.Trouble(OldButton, t.in.Lang)}) }

// refuse words a refusal of the rules.
func (t *turn) refuse(err error) {
	var refusal *domain.Error
	if !errors.As(err, &refusal) {
		t.reply(Reply{To: ToToast, Body: t.c.Trouble(JournalFault, t.in.Lang)})
		return
	}
	if refusal.Code == domain.NotSteward && t.in.ChatAdmin == NotAsked && !t.in.Private {
		t.out.Need = NeedChatAdmin
		return
	}
	if refusal.Key == notMember {
		t.invite("refuse.member.none")
		return
	}
	t.reply(Reply{To: ToToast, Body: t.voice().refusal(refusal)})
}

// notMember is the refusal of those who represent nobody.
const notMember = "member.none"

// invite tells somebody who represents nobody so, with the way to register.
func (t *turn) invite(key string) {
	to := ToChat
	if t.in.Blanks && !t.in.Private { // where only the sender can be answered, the others need not read it
		to = ToPrivate
	}
	t.reply(Reply{To: to, Body: t.say(key), Buttons: [][]Button{{{Label: t.line("button.join"), Private: "/daftar"}}}})
}

// refusal words a refusal; its arguments are identifiers and plain values.
func (v voice) refusal(e *domain.Error) Rich {
	args := make([]any, 0, 2*len(e.Args))
	for name, value := range e.Args {
		if key, ok := value.(string); ok && name == "setting" {
			value = domain.CharterKey(key)
		}
		args = append(args, name, v.argument(value))
	}
	switch who := v.guides(e.Key); {
	case e.Key == "round.too_few_issues" && e.Args["count"] == 0:
		return v.say("scoring.no_issues", args...)
	case len(who) > 0:
		return v.say("named."+e.Key, append(args, "names", who)...)
	}
	return v.say("refuse."+e.Key, args...)
}

// guides names persons who may do what a refusal says others may not; few, because it has to fit into the quick answer to
// a tap.
func (v voice) guides(refusal string) []Span {
	most := 2
	var persons []domain.PersonID
	switch refusal {
	case "steward.only":
	case "officer.only":
		most = 1
		if v.s.Facilitator != "" {
			persons = append(persons, v.s.Facilitator)
		}
	default:
		return nil
	}
	var out []Span
	for n, p := range first(append(persons, v.s.Stewards...), most) {
		if n > 0 {
			out = append(out, Span{Text: " " + v.line("word.or") + " "})
		}
		out = append(out, Span{Kind: Person, Person: p})
	}
	return out
}

func (v voice) argument(value any) any {
	switch x := value.(type) {
	case domain.ActorID:
		return v.actor(x)
	case []domain.ActorID:
		return v.actors(x)
	case domain.Group:
		return v.group(x)
	case []domain.Group:
		return v.groups(x)
	case domain.StepID:
		return string(x)
	case domain.Position:
		return v.line("position." + string(x))
	case domain.CharterKey:
		return v.line("charter." + string(x))
	case time.Time:
		return v.moment(x)
	case []string:
		return v.list(x)
	case string:
		if period := calendar.Period(x); period.Valid() {
			return phrase.FormatPeriod(period, v.lang)
		}
	}
	return value
}

func (v voice) say(key string, args ...any) Rich    { return v.c.texts.Say(v.lang, key, args...) }
func (v voice) line(key string, args ...any) string { return v.c.texts.Line(v.lang, key, args...) }

// actor is an organisation's name.
func (v voice) actor(id domain.ActorID) string {
	if a := v.s.Actor(id); a != nil {
		return shownText(v.lang, a.Name)
	}
	return v.line("actor.former")
}

func (v voice) actors(ids []domain.ActorID) string {
	names := make([]string, len(ids))
	for i, id := range ids {
		names[i] = v.actor(id)
	}
	return v.list(names)
}

// group is a role group's name in running text.
func (v voice) group(g domain.Group) string { return v.line("role." + g.String()) }

func (v voice) groups(gs []domain.Group) string {
	names := make([]string, len(gs))
	for i, g := range gs {
		names[i] = v.group(g)
	}
	return v.list(names)
}

// list joins as people do: "a, b, dan c".
func (v voice) list(items []string) string {
	switch len(items) {
	case 0:
		return ""
	case 1:
		return items[0]
	case 2:
		return items[0] + " " + v.line("word.and") + " " + items[1]
	}
	return strings.Join(items[:len(items)-1], ", ") + ", " + v.line("word.and") + " " + items[len(items)-1]
}

// moment is a point in time in the cluster's zone: "Jumat 4 Des, 17.00 WIB".
func (v voice) moment(at time.Time) Span {
	return Span{Kind: Moment, Text: phrase.FormatDateTime(at.In(v.s.Location()), v.lang), At: at}
}

// morning is when a half-done conversation runs out: seven o'clock on the next morning of the cluster.
func (t *turn) morning() time.Time {
	loc := time.UTC
	if t.s != nil {
		loc = t.s.Location()
	}
	local := t.in.At.In(loc)
	next := time.Date(local.Year(), local.Month(), local.Day()+1, 7, 0, 0, 0, loc)
	if next.Sub(t.in.At) < 4*time.Hour { // begun after three in the morning: keep it for a working day
		next = next.AddDate(0, 0, 1)
	}
	return next
}
