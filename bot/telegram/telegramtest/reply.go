package telegramtest

import (
	"fmt"
	"net/http"
	"strconv"
)

// refusal is an answer with ok=false.
type refusal struct {
	code        int
	description string
	retryAfter  int
	migrateTo   int64
}

func badRequest(format string, args ...any) *refusal {
	return &refusal{code: http.StatusBadRequest, description: "Bad Request: " + fmt.Sprintf(format, args...)}
}

func forbidden(text string) *refusal {
	return &refusal{code: http.StatusForbidden, description: "Forbidden: " + text}
}

func conflict(text string) *refusal {
	return &refusal{code: http.StatusConflict, description: "Conflict: " + text}
}

func tooMany(seconds int) *refusal {
	return &refusal{code: http.StatusTooManyRequests, description: "Too Many Requests: retry after " + strconv.Itoa(seconds), retryAfter: seconds}
}

// append writes the refusal in the envelope of the Bot API.
func (e *refusal) append(b []byte) []byte {
	b = append(b, `{"ok":false,"error_code":`...)
	b = strconv.AppendInt(b, int64(e.code), 10)
	b = append(b, `,"description":`...)
	b = appendString(b, e.description)
	switch {
	case e.migrateTo != 0:
		b = append(b, `,"parameters":{"migrate_to_chat_id":`...)
		b = strconv.AppendInt(b, e.migrateTo, 10)
		b = append(b, '}')
	case e.retryAfter != 0:
		b = append(b, `,"parameters":{"retry_after":`...)
		b = strconv.AppendInt(b, int64(e.retryAfter), 10)
		b = append(b, '}')
	}
	return append(b, '}')
}

// result is what a method hands back: JSON written into the buffer it was given, or a refusal.
type result struct {
	body []byte
	err  *refusal
}

func refused(e *refusal) result { return result{err: e} }

// answer frames a result and sends it in one write.
func (s *Server) answer(w http.ResponseWriter, res result) {
	frame, _ := s.bodies.Get().(*[]byte)
	b := (*frame)[:0]
	status := http.StatusOK
	h := w.Header()
	if res.err != nil {
		status = res.err.code
		if res.err.retryAfter != 0 {
			h.Set("Retry-After", strconv.Itoa(res.err.retryAfter))
		}
		b = res.err.append(b)
	} else {
		b = append(b, `{"ok":true,"result":`...)
		b = append(b, res.body...)
		b = append(b, '}')
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	_, _ = w.Write(b)
	*frame = b
	s.bodies.Put(frame)
}
