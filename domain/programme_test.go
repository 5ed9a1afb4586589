package domain

import (
	"testing"
	"time"

	"klaster/domain/calendar"
)

func TestStepNeedsEvidenceAndASecondActor(t *testing.T) {
	st := beginThree(t)
	link := Evidence{Kind: EvidenceLink, Text: "https://contoh.id/notulen"}
	st.refused(nobody, ClaimStep{Step: "1.1"}, "member.none")
	st.refused(ana, ClaimStep{Step: "1.6"}, "step.gate")
	st.refused(ana, ClaimStep{Step: "2.1"}, "step.gate_first")
	st.refused(ana, ClaimStep{Step: "9.9"}, "step.unknown")
	st.refused(ana, ClaimStep{Step: "1.1", Evidence: []Evidence{{Kind: EvidenceLink, Text: "ftp://x/y"}}}, "evidence.link")
	st.do(ana, ClaimStep{Step: "4.1"}) // monitoring starts in stage 1
	st.refused(budi, VerifyStep{Step: "1.1"}, "step.not_claimed")
	st.do(ana, ClaimStep{Step: "1.1"})
	if events := st.do(budi, ClaimStep{Step: "1.1"}); len(events) != 0 {
		t.Errorf("claimed twice: %+v", events)
	}
	st.refused(budi, VerifyStep{Step: "1.1"}, "step.no_evidence")
	st.do(ana, ClaimStep{Step: "1.1", Evidence: []Evidence{link, link}})
	st.refused(ana, VerifyStep{Step: "1.1"}, "step.own_claim")
	before := st.state.Commits
	st.do(budi, VerifyStep{Step: "1.1"})
	if n := st.wants(NoticeStep, before); n.Why != string(Verified) || n.Actor != "A-supp" {
		t.Errorf("notice %+v", n)
	}
	if s := st.state.Step("1.1"); s.Status != Verified || len(s.Evidence) != 1 || s.Verifier != "A-supp" {
		t.Errorf("step %+v", s)
	}
	st.refused(ana, ClaimStep{Step: "1.1"}, "step.verified")
	st.refused(ana, ReopenStep{Step: "1.1"}, "text.blank")
	st.do(citra, ReopenStep{Step: "1.1", Reason: "data berubah"})
	st.do(budi, ClaimStep{Step: "1.1"})
	if s := st.state.Step("1.1"); s.Status != Claimed || s.ClaimedBy != "A-supp" || len(s.Evidence) != 1 {
		t.Errorf("claimed anew %+v", s)
	}
	// The steward acts as facilitator where there is none.
	st.do(steward, VerifyStep{Step: "1.1"})
	if s := st.state.Step("1.1"); s.Verifier != "" || s.Status != Verified {
		t.Errorf("step %+v", s)
	}
}

func monthly() DefineIndicator {
	return DefineIndicator{IndicatorDefined{
		Indicator: "N1", Name: "Omzet anggota", Unit: "rupiah", Kind: UnitMoney, Direction: Up,
		Reporters: Reporters{Groups: RoleSetOf([]Role{{Group: Core}, {Group: Supplier}})}, Frequency: calendar.Monthly,
	}}
}

func TestPromptsAndRepeats(t *testing.T) {
	st := beginThree(t)
	st.refused(ana, monthly(), "officer.only")
	defined := one[IndicatorDefined](t, st.do(steward, monthly()))
	if defined.Cron != "0 9 1 * *" || st.state.Indicators[0].NextSlot != "2026-04-01T09:00" {
		t.Fatalf("defined %+v, next %s", defined, st.state.Indicators[0].NextSlot)
	}
	st.do(ana, RecordReading{Indicator: "N1", Period: "2026-02", Value: 120_0000})
	prompt := one[PromptDue](t, st.until("2026-04-01 09:00"))
	if prompt.Period != "2026-03" || prompt.Missed != 0 || prompt.Slot != "2026-04-01T09:00" {
		t.Errorf("prompt %+v", prompt)
	}
	sameList(t, "asked", prompt.Actors, []ActorID{"A-core", "A-supp"})

	st.refused(citra, RecordReading{Indicator: "N1", Value: 1}, "reading.not_reporter")
	st.refused(ana, RecordReading{Indicator: "N1", Period: "2026-Q1", Value: 1}, "reading.period")
	st.refused(ana, RecordReading{Indicator: "N1", Period: "2026-05", Value: 1}, "reading.future")
	st.do(ana, RecordReading{Indicator: "N1", Value: 135_0000, Note: "termasuk ekspor"})
	if r := st.state.Indicator("N1").Readings["2026-03"]["A-core"]; r.Value != 135_0000 || r.By != ana.Person {
		t.Errorf("reading %+v", r)
	}
	if events := st.do(ana, RecordReading{Indicator: "N1", Value: 135_0000, Note: "termasuk ekspor"}); len(events) != 0 {
		t.Errorf("identical reading: %+v", events)
	}
	n := st.state.Indicator("N1")
	sameList(t, "missing", st.state.Missing(n), []ActorID{"A-supp"})
	if latest, ok := st.state.Latest(n, "A-core", "2026-03"); !ok || latest.Period != "2026-02" {
		t.Errorf("latest %+v", latest)
	}
	if series := st.state.Series(n, "A-core"); len(series) != 2 || series[1].Period != "2026-03" {
		t.Errorf("series %+v", series)
	}

	first := one[PromptRepeated](t, st.until("2026-04-04 09:00"))
	if first.Count != 1 || len(first.Actors) != 1 || first.Actors[0] != "A-supp" {
		t.Errorf("first repeat %+v", first)
	}
	events := st.until("2026-04-08 09:00")
	if second := one[PromptRepeated](t, events); second.Count != 2 {
		t.Errorf("second repeat %+v", second)
	}
	if digests := eventsOf[DigestDue](events); len(digests) != 4 { // 4 to 7 April
		t.Errorf("digests about late data: %+v", digests)
	}
	events = st.until("2026-05-01 08:59")
	if digests := eventsOf[DigestDue](events); len(digests) != 7 { // 8 to 14 April, then silence
		t.Errorf("digests about late data: %+v", digests)
	}
}

func TestNobodyIsAskedTwice(t *testing.T) {
	st := beginThree(t)
	st.do(steward, monthly())
	st.until("2026-03-31 12:00")
	for _, by := range []By{ana, budi} { // reported early, before the month is over
		st.do(by, RecordReading{Indicator: "N1", Period: "2026-03", Value: 1})
	}
	before := st.state.Commits
	prompt := one[PromptDue](t, st.until("2026-04-30 12:00"))
	if len(prompt.Actors) != 0 || prompt.Skipped {
		t.Errorf("prompt %+v", prompt)
	}
	if kinds := st.kinds(before); len(kinds) != 0 {
		t.Errorf("told %v", kinds)
	}
}

func TestDelay(t *testing.T) {
	st := beginThree(t)
	st.do(steward, monthly())
	st.refused(ana, DeferReading{Indicator: "N1"}, "reading.not_asked")
	st.until("2026-04-01 10:30")
	deferred := one[ReadingDeferred](t, st.do(ana, DeferReading{Indicator: "N1"}))
	if deferred.Until != "2026-04-02T09:00" {
		t.Errorf("deferred %+v", deferred)
	}
	st.refused(ana, DeferReading{Indicator: "N1", Until: jakarta(t, "2026-04-20 09:00")}, "reading.delay")
	again := one[PromptRepeated](t, st.until("2026-04-02 09:00"))
	if again.Count != 0 || len(again.Actors) != 1 || again.Actors[0] != "A-core" {
		t.Errorf("again %+v", again)
	}
	// A delay beyond a repeat spares the actor that repeat.
	st.do(ana, DeferReading{Indicator: "N1", Until: jakarta(t, "2026-04-05 09:00")})
	repeat := one[PromptRepeated](t, st.until("2026-04-04 09:00"))
	sameList(t, "repeat", repeat.Actors, []ActorID{"A-supp"})
	st.do(budi, ReportUnavailable{Indicator: "N1", Reason: "belum tutup buku"})
	again = one[PromptRepeated](t, st.until("2026-04-05 09:00"))
	sameList(t, "again", again.Actors, []ActorID{"A-core"})
}

func TestMissedSlots(t *testing.T) {
	weekly := monthly()
	weekly.Frequency = calendar.Weekly // Mondays at nine
	for _, tt := range []struct {
		what, wakes, slot string
		missed            int
		skipped           bool
	}{
		{"awake", "2026-03-09 09:00", "2026-03-09T09:00", 0, false},
		{"half a day late", "2026-03-09 21:00", "2026-03-09T09:00", 0, false},
		{"three weeks late", "2026-03-24 08:00", "2026-03-23T09:00", 2, false},
		{"in the second half of a week", "2026-03-27 08:00", "2026-03-23T09:00", 2, true},
	} {
		st := beginThree(t)
		st.do(steward, weekly)
		prompt := one[PromptDue](t, st.asleep(tt.wakes))
		if prompt.Slot != tt.slot || prompt.Missed != tt.missed || prompt.Skipped != tt.skipped || (len(prompt.Actors) == 0) != tt.skipped {
			t.Errorf("%s: %+v", tt.what, prompt)
		}
		if tt.skipped {
			st.refused(ana, DeferReading{Indicator: "N1"}, "reading.not_asked")
			next := one[PromptDue](t, st.until("2026-03-30 09:00"))
			if next.Missed != 3 || len(next.Actors) != 2 {
				t.Errorf("%s: successor %+v", tt.what, next)
			}
		}
	}
}

func TestPromptWaitsForTheEndOfTheQuietHours(t *testing.T) {
	st := beginThree(t)
	night := monthly()
	night.Cron = "30 22 1 * *"
	st.do(steward, night)
	if due, _ := st.state.NextDue(); !due.Equal(jakarta(t, "2026-04-02 07:00")) {
		t.Errorf("due %v", due.In(testZones("Asia/Jakarta")))
	}
	prompt := one[PromptDue](t, st.until("2026-04-02 07:00"))
	if prompt.Slot != "2026-04-01T22:30" || prompt.Period != "2026-03" || prompt.Missed != 0 {
		t.Errorf("prompt %+v", prompt)
	}
}

// Clocks in New York skip 02:00 to 03:00 on 8 March 2026 and show 01:00 to 02:00 twice on 1 November.
func TestDaylightSavingFiresEachSlotOnce(t *testing.T) {
	st := beginThree(t)
	st.do(steward, ChangeCharter{Key: KeyZone, Value: "America/New_York"})
	st.do(steward, ChangeCharter{Key: KeyQuietFrom, Value: "0"})
	st.do(steward, ChangeCharter{Key: KeyQuietTo, Value: "0"})
	for _, cron := range []string{"30 2 * * *", "30 1 * * *"} {
		d := monthly()
		d.Indicator, d.Cron = ItemID("N"+cron), cron
		st.do(steward, d)
	}
	st.thrifty = true
	fired := map[ItemID]map[string]int{}
	ny := testZones("America/New_York")
	for end := time.Date(2026, 11, 5, 0, 0, 0, 0, ny); ; {
		due, ok := st.state.NextDue()
		if !ok || due.After(end) {
			break
		}
		st.now = due
		for _, e := range eventsOf[PromptDue](st.fire()) {
			if fired[e.Indicator] == nil {
				fired[e.Indicator] = map[string]int{}
			}
			fired[e.Indicator][e.Slot[:10]]++
		}
	}
	st.check()
	for id, days := range fired {
		for day := time.Date(2026, 3, 4, 0, 0, 0, 0, time.UTC); day.Before(time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC)); day = day.AddDate(0, 0, 1) {
			if n := days[day.Format(time.DateOnly)]; n != 1 {
				t.Errorf("%s fired %d times on %s", id, n, day.Format(time.DateOnly))
			}
		}
	}
}

func TestZoneChangeNeverMeetsASlotAgain(t *testing.T) {
	st := beginThree(t)
	st.do(steward, monthly())
	st.until("2026-04-01 09:00") // 02:00 in UTC
	st.do(steward, ChangeCharter{Key: KeyZone, Value: "UTC"})
	if next := st.state.Indicators[0].NextSlot; next != "2026-05-01T09:00" {
		t.Errorf("next slot %s", next)
	}
	st.refused(steward, ChangeCharter{Key: KeyZone, Value: "Mars/Olympus"}, "charter.zone")
	st.refused(steward, ChangeCharter{Key: KeyZone, Value: "Local"}, "charter.zone")
}

func TestSchedulesAreCheckedWhenGiven(t *testing.T) {
	st := beginThree(t)
	st.do(steward, monthly())
	st.refused(steward, ScheduleIndicator{"N1", "0 0 30 2 *"}, "schedule.never")
	st.refused(steward, ScheduleIndicator{"N1", "TZ=UTC 0 9 * * 1"}, "schedule.forbidden_zone")
	st.refused(steward, ScheduleIndicator{"N1", "0 9,15 * * *"}, "schedule.too_frequent")
	st.refused(steward, ScheduleIndicator{"N1", ""}, "schedule.empty")
	st.do(steward, ScheduleIndicator{"N1", "0 9 * * fri"})
	if n := st.state.Indicators[0]; n.Cron != "0 9 * * 5" || n.NextSlot != "2026-03-06T09:00" {
		t.Errorf("indicator %+v", n)
	}
	if events := st.do(steward, ScheduleIndicator{"N1", "00 9 * * 5"}); len(events) != 0 {
		t.Errorf("same schedule: %+v", events)
	}
	st.do(steward, RetireIndicator{"N1"})
	st.refused(ana, RecordReading{Indicator: "N1", Value: 1}, "indicator.retired")
	if due, ok := st.state.NextDue(); ok {
		t.Errorf("a retired indicator is due at %v", due)
	}
}
