package commands_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"klaster/commands"
	"klaster/domain"
)

// cardsLike lists the cards whose keys begin so.
func (b *bot) cardsLike(prefix string) (out []commands.Card) {
	for _, c := range b.c.Cards(b.s, b.now, b.langOf) {
		if strings.HasPrefix(c.Key, prefix) {
			out = append(out, c)
		}
	}
	return out
}

// Whoever decides, and wherever: every board of the registration ends without buttons, and says who decided.
func TestRegistrationBoardsEnd(t *testing.T) {
	for name, decide := range map[string]domain.Command{
		"approved": domain.ApproveActor{Actor: "A1"}, "refused": domain.RefuseActor{Actor: "A1", Reason: "Belum lengkap"},
	} {
		t.Run(name, func(t *testing.T) {
			b, steward := founded(t, "id")
			rep := b.person("Pak Budi", "id")
			other := b.person("Bu Dewi", "en")
			b.do(steward, domain.NameSteward{Person: other.id})
			b.do(rep, domain.RegisterActor{Actor: "A1", Name: "PT Rotan Jaya", Roles: []domain.Role{{Group: domain.Core}}})
			waits := b.cardsLike("registration/A1")
			if len(waits) != 3 {
				t.Fatalf("%d boards, want the group's and one for each steward", len(waits))
			}
			for _, c := range waits {
				if c.Kind != commands.Board || len(c.Buttons) == 0 {
					t.Errorf("%s: kind %d, buttons %v", c.Key, c.Kind, c.Buttons)
				}
			}
			b.do(other, decide)
			ended := b.cardsLike("registration/A1")
			if len(ended) != len(waits) {
				t.Errorf("%d boards after the decision, want %d", len(ended), len(waits))
			}
			for _, c := range ended {
				if len(c.Buttons) > 0 {
					t.Errorf("%s still has buttons", c.Key)
				}
				if c.To != "" && (!c.Final || !strings.Contains(b.plain(c.Body), "Bu Dewi") || !strings.Contains(b.plain(c.Body), "30 Nov")) {
					t.Errorf("%s says %q, want who decided when", c.Key, b.plain(c.Body))
				}
			}
		})
	}
}

func TestRepresentativeBoardsEnd(t *testing.T) {
	b, steward := founded(t, "id")
	rep, second := b.person("Pak Budi", "id"), b.person("Bu Wati", "id")
	id := b.actor(steward, rep, "PT Rotan Jaya", domain.Core)
	b.do(second, domain.JoinActor{Actor: id})
	if asks := b.cardsLike("representative/"); len(asks) != 1 || asks[0].To != rep.id || len(asks[0].Buttons) == 0 {
		t.Fatalf("asked: %+v", asks)
	}
	b.do(steward, domain.ApproveRepresentative{Actor: id, Person: second.id})
	ended := b.cardsLike("representative/")
	if len(ended) != 1 || !ended[0].Final || len(ended[0].Buttons) != 0 || !strings.Contains(b.plain(ended[0].Body), "Ibu Sari") {
		t.Errorf("after the approval: %+v", ended)
	}
}

// An actor may be approved before the group's board of its registration was ever posted: the board is the news then.
func TestApprovedUnseenIsAnnounced(t *testing.T) {
	b, steward := founded(t, "id")
	b.actor(steward, b.person("Pak Budi", "id"), "PT Rotan Jaya", domain.Core)
	for _, c := range b.cardsLike("registration/A1") {
		if c.To == "" && (c.Final || !strings.Contains(b.plain(c.Body), "bergabung")) {
			t.Errorf("final %v, %q: a final board that nobody has seen is not posted", c.Final, b.plain(c.Body))
		}
	}
}

// Who joins without waiting is told of in the group once an hour, in one message that grows.
func TestJoinedIsMergedPerHour(t *testing.T) {
	b, steward := founded(t, "id")
	b.do(steward, domain.ChangeCharter{Key: domain.KeyApproval, Value: "auto"})
	join := func(n int) {
		b.do(b.person(fmt.Sprintf("Wakil %d", n), "id"), domain.RegisterActor{
			Actor: domain.ActorID(fmt.Sprintf("A%d", n)), Name: domain.Text(fmt.Sprintf("PT Nomor %d", n)), Roles: []domain.Role{{Group: domain.Core}},
		})
	}
	for n := range 25 {
		join(n)
	}
	b.now = b.now.Add(time.Hour)
	join(25)
	news := b.cardsLike("joined/")
	if len(news) != 2 {
		t.Fatalf("%d messages for two hours", len(news))
	}
	first := b.plain(news[0].Body)
	if !strings.Contains(first, "PT Nomor 0 ") || !strings.Contains(first, "PT Nomor 19 ") || strings.Contains(first, "PT Nomor 20 ") || !strings.Contains(first, "5 pelaku lain") {
		t.Errorf("the first hour: %q", first)
	}
	for _, c := range b.c.Cards(b.s, b.now, b.langOf) {
		if c.To == "" && c.Kind == commands.Notice {
			t.Errorf("the group gets a message of its own: %q", b.plain(c.Body))
		}
	}
	b.now = b.now.Add(90 * time.Minute)
	join(26)
	if news := b.cardsLike("joined/"); !news[0].Final || news[2].Final {
		t.Errorf("final: %v, %v; only news that is old must not be posted any more", news[0].Final, news[2].Final)
	}
	b.now = b.now.Add(26 * time.Hour)
	join(27)
	if news := b.cardsLike("joined/"); len(news) != 1 {
		t.Errorf("%d messages a day later, want only the new one", len(news))
	}
}
