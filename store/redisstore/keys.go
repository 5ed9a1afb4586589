package redisstore

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"net/url"
	"strconv"

	"klaster/domain"
)

// All keys come from here. In Redis Cluster a key's slot is that of what stands in braces, so what changes in one step
// shares its braces: everything of a cluster and the indexes of its partition, a person and the person's sessions, what
// belongs to one chat. All parts that come from outside are escaped, so none can contain a brace or a colon.

const partitions = 256

type keys struct {
	prefix string
	tags   [partitions]string // prefix and braces of each partition; they are needed with every call
}

func newKeys(prefix string) *keys {
	k := &keys{prefix: escaped(prefix)}
	for n := range k.tags {
		k.tags[n] = fmt.Sprintf("%s:{p%03d}", k.prefix, n)
	}
	return k
}

func escaped(part string) string { return url.QueryEscape(part) }

func unescaped(part string) (string, bool) {
	whole, err := url.QueryUnescape(part)
	return whole, err == nil
}

func partitionOf(id domain.ClusterID) int {
	sum := fnv.New32a()
	_, _ = sum.Write([]byte(id))
	return int(sum.Sum32() % partitions)
}

func (k *keys) of(id domain.ClusterID) string { return k.tags[partitionOf(id)] }

// journal is the stream of a cluster: ids "<version>-<first 64 bits of the chain>", fields r (record) and t (texts).
func (k *keys) journal(id domain.ClusterID) string { return k.of(id) + ":j:" + escaped(string(id)) }

// snapshot is a hash: id (of the entry), c (chain), f (format), s (state).
func (k *keys) snapshot(id domain.ClusterID) string { return k.of(id) + ":s:" + escaped(string(id)) }

// posts is a hash: composite of card and chat -> JSON of store.Post.
func (k *keys) posts(id domain.ClusterID) string { return k.of(id) + ":o:" + escaped(string(id)) }

// redaction is the lock of a running Redact; redacted is the stream that it builds.
func (k *keys) redaction(id domain.ClusterID) string { return k.of(id) + ":x:" + escaped(string(id)) }
func (k *keys) redacted(id domain.ClusterID, token string) string {
	return k.redaction(id) + ":" + token
}

// ids, due and dirty are the sorted sets of a partition: all clusters (score 0), due times (microseconds), marks
// (version that set the mark). Their members are cluster ids.
func (k *keys) ids(n int) string { return k.tags[n] + ":ids" }
func (k *keys) due(n int) string { return k.tags[n] + ":due" }
func (k *keys) dirty(n int, p domain.Platform) string {
	return k.tags[n] + ":dirty:" + escaped(string(p))
}

func (k *keys) chat(chat domain.ChatRef) string {
	return fmt.Sprintf("%s:{c:%s:%s:%s}", k.prefix, escaped(string(chat.Platform)), escaped(chat.Chat), escaped(chat.Thread))
}

// claim holds the id of the cluster that a chat belongs to.
func (k *keys) claim(chat domain.ChatRef) string { return k.chat(chat) + ":claim" }

// lines is a hash: line number -> body, and n -> the last number.
func (k *keys) lines(chat domain.ChatRef) string { return k.chat(chat) + ":lines" }

// refs is a hash of a chat, whatever the thread: message id -> cluster id.
func (k *keys) refs(chat domain.ChatRef) string {
	return k.chat(domain.ChatRef{Platform: chat.Platform, Chat: chat.Chat}) + ":refs"
}

// person is JSON of store.Person. sessions is a hash: chat -> end in microseconds, a space, session.
func (k *keys) person(id domain.PersonID) string {
	return fmt.Sprintf("%s:{u:%s}:person", k.prefix, escaped(string(id)))
}
func (k *keys) sessions(id domain.PersonID) string {
	return fmt.Sprintf("%s:{u:%s}:sessions", k.prefix, escaped(string(id)))
}

// account holds the id of the person who has it.
func (k *keys) account(p domain.Platform, user string) string {
	return fmt.Sprintf("%s:a:%s:%s", k.prefix, escaped(string(p)), escaped(user))
}

// token holds what a secret means; the secret itself is only there as its hash.
func (k *keys) token(token string) string {
	sum := sha256.Sum256([]byte(token))
	return k.prefix + ":t:" + hex.EncodeToString(sum[:])
}

func (k *keys) lease(name string) string { return k.prefix + ":l:" + escaped(name) }

// parked is a list of JSON of store.Parked, the latest first.
func (k *keys) parked() string { return k.prefix + ":parked" }

func (k *keys) schema() string { return k.prefix + ":schema" }

// moved and lines are channels. Channels do not know databases, so the database is in the name.
func (k *keys) movedChannel(db int) string { return k.prefix + ":" + strconv.Itoa(db) + ":moved" }
func (k *keys) linesChannel(db int) string { return k.prefix + ":" + strconv.Itoa(db) + ":lines" }
