package commands

import (
	"errors"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"klaster/commands/phrase"
	"klaster/domain"
	"klaster/domain/calendar"
)

// askedReading is a value that an actor was asked for and has not given.
type askedReading struct {
	indicator *domain.Indicator
	actor     domain.ActorID
	period    calendar.Period
}

// dueReadings lists what the person's actors were asked for and have not answered, in the order of the indicators.
func dueReadings(v voice, p domain.PersonID) []askedReading {
	mine := v.s.Represents(p)
	if len(mine) == 0 {
		return nil
	}
	var out []askedReading
	for _, n := range v.s.Indicators {
		if n.Retired || n.Period == "" {
			continue
		}
		missing := v.s.Missing(n)
		for _, a := range mine {
			if slices.Contains(missing, a.ID) {
				out = append(out, askedReading{n, a.ID, n.Period})
			}
		}
	}
	return out
}

// lateReading is an indicator whose first reminder has passed, with those who still owe its value.
type lateReading struct {
	indicator *domain.Indicator
	actors    []domain.ActorID
}

// lateReadings lists who is late with what; it names no figures and may be shown to everybody.
func lateReadings(v voice) []lateReading {
	var out []lateReading
	for _, n := range v.s.Indicators {
		if n.Retired || !v.s.Late(n) {
			continue
		}
		if missing := v.s.Missing(n); len(missing) > 0 {
			out = append(out, lateReading{n, missing})
		}
	}
	return out
}

// reports says whether an actor is asked for an indicator's values.
func reports(n *domain.Indicator, a *domain.Actor) bool {
	return slices.Contains(n.Reporters.Actors, a.ID) || n.Reporters.Groups&domain.RoleSetOf(a.Roles) != 0
}

// reportersFor lists the person's actors that report an indicator.
func (v voice) reportersFor(n *domain.Indicator, p domain.PersonID) []*domain.Actor {
	return slices.DeleteFunc(v.s.Represents(p), func(a *domain.Actor) bool { return !reports(n, a) })
}

// reportedBy lists the indicators that the person's actors report.
func (v voice) reportedBy(p domain.PersonID) []*domain.Indicator {
	var out []*domain.Indicator
	for _, n := range v.s.Indicators {
		if !n.Retired && len(v.reportersFor(n, p)) > 0 {
			out = append(out, n)
		}
	}
	return out
}

// runData begins the entry of a value: /isidata, /isidata N1, /isidata N1 12 jt, /isidata N1 tw3 12 jt.
func runData(t *turn, rest string) {
	n, more, marked := t.cutIndicator(rest)
	reported := t.voice().reportedBy(t.in.By)
	switch {
	case marked && n == nil:
		t.refuse(domain.Refuse(domain.NotFound, "indicator.unknown"))
	case len(reported) == 0 && len(t.s.Represents(t.in.By)) == 0:
		if _, allowed := t.preview(domain.RaiseIssue{Issue: "-", Title: "-"}); allowed { // a steward without an actor
			t.tell("reading.nothing")
		}
	case len(reported) == 0:
		t.tell("reading.nothing")
	case n != nil && !slices.Contains(reported, n):
		mine := t.s.Represents(t.in.By)
		t.refuse(domain.Refuse(domain.NotAllowed, "reading.not_reporter", "indicator", n.Number, "name", n.Name, "actor", mine[0].Name))
	case n == nil && len(reported) > 1 && more != "" && t.dueReading(more):
	case rest == "" && t.allIn(reported):
	default:
		if n == nil && len(reported) == 1 {
			n = reported[0]
		}
		known := values{}
		if n != nil {
			known["indicator"] = strconv.Itoa(n.Number)
			more = t.cutPeriod(n, more, known)
		}
		switch {
		case more != "" && n != nil:
			known["value"] = more
		case more != "":
			known["typed"] = more
		}
		t.begin("reading", known, strings.TrimSpace("/isidata "+rest))
	}
}

// allIn shows the values of the periods asked for, with a way to change them, where none of them is missing.
func (t *turn) allIn(reported []*domain.Indicator) bool {
	v := t.voice()
	if len(dueReadings(v, t.in.By)) > 0 {
		return false
	}
	body := t.say("reading.all_in")
	var buttons []Button
	for _, n := range reported {
		period := calendar.LastComplete(n.Frequency, t.in.At.In(t.s.Location()))
		for _, a := range v.reportersFor(n, t.in.By) {
			r, there := n.Readings[period][a.ID]
			if !there {
				return false
			}
			value := v.line("reading.none")
			if !r.None {
				value = v.amount(n.Kind, n.Unit, r.Value)
			}
			body = append(body, v.say("reading.there", "indicator", v.indicatorName(n), "period", phrase.FormatPeriod(period, v.lang), "actor", v.actor(a.ID), "value", value)...)
		}
		buttons = append(buttons, Button{Label: v.line("button.change_reading", "number", n.Number), Data: "c:/isidata " + indicatorMark(n)})
	}
	t.reply(Reply{To: ToPrivate, Body: body, Buttons: rows(2, first(buttons, maxButtons)...)})
	return true
}

// cutPeriod takes a period in the indicator's rhythm off the front of a text.
func (t *turn) cutPeriod(n *domain.Indicator, text string, known values) (rest string) {
	words := strings.Fields(text)
	for k := min(len(words)-1, 3); k > 0; k-- {
		p, err := phrase.ParsePeriod(strings.Join(words[:k], " "), t.in.Lang, t.in.At.In(t.s.Location()))
		if err == nil && p.Frequency() == n.Frequency {
			known["period"] = string(p)
			return strings.Join(words[k:], " ")
		}
	}
	return text
}

// dueReading takes private text that reads like an amount, or like an answer to a prompt, while a value is waited for.
func (t *turn) dueReading(text string) bool {
	due := dueReadings(t.voice(), t.in.By)
	if len(due) == 0 || !t.in.Private {
		return false
	}
	word := strings.ToLower(strings.TrimRight(strings.TrimSpace(text), "."))
	switch {
	case slices.Contains(laterWords, word):
		if len(due) == 1 {
			t.deferReading(due[0])
			return true
		}
		return false
	case slices.Contains(noneWords, word):
		text = t.line("reading.none")
	case !t.looksLikeAmount(text, due):
		return false
	}
	known := values{"typed": text}
	if !slices.ContainsFunc(due, func(d askedReading) bool { return d.indicator != due[0].indicator }) {
		known = values{"indicator": strconv.Itoa(due[0].indicator.Number), "period": string(due[0].period), "value": text}
	}
	if len(due) == 1 {
		known["actor"] = string(due[0].actor)
	}
	t.begin("reading", known, "")
	return true
}

// laterWords and noneWords are what people answer instead of a value, in both languages.
var (
	laterWords = []string{"besok", "tunda", "isi besok", "nanti", "tomorrow", "later"}
	noneWords  = []string{"data belum ada", "belum ada", "tidak ada", "tidak ada data", "no data", "no data yet", "none", "n/a"}
)

// looksLikeAmount says whether a text is an amount and nothing more: a sentence that begins with a number is none.
func (t *turn) looksLikeAmount(text string, due []askedReading) bool {
	amount, err := phrase.ParseAmount(text, t.in.Lang)
	if refused := (*phrase.Error)(nil); errors.As(err, &refused) {
		first, _ := utf8.DecodeRuneInString(strings.TrimSpace(text))
		return refused.Reason != phrase.NotANumber && refused.Reason != phrase.Empty && unicode.IsDigit(first) && len(strings.Fields(text)) <= 3
	}
	if len(strings.Fields(amount.Unit)) <= 1 {
		return true
	}
	return slices.ContainsFunc(due, func(d askedReading) bool { return strings.EqualFold(string(d.indicator.Unit), amount.Unit) })
}

// roughWords are no units but estimates: "12 jutaan".
var roughWords = []string{"ribuan", "jutaan", "miliaran", "milyaran", "triliunan"}

// readQuantity reads an amount in an indicator's unit.
func (t *turn) readQuantity(kind domain.UnitKind, unit, text string) (domain.Quantity, *domain.Error) {
	amount, err := phrase.ParseAmount(text, t.in.Lang)
	if err != nil {
		reason := phrase.NotANumber
		if refused := (*phrase.Error)(nil); errors.As(err, &refused) {
			reason = refused.Reason
		}
		shown := short(domain.Text(strings.ToValidUTF8(text, "?")), domain.MaxName)
		return 0, domain.Refuse(domain.Invalid, "quantity."+string(reason), "text", shown)
	}
	if slices.Contains(roughWords, strings.ToLower(amount.Unit)) {
		return 0, domain.Refuse(domain.Invalid, "quantity.rough", "text", short(domain.Text(text), domain.MaxName))
	}
	fits := amount.Unit == "" || strings.EqualFold(amount.Unit, unit) ||
		kind == domain.UnitMoney && amount.Unit == "Rp" || kind == domain.UnitPercent && amount.Unit == "%"
	if !fits {
		return 0, domain.Refuse(domain.Invalid, "quantity.unit", "typed", short(domain.Text(amount.Unit), domain.MaxName), "unit", unit)
	}
	return domain.Quantity(amount.Value), nil
}

// jumped says whether a value differs from the last by more than half of it.
func jumped(before, after domain.Quantity) bool {
	if before == 0 {
		return false // nothing to compare with
	}
	b, a := big.NewInt(int64(before)), big.NewInt(int64(after))
	difference := new(big.Int).Sub(a, b)
	return difference.Abs(difference).Lsh(difference, 1).Cmp(b.Abs(b)) > 0
}

// lastReading is the actor's newest value before a period.
func lastReading(n *domain.Indicator, a domain.ActorID, before calendar.Period) (calendar.Period, domain.Reading, bool) {
	for _, p := range periodsOf(n) {
		if r, ok := n.Readings[p][a]; ok && !r.None && p < before {
			return p, r, true
		}
	}
	return "", domain.Reading{}, false
}
