package commands

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"klaster/domain"
)

// Scoring is done in private, one issue at a time, urgency, seriousness and growth by buttons. What has been pressed of
// the issue at hand travels in the buttons themselves, and every finished issue is a commit: a restart loses nothing.
//
//	s:<round>:<actor>:<place of the issue>:<scores so far>   54 = urgency 5, seriousness 4
//	s:<round>:<actor>:<place of the issue>:x                 the actor does not score this issue
//	s:open, s:close:<round>, s:withdraw:<round>              confirmed acts on rounds
//	s:no, s:no:<round>                                       the act is let be
const skipScore = "x"

// runPrioritise starts what can be done now: scoring while a round runs, else opening one.
func runPrioritise(t *turn, rest string) {
	r := t.s.OpenRound()
	words := strings.Fields(strings.ToLower(rest))
	if len(words) > 0 {
		if act, ok := roundActs[words[0]]; ok {
			if r == nil {
				t.tell("scoring.none")
				return
			}
			act(t, r)
			return
		}
	}
	if r == nil {
		t.offerRound()
		return
	}
	if len(words) > 0 {
		if n, ok := numbered(words[0], "i"); ok {
			t.scoreOne(r, n)
			return
		}
	}
	t.startScoring(r)
}

// roundActs are the words behind /prioritas that act on the running round.
var roundActs = map[string]func(t *turn, r *domain.Round){
	"tutup": closeRound, "close": closeRound,
	"tarik": withdrawRound, "withdraw": withdrawRound,
}

// offerRound shows what a round would be, and the last result to those who may not open one.
func (t *turn) offerRound() {
	events, err := domain.Decide(t.s, t.in.At, t.by(), domain.OpenRound{Round: domain.ItemID(t.mint())})
	var refusal *domain.Error
	if errors.As(err, &refusal) {
		last := t.lastRanking()
		switch looked := t.in.ChatAdmin != NotAsked || t.in.Private; {
		case last == nil || refusal.Code == domain.NotSteward && !looked:
			t.refuse(refusal)
		case refusal.Code == domain.NotSteward:
			t.reply(Reply{Body: append(t.voice().ranking(last), t.say("scoring.next_by")...)})
		default:
			t.reply(Reply{Body: append(t.voice().ranking(last), t.voice().refusal(refusal)...)})
		}
		return
	}
	for _, e := range events {
		if opened, ok := e.(domain.RoundOpened); ok {
			body := t.say("scoring.offer", "n", len(opened.Issues), "electorate", len(opened.Electorate), "closes", t.voice().moment(opened.Closes))
			body = append(body, t.voice().issueItems(opened.Issues)...)
			t.reply(Reply{Body: body, Buttons: [][]Button{{
				{Label: t.line("button.open_round"), Data: "s:open", Style: StylePrimary}, {Label: t.line("button.cancel"), Data: "s:no"},
			}}})
		}
	}
}

func (t *turn) lastRanking() *domain.Round {
	for i := len(t.s.Rounds) - 1; i >= 0; i-- {
		if t.s.Rounds[i].Phase == domain.Ended {
			return t.s.Rounds[i]
		}
	}
	return nil
}

// issueItems lists issues, one line each.
func (v voice) issueItems(ids []domain.ItemID) Rich {
	var out Rich
	for n, id := range ids {
		if n == maxListed {
			return append(out, v.say("item.more", "n", len(ids)-n)...)
		}
		if i := v.s.Issue(id); i != nil {
			out = append(out, Block{Kind: Item, Spans: []Span{{Text: issueMark(i) + " " + v.clip(i.Title, maxHeading)}}})
		}
	}
	return out
}

// scorers are the person's organisations that score in the round.
func (t *turn) scorers(r *domain.Round) []*domain.Actor {
	return t.s.Electors(t.in.By, r.VoterRoles)
}

// startScoring goes on where the person's organisation stopped; with several organisations it asks which.
func (t *turn) startScoring(r *domain.Round) {
	switch mine := t.scorers(r); len(mine) {
	case 0:
		body := t.voice().roundBody(r)
		if len(t.s.Represents(t.in.By)) == 0 {
			t.reply(Reply{Body: append(body, t.say("scoring.not_actor")...), Buttons: [][]Button{{{Label: t.line("button.join"), Private: "/daftar"}}}})
			return
		}
		t.reply(Reply{Body: append(body, t.say("scoring.not_voter")...)})
	case 1:
		t.goOnScoring(r, mine[0].ID, false)
	default:
		var buttons []Button
		for _, a := range mine {
			buttons = append(buttons, Button{Label: t.voice().clip(a.Name, 40), Data: scoreData(r, a.ID, -1, "")})
		}
		t.reply(Reply{To: ToPrivate, Body: t.say("item.ask_actor"), Buttons: rows(1, buttons...)})
	}
}

// scoreOne asks for one issue again.
func (t *turn) scoreOne(r *domain.Round, number int) {
	mine := t.scorers(r)
	for place, id := range r.Issues {
		if i := t.s.Issue(id); i != nil && i.Number == number && len(mine) == 1 {
			t.askScore(r, mine[0].ID, place, "", false)
			return
		}
	}
	t.startScoring(r)
}

func scoreData(r *domain.Round, a domain.ActorID, place int, given string) string {
	return fmt.Sprintf("s:%d:%s:%d:%s", r.Number, a, place, given)
}

// scored says whether the actor has scored or skipped the issue.
func scored(r *domain.Round, issue domain.ItemID, a domain.ActorID) bool {
	_, ok := r.Ballots[issue][a]
	return ok
}

// goOnScoring asks for the first issue that the actor has not scored, or shows that all are.
func (t *turn) goOnScoring(r *domain.Round, a domain.ActorID, instead bool) {
	for place, id := range r.Issues {
		if !scored(r, id, a) {
			t.askScore(r, a, place, "", instead)
			return
		}
	}
	t.showScores(r, a, instead)
}

// askScore asks for the next criterion of an issue.
func (t *turn) askScore(r *domain.Round, a domain.ActorID, place int, given string, instead bool) {
	i := t.s.Issue(r.Issues[place])
	criterion := string(domain.USG()[len(given)])
	body := t.say("scoring.issue", "round", r.Number, "actor", t.voice().actor(a), "place", place+1, "n", len(r.Issues), "issue", issueMark(i), "title", i.Title)
	if len(given) > 0 {
		body = append(body, t.say("scoring.given", "scores", t.voice().scoreLine(given))...)
	}
	body = append(body, t.say("scoring.ask."+criterion)...)
	var buttons []Button
	for score := 1; score <= 5; score++ {
		digit := strconv.Itoa(score)
		buttons = append(buttons, Button{Label: digit + " " + t.line("usg."+criterion+"."+digit), Data: scoreData(r, a, place, given+digit)})
	}
	last := []Button{}
	if len(given) > 0 {
		last = append(last, Button{Label: t.line("button.back"), Data: scoreData(r, a, place, given[:len(given)-1])})
	}
	last = append(last, Button{Label: t.line("button.skip_score"), Data: scoreData(r, a, place, skipScore)})
	t.reply(Reply{To: ToPrivate, Body: body, Buttons: append(rows(1, buttons...), last), Instead: instead})
}

// scoreLine writes scores: "U 5, S 4, G 3".
func (v voice) scoreLine(given string) string {
	var parts []string
	for n, digit := range given {
		parts = append(parts, v.line("usg."+string(domain.USG()[n])+".short")+" "+string(digit))
	}
	return strings.Join(parts, ", ")
}

// showScores shows what the actor has said, and lets it be corrected.
func (t *turn) showScores(r *domain.Round, a domain.ActorID, instead bool) {
	v := t.voice()
	body := t.say("scoring.complete", "round", r.Number, "actor", v.actor(a), "closes", v.moment(r.Closes))
	var buttons []Button
	for place, id := range r.Issues {
		i := t.s.Issue(id)
		line := issueMark(i) + " " + v.clip(i.Title, 40) + ": "
		if scores := r.Ballots[id][a]; scores == nil {
			line += v.line("scoring.skipped")
		} else {
			line += v.scoreLine(fmt.Sprintf("%d%d%d", scores[0], scores[1], scores[2]))
		}
		body = append(body, Block{Kind: Item, Spans: []Span{{Text: line}}})
		if len(buttons) < 2*maxButtons {
			buttons = append(buttons, Button{Label: issueMark(i), Data: scoreData(r, a, place, "")})
		}
	}
	t.reply(Reply{To: ToPrivate, Body: append(body, t.say("scoring.correct")...), Buttons: rows(5, buttons...), Instead: instead})
}

// scoringTap handles the buttons of scoring. Everything in them is checked: the round, whose organisation it is, the
// place, the scores.
func scoringTap(t *turn, args []string) {
	if len(args) == 1 && args[0] == "open" {
		t.decide(domain.OpenRound{Round: domain.ItemID(t.mint())})
		return
	}
	if len(args) == 1 && args[0] == "no" {
		if t.in.Private || t.guides() {
			t.reply(Reply{Body: t.say("scoring.not_opened"), Instead: true})
		}
		return
	}
	if len(args) == 2 && (args[0] == "close" || args[0] == "withdraw" || args[0] == "no") {
		r := t.voice().roundNumbered(args[1])
		switch {
		case r == nil:
			t.old()
		case args[0] == "no":
			if t.in.Private || t.guides() {
				t.reply(Reply{Body: t.say("decision.let_be", "name", t.line("scoring.name", "round", r.Number)), Instead: true})
			}
		case args[0] == "close":
			t.decide(domain.CloseItem{Item: r.ID})
		default:
			t.decide(domain.WithdrawItem{Item: r.ID})
		}
		return
	}
	if len(args) != 4 {
		t.old()
		return
	}
	r := t.voice().roundNumbered(args[0])
	a := domain.ActorID(args[1])
	place, err := strconv.Atoi(args[2])
	given := args[3]
	if r == nil || err != nil || place < -1 || place >= len(r.Issues) || !digits(given) || !t.mayScore(r, a) {
		t.old()
		return
	}
	switch {
	case !r.Phase.Running():
		t.toast("scoring.over", "round", r.Number)
	case place < 0:
		t.goOnScoring(r, a, true)
	case given == skipScore:
		t.castScores(r, a, place, nil)
	case len(given) == 3:
		t.castScores(r, a, place, &domain.Scores{given[0] - '0', given[1] - '0', given[2] - '0'})
	default:
		t.askScore(r, a, place, given, true)
	}
}

func (t *turn) mayScore(r *domain.Round, a domain.ActorID) bool {
	for _, mine := range t.scorers(r) {
		if mine.ID == a {
			return true
		}
	}
	return false
}

// digits says whether the text is a skip or up to three scores.
func digits(given string) bool {
	return given == skipScore || len(given) <= 3 && strings.Trim(given, "12345") == ""
}

// roundNumbered finds a round by the number people see.
func (v voice) roundNumbered(text string) *domain.Round {
	n, ok := numbered(text, "")
	if !ok {
		return nil
	}
	for i := len(v.s.Rounds) - 1; i >= 0; i-- {
		if v.s.Rounds[i].Number == n {
			return v.s.Rounds[i]
		}
	}
	return nil
}

func (t *turn) castScores(r *domain.Round, a domain.ActorID, place int, scores *domain.Scores) {
	if t.decide(domain.CastScores{Round: r.ID, Actor: a, Issue: r.Issues[place], Scores: scores}) && len(t.out.Events) == 0 {
		t.goOnScoring(r, a, true) // it was scored like this already
	}
}

// answerScoresCast confirms one issue and asks for the next.
func answerScoresCast(t *turn, commit domain.Commit, e domain.Event) {
	cast := e.(domain.ScoresCast)
	r, i := t.s.Round(cast.Round), t.s.Issue(cast.Issue)
	if r == nil || i == nil {
		return
	}
	if cast.Scores == nil {
		t.toast("scoring.recorded_skip", "issue", issueMark(i), "receipt", commit.Receipt)
	} else {
		given := fmt.Sprintf("%d%d%d", cast.Scores[0], cast.Scores[1], cast.Scores[2])
		t.toast("scoring.recorded", "issue", issueMark(i), "scores", t.voice().scoreLine(given), "receipt", commit.Receipt)
	}
	if r.Phase.Running() {
		t.goOnScoring(r, cast.Actor, t.in.Tap != "")
	}
}
