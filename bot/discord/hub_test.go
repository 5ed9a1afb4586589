package discord

import (
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"klaster/bot"
	"klaster/bot/discord/discordtest"
	"klaster/commands"
	"klaster/domain"
	"klaster/store"
	"klaster/store/boltstore"
	"klaster/store/storetest"
)

// hubbed is a theatre whose bot is run by a real hub on a real store.
type hubbed struct {
	*theatre
	hub   *bot.Hub
	store store.Store
}

func zone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

// newHubbed starts a hub; wrap may put something between it and the store.
func newHubbed(t *testing.T, change func(*Options), wrap func(store.Store) store.Store, opts ...discordtest.Option) *hubbed {
	t.Helper()
	s := &hubbed{theatre: newTheatre(t, func(o *Options) {
		o.Pause = nil
		if change != nil {
			change(o)
		}
	}, opts...)}
	disk, err := boltstore.Open(filepath.Join(t.TempDir(), "klaster.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = disk.Close() })
	s.store = disk
	if wrap != nil {
		s.store = wrap(disk)
	}
	s.run()
	t.Cleanup(func() { s.hub.Stop() })
	return s
}

// run starts a hub with the theatre's bot, and waits until commands can be used.
func (s *hubbed) run() {
	s.t.Helper()
	talk, err := commands.New(zone)
	if err != nil {
		s.t.Fatal(err)
	}
	s.hub, err = bot.NewHub(bot.Config{
		Store: s.store, Talk: talk.At("Asia/Jakarta"), Connectors: []bot.Connector{s.bot}, Owner: "test", Zones: zone, Lang: "id",
		Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.hub.Start(s.t.Context()); err != nil {
		s.t.Fatal(err)
	}
	s.until(func(w *discordtest.World) bool { return w.Gateway().Connected == 1 && len(w.Commands("")) > 0 })
}

// did takes an interaction for granted and waits for its answer.
func (s *hubbed) did(id string, err error) discordtest.Response {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
	return s.settled(id)
}

// opened is the window that a button opens.
func (s *hubbed) opened(user, label string) string {
	s.t.Helper()
	id, err := s.PressButton(s.channel, user, label)
	if err != nil {
		s.t.Fatal(err)
	}
	if r := s.settled(id); r.Type != 9 {
		s.t.Fatalf("%s opened %+v", label, r)
	}
	return id
}

// founding leads Ani to the last question of a founding.
func (s *hubbed) founding() {
	s.t.Helper()
	s.did(s.Slash(s.channel, s.ani, "start"))
	form := s.opened(s.ani, "Isi jawaban")
	s.did(s.Submit(form, map[string]string{"name": "Klaster Rotan", "core": "mebel rotan", "region": "Cirebon"}))
	s.did(s.PressButton(s.channel, s.ani, "Bahasa Indonesia"))
	s.did(s.PressButton(s.channel, s.ani, "WIB (Jakarta)"))
}

func (s *hubbed) found() {
	s.t.Helper()
	s.founding()
	if r := s.did(s.PressButton(s.channel, s.ani, "Benar, dirikan")); r.Type != 7 {
		s.t.Fatalf("founded with %+v", r)
	}
}

// restart is another process on the same store.
func (s *hubbed) restart() {
	s.t.Helper()
	s.hub.Stop()
	fresh, err := New(Options{Token: testToken, API: s.URL() + "/api", Now: s.clock.now, Defer: s.bot.acks, Log: s.bot.log})
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(fresh.rest.transport.CloseIdleConnections)
	s.bot.rest.transport.CloseIdleConnections()
	s.bot = fresh
	s.run()
}

func (s *hubbed) cluster() domain.ClusterID {
	s.t.Helper()
	id, err := s.store.ClusterOf(s.t.Context(), ref(s.channel))
	if err != nil {
		s.t.Fatal(err)
	}
	return id
}

// Case 39: the same person presses two buttons at once, and the process ends between. One counts, the other is answered,
// too, before and after the restart.
func TestEdge39TwoAtOnce(t *testing.T) {
	t.Parallel()
	s := newHubbed(t, nil, nil)
	s.founding()
	m := s.Last(s.channel, s.ani)
	var yes, no string
	for _, row := range m.Buttons {
		for _, b := range row {
			switch b.Label {
			case "Benar, dirikan":
				yes = b.CustomID
			case "Batal":
				no = b.CustomID
			}
		}
	}
	first, err := s.Press(s.channel, m.ID, s.ani, yes)
	if err != nil {
		t.Fatal(err)
	}
	for _, button := range []string{yes, no} {
		id, err := s.Press(s.channel, m.ID, s.ani, button)
		if err != nil {
			t.Fatal(err)
		}
		if r := s.responded(id); r.Type == 7 && strings.Contains(s.Message(s.channel, m.ID).Content, "Batal") {
			t.Errorf("the second press was taken: %+v", r)
		}
	}
	if r := s.settled(first); r.Type != 7 && r.Type != 6 {
		t.Errorf("the first press was answered with %+v", r)
	}
	cluster := s.cluster()
	s.restart()
	id, err := s.Press(s.channel, m.ID, s.ani, yes)
	if err != nil {
		t.Fatal(err)
	}
	if r := s.settled(id); r.Type != 4 || !r.Message.Ephemeral || r.Message.Content == "" {
		t.Errorf("the old button was answered with %+v", r)
	}
	if again := s.cluster(); again != cluster {
		t.Errorf("another cluster: %s and %s", cluster, again)
	}
}

// Case 40: the store is down while people act. Each is told in time to try again, beside the channel; when it is back,
// everything works, and nothing has been done twice.
func TestEdge40StoreDown(t *testing.T) {
	t.Parallel()
	var fault *storetest.Fault
	s := newHubbed(t, nil, func(disk store.Store) store.Store {
		fault = storetest.Faulty(disk)
		return fault
	})
	s.found()
	fault.Down(true)
	began := time.Now()
	ids := []string{}
	for range 3 {
		id, err := s.Slash(s.channel, s.budi, "issue", discordtest.Opt{Name: "issue", Value: "Bahan baku langka"})
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	for _, id := range ids {
		r := s.settled(id)
		if r.Message.Content == "" {
			t.Errorf("answered with %+v", r)
		}
		if !r.Message.Ephemeral {
			t.Errorf("others see that the store is down: %+v", r)
		}
	}
	if d := time.Since(began); d > 10*time.Second {
		t.Errorf("told after %s", d)
	}
	// It stays away for longer than the lease is trusted. Receiving goes on, and so does telling.
	s.log.holds(t, "the store is silent")
	began = time.Now()
	if r := s.did(s.Slash(s.channel, s.budi, "issue", discordtest.Opt{Name: "issue", Value: "Bahan baku langka"})); !strings.Contains(r.Message.Content, "data store is disturbed") {
		t.Errorf("after the lease has run out, answered with %+v", r)
	}
	if d := time.Since(began); d > 3*time.Second {
		t.Errorf("told after %s", d)
	}
	if n := s.Gateway().Identifies; n != 1 {
		t.Errorf("%d sessions were begun", n)
	}
	fault.Down(false)
	s.log.holds(t, "lease kept")
	s.did(s.Slash(s.channel, s.budi, "join", discordtest.Opt{Name: "organisation", Value: "PT Rotan Jaya"}))
	if err := s.hub.View(t.Context(), s.cluster(), func(c *domain.State) {
		if len(c.Issues) != 0 {
			t.Errorf("%d issues of inputs that were said to have failed", len(c.Issues))
		}
	}); err != nil {
		t.Error(err)
	}
}

// Case 31: a slow store is waited for with "thinking", seen within a second; within three the person hears why, and the
// answer comes when it can.
func TestEdge31SlowStoreUnderHub(t *testing.T) {
	t.Parallel()
	var fault *storetest.Fault
	s := newHubbed(t, func(o *Options) { o.Defer = 0 }, func(disk store.Store) store.Store {
		fault = storetest.Faulty(disk)
		return fault
	})
	s.found()
	fault.Block()
	began := time.Now()
	id, err := s.Slash(s.channel, s.budi, "status")
	if err != nil {
		t.Fatal(err)
	}
	if r := s.responded(id); r.Type != 5 || !r.Message.Loading {
		t.Errorf("deferred with %+v", r)
	}
	if d := time.Since(began); d > time.Second {
		t.Errorf("deferred after %s", d)
	}
	if r := s.settled(id); !r.Message.Ephemeral || !strings.Contains(r.Message.Content, "data store is slow") {
		t.Errorf("while the store is slow, answered with %+v", r)
	}
	if d := time.Since(began); d > 3*time.Second {
		t.Errorf("told after %s", d)
	}
	fault.Resume()
	s.until(func(w *discordtest.World) bool {
		for _, m := range append(w.Messages(s.channel, s.budi), w.Response(id).Message) {
			if strings.Contains(m.Text(), "1.1") && !m.Loading {
				return true
			}
		}
		return false
	})
}

// Who takes no private messages is asked in the channel instead, and not tried again and again.
func TestCardForClosedPrivateChat(t *testing.T) {
	t.Parallel()
	s := newHubbed(t, nil, nil)
	s.DenyDMs(s.ani, true)
	s.found()
	s.did(s.Slash(s.channel, s.budi, "join", discordtest.Opt{Name: "organisation", Value: "PT Rotan Jaya"}))
	s.did(s.ChooseOptions(s.channel, s.budi, "Core industry"))
	s.did(s.PressButton(s.channel, s.budi, "Skip"))
	s.did(s.PressButton(s.channel, s.budi, "Skip"))
	s.did(s.PressButton(s.channel, s.budi, "Yes, register it"))
	s.until(func(w *discordtest.World) bool {
		labels := []string{}
		for _, m := range w.Messages(s.channel, "") {
			labels = append(labels, m.Labels()...)
		}
		return strings.Contains(strings.Join(labels, " "), "Setujui")
	})
	if r := s.did(s.PressButton(s.channel, s.ani, "Setujui")); r.Message.Text() == "" {
		t.Errorf("approved with %+v", r)
	}
	if n := s.Calls(discordtest.RouteCreateDM); n > 2 {
		t.Errorf("%d private chats opened", n)
	}
	if n := len(s.DMs(s.ani)); n != 0 {
		t.Errorf("%d private messages", n)
	}
}

// A channel that was closed to the bot is written in again once somebody speaks there and the rights are back, even after
// a restart in between.
func TestRightsBackAfterRestart(t *testing.T) {
	t.Parallel()
	s := newHubbed(t, nil, nil)
	s.found()
	s.Forbid(s.channel, discordtest.SendMessages)
	s.did(s.Slash(s.channel, s.budi, "join", discordtest.Opt{Name: "organisation", Value: "PT Rotan Jaya"}))
	s.did(s.ChooseOptions(s.channel, s.budi, "Core industry"))
	s.did(s.PressButton(s.channel, s.budi, "Skip"))
	s.did(s.PressButton(s.channel, s.budi, "Skip"))
	s.did(s.PressButton(s.channel, s.budi, "Yes, register it"))
	s.until(func(w *discordtest.World) bool {
		return slices.ContainsFunc(w.Requests(), func(r discordtest.Request) bool {
			return r.Route == discordtest.RouteCreateMessage && r.Status == 403
		})
	})
	s.restart()
	refused := s.InvalidRequests()
	s.did(s.Slash(s.channel, s.budi, "status"))
	if n := s.InvalidRequests() - refused; n != 0 {
		t.Errorf("%d requests more were refused", n)
	}
	s.Permit(s.channel, discordtest.SendMessages)
	s.did(s.Slash(s.channel, s.budi, "status"))
	s.until(func(w *discordtest.World) bool {
		return slices.ContainsFunc(w.Messages(s.channel, ""), func(m discordtest.Message) bool { return slices.Contains(m.Labels(), "Setujui") })
	})
}

// In a private chat the suggestions are of the cluster of who types.
func TestSuggestionsInPrivate(t *testing.T) {
	t.Parallel()
	s := newHubbed(t, nil, nil)
	s.found()
	for user, want := range map[string]bool{s.ani: true, s.budi: false} { // Budi is in no cluster
		id, err := s.Autocomplete(s.DM(user), user, "done", "step", discordtest.Opt{Name: "step", Value: "1."})
		if err != nil {
			t.Fatal(err)
		}
		if r := s.responded(id); r.Type != 8 || len(r.Choices) > 0 != want {
			t.Errorf("suggested %+v", r)
		}
	}
}
