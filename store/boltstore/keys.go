package boltstore

import (
	"encoding/binary"
	"math"
	"time"

	"klaster/domain"
)

// The buckets and what is under which key. Composite keys put a length before each part, so that no part can reach
// into the next one. Numbers are big-endian, so that bbolt's byte order is their order.
var (
	metaBucket      = []byte("meta")      // "schema" -> number
	logBucket       = []byte("log")       // cluster, version -> chain, record, texts; all clusters in one tree
	clustersBucket  = []byte("clusters")  // cluster id as it is -> due time in microseconds (0: nothing is due)
	dueBucket       = []byte("due")       // due time, cluster id as it is -> nothing
	dirtyBucket     = []byte("dirty")     // platform, cluster id as it is -> version
	snapshotsBucket = []byte("snapshots") // cluster -> head, format, state
	postsBucket     = []byte("posts")     // cluster, card, chat -> JSON of store.Post
	refsBucket      = []byte("refs")      // platform, chat, message -> cluster id
	claimsBucket    = []byte("claims")    // chat -> cluster id
	peopleBucket    = []byte("people")    // person id as it is -> JSON of store.Person
	accountsBucket  = []byte("accounts")  // platform, user -> person id
	sessionsBucket  = []byte("sessions")  // person, chat -> until, session
	tokensBucket    = []byte("tokens")    // SHA-256 of the token -> until, meaning
	expiryBucket    = []byte("expiry")    // until, bucket, key -> nothing; what may be swept out
	linesBucket     = []byte("lines")     // chat, line number -> body
	lineTopBucket   = []byte("linetop")   // chat -> last line number
	parkedBucket    = []byte("parked")    // sequence -> JSON of store.Parked
)

var allBuckets = [][]byte{metaBucket, logBucket, clustersBucket, dueBucket, dirtyBucket, snapshotsBucket, postsBucket,
	refsBucket, claimsBucket, peopleBucket, accountsBucket, sessionsBucket, tokensBucket, expiryBucket, linesBucket,
	lineTopBucket, parkedBucket}

// composite joins parts so that two different lists never give the same key.
func composite(parts ...string) []byte {
	var key []byte
	for _, part := range parts {
		key = binary.AppendUvarint(key, uint64(len(part)))
		key = append(key, part...)
	}
	return key
}

func logKey(id domain.ClusterID, version uint64) []byte {
	return binary.BigEndian.AppendUint64(composite(string(id)), version)
}

func chatKey(chat domain.ChatRef) []byte {
	return composite(string(chat.Platform), chat.Chat, chat.Thread)
}

func refKey(chat domain.ChatRef, ref string) []byte {
	return composite(string(chat.Platform), chat.Chat, ref)
}

func postKey(id domain.ClusterID, card string, chat domain.ChatRef) []byte {
	return composite(string(id), card, string(chat.Platform), chat.Chat, chat.Thread)
}

func sessionKey(who domain.PersonID, chat domain.ChatRef) []byte {
	return composite(string(who), string(chat.Platform), chat.Chat, chat.Thread)
}

func accountKey(platform domain.Platform, user string) []byte {
	return composite(string(platform), user)
}

func dirtyKey(p domain.Platform, id domain.ClusterID) []byte {
	return append(composite(string(p)), id...)
}

func dueKey(micros uint64, id domain.ClusterID) []byte {
	return append(binary.BigEndian.AppendUint64(nil, micros), id...)
}

func number(v uint64) []byte { return binary.BigEndian.AppendUint64(nil, v) }

func asNumber(b []byte) uint64 {
	if len(b) < 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// micros is a due time as stored: rounded up, so that nothing is due before its time. 0 means never.
func micros(t time.Time) uint64 {
	if t.IsZero() {
		return 0
	}
	m := t.UnixMicro()
	if t.Nanosecond()%1000 != 0 {
		m++
	}
	if m < 1 {
		return 1 // long ago, but not never
	}
	return uint64(m)
}

func fromMicros(m uint64) time.Time {
	if m > math.MaxInt64 {
		m = math.MaxInt64
	}
	return time.UnixMicro(int64(m)).UTC()
}
