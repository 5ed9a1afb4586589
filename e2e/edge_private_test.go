package e2e_test

import (
	"regexp"
	"strconv"
	"strings"
	"testing"

	"klaster/bot/telegram/telegramtest"
	"klaster/domain"
)

// aboutReading is what tells an indicator or its period.
var aboutReading = regexp.MustCompile(`(?i)omzet|indikator|\bN1\b|rupiah|januari|februari|maret|april|\bmei\b|juni|juli|agustus|september|oktober|november|desember|triwulan|\b20\d\d\b`)

func TestEdge19Blocked(t *testing.T) {
	s := scenery(t, 6, telegramtest.AsSupergroup(), func(c *crowd) {
		c.seed.asksDaily(5)
		c.seed.people[personID(5)][0].private = strconv.FormatInt(c.users[5], 10)
		c.tg.Start(c.users[5], "")
		c.tg.Block(c.users[5])
	})
	m := s.shows(s.group, "Hadikusumo", "pesan pribadi")
	called := m.Text // what the group may read of it names neither the indicator nor the period
	for _, row := range m.Buttons {
		for _, b := range row {
			called += "\n" + b.Text
		}
	}
	if about := aboutReading.FindString(called); about != "" {
		t.Errorf("the call in the group says %q:\n%s", about, called)
	}
	s.tg.Start(s.users[5], s.link(m))
	asked := s.shows(s.users[5], "Omzet anggota")
	if !aboutReading.MatchString(strings.ReplaceAll(asked.Text, "Omzet anggota", "")) {
		t.Errorf("the question names no period that could be looked for: %s", asked.Text)
	}
	s.tg.SendText(s.users[5], s.users[5], "12 jt")
	echo := s.shows(s.users[5], "12.000.000")
	s.tg.Tap(s.users[5], echo.ID, s.users[5], echo.Buttons[0][0].Data)
	s.shows(s.users[5], "Tersimpan", "12.000.000")
	for _, m := range s.tg.Messages(s.group) {
		if strings.Contains(m.Text, "12.000.000") || strings.Contains(m.Text, "12 jt") {
			t.Errorf("the group reads the value: %s", m.Text)
		}
	}
	if n := s.after().count("reading_recorded"); n != 1 {
		t.Errorf("%d readings", n)
	}
}

func TestEdge20NeverStarted(t *testing.T) {
	s := scenery(t, 6, telegramtest.AsSupergroup(), nil)
	s.tap(s.board, s.users[2], "w:1:1:o")
	m := s.shows(s.group, "pesan pribadi")
	s.tg.Start(s.users[2], s.link(m))
	s.shows(s.users[2], "Mohon menuliskan alasannya")
	s.tg.SendText(s.users[2], s.users[2], "Lahannya belum ada")
	s.shows(s.users[2], "Tercatat", "Lahannya belum ada")
	j := s.after()
	ballot, _ := j.state.Proposal(s.proposal).Now().Ballot(actorID(2))
	if ballot.Position != domain.Object || ballot.Reason != "Lahannya belum ada" {
		t.Errorf("the ballot is %+v", ballot)
	}
	if strings.Contains(s.program.log.String(), "Lahannya") {
		t.Error("the log has a reason in it")
	}
}
