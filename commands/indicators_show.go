package commands

import (
	"slices"

	"klaster/commands/phrase"
	"klaster/domain"
	"klaster/domain/calendar"
)

// sight is what a person may see here. Figures are private: a group sees sums of three or more actors when they
// are complete; in a private chat a person sees those of the own actors, too, and the stewards and the facilitator see all.
type sight struct {
	least int // values that a sum needs to be shown
	all   bool
	mine  []*domain.Actor
}

// enough is how many actors' values hide each single one.
const enough = 3

func (t *turn) sight() sight {
	switch {
	case !t.in.Private:
		return sight{least: enough}
	case t.s.IsSteward(t.in.By) || t.s.Facilitates(t.in.By):
		return sight{least: 1, all: true}
	}
	return sight{least: enough, mine: t.s.Represents(t.in.By)}
}

// sees says whether an actor's own values may be shown.
func (s sight) sees(id domain.ActorID) bool {
	return s.all || slices.ContainsFunc(s.mine, func(a *domain.Actor) bool { return a.ID == id })
}

// stack sets lines below each other in one paragraph.
func stack(lines ...Rich) Rich {
	var out []Span
	for _, line := range lines {
		for _, block := range line {
			if len(out) > 0 {
				out = append(out, Span{Kind: BreakUp})
			}
			out = append(out, block.Spans...)
		}
	}
	return Rich{{Kind: Para, Spans: out}}
}

// indicatorLines is one indicator in the list: the newest value that may be shown, the target, who is missing.
func (v voice) indicatorLines(n *domain.Indicator, s sight) Rich {
	lines := []Rich{v.say("indicator.heading", "indicator", v.indicatorName(n), "unit", n.Unit, "frequency", v.line("frequency."+string(n.Frequency)))}
	periods := periodsOf(n)
	given := func(p calendar.Period) bool { return sumOf(n, p).count > 0 }
	shown := slices.IndexFunc(periods, func(p calendar.Period) bool { return v.together(n, p, s) == "" })
	switch {
	case shown >= 0:
		lines = append(lines, v.periodLine(n, periods[shown], s))
		if goal := v.achievement(n, sumOf(n, periods[shown]).measure(n.Kind)); goal != nil {
			lines = append(lines, goal)
		}
	case slices.ContainsFunc(periods, given):
		lines = append(lines, v.withheldLine(n, periods[slices.IndexFunc(periods, given)], s))
	default:
		lines = append(lines, v.say("indicator.no_values"))
	}
	return stack(append(append(lines, v.ownLines(n, s)...), v.waitingLines(n)...)...)
}

// withheld says why the figures of a period are not shown together; empty: they are.
type withheld string

const (
	tooFew     withheld = "few"        // each could be guessed
	incomplete withheld = "incomplete" // the next answer could be read off as the difference
)

// together says whether a person may see the figures of a period taken together: there are enough of them, and all who
// were asked have answered, or the next period has been asked for.
func (v voice) together(n *domain.Indicator, p calendar.Period, s sight) withheld {
	switch {
	case sumOf(n, p).count < s.least:
		return tooFew
	case s.all || n.Retired || p < n.Period || p == n.Period && len(v.s.Missing(n)) == 0:
		return ""
	}
	return incomplete
}

func (v voice) withheldLine(n *domain.Indicator, p calendar.Period, s sight) Rich {
	return v.say("indicator.period_"+string(v.together(n, p, s)), "period", phrase.FormatPeriod(p, v.lang), "n", sumOf(n, p).count, "least", s.least)
}

// ownLines are the newest value of each of the person's actors.
func (v voice) ownLines(n *domain.Indicator, s sight) []Rich {
	var out []Rich
	if s.all {
		return nil
	}
	for _, a := range s.mine {
		for _, p := range periodsOf(n) {
			if r, ok := n.Readings[p][a.ID]; ok && !r.None {
				out = append(out, v.say("indicator.own", "actor", a.Name, "period", phrase.FormatPeriod(p, v.lang), "value", v.amount(n.Kind, n.Unit, r.Value)))
				break
			}
		}
	}
	return out
}

// waitingLines say who has not answered the last prompt, and who said that there is no value.
func (v voice) waitingLines(n *domain.Indicator) []Rich {
	var out []Rich
	period := phrase.FormatPeriod(n.Period, v.lang)
	if missing := v.s.Missing(n); len(missing) > 0 && !n.Retired {
		key := "indicator.waiting"
		if v.s.Late(n) {
			key = "indicator.late"
		}
		out = append(out, v.say(key, "period", period, "actors", v.actors(missing)))
	}
	var none []domain.ActorID
	for _, a := range v.s.Actors {
		if n.Period != "" && n.Readings[n.Period][a.ID].None {
			none = append(none, a.ID)
		}
	}
	if len(none) > 0 {
		out = append(out, v.say("indicator.unavailable", "period", period, "actors", v.actors(none)))
	}
	return out
}

// periodLine is the sum of a period and how it compares with the one before.
func (v voice) periodLine(n *domain.Indicator, p calendar.Period, s sight) Rich {
	sum := sumOf(n, p)
	args := []any{
		"period", phrase.FormatPeriod(p, v.lang), "total", v.amount(n.Kind, n.Unit, sum.total), "mean", v.amount(n.Kind, n.Unit, sum.mean(n.Kind)),
		"count", sum.count, "change", "",
	}
	if last := calendar.Previous(p); v.together(n, last, s) == "" && sameReporters(n, last, p) {
		before := sumOf(n, last)
		args[len(args)-1] = ", " + v.change(before.measure(n.Kind), sum.measure(n.Kind))
	}
	if n.Kind == domain.UnitPercent {
		return v.say("indicator.period_mean", args...)
	}
	return v.say("indicator.period_total", args...)
}

// change is an arrow and a word: "↑ naik 12,5%".
func (v voice) change(before, after domain.Quantity) string {
	direction, percent := phrase.Change(phrase.Quantity(before), phrase.Quantity(after), v.lang)
	key := map[phrase.Direction]string{phrase.Up: "change.up", phrase.Down: "change.down", phrase.Level: "change.level"}[direction]
	if percent == "" && direction != phrase.Level {
		key += "_bare"
	}
	return v.line(key, "percent", percent)
}

// achievement compares a value with the target; nil where there is none.
func (v voice) achievement(n *domain.Indicator, value domain.Quantity) Rich {
	if n.Target == nil {
		return nil
	}
	target := v.amount(n.Kind, n.Unit, *n.Target)
	percent, reached := achieved(n.Direction, value, *n.Target)
	switch {
	case reached && percent == "":
		return v.say("indicator.reached_bare", "target", target)
	case percent == "":
		return v.say("indicator.below_bare", "target", target)
	case reached:
		return v.say("indicator.reached", "target", target, "percent", percent)
	}
	return v.say("indicator.below", "target", target, "percent", percent)
}

// reporters names who is asked.
func (v voice) reporters(r domain.Reporters) string {
	groups := r.Groups.Groups()
	if len(groups) == len(domain.Groups()) {
		return v.line("reporter.all_text")
	}
	var names []string
	for _, g := range groups {
		names = append(names, v.line("reporter.group", "group", v.group(g)))
	}
	for _, id := range r.Actors {
		names = append(names, v.actor(id))
	}
	return v.list(names)
}

// shownPeriods is how many periods an indicator's page goes back.
const shownPeriods = 4

// showIndicator shows one indicator: what it is, its last periods, who reports, what can be done.
func (t *turn) showIndicator(n *domain.Indicator) {
	v, s := t.voice(), t.sight()
	goal := func(q *domain.Quantity) string {
		if q == nil {
			return t.line("word.none")
		}
		return v.amount(n.Kind, n.Unit, *q)
	}
	out := t.say("indicator.one", "indicator", v.indicatorName(n), "unit", n.Unit, "direction", t.line("direction."+string(n.Direction)),
		"baseline", goal(n.Baseline), "target", goal(n.Target), "reporters", v.reporters(n.Reporters), "frequency", t.line("frequency."+string(n.Frequency)))
	if n.Retired {
		out = append(out, t.say("indicator.is_retired")...)
	} else {
		out = append(out, t.say("indicator.when", "schedule", phrase.Describe(n.Cron, t.in.Lang), "next", v.firing(n.NextSlot))...)
	}
	out = append(out, v.history(n, s)...)
	if waiting := v.waitingLines(n); len(waiting) > 0 {
		out = append(out, stack(waiting...)...)
	}
	t.reply(Reply{Body: out, Buttons: t.indicatorButtons(n), Instead: t.in.Tap != ""})
}

// history lists the last periods: sums, and the single values that the person may see.
func (v voice) history(n *domain.Indicator, s sight) Rich {
	periods := periodsOf(n)
	if len(periods) == 0 {
		return v.say("indicator.no_values")
	}
	out := v.say("indicator.values")
	for i, p := range periods[:min(len(periods), shownPeriods)] {
		var line Rich
		if v.together(n, p, s) == "" {
			line = v.periodLine(n, p, s)
			if goal := v.achievement(n, sumOf(n, p).measure(n.Kind)); goal != nil && i == 0 {
				line = stack(line, goal)
			}
		} else {
			line = v.withheldLine(n, p, s)
		}
		var own []Rich
		for _, a := range v.s.Actors {
			r, ok := n.Readings[p][a.ID]
			switch {
			case !ok || !s.sees(a.ID):
			case r.None:
				own = append(own, v.say("indicator.actor_none", "actor", v.actor(a.ID)))
			default:
				own = append(own, v.say("indicator.actor_value", "actor", v.actor(a.ID), "value", v.amount(n.Kind, n.Unit, r.Value)))
			}
		}
		block := stack(append([]Rich{line}, own...)...)
		block[0].Kind = Item
		out = append(out, block...)
	}
	return out
}

func (t *turn) indicatorButtons(n *domain.Indicator) [][]Button {
	var buttons []Button
	if !n.Retired && slices.Contains(t.voice().reportedBy(t.in.By), n) {
		buttons = append(buttons, t.fillButton(indicatorMark(n)))
	}
	if !n.Retired && (t.s.IsSteward(t.in.By) || t.s.Facilitates(t.in.By)) {
		number := indicatorMark(n)[1:]
		buttons = append(buttons, Button{Label: t.line("button.when"), Data: "ind:when:" + number},
			Button{Label: t.line("button.retire"), Data: "ind:stop:" + number})
	}
	return rows(2, append(buttons, Button{Label: t.line("button.indicators"), Data: "c:/indikator"})...)
}
