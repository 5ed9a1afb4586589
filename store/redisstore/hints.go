package redisstore

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"klaster/domain"
	"klaster/store"
)

// Hints go through one channel each for journals and transcripts, outside the scripts. The first hint goes at once;
// those that come within the next few milliseconds are merged and go together, so that even a burst of appends costs
// each replica no more than a few hundred messages a second. Hints may be lost; nobody waits for them.

const (
	hintPause   = 5 * time.Millisecond
	hintTimeout = time.Second
)

type publisher[K comparable] struct {
	client  redis.UniversalClient
	channel string
	encode  func(K, uint64) string

	mu      sync.Mutex
	pending map[K]uint64
	wake    chan struct{} // capacity 1
	stop    chan struct{}
	ended   chan struct{}
}

func publish[K comparable](client redis.UniversalClient, channel string, encode func(K, uint64) string) *publisher[K] {
	p := &publisher[K]{client: client, channel: channel, encode: encode, pending: map[K]uint64{},
		wake: make(chan struct{}, 1), stop: make(chan struct{}), ended: make(chan struct{})}
	go p.run()
	return p
}

func (p *publisher[K]) tell(key K, number uint64) {
	p.mu.Lock()
	p.pending[key] = max(p.pending[key], number)
	p.mu.Unlock()
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

func (p *publisher[K]) run() {
	defer close(p.ended)
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-p.wake:
		}
		p.send()
		pause.Reset(hintPause)
		select {
		case <-p.stop:
			return
		case <-pause.C:
		}
	}
}

func (p *publisher[K]) send() {
	p.mu.Lock()
	pending := p.pending
	p.pending = map[K]uint64{}
	p.mu.Unlock()
	if len(pending) == 0 {
		return
	}
	lines := make([]string, 0, len(pending))
	for key, number := range pending {
		lines = append(lines, p.encode(key, number))
	}
	ctx, cancel := context.WithTimeout(context.Background(), hintTimeout)
	defer cancel()
	_ = p.client.Publish(ctx, p.channel, strings.Join(lines, "\n")).Err()
}

func (p *publisher[K]) close() {
	close(p.stop)
	<-p.ended
}

func encodeMoved(id domain.ClusterID, version uint64) string {
	return strconv.FormatUint(version, 10) + " " + escaped(string(id))
}

func encodeChat(chat domain.ChatRef, _ uint64) string {
	line, _ := json.Marshal(chat) // strings only: cannot fail, and has no line break
	return string(line)
}

// Follow implements store.Journal. The client connects again by itself.
func (s *Store) Follow(ctx context.Context, moved func(domain.ClusterID, uint64)) error {
	return s.listen(ctx, s.moved.channel, func(line string) {
		number, name, _ := strings.Cut(line, " ")
		version, err := strconv.ParseUint(number, 10, 64)
		id, ok := unescaped(name)
		if err == nil && ok {
			moved(domain.ClusterID(id), version)
		}
	})
}

// Watch implements store.Transcript.
func (s *Store) Watch(ctx context.Context, changed func(domain.ChatRef)) error {
	return s.listen(ctx, s.lines.channel, func(line string) {
		var chat domain.ChatRef
		if json.Unmarshal([]byte(line), &chat) == nil {
			changed(chat)
		}
	})
}

func (s *Store) listen(ctx context.Context, channel string, heard func(line string)) error {
	select {
	case <-s.closed:
		return store.ErrClosed
	default:
	}
	subscription := s.client.Subscribe(ctx, channel)
	defer func() { _ = subscription.Close() }()
	messages := subscription.Channel()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.closed:
			return store.ErrClosed
		case message, open := <-messages:
			if !open {
				return store.ErrClosed
			}
			for line := range strings.SplitSeq(message.Payload, "\n") {
				heard(line)
			}
		}
	}
}
