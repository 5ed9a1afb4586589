package bot

import (
	"context"

	"klaster/domain"
)

// class says what is sent first.
type class uint8

const (
	answering class = iota // answers to what somebody just said
	deadlines              // extensions, results, last reminders
	editing                // boards of open items
	prompting              // scheduled prompts, digests
	classes
)

func (c class) String() string {
	return [...]string{"answer", "deadline", "edit", "prompt"}[min(c, classes-1)]
}

// sending is one message to be posted or edited.
type sending struct {
	key     string // a newer sending with the same key takes the place of one that waits; empty: none does
	class   class
	cluster domain.ClusterID // turns are taken between clusters
	chat    domain.ChatRef
	group   bool
	who     string // answering: the platform's user who is answered; turns are taken between them, too
	// do calls the platform. It runs outside every lock, and again after an error that passes.
	do func(ctx context.Context) error
	// done hears how it ended: nil, or an error that does not pass. It is not called for one that was replaced or
	// dropped because this process no longer sends for the platform.
	done func(err error)
	// flooded makes what is said in place of the first answer too many; nil: nothing.
	flooded func() *sending

	tries int
}

// Patience of answers: who asked has gone by then. Cards are tried for ever; they are worked out anew at each try.
const (
	answerTries = 8
	cardTries   = 4
)
