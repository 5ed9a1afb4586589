package redisstore

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"klaster/domain"
	"klaster/store"
	"klaster/store/storetest"
)

func begin(t *testing.T, s *Store, id domain.ClusterID) domain.Head {
	t.Helper()
	head, err := s.Create(t.Context(), id, store.Entry{Record: []byte("first")}, time.Time{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func wantEntries(t *testing.T, s *Store, id domain.ClusterID, want int) {
	t.Helper()
	entries, err := s.Read(t.Context(), id, 0, 1000)
	if err != nil || len(entries) != want {
		t.Errorf("the journal has %d entries (%v), want %d", len(entries), err, want)
	}
}

// Redis appended and the reply was lost: the append must succeed, once.
func TestLostReplyIsNotALostRace(t *testing.T) {
	proxy := storetest.StartProxy(t, storetest.StartRedis(t))
	s := openAt(t, "redis://"+proxy.Addr)
	head := begin(t, s, "c")
	for n := range 5 {
		record := []byte(fmt.Sprint("entry ", n))
		proxy.DropReplyTo(appendScript.hash)
		next, err := s.Append(t.Context(), "c", head, store.Entry{Record: record}, time.Time{}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if next != head.Next(record) {
			t.Fatalf("head %d", next.Version)
		}
		head = next
		<-proxy.Cut // it did happen
	}
	wantEntries(t, s, "c", 6)

	proxy.DropReplyTo(createScript.hash)
	if _, err := s.Create(t.Context(), "d", store.Entry{Record: []byte("x")}, time.Time{}, nil); err != nil {
		t.Errorf("create: %v", err)
	}
	<-proxy.Cut
}

// Many rooms share one pipeline whose replies are lost: each finds its own entry.
func TestLostRepliesOfAPipeline(t *testing.T) {
	const rooms, each = 40, 20
	proxy := storetest.StartProxy(t, storetest.StartRedis(t))
	s := openAt(t, "redis://"+proxy.Addr)
	done := make(chan error, rooms)
	for i := range rooms {
		id := benchID(i)
		head := begin(t, s, id)
		go func() {
			var err error
			for n := 0; n < each && err == nil; n++ {
				if n%5 == 0 {
					proxy.DropReplyTo(appendScript.hash)
				}
				head, err = s.Append(context.Background(), id, head, store.Entry{Record: fmt.Append(nil, n)}, time.Time{}, nil)
			}
			done <- err
		}()
	}
	for range rooms {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	for i := range rooms {
		wantEntries(t, s, benchID(i), each+1)
	}
	proxy.DropReplyTo("nothing any more")
}

// The first request hangs in the network; the second, sent after the timeout, stores the entry; then the first arrives.
func TestLateRequestChangesNothing(t *testing.T) {
	proxy := storetest.StartProxy(t, storetest.StartRedis(t))
	s := openWith(t, "redis://"+proxy.Addr, Options{Prefix: "late", Timeout: 150 * time.Millisecond})
	head := begin(t, s, "c")
	proxy.HoldRequest(appendScript.hash)
	second, err := s.Append(t.Context(), "c", head, store.Entry{Record: []byte("second")}, time.Time{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	<-proxy.Held
	third, err := s.Append(t.Context(), "c", second, store.Entry{Record: []byte("third")}, time.Time{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	proxy.Release()
	wantEntries(t, s, "c", 3)
	if tip, err := s.Tip(t.Context(), "c"); err != nil || tip != third {
		t.Errorf("tip %d, %v", tip.Version, err)
	}
}

// The server answers nothing at all: after its patience the store says that it does not know.
func TestUnknownOutcomeIsUnsure(t *testing.T) {
	addr := storetest.StartRedis(t)
	proxy := storetest.StartProxy(t, addr)
	s := openWith(t, "redis://"+proxy.Addr, Options{Prefix: "unsure", Timeout: 60 * time.Millisecond, Patience: time.Millisecond})
	head := begin(t, s, "c")
	proxy.HoldRequest(appendScript.hash)
	_, err := s.Append(t.Context(), "c", head, store.Entry{Record: []byte("second")}, time.Time{}, nil)
	if !errors.Is(err, store.ErrUnsure) {
		t.Errorf("got %v, want ErrUnsure", err)
	}
}

func TestServerThatIsGoneStoresNothing(t *testing.T) {
	proxy := storetest.StartProxy(t, storetest.StartRedis(t))
	s := openWith(t, "redis://"+proxy.Addr, Options{Prefix: "gone"})
	head := begin(t, s, "c")
	dead := openWith(t, "redis://"+proxy.Addr, Options{Prefix: "gone"})
	_ = dead.once.Close()
	gone := address{kind: standalone, hosts: []string{"127.0.0.1:1"}}
	dead.once = gone.connect(dead.opts, -1)
	dead.appends.client = dead.once
	began := time.Now()
	dead.opts.Patience = time.Millisecond
	_, err := dead.Append(t.Context(), "c", head, store.Entry{Record: []byte("second")}, time.Time{}, nil)
	if err == nil || errors.Is(err, store.ErrUnsure) {
		t.Errorf("got %v, want an error that is sure", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestReadyDoesNotHang(t *testing.T) {
	proxy := storetest.StartProxy(t, storetest.StartRedis(t))
	s := openWith(t, "redis://"+proxy.Addr, Options{Prefix: "ready", Timeout: time.Minute})
	proxy.HoldRequest("ping")
	began := time.Now()
	if err := s.Ready(t.Context()); err == nil {
		t.Error("a server that does not answer is ready")
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestScriptsThatRedisForgot(t *testing.T) {
	s := openAt(t, "redis://"+storetest.StartRedis(t))
	head := begin(t, s, "c")
	if err := s.client.ScriptFlush(t.Context()).Err(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Append(t.Context(), "c", head, store.Entry{Record: []byte("second")}, time.Time{}, nil); err != nil {
		t.Error(err)
	}
	wantEntries(t, s, "c", 2)
}
