package commands

import (
	"embed"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
	"github.com/nicksnyder/go-i18n/v2/i18n"
	"github.com/nicksnyder/go-i18n/v2/i18n/template"
	"golang.org/x/text/language"

	"klaster/domain"
)

//go:embed locales/*.toml
var locales embed.FS

// Languages lists the languages the bot speaks; the first is the default.
func Languages() []string { return []string{"id", "en"} }

// Catalogue holds every sentence in every language. go-i18n chooses the message and its plural form; the light markup
// is parsed once, before arguments come in, so that an argument can never become markup. It is immutable.
type Catalogue struct {
	localizers map[string]*i18n.Localizer
	parsed     map[string]sentence // by the message's source
}

// LoadCatalogue reads the embedded locale files.
func LoadCatalogue() (*Catalogue, error) {
	bundle := i18n.NewBundle(language.Indonesian)
	bundle.RegisterUnmarshalFunc("toml", toml.Unmarshal)
	c := &Catalogue{localizers: map[string]*i18n.Localizer{}, parsed: map[string]sentence{}}
	files, err := locales.ReadDir("locales")
	if err != nil {
		return nil, fmt.Errorf("catalogue: %w", err)
	}
	for _, f := range files { // <area>.<language>.toml
		content, err := locales.ReadFile("locales/" + f.Name())
		if err != nil {
			return nil, fmt.Errorf("catalogue: %w", err)
		}
		parsed, err := bundle.ParseMessageFileBytes(content, f.Name())
		if err != nil {
			return nil, fmt.Errorf("catalogue %s: %w", f.Name(), err)
		}
		for _, m := range parsed.Messages {
			for _, source := range []string{m.One, m.Other} {
				if source == "" {
					continue
				}
				s, err := parseSentence(source)
				if err != nil {
					return nil, fmt.Errorf("catalogue %s, %s: %w", f.Name(), m.ID, err)
				}
				c.parsed[source] = s
			}
		}
	}
	for _, lang := range Languages() {
		c.localizers[lang] = i18n.NewLocalizer(bundle, lang)
	}
	return c, nil
}

// Say renders a message. Arguments are name, value pairs; a value is a string, domain.Text, a whole number, a Span,
// []Span or Rich (its spans, inline). "count" also chooses the plural form. An unknown key shows itself, which the
// catalogue's test makes impossible for keys in the source.
func (c *Catalogue) Say(lang, key string, args ...any) Rich {
	values := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		values[args[i].(string)] = args[i+1]
	}
	return c.lookup(lang, key, values["count"]).fill(lang, values)
}

// Line renders a message as one plain line: labels, toasts, hints.
func (c *Catalogue) Line(lang, key string, args ...any) string {
	line := c.Say(lang, key, args...).Plaintext(func(p domain.PersonID) string { return string(p) })
	return strings.Join(strings.Fields(line), " ")
}

// Has says whether the key exists in the language itself.
func (c *Catalogue) Has(lang, key string) bool {
	_, tag, err := c.localizer(lang).LocalizeWithTag(&i18n.LocalizeConfig{MessageID: key, TemplateParser: template.IdentityParser{}})
	return err == nil && tag.String() == lang
}

func (c *Catalogue) localizer(lang string) *i18n.Localizer {
	if l, ok := c.localizers[lang]; ok {
		return l
	}
	return c.localizers[Languages()[0]]
}

func (c *Catalogue) lookup(lang, key string, count any) sentence {
	config := i18n.LocalizeConfig{MessageID: key, TemplateParser: template.IdentityParser{}}
	if n, ok := count.(int); ok {
		config.PluralCount = n
	}
	source, err := c.localizer(lang).Localize(&config)
	if err != nil && source == "" {
		return sentence{{kind: Para, pieces: []piece{{kind: Plain, text: key}}}}
	}
	return c.parsed[source]
}
