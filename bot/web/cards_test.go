package web

import (
	"testing"
	"time"

	"klaster/bot"
	"klaster/commands"
	"klaster/domain"
)

// Cards as the conversation makes them, to look at and to drive in a browser.

func row(labels ...string) []commands.Button {
	var out []commands.Button
	for _, l := range labels {
		out = append(out, commands.Button{Label: l, Data: "x:" + l, Style: looks[l]})
	}
	return out
}

// looks are the styles of the labels that have one.
var looks = map[string]commands.Style{
	"Setuju": commands.StyleAgree, "Setuju + catatan": commands.StyleNote, "Abstain": commands.StyleAbstain, "Keberatan": commands.StyleObject,
	"Menolak": commands.StyleBlock, "Benar, daftarkan": commands.StylePrimary,
}

// rich reads one string per block: "- " begins an item, "> " a quotation, "*" turns bold on and off, "|" breaks a line,
// "`" encloses a code.
func rich(blocks ...string) commands.Rich {
	var out commands.Rich
	for _, s := range blocks {
		b := commands.Block{Kind: commands.Para}
		switch {
		case len(s) > 2 && s[:2] == "- ":
			b.Kind, s = commands.Item, s[2:]
		case len(s) > 2 && s[:2] == "> ":
			b.Kind, s = commands.Quote, s[2:]
		}
		kind, run := commands.Plain, ""
		flush := func() {
			if run != "" {
				b.Spans = append(b.Spans, commands.Span{Kind: kind, Text: run})
			}
			run = ""
		}
		toggle := func(k commands.SpanKind) {
			flush()
			if kind == k {
				kind = commands.Plain
			} else {
				kind = k
			}
		}
		for _, c := range s {
			switch c {
			case '*':
				toggle(commands.Bold)
			case '`':
				toggle(commands.Code)
			case '|':
				flush()
				b.Spans = append(b.Spans, commands.Span{Kind: commands.BreakUp})
			default:
				run += string(c)
			}
		}
		flush()
		out = append(out, b)
	}
	return out
}

func consensusCard(agree string) bot.Draft {
	return bot.Draft{
		Card: "d:7", Tone: commands.ToneDecision,
		Body: rich(
			"*Usulan No. 7 - Konsensus prakarsa* - batas waktu Jumat 4 Des, 17.00 WIB",
			"Klaster kita berfokus pada rotan sintetis untuk pasar ekspor selama dua tahun.",
			"Sikap masuk: *5 dari 13 pelaku* - perlu 2 lagi untuk kuorum|Setuju "+agree+" (1 dengan catatan) - Abstain 1 - Keberatan 1 - Menolak 0",
			"Unsur yang belum menyatakan sikap: pembeli. Dukungan terendah: unsur pemasok.",
			"Ketentuan: sah bila lebih dari separuh pelaku sudah menyatakan sikap, sedikitnya satu dari setiap unsur.|Mufakat bila tidak ada yang menolak dan sedikitnya 3/4 setuju.",
		),
		Buttons: [][]commands.Button{row("Setuju", "Setuju + catatan", "Abstain"), row("Keberatan", "Menolak", "Rincian")},
	}
}

// furnish fills a room with a morning's work.
func furnish(t *testing.T, h *house) {
	t.Helper()
	private := domain.ChatRef{Platform: Platform, Chat: "p:uji:Ibu Sari"}
	speak := func(chat domain.ChatRef, name, text string) string {
		l := h.room.logs.hold(chat)
		defer h.room.logs.drop(l)
		id, err := h.room.logs.add(t.Context(), l, typed(visitor{room: "uji", name: name}, "web:"+newUUID(), text, nil, h.room.Now()).encode())
		if err != nil {
			t.Fatal(err)
		}
		_ = id
		return ""
	}
	h.post(group(), bot.Draft{
		Body: rich("Selamat datang di *Klaster*. Saya membantu grup ini bersama-sama mengembangkan klaster industri: mendata pelaku, menetapkan isu prioritas, bermusyawarah, dan memantau tindak lanjut.",
			"Untuk memulai, mohon salah seorang admin grup menekan tombol di bawah ini. Waktunya sekitar dua menit."),
		Buttons: [][]commands.Button{row("Mulai", "Tentang bot ini")},
	})
	h.post(group(), bot.Draft{
		Card: "s", Tone: commands.ToneStep,
		Body: rich("*Klaster Rotan Cirebon* - tahap 1 dari 4, langkah 4 dari 17",
			"- 1.1 Inisiasi: terverifikasi", "- 1.2 Tim prakarsa: terverifikasi", "- 1.3 Eksplorasi dan analisis: dilaporkan selesai, menunggu verifikasi", "- 1.4 Isu strategis: belum selesai"),
		Buttons: [][]commands.Button{row("Lihat langkah"), {{Label: "Daftar", Private: "/daftar"}}},
	})
	speak(group(), "Pak Budi Santoso", "Selamat pagi, Bapak/Ibu. Bahan baku rotan makin langka sejak bulan lalu.")
	speak(group(), "Pak Budi Santoso", "Apakah sebaiknya kita bahas dulu di rapat Kamis?")
	speak(group(), "Ibu Sari", "/isu Bahan baku rotan langka")
	h.post(group(), bot.Draft{
		Card: "i:5", Tone: commands.ToneScoring, ReplyTo: "5",
		Body:    rich("*Isu I5 - Bahan baku rotan langka* - diajukan PT Rotan Jaya", "Penilaian USG: 4 dari 13 pelaku. Urgensi 4,3 - Keseriusan 3,8 - Perkembangan 4,0"),
		Buttons: [][]commands.Button{row("Nilai isu ini", "Rincian")},
	})
	h.post(group(), consensusCard("3"))
	h.post(group(), bot.Draft{
		Card: "r:6", Tone: commands.ToneResult,
		Body: rich("*Usulan No. 6: mufakat dengan catatan keberatan.* 11 dari 13 pelaku menyatakan sikap; semua unsur terwakili.",
			"Setuju 10, abstain 0, keberatan 1, menolak 0.", "> CV Anyam Lestari: \"Petani rotan alam perlu masa peralihan.\"",
			"Langkah 1.6 selesai, terverifikasi oleh keputusan ini. Rincian: /keputusan 6"),
	})
	h.post(group(), bot.Draft{
		Tone: commands.ToneNotice, Card: "n",
		Body: rich("*Hingga batas waktu, Usulan No. 5 belum sah:* unsur pembeli belum menyatakan sikap. Batas waktu diperpanjang satu kali sampai Jumat 11 Des, 17.00 WIB."),
		File: &bot.Document{Name: "berita-acara-usulan-5.csv", Mime: "text/csv", Data: make([]byte, 18_400)},
	})
	speak(group(), "Dinas Perindustrian Kab. Cirebon", "Terima kasih. Kami menunggu sikap unsur pembeli.")
	h.post(private, bot.Draft{
		Body:    rich("Mohon diperiksa: *PT Rotan Jaya*, Cirebon. Unsur: industri inti; pemasok (bahan baku utama). Wakil: Ibu Sari.", "Data ini digunakan untuk keperluan klaster. Untuk menghapusnya kemudian: /saya"),
		Buttons: [][]commands.Button{row("Benar, daftarkan", "Perbaiki", "Batal")},
	})
	speak(private, "Ibu Sari", "Benar")
	h.post(private, bot.Draft{
		Tone: commands.ToneData, Card: "p", Ask: "Contoh: 25 jt", For: "uji:Ibu Sari",
		Body:    rich("*Omzet anggota, Triwulan III 2026* - PT Rotan Jaya", "Mohon mengisi nilainya dalam rupiah. Data terakhir: Rp12.000.000 (Triwulan II). Contoh penulisan: `25 jt`"),
		Buttons: [][]commands.Button{row("Nol", "Data belum ada", "Isi besok")},
	})
}

func menuForTests() []commands.MenuEntry {
	entry := func(name, english, id, en string) commands.MenuEntry {
		return commands.MenuEntry{Name: name, English: english, Description: map[string]string{"id": id, "en": en}, Private: true, Group: true}
	}
	return []commands.MenuEntry{
		entry("mulai", "start", "memulai klaster", "start a cluster"),
		entry("daftar", "join", "mendaftarkan organisasi sebagai pelaku", "register an organisation"),
		entry("isu", "issue", "mengajukan isu", "raise an issue"),
		entry("isidata", "data", "mengisi data indikator", "enter indicator data"),
		entry("usulan", "propose", "mengajukan usulan keputusan", "propose a decision"),
		entry("keputusan", "decisions", "daftar keputusan dan hasilnya", "decisions and results"),
		entry("langkah", "steps", "17 langkah dan statusnya", "the 17 steps"),
		entry("bantuan", "help", "apa saja yang dapat dilakukan", "what can be done"),
	}
}

func morning() func() time.Time {
	return func() time.Time { return time.Now().Truncate(time.Minute) }
}
