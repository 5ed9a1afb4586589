package redisstore

import (
	"context"
	"fmt"

	"klaster/domain"
	"klaster/store"
)

const linesAtMost = 5000 // that Lua can hand over at once

// AddLine implements store.Transcript.
func (s *Store) AddLine(ctx context.Context, chat domain.ChatRef, body []byte, keep int) (uint64, error) {
	line, err := lineScript.run(ctx, &s.calls, []string{s.key.lines(chat)}, body, max(keep, 1)).Uint64()
	if err != nil {
		return 0, explain("add line on", string(chat.Platform), err)
	}
	s.lines.tell(chat, line)
	return line, nil
}

// ReplaceLine implements store.Transcript.
func (s *Store) ReplaceLine(ctx context.Context, chat domain.ChatRef, line uint64, body []byte) error {
	answer, err := correctScript.run(ctx, &s.calls, []string{s.key.lines(chat)}, line, body).Int()
	switch {
	case err != nil:
		return explain("replace line on", string(chat.Platform), err)
	case answer == 0:
		return explain("replace line on", string(chat.Platform), store.ErrNotFound)
	}
	s.lines.tell(chat, line)
	return nil
}

// Lines implements store.Transcript.
func (s *Store) Lines(ctx context.Context, chat domain.ChatRef, limit int) ([]store.Line, error) {
	if limit <= 0 {
		return nil, nil
	}
	reply, err := linesScript.run(ctx, &s.calls, []string{s.key.lines(chat)}, min(limit, linesAtMost)).Slice()
	if err == nil && len(reply) != 2 {
		err = fmt.Errorf("unexpected reply of %d parts", len(reply))
	}
	if err != nil {
		return nil, explain("lines on", string(chat.Platform), err)
	}
	last, _ := reply[0].(int64)
	bodies, _ := reply[1].([]any)
	lines := make([]store.Line, 0, len(bodies))
	for i, body := range bodies {
		if text, there := body.(string); there {
			lines = append(lines, store.Line{ID: uint64(last) - uint64(len(bodies)-1-i), Body: []byte(text)})
		}
	}
	return lines, nil
}
