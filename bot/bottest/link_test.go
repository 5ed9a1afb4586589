package bottest_test

import (
	"strings"
	"testing"

	"klaster/bot/bottest"
	"klaster/commands"
)

// A code of somebody who has become another person meanwhile links to nobody: the account would lead to a former record.
func TestCodeOfAFormerPerson(t *testing.T) {
	talk, err := commands.New(bottest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	told := bottest.Play(t, openStore, talk, twoClusters+`Budi@private> /sambungkan saya
take Budi OLD
Citra@private> /sambungkan saya
take Citra NEW
Budi@private> /sambungkan {NEW}
# former
Budi2@private> /sambungkan {OLD}
`, start)
	before, after, _ := strings.Cut(told, "# former")
	if linked := "Kedua akun sekarang dikenal sebagai satu orang"; !strings.Contains(before, linked) || strings.Contains(after, linked) || !strings.Contains(after, "Kode itu") {
		t.Errorf("%s", told[strings.Index(told, "Budi@private> /sambungkan saya"):])
	}
}
