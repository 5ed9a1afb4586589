package commands

// runLanguage shows or changes the language in which a person is spoken to; a group's cards are in the cluster's.
func runLanguage(t *turn, rest string) {
	lang, known := languageNamed(rest)
	switch {
	case rest == "":
		t.reply(Reply{To: ToToast, Body: t.aboutLanguage("language.now"), Buttons: languageButtons()})
	case !known:
		t.reply(Reply{To: ToToast, Body: t.say("language.unknown", "text", t.voice().heard(rest)), Buttons: languageButtons()})
	default:
		t.out.Effects = append(t.out.Effects, SetLanguage{Lang: lang})
		t.in.Lang = lang
		body := t.aboutLanguage("language.changed")
		if t.in.Private {
			t.reply(Reply{Body: body, Buttons: [][]Button{{{Label: t.line("button.help"), Data: "c:/bantuan"}}}})
			return
		}
		t.reply(Reply{To: ToToast, Body: body})
	}
}

// aboutLanguage says which language the person has, and in a group whose language it is.
func (t *turn) aboutLanguage(key string) Rich {
	out := t.say(key, "lang", languageName(t.in.Lang))
	if t.s != nil && !t.in.Private {
		out = append(out, t.say("language.group", "lang", languageName(t.s.Lang()))...)
	}
	return out
}

// languageButtons name the languages in themselves, so that everybody finds theirs.
func languageButtons() [][]Button {
	var out []Button
	for _, lang := range Languages() {
		out = append(out, Button{Label: languageName(lang), Data: "c:/bahasa " + lang})
	}
	return rows(2, out...)
}
