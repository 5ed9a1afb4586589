package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"klaster/bot/discord/discordtest"
)

const discordSecret = "canary-canary_canary0123456789abcdefgh"

// tokenOf is a Discord token of an application.
func tokenOf(application string) string {
	return base64.RawStdEncoding.EncodeToString([]byte(application)) + ".Gtest1." + discordSecret
}

// Discord runs beside the browser room in one process.
func TestServesDiscord(t *testing.T) {
	const application = "100000000000000000"
	fake := discordtest.Start(t, discordtest.WithToken(tokenOf(application)))
	ani := fake.AddUser(discordtest.User{Name: "Ani", Locale: "id"})
	guild := fake.AddGuild("Rotan", discordtest.WithManagers(ani))
	channel := fake.AddChannel(guild, "klaster")
	r := serve(t, "--discord-token="+fake.Token(), "--discord-api="+fake.URL()+"/api")
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	if err := fake.WaitFor(ctx, func(w *discordtest.World) bool { return w.Gateway().Connected == 1 && len(w.Commands("")) > 0 }); err != nil {
		t.Fatal(err)
	}
	id, err := fake.Slash(channel, ani, "help")
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := fake.WaitSettled(ctx, id); err != nil || !strings.Contains(answer.Message.Text(), "/mulai") {
		t.Errorf("answered with %+v, %v", answer, err)
	}
	if code, body := r.get(t, "/readyz"); code != 200 || !strings.Contains(body, `"discord":{"held":true,"state":"up"}`) {
		t.Errorf("readyz: %d %s", code, body)
	}
	if code, _ := r.get(t, "/"); code != 200 {
		t.Errorf("the room answers %d", code)
	}
	r.stop(t)
	if strings.Contains(r.log.String(), discordSecret) {
		t.Error("the token is in the log")
	}
}

// A platform that refuses us is down, is seen to be, and stops nothing else.
func TestDiscordDown(t *testing.T) {
	fake := discordtest.Start(t, discordtest.WithToken(tokenOf("100000000000000000")))
	r := serve(t, "--discord-token="+tokenOf("200000000000000000"), "--discord-api="+fake.URL()+"/api", "--telegram-token=123456:canary-canary-canary", "--telegram-api=http://127.0.0.1:1")
	var ready readiness
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	// The second try follows the log's line.
	if err := fake.WaitFor(ctx, func(w *discordtest.World) bool { return w.Calls(discordtest.RouteGatewayBot) >= 2 }); err != nil {
		t.Fatal(err)
	}
	code, body := r.get(t, "/readyz")
	if err := json.Unmarshal([]byte(body), &ready); err != nil || code != 503 || ready.Platforms["discord"].State != "down" || ready.Platforms["telegram"].State != "down" || ready.Platforms["web"].State != "up" {
		t.Errorf("readyz: %d %s", code, body)
	}
	if _, body := r.get(t, "/metrics"); !strings.Contains(body, `klaster_platform_up{platform="discord"} 0`) || !strings.Contains(body, `klaster_platform_up{platform="web"} 1`) {
		t.Error("the metrics do not show it")
	}
	if code, _ := r.get(t, "/"); code != 200 {
		t.Errorf("the room answers %d", code)
	}
	r.stop(t)
	if log := r.log.String(); strings.Contains(log, discordSecret) || !strings.Contains(log, "platform down") {
		t.Errorf("the log: %s", log)
	}
}
