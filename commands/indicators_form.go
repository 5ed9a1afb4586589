package commands

import (
	"slices"
	"strconv"
	"strings"

	"klaster/commands/phrase"
	"klaster/domain"
	"klaster/domain/calendar"
)

// beginIndicator starts the definition of an indicator with what was written behind the command.
func (t *turn) beginIndicator(rest string) {
	if !t.steers() {
		return
	}
	known, unread := t.readIndicatorLine(rest)
	if len(unread) > 0 {
		t.tell("indicator.unread", "parts", t.voice().list(unread))
		return
	}
	t.begin("indicator", known, "/indikator baru "+rest)
}

// indicatorForm asks for an indicator: one of the starter catalogue or an own one.
func indicatorForm() form {
	return form{
		name: "indicator", private: true, confirm: "button.yes_save",
		fields: []field{
			{
				key: "name", typed: true, max: domain.MaxName, read: readIndicatorName,
				ask:     func(t *turn, _ values) Rich { return t.say("indicator.ask_name") },
				choices: presetChoices, then: fillPreset,
			},
			{
				key: "unit", typed: true, max: domain.MaxName, read: readWordsOrPercent,
				ask: func(t *turn, v values) Rich { return t.say("indicator.ask_unit", "name", v["name"]) },
				choices: func(t *turn, _ values) []choice {
					return []choice{{"rupiah", t.line("unit.rupiah")}, {"%", "%"}, {t.line("unit.people"), t.line("unit.people")}, {t.line("unit.firms"), t.line("unit.firms")}}
				},
			},
			{
				key: "direction", typed: true, read: readDirection,
				ask: func(t *turn, v values) Rich { return t.say("indicator.ask_direction", "name", v["name"]) },
				choices: func(t *turn, _ values) []choice {
					return []choice{{string(domain.Up), t.line("direction.up")}, {string(domain.Down), t.line("direction.down")}}
				},
			},
			{key: "baseline", optional: true, read: readGoal, ask: func(t *turn, v values) Rich { return t.say("indicator.ask_baseline", "unit", v["unit"]) }},
			{key: "target", optional: true, read: readGoal, ask: func(t *turn, v values) Rich { return t.say("indicator.ask_target", "unit", v["unit"]) }},
			{
				key: "reporters", many: true, typed: true, max: domain.MaxText, read: readReporters, choices: reporterChoices,
				ask: func(t *turn, _ values) Rich { return t.say("indicator.ask_reporters") },
			},
			{
				key: "actors", many: true,
				when: func(_ *turn, v values) bool { return slices.Contains(v.list("reporters"), namedActors) },
				ask:  func(t *turn, _ values) Rich { return t.say("indicator.ask_actors") },
				choices: func(t *turn, _ values) []choice {
					var out []choice
					for _, a := range t.s.Approved() {
						out = append(out, choice{string(a.ID), short(a.Name, 40)})
					}
					return out
				},
			},
			{
				key: "frequency", typed: true, read: readFrequency,
				ask: func(t *turn, _ values) Rich { return t.say("indicator.ask_frequency") },
				choices: func(t *turn, _ values) []choice {
					var out []choice
					for _, f := range calendar.Frequencies() {
						out = append(out, choice{string(f), t.line("frequency." + string(f))})
					}
					return out
				},
				then: func(_ *turn, v values) { v["schedule"] = domain.DefaultCron(calendar.Frequency(v["frequency"])) },
			},
			scheduleField(func(t *turn, v values) Rich { return t.say("indicator.ask_schedule", "name", v["name"]) }),
		},
		echo: echoIndicator,
		submit: func(t *turn, v values) bool {
			t.decide(domain.DefineIndicator{IndicatorDefined: t.defined(v)})
			return false
		},
	}
}

func presetChoices(t *turn, _ values) []choice {
	var out []choice
	for _, p := range presets() {
		out = append(out, choice{p.code, t.line("preset." + p.code)})
	}
	return out
}

// fillPreset completes an indicator of the starter catalogue, in the cluster's language, for everybody will read it.
func fillPreset(t *turn, v values) {
	for _, p := range presets() {
		if p.code != v["name"] {
			continue
		}
		v["name"] = t.c.texts.Line(t.s.Lang(), "preset."+p.code)
		v["unit"] = t.c.texts.Line(t.s.Lang(), "preset."+p.code+".unit")
		v["direction"], v["frequency"] = string(p.direction), string(p.frequency)
		v["schedule"] = domain.DefaultCron(p.frequency)
	}
}

func readIndicatorName(t *turn, v values, text string) (string, *domain.Error) {
	return readSentence(t, v, text)
}

// readWordsOrPercent takes a unit: words, or the percent sign.
func readWordsOrPercent(t *turn, v values, text string) (string, *domain.Error) {
	if text == "%" {
		return text, nil
	}
	return readSentence(t, v, text)
}

func readDirection(_ *turn, _ values, text string) (string, *domain.Error) {
	for _, word := range strings.Fields(strings.ToLower(text)) {
		if d, ok := directionWords[word]; ok {
			return string(d), nil
		}
	}
	return "", domain.Refuse(domain.Invalid, "form.choose")
}

func readFrequency(_ *turn, _ values, text string) (string, *domain.Error) {
	text = strings.ToLower(text)
	if f, ok := frequencyWords[text]; ok {
		return string(f), nil
	}
	if f, ok := frequencyWords[strings.TrimPrefix(strings.TrimPrefix(text, "setiap "), "per ")]; ok {
		return string(f), nil
	}
	return "", domain.Refuse(domain.Invalid, "form.choose")
}

// readGoal reads a baseline or target in the unit answered before.
func readGoal(t *turn, v values, text string) (string, *domain.Error) {
	if text == "" {
		return "", nil
	}
	q, refusal := t.readQuantity(kindOfUnit(v["unit"]), v["unit"], text)
	if refusal != nil {
		return "", refusal
	}
	return strconv.FormatInt(int64(q), 10), nil
}

func reporterChoices(t *turn, _ values) []choice {
	out := []choice{{everyGroup, t.line("reporter.all")}}
	for _, g := range domain.Groups() {
		out = append(out, choice{g.String(), t.line("rolebutton." + g.String())})
	}
	return append(out, choice{namedActors, t.line("reporter.named")})
}

// readReporters reads groups and names of actors, separated by commas; what matches neither is asked for by buttons.
func readReporters(t *turn, _ values, text string) (string, *domain.Error) {
	var out []string
	for _, part := range strings.Split(text, ",") {
		value, ok := t.reporter(strings.TrimSpace(part))
		if !ok {
			return "", domain.Refuse(domain.NotFound, "indicator.reporter", "name", part)
		}
		if !slices.Contains(out, value) {
			out = append(out, value)
		}
	}
	return strings.Join(out, ","), nil
}

// reporter reads one group or one actor's name; an actor is stored as "=<id>".
func (t *turn) reporter(text string) (string, bool) {
	if value, ok := reporterWords[strings.ToLower(text)]; ok {
		return value, true
	}
	var found []*domain.Actor
	for _, a := range similarActors(t.s, text) {
		if a.Status == domain.StatusApproved {
			found = append(found, a)
		}
	}
	if len(found) != 1 {
		return "", false
	}
	return "=" + string(found[0].ID), true
}

// reportersOf gathers groups and actors of both questions.
func reportersOf(v values) domain.Reporters {
	var r domain.Reporters
	add := func(id string) {
		if !slices.Contains(r.Actors, domain.ActorID(id)) {
			r.Actors = append(r.Actors, domain.ActorID(id))
		}
	}
	for _, value := range v.list("reporters") {
		id, actor := strings.CutPrefix(value, "=")
		g, group := domain.GroupNamed(value)
		switch {
		case actor:
			add(id)
		case group:
			r.Groups |= domain.RoleSetOf([]domain.Role{{Group: g}})
		case value == everyGroup:
			for _, g := range domain.Groups() {
				r.Groups |= domain.RoleSetOf([]domain.Role{{Group: g}})
			}
		case value == namedActors:
			for _, id := range v.list("actors") {
				add(id)
			}
		}
	}
	return r
}

// defined is the indicator as answered.
func (t *turn) defined(v values) domain.IndicatorDefined {
	return domain.IndicatorDefined{
		Indicator: domain.ItemID(t.mint()), Name: domain.Text(v["name"]), Unit: domain.Text(v["unit"]), Kind: kindOfUnit(v["unit"]),
		Direction: domain.Direction(v["direction"]), Baseline: goal(v["baseline"]), Target: goal(v["target"]),
		Reporters: reportersOf(v), Frequency: calendar.Frequency(v["frequency"]), Cron: v["schedule"],
	}
}

func goal(stored string) *domain.Quantity {
	n, err := strconv.ParseInt(stored, 10, 64)
	if err != nil {
		return nil
	}
	q := domain.Quantity(n)
	return &q
}

func echoIndicator(t *turn, v values) Rich {
	voice, e := t.voice(), t.defined(v)
	shown := func(q *domain.Quantity) string {
		if q == nil {
			return t.line("word.none")
		}
		return voice.amount(e.Kind, e.Unit, *q)
	}
	out := t.say("indicator.echo", "name", v["name"], "unit", v["unit"], "direction", t.line("direction."+v["direction"]),
		"baseline", shown(e.Baseline), "target", shown(e.Target), "reporters", voice.reporters(e.Reporters),
		"frequency", t.line("frequency."+v["frequency"]), "schedule", phrase.Describe(e.Cron, t.in.Lang))
	return append(out, t.firings(e.Cron, e.Frequency)...)
}
