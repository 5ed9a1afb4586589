package domain

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"klaster/domain/calendar"
)

// The model test lets random people give random commands while the clock runs, and holds the state against a second
// model that is too simple to be wrong: it counts by reading the whole journal again.

var (
	modelPeople = []By{steward, steward, steward, admin, ana, ana, ana, budi, budi, citra, citra, dewi, nobody, {}}
	modelActors = []ActorID{"", "", "", "", "A-core", "A-supp", "A-buy", "A-1", "A-2"}
	modelDs     = []ItemID{"D1", "D2", "D3", "D4"}
	modelRs     = []ItemID{"R1", "R2", "R3"}
	modelIssues = []ItemID{"I1", "I2", "I3", "I4", "I5"}
	modelTexts  = []Text{"", "karena itu", "alasan lain", Text(strings.Repeat("x", MaxReason+1))}
)

// dice makes the choices, evenly: the library's own draws prefer the first of every list, which would leave most of
// the rules alone. The library draws the seed only; a run ends with the step that fails.
type dice struct{ *rand.Rand }

func newDice(t *rapid.T) dice {
	return dice{rand.New(rand.NewChaCha8(sha256.Sum256(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "seed"))))}
}

func (d dice) upTo(n int) int { return d.IntN(n) }

func pick[T any](d dice, from ...T) T { return from[d.upTo(len(from))] }

// anyCommand draws a command. Ballots come most often, openings next.
func anyCommand(d dice) Command {
	actor, proposal, round, issue := pick(d, modelActors...), pick(d, modelDs...), pick(d, modelRs...), pick(d, modelIssues...)
	item := pick(d, proposal, round)
	text, person := pick(d, modelTexts...), pick(d, modelPeople...).Person
	switch d.upTo(9) {
	case 0, 1:
		return CastVote{Proposal: proposal, Actor: actor, Position: pick(d, append(Positions(Consensus), "?", Agree, Agree, Agree)...), Reason: text}
	case 2:
		return CastScores{Round: round, Actor: actor, Issue: issue, Scores: pick[*Scores](d, nil, &Scores{1, 2, 3}, &Scores{5, 5, 5}, &Scores{0, 9, 3})}
	case 3:
		return pick[Command](d,
			OpenRound{round}, RaiseIssue{Issue: issue, Title: text},
			Propose{Proposal: proposal, Method: Consensus, Title: "Usulan", Link: Link{Step: pick[StepID](d, "", "1.6", "2.4")}},
			Propose{Proposal: proposal, Method: Consensus, Title: "Usulan", Link: Link{Charter: KeyQuorum, Value: "60"}},
			Propose{Proposal: proposal, Method: Consensus, Title: "Usulan", Link: Link{Issue: issue}},
			Propose{Proposal: proposal, Method: Majority, Link: Link{After: pick(d, modelDs...)}},
			DefineIndicator{IndicatorDefined{Indicator: pick[ItemID](d, "N1", "N2"), Name: "Omzet", Kind: UnitMoney, Direction: Up,
				Reporters: pick(d, Reporters{Groups: 63}, Reporters{Actors: []ActorID{"A-core"}}), Frequency: pick(d, calendar.Frequencies()...),
				Cron: pick(d, "", "0 9 * * *", "30 22 * * 1", "0 9 31 2 *")}},
		)
	}
	roles := []Role{{Group: pick(d, Groups()...)}, {Group: pick(d, Groups()...)}}
	step := pick[StepID](d, "1.1", "1.1", "1.6", "2.1", "2.4", "4.1", "7.7")
	indicator := pick[ItemID](d, "N1", "N1", "N2")
	period := pick[calendar.Period](d, "", "", "2026-02", "2026-03", "2026-W11", "rubbish")
	return pick[Command](d,
		RegisterActor{Actor: actor, Name: Text("PT " + actor), Roles: roles}, ChangeActor{Actor: actor, Name: Text("CV " + actor), Roles: roles},
		ApproveActor{actor}, RefuseActor{actor, text}, LeaveActor{actor}, RemoveActor{actor, text}, JoinActor{actor},
		ApproveRepresentative{actor, person}, LeaveRepresentation{actor, person}, ForgetPerson{person},
		NameSteward{person}, NameFacilitator{person},
		ChangeCharter{pick(d, KeyQuorum, KeyRounds, KeyZone, KeyDigest, KeyApproval, KeyQuietTo, KeyName), pick(d, "50", "1", "UTC", "off", "auto", "9", "Asia/Jayapura")},
		MergeIssues{issue, pick(d, modelIssues...)}, SettleIssue{issue, pick(d, FateOpen, FateDeferred, FateRefused, FateDecided), text},
		WaiveCoverage{proposal}, ReviseText{proposal, pick[Text](d, "satu", "dua")}, ReviseText{proposal, pick[Text](d, "satu", "dua")},
		CloseItem{item}, WithdrawItem{item, text}, ParkItem{proposal, text},
		ClaimStep{Step: step, Evidence: []Evidence{{Kind: EvidenceText, Text: text}}}, VerifyStep{Step: step}, ReopenStep{step, text},
		ScheduleIndicator{indicator, "0 8 * * 3"}, RetireIndicator{"N2"},
		RecordReading{Indicator: indicator, Actor: actor, Period: period, Value: 5}, ReportUnavailable{Indicator: indicator, Period: period},
		DeferReading{Indicator: indicator, Actor: actor, Period: period}, DeferReading{Indicator: indicator},
		AttachChat{ChatRef{Platform: "web", Chat: "2"}}, MoveChat{ChatRef{Platform: "web", Chat: "2"}, ChatRef{Platform: "web", Chat: "3"}},
		SuspendChat{ChatRef{Platform: "web", Chat: "1"}}, ResumeChat{ChatRef{Platform: "web", Chat: "1"}},
	)
}

func TestModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := newDice(t)
		st := beginThree(t)
		raise(st, ana, 3)
		st.do(steward, monthly())
		st.do(dewi, RegisterActor{Actor: "A-1", Name: "PT Tunggu", Roles: []Role{{Group: Related}}})
		st.thrifty = true
		ended := map[ItemID]string{}
		for step := range 100 {
			switch d.upTo(12) {
			case 0: // awake while time passes
				st.until(hence(st.now, 1+d.upTo(100)))
			case 1: // asleep
				st.asleep(hence(st.now, 1+d.upTo(1000)))
			case 2:
				st.check()
			case 3, 4: // a meeting: everybody speaks, mostly for it
				meeting(d, st)
			default:
				by := pick(d, modelPeople...)
				c := anyCommand(d)
				st.now = st.now.Add(time.Minute)
				events, err := decideTwice(t, st, by, c)
				var refusal *Error
				if err != nil && !errors.As(err, &refusal) {
					t.Fatalf("%T: %v is no refusal", c, err)
				}
				if refusal != nil && !slices.Contains(RefusalKeys(), refusal.Key) {
					t.Fatalf("%T is refused with %s, which is not listed", c, refusal.Key)
				}
				if len(events) > 0 {
					st.commit(by.Person, events)
					if again, err := Decide(st.state, st.now, by, c); err == nil && len(again) > 0 && fmt.Sprint(again) == fmt.Sprint(events) {
						t.Fatalf("%+v happens twice: %+v", c, again)
					}
				}
			}
			if step%5 == 0 { // it reads the whole journal each time
				holdAgainstNaive(t, st, ended)
			}
		}
		holdAgainstNaive(t, st, ended)
		st.check()
		if _, err := Verify(slices.Values(st.journal)); err != nil {
			t.Fatal(err)
		}
	})
}

// decideTwice decides, and decides again: a decision changes nothing and depends on nothing but what it is given.
func decideTwice(t *rapid.T, st *story, by By, c Command) ([]Event, error) {
	events, err := Decide(st.state, st.now, by, c)
	again, errAgain := Decide(st.state, st.now, by, c)
	if !reflect.DeepEqual(events, again) || !reflect.DeepEqual(err, errAgain) {
		t.Fatalf("deciding %+v twice: %+v, %v, then %+v, %v", c, events, err, again, errAgain)
	}
	return events, err
}

// meeting has the three founders vote on a proposal and score a round, which chance alone would hardly ever do.
func meeting(d dice, st *story) {
	st.now = st.now.Add(time.Minute)
	most := pick(d, Agree, Agree, AgreeWithNote, Block, Abstain, Object)
	proposal, round := pick(d, modelDs...), pick(d, modelRs...)
	for _, by := range []By{ana, budi, citra} {
		commands := []Command{CastVote{Proposal: proposal, Position: pick(d, most, most, Agree), Reason: "karena itu"}}
		for _, issue := range modelIssues {
			commands = append(commands, CastScores{Round: round, Issue: issue, Scores: &Scores{uint8(1 + d.upTo(5)), uint8(1 + d.upTo(5)), 3}})
		}
		for _, c := range commands {
			if events, err := Decide(st.state, st.now, by, c); err == nil && len(events) > 0 {
				st.commit(by.Person, events)
			}
		}
	}
	if events, err := Decide(st.state, st.now, steward, CloseItem{pick(d, proposal, round)}); err == nil && d.upTo(2) == 0 {
		st.commit(steward.Person, events)
	}
}

func hence(now time.Time, hours int) string {
	return now.Add(time.Duration(hours) * time.Hour).In(testZones("Asia/Jakarta")).Format("2006-01-02 15:04")
}

// naive is what a proposal's version looks like to somebody who only reads the journal.
type naive struct {
	electorate map[ActorID]RoleSet
	votes      map[ActorID]Position
}

func readAgain(t rapid.TB, journal []Sealed) (proposals map[ItemID][]*naive) {
	t.Helper()
	proposals = map[ItemID][]*naive{}
	begin := func(id ItemID, voters []Voter) {
		n := &naive{map[ActorID]RoleSet{}, map[ActorID]Position{}}
		for _, v := range voters {
			n.electorate[v.Actor] = v.Roles
		}
		proposals[id] = append(proposals[id], n)
	}
	now := func(id ItemID) *naive {
		if all := proposals[id]; len(all) > 0 {
			return all[len(all)-1]
		}
		return &naive{}
	}
	for _, entry := range journal {
		commits, err := Decode(entry.Record, entry.Texts)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range commits[0].Events {
			switch e := e.(type) {
			case ProposalOpened:
				begin(e.Proposal, e.Electorate)
			case TextRevised:
				begin(e.Proposal, e.Electorate)
			case VoteCast:
				now(e.Proposal).votes[e.Actor] = e.Position
			case VoterStruck:
				delete(now(e.Item).electorate, e.Actor)
				delete(now(e.Item).votes, e.Actor)
			}
		}
	}
	return proposals
}

func holdAgainstNaive(t rapid.TB, st *story, ended map[ItemID]string) {
	t.Helper()
	open := 0
	for id, versions := range readAgain(t, st.journal) {
		p := st.state.Proposal(id)
		if p == nil || len(p.Versions) != len(versions) {
			t.Fatalf("%s: %d versions in the journal, state %+v", id, len(versions), p)
		}
		for i, n := range versions {
			v := p.Versions[i]
			want := Count{Electorate: len(n.electorate)}
			roles := map[Group]Count{}
			for a, set := range n.electorate {
				for _, g := range set.Groups() {
					c := roles[g]
					c.Electorate++
					if position, voted := n.votes[a]; voted {
						c.add(position, 1)
					}
					roles[g] = c
				}
			}
			for _, position := range n.votes {
				want.add(position, 1)
			}
			if v.Count != want || v.Count.Cast() != len(n.votes) || want.Cast() > want.Electorate {
				t.Fatalf("%s version %d: %+v, counted from scratch %+v", id, i, v.Count, want)
			}
			for _, g := range Groups() {
				if v.Role(g) != roles[g] {
					t.Fatalf("%s version %d, %s: %+v, counted from scratch %+v", id, i, g, v.Role(g), roles[g])
				}
			}
			for a, position := range n.votes {
				if got, _ := v.Ballot(a); got.Position != position {
					t.Fatalf("%s version %d: %s said %s, not %s", id, i, a, position, got.Position)
				}
			}
		}
		if p.EndedAt.IsZero() {
			continue
		}
		b, _ := json.Marshal(p.Versions)
		if before, seen := ended[id]; seen && before != string(b) {
			t.Fatalf("%s changed after it had ended:\n%s\n%s", id, before, b)
		}
		ended[id] = string(b)
	}
	for _, r := range st.state.Rounds {
		if r.Phase.Running() {
			open++
		}
		said := 0
		for _, v := range r.Electorate {
			if r.spoke(v.Actor) {
				said++
			}
		}
		if said != r.said || len(r.Missing()) != len(r.Electorate)-said {
			t.Fatalf("round %s: %d have spoken, counted from scratch %d", r.ID, r.said, said)
		}
	}
	if open > 1 {
		t.Fatal("two rounds are open")
	}
}
