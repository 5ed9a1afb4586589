package commands_test

import (
	"strings"
	"testing"

	"klaster/commands"
	"klaster/domain"
	"klaster/domain/calendar"
)

// TestScheduleRefusals: every reason for which a schedule is refused has its sentence, with an example to go on with.
func TestScheduleRefusals(t *testing.T) {
	for lang, cases := range map[string]map[string]string{
		"id": {
			"0 0 30 2 *": "tidak akan pernah berjalan", "setiap jam": "terlalu sering", "* * * * *": "terlalu sering",
			"TZ=Asia/Tokyo 0 9 * * 1": "menyebut zona waktu", "@hourly": "bentuk dengan @", "@every 5s": "bentuk dengan @",
			"kapan saja": "belum dapat saya baca", "setiap dua minggu": "tidak dapat dijalankan", "setiap minggu": "lebih dari satu cara",
			"setiap tanggal 32": "tidak ada", strings.Repeat("0 9 * * 1 ", 15): "terlalu panjang",
		},
		"en": {
			"0 0 30 2 *": "would never run", "every hour": "too frequent", "@every 5s": "forms with @", "some day": "could not read",
			"every two weeks": "cannot be run", "TZ=Asia/Tokyo 0 9 * * 1": "names a time zone", "every month on the 32nd": "does not exist",
		},
	} {
		b, sari := founded(t, lang)
		define(b, sari, "Omzet anggota", "0 9 1 * *", calendar.Monthly)
		for schedule, want := range cases {
			at := b.mark()
			sari.writes("/pengingat N1 " + schedule)
			if said := b.said(at); !strings.Contains(said, want) {
				t.Errorf("%s: want %q in\n%s", schedule, want, said)
			}
			sari.writes("/batal")
		}
		if b.s.IndicatorNumbered(1).Cron != "0 9 1 * *" {
			t.Error("a refused schedule was taken")
		}
	}
}

// TestPromptsOfSeveralActors: who stands for two actors is asked for each, and told apart.
func TestPromptsOfSeveralActors(t *testing.T) {
	b, sari := founded(t, "id")
	budi := b.person("Pak Budi", "id")
	b.actor(sari, budi, "PT Rotan Jaya", domain.Core)
	b.actor(sari, budi, "Koperasi Rotan", domain.Core)
	define(b, sari, "Omzet anggota", "0 9 1 * *", calendar.Monthly)
	next, _ := b.s.NextDue()
	for b.s.IndicatorNumbered(1).Period == "" {
		b.until(next)
		next, _ = b.s.NextDue()
	}
	if n := strings.Count(b.said(0), "Mohon mengisi nilainya"); n != 2 {
		t.Fatalf("%d prompts\n%s", n, b.said(0))
	}
	budi.writes("12 jt")
	budi.taps("Koperasi Rotan")
	budi.taps("Ya, simpan")
	n := b.s.IndicatorNumbered(1)
	if r, ok := n.Readings[n.Period]["A2"]; !ok || r.Value != 12_000_000*10_000 || len(b.s.Missing(n)) != 1 {
		t.Errorf("%+v\n%s", n.Readings, b.said(0))
	}
	budi.writes("tunda")
	if len(n.Deferred) != 1 {
		t.Errorf("%+v\n%s", n.Deferred, b.said(0))
	}
}

// TestCardsOfPromptsAreStable: the same state makes the same cards, and an answered prompt is not wanted any more.
func TestCardsOfPromptsAreStable(t *testing.T) {
	b, sari := founded(t, "id")
	budi, dewi := b.person("Pak Budi", "id"), b.person("Ibu Dewi", "en")
	b.actor(sari, budi, "PT Rotan Jaya", domain.Core)
	b.actor(sari, dewi, "CV Anyam Lestari", domain.Core)
	define(b, sari, "Omzet anggota", "0 9 1 * *", calendar.Monthly)
	b.until(b.now.AddDate(0, 0, 1))
	prompts := func() (out []commands.Card) {
		for _, card := range b.c.Cards(b.s, b.now, b.langOf) {
			if card.Tone == commands.ToneData {
				out = append(out, card)
			}
		}
		return out
	}
	first, second := prompts(), prompts()
	if len(first) != 2 || len(second) != 2 || first[0].Key != second[0].Key || first[1].To != dewi.id {
		t.Fatalf("%+v", first)
	}
	if body := b.plain(first[1].Body); !strings.Contains(body, "Please enter the value") {
		t.Error(body)
	}
	said := b.plain(first[1].Fallback)
	if !strings.HasPrefix(said, "Ibu Dewi, ada yang menunggu") || strings.Contains(said, "Omzet") || strings.Contains(said, "2026") {
		t.Error(said)
	}
	budi.writes("5 jt")
	budi.taps("Ya, simpan")
	if left := prompts(); len(left) != 1 || left[0].To != dewi.id {
		t.Errorf("%+v", left)
	}
}
