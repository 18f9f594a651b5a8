package acp

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/adapters/internal/program"
)

// conn is a running program, and the session in it. Between turns nothing is taken from it: what it says there waits for
// the next turn.
type conn struct {
	*jsonrpc.Conn
	name     string // of the agent, for people
	convert  *converter
	about    initialized
	session  string       // the agent's name for the session
	state    sessionState // its settings
	mode     string       // the mode that it had in an earlier process; empty = it is not known
	log      *slog.Logger
	patience time.Duration // how long an answer may take before there is a session
}

func (a *Adapter) connect(process *jsonrpc.Conn, log *slog.Logger) *conn {
	return &conn{Conn: process, name: a.config.Name, convert: newConverter(), log: log, patience: a.config.StartTimeout}
}

// exit stops the process and tells how it ended, as the error of a turn.
func (c *conn) exit(message string) *adapters.ExitError {
	if err := c.Stop(context.Background()); err != nil {
		c.log.Error("process not stopped", "error", err)
		return &adapters.ExitError{Message: message}
	}
	return program.Exit(c.Process, message)
}

// silent is the end of a program that does not answer. How it then ended was decided here.
func (c *conn) silent(what string) *adapters.ExitError {
	e := c.exit(fmt.Sprintf("%s %s within %s", c.name, what, c.patience))
	e.ExitCode, e.Signal = nil, ""
	return e
}

// call sends a request and blocks for its answer, before there is a turn. What the agent says until then is told to nobody:
// it is of an earlier turn that it plays back, or of its menus.
// Errors: *jsonrpc.Error, *adapters.ExitError, ctx's.
func (c *conn) call(ctx context.Context, method string, params, result any) error {
	number := c.Start(method, params)
	late := time.NewTimer(c.patience)
	defer late.Stop()
	for {
		select {
		case m, ok := <-c.In():
			switch {
			case !ok:
				return c.exit(c.name + " ended before it had begun")
			case m.Start == number && m.Error != nil:
				return m.Error
			case m.Start == number && result != nil:
				return decode(m.Result, result)
			case m.Start == number:
				return nil
			}
			c.aside(&m)
		case <-late.C:
			if !c.Heard() {
				return c.silent("said nothing")
			}
			return c.silent("did not answer " + method)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// aside takes what an agent says while it is waited for.
func (c *conn) aside(m *jsonrpc.Message) {
	switch {
	case m.Err != nil:
		c.log.Debug("line outside of a turn", "line", string(m.Raw), "error", m.Err)
	case m.IsRequest():
		c.dismiss(m)
	case m.Method == methodUpdate:
		var n notification
		if decode(m.Params, &n) == nil {
			c.convert.spent.update(&n.Update)
		}
	}
}

// dismiss answers a request that nobody can be asked.
func (c *conn) dismiss(m *jsonrpc.Message) {
	switch m.Method {
	case methodPermission:
		c.Reply(m.ID, cancelled)
	case methodElicitation:
		c.Reply(m.ID, object{"action": "cancel"})
	default:
		c.Refuse(m.ID, jsonrpc.CodeMethodNotFound, "not supported: "+m.Method)
	}
}

// choose gives a setting a value.
func (c *conn) choose(ctx context.Context, s setting) error {
	method, params := s.of.request(c.session, s.value)
	var answer sessionState
	if err := c.call(ctx, method, params, &answer); err != nil {
		return err
	}
	if answer.Options != nil { // one option can change the values of another
		c.state.Options = answer.Options
	}
	return nil
}

// raw is a line as it can be kept: JSON, or a JSON string of it.
func raw(line []byte) json.RawMessage {
	if json.Valid(line) {
		return line
	}
	quoted, _ := json.Marshal(string(line)) // a string: cannot fail
	return quoted
}
