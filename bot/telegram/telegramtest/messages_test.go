package telegramtest

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

func TestEdits(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ann := started(s, "Ann")
	c := newClient(t, s)
	chat := fmt.Sprint(ann)
	var m sent
	c.must(&m, "sendMessage", "chat_id", chat, "text", "<b>x</b>", "parse_mode", "HTML", "reply_markup", keyboard(row(1)))
	id := fmt.Sprint(m.ID)
	edit := func(text, markup string) []string {
		p := []string{"chat_id", chat, "message_id", id, "text", text, "parse_mode", "HTML"}
		if markup != "" {
			p = append(p, "reply_markup", markup)
		}
		return p
	}
	c.refuse(400, "Bad Request: "+notModified, "editMessageText", edit("<b>x</b>", keyboard(row(1)))...)
	c.refuse(400, "Bad Request: "+notModified, "editMessageText", edit("<strong>x</strong>", `{"inline_keyboard": [[{"callback_data":"d", "text":"x"}]]}`)...)
	c.must(nil, "editMessageText", edit("x", keyboard(row(1)))...) // the same text, but no longer bold
	c.must(nil, "editMessageText", edit("x", "")...)               // the keyboard goes
	if got := s.Last(ann); got.Edits != 2 || got.Buttons != nil || got.Text != "x" {
		t.Errorf("got %+v", got)
	}
	c.refuse(400, "Bad Request: "+notModified, "editMessageText", edit("x", keyboard())...) // none is none
	c.must(nil, "editMessageReplyMarkup", "chat_id", chat, "message_id", id, "reply_markup", keyboard(row(2)))
	c.refuse(400, "Bad Request: "+notModified, "editMessageReplyMarkup", "chat_id", chat, "message_id", id, "reply_markup", keyboard(row(2)))
	if s.Edits(ann) != 3 {
		t.Errorf("%d edits", s.Edits(ann))
	}
	c.must(nil, "deleteMessage", "chat_id", chat, "message_id", id)
	c.refuse(400, "Bad Request: message to edit not found", "editMessageText", edit("y", "")...)
	c.refuse(400, "Bad Request: message to delete not found", "deleteMessage", "chat_id", chat, "message_id", id)
	if got := s.Message(ann, m.ID); !got.Deleted || s.Last(ann).ID != 0 {
		t.Errorf("got %+v, last %+v", got, s.Last(ann))
	}
	theirs, _ := s.Send(ann, ann, "mine")
	c.refuse(400, "Bad Request: message can't be edited", "editMessageText", "chat_id", chat, "message_id", fmt.Sprint(theirs), "text", "y")
	c.must(&m, "sendMessage", "chat_id", chat, "text", "?", "reply_markup", `{"force_reply":true}`)
	c.refuse(400, "Bad Request: message can't be edited", "editMessageText", "chat_id", chat, "message_id", fmt.Sprint(m.ID), "text", "y")
	if !s.Last(ann).Asks {
		t.Error("force_reply is not seen")
	}
}

func TestWhoCannotBeWrittenTo(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ann := s.AddUser(User{FirstName: "Ann"})
	g := s.AddGroup("G", WithMembers(ann))
	super := s.AddGroup("S", AsSupergroup())
	c := newClient(t, s)
	send := func(chat int64) []string { return []string{"chat_id", fmt.Sprint(chat), "text", "x"} }
	c.refuse(400, "Bad Request: chat not found", "sendMessage", send(42)...)
	c.refuse(400, "Bad Request: chat not found", "sendMessage", "chat_id", "@nobody", "text", "x")
	c.refuse(403, "Forbidden: bot can't initiate conversation with a user", "sendMessage", send(ann)...)
	s.Start(ann, "payload")
	c.must(nil, "sendMessage", send(ann)...)
	s.Block(ann)
	c.refuse(403, "Forbidden: bot was blocked by the user", "sendMessage", send(ann)...)
	s.Start(ann, "") // unblocks
	c.must(nil, "sendMessage", send(ann)...)
	s.Kick(g, ann)
	c.refuse(403, "Forbidden: bot was kicked from the group chat", "sendMessage", send(g)...)
	s.AddBot(g, ann)
	c.must(nil, "sendMessage", send(g)...)
	s.Mute(g, ann)
	c.refuse(400, "Bad Request: not enough rights to send text messages to the chat", "sendMessage", send(g)...)
	s.Kick(super, ann)
	c.refuse(403, "Forbidden: bot was kicked from the supergroup chat", "sendMessage", send(super)...)
	s.RemoveBot(super, ann)
	c.refuse(403, "Forbidden: bot is not a member of the supergroup chat", "sendMessage", send(super)...)
	s.Deactivate(ann)
	c.refuse(403, "Forbidden: user is deactivated", "sendMessage", send(ann)...)
	bare := *c
	bare.s = &Server{base: s.base, settings: settings{token: "1:wrong"}}
	bare.refuse(401, "Unauthorized", "getMe")
}

func TestMigration(t *testing.T) {
	t.Parallel()
	for _, hears := range []Migration{OldFirst, NewFirst, Silent} {
		s := Start(t)
		ann, bob := started(s, "Ann"), started(s, "Bob")
		g := s.AddGroup("G", WithAdmins(ann), WithMembers(bob))
		now := s.MigrateToSupergroup(g, ann, hears)
		c := newClient(t, s)
		var updates []struct {
			Message struct {
				Chat struct{ ID int64 }
				To   int64 `json:"migrate_to_chat_id"`
				From int64 `json:"migrate_from_chat_id"`
			}
		}
		c.must(&updates, "getUpdates")
		var chats []int64
		for _, u := range updates {
			chats = append(chats, u.Message.Chat.ID)
			if u.Message.To != 0 && u.Message.To != now || u.Message.From != 0 && u.Message.From != g {
				t.Errorf("got %+v", u)
			}
		}
		if want := [][]int64{{g, now}, {now, g}, nil}[hears]; !slices.Equal(chats, want) {
			t.Errorf("chats %v, want %v", chats, want)
		}
		r := c.refuse(400, "Bad Request: group chat was upgraded to a supergroup chat", "sendMessage", "chat_id", fmt.Sprint(g), "text", "x")
		if r.Parameters.MigrateTo != now {
			t.Errorf("migrate_to_chat_id %d, want %d", r.Parameters.MigrateTo, now)
		}
		c.must(nil, "sendMessage", "chat_id", fmt.Sprint(now), "text", "x")
		var m struct{ Status Status }
		c.must(&m, "getChatMember", "chat_id", fmt.Sprint(now), "user_id", fmt.Sprint(ann))
		if m.Status != Creator {
			t.Errorf("status %s", m.Status)
		}
	}
}

func TestTopics(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ann := started(s, "Ann")
	f := s.AddGroup("F", AsForum(), WithAdmins(ann))
	thread := s.AddTopic(f, "Steps")
	c := newClient(t, s)
	send := func(thread int) []string {
		p := []string{"chat_id", fmt.Sprint(f), "text", "x"}
		if thread != 0 {
			p = append(p, "message_thread_id", fmt.Sprint(thread))
		}
		return p
	}
	var m sent
	c.must(&m, "sendMessage", send(thread)...)
	if m.Thread != thread || s.Last(f).Thread != thread {
		t.Errorf("thread %d, want %d", m.Thread, thread)
	}
	c.must(&m, "sendMessage", send(0)...)
	c.refuse(400, "Bad Request: message thread not found", "sendMessage", send(9999)...)
	s.CloseTopic(f, thread)
	c.refuse(400, "Bad Request: TOPIC_CLOSED", "sendMessage", send(thread)...)
	s.ReopenTopic(f, thread)
	c.must(nil, "sendMessage", send(thread)...)
	s.DeleteTopic(f, thread)
	c.refuse(400, "Bad Request: message thread not found", "sendMessage", send(thread)...)
	s.CloseTopic(f, 1)
	c.refuse(400, "Bad Request: TOPIC_CLOSED", "sendMessage", send(0)...)
	g := s.AddGroup("G")
	c.refuse(400, "Bad Request: message thread not found", "sendMessage", "chat_id", fmt.Sprint(g), "text", "x", "message_thread_id", "5")
}

func TestTaps(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ann := started(s, "Ann")
	c := newClient(t, s)
	if _, err := s.TapButton(ann, ann, "Yes"); err == nil || !strings.Contains(err.Error(), "no message") {
		t.Errorf("no button at all: %v", err)
	}
	markup := func(data string) string { return keyboard(`[{"text":"Yes","callback_data":"` + data + `"}]`) }
	for _, data := range []string{"old", "new"} {
		c.must(nil, "sendMessage", "chat_id", fmt.Sprint(ann), "text", data, "reply_markup", markup(data))
	}
	c.must(nil, "sendMessage", "chat_id", fmt.Sprint(ann), "text", "no buttons")
	if _, err := s.TapButton(ann, ann, "No"); err == nil || !strings.Contains(err.Error(), `there are "Yes"`) {
		t.Errorf("no such button: %v", err)
	}
	id, err := s.TapButton(ann, ann, "Yes")
	if err != nil {
		t.Fatal(err)
	}
	var updates []struct {
		Query struct {
			ID, Data string
			Message  struct{ Text string }
		} `json:"callback_query"`
	}
	c.must(&updates, "getUpdates")
	if q := updates[0].Query; q.ID != id || q.Data != "new" || q.Message.Text != "new" {
		t.Errorf("got %+v", q)
	}
	if _, ok := s.Answer(id); ok {
		t.Error("answered already")
	}
	c.must(nil, "answerCallbackQuery", "callback_query_id", id, "text", "done", "show_alert", "true")
	if a, ok := s.Answer(id); !ok || a.Text != "done" || !a.Alert || s.Answers()[id] != a || s.Answered() != 1 {
		t.Errorf("answer %+v", a)
	}
	const late = "Bad Request: query is too old and response timeout expired or query ID is invalid"
	c.refuse(400, late, "answerCallbackQuery", "callback_query_id", id)
	c.refuse(400, late, "answerCallbackQuery", "callback_query_id", "nonsense")
	id = s.Tap(ann, s.Last(ann).ID, ann, "forged")
	s.ExpireCallback(id)
	c.refuse(400, late, "answerCallbackQuery", "callback_query_id", id)
	if l := s.Latencies(); l.Count != 1 || l.Max <= 0 {
		t.Errorf("latencies %+v", l)
	}
}

func TestRightsAndReplies(t *testing.T) {
	t.Parallel()
	s := Start(t)
	ann := started(s, "Ann")
	g := s.AddGroup("G", WithAdmins(ann))
	c := newClient(t, s)
	chat := fmt.Sprint(g)
	theirs, _ := s.Send(g, ann, "/x")
	var m sent
	c.must(&m, "sendMessage", "chat_id", chat, "text", "x", "reply_parameters", fmt.Sprintf(`{"message_id":%d}`, theirs))
	if s.Last(g).ReplyTo != theirs {
		t.Errorf("reply to %d, want %d", s.Last(g).ReplyTo, theirs)
	}
	c.refuse(400, "Bad Request: message to be replied not found", "sendMessage", "chat_id", chat, "text", "x", "reply_parameters", `{"message_id":9999}`)
	c.must(nil, "sendMessage", "chat_id", chat, "text", "x", "reply_parameters", `{"message_id":9999,"allow_sending_without_reply":true}`)
	pin := []string{"chat_id", chat, "message_id", fmt.Sprint(m.ID)}
	c.refuse(400, "Bad Request: not enough rights to manage pinned messages in the chat", "pinChatMessage", pin...)
	c.refuse(400, "Bad Request: message can't be deleted", "deleteMessage", "chat_id", chat, "message_id", fmt.Sprint(theirs))
	s.PromoteBot(g, ann)
	c.must(nil, "pinChatMessage", pin...)
	if !s.Message(g, m.ID).Pinned {
		t.Error("not pinned")
	}
	c.must(nil, "unpinChatMessage", "chat_id", chat)
	c.must(nil, "deleteMessage", "chat_id", chat, "message_id", fmt.Sprint(theirs))
	c.must(nil, "leaveChat", "chat_id", chat)
	c.refuse(403, "Forbidden: bot is not a member of the group chat", "sendMessage", "chat_id", chat, "text", "x")
}

func TestManyTapsAtOnce(t *testing.T) {
	t.Parallel()
	s := Start(t, WithoutChecks())
	ann := started(s, "Ann")
	c := newClient(t, s)
	var m sent
	c.must(&m, "sendMessage", "chat_id", fmt.Sprint(ann), "text", "x", "reply_markup", keyboard(row(1)))
	press := Press{Chat: ann, Message: m.ID, User: ann, Data: "d"}
	ids := s.QueueTaps(press, press, press)
	reached := make(chan error, 1)
	go func() { reached <- s.WaitAnswered(t.Context(), 3) }()
	if got := c.poll(); len(got) != 3 {
		t.Fatalf("updates %v", got)
	}
	for _, id := range ids {
		c.must(nil, "answerCallbackQuery", "callback_query_id", id)
	}
	if err := <-reached; err != nil {
		t.Error(err)
	}
	if err := s.WaitAnswered(t.Context(), 3); err != nil {
		t.Error(err)
	}
	if l := s.Latencies(); l.Count != 3 || l.P50 > l.P90 || l.P90 > l.P99 || l.P99 > l.Max {
		t.Errorf("latencies %+v", l)
	}
	s.ResetLatencies()
	if l := s.Latencies(); l.Count != 0 {
		t.Errorf("latencies %+v", l)
	}
}
