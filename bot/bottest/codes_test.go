package bottest_test

import (
	"strings"
	"testing"

	"klaster/bot/bottest"
	"klaster/commands"
)

// codes plays what follows the founding of two clusters, and returns what is told after each remark.
func codes(t *testing.T, scenario string) map[string]string {
	t.Helper()
	talk, err := commands.New(bottest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	told := map[string]string{}
	for _, part := range strings.Split(bottest.Play(t, openStore, talk, twoClusters+scenario, start), "\n# ")[1:] {
		name, rest, _ := strings.Cut(part, "\n")
		told[name] = rest
	}
	return told
}

const (
	wrongCode  = "Kode itu tidak dikenal, sudah dipakai, atau sudah lewat waktunya"
	tooOften   = "Terlalu banyak kode yang dicoba"
	sureToLink = "Akun ini akan disambungkan dengan akun"
)

// Five wrong codes are heard within ten minutes; after that also the right one is refused, and works when they are over.
func TestWrongCodes(t *testing.T) {
	told := codes(t, `Budi@private> /sambungkan saya
take Budi FIRST
# five
`+strings.Repeat("Budi2@private> /sambungkan ABCDEFGH\n", 5)+`# right
Budi2@private> /sambungkan {FIRST}
tick 11m
Budi@private> /sambungkan saya
take Budi SECOND
# later
Budi2@private> /sambungkan {SECOND}
`)
	if n := strings.Count(told["five"], wrongCode); n != 5 || strings.Contains(told["five"], tooOften) {
		t.Errorf("five wrong codes are answered\n%s", told["five"])
	}
	if !strings.Contains(told["right"], tooOften) || strings.Contains(told["right"], sureToLink) {
		t.Errorf("the right code after five wrong ones is answered\n%s", told["right"])
	}
	if !strings.Contains(told["later"], sureToLink) {
		t.Errorf("the right code ten minutes later is answered\n%s", told["later"])
	}
}

// A code that has expired is answered as one that never was: nobody learns which codes there were.
func TestExpiredCode(t *testing.T) {
	told := codes(t, `Budi@private> /sambungkan saya
take Budi OWN
Ann@klaster> /sambungkan kode
take Ann GROUP
tick 11m
# never
Budi2@private> /sambungkan ABCDEFGH
# expired
Budi2@private> /sambungkan {OWN}
add third on=other
# never, in a group
Ann2@third> /sambungkan ABCDEFGH
# expired, in a group
Ann2@third> /sambungkan {GROUP}
`)
	for _, where := range []string{"", ", in a group"} {
		_, never, _ := strings.Cut(told["never"+where], "\n")
		_, expired, _ := strings.Cut(told["expired"+where], "\n")
		never, _, _ = strings.Cut(never, "\nadd ")
		expired, _, _ = strings.Cut(expired, "\nadd ")
		if !strings.Contains(expired, wrongCode) || strings.TrimSpace(expired) != strings.TrimSpace(never) {
			t.Errorf("an expired code%s is answered\n%s\na wrong one\n%s", where, expired, never)
		}
	}
}

// An account that was unlinked is somebody new: it stands for nothing, and what it stood for stays with the other.
func TestUnlinkedAccountIsNew(t *testing.T) {
	told := codes(t, registration("Budi", "klaster", "PT Rotan Jaya")+`Ann taps Setujui
Budi@private> /sambungkan saya
take Budi OWN
Budi2@private> /sambungkan {OWN}
Budi2 taps Ya, sambungkan
# linked
Budi2@private> /saya
# unlinking
Budi2@private> /sambungkan lepas saya
Budi2 taps Ya, pisahkan
# new
Budi2@private> /saya
# other
Budi@private> /saya
# again
Budi2@private> /sambungkan lepas saya
Budi2 taps Ya, pisahkan
`)
	for _, who := range []string{"linked", "other"} {
		if !strings.Contains(told[who], "Wakil dari: PT Rotan Jaya") {
			t.Errorf("%s: %s", who, told[who])
		}
	}
	if !strings.Contains(told["unlinking"], "Akun ini sudah dipisahkan") {
		t.Errorf("unlinking is answered\n%s", told["unlinking"])
	}
	if !strings.Contains(told["new"], "tidak tercatat di klaster mana pun") || strings.Contains(told["new"], "PT Rotan Jaya") {
		t.Errorf("the account that was unlinked is told\n%s", told["new"])
	}
	if !strings.Contains(told["again"], "tidak tersambung dengan akun lain") {
		t.Errorf("unlinking once more is answered\n%s", told["again"])
	}
}
