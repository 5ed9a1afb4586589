package redisstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"

	"github.com/redis/go-redis/v9"

	"klaster/store"
)

// What Redis refuses, in plain words. All of these mean that the command was not run.
var (
	ErrReplica = errors.New("this Redis is a read-only replica")
	ErrFull    = errors.New("no memory is left in Redis for writes (maxmemory)")
	ErrDisk    = errors.New("the disk of Redis fails, so it refuses writes")
	ErrBusy    = errors.New("this Redis is not ready (loading, failing over or running a script)")
	ErrDenied  = errors.New("access to Redis is denied (password or access rules)")
	ErrMaximum = errors.New("too many connections to Redis")
	ErrCopies  = errors.New("too few replicas of Redis are there for it to accept writes (min-replicas)")
	ErrForeign = fmt.Errorf("%w: something else is under its key", store.ErrMissing)
)

var refusals = []struct {
	prefix string
	means  error
}{
	{"READONLY", ErrReplica},
	{"OOM", ErrFull},
	{"MISCONF", ErrDisk},
	{"LOADING", ErrBusy},
	{"BUSY", ErrBusy},
	{"MASTERDOWN", ErrBusy},
	{"CLUSTERDOWN", ErrBusy},
	{"TRYAGAIN", ErrBusy},
	{"MOVED", ErrBusy},
	{"ASK", ErrBusy},
	{"NOREPLICAS", ErrCopies},
	{"WRONGTYPE", ErrForeign}, // the scripts look at the journal before they write anything
	{"NOAUTH", ErrDenied},
	{"WRONGPASS", ErrDenied},
	{"NOPERM", ErrDenied},
	{"ERR max number of clients", ErrMaximum},
	{"ERR invalid password", ErrDenied},
}

// refusal is nil unless err says for certain that Redis did not run the command.
func refusal(err error) error {
	for _, r := range refusals {
		if redis.HasErrorPrefix(err, r.prefix) || strings.HasPrefix(err.Error(), r.prefix) {
			return r.means
		}
	}
	return nil
}

// certain tells whether the command of a failed call was not run for certain; else the outcome is unknown.
func certain(err error) bool {
	var op *net.OpError
	switch {
	case refusal(err) != nil, errors.Is(err, redis.ErrClosed), errors.Is(err, redis.ErrPoolTimeout), errors.Is(err, errWithdrawn):
		return true
	case errors.As(err, &op) && op.Op == "dial":
		return true
	}
	return false
}

// passing tells whether the same call may succeed soon.
func passing(err error) bool {
	return !certain(err) || errors.Is(refusal(err), ErrBusy) || errors.Is(refusal(err), ErrReplica)
}

// errWithdrawn says that the caller's context ended while the command still waited to be sent.
var errWithdrawn = errors.New("the call was given up before it was sent")

// explain wraps an error with the operation and an identifier. Redis' own errors name commands and keys, never values.
func explain(operation, subject string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, redis.ErrClosed):
		err = store.ErrClosed
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
	default:
		if means := refusal(err); means != nil {
			err = fmt.Errorf("%w: %w", means, err)
		}
	}
	if subject == "" {
		return fmt.Errorf("redisstore: %s: %w", operation, err)
	}
	return fmt.Errorf("redisstore: %s %s: %w", operation, subject, err)
}
