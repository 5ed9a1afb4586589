package commands

import (
	"fmt"
	"strconv"

	"klaster/commands/phrase"
	"klaster/domain"
	"klaster/domain/tally"
)

// recently is how long the last state of a board is kept wanted after its item ended.
const recently = 72 * 60 * 60 // seconds

// ended says whether something that ended then is still worth its last edit; it depends on the state alone.
func (v voice) fresh(ended int64) bool { return v.s.LastAt.Unix()-ended < recently }

// roundBoards is the board of the running round, and the last state of the one before.
func roundBoards(v voice, _ LangOf) []Card {
	var out []Card
	for _, r := range v.s.Rounds {
		card := Card{Key: "round/" + strconv.Itoa(r.Number), Kind: Board, Class: Edit, Tone: ToneScoring}
		switch {
		case r.Phase.Running():
			card.Body = v.roundBody(r)
			card.Buttons = [][]Button{
				{{Label: v.line("button.score"), Private: "/prioritas"}, {Label: v.line("button.who_is_missing"), Data: fmt.Sprintf("c:/kuorum %d", r.Number)}},
				{{Label: v.line("button.close_round"), Data: "c:/prioritas tutup"}},
			}
		case v.fresh(r.Closes.Unix()):
			key := "scoring.board_ended"
			if r.Phase == domain.Withdrawn {
				key = "scoring.board_withdrawn"
			}
			card.Body, card.Final = v.say(key, "round", r.Number), true
		default:
			continue
		}
		out = append(out, card)
	}
	return out
}

// roundBody says what is scored, by how many, until when, and under which rule.
func (v voice) roundBody(r *domain.Round) Rich {
	key := "scoring.board"
	if r.Phase == domain.Extended {
		key = "scoring.board_extended"
	}
	body := v.say(key, "round", r.Number, "closes", v.moment(r.Closes), "n", len(r.Issues))
	body = append(body, v.issueItems(r.Issues)...)
	complete, partly := v.progress(r)
	body = append(body, v.say("scoring.progress", "complete", complete, "electorate", len(r.Electorate))...)
	if partly > 0 {
		body = append(body, v.say("scoring.partly", "n", partly)...)
	}
	return append(body, v.say("scoring.rule", "enough", tally.Enough(len(r.Electorate)))...)
}

// progress counts the actors that have dealt with every issue, and those that have begun.
func (v voice) progress(r *domain.Round) (complete, partly int) {
	for _, voter := range r.Electorate {
		n := 0
		for _, id := range r.Issues {
			if scored(r, id, voter.Actor) {
				n++
			}
		}
		switch {
		case n == len(r.Issues):
			complete++
		case n > 0:
			partly++
		}
	}
	return complete, partly
}

// ranking is the result of a round in words.
func (v voice) ranking(r *domain.Round) Rich {
	complete, partly := v.progress(r)
	body := v.say("scoring.result", "round", r.Number, "scored", complete+partly, "electorate", len(r.Electorate))
	for n, line := range r.Ranking {
		if n == maxListed {
			body = append(body, v.say("item.more", "n", len(r.Ranking)-n)...)
			break
		}
		i := v.s.Issue(line.Issue)
		if i == nil {
			continue
		}
		title := issueMark(i) + " " + v.clip(i.Title, maxHeading)
		var said Rich
		if line.Rank == 0 {
			said = v.say("scoring.too_few", "title", title, "n", line.Voters)
		} else {
			said = v.say("scoring.ranked", "rank", line.Rank, "title", title, "mean", v.mean(line), "spread", v.hundredths(100*line.Spread, 3), "n", line.Voters)
			if line.RolesDiffer {
				said[0].Spans = append(said[0].Spans, Span{Text: " "}, Span{Kind: Bold, Text: v.line("scoring.roles_differ")}, Span{Text: "."})
			}
		}
		said[0].Kind = Item
		body = append(body, said[0])
	}
	if v.first(r) != nil {
		body = append(body, v.say("scoring.spread")...)
	}
	return body
}

// mean is the mean score of an issue over its actors and criteria, from 1 to 5.
func (v voice) mean(line domain.Ranked) string {
	return v.hundredths(100*(line.Totals[0]+line.Totals[1]+line.Totals[2]), 3*line.Voters)
}

// hundredths writes a hundredfold divided by n, rounded half up, with at most two decimals.
func (v voice) hundredths(hundredfold, n int) string {
	if n == 0 {
		return ""
	}
	return phrase.FormatQuantity(phrase.Quantity((2*hundredfold+n)/(2*n))*phrase.One/100, v.lang)
}

// noticeRanking tells the group the result and offers the next step: a proposal on the first issue.
func noticeRanking(v voice, n domain.Notice, _ LangOf) []Card {
	r := v.s.Round(n.Item)
	if r == nil {
		return nil
	}
	card := Card{Key: "ranking/" + strconv.Itoa(r.Number), Kind: Notice, Class: Deadline, At: n.At, Tone: ToneResult, Body: v.ranking(r)}
	differ := false
	for _, line := range r.Ranking {
		differ = differ || line.RolesDiffer
	}
	if differ {
		card.Body = append(card.Body, v.say("scoring.differ_note")...)
	}
	buttons := []Button{}
	if first := v.first(r); first != nil {
		card.Body = append(card.Body, v.say("scoring.next", "issue", issueMark(first), "title", first.Title)...)
		buttons = append(buttons, Button{Label: v.line("button.propose_on"), Private: "/usulan " + issueMark(first)})
	} else {
		card.Body = append(card.Body, v.say("scoring.next_none")...)
	}
	card.Buttons = [][]Button{append(buttons, Button{Label: v.line("button.issues"), Data: "c:/isu"})}
	return []Card{card}
}

// first is the issue that leads the ranking; nil where none has enough scores.
func (v voice) first(r *domain.Round) *domain.Issue {
	if len(r.Ranking) == 0 || r.Ranking[0].Rank == 0 {
		return nil
	}
	return v.s.Issue(r.Ranking[0].Issue)
}

func answerRoundOpened(t *turn, commit domain.Commit, e domain.Event) {
	opened := e.(domain.RoundOpened)
	t.reply(Reply{Instead: true, Body: t.say("scoring.opened", "round", opened.Number, "closes", t.voice().moment(opened.Closes), "receipt", commit.Receipt)})
}

func answerRoundClosed(t *turn, commit domain.Commit, e domain.Event) {
	if t.receiptOnly(commit) {
		return
	}
	if r := t.s.Round(e.(domain.RoundClosed).Round); r != nil {
		t.reply(Reply{Instead: true, Body: t.say("scoring.closed", "round", r.Number, "receipt", commit.Receipt)})
	}
}

// closeRound asks for confirmation: closing binds everybody.
func closeRound(t *turn, r *domain.Round) {
	if _, allowed := t.preview(domain.CloseItem{Item: r.ID}); !allowed {
		return
	}
	complete, partly := t.voice().progress(r)
	t.askConsent(t.say("scoring.ask_close", "round", r.Number, "scored", complete+partly, "electorate", len(r.Electorate)),
		Button{Label: t.line("button.close_yes"), Data: fmt.Sprintf("s:close:%d", r.Number), Style: StylePrimary}, fmt.Sprintf("s:no:%d", r.Number))
}

// withdrawRound asks for confirmation: the scores given so far lead to no ranking.
func withdrawRound(t *turn, r *domain.Round) {
	if _, allowed := t.preview(domain.WithdrawItem{Item: r.ID}); !allowed {
		return
	}
	t.askConsent(t.say("scoring.ask_withdraw", "round", r.Number),
		Button{Label: t.line("button.withdraw_yes"), Data: fmt.Sprintf("s:withdraw:%d", r.Number), Style: StyleDanger}, fmt.Sprintf("s:no:%d", r.Number))
}
