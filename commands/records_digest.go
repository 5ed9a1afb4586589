package commands

import (
	"time"

	"klaster/commands/phrase"
	"klaster/domain"
)

// noticeDigest is the group's summary of a day: what is open and what it still needs, data that are late, what is new
// since yesterday. A day without any of that has none.
func noticeDigest(v voice, n domain.Notice, _ LangOf) []Card {
	since := v.lastDigest(n)
	body := v.digestItems(since, n.At)
	buttons := []Button{{Label: v.line("button.my_matters"), Private: "/status"}}
	if len(body) > 0 {
		buttons = append(buttons, Button{Label: v.line("button.missing"), Data: "c:/kuorum"})
	}
	if late := v.lateData(); len(late) > 0 {
		body = append(append(body, v.say("status.late")...), late...)
	}
	if news := v.news(since, n.At); len(news) > 0 {
		body = append(append(body, v.say("digest.news")...), news...)
	}
	if len(body) == 0 {
		return nil
	}
	day, err := time.Parse(time.DateOnly, n.Day)
	if err != nil {
		day = n.At.In(v.s.Location())
	}
	return []Card{{
		Key: noticeKey(n, ""), Kind: Notice, Class: Prompt, At: n.At, Tone: ToneNotice,
		Body:    append(v.say("digest.title", "day", phrase.FormatDay(day, v.lang)), body...),
		Buttons: [][]Button{buttons},
	}}
}

// lastDigest is where the digest goes on: a digest that came late leaves no gap and repeats nothing. Where there was
// none lately, it is a day ago.
func (v voice) lastDigest(n domain.Notice) time.Time {
	const lately = 48 * time.Hour // about as long as notices are remembered
	since := n.At.Add(-24 * time.Hour)
	for _, earlier := range v.s.Notices {
		if earlier.Kind == domain.NoticeDigest && earlier.At.Before(n.At) && n.At.Sub(earlier.At) <= lately {
			since = earlier.At
		}
	}
	return since
}

// digestItems is a line for everything that is open: until when, who is missing, and whether half of the time went by.
func (v voice) digestItems(since, until time.Time) Rich {
	var out Rich
	for _, p := range v.s.Proposals {
		if !p.Phase.Running() {
			continue
		}
		now := p.Now()
		line := v.say("status.open_proposal", "name", v.heading(p), "closes", v.moment(now.Closes), "line", v.castLine(p))
		if missing := p.Uncovered(); len(missing) > 0 && !now.Waived && !v.lacksRoles(p) {
			line = sameLine(line, v.say("digest.uncovered", "roles", v.groups(missing)))
		}
		if now.Reminded.Has(domain.RemindHalf) && halfWithin(now.Opened, now.Closes, since, until) {
			line = sameLine(line, v.say("digest.half"))
		}
		out = append(out, line...)
	}
	if r := v.s.OpenRound(); r != nil {
		complete, _ := v.progress(r)
		line := v.say("status.open_round", "number", r.Number, "closes", v.moment(r.Closes), "done", complete, "electorate", len(r.Electorate))
		if r.Reminded.Has(domain.RemindHalf) && halfWithin(r.Opened, r.Closes, since, until) {
			line = sameLine(line, v.say("digest.half"))
		}
		out = append(out, line...)
	}
	return out
}

// halfWithin says whether half of an item's time was over in the stretch.
func halfWithin(opened, closes, since, until time.Time) bool {
	half := opened.Add(closes.Sub(opened) / 2)
	return half.After(since) && !half.After(until)
}

// sameLine puts b behind a's last block.
func sameLine(a, b Rich) Rich {
	last := &a[len(a)-1]
	last.Spans = append(last.Spans, Span{Text: " "})
	for _, block := range b {
		last.Spans = append(last.Spans, block.Spans...)
	}
	return a
}

// news is what came about within the stretch: new actors, steps that were verified, decisions that were adopted. The
// notices of the last two days remember it.
func (v voice) news(since, until time.Time) Rich {
	var out Rich
	var joined []domain.ActorID
	for _, n := range v.s.Notices {
		if !n.At.After(since) || n.At.After(until) {
			continue
		}
		switch {
		case n.Kind == domain.NoticeActorApproved && v.s.Actor(n.Actor) != nil && v.s.Actor(n.Actor).Status == domain.StatusApproved:
			joined = append(joined, n.Actor)
		case n.Kind == domain.NoticeStep && n.Why == string(domain.Verified) && v.s.Step(n.Step).Status == domain.Verified:
			out = append(out, v.say("digest.verified", "step", v.stepName(n.Step))...)
		case n.Kind == domain.NoticeResult:
			if p := v.s.Proposal(n.Item); p != nil && n.Version < len(p.Versions) {
				version := p.Versions[n.Version]
				out = append(out, v.say("digest.result", "name", v.heading(p), "outcome", v.outcome(p, version, version.Outcome))...)
			}
		}
	}
	if len(joined) > 0 {
		out = append(v.say("digest.joined", "count", len(joined), "actors", v.actors(joined)), out...)
	}
	return out
}
