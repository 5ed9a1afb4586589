package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"klaster/domain"
	"klaster/store"
)

// meaning is what a token stands for. It confers no right: whoever brings it acts as itself.
type meaning struct {
	Cluster domain.ClusterID `json:"c,omitempty"`
	Text    string           `json:"x,omitempty"`  // said as if typed
	Tap     string           `json:"t,omitempty"`  // or tapped
	Cause   string           `json:"k,omitempty"`  // of an input already decided, whose answer is wanted
	By      domain.PersonID  `json:"b,omitempty"`  // whose input that was: nobody else gets its answer
	Chat    *domain.ChatRef  `json:"h,omitempty"`  // where the token may be used; nil: in private chats
	Message string           `json:"m,omitempty"`  // the message it stands for
	Attach  bool             `json:"ga,omitempty"` // a one-time code: attaches a group to Cluster
	Account bool             `json:"ac,omitempty"` // a one-time code: another account of By
}

// links mints tokens: 128 random bits, kept hashed by the store.
type links struct {
	store store.Tokens
	mint  func() string
	now   func() time.Time
	used  *recent[meaning, string] // standing links by what they open, so that a card does not mint at every edit
}

const (
	linkLife = 30 * 24 * time.Hour // of buttons on cards, which stand for weeks
	selfLife = 24 * time.Hour      // of "confirm as yourself", and of answers waiting in private
)

func newLinks(s store.Tokens, mint func() string, now func() time.Time) *links {
	return &links{store: s, mint: mint, now: now, used: newRecent[meaning, string](10_000, linkLife/2, now)}
}

// standing is the token of a button that opens the private chat.
func (l *links) standing(ctx context.Context, m meaning) (string, error) {
	if token, ok := l.used.get(m); ok {
		return token, nil
	}
	token, err := l.fresh(ctx, m, linkLife)
	if err == nil {
		l.used.put(m, token)
	}
	return token, err
}

// fresh mints a token for m.
func (l *links) fresh(ctx context.Context, m meaning, life time.Duration) (string, error) {
	token := l.mint()
	return token, l.keep(ctx, token, m, life)
}

// keep stores what a token stands for.
func (l *links) keep(ctx context.Context, token string, m meaning, life time.Duration) error {
	blob, err := json.Marshal(m)
	if err != nil {
		return err
	}
	if err := l.store.PutToken(ctx, token, blob, l.now().Add(life)); err != nil {
		return fmt.Errorf("token: %w", err)
	}
	return nil
}

// redeem reads a token; false for an unknown or expired one.
func (l *links) redeem(ctx context.Context, token string) (m meaning, ok bool, err error) {
	blob, err := l.store.Token(ctx, token)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return m, false, nil
	case err != nil:
		return m, false, fmt.Errorf("token: %w", err)
	}
	if json.Unmarshal(blob, &m) != nil {
		return m, false, nil
	}
	return m, true, nil
}

// spend makes a token worthless.
func (l *links) spend(ctx context.Context, token string) error {
	if err := l.store.DropToken(ctx, token); err != nil {
		return fmt.Errorf("token: %w", err)
	}
	return nil
}
