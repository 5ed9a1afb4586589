package telegram

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"klaster/bot"
	"klaster/bot/telegram/telegramtest"
	"klaster/commands"
	"klaster/domain"
)

// named is a draft that names a person.
func named(name string, id domain.PersonID, user string, ping bool) bot.Draft {
	return bot.Draft{
		Body:     commands.Rich{{Spans: []commands.Span{{Text: "Untuk "}, {Kind: commands.Person, Text: name, Person: id, Ping: ping}}}},
		Mentions: map[domain.PersonID]string{id: user},
	}
}

func choices() [][]commands.Button {
	return [][]commands.Button{{{Label: "Setuju", Data: "v1:y"}, {Label: "Tolak", Data: "v1:n"}}}
}

// Case 14: an edit that changes nothing has worked.
func TestEdge14NotModified(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	d := words("board <1> & \"2\"")
	d.Buttons = choices()
	id := s.post(ref(ann), d)
	for range 2 {
		if err := s.bot.Edit(t.Context(), ref(ann), id, d); err != nil {
			t.Error(err)
		}
	}
	d.Buttons = nil
	if err := s.bot.Edit(t.Context(), ref(ann), id, d); err != nil {
		t.Error(err)
	}
	if m := s.Last(ann); m.Edits != 1 || m.Buttons != nil {
		t.Errorf("the keyboard was not taken away: %+v", m)
	}
	for _, r := range s.Requests() {
		if r.Method == "editMessageText" && r.Params["reply_markup"] == "" {
			t.Error("an edit without reply_markup")
		}
	}
	if last := s.Requests()[len(s.Requests())-1]; last.Params["reply_markup"] != `{"inline_keyboard":[]}` {
		t.Errorf("reply_markup %q", last.Params["reply_markup"])
	}
}

// Case 15: what cannot be edited is gone: the bot posts anew.
func TestEdge15Gone(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	id := s.post(ref(ann), words("board"))
	n, _ := strconv.Atoi(id)
	s.DeleteMessage(ann, n)
	kind(t, s.bot.Edit(t.Context(), ref(ann), id, words("x")), bot.Gone)
	foreign, _ := s.Send(ann, ann, "mine")
	kind(t, s.bot.Edit(t.Context(), ref(ann), strconv.Itoa(foreign), words("x")), bot.Gone)
	kind(t, s.bot.Edit(t.Context(), ref(ann), "no id", words("x")), bot.Gone)
}

// Case 16: the refusal of an upgraded chat says the new address. Moving and repeating is the bot's: end-to-end.
func TestEdge16Upgraded(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	group := s.AddGroup("Rotan", telegramtest.WithMembers(ann))
	id := s.post(ref(group), words("board"))
	moved := s.MigrateToSupergroup(group, ann, telegramtest.Silent)
	_, err := s.bot.Post(t.Context(), ref(group), words("x"))
	if e := kind(t, err, bot.MovedAway); e.NewChat != ref(moved) {
		t.Errorf("new chat %+v, want %+v", e.NewChat, ref(moved))
	}
	e := kind(t, s.bot.Edit(t.Context(), ref(group), id, words("x")), bot.MovedAway)
	s.post(e.NewChat, words("x"))
	if got := s.Last(moved).Text; got != "x" {
		t.Errorf("the new chat shows %q", got)
	}
}

// Case 17: both service messages, in any order, say the same. Doing it once is for the end-to-end suite.
func TestEdge17Moved(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	for _, order := range []telegramtest.Migration{telegramtest.OldFirst, telegramtest.NewFirst} {
		group := s.AddGroup("Rotan", telegramtest.WithMembers(ann))
		moved := s.MigrateToSupergroup(group, ann, order)
		for range 2 {
			if u := s.inbox.next(t); u.Kind != bot.Moved || u.Chat != ref(group) || u.NewChat != ref(moved) || u.Cause == "" {
				t.Errorf("came as %+v, want a move from %d to %d", u, group, moved)
			}
		}
	}
}

// Case 18: thrown out, silenced, back again. What rests and goes on then is for the end-to-end suite.
func TestEdge18Kicked(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	group := s.AddGroup("Rotan", telegramtest.AsSupergroup(), telegramtest.WithAdmins(ann), telegramtest.WithoutBot())
	steps := []struct {
		do   func() int
		want bot.UpdateKind
		none bool
	}{
		{do: func() int { return s.AddBot(group, ann) }, want: bot.Added},
		{do: func() int { return s.PromoteBot(group, ann) }, none: true},
		{do: func() int { return s.DemoteBot(group, ann) }, none: true},
		{do: func() int { return s.Mute(group, ann) }, want: bot.Removed},
		{do: func() int { return s.DemoteBot(group, ann) }, want: bot.Added},
		{do: func() int { return s.Kick(group, ann) }, want: bot.Removed},
		{do: func() int { return s.RemoveBot(group, ann) }, none: true},
		{do: func() int { return s.AddBot(group, ann) }, want: bot.Added},
		{do: func() int { return s.RemoveBot(group, ann) }, want: bot.Removed},
	}
	for i, step := range steps {
		id := step.do()
		if step.none {
			s.dropped(id)
			continue
		}
		if u := s.inbox.next(t); u.Kind != step.want || u.Chat != ref(group) || u.From.ID != decimal(ann) || u.Private {
			t.Errorf("step %d came as %+v", i, u)
		}
		s.confirmed(id)
		if step.want == bot.Removed {
			_, err := s.bot.Post(t.Context(), ref(group), words("x"))
			kind(t, err, bot.Unreachable)
		}
	}
}

// Case 19: a person blocks the bot. Who is asked instead is for the end-to-end suite.
func TestEdge19Blocked(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	s.Block(ann)
	if u := s.inbox.next(t); u.Kind != bot.Removed || !u.Private || u.Chat != ref(ann) || u.From.ID != decimal(ann) {
		t.Errorf("a block came as %+v", u)
	}
	_, err := s.bot.Post(t.Context(), ref(ann), words("x"))
	kind(t, err, bot.Unreachable)
	s.Unblock(ann)
	if u := s.inbox.next(t); u.Kind != bot.Reachable || !u.Private || u.From.ID != decimal(ann) {
		t.Errorf("an unblock came as %+v", u)
	}
	s.post(ref(ann), words("x"))
	s.Deactivate(ann)
	_, err = s.bot.Post(t.Context(), ref(ann), words("x"))
	kind(t, err, bot.Unreachable)
}

// Case 20: a person who never pressed Start cannot be written to, but has a link that brings a token. What was begun
// and goes on then is for the end-to-end suite.
func TestEdge20NeverStarted(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	ben := s.AddUser(telegramtest.User{FirstName: "Ben"})
	_, err := s.bot.Post(t.Context(), ref(ben), words("x"))
	kind(t, err, bot.Unreachable)
	_, err = s.bot.Post(t.Context(), ref(987654), words("x"))
	kind(t, err, bot.Unreachable)
	link := s.bot.PrivateLink("abc_DEF-1")
	if link != "https://t.me/klaster_test_bot?start=abc_DEF-1" {
		t.Fatalf("link %q", link)
	}
	if got := s.bot.PrivateLink("not a token"); got != "https://t.me/klaster_test_bot" {
		t.Errorf("link of no token %q", got)
	}
	group := s.AddGroup("Rotan", telegramtest.WithMembers(ann, ben))
	d := words("Lanjut secara pribadi")
	d.Buttons = [][]commands.Button{{{Label: "Buka", URL: link}, {Label: "Pribadi", Private: "/data"}}}
	s.post(ref(group), d)
	if m := s.Last(group); m.Buttons[0][0].URL != link || m.Buttons[0][1].URL != "https://t.me/klaster_test_bot" {
		t.Errorf("buttons %+v", m.Buttons)
	}
	s.Start(ben, "abc_DEF-1")
	if u := s.inbox.next(t); u.Start != "abc_DEF-1" || u.Text != "/start" || !u.Private {
		t.Errorf("the start came as %+v", u)
	}
	s.post(ref(ben), words("welcome"))
}

// Case 21: topics. General is addressed by leaving it out.
func TestEdge21Topics(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	forum := s.AddGroup("Forum", telegramtest.AsForum(), telegramtest.WithMembers(ann))
	thread := s.AddTopic(forum, "Pengadaan")
	s.SendText(forum, ann, "/isu x", telegramtest.InTopic(thread))
	u := s.inbox.next(t)
	if u.Chat != topic(forum, thread) {
		t.Fatalf("the topic is lost: %+v", u.Chat)
	}
	s.post(u.Chat, words("there"))
	if m := s.Last(forum); m.Thread != thread {
		t.Errorf("answered in thread %d", m.Thread)
	}
	s.tapLast(forum, ann)
	for _, general := range []telegramtest.TextOption{telegramtest.InTopic(1), telegramtest.InTopic(0)} {
		s.SendText(forum, ann, "/isu x", general)
		u = s.inbox.next(t)
		if u.Chat != ref(forum) {
			t.Errorf("General came as %+v", u.Chat)
		}
		s.post(u.Chat, words("general"))
	}
	s.post(topic(forum, 1), words("general, named"))
	// A plain reply in an ordinary supergroup carries a thread id that is no topic; in a topic, each message answers
	// the one that opened it.
	group := s.AddGroup("Rotan", telegramtest.AsSupergroup(), telegramtest.WithMembers(ann))
	s.InjectRaw(`{"message":{"message_id":9,"date":1,"message_thread_id":8,"chat":{"id":` + decimal(group) + `,"type":"supergroup"},"from":{"id":7,"first_name":"A"},"text":"x","reply_to_message":{"message_id":8}}}`)
	if u = s.inbox.next(t); u.Chat != ref(group) || u.ReplyTo != "8" {
		t.Errorf("a reply came as %+v", u)
	}
	s.InjectRaw(`{"message":{"message_id":9,"date":1,"is_topic_message":true,"message_thread_id":8,"chat":{"id":` + decimal(forum) + `,"type":"supergroup"},"from":{"id":7,"first_name":"A"},"text":"x","reply_to_message":{"message_id":8}}}`)
	if u = s.inbox.next(t); u.Chat != topic(forum, 8) || u.ReplyTo != "" {
		t.Errorf("a message of a topic came as %+v", u)
	}
}

// tapLast taps the bot's last message.
func (s *stage) tapLast(chat, user int64) {
	s.t.Helper()
	m := s.Last(chat)
	s.Tap(chat, m.ID, user, "x")
	if u := s.inbox.next(s.t); u.Chat.Thread != decimal(int64(m.Thread)) {
		s.t.Errorf("a tap in topic %d came as %+v", m.Thread, u.Chat)
	}
}

// Case 22: a topic that is closed or deleted: once to General, else nowhere.
func TestEdge22TopicClosed(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	forum := s.AddGroup("Forum", telegramtest.AsForum(), telegramtest.WithMembers(ann))
	closed, deleted := s.AddTopic(forum, "A"), s.AddTopic(forum, "B")
	s.CloseTopic(forum, closed)
	s.DeleteTopic(forum, deleted)
	for _, thread := range []int{closed, deleted} {
		s.post(topic(forum, thread), words("x"))
		if m := s.Last(forum); m.Thread != 0 || m.Text != "x" {
			t.Errorf("sent to %+v", m)
		}
	}
	s.CloseTopic(forum, 1)
	before := s.Calls("sendMessage")
	_, err := s.bot.Post(t.Context(), topic(forum, closed), words("x"))
	kind(t, err, bot.Unreachable)
	if n := s.Calls("sendMessage") - before; n != 2 {
		t.Errorf("%d tries, want 2", n)
	}
	_, err = s.bot.Post(t.Context(), ref(forum), words("x"))
	kind(t, err, bot.Unreachable)
}

// Case 23: too many requests stop one send and say for how long; others go on. Dropping older board states is the
// reconciler's: end-to-end.
func TestEdge23TooMany(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	one, two := s.AddGroup("One"), s.AddGroup("Two")
	id := s.post(ref(one), words("board"))
	s.FailAll("editMessageText", telegramtest.Fault{RetryAfter: 35, Chat: one})
	s.FailNext("sendMessage", telegramtest.Fault{RetryAfter: 35, Chat: one})
	if e := kind(t, s.bot.Edit(t.Context(), ref(one), id, words("new")), bot.RateLimited); e.After != 35*time.Second {
		t.Errorf("after %s", e.After)
	}
	_, err := s.bot.Post(t.Context(), ref(one), words("x"))
	kind(t, err, bot.RateLimited)
	s.post(ref(two), words("x"))
	s.post(ref(ann), words("x"))
	if n := len(s.pauses.list()); n != 0 {
		t.Errorf("the adapter waited %d times by itself", n)
	}
}

// Case 28: 9,000 characters with markup.
func TestEdge28Long(t *testing.T) {
	s := running(t)
	ann := s.person("Ann")
	var body commands.Rich
	for i := range 30 {
		body = append(body, commands.Block{Kind: commands.Quote, Spans: []commands.Span{
			{Kind: commands.Bold, Text: strings.Repeat("tebal <&> ", 10)},
			{Kind: commands.LinkTo, Text: strings.Repeat("tautan \"𝄞\" ", 10), URL: `https://example.org/?a=1&b="2"&c=` + strconv.Itoa(i)},
			{Kind: commands.Code, Text: strings.Repeat("👩‍🌾", 20)},
		}})
	}
	body = append(body, commands.Block{Spans: []commands.Span{{Kind: commands.Italic, Text: strings.Repeat("x", 9000)}}})
	d := bot.Draft{Body: body, Buttons: choices(), ReplyTo: "1"}
	id := s.post(ref(ann), d)
	var all strings.Builder
	var sent []telegramtest.Message
	for _, m := range s.Messages(ann) {
		if m.FromMe {
			sent = append(sent, m)
			all.WriteString(m.Text)
		}
	}
	if len(sent) < 4 {
		t.Fatalf("%d messages", len(sent))
	}
	for i, m := range sent {
		if last := i == len(sent)-1; last != (m.Buttons != nil) || last != (strconv.Itoa(m.ID) == id) {
			t.Errorf("message %d of %d: buttons %v, ref %s", i+1, len(sent), m.Buttons, id)
		}
	}
	if got, want := squeezed(all.String()), squeezed(bare(flatten(body, nil, ""))); got != want {
		t.Errorf("the text is not the same:\n%.200q\n%.200q", got, want)
	}
	for _, d := range s.pauses.list() {
		if d != partPause {
			t.Errorf("pause %s", d)
		}
	}
	// A card stays one message, when posted and when edited.
	d.Card = "item/1"
	id = s.post(ref(ann), d)
	before := len(s.Messages(ann))
	if err := s.bot.Edit(t.Context(), ref(ann), id, d); err != nil {
		t.Error(err)
	}
	m := s.Last(ann)
	if len(s.Messages(ann)) != before || strconv.Itoa(m.ID) != id || !strings.HasSuffix(m.Text, "\n…") || m.Buttons == nil {
		t.Errorf("the card is %d messages more, ends in %q", len(s.Messages(ann))-before, m.Text[len(m.Text)-10:])
	}
}

// squeezed leaves all white space out.
func squeezed(s string) string { return strings.Join(strings.Fields(s), "") }

// Case 29: the menus cannot be set. The bot runs all the same and tries again.
func TestEdge29Menu(t *testing.T) {
	s := newStage(t, nil)
	s.FailNext("setMyCommands",
		telegramtest.Fault{Code: 404}, telegramtest.Fault{Body: "<html>"}, telegramtest.Fault{RetryAfter: 700})
	menu := []commands.MenuEntry{
		{Name: "isu", English: "issue", Description: map[string]string{"id": "Ajukan isu", "en": "Raise an issue"}, Private: true, Group: true},
		{Name: "data", Description: map[string]string{"id": "Isi data"}, Private: true},
		{Name: "Not valid", Description: map[string]string{"id": "x"}, Private: true},
	}
	if err := s.bot.PublishMenu(t.Context(), menu); err != nil {
		t.Fatal(err)
	}
	s.receive()
	s.until(func(w *telegramtest.World) bool { return w.CommandMenus() == 6 && w.Polling() })
	private, group := `{"type":"all_private_chats"}`, `{"type":"all_group_chats"}`
	for _, c := range []struct {
		scope, lang, want string
	}{
		{private, "", "isu:Ajukan isu data:Isi data"},
		{private, "id", "isu:Ajukan isu data:Isi data"},
		{private, "en", "isu:Raise an issue data:Isi data"},
		{group, "en", "isu:Raise an issue"},
		{group, "", "isu:Ajukan isu"},
	} {
		var got []string
		for _, e := range s.Commands(c.scope, c.lang) {
			got = append(got, e.Name+":"+e.Description)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("menu of %s %q: %v, want %s", c.scope, c.lang, got, c.want)
		}
	}
	waits := s.pauses.list()
	if len(waits) != 3 || waits[2] < 700*time.Second {
		t.Errorf("waited %v", waits)
	}
	if n := strings.Count(s.log.String(), "menus could not be set"); n != 3 {
		t.Errorf("%d warnings", n)
	}
	// What the server has is not sent again.
	calls := s.Calls("setMyCommands")
	menu = append(menu, commands.MenuEntry{Name: "peta", Description: map[string]string{"id": "Peta"}, Group: true})
	if err := s.bot.PublishMenu(t.Context(), menu); err != nil {
		t.Fatal(err)
	}
	s.until(func(w *telegramtest.World) bool { return w.Calls("setMyCommands") == calls+3 })
}
