package e2e_test

import (
	"os"
	"strings"
	"testing"
)

// play is the story in the browser room.
type play struct {
	t                                    *testing.T
	h                                    *house
	sari, budi, citra, dedi, endah, john *guest
	fajar                                *guest
}

// TestWebStory is the main job from end to end in a browser, as six organisations live it, half of them on phones.
func TestWebStory(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	p := &play{t: t, h: h}
	p.sari = h.enter("Ibu Sari", "id", desk)
	p.budi = h.enter("Pak Budi", "id", phone)
	p.citra = h.enter("Ibu Citra", "id", desk)
	p.dedi = h.enter("Pak Dedi", "id", phone)
	p.endah = h.enter("Ibu Endah", "id", desk)
	p.john = h.enter("John", "en", phone)

	p.founding()
	p.registering()
	p.prioritising()
	p.agreeing()
	p.steps()
	p.figures()
	p.records()
	for _, g := range append(p.six(), p.fajar) {
		g.settled()
	}
}

func (p *play) six() []*guest {
	return []*guest{p.sari, p.budi, p.citra, p.dedi, p.endah, p.john}
}

func (p *play) founding() {
	p.t.Helper()
	p.sari.is(`document.querySelector('#group .empty').checkVisibility()`, "true")
	p.sari.picture("empty")
	p.budi.picture("empty")
	p.sari.eval(`document.querySelector('.begin').click()`)
	p.sari.shows("1 dari 5")
	for _, answer := range []struct{ text, next string }{
		{"Klaster Rotan Cirebon", "2 dari 5"}, {"mebel rotan", "3 dari 5"}, {"Kabupaten Cirebon", "4 dari 5"},
	} {
		p.sari.says(answer.text)
		p.sari.sees(answer.next)
	}
	p.sari.taps("Bahasa Indonesia")
	p.sari.sees("5 dari 5")
	p.sari.taps("WIB (Jakarta)")
	p.sari.sees("Mohon diperiksa", "Klaster Rotan Cirebon", "Kabupaten Cirebon", "Pengurus: Ibu Sari")
	p.sari.taps("Benar, dirikan")
	for _, g := range p.six() {
		g.shows("Klaster Rotan Cirebon sudah berdiri")
	}
	p.john.writes("/language en") // notices follow what a person chose, answers also the page
	p.john.reads("I speak to you in English")
}

func (p *play) registering() {
	p.t.Helper()
	what := map[*guest]registration{
		p.sari:  {"Dinas Perindustrian Cirebon", "Lembaga", "pemerintah", "Sumber"},
		p.budi:  {"PT Rotan Jaya", "Industri inti", "", "Plered"},
		p.citra: {"CV Bambu Lestari", "Pemasok", "bahan baku utama", "Majalengka"},
		p.dedi:  {"Bank Ciremai", "Industri pendukung", "pembiayaan", "Cirebon"},
		p.endah: {"Hotel Pesisir", "Industri terkait", "", "Cirebon"},
		p.john:  {"Nordic Living", "Buyer", "distributor", "Semarang"},
	}
	together(p.t, func(g *guest) { g.registers(what[g]) }, p.six()...)
	for _, g := range []*guest{p.budi, p.citra, p.dedi, p.endah, p.john} {
		p.sari.press("private", "Setujui", what[g].name)
		p.sari.toasted(what[g].name + " disetujui sebagai pelaku.")
	}
	p.budi.holds("sudah terdaftar sebagai pelaku")
	p.john.holds("Nordic Living", "registered")

	p.fajar = p.h.enter("Pak Fajar", "id", phone)
	p.fajar.taps("Daftar")
	p.fajar.reads("Apa nama organisasinya")
	p.fajar.writes("Rotan Jaya PT")
	p.fajar.reads("Sudah ada pelaku dengan nama yang mirip")
	p.fajar.picture("similar")
	p.fajar.presses("Sama, saya wakil PT Rotan Jaya")
	p.fajar.reads("Mohon diperiksa")
	p.fajar.presses("Benar, daftarkan")
	p.budi.holds("ingin menjadi wakil")
	p.budi.presses("Setujui")
	p.fajar.holds("sekarang menjadi wakil")
	p.citra.says("/pelaku")
	p.citra.sees("Pelaku Klaster Rotan Cirebon: 6 organisasi", "Industri inti (1)", "Lembaga pendukung (1)", "Nordic Living")
	p.citra.picture("actors")
}

// registers is the guided registration, in the language of the person.
func (g *guest) registers(r registration) {
	g.t.Helper()
	say := func(id, en string) string {
		if g.lang == "en" {
			return en
		}
		return id
	}
	g.taps("Daftar") // the group's cards are in the group's language
	g.reads(say("Apa nama organisasinya", "name"))
	g.writes(r.name)
	g.reads(r.name)
	g.presses(r.role)
	g.reads("✓ " + r.role)
	g.presses(say("Selesai memilih", "Done choosing"))
	g.reads(say("Di bidang apa", "In which field"))
	if r.sub == "" {
		g.presses(say("Lewati", "Skip"))
	} else {
		g.presses(r.sub)
		g.reads("✓ " + r.sub)
		g.presses(say("Selesai memilih", "Done choosing"))
	}
	g.reads(say("Di mana lokasi organisasinya", "Where is the organisation"))
	g.writes(r.place)
	g.reads(r.name, r.place)
	g.presses(say("Benar, daftarkan", "Yes, register it"))
	g.reads(say("Tanda terima", "eceipt"))
}

func (p *play) prioritising() {
	p.t.Helper()
	for _, raise := range []struct {
		by                 *guest
		command, text, yes string
	}{
		{p.budi, "/isu", "Bahan baku rotan langka", "Benar, sampaikan"},
		{p.citra, "/isu", "Ongkos kirim ke pelabuhan mahal", "Benar, sampaikan"},
		{p.john, "/issue", "Deliveries come too late for the season", "Yes, raise it"},
	} {
		raise.by.writes(raise.command + " " + raise.text)
		raise.by.reads(raise.text)
		raise.by.presses(raise.yes)
		raise.by.reads(raise.text, "I")
	}
	p.sari.says("/prioritas")
	p.sari.sees("Membuka penilaian prioritas", "6 pelaku menilai 3 isu")
	p.sari.taps("Ya, buka penilaian")
	p.sari.sees("Penilaian prioritas No. 1", "0 dari 6")
	scores := map[*guest]string{ // urgency, seriousness, growth of the three issues
		p.sari: "543321111", p.budi: "555444222", p.citra: "454232121", p.dedi: "543333232", p.endah: "544222333", p.john: "432443555",
	}
	together(p.t, func(g *guest) { g.scores(scores[g]) }, p.six()...)
	p.sari.shows("Sudah menilai semua isu: 6 dari 6")
	p.sari.taps("Tutup penilaian")
	p.sari.reads("akan ditutup sekarang", "6 dari 6 pelaku sudah menilai")
	p.sari.presses("Ya, tutup sekarang")
	for _, g := range p.six() {
		g.shows("Hasil penilaian prioritas No. 1", "6 dari 6 pelaku menilai", "1. I1 Bahan baku rotan langka - rata-rata 4,11")
	}
	p.sari.is(`getComputedStyle(document.querySelector('#group article.tone-result li')).listStyleType`, "none") // one number is enough
	p.sari.picture("ranking")
	p.budi.eval(`e2e.open('group')`)
	p.budi.picture("ranking")
}

// scores answers one question after the other with a button.
func (g *guest) scores(digits string) {
	g.t.Helper()
	questions, issue := []string{"Urgensi", "Keseriusan", "Perkembangan"}, "isu %s dari 3"
	if g.lang == "en" {
		questions, issue = []string{"Urgency", "Seriousness", "Growth"}, "issue %s of 3"
	}
	g.taps("Beri skor")
	for i, digit := range strings.Split(digits, "") {
		g.reads(questions[i%3], strings.Replace(issue, "%s", string("123"[i/3]), 1))
		if i == 4 && g.name == "Pak Budi" || i == 4 && g.name == "Ibu Citra" {
			g.picture("scoring")
		}
		g.presses(digit + " *")
	}
	if g.lang == "en" {
		g.reads("complete")
	} else {
		g.reads("lengkap. Terima kasih")
	}
}

func (p *play) agreeing() {
	p.t.Helper()
	const text, objection, note = "Para pelaku sepakat mengembangkan klaster rotan bersama-sama", "Gudang bersama belum ada; mohon disebut dalam naskahnya.", "Please keep an English summary."
	p.sari.writes("/usulan 1.6 " + text)
	p.sari.reads("Bila perlu")
	p.sari.presses("Lewati")
	p.sari.reads("Mohon diperiksa usulan ini", "1.6")
	p.sari.presses("Ya, buka usulan")
	p.sari.reads("dibuka sampai")
	for _, g := range p.six() {
		g.shows("Usulan No. 2", "Sikap masuk: 0 dari 6", "Ketentuan:")
	}
	p.sari.tabsTo("group", "Setuju") // the keyboard alone is enough
	p.sari.do(enter)
	p.sari.toasted("Tercatat: Dinas Perindustrian Cirebon - Setuju.", "Tanda terima")
	p.budi.taps("Setuju + catatan")
	p.budi.reads("catatan")
	p.budi.writes("Mohon rotan alam tetap disebut.")
	p.budi.reads("Tercatat", "Mohon rotan alam tetap disebut.")
	p.citra.taps("Keberatan")
	p.citra.reads("Sikap CV Bambu Lestari", "keberatan", "Mohon menuliskan alasannya")
	p.room()
	p.citra.writes(objection)
	p.citra.reads("Tercatat atas Usulan No. 2", objection)
	p.sari.shows("Usulan No. 2", "Sikap masuk: 3 dari 6", "perlu 1 lagi untuk kuorum")
	p.sari.picture("consensus")
	p.budi.eval(`e2e.open('group')`)
	p.budi.picture("consensus")
	p.dedi.says("/kuorum")
	p.dedi.sees("Usulan No. 2", "Bank Ciremai", "Hotel Pesisir", "Nordic Living")
	p.dedi.picture("quorum")
	p.dedi.taps("Abstain")
	p.dedi.toasted("Tercatat: Bank Ciremai - Abstain")
	p.endah.says("/sikap 2 setuju")
	p.endah.sees("Tercatat: Hotel Pesisir - Setuju")
	p.john.taps("Setuju + catatan")
	p.john.reads("note")
	p.john.writes(note)
	p.john.reads("Recorded", note)
	p.sari.shows("Usulan No. 2", "Sikap masuk: 6 dari 6", "kuorum tercapai")
	p.sari.says("/keputusan 2 tutup")
	p.sari.reads("akan ditutup sekarang", "Hasilnya bila ditutup sekarang: Mufakat dengan catatan keberatan.")
	p.sari.presses("Ya, tutup sekarang")
	for _, g := range p.six() {
		g.shows("Usulan No. 2", "mufakat dengan catatan keberatan", "Catatan keberatan - CV Bambu Lestari", objection, "Langkah 1.6", "terverifikasi oleh keputusan ini")
	}
	p.sari.is(`[...document.querySelectorAll('#group article button.fill')].at(-1).textContent`, "/keputusan 2")
	p.sari.picture("result")
	p.john.eval(`e2e.open('group')`)
	p.john.picture("result")
}

// room renews the picture in the README: KLASTER_ROOM_PNG=../docs/room.png go test ./e2e -run WebStory.
func (p *play) room() {
	p.t.Helper()
	file := os.Getenv("KLASTER_ROOM_PNG")
	if file == "" {
		return
	}
	p.citra.scheme("light")
	p.citra.eval(`(e2e.hush(), document.querySelector('#group .scroll').scrollTop = 1e6)`)
	if err := os.WriteFile(file, p.citra.capture(), 0o644); err != nil {
		p.t.Fatal(err)
	}
}

func (p *play) steps() {
	p.t.Helper()
	p.budi.says("/tuntas 1.3 https://contoh.id/profil-klaster.pdf profil hasil wawancara")
	p.budi.sees("Mohon diperiksa", "1.3", "https://contoh.id/profil-klaster.pdf")
	p.budi.taps("Ya, simpan")
	p.budi.sees("Tercatat. Tanda terima")
	p.citra.shows("PT Rotan Jaya melaporkan langkah 1.3")
	p.citra.taps("Verifikasi")
	p.citra.sees("Apakah bukti ini menunjukkan")
	p.citra.taps("Ya, verifikasi")
	p.endah.shows("Langkah 1.3", "terverifikasi oleh CV Bambu Lestari")
	p.endah.says("/langkah")
	p.endah.sees("2 dari 17 terverifikasi", "1.6 Konsensus prakarsa: Terverifikasi", "1.3 Eksplorasi dan analisis: Terverifikasi")
	p.endah.picture("steps")
	p.dedi.eval(`e2e.open('group')`)
	p.dedi.picture("steps")
}

func (p *play) figures() {
	p.t.Helper()
	p.sari.writes("/indikator Omzet anggota; rupiah; naik; 100 jt; 150 jt; inti; triwulan")
	p.sari.reads("Mohon diperiksa", "Omzet anggota", "Target: Rp150.000.000", "Berikutnya:")
	p.sari.picture("indicator")
	p.sari.presses("Ya, simpan")
	p.sari.reads("N1 Omzet anggota ditetapkan")
	p.sari.writes("/pengingat N1 setiap Senin 09.00")
	p.sari.reads("ditanyakan setiap Senin pukul 09.00", "Berikutnya: Senin")
	p.sari.presses("Ya, simpan")
	p.sari.reads("setiap Senin pukul 09.00", "Tanda terima")
	p.sari.writes("/pengingat N1 0 0 30 2 *")
	p.sari.reads(`Jadwal "0 0 30 2 *" tidak akan pernah berjalan`)
	p.sari.writes("/batal")
	p.sari.reads("batal")
	p.budi.writes("/isidata N1 12 jt")
	p.budi.reads("Terbaca: Rp12.000.000", "Apakah sudah benar?")
	p.budi.picture("echo")
	p.budi.presses("Ya, simpan")
	p.budi.reads("Tersimpan: PT Rotan Jaya - Omzet anggota", "Rp12.000.000", "Tanda terima")
	p.budi.is(`e2e.shows('group', ['12.000.000'])`, "false") // figures are private
}

func (p *play) records() {
	p.t.Helper()
	p.sari.says("/status")
	p.sari.sees("Klaster Rotan Cirebon, tahap 2 dari 4", "Pelaku: 6 organisasi", "Langkah terverifikasi: 2 dari 17")
	p.sari.writes("/status")
	p.sari.reads("Klaster Rotan Cirebon, tahap 2 dari 4")
	p.sari.picture("status")
	p.endah.says("/bantuan")
	p.endah.sees("/usulan")
	p.endah.picture("help")
	p.budi.writes("/bantuan")
	p.budi.reads("/isidata")
	p.budi.picture("help")
	p.dedi.writes("/riwayat")
	p.dedi.reads("Riwayat: Klaster Rotan Cirebon")
	p.dedi.picture("history")
	p.dedi.presses("Lebih lama")
	p.dedi.reads("Riwayat: Klaster Rotan Cirebon", "Lebih baru")
	p.dedi.presses("Lebih baru")
	p.dedi.reads("Riwayat: Klaster Rotan Cirebon")

	p.endah.writes("/ekspor keputusan")
	p.endah.reads("Keputusan dan sikap, 6 baris")
	name, content := p.endah.downloads("private")
	if !strings.HasSuffix(name, ".csv") || !strings.HasPrefix(content, "\ufeffUsulan No.;Judul;Cara;") || !strings.Contains(content, ";CV Bambu Lestari;pemasok;Keberatan;") {
		p.t.Errorf("the table %s is %q", name, content)
	}

	p.john.writes("/saya")
	p.john.reads("Nordic Living", "English")
	p.fajar.writes("/bahasa")
	p.fajar.reads("Bahasa Indonesia", "English")
	p.fajar.presses("English")
	p.fajar.reads("From now on I speak to you in English")
	p.fajar.writes("/me")
	p.fajar.reads("PT Rotan Jaya", "Language: English")
	p.fajar.picture("me")
}
