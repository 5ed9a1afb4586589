package commands

import (
	"strconv"
	"strings"

	"klaster/commands/phrase"
	"klaster/domain"
	"klaster/domain/calendar"
)

// noValue is the answer "there is no value for this period".
const noValue = "none"

// readingForm takes one value. Indicator, actor and period are asked for only where they are in doubt; all of them can
// be corrected from the echo, and a better number may simply be typed there.
func readingForm() form {
	return form{
		name: "reading", private: true, confirm: "button.yes_save", again: "value",
		fields: []field{
			{key: "typed", given: true, when: func(*turn, values) bool { return false }}, // an amount that came before its indicator
			{
				key: "indicator", typed: true, read: readReportedIndicator, then: fillReading,
				ask: func(t *turn, _ values) Rich { return t.say("reading.ask_indicator") },
				choices: func(t *turn, _ values) []choice {
					var out []choice
					for _, n := range t.voice().reportedBy(t.in.By) {
						out = append(out, choice{strconv.Itoa(n.Number), t.voice().indicatorName(n)})
					}
					return out
				},
			},
			actorField(func(t *turn, v values) []*domain.Actor { return t.voice().reportersFor(t.indicatorOf(v), t.in.By) }),
			{
				key: "period", typed: true, read: readPeriod, choices: periodChoices,
				ask: func(t *turn, v values) Rich {
					return t.say("reading.ask_period", "indicator", t.voice().indicatorName(t.indicatorOf(v)))
				},
			},
			{
				key: "value", typed: true, read: readValue, ask: askValue,
				choices: func(t *turn, _ values) []choice {
					return []choice{{"0", t.line("reading.zero")}, {noValue, t.line("reading.none")}}
				},
			},
		},
		echo: echoReading, submit: submitReading,
	}
}

func readReportedIndicator(t *turn, _ values, text string) (string, *domain.Error) {
	n, _ := t.indicatorNamed(text)
	for _, reported := range t.voice().reportedBy(t.in.By) {
		if reported == n {
			return strconv.Itoa(n.Number), nil
		}
	}
	return "", domain.Refuse(domain.Invalid, "form.choose")
}

// fillReading answers what follows from the indicator: the actor where there is one, and the period asked for.
func fillReading(t *turn, v values) {
	n := t.indicatorOf(v)
	delete(v, "actor")
	delete(v, "value")
	if typed := v["typed"]; typed != "" {
		delete(v, "typed")
		if value, refusal := t.readTyped(v, typed); refusal == nil {
			v["value"] = value
		}
	}
	v["period"] = string(calendar.LastComplete(n.Frequency, t.in.At.In(t.s.Location())))
	for _, due := range dueReadings(t.voice(), t.in.By) {
		if due.indicator == n {
			v["period"] = string(due.period)
		}
	}
}

// readTyped reads an amount that was written before it was known for which indicator, or that there is none.
func (t *turn) readTyped(v values, text string) (string, *domain.Error) {
	if strings.EqualFold(text, t.line("reading.none")) {
		return noValue, nil
	}
	return readValue(t, v, text)
}

// readingActor is the actor a value is for.
func (t *turn) readingActor(v values) domain.ActorID {
	if v["actor"] != "" {
		return domain.ActorID(v["actor"])
	}
	if mine := t.voice().reportersFor(t.indicatorOf(v), t.in.By); len(mine) > 0 {
		return mine[0].ID
	}
	return ""
}

func readPeriod(t *turn, v values, text string) (string, *domain.Error) {
	n := t.indicatorOf(v)
	p, err := phrase.ParsePeriod(text, t.in.Lang, t.in.At.In(t.s.Location()))
	if err != nil || p.Frequency() != n.Frequency {
		return "", domain.Refuse(domain.Invalid, "reading.period", "indicator", n.Number, "name", n.Name)
	}
	if from, _ := calendar.Bounds(p, t.s.Location()); from.After(t.in.At) {
		return "", domain.Refuse(domain.NotYet, "reading.future", "indicator", n.Number, "name", n.Name, "period", string(p), "begins", from)
	}
	return string(p), nil
}

// periodChoices are the last complete periods.
func periodChoices(t *turn, v values) []choice {
	var out []choice
	p := calendar.LastComplete(t.indicatorOf(v).Frequency, t.in.At.In(t.s.Location()))
	for range shownPeriods {
		out = append(out, choice{string(p), phrase.FormatPeriod(p, t.in.Lang)})
		p = calendar.Previous(p)
	}
	return out
}

func readValue(t *turn, v values, text string) (string, *domain.Error) {
	n := t.indicatorOf(v)
	q, refusal := t.readQuantity(n.Kind, string(n.Unit), text)
	if refusal != nil {
		return "", refusal
	}
	return strconv.FormatInt(int64(q), 10), nil
}

func askValue(t *turn, v values) Rich {
	return t.voice().askReading("reading.ask", askedReading{t.indicatorOf(v), t.readingActor(v), calendar.Period(v["period"])})
}

// askReading words the question for a value: what, for which period and actor, the last value, how to write it.
func (v voice) askReading(key string, asked askedReading) Rich {
	n := asked.indicator
	last := ""
	if p, r, ok := lastReading(n, asked.actor, asked.period); ok {
		last = " " + v.line("reading.last", "value", v.amount(n.Kind, n.Unit, r.Value), "period", phrase.FormatPeriod(p, v.lang))
	}
	return v.say(key, "cluster", v.s.Name, "indicator", n.Name, "period", phrase.FormatPeriod(asked.period, v.lang), "actor", v.actor(asked.actor),
		"unit", n.Unit, "last", last, "example", v.line("reading.example."+string(n.Kind)))
}

func echoReading(t *turn, v values) Rich {
	voice, n := t.voice(), t.indicatorOf(v)
	asked := askedReading{n, t.readingActor(v), calendar.Period(v["period"])}
	args := []any{"indicator", n.Name, "period", phrase.FormatPeriod(asked.period, t.in.Lang), "actor", voice.actor(asked.actor)}
	if v["value"] == noValue {
		return t.say("reading.echo_none", append(args, "stops", t.stops(asked))...)
	}
	value := storedQuantity(v["value"])
	compared := ""
	p, last, known := lastReading(n, asked.actor, asked.period)
	if known {
		compared = ", " + t.line("reading.since", "change", voice.changeWords(last.Value, value), "period", phrase.FormatPeriod(p, t.in.Lang))
	}
	out := t.say("reading.echo", append(args, "value", voice.amount(n.Kind, n.Unit, value), "compared", compared)...)
	if old, ok := n.Readings[asked.period][asked.actor]; ok && !old.None && old.Value != value {
		out = append(out, t.say("reading.replaces", "value", voice.amount(n.Kind, n.Unit, old.Value))...)
	}
	if known && jumped(last.Value, value) {
		out = append(out, t.say("reading.jump", "value", voice.amount(n.Kind, n.Unit, last.Value))...)
	}
	return append(out, t.say("reading.correct")...)
}

// stops says that reminders end, where there are any for the period.
func (t *turn) stops(asked askedReading) string {
	if asked.indicator.Retired || asked.indicator.Period != asked.period {
		return ""
	}
	return " " + t.line("reading.stops")
}

func storedQuantity(stored string) domain.Quantity {
	n, _ := strconv.ParseInt(stored, 10, 64)
	return domain.Quantity(n)
}

// changeWords is a change without its arrow: "naik 12,5%".
func (v voice) changeWords(before, after domain.Quantity) string {
	_, words, _ := strings.Cut(v.change(before, after), " ")
	return words
}

func submitReading(t *turn, v values) bool {
	n, actor, period := t.indicatorOf(v), t.readingActor(v), calendar.Period(v["period"])
	var command domain.Command = domain.RecordReading{Indicator: n.ID, Actor: actor, Period: period, Value: storedQuantity(v["value"])}
	if v["value"] == noValue {
		command = domain.ReportUnavailable{Indicator: n.ID, Actor: actor, Period: period}
	}
	if t.decide(command) && len(t.out.Events) == 0 {
		t.tell("reading.same", "indicator", n.Name, "period", phrase.FormatPeriod(period, t.in.Lang))
		return true
	}
	return false
}
