package telegram

import (
	"strings"
	"unicode"

	"klaster/bot"
)

// maxStart is the longest payload of a deep link.
const maxStart = 64

// address cleans a text and takes our own name off it; false when it is meant for another bot. A command is read off
// the text itself: the entities that mark it are never looked at, so they cannot point out of it.
func (b *Bot) address(text string) (string, bool) {
	text = bot.CleanText(text)
	own := b.ownName()
	word, rest := firstWord(text)
	switch {
	case strings.HasPrefix(word, "/"):
		name, at, addressed := strings.Cut(word, "@")
		if !command(name) {
			return text, true
		}
		if addressed && !strings.EqualFold(at, own) {
			return "", false
		}
		return joinWords(name, rest), true
	case own != "" && strings.HasPrefix(word, "@") && strings.EqualFold(strings.TrimRight(word[1:], ",:"), own):
		return rest, true
	}
	return text, true
}

// firstWord cuts a text at its first white space and trims what follows.
func firstWord(text string) (word, rest string) {
	i := strings.IndexFunc(text, unicode.IsSpace)
	if i < 0 {
		return text, ""
	}
	return text[:i], strings.TrimSpace(text[i:])
}

func joinWords(word, rest string) string {
	if rest == "" {
		return word
	}
	return word + " " + rest
}

// command tells whether a word is a slash and a name as Telegram marks them.
func command(word string) bool {
	if len(word) < 2 || len(word) > 33 {
		return false
	}
	for i := 1; i < len(word); i++ {
		c := word[i]
		if c != '_' && (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'z') {
			return false
		}
	}
	return true
}

// startOf takes the token of a deep link off a /start. Anything else behind it is of no use: an ordinary start.
func startOf(text string) (rest, token string) {
	word, payload := firstWord(text)
	if !strings.EqualFold(word, "/start") {
		return text, ""
	}
	if startToken(payload) {
		return word, payload
	}
	return word, ""
}

// startToken tells whether s may be the payload of a deep link.
func startToken(s string) bool {
	return s != "" && len(s) <= maxStart && strings.Trim(s, tokenLetters) == ""
}
