package e2e_test

import (
	"testing"

	"klaster/bot/telegram/telegramtest"
)

// TestTelegramStory is the main job from end to end, as people live it: a group founds its cluster, registers,
// prioritises, agrees, ticks off steps and reports figures.
func TestTelegramStory(t *testing.T) {
	both(t, func(t *testing.T, store string) {
		tg := telegramServer(t)
		st := newStage(t, tg)
		sari := st.person("Sari Wulandari", "sariwulandari", "id")
		budi := st.person("Budi Hartono", "budihartono77", "id")
		citra := st.person("Citra Maheswari", "citramaheswari", "id")
		dewi := st.person("Dewi Anggraini", "dewianggraini", "id")
		eko := st.person("Eko Prasetyo", "ekoprasetyo", "id")
		john := st.person("John Whitfield", "johnwhitfield", "en")
		fajar := st.person("Fajar Nugroho", "fajarnugroho", "id")
		st.group = tg.AddGroup("Rotan Cirebon", telegramtest.WithoutBot(), telegramtest.WithAdmins(sari.id),
			telegramtest.WithMembers(budi.id, citra.id, dewi.id, eko.id, john.id, fajar.id))
		st.watch(start(t, telegramSettings(tg, store)))

		st.part("Pendirian")
		st.note("\nSari menambahkan bot ke grup.")
		tg.AddBot(st.group, sari.id)
		st.sees("Selamat datang di Klaster")
		budi.taps("Mulai")
		sari.taps("Mulai")
		st.sees("1 dari 5")
		sari.replies("Klaster Rotan Cirebon")
		st.sees("2 dari 5")
		sari.replies("mebel rotan")
		st.sees("3 dari 5")
		sari.replies("Kabupaten Cirebon")
		st.sees("4 dari 5")
		sari.taps("Bahasa Indonesia")
		st.sees("5 dari 5")
		sari.taps("WIB (Jakarta)")
		st.sees("Mohon diperiksa")
		sari.taps("Benar, dirikan")
		st.sees("sudah berdiri")

		st.part("Pelaku")
		st.register(budi, "PT Rotan Jaya", "Industri inti", "industri fokus", "Plered")
		st.golden("telegram_story.txt")
	})
}

// register lets a person register an organisation through the group's button.
func (st *stage) register(p *player, name, role, sub, place string) {
	st.t.Helper()
	p.opens("Daftar")
	p.reads("Apa nama organisasinya")
	p.writes(name)
	p.reads("Apa peran")
	p.presses(role)
	p.reads("Apa peran")
	p.presses("Selesai memilih")
	p.reads("Lebih tepatnya")
	p.presses(sub)
	p.reads("Lebih tepatnya")
	p.presses("Selesai memilih")
	p.reads("Di mana tempatnya")
	p.writes(place)
	p.reads("Mohon diperiksa")
	p.presses("Benar, daftarkan")
	p.reads("Tanda terima")
}
