package commands_test

import (
	"strings"
	"testing"
	"time"

	"klaster/domain"
)

// village is a cluster with a steward and four representatives: a core firm, a supplier, a buyer and an institution.
type village struct {
	b                         *bot
	sari, budi, wati, joko    *person
	rotan, anyam, ekspor, upt domain.ActorID
}

func newVillage(t *testing.T, lang string) village {
	t.Helper()
	b, sari := founded(t, lang)
	v := village{b: b, sari: sari, budi: b.person("Pak Budi", lang), wati: b.person("Bu Wati", lang), joko: b.person("Pak Joko", lang)}
	v.rotan = b.actor(sari, v.budi, "PT Rotan Jaya", domain.Core)
	v.anyam = b.actor(sari, v.wati, "CV Anyam Lestari", domain.Supplier)
	v.ekspor = b.actor(sari, v.joko, "PT Ekspor Mandiri", domain.Buyer)
	v.upt = b.actor(sari, sari, "UPT Rotan", domain.Institution)
	b.hush(func() { // without the daily digest, which has tests of its own
		b.do(sari, domain.ChangeCharter{Key: domain.KeyDigest, Value: "off"})
		b.wait(time.Hour)
	})
	return v
}

// issues raises issues without a conversation.
func (v village) issues(titles ...string) {
	v.b.hush(func() {
		for n, title := range titles {
			v.b.do(v.budi, domain.RaiseIssue{Issue: domain.ItemID("K" + string(rune('1'+n))), Title: domain.Text(title), Actor: v.rotan})
		}
	})
}

func inBothLanguages(t *testing.T, play func(t *testing.T, lang string)) {
	for _, lang := range []string{"id", "en"} {
		t.Run(lang, func(t *testing.T) { play(t, lang) })
	}
}

func TestIssuesRaisedAndSettled(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		v := newVillage(t, lang)
		b := v.b
		isu := b.in("/isu", "/issue")
		v.budi.says(isu)
		v.budi.says(isu + " " + b.in("Bahan baku rotan langka", "Rattan is scarce"))
		v.budi.picks("button.raise")
		stranger := b.person("Pak Tamu", lang)
		stranger.says(isu + " x")
		v.wati.picks("button.issues")
		v.wati.picks("button.new_issue")
		v.wati.says(b.in("Harga rotan naik turun", "Rattan prices go up and down"))
		v.wati.picks("button.fix")
		v.wati.says(b.in("Harga rotan tidak menentu", "Rattan prices are unsteady"))
		v.wati.picks("button.raise")
		v.joko.writes(b.in("isu Pembeli meminta sertifikat", "issue Buyers ask for certificates"))
		v.joko.writes(isu + " " + b.in("Pembeli meminta sertifikat", "Buyers ask for certificates"))
		v.joko.picks("button.raise")
		v.sari.says(isu + " I1")
		v.sari.says(isu + " " + b.in("gabung", "merge") + " I2")
		v.sari.taps("I1 " + b.in("Bahan baku rotan langka", "Rattan is scarce"))
		v.sari.picks("button.merge_yes")
		v.sari.says(isu + " " + b.in("tunda I3 Menunggu aturan baru", "defer I3 Waiting for the new regulation"))
		v.sari.picks("button.save")
		v.budi.says(isu + " " + b.in("tolak", "refuse") + " I1")
		v.sari.says(isu + " " + b.in("tolak", "refuse") + " I1")
		v.sari.says(b.in("Di luar kewenangan klaster", "Outside the cluster's reach"))
		v.sari.picks("button.save")
		v.joko.reachable = false
		v.sari.says(isu + " " + b.in("buka", "reopen") + " I3")
		v.wati.says(isu)
		v.wati.says(isu + " I2")
		v.wati.says(isu + " 99")
		b.golden("issues." + lang)
	})
}

func TestIssueForOneOfSeveralActors(t *testing.T) {
	v := newVillage(t, "id")
	second := v.b.actor(v.sari, v.budi, "Koperasi Rotan", domain.Institution)
	v.budi.says("/isu Gudang bersama belum ada")
	v.budi.taps("Koperasi Rotan")
	v.budi.picks("button.raise")
	if i := v.b.s.Issues[0]; i.Actor != second || i.Title != "Gudang bersama belum ada" {
		t.Errorf("issue %+v\n%s", i, v.b.log.String())
	}
}

func TestScoring(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		v := newVillage(t, lang)
		b := v.b
		if lang == "id" {
			v.issues("Bahan baku rotan langka", "Harga rotan tidak menentu", "Pembeli meminta sertifikat")
		} else {
			v.issues("Rattan is scarce", "Rattan prices are unsteady", "Buyers ask for certificates")
		}
		prioritas := b.in("/prioritas", "/prioritise")
		v.budi.says(prioritas)
		v.sari.says(prioritas)
		v.sari.picks("button.open_round")
		v.budi.picks("button.score")
		score := func(p *person, digits string) {
			criteria := []string{"urgency", "seriousness", "growth"}
			for n, d := range digits {
				if d == '-' { // asked already
					continue
				}
				p.taps(string(d) + " " + b.texts.Line(p.lang, "usg."+criteria[n]+"."+string(d)))
			}
		}
		score(v.budi, "54")
		v.budi.picks("button.back")
		score(v.budi, "-3")
		v.budi.picks("button.back")
		v.budi.picks("button.back")
		score(v.budi, "543")
		v.budi.picks("button.skip_score")
		score(v.budi, "222")
		v.budi.taps("I2")
		score(v.budi, "345")
		b.show()
		stranger := b.person("Pak Tamu", lang)
		stranger.writes(prioritas)
		v.wati.writes(prioritas)
		b.hush(func() { score(v.wati, "555"); score(v.wati, "111") })
		v.joko.writes(prioritas)
		b.hush(func() { score(v.joko, "454"); score(v.joko, "333") })
		v.sari.says(b.in("/kuorum", "/pending"))
		v.sari.says(prioritas + " " + b.in("tutup", "close"))
		v.joko.writes(b.in("/sikap", "/vote"))
		b.wait(6 * 24 * time.Hour)
		v.budi.says(prioritas)
		v.budi.says(b.in("/isu", "/issue"))
		v.wati.picks("button.score")
		b.golden("scoring." + lang)
	})
}

// Nothing that is lost between two taps may matter: the buttons carry the scores, and only finished issues are commits.
func TestScoringSurvivesRestarts(t *testing.T) {
	v := newVillage(t, "id")
	v.issues("Satu masalah", "Dua masalah", "Tiga masalah")
	v.b.hush(func() { v.b.do(v.sari, domain.OpenRound{Round: "R1"}) })
	v.budi.writes("/prioritas")
	v.budi.taps("5 Dalam 1 bulan")
	clear(v.b.sessions)
	v.budi.taps("4 Mayoritas rugi")
	clear(v.b.sessions)
	v.budi.taps("3 Perlahan memburuk")
	got := v.b.s.Rounds[0].Ballots["K1"][v.rotan]
	if got == nil || *got != (domain.Scores{5, 4, 3}) {
		t.Errorf("scores %v\n%s", got, v.b.log.String())
	}
}

func TestForgedScoringTaps(t *testing.T) {
	v := newVillage(t, "id")
	v.issues("Satu masalah", "Dua masalah", "Tiga masalah")
	v.b.hush(func() { v.b.do(v.sari, domain.OpenRound{Round: "R1"}) })
	number := "1"
	before := v.b.s.Commits
	for _, data := range []string{
		"s", "s:", "s::::", "s:open", "s:close:" + number, "s:withdraw:" + number, "s:close:99", "s:1:" + string(v.anyam) + ":0:555",
		"s:1:" + string(v.rotan) + ":0:556", "s:1:" + string(v.rotan) + ":0:5555", "s:1:" + string(v.rotan) + ":7:555",
		"s:1:" + string(v.rotan) + ":-5:555", "s:1:" + string(v.rotan) + ":x:555", "s:99:" + string(v.rotan) + ":0:555",
		"s:1::0:555", "s:1:" + string(v.rotan) + ":0:55\xff", "s:99999999999999999999:A1:0:5",
	} {
		for _, private := range []bool{false, true} {
			mark := v.b.mark()
			v.budi.forges(data, private)
			if strings.Contains(v.b.said(mark), "tidak ada jawaban") {
				t.Errorf("%q is not answered", data)
			}
		}
	}
	if v.b.s.Commits != before {
		t.Errorf("forged taps made %d commits\n%s", v.b.s.Commits-before, v.b.log.String())
	}
}

// hostileTexts are texts that must change nothing by themselves and get a sentence.
var hostileTexts = []string{"", "   ", strings.Repeat("a", 5000), strings.Repeat("é", 4000), "\xff\xfe", "🙂🙂", "<b>&", "*_`{x}", "/", "a\x00b", "I1"}

func TestHostileTextsForIssues(t *testing.T) {
	v := newVillage(t, "id")
	v.issues("Satu masalah")
	before := v.b.s.Commits
	for _, text := range hostileTexts {
		for _, command := range []string{"/isu ", "/isu gabung I1 ", "/isu tunda I1 ", "/isu tolak I1 ", "/isu buka I1 ", "/prioritas "} {
			for _, p := range []*person{v.budi, v.sari} {
				mark := v.b.mark()
				p.says(command + text)
				if strings.Contains(v.b.said(mark), "tidak ada jawaban") {
					t.Errorf("%q is not answered", command+text[:min(20, len(text))])
				}
				v.b.hush(func() { p.says("/batal") })
			}
		}
	}
	if v.b.s.Commits != before {
		t.Errorf("hostileTexts texts made %d commits", v.b.s.Commits-before)
	}
}
