package bot

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"

	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// wanted is one card in one chat, as it should be.
type wanted struct {
	card    commands.Card
	chat    domain.ChatRef
	group   bool
	body    commands.Rich // the card's, or its fallback's where the person cannot be written to
	buttons [][]commands.Button
	lang    string
	hash    string
	retired bool // the card is wanted no more, and says so
	former  bool // it speaks of somebody who has been forgotten, or shows where a text was erased
}

// postKey is what a record is stored under.
type postKey struct {
	card string
	chat domain.ChatRef
}

func (w wanted) key() postKey { return postKey{w.card.Key, w.chat} }

// act is what to do about a wanted card.
type act uint8

const (
	leave act = iota
	postIt
	editIt
	waitFor // until
)

// verdict is what to do and why.
type verdict struct {
	act   act
	why   string
	until time.Time
}

// The reasons of verdicts.
const (
	whyNever       = "never posted"
	whyInterrupted = "sending was interrupted: posted or not, nobody knows"
	whyChanged     = "content changed"
	whyQuiet       = "changed, but edited a moment ago"
	whySame        = "shown as wanted"
	whyToldOnce    = "a notice is told once"
	whyTooOld      = "too old to be told"
	whyEndedUnseen = "ended before it was ever shown"
	whyGivenUp     = "the platform refuses this content"
	whyUnwelcome   = "deleted twice within the hour"
	whyRetry       = "content changed since the platform refused it"
	whyVanished    = "the card is not wanted any more"
)

// Bounds of judging.
const (
	noticeLife    = 24 * time.Hour
	unwelcomeFor  = time.Hour
	unwelcomeFrom = 2 // times gone
)

// judge says what to do about a wanted card, given what the records say (nil: no record). quiet is the least time
// between two edits of a message.
func judge(w wanted, p *store.Post, now time.Time, quiet time.Duration) verdict {
	board := w.card.Kind == commands.Board
	switch {
	case p == nil && board && w.card.Final:
		return verdict{act: leave, why: whyEndedUnseen}
	case p == nil && !board && now.Sub(w.card.At) >= noticeLife:
		return verdict{act: leave, why: whyTooOld}
	case p == nil:
		return verdict{act: postIt, why: whyNever}
	case p.Tries >= unwelcomeFrom && now.Sub(p.At) < unwelcomeFor:
		return verdict{act: leave, why: whyUnwelcome}
	case p.State == store.PostSending && !board && now.Sub(w.card.At) >= noticeLife:
		return verdict{act: leave, why: whyTooOld}
	case p.State == store.PostSending:
		return verdict{act: postIt, why: whyInterrupted}
	case p.Hash == w.hash && p.Ref == "":
		return verdict{act: leave, why: whyGivenUp}
	case p.Hash == w.hash:
		return verdict{act: leave, why: whySame}
	case !board && p.Ref != "" && !w.former:
		return verdict{act: leave, why: whyToldOnce}
	case !board && p.Ref == "" && now.Sub(w.card.At) >= noticeLife:
		return verdict{act: leave, why: whyTooOld}
	case p.Ref == "":
		return verdict{act: postIt, why: whyRetry}
	case now.Before(p.At.Add(quiet)):
		return verdict{act: waitFor, why: whyQuiet, until: p.At.Add(quiet)}
	}
	return verdict{act: editIt, why: whyChanged}
}

// hashOf is the hash of a card's content, as the records keep it. former lists the persons in it who have been
// forgotten: their names have to go from messages that stand.
func hashOf(w wanted, former []domain.PersonID) string {
	content, err := json.Marshal(struct {
		Body    commands.Rich
		Buttons [][]commands.Button
		Tone    commands.Tone
		Former  []domain.PersonID
	}{w.body, w.buttons, w.card.Tone, former})
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:8])
}

// audience is who sees a cluster's cards, as far as this process can send.
type audience struct {
	groups    []domain.Chat // chats that may be sent to
	platforms []domain.Platform
	lang      string
	private   map[domain.PersonID]domain.ChatRef // where a person is written to; absent: nowhere
	langs     map[domain.PersonID]string
	onPerson  map[domain.PersonID][]domain.Platform // platforms a person has an account on
	open      func(lang string) commands.Button     // opens the private chat
	chats     []domain.Chat                         // all of the cluster's groups
}

// place turns cards into wanted posts: which card in which chat. It is pure and keeps the order of the cards.
func place(cards []commands.Card, a audience) []wanted {
	var out []wanted
	for _, c := range cards {
		if c.To == "" {
			for _, group := range a.groups {
				if !shows(group, c) {
					continue
				}
				chat := group.Ref
				out = append(out, wanted{card: c, chat: chat, group: true, body: c.Body, buttons: c.Buttons, lang: a.lang})
			}
			continue
		}
		if chat, ok := a.private[c.To]; ok {
			out = append(out, wanted{card: c, chat: chat, body: c.Body, buttons: c.Buttons, lang: firstOf(a.langs[c.To], a.lang)})
			continue
		}
		if chat, ok := a.groupFor(c.To); ok && len(c.Fallback) > 0 {
			out = append(out, wanted{
				card: c, chat: chat, group: true, body: c.Fallback, lang: a.lang,
				buttons: [][]commands.Button{{a.open(a.lang)}},
			})
		}
	}
	return out
}

// shows says whether a card belongs into a chat, by what the cluster has the chat hear.
func shows(group domain.Chat, c commands.Card) bool {
	if c.Kind == commands.Board {
		return group.Hears.Boards()
	}
	return group.Hears.Notices()
}

// groupFor is the group in which a person is called who cannot be written to: one on a platform the person uses, else
// the first; of those that hear notices, if any does.
func (a audience) groupFor(id domain.PersonID) (domain.ChatRef, bool) {
	best, rank := domain.ChatRef{}, 0
	for _, group := range a.groups {
		worth := 1
		if group.Hears.Notices() {
			worth += 2
		}
		if slices.Contains(a.onPerson[id], group.Ref.Platform) {
			worth++
		}
		if worth > rank {
			best, rank = group.Ref, worth
		}
	}
	return best, rank > 0
}
