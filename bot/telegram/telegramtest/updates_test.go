package telegramtest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestUpdatesAreRedeliveredUntilConfirmed(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ann := started(s, "Ann")
	c := newClient(t, s)
	a := s.SendText(ann, ann, "one")
	b := s.SendText(ann, ann, "two")
	for range 2 {
		if got := c.poll(); !slices.Equal(got, []int{a, b}) {
			t.Fatalf("got %v, want %v", got, []int{a, b})
		}
	}
	if got := c.poll("limit", "1"); !slices.Equal(got, []int{a}) {
		t.Errorf("limit 1: %v", got)
	}
	if s.Pending() != 2 || s.Confirmed(a) {
		t.Errorf("pending %d, confirmed %v", s.Pending(), s.Confirmed(a))
	}
	if got := c.poll("offset", fmt.Sprint(b)); !slices.Equal(got, []int{b}) {
		t.Errorf("offset: %v", got)
	}
	if s.Pending() != 1 || !s.Confirmed(a) || s.Confirmed(b) {
		t.Errorf("pending %d, confirmed %v %v", s.Pending(), s.Confirmed(a), s.Confirmed(b))
	}
	s.Redeliver(a)
	if got := c.poll("offset", fmt.Sprint(b)); !slices.Equal(got, []int{a, b}) {
		t.Errorf("redelivered: %v", got)
	}
	if got := c.poll("offset", fmt.Sprint(b+1)); len(got) != 0 {
		t.Errorf("all confirmed: %v", got)
	}
}

func TestNegativeOffsetForgetsTheOlder(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ann := started(s, "Ann")
	var ids []int
	for i := range 5 {
		ids = append(ids, s.SendText(ann, ann, fmt.Sprint(i)))
	}
	if got := newClient(t, s).poll("offset", "-2"); !slices.Equal(got, ids[3:]) {
		t.Errorf("got %v, want %v", got, ids[3:])
	}
	if s.Pending() != 2 || !s.Confirmed(ids[2]) {
		t.Errorf("pending %d", s.Pending())
	}
}

func TestPollWaitsForAnUpdate(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ann := started(s, "Ann")
	c := newClient(t, s)
	got := make(chan reply, 1)
	go func() {
		resp, err := c.try(t.Context(), "getUpdates", "timeout", "50")
		if err != nil {
			t.Error(err)
			close(got)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		got <- c.read(resp)
	}()
	if err := s.WaitFor(within10s(t), (*World).Polling); err != nil {
		t.Fatal(err)
	}
	id := s.SendText(ann, ann, "hello")
	var updates []polled
	if err := json.Unmarshal((<-got).Result, &updates); err != nil || len(updates) != 1 || updates[0].ID != id {
		t.Errorf("got %v, %v", updates, err)
	}
	if got := c.poll("offset", fmt.Sprint(id+1), "timeout", "0"); len(got) != 0 {
		t.Errorf("timeout 0: %v", got)
	}
}

func TestSecondPollerEndsTheFirst(t *testing.T) {
	t.Parallel()
	s := Start(t)
	c := newClient(t, s)
	first := make(chan reply, 1)
	go func() {
		resp, err := c.try(t.Context(), "getUpdates", "timeout", "50")
		if err != nil {
			t.Error(err)
			close(first)
			return
		}
		defer func() { _ = resp.Body.Close() }()
		first <- c.read(resp)
	}()
	if err := s.WaitFor(within10s(t), (*World).Polling); err != nil {
		t.Fatal(err)
	}
	c.poll()
	r := <-first
	if r.Code != 409 || !strings.HasPrefix(r.Description, "Conflict: terminated by other getUpdates request") {
		t.Errorf("got %d %q", r.Code, r.Description)
	}
}

func TestWebhookStopsPolling(t *testing.T) {
	t.Parallel()
	s := Start(t)
	c := newClient(t, s)
	s.SetWebhook("https://example.org/hook")
	c.refuse(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first", "getUpdates")
	s.SendText(started(s, "Ann"), 1001, "x")
	c.must(nil, "deleteWebhook", "drop_pending_updates", "true")
	if got := c.poll(); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestAllowedUpdatesAreKept(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ann := started(s, "Ann")
	c := newClient(t, s)
	c.poll("allowed_updates", `["callback_query"]`)
	if id := s.SendText(ann, ann, "x"); id != 0 {
		t.Errorf("update %d of a kind that was not wanted", id)
	}
	c.poll("allowed_updates", "null") // tgbotapi's way to say nothing
	if got := s.AllowedUpdates(); !slices.Equal(got, []string{"callback_query"}) {
		t.Errorf("allowed %v", got)
	}
	c.poll("allowed_updates", "[]")
	if got := s.AllowedUpdates(); got != nil {
		t.Errorf("allowed %v", got)
	}
	if id := s.SendText(ann, ann, "x"); id == 0 {
		t.Error("no update although all are wanted")
	}
}

func TestInjectRaw(t *testing.T) {
	t.Parallel()
	s := Start(t)
	first := s.InjectRaw(`{"message":"broken"}`)
	s.InjectRaw(`{}`)
	s.InjectRaw(`{"update_id":7,"guest_message":{}}`)
	if got := newClient(t, s).poll(); !slices.Equal(got, []int{first, first + 1, 7}) {
		t.Errorf("got %v", got)
	}
}

func TestPrivacyMode(t *testing.T) {
	t.Parallel()
	for _, open := range []bool{false, true} {
		opts := []Option{WithUsername("KlasterBot")}
		if open {
			opts = append(opts, WithoutPrivacy())
		}
		s := Start(t, opts...)
		ann := started(s, "Ann")
		g := s.AddGroup("G", WithMembers(ann))
		var m sent
		newClient(t, s).must(&m, "sendMessage", "chat_id", fmt.Sprint(g), "text", "?")
		for _, k := range []struct {
			text string
			opts []TextOption
			seen bool
		}{
			{"chatter", nil, open},
			{"/vote", nil, true},
			{"/vote@klasterbot now", nil, true},
			{"/vote@otherbot", nil, open},
			{"hello @klasterbot", nil, true},
			{"an answer", []TextOption{ReplyTo(m.ID)}, true},
			{"chatter", []TextOption{Seen()}, true},
		} {
			if id := s.SendText(g, ann, k.text, k.opts...); (id != 0) != k.seen {
				t.Errorf("privacy off %v, %q: seen %v", open, k.text, id != 0)
			}
		}
		s.Kick(g, ann)
		if id := s.SendText(g, ann, "/vote"); id != 0 {
			t.Error("a bot that was kicked sees messages")
		}
	}
}

func TestIdentitiesAndEntities(t *testing.T) {
	t.Parallel()
	s := Start(t, WithoutPrivacy())
	ann, bob := started(s, "Ann"), started(s, "Bob")
	g := s.AddGroup("G", AsSupergroup(), WithAdmins(ann))
	s.SendText(g, ann, "/start@x abc")
	s.SendText(g, ann, "x", AnonymousAdmin())
	s.SendText(g, ann, "x", AsChannel(-1001, "News"))
	s.SendText(g, ann, "x", AsLinkedChannel(-1001, "News"))
	s.SendText(g, ann, "x", Forwarded(bob))
	s.SendText(g, ann, "/x", WithEntities(`[{"type":"bot_command","offset":0,"length":99}]`))
	var updates []struct {
		Message struct {
			From       struct{ ID int64 }
			SenderChat struct{ ID int64 } `json:"sender_chat"`
			Entities   []struct {
				Type           string
				Offset, Length int
			}
			Forward struct{ ID int64 } `json:"forward_from"`
		}
	}
	newClient(t, s).must(&updates, "getUpdates")
	if e := updates[0].Message.Entities; len(e) != 1 || e[0].Length != len("/start@x") {
		t.Errorf("entities %v", e)
	}
	for i, want := range []struct{ from, chat int64 }{{ann, 0}, {GroupAnonymousBot, g}, {ChannelBot, -1001}, {LinkedChannel, -1001}, {ann, 0}} {
		if m := updates[i].Message; m.From.ID != want.from || m.SenderChat.ID != want.chat {
			t.Errorf("message %d is from %d and %d", i, m.From.ID, m.SenderChat.ID)
		}
	}
	if updates[4].Message.Forward.ID != bob || updates[5].Message.Entities[0].Length != 99 {
		t.Errorf("got %+v", updates[4:])
	}
}
