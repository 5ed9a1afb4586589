package telegramtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// BenchmarkRoundTrip is a tap, its delivery and its answer, with a bare client on one
// connection; taps come in batches of 100 as they do under load.
func BenchmarkRoundTrip(b *testing.B) {
	s := New(WithoutChecks())
	defer s.Close()
	ann := started(s, "Ann")
	tr := &http.Transport{}
	defer tr.CloseIdleConnections()
	hc := &http.Client{Transport: tr}
	buf := make([]byte, 0, 1<<20)
	post := func(method, body string) {
		resp, err := hc.Post(s.URL()+"/bot"+s.Token()+"/"+method, "application/x-www-form-urlencoded", strings.NewReader(body)) //nolint:noctx // loopback
		if err != nil {
			b.Fatal(err)
		}
		buf = buf[:0]
		for {
			n, err := resp.Body.Read(buf[len(buf):cap(buf)])
			buf = buf[:len(buf)+n]
			if err != nil {
				break
			}
		}
		_ = resp.Body.Close()
	}
	post("sendMessage", fmt.Sprintf("chat_id=%d&text=Vote&reply_markup=%s", ann, keyboard(row(3), row(3))))
	m := s.Last(ann)
	presses := make([]Press, 100)
	for i := range presses {
		presses[i] = Press{Chat: ann, Message: m.ID, User: ann, Data: "d"}
	}
	offset := 0
	b.ResetTimer()
	for done := 0; done < b.N; done += len(presses) {
		ids := s.QueueTaps(presses...)
		post("getUpdates", fmt.Sprintf("timeout=50&offset=%d", offset))
		offset = s.world.queue.next
		for _, id := range ids {
			post("answerCallbackQuery", "callback_query_id="+id+"&text=recorded")
		}
	}
	b.StopTimer()
	if !json.Valid(buf) || s.Answered() < b.N {
		b.Fatalf("%d answered, last answer %s", s.Answered(), buf)
	}
}
