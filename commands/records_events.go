package commands

import (
	"strings"

	"klaster/commands/phrase"
	"klaster/domain"
)

// happened words one event as a line of the history, after "who: ". Positions are public and named; readings are told
// without their figures.
func (v voice) happened(e domain.Event) Rich {
	switch e := e.(type) {
	case domain.ClusterFounded:
		return v.say("history.cluster_founded", "name", e.Name)
	case domain.CharterChanged:
		return v.charterHistory(e)
	case domain.StewardNamed:
		return v.say("history.steward_named", "person", Span{Kind: Person, Person: e.Person})
	case domain.FacilitatorNamed:
		if e.Person == "" {
			return v.say("history.facilitator_vacant")
		}
		return v.say("history.facilitator_named", "person", Span{Kind: Person, Person: e.Person})
	case domain.ChatAttached:
		return v.say("history.chat_attached", "platform", platformName(e.Chat.Platform))
	case domain.ChatMoved:
		return v.say("history.chat_moved", "platform", platformName(e.To.Platform))
	case domain.ChatSuspended:
		return v.say("history.chat_suspended", "platform", platformName(e.Chat.Platform))
	case domain.ChatResumed:
		return v.say("history.chat_resumed", "platform", platformName(e.Chat.Platform))
	case domain.ChatDetached:
		return v.say("history.chat_detached", "platform", platformName(e.Chat.Platform))
	case domain.ChatHearingSet:
		return v.say("history.chat_hearing", "platform", platformName(e.Chat.Platform), "hears", v.line("hears."+e.Hears.String()))
	case domain.PersonLinked:
		return v.say("history.person_linked")
	case domain.PersonForgotten:
		return v.say("history.person_forgotten")
	case domain.DigestDue:
		return v.say("history.digest_due")
	case domain.ActorRegistered:
		if e.Approved {
			return v.say("history.actor_joined", "name", e.Name, "roles", v.roleLine(e.Roles))
		}
		return v.say("history.actor_registered", "name", e.Name, "roles", v.roleLine(e.Roles))
	case domain.ActorApproved:
		return v.say("history.actor_approved", "name", v.actor(e.Actor))
	case domain.ActorRefused:
		return v.say("history.actor_refused", "name", v.actor(e.Actor))
	case domain.ActorChanged:
		return v.say("history.actor_changed", "name", e.Name)
	case domain.ActorLeft:
		if e.Removed {
			return v.say("history.actor_removed", "name", v.actor(e.Actor))
		}
		return v.say("history.actor_left", "name", v.actor(e.Actor))
	case domain.RepresentativeJoined:
		return v.say("history.representative_joined", "person", Span{Kind: Person, Person: e.Person}, "name", v.actor(e.Actor))
	case domain.RepresentativeApproved:
		return v.say("history.representative_approved", "person", Span{Kind: Person, Person: e.Person}, "name", v.actor(e.Actor))
	case domain.RepresentativeLeft:
		return v.say("history.representative_left", "person", Span{Kind: Person, Person: e.Person}, "name", v.actor(e.Actor))
	}
	if out := v.issueHistory(e); out != nil {
		return out
	}
	if out := v.decisionHistory(e); out != nil {
		return out
	}
	if out := v.programmeHistory(e); out != nil {
		return out
	}
	return v.say("history.other")
}

func platformName(p domain.Platform) string {
	switch p {
	case "telegram":
		return "Telegram"
	case "discord":
		return "Discord"
	}
	return "web"
}

func (v voice) charterHistory(e domain.CharterChanged) Rich {
	row := settingFor(e.Key)
	label := v.line("charter." + string(e.Key))
	var value string
	switch {
	case e.Key.IsText():
		value = shownText(v.lang, e.Text)
	case len(row.keys) == 1:
		value = row.show(v, e.Value)
	default:
		value = showHour(v, e.Value)
	}
	if e.Decision > 0 {
		return v.say("history.charter_decided", "setting", label, "value", value, "number", e.Decision)
	}
	return v.say("history.charter_changed", "setting", label, "value", value)
}

func (v voice) issueHistory(e domain.Event) Rich {
	switch e := e.(type) {
	case domain.IssueRaised:
		return v.say("history.issue_raised", "issue", v.item(e.Issue))
	case domain.IssueMerged:
		return v.say("history.issue_merged", "issue", v.item(e.Issue), "into", v.item(e.Into))
	case domain.IssueSettled:
		return v.say("history.issue_settled", "issue", v.item(e.Issue), "fate", v.fateWord(e.Fate))
	case domain.RoundOpened:
		return v.say("history.round_opened", "number", e.Number, "n", len(e.Issues), "closes", v.moment(e.Closes))
	case domain.ScoresCast:
		if e.Scores == nil {
			return v.say("history.scores_skipped", "actor", v.actor(e.Actor), "issue", v.item(e.Issue))
		}
		return v.say("history.scores_cast", "actor", v.actor(e.Actor), "issue", v.item(e.Issue))
	case domain.RoundClosed:
		return v.say("history.round_closed", "round", v.item(e.Round))
	}
	return nil
}

func (v voice) decisionHistory(e domain.Event) Rich {
	switch e := e.(type) {
	case domain.ProposalOpened:
		return v.say("history.proposal_opened", "item", v.item(e.Proposal), "closes", v.moment(e.Closes))
	case domain.VoteCast:
		method := domain.Consensus
		if p := v.s.Proposal(e.Proposal); p != nil {
			method = p.Method
		}
		return v.say("history.vote_cast", "actor", v.actor(e.Actor), "position", v.position(method, e.Position), "item", v.item(e.Proposal))
	case domain.VoterStruck:
		return v.say("history.voter_struck", "actor", v.actor(e.Actor), "item", v.item(e.Item))
	case domain.ItemExtended:
		return v.say("history.item_extended", "item", v.item(e.Item), "closes", v.moment(e.Closes))
	case domain.CoverageWaived:
		return v.say("history.coverage_waived", "item", v.item(e.Item))
	case domain.VotersReminded:
		return v.say("history.voters_reminded", "count", len(e.Missing), "item", v.item(e.Item))
	case domain.TextRevised:
		return v.say("history.text_revised", "item", v.item(e.Proposal), "version", e.Version)
	case domain.ProposalClosed:
		return v.say("history.proposal_closed", "item", v.item(e.Proposal), "outcome", v.closedAs(e))
	case domain.ItemWithdrawn:
		return v.say("history.item_withdrawn", "item", v.item(e.Item))
	case domain.ItemParked:
		return v.say("history.item_parked", "item", v.item(e.Item))
	}
	return nil
}

// closedAs is the outcome of a round as it was then.
func (v voice) closedAs(e domain.ProposalClosed) string {
	then := domain.Version{Count: e.Count, Contested: e.Contested}
	return v.outcome(v.s.Proposal(e.Proposal), &then, e.Outcome)
}

func (v voice) programmeHistory(e domain.Event) Rich {
	switch e := e.(type) {
	case domain.StepClaimed:
		if len(e.Evidence) > 0 {
			return v.say("history.step_claimed_evidence", "step", v.stepName(e.Step), "count", len(e.Evidence))
		}
		return v.say("history.step_claimed", "step", v.stepName(e.Step))
	case domain.StepVerified:
		if e.Decision > 0 {
			return v.say("history.step_decided", "step", v.stepName(e.Step), "number", e.Decision)
		}
		return v.say("history.step_verified", "step", v.stepName(e.Step))
	case domain.StepReopened:
		return v.say("history.step_reopened", "step", v.stepName(e.Step))
	case domain.IndicatorDefined:
		return v.say("history.indicator_defined", "indicator", v.item(e.Indicator))
	case domain.IndicatorScheduled:
		return v.say("history.indicator_scheduled", "indicator", v.item(e.Indicator), "schedule", phrase.Describe(e.Cron, v.lang))
	case domain.IndicatorRetired:
		return v.say("history.indicator_retired", "indicator", v.item(e.Indicator))
	case domain.PromptDue:
		if len(e.Actors) == 0 {
			return v.say("history.prompt_silent", "indicator", v.item(e.Indicator), "period", phrase.FormatPeriod(e.Period, v.lang))
		}
		return v.say("history.prompt_due", "indicator", v.item(e.Indicator), "period", phrase.FormatPeriod(e.Period, v.lang), "count", len(e.Actors))
	case domain.PromptRepeated:
		return v.say("history.prompt_repeated", "indicator", v.item(e.Indicator), "period", phrase.FormatPeriod(e.Period, v.lang), "count", len(e.Actors))
	case domain.ReadingRecorded:
		return v.say("history.reading_recorded", "actor", v.actor(e.Actor), "indicator", v.item(e.Indicator), "period", phrase.FormatPeriod(e.Period, v.lang))
	case domain.ReadingUnavailable:
		return v.say("history.reading_unavailable", "actor", v.actor(e.Actor), "indicator", v.item(e.Indicator), "period", phrase.FormatPeriod(e.Period, v.lang))
	case domain.ReadingDeferred:
		return v.say("history.reading_deferred", "actor", v.actor(e.Actor), "indicator", v.item(e.Indicator), "period", phrase.FormatPeriod(e.Period, v.lang))
	}
	return nil
}

// fateWord is what became of an issue, in a word or two.
func (v voice) fateWord(f domain.Fate) string {
	keys := map[domain.Fate]string{
		domain.FateOpen: "fate.open", domain.FateMerged: "fate.merged", domain.FatePrioritised: "fate.prioritised",
		domain.FateDecided: "fate.decided", domain.FateDeferred: "fate.deferred", domain.FateRefused: "fate.refused",
	}
	return strings.TrimSpace(v.line(keys[f]))
}
