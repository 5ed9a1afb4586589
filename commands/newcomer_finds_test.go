package commands_test

import (
	"fmt"
	"strings"
	"testing"

	"klaster/commands"
	"klaster/domain"
	"klaster/domain/calendar"
)

// TestPrivateTextWhileTheGroupIsAsked: an answer written in the wrong chat is told where its question waits, and becomes
// neither an issue nor a proposal.
func TestPrivateTextWhileTheGroupIsAsked(t *testing.T) {
	b, steward := founded(t, "id")
	b.actor(steward, steward, "PT Rotan Jaya", domain.Core)
	steward.says("/tuntas 1.1")
	for _, said := range []string{"Daftar hadir pertemuan pertama", "Ya"} {
		steward.writes(said)
		if answer := b.heard(steward); !strings.Contains(answer, "di grup. Mohon menjawabnya di sana") {
			t.Errorf("%s: %s", said, answer)
		}
	}
	steward.says("/batal")
	steward.writes("Daftar hadir pertemuan pertama")
	if answer := b.heard(steward); !strings.Contains(answer, "isu atau usulan keputusan") {
		t.Error(answer)
	}
}

// TestUnfinishedEntryIsNamedOnce: the status begins with it, and other commands mention it once.
func TestUnfinishedEntryIsNamedOnce(t *testing.T) {
	b, steward := founded(t, "id")
	b.actor(steward, steward, "PT Rotan Jaya", domain.Core)
	steward.writes("/usulan Pameran bersama")
	for n, said := range []string{"/pelaku", "/langkah", "/isu"} {
		at := b.mark()
		steward.writes(said)
		if reminded := strings.Contains(b.said(at), "masih menunggu: usulan baru"); reminded != (n == 0) {
			t.Errorf("%s: %s", said, b.said(at))
		}
	}
	at := b.mark()
	steward.writes("/status")
	if answer := b.said(at); strings.Contains(answer, "Tidak ada yang menunggu") || strings.Count(answer, "usulan baru") != 1 || !strings.Contains(answer, "[Lanjutkan] [Batalkan]") {
		t.Error(answer)
	}
	steward.taps("Batalkan")
	if answer := b.heard(steward); !strings.Contains(answer, "Isian dibatalkan") {
		t.Error(answer)
	}
}

// TestEnoughIsNotValid: a card with ballots enough does not say that quorum is met while a role is waited for, and a
// result that is no decision does not look like one and names the rule that failed.
func TestEnoughIsNotValid(t *testing.T) {
	b, steward := founded(t, "id")
	budi, wati := b.person("Pak Budi", "id"), b.person("Bu Wati", "id")
	b.actor(steward, steward, "PT Rotan Jaya", domain.Core)
	b.actor(steward, budi, "CV Anyam Lestari", domain.Core)
	b.actor(steward, wati, "Asosiasi Rotan", domain.Institution)
	b.do(steward, domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: "Pameran bersama"})
	b.do(steward, domain.CastVote{Proposal: "D1", Position: domain.Agree})
	b.do(budi, domain.CastVote{Proposal: "D1", Position: domain.Agree})
	steward.writes("/kuorum 1")
	if answer := b.heard(steward); strings.Contains(answer, "kuorum tercapai") || !strings.Contains(answer, "belum sah: menunggu unsur lembaga") {
		t.Error(answer)
	}
	b.do(budi, domain.CastVote{Proposal: "D1", Position: domain.Object, Reason: "Mahal"})
	b.do(wati, domain.CastVote{Proposal: "D1", Position: domain.Abstain})
	steward.writes("/kuorum 1")
	if answer := b.heard(steward); !strings.Contains(answer, "kuorum tercapai") {
		t.Error(answer)
	}
	b.do(steward, domain.CloseItem{Item: "D1"})
	for _, c := range b.c.Cards(b.s, b.now, b.langOf) {
		if body := b.plain(c.Body); c.Key == "result/1/1" && (c.Tone == commands.ToneResult || !strings.Contains(body, "setuju 1 dari 2 (abstain tidak dihitung), sedangkan perlu sedikitnya 3/4")) {
			t.Errorf("%s: %s", c.Tone, body)
		}
	}
}

// TestDataThatIsThere: who has entered everything is shown it instead of being asked again.
func TestDataThatIsThere(t *testing.T) {
	b, steward := founded(t, "id")
	b.actor(steward, steward, "PT Rotan Jaya", domain.Core)
	define(b, steward, "Omzet anggota", "0 9 1 * *", calendar.Monthly)
	steward.writes("/isidata")
	if answer := b.heard(steward); !strings.Contains(answer, "Mohon mengisi") {
		t.Error(answer)
	}
	steward.writes("12 jt")
	steward.picks("button.yes_save")
	steward.writes("/isidata")
	if answer := b.heard(steward); !strings.Contains(answer, "sudah terisi") || !strings.Contains(answer, "12.000.000") {
		t.Error(answer)
	}
	steward.taps("Ubah N1")
	if answer := b.heard(steward); !strings.Contains(answer, "Mohon mengisi") {
		t.Error(answer)
	}
}

// TestClosingWhatIsNoProposal: rounds and proposals share their numbers; an act on the wrong one is not passed over.
func TestClosingWhatIsNoProposal(t *testing.T) {
	b, steward := founded(t, "id")
	budi := b.person("Pak Budi", "id")
	b.actor(steward, steward, "PT Rotan Jaya", domain.Core)
	b.actor(steward, budi, "CV Anyam Lestari", domain.Core)
	for n := range 3 {
		b.do(steward, domain.RaiseIssue{Issue: domain.ItemID(fmt.Sprintf("I%d", n)), Title: domain.Text(fmt.Sprintf("Masalah ke-%d", n))})
	}
	b.do(steward, domain.OpenRound{Round: "R1"})
	b.do(steward, domain.Propose{Proposal: "D2", Method: domain.Consensus, Title: "Pameran bersama"})
	for said, want := range map[string]string{
		"/keputusan 1 tutup":  "wewenang pengurus. Mohon menghubungi Ibu Sari",
		"/keputusan 2 tutup":  "wewenang pengurus. Mohon menghubungi Ibu Sari",
		"/keputusan 1 naskah": "penilaian isu, bukan usulan",
	} {
		at := b.mark()
		budi.says(said)
		if answer := b.said(at); !strings.Contains(answer, want) {
			t.Errorf("%s: %s", said, answer)
		}
	}
	b.do(steward, domain.WithdrawItem{Item: "R1"})
	at := b.mark()
	steward.says("/keputusan 1 tutup")
	if answer := b.said(at); !strings.Contains(answer, "bukan usulan") || !strings.Contains(answer, "[No. 2]") {
		t.Error(answer)
	}
}

// TestMistypedCommandKeepsItsArgument: the button says what was meant, all of it, and it is said once.
func TestMistypedCommandKeepsItsArgument(t *testing.T) {
	b, steward := founded(t, "id")
	at := b.mark()
	steward.writes("/daftra PT Rotan Jaya")
	if answer := b.said(at); strings.Count(answer, "/daftar") != 1 || !strings.Contains(answer, "[/daftar PT Rotan Jaya]") {
		t.Error(answer)
	}
	steward.taps("/daftar PT Rotan Jaya")
	if answer := b.heard(steward); !strings.Contains(answer, "Apa peran PT Rotan Jaya") {
		t.Error(answer)
	}
	long := "Perhimpunan Pengusaha Mebel dan Kerajinan Rotan Cirebon Raya"
	steward.writes("/batal")
	steward.writes("/daftra " + long)
	if answer := b.heard(steward); !strings.Contains(answer, "/daftar "+long) {
		t.Error(answer)
	}
}

// TestWordsPeopleTryForCommands: what buttons and texts call a thing works as its command.
func TestWordsPeopleTryForCommands(t *testing.T) {
	b, steward := founded(t, "en")
	for _, said := range []string{"register", "proposal", "decision", "issues", "indicators", "step", "position", "pendaftaran", "usul", "putusan", "priorities", "members"} {
		at := b.mark()
		steward.writes("/" + said)
		if answer := b.said(at); strings.Contains(answer, "did not understand") || strings.Contains(answer, "no such command") {
			t.Errorf("%s: %s", said, answer)
		}
		b.hush(func() { steward.writes("/cancel") })
	}
}

// TestZonesAsPeopleCallThem: the buttons' words are taken when they are typed.
func TestZonesAsPeopleCallThem(t *testing.T) {
	for said, want := range map[string]string{"wib saja": "WIB (Jakarta)", "Jakarta": "WIB (Jakarta)", "Wita": "WITA (Makassar)", "wit": "WIT (Jayapura)", "Asia/Singapore": "Asia/Singapore", "Mars": "Contoh: WIB"} {
		b := newBot(t, "id")
		sari := b.person("Ibu Sari", "id")
		sari.admin = true
		for _, answer := range []string{"/mulai", "Klaster Rotan Cirebon", "mebel rotan", "Cirebon"} {
			sari.says(answer)
		}
		sari.taps("Bahasa Indonesia")
		at := b.mark()
		sari.says(said)
		if answer := b.said(at); !strings.Contains(answer, want) {
			t.Errorf("%s: %s", said, answer)
		}
	}
}

// TestStartButtonPressedAgain: the greeting's button posts no status into the group once the cluster is there.
func TestStartButtonPressedAgain(t *testing.T) {
	b := newBot(t, "id")
	sari := b.person("Ibu Sari", "id")
	sari.admin = true
	sari.says("/bantuan")
	b.do(sari, domain.Found{Name: "Klaster Rotan Cirebon", Core: "mebel rotan", Region: "Cirebon", Lang: "id", Zone: "Asia/Jakarta", Steward: sari.id, Chat: group})
	at := b.mark()
	sari.taps("Mulai")
	if answer := b.said(at); !strings.Contains(answer, "toast untuk Ibu Sari") || !strings.Contains(answer, "sudah berdiri") || strings.Contains(answer, "tahap 1 dari 4") {
		t.Error(answer)
	}
}

// TestHelpNamesEveryCommand: each stands under exactly one subject.
func TestHelpNamesEveryCommand(t *testing.T) {
	b, steward := founded(t, "id")
	steward.writes("/bantuan")
	help := b.heard(steward)
	for _, entry := range b.c.Menu() {
		if n := strings.Count(help, "/"+entry.Name+" - "); n != 1 {
			t.Errorf("/%s stands in the help %d times", entry.Name, n)
		}
	}
}

// TestButtonsOfSomebodyElse: pressing them changes nothing and is answered.
func TestButtonsOfSomebodyElse(t *testing.T) {
	b, steward := founded(t, "id")
	guest := b.person("Pak Tamu", "id")
	b.actor(steward, steward, "PT Rotan Jaya", domain.Core)
	steward.says("/isu Bahan baku rotan langka")
	at := b.mark()
	guest.picks("button.raise")
	if answer := b.said(at); len(b.s.Issues) > 0 || !strings.Contains(answer, "hanya untuk yang memulai isiannya") {
		t.Error(answer)
	}
}
