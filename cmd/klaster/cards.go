package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"klaster/bot"
	"klaster/bot/discord"
	"klaster/bot/telegram"
	"klaster/commands"
	"klaster/domain"
)

type cardsCommand struct {
	Plain bool `help:"Only the plain words, not the platforms' dialects."`
}

// run shows every card that the sample leads to, in every language: now, and as days go by.
func (c *cardsCommand) run(ctx context.Context, m *Main, _ *Config) error {
	talk, err := commands.New(zone)
	if err != nil {
		return err
	}
	var dialects []dialect
	if !c.Plain {
		t, err := telegramDialect(ctx)
		if err != nil {
			return err
		}
		defer t.close()
		d, err := discordDialect(ctx)
		if err != nil {
			return err
		}
		defer d.close()
		dialects = append(dialects, t, d)
	}
	for _, lang := range commands.Languages() {
		s, err := newSample(lang)
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for range 24 {
			for _, card := range talk.Cards(s.state, s.now, func(domain.PersonID) string { return lang }) {
				if err := show(ctx, m.Stdout, lang, card, dialects, seen); err != nil {
					return err
				}
			}
			s.pass(12 * time.Hour)
		}
	}
	return nil
}

// show prints a card once per content.
func show(ctx context.Context, w io.Writer, lang string, card commands.Card, dialects []dialect, seen map[string]bool) error {
	d := sampleDraft(card)
	words := d.Body.Plaintext(nil) + "\n" + buttons(d.Buttons)
	if seen[card.Key+words] {
		return nil
	}
	seen[card.Key+words] = true
	kind := "notice"
	if card.Kind == commands.Board {
		kind = "board"
	}
	if card.To != "" {
		kind = "private " + kind
	}
	fmt.Fprintf(w, "== %s %s %s\n%s\n", lang, kind, card.Key, words)
	for _, dialect := range dialects {
		text, err := dialect.render(ctx, d)
		if err != nil {
			return fmt.Errorf("card %s: %w", card.Key, err)
		}
		fmt.Fprintf(w, "-- %s\n%s\n", dialect.name(), text)
	}
	return nil
}

func buttons(rows [][]commands.Button) string {
	var b strings.Builder
	for _, row := range rows {
		for _, button := range row {
			fmt.Fprintf(&b, "[%s] ", button.Label)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// sampleDraft puts the sample's names in the place of persons.
func sampleDraft(card commands.Card) bot.Draft {
	names := sampleNames()
	body := slices.Clone(card.Body)
	for i := range body {
		body[i].Spans = slices.Clone(body[i].Spans)
		for j, s := range body[i].Spans {
			if s.Kind == commands.Person {
				body[i].Spans[j] = commands.Span{Text: names[s.Person]}
			}
		}
	}
	d := bot.Draft{Body: body, Tone: card.Tone, Card: card.Key}
	for _, row := range card.Buttons {
		row = slices.Clone(row)
		for i := range row {
			if row[i].Private != "" {
				row[i].Private, row[i].URL = "", "https://t.me/sample_bot?start=token"
			}
		}
		d.Buttons = append(d.Buttons, row)
	}
	return d
}

// dialect is how one platform is sent a message.
type dialect interface {
	name() string
	render(ctx context.Context, d bot.Draft) (string, error)
}

// overheard lets a connector send to a server of ours on the loopback interface, and keeps what it said.
type overheard struct {
	conn   bot.Connector
	chat   domain.ChatRef
	server *http.Server
	said   chan string
}

// overhear starts a server that hands every request to hear, which answers it and says what was sent.
func overhear(ctx context.Context, chat domain.ChatRef, hear func(w http.ResponseWriter, r *http.Request) string) (o *overheard, address string, _ error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, "", err
	}
	o = &overheard{said: make(chan string, 16), chat: chat}
	o.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, BaseContext: func(net.Listener) context.Context { return ctx }, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.said <- hear(w, r)
	})}
	go func() { _ = o.server.Serve(listener) }()
	return o, "http://" + listener.Addr().String(), nil
}

func telegramDialect(ctx context.Context) (*overheard, error) {
	o, address, err := overhear(ctx, domain.ChatRef{Platform: telegram.Platform, Chat: "-100"}, func(w http.ResponseWriter, r *http.Request) string {
		text := r.FormValue("text")
		fmt.Fprint(w, `{"ok":true,"result":{"message_id":1,"date":1,"chat":{"id":-100,"type":"supergroup","title":"sample"}}}`)
		return text
	})
	if err != nil {
		return nil, err
	}
	o.conn, err = telegram.New(telegram.Options{Token: "1:sample-token-of-nobody", API: address})
	if err != nil {
		o.close()
		return nil, err
	}
	return o, nil
}

func discordDialect(ctx context.Context) (*overheard, error) {
	o, address, err := overhear(ctx, domain.ChatRef{Platform: discord.Platform, Chat: "100"}, func(w http.ResponseWriter, r *http.Request) string {
		var m struct {
			Content string `json:"content"`
			Embeds  []struct {
				Description string `json:"description"`
			} `json:"embeds"`
		}
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			return err.Error()
		}
		parts := []string{}
		for _, e := range m.Embeds {
			parts = append(parts, e.Description)
		}
		if m.Content != "" {
			parts = append([]string{m.Content}, parts...)
		}
		sent := map[string]any{"id": "1", "content": m.Content, "embeds": m.Embeds}
		_ = json.NewEncoder(w).Encode(sent)
		return strings.Join(parts, "\n")
	})
	if err != nil {
		return nil, err
	}
	o.conn, err = discord.New(discord.Options{Token: "MTAw.sample.token-of-nobody", API: address})
	if err != nil {
		o.close()
		return nil, err
	}
	return o, nil
}

func (o *overheard) name() string { return string(o.conn.Name()) }

func (o *overheard) render(ctx context.Context, d bot.Draft) (string, error) {
	if _, err := o.conn.Post(ctx, o.chat, d); err != nil {
		return "", err
	}
	var parts []string
	for {
		select {
		case text := <-o.said:
			parts = append(parts, text)
			continue
		default:
		}
		return strings.Join(parts, "\n"), nil
	}
}

func (o *overheard) close() { o.server.Close() }
