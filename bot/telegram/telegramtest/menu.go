package telegramtest

import (
	"encoding/json"
	"errors"
)

// Command is an entry of the command menu.
type Command struct {
	Name        string `json:"command"`
	Description string `json:"description"`
}

type commandKey struct{ scope, language string }

// scopeKey makes one key of all ways to write a scope; absent is the default scope.
func scopeKey(raw string) string {
	if raw == "" || raw == "null" {
		raw = `{"type":"default"}`
	}
	return canonical(raw)
}

func keyOf(p params) commandKey {
	return commandKey{scopeKey(p.object("scope")), p.text("language_code")}
}

func readCommands(p params) ([]Command, error) {
	raw := p.object("commands")
	if raw == "" {
		return nil, errors.New("commands is missing")
	}
	var list []Command
	err := json.Unmarshal([]byte(raw), &list)
	return list, err
}

func setMyCommands(w *World, c *call) result {
	list, err := readCommands(c.params)
	if err != nil {
		return refused(badRequest("can't parse commands: %s", err))
	}
	w.commands[keyOf(c.params)] = list
	return yes(c)
}

func deleteMyCommands(w *World, c *call) result {
	delete(w.commands, keyOf(c.params))
	return yes(c)
}

func getMyCommands(w *World, c *call) result {
	b := append(c.buf, '[')
	for i, cmd := range w.commands[keyOf(c.params)] {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendText(b, `{"command":`, cmd.Name)
		b = append(appendText(b, `,"description":`, cmd.Description), '}')
	}
	return result{body: append(b, ']')}
}
