package e2e_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestWebHostileInput types what people type by accident or in jest. Each gets a clear sentence or is kept as it is, and
// nothing breaks.
func TestWebHostileInput(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	sari := h.enter("Ibu Sari", "id", desk)
	odd := h.enter("ليلى <b>&", "id", phone)
	sari.says("/mulai")
	for _, answer := range []struct{ text, next string }{{"Klaster <b>Rotan</b> & rekan", "2 dari 5"}, {"mebel", "3 dari 5"}, {"Cirebon", "4 dari 5"}} {
		sari.sees("dari 5")
		sari.says(answer.text)
		sari.sees(answer.next)
	}
	sari.taps("Bahasa Indonesia")
	sari.sees("5 dari 5")
	sari.taps("WIB (Jakarta)")
	sari.sees("Mohon diperiksa", "Klaster <b>Rotan</b> & rekan")
	sari.taps("Benar, dirikan")
	sari.sees("sudah berdiri")

	t.Run("nothing at all", func(t *testing.T) {
		lines := odd.eval(`document.querySelectorAll('#group article').length`)
		odd.fill("group", "   ")
		odd.eval(`document.querySelector('#group .send').click()`)
		odd.is(`document.activeElement.id`, "say-group")
		odd.is(`document.querySelectorAll('#group article').length`, lines)
	})
	t.Run("5,000 characters", func(t *testing.T) {
		long := strings.Repeat("rotan dan bambu ", 312) + "penutup."
		odd.fill("private", "/isu "+long)
		odd.eval(`document.querySelector('#private .send').click()`)
		odd.until(`!document.querySelector('#private .composer .trouble').hidden`)
		odd.is(`document.querySelector('#private .composer .trouble').textContent`, "Pesan terlalu panjang; batasnya 4.500 karakter. Mohon dipersingkat.")
		odd.is(`document.getElementById('say-private').value.length > 5000`, "true") // the words stay
		odd.picture("too-long")
		odd.eval(`document.querySelector('#private .composer .trouble').hidden = true`)
	})
	t.Run("without having registered", func(t *testing.T) {
		odd.writes("/isu Bahan baku langka")
		odd.reads("Mohon mendaftar")
	})
	t.Run("names", func(t *testing.T) {
		const role, wordless = "Apa peran %s dalam klaster ini?", "Isian ini belum berisi kata yang dapat dibaca"
		for _, c := range []struct{ name, answer string }{
			{"@everyone", fmt.Sprintf(role, "@everyone")},
			{"<b>x</b> &amp;", fmt.Sprintf(role, "<b>x</b> &amp;")},
			{"\u202ePT Jaya", fmt.Sprintf(role, "PT Jaya")},
			{"🎉🎉🎉", wordless},
			{"\u200b", wordless},
			{strings.Repeat("panjang ", 60), "sedangkan batasnya 64. Mohon dipersingkat."},
		} {
			odd.writes("/daftar " + c.name)
			odd.reads(c.answer)
			odd.writes("/batal")
			odd.reads("Isian dibatalkan. Tidak ada yang disimpan.")
		}
	})
	t.Run("issues", func(t *testing.T) {
		sari.writes("/daftar PT <i>Rotan</i>")
		sari.reads("Apa peran PT <i>Rotan</i>")
		sari.presses("Industri inti")
		sari.reads("✓")
		sari.presses("Selesai memilih")
		sari.reads("Di bidang apa")
		sari.presses("Lewati")
		sari.reads("Di mana lokasi organisasinya")
		sari.presses("Lewati")
		sari.reads("Mohon diperiksa")
		sari.presses("Benar, daftarkan")
		sari.reads("terdaftar")
		const check, wordless = "Mohon diperiksa isu ini:", "Isian ini belum berisi kata yang dapat dibaca"
		for _, c := range []struct {
			text    string
			answers []string
		}{
			{"@everyone bahan baku langka", []string{check, "@everyone bahan baku langka"}},
			{`<b>tebal</b> &amp; "kutip"`, []string{check, `<b>tebal</b> &amp; "kutip"`}},
			{"شح المواد الخام", []string{check, "شح المواد الخام"}},
			{"\u202eterbalik", []string{check, "terbalik"}},
			{"🎉🎉🎉", []string{wordless}},
			{strings.Repeat("a", 700), []string{"Tulisan Bapak/Ibu 700 karakter, sedangkan batasnya 200"}},
		} {
			sari.writes("/isu " + c.text)
			sari.reads(c.answers...)
			sari.writes("/batal")
			sari.reads("Isian dibatalkan. Tidak ada yang disimpan.")
		}
	})
	t.Run("words that are no commands", func(t *testing.T) {
		const unknown = "saya belum memahami kalimat itu. Daftar perintah ada di /bantuan"
		for _, c := range []struct{ text, answer string }{
			{"/tidakada", unknown}, {"🎉", unknown}, {"/sikap 99 setuju", "Usulan No. 99 tidak ada. Daftarnya: /keputusan"},
			{"/langkah 9.9", "Langkah itu tidak ada. Nomor langkah ditulis seperti 1.3"}, {"/keputusan 7", "Usulan No. 7 tidak ada"},
		} {
			sari.writes(c.text)
			sari.reads(c.answer)
		}
	})
	sari.picture("hostile")
	odd.picture("hostile")
	for _, g := range []*guest{sari, odd} {
		g.settled()
		g.is(`document.querySelectorAll('article b b, article i, article script').length`, "0")
	}
}
