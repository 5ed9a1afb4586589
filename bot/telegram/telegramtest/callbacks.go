package telegramtest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Answer is what the bot answered to a tap.
type Answer struct {
	Callback string
	Text     string
	Alert    bool
	URL      string
	At       time.Time
}

// answersKept bounds Answers: the newest are kept.
const answersKept = 100_000

// callback is a tap the bot has not answered; queued is the time since the server began.
type callback struct {
	queued time.Duration
}

// Press is one tap of QueueTaps.
type Press struct {
	Chat    int64
	Message int
	User    int64
	Data    string
}

// Tap lets a user press a button. The data need not be of any button there: clients can
// send what they like. A message the bot cannot see any more arrives as inaccessible
// (date 0), message 0 as none at all (inline). The result is the callback's id.
func (s *Server) Tap(chat int64, messageID int, user int64, data string) string {
	return s.QueueTaps(Press{Chat: chat, Message: messageID, User: user, Data: data})[0]
}

// QueueTaps queues many taps in one step and returns their callback ids.
func (s *Server) QueueTaps(presses ...Press) []string {
	w := s.lock()
	defer s.unlock()
	type shown struct {
		chat int64
		id   int
	}
	seen := make(map[shown][]byte)
	ids := make([]string, len(presses))
	queued := time.Since(w.began)
	for i, p := range presses {
		key := shown{p.Chat, p.Message}
		m, ok := seen[key]
		if !ok {
			m = w.mustChat(p.Chat).appendTapped(nil, w, p.Message)
			seen[key] = m
		}
		from := w.mustUser(p.User)
		w.nextTap++
		w.callbacks[w.nextTap] = callback{queued: queued}
		ids[i] = strconv.FormatInt(w.nextTap, 10)
		w.push("callback_query", func(b []byte) []byte {
			b = append(append(b, `{"id":"`...), ids[i]...)
			b = from.append(append(b, `","from":`...))
			b = append(b, m...)
			b = appendInt(b, `,"chat_instance":"`, p.Chat)
			b = appendText(b, `","data":`, p.Data)
			return append(b, '}')
		})
	}
	return ids
}

// appendTapped writes the message of a tap as a member, as far as the bot can see it.
func (c *chat) appendTapped(b []byte, w *World, id int) []byte {
	if id == 0 {
		return append(b, `,"inline_message_id":"BAAAAK8AAAD-inline"`...)
	}
	b = append(b, `,"message":`...)
	if m := c.find(id); m != nil {
		return m.append(b, w, true)
	}
	b = c.append(append(b, `{"chat":`...))
	b = appendInt(b, `,"message_id":`, int64(id))
	return append(b, `,"date":0}`...)
}

// TapButton presses the button with this label on the newest message that has one. The
// error lists the labels there are.
func (s *Server) TapButton(chat, user int64, label string) (string, error) {
	m, data, err := s.button(chat, label)
	if err != nil {
		return "", err
	}
	return s.Tap(chat, m, user, data), nil
}

func (s *Server) button(chat int64, label string) (id int, data string, err error) {
	w := s.lock()
	defer s.mu.Unlock()
	c := w.mustChat(chat)
	var labels []string
	for i := len(c.messages) - 1; i >= 0; i-- {
		m := c.messages[i]
		if m.deleted || m.markup == "" {
			continue
		}
		for _, row := range buttons(m.markup) {
			for _, b := range row {
				if b.Text == label && b.Data != "" {
					return m.id, b.Data, nil
				}
				labels = append(labels, strconv.Quote(b.Text))
			}
		}
	}
	if labels == nil {
		return 0, "", fmt.Errorf("telegramtest: no message in chat %d has a button, %q was wanted", chat, label)
	}
	return 0, "", fmt.Errorf("telegramtest: no button %q in chat %d; there are %s", label, chat, strings.Join(labels, ", "))
}

// ExpireCallback makes the answer to a tap come too late.
func (s *Server) ExpireCallback(id string) {
	w := s.lock()
	defer s.unlock()
	n, _ := strconv.ParseInt(id, 10, 64)
	delete(w.callbacks, n)
}

func answerCallbackQuery(w *World, c *call) result {
	id := c.params.text("callback_query_id")
	n, err := strconv.ParseInt(id, 10, 64)
	tap, waiting := w.callbacks[n]
	if err != nil || !waiting {
		return refused(badRequest("query is too old and response timeout expired or query ID is invalid"))
	}
	delete(w.callbacks, n)
	w.answered++
	w.latencies = append(w.latencies, time.Since(w.began)-tap.queued)
	if len(w.answers) >= answersKept {
		w.answers = slices.Delete(w.answers, 0, answersKept/2)
	}
	w.answers = append(w.answers, Answer{
		Callback: id, Text: c.params.text("text"), Alert: c.params.boolean("show_alert"), URL: c.params.text("url"), At: w.settings.now(),
	})
	return yes(c)
}

// yes is the result of methods that have none.
func yes(c *call) result { return result{body: append(c.buf, "true"...)} }

// Answers are the answers by callback id, at most the newest 100,000.
func (w *World) Answers() map[string]Answer {
	out := make(map[string]Answer, len(w.answers))
	for _, a := range w.answers {
		out[a.Callback] = a
	}
	return out
}

// Answer is the answer to one tap; false while there is none.
func (w *World) Answer(callback string) (Answer, bool) {
	for i := len(w.answers) - 1; i >= 0; i-- {
		if w.answers[i].Callback == callback {
			return w.answers[i], true
		}
	}
	return Answer{}, false
}

// Answered counts the taps answered since the start.
func (w *World) Answered() int { return w.answered }

// Answers is World.Answers.
func (s *Server) Answers() map[string]Answer { return look(s, (*World).Answers) }

// Answer is World.Answer.
func (s *Server) Answer(callback string) (Answer, bool) {
	w := s.lock()
	defer s.mu.Unlock()
	return w.Answer(callback)
}

// Answered is World.Answered.
func (s *Server) Answered() int { return look(s, (*World).Answered) }

// Latency is the time from a tap being queued to its answer.
type Latency struct {
	Count              int
	P50, P90, P99, Max time.Duration
}

// Latencies are over all taps answered since the start or the last ResetLatencies.
func (s *Server) Latencies() Latency {
	all := look(s, func(w *World) []time.Duration { return slices.Clone(w.latencies) })
	if len(all) == 0 {
		return Latency{}
	}
	slices.Sort(all)
	at := func(percent int) time.Duration { return all[(len(all)-1)*percent/100] }
	return Latency{Count: len(all), P50: at(50), P90: at(90), P99: at(99), Max: at(100)}
}

// ResetLatencies begins a new measurement.
func (s *Server) ResetLatencies() {
	w := s.lock()
	defer s.unlock()
	w.latencies = w.latencies[:0]
}
