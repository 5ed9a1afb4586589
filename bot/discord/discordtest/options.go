package discordtest

import (
	"strings"
	"time"
)

// Option changes a server at its start.
type Option func(*settings)

type settings struct {
	token         string
	name          string
	privileged    Intent // those switched on in the developer portal
	cheap         bool
	heartbeat     time.Duration
	responseLimit time.Duration
	tokenLife     time.Duration
	concurrency   int
	starts        int // left of the day's session starts
	identifyPause time.Duration
	limits        Limits
	now           func() time.Time
	specsDir      string // "": KLASTER_SPECS, else ../shared/specs beside the repository
	ban           int
	mentions      bool // allowed_mentions with an empty parse is demanded
}

func defaultSettings() settings {
	return settings{
		token:         "MTAwMDAwMDAwMDAwMDAwMDAwMA.Gtest1." + strings.Repeat("a", 38),
		name:          "klaster",
		heartbeat:     41250 * time.Millisecond,
		responseLimit: 3 * time.Second,
		tokenLife:     15 * time.Minute,
		concurrency:   1,
		starts:        1000,
		now:           time.Now,
		ban:           10_000,
		mentions:      true,
	}
}

// WithToken sets the token that is accepted.
func WithToken(token string) Option { return func(s *settings) { s.token = token } }

// WithName sets the bot's user name.
func WithName(name string) Option { return func(s *settings) { s.name = name } }

// WithIntents switches privileged intents on, as the developer portal does; the gateway
// refuses them else (close code 4014).
func WithIntents(i Intent) Option { return func(s *settings) { s.privileged = i } }

// WithoutChecks is the cheap mode for benchmarks: requests are neither checked nor
// recorded, and old messages and interactions are forgotten. What the server needs to
// answer properly stays.
func WithoutChecks() Option { return func(s *settings) { s.cheap = true } }

// WithAnyMentions lets a bot send without switching the parsing of mentions off, for
// clients that are not ours. Otherwise that is a violation.
func WithAnyMentions() Option { return func(s *settings) { s.mentions = false } }

// WithHeartbeat sets the heartbeat interval that Hello tells, 41.25 s else.
func WithHeartbeat(d time.Duration) Option { return func(s *settings) { s.heartbeat = d } }

// WithResponseLimit sets how long a first response may take by the server's clock, 3 s
// else. ExpireResponse says of a single interaction that the time is over.
func WithResponseLimit(d time.Duration) Option { return func(s *settings) { s.responseLimit = d } }

// WithTokenLife sets how long an interaction's token is good by the server's clock, 15
// minutes else. ExpireToken says of a single one that the time is over.
func WithTokenLife(d time.Duration) Option { return func(s *settings) { s.tokenLife = d } }

// WithSessionStarts sets how many IDENTIFY are left today and how many are allowed at
// once (max_concurrency). With none left a bot must not identify; one that does so is a
// violation.
func WithSessionStarts(left, concurrency int) Option {
	return func(s *settings) { s.starts, s.concurrency = left, concurrency }
}

// WithIdentifyPause refuses (op 9) a second IDENTIFY of the same rate limit key within
// this time; Discord's is 5 s. Without the option there is no pause.
func WithIdentifyPause(d time.Duration) Option { return func(s *settings) { s.identifyPause = d } }

// WithLimits turns on the rate limits; see DefaultLimits.
func WithLimits(l Limits) Option { return func(s *settings) { s.limits = l } }

// WithBan sets the number of invalid requests (401, 403, 429) that brings the ban, a 429
// with an HTML page to everything; 10,000 else.
func WithBan(invalid int) Option { return func(s *settings) { s.ban = invalid } }

// WithClock replaces the clock of ids, dates, limits and expiries. It is called under
// the server's lock: it must not call back.
func WithClock(now func() time.Time) Option { return func(s *settings) { s.now = now } }

// WithSpecs reads the specifications from this folder instead of the usual place.
func WithSpecs(dir string) Option { return func(s *settings) { s.specsDir = dir } }
