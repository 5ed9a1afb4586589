package bot

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"klaster/commands"
	"klaster/domain"
	"klaster/store"
)

// Talk is the conversation as the bot uses it; *commands.Conversation is the one that speaks. All methods are pure and
// safe for use by many rooms at once.
type Talk interface {
	Lobby(in commands.Input) commands.Outcome
	Handle(s *domain.State, in commands.Input) commands.Outcome
	Answer(s *domain.State, commit domain.Commit, in commands.Input) []commands.Reply
	Cards(s *domain.State, now time.Time, lang commands.LangOf) []commands.Card
	Menu() []commands.MenuEntry
	Suggest(s *domain.State, q commands.Typing) []commands.Suggestion
	UsesSession(tap string) bool
	// SessionCluster is the cluster a half-done conversation is about, if it says so.
	SessionCluster(blob []byte) domain.ClusterID
	// Interrupt puts a half-done conversation above the one that waits.
	Interrupt(begun, waiting []byte) []byte
	Trouble(kind commands.Trouble, lang string) commands.Rich
	Label(key, lang string) string
}

var _ Talk = (*commands.Conversation)(nil)

// maxBatch is how many requests one entry takes.
const maxBatch = 128

type requestKind uint8

const (
	words requestKind = iota // what a person said or tapped: in
	order                    // a command of the bot itself: command
	timer                    // what is due by now
	look                     // see, once the state is the journal's
)

// request is one thing a room is asked to do. Its maker fills in the first part; the rest is the room's until it calls
// settled.
type request struct {
	kind    requestKind
	in      commands.Input
	command domain.Command
	now     time.Time
	see     func(*domain.State)
	then    settler

	outcome    commands.Outcome // words: without events if the cause was known
	replies    []commands.Reply
	trouble    commands.Trouble // said in place of replies
	refused    *domain.Error    // order
	number     uint64           // of the commit that belongs to the request, also when an earlier delivery made it; 0: none
	version    uint64           // of the entry that holds it, when an earlier delivery made it
	acceptedAt int64            // unix seconds, when version is set
	missing    bool             // words, parked: there is no journal
	former     bool             // words: the person has been forgotten; nothing was decided
	reheard    bool             // words: who speaks was looked up anew after that
	lang       string           // the cluster's language
	err        error            // the store is down, or (look, order, timer) the journal is no good: see parked
}

// settler hears that a request is done: durable, refused, or failed with err. It is called by the room's goroutine and
// must not block.
type settler interface{ settled(q *request) }

// parkedError says that a cluster's own journal, or a defect, stands in the way; the store itself works.
type parkedError struct{ cause error }

func (e *parkedError) Error() string { return "parked: " + e.cause.Error() }
func (e *parkedError) Unwrap() error { return e.cause }

// roomDeps is what all rooms share.
type roomDeps struct {
	ctx    context.Context // ends after the last room has been let go
	store  store.Store
	talk   Talk
	clock  *storeClock
	zones  func(name string) *time.Location
	log    logger
	meters *Metrics

	aside *sync.WaitGroup // snapshots being saved

	// moved is told of every entry a room has appended, and what it may have changed on the cards.
	moved func(id domain.ClusterID, why nudging)
	// forgot is told of persons who have been forgotten, perhaps by another replica, as far as a fold came by it; former
	// says whether somebody is one of them.
	forgot func(persons []domain.PersonID)
	former func(domain.PersonID) bool
	// due is told when something falls due.
	due func(at time.Time)
}

// room is one awake cluster. Its mailbox is worked off by one goroutine that lives as long as there is mail; between
// two bursts a room is only a folded state.
type room struct {
	*roomDeps
	id domain.ClusterID

	mu      sync.Mutex
	queue   []*request // nil at rest
	running bool
	gone    bool   // let go: ask the hub for another one
	spoiled bool   // the texts in the state were rewritten: fold anew
	used    int64  // Unix nanoseconds at which the goroutine last went home
	heard   uint64 // newest version another replica told us of

	// Owned by the goroutine, or by whoever found running false and set it.
	state *domain.State // nil: to be loaded
	saved uint64        // commits in the newest snapshot
}

// submit puts the request in the mailbox. It returns false if the room has been let go. With here, a room at rest
// works the mail off on the caller's goroutine.
func (r *room) submit(q *request, here bool) bool {
	r.mu.Lock()
	if r.gone {
		r.mu.Unlock()
		return false
	}
	r.queue = append(r.queue, q)
	start := !r.running
	r.running = true
	r.mu.Unlock()
	switch {
	case start && here:
		r.work()
	case start:
		go r.work()
	}
	return true
}

// hear notes that the journal has reached a version elsewhere.
func (r *room) hear(version uint64) {
	r.mu.Lock()
	r.heard = max(r.heard, version)
	r.mu.Unlock()
}

func (r *room) work() {
	var done, batch []*request // done and queue take turns
	for {
		r.mu.Lock()
		clear(done)
		if len(r.queue) == 0 {
			r.queue, r.running = nil, false
			r.used = r.clock.Now().UnixNano()
			r.mu.Unlock()
			return
		}
		done, r.queue = r.queue, done[:0]
		heard := r.heard
		if r.spoiled {
			r.state, r.spoiled = nil, false
		}
		r.mu.Unlock()

		for rest := done; len(rest) > 0; rest = rest[len(batch):] {
			batch = rest[:min(len(rest), maxBatch)]
			r.handle(batch, heard)
		}
	}
}

// handle decides a batch, appends it as one entry, and settles every request in it.
func (r *room) handle(batch []*request, heard uint64) {
	r.meters.batch(len(batch))
	var err error
	for try := range maxTries {
		if try > 0 { // another replica writes, too: who waits a moment by chance lets it finish
			sleep(r.ctx, rand.N(patienceAfterRace<<try))
		}
		var again bool
		if again, err = r.attempt(batch, heard); !again {
			break
		}
	}
	var parked *parkedError
	switch {
	case err == nil:
	case errors.Is(err, errLostRaces):
		for _, q := range batch {
			switch {
			case q.trouble != "" || q.err != nil: // parked
			case q.kind == words:
				q.outcome, q.replies, q.number, q.trouble = commands.Outcome{}, nil, 0, commands.Busy
			default:
				q.err = err
			}
		}
	case errors.As(err, &parked):
		r.park(batch, parked)
	default:
		r.state = nil
		for _, q := range batch {
			if q.trouble == "" {
				q.err = err
			}
		}
	}
	for _, q := range batch {
		q.then.settled(q)
	}
}

// maxTries is how often a batch is decided before the room gives up.
const maxTries = 5

// patienceAfterRace is what the longest pause after a lost race grows from, doubling with each.
const patienceAfterRace = 5 * time.Millisecond

var errLostRaces = errors.New("bot: another writer was first, again and again")

// attempt decides the batch once. again: the state was not the newest, decide anew; err then says what to make of it
// when there are no more tries.
func (r *room) attempt(batch []*request, heard uint64) (again bool, err error) {
	fresh, err := r.wake(heard)
	if err != nil {
		return false, err
	}
	s := r.state
	first := s.Commits + 1
	commits, why, err := r.decideAll(batch)
	if err != nil { // a defect in one request: it is parked, the others go on with a clean state
		r.state = nil
		return true, err
	}
	if len(commits) == 0 {
		if !fresh && speaks(batch) {
			newest, err := r.newest()
			if err != nil || !newest {
				return err == nil, orLost(err)
			}
		}
	} else if err := r.append(commits, why); err != nil {
		return r.refused(err)
	}
	if err := r.answer(batch, commits, first); err != nil {
		return false, err
	}
	r.keepSnapshot()
	return false, nil
}

func orLost(err error) error {
	if err == nil {
		return errLostRaces
	}
	return err
}

// refused sorts the errors of an append. The state holds what was not accepted and is thrown away in any case.
func (r *room) refused(err error) (again bool, _ error) {
	at := r.state.Head.Version
	r.state = nil
	switch {
	case errors.Is(err, store.ErrConflict):
		r.meters.conflict()
		return true, errLostRaces
	case errors.Is(err, store.ErrRewound), errors.Is(err, store.ErrMissing):
		r.meters.rewind()
		r.log.Error("the journal is not what it was", "cluster", r.id, "version", at, "err", err)
		return true, &parkedError{err}
	}
	return false, err
}

// append puts the commits into the journal as one entry.
func (r *room) append(commits []domain.Commit, why nudging) error {
	entry, err := encodeEntry(commits)
	if err != nil {
		return &parkedError{err}
	}
	s := r.state
	due, _ := s.NextDue()
	began := time.Now()
	head, err := r.store.Append(r.ctx, r.id, s.Head, entry, due, marksFor(s, commits))
	r.meters.appended(len(commits), time.Since(began), err)
	if err != nil {
		return err
	}
	s.Seal(head)
	r.moved(r.id, why)
	if !due.IsZero() {
		r.due(due)
	}
	return nil
}

// newest says whether the state is still the journal's.
func (r *room) newest() (bool, error) {
	tip, err := r.store.Tip(r.ctx, r.id)
	switch {
	case errors.Is(err, store.ErrMissing):
		r.state = nil
		return false, &parkedError{err}
	case err != nil:
		return false, err
	case tip == r.state.Head:
		return true, nil
	}
	r.mu.Lock()
	r.heard = max(r.heard, tip.Version)
	r.mu.Unlock()
	r.state = nil
	return false, nil
}

// speaks says whether anything in a batch without events would be answered from the state.
func speaks(batch []*request) bool {
	for _, q := range batch {
		switch q.kind {
		case words:
			if q.number == 0 && (len(q.outcome.Replies) > 0 || q.outcome.Session != nil || len(q.outcome.Effects) > 0) {
				return true
			}
		case order, timer:
			return true
		}
	}
	return false
}

// park sets the batch's inputs aside durably, so that one cluster's trouble does not hold up a platform. Looks only
// fail.
func (r *room) park(batch []*request, why *parkedError) {
	r.state = nil
	for _, q := range batch {
		if q.trouble == "" && q.err == nil {
			r.parkOne(q, why)
		}
	}
}

func (r *room) parkOne(q *request, why *parkedError) {
	q.outcome, q.replies, q.number = commands.Outcome{}, nil, 0
	if q.kind != words {
		q.err = why
		return
	}
	q.trouble = commands.JournalFault
	q.missing = errors.Is(why, store.ErrMissing)
	r.meters.parked()
	r.log.Error("input parked", "cluster", r.id, "cause", q.in.Cause, "err", why)
	q.err = r.store.Park(r.ctx, store.Parked{Cause: q.in.Cause, Cluster: r.id, At: r.clock.Now(), Reason: why.Error()})
}

// platformsOf lists the platforms a cluster has chats on, each once.
func platformsOf(s *domain.State) []domain.Platform {
	var out []domain.Platform
next:
	for _, c := range s.Chats {
		for _, p := range out {
			if p == c.Ref.Platform {
				continue next
			}
		}
		out = append(out, c.Ref.Platform)
	}
	return out
}
