package commands

import "klaster/domain"

func answerClaimed(t *turn, commit domain.Commit, e domain.Event) {
	if t.receiptOnly(commit) {
		return
	}
	claimed := e.(domain.StepClaimed)
	key := "step.saved"
	if len(t.s.Step(claimed.Step).Evidence) == 0 {
		key = "step.saved_bare"
	}
	t.reply(Reply{
		Body:    t.say(key, "step", t.voice().stepName(claimed.Step), "status", t.voice().stepStatus(claimed.Step), "receipt", commit.Receipt),
		Buttons: [][]Button{{{Label: t.line("button.step", "step", string(claimed.Step)), Data: "c:/langkah " + string(claimed.Step)}}},
		Instead: true,
	})
}

// receiptOnly answers in the group with the receipt alone, because a notice tells the group the rest.
func (t *turn) receiptOnly(commit domain.Commit) bool {
	if t.in.Private {
		return false
	}
	t.reply(Reply{Body: t.say("answer.receipt", "receipt", commit.Receipt), Instead: true})
	return true
}

func answerVerified(t *turn, commit domain.Commit, e domain.Event) {
	if t.receiptOnly(commit) {
		return
	}
	verified := e.(domain.StepVerified)
	t.reply(Reply{
		Body:    t.say("step.verified_done", "step", t.voice().stepName(verified.Step), "receipt", commit.Receipt),
		Buttons: [][]Button{{{Label: t.line("button.steps"), Data: "c:/langkah"}}},
		Instead: true,
	})
}

func answerReopened(t *turn, commit domain.Commit, e domain.Event) {
	if t.receiptOnly(commit) {
		return
	}
	reopened := e.(domain.StepReopened)
	t.reply(Reply{
		Body:    t.say("step.reopened_done", "step", t.voice().stepName(reopened.Step), "receipt", commit.Receipt),
		Buttons: [][]Button{{{Label: t.line("button.step", "step", string(reopened.Step)), Data: "c:/langkah " + string(reopened.Step)}}},
		Instead: true,
	})
}

// noticeStep tells the group what became of a step, while it is so.
func noticeStep(v voice, n domain.Notice, _ LangOf) []Card {
	st := v.s.Step(n.Step)
	if string(st.Status) != n.Why {
		return nil
	}
	card := Card{Key: noticeKey(n, ""), Kind: Notice, Class: Prompt, At: n.At, Tone: ToneStep}
	step, actor := v.stepName(n.Step), v.actorOrGuide(n.Actor)
	see := Button{Label: v.line("button.step", "step", string(n.Step)), Data: "c:/langkah " + string(n.Step)}
	switch {
	case st.Status == domain.Claimed && len(st.Evidence) == 0:
		card.Body = v.say("step.notice_bare", "actor", actor, "step", step)
		card.Buttons = [][]Button{{see, {Label: v.line("button.add_evidence"), Data: "c:/bukti " + string(n.Step)}}}
	case st.Status == domain.Claimed:
		card.Body = v.say("step.notice_claimed", "actor", actor, "step", step)
		card.Buttons = [][]Button{{see, {Label: v.line("button.verify"), Data: "c:/verifikasi " + string(n.Step)}}}
	case st.Status == domain.Verified:
		_, next := nextBestStep(v)
		card.Body = append(v.say("step.notice_verified", "actor", actor, "step", step), next...)
		card.Buttons = [][]Button{{{Label: v.line("button.steps"), Data: "c:/langkah"}}}
	case st.Status == domain.Reopened:
		card.Body = v.say("step.notice_reopened", "step", step, "reason", st.Reason)
		card.Buttons = [][]Button{{see}}
	default:
		return nil
	}
	return []Card{card}
}
