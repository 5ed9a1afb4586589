package commands

import (
	"slices"

	"klaster/commands/phrase"
	"klaster/domain"
)

// maxDuties is how many things that wait are listed at once.
const maxDuties = 8

// runStatus says what needs the person now, and where the cluster stands. In a group the first part is one line: it is
// nobody else's business.
func runStatus(t *turn, _ string) {
	if !t.in.Private && t.in.Elsewhere == NotAsked {
		t.out.Need = NeedElsewhere
		return
	}
	v := t.voice()
	duties := dutiesOf(v, t.in.By)
	var body Rich
	var buttons [][]Button
	if t.in.Private {
		body, buttons = t.myDuties(duties)
	}
	body = append(body, v.atAGlance()...)
	if promise := t.promise(); promise != nil {
		body = append(body, promise...)
	}
	if !t.in.Private {
		if n := len(duties); n > 0 {
			body = append(body, t.say("status.yours", "count", n)...)
		}
		switch unfinished := t.in.Elsewhere == Yes; {
		case unfinished:
			body = append(body, t.say("status.unfinished")...)
		case len(duties) == 0:
			body = append(body, t.say("status.yours_none")...)
		}
		buttons = [][]Button{{{Label: t.line("button.my_matters"), Private: "/status"}, {Label: t.line("button.steps"), Data: "c:/langkah"}}}
	}
	t.reply(Reply{Body: body, Buttons: buttons})
}

// duty is something that waits for a person, with the buttons that do it.
type duty struct {
	line    Rich
	buttons []Button
}

// dutiesOf lists what waits for a person: positions and scores, data, approvals, verifications.
func dutiesOf(v voice, p domain.PersonID) []duty {
	var out []duty
	for _, w := range waitingFor(v, p) {
		out = append(out, duty{w.line, []Button{w.button}})
	}
	for _, r := range dueReadings(v, p) {
		if _, deferred := r.indicator.Deferred[r.actor]; deferred {
			continue
		}
		out = append(out, duty{
			v.say("status.reading", "indicator", v.indicatorName(r.indicator), "period", phrase.FormatPeriod(r.period, v.lang), "actor", v.actor(r.actor)),
			[]Button{{Label: v.line("button.report_one", "number", r.indicator.Number), Data: "c:/isidata " + indicatorMark(r.indicator)}},
		})
	}
	if v.s.IsSteward(p) {
		for _, a := range v.s.Pending() {
			out = append(out, duty{v.say("status.approve_actor", "name", a.Name, "roles", v.roleLine(a.Roles)), approvalRow(v, a)})
		}
	}
	out = append(out, representativesToApprove(v, p)...)
	for _, s := range domain.Steps() {
		if v.s.Step(s.ID).Status == domain.Claimed && len(v.s.Step(s.ID).Evidence) > 0 && v.verifies(s.ID, p) {
			out = append(out, duty{
				v.say("status.verify", "step", v.stepName(s.ID)),
				[]Button{{Label: v.line("button.verify_step", "step", string(s.ID)), Data: "c:/verifikasi " + string(s.ID)}},
			})
		}
	}
	return out
}

// verifies says whether a step waits for the person: for those who facilitate, and, where it is their own claim, for all
// others who may verify it.
func (v voice) verifies(id domain.StepID, p domain.PersonID) bool {
	if !v.mayVerify(id, p) {
		return false
	}
	guides := v.s.Stewards
	if v.s.Facilitator != "" {
		guides = []domain.PersonID{v.s.Facilitator}
	}
	return v.s.Facilitates(p) || !slices.ContainsFunc(guides, func(g domain.PersonID) bool { return v.mayVerify(id, g) })
}

// representativesToApprove lists who asks to stand beside the person, or, for a steward, for an actor without anybody.
func representativesToApprove(v voice, p domain.PersonID) []duty {
	var out []duty
	for _, a := range v.s.Actors {
		if a.Status != domain.StatusApproved || !a.RepresentedBy(p) && (!v.s.IsSteward(p) || len(representatives(a)) > 0) {
			continue
		}
		for _, r := range a.Reps {
			if r.Approved {
				continue
			}
			out = append(out, duty{
				v.say("status.approve_rep", "person", Span{Kind: Person, Person: r.Person}, "name", a.Name),
				[]Button{
					{Label: v.line("button.approve"), Data: "a:rok:" + string(a.ID) + ":" + string(r.Person)},
					{Label: v.line("button.refuse"), Data: "a:rno:" + string(a.ID) + ":" + string(r.Person)},
				},
			})
		}
	}
	return out
}

// myDuties is the private part.
func (t *turn) myDuties(duties []duty) (Rich, [][]Button) {
	stands, asked := t.myActors()
	var buttons [][]Button
	var body Rich
	if t.session != nil {
		body = t.say("status.entry", "entry", t.entry())
		buttons = append(buttons, t.entryButtons())
	}
	switch {
	case len(duties) > 0:
		body = append(body, t.say("status.waits", "count", len(duties))...)
	case t.session == nil:
		body = t.say("status.nothing_waits")
	}
	for i, d := range duties {
		if i == maxDuties {
			body = append(body, t.say("status.waits_more", "count", len(duties)-i)...)
			break
		}
		for _, block := range d.line {
			body = append(body, Block{Kind: Item, Spans: block.Spans})
		}
		buttons = append(buttons, d.buttons)
	}
	buttons = gathered(buttons)
	switch {
	case len(stands) == 0 && len(asked) > 0:
		body = append(body, t.say("status.still_checked", "actors", t.voice().actors(asked))...)
	case len(stands) == 0:
		body = append(body, t.say("status.no_actor")...)
		buttons = append(buttons, []Button{{Label: t.line("button.join"), Data: "c:/daftar"}})
	}
	return body, append(buttons, []Button{{Label: t.line("button.steps"), Data: "c:/langkah"}, {Label: t.line("button.history"), Data: "c:/riwayat"}})
}

// gathered sets single buttons two to a row, each once: the same button may serve several actors. Pairs that belong
// together stay.
func gathered(keyboard [][]Button) [][]Button {
	var out [][]Button
	seen := map[string]bool{}
	for _, row := range keyboard {
		if len(row) == 1 {
			if seen[row[0].Data] {
				continue
			}
			seen[row[0].Data] = true
		}
		last := len(out) - 1
		if len(row) == 1 && last >= 0 && len(out[last]) == 1 {
			out[last] = append(out[last], row[0])
			continue
		}
		out = append(out, append([]Button(nil), row...))
	}
	return out
}

// atAGlance is where the cluster stands, for everybody.
func (v voice) atAGlance() Rich {
	stage := v.s.Stage()
	_, next := nextBestStep(v)
	out := stack(
		v.say("status.cluster", "name", v.s.Name, "stage", stage, "stage_name", stageName(v, stage)), v.crowd(),
		v.say("status.steps", "count", v.verifiedSteps(0), "all", len(domain.Steps())), next,
	)
	if open := v.openItems(); len(open) > 0 {
		out = append(append(out, v.say("status.open")...), open...)
	}
	if issues := v.topIssues(); len(issues) > 0 {
		out = append(append(out, v.say("status.issues")...), issues...)
	}
	if late := v.lateData(); len(late) > 0 {
		out = append(append(out, v.say("status.late")...), late...)
	}
	return out
}

// crowd counts the actors, by role, and names the roles nobody has.
func (v voice) crowd() Rich {
	approved := v.s.Approved()
	if len(approved) == 0 {
		return v.say("status.no_actors")
	}
	var counts []string
	for _, g := range domain.Groups() {
		n := 0
		for _, a := range approved {
			if domain.RoleSetOf(a.Roles).Has(g) {
				n++
			}
		}
		if n > 0 {
			counts = append(counts, v.line("status.role", "role", v.group(g), "n", n))
		}
	}
	out := v.say("status.actors", "count", len(approved), "roles", v.list(counts))
	if missing := v.s.MissingRoles(); len(missing) > 0 {
		out = append(out, v.say("status.missing", "roles", v.groups(missing))...)
	}
	return out
}

// openItems lists what is open, with closes, counts and what quorum still needs.
func (v voice) openItems() Rich {
	var out Rich
	for _, p := range v.s.Proposals {
		if p.Phase.Running() {
			out = append(out, v.say("status.open_proposal", "name", v.heading(p), "closes", v.moment(p.Now().Closes), "line", v.castLine(p))...)
		}
		if p.Phase == domain.Integration {
			out = append(out, v.say("status.integration", "name", v.heading(p), "number", p.Number)...)
		}
	}
	if r := v.s.OpenRound(); r != nil {
		complete, _ := v.progress(r)
		out = append(out, v.say("status.open_round", "number", r.Number, "closes", v.moment(r.Closes), "done", complete, "electorate", len(r.Electorate))...)
	}
	return out
}

// topIssues are the first three of the priority list.
func (v voice) topIssues() Rich {
	const shown = 3
	var out Rich
	for i, issue := range v.issuesOf(domain.FatePrioritised) {
		if i == shown {
			break
		}
		out = append(out, Block{Kind: Item, Spans: v.issueLine(issue)})
	}
	return out
}

// lateData lists the indicators whose values are late, with how many are missing; who has to report is told privately.
func (v voice) lateData() Rich {
	var out Rich
	for _, l := range lateReadings(v) {
		out = append(out, v.say("status.late_line", "indicator", v.indicatorName(l.indicator),
			"period", phrase.FormatPeriod(l.indicator.Period, v.lang), "count", len(l.actors))...)
	}
	return out
}

// promise says what the store keeps, in words: to those who answer for the cluster, and to everybody where a crash may
// lose what was answered.
func (t *turn) promise() Rich {
	loses := t.in.Durability == "D0" || t.in.Durability == "D1"
	if !loses && !t.s.IsSteward(t.in.By) && !t.s.Facilitates(t.in.By) {
		return nil
	}
	switch t.in.Durability {
	case "D0":
		return t.say("durability.D0")
	case "D1":
		return t.say("durability.D1")
	case "D2":
		return t.say("durability.D2")
	case "D3":
		return t.say("durability.D3")
	case "D4":
		return t.say("durability.D4")
	case "D5":
		return t.say("durability.D5")
	}
	return nil
}
