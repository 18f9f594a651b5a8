// Package store is the contract of the event log: what a place that keeps sessions must promise.
// It knows bytes and columns and imports nothing of ours. Every implementation passes storetest.
//
// One writer per session: the session's owner. Anybody may read, at any time, from any goroutine.
package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"time"
)

// The errors that a caller acts upon. Everything else is a fault of the place itself.
var (
	// ErrNotFound says that the session, or the receipt, is not there.
	ErrNotFound = errors.New("store: not found")
	// ErrExists says that the id of a new session is taken.
	ErrExists = errors.New("store: session exists")
	// ErrConflict says that the log's last sequence is not the one the writer knows.
	ErrConflict = errors.New("store: sequence conflict")
	// ErrFenced says that the session has a newer owner.
	ErrFenced = errors.New("store: fenced by a newer owner")
	// ErrReceipt matches a *ReceiptError: the key was used before.
	ErrReceipt = errors.New("store: key already used")
	// ErrCorrupt says that stored bytes of this session cannot be read; other sessions are not concerned.
	ErrCorrupt = errors.New("store: stored data unreadable")
	// ErrClosed is returned by every call after Close.
	ErrClosed = errors.New("store: closed")
)

// A Record is one event of a session's log.
type Record struct {
	Sequence uint64 // starts at 1 in each session, without gaps
	Type     string // the event's type, as in JSON
	JSON     []byte // exactly what clients see
	Raw      []byte // the provider's payload as JSON; nil when there is none or it was not asked for
}

// A Session is the row beside a log: what lists and a start need without reading events.
type Session struct {
	Key     uint64 // from NewKey; never used again, also not after a deletion
	ID      string // the caller's name for it; any non-empty text
	Created time.Time
	Updated time.Time // the time of the last commit
	Last    uint64    // sequence of the last event; also the number of events
	Epoch   uint64    // ownership epoch; 0 where there is one process
	Data    []byte    // what was said at creation; never changes
	State   State
}

// State is the fold of the log as of Session.Last. Data is opaque to the store, the rest are its columns.
type State struct {
	Status     string
	Unfinished bool // a turn runs or messages wait: an owner must be started after a restart
	Pending    int  // requests that wait for an answer
	Data       []byte
}

// A Receipt remembers the answer to a request that carried an idempotency key. It outlives the session that it was
// written with: only Forget drops it.
type Receipt struct {
	Scope    string // route and session
	Key      string
	Hash     []byte // of the request's body
	Answer   []byte
	Sequence uint64 // of the first event that the request caused; 0 if none
	Created  time.Time
}

// A ReceiptError refuses a commit whose receipt's key was used before. It matches ErrReceipt.
type ReceiptError struct{ First Receipt }

func (e *ReceiptError) Error() string {
	return fmt.Sprintf("store: key %q already used in %s", e.First.Key, e.First.Scope)
}

// Is makes errors.Is(err, ErrReceipt) true.
func (e *ReceiptError) Is(target error) bool { return target == ErrReceipt }

// A Commit is durable as a whole or not at all. What refuses it is looked at in this order: Validate, Receipt, Create
// (ErrExists) or its absence (ErrNotFound), Epoch, After.
type Commit struct {
	Session string
	At      time.Time // becomes Session.Updated; kept to the nanosecond, as an instant
	After   uint64    // the last sequence that the writer knows; else ErrConflict
	Epoch   uint64    // the writer's epoch. Below the session's: ErrFenced; above: it becomes the session's, a new owner took over
	Create  *Session  // set on a session's first commit, with Key, ID, Created and Data; ErrExists when the id is taken
	Records []Record  // sequences After+1, After+2, ...; may be empty
	State   *State    // nil leaves it as it is
	Receipt *Receipt  // refused with a *ReceiptError when its scope and key are known
}

// Validate says what is wrong with the form of c. Every Append begins with it.
func (c Commit) Validate() error {
	if c.Session == "" {
		return errors.New("store: commit without a session")
	}
	if c.Create != nil {
		if c.Create.ID != c.Session || c.After != 0 {
			return fmt.Errorf("store: first commit of %q creates %q after %d", c.Session, c.Create.ID, c.After)
		}
		if c.Create.Key == 0 || c.Create.Key > math.MaxInt64 {
			return fmt.Errorf("store: session %q has the key %d, which is none of NewKey's", c.Session, c.Create.Key)
		}
	}
	for i, r := range c.Records {
		if want := c.After + 1 + uint64(i); r.Sequence != want {
			return fmt.Errorf("store: record %d of a commit of %q has sequence %d, want %d", i, c.Session, r.Sequence, want)
		}
	}
	return nil
}

// A Page bounds a read. The zero Page reads everything.
type Page struct {
	Limit int  // at most so many records; 0 = no limit
	Bytes int  // stop after the record that reaches so many bytes of JSON, and of raw where it is filled; 0 = no limit
	Raw   bool // fill Record.Raw
}

// A Filter selects sessions, newest first. The zero Filter selects all.
type Filter struct {
	Before  uint64 // only keys below; 0 = from the newest
	Limit   int    // 0 = no limit
	Pending bool   // only sessions with requests that wait
}

// Store keeps sessions and their logs. All methods are safe for concurrent use; slices passed in are not kept
// and not changed, slices returned belong to the caller.
type Store interface {
	// NewKey returns a key that no session has or had.
	NewKey(ctx context.Context) (uint64, error)
	// Append blocks until c is durable. At most one call per session may be in flight.
	// After any error that is not one of the refusals above, c may be durable or not; so may it after a cancelled ctx.
	// The caller must then read Session again.
	Append(ctx context.Context, c Commit) error
	// Read returns the records with a sequence above after, in order. Past the end it is empty; ErrNotFound
	// without the session, ErrCorrupt when its bytes cannot be read.
	Read(ctx context.Context, session string, after uint64, p Page) ([]Record, error)
	// Session returns the row of one session, or ErrNotFound.
	Session(ctx context.Context, session string) (Session, error)
	// Sessions returns the rows that f selects, the highest key first. When some rows cannot be read it returns the
	// others together with an ErrCorrupt.
	Sessions(ctx context.Context, f Filter) ([]Session, error)
	// Unfinished yields the sessions whose State.Unfinished is set, in no order and without a scan. The store may be
	// used in the loop. An ErrCorrupt beside a Session with a Key concerns only that one, and more may follow.
	Unfinished(ctx context.Context) iter.Seq2[Session, error]
	// Delete ends a session for every reader and frees its id at once, durably; ErrNotFound without it. Its log is then
	// erased in small batches, which goes on after a restart.
	Delete(ctx context.Context, session string) error
	// Receipt returns what was answered under a key, or ErrNotFound.
	Receipt(ctx context.Context, scope, key string) (Receipt, error)
	// Forget drops receipts created before t.
	Forget(ctx context.Context, t time.Time) error
	// Close waits for what is being written and frees everything.
	Close() error
}
