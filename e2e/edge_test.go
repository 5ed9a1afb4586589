package e2e_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"klaster/bot/telegram/telegramtest"
	"klaster/domain"
)

// The cases of the platform research (section D) that need the whole bot. The others are bot/telegram's.

// scene is a small cluster on bbolt with the program running on it.
type scene struct {
	*crowd
	store   string
	program *process
}

// scenery makes the scene; prepare changes the seed before the program starts.
func scenery(t *testing.T, size int, kind telegramtest.GroupOption, prepare func(c *crowd)) *scene {
	t.Helper()
	t.Parallel()
	tg := telegramServer(t)
	c := newCrowdIn(t, tg, size, kind)
	if prepare != nil {
		prepare(c)
	}
	s := &scene{crowd: c, store: filepath.Join(t.TempDir(), "klaster.db")}
	c.seed.keep(s.store)
	s.program = c.watch(start(t, telegramSettings(tg, s.store)))
	c.shown()
	return s
}

// after stops the program and reads what it left.
func (s *scene) after() journal {
	s.t.Helper()
	s.handled()
	if code, took := s.program.stop(); code != 0 {
		s.t.Errorf("the program ended with %d after %s", code, took)
	}
	return readFrom(s.t, s.store, crowdID)
}

// again starts the program once more.
func (s *scene) again() {
	s.t.Helper()
	s.program = s.watch(start(s.t, telegramSettings(s.tg, s.store)))
}

// tap presses a button of any data and gives the toast.
func (s *scene) tap(message int, user int64, data string) telegramtest.Answer {
	s.t.Helper()
	return s.answer(s.tg.Tap(s.group, message, user, data))
}

func (s *scene) answer(callback string) telegramtest.Answer {
	s.t.Helper()
	var a telegramtest.Answer
	waitFor(s.t, s.tg, "the tap is answered", func(w *telegramtest.World) (ok bool) {
		a, ok = w.Answer(callback)
		return ok
	})
	return a
}

// shows waits for a message of the bot with all the words.
func (s *scene) shows(chat int64, words ...string) telegramtest.Message {
	s.t.Helper()
	var found telegramtest.Message
	waitFor(s.t, s.tg, strings.Join(words, ", "), func(w *telegramtest.World) bool {
		for _, m := range w.Messages(chat) {
			if m.FromMe && holdsAll(m.Text, words) {
				found = m
				return true
			}
		}
		return false
	})
	return found
}

// link is the start parameter of the button that leads into the private chat.
func (s *scene) link(m telegramtest.Message) string {
	s.t.Helper()
	for _, row := range m.Buttons {
		for _, b := range row {
			if _, token, ok := strings.Cut(b.URL, "?start="); ok {
				return token
			}
		}
	}
	s.t.Fatalf("no button of %q leads into the private chat: %v", m.Text, m.Buttons)
	return ""
}

func (j journal) count(kind string) int {
	n := 0
	for _, c := range j.commits {
		for _, e := range c.Events {
			if e.EventType() == kind {
				n++
			}
		}
	}
	return n
}

func TestEdge02SameUpdateTwice(t *testing.T) {
	s := scenery(t, 6, telegramtest.AsSupergroup(), nil)
	user := s.users[0]
	s.tg.Start(user, "")
	update := s.tg.SendText(user, user, "/sikap 1 setuju")
	s.shows(user, "Tercatat", "PT Anggota 0000")
	s.handled()
	s.tg.Redeliver(update)
	s.handled()
	if code, _ := s.program.stop(); code != 0 {
		t.Errorf("the program ended with %d", code)
	}
	s.tg.Redeliver(update)
	s.again()
	j := s.after()
	j.once(t)
	if n := j.count("vote_cast"); n != 1 {
		t.Errorf("one vote was recorded %d times", n)
	}
}

func TestEdge08AnonymousAdmin(t *testing.T) {
	s := scenery(t, 6, telegramtest.AsSupergroup(), nil)
	s.tg.Promote(s.group, s.users[0], telegramtest.Administrator)
	s.tg.Start(s.users[0], "")
	s.shows(s.users[0], "Klaster Rotan Cirebon")
	s.tg.SendText(s.group, s.users[0], "/isu Ongkos kirim mahal", telegramtest.AnonymousAdmin())
	asked := s.shows(s.group, "atas nama grup")
	// A stranger's press acts for the stranger: who is nobody here may not raise an issue.
	stranger := s.tg.AddUser(telegramtest.User{FirstName: "Orang", LastName: "Lain", Language: "id"})
	data := asked.Buttons[0][0].Data
	s.tap(asked.ID, s.users[0], data)
	echo := s.shows(s.group, "Mohon diperiksa isu ini", "Ongkos kirim mahal")
	s.tap(echo.ID, s.users[0], echo.Buttons[0][0].Data)
	s.shows(s.group, "tercatat: Ongkos kirim mahal")
	if again := s.tap(asked.ID, stranger, data); !strings.Contains(again.Text, "tidak berlaku") {
		t.Errorf("a spent button is answered with %q", again.Text)
	}
	for _, as := range []telegramtest.TextOption{
		telegramtest.AsChannel(-1009990001, "Kanal Rotan"), telegramtest.AsLinkedChannel(-1009990002, "Kabar Rotan"),
	} {
		s.tg.SendText(s.group, s.users[0], "/daftar PT Kanal", as)
	}
	j := s.after()
	if len(j.state.Issues) != 1 || j.state.Issues[0].By != personID(0) {
		t.Errorf("the issues are %+v, want one by %s", j.state.Issues, personID(0))
	}
	if n := len(j.state.Actors); n != 6 {
		t.Errorf("%d actors, want 6: a channel is none", n)
	}
}

func TestEdge10ForgedButtons(t *testing.T) {
	s := scenery(t, 6, telegramtest.AsSupergroup(), nil)
	s.handled()
	before := len(s.tg.Messages(s.group))
	for _, data := range []string{
		"x", ":", "v", "v:", "v:1", "v:1:1", "v:1:1:", "v:1:1:z", "v:1:9:a", "v:9:1:a", "v:1:1:a:A0003", "v:1:1:a:A0000:x",
		"v:99999999999999999999:1:a", "f:AAAA:ok", "f:AAAA:c:yes", "a:ok:A0000", "a:ok:", "a:rok:A0000:P0001", "p:1:close", "p:close:1",
		"s:open", "s:1:A0000:0:555", "~self:AAAAAAAAAAAAAAAAAAAAAAAAAA", "use:OTHER", "rd:1:A0000:2026-M10:0", "ind:stop:1",
		strings.Repeat("\xf0\x9f\x92\xa5", 16), "c:", "c:/", "\u202e", "v1:<b>:&", strings.Repeat("9", 64),
	} {
		a := s.tap(s.board, s.users[0], data)
		if a.Text == "" && data != "c:" && data != "c:/" {
			t.Errorf("%q is answered with nothing", data)
		}
		if n := utf8.RuneCountInString(a.Text); n > 200 {
			t.Errorf("%q is answered with %d characters", data, n)
		}
	}
	j := s.after()
	if n := len(j.commits) - len(s.seed.commits); n != 0 {
		t.Errorf("forged buttons made %d commits", n)
	}
	for _, m := range s.tg.Messages(s.group)[before:] {
		t.Logf("said in the group: %s", m.Text)
	}
}

func TestEdge12Outsider(t *testing.T) {
	s := scenery(t, 6, telegramtest.AsSupergroup(), nil)
	for lang, word := range map[string]string{"id": "aftar", "en": "egister"} {
		stranger := s.tg.AddUser(telegramtest.User{FirstName: "Orang", LastName: "Lain", Language: lang})
		for _, letter := range []string{"a", "b"} {
			a := s.tap(s.board, stranger, "v:1:1:"+letter)
			if n := utf8.RuneCountInString(a.Text); n > 200 {
				t.Errorf("the toast has %d characters", n)
			}
			if a.Text != "" && !strings.Contains(a.Text, word) {
				t.Errorf("a stranger who reads %s is told %q", lang, a.Text)
			}
			if a.Text == "" {
				if m := s.shows(s.group, word); len(m.Buttons) == 0 {
					t.Errorf("a stranger is told %q, without a way in", m.Text)
				}
			}
		}
	}
	if n := s.after().count("vote_cast"); n != 0 {
		t.Errorf("strangers cast %d votes", n)
	}
}

// moved fails unless the cluster is in the new chat, moved once, and goes on there.
func (s *scene) moved(to int64) {
	s.t.Helper()
	s.t.Logf("moved to %d", to)
	s.group = to
	s.board = 0
	s.shown()
	s.cast(0, 1, 2, 3)
	waitFor(s.t, s.tg, "the count on the new card", func(w *telegramtest.World) bool {
		text := w.Message(to, s.board).Text
		return strings.Contains(text, "4 dari 6") || strings.Contains(text, "5 dari 6")
	})
	j := s.after()
	if n := j.count("chat_moved"); n != 1 {
		s.t.Errorf("moved %d times", n)
	}
	if chats := j.state.Chats; len(chats) != 1 || chats[0].Ref != telegramChat(to) || chats[0].Suspended {
		s.t.Errorf("the cluster's chats are %+v", chats)
	}
}

func TestEdge16Upgraded(t *testing.T) {
	s := scenery(t, 6, telegramtest.WithMembers(), nil)
	to := s.tg.MigrateToSupergroup(s.group, s.boss, telegramtest.Silent)
	// The bot hears of it only when it next says something there.
	s.tg.Start(s.users[5], "")
	s.tg.SendText(s.users[5], s.users[5], "/sikap 1 setuju")
	s.shows(s.users[5], "Tercatat")
	s.moved(to)
}

func TestEdge17Moved(t *testing.T) {
	for name, order := range map[string]telegramtest.Migration{"old first": telegramtest.OldFirst, "new first": telegramtest.NewFirst} {
		t.Run(name, func(t *testing.T) {
			s := scenery(t, 6, telegramtest.WithMembers(), nil)
			to := s.tg.MigrateToSupergroup(s.group, s.boss, order)
			s.handled()
			last := s.tg.Start(s.users[5], "")
			s.tg.Redeliver(last - 1)
			s.tg.Redeliver(last - 2)
			s.handled()
			s.moved(to)
		})
	}
}

func TestEdge18Kicked(t *testing.T) {
	s := scenery(t, 6, telegramtest.AsSupergroup(), func(c *crowd) {
		c.seed.asksDaily(5)
		c.seed.people[personID(5)][0].private = strconv.FormatInt(c.users[5], 10)
		c.tg.Start(c.users[5], "")
	})
	s.shows(s.users[5], "Omzet anggota") // the slot that had passed
	s.tg.Kick(s.group, s.boss)
	s.handled()
	sends := func() int {
		n := 0
		for _, r := range s.tg.Requests() {
			if r.Params["chat_id"] == strconv.FormatInt(s.group, 10) && (r.Method == "sendMessage" || r.Method == "editMessageText") {
				n++
			}
		}
		return n
	}
	s.tg.SendText(s.users[5], s.users[5], "/kuorum 1") // the bot has had time to draw the consequences
	s.shows(s.users[5], "Usulan No. 1")
	before := sends()
	s.tg.SendText(s.users[5], s.users[5], "/sikap 1 setuju")
	s.shows(s.users[5], "Tercatat")
	s.tg.SendText(s.users[5], s.users[5], "/status") // a full round after the vote
	s.shows(s.users[5], "Klaster Rotan Cirebon")
	if n := sends() - before; n != 0 {
		t.Errorf("%d messages went to a group the bot was thrown out of", n)
	}
	s.tg.AddBot(s.group, s.boss)
	waitFor(t, s.tg, "the card with the count after the return", func(w *telegramtest.World) bool {
		for _, m := range w.Messages(s.group) {
			if m.FromMe && strings.Contains(m.Text, "1 dari 6") {
				return true
			}
		}
		return false
	})
	j := s.after()
	if j.count("chat_suspended") != 1 || j.count("chat_resumed") != 1 || j.count("vote_cast") != 1 {
		t.Errorf("suspended %d times, resumed %d times, %d votes", j.count("chat_suspended"), j.count("chat_resumed"), j.count("vote_cast"))
	}
}

func TestEdge22TopicDeleted(t *testing.T) {
	t.Parallel()
	tg := telegramServer(t)
	c := newCrowdIn(t, tg, 6, telegramtest.AsForum())
	topic := tg.AddTopic(c.group, "Klaster")
	home := telegramChat(c.group)
	home.Thread = strconv.Itoa(topic)
	// The cluster was founded in a topic.
	moved := newSeed(t, crowdID, time.Now().Add(-time.Hour), daylight(), home)
	for i := range 6 {
		moved.actor(actorID(i), "PT Anggota "+strconv.Itoa(i), domain.Group(i%6), personID(i))
	}
	moved.people = c.seed.people
	c.proposal = moved.propose("Gudang bersama dibangun di Plered")
	c.seed = moved
	s := &scene{crowd: c, store: filepath.Join(t.TempDir(), "klaster.db")}
	c.seed.keep(s.store)
	s.program = c.watch(start(t, telegramSettings(tg, s.store)))
	c.shown()
	if m := tg.Message(c.group, c.board); m.Thread != topic {
		t.Errorf("the card is in topic %d, want %d", m.Thread, topic)
	}
	tg.SendText(c.group, c.users[0], "/kuorum 1", telegramtest.InTopic(topic))
	waitFor(t, tg, "the answer in the topic", func(w *telegramtest.World) bool {
		for _, m := range w.Messages(c.group) {
			if m.FromMe && m.ReplyTo != 0 && m.Thread == topic {
				return true
			}
		}
		return false
	})
	c.cast(0)
	c.handled()
	tg.DeleteTopic(c.group, topic)
	c.cast(1, 2, 3)
	c.handled()
	waitFor(t, tg, "the card in the general topic", func(w *telegramtest.World) bool {
		for _, m := range w.Messages(c.group) {
			if m.FromMe && m.Thread == 0 && strings.Contains(m.Text, "4 dari 6") {
				return true
			}
		}
		return false
	})
	old := c.board
	c.shown() // the newest card, in the general topic
	if c.board == old {
		t.Error("the card did not move")
	}
	eventually(t, patience, "a vote by the card in the general topic", func() bool { // it is recorded a moment after it is shown
		return strings.Contains(s.tap(c.board, c.users[4], "v:1:1:a").Text, "Tercatat")
	})
	if n := s.after().count("vote_cast"); n != 5 {
		t.Errorf("%d votes, want 5", n)
	}
}

func TestEdge23TooManyRequests(t *testing.T) {
	s := scenery(t, 6, telegramtest.AsSupergroup(), nil)
	s.tg.Start(s.users[5], "")
	const pause = 6 // seconds
	s.tg.FailNext("editMessageText", telegramtest.Fault{Code: 429, RetryAfter: pause, Chat: s.group})
	s.cast(0)
	refusedAt := func() (at time.Time) {
		waitFor(t, s.tg, "an edit is refused", func(w *telegramtest.World) bool {
			for _, r := range w.Requests() {
				if r.Method == "editMessageText" {
					at = r.At
					return true
				}
			}
			return false
		})
		return at
	}()
	// The others go on meanwhile, and the votes do too.
	s.tg.SendText(s.users[5], s.users[5], "/kuorum 1")
	s.shows(s.users[5], "Usulan No. 1")
	for i := 1; i < 6; i++ {
		s.cast(i)
		s.handled()
	}
	waitFor(t, s.tg, "the newest count on the card", func(w *telegramtest.World) bool {
		return strings.Contains(w.Message(s.group, s.board).Text, "6 dari 6")
	})
	edits := 0
	for _, r := range s.tg.Requests() {
		if r.Method != "editMessageText" || r.Params["chat_id"] != strconv.FormatInt(s.group, 10) || !r.At.After(refusedAt) {
			continue
		}
		if edits++; r.At.Sub(refusedAt) < pause*time.Second {
			t.Errorf("an edit went out %s after the refusal", r.At.Sub(refusedAt))
		}
	}
	if edits != 1 {
		t.Errorf("%d edits after the pause, want one with the newest count", edits)
	}
	s.after()
}
