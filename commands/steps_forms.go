package commands

import (
	"strings"
	"unicode/utf8"

	"klaster/domain"
)

func runDone(t *turn, rest string)     { t.beginClaim("claim", "/tuntas ", rest) }
func runEvidence(t *turn, rest string) { t.beginClaim("evidence", "/bukti ", rest) }

// beginClaim starts the report of a step, or further evidence for one. Who may not, or a step that cannot be, is
// refused before anything is written.
func (t *turn) beginClaim(form, command, rest string) {
	id, words := cutStep(rest)
	known := values{}
	if id == "" && len(claimable(t, form)) == 0 {
		t.toast("step.none_" + form)
		return
	}
	if id != "" {
		if _, allowed := t.preview(domain.ClaimStep{Step: id, Actor: t.firstActor(), Evidence: []domain.Evidence{{Kind: domain.EvidenceText, Text: "-"}}}); !allowed {
			return
		}
		known["step"] = string(id)
	}
	if words != "" {
		known["evidence"] = words
	}
	t.begin(form, known, command+rest)
}

// firstActor is one of the person's actors, for asking the rules before it is known which one is meant.
func (t *turn) firstActor() domain.ActorID {
	if mine := t.s.Represents(t.in.By); len(mine) > 0 {
		return mine[0].ID
	}
	return ""
}

func mine(t *turn, _ values) []*domain.Actor { return t.s.Represents(t.in.By) }

// claimable lists the steps that can be reported as done, or, for more evidence, those that were reported.
func claimable(t *turn, form string) []choice {
	v := t.voice()
	var out []choice
	for _, s := range domain.Steps() {
		gate, gated := domain.GateBefore(s.Stage)
		status := t.s.Step(s.ID).Status
		if s.Gate || status == domain.Verified || gated && t.s.Step(gate).Status != domain.Verified {
			continue
		}
		if (status == domain.Claimed) == (form == "evidence") {
			out = append(out, choice{string(s.ID), v.stepName(s.ID)})
		}
	}
	return out
}

// stepField asks which step; it takes its number, too.
func stepField(ask string, among func(t *turn) []choice) field {
	return field{
		key: "step", typed: true,
		ask:     func(t *turn, _ values) Rich { return t.say(ask) },
		choices: func(t *turn, _ values) []choice { return among(t) },
		read: func(t *turn, _ values, text string) (string, *domain.Error) {
			id, _ := cutStep(text)
			if _, ok := domain.StepNamed(id); !ok {
				return "", domain.Refuse(domain.NotFound, "step.unknown")
			}
			return string(id), nil
		},
	}
}

func evidenceField(optional bool) field {
	return field{
		key: "evidence", file: true, optional: optional, max: domain.MaxText, read: readWords,
		ask: func(t *turn, v values) Rich {
			id := domain.StepID(v["step"])
			return t.say("step.ask_evidence", "step", t.voice().stepName(id), "proof", t.line("step."+string(id)+".proof"))
		},
	}
}

// claimForm reports a step as done.
func claimForm() form {
	return form{
		name:    "claim",
		fields:  []field{stepField("step.ask_done", func(t *turn) []choice { return claimable(t, "claim") }), actorField(mine), evidenceField(true)},
		confirm: "button.yes_save",
		echo: func(t *turn, v values) Rich {
			out := t.say("step.echo_claim", "step", t.voice().stepName(domain.StepID(v["step"])), "actor", t.voice().actorOrGuide(t.chosenActor(v)))
			if evidence := t.evidence(v); len(evidence) > 0 {
				return append(append(out, t.evidenceEcho(evidence)...), t.say("step.echo_next")...)
			}
			return append(out, t.say("step.echo_bare")...)
		},
		submit: submitClaim,
	}
}

// evidenceForm adds evidence to a step that was reported.
func evidenceForm() form {
	return form{
		name:    "evidence",
		fields:  []field{stepField("step.ask_for", func(t *turn) []choice { return claimable(t, "evidence") }), actorField(mine), evidenceField(false)},
		confirm: "button.yes_save",
		echo: func(t *turn, v values) Rich {
			out := t.say("step.echo_evidence", "step", t.voice().stepName(domain.StepID(v["step"])), "actor", t.voice().actorOrGuide(t.chosenActor(v)))
			return append(out, t.evidenceEcho(t.evidence(v))...)
		},
		submit: submitClaim,
	}
}

func (t *turn) evidenceEcho(evidence []domain.Evidence) Rich {
	var out Rich
	for _, e := range evidence {
		out = append(out, t.say("step.evidence_item", "evidence", t.voice().evidence(e))...)
	}
	return out
}

func submitClaim(t *turn, v values) bool {
	accepted := t.decide(domain.ClaimStep{Step: domain.StepID(v["step"]), Actor: t.chosenActor(v), Evidence: t.evidence(v)})
	if accepted && len(t.out.Events) == 0 {
		t.tell("step.already_claimed", "step", t.voice().stepName(domain.StepID(v["step"])))
		return true
	}
	return false
}

// evidence gathers the pieces of an answer: files, addresses, and the words around them.
func (t *turn) evidence(v values) []domain.Evidence {
	var out []domain.Evidence
	text := v["evidence"]
	files := v.files("evidence")
	for i, f := range files {
		name := f.Name
		if name == "" && i == 0 && utf8.RuneCountInString(text) <= domain.MaxTitle { // a photo is called by its caption
			name, text = text, ""
		}
		if r := []rune(strings.ToValidUTF8(name, "")); len(r) > domain.MaxTitle {
			name = string(r[:domain.MaxTitle])
		}
		out = append(out, domain.Evidence{Kind: domain.EvidenceFile, Text: domain.Text(name), File: f.ID})
	}
	var words []string
	for _, word := range strings.Fields(text) {
		if isAddress(word) && len(out) < maxFiles {
			out = append(out, domain.Evidence{Kind: domain.EvidenceLink, Text: domain.Text(word)})
		} else {
			words = append(words, word)
		}
	}
	if len(words) > 0 {
		if len(words) == len(strings.Fields(text)) {
			words = []string{text} // as written, with its line breaks
		}
		out = append(out, domain.Evidence{Kind: domain.EvidenceText, Text: domain.Text(strings.Join(words, " "))})
	}
	return out
}

// isAddress recognises http and https addresses with a host.
func isAddress(word string) bool {
	scheme, rest, found := strings.Cut(word, "://")
	host, _, _ := strings.Cut(rest, "/")
	return found && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")) && host != "" && !strings.ContainsAny(word, "\"<>")
}

// runVerify shows the evidence once more and asks for the confirmation that verifies a step.
func runVerify(t *turn, rest string) {
	id, _ := cutStep(rest)
	known := values{}
	if id == "" && len(verifiable(t)) == 0 {
		t.toast("step.none_verify")
		return
	}
	if id != "" {
		actor := domain.ActorID("")
		if others := t.voice().otherActors(t.in.By, t.s.Step(id).ClaimedBy); len(others) > 0 && !t.s.Facilitates(t.in.By) {
			actor = others[0].ID
		}
		if _, allowed := t.preview(domain.VerifyStep{Step: id, Actor: actor}); !allowed {
			return
		}
		known["step"] = string(id)
	}
	t.begin("verify", known, "/verifikasi "+rest)
}

func verifiable(t *turn) []choice {
	v := t.voice()
	var out []choice
	for _, s := range domain.Steps() {
		if st := t.s.Step(s.ID); st.Status == domain.Claimed && len(st.Evidence) > 0 && v.mayVerify(s.ID, t.in.By) {
			out = append(out, choice{string(s.ID), v.stepName(s.ID)})
		}
	}
	return out
}

// verifyForm lets a second actor or the facilitator confirm what was reported.
func verifyForm() form {
	others := func(t *turn, v values) []*domain.Actor {
		if t.s.Facilitates(t.in.By) {
			return nil
		}
		return t.voice().otherActors(t.in.By, t.s.Step(domain.StepID(v["step"])).ClaimedBy)
	}
	return form{
		name:    "verify",
		fields:  []field{stepField("step.ask_verify", verifiable), actorField(others)},
		confirm: "button.yes_verify",
		echo: func(t *turn, v values) Rich {
			id := domain.StepID(v["step"])
			out := t.say("step.echo_verify", "step", t.voice().stepName(id), "actor", t.voice().actorOrGuide(t.s.Step(id).ClaimedBy))
			out = append(out, t.voice().evidenceList(t.s.Step(id).Evidence)...)
			return append(out, t.say("step.echo_verify_ask")...)
		},
		submit: func(t *turn, v values) bool {
			t.decide(domain.VerifyStep{Step: domain.StepID(v["step"]), Actor: domain.ActorID(v["actor"])})
			return false
		},
	}
}

// runReopen takes a step back into work; the reason is asked for.
func runReopen(t *turn, rest string) {
	id, reason := cutStep(rest)
	known := values{}
	if id == "" && len(reopenable(t)) == 0 {
		t.toast("step.none_reopen")
		return
	}
	if id != "" {
		if _, allowed := t.preview(domain.ReopenStep{Step: id, Reason: "-"}); !allowed {
			return
		}
		known["step"] = string(id)
	}
	if reason != "" {
		known["reason"] = reason
	}
	t.begin("reopen", known, "/bukakembali "+rest)
}

func reopenable(t *turn) []choice {
	var out []choice
	for _, s := range domain.Steps() {
		if status := t.s.Step(s.ID).Status; status == domain.Claimed || status == domain.Verified {
			out = append(out, choice{string(s.ID), t.voice().stepName(s.ID)})
		}
	}
	return out
}

func reopenForm() form {
	return form{
		name: "reopen",
		fields: []field{
			stepField("step.ask_reopen", reopenable),
			{
				key: "reason", max: domain.MaxReason, read: readWords,
				ask: func(t *turn, v values) Rich {
					return t.say("step.ask_reason", "step", t.voice().stepName(domain.StepID(v["step"])))
				},
			},
		},
		confirm: "button.yes_reopen",
		echo: func(t *turn, v values) Rich {
			return t.say("step.echo_reopen", "step", t.voice().stepName(domain.StepID(v["step"])), "reason", v["reason"])
		},
		submit: func(t *turn, v values) bool {
			t.decide(domain.ReopenStep{Step: domain.StepID(v["step"]), Reason: domain.Text(v["reason"])})
			return false
		},
	}
}
