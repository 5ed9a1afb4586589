package telegramtest

import (
	"strconv"
	"strings"
	"time"
)

// Option changes a server at its start.
type Option func(*settings)

type settings struct {
	token    string
	username string
	privacy  bool
	cheap    bool
	delay    time.Duration
	limits   Limits
	now      func() time.Time
	specsDir string // "": KLASTER_SPECS, else ../shared/specs beside the repository
}

func defaultSettings() settings {
	return settings{
		token:    strconv.FormatInt(BotID, 10) + ":" + strings.Repeat("A", 35),
		username: "klaster_test_bot",
		privacy:  true,
		now:      time.Now,
	}
}

// WithToken sets the token that is accepted.
func WithToken(token string) Option { return func(s *settings) { s.token = token } }

// WithUsername sets the bot's user name, without @.
func WithUsername(name string) Option { return func(s *settings) { s.username = name } }

// WithoutPrivacy turns privacy mode off: the bot sees plain chatter in groups.
func WithoutPrivacy() Option { return func(s *settings) { s.privacy = false } }

// WithoutChecks is the cheap mode for benchmarks: requests are neither checked nor
// recorded (Requests stays empty, Violations too). What the server needs to answer
// properly, HTML parsing included, stays.
func WithoutChecks() Option { return func(s *settings) { s.cheap = true } }

// WithDelay makes every answer this late, as a network would.
func WithDelay(d time.Duration) Option { return func(s *settings) { s.delay = d } }

// WithLimits turns on the rate limits; see DefaultLimits.
func WithLimits(l Limits) Option { return func(s *settings) { s.limits = l } }

// WithClock replaces the clock of message dates and rate limits. Long polls and
// latencies use real time. It is called under the server's lock: it must not call back.
func WithClock(now func() time.Time) Option { return func(s *settings) { s.now = now } }

// WithSpecs reads the specification from this folder instead of the usual place.
func WithSpecs(dir string) Option { return func(s *settings) { s.specsDir = dir } }

// SetDelay changes the delay of answers from now on.
func (s *Server) SetDelay(d time.Duration) {
	s.lock()
	defer s.unlock()
	s.delay = d
}
