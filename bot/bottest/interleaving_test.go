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

// said is one thing said in a group of one of the clusters.
type said struct {
	rattan bool // in the cluster of several chats; else in the other
	line   string
}

// anything people say while a proposal is open.
func anything() *rapid.Generator[said] {
	return rapid.Custom(func(t *rapid.T) said {
		rattan := rapid.Bool().Draw(t, "rattan")
		place := rapid.SampledFrom([]string{"Dewi@pasar", "Citra@pasar", "Budi@pasar"}).Draw(t, "who")
		if rattan {
			place = rapid.SampledFrom([]string{"Budi@klaster", "Budi2@forum", "Citra@klaster", "Ann@klaster", "Ann2@forum"}).Draw(t, "who")
		}
		what := rapid.SampledFrom([]string{
			"/sikap 1 setuju", "/sikap 1 abstain", "/sikap 1 keberatan karena mahal", "/sikap 1 menolak karena terburu-buru",
			"/kuorum 1", "/status", "/pelaku", "/sikap 2 setuju", "/sambungkan ABCDEF",
		}).Draw(t, "what")
		return said{rattan, place + "> " + what}
	})
}

// Whatever is said in several chats, from several accounts and in which order: no organisation counts twice, and what
// one cluster shows never depends on the other.
func TestInterleavedChats(t *testing.T) {
	talk, err := commands.New(bottest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	setup := twoClusters +
		registration("Budi", "klaster", "PT Rotan Jaya") + "Ann taps Setujui\n" + registration("Citra", "klaster", "CV Anyam") + "Ann taps Setujui\n" +
		registration("Dewi", "pasar", "PT Batik Jaya") + registration("Citra", "pasar", "CV Canting") + "Dewi taps Setujui\n" +
		"Budi@private> /sambungkan saya\ntake Budi ACCOUNT\nBudi2@private> /sambungkan {ACCOUNT}\nBudi2 taps Ya, sambungkan\n" +
		proposal("Budi", "klaster", "Membeli rotan bersama") + proposal("Dewi", "pasar", "Membeli kain bersama")
	lines := rapid.SliceOfN(anything(), 12, 12)
	for seed := range 4 {
		t.Run(strconv.Itoa(seed), func(t *testing.T) {
			t.Parallel()
			all := lines.Example(seed)
			both := play(t, talk, setup, all, func(said) bool { return true })
			for _, rattan := range []bool{true, false} {
				alone := play(t, talk, setup, all, func(s said) bool { return s.rattan == rattan })
				for i, s := range all {
					if s.rattan == rattan && both[i] != alone[i] {
						t.Errorf("%q is answered differently when the other cluster speaks, too\n%s\nalone:\n%s", s.line, both[i], alone[i])
					}
				}
			}
			for i, s := range all {
				for _, m := range counted.FindAllStringSubmatch(both[i], -1) {
					if cast, actors := number(m[1]), number(m[2]); cast > actors || actors != 2 {
						t.Errorf("after %q: %s", s.line, m[0])
					}
				}
				for _, m := range where.FindAllStringSubmatch(both[i], -1) {
					if (m[1] == "pasar") == s.rattan {
						t.Errorf("%q is shown in %s", s.line, m[1])
					}
				}
			}
		})
	}
}

var (
	counted = regexp.MustCompile(`Sikap masuk: (\d+) dari (\d+) pelaku`)
	where   = regexp.MustCompile(`(?m)^    \[(klaster|forum|pasar)\]`)
	receipt = regexp.MustCompile(`\d+-[A-Z2-7]{6}`)
)

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// play says some of the lines, in their order and at their times, and returns what came of each.
func play(t *testing.T, talk bot.Talk, setup string, all []said, says func(said) bool) []string {
	t.Helper()
	var scenario strings.Builder
	scenario.WriteString(setup)
	for i, s := range all {
		fmt.Fprintf(&scenario, "# %d\n", i)
		if says(s) {
			scenario.WriteString(s.line + "\n")
		} else {
			scenario.WriteString("# silence\n")
		}
	}
	_, rest, _ := strings.Cut(bottest.Play(t, openStore, talk, scenario.String(), start), "# 0\n")
	out := make([]string, len(all))
	for i := range all {
		out[i], rest, _ = strings.Cut(rest, fmt.Sprintf("# %d\n", i+1))
		out[i] = receipt.ReplaceAllString(out[i], "0-RECEIPT")
	}
	return out
}
