package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"klaster/domain"
	"klaster/store"
)

func testPosts(t *testing.T, s store.Store) {
	id, other := clusterID(1), clusterID(2)
	chat := domain.ChatRef{Platform: "telegram", Chat: "-1"}
	thread := domain.ChatRef{Platform: "telegram", Chat: "-1", Thread: "9"}
	list := func(id domain.ClusterID) []store.Post {
		t.Helper()
		posts, err := s.ListPosts(t.Context(), id)
		must(t, "list posts", err)
		slices.SortFunc(posts, func(a, b store.Post) int {
			return strings.Compare(a.Card+a.Chat.Thread, b.Card+b.Chat.Thread)
		})
		return posts
	}
	wantEqual(t, "posts of nothing", len(list(id)), 0)
	sending := store.Post{Card: "board", Chat: chat, State: store.PostSending, At: noon, Tries: 1}
	must(t, "put", s.PutPost(t.Context(), id, sending))
	_, err := s.ClusterOfPost(t.Context(), chat, "")
	wantErr(t, "cluster of a post without a message", err, store.ErrNotFound)
	sent := store.Post{Card: "board", Chat: chat, State: store.PostSent, Ref: "m1", Hash: "h", At: noon, Tries: 2}
	must(t, "put", s.PutPost(t.Context(), id, sent))
	must(t, "put", s.PutPost(t.Context(), id, store.Post{Card: "board", Chat: thread, State: store.PostLive, Ref: "m2"}))
	must(t, "put", s.PutPost(t.Context(), other, store.Post{Card: "board", Chat: chat, State: store.PostSent, Ref: "m3"}))
	posts := list(id)
	if len(posts) != 2 || posts[0].Ref != "m1" || !posts[0].At.Equal(noon) || posts[0].Chat != chat || posts[0].Tries != 2 || posts[1].Chat != thread || posts[1].State != store.PostLive {
		t.Errorf("posts: %+v", posts)
	}
	clusterOf := func(chat domain.ChatRef, ref string, want domain.ClusterID) {
		t.Helper()
		got, err := s.ClusterOfPost(t.Context(), chat, ref)
		if want == "" {
			wantErr(t, "cluster of "+ref, err, store.ErrNotFound)
			return
		}
		must(t, "cluster of "+ref, err)
		wantEqual(t, "cluster of "+ref, got, want)
	}
	clusterOf(chat, "m1", id)
	clusterOf(chat, "m2", id) // the thread does not matter
	clusterOf(chat, "m3", other)
	clusterOf(domain.ChatRef{Platform: "discord", Chat: "-1"}, "m1", "")
	sent.Ref = "m4"
	must(t, "put", s.PutPost(t.Context(), id, sent))
	clusterOf(chat, "m4", id)
	clusterOf(chat, "m1", "")
	must(t, "delete", s.DeletePost(t.Context(), id, "board", chat))
	must(t, "delete again", s.DeletePost(t.Context(), id, "board", chat))
	clusterOf(chat, "m4", "")
	wantEqual(t, "posts", len(list(id)), 1)
	wantEqual(t, "another cluster's posts", len(list(other)), 1)
}

func testTranscript(t *testing.T, s store.Store) {
	chat := domain.ChatRef{Platform: "web", Chat: "room"}
	lines := func(limit int) (all []string) {
		t.Helper()
		got, err := s.Lines(t.Context(), chat, limit)
		must(t, "lines", err)
		for i, line := range got {
			if i > 0 && line.ID <= got[i-1].ID {
				t.Errorf("line %d after %d", line.ID, got[i-1].ID)
			}
			all = append(all, string(line.Body))
		}
		return all
	}
	wantLines := func(limit int, want ...string) {
		t.Helper()
		if got := lines(limit); !slices.Equal(got, want) {
			t.Errorf("lines: got %q, want %q", got, want)
		}
	}
	wantLines(10)
	var ids []uint64
	for i := range 8 {
		line, err := s.AddLine(t.Context(), chat, []byte(fmt.Sprint("line ", i)), 5)
		must(t, "add", err)
		ids = append(ids, line)
	}
	wantLines(10, "line 3", "line 4", "line 5", "line 6", "line 7")
	wantLines(2, "line 6", "line 7")
	must(t, "replace", s.ReplaceLine(t.Context(), chat, ids[4], []byte("line 4, corrected")))
	wantLines(10, "line 3", "line 4, corrected", "line 5", "line 6", "line 7")
	wantErr(t, "replace a line that has gone", s.ReplaceLine(t.Context(), chat, ids[0], []byte("x")), store.ErrNotFound)
	wantErr(t, "replace a line to come", s.ReplaceLine(t.Context(), chat, ids[7]+1, []byte("x")), store.ErrNotFound)
	_, err := s.AddLine(t.Context(), chat, []byte("last"), 2)
	must(t, "add", err)
	wantLines(10, "line 7", "last")

	other := domain.ChatRef{Platform: "web", Chat: "other room"}
	const writers = 20
	together(writers, func(i int) {
		if _, err := s.AddLine(t.Context(), other, []byte("x"), 100); err != nil {
			t.Errorf("add: %v", err)
		}
	})
	got, err := s.Lines(t.Context(), other, 100)
	must(t, "lines", err)
	wantEqual(t, "lines of many writers", len(got), writers)
}

func testFollow(t *testing.T, s store.Store) {
	id := clusterID(1)
	head := create(t, s, id)
	heard := make(chan uint64, 1000)
	end := listening(t, func(ctx context.Context) error {
		return s.Follow(ctx, func(moved domain.ClusterID, version uint64) {
			if moved == id {
				select {
				case heard <- version:
				default:
				}
			}
		})
	})
	until(t, "a hint of an append", func() bool { // a hint may be lost, most of all before the listener is ready
		head = appendOne(t, s, id, head, fmt.Sprint("n ", head.Version))
		select {
		case version := <-heard:
			return version > 1 && version <= head.Version
		default:
			return false
		}
	})
	must(t, "follow at its end", end())
}

func testWatch(t *testing.T, s store.Store) {
	chat := domain.ChatRef{Platform: "web", Chat: "room {1}", Thread: "x"}
	line, err := s.AddLine(t.Context(), chat, []byte("first"), 5)
	must(t, "add", err)
	heard := make(chan domain.ChatRef, 1000)
	end := listening(t, func(ctx context.Context) error {
		return s.Watch(ctx, func(changed domain.ChatRef) {
			select {
			case heard <- changed:
			default:
			}
		})
	})
	until(t, "a hint of a line", func() bool {
		must(t, "replace", s.ReplaceLine(t.Context(), chat, line, []byte("again")))
		select {
		case changed := <-heard:
			return changed == chat
		default:
			return false
		}
	})
	must(t, "watch at its end", end())
}

func testTokens(t *testing.T, s store.Store) {
	_, err := s.Token(t.Context(), "unknown")
	wantErr(t, "an unknown token", err, store.ErrNotFound)
	must(t, "put", s.PutToken(t.Context(), "t1", []byte("meaning\x00"), time.Now().Add(time.Hour)))
	meaning, err := s.Token(t.Context(), "t1")
	must(t, "token", err)
	wantEqual(t, "meaning", string(meaning), "meaning\x00")
	must(t, "drop", s.DropToken(t.Context(), "t1"))
	must(t, "drop again", s.DropToken(t.Context(), "t1"))
	_, err = s.Token(t.Context(), "t1")
	wantErr(t, "a dropped token", err, store.ErrNotFound)
	must(t, "put", s.PutToken(t.Context(), "t2", nil, time.Now().Add(-time.Second)))
	_, err = s.Token(t.Context(), "t2")
	wantErr(t, "a token that was over at once", err, store.ErrNotFound)
	must(t, "put", s.PutToken(t.Context(), "t3", []byte("x"), time.Now().Add(150*time.Millisecond)))
	until(t, "the token ends", func() bool {
		_, err := s.Token(t.Context(), "t3")
		return errors.Is(err, store.ErrNotFound)
	})
}

func testParking(t *testing.T, s store.Store) {
	for i := range 4 {
		must(t, "park", s.Park(t.Context(), store.Parked{Cause: fmt.Sprint("tg:1:", i), Cluster: clusterID(i), At: noon, Reason: "journal is gone"}))
	}
	got, err := s.ParkedInputs(t.Context(), 3)
	must(t, "parked inputs", err)
	if len(got) != 3 || got[0].Cause != "tg:1:3" || got[2].Cause != "tg:1:1" || got[0].Cluster != clusterID(3) || !got[0].At.Equal(noon) || got[0].Reason == "" {
		t.Errorf("parked inputs: %+v", got)
	}
}

func testLease(t *testing.T, s store.Store) {
	for range 3 {
		held, err := s.Hold(t.Context(), "telegram:1", "me", time.Minute)
		must(t, "hold", err)
		wantEqual(t, "held", held, true)
	}
	must(t, "yield", s.Yield(t.Context(), "telegram:1", "me"))
	must(t, "yield again", s.Yield(t.Context(), "telegram:1", "me"))
	held, err := s.Hold(t.Context(), "telegram:1", "you", time.Minute)
	must(t, "hold", err)
	wantEqual(t, "held by the next", held, true)
}

// testOddIdentifiers: chats and accounts come from outside and must not reach into each other's keys.
func testOddIdentifiers(t *testing.T, s store.Store) {
	odd := []domain.ChatRef{
		{Platform: "web", Chat: "a", Thread: "b"}, {Platform: "web", Chat: "a:b"}, {Platform: "web", Chat: "a", Thread: "b:"},
		{Platform: "web", Chat: "a:", Thread: "b"}, {Platform: "web", Chat: "{a}"}, {Platform: "web", Chat: "}"},
		{Platform: "web", Chat: "{}"}, {Platform: "web", Chat: "a\x00b"}, {Platform: "web", Chat: "ä%3A ?*[x]\r\n"}, {Platform: "web"},
		{Platform: "we", Chat: "ba"}, {Platform: "web", Chat: strings.Repeat("long", 300)},
	}
	for i, chat := range odd {
		holder, err := s.Claim(t.Context(), chat, clusterID(i))
		must(t, "claim", err)
		wantEqual(t, "holder", holder, clusterID(i))
		_, err = s.AddLine(t.Context(), chat, []byte(fmt.Sprint(i)), 5)
		must(t, "add line", err)
		account := store.Account{Platform: chat.Platform, User: chat.Chat + "|" + chat.Thread}
		wantEqual(t, "person", mint(t, s, account, store.Person{ID: personID(i)}).ID, personID(i))
	}
	for i, chat := range odd {
		lines, err := s.Lines(t.Context(), chat, 10)
		must(t, "lines", err)
		if len(lines) != 1 || string(lines[0].Body) != fmt.Sprint(i) {
			t.Errorf("chat %d has another's lines", i)
		}
	}
}

func testService(t *testing.T, s store.Store) {
	must(t, "ready", s.Ready(t.Context()))
	now, err := s.Now(t.Context())
	must(t, "now", err)
	if off := time.Since(now).Abs(); off > time.Minute {
		t.Errorf("the store's clock is %s off", off)
	}
	d, err := s.Durability(t.Context())
	must(t, "durability", err)
	if d.Store == "" || len(d.Reasons) == 0 || d.Refused != "" {
		t.Errorf("durability: %+v", d)
	}
}

func testCancelled(t *testing.T, s store.Store) {
	id := clusterID(1)
	head := create(t, s, id)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	next, err := s.Append(ctx, id, head, entry("second"), time.Time{}, nil)
	tip, tipErr := s.Tip(t.Context(), id)
	must(t, "tip", tipErr)
	switch {
	case err == nil:
		wantEqual(t, "it was said to be stored", tip, next)
	case !errors.Is(err, store.ErrUnsure):
		wantEqual(t, "it was said not to be stored", tip, head)
	}
}

func testClosed(t *testing.T, s store.Store) {
	id := clusterID(1)
	head := create(t, s, id)
	follow := make(chan error, 1)
	go func() { follow <- s.Follow(context.Background(), func(domain.ClusterID, uint64) {}) }()
	must(t, "close", s.Close())
	must(t, "close again", s.Close())
	_, err := s.Append(t.Context(), id, head, entry("n"), time.Time{}, nil)
	wantErr(t, "append", err, store.ErrClosed)
	_, err = s.Tip(t.Context(), id)
	wantErr(t, "tip", err, store.ErrClosed)
	_, err = s.Due(t.Context(), noon, 1)
	wantErr(t, "due", err, store.ErrClosed)
	_, err = s.PersonByID(t.Context(), "p")
	wantErr(t, "person", err, store.ErrClosed)
	wantErr(t, "ready", s.Ready(t.Context()), store.ErrClosed)
	select {
	case err := <-follow:
		wantErr(t, "follow", err, store.ErrClosed)
	case <-time.After(patience):
		t.Error("follow does not end with the store")
	}
}
