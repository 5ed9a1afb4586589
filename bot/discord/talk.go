package discord

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"github.com/bwmarrin/discordgo"

	"klaster/domain"
)

const (
	// lateDefer is the last moment for an acknowledgement: the first response must be there within three seconds.
	lateDefer = 2400 * time.Millisecond
	firstLife = 3 * time.Second
	// talkLife is how long an interaction can be answered: Discord takes its token for 15 minutes.
	talkLife = 14*time.Minute + 30*time.Second
	maxTalks = 10_000
	// callbackLimit bounds one try of a first response: after an acknowledgement that hangs there is time for another.
	callbackLimit = time.Second
)

// stage is how far the answering of an interaction has come.
type stage uint8

const (
	waiting  stage = iota // nothing has been said yet
	thinking              // a deferred answer stands there, seen by the sender only
	noted                 // acknowledged without anything to be seen; "@original" is the message tapped
	answered              // there is an answer; what follows are follow-ups
	over                  // nothing can be said any more
)

// talk is one interaction as long as it can be answered.
type talk struct {
	app       string
	id, token string
	kind      discordgo.InteractionType
	message   string // that holds the component used, if any
	hidden    bool   // that message is seen by the sender only
	direct    bool   // in the private chat
	chat      domain.ChatRef
	aside     domain.ChatRef
	at        time.Time

	// mu keeps the order of answers: it is held during the calls.
	mu    sync.Mutex
	stage stage
	holds bool                              // "@original" is the message tapped, whatever has been said since
	tried discordgo.InteractionResponseType // a first response that may have got through without our knowing
	timer *time.Timer
}

// talks holds the interactions of the last quarter of an hour, at most maxTalks.
type talks struct {
	mu    sync.Mutex
	of    map[string]*talk
	queue []*talk // oldest first
}

// add is false for an interaction that is there already: after a resume, events may come twice.
func (s *talks) add(t *talk) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of[t.id] != nil {
		return false
	}
	drop := 0
	for drop < len(s.queue) && (len(s.queue)-drop >= maxTalks || t.at.Sub(s.queue[drop].at) > talkLife) {
		delete(s.of, s.queue[drop].id)
		s.queue[drop] = nil
		drop++
	}
	s.queue = append(s.queue[drop:], t)
	s.of[t.id] = t
	return true
}

func (s *talks) find(id string) *talk {
	if id == "" {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.of[id]
}

// begin takes an interaction in and sets the timer of its acknowledgement; false if it has been seen before. slow ones
// may be answered with a window, which cannot follow an acknowledgement.
func (b *Bot) begin(t *talk, slow bool) bool {
	after := b.acks
	if slow {
		after = max(after, min(lateDefer, after+lateDefer-defaultDefer))
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !b.talks.add(t) {
		return false
	}
	t.timer = time.AfterFunc(after, func() { b.acknowledge(t) })
	return true
}

// acknowledge tells Discord that an answer will come, if nothing has been said yet.
func (b *Bot) acknowledge(t *talk) {
	ctx, cancel := context.WithTimeout(context.Background(), firstLife)
	defer cancel()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stage != waiting {
		return
	}
	if err := b.deferAnswer(ctx, t); err != nil && !tooLate(err) {
		b.log.Warn("discord: an interaction could not be acknowledged", "error", err)
	}
}

// deferAnswer says that an answer will come: with "thinking" where nothing was tapped. The talk's lock is held.
func (b *Bot) deferAnswer(ctx context.Context, t *talk) error {
	if t.message != "" {
		err := b.respond(ctx, t, callback{Type: discordgo.InteractionResponseDeferredMessageUpdate}, nil, nil)
		if err == nil {
			t.stage, t.holds = noted, true
		}
		return err
	}
	data := flagged{flagEphemeral}
	if t.direct {
		data.Flags = 0
	}
	err := b.respond(ctx, t, callback{discordgo.InteractionResponseDeferredChannelMessageWithSource, data}, nil, nil)
	if err == nil {
		t.stage = thinking
	}
	return err
}

// respond makes the first response, again and again while there is time: a second one is refused, so that nothing is
// said twice. The talk's lock is held.
func (b *Bot) respond(ctx context.Context, t *talk, c callback, file *upload, out any) error {
	request := call{
		op: "answering an interaction", method: http.MethodPost, path: "/interactions/" + t.id + "/" + t.token + "/callback",
		body: c, file: file, open: true, limit: callbackLimit,
	}
	if file != nil {
		request.limit = defaultCallTimeout
	}
	if out != nil {
		request.query = "with_response=true"
	}
	for try := range 3 {
		if b.now().Sub(t.at) > firstLife {
			t.stage = over
			return errInteractionOver
		}
		err := b.rest.do(ctx, request, out)
		if err == nil {
			t.stop()
			return nil
		}
		if refusedWith(err, codeAnswered) {
			t.stop()
			if t.tried == c.Type { // an earlier try got through, and only its receipt was lost
				return nil
			}
			return err
		}
		if tooLate(err) {
			t.stop()
			t.stage = over
			return err
		}
		if maybeDone(err) {
			t.tried = c.Type
		}
		wait, ok := passes(err)
		if !ok || try == 2 || b.pause(ctx, max(wait, 100*time.Millisecond<<try)) != nil {
			return err
		}
	}
	return errInteractionOver // not reached: the last try returns
}

func (t *talk) stop() {
	if t.timer != nil {
		t.timer.Stop()
	}
}

var errInteractionOver = errors.New("discord: the interaction can no longer be answered")

// expired tells whether nothing can be said through the interaction any more. The talk's lock is held.
func (b *Bot) expired(t *talk) bool {
	age := b.now().Sub(t.at)
	if age > talkLife || t.stage == waiting && age > firstLife {
		t.stage = over
	}
	return t.stage == over
}

// maybeDone tells whether a call may have had its effect although it failed.
func maybeDone(err error) bool {
	var e *apiError
	return !errors.As(err, &e) || e.status >= 500 || e.foreign
}

// passes tells whether a failure may pass within moments, and after how long.
func passes(err error) (after time.Duration, ok bool) {
	var e *apiError
	if !errors.As(err, &e) || e.status >= 500 {
		return 0, true
	}
	return e.after, e.status == http.StatusTooManyRequests && e.after <= shortWait
}
