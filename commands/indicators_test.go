package commands_test

import (
	"strings"
	"testing"
	"time"

	"klaster/commands"
	"klaster/domain"
	"klaster/domain/calendar"
)

var indicatorWords = words{
	"id": {
		"indicator": "/indikator", "data": "/isidata", "reminders": "/pengingat",
		"line": "Omzet anggota; rupiah; naik; 100 jt; 150 jt; inti; triwulan", "new": "Indikator baru", "yes": "Ya, simpan", "fix": "Perbaiki",
		"own": "Kecelakaan kerja", "people": "orang", "down": "Turun lebih baik", "skip": "Lewati", "certain": "Pelaku tertentu",
		"done": "Selesai memilih", "monthly": "bulanan", "schedule": "Jadwal", "monday": "setiap Senin 09.00", "now": "Isi sekarang",
		"zero": "Nol", "none": "Data belum ada", "later": "Isi besok", "period": "Periode", "all": "Semua indikator", "retire": "Hentikan", "yes_retire": "Ya, hentikan",
		"often": "setiap jam", "never": "0 0 30 2 *", "preset": "Serapan dana", "ambiguous": "2 t", "million": "jt", "core": "Industri inti",
	},
	"en": {
		"indicator": "/indicator", "data": "/data", "reminders": "/reminders",
		"line": "Member turnover; rupiah; up; 100 million; 150 million; core; quarterly", "new": "New indicator", "yes": "Yes, save", "fix": "Change something",
		"own": "Accidents at work", "people": "people", "down": "Lower is better", "skip": "Skip", "certain": "Certain actors",
		"done": "Done choosing", "monthly": "monthly", "schedule": "Schedule", "monday": "every Monday 09:00", "now": "Enter now",
		"zero": "Zero", "none": "No data yet", "later": "Tomorrow", "period": "Period", "all": "All indicators", "retire": "Retire", "yes_retire": "Yes, retire",
		"often": "every hour", "never": "0 0 30 2 *", "preset": "Fund absorption", "ambiguous": "2 t", "million": "million", "core": "Core industry",
	},
}

// TestIndicatorsTranscript defines indicators in one line and by questions, changes a schedule, and retires one.
func TestIndicatorsTranscript(t *testing.T) {
	for _, lang := range commands.Languages() {
		t.Run(lang, func(t *testing.T) {
			w := indicatorWords.in(lang)
			b, sari := founded(t, lang)
			budi := b.person("Pak Budi", lang)
			b.actor(sari, budi, "PT Rotan Jaya", domain.Core)

			budi.says(w["indicator"])
			sari.says(w["indicator"])
			sari.writes(w["indicator"] + " " + w["line"])
			sari.taps(w["yes"])
			sari.writes(w["indicator"])
			sari.taps(w["new"])
			sari.writes(w["own"])
			sari.taps(w["people"])
			sari.taps(w["down"])
			sari.writes(w["ambiguous"])
			sari.writes("12")
			sari.taps(w["skip"])
			sari.taps(w["certain"])
			sari.taps(w["done"])
			sari.taps("PT Rotan Jaya")
			sari.taps(w["done"])
			sari.taps(w["monthly"])
			sari.taps(w["fix"])
			sari.taps(w["schedule"])
			sari.writes(w["never"])
			sari.writes(w["often"])
			sari.writes("kapan saja")
			sari.writes("31 jan")
			sari.taps(w["yes"])
			budi.says(w["indicator"] + " baru; x")
			budi.says(w["reminders"])
			sari.writes(w["reminders"] + " N1 " + w["monday"])
			sari.writes("0 5 31 * *")
			sari.taps(w["yes"])
			sari.writes(w["reminders"] + " N1 " + w["never"])
			sari.writes("/batal")
			sari.writes(w["indicator"] + " N2")
			sari.taps(w["retire"])
			sari.taps(w["yes_retire"])
			sari.writes(w["indicator"] + " N2")
			sari.writes(w["indicator"] + " Omzet; rupiah; entah apa ini semuanya begitu; naik")
			b.golden("indicators." + lang)
		})
	}
}

// TestReadingsTranscript plays a quarter: the prompt, every way to answer it, the reminder, and what group, member and
// facilitator then see.
func TestReadingsTranscript(t *testing.T) {
	for _, lang := range commands.Languages() {
		t.Run(lang, func(t *testing.T) {
			w := indicatorWords.in(lang)
			b, sari := founded(t, lang)
			budi, dewi, tono, rina := b.person("Pak Budi", lang), b.person("Ibu Dewi", lang), b.person("Pak Tono", lang), b.person("Ibu Rina", lang)
			rina.reachable = false
			b.actor(sari, budi, "PT Rotan Jaya", domain.Core)
			b.actor(sari, dewi, "CV Anyam Lestari", domain.Core)
			b.actor(sari, tono, "UD Sinar Rotan", domain.Core)
			b.actor(sari, rina, "Koperasi Rotan", domain.Core)
			b.hush(func() {
				define(b, sari, "Omzet anggota", "0 9 1 1,4,7,10 *", calendar.Quarterly)
			})
			for _, p := range []*person{budi, dewi} { // an earlier quarter, before anything was asked
				p.writes(w["data"] + " N1 tw3 2026 12 " + w["million"])
				p.taps(w["yes"])
			}
			b.until(time.Date(2027, 1, 1, 9, 0, 0, 0, b.now.Location()))
			budi.writes("13,5 " + w["million"])
			budi.taps(w["yes"])
			dewi.taps(w["now"])
			dewi.writes("120 " + w["million"])
			dewi.writes("12 " + w["million"])
			dewi.taps(w["yes"])
			tono.taps(w["later"])
			sari.says(w["indicator"])
			b.wait(24 * time.Hour)
			tono.taps(w["zero"])
			tono.taps(w["yes"])
			b.wait(3 * 24 * time.Hour)
			sari.says(w["indicator"])
			rina.writes(w["data"])
			rina.writes("5 ton")
			rina.taps(w["none"])
			rina.taps(w["yes"])
			sari.says(w["indicator"])
			sari.writes(w["indicator"] + " N1")
			budi.writes(w["indicator"] + " N1")
			budi.says(w["data"] + " N1")
			budi.writes(w["data"] + " N1")
			budi.writes("14 " + w["million"])
			budi.taps(w["fix"])
			budi.taps(w["period"])
			budi.writes("tw 1 2030")
			budi.writes("tw 3 2026")
			budi.taps(w["yes"])
			b.golden("readings." + lang)
		})
	}
}

func define(b *bot, by *person, name, cron string, f calendar.Frequency) {
	baseline, target := domain.Quantity(40_000_000*10_000), domain.Quantity(60_000_000*10_000)
	b.do(by, domain.DefineIndicator{IndicatorDefined: domain.IndicatorDefined{
		Indicator: domain.ItemID("I-" + name), Name: domain.Text(name), Unit: "rupiah", Kind: domain.UnitMoney, Direction: domain.Up,
		Baseline: &baseline, Target: &target, Reporters: domain.Reporters{Groups: 1}, Frequency: f, Cron: cron,
	}})
}

// TestFiguresStayPrivate: no figure of fewer than three actors is ever said in the group.
func TestFiguresStayPrivate(t *testing.T) {
	b, sari := founded(t, "id")
	var people []*person
	for _, name := range []string{"Satu", "Dua", "Tiga"} {
		p := b.person("Wakil "+name, "id")
		b.actor(sari, p, "PT Perusahaan "+name, domain.Core)
		people = append(people, p)
	}
	define(b, sari, "Omzet anggota", "0 9 1 * *", calendar.Monthly)
	b.until(time.Date(2026, 12, 1, 9, 0, 0, 0, b.now.Location()))
	for i, p := range people {
		p.writes("7.77" + string(rune('1'+i)) + ".000")
		p.taps("Ya, simpan")
		at := b.mark()
		p.says("/indikator")
		p.says("/indikator N1")
		sari.says("/indikator N1")
		p.says("/isidata N1 8.888.000")
		for _, line := range strings.Split(b.said(at), "    -> ") {
			if strings.HasPrefix(line, "grup") && (strings.Contains(line, "7.77") || strings.Contains(line, "Rp8.888")) && !strings.Contains(line, "rata-rata") {
				t.Errorf("the group reads %s", line)
			}
			if i < 2 && strings.HasPrefix(line, "grup") && strings.Contains(line, "jumlah Rp") {
				t.Errorf("with %d values the group reads %s", i+1, line)
			}
		}
		p.writes("/batal")
	}
	at := b.mark()
	people[0].says("/indikator")
	if said := b.said(at); !strings.Contains(said, "jumlah Rp23.316.000") {
		t.Errorf("three values: %s", said)
	}
}

// TestAnswersToPrompts: every way of answering in words.
func TestAnswersToPrompts(t *testing.T) {
	b, sari := founded(t, "id")
	budi := b.person("Pak Budi", "id")
	b.actor(sari, budi, "PT Rotan Jaya", domain.Core)
	define(b, sari, "Omzet anggota", "0 9 1 * *", calendar.Monthly)
	b.until(time.Date(2026, 12, 1, 9, 0, 0, 0, b.now.Location()))
	for _, c := range []struct{ text, want string }{
		{"12 jt", "Terbaca: Rp12.000.000"},
		{"Rp12.500.000", "Terbaca: Rp12.500.000"},
		{"nol", "Terbaca: Rp0"},
		{"1,5 M", "Terbaca: Rp1.500.000.000"},
		{"2 t", "dapat dibaca lebih dari satu cara"},
		{"12,123456", "terlalu rinci"},
		{"5 ton", "dalam ton, sedangkan indikatornya dalam rupiah"},
		{"tidak ada", "data belum ada"},
		{"besok", "ditanyakan lagi Rabu, 2 Desember 2026"},
		{"3 pemasok rotan berhenti bulan ini", "isu atau usulan"},
		{"jumlahnya kurang jelas bagi kami", "isu atau usulan"},
	} {
		at := b.mark()
		budi.writes(c.text)
		if said := b.said(at); !strings.Contains(said, c.want) {
			t.Errorf("%q: want %q in\n%s", c.text, c.want, said)
		}
		budi.writes("/batal")
	}
}

// TestAmountForOneOfSeveral: with two prompts open, an amount is kept until it is known what it is for.
func TestAmountForOneOfSeveral(t *testing.T) {
	b, sari := founded(t, "id")
	budi := b.person("Pak Budi", "id")
	b.actor(sari, budi, "PT Rotan Jaya", domain.Core)
	define(b, sari, "Omzet anggota", "0 9 1 * *", calendar.Monthly)
	define(b, sari, "Kontribusi swadaya", "0 9 1 * *", calendar.Monthly)
	b.until(time.Date(2026, 12, 1, 9, 0, 0, 0, b.now.Location()))
	budi.writes("12 jt")
	budi.taps("N2 Kontribusi swadaya")
	at := b.mark()
	budi.taps("Ya, simpan")
	if r := b.s.IndicatorNumbered(2).Readings["2026-11"]["A1"]; r.Value != 12_000_000*10_000 {
		t.Errorf("%+v\n%s", r, b.said(0))
	}
	if said := b.said(at); !strings.Contains(said, "Masih ditunggu 1 data lain. Berikutnya: N1 Omzet anggota") {
		t.Error(said)
	}
}

// TestIndicatorLine: the parts of a line in any order.
func TestIndicatorLine(t *testing.T) {
	for _, line := range []string{
		"Omzet anggota; rupiah; naik; 100 jt; 150 jt; inti; triwulan",
		"Omzet anggota; triwulan; inti; target 150 jt; data dasar 100 jt; naik; Rp",
		"Omzet usaha; naik; rupiah; 100 jt; 150 jt; inti; triwulan; 0 9 1 1,4,7,10 *",
	} {
		b, sari := founded(t, "id")
		b.actor(sari, sari, "PT Rotan Jaya", domain.Core)
		sari.writes("/indikator " + line)
		sari.taps("Ya, simpan")
		n := b.s.IndicatorNumbered(1)
		if n == nil {
			t.Fatalf("%s: %s", line, b.said(0))
		}
		if n.Kind != domain.UnitMoney || n.Direction != domain.Up || *n.Baseline != 100_000_000*10_000 || *n.Target != 150_000_000*10_000 ||
			n.Reporters.Groups != 1 || n.Frequency != calendar.Quarterly || n.Cron != "0 9 1 1,4,7,10 *" {
			t.Errorf("%s: %+v", line, n)
		}
	}
}

func TestIndicatorsSurviveHostileInput(t *testing.T) {
	b, sari := founded(t, "id")
	budi := b.person("Pak Budi", "id")
	a := b.actor(sari, budi, "PT Rotan Jaya", domain.Core)
	define(b, sari, "Omzet anggota", "0 9 1 * *", calendar.Monthly)
	b.until(time.Date(2026, 12, 1, 9, 0, 0, 0, b.now.Location()))
	before := b.s.Commits
	for _, who := range []*person{budi, sari, b.person("Orang Luar", "id")} {
		for _, command := range []string{"/indikator ", "/isidata ", "/pengingat ", "/isidata N1 ", "/pengingat N1 ", "/indikator hentikan ", "/indikator baru "} {
			for _, text := range stepHostile {
				for _, write := range []func(string){who.says, who.writes} {
					at := b.mark()
					write(command + text)
					if said := b.said(at); strings.Contains(said, "tidak ada jawaban") {
						t.Errorf("no answer to %q: %s", command+text, said)
					}
					who.writes("/batal")
					who.says("/batal")
				}
			}
		}
		stranger := who != budi
		taps := []string{"rd", "rd:", "rd:go", "rd:go:9:2026-11:" + string(a), "rd:go:1:2026-Q9:x", "rd:none:1::" + string(a), "rd:zero:1:2026-Q3:" + string(a),
			"rd:boom:1:2026-11:" + string(a), "rd:none:1:2099-01:" + string(a), "ind", "ind:stop:99", "ind:when:x", "ind:boom:1", "rd:go:-1:2026-11:" + string(a)}
		if stranger {
			taps = append(taps, "rd:none:1:2026-11:"+string(a), "rd:later:1:2026-11:"+string(a), "rd:zero:1:2026-11:"+string(a))
		}
		for _, tap := range taps {
			at := b.mark()
			who.forges(tap, false)
			who.forges(tap, true)
			if said := b.said(at); strings.Contains(said, "tidak ada jawaban") {
				t.Errorf("no answer to %q: %s", tap, said)
			}
			who.writes("/batal")
		}
	}
	if b.s.Commits != before {
		t.Errorf("%d commits", b.s.Commits-before)
	}
}
