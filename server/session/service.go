// Package session is the domain: the owner of each session, which alone writes its log, the fold of that log, and the
// feed that everybody reads. It knows the store and the adapters' seam, and nothing of HTTP.
package session

import (
	"context"
	"log/slog"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

// Config is what a Service is made of. Store and Adapters are required; zero limits mean the defaults.
type Config struct {
	Store     store.Store
	Adapters  []adapters.Adapter // in the order of the agents list
	Log       *slog.Logger
	Now       func() time.Time
	Sessions  int           // at most so many sessions that have not ended; 0 = no limit
	Followers int           // at most so many followers at once; 0 = no limit
	Queue     int           // at most so many waiting messages a session; 0 = 1,000
	Idle      time.Duration // an agent without a turn for so long is closed; 0 = 10 minutes
	Grace     time.Duration // how long an agent may take to end by itself; 0 = 5 seconds
}

// Idempotency makes a repeated command harmless. The zero value asks for nothing.
type Idempotency struct {
	Key  string // as the caller chose it
	Hash []byte // of the command's body
}

// Accepted is the answer to a message.
type Accepted struct {
	TurnID   string `json:"turn_id"`
	Sequence uint64 `json:"sequence"` // of the first event that the message caused
}

// Page is a part of a log.
type Page struct {
	Records []store.Record
	HasMore bool // the limit cut something off
}

// Service is the only door to sessions. Its methods are safe for concurrent use; their errors are *Error where the
// caller is to blame or must decide.
type Service struct{}

// New makes a service. Start must be called before it is used.
func New(cfg Config) (*Service, error) { panic("soon") }

// Start starts the owners of the sessions that a former server left unfinished. It does not wait for them.
func (s *Service) Start(ctx context.Context) error { panic("soon") }

// Close interrupts what runs, closes all agents and wakes all followers, which then end. Turns that were cut are closed
// in the log by the next Start, unless they could end in time.
func (s *Service) Close(ctx context.Context) error { panic("soon") }

// Agents lists the agents.
func (s *Service) Agents(ctx context.Context) []openapi.AgentInfo { panic("soon") }

// Modes lists an agent's modes.
func (s *Service) Modes(ctx context.Context, agent string) ([]openapi.AgentMode, error) {
	panic("soon")
}

// Models lists an agent's models.
func (s *Service) Models(ctx context.Context, agent string) (openapi.AgentModelsResponse, error) {
	panic("soon")
}

// Create creates a session.
func (s *Service) Create(ctx context.Context, id string, req openapi.CreateSessionRequest, once Idempotency) (openapi.CreateSessionResponse, error) {
	panic("soon")
}

// Get returns one session.
func (s *Service) Get(ctx context.Context, id string) (openapi.SessionInfo, error) { panic("soon") }

// List returns a page of sessions, newest first; limit 0 = all. The cursor is a former page's.
func (s *Service) List(ctx context.Context, limit int, cursor string) (openapi.SessionListResponse, error) {
	panic("soon")
}

// Delete ends a session and erases it.
func (s *Service) Delete(ctx context.Context, id string) error { panic("soon") }

// Message gives a session a message. It returns when that is durable.
func (s *Service) Message(ctx context.Context, id string, req openapi.MessageRequest, once Idempotency) (Accepted, error) {
	panic("soon")
}

// Interrupt ends the running turn, if any.
func (s *Service) Interrupt(ctx context.Context, id string) error { panic("soon") }

// Terminate ends a session for good.
func (s *Service) Terminate(ctx context.Context, id string) error { panic("soon") }

// ReplyQuestion answers a question.
func (s *Service) ReplyQuestion(ctx context.Context, id, question string, answers [][]string, once Idempotency) error {
	panic("soon")
}

// RejectQuestion refuses to answer a question.
func (s *Service) RejectQuestion(ctx context.Context, id, question string, once Idempotency) error {
	panic("soon")
}

// ReplyPermission answers a permission request.
func (s *Service) ReplyPermission(ctx context.Context, id, permission string, reply openapi.PermissionReply, once Idempotency) error {
	panic("soon")
}

// Pending lists the requests of one session that wait.
func (s *Service) Pending(ctx context.Context, id string) (openapi.PendingResponse, error) {
	panic("soon")
}

// AllPending lists the requests of all sessions that wait.
func (s *Service) AllPending(ctx context.Context) (openapi.PendingResponse, error) { panic("soon") }

// Events reads a part of a log; a nil limit reads all.
func (s *Service) Events(ctx context.Context, id string, after uint64, limit *int64, raw bool) (Page, error) {
	panic("soon")
}

// Follow begins to follow a session after a sequence. The follower must be closed.
func (s *Service) Follow(ctx context.Context, id string, after uint64, raw bool) (*Follower, error) {
	panic("soon")
}
