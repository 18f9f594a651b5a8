package session

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/parleyhq/parley/openapi"
	"github.com/parleyhq/parley/server/store"
)

// state is the fold of a session's log: all that an owner must know of the past. It holds places in the log rather than
// copies of it, so that it stays small whatever was said.
type state struct {
	NativeID string    `json:"native_id,omitempty"` // the agent's own name for the session
	Messages int       `json:"messages,omitempty"`  // messages so far; the number of the last one
	Items    int       `json:"items,omitempty"`     // item ids given so far
	Turn     *turnMark `json:"turn,omitempty"`      // the turn that runs
	Queue    []waiting `json:"queue,omitempty"`     // messages that wait, in order
	Requests []request `json:"requests,omitempty"`  // requests that wait for an answer, in order
	Grants   []string  `json:"grants,omitempty"`    // what "always" has given
	Ended    bool      `json:"ended,omitempty"`     // terminated
	Expired  bool      `json:"expired,omitempty"`   // and not used since
}

// turnMark is where a turn began.
type turnMark struct {
	ID       string `json:"id"`
	Sequence uint64 `json:"sequence"`
	Answered bool   `json:"answered,omitempty"` // all tools that it has called gave their results, and nothing came after that
}

// waiting is where a waiting message stands in the log.
type waiting struct {
	TurnID   string `json:"turn_id"`
	Sequence uint64 `json:"sequence"`
}

// request is where an open request stands in the log. It is a permission where nothing else is said.
type request struct {
	ID       string `json:"id"`
	Question bool   `json:"question,omitempty"`
	Tool     bool   `json:"tool,omitempty"`
	Held     bool   `json:"held,omitempty"` // a call that somebody waits for in memory: it cannot outlive the server
	Sequence uint64 `json:"sequence"`
}

// kind tells requests of the same id apart.
type kind string

const (
	permissionKind kind = "permission"
	questionKind   kind = "question"
	toolKind       kind = "tool"
)

func (r request) kind() kind {
	switch {
	case r.Question:
		return questionKind
	case r.Tool:
		return toolKind
	}
	return permissionKind
}

// fold applies one event and tells whether it changed anything. It is the only place that changes a state.
func (s *state) fold(e openapi.Event) bool {
	went := s.foldAnswered()
	return s.foldData(e) || went
}

// foldAnswered notes that a turn goes on.
func (s *state) foldAnswered() bool {
	if s.Turn == nil || !s.Turn.Answered {
		return false
	}
	s.Turn.Answered = false
	return true
}

func (s *state) foldData(e openapi.Event) bool {
	switch d := e.Data.(type) {
	case openapi.ItemDeltaData:
		return false
	case openapi.ItemStartedData:
		return s.foldItem(d.Item)
	case openapi.ItemCompletedData:
		return s.foldItem(d.Item) // a parent may be named only now
	case openapi.SessionStartedData:
		s.foldNative(e.NativeSessionID)
	case openapi.SessionUpdatedData:
		s.NativeID = d.NativeSessionID
	case openapi.SessionEndedData:
		s.Ended = d.Reason == openapi.SessionEndReasonTerminated
	case openapi.SessionExpiredData:
		s.Expired = true
	case openapi.SessionRestoredData:
		s.Expired = false
	case openapi.MessageQueuedData:
		s.Messages++
		s.Queue = append(s.Queue, waiting{e.TurnID, e.Sequence})
	case openapi.MessageDroppedData:
		s.Queue = slices.DeleteFunc(s.Queue, func(w waiting) bool { return w.TurnID == e.TurnID })
	case openapi.TurnStartedData:
		s.foldTurn(e)
	case openapi.TurnEndedData:
		s.Turn = nil
	default:
		return s.foldRequest(e)
	}
	return true
}

func (s *state) foldNative(id *string) {
	if id != nil {
		s.NativeID = *id
	}
}

func (s *state) foldTurn(e openapi.Event) {
	if len(s.Queue) > 0 && s.Queue[0].TurnID == e.TurnID {
		s.Queue = s.Queue[1:]
	} else {
		s.Messages++
	}
	s.Turn = &turnMark{ID: e.TurnID, Sequence: e.Sequence}
	s.Expired = false
}

func (s *state) foldItem(item openapi.Item) bool {
	top := max(s.Items, itemNumber(item.ItemID))
	if item.ParentID != nil {
		top = max(top, itemNumber(*item.ParentID))
	}
	changed := top != s.Items
	s.Items = top
	return changed
}

func (s *state) foldRequest(e openapi.Event) bool {
	switch d := e.Data.(type) {
	case openapi.PermissionRequestedData:
		s.Requests = append(s.Requests, request{ID: d.PermissionID, Sequence: e.Sequence})
	case openapi.QuestionRequestedData:
		s.Requests = append(s.Requests, request{ID: d.QuestionID, Question: true, Sequence: e.Sequence})
	case openapi.ToolRequestedData:
		held := d.Source == openapi.ToolSourceAgent
		s.Requests = append(s.Requests, request{ID: d.ToolCallID, Tool: true, Held: held, Sequence: e.Sequence})
	case openapi.PermissionResolvedData:
		s.close(d.PermissionID, permissionKind)
		if d.Status == openapi.PermissionStatusAcceptForSession {
			s.grant(grantKeys(d.Action, d.Metadata))
		}
	case openapi.QuestionResolvedData:
		s.close(d.QuestionID, questionKind)
	case openapi.ToolResolvedData:
		s.foldResult(d.ToolCallID)
	default:
		return false
	}
	return true
}

func (s *state) foldResult(id string) {
	i := s.find(id, toolKind)
	if i < 0 {
		return
	}
	held := s.Requests[i].Held
	s.Requests = slices.Delete(s.Requests, i, i+1)
	if s.Turn != nil {
		s.Turn.Answered = !held && len(s.Requests) == 0
	}
}

func (s *state) close(id string, k kind) {
	if i := s.find(id, k); i >= 0 {
		s.Requests = slices.Delete(s.Requests, i, i+1)
	}
}

// find returns the place of an open request, or -1.
func (s *state) find(id string, k kind) int {
	return slices.IndexFunc(s.Requests, func(r request) bool { return r.ID == id && r.kind() == k })
}

// calls is how many tools of the client the turn waits for.
func (s *state) calls() (n int) {
	for _, r := range s.Requests {
		if r.Tool {
			n++
		}
	}
	return n
}

// suspended says whether the turn waits for nothing but tools of the client, and for that needs nobody who runs.
func (s *state) suspended() bool {
	return s.Turn != nil && len(s.Requests) > 0 &&
		!slices.ContainsFunc(s.Requests, func(r request) bool { return !r.Tool || r.Held })
}

// status is what the session is doing, for people.
func (s *state) status() openapi.SessionStatus {
	switch {
	case s.Ended:
		return openapi.SessionStatusEnded
	case len(s.Requests) > 0:
		return openapi.SessionStatusWaiting
	case s.Turn != nil:
		return openapi.SessionStatusRunning
	case len(s.Queue) > 0:
		return openapi.SessionStatusQueued
	}
	return openapi.SessionStatusIdle
}

// stored is the state as the store keeps it.
func (s *state) stored() (*store.State, error) {
	data, err := json.Marshal(s)
	if err != nil {
		return nil, err
	}
	return &store.State{
		Status:     string(s.status()),
		Unfinished: s.Turn != nil || len(s.Queue) > 0,
		Pending:    len(s.Requests),
		Data:       data,
	}, nil
}

func loadState(row store.State) (state, error) {
	var s state
	if len(row.Data) == 0 {
		return s, nil
	}
	err := json.Unmarshal(row.Data, &s)
	return s, err
}

const itemPrefix = "itm_"

// itemNumber is the number of an item id, or 0.
func itemNumber(id string) int {
	n, err := strconv.Atoi(strings.TrimPrefix(id, itemPrefix))
	if err != nil {
		return 0
	}
	return n
}
