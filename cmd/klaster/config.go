package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"klaster/bot"
	"klaster/bot/discord"
	"klaster/commands"
	"klaster/store/redisstore"
)

// Config is every setting and every sub-command.
type Config struct {
	Store         string `env:"KLASTER_STORE" default:"klaster.db" help:"Path of the embedded file, or a Redis URL (redis, rediss, redis-sentinel, redis-cluster)." placeholder:"PATH|URL"`
	HTTP          string `name:"http" env:"KLASTER_HTTP" default:"127.0.0.1:8080" help:"Address of the browser room, /healthz, /readyz and /metrics." placeholder:"HOST:PORT"`
	TelegramToken string `env:"KLASTER_TELEGRAM_TOKEN" help:"Connects Telegram; from @BotFather." placeholder:"TOKEN"`
	TelegramAPI   string `name:"telegram-api" env:"KLASTER_TELEGRAM_API" help:"Base URL of a Bot API server; empty: the official one." placeholder:"URL"`
	TelegramHook  string `name:"telegram-webhook" env:"KLASTER_TELEGRAM_WEBHOOK" help:"Public https address that leads to this program; updates come there instead of being polled." placeholder:"URL"`
	DiscordToken  string `env:"KLASTER_DISCORD_TOKEN" help:"Connects Discord; from the developer portal, under Bot." placeholder:"TOKEN"`
	DiscordAPI    string `name:"discord-api" env:"KLASTER_DISCORD_API" help:"Root of Discord's REST interface, without a version; empty: the official one." placeholder:"URL"`
	Lang          string `env:"KLASTER_LANG" default:"id" help:"Language until a person or cluster chooses one: id or en."`
	TZ            string `name:"tz" env:"KLASTER_TZ" default:"Asia/Jakarta" help:"Time zone until a cluster chooses one." placeholder:"ZONE"`
	Log           string `env:"KLASTER_LOG" default:"text" help:"text or json."`
	LogLevel      string `env:"KLASTER_LOG_LEVEL" default:"info" help:"debug, info, warn or error."`

	AcceptDataLoss bool `help:"Run on a store that forgets everything when it restarts."`

	Run     runCommand     `cmd:"" default:"1" help:"Run the bot (the default)."`
	Doctor  doctorCommand  `cmd:"" help:"Look at the settings and the store and say what is good and what is not."`
	Export  exportCommand  `cmd:"" help:"Write a cluster's journal as evidence that verify can prove."`
	Verify  verifyCommand  `cmd:"" help:"Prove an exported journal."`
	Replay  replayCommand  `cmd:"" help:"Print a cluster's history and its state, now or as it was."`
	Forget  forgetCommand  `cmd:"" help:"Remove a person everywhere."`
	Cards   cardsCommand   `cmd:"" help:"Print every card in every language, with sample data."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// usageError is a wrong setting or argument: one line, exit code 2.
type usageError struct{ text string }

func (e usageError) Error() string { return e.text }

// wrong names a setting, its value and what is accepted.
func wrong(setting, value, accepted string) error {
	return usageError{fmt.Sprintf("%s is %q; accepted: %s", setting, value, accepted)}
}

// check looks at every value before anything starts.
func (c *Config) check() error {
	switch {
	case c.Store == "":
		return wrong("KLASTER_STORE (--store)", c.Store, "a path, or redis://host:port/db")
	case strings.Contains(c.Store, "://") && !redisScheme(c.Store):
		scheme, _, _ := strings.Cut(c.Store, "://")
		return wrong("KLASTER_STORE (--store)", scheme+"://…", "a path, redis://, rediss://, redis-sentinel://, redis-cluster://")
	case !oneOf(c.Lang, commands.Languages()):
		return wrong("KLASTER_LANG (--lang)", c.Lang, strings.Join(commands.Languages(), ", "))
	case zone(c.TZ) == nil:
		return wrong("KLASTER_TZ (--tz)", c.TZ, "a zone of the IANA database, for example Asia/Jakarta, Asia/Makassar, Asia/Jayapura")
	case !oneOf(c.Log, []string{"text", "json"}):
		return wrong("KLASTER_LOG (--log)", c.Log, "text, json")
	case !oneOf(c.LogLevel, []string{"debug", "info", "warn", "error"}):
		return wrong("KLASTER_LOG_LEVEL (--log-level)", c.LogLevel, "debug, info, warn, error")
	}
	if scheme, _, ok := strings.Cut(c.Store, "://"); ok {
		if err := redisstore.CheckURL(c.Store); err != nil { // waiting for the store would not help
			return wrong("KLASTER_STORE (--store)", scheme+"://…", "redis://host:port/db; "+err.Error())
		}
	}
	if _, port, err := net.SplitHostPort(c.HTTP); err != nil || port == "" {
		return wrong("KLASTER_HTTP (--http)", c.HTTP, "host:port, for example 127.0.0.1:8080")
	}
	if c.TelegramAPI != "" {
		if u, err := url.Parse(c.TelegramAPI); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return wrong("KLASTER_TELEGRAM_API (--telegram-api)", c.TelegramAPI, "an http or https address")
		}
	}
	if c.TelegramHook != "" {
		if u, err := url.Parse(c.TelegramHook); err != nil || u.Scheme != "https" || u.Host == "" || len(u.Path) < 2 || u.RawQuery != "" || ownPath(u.Path) {
			return wrong("KLASTER_TELEGRAM_WEBHOOK (--telegram-webhook)", c.TelegramHook, "an https address with a path of its own, for example https://bot.example.org/telegram")
		}
		if c.TelegramToken == "" {
			return wrong("KLASTER_TELEGRAM_WEBHOOK (--telegram-webhook)", c.TelegramHook, "nothing while KLASTER_TELEGRAM_TOKEN is not set")
		}
	}
	if id, secret, ok := strings.Cut(c.TelegramToken, ":"); c.TelegramToken != "" && (!ok || len(secret) < 10 || strings.Trim(id, "0123456789") != "") {
		return wrong("KLASTER_TELEGRAM_TOKEN (--telegram-token)", "(hidden)", "digits, a colon and the secret, as @BotFather gives it")
	}
	if c.DiscordAPI != "" {
		if u, err := url.Parse(c.DiscordAPI); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return wrong("KLASTER_DISCORD_API (--discord-api)", c.DiscordAPI, "an http or https address")
		}
	}
	if c.DiscordToken != "" {
		if _, err := discord.New(discord.Options{Token: c.DiscordToken, API: c.DiscordAPI}); err != nil {
			return wrong("KLASTER_DISCORD_TOKEN (--discord-token)", "(hidden)", "three parts with points between them, as the developer portal gives it under Bot")
		}
	}
	return nil
}

func redisScheme(address string) bool {
	scheme, _, _ := strings.Cut(address, "://")
	return oneOf(scheme, []string{"redis", "rediss", "redis-sentinel", "rediss-sentinel", "redis-cluster", "rediss-cluster"})
}

func oneOf(word string, words []string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}

// zone looks a time zone up; nil for an unknown one. The machine's own zone is not a name anybody should store.
func zone(name string) *time.Location {
	if name == "" || name == "Local" {
		return nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return loc
}

// hide keeps the settings' secrets out of the log.
func (c *Config) hide(wall *bot.Redactor) {
	wall.Hide(c.TelegramToken)
	if _, secret, ok := strings.Cut(c.TelegramToken, ":"); ok {
		wall.Hide(secret)
	}
	wall.Hide(c.DiscordToken)
	if last := strings.LastIndexByte(c.DiscordToken, '.'); last >= 0 {
		wall.Hide(c.DiscordToken[last+1:])
	}
	if _, rest, ok := strings.Cut(c.Store, "://"); ok {
		if user, _, ok := strings.Cut(rest, "@"); ok {
			wall.Hide(user)
			if _, password, ok := strings.Cut(user, ":"); ok {
				wall.Hide(password)
			}
		}
	}
}

// logger writes to w as configured, behind the wall.
func (c *Config) logger(w io.Writer, wall *bot.Redactor) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // checked before
	opts := &slog.HandlerOptions{Level: level}
	var h slog.Handler = slog.NewTextHandler(w, opts)
	if c.Log == "json" {
		h = slog.NewJSONHandler(w, opts)
	}
	return slog.New(wall.Wrap(h))
}

// Main is the program as tests run it.
type Main struct {
	Args           []string
	Stdout, Stderr io.Writer
	// Listening is told the address of the HTTP server once it accepts; nil: nobody.
	Listening func(addr net.Addr)
}

// command is a sub-command. Its error ends the program: usageError with 2, any other with 1.
type command interface {
	run(ctx context.Context, m *Main, c *Config) error
}

// Run runs the program to its end and returns the exit code.
func (m *Main) Run(ctx context.Context) int {
	var c Config
	helped := false
	parser, err := kong.New(&c, kong.Name("klaster"),
		kong.Description("A chat bot with which the stakeholders of an industrial cluster decide together."),
		kong.Writers(m.Stdout, m.Stderr), kong.Exit(func(int) { helped = true }))
	if err != nil {
		return m.fail(err)
	}
	parsed, err := parser.Parse(m.Args)
	if helped {
		return 0
	}
	if err != nil {
		return m.fail(usageError{err.Error()})
	}
	if err := c.check(); err != nil {
		return m.fail(err)
	}
	chosen, ok := parsed.Selected().Target.Addr().Interface().(command)
	if !ok {
		return m.fail(fmt.Errorf("command %s does nothing", parsed.Command()))
	}
	if err := chosen.run(ctx, m, &c); err != nil {
		return m.fail(err)
	}
	return 0
}

func (m *Main) fail(err error) int {
	fmt.Fprintln(m.Stderr, "klaster: "+strings.ReplaceAll(err.Error(), "\n", "; "))
	if _, ok := err.(usageError); ok { //nolint:errorlint // never wrapped
		return 2
	}
	return 1
}
