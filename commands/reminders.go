package commands

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"klaster/commands/phrase"
	"klaster/domain"
	"klaster/domain/calendar"
)

// previewed is how many coming prompts a schedule is shown with.
const previewed = 3

// runReminders lists when values are asked for, or changes it: /pengingat N1 setiap Senin 09.00.
func runReminders(t *turn, rest string) {
	n, schedule, marked := t.cutIndicator(rest)
	switch {
	case rest == "":
		t.reply(t.reminderList())
	case n == nil && marked:
		t.refuse(domain.Refuse(domain.NotFound, "indicator.unknown"))
	case n == nil:
		t.tell("reminder.which")
	case n.Retired:
		t.refuse(domain.Refuse(domain.Closed, "indicator.retired", "indicator", n.Number, "name", n.Name))
	case schedule == "":
		r := Reply{Body: t.reminder(n)}
		if t.s.IsSteward(t.in.By) || t.s.Facilitates(t.in.By) {
			r.Buttons = [][]Button{{{Label: t.line("button.when"), Data: "ind:when:" + strconv.Itoa(n.Number)}}}
		}
		t.reply(r)
	default:
		t.beginSchedule(n, schedule)
	}
}

func (t *turn) reminderList() Reply {
	var out Rich
	for _, n := range t.s.Indicators {
		if !n.Retired {
			out = append(out, t.reminder(n)...)
		}
	}
	if len(out) == 0 {
		return Reply{Body: t.say("reminder.none"), Buttons: [][]Button{{{Label: t.line("button.indicators"), Data: "c:/indikator"}}}}
	}
	out = append(t.say("reminder.title"), out...)
	if t.s.IsSteward(t.in.By) || t.s.Facilitates(t.in.By) {
		out = append(out, t.say("reminder.how")...)
	}
	return Reply{Body: out}
}

// seldomer says whether a schedule leaves out periods of an indicator's rhythm: its next two times are further apart
// than one and a half periods.
func seldomer(times []time.Time, f calendar.Frequency) bool {
	if len(times) < 2 {
		return false
	}
	from, to := calendar.Bounds(calendar.PeriodOf(f, times[0]), times[0].Location())
	return times[1].Sub(times[0]) > to.Sub(from)*3/2
}

// reminder is one indicator's schedule with the times that come next.
func (t *turn) reminder(n *domain.Indicator) Rich {
	return stack(t.say("reminder.one", "indicator", t.voice().indicatorName(n), "schedule", phrase.Describe(n.Cron, t.in.Lang)), t.firings(n.Cron, n.Frequency))
}

// firings shows the next times of a schedule in words, and what is particular about it.
func (t *turn) firings(cron string, f calendar.Frequency) Rich {
	times, err := calendar.Next(cron, t.in.At.In(t.s.Location()), previewed)
	if err != nil || len(times) == 0 {
		return nil
	}
	v := t.voice()
	var shown []string
	for _, at := range times {
		shown = append(shown, v.firing(calendar.Slot(at)))
	}
	lines := []Rich{t.say("reminder.next", "times", strings.Join(shown, "; "))}
	if v.quietAt(times[0]) {
		lines = append(lines, t.say("reminder.quiet", "from", v.hour(domain.KeyQuietFrom), "to", v.hour(domain.KeyQuietTo)))
	}
	if read, err := phrase.ParseSchedule(cron, t.in.Lang); err == nil && read.SkipsMonths {
		lines = append(lines, t.say("reminder.skips"))
	}
	if seldomer(times, f) {
		lines = append(lines, t.say("reminder.seldom", "frequency", t.line("frequency."+string(f))))
	}
	return stack(lines...)
}

// firing is one time of a schedule: "Selasa, 5 Januari 2027, 09.00".
func (v voice) firing(slot string) string {
	at := calendar.SlotTime(slot, v.s.Location())
	if at.IsZero() {
		return v.line("word.none")
	}
	return phrase.WeekdayName(at.Weekday(), v.lang) + ", " + phrase.FormatDate(at, v.lang) + ", " + phrase.FormatClock(at, v.lang)
}

// quietAt says whether a time of day is strictly inside the quiet hours, after which a prompt is sent then.
func (v voice) quietAt(at time.Time) bool {
	from, to := v.s.Number(domain.KeyQuietFrom)*60, v.s.Number(domain.KeyQuietTo)*60
	minute := at.Hour()*60 + at.Minute()
	if from <= to {
		return from < minute && minute < to
	}
	return minute > from || minute < to
}

// hour is a setting that is an hour of the day: "20.00".
func (v voice) hour(key domain.CharterKey) string {
	return phrase.FormatClock(time.Date(2000, 1, 1, v.s.Number(key), 0, 0, 0, time.UTC), v.lang)
}

func (t *turn) beginSchedule(n *domain.Indicator, schedule string) {
	if !t.steers() {
		return
	}
	known := values{"indicator": strconv.Itoa(n.Number)}
	if schedule != "" {
		known["schedule"] = schedule
	}
	t.begin("schedule", known, strings.TrimSpace("/pengingat "+indicatorMark(n)+" "+schedule))
}

// scheduleForm changes when an indicator's values are asked for, after a preview.
func scheduleForm() form {
	return form{
		name: "schedule", private: true, confirm: "button.yes_save", again: "schedule",
		fields: []field{hidden("indicator"), scheduleField(func(t *turn, v values) Rich {
			return t.say("indicator.ask_schedule", "name", t.indicatorOf(v).Name)
		})},
		echo: func(t *turn, v values) Rich {
			out := t.say("reminder.echo", "indicator", t.voice().indicatorName(t.indicatorOf(v)), "schedule", phrase.Describe(v["schedule"], t.in.Lang))
			return append(out, t.firings(v["schedule"], t.indicatorOf(v).Frequency)...)
		},
		submit: func(t *turn, v values) bool {
			n := t.indicatorOf(v)
			if t.decide(domain.ScheduleIndicator{Indicator: n.ID, Cron: v["schedule"]}) && len(t.out.Events) == 0 {
				t.tell("reminder.same", "indicator", t.voice().indicatorName(n))
				return true
			}
			return false
		},
	}
}

func scheduleField(ask func(t *turn, v values) Rich) field {
	return field{key: "schedule", read: readSchedule, ask: ask}
}

// readSchedule reads a rhythm in words or as a cron expression. The refusals are those of the rules.
func readSchedule(t *turn, _ values, text string) (string, *domain.Error) {
	schedule, err := phrase.ParseSchedule(text, t.in.Lang)
	if err == nil {
		err = calendar.CheckCron(schedule.Cron, t.in.At.In(t.s.Location()))
	}
	if err == nil {
		return schedule.Cron, nil
	}
	reason := calendar.Unreadable
	if refused := (*calendar.Error)(nil); errors.As(err, &refused) {
		reason = refused.Reason
	}
	return "", domain.Refuse(domain.Invalid, "schedule."+string(reason), "schedule", short(domain.Text(strings.ToValidUTF8(text, "?")), domain.MaxName))
}

func answerScheduled(t *turn, commit domain.Commit, e domain.Event) {
	n := t.s.Indicator(e.(domain.IndicatorScheduled).Indicator)
	t.reply(Reply{
		Body: t.say("reminder.saved", "indicator", t.voice().indicatorName(n), "schedule", phrase.Describe(n.Cron, t.in.Lang),
			"next", t.voice().firing(n.NextSlot), "receipt", commit.Receipt),
		Buttons: [][]Button{{{Label: t.line("button.reminders"), Data: "c:/pengingat"}}},
		Instead: true,
	})
}
