package redisstore

import (
	"context"
	"crypto/sha1"
	"encoding/hex"
	"fmt"

	"github.com/redis/go-redis/v9"
)

// script is a Lua script, called by its hash and sent in full only when the server does not know it.
type script struct{ body, hash string }

func lua(body string) script {
	sum := sha1.Sum([]byte(body)) // Redis names scripts so
	return script{body: body, hash: hex.EncodeToString(sum[:])}
}

// run calls the script through a lane.
func (s script) run(ctx context.Context, l *lane, keys []string, args ...any) *redis.Cmd {
	cmd := s.cmd(ctx, "evalsha", s.hash, keys, args)
	if err := l.do(ctx, cmd); err != nil && redis.HasErrorPrefix(err, "NOSCRIPT") {
		cmd = s.cmd(ctx, "eval", s.body, keys, args)
		_ = l.do(ctx, cmd)
	}
	return cmd
}

func (s script) cmd(ctx context.Context, how, what string, keys []string, args []any) *redis.Cmd {
	all := make([]any, 0, 3+len(keys)+len(args))
	all = append(all, how, what, len(keys))
	for _, key := range keys {
		all = append(all, key)
	}
	cmd := redis.NewCmd(ctx, append(all, args...)...)
	if len(keys) > 0 {
		cmd.SetFirstKeyPos(3)
	}
	return cmd
}

// What the scripts of the journal answer.
const (
	wasStored  = 1
	wasBefore  = 0 // this very entry is in the journal already
	wasLate    = -1
	wasRewound = -2
	wasMissing = -3
	wasThere   = -4
)

// createScript begins a journal.
//
// KEYS: 1 journal, 2 due index, 3 cluster ids, 4.. dirty marks of the platforms
// ARGV: 1 id of the entry, 2 record, 3 texts, 4 due time in microseconds or "", 5 cluster id
// Returns: stored, before, exists
var createScript = lua(`
if redis.call('EXISTS', KEYS[1]) == 1 then
  if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) > 0 then return 0 end
  return -4
end
redis.call('XADD', KEYS[1], ARGV[1], 'r', ARGV[2], 't', ARGV[3])
if ARGV[4] ~= '' then redis.call('ZADD', KEYS[2], ARGV[4], ARGV[5]) end
redis.call('ZADD', KEYS[3], 0, ARGV[5])
for i = 4, #KEYS do redis.call('ZADD', KEYS[i], 1, ARGV[5]) end
return 1`)

// appendScript stores one entry if the journal ends with the entry the caller knows, and sets due time and marks in the
// same step. XADD by itself is no lock: it accepts gaps, and begins a vanished journal anew. It still guards one case:
// when the last entry was deleted, the stream remembers its id, and XADD refuses one that is not larger.
//
// KEYS: 1 journal, 2 due index, 3.. dirty marks of the platforms
// ARGV: 1 id of the known head, 2 id of the new entry, 3 record, 4 texts, 5 due time in microseconds or "",
// 6 cluster id, 7 version of the new entry
// Returns: stored, before, late, rewound, missing
var appendScript = lua(`
local tip = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not tip then
  if redis.call('EXISTS', KEYS[1]) == 1 then return -2 end
  return -3
end
if tip[1] ~= ARGV[1] then
  local function version(id) return tonumber(string.match(id, '^%d+')) end
  if version(tip[1]) <= version(ARGV[1]) then return -2 end
  if ARGV[1] ~= '0-0' and #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then return -2 end
  if #redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2]) > 0 then return 0 end
  return -1
end
local added = redis.pcall('XADD', KEYS[1], ARGV[2], 'r', ARGV[3], 't', ARGV[4])
if type(added) == 'table' and added.err then
  if string.find(added.err, 'equal or smaller', 1, true) then return -2 end
  return added
end
if ARGV[5] == '' then
  redis.call('ZREM', KEYS[2], ARGV[6])
else
  redis.call('ZADD', KEYS[2], ARGV[5], ARGV[6])
end
for i = 3, #KEYS do redis.call('ZADD', KEYS[i], ARGV[7], ARGV[6]) end
return 1`)

// saveScript keeps a snapshot unless a newer one of the journal's chain is there.
//
// KEYS: 1 journal, 2 snapshot
// ARGV: 1 id of its entry, 2 chain, 3 format, 4 state
// Returns: 1 kept, 0 not
var saveScript = lua(`
local id = redis.call('HGET', KEYS[2], 'id')
if id then
  local function version(id) return tonumber(string.match(id, '^%d+')) end
  if version(id) > version(ARGV[1]) and #redis.call('XRANGE', KEYS[1], id, id) > 0 then return 0 end
end
redis.call('HSET', KEYS[2], 'id', ARGV[1], 'c', ARGV[2], 'f', ARGV[3], 's', ARGV[4])
return 1`)

// dueScript repairs a due time at a known head.
//
// KEYS: 1 journal, 2 due index
// ARGV: 1 id of the head, 2 due time in microseconds or "", 3 cluster id
// Returns: stored, late, missing
var dueScript = lua(`
local tip = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not tip then
  redis.call('ZREM', KEYS[2], ARGV[3])
  return -3
end
if tip[1] ~= ARGV[1] then return -1 end
if ARGV[2] == '' then
  redis.call('ZREM', KEYS[2], ARGV[3])
else
  redis.call('ZADD', KEYS[2], ARGV[2], ARGV[3])
end
return 1`)

// clearScript removes a dirty mark that no later entry has set again.
//
// KEYS: 1 dirty marks of a platform
// ARGV: 1 cluster id, 2 version
// Returns: 1 removed, 0 not
var clearScript = lua(`
local mark = redis.call('ZSCORE', KEYS[1], ARGV[1])
if mark and tonumber(mark) <= tonumber(ARGV[2]) then return redis.call('ZREM', KEYS[1], ARGV[1]) end
return 0`)

// swapRedactedScript puts the rebuilt stream in the journal's place if it has all of it and the lock is still ours.
//
// KEYS: 1 journal, 2 rebuilt stream, 3 snapshot, 4 lock
// ARGV: 1 id of the last entry that was copied, 2 our token
// Returns: 1 done, 0 more entries have come, -1 the lock is lost, -2 the journal is another one
var swapRedactedScript = lua(`
if redis.call('GET', KEYS[4]) ~= ARGV[2] then return -1 end
local tip = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not tip or redis.call('EXISTS', KEYS[2]) == 0 then return -2 end
if tip[1] ~= ARGV[1] then
  if #redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1]) == 0 then return -2 end
  return 0
end
redis.call('PERSIST', KEYS[2])
redis.call('RENAME', KEYS[2], KEYS[1])
redis.call('DEL', KEYS[3], KEYS[4])
return 1`)

// replaceScript writes a key if it holds what the caller read.
//
// KEYS: 1 key
// ARGV: 1 what was read, 2 what to write
// Returns: 1 written, 0 not
var replaceScript = lua(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`)

// releaseScript deletes a key if it holds the given value.
//
// KEYS: 1 key
// ARGV: 1 value
// Returns: 1 deleted, 0 not
var releaseScript = lua(`
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
return redis.call('DEL', KEYS[1])`)

// holdScript takes or extends a lease.
//
// KEYS: 1 lease
// ARGV: 1 owner, 2 milliseconds
// Returns: 1 held, 0 another owner has it
var holdScript = lua(`
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`)

// sessionScript keeps a session; the key ends with the last of its sessions.
//
// KEYS: 1 sessions of a person
// ARGV: 1 chat, 2 value, 3 milliseconds until its end
// Returns: 1
var sessionScript = lua(`
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
local ttl = tonumber(ARGV[3])
if redis.call('PTTL', KEYS[1]) < ttl then redis.call('PEXPIRE', KEYS[1], string.format('%.0f', ttl)) end
return 1`)

// lineScript adds a line to a transcript and drops the oldest.
//
// KEYS: 1 lines of a chat
// ARGV: 1 body, 2 lines to keep
// Returns: number of the line
var lineScript = lua(`
local n = redis.call('HINCRBY', KEYS[1], 'n', 1)
local old = n - tonumber(ARGV[2])
while old > 0 and redis.call('HDEL', KEYS[1], string.format('%.0f', old)) == 1 do old = old - 1 end
redis.call('HSET', KEYS[1], string.format('%.0f', n), ARGV[1])
return n`)

// correctScript replaces a line that is still there.
//
// KEYS: 1 lines of a chat
// ARGV: 1 number, 2 body
// Returns: 1 replaced, 0 gone
var correctScript = lua(`
if redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`)

// linesScript reads the last lines of a chat.
//
// KEYS: 1 lines of a chat
// ARGV: 1 most lines
// Returns: {number of the last line, bodies of the last lines, oldest first, false for those that are gone}
var linesScript = lua(`
local n = tonumber(redis.call('HGET', KEYS[1], 'n') or '0')
local numbers = {}
for i = math.max(1, n - tonumber(ARGV[1]) + 1), n do numbers[#numbers + 1] = string.format('%.0f', i) end
if #numbers == 0 then return {n, {}} end
return {n, redis.call('HMGET', KEYS[1], unpack(numbers))}`)

// allScripts are sent to every server at the start, so that hashes are known.
var allScripts = []script{createScript, appendScript, saveScript, dueScript, clearScript,
	swapRedactedScript, replaceScript, releaseScript, holdScript, sessionScript, lineScript, correctScript, linesScript}

func loadScripts(ctx context.Context, server redis.Cmdable) error {
	pipe := server.Pipeline()
	for _, s := range allScripts {
		pipe.ScriptLoad(ctx, s.body)
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return fmt.Errorf("load scripts: %w", err)
	}
	return nil
}
