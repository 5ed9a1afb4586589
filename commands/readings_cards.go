package commands

import (
	"strconv"
	"strings"

	"klaster/commands/phrase"
	"klaster/domain"
	"klaster/domain/calendar"
)

// noticePrompt asks every representative of each actor privately; where that cannot be, a line in the group mentions
// the person without a word of what it is about.
func noticePrompt(v voice, n domain.Notice, lang LangOf) []Card {
	indicator := v.s.Indicator(n.Item)
	if indicator == nil || indicator.Retired || indicator.Period != n.Period {
		return nil
	}
	var out []Card
	for _, id := range n.Actors {
		if _, answered := indicator.Readings[n.Period][id]; answered {
			continue
		}
		if a := v.s.Actor(id); a == nil || a.Status != domain.StatusApproved { // it has left since
			continue
		}
		asked := askedReading{indicator, id, n.Period}
		for _, card := range privately(v, n, lang, representatives(v.s.Actor(id)), func(theirs voice, p domain.PersonID) Card {
			return theirs.promptCard(v, n, asked, p)
		}) {
			card.Key += "/" + string(id) // a person may stand for several of the actors asked
			out = append(out, card)
		}
	}
	return out
}

func (v voice) promptCard(group voice, n domain.Notice, asked askedReading, p domain.PersonID) Card {
	key := "reading.prompt"
	if n.Kind == domain.NoticePromptAgain {
		key = "reading.prompt_again"
	}
	body := v.askReading(key, asked)
	if n.Missed > 0 {
		body = append(body, v.say("reading.missed", "count", n.Missed)...)
	}
	button := func(label, op string) Button {
		data := "rd:" + op + ":" + strconv.Itoa(asked.indicator.Number) + ":" + string(asked.period) + ":" + string(asked.actor)
		return Button{Label: v.line(label), Data: data}
	}
	return Card{
		Class: Prompt, Tone: ToneData, Body: body,
		Fallback: group.say("reading.fallback", "person", Span{Kind: Person, Person: p, Ping: true}),
		Buttons: [][]Button{
			{button("button.fill_now", "go")},
			{button("button.zero", "zero"), button("button.no_data", "none"), button("button.tomorrow", "later")},
		},
	}
}

// readingTap handles the buttons of a prompt: rd:<what>:<indicator>:<period>:<actor>.
func readingTap(t *turn, args []string) {
	if len(args) != 4 {
		t.old()
		return
	}
	n, _ := t.indicatorNamed("N" + args[1])
	asked := askedReading{n, domain.ActorID(args[3]), calendar.Period(args[2])}
	if n == nil || t.s.Actor(asked.actor) == nil || asked.period.Frequency() != n.Frequency || n.Frequency == "" {
		t.old()
		return
	}
	switch args[0] {
	case "go":
		t.beginAsked(asked, "")
	case "zero":
		t.beginAsked(asked, "0")
	case "none":
		if t.decide(domain.ReportUnavailable{Indicator: n.ID, Actor: asked.actor, Period: asked.period}) && len(t.out.Events) == 0 {
			t.toast("reading.same", "indicator", short(n.Name, 40), "period", phrase.FormatPeriod(asked.period, t.in.Lang))
		}
	case "later":
		t.deferReading(asked)
	default:
		t.old()
	}
}

// beginAsked starts the entry of what a prompt asks for; the rules are asked first whether this person may answer it.
func (t *turn) beginAsked(asked askedReading, value string) {
	if _, allowed := t.preview(domain.ReportUnavailable{Indicator: asked.indicator.ID, Actor: asked.actor, Period: asked.period, Reason: "-"}); !allowed {
		return
	}
	known := values{"indicator": strconv.Itoa(asked.indicator.Number), "actor": string(asked.actor), "period": string(asked.period)}
	if value != "" {
		known["value"] = value
	}
	t.begin("reading", known, "/isidata "+indicatorMark(asked.indicator))
}

func (t *turn) deferReading(asked askedReading) {
	if t.decide(domain.DeferReading{Indicator: asked.indicator.ID, Actor: asked.actor, Period: asked.period}) && len(t.out.Events) == 0 {
		t.toast("reading.deferred", "indicator", short(asked.indicator.Name, 40), "until", t.voice().firing(asked.indicator.Deferred[asked.actor]))
	}
}

// answerRecorded gives the receipt, privately: figures are nobody else's.
func answerRecorded(t *turn, commit domain.Commit, e domain.Event) {
	recorded := e.(domain.ReadingRecorded)
	n := t.s.Indicator(recorded.Indicator)
	v := t.voice()
	stops := t.stops(askedReading{n, recorded.Actor, recorded.Period})
	body := t.say("reading.saved", "stops", stops, "actor", v.actor(recorded.Actor), "indicator", n.Name, "period", phrase.FormatPeriod(recorded.Period, t.in.Lang),
		"value", v.amount(n.Kind, n.Unit, recorded.Value), "command", v.command("data")+" "+indicatorMark(n), "receipt", commit.Receipt)
	more, buttons := t.stillDue()
	t.reply(Reply{To: ToPrivate, Body: append(body, more...), Buttons: buttons, Instead: true})
}

// stillDue is what else the person's actors were asked for.
func (t *turn) stillDue() (Rich, [][]Button) {
	due := dueReadings(t.voice(), t.in.By)
	if len(due) == 0 {
		return nil, nil
	}
	next := due[0]
	return t.say("reading.still_due", "count", len(due), "indicator", t.voice().indicatorName(next.indicator), "actor", t.voice().actor(next.actor)),
		[][]Button{{{Label: t.line("button.fill_now"), Data: "rd:go:" + strconv.Itoa(next.indicator.Number) + ":" + string(next.period) + ":" + string(next.actor)}}}
}

func answerUnavailable(t *turn, commit domain.Commit, e domain.Event) {
	unavailable := e.(domain.ReadingUnavailable)
	n := t.s.Indicator(unavailable.Indicator)
	body := t.say("reading.none_saved", "actor", t.voice().actor(unavailable.Actor), "period", phrase.FormatPeriod(unavailable.Period, t.in.Lang),
		"indicator", indicatorMark(n), "command", t.voice().command("data")+" "+indicatorMark(n), "receipt", commit.Receipt)
	if !strings.HasPrefix(t.in.Tap, "f:") { // a button of the prompt, which stays as it is
		t.reply(Reply{To: ToToast, Body: body})
		return
	}
	more, buttons := t.stillDue()
	t.reply(Reply{To: ToPrivate, Body: append(body, more...), Buttons: buttons, Instead: true})
}

func answerDeferred(t *turn, _ domain.Commit, e domain.Event) {
	deferred := e.(domain.ReadingDeferred)
	n := t.s.Indicator(deferred.Indicator)
	t.toast("reading.deferred", "indicator", short(n.Name, 40), "until", t.voice().firing(deferred.Until))
}
