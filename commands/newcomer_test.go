package commands_test

import (
	"strings"
	"testing"

	"klaster/domain"
)

// heard is the text of the newest message a person or, for nobody, the group got.
func (b *bot) heard(p *person) string {
	var to domain.PersonID
	if p != nil {
		to = p.id
	}
	for i := len(b.messages) - 1; i >= 0; i-- {
		if b.messages[i].to == to {
			return b.messages[i].body
		}
	}
	return ""
}

// TestOnlyVotersHearWhenTheyMayVote: who is registered nowhere is told so; when it may take a position is said to those
// only who have tried to.
func TestOnlyVotersHearWhenTheyMayVote(t *testing.T) {
	b, steward := founded(t, "id")
	budi, guest := b.person("Pak Budi", "id"), b.person("Pak Tamu", "id")
	b.actor(steward, budi, "PT Rotan Jaya", domain.Core)
	b.hush(func() { b.do(budi, domain.Propose{Proposal: "D1", Method: domain.Consensus, Title: "Pameran bersama"}) })
	later := "mulai usulan berikutnya"
	for said, vote := range map[string]bool{"/isu Jalan rusak": false, "/tuntas 1.1": false, "/pelaku ubah": false, "/sikap 1 setuju": true, "/sikap": true} {
		guest.says(said)
		if answer := b.heard(nil); !strings.Contains(answer, "belum tercatat") || strings.Contains(answer, later) != vote {
			t.Errorf("%s: %s", said, answer)
		}
	}
}
