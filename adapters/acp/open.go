package acp

import (
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/adapters/internal/jsonrpc"
	"github.com/parleyhq/parley/adapters/internal/proc"
	"github.com/parleyhq/parley/adapters/internal/program"
)

// Open implements adapters.Adapter. The process is started by the first turn.
func (a *Adapter) Open(ctx context.Context, o adapters.Options) (adapters.Agent, error) {
	p, err := a.kind.find(ctx, o.AgentVersion)
	if err != nil {
		return nil, err
	}
	return &agent{
		adapter: a, options: o, program: p, native: o.NativeSessionID, told: o.NativeSessionID,
		log: a.config.Log.With("session", o.SessionID),
	}, nil
}

// onPath finds a configured command.
func (a *Adapter) onPath() (program.Program, error) {
	command := a.config.Command
	if !strings.ContainsRune(command, filepath.Separator) {
		if path, ok := a.environment().LookPath(command); ok {
			return program.Program{Path: path}, nil
		}
		return program.Program{}, fmt.Errorf("%w: %s", adapters.ErrNotInstalled, command)
	}
	path, err := filepath.Abs(command)
	if err == nil {
		_, err = exec.LookPath(path)
	}
	if err != nil {
		return program.Program{}, fmt.Errorf("%w: %s", adapters.ErrNotInstalled, command)
	}
	return program.Program{Path: path}, nil
}

// environment is what programs get.
func (a *Adapter) environment() environ.Env {
	env := a.kind.environ()
	maps.Copy(env, a.config.Env)
	return env
}

func (a *Adapter) args() []string { return slices.Concat(a.kind.args, a.config.Args) }

// start starts a program and connects to it.
func (a *Adapter) start(ctx context.Context, p program.Program, dir string) (*jsonrpc.Conn, error) {
	if _, err := os.Stat(p.Path); err != nil {
		return nil, fmt.Errorf("%w: %s", adapters.ErrNotInstalled, p.Path)
	}
	if err := a.kind.ready(); err != nil {
		return nil, err
	}
	process, err := proc.Start(ctx, proc.Spec{
		Path: p.Path, Args: a.args(), Env: a.environment().List(), Dir: dir,
	})
	if err != nil {
		return nil, err
	}
	return jsonrpc.Connect(process, jsonrpc.Config{Version: true, Grace: a.config.StopGrace, Log: a.config.Log}), nil
}

// begin brings a started program to where it takes a prompt, and remembers what it has told.
func (a *Adapter) begin(ctx context.Context, c *conn, p program.Program, o adapters.Options) (begun bool, err error) {
	cwd := o.Directory
	if cwd == "" {
		if cwd, err = os.Getwd(); err != nil {
			return false, err
		}
	}
	opening := &opening{
		conn: c, options: o, cwd: cwd, env: a.environment(), method: a.kind.method(),
		client: object{"name": "parley", "title": "Parley", "version": "1"},
	}
	if err := opening.introduce(ctx); err != nil {
		return false, err
	}
	if begun, err = opening.take(ctx, o.NativeSessionID); err != nil {
		return false, err
	}
	key := a.key(ctx, p)
	switch {
	case begun:
		if err := a.memory.keep(key, facts{About: c.about, Session: c.state}); err != nil {
			a.config.Log.Warn("what the agent told is not kept", "agent", a.config.ID, "error", err)
		}
	case !c.state.told(): // nothing has changed then
		c.state = a.facts(ctx, p).Session
	}
	return begun, opening.settle(ctx, begun)
}
