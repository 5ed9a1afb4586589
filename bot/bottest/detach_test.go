package bottest_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"klaster/bot/bottest"
	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// releasing is a store whose first Release fails.
type releasing struct {
	store.Store
	calls int
}

func (r *releasing) Release(ctx context.Context, chat domain.ChatRef, id domain.ClusterID) error {
	if r.calls++; r.calls == 1 {
		return errors.New("the store is down")
	}
	return r.Store.Release(ctx, chat, id)
}

// A group that was detached is free, also when the store failed between the entry and that.
func TestDetachedGroupIsFree(t *testing.T) {
	talk, err := commands.New(bottest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	s := &releasing{}
	open := func(t *testing.T) store.Store {
		s.Store = openStore(t)
		return s
	}
	told := bottest.Play(t, open, talk, twoClusters+"Ann2@forum> /sambungkan lepas\nAnn2 taps Ya, lepas\ntick 1m\n# free\nAnn2@forum> /mulai\n", start)
	_, after, _ := strings.Cut(told, "# free")
	if s.calls != 2 || !strings.Contains(after, "Piagam klaster, 1 dari 5") {
		t.Errorf("released %d times; /mulai in the group:\n%s", s.calls, after)
	}
}

// A topic of a group can be a place of its own, and stays one when the group itself is detached.
func TestTopicStaysWhenItsGroupIsDetached(t *testing.T) {
	talk, err := commands.New(bottest.Zone)
	if err != nil {
		t.Fatal(err)
	}
	told := bottest.Play(t, openStore, talk, twoClusters+`Ann@klaster#7> /sambungkan topik
Ann@klaster> /sambungkan lepas
Ann taps Ya, lepas
tick 2m
# topic
Ann@klaster#7> /status
# group
Ann@klaster> /status
`, start)
	_, after, _ := strings.Cut(told, "# topic")
	topic, group, _ := strings.Cut(after, "# group")
	if !strings.Contains(topic, "Klaster Rotan") {
		t.Errorf("the topic:\n%s", topic)
	}
	if strings.Contains(group, "Klaster Rotan") || !strings.Contains(group, "[klaster]") {
		t.Errorf("the group:\n%s", group)
	}
}
