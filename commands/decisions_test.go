package commands_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"klaster/commands"
	"klaster/domain"
)

// The initiative consensus from the draft to the verified step: every kind of position, a late role, an extension, a
// result with dissent.
func TestInitiativeConsensus(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		v := newVillage(t, lang)
		b := v.b
		v.issues("Bahan baku rotan langka", "Harga rotan tidak menentu")
		v.joko.says(b.in("/keputusan", "/decisions"))
		v.budi.says(b.in("/usulan Konsensus prakarsa", "/propose Initiative consensus"))
		v.budi.writes(b.in("Klaster kita berfokus pada rotan sintetis untuk pasar ekspor selama dua tahun.", "Our cluster focuses on synthetic rattan for export markets for two years."))
		v.budi.writes("1.6")
		v.budi.picks("button.open_proposal")
		v.budi.picks("position.agree")
		v.wati.picks("position.object")
		v.wati.writes(b.in("Petani rotan alam perlu masa peralihan.", "Growers of natural rattan need a transition."))
		b.show()
		v.joko.says(b.in("/sikap 1", "/vote 1"))
		v.sari.picks("button.details")
		v.sari.says(b.in("/keputusan 1 tutup", "/decisions 1 close"))
		v.sari.says(b.in("/keputusan 1 kecualikan", "/decisions 1 waive"))
		b.wait(14 * 24 * time.Hour)
		v.sari.says(b.in("/kuorum 1", "/pending 1"))
		v.joko.picks("position.note")
		v.joko.writes(b.in("Sertifikat disiapkan lebih dulu.", "Certificates are prepared first."))
		v.sari.taps(b.texts.Line(lang, "position.agree"))
		v.sari.says(b.in("/keputusan 1", "/decisions 1"))
		v.sari.says(b.in("/keputusan 1 tutup", "/decisions 1 close"))
		v.sari.picks("button.close_yes")
		v.budi.forges("v:1:1:b", false) // a card that was opened before the close
		v.budi.says(b.in("/keputusan", "/decisions"))
		if got := b.s.Step("1.6"); got.Status != domain.Verified || got.Decision != 1 {
			t.Errorf("step 1.6 is %+v", got)
		}
		b.golden("consensus." + lang)
	})
}

// A block, an integration round, a second failure, and the majority vote after it.
func TestIntegrationAndMajority(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		v := newVillage(t, lang)
		b := v.b
		vote := func(p *person, a domain.ActorID, position domain.Position, reason string) {
			b.hush(func() {
				last := b.s.Proposals[len(b.s.Proposals)-1]
				b.do(p, domain.CastVote{Proposal: last.ID, Actor: a, Position: position, Reason: domain.Text(reason)})
			})
		}
		b.hush(func() {
			b.do(v.sari, domain.ChangeCharter{Key: domain.KeyQuietFrom, Value: "21"})
			b.do(v.budi, domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: domain.Text(b.in("Gudang bahan baku bersama", "A shared warehouse")), Text: domain.Text(b.in("Dibangun di Plumbon.", "It is built in Plumbon.")), Actor: v.rotan})
		})
		v.wati.says(b.in("/sikap 1 menolak Lokasi terlalu jauh dari sentra.", "/vote 1 block The site is too far from the centre."))
		vote(v.budi, v.rotan, domain.Agree, "")
		vote(v.joko, v.ekspor, domain.Object, b.in("Biayanya belum jelas.", "The cost is not clear."))
		vote(v.sari, v.upt, domain.Agree, "")
		b.wait(7*24*time.Hour + 8*time.Hour)
		v.joko.writes(b.in("/sikap 1 setuju", "/vote 1 agree"))
		v.joko.writes(b.in("/keputusan 1 naskah", "/decisions 1 text"))
		v.budi.picks("button.revise")
		v.budi.writes(b.in("Dibangun di Tegalwangi.\nBiayanya dibagi menurut pemakaian.", "It is built in Tegalwangi.\nThe cost is shared by use."))
		v.budi.picks("button.revise_yes")
		v.wati.tapsOn("proposal/1/2", b.texts.Line(lang, "position.agree"))
		vote(v.budi, v.rotan, domain.Agree, "")
		vote(v.joko, v.ekspor, domain.Object, b.in("Sewa lebih murah.", "Renting is cheaper."))
		vote(v.sari, v.upt, domain.Object, b.in("Anggaran belum ada.", "There is no budget."))
		b.show()
		b.wait(8 * 24 * time.Hour)
		v.wati.says(b.in("/keputusan 1 suara", "/decisions 1 majority"))
		v.sari.picks("button.majority")
		v.sari.picks("button.majority_yes")
		b.show()
		v.wati.picks("position.against")
		v.budi.says(b.in("/sikap 2 setuju", "/vote 2 agree"))
		v.joko.says(b.in("/sikap 2 keberatan karena sewa lebih murah", "/vote 2 object renting is cheaper"))
		vote(v.sari, v.upt, domain.Agree, "")
		vote(v.wati, v.anyam, domain.Agree, "")
		b.wait(4 * 24 * time.Hour)
		v.joko.writes(b.in("/keputusan 1", "/decisions 1"))
		v.joko.writes(b.in("/keputusan", "/decisions"))
		b.golden("majority." + lang)
	})
}

// A rule of the charter, a person with two organisations, co-representatives, a lapse, a withdrawal.
func TestCharterChangeAndLapse(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		v := newVillage(t, lang)
		b := v.b
		second := b.actor(v.sari, v.budi, "Koperasi Rotan", domain.Supporting)
		dewi := b.person("Ibu Dewi", lang)
		b.hush(func() {
			b.do(dewi, domain.JoinActor{Actor: v.rotan})
			b.do(v.budi, domain.ApproveRepresentative{Actor: v.rotan, Person: dewi.id})
		})
		v.budi.says(b.in("/usulan pengaturan kuorum 60", "/propose settings quorum 60"))
		v.budi.picks("button.skip")
		v.budi.taps("Koperasi Rotan")
		v.budi.picks("button.open_proposal")
		v.budi.tapsOn("proposal/1/1", b.texts.Line(lang, "position.agree"))
		v.budi.taps("Koperasi Rotan")
		dewi.says(b.in("/sikap 1 setuju", "/vote 1 agree"))
		v.budi.tapsOn("proposal/1/1", b.texts.Line(lang, "position.object"))
		v.budi.taps("PT Rotan Jaya")
		v.budi.writes(b.in("Terlalu tinggi untuk klaster kecil.", "Too high for a small cluster."))
		v.budi.writes(b.in("/sikap", "/vote"))
		if got, _ := v.b.s.Proposals[0].Now().Ballot(second); got.Position != domain.Agree {
			t.Error("the second organisation's position is lost")
		}
		b.wait(12 * 24 * time.Hour)
		v.budi.says(b.in("/usulan Pameran bersama di Jakarta", "/propose A joint fair in Jakarta"))
		v.budi.picks("button.skip")
		v.budi.picks("decision.no_link")
		v.budi.taps("PT Rotan Jaya")
		v.budi.picks("button.open_proposal")
		v.wati.writes(b.in("/keputusan 2 tarik", "/decisions 2 withdraw"))
		v.budi.writes(b.in("/keputusan 2 tarik Pamerannya batal.", "/decisions 2 withdraw The fair is off."))
		v.budi.picks("button.withdraw_yes")
		v.wati.says(b.in("/sikap 2 setuju", "/vote 2 agree"))
		v.sari.says(b.in("/keputusan", "/decisions"))
		b.golden("charter." + lang)
	})
}

// What rarely happens: a role is contested, an objection comes late, a silent role is waived, a proposal is parked.
func TestContestedLateWaivedAndParked(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		v := newVillage(t, lang)
		b := v.b
		var core []domain.ActorID
		for _, name := range []string{"PT Inti Satu", "PT Inti Dua", "PT Inti Tiga"} {
			core = append(core, b.actor(v.sari, v.budi, name, domain.Core))
		}
		second := b.actor(v.sari, v.wati, "UD Rotan Alam", domain.Supplier)
		propose := func(id domain.ItemID, title string) {
			b.hush(func() {
				b.do(v.joko, domain.Propose{Proposal: id, Method: domain.Consensus, Title: domain.Text(title), Actor: v.ekspor})
			})
		}
		vote := func(p *person, a domain.ActorID, position domain.Position, reason string) {
			b.hush(func() {
				last := b.s.Proposals[len(b.s.Proposals)-1]
				b.do(p, domain.CastVote{Proposal: last.ID, Actor: a, Position: position, Reason: domain.Text(reason)})
			})
		}
		propose("D1", b.in("Harga rotan seragam", "One price for rattan"))
		vote(v.wati, v.anyam, domain.Object, b.in("Mutunya berbeda.", "Qualities differ."))
		vote(v.wati, second, domain.Object, b.in("Ongkosnya berbeda.", "Costs differ."))
		for _, a := range append(core, v.rotan) {
			vote(v.budi, a, domain.Agree, "")
		}
		vote(v.joko, v.ekspor, domain.Agree, "")
		vote(v.sari, v.upt, domain.Agree, "")
		v.sari.says(b.in("/keputusan 1 tutup", "/decisions 1 close"))
		v.sari.picks("button.close_yes")
		v.sari.says(b.in("/keputusan 1 tunda Dibahas tahun depan.", "/decisions 1 park To be discussed next year."))
		v.sari.picks("button.park_yes")

		propose("D2", b.in("Pelatihan ekspor", "Export training"))
		vote(v.budi, v.rotan, domain.Agree, "")
		for _, a := range core {
			vote(v.budi, a, domain.Agree, "")
		}
		vote(v.sari, v.upt, domain.Agree, "")
		vote(v.joko, v.ekspor, domain.Agree, "")
		b.wait(7*24*time.Hour + 8*time.Hour)
		v.sari.says(b.in("/keputusan 2 kecualikan", "/decisions 2 waive"))
		v.sari.picks("button.waive_yes")
		b.wait(3*24*time.Hour + 12*time.Hour)
		v.joko.says(b.in("/sikap 2 keberatan Jadwalnya bertepatan dengan pameran.", "/vote 2 object It clashes with the fair."))
		b.show()
		b.wait(2 * 24 * time.Hour)
		v.sari.says(b.in("/keputusan 2", "/decisions 2"))
		b.golden("rare." + lang)
	})
}

// A group whose representative cannot be written to gets a button instead of a question.
func TestReasonWithoutPrivateChat(t *testing.T) {
	v := newVillage(t, "id")
	v.b.hush(func() {
		v.b.do(v.budi, domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: "Gudang bersama", Actor: v.rotan})
	})
	v.wati.reachable = false
	v.wati.picks("position.object")
	v.wati.picks("button.open_private")
	v.wati.writes("Terlalu mahal.")
	if got, _ := v.b.s.Proposals[0].Now().Ballot(v.anyam); got.Position != domain.Object || got.Reason != "Terlalu mahal." {
		t.Errorf("%+v\n%s", got, v.b.log.String())
	}
	v.b.golden("reason.id")
}

func TestForgedDecisionTaps(t *testing.T) {
	v := newVillage(t, "id")
	v.b.hush(func() {
		v.b.do(v.budi, domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: "Gudang bersama", Actor: v.rotan})
	})
	before := v.b.s.Commits
	forged := []string{
		"v", "v:", "v:1", "v:1:1", "v:1:1:z", "v:1:1:a:" + string(v.anyam), "v:1:2:a", "v:1:0:a", "v:2:1:a", "v:-1:1:a",
		"v:1:1:a:", "v:1:1:a::", "v:1:1:a:x:y", "v:99999999999:1:a", "v:1:1:\xff", "w:1:1:o:" + string(v.anyam), "w:1:1:",
		"p", "p:", "p:1", "p:1:", "p:1:x", "p:1:close", "p:1:waive", "p:1:majority", "p:9:details", "p:1:close:1", "p:x:close",
		"c:/keputusan 1 tutup", "c:/keputusan 1 suara", "c:/sikap 9", "c:/isu buka I9", "zz:1", strings.Repeat("v", 400),
	}
	for _, data := range forged {
		for _, private := range []bool{false, true} {
			mark := v.b.mark()
			v.budi.forges(data, private)
			if strings.Contains(v.b.said(mark), "tidak ada jawaban") || strings.Contains(v.b.said(mark), "refuse.") {
				t.Errorf("%q is not answered: %s", data, v.b.said(mark))
			}
		}
	}
	if v.b.s.Commits != before {
		t.Errorf("forged taps made %d commits\n%s", v.b.s.Commits-before, v.b.log.String())
	}
}

func TestHostileTextsForDecisions(t *testing.T) {
	v := newVillage(t, "id")
	v.b.hush(func() {
		v.b.do(v.budi, domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: "Gudang bersama", Actor: v.rotan})
	})
	before := v.b.s.Commits
	for _, text := range hostileTexts {
		for _, command := range []string{"/usulan ", "/usulan pengaturan ", "/usulan pengaturan kuorum ", "/usulan I1 ", "/usulan 1.6 ", "/sikap ", "/sikap 1 ", "/sikap 1 x", "/keputusan ", "/keputusan 1 ", "/keputusan 1 naskah ", "/kuorum "} {
			for _, private := range []bool{false, true} {
				mark := v.b.mark()
				v.b.typed(v.budi, command+text, private)
				said := v.b.said(mark)
				if strings.Contains(said, "tidak ada jawaban") || strings.Contains(said, "refuse.") {
					t.Errorf("%q is not answered", command+text[:min(20, len(text))])
				}
				v.b.hush(func() { v.budi.says("/batal"); v.budi.writes("/batal") })
			}
		}
	}
	for _, text := range hostileTexts[1:] { // as the reason of an objection
		v.b.hush(func() { v.wati.writes("/sikap 1 keberatan") })
		v.wati.writes(text)
		v.b.hush(func() { v.wati.writes("/batal") })
	}
	if n := v.b.s.Proposals[0].Now().Count.Cast(); n > 1 {
		t.Errorf("%d ballots", n)
	}
	if b, ok := v.b.s.Proposals[0].Now().Ballot(v.anyam); ok && b.Reason != "*_`{x}" && b.Reason != "<b>&" && b.Reason != "I1" {
		t.Errorf("recorded %q", b.Reason)
	}
	if v.b.s.Commits > before+3 {
		t.Errorf("hostileTexts texts made %d commits", v.b.s.Commits-before)
	}
}

// An admin of the chat counts as a steward there, and only there: the confirmation stays where the platform can be asked.
func TestChatAdminClosesInTheGroup(t *testing.T) {
	v := newVillage(t, "id")
	admin := v.b.person("Pak Admin", "id")
	admin.admin = true
	v.b.hush(func() {
		v.b.do(v.budi, domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: "Gudang bersama", Actor: v.rotan})
		v.b.do(v.budi, domain.CastVote{Proposal: "D1", Actor: v.rotan, Position: domain.Agree})
		v.b.do(v.wati, domain.CastVote{Proposal: "D1", Actor: v.anyam, Position: domain.Agree})
		v.b.do(v.joko, domain.CastVote{Proposal: "D1", Actor: v.ekspor, Position: domain.Agree})
		v.b.do(v.sari, domain.CastVote{Proposal: "D1", Actor: v.upt, Position: domain.Agree})
	})
	admin.says("/keputusan 1 tutup")
	admin.picks("button.close_yes")
	if got := v.b.s.Proposals[0]; got.Result() != domain.Unanimous {
		t.Errorf("%s\n%s", got.Phase, v.b.log.String())
	}
}

// BenchmarkVoteTap is the path of every vote, without the store: tap, decision, fold, answer, among 300 actors.
func BenchmarkVoteTap(b *testing.B) {
	c, err := commands.New(zones)
	if err != nil {
		b.Fatal(err)
	}
	s := domain.NewState("CLUSTER1", zones)
	at := time.Date(2026, 11, 30, 2, 0, 0, 0, time.UTC)
	commit := func(by domain.PersonID, events []domain.Event) domain.Commit {
		done := domain.Commit{At: at, By: by, Cause: "web:" + strconv.FormatUint(s.Commits, 10), Events: events}
		domain.Apply(s, done)
		return done
	}
	do := func(by domain.PersonID, cmd domain.Command) {
		events, err := domain.Decide(s, at, domain.By{Person: by}, cmd)
		if err != nil {
			b.Fatal(err)
		}
		commit(by, events)
	}
	do("P0", domain.Found{Name: "Klaster", Core: "rotan", Region: "Cirebon", Lang: "id", Zone: "Asia/Jakarta", Steward: "P0", Chat: group})
	for n := range 300 {
		id := strconv.Itoa(n)
		do(domain.PersonID("P"+id), domain.RegisterActor{Actor: domain.ActorID("A" + id), Name: domain.Text("PT " + id), Roles: []domain.Role{{Group: domain.Groups()[n%6]}}, Place: "Cirebon"})
		if n > 0 {
			do("P0", domain.ApproveActor{Actor: domain.ActorID("A" + id)})
		}
	}
	do("P0", domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: "Gudang bersama", Actor: "A0"})
	taps := []string{"v:1:1:a", "v:1:1:b"}
	n := 0
	for b.Loop() {
		in := commands.Input{Cause: "x", At: at, Chat: group, By: domain.PersonID("P" + strconv.Itoa(n%300)), Lang: "id", Tap: taps[n/300%2]}
		out := c.Handle(s, in)
		if len(out.Events) == 0 {
			b.Fatal("no vote")
		}
		if replies := c.Answer(s, commit(in.By, out.Events), in); len(replies) != 1 {
			b.Fatal("no answer")
		}
		n++
	}
}

// Who opens the private chat sees what waits for the organisation, and votes from there.
func TestWaitingPositionIsSeenAtOnce(t *testing.T) {
	v := newVillage(t, "id")
	v.b.hush(func() {
		v.b.do(v.budi, domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: "Gudang bersama", Actor: v.rotan})
	})
	v.joko.opens()
	if said := v.b.log.String(); !strings.Contains(said, "Usulan No. 1 - Gudang bersama: sikap PT Ekspor Mandiri ditunggu sampai") {
		t.Errorf("not told:\n%s", said)
	}
	v.joko.taps("No. 1")
	v.joko.taps("Setuju")
	if got, _ := v.b.s.Proposals[0].Now().Ballot(v.ekspor); got.Position != domain.Agree {
		t.Errorf("position %q\n%s", got, v.b.log.String())
	}
}

// An actor that is removed while a proposal is open keeps its voice in it: the removal takes effect after the close.
func TestRemovedActorVotesOnWhatWasOpen(t *testing.T) {
	v := newVillage(t, "id")
	b := v.b
	b.do(v.budi, domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: "Gudang bersama"})
	b.do(v.sari, domain.RemoveActor{Actor: v.anyam, Reason: "Tutup"})
	v.wati.says("/sikap 1 setuju")
	if got, _ := b.s.Proposals[0].Now().Ballot(v.anyam); got.Position != domain.Agree {
		t.Errorf("not recorded:\n%s", b.said(0))
	}
}

// A position begun in the group goes above the form that waits in the private chat, which comes back afterwards.
func TestFormBegunInTheGroupInterrupts(t *testing.T) {
	v := newVillage(t, "id")
	b := v.b
	b.do(v.budi, domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: "Gudang bersama"})
	v.wati.writes("/usulan Pameran bersama")
	v.wati.tapsOn("proposal/1/1", b.texts.Line("id", "position.object"))
	at := b.mark()
	v.wati.writes("Terlalu mahal.")
	if got, _ := b.s.Proposals[0].Now().Ballot(v.anyam); got.Reason != "Terlalu mahal." {
		t.Errorf("ballot %+v\n%s", got, b.said(at))
	}
	if !strings.Contains(b.said(at), "masih menunggu: usulan baru") {
		t.Errorf("nothing is said about the form that waits:\n%s", b.said(at))
	}
	at = b.mark()
	v.wati.writes("Di Jakarta, bulan Maret.")
	if !strings.Contains(b.said(at), "menyelesaikan suatu langkah") {
		t.Errorf("the form that was interrupted is gone:\n%s", b.said(at))
	}
	// What is complete when it is begun in the group leaves the private chat alone.
	v.wati.says("/sikap 1 menolak Lokasi terlalu jauh.")
	at = b.mark()
	v.wati.picks("button.cancel")
	if !strings.Contains(b.said(at), "Isian dibatalkan") {
		t.Errorf("the form in the private chat is gone:\n%s", b.said(at))
	}
}
