package discord

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"klaster/bot/discord/discordtest"
)

// Who scores issues one after another sees one question at a time: each answer takes the place of its question, and what
// was recorded is said beside it. No button of a question that is answered stays.
func TestScoringLeavesOneQuestion(t *testing.T) {
	t.Parallel()
	s := newHubbed(t, nil, nil)
	s.found()
	s.did(s.Slash(s.channel, s.ani, "join", discordtest.Opt{Name: "organisation", Value: "PT Rotan Jaya"}))
	s.did(s.ChooseOptions(s.channel, s.ani, "Industri inti"))
	s.did(s.PressButton(s.channel, s.ani, "Lewati"))
	s.did(s.PressButton(s.channel, s.ani, "Lewati"))
	s.did(s.PressButton(s.channel, s.ani, "Benar, daftarkan"))
	for _, title := range []string{"Bahan baku langka", "Harga ekspor turun", "Upah perajin tertinggal"} {
		s.did(s.Slash(s.channel, s.ani, "issue", discordtest.Opt{Name: "issue", Value: title}))
		s.did(s.PressButton(s.channel, s.ani, "Benar, sampaikan"))
	}
	s.did(s.Slash(s.channel, s.ani, "prioritise"))
	s.did(s.PressButton(s.channel, s.ani, "Ya, buka penilaian"))
	s.did(s.Slash(s.channel, s.ani, "prioritise"))

	// asking are the messages with buttons that score.
	asking := func(w *discordtest.World) (out []discordtest.Message) {
		for _, m := range append(w.Messages(s.channel, s.ani), w.DMs(s.ani)...) {
			if !m.Deleted && slices.ContainsFunc(m.Labels(), func(l string) bool { return strings.HasPrefix(l, "5 ") }) {
				out = append(out, m)
			}
		}
		return out
	}
	shows := func(words string) (question discordtest.Message) {
		s.until(func(w *discordtest.World) bool {
			all := asking(w)
			if len(all) > 0 {
				question = all[len(all)-1]
			}
			return len(all) > 0 && strings.Contains(question.Text(), words)
		})
		return question
	}
	recorded := 0
	for issue := 1; issue <= 3; issue++ {
		question := shows(fmt.Sprintf("isu %d dari 3", issue))
		for n := range 3 {
			label := question.Labels()[2]
			r := s.did(s.PressButton(s.channel, s.ani, label))
			if r.Type != 7 {
				t.Errorf("issue %d, score %d: answered with %+v", issue, n+1, r)
			}
			if issue == 3 && n == 2 {
				break
			}
			next := fmt.Sprintf("isu %d dari 3", issue)
			if n == 2 {
				next = fmt.Sprintf("isu %d dari 3", issue+1)
				s.until(func(w *discordtest.World) bool {
					recorded = 0
					for _, m := range w.Messages(s.channel, s.ani) {
						if strings.Contains(m.Text(), "Tercatat") && m.Ephemeral {
							recorded++
						}
					}
					return recorded >= issue
				})
			}
			question = shows(next)
			s.until(func(w *discordtest.World) bool { return len(asking(w)) == 1 })
		}
	}
	s.until(func(w *discordtest.World) bool { return len(asking(w)) == 0 })
}
