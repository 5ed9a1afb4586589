package commands

import (
	"regexp"
	"strings"

	"klaster/domain"
)

// stepsArea is the path of 17 steps in four stages: the board, evidence, verification, reopening.
func stepsArea() area {
	return area{
		verbs: []verb{
			{name: "steps", names: []string{"langkah", "tahap", "step", "stage", "stages"}, group: true, private: true, run: runSteps},
			{name: "done", names: []string{"tuntas", "selesai"}, group: true, private: true, run: runDone},
			{name: "evidence", names: []string{"bukti"}, group: true, private: true, run: runEvidence},
			{name: "verify", names: []string{"verifikasi", "verification"}, group: true, private: true, run: runVerify},
			{name: "reopen", names: []string{"bukakembali"}, private: true, run: runReopen},
		},
		forms: []form{claimForm(), evidenceForm(), verifyForm(), reopenForm()},
		answers: map[string]answer{
			"step_claimed":  answerClaimed,
			"step_verified": answerVerified,
			"step_reopened": answerReopened,
		},
		notices: map[domain.NoticeKind]notifier{domain.NoticeStep: noticeStep},
	}
}

const stages = 4

// stepNumber is how people write a step, "langkah" in front or not, comma or full stop.
var stepNumber = regexp.MustCompile(`^([1-9])[.,]([0-9]{1,2})\.?$`)

// cutStep takes a step's number off the front of a text; id is "" where there is none.
func cutStep(text string) (id domain.StepID, rest string) {
	first, rest, _ := strings.Cut(strings.TrimSpace(text), " ")
	if m := stepNumber.FindStringSubmatch(first); m != nil {
		return domain.StepID(m[1] + "." + m[2]), strings.TrimSpace(rest)
	}
	return "", strings.TrimSpace(text)
}

// runSteps shows the board, a stage, or one step.
func runSteps(t *turn, rest string) {
	v := t.voice()
	id, _ := cutStep(rest)
	stage := strings.IndexByte("1234", (rest + " ")[0]) + 1
	r := Reply{Instead: t.in.Tap != ""}
	switch {
	case rest == "":
		r.Body, r.Buttons = v.stepBoard()
	case id != "":
		if _, ok := domain.StepNamed(id); !ok {
			t.refuse(domain.Refuse(domain.NotFound, "step.unknown"))
			return
		}
		r.Body, r.Buttons = v.oneStep(id), v.stepButtons(id, t.in.By)
	case len(rest) == 1 && stage > 0:
		r.Body, r.Buttons = v.stageBoard(stage)
	default:
		t.refuse(domain.Refuse(domain.NotFound, "step.unknown"))
		return
	}
	t.reply(r)
}

// stepName is a step's number and name.
func (v voice) stepName(id domain.StepID) string {
	return string(id) + " " + v.line("step."+string(id))
}

func stageName(v voice, stage int) string {
	return v.line("step.stage." + string(rune('0'+stage)))
}

// stepStatus is the exact label, with what a claimed step still waits for.
func (v voice) stepStatus(id domain.StepID) string {
	st := v.s.Step(id)
	switch {
	case st.Status == domain.Claimed && len(st.Evidence) == 0:
		return v.line("step.claimed_bare")
	case st.Status == domain.Claimed:
		return v.line("step.claimed_waits")
	}
	return v.line("step.status." + string(st.Status))
}

// stepBoard shows all stages with their counts, the rule of the gates, and where to go on.
func (v voice) stepBoard() (Rich, [][]Button) {
	out := v.say("step.title", "name", v.s.Name, "count", v.verifiedSteps(0), "all", len(domain.Steps()))
	next, why := nextBestStep(v)
	out = append(out, why...)
	for stage := 1; stage <= stages; stage++ {
		out = append(out, v.stageLines(stage)...)
	}
	out = append(out, v.say("step.gates")...)
	var buttons []Button
	for stage := 1; stage <= stages; stage++ {
		buttons = append(buttons, Button{Label: v.line("button.stage", "stage", stage), Data: "c:/langkah " + string(rune('0'+stage))})
	}
	layout := rows(2, buttons...)
	if next != "" {
		layout = append([][]Button{{{Label: v.line("button.step", "step", string(next)), Data: "c:/langkah " + string(next)}}}, layout...)
	}
	return out, layout
}

// stageLines is a stage's heading and a line for each of its steps.
func (v voice) stageLines(stage int) Rich {
	all := 0
	var lines Rich
	for _, s := range domain.Steps() {
		if s.Stage != stage {
			continue
		}
		all++
		lines = append(lines, v.say("step.line", "step", v.stepName(s.ID), "status", v.stepStatus(s.ID))...)
	}
	heading := v.say("step.stage_title", "stage", stage, "name", stageName(v, stage), "count", v.verifiedSteps(stage), "all", all)
	return append(heading, lines...)
}

// verifiedSteps counts the verified steps of a stage; of all stages for 0.
func (v voice) verifiedSteps(stage int) int {
	n := 0
	for _, s := range domain.Steps() {
		if (stage == 0 || s.Stage == stage) && v.s.Step(s.ID).Status == domain.Verified {
			n++
		}
	}
	return n
}

// stageBoard shows one stage with a button for each of its steps.
func (v voice) stageBoard(stage int) (Rich, [][]Button) {
	out := v.stageLines(stage)
	if gate, ok := domain.GateBefore(stage); ok && v.s.Step(gate).Status != domain.Verified {
		out = append(out, v.say("step.stage_waits", "gate", v.stepName(gate))...)
	}
	var buttons []Button
	for _, s := range domain.Steps() {
		if s.Stage == stage {
			buttons = append(buttons, Button{Label: v.line("button.step", "step", string(s.ID)), Data: "c:/langkah " + string(s.ID)})
		}
	}
	return out, append(rows(2, buttons...), []Button{{Label: v.line("button.all_steps"), Data: "c:/langkah"}})
}
