package commands

import (
	"fmt"

	"klaster/domain"
)

func mergeIssue(t *turn, i *domain.Issue, rest string) {
	if !t.guides() {
		return
	}
	known := values{"issue": issueMark(i)}
	if rest != "" {
		known["into"] = rest
	}
	t.begin("merge", known, "/isu gabung "+issueMark(i))
}

func deferIssue(t *turn, i *domain.Issue, reason string) {
	t.settleIssue(i, domain.FateDeferred, reason)
}
func refuseIssue(t *turn, i *domain.Issue, reason string) {
	t.settleIssue(i, domain.FateRefused, reason)
}

func (t *turn) settleIssue(i *domain.Issue, fate domain.Fate, reason string) {
	if !t.guides() {
		return
	}
	known := values{"issue": issueMark(i), "fate": string(fate)}
	if reason != "" {
		known["reason"] = reason
	}
	t.begin("fate", known, "/isu "+issueMark(i))
}

// reopenIssue needs no reason: nothing is taken from anybody.
func reopenIssue(t *turn, i *domain.Issue, _ string) {
	if t.decide(domain.SettleIssue{Issue: i.ID, Fate: domain.FateOpen}) && len(t.out.Events) == 0 {
		t.showIssue(i)
	}
}

// carried is a value that comes with the form's beginning and is never asked for.
func carried(key string) field {
	return field{
		key: key, max: domain.MaxText, optional: true,
		when: func(*turn, values) bool { return false },
		ask:  func(*turn, values) Rich { return nil },
	}
}

// issueIn is the issue a form is about; nil if it has vanished.
func (t *turn) issueIn(v values, key string) *domain.Issue {
	n, _ := issueMarked(v[key])
	return t.s.IssueNumbered(n)
}

func mergeForm() form {
	return form{
		name: "merge",
		fields: []field{
			carried("issue"),
			{
				key:   "into",
				typed: true,
				ask: func(t *turn, v values) Rich {
					return t.say("issue.ask_into", "issue", v["issue"], "title", t.issueIn(v, "issue").Title)
				},
				choices: func(t *turn, v values) []choice {
					var out []choice
					for _, i := range t.voice().alive() {
						if issueMark(i) != v["issue"] && len(out) < maxButtons {
							out = append(out, choice{issueMark(i), t.voice().clip(domain.Text(issueMark(i)+" "+shownText(t.in.Lang, i.Title)), 34)})
						}
					}
					return out
				},
				read: func(t *turn, v values, text string) (string, *domain.Error) {
					n, ok := numbered(text, "i")
					i := t.s.IssueNumbered(n)
					if !ok || i == nil || issueMark(i) == v["issue"] {
						return "", domain.Refuse(domain.NotFound, "issue.target")
					}
					return issueMark(i), nil
				},
			},
		},
		confirm: "button.merge_yes",
		echo: func(t *turn, v values) Rich {
			return t.say("issue.echo_merge", "issue", v["issue"], "title", t.issueIn(v, "issue").Title,
				"into", v["into"], "into_title", t.issueIn(v, "into").Title)
		},
		submit: func(t *turn, v values) bool {
			return t.decide(domain.MergeIssues{Issue: t.issueIn(v, "issue").ID, Into: t.issueIn(v, "into").ID})
		},
	}
}

func fateForm() form {
	return form{
		name: "fate",
		fields: []field{
			carried("issue"),
			carried("fate"),
			{
				key: "reason", max: domain.MaxReason, read: readSentence,
				ask: func(t *turn, v values) Rich {
					key := "issue.ask_defer"
					if v["fate"] == string(domain.FateRefused) {
						key = "issue.ask_refuse"
					}
					return t.say(key, "issue", v["issue"], "title", t.issueIn(v, "issue").Title)
				},
			},
		},
		confirm: "button.save",
		echo: func(t *turn, v values) Rich {
			key := "issue.echo_defer"
			if v["fate"] == string(domain.FateRefused) {
				key = "issue.echo_refuse"
			}
			return t.say(key, "issue", v["issue"], "title", t.issueIn(v, "issue").Title, "reason", v["reason"])
		},
		submit: func(t *turn, v values) bool {
			return t.decide(domain.SettleIssue{Issue: t.issueIn(v, "issue").ID, Fate: domain.Fate(v["fate"]), Reason: domain.Text(v["reason"])})
		},
	}
}

func answerIssueMerged(t *turn, commit domain.Commit, e domain.Event) {
	merged := e.(domain.IssueMerged)
	t.answerFate(commit, merged.Issue)
}

func answerIssueSettled(t *turn, commit domain.Commit, e domain.Event) {
	settled := e.(domain.IssueSettled)
	t.answerFate(commit, settled.Issue)
}

func (t *turn) answerFate(commit domain.Commit, id domain.ItemID) {
	i := t.s.Issue(id)
	if i == nil {
		return
	}
	body := t.say("issue.settled", "issue", issueMark(i), "title", i.Title)
	body = append(body, t.voice().fate(i)...)
	body = append(body, t.say("issue.settled_told", "receipt", commit.Receipt)...)
	t.reply(Reply{Body: body, Buttons: [][]Button{{{Label: t.line("button.issues"), Data: "c:/isu"}}}})
}

// noticeIssueFate tells the author of an issue what became of it; where the author cannot be reached, the group hears it.
func noticeIssueFate(v voice, n domain.Notice, lang LangOf) []Card {
	i := v.s.Issue(n.Item)
	if i == nil || i.By == "" {
		return nil
	}
	tell := func(v voice, key string) Rich {
		return append(v.say(key, "issue", issueMark(i), "title", i.Title, "author", Span{Kind: Person, Person: i.By, Ping: true}), v.fate(i)...)
	}
	own := voice{v.c, v.s, lang(i.By)}
	return []Card{{
		Key: fmt.Sprintf("issuefate/%d/%d", n.Commit, n.Seq), Kind: Notice, Class: Prompt, At: n.At, Tone: ToneNotice,
		To: i.By, Body: tell(own, "issue.notice"), Fallback: tell(v, "issue.notice_group"),
		Buttons: [][]Button{{{Label: own.line("button.see_issue"), Data: "c:/isu " + issueMark(i)}}},
	}}
}
