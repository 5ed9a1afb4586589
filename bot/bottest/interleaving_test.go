package bottest_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"klaster/bot"
	"klaster/bot/bottest"
	"klaster/commands"
	"klaster/domain"
)

// twoClusters founds two: one in two groups on two platforms, where Budi has two accounts, and one in a group of its
// own. Citra is in both.
const twoClusters = `person Ann admin
person Budi
person Citra
person Dewi admin
person Budi2 on=other
person Ann2 on=other admin
add klaster
Ann@klaster> /mulai
Ann@klaster> Klaster Rotan
Ann@klaster> Mebel rotan
Ann@klaster> Cirebon
Ann taps Bahasa Indonesia
Ann taps WIB (Jakarta)
Ann taps Benar, dirikan
Ann@private> /status
Ann@klaster> /sambungkan kode
take Ann GROUP
add forum on=other
Ann2@forum> /sambungkan {GROUP}
add pasar
Dewi@pasar> /mulai
Dewi@pasar> Klaster Batik
Dewi@pasar> Batik
Dewi@pasar> Cirebon
Dewi taps Bahasa Indonesia
Dewi taps WIB (Jakarta)
Dewi taps Benar, dirikan
Dewi@private> /status
Budi@private> /status
Citra@private> /status
`

// registration has somebody register an organisation from a group.
func registration(who, group, name string) string {
	return strings.NewReplacer("WHO", who, "GROUP", group, "NAME", name).Replace(`WHO@GROUP> /daftar NAME
WHO taps Pemasok
WHO taps Selesai memilih
WHO taps Lewati
WHO taps Lewati
WHO taps Benar, daftarkan
`)
}

func proposal(who, group, title string) string {
	return strings.NewReplacer("WHO", who, "GROUP", group, "TITLE", title).Replace(`WHO@GROUP> /usulan TITLE
WHO taps Lewati
WHO taps Tidak terkait
WHO taps Ya, buka usulan
`)
}

// whose is the cluster that something is said to.
type whose int

const (
	rattan whose = iota // the cluster of several chats
	batik
	nobody // said in private, about accounts or to the one cluster that a person is in
)

// said is one thing said, in one or several steps.
type said struct {
	to    whose
	lines string
}

const (
	linking = `Budi@private> /sambungkan saya
take Budi ACCOUNT
ACCOUNT2@private> /sambungkan {ACCOUNT}
ACCOUNT2 may tap Ya, sambungkan`
	unlinking = `Budi2@private> /sambungkan lepas saya
Budi2 may tap Ya, pisahkan`
	attaching = `Ann@klaster> /sambungkan kode
take Ann THIRD
Ann2@third> /sambungkan {THIRD}`
	detaching = `Ann2@third> /sambungkan lepas
Ann2 may tap Ya, lepas`
)

// anything people say while a proposal is open.
func anything() *rapid.Generator[said] {
	to := func(to whose, choices ...string) *rapid.Generator[said] {
		return rapid.Map(rapid.SampledFrom(choices), func(lines string) said { return said{to, lines} })
	}
	group := func(cluster whose, places ...string) *rapid.Generator[said] {
		return rapid.Custom(func(t *rapid.T) said {
			what := rapid.SampledFrom([]string{
				"/sikap 1 setuju", "/sikap 1 abstain", "/sikap 1 keberatan karena mahal", "/sikap 1 menolak karena terburu-buru",
				"/kuorum 1", "/status", "/pelaku", "/sikap 2 setuju",
			}).Draw(t, "what")
			return said{cluster, rapid.SampledFrom(places).Draw(t, "who") + "> " + what}
		})
	}
	return rapid.OneOf(
		group(rattan, "Budi@klaster", "Budi2@forum", "Citra@klaster", "Ann@klaster", "Ann2@forum", "Budi2@third", "Ann2@third"),
		group(rattan, "Budi@klaster", "Budi2@forum", "Citra@klaster"),
		group(batik, "Dewi@pasar", "Citra@pasar", "Eka@pasar"),
		to(rattan, attaching, detaching),
		to(nobody, strings.ReplaceAll(linking, "ACCOUNT2", "Budi2"), unlinking),
		to(nobody, "Budi@private> /sikap 1 setuju", "Budi2@private> /sikap 1 abstain", "Dewi@private> /sikap 1 setuju", "Budi@private> /status",
			"Budi2@private> /saya", "Budi2@private> /sambungkan ABCDEF"),
	)
}

// Whatever is said in several chats and in private, from several accounts that are linked and unlinked meanwhile, with a
// third chat coming and going, and in which order: no organisation counts twice, linking makes no organisations, and what
// one cluster shows and is never depends on the other.
func TestInterleavedChats(t *testing.T) {
	talk, err := commands.New(bottest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	setup := twoClusters + "add third on=other\n" +
		registration("Budi", "klaster", "PT Rotan Jaya") + "Ann taps Setujui\n" + registration("Citra", "klaster", "CV Anyam") + "Ann taps Setujui\n" +
		registration("Dewi", "pasar", "PT Batik Jaya") + registration("Citra", "pasar", "CV Canting") + "Dewi taps Setujui\n" +
		proposal("Budi", "klaster", "Membeli rotan bersama") + proposal("Dewi", "pasar", "Membeli kain bersama")
	lines := rapid.SliceOfN(anything(), 16, 16)
	for seed := range 8 {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			all := lines.Example(seed)
			both, are := play(t, talk, setup, all, func(said) bool { return true })
			for cluster, group := range map[whose]string{rattan: "klaster", batik: "pasar"} {
				alone, is := play(t, talk, setup, all, func(s said) bool { return s.to == cluster || s.to == nobody })
				for i, s := range all {
					if s.to == cluster && both[i] != alone[i] {
						t.Errorf("%q is answered differently when the other cluster speaks, too\n%s\nalone:\n%s", s.lines, both[i], alone[i])
					}
				}
				if are[group] != is[group] {
					t.Errorf("the cluster of %s is\n%s\nalone:\n%s", group, are[group], is[group])
				}
			}
			for i, s := range all {
				for _, m := range where.FindAllStringSubmatch(both[i], -1) {
					if s.to != nobody && (m[1] == "pasar") != (s.to == batik) {
						t.Errorf("%q is shown in %s", s.lines, m[1])
					}
				}
			}
		})
	}
}

var (
	where   = regexp.MustCompile(`(?m)^    \[(klaster|forum|third|pasar)\]`)
	receipt = regexp.MustCompile(`\d+-[A-Z2-7]{6}`)
	oneTime = regexp.MustCompile(`\b[A-Z2-7]{26}\b`)
)

// play says some of the lines, in their order and at their times, and returns what came of each, and what the clusters
// are then, by a group of theirs.
func play(t *testing.T, talk bot.Talk, setup string, all []said, says func(said) bool) (out []string, are map[string]string) {
	t.Helper()
	var scenario strings.Builder
	scenario.WriteString(setup)
	for i, s := range all {
		fmt.Fprintf(&scenario, "# %d\n", i)
		if says(s) {
			scenario.WriteString(s.lines + "\n")
		} else {
			scenario.WriteString(strings.Repeat("# silence\n", 1+strings.Count(s.lines, "\n")))
		}
	}
	are = map[string]string{}
	told := bottest.PlayThen(t, openStore, talk, scenario.String(), start, func(w *bottest.World) {
		for _, group := range []string{"klaster", "pasar"} {
			w.View(w.ClusterOf(group), func(s *domain.State) {
				sound(t, s)
				are[group] = bottest.Summary(s)
			})
		}
	})
	_, rest, _ := strings.Cut(told, "# 0\n")
	out = make([]string, len(all))
	for i := range all {
		out[i], rest, _ = strings.Cut(rest, fmt.Sprintf("# %d\n", i+1))
		out[i] = oneTime.ReplaceAllString(receipt.ReplaceAllString(out[i], "0-RECEIPT"), "CODE")
	}
	return out, are
}

// sound checks what holds whatever was said: two organisations, each with one seat, and at most one ballot to a seat.
func sound(t *testing.T, s *domain.State) {
	t.Helper()
	if len(s.Actors) != 2 {
		t.Errorf("%s has %d actors, want 2", s.Name, len(s.Actors))
	}
	for _, a := range s.Actors {
		if a.Status != domain.StatusApproved || len(a.Reps) != 1 {
			t.Errorf("%s is %s with %d representatives", a.Name, a.Status, len(a.Reps))
		}
	}
	for _, p := range s.Proposals {
		seats, ballots, now := map[domain.ActorID]bool{}, 0, p.Now()
		for i := range now.Electorate {
			seat := &now.Electorate[i]
			seats[seat.Actor] = true
			if _, cast := seat.Ballot(); cast {
				ballots++
			}
		}
		c := now.Count
		if counted := c.Agree + c.Note + c.Abstain + c.Object + c.Block; len(now.Electorate) != 2 || len(seats) != 2 || c.Electorate != 2 || counted != ballots {
			t.Errorf("%d ballots of %d seats for %d organisations are counted as %+v", ballots, len(now.Electorate), len(seats), c)
		}
	}
	for i, c := range s.Chats {
		for _, other := range s.Chats[:i] {
			if c.Ref == other.Ref {
				t.Errorf("%s has the chat %v twice", s.Name, c.Ref)
			}
		}
	}
}
