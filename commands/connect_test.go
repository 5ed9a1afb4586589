package commands_test

import (
	"testing"

	"klaster/commands"
	"klaster/domain"
)

// A cluster comes to speak in a second group, and a person with two accounts becomes one.
func TestConnect(t *testing.T) {
	for _, lang := range []string{"id", "en"} {
		t.Run(lang, func(t *testing.T) {
			b, sari := founded(t, lang)
			budi := b.person("Pak Budi", lang)
			b.actor(sari, budi, "PT Rotan Jaya", domain.Core)

			budi.says("/sambungkan kode") // no steward, no admin
			sari.says("/sambungkan")
			sari.picks("button.code")
			b.do(&person{b: b}, domain.AttachChat{Chat: domain.ChatRef{Platform: "telegram", Chat: "-5"}})
			sari.says("/sambungkan")
			sari.picks("button.hears_notices")
			sari.says("/sambungkan tampil papan")
			sari.says("/sambungkan tampil apa")
			b.redeemed = commands.ChatTaken
			sari.says("/sambungkan KODE7")
			sari.says("/sambungkan topik")

			budi.says("/sambungkan saya")
			budi.picks("button.open_private")
			for _, what := range []commands.Redeemed{
				commands.CodeWrong, commands.CodeOften, commands.CodeForGroups, commands.AccountAsked, commands.AccountLinked, commands.AccountSame,
			} {
				b.redeemed = what
				budi.writes("/sambungkan kode7-sekali-pakai")
			}
			budi.writes("/sambungkan lepas saya")
			b.redeemed = commands.AccountUnlinked
			budi.picks("button.yes_unlink")
			budi.writes("/sambungkan lepas saya")
			b.redeemed = commands.AccountOnly
			budi.picks("button.yes_unlink")

			budi.says("/sambungkan lepas")
			sari.says("/sambungkan lepas")
			sari.picks("button.yes_detach")
			sari.says("/riwayat")
			b.golden("connect." + lang)
		})
	}
}

// In a group without a cluster, an admin gives the code.
func TestConnectAnEmptyGroup(t *testing.T) {
	b := newBot(t, "id")
	sari, budi := b.person("Ibu Sari", "id"), b.person("Pak Budi", "id")
	sari.admin = true
	sari.says("/sambungkan")
	budi.says("/sambungkan KODE7")
	sari.says("/sambungkan lepas") // is no code
	for _, what := range []commands.Redeemed{commands.CodeWrong, commands.CodeSpilt, commands.ChatAttached} {
		b.redeemed = what
		sari.says("/sambungkan KODE7")
	}
	b.golden("connect_empty.id")
}

// An account can be taken off also where no cluster is meant, and what needs one does nothing there.
func TestConnectTapsWithoutACluster(t *testing.T) {
	b := newBot(t, "id")
	tap := func(tap string, private bool) commands.Outcome {
		return b.c.Lobby(commands.Input{Cause: "test:1", By: "P1", Lang: "id", Tap: tap, Private: private})
	}
	if out := tap("k:unlink", true); len(out.Effects) != 1 || out.Effects[0] != (commands.UnlinkAccount{}) {
		t.Errorf("%+v", out)
	}
	old := tap("k:nothing", true).Replies[0].Body.Plaintext(nil)
	for _, forged := range []string{"k:unlink", "k:detach", "k:hear:all", "k:hear:", "k:hear", "k:", "k"} {
		out := tap(forged, false)
		if len(out.Effects) != 0 || len(out.Events) != 0 || len(out.Replies) != 1 || out.Replies[0].Body.Plaintext(nil) != old {
			t.Errorf("%s: %+v", forged, out)
		}
	}
}
