package codex

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/adapters/internal/proc"
	"github.com/parleyhq/parley/adapters/internal/program"
)

// conn is a running process. Between turns nothing is taken from it: what it says there waits for the next one.
type conn struct {
	rpc      *jsonrpc.Conn
	convert  *converter
	name     string            // makes the ids of its requests the session's own: each process counts from 0
	effort   string            // that the thread has
	efforts  []string          // that its model has; nil = not known
	children map[string]string // native turns of subagents that run, by their threads
}

// overrides are what a session needs, whatever the user's configuration says.
var overrides = []string{
	"features.default_mode_request_user_input=true", // else the agent can ask questions in plan mode only
	"suppress_unstable_features_warning=true",       // of that one
	"features.goals=false",                          // an agent with a goal begins turns by itself, without end
	"features.unbounded_connection_retries=false",   // else a turn without a network never ends
}

// arguments is the command line. Everybody on the machine can read it: no secret is in it.
func (a *Adapter) arguments() []string {
	all := overrides
	if a.key() != "" {
		all = append(all[:len(all):len(all)], `cli_auth_credentials_store="ephemeral"`) // the key is not written to a file
		if url := a.env["OPENAI_BASE_URL"]; url != "" {                                 // the key is for that address; this version does not read it
			all = append(all, "openai_base_url="+strconv.Quote(url))
		}
	}
	args := []string{"app-server"}
	for _, o := range all {
		args = append(args, "-c", o)
	}
	return args
}

// launch starts a process that waits to be spoken to.
func (a *Adapter) launch(ctx context.Context, path, dir string) (*jsonrpc.Conn, error) {
	if _, err := os.Stat(path); err != nil {
		return nil, fmt.Errorf("%w: %s", adapters.ErrNotInstalled, path)
	}
	if err := a.directories(); err != nil {
		a.config.Log.Warn("directory not made", "error", err)
	}
	process, err := proc.Start(ctx, proc.Spec{Path: path, Args: a.arguments(), Env: a.forProgram(), Dir: dir})
	if err != nil {
		return nil, err
	}
	return jsonrpc.Connect(process, jsonrpc.Config{Grace: a.config.StopGrace, Log: a.config.Log}), nil
}

func (a *agent) start(ctx context.Context) (*conn, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed {
		return nil, errClosed
	}
	rpc, err := a.adapter.launch(ctx, a.program.Path, a.options.Directory)
	if err != nil {
		return nil, err
	}
	a.log.Debug("codex started", "pid", rpc.Process.PID(), "native", a.native)
	a.conn = &conn{rpc: rpc, convert: newConverter(a.warned), name: uuid.NewString(), children: map[string]string{}}
	a.conn.convert.client = a.options.ClientNames(mcpToolName)
	return a.conn, nil
}

// greet begins to speak with a process, and logs in where that is needed. anonymous says that it was and could not be done.
func (a *Adapter) greet(ctx context.Context, rpc *jsonrpc.Conn) (anonymous bool, err error) {
	hello := initializeParams{clientInfo{"parley", "Parley", "1"}, capabilities{ExperimentalAPI: true}}
	if err := rpc.Call(ctx, "initialize", hello, nil); err != nil {
		return false, err
	}
	rpc.Notify("initialized", nil)
	var account accountAnswer
	err = rpc.Call(ctx, "account/read", struct{}{}, &account)
	if unknown := (*jsonrpc.Error)(nil); errors.As(err, &unknown) { // to another version of the program
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if !account.missing() {
		return false, nil
	}
	key := a.key()
	if key == "" {
		return true, nil // a provider behind another address may not ask for one
	}
	return false, rpc.Call(ctx, "account/login/start", loginParams{"apiKey", key}, nil)
}

// notReady ends a process that did not take up the session, and says why.
func (a *agent) notReady(c *conn, err error) error {
	message := "Codex ended before it took up the session"
	late := errors.Is(err, context.DeadlineExceeded)
	if late {
		message = "Codex did not take up the session within " + a.adapter.config.StartTimeout.String()
	}
	a.drop(c)
	switch {
	case a.isClosed():
		return errClosed
	case late:
		exit := program.Exit(c.rpc.Process, message)
		exit.ExitCode, exit.Signal = nil, "" // it was ended here
		return exit
	case errors.Is(err, jsonrpc.ErrClosed):
		return program.Exit(c.rpc.Process, message)
	}
	return fmt.Errorf("codex did not take up the session: %w", err)
}
