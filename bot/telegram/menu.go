package telegram

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"klaster/bot"
	"klaster/commands"
)

// Limits of setMyCommands.
const (
	menuLimit        = 100
	descriptionLimit = 256
)

// menu is what the command menus should be, and what the server has been told.
type menu struct {
	mu      sync.Mutex
	entries []commands.MenuEntry
	told    map[menuKey]string // the commands parameter of the last success
	changed chan struct{}      // holds at most one
}

// menuKey names one of the menus: the narrowest scope wins, within it the language.
type menuKey struct{ scope, lang string }

func newMenu() menu {
	return menu{told: make(map[menuKey]string), changed: make(chan struct{}, 1)}
}

// PublishMenu implements bot.MenuPublisher. It returns at once: while Receive runs, the menus are published in the
// background and tried again for as long as that fails, with a warning. A menu the server has already is not sent.
func (b *Bot) PublishMenu(_ context.Context, entries []commands.MenuEntry) error {
	b.menu.mu.Lock()
	b.menu.entries = entries
	b.menu.mu.Unlock()
	select {
	case b.menu.changed <- struct{}{}:
	default:
	}
	return nil
}

// keepMenu runs beside the poll loop.
func (b *Bot) keepMenu(ctx context.Context) {
	delays := delays(30*time.Second, time.Hour)
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.menu.changed:
		}
		delays.Reset()
		for err := b.publish(ctx); err != nil; err = b.publish(ctx) {
			if ctx.Err() != nil {
				return
			}
			d := delays.NextBackOff()
			var e *apiError
			if errors.As(err, &e) && e.code() == http.StatusTooManyRequests {
				d = max(d, retryAfter(e))
			}
			b.log.WarnContext(ctx, "telegram: the command menus could not be set", "error", err, "retry_in", d)
			if b.pause(ctx, d) != nil {
				return
			}
		}
	}
}

// publish sends the menus that the server has not been told, and stops at the first that fails.
func (b *Bot) publish(ctx context.Context) error {
	b.menu.mu.Lock()
	entries := b.menu.entries
	b.menu.mu.Unlock()
	for _, scope := range [...]string{"all_private_chats", "all_group_chats"} {
		for _, lang := range [...]string{"", "id", "en"} {
			list := encode(b.menuCommands(entries, scope == "all_private_chats", lang))
			key := menuKey{scope, lang}
			if b.menu.told[key] == list { // only this goroutine uses it
				continue
			}
			p := params{{"commands", list}, {"scope", `{"type":"` + scope + `"}`}}
			if lang != "" {
				p = p.with("language_code", lang)
			}
			if err := b.call(ctx, "setMyCommands", p, b.timeout, nil); err != nil {
				return err
			}
			b.menu.told[key] = list
		}
	}
	return nil
}

// menuCommands picks the entries of a scope. What the server would refuse is left out, or the whole menu fails.
func (b *Bot) menuCommands(entries []commands.MenuEntry, private bool, lang string) []tgbotapi.BotCommand {
	if lang == "" {
		lang = b.lang
	}
	list, seen := []tgbotapi.BotCommand{}, make(map[string]bool)
	for _, e := range entries {
		shown := private && e.Private || !private && e.Group
		name := strings.ToLower(e.Name)
		if !shown || seen[name] || len(list) == menuLimit || len(name) > 32 || !command("/"+name) {
			continue
		}
		description := e.Description[lang]
		if description == "" {
			description = e.Description["id"]
		}
		if description = cutUnits(bot.CleanText(description), descriptionLimit); description == "" {
			description = name
		}
		seen[name] = true
		list = append(list, tgbotapi.BotCommand{Command: name, Description: description})
	}
	return list
}
