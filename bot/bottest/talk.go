package bottest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
)

var _ bot.Talk = Talk{}

// Talk is a conversation small enough to see through, over the real rules. It understands:
//
//	/found NAME        founds a cluster; asks whether the sender is chat admin
//	/join NAME         registers an organisation, approved at once
//	/propose TITLE     opens a consensus proposal; its board has buttons
//	tap v:POSITION:ID  votes
//	/ask               begins a conversation: the next text is raised as an issue
//	/whisper BLOB      begins one in the private chat; without BLOB it ends at once
//	/secret            answers privately
//	/count             answers with the number of commits
//	/en                chooses English
//	/forget            forgets the sender
//	/export            answers with the journal
//	/boom              panics
type Talk struct {
	Zones func(string) *time.Location
	// Days is how long proposals run; 0: as the charter says.
}

func line(format string, args ...any) commands.Rich {
	return commands.Rich{{Spans: []commands.Span{{Text: fmt.Sprintf(format, args...)}}}}
}

func id(in commands.Input, n byte) string {
	sum := sha256.Sum256(append(in.Seed[:], n))
	return hex.EncodeToString(sum[:6])
}

func say(body commands.Rich) commands.Outcome {
	return commands.Outcome{Replies: []commands.Reply{{Body: body}}}
}

func toast(body commands.Rich) commands.Outcome {
	return commands.Outcome{Replies: []commands.Reply{{To: commands.ToToast, Body: body}}}
}

// Lobby implements bot.Talk.
func (t Talk) Lobby(in commands.Input) commands.Outcome {
	name, ok := strings.CutPrefix(in.Text, "/found ")
	switch {
	case in.Greeting:
		return say(line("hello"))
	case ok && in.ChatAdmin == commands.NotAsked:
		return commands.Outcome{Need: commands.NeedChatAdmin}
	case ok && in.ChatAdmin == commands.No:
		return say(line("only a chat admin founds"))
	case ok:
		cluster := domain.ClusterID(id(in, 0))
		events, err := domain.Decide(domain.NewState(cluster, t.Zones), in.At, domain.By{Person: in.By, ChatAdmin: true}, domain.Found{
			Name: domain.Text(name), Core: "rattan", Region: "Cirebon", Lang: "en", Zone: "Asia/Jakarta", Steward: in.By, Chat: in.Chat,
		})
		if err != nil {
			return say(line("refused: %v", err))
		}
		return commands.Outcome{Effects: []commands.Effect{commands.FoundCluster{ID: cluster, Events: events}}}
	case strings.HasPrefix(in.Text, "/"):
		return say(line("no cluster here"))
	}
	return commands.Outcome{}
}

// Handle implements bot.Talk.
func (t Talk) Handle(s *domain.State, in commands.Input) commands.Outcome {
	if in.Tap != "" {
		return t.tap(s, in)
	}
	if len(in.Session) > 0 && !strings.HasPrefix(in.Text, "/") {
		out := t.decide(s, in, domain.RaiseIssue{Issue: domain.ItemID(id(in, 1)), Title: domain.Text(in.Text)})
		out.Session = &commands.SessionChange{}
		return out
	}
	word, rest, _ := strings.Cut(in.Text, " ")
	switch word {
	case "/found":
		return say(line("there is a cluster: %s", s.Name))
	case "/join":
		return commands.Outcome{Events: []domain.Event{domain.ActorRegistered{
			Actor: domain.ActorID(id(in, 2)), Name: domain.Text(rest), Roles: []domain.Role{{Group: domain.Core}}, Approved: true,
		}}}
	case "/propose":
		return t.decide(s, in, domain.Propose{
			Proposal: domain.ItemID(id(in, 3)), Method: domain.Consensus, Title: domain.Text(rest), Text: domain.Text(rest),
		})
	case "/ask":
		out := say(line("what is the issue?"))
		out.Replies[0].Ask = "issue"
		out.Session = &commands.SessionChange{Blob: []byte("ask"), Until: in.At.Add(time.Hour)}
		return out
	case "/whisper":
		out := commands.Outcome{
			Replies: []commands.Reply{{To: commands.ToPrivate, Body: line("what is the issue?")}},
			Session: &commands.SessionChange{Private: true},
		}
		if rest != "" {
			out.Session.Blob, out.Session.Until = []byte(rest), in.At.Add(time.Hour)
		}
		return out
	case "/secret":
		return commands.Outcome{Replies: []commands.Reply{{To: commands.ToPrivate, Body: line("the secret of %s", s.Name)}}}
	case "/history": // /history <before>: the page's commits
		if in.History == nil {
			before, _ := strconv.ParseUint(rest, 10, 64)
			return commands.Outcome{Need: commands.NeedHistory, History: commands.HistoryQuery{Before: before, Limit: 3}}
		}
		var said []string
		for _, c := range in.History.Commits {
			said = append(said, fmt.Sprintf("%d %s", c.Number, c.Events[0].EventType()))
		}
		return say(line("%s; older %d", strings.Join(said, ", "), in.History.Older))
	case "/count":
		return say(line("%d commits", s.Commits))
	case "/en":
		return commands.Outcome{Effects: []commands.Effect{commands.SetLanguage{Lang: "en"}}, Replies: []commands.Reply{{Body: line("English")}}}
	case "/forget":
		return commands.Outcome{Effects: []commands.Effect{commands.ForgetMe{}}, Replies: []commands.Reply{{Body: line("forgotten")}}}
	case "/export":
		return commands.Outcome{Replies: []commands.Reply{{Body: line("the journal"), Attachment: &commands.Attachment{Name: "journal.json", Journal: true}}}}
	case "/boom":
		panic("a defect")
	}
	return commands.Outcome{}
}

func (t Talk) tap(s *domain.State, in commands.Input) commands.Outcome {
	parts := strings.Split(in.Tap, ":")
	actors := s.Represents(in.By)
	if len(parts) != 3 || parts[0] != "v" || s.Proposal(domain.ItemID(parts[2])) == nil {
		return toast(line("old button"))
	}
	if len(actors) == 0 {
		return toast(line("you are not a member"))
	}
	position := domain.Position(parts[1])
	return t.decide(s, in, domain.CastVote{
		Proposal: domain.ItemID(parts[2]), Actor: actors[0].ID, Position: position, Reason: reasonFor(position),
	})
}

func reasonFor(p domain.Position) domain.Text {
	if p.NeedsReason(domain.Consensus) {
		return "too dear"
	}
	return ""
}

func (t Talk) decide(s *domain.State, in commands.Input, c domain.Command) commands.Outcome {
	events, err := domain.Decide(s, in.At, domain.By{Person: in.By}, c)
	if err != nil {
		return toast(line("refused: %v", err))
	}
	if len(events) == 0 {
		return toast(line("that stands already"))
	}
	return commands.Outcome{Events: events}
}

// Answer implements bot.Talk.
func (t Talk) Answer(s *domain.State, c domain.Commit, in commands.Input) []commands.Reply {
	kind := "nothing"
	if len(c.Events) > 0 {
		kind = c.Events[0].EventType()
	}
	return []commands.Reply{{To: commands.ToToast, Body: line("recorded %d: %s", c.Number, kind)}}
}

// Cards implements bot.Talk: a board per proposal; a private notice to every representative when one opens; a notice in
// the group of every objection, with its reason.
func (t Talk) Cards(s *domain.State, now time.Time, lang commands.LangOf) []commands.Card {
	var out []commands.Card
	for _, p := range s.Proposals {
		v := p.Now()
		card := commands.Card{
			Key: "proposal/" + string(p.ID), Kind: commands.Board, Class: commands.Edit, Final: !p.Phase.Running(),
			Body: line("%d %s: %d of %d", p.Number, p.Title, v.Count.Cast(), v.Count.Electorate),
		}
		if p.Phase.Running() {
			for _, position := range []domain.Position{domain.Agree, domain.Object} {
				card.Buttons = append(card.Buttons, []commands.Button{{Label: string(position), Data: "v:" + string(position) + ":" + string(p.ID)}})
			}
			card.Buttons = append(card.Buttons, []commands.Button{{Label: "details", Private: "/count"}})
		}
		out = append(out, card)
		for _, seat := range v.Electorate {
			if b, said := seat.Ballot(); said && b.Position == domain.Object {
				out = append(out, commands.Card{
					Key: "objection/" + string(p.ID) + "/" + string(seat.Actor), Kind: commands.Notice, Class: commands.Prompt, At: b.At,
					Body: line("an objection: %s", shown(b.Reason)),
				})
			}
		}
		for _, a := range s.Approved() {
			for _, r := range a.Reps {
				out = append(out, commands.Card{
					Key: "opened/" + string(p.ID) + "/" + string(r.Person), Kind: commands.Notice, Class: commands.Prompt, At: v.Opened, To: r.Person,
					Body: line("please vote on %s (%s)", p.Title, lang(r.Person)),
					Fallback: commands.Rich{{Spans: []commands.Span{
						{Kind: commands.Person, Person: r.Person, Ping: true}, {Text: ", please open the private chat"},
					}}},
				})
			}
		}
	}
	return out
}

func shown(t domain.Text) string {
	if t == domain.Erased {
		return "(erased)"
	}
	return string(t)
}

// Menu implements bot.Talk.
func (Talk) Menu() []commands.MenuEntry { return nil }

// Suggest suggests nothing.
func (Talk) Suggest(*domain.State, commands.Typing) []commands.Suggestion { return nil }

// SessionCluster implements bot.Talk.
func (Talk) SessionCluster([]byte) domain.ClusterID { return "" }

// Interrupt implements bot.Talk: what waits is kept behind a plus sign.
func (Talk) Interrupt(begun, waiting []byte) []byte {
	return append(append(begun[:len(begun):len(begun)], '+'), waiting...)
}

// UsesSession implements bot.Talk.
func (Talk) UsesSession(tap string) bool { return strings.HasPrefix(tap, "f:") }

// Trouble implements bot.Talk.
func (Talk) Trouble(kind commands.Trouble, _ string) commands.Rich { return line("%s", kind) }

// Label implements bot.Talk.
func (Talk) Label(key, _ string) string { return key }
