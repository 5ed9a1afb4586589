package web

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"klaster/domain"
	"klaster/store"
)

// logs holds the chats somebody looks at in memory. Every new or changed line gets the next number of one counter, so
// a page that knows the number it has seen can be told all that came later, in both its chats.
type logs struct {
	transcript store.Transcript
	keep       int
	nudge      chan struct{} // some chat is stale

	mu     sync.Mutex
	seq    uint64
	open   map[domain.ChatRef]*chatLog
	idle   []*chatLog // loaded and looked at by nobody, oldest first
	stale  map[domain.ChatRef]bool
	failed error
}

// chatLog is one chat's lines. Fields below io are guarded by logs.mu.
type chatLog struct {
	chat domain.ChatRef
	keep int
	io   chan struct{} // held around store calls, so that what is read and what is written keep their order

	loaded   bool
	lines    []line // by id
	users    int
	watchers map[chan struct{}]struct{}
}

type line struct {
	id   uint64
	seq  uint64
	body []byte // JSON
}

const maxIdle = 64

func newLogs(t store.Transcript, keep int) *logs {
	return &logs{
		transcript: t, keep: keep, nudge: make(chan struct{}, 1),
		open: map[domain.ChatRef]*chatLog{}, stale: map[domain.ChatRef]bool{},
	}
}

// hold finds the chat's log, not yet loaded perhaps. Every hold needs a drop.
func (g *logs) hold(chat domain.ChatRef) *chatLog {
	g.mu.Lock()
	defer g.mu.Unlock()
	l, ok := g.open[chat]
	if !ok {
		l = &chatLog{chat: chat, keep: g.keep, io: make(chan struct{}, 1), watchers: map[chan struct{}]struct{}{}}
		if isRoster(chat) {
			l.keep = keepRoster
		}
		g.open[chat] = l
	}
	if l.users == 0 {
		g.idle = slices.DeleteFunc(g.idle, func(other *chatLog) bool { return other == l })
	}
	l.users++
	return l
}

func (g *logs) drop(l *chatLog) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if l.users--; l.users > 0 {
		return
	}
	if !l.loaded {
		delete(g.open, l.chat)
		return
	}
	g.idle = append(g.idle, l)
	if len(g.idle) > maxIdle {
		delete(g.open, g.idle[0].chat)
		g.idle = slices.Delete(g.idle, 0, 1)
	}
}

// watch has wake signalled at every change, until unwatch.
func (g *logs) watch(l *chatLog, wake chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	l.watchers[wake] = struct{}{}
}

func (g *logs) unwatch(l *chatLog, wake chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(l.watchers, wake)
}

func (l *chatLog) lock(ctx context.Context) error {
	select {
	case l.io <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (l *chatLog) unlock() { <-l.io }

// load reads the chat as it is in the store now.
func (g *logs) load(ctx context.Context, l *chatLog) error {
	if err := l.lock(ctx); err != nil {
		return fmt.Errorf("load web log: %w", err)
	}
	defer l.unlock()
	return g.loadLocked(ctx, l)
}

func (g *logs) loadLocked(ctx context.Context, l *chatLog) error {
	stored, err := g.transcript.Lines(ctx, l.chat, l.keep)
	g.note(err)
	if err != nil {
		return fmt.Errorf("load web log: %w", err)
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	known := l.lines
	l.lines, l.loaded = make([]line, 0, len(stored)), true
	changed := false
	for _, s := range stored {
		for len(known) > 0 && known[0].id < s.ID {
			known = known[1:]
		}
		if len(known) > 0 && known[0].id == s.ID && bytes.Equal(known[0].body, s.Body) {
			l.lines = append(l.lines, known[0])
			continue
		}
		if !json.Valid(s.Body) {
			continue
		}
		g.seq++
		changed = true
		l.lines = append(l.lines, line{id: s.ID, seq: g.seq, body: s.Body})
	}
	if changed {
		l.wake()
	}
	return nil
}

func (l *chatLog) wake() {
	for w := range l.watchers {
		select {
		case w <- struct{}{}:
		default:
		}
	}
}

// add appends a line.
func (g *logs) add(ctx context.Context, l *chatLog, body []byte) (uint64, error) {
	if err := l.lock(ctx); err != nil {
		return 0, fmt.Errorf("add to web log: %w", err)
	}
	defer l.unlock()
	return g.addLocked(ctx, l, body)
}

func (g *logs) addLocked(ctx context.Context, l *chatLog, body []byte) (uint64, error) {
	id, err := g.transcript.AddLine(ctx, l.chat, body, l.keep)
	g.note(err)
	if err != nil {
		return 0, fmt.Errorf("add to web log: %w", err)
	}
	g.set(l, id, body)
	return id, nil
}

// addOnce appends a line unless one that contains mark is there; then it returns that one's id and body.
func (g *logs) addOnce(ctx context.Context, l *chatLog, mark, body []byte) (uint64, []byte, error) {
	if err := l.lock(ctx); err != nil {
		return 0, nil, fmt.Errorf("add to web log: %w", err)
	}
	defer l.unlock()
	if err := g.ready(ctx, l); err != nil {
		return 0, nil, err
	}
	for _, ln := range slices.Backward(g.linesOf(l)) {
		if bytes.Contains(ln.body, mark) {
			return ln.id, ln.body, nil
		}
	}
	id, err := g.addLocked(ctx, l, body)
	return id, body, err
}

// change replaces a line by what f makes of it. store.ErrNotFound if the line has gone; f returning nil changes
// nothing.
func (g *logs) change(ctx context.Context, l *chatLog, id uint64, f func(old []byte) []byte) error {
	if err := l.lock(ctx); err != nil {
		return fmt.Errorf("change web log: %w", err)
	}
	defer l.unlock()
	if err := g.ready(ctx, l); err != nil {
		return err
	}
	old, ok := g.find(l, id)
	if !ok { // perhaps another replica added it a moment ago
		if err := g.loadLocked(ctx, l); err != nil {
			return err
		}
		if old, ok = g.find(l, id); !ok {
			return fmt.Errorf("change web log: line %d: %w", id, store.ErrNotFound)
		}
	}
	body := f(old)
	if body == nil || bytes.Equal(body, old) {
		return nil
	}
	err := g.transcript.ReplaceLine(ctx, l.chat, id, body)
	g.note(err)
	if err != nil {
		return fmt.Errorf("change web log: line %d: %w", id, err)
	}
	g.set(l, id, body)
	return nil
}

// ready loads a log that has not been loaded. The caller holds io.
func (g *logs) ready(ctx context.Context, l *chatLog) error {
	g.mu.Lock()
	loaded := l.loaded
	g.mu.Unlock()
	if loaded {
		return nil
	}
	return g.loadLocked(ctx, l)
}

func (g *logs) linesOf(l *chatLog) []line {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(l.lines)
}

func (g *logs) find(l *chatLog, id uint64) ([]byte, bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	i, ok := place(l, id)
	if !ok {
		return nil, false
	}
	return l.lines[i].body, true
}

func place(l *chatLog, id uint64) (int, bool) {
	return slices.BinarySearchFunc(l.lines, id, func(ln line, id uint64) int {
		switch {
		case ln.id < id:
			return -1
		case ln.id > id:
			return 1
		}
		return 0
	})
}

// set notes a line that was just written. A log nobody has loaded stays so.
func (g *logs) set(l *chatLog, id uint64, body []byte) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !l.loaded {
		return
	}
	g.seq++
	now := line{id: id, seq: g.seq, body: body}
	if i, ok := place(l, id); ok {
		l.lines[i] = now
	} else {
		l.lines = slices.Insert(l.lines, i, now)
	}
	if extra := len(l.lines) - l.keep; extra > 0 {
		l.lines = slices.Delete(l.lines, 0, extra)
	}
	l.wake()
}

// since lists for each log the lines that are new or changed after seq, and the number to ask with next time.
func (g *logs) since(seq uint64, logs ...*chatLog) ([][]line, uint64) {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([][]line, len(logs))
	for i, l := range logs {
		for _, ln := range l.lines {
			if ln.seq > seq {
				out[i] = append(out[i], ln)
			}
		}
	}
	return out, g.seq
}
