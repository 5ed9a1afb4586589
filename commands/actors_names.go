package commands

import (
	"slices"
	"strings"
	"unicode"

	"klaster/domain"
)

// similarActors finds approved and waiting actors whose name is the same but for legal form, punctuation, order of
// words, or a slip of the finger: "PT. Rotan Jaya" and "Rotan Jaya PT".
func similarActors(s *domain.State, name string) []*domain.Actor {
	wanted := bareName(name)
	if wanted == "" {
		return nil
	}
	allowed := 0
	switch n := len([]rune(wanted)); {
	case n >= 12:
		allowed = 2
	case n >= 6:
		allowed = 1
	}
	var out []*domain.Actor
	for _, a := range s.Actors {
		if a.Status != domain.StatusApproved && a.Status != domain.StatusPending {
			continue
		}
		if slips(wanted, bareName(string(a.Name))) <= allowed {
			out = append(out, a)
		}
	}
	return out
}

// bareName is a name without legal form, punctuation and order of words.
func bareName(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	bare := slices.DeleteFunc(slices.Clone(words), func(w string) bool {
		switch w {
		case "pt", "cv", "ud", "pd", "fa", "tbk", "persero", "perum":
			return true
		}
		return false
	})
	if len(bare) == 0 {
		bare = words
	}
	slices.Sort(bare)
	return strings.Join(bare, " ")
}
