package commands

import (
	"slices"
	"strconv"
	"strings"

	"klaster/commands/phrase"
	"klaster/domain"
	"klaster/domain/calendar"
)

// plain writes a whole number for a spreadsheet; nothing for zero.
func plain(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// figure writes a quantity for a spreadsheet: no grouping, the decimal separator of the language.
func (t *turn) figure(q domain.Quantity) string {
	group := "."
	if t.in.Lang == "en" {
		group = ","
	}
	return strings.ReplaceAll(phrase.FormatQuantity(phrase.Quantity(q), t.in.Lang), group, "")
}

// readingScope is the sentence that says whose figures the table holds.
func (t *turn) readingScope() string {
	switch {
	case !t.in.Private:
		return "export.scope_group"
	case t.sight().all:
		return "export.scope_all"
	}
	return "export.scope_own"
}

// readingTable has the figures the person may see here: in a group only what all report together; privately one's own
// as well, and all of them for stewards and the facilitator.
func (t *turn) readingTable() [][]string {
	out := [][]string{t.header("export.columns_readings")}
	sight := t.sight()
	for _, n := range t.s.Indicators {
		periods := slices.Sorted(func(yield func(calendar.Period) bool) {
			for p := range n.Readings {
				if !yield(p) {
					return
				}
			}
		})
		for _, p := range periods {
			for _, a := range t.s.Actors {
				if r, ok := n.Readings[p][a.ID]; ok && sight.sees(a.ID) {
					out = append(out, t.readingRow(n, p, t.voice().actor(a.ID), r))
				}
			}
			out = append(out, t.togetherRow(n, p, sight))
		}
	}
	return out
}

func (t *turn) readingRow(n *domain.Indicator, p calendar.Period, who string, r domain.Reading) []string {
	value, note := t.figure(r.Value), shownText(t.in.Lang, r.Note)
	if r.None {
		value = ""
		note = strings.TrimSuffix(t.line("export.unavailable")+": "+note, ": ")
	}
	return []string{
		indicatorMark(n), shownText(t.in.Lang, n.Name), shownText(t.in.Lang, n.Unit),
		phrase.FormatPeriod(p, t.in.Lang), who, value, note, t.date(r.At),
	}
}

// togetherRow is what all reported together: how many did, and their mean where that hides
// each single one.
func (t *turn) togetherRow(n *domain.Indicator, p calendar.Period, sight sight) []string {
	sum := sumOf(n, p)
	row := t.readingRow(n, p, t.line("export.together", "count", sum.count), domain.Reading{})
	row[7] = ""
	switch why := t.voice().together(n, p, sight); why {
	case "":
		row[5], row[6] = t.figure(sum.mean(n.Kind)), t.line("export.mean")
	default:
		row[5], row[6] = "", t.line("export."+string(why), "least", sight.least)
	}
	return row
}
