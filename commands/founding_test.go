package commands_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"klaster/commands"
	"klaster/domain"
)

func TestFoundingOffersTheInstallationsZoneFirst(t *testing.T) {
	talk, err := commands.New(zones)
	if err != nil {
		t.Fatal(err)
	}
	talk = talk.At("Asia/Singapore")
	in := commands.Input{
		At: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC), Chat: domain.ChatRef{Platform: "web", Chat: "g"}, By: "P1", Lang: "id",
		Text: "/mulai", ChatAdmin: commands.Yes,
	}
	for _, said := range []string{"/mulai", "Klaster Rotan", "mebel rotan", "Cirebon", "English"} {
		in.Text = said
		out := talk.Lobby(in)
		if out.Session == nil {
			t.Fatalf("%q begins or continues nothing", said)
		}
		in.Session = out.Session.Blob
		if said != "English" {
			continue
		}
		var labels []string
		for _, row := range out.Replies[0].Buttons {
			for _, b := range row {
				labels = append(labels, b.Label)
			}
		}
		want := []string{"Asia/Singapore", "WIB (Jakarta)", "WITA (Makassar)", "WIT (Jayapura)"}
		if len(labels) < 4 || !slices.Equal(labels[:4], want) {
			t.Errorf("zones offered: %q, want %q first", labels, want)
		}
	}
}

// TestTypingAtASummary: words typed where only buttons are awaited are not taken, and the person hears so.
func TestTypingAtASummary(t *testing.T) {
	b, _ := founded(t, "id")
	budi := b.person("Pak Budi", "id")
	budi.writes("/daftar PT Rotan Jaya")
	budi.taps("Industri inti")
	budi.taps("Selesai memilih")
	budi.taps("Lewati")
	budi.writes("Cirebon")
	before, commits := len(b.said(0)), b.s.Commits
	budi.writes("Omzet bulanan")
	heard := b.said(0)[before:]
	for _, want := range []string{"Tulisan tadi belum disimpan", "Benar, daftarkan", "PT Rotan Jaya, Cirebon"} {
		if !strings.Contains(heard, want) {
			t.Errorf("%q is missing in\n%s", want, heard)
		}
	}
	if b.s.Commits != commits {
		t.Error("something was recorded")
	}
}
