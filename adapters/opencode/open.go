package opencode

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/skill"
	"github.com/parleyhq/parley/adapters/internal/transcript"
	"github.com/parleyhq/parley/openapi"
)

// Open implements adapters.Adapter. A server is started by the first turn.
func (a *Adapter) Open(ctx context.Context, o adapters.Options) (adapters.Agent, error) {
	p, err := a.programs.Find(ctx, o.AgentVersion)
	if err != nil {
		return nil, err
	}
	directory, err := directoryOf(o)
	if err != nil {
		return nil, err
	}
	opened := &agent{
		adapter: a, options: o, directory: directory, program: p.Path, native: o.NativeSessionID, told: o.NativeSessionID,
		log: a.config.Log.With("session", o.SessionID), turning: make(chan struct{}, 1),
	}
	opened.ctx, opened.quit = context.WithCancel(context.Background())
	return opened, nil
}

// directoryOf is the directory that the agent works in: every request names it.
func directoryOf(o adapters.Options) (string, error) {
	if o.Directory != "" {
		return filepath.Clean(o.Directory), nil
	}
	return os.Getwd()
}

// skills are where a session's skills come from.
func (a *Adapter) skills(o adapters.Options) skill.Sources {
	return skill.Sources{Skills: o.Skills, Cache: filepath.Join(a.config.DataDir, "skills"), Base: o.Directory}
}

// launch says which server a session needs: most need the same.
func (a *agent) launch(ctx context.Context) (launch, error) {
	skills, err := a.adapter.skills(a.options).Load(ctx)
	if err != nil {
		return launch{}, err
	}
	return a.adapter.launch(a.program, a.options.MCP, skills)
}

func (a *Adapter) launch(program string, mcp map[string]openapi.MCPServer, skills []skill.Skill) (launch, error) {
	content, err := configuration(a.env, mcp, skills, a.restored())
	return launch{program: program, content: content}, err
}

// session makes sure that the program has the session. What was said before is returned where it does not know it.
// A session that it has keeps its rules.
func (a *agent) session(ctx context.Context, s *server, in adapters.Input) (replay string, err error) {
	if a.native != "" {
		var known info
		err := s.call(ctx, http.MethodGet, "/session/"+a.native, a.directory, nil, &known)
		if err == nil || !isUnknown(err) {
			return "", err
		}
		a.log.Info("session not known to OpenCode", "native", a.native)
	}
	created := struct {
		Title      string `json:"title"`
		Permission []rule `json:"permission"`
	}{
		Title:      title(in), // without one a model is asked for it
		Permission: rules(a.options.PermissionMode, a.catalog.rules(a.mode()), a.options.MCP, a.options.ClientNames(mcpToolName)),
	}
	var session info
	if err := s.call(ctx, http.MethodPost, "/session", a.directory, created, &session); err != nil {
		return "", err
	}
	if session.ID == "" {
		return "", errors.New("OpenCode gave a session no name")
	}
	a.native = session.ID
	return transcript.Of(a.history(ctx), in.TurnID), nil
}

// mode is the program's name for the agent that works in the session.
func (a *agent) mode() string {
	mode := a.options.AgentMode
	if mode == "" || mode == modeBuild {
		if a.options.PermissionMode == permissionPlan {
			return modePlan
		}
		return modeBuild
	}
	return mode
}
