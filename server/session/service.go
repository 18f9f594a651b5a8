// Package session is the domain: the owner of each session, which alone writes its log, the fold of that log, and the
// feed that everybody reads. It knows the store and the adapters' seam, and nothing of HTTP.
package session

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/server/store"
)

// Config is what a Service is made of. Store and Adapters are required; zero limits mean the defaults.
type Config struct {
	Store     store.Store
	Adapters  []adapters.Adapter // in the order of the agents list
	Library   adapters.Library   // agents that are declared in files; nil = none
	Log       *slog.Logger
	Now       func() time.Time
	Sessions  int           // at most so many sessions that have not ended; 0 = no limit
	Followers int           // at most so many followers at once; 0 = no limit
	ToolsURL  string        // where agents reach the server's /mcp, for the tools of clients; empty = they cannot
	Agents    int           // at most so many agents that live at once; 0 = no limit
	Queue     int           // at most so many waiting messages a session; 0 = 1,000
	Idle      time.Duration // an agent without a turn for so long is closed; 0 = 10 minutes
	Expiry    time.Duration // a session of the agent-sessions family without use for so long expires; 0 = 24 hours
	Grace     time.Duration // how long an agent may take to end by itself; 0 = 5 seconds
}

func (c Config) withDefaults() Config {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Queue == 0 {
		c.Queue = 1000
	}
	if c.Idle == 0 {
		c.Idle = 10 * time.Minute
	}
	if c.Expiry == 0 {
		c.Expiry = 24 * time.Hour
	}
	if c.Grace == 0 {
		c.Grace = 5 * time.Second
	}
	return c
}

// Accepted is the answer to a message.
type Accepted struct {
	TurnID   string `json:"turn_id"`
	Sequence uint64 `json:"sequence"`         // of the first event that the message caused
	Joined   bool   `json:"joined,omitempty"` // the turn had begun before
	Began    uint64 `json:"began,omitempty"`  // the sequence of its beginning then
	Calls    int    `json:"calls,omitempty"`  // tools of the client that it was waiting for then
}

// Page is a part of a log.
type Page struct {
	Records []store.Record
	HasMore bool // the limit cut something off
}

// Service is the only door to sessions. Its methods are safe for concurrent use; their errors are *Error where the
// caller is to blame or must decide.
type Service struct {
	cfg       Config
	log       *slog.Logger
	adapters  map[string]adapters.Adapter
	followers atomic.Int64
	census    census
	places    *places
	tools     toolKeys
	started   string // when the service was made

	noCalls context.Context // ends the owners whose agents call tools of the client
	endCall context.CancelFunc
	stop    context.Context // ends all owners
	cancel  context.CancelFunc
	owners  sync.WaitGroup
	helpers sync.WaitGroup // everything else that runs by itself

	mu      sync.Mutex
	live    map[string]*live
	closing bool
	resting map[string]bool  // sessions that retry will wake
	failed  map[string]error // why the last owner of a session had to go, until another one has recovered it
}

// New makes a service. It does nothing by itself before Start.
func New(cfg Config) (*Service, error) {
	if cfg.Store == nil {
		return nil, errors.New("session: a store is required")
	}
	cfg = cfg.withDefaults()
	s := &Service{cfg: cfg, log: cfg.Log, adapters: map[string]adapters.Adapter{}, live: map[string]*live{}, resting: map[string]bool{}, failed: map[string]error{}}
	s.places, s.started = newPlaces(cfg), stamp(cfg.Now())
	for _, a := range cfg.Adapters {
		s.adapters[a.Info(context.Background()).ID] = a
	}
	s.stop, s.cancel = context.WithCancel(context.Background())
	s.noCalls, s.endCall = context.WithCancel(s.stop)
	return s, nil
}

// Start takes up the sessions that a former server left unfinished, and returns without waiting for them.
func (s *Service) Start(ctx context.Context) error {
	s.helpers.Go(s.resume)
	s.helpers.Go(s.forgetReceipts)
	return ctx.Err()
}

// background runs a function that Close waits for; unless the service is closing already.
func (s *Service) background(run func()) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return errClosing
	}
	s.helpers.Go(run)
	return nil
}

// Close interrupts what runs, closes all agents and brings all followers to their end. It returns when nothing runs any
// more, or with ctx's error; what was cut then is closed in the log by the next Start.
func (s *Service) Close(ctx context.Context) error {
	s.mu.Lock()
	s.closing = true
	for _, l := range s.live {
		if l.feed != nil {
			defer l.feed.close() // after the owners' last words
		}
	}
	s.mu.Unlock()
	s.cancel()
	over := make(chan struct{})
	go func() {
		s.owners.Wait()
		s.helpers.Wait()
		close(over)
	}()
	return wait(ctx, over)
}

// resume starts the owners of unfinished sessions, whose first act is recovery.
func (s *Service) resume() {
	for row, err := range s.cfg.Store.Unfinished(s.stop) {
		if err != nil {
			s.log.Error("unfinished session cannot be read", "key", row.Key, "error", err)
			continue
		}
		s.wake(row.ID)
	}
}

// wake makes sure that a session has an owner.
func (s *Service) wake(id string) {
	l, err := s.acquire(s.stop, id)
	if err == nil {
		defer s.release(l)
		_, err = s.owner(s.stop, l)
	}
	if err == nil || s.stop.Err() != nil {
		return
	}
	s.log.Error("session cannot be taken up", "session", id, "error", err)
	if passing(err) {
		s.retry(id)
	}
}

// failure is why a session's last owner had to go; nil when that was not for a fault.
func (s *Service) failure(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed[id]
}

func (s *Service) recovered(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.failed, id)
}

// passing tells whether a fault may be over after a while.
func passing(err error) bool {
	var refused *Error
	known := errors.As(err, &refused) && refused.Code == CodeSessionNotFound
	return !known && !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNotFound)
}

// retryAfter is how long a session rests whose log could not be written.
const retryAfter = 5 * time.Second

// retry takes up a session again after a while.
func (s *Service) retry(id string) {
	s.mu.Lock()
	known := s.resting[id]
	s.resting[id] = true
	s.mu.Unlock()
	if known {
		return
	}
	s.helpers.Go(func() {
		select {
		case <-time.After(retryAfter):
			s.mu.Lock()
			delete(s.resting, id)
			s.mu.Unlock()
			s.wake(id)
		case <-s.stop.Done():
		}
	})
}

// forgetReceipts drops idempotency keys that are too old, now and then.
func (s *Service) forgetReceipts() {
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			if err := s.cfg.Store.Forget(s.stop, s.cfg.Now().Add(-receiptLife)); err != nil {
				s.log.Error("old idempotency keys cannot be dropped", "error", err)
			}
		case <-s.stop.Done():
			return
		}
	}
}
