package commands_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"klaster/commands"
	"klaster/domain"
)

// busy is a village in which something of everything is going on: a proposal and a scoring round are open, an actor
// waits for approval, a step for verification, and figures are late.
func busy(t *testing.T, lang string) village {
	t.Helper()
	v := newVillage(t, lang)
	b := v.b
	v.issues(b.in("Bahan baku rotan langka", "Rattan is scarce"), b.in("Harga tidak menentu", "Prices are unsteady"), b.in("Tenaga muda kurang", "Too few young people"))
	b.hush(func() {
		b.do(v.sari, domain.ChangeCharter{Key: domain.KeyDigest, Value: "16"})
		b.do(v.budi, domain.ClaimStep{Step: "1.1", Actor: v.rotan, Evidence: []domain.Evidence{{Kind: domain.EvidenceText, Text: domain.Text(b.in("Rapat pertama 12 November", "First meeting on 12 November"))}}})
		b.do(v.sari, domain.VerifyStep{Step: "1.1"})
		b.do(v.budi, domain.ClaimStep{Step: "1.2", Actor: v.rotan, Evidence: []domain.Evidence{{Kind: domain.EvidenceLink, Text: "https://example.org/sk"}}})
		b.do(v.budi, domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: domain.Text(b.in("Fokus pada rotan sintetis", "Focus on synthetic rattan")), Actor: v.rotan})
		b.do(v.wati, domain.CastVote{Proposal: "D1", Actor: v.anyam, Position: domain.Object, Reason: domain.Text(b.in("Petani perlu masa peralihan", "Farmers need a transition"))})
		b.do(v.joko, domain.CastVote{Proposal: "D1", Actor: v.ekspor, Position: domain.Agree})
		b.do(v.sari, domain.OpenRound{Round: "R1"})
		scores := domain.Scores{5, 4, 3}
		for _, issue := range []domain.ItemID{"K1", "K2", "K3"} {
			b.do(v.wati, domain.CastScores{Round: "R1", Actor: v.anyam, Issue: issue, Scores: &scores})
		}
		b.do(v.sari, domain.DefineIndicator{IndicatorDefined: domain.IndicatorDefined{
			Indicator: "N1", Name: domain.Text(b.in("Omzet anggota", "Member turnover")), Unit: "rupiah", Kind: domain.UnitMoney, Direction: domain.Up,
			Reporters: domain.Reporters{Groups: 63}, Frequency: "monthly", Cron: "0 9 1 * *",
		}})
		b.until(time.Date(2026, 12, 1, 10, 0, 0, 0, zones("Asia/Jakarta"))) // the prompt for November
		b.do(v.wati, domain.RecordReading{Indicator: "N1", Actor: v.anyam, Period: "2026-11", Value: 12_500_000_0000})
		guest := b.person("Pak Tamu", lang)
		b.do(guest, domain.RegisterActor{Actor: "A9", Name: "Bank Sejahtera", Roles: []domain.Role{{Group: domain.Supporting, Sub: "finance"}}, Place: "Cirebon"})
	})
	return v
}

func TestStatus(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		v := busy(t, lang)
		b := v.b
		b.durability = "D3"
		v.sari.writes("/status")
		v.budi.says("/status")
		v.budi.picks("button.my_matters")
		v.wati.writes("/status")
		b.people["P5"].writes("/status")
		b.person("Pak Baru", lang).writes("/status")
		b.hush(func() { b.until(time.Date(2026, 12, 5, 10, 0, 0, 0, zones("Asia/Jakarta"))) })
		v.joko.says("/status")
		b.golden("status." + lang)
	})
}

func TestStatusOfAnEmptyCluster(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		b, sari := founded(t, lang)
		sari.says("/status")
		sari.writes("/status")
		b.golden("status_empty." + lang)
	})
}

// TestDigest: one a day, while there is something to tell.
func TestDigest(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		v := busy(t, lang)
		b := v.b
		for day := 1; day <= 9; day++ {
			b.hush(func() {
				b.until(time.Date(2026, 12, day, 15, 0, 0, 0, zones("Asia/Jakarta")))
				switch day {
				case 2:
					b.do(v.sari, domain.ApproveActor{Actor: "A9"})
					b.do(v.sari, domain.VerifyStep{Step: "1.2"})
				case 5:
					b.do(v.budi, domain.CastVote{Proposal: "D1", Actor: v.rotan, Position: domain.Agree})
					b.do(v.sari, domain.CastVote{Proposal: "D1", Actor: v.upt, Position: domain.Agree})
				}
			})
			b.until(b.now.Add(90 * time.Minute))
		}
		b.golden("digest." + lang)
	})
}

func TestHistory(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		v := busy(t, lang)
		b := v.b
		b.hush(func() { b.until(time.Date(2026, 12, 9, 9, 0, 0, 0, zones("Asia/Jakarta"))) })
		history := b.in("/riwayat", "/history")
		v.budi.says(history)
		v.budi.picks("button.older")
		v.budi.picks("button.older")
		v.budi.picks("button.newer")
		for _, about := range []string{"I1", "1", "2", "1.1", "n1", "I77", "12 34", "kuorum"} {
			v.budi.writes(history + " " + about)
		}
		b.golden("history." + lang)
	})
}

// TestEveryEventIsTold: a type of event without its own line would be "another change".
func TestEveryEventIsTold(t *testing.T) {
	v := busy(t, "id")
	b := v.b
	told := map[string]bool{}
	for _, e := range everyEvent() {
		told[e.EventType()] = true
		mark := b.mark()
		b.journal = append(b.journal, domain.Commit{At: b.now, By: v.budi.id, Number: b.s.Commits + uint64(len(told)), Events: []domain.Event{e}})
		v.budi.says("/riwayat")
		said := b.said(mark)
		if e.EventType() == "voters_reminded" || e.EventType() == "prompt_repeated" { // in the history of the item only
			continue
		}
		if strings.Contains(said, "perubahan lain") || !strings.Contains(said, "Pak Budi: ") && e.EventType() != "digest_due" {
			t.Errorf("%s: %s", e.EventType(), said)
		}
		if strings.Contains(said, "history.") || strings.Contains(said, "{") {
			t.Errorf("%s: %s", e.EventType(), said)
		}
	}
	for _, name := range domain.EventTypes() {
		if !told[name] {
			t.Errorf("everyEvent lacks %s", name)
		}
	}
}

func everyEvent() []domain.Event {
	return []domain.Event{
		domain.ClusterFounded{Name: "x"}, domain.CharterChanged{Key: domain.KeyQuietFrom, Value: "21"}, domain.StewardNamed{Person: "P1"},
		domain.FacilitatorNamed{}, domain.ChatAttached{}, domain.ChatMoved{}, domain.ChatSuspended{}, domain.ChatResumed{},
		domain.ChatDetached{Chat: group}, domain.ChatHearingSet{Chat: group, Hears: domain.HearsBoards}, domain.PersonLinked{From: "P1", To: "P2"},
		domain.PersonForgotten{Person: "P9"}, domain.DigestDue{Day: "2026-12-01"},
		domain.ActorRegistered{Name: "x"}, domain.ActorApproved{}, domain.ActorRefused{}, domain.ActorChanged{Name: domain.Erased}, domain.ActorLeft{},
		domain.RepresentativeJoined{}, domain.RepresentativeApproved{}, domain.RepresentativeLeft{},
		domain.IssueRaised{}, domain.IssueMerged{}, domain.IssueSettled{Fate: domain.FateDeferred}, domain.RoundOpened{}, domain.ScoresCast{}, domain.RoundClosed{},
		domain.ProposalOpened{}, domain.VoteCast{Position: domain.Agree}, domain.VoterStruck{}, domain.ItemExtended{}, domain.CoverageWaived{},
		domain.VotersReminded{}, domain.TextRevised{}, domain.ProposalClosed{Outcome: domain.Lapsed}, domain.ItemWithdrawn{}, domain.ItemParked{},
		domain.StepClaimed{Step: "1.1"}, domain.StepVerified{Step: "1.1"}, domain.StepReopened{Step: "1.1"},
		domain.IndicatorDefined{}, domain.IndicatorScheduled{Cron: "0 9 * * 1"}, domain.IndicatorRetired{},
		domain.PromptDue{Period: "2026-Q3"}, domain.PromptRepeated{Period: "2026-Q3"},
		domain.ReadingRecorded{Period: "2026-Q3"}, domain.ReadingUnavailable{Period: "2026-Q3"}, domain.ReadingDeferred{Period: "2026-Q3"},
	}
}

// TestPages: every commit is on exactly one page, forwards and backwards.
func TestPages(t *testing.T) {
	var journal []domain.Commit
	for n := range 29 {
		e := domain.Event(domain.VoteCast{Proposal: "D1"})
		if n%3 == 0 {
			e = domain.DigestDue{}
		}
		if n%3 == 1 {
			e = domain.IssueRaised{Issue: "K1"}
		}
		journal = append(journal, domain.Commit{Number: uint64(n + 1), Events: []domain.Event{e}})
	}
	newestFirst := func(yield func(domain.Commit) bool) {
		for _, c := range slices.Backward(journal) {
			if !yield(c) {
				return
			}
		}
	}
	for _, query := range []commands.HistoryQuery{{Limit: 8}, {Limit: 3, Item: "D1"}, {Limit: 1, Item: "K1"}, {Limit: 8, Item: "none"}, {Limit: 100}} {
		var pages []string
		seen := map[uint64]bool{}
		var last *commands.HistoryPage
		for {
			page := query.Page(newestFirst)
			var numbers []string
			for _, c := range page.Commits {
				if seen[c.Number] {
					t.Errorf("%+v: %d twice", query, c.Number)
				}
				seen[c.Number] = true
				numbers = append(numbers, strconv.FormatUint(c.Number, 10))
			}
			pages = append(pages, strings.Join(numbers, ","))
			last = page
			if page.Older == 0 {
				break
			}
			query.Before = page.Older
		}
		want := 0
		for _, c := range journal {
			if query.Keeps(c) {
				want++
			}
		}
		if len(seen) != want {
			t.Errorf("%+v: %d of %d commits", query, len(seen), want)
		}
		for i := len(pages) - 2; i >= 0; i-- {
			if last.Newer == 0 {
				t.Fatalf("%+v: no way back from %s", query, pages[i+1])
			}
			query.Before = last.Newer
			last = query.Page(newestFirst)
			var numbers []string
			for _, c := range last.Commits {
				numbers = append(numbers, strconv.FormatUint(c.Number, 10))
			}
			if got := strings.Join(numbers, ","); got != pages[i] {
				t.Errorf("%+v: back on %s, not %s", query, got, pages[i])
			}
		}
		if last.Newer != 0 {
			t.Errorf("%+v: something newer than the newest", query)
		}
	}
}

func TestExport(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		v := busy(t, lang)
		b := v.b
		export := b.in("/ekspor", "/export")
		v.budi.says(export)
		v.budi.picks("button.csv_actors")
		v.budi.picks("button.csv_issues")
		v.budi.picks("button.csv_decisions")
		v.budi.picks("button.csv_steps")
		v.budi.picks("button.csv_readings")
		v.wati.writes(export + " data")
		v.budi.writes(export + " data")
		v.sari.writes(export + " data")
		v.budi.writes(export + " " + b.in("jurnal", "journal"))
		v.sari.says(export + " json")
		v.sari.writes(export + " x")
		b.golden("export." + lang)
	})
}

// TestExportOfFormulas: what a person typed is no formula, and figures stay figures.
func TestExportOfFormulas(t *testing.T) {
	v := newVillage(t, "id")
	b := v.b
	v.issues("=HYPERLINK(\"http://x\")", "+62 812", "-1,5 persen", "@admin")
	v.budi.writes("/ekspor isu")
	for _, want := range []string{";'=HYPERLINK", ";'+62", ";'-1,5 persen", ";'@admin"} {
		if !strings.Contains(b.said(0), want) {
			t.Errorf("%s is missing in\n%s", want, b.said(0))
		}
	}
}

func TestMe(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		v := busy(t, lang)
		b := v.b
		me := b.in("/saya", "/me")
		v.wati.says(me)
		v.wati.picks("button.open_private")
		v.sari.writes(me)
		b.people["P5"].writes(me)
		v.wati.taps(b.texts.Line(lang, "button.leave_actor", "name", "CV Anyam Lestari"))
		v.wati.picks("button.cancel")
		v.wati.writes(me + " " + b.in("lepas anyam", "leave anyam"))
		v.wati.picks("button.stop_standing")
		v.wati.writes(me + " " + b.in("lepas bank", "leave bank"))
		v.wati.writes(me + " ?")
		v.joko.writes(me)
		v.joko.picks("button.forget_me")
		v.joko.taps(b.texts.Line(lang, "forget.understood"))
		v.joko.picks("button.forget_now")
		b.golden("me." + lang)
	})
}

func TestHostileRecords(t *testing.T) {
	v := busy(t, "id")
	b := v.b
	before := b.s.Commits
	texts := append([]string{"I0", "I99999999999999999999", "N0", "9.9", "7 7", "sikap", "keputusan; rm", "../../x", "lepas", "hapus semua"}, unfriendly...)
	for _, command := range []string{"/status ", "/riwayat ", "/ekspor ", "/saya ", "/saya lepas "} {
		for _, text := range texts {
			for _, say := range []func(string){v.budi.says, v.budi.writes} {
				mark := b.mark()
				say(command + text)
				if strings.Contains(b.said(mark), "tidak ada jawaban") {
					t.Errorf("%q is not answered", command+text[:min(30, len(text))])
				}
				b.hush(func() { v.budi.writes("/batal") })
			}
		}
	}
	for _, tap := range []string{"h", "h:", "h:0", "h:-1", "h:x", "h:1:I99", "h:1:I1:2", "h:99999999999999999999", "h:1:\xff", "h:1:N1", "h:18446744073709551615:I1"} {
		for _, private := range []bool{true, false} {
			mark := b.mark()
			v.budi.forges(tap, private)
			if said := b.said(mark); strings.Contains(said, "tidak ada jawaban") {
				t.Errorf("tap %q: %s", tap, said)
			}
		}
	}
	if b.s.Commits != before {
		t.Errorf("%d commits", b.s.Commits-before)
	}
}
