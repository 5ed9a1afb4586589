package bot

import (
	"testing"
	"time"

	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

func TestJudge(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	ago := func(d time.Duration) time.Time { return now.Add(-d) }
	const quiet = 3 * time.Second
	board := commands.Card{Key: "b", Kind: commands.Board}
	final := commands.Card{Key: "b", Kind: commands.Board, Final: true}
	fresh := commands.Card{Key: "n", Kind: commands.Notice, At: ago(time.Hour)}
	stale := commands.Card{Key: "n", Kind: commands.Notice, At: ago(24 * time.Hour)}
	sent := func(hash string, age time.Duration) *store.Post {
		return &store.Post{State: store.PostSent, Ref: "m1", Hash: hash, At: ago(age)}
	}
	tests := []struct {
		name string
		card commands.Card
		post *store.Post
		act  act
		why  string
	}{
		{"a new board", board, nil, postIt, whyNever},
		{"a new notice", fresh, nil, postIt, whyNever},
		{"a notice of yesterday", stale, nil, leave, whyTooOld},
		{"a board that ended before it was shown", final, nil, leave, whyEndedUnseen},
		{"as shown", board, sent("h", time.Minute), leave, whySame},
		{"a change after quiet", board, sent("old", quiet), editIt, whyChanged},
		{"a change too soon", board, sent("old", time.Second), waitFor, whyQuiet},
		{"the last edit", final, sent("old", time.Minute), editIt, whyChanged},
		{"a final board is left alone", final, sent("h", time.Minute), leave, whySame},
		{"a notice is not edited", fresh, sent("old", time.Hour), leave, whyToldOnce},
		{"a crash while sending a board", board, &store.Post{State: store.PostSending, At: ago(time.Hour)}, postIt, whyInterrupted},
		{"a crash while sending a notice", fresh, &store.Post{State: store.PostSending, At: ago(time.Hour)}, postIt, whyInterrupted},
		{"a crash while sending, long ago", stale, &store.Post{State: store.PostSending, At: ago(24 * time.Hour)}, leave, whyTooOld},
		{"refused content", board, &store.Post{State: store.PostSent, Hash: "h", At: ago(time.Hour)}, leave, whyGivenUp},
		{"refused content, changed since", board, &store.Post{State: store.PostSent, Hash: "old", At: ago(time.Hour)}, postIt, whyRetry},
		{"refused edit", board, &store.Post{State: store.PostSent, Ref: "m1", Hash: "h", At: ago(time.Hour)}, leave, whySame},
		{"deleted once", board, &store.Post{State: store.PostSending, Tries: 1, At: ago(time.Minute)}, postIt, whyInterrupted},
		{"deleted twice within the hour", board, &store.Post{State: store.PostSending, Tries: 2, At: ago(time.Minute)}, leave, whyUnwelcome},
		{"deleted twice, an hour ago", board, &store.Post{State: store.PostSending, Tries: 2, At: ago(time.Hour)}, postIt, whyInterrupted},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			v := judge(wanted{card: test.card, hash: "h"}, test.post, now, quiet)
			if v.act != test.act || v.why != test.why {
				t.Errorf("got %d because %q, want %d because %q", v.act, v.why, test.act, test.why)
			}
			if v.act == waitFor && !v.until.Equal(now.Add(2*time.Second)) {
				t.Errorf("waits until %v", v.until)
			}
		})
	}
}

func TestNoticesLoseTheNamesOfTheForgotten(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	w := wanted{card: commands.Card{Key: "n", Kind: commands.Notice, At: now.Add(-time.Hour)}, hash: "h", former: true}
	v := judge(w, &store.Post{State: store.PostSent, Ref: "m1", Hash: "old", At: now.Add(-time.Hour)}, now, time.Second)
	if v.act != editIt {
		t.Errorf("got %d because %q", v.act, v.why)
	}
}

func TestPlace(t *testing.T) {
	g1 := domain.ChatRef{Platform: "telegram", Chat: "-1"}
	g2 := domain.ChatRef{Platform: "discord", Chat: "7"}
	p1 := domain.ChatRef{Platform: "discord", Chat: "9"}
	a := audience{
		groups: []domain.Chat{{Ref: g1}, {Ref: g2}}, lang: "id",
		private:  map[domain.PersonID]domain.ChatRef{"P1": p1},
		langs:    map[domain.PersonID]string{"P1": "en"},
		onPerson: map[domain.PersonID][]domain.Platform{"P2": {"discord"}},
		open:     func(string) commands.Button { return commands.Button{Label: "open", Private: "/status"} },
	}
	words := commands.Rich{{Spans: []commands.Span{{Text: "come"}}}}
	got := place([]commands.Card{
		{Key: "board"},
		{Key: "own", To: "P1"},
		{Key: "called", To: "P2", Fallback: words},
		{Key: "stranger", To: "P3", Fallback: words},
		{Key: "quiet", To: "P2"},
	}, a)
	type seen struct {
		key   string
		chat  domain.ChatRef
		group bool
		lang  string
	}
	want := []seen{{"board", g1, true, "id"}, {"board", g2, true, "id"}, {"own", p1, false, "en"}, {"called", g2, true, "id"}, {"stranger", g1, true, "id"}}
	if len(got) != len(want) {
		t.Fatalf("%d posts, want %d", len(got), len(want))
	}
	for i, w := range want {
		if g := (seen{got[i].card.Key, got[i].chat, got[i].group, got[i].lang}); g != w {
			t.Errorf("%d: %v, want %v", i, g, w)
		}
	}
	if got[3].buttons[0][0].Private != "/status" {
		t.Error("the fallback has no button to the private chat")
	}
}

// A chat that hears boards only is shown no notice, and the other way round; who cannot be written to is called where
// notices are heard.
func TestPlaceByHearing(t *testing.T) {
	boards := domain.ChatRef{Platform: "telegram", Chat: "-1"}
	notices := domain.ChatRef{Platform: "discord", Chat: "7"}
	a := audience{
		groups: []domain.Chat{{Ref: boards, Hears: domain.HearsBoards}, {Ref: notices, Hears: domain.HearsNotices}}, lang: "id",
		onPerson: map[domain.PersonID][]domain.Platform{"P1": {"telegram"}},
		open:     func(string) commands.Button { return commands.Button{} },
	}
	words := commands.Rich{{Spans: []commands.Span{{Text: "come"}}}}
	got := map[string][]domain.ChatRef{}
	for _, w := range place([]commands.Card{
		{Key: "board", Kind: commands.Board}, {Key: "notice", Kind: commands.Notice}, {Key: "call", Kind: commands.Notice, To: "P1", Fallback: words},
	}, a) {
		got[w.card.Key] = append(got[w.card.Key], w.chat)
	}
	for key, chat := range map[string]domain.ChatRef{"board": boards, "notice": notices, "call": notices} {
		if len(got[key]) != 1 || got[key][0] != chat {
			t.Errorf("%s is shown in %v, want %v alone", key, got[key], chat)
		}
	}
}

func TestSplit(t *testing.T) {
	block := func(text string) commands.Block { return commands.Block{Spans: []commands.Span{{Text: text}}} }
	long := ""
	for range 100 {
		long += "kata kata 😀 "
	}
	for _, body := range []commands.Rich{
		nil, {block("short")}, {block(long), block(long)}, {block("a"), block(long), block("b")},
		{{Kind: commands.Item, Spans: []commands.Span{{Kind: commands.Person, Person: "P"}, {Text: long}, {Kind: commands.BreakUp}, {Text: long}}}},
	} {
		var joined string
		for _, part := range split(body, 200) {
			size := 0
			for _, b := range part {
				size += blockSize(b) + blockRoom
			}
			if size > 200 {
				t.Errorf("a part of %d units", size)
			}
			for _, b := range part {
				for _, s := range b.Spans {
					joined += s.Text
				}
			}
		}
		var whole string
		for _, b := range body {
			for _, s := range b.Spans {
				whole += s.Text
			}
		}
		if joined != whole {
			t.Errorf("splitting lost or added text: %d units, want %d", units(joined), units(whole))
		}
	}
	if got := fit(commands.Rich{block(long)}, 100); units(got.Plaintext(nil)) > 100 {
		t.Error("fit does not fit")
	}
	if got := cut("ééééé", 3); got != "éé…" {
		t.Errorf("cut gives %q", got)
	}
}

// Names and words that were erased go from a notice that stands, also from one too old to be told.
func TestJudgeErasedNotice(t *testing.T) {
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	old := commands.Card{Key: "n", Kind: commands.Notice, At: now.Add(-30 * time.Hour)}
	sent := &store.Post{State: store.PostSent, Ref: "m1", Hash: "old", At: old.At}
	erased := commands.Rich{{Spans: []commands.Span{{Text: "Alasannya: (dihapus)"}}}}
	if !commands.ShowsErased(erased) || commands.ShowsErased(commands.Rich{{Spans: []commands.Span{{Text: "Alasannya: harga"}}}}) {
		t.Error("an erased text is not told from others")
	}
	for former, want := range map[bool]act{true: editIt, false: leave} {
		if v := judge(wanted{card: old, hash: "new", former: former}, sent, now, time.Second); v.act != want {
			t.Errorf("erased %v: got %d because %q, want %d", former, v.act, v.why, want)
		}
	}
	if v := judge(wanted{card: old, hash: "new", former: true}, nil, now, time.Second); v.act != leave {
		t.Errorf("a notice that was never told is told late: %q", v.why)
	}
}
