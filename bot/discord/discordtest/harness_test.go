package discordtest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// within10s bounds a wait, so that a defect fails instead of hanging.
func within10s(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// newSession makes a plain discordgo session at the fake, not opened.
func newSession(t *testing.T, s *Server) *discordgo.Session {
	t.Helper()
	d, err := discordgo.New("Bot " + s.Token())
	if err != nil {
		t.Fatal(err)
	}
	tr := &http.Transport{}
	t.Cleanup(tr.CloseIdleConnections)
	d.Client = &http.Client{Transport: s.Transport(tr)}
	d.Identify.Intents = discordgo.IntentsGuilds
	d.SyncEvents = true
	d.ShouldReconnectOnError = false
	d.LogLevel = -1
	// What discordgo cannot decode it hands on half empty: the fake must not send such things.
	d.AddHandler(func(_ *discordgo.Session, e *discordgo.Event) {
		if e.Struct == nil {
			return
		}
		if err := json.Unmarshal(e.RawData, reflect.New(reflect.TypeOf(e.Struct).Elem()).Interface()); err != nil {
			t.Errorf("discordgo cannot read %s: %v\n%s", e.Type, err, e.RawData)
		}
	})
	return d
}

// opened is a connected session that hands its interactions to a function.
func opened(t *testing.T, s *Server, handle func(*discordgo.Session, *discordgo.InteractionCreate)) *discordgo.Session {
	t.Helper()
	d := newSession(t, s)
	var working sync.WaitGroup
	if handle != nil {
		d.AddHandler(func(d *discordgo.Session, i *discordgo.InteractionCreate) {
			working.Go(func() { handle(d, i) })
		})
	}
	if err := d.Open(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = d.Close()
		working.Wait()
	})
	if err := s.WaitConnected(within10s(t), 1); err != nil {
		t.Fatal(err)
	}
	return d
}

// place is a small guild: an owner, a manager, a member and a channel.
type place struct {
	guild, channel   string
	ann, budi, citra string
}

func somewhere(s *Server) place {
	var p place
	p.ann = s.AddUser(User{Name: "Ann"})
	p.budi = s.AddUser(User{Name: "Budi", Locale: "id"})
	p.citra = s.AddUser(User{Name: "Citra", Locale: "id"})
	p.guild = s.AddGuild("Rotan", WithOwner(p.ann), WithManagers(p.budi), WithMembers(p.citra))
	p.channel = s.AddChannel(p.guild, "umum")
	return p
}

func quiet() *discordgo.MessageAllowedMentions {
	return &discordgo.MessageAllowedMentions{Parse: []discordgo.AllowedMentionType{}}
}

// must stops the test at an error that should not be.
func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// code is the JSON error code of a refused request, with its status.
func code(err error) string {
	var e *discordgo.RESTError
	if !errors.As(err, &e) {
		return fmt.Sprint(err)
	}
	if e.Message == nil {
		return fmt.Sprint(e.Response.StatusCode)
	}
	return fmt.Sprint(e.Response.StatusCode, " ", e.Message.Code)
}
