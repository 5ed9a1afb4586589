package commands_test

import (
	"strconv"
	"strings"
	"testing"

	"klaster/commands"
	"klaster/domain"
)

// TestSettingsByOneSteward: before three actors are registered, a steward changes everything, guided or in one line.
func TestSettingsByOneSteward(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		b, sari := founded(t, lang)
		budi := b.person("Pak Budi", lang)
		settings := b.in("/pengaturan", "/settings")
		sari.says(settings)
		sari.picks("button.ruling")
		sari.picks("charter.quorum")
		sari.taps(b.texts.Line(lang, "setting.more_than", "share", "60%"))
		sari.picks("button.save")
		sari.says(settings + " " + b.in("zona WITA", "zone WITA"))
		sari.picks("button.save")
		sari.says(settings + " " + b.in("bahasa Inggris", "language Indonesian"))
		sari.picks("button.fix")
		sari.taps(b.in("Bahasa Indonesia", "English"))
		sari.picks("button.save")
		sari.says(settings + " " + b.in("jam tenang 21 sampai 6", "quiet hours 21 to 6"))
		sari.picks("button.save")
		sari.says(settings + " " + b.in("ringkasan mati", "digest off"))
		sari.picks("button.save")
		sari.says(settings + " " + b.in("nama Klaster Rotan Tegalwangi", "name Tegalwangi Rattan Cluster"))
		sari.picks("button.save")
		sari.says(settings + " " + b.in("putaran 9", "rounds 9"))
		sari.says("0")
		sari.picks("button.save")
		sari.says(settings + " warna")
		budi.says(settings + " " + b.in("kuorum 70", "quorum 70"))
		budi.writes(settings)
		b.golden("settings_steward." + lang)
		want := map[domain.CharterKey]string{
			domain.KeyQuorum: "60", domain.KeyZone: "Asia/Makassar", domain.KeyQuietFrom: "21", domain.KeyQuietTo: "6",
			domain.KeyDigest: "off", domain.KeyRounds: "0", domain.KeyLang: lang,
		}
		for key, value := range want {
			if got := b.s.Setting(key); got != value {
				t.Errorf("%s is %q, not %q", key, got, value)
			}
		}
	})
}

// TestRulesByDecision: once three actors are registered, a rule is changed by a proposal.
func TestRulesByDecision(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		v := newVillage(t, lang)
		b := v.b
		settings := b.in("/pengaturan", "/settings")
		v.budi.says(settings + " " + b.in("kuorum 60", "quorum 60"))
		before := b.s.Commits
		v.budi.picks("button.propose_rule")
		if b.s.Commits != before {
			t.Error("a rule changed without a decision")
		}
		v.budi.says(settings + " " + b.in("kuorum 50", "quorum 50"))
		v.budi.says(settings + " " + b.in("wilayah Jawa Barat", "region West Java"))
		b.golden("settings_rules." + lang)
	})
}

func TestPosts(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		v := newVillage(t, lang)
		b := v.b
		dewi := b.person("Ibu Dewi", lang)
		b.hush(func() {
			b.do(dewi, domain.JoinActor{Actor: v.rotan})
			b.do(v.budi, domain.ApproveRepresentative{Actor: v.rotan, Person: dewi.id})
		})
		settings := b.in("/pengaturan", "/settings")
		v.sari.says(settings)
		v.sari.picks("button.posts")
		v.sari.picks("button.add_steward")
		v.sari.taps(b.texts.Line(lang, "posts.representative", "name", "PT Rotan Jaya") + " (2)")
		v.sari.picks("button.appoint")
		v.sari.says(settings + " " + b.in("fasilitator anyam", "facilitator anyam"))
		v.sari.taps(b.texts.Line(lang, "posts.representative", "name", "CV Anyam Lestari"))
		v.sari.picks("button.appoint")
		v.sari.says(settings + " " + b.in("jabatan", "posts"))
		v.sari.picks("button.vacate")
		v.sari.picks("button.vacate_yes")
		v.sari.says(settings + " " + b.in("fasilitator kosong", "facilitator vacant"))
		v.joko.says(settings + " " + b.in("pengurus", "steward"))
		b.golden("settings_posts." + lang)
		if !b.s.IsSteward(dewi.id) || b.s.Facilitator != "" {
			t.Errorf("stewards %v, facilitator %q", b.s.Stewards, b.s.Facilitator)
		}
	})
}

// TestPostsInALargeCluster: where buttons would not do, the organisation is asked for first.
func TestPostsInALargeCluster(t *testing.T) {
	b, sari := founded(t, "id")
	var last *person
	for n := range 14 {
		last = b.person("Wakil "+strconv.Itoa(n), "id")
		b.actor(sari, last, "PT Nomor "+strings.Repeat("x", n+1), domain.Core)
	}
	sari.says("/pengaturan fasilitator")
	sari.says("PT Entah")
	sari.says("PT Nomor " + strings.Repeat("x", 14))
	sari.taps("Wakil PT Nomor " + strings.Repeat("x", 14))
	sari.picks("button.appoint")
	if b.s.Facilitator != last.id {
		t.Errorf("facilitator %q\n%s", b.s.Facilitator, b.said(0))
	}
}

func TestLanguageIsPersonal(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, lang string) {
		v := newVillage(t, lang)
		b := v.b
		other := map[string]string{"id": "en", "en": "id"}[lang]
		language := b.in("/bahasa", "/language")
		v.budi.says(language)
		v.budi.taps(map[string]string{"id": "Bahasa Indonesia", "en": "English"}[other])
		v.budi.says(language + " " + lang)
		v.budi.writes(language + " " + other)
		v.budi.writes(language + " jawa")
		b.golden("language." + lang)
		if b.s.Lang() != lang || v.budi.lang != other {
			t.Errorf("group %s, person %s", b.s.Lang(), v.budi.lang)
		}
	})
}

// TestHostileSettings: nothing typed or forged changes the charter without a confirmation.
func TestHostileSettings(t *testing.T) {
	v := newVillage(t, "id")
	b := v.b
	before := b.s.Commits
	texts := append([]string{"nama", "kuorum", "kuorum -1", "kuorum 60 70", "kuorum ٦٠", "zona Local", "zona ../../etc/passwd", "jam tenang 25-7",
		"jam tenang 20", "ringkasan 24", "persetujuan ya", "fasilitator " + strings.Repeat("x", 80), "pengurus P1", "aturan sekali"}, unfriendly...)
	for _, command := range []string{"/pengaturan ", "/bahasa "} {
		for _, text := range texts {
			for _, p := range []*person{v.budi, v.sari} {
				for _, say := range []func(string){p.says, p.writes} {
					mark := b.mark()
					say(command + text)
					if strings.Contains(b.said(mark), "tidak ada jawaban") {
						t.Errorf("%q is not answered", command+text[:min(30, len(text))])
					}
					b.hush(func() { say("/batal") })
				}
			}
		}
	}
	for _, tap := range []string{"f::ok", "f:AAAA:ok", "f:AAAA:c:60", "c:/pengaturan kuorum 99", "c:/pengaturan \x00", "set:kuorum:60"} {
		v.sari.forges(tap, false)
		v.sari.forges(tap, true)
	}
	if b.s.Commits != before {
		t.Errorf("%d commits\n%s", b.s.Commits-before, b.log.String())
	}
}

// unfriendly are texts that mean nothing anywhere.
var unfriendly = []string{"", "   ", strings.Repeat("a", 5000), "\xff\xfe", "🙂🙂", "<b>&", "*_`{x}", "a\x00b", "@everyone", "=1+1"}

// The facilitator may lay down the post without asking a steward.
func TestFacilitatorResigns(t *testing.T) {
	v := newVillage(t, "id")
	v.b.do(v.sari, domain.NameFacilitator{Person: v.wati.id})
	v.wati.writes("/pengaturan fasilitator kosong")
	v.wati.picks("button.vacate_yes")
	if v.b.s.Facilitator != "" {
		t.Errorf("still facilitator:\n%s", v.b.said(0))
	}
}

// Where a group's chatter is hidden from the bot, a question beside buttons asks for a reply.
func TestQuestionsInAGroupAskForAReply(t *testing.T) {
	b, sari := founded(t, "id")
	in := commands.Input{Lang: "id", By: sari.id, At: b.now, Text: "/pengaturan zona"}
	want := b.texts.Line("id", "form.reply")
	for _, repliesOnly := range []bool{true, false} {
		in.RepliesOnly = repliesOnly
		if got := b.plain(b.c.Handle(b.s, in).Replies[0].Body); strings.Contains(got, want) != repliesOnly {
			t.Errorf("replies only: %v\n%s", repliesOnly, got)
		}
	}
}
