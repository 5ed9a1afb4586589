package commands_test

import (
	"strings"
	"testing"

	"klaster/commands"
	"klaster/domain"
	"klaster/domain/calendar"
)

// heard is the text of the newest message a person or, for nobody, the group got.
func (b *bot) heard(p *person) string {
	var to domain.PersonID
	if p != nil {
		to = p.id
	}
	for i := len(b.messages) - 1; i >= 0; i-- {
		if b.messages[i].to == to {
			return b.messages[i].body
		}
	}
	return ""
}

// TestOnlyVotersHearWhenTheyMayVote: who is registered nowhere is told so; when it may take a position is said to those
// only who have tried to.
func TestOnlyVotersHearWhenTheyMayVote(t *testing.T) {
	b, steward := founded(t, "id")
	budi, guest := b.person("Pak Budi", "id"), b.person("Pak Tamu", "id")
	b.actor(steward, budi, "PT Rotan Jaya", domain.Core)
	b.hush(func() { b.do(budi, domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: "Pameran bersama"}) })
	later := "mulai usulan berikutnya"
	for said, vote := range map[string]bool{"/isu Jalan rusak": false, "/tuntas 1.1": false, "/pelaku ubah": false, "/sikap 1 setuju": true, "/sikap": true} {
		guest.says(said)
		if answer := b.heard(nil); !strings.Contains(answer, "belum tercatat") || strings.Contains(answer, later) != vote {
			t.Errorf("%s: %s", said, answer)
		}
	}
}

// TestFoundingElsewhere: who answers in private what was asked in the group is told where the question waits.
func TestFoundingElsewhere(t *testing.T) {
	b := newBot(t, "id")
	sari, tamu := b.person("Ibu Sari", "id"), b.person("Pak Tamu", "id")
	sari.admin = true
	sari.says("/mulai")
	for _, said := range []string{"Klaster Rotan Cirebon", "/status"} {
		sari.writes(said)
		if answer := b.heard(sari); !strings.Contains(answer, "menunggu jawaban Bapak/Ibu di grup") {
			t.Errorf("%s: %s", said, answer)
		}
	}
	tamu.writes("halo")
	if answer := b.heard(tamu); !strings.Contains(answer, "belum tercatat di klaster mana pun") {
		t.Error(answer)
	}
	sari.says("Klaster Rotan Cirebon") // the question has gone on waiting
	if answer := b.heard(nil); !strings.Contains(answer, "2 dari 5") {
		t.Error(answer)
	}
}

// TestStatusOfSomethingUnfinished: in the group only that something waits is said, never what.
func TestStatusOfSomethingUnfinished(t *testing.T) {
	b, steward := founded(t, "id")
	budi := b.person("Pak Budi", "id")
	b.actor(steward, budi, "PT Rotan Jaya", domain.Core)
	budi.says("/status")
	if answer := b.heard(nil); !strings.Contains(answer, "Tidak ada yang menunggu") {
		t.Error(answer)
	}
	budi.says("/usulan Pameran bersama")
	if answer := b.heard(nil); !strings.Contains(answer, "belum ada yang dicatat") {
		t.Error(answer)
	}
	budi.says("/status")
	answer := b.heard(nil)
	if !strings.Contains(answer, "belum selesai menunggu di pesan pribadi") || strings.Contains(answer, "Tidak ada yang menunggu") || strings.Contains(answer, "Pameran") {
		t.Error(answer)
	}
	steward.says("/status")
	if answer := b.heard(nil); strings.Contains(answer, "belum selesai menunggu") {
		t.Error(answer)
	}
}

// TestBindingActsCanBeLetBe: beside what does a binding act stands what lets it be, and the group hears where it is asked.
func TestBindingActsCanBeLetBe(t *testing.T) {
	b, steward := founded(t, "id")
	admin, guest := b.person("Pak Admin", "id"), b.person("Pak Tamu", "id")
	admin.admin = true
	b.actor(steward, steward, "PT Rotan Jaya", domain.Core)
	b.hush(func() {
		b.do(steward, domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: "Pameran bersama"})
		b.do(steward, domain.CastVote{Proposal: "D1", Position: domain.Agree})
	})
	steward.says("/keputusan 1 tutup")
	if answer := b.heard(nil); !strings.Contains(answer, "pesan pribadi") {
		t.Error(answer)
	}
	steward.taps("Batal")
	if answer := b.heard(steward); !strings.Contains(answer, "Tidak ada yang diubah") {
		t.Error(answer)
	}
	admin.says("/keputusan 1 tutup") // a steward by that alone is asked in the group
	guest.taps("Batal")
	admin.taps("Ya, tutup sekarang")
	if p := b.s.Proposals[0]; p.Result() != domain.Unanimous {
		t.Errorf("%s\n%s", p.Phase, b.log.String())
	}
}

// TestOneCallForSeveralPrompts: who cannot be written to is called once, however much is asked at once.
func TestOneCallForSeveralPrompts(t *testing.T) {
	b, steward := founded(t, "id")
	rina := b.person("Ibu Rina", "id")
	b.actor(steward, rina, "PT Rotan Jaya", domain.Core)
	define(b, steward, "Omzet anggota", "0 9 1 * *", calendar.Monthly)
	define(b, steward, "Tenaga kerja", "0 9 1 * *", calendar.Monthly)
	b.until(b.now.AddDate(0, 0, 1))
	calls, prompts := 0, 0
	for _, c := range b.c.Cards(b.s, b.now, b.langOf) {
		if c.To == rina.id {
			prompts++
			if c.Fallback != nil {
				calls++
			}
		}
	}
	if prompts != 2 || calls != 1 {
		t.Errorf("%d calls for %d prompts", calls, prompts)
	}
}

// TestCommandsAreOnePiece: a command with an argument is one piece of code, not three that are tapped one by one.
func TestCommandsAreOnePiece(t *testing.T) {
	texts, err := commands.LoadCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[string]string{"id": "/tuntas 1.1", "en": "/done 1.1"} {
		var codes []string
		for _, b := range texts.Say(lang, "refuse.step.not_claimed", "step", "1.1") {
			for _, s := range b.Spans {
				if s.Kind == commands.Code {
					codes = append(codes, s.Text)
				}
			}
		}
		if len(codes) != 1 || codes[0] != want {
			t.Errorf("%s: %q", lang, codes)
		}
	}
}

// TestTitlesEndWithoutAFullStop: they stand inside of sentences.
func TestTitlesEndWithoutAFullStop(t *testing.T) {
	b, steward := founded(t, "id")
	b.actor(steward, steward, "PT Rotan Jaya", domain.Core)
	for typed, want := range map[string]domain.Text{"Jalan rusak.": "Jalan rusak", "Jalan rusak lagi ...": "Jalan rusak lagi ...", "Jalan rusak di mana?": "Jalan rusak di mana?"} {
		steward.says("/isu " + typed)
		steward.picks("button.raise")
		if got := b.s.Issues[len(b.s.Issues)-1].Title; got != want {
			t.Errorf("%q became %q", typed, got)
		}
	}
}
