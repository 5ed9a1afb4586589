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
Budi taps Ya, sambungkan
# former
Budi2@private> /sambungkan {OLD}
`, start)
	before, after, _ := strings.Cut(told, "# former")
	if linked := "Kedua akun sekarang dikenal sebagai satu orang"; !strings.Contains(before, linked) || strings.Contains(after, linked) || !strings.Contains(after, "Kode itu") {
		t.Errorf("%s", told[strings.Index(told, "Budi@private> /sambungkan saya"):])
	}
}

// A button of a private message is about the message's cluster, also after a restart and when another is meant by now.
func TestButtonOfAnotherClusterAfterARestart(t *testing.T) {
	talk, err := commands.New(bottest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	told := bottest.Play(t, openStore, talk, twoClusters+
		registration("Citra", "klaster", "CV Anyam")+"Ann taps Setujui\n"+registration("Citra", "pasar", "CV Canting")+"Dewi taps Setujui\n"+
		`Citra@private> /status
Citra taps Klaster Rotan
Citra@private> /saya
Citra taps Klaster lain
Citra taps Klaster Batik
restart
# restarted
Citra taps Lepas CV Anyam
`, start)
	_, after, _ := strings.Cut(told, "# restarted")
	if !strings.Contains(after, "Klaster Rotan") || !strings.Contains(after, "Ya") {
		t.Errorf("%s", after)
	}
}
