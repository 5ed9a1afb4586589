package commands

import (
	"strings"
	"time"
	"unicode"

	"klaster/domain"
)

// table is something that can be taken away as a file.
type table struct {
	words []string // how it may be typed, Indonesian first; the first is also in the file's name
	title string   // key of its name
	label string   // key of its button
	rows  func(t *turn) [][]string
}

// tables lists what can be exported, besides the journal.
func tables() []table {
	return []table{
		{[]string{"pelaku", "actors"}, "export.actors", "button.csv_actors", (*turn).actorTable},
		{[]string{"isu", "issues"}, "export.issues", "button.csv_issues", (*turn).issueTable},
		{[]string{"keputusan", "decisions"}, "export.decisions", "button.csv_decisions", (*turn).decisionTable},
		{[]string{"langkah", "steps"}, "export.steps", "button.csv_steps", (*turn).stepTable},
		{[]string{"data", "data"}, "export.readings", "button.csv_readings", (*turn).readingTable},
	}
}

// runExport offers the tables, or sends one: "/ekspor keputusan".
func runExport(t *turn, rest string) {
	rest = strings.ToLower(strings.TrimSpace(rest))
	switch rest {
	case "":
		t.offerTables("export.which")
		return
	case "json", "jurnal", "journal":
		t.exportJournal()
		return
	}
	for _, table := range tables() {
		for _, word := range table.words {
			if rest == word {
				t.exportTable(table)
				return
			}
		}
	}
	t.offerTables("export.unknown")
}

func (t *turn) offerTables(key string) {
	var buttons []Button
	for _, table := range tables() {
		buttons = append(buttons, Button{Label: t.line(table.label), Data: "c:/ekspor " + table.words[0]})
	}
	if t.seesAll() {
		buttons = append(buttons, Button{Label: t.line("button.json"), Data: "c:/ekspor jurnal"})
	}
	t.reply(Reply{To: ToToast, Body: t.say(key), Buttons: rows(2, buttons...)})
}

// seesAll says whether the person may read every organisation's figures: a named steward or the facilitator. Being an
// admin of the chat is not enough.
func (t *turn) seesAll() bool { return t.s.IsSteward(t.in.By) || t.s.Facilitates(t.in.By) }

func (t *turn) exportTable(table table) {
	rows := table.rows(t)
	if len(rows) < 2 {
		t.tell("export.empty", "table", t.line(table.title))
		return
	}
	name := table.words[0]
	comma := ';'
	if t.in.Lang == "en" {
		name, comma = table.words[1], ','
	}
	for _, row := range rows[1:] {
		for i := range row {
			row[i] = cell(row[i])
		}
	}
	body := t.say("export.ready", "table", t.line(table.title), "count", len(rows)-1)
	if table.words[0] == "data" {
		body = append(body, t.say(t.readingScope())...)
	}
	t.reply(Reply{Body: body, Attachment: &Attachment{Name: t.fileName(name, "csv"), Table: rows, Comma: comma}})
}

// exportJournal sends everything there is, and therefore only to those who may see every figure, and only privately.
func (t *turn) exportJournal() {
	if !t.seesAll() {
		t.tell("export.journal_refused")
		return
	}
	if !t.in.Private {
		t.toast("export.journal_private")
	}
	t.reply(Reply{To: ToPrivate, Body: t.say("export.journal"), Attachment: &Attachment{Name: t.fileName("jurnal", "json"), Journal: true}})
}

// fileName is "klaster-rotan-cirebon-keputusan-2026-11-24.csv".
func (t *turn) fileName(what, extension string) string {
	day := t.in.At.In(t.s.Location()).Format(time.DateOnly)
	return slug(string(t.s.Name)) + "-" + what + "-" + day + "." + extension
}

// slug makes a name fit for files: small letters and digits of ASCII, hyphens between.
func slug(name string) string {
	const longest = 40
	var b strings.Builder
	for _, r := range strings.ToLower(name) {
		switch {
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= longest {
			break
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "klaster"
}

// cell keeps what a person typed from being taken for a formula by a spreadsheet.
func cell(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) && !number(text) {
		return "'" + text
	}
	return text
}

// number says whether a cell is nothing but a number, which may begin with a minus.
func number(text string) bool {
	return strings.Trim(text, "0123456789.,-") == "" && strings.LastIndexByte(text, '-') <= 0
}

// date is a day as spreadsheets read it.
func (t *turn) date(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.In(t.s.Location()).Format(time.DateOnly)
}

// header is the first row of a table: the columns, separated by "|" in the catalogue.
func (t *turn) header(key string) []string { return strings.Split(t.line(key), "|") }

func (t *turn) actorTable() [][]string {
	v := t.voice()
	out := [][]string{t.header("export.columns_actors")}
	for _, a := range t.s.Actors {
		out = append(out, []string{
			shownText(t.in.Lang, a.Name), v.roleLine(a.Roles), shownText(t.in.Lang, a.Place),
			v.line("actor_status." + a.Status.String()), t.date(a.Since.Time()), plain(len(representatives(a))),
		})
	}
	return out
}

func (t *turn) issueTable() [][]string {
	v := t.voice()
	out := [][]string{t.header("export.columns_issues")}
	for _, i := range t.s.Issues {
		into := ""
		if other := t.s.Issue(i.Into); other != nil {
			into = issueMark(other)
		}
		out = append(out, []string{
			issueMark(i), shownText(t.in.Lang, i.Title), t.actorOrNobody(i.Actor), t.date(i.At), v.fateWord(i.Fate),
			plain(i.Rank), into, plain(i.Decision), shownText(t.in.Lang, i.Reason),
		})
	}
	return out
}

// decisionTable has a row for every elector of every round, with its position and its reason: also those who said
// nothing, and what was said about texts that have been replaced.
func (t *turn) decisionTable() [][]string {
	v := t.voice()
	out := [][]string{t.header("export.columns_decisions")}
	for _, p := range t.s.Proposals {
		for n, version := range p.Versions {
			outcome := v.process(p)
			if n < len(p.Versions)-1 {
				outcome = v.outcome(p, version, version.Outcome)
			}
			for _, voter := range version.Electorate {
				position := t.line("export.silent")
				b, said := voter.Ballot()
				if said {
					position = v.position(p.Method, b.Position)
				}
				out = append(out, []string{
					plain(p.Number), shownText(t.in.Lang, p.Title), t.line(methodKeys[p.Method]), plain(n + 1), t.date(version.Opened),
					t.date(version.Closes), outcome, v.actor(voter.Actor), v.groups(voter.Roles.Groups()), position,
					shownText(t.in.Lang, b.Reason), t.date(b.At),
				})
			}
		}
	}
	return out
}

var methodKeys = map[domain.Method]string{domain.Consensus: "export.consensus", domain.Majority: "export.majority"}

func (t *turn) stepTable() [][]string {
	v := t.voice()
	out := [][]string{t.header("export.columns_steps")}
	for _, s := range domain.Steps() {
		st := t.s.Step(s.ID)
		var evidence []string
		for _, e := range st.Evidence {
			evidence = append(evidence, v.evidence(e).Text)
		}
		verifier := ""
		switch {
		case st.Status != domain.Verified:
		case st.Decision > 0:
			verifier = t.line("export.by_decision", "number", st.Decision)
		default:
			verifier = v.actorOrGuide(st.Verifier)
		}
		claimer := ""
		if !st.ClaimedAt.IsZero() {
			claimer = v.actorOrGuide(st.ClaimedBy)
		}
		out = append(out, []string{
			string(s.ID), v.line("step." + string(s.ID)), stageName(v, s.Stage), v.stepStatus(s.ID), claimer, t.date(st.ClaimedAt),
			verifier, strings.Join(evidence, " | "),
		})
	}
	return out
}

func (t *turn) actorOrNobody(id domain.ActorID) string {
	if id == "" {
		return ""
	}
	return t.voice().actor(id)
}
