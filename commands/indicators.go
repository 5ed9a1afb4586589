package commands

import (
	"strconv"
	"strings"

	"klaster/domain"
)

// indicatorsArea is what the cluster measures: indicators, when their values are asked for, and the values themselves.
func indicatorsArea() area {
	return area{
		verbs: []verb{
			{name: "indicator", names: []string{"indikator", "indicators"}, group: true, private: true, run: runIndicator},
			{name: "data", names: []string{"isidata", "lapor", "realisasi"}, private: true, run: runData},
			{name: "reminders", names: []string{"pengingat", "jadwalpengingat", "cron", "reminder"}, private: true, run: runReminders},
		},
		taps: []tapper{
			{prefix: "ind", asks: true, run: indicatorTap},
			{prefix: "rd", asks: true, run: readingTap},
		},
		forms: []form{indicatorForm(), retireForm(), scheduleForm(), readingForm()},
		answers: map[string]answer{
			"indicator_defined":   answerDefined,
			"indicator_scheduled": answerScheduled,
			"indicator_retired":   answerRetired,
			"reading_recorded":    answerRecorded,
			"reading_unavailable": answerUnavailable,
			"reading_deferred":    answerDeferred,
		},
		notices: map[domain.NoticeKind]notifier{
			domain.NoticePrompt:      noticePrompt,
			domain.NoticePromptAgain: noticePrompt,
		},
	}
}

// indicatorActs are the words behind /indikator that act.
var indicatorActs = map[string]func(t *turn, rest string){
	"baru": (*turn).beginIndicator, "new": (*turn).beginIndicator,
	"hentikan": (*turn).beginRetire, "retire": (*turn).beginRetire,
}

// runIndicator lists the indicators, shows one, or defines one.
func runIndicator(t *turn, rest string) {
	first, more, _ := strings.Cut(rest, " ")
	if act, ok := indicatorActs[strings.ToLower(first)]; ok {
		act(t, strings.TrimSpace(more))
		return
	}
	switch n, marked := t.indicatorNamed(rest); {
	case rest == "":
		t.reply(t.indicatorList())
	case n != nil:
		t.showIndicator(n)
	case marked:
		t.refuse(domain.Refuse(domain.NotFound, "indicator.unknown"))
	default:
		t.beginIndicator(rest)
	}
}

// indicatorNamed finds the indicator meant by "N1" or by its name; marked says that the text was written like a number
// of one.
func (t *turn) indicatorNamed(text string) (n *domain.Indicator, marked bool) {
	text = strings.TrimSpace(text)
	if number, ok := numbered(text, "n"); ok {
		return t.s.IndicatorNumbered(number), true
	}
	for _, n := range t.s.Indicators {
		if text != "" && !n.Retired && strings.EqualFold(string(n.Name), text) {
			return n, false
		}
	}
	return nil, false
}

// cutIndicator takes an indicator's number off the front of a text.
func (t *turn) cutIndicator(text string) (n *domain.Indicator, rest string, marked bool) {
	first, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	if len(first) > 1 && (first[0] == 'n' || first[0] == 'N') {
		if number, ok := numbered(first, "n"); ok {
			return t.s.IndicatorNumbered(number), strings.TrimSpace(rest), true
		}
	}
	return nil, strings.TrimSpace(text), false
}

// indicatorMark is how people write an indicator: N1.
func indicatorMark(n *domain.Indicator) string { return "N" + strconv.Itoa(n.Number) }

func (v voice) indicatorName(n *domain.Indicator) string {
	return indicatorMark(n) + " " + shownText(v.lang, n.Name)
}

// steers says whether the person is a steward or the facilitator by name; being an admin of the chat is not enough for
// what is prepared in a private chat, where it cannot be looked up.
func (t *turn) steers() bool {
	if t.s.IsSteward(t.in.By) || t.s.Facilitates(t.in.By) {
		return true
	}
	t.toast("indicator.named_only")
	return false
}

// indicatorList shows every active indicator, and to those who may, how one is defined.
func (t *turn) indicatorList() Reply {
	v := t.voice()
	out := t.say("indicator.title", "name", t.s.Name)
	active := 0
	sight := t.sight()
	for _, n := range t.s.Indicators {
		if n.Retired {
			continue
		}
		active++
		out = append(out, v.indicatorLines(n, sight)...)
	}
	if active == 0 {
		out = t.say("indicator.none")
	}
	r := Reply{Instead: t.in.Tap != ""}
	if active > 0 {
		out = append(out, t.say("indicator.see_one")...)
	}
	var buttons []Button
	if t.s.IsSteward(t.in.By) || t.s.Facilitates(t.in.By) {
		if t.in.Private || active == 0 {
			out = append(out, t.say("indicator.how")...)
		}
		buttons = append(buttons, Button{Label: t.line("button.new_indicator"), Data: "c:/indikator baru"})
	}
	if len(t.voice().reportedBy(t.in.By)) > 0 {
		buttons = append(buttons, t.fillButton(""))
	}
	if active > 0 {
		buttons = append(buttons, Button{Label: t.line("button.reminders"), Data: "c:/pengingat"})
	}
	r.Body, r.Buttons = out, rows(2, buttons...)
	return r
}

// fillButton begins the entry of a value, which is always private.
func (t *turn) fillButton(mark string) Button {
	command := strings.TrimSpace("/isidata " + mark)
	if t.in.Private {
		return Button{Label: t.line("button.fill"), Data: "c:" + command}
	}
	return Button{Label: t.line("button.fill"), Private: command}
}

// indicatorTap handles the buttons of one indicator: ind:stop:<number>, ind:when:<number>.
func indicatorTap(t *turn, args []string) {
	if len(args) != 2 {
		t.old()
		return
	}
	n, ok := t.indicatorNamed("N" + args[1])
	switch {
	case n == nil || !ok || n.Retired:
		t.old()
	case args[0] == "stop":
		t.beginRetire(indicatorMark(n))
	case args[0] == "when":
		t.beginSchedule(n, "")
	default:
		t.old()
	}
}

// beginRetire asks for the confirmation that ends an indicator.
func (t *turn) beginRetire(rest string) {
	n, _ := t.indicatorNamed(rest)
	switch {
	case n == nil:
		t.refuse(domain.Refuse(domain.NotFound, "indicator.unknown"))
	case !t.steers():
	case n.Retired:
		t.refuse(domain.Refuse(domain.Closed, "indicator.retired", "indicator", n.Number, "name", n.Name))
	default:
		t.begin("retire", values{"indicator": strconv.Itoa(n.Number)}, "/indikator hentikan "+indicatorMark(n))
	}
}

func retireForm() form {
	return form{
		name: "retire", private: true, fields: []field{hidden("indicator")}, confirm: "button.yes_retire", danger: true,
		echo: func(t *turn, v values) Rich {
			return t.say("indicator.echo_retire", "indicator", t.voice().indicatorName(t.indicatorOf(v)))
		},
		submit: func(t *turn, v values) bool {
			n := t.indicatorOf(v)
			if t.decide(domain.RetireIndicator{Indicator: n.ID}) && len(t.out.Events) == 0 {
				t.tell("indicator.retired_done", "indicator", t.voice().indicatorName(n))
				return true
			}
			return false
		},
	}
}

// indicatorOf is the indicator a form is about. Indicators are never deleted, so only a damaged session has none.
func (t *turn) indicatorOf(v values) *domain.Indicator {
	number, _ := strconv.Atoi(v["indicator"])
	if n := t.s.IndicatorNumbered(number); n != nil {
		return n
	}
	return &domain.Indicator{Name: domain.Erased}
}

func answerDefined(t *turn, commit domain.Commit, e domain.Event) {
	defined := e.(domain.IndicatorDefined)
	n := t.s.Indicator(defined.Indicator)
	t.reply(Reply{
		Body: t.say("indicator.defined", "indicator", t.voice().indicatorName(n), "reporters", t.voice().reporters(n.Reporters),
			"next", t.voice().firing(n.NextSlot), "receipt", commit.Receipt),
		Buttons: [][]Button{{{Label: t.line("button.indicators"), Data: "c:/indikator"}}},
		Instead: true,
	})
}

func answerRetired(t *turn, commit domain.Commit, e domain.Event) {
	n := t.s.Indicator(e.(domain.IndicatorRetired).Indicator)
	t.reply(Reply{
		Body:    append(t.say("indicator.retired_done", "indicator", t.voice().indicatorName(n)), t.say("indicator.receipt", "receipt", commit.Receipt)...),
		Buttons: [][]Button{{{Label: t.line("button.indicators"), Data: "c:/indikator"}}},
		Instead: true,
	})
}
