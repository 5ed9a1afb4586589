package e2e_test

import (
	"path/filepath"
	"strings"
	"testing"

	"klaster/bot/discord/discordtest"
	"klaster/domain"
)

// TestDiscordStory is the main job on Discord, as people do it there: with slash commands and what they suggest, windows
// to fill in, lists to choose from and the buttons of the cards.
func TestDiscordStory(t *testing.T) {
	t.Parallel()
	store := filepath.Join(t.TempDir(), "klaster.db")
	dc := discordServer(t)
	s := newSalon(t, dc)
	sari, budi := s.person("Ibu Sari Wiryawan", true), s.person("Pak Budi Hartono", false)
	program := s.watch(start(t, discordSettings(dc, store)))
	s.until("the commands are there", func(w *discordtest.World) bool { return w.Gateway().Connected == 1 && len(w.Commands("")) > 0 })

	// The cluster: only who manages the guild founds it.
	sari.uses("start")
	sari.fillsIn("Isi jawaban", "Klaster Rotan Cirebon", "mebel rotan", "Kabupaten Cirebon")
	sari.reads("Bahasa apa")
	sari.presses("Bahasa Indonesia")
	sari.presses("WIB (Jakarta)")
	sari.reads("Mohon diperiksa", "Klaster Rotan Cirebon")
	sari.presses("Benar, dirikan")
	s.sees("sudah berdiri")

	sari.registers("Asosiasi Rotan", "Lembaga", "Cirebon")
	budi.registers("PT Rotan Jaya", "Industri inti", "Plumbon")
	budi.reads("Pendaftaran PT Rotan Jaya", "Tanda terima")
	sari.reads("PT Rotan Jaya ingin bergabung")
	sari.presses("Setujui")
	s.sees("PT Rotan Jaya bergabung sebagai pelaku")
	budi.uses("actors")
	budi.reads("Pelaku Klaster Rotan Cirebon: 2 organisasi")

	// A decision, of which Discord suggests the number.
	const title = "Membeli bahan baku bersama"
	s.secret = append(s.secret, title)
	budi.uses("propose", discordtest.Opt{Name: "proposal", Value: title})
	budi.presses("Lewati")
	budi.presses("Tidak terkait")
	budi.reads("Mohon diperiksa usulan ini")
	budi.presses("Ya, buka usulan")
	s.sees(title, "Sikap masuk: 0 dari 2 pelaku")
	asked, err := dc.Autocomplete(s.channel, budi.id, "vote", "decision", discordtest.Opt{Name: "decision", Value: "beli"})
	if err != nil {
		t.Fatal(err)
	}
	suggested, err := dc.WaitResponse(soon(t), asked)
	if err != nil || len(suggested.Choices) != 1 || !strings.Contains(suggested.Choices[0].Name, title) {
		t.Fatalf("suggested %+v, %v", suggested, err)
	}
	budi.uses("vote", discordtest.Opt{Name: "decision", Value: suggested.Choices[0].Value}, discordtest.Opt{Name: "position", Value: "setuju"})
	budi.reads("Tercatat", "PT Rotan Jaya - Setuju", "Tanda terima")
	s.sees("Sikap masuk: 1 dari 2 pelaku")
	sari.fillsIn("Keberatan", "Gudangnya belum ada") // the card's button opens the window at once
	sari.reads("Asosiasi Rotan - Keberatan", "Tanda terima")
	s.sees("Sikap masuk: 2 dari 2 pelaku")
	sari.presses("Setuju")
	sari.reads("Asosiasi Rotan - Setuju")
	sari.presses("Tutup sekarang")
	sari.presses("Ya, tutup sekarang")
	s.sees("Mufakat", title)

	// A step with its evidence, verified by the steward.
	budi.uses("done", discordtest.Opt{Name: "step", Value: "1.1"}, discordtest.Opt{Name: "evidence", Value: "https://contoh.id/notulen"})
	budi.reads("Mohon diperiksa: langkah 1.1", "contoh.id/notulen")
	budi.presses("Ya, simpan")
	s.sees("PT Rotan Jaya melaporkan langkah 1.1 Inisiasi selesai")
	sari.uses("verify", discordtest.Opt{Name: "step", Value: "1.1"})
	sari.presses("Ya, verifikasi")
	s.sees("1.1", "terverifikasi oleh pengurus atau fasilitator")

	// An indicator and a reading.
	sari.uses("indicator", discordtest.Opt{Name: "indicator", Value: "Omzet anggota; rupiah; naik; 100 jt; 150 jt; inti; triwulan"})
	sari.reads("Mohon diperiksa", "Omzet anggota")
	sari.presses("Ya, simpan")
	sari.reads("N1")
	budi.uses("data", discordtest.Opt{Name: "indicator", Value: "N1"}, discordtest.Opt{Name: "value", Value: "12 jt"})
	budi.reads("Terbaca", "12.000.000")
	budi.presses("Ya, simpan")
	budi.reads("Tersimpan", "12.000.000")
	sari.uses("status")
	sari.reads("Langkah terverifikasi: 1 dari 17")

	// The program starts again: old cards go on, and nothing is shown twice.
	if code, _ := program.stop(); code != 0 {
		t.Errorf("the program ended with %d", code)
	}
	shown := len(dc.Messages(s.channel, ""))
	program = s.watch(start(t, discordSettings(dc, store)))
	s.until("the program is back", func(w *discordtest.World) bool { return w.Gateway().Connected == 1 })
	if r := budi.uses("me"); !r.Message.Ephemeral || !strings.Contains(r.Message.Text(), "PT Rotan Jaya") {
		t.Errorf("/me is answered with %+v", r)
	}
	if code, _ := program.stop(); code != 0 {
		t.Errorf("the program ended with %d", code)
	}
	if n := len(dc.Messages(s.channel, "")); n != shown {
		t.Errorf("the channel has %d messages, %d before the restart", n, shown)
	}

	kept := openStore(t, store)
	defer func() { _ = kept.Close() }()
	id, err := kept.ClusterOf(t.Context(), discordChat(s.channel))
	if err != nil {
		t.Fatal(err)
	}
	j := read(t, kept, id)
	j.once(t)
	if len(j.state.Proposals) != 1 || j.state.Proposals[0].Now().Outcome != domain.Unanimous || len(j.votes()) != 3 {
		t.Errorf("the proposals are %+v, with %d votes", j.state.Proposals, len(j.votes()))
	}
}
