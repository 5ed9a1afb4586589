package e2e_test

import (
	"context"
	"maps"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"klaster/bot/discord/discordtest"
	"klaster/bot/telegram/telegramtest"
	"klaster/domain"
)

var oneTimeCode = regexp.MustCompile(`[A-Z2-7]{26}`)

// TestOneClusterInFourPlaces founds a cluster in a Telegram group and connects a second one, a Discord channel and the
// browser room with one-time codes. One proposal is shown in all four; positions come from all of them, from one person
// with two accounts, too; each organisation counts once, and the result is told everywhere.
func TestOneClusterInFourPlaces(t *testing.T) {
	t.Parallel()
	store := filepath.Join(t.TempDir(), "klaster.db")
	tg, dc := telegramServer(t), discordServer(t)
	const onFirst, onSecond, onDiscord, onWeb = 0, 1, 2, 3
	c := newCrowd(t, tg, 2)
	tg.Start(c.boss, "")
	tg.Start(c.users[onFirst], "")

	second := tg.AddGroup("Rotan Plered", telegramtest.AsSupergroup(), telegramtest.WithAdmins(c.users[onSecond]))
	guild := dc.AddGuild("Rotan")
	channel := dc.AddChannel(guild, "klaster")
	manager := dc.AddUser(discordtest.User{Name: "Wakil2 Hadikusumo", Locale: "id"})
	double := dc.AddUser(discordtest.User{Name: "Wakil0 Hadikusumo", Locale: "id"})
	dc.Join(guild, manager)
	dc.Join(guild, double)
	dc.SetPermissions(guild, manager, discordtest.ManageGuild)
	const webName = "Wakil3 Hadikusumo"
	for i, name := range map[int]string{onDiscord: "PT Anggota 0002", onWeb: "PT Anggota 0003"} {
		c.seed.actor(actorID(i), name, domain.Group(i), personID(i))
	}
	c.seed.onDiscord(personID(onDiscord), manager, "Wakil2 Hadikusumo")
	c.seed.onWeb(personID(onWeb), room, webName)
	const title = "Gudang bersama kedua dibangun di Plumbon"
	c.seed.propose(title) // No. 2; those who have registered since have a say in this one
	c.seed.keep(store)

	with := telegramSettings(tg, store)
	maps.Copy(with, discordSettings(dc, store))
	p := c.watch(start(t, with))

	for _, user := range []int64{c.boss, c.users[onFirst]} { // their private chats are open
		telegramShows(t, tg, user, "")
	}

	// The same code works once: there is one for every place.
	codes := 0
	code := func(from int64, command string) string {
		tg.SendText(c.group, c.boss, command)
		var found []string
		waitFor(t, tg, "a code", func(w *telegramtest.World) bool {
			found = nil
			for _, m := range w.Messages(from) {
				if one := oneTimeCode.FindString(m.Text); one != "" && m.FromMe {
					found = append(found, one)
				}
			}
			return len(found) > codes
		})
		codes++
		return found[len(found)-1]
	}
	tg.SendText(second, c.users[onSecond], "/sambungkan "+code(c.boss, "/sambungkan kode"))
	telegramShows(t, tg, second, title)
	discordShows := func(who, text string) {
		t.Helper()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		if err := dc.WaitFor(ctx, func(w *discordtest.World) bool {
			for _, m := range w.Messages(channel, who) {
				if strings.Contains(m.Text(), text) {
					return true
				}
			}
			return false
		}); err != nil {
			t.Fatalf("Discord never shows %q: %v", text, err)
		}
	}
	connect := func(who, code string) {
		t.Helper()
		eventually(t, patience, "the commands of Discord are there", func() bool { return len(dc.Commands("")) > 0 })
		if _, err := dc.Slash(channel, who, "connect", discordtest.Opt{Name: "code", Value: code}); err != nil {
			t.Fatal(err)
		}
	}
	connect(manager, code(c.boss, "/sambungkan kode"))
	discordShows("", title)
	tab := p.open(webName)
	if status, body := tab.say(uuid(), "/sambungkan "+code(c.boss, "/sambungkan kode")); status != http.StatusOK {
		t.Fatalf("the browser room answers %d %s", status, body)
	}

	// One person, two accounts: the code is told to the first and said by the second.
	tg.SendText(c.users[onFirst], c.users[onFirst], "/sambungkan saya")
	var link string
	waitFor(t, tg, "a code for the account", func(w *telegramtest.World) bool {
		link = oneTimeCode.FindString(w.Last(c.users[onFirst]).Text)
		return link != ""
	})
	connect(double, link)
	discordShows(double, "milik Bapak/Ibu sendiri")
	if _, err := dc.PressButton(channel, double, "Ya, sambungkan"); err != nil {
		t.Fatal(err)
	}
	discordShows(double, "satu orang")

	// Everybody is heard, wherever they are; the newest position of an organisation counts.
	tapTelegram := func(chat int64, i int) {
		t.Helper()
		board := telegramShows(t, tg, chat, title)
		tg.Tap(chat, board.ID, c.users[i], buttonData(t, board, "Abstain"))
	}
	tapTelegram(c.group, onFirst)
	tapTelegram(second, onSecond)
	for _, who := range []string{double, manager} {
		if _, err := dc.PressButton(channel, who, "Setuju"); err != nil {
			t.Fatal(err)
		}
	}
	if status, body := tab.tap(uuid(), "v:2:1:a"); status != http.StatusOK {
		t.Fatalf("the browser room answers %d %s", status, body)
	}
	const all = "Sikap masuk: 4 dari 4"
	telegramShows(t, tg, c.group, all)
	telegramShows(t, tg, second, all)
	discordShows("", all)
	telegramShows(t, tg, second, "Setuju 3 - Abstain 1")

	tg.SendText(c.boss, c.boss, "/keputusan 2 tutup")
	telegramShows(t, tg, c.boss, "akan ditutup sekarang")
	if _, err := tg.TapButton(c.boss, c.boss, "Ya, tutup sekarang"); err != nil {
		t.Fatal(err)
	}
	const result = "Rincian: /keputusan 2"
	telegramShows(t, tg, c.group, result)
	telegramShows(t, tg, second, result)
	discordShows("", result)
	tab.reads("Mufakat, 1 abstain")
	if code, _ := p.stop(); code != 0 {
		t.Errorf("the program ended with %d", code)
	}

	s := openStore(t, store)
	defer func() { _ = s.Close() }()
	j := read(t, s, crowdID)
	j.once(t)
	if n := len(j.state.Chats); n != 4 {
		t.Errorf("the cluster speaks in %d chats", n)
	}
	count := j.state.Proposals[1].Now().Count
	if count.Agree != 3 || count.Abstain != 1 || count.Electorate != 4 {
		t.Errorf("counted %+v", count)
	}
	person, err := s.PersonByID(t.Context(), personID(onFirst))
	if err != nil || len(person.Accounts) != 2 {
		t.Errorf("the person has the accounts %v (%v)", person.Accounts, err)
	}
}

// telegramShows waits for a message of the bot with the text and gives the newest.
func telegramShows(t *testing.T, tg *telegramtest.Server, chat int64, text string) (found telegramtest.Message) {
	t.Helper()
	waitFor(t, tg, "in chat "+strconv.FormatInt(chat, 10)+": "+text, func(w *telegramtest.World) bool {
		for _, m := range w.Messages(chat) {
			if m.FromMe && !m.Deleted && strings.Contains(m.Text, text) {
				found = m
			}
		}
		return found.ID != 0
	})
	return found
}

// buttonData is what a button of a message carries.
func buttonData(t *testing.T, m telegramtest.Message, label string) string {
	t.Helper()
	for _, b := range slices.Concat(m.Buttons...) {
		if b.Text == label {
			return b.Data
		}
	}
	t.Fatalf("no button %q on %+v", label, m)
	return ""
}
