package commands_test

import (
	"strings"
	"testing"
	"time"

	"klaster/commands"
	"klaster/domain"
	"klaster/domain/calendar"
)

func evidence(text domain.Text) []domain.Evidence {
	return []domain.Evidence{{Kind: domain.EvidenceText, Text: text}}
}

// TestLeavingOneOfTwoAlike: an actor whose name is part of another's can be left, by its button and by its name.
func TestLeavingOneOfTwoAlike(t *testing.T) {
	for _, act := range []func(*person){func(p *person) { p.taps("Lepas Koperasi") }, func(p *person) { p.writes("/saya lepas koperasi") }} {
		b, steward := founded(t, "id")
		budi := b.person("Pak Budi", "id")
		short := b.actor(steward, budi, "Koperasi", domain.Core)
		long := b.actor(steward, budi, "Koperasi Rotan Cirebon Jaya Abadi Sentosa Makmur", domain.Supplier)
		budi.writes("/saya")
		act(budi)
		budi.picks("button.stop_standing")
		if b.s.Actor(short).RepresentedBy(budi.id) || !b.s.Actor(long).RepresentedBy(budi.id) {
			t.Errorf("%s", b.log.String())
		}
		budi.writes("/saya")
		budi.taps("Lepas Koperasi Rotan Cirebon Jaya Abadi Sento…")
		budi.picks("button.stop_standing")
		if b.s.Actor(long).RepresentedBy(budi.id) {
			t.Errorf("%s", b.log.String())
		}
	}
}

// TestLeavingWhatWasOnlyAskedFor: who has not been approved is not called the last representative.
func TestLeavingWhatWasOnlyAskedFor(t *testing.T) {
	b, steward := founded(t, "id")
	budi, wati, joko := b.person("Pak Budi", "id"), b.person("Bu Wati", "id"), b.person("Pak Joko", "id")
	rotan := b.actor(steward, budi, "PT Rotan Jaya", domain.Core)
	b.hush(func() {
		b.do(wati, domain.JoinActor{Actor: rotan})
		b.do(joko, domain.RegisterActor{Actor: "A9", Name: "Bank Sejahtera", Roles: []domain.Role{{Group: domain.Supporting}}, Place: "Cirebon"})
	})
	for _, p := range []*person{wati, joko} {
		p.writes("/saya lepas")
		if answer := b.heard(p); !strings.Contains(answer, "permintaan Bapak/Ibu") || strings.Contains(answer, "terakhir") {
			t.Error(answer)
		}
	}
	budi.writes("/saya lepas")
	if answer := b.heard(budi); !strings.Contains(answer, "wakil terakhir") {
		t.Error(answer)
	}
}

// TestOwnClaimsWaitForOthers: a step that the guide has reported cannot wait for the guide.
func TestOwnClaimsWaitForOthers(t *testing.T) {
	b, steward := founded(t, "id")
	budi := b.person("Pak Budi", "id")
	rotan := b.actor(steward, budi, "PT Rotan Jaya", domain.Core)
	b.hush(func() {
		b.do(steward, domain.ClaimStep{Step: "1.1", Evidence: evidence("Rapat pertama")})
		b.do(budi, domain.ClaimStep{Step: "1.2", Actor: rotan, Evidence: evidence("SK tim")})
	})
	for p, want := range map[*person][2]bool{steward: {false, true}, budi: {true, false}} {
		p.writes("/status")
		answer := b.heard(p)
		for n, step := range []string{"1.1 Inisiasi menunggu verifikasi", "1.2 Pengembangan tim prakarsa klaster menunggu verifikasi"} {
			if strings.Contains(answer, step) != want[n] {
				t.Errorf("%s, %s: %s", p.name, step, answer)
			}
		}
	}
}

// TestOneButtonForSeveralActors: what waits for several actors of a person is listed for each and begun by one button.
func TestOneButtonForSeveralActors(t *testing.T) {
	b, steward := founded(t, "id")
	budi := b.person("Pak Budi", "id")
	b.actor(steward, budi, "PT Rotan Jaya", domain.Core)
	b.actor(steward, budi, "Koperasi Rotan", domain.Core)
	define(b, steward, "Omzet anggota", "0 9 1 * *", calendar.Monthly)
	b.until(b.now.AddDate(0, 0, 1))
	budi.writes("/status")
	last := b.messages[len(b.messages)-1]
	buttons := 0
	for _, row := range last.buttons {
		for _, button := range row {
			if button.Label == "Isi N1" {
				buttons++
			}
		}
	}
	if lines := strings.Count(last.body, "belum masuk"); buttons != 1 || lines != 2 {
		t.Errorf("%d buttons for %d lines: %s", buttons, lines, last.body)
	}
}

// TestALateDigestLeavesNoGap: what came about between the last digest and a late one is told, and told once.
func TestALateDigestLeavesNoGap(t *testing.T) {
	b, steward := founded(t, "id")
	budi := b.person("Pak Budi", "id")
	at := func(day, hour, minute int) time.Time {
		return time.Date(2026, 12, day, hour, minute, 0, 0, zones("Asia/Jakarta"))
	}
	b.hush(func() {
		b.do(steward, domain.ChangeCharter{Key: domain.KeyDigest, Value: "16"})
		b.actor(steward, budi, "PT Rotan Jaya", domain.Core)
		b.do(budi, domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: "Pameran bersama"})
		b.until(at(1, 16, 30)) // after the first digest
		b.do(steward, domain.ClaimStep{Step: "1.1", Evidence: evidence("Rapat pertama")})
		b.do(budi, domain.VerifyStep{Step: "1.1"})
	})
	const news = "Langkah 1.1 Inisiasi terverifikasi"
	b.now = at(2, 18, 0) // the bot was away when the next one was due
	b.until(b.now)
	if digest := b.heard(nil); !strings.Contains(digest, "Ringkasan Rabu 2 Des") || !strings.Contains(digest, news) {
		t.Error(digest)
	}
	b.until(at(3, 16, 30))
	if digest := b.heard(nil); !strings.Contains(digest, "Ringkasan Kamis 3 Des") || strings.Contains(digest, news) {
		t.Error(digest)
	}
}

// TestWhoHasLeftIsNotAsked: a question that has not been delivered yet is not put to an actor that has left.
func TestWhoHasLeftIsNotAsked(t *testing.T) {
	b, steward := founded(t, "id")
	budi, wati := b.person("Pak Budi", "id"), b.person("Bu Wati", "id")
	rotan := b.actor(steward, budi, "PT Rotan Jaya", domain.Core)
	b.actor(steward, wati, "CV Anyam Lestari", domain.Core)
	define(b, steward, "Omzet anggota", "0 9 1 * *", calendar.Monthly)
	b.until(b.now.AddDate(0, 0, 1))
	asked := func() (who []domain.PersonID) {
		for _, card := range b.c.Cards(b.s, b.now, b.langOf) {
			if card.Tone == commands.ToneData {
				who = append(who, card.To)
			}
		}
		return who
	}
	if who := asked(); len(who) != 2 {
		t.Fatalf("%v are asked", who)
	}
	b.hush(func() { b.do(budi, domain.LeaveActor{Actor: rotan}) })
	if who := asked(); len(who) != 1 || who[0] != wati.id {
		t.Errorf("%v are asked", who)
	}
}

// TestAskedLateIsLate: data asked for long after their day count as late at once, in the status and in the digest.
func TestAskedLateIsLate(t *testing.T) {
	b, steward := founded(t, "id")
	budi := b.person("Pak Budi", "id")
	b.hush(func() {
		b.do(steward, domain.ChangeCharter{Key: domain.KeyDigest, Value: "16"})
		b.actor(steward, budi, "PT Rotan Jaya", domain.Core)
		define(b, steward, "Omzet anggota", "0 9 1 * *", calendar.Monthly)
	})
	b.now = time.Date(2026, 12, 10, 10, 0, 0, 0, zones("Asia/Jakarta")) // the bot was away from the first on
	b.until(b.now)
	const late = "N1 Omzet anggota, November 2026: 1 pelaku belum mengisi"
	budi.says("/status")
	if answer := b.heard(nil); !strings.Contains(answer, late) {
		t.Error(answer)
	}
	b.until(b.now.Add(7 * time.Hour))
	if digest := b.heard(nil); !strings.Contains(digest, "Ringkasan Kamis 10 Des") || !strings.Contains(digest, late) {
		t.Error(digest)
	}
}
