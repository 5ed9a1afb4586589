package commands_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"klaster/commands"
	"klaster/domain"
)

// words are what the scenarios type and press in each language.
type words map[string]map[string]string

func (w words) in(lang string) map[string]string { return w[lang] }

var stepWords = words{
	"id": {
		"steps": "/langkah", "done": "/tuntas", "evidence": "/bukti", "verify": "/verifikasi", "reopen": "/bukakembali",
		"yes": "Ya, simpan", "verify_button": "Verifikasi", "yes_verify": "Ya, verifikasi", "yes_reopen": "Ya, buka kembali", "skip": "Lewati",
		"stage": "Tahap 1", "report": "Laporkan selesai", "fix": "Perbaiki", "field": "Bukti",
	},
	"en": {
		"steps": "/steps", "done": "/done", "evidence": "/evidence", "verify": "/verify", "reopen": "/reopen",
		"yes": "Yes, save", "verify_button": "Verify", "yes_verify": "Yes, verify", "yes_reopen": "Yes, reopen", "skip": "Skip",
		"stage": "Stage 1", "report": "Report as done", "fix": "Change something", "field": "Evidence",
	},
}

// TestStepsTranscript walks one step from the board to verified and back, with a file, a link and a gate on the way.
func TestStepsTranscript(t *testing.T) {
	for _, lang := range commands.Languages() {
		t.Run(lang, func(t *testing.T) {
			w := stepWords.in(lang)
			b, sari := founded(t, lang)
			budi, dewi := b.person("Pak Budi", lang), b.person("Ibu Dewi", lang)
			b.actor(sari, budi, "PT Rotan Jaya", domain.Core)
			b.actor(sari, dewi, "CV Anyam Lestari", domain.Supplier)

			budi.says(w["steps"])
			budi.taps(w["stage"])
			budi.says(w["steps"] + " 1.3")
			budi.says(w["done"] + " 1.3 https://contoh.id/peta.pdf peta versi 1")
			budi.taps(w["yes"])
			budi.says(w["verify"] + " 1.3")
			dewi.taps(w["verify_button"])
			dewi.taps(w["yes_verify"])
			b.wait(time.Hour)
			budi.writes(w["done"] + " 1.1")
			budi.sends(commands.File{ID: "file-1", Name: "undangan.pdf", Kind: "document"}, "")
			budi.sends(commands.File{ID: "file-2", Kind: "photo"}, "")
			budi.taps(w["yes"])
			budi.writes(w["done"])
			budi.writes("1,2")
			budi.taps(w["skip"])
			budi.taps(w["yes"])
			dewi.says(w["verify"] + " 1.2")
			b.wait(time.Hour)
			dewi.says(w["reopen"] + " 1.3 Peta belum memuat pembeli")
			dewi.taps(w["yes_reopen"])
			budi.says(w["done"] + " 1.6")
			budi.says(w["done"] + " 2.1")
			budi.says(w["done"] + " 9.9")
			budi.says(w["steps"] + " 1.6")
			dewi.says(w["steps"] + " 1.3")
			dewi.says(w["steps"])
			b.golden("steps." + lang)
		})
	}
}

// TestStepsRefuseStrangers: who represents nobody is told so before writing anything.
func TestStepsRefuseStrangers(t *testing.T) {
	b, _ := founded(t, "id")
	stranger := b.person("Orang Luar", "id")
	before := b.s.Commits
	for _, command := range []string{"/tuntas 1.1 selesai", "/bukti 1.1 https://contoh.id", "/verifikasi 1.1", "/bukakembali 1.1 salah"} {
		at := b.mark()
		stranger.says(command)
		if said := b.said(at); !strings.Contains(said, "wakil") && !strings.Contains(said, "belum dilaporkan") {
			t.Errorf("%s: %s", command, said)
		}
	}
	if b.s.Commits != before {
		t.Error("something was recorded")
	}
}

// TestStepsOfSeveralActors: who stands for two actors is asked for which one, and may verify with the other only what
// somebody else claimed.
func TestStepsOfSeveralActors(t *testing.T) {
	b, sari := founded(t, "id")
	budi, dewi := b.person("Pak Budi", "id"), b.person("Ibu Dewi", "id")
	a1 := b.actor(sari, budi, "PT Rotan Jaya", domain.Core)
	b.actor(sari, budi, "Koperasi Rotan", domain.Supplier)
	b.actor(sari, dewi, "CV Anyam Lestari", domain.Supplier)
	budi.says("/tuntas 1.1 undangan dan daftar hadir")
	budi.taps("PT Rotan Jaya")
	budi.taps("Ya, simpan")
	if st := b.s.Step("1.1"); st.Status != domain.Claimed || st.ClaimedBy != a1 {
		t.Fatalf("%+v\n%s", st, b.said(0))
	}
	budi.says("/verifikasi 1.1")
	if b.s.Step("1.1").Status != domain.Claimed {
		t.Error("verified by the one who claimed")
	}
	sari.says("/verifikasi 1.1")
	sari.taps("Ya, verifikasi")
	if st := b.s.Step("1.1"); st.Status != domain.Verified || st.Verifier != "" {
		t.Errorf("%+v\n%s", st, b.said(0))
	}
}

// stepHostile are texts that change nothing wherever they are typed.
var stepHostile = []string{"", " ", strings.Repeat("a", 5000), "\xff\xfe", "😀😀", "<b>&</b>", "1.3 \x00", "N1", "n999999999999", ";;;;", "=P1,named"}

func TestStepsSurviveHostileInput(t *testing.T) {
	b, sari := founded(t, "id")
	budi := b.person("Pak Budi", "id")
	b.actor(sari, budi, "PT Rotan Jaya", domain.Core)
	before := b.s.Commits
	for _, command := range []string{"/langkah ", "/tuntas ", "/bukti ", "/verifikasi ", "/bukakembali ", "/tuntas 1.3 ", "/bukakembali 1.3 "} {
		for _, text := range stepHostile {
			at := b.mark()
			budi.says(command + text)
			budi.writes(command + text)
			if said := b.said(at); strings.Contains(said, "tidak ada jawaban") {
				t.Errorf("no answer to %q: %s", command+text, said)
			}
			budi.writes("/batal")
			budi.says("/batal")
		}
	}
	for _, tap := range []string{"c:/tuntas 1.6", "c:/verifikasi 9.9", "c:/langkah 99", "c:", "step:1.3", "f:AAAA:ok", "c:/bukti"} {
		budi.forges(tap, false)
		budi.forges(tap, true)
	}
	if b.s.Commits != before {
		t.Errorf("%d commits", b.s.Commits-before)
	}
}

// TestEvidenceAlongWithTheCommand: a file whose caption is the command needs no further question.
func TestEvidenceAlongWithTheCommand(t *testing.T) {
	b, sari := founded(t, "id")
	budi := b.person("Pak Budi", "id")
	b.actor(sari, budi, "PT Rotan Jaya", domain.Core)
	budi.sends(commands.File{ID: "file-1", Kind: "photo"}, "/tuntas 1.4 rapat pertama")
	budi.taps("Ya, simpan")
	budi.sends(commands.File{ID: "file-2", Name: "usg.xlsx", Kind: "document"}, "/bukti 1,4")
	budi.taps("Ya, simpan")
	want := []domain.Evidence{
		{Kind: domain.EvidenceFile, Text: "rapat pertama", File: "file-1", By: "A1"}, {Kind: domain.EvidenceFile, Text: "usg.xlsx", File: "file-2", By: "A1"},
	}
	if got := b.s.Step("1.4").Evidence; !slices.Equal(got, want) {
		t.Errorf("%+v\n%s", got, b.said(0))
	}
}
