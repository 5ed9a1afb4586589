package main

import (
	"fmt"
	"time"

	"klaster/domain"
	"klaster/domain/calendar"
)

// sample is a cluster in which much is going on, for looking at cards without a journal.
type sample struct {
	state *domain.State
	now   time.Time
	head  domain.Head
	ids   int
	err   error
}

// people of the sample and their names.
func sampleNames() map[domain.PersonID]string {
	return map[domain.PersonID]string{"P1": "Ibu Sari", "P2": "Pak Budi", "P3": "Bu Wati", "P4": "Pak Joko"}
}

func newSample(lang string) (*sample, error) {
	s := &sample{state: domain.NewState("SAMPLE", zone), now: time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC)}
	s.do("P1", domain.Found{
		Name: "Klaster Rotan Cirebon", Core: "mebel rotan", Region: "Cirebon", Lang: lang, Zone: "Asia/Jakarta", Steward: "P1",
		Chat: domain.ChatRef{Platform: "web", Chat: "sample"},
	})
	actor := func(id domain.ActorID, by domain.PersonID, name domain.Text, roles ...domain.Role) {
		s.do(by, domain.RegisterActor{Actor: id, Name: name, Roles: roles, Place: "Cirebon"})
		s.do("P1", domain.ApproveActor{Actor: id})
	}
	actor("A1", "P2", "PT Rotan Jaya", domain.Role{Group: domain.Core})
	actor("A2", "P3", "CV Bahan Alam", domain.Role{Group: domain.Supplier, Sub: "main_material"})
	actor("A3", "P4", "Koperasi Ekspor", domain.Role{Group: domain.Buyer})
	s.do("P4", domain.RegisterActor{Actor: "A4", Name: "Universitas Pesisir", Roles: []domain.Role{{Group: domain.Institution}}})
	for i, title := range []domain.Text{"Bahan baku rotan langka", "Harga tidak menentu", "Tenaga penganyam berkurang"} {
		s.do("P2", domain.RaiseIssue{Issue: domain.ItemID(fmt.Sprint("K", i+1)), Title: title, Actor: "A1"})
	}
	s.do("P1", domain.OpenRound{Round: "R1"})
	s.do("P2", domain.CastScores{Round: "R1", Actor: "A1", Issue: "K1", Scores: &domain.Scores{5, 4, 4}})
	s.do("P2", domain.ClaimStep{Step: "1.3", Actor: "A1", Evidence: []domain.Evidence{{Kind: domain.EvidenceLink, Text: "https://example.org/kajian.pdf"}}})
	s.do("P3", domain.VerifyStep{Step: "1.3", Actor: "A2"})
	s.do("P2", domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: "Membeli rotan bersama", Text: "Mulai April, lewat koperasi.", Actor: "A1"})
	s.do("P2", domain.CastVote{Proposal: "D1", Actor: "A1", Position: domain.Agree})
	s.do("P3", domain.CastVote{Proposal: "D1", Actor: "A2", Position: domain.AgreeWithNote, Reason: "Harga dasar dibahas dulu."})
	s.do("P4", domain.CastVote{Proposal: "D1", Actor: "A3", Position: domain.Agree})
	s.do("P3", domain.Propose{Proposal: "D2", Method: domain.Consensus, Title: "Konsensus prakarsa", Actor: "A2", Link: domain.Link{Step: "1.6"}})
	s.do("P2", domain.CastVote{Proposal: "D2", Actor: "A1", Position: domain.Object, Reason: "Naskahnya belum lengkap."})
	s.do("P1", domain.DefineIndicator{IndicatorDefined: domain.IndicatorDefined{
		Indicator: "N1", Name: "Omzet anggota", Unit: "rupiah", Kind: domain.UnitMoney, Direction: domain.Up,
		Reporters: domain.Reporters{Groups: domain.RoleSetOf([]domain.Role{{Group: domain.Core}, {Group: domain.Supplier}})}, Frequency: calendar.Weekly,
	}})
	return s, s.err
}

// do has a person give a command; the first refusal is kept.
func (s *sample) do(by domain.PersonID, c domain.Command) {
	events, err := domain.Decide(s.state, s.now, domain.By{Person: by}, c)
	if err != nil && s.err == nil {
		s.err = fmt.Errorf("sample: %T: %w", c, err)
	}
	s.commit(by, events)
	s.now = s.now.Add(time.Minute)
}

func (s *sample) commit(by domain.PersonID, events []domain.Event) {
	if len(events) == 0 {
		return
	}
	s.ids++
	commit := domain.Commit{At: s.now, By: by, Cause: fmt.Sprint("sample:", s.ids), Events: events}
	domain.Apply(s.state, commit)
	s.head = s.head.Next([]byte(commit.Cause))
	s.state.Seal(s.head)
}

// pass lets time go by and fires what comes due, one after the other.
func (s *sample) pass(d time.Duration) {
	end := s.now.Add(d)
	for {
		due, ok := s.state.NextDue()
		if !ok || due.After(end) {
			break
		}
		if due.After(s.now) {
			s.now = due
		}
		events := domain.Fire(s.state, s.now)
		if len(events) == 0 {
			break
		}
		s.commit("", events)
	}
	s.now = end
}
