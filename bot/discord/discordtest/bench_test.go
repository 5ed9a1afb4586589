package discordtest

import (
	"bytes"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
)

// BenchmarkInteraction is what the fake costs in the cheap mode: an interaction sent and
// its response taken, over both connections. It must stay far below what a bot costs.
func BenchmarkInteraction(b *testing.B) {
	s := New(WithoutChecks())
	defer s.Close()
	p := somewhere(s)
	w := s.lock()
	w.commands[""] = []object{registered(object{"id": "1", "name": "go", "description": "Goes"})}
	s.unlock()
	ws, resp, err := websocket.DefaultDialer.DialContext(b.Context(), s.GatewayURL()+"/?v=10&encoding=json", nil)
	if err != nil {
		b.Fatal(err)
	}
	_ = resp.Body.Close()
	defer func() { _ = ws.Close() }()
	if err := ws.WriteJSON(object{"op": opIdentify, "d": object{"token": s.Token(), "intents": 0, "properties": object{}}}); err != nil {
		b.Fatal(err)
	}
	var tr http.Transport
	defer tr.CloseIdleConnections()
	client := http.Client{Transport: &tr}
	sent := make(chan error, 1)
	go func() {
		for range b.N {
			_, err := s.Slash(p.channel, p.citra, "go")
			if err == nil {
				err = answer(ws, &client, s)
			}
			if err != nil {
				sent <- err
				return
			}
		}
		sent <- nil
	}()
	b.ResetTimer()
	if err := <-sent; err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MB-held")
	b.ReportMetric(float64(s.Latencies().P99.Microseconds()), "p99-µs")
}

// answer reads to the next interaction and responds to it.
func answer(ws *websocket.Conn, client *http.Client, s *Server) error {
	for {
		_, raw, err := ws.ReadMessage()
		if err != nil {
			return err
		}
		if !bytes.Contains(raw, []byte(`"INTERACTION_CREATE"`)) {
			continue
		}
		w := s.lock()
		i := w.recent[len(w.recent)-1]
		s.unlock()
		r, err := http.NewRequest(http.MethodPost, s.URL()+"/api/v10/interactions/"+i.id+"/"+i.token+"/callback",
			strings.NewReader(`{"type":4,"data":{"content":"x","flags":64,"allowed_mentions":{"parse":[]}}}`))
		if err != nil {
			return err
		}
		r.Header.Set("Content-Type", "application/json")
		resp, err := client.Do(r)
		if err != nil {
			return err
		}
		return resp.Body.Close()
	}
}
