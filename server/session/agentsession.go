package session

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

// AgentSession is a session as the agent-sessions family names it.
type AgentSession struct {
	ID       string
	Agent    string
	Input    map[string]any
	Expired  bool
	Created  time.Time
	Updated  time.Time
	Turn     string // that is under way; empty when none is
	Sequence uint64 // of its beginning

	Tools     []string          // of the client, by name
	RollsBack bool              // the agent forgets what is rolled back
	Defaults  adapters.Defaults // what resources and variables are as long as no event has set them
}

// AgentSession returns one session.
func (s *Service) AgentSession(ctx context.Context, id string) (AgentSession, error) {
	row, err := s.row(ctx, id)
	if err != nil {
		return AgentSession{}, err
	}
	d, st, err := parts(row)
	if err != nil {
		return AgentSession{}, err
	}
	a := AgentSession{ID: id, Agent: d.Agent, Input: d.Input, Created: row.Created, Updated: row.Updated}
	for _, t := range d.ClientTools {
		a.Tools = append(a.Tools, t.Name)
	}
	agent := s.find(d.Agent)
	a.RollsBack = saysMessages(agent)
	if has, ok := agent.(adapters.Defaulter); ok {
		a.Defaults = has.Defaults(ctx)
	}
	a.Expired = st.Ended || st.Expired || s.inactive(d, st, row.Updated)
	if st.Turn != nil {
		a.Turn, a.Sequence = st.Turn.ID, st.Turn.Sequence
	}
	return a, nil
}

func parts(row store.Session) (data, state, error) {
	var d data
	if err := json.Unmarshal(row.Data, &d); err != nil {
		return d, state{}, unreadable(row.ID, err)
	}
	st, err := loadState(row.State)
	if err != nil {
		return d, st, unreadable(row.ID, err)
	}
	return d, st, nil
}

// inactive says whether a session has expired by the time. Only those of the agent-sessions family do.
func (s *Service) inactive(d data, st state, since time.Time) bool {
	return d.Expires && st.Turn == nil && len(st.Queue) == 0 && s.cfg.Now().Sub(since) > s.cfg.Expiry
}

// CreateAgentSession creates a session that expires. Input is the declared agent's; of another agent it is the fields of a
// create request that say how it works.
func (s *Service) CreateAgentSession(ctx context.Context, id string, req openapi.CreateAgentSessionRequest, once Idempotency) error {
	create := openapi.CreateSessionRequest{Agent: req.AgentID, Input: req.Input}
	a, err := s.adapter(req.AgentID)
	if err != nil {
		return &Error{Code: CodeAgentNotFound, Detail: req.AgentID, Agent: req.AgentID}
	}
	if !a.Info(ctx).Takes.Input {
		if create, err = workInput(req); err != nil {
			return err
		}
	}
	_, err = s.create(ctx, id, create, true, once)
	return err
}

// workFields are what a coding agent's session may be told by its input.
var workFields = []string{"agentMode", "agentVersion", "clientTools", "directory", "mcp", "model", "permissionMode", "skills", "title", "variant"}

func workInput(req openapi.CreateAgentSessionRequest) (openapi.CreateSessionRequest, error) {
	var create openapi.CreateSessionRequest
	for _, name := range slices.Sorted(maps.Keys(req.Input)) {
		if !slices.Contains(workFields, name) {
			return create, invalid("input/%s: agent %s takes %s", name, req.AgentID, strings.Join(workFields, ", "))
		}
	}
	said, err := json.Marshal(req.Input)
	if err == nil {
		err = json.Unmarshal(said, &create)
	}
	if err != nil {
		return create, invalid("input: %s", err)
	}
	create.Agent = req.AgentID
	return create, nil
}

// Clear lets a session expire: what runs is interrupted, and the log is kept. It returns when session.expired is durable, and
// does nothing to a session that has expired or ended.
func (s *Service) Clear(ctx context.Context, id string) error {
	for {
		f, err := s.Follow(ctx, id, 0, false)
		if err != nil {
			return err
		}
		over, err := s.do(ctx, id, expireCommand{})
		if err != nil || over == true {
			f.Close()
			return err
		}
		err = awaitEnd(ctx, f, over.(uint64))
		f.Close()
		if err != nil {
			return err
		}
	}
}

// awaitEnd waits for the first turn.ended after a sequence, or for the end of everything: the session was terminated or erased
// meanwhile, or the service ends.
func awaitEnd(ctx context.Context, f *Follower, after uint64) error {
	f.Seek(after)
	for {
		records, err := f.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil // what has become of the session is another command's to tell
		}
		if err != nil {
			return err
		}
		if slices.ContainsFunc(records, func(r store.Record) bool { return r.Type == openapi.EventTurnEnded }) {
			return nil
		}
	}
}

// expireCommand appends session.expired where nothing runs. Else it interrupts what does, and answers with the sequence after
// which its end comes.
type expireCommand struct{}

func (expireCommand) apply(o *owner) (any, error) {
	st := &o.w.state
	switch {
	case st.Ended || st.Expired || len(o.ends) > 0:
		return true, nil
	case o.suspended():
		o.abandon()
	case o.turn != nil:
		o.interrupt()
		return o.w.last, nil
	}
	o.expire()
	return true, o.commit(nil)
}

// Restore takes an expired session up again with the messages that its owner has kept. It reports whether it did: a session
// that has not expired stays as it is. A terminated one is refused.
func (s *Service) Restore(ctx context.Context, id string, req openapi.RestoreAgentSessionRequest) (bool, error) {
	v, err := s.do(ctx, id, restoreCommand{req})
	if err != nil {
		return false, err
	}
	return v.(bool), nil
}

type restoreCommand struct {
	Request openapi.RestoreAgentSessionRequest
}

func (c restoreCommand) apply(o *owner) (any, error) {
	if err := o.open(); err != nil {
		return nil, err
	}
	if !o.w.state.Expired {
		if !o.lapsed() {
			return false, nil
		}
		o.expire()
	}
	o.emit(openapi.SessionRestoredData{Messages: c.Request.Messages, Input: c.Request.Input})
	return true, o.commit(nil)
}

// lapsed says whether the session has expired by the time, of which no event tells.
func (o *owner) lapsed() bool {
	used, err := o.used()
	return err == nil && o.service.inactive(o.data, o.w.state, used)
}

// expire says that the session has expired, and for how long it was not used.
func (o *owner) expire() {
	var d openapi.SessionExpiredData
	if used, err := o.used(); err == nil {
		d.InactiveMs = max(0, o.w.now().Sub(used).Milliseconds())
	}
	o.emit(d)
}

// used is when the session was used last.
func (o *owner) used() (time.Time, error) {
	row, err := o.service.row(context.Background(), o.w.id)
	return row.Updated, err
}

// InterruptTurn interrupts a turn if it is the one that runs, and not when it waits for tools of the client. One that has not begun
// is dropped.
func (s *Service) InterruptTurn(ctx context.Context, id, turn string) error {
	_, err := s.do(ctx, id, interruptTurnCommand{turn})
	return err
}

type interruptTurnCommand struct{ Turn string }

func (c interruptTurnCommand) apply(o *owner) (any, error) {
	if o.turn != nil && o.turn.id == c.Turn && !slices.ContainsFunc(o.w.state.Requests, func(r request) bool { return r.Tool }) {
		o.interrupt()
	}
	if i := slices.IndexFunc(o.w.state.Queue, func(w waiting) bool { return w.TurnID == c.Turn }); i >= 0 {
		o.drop(o.w.state.Queue[i], openapi.MessageDropReasonAbandoned)
		return nil, o.commit(nil)
	}
	return nil, nil
}
