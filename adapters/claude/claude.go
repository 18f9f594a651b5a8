// Package claude drives the real Claude Code, one process for each session, over its native stream of JSON lines.
//
// It imports openapi, adapters and adapters/internal; adapters/all is what uses it. convert.go and its neighbours
// (stream, message, tool, file, status, result) are pure and turn the program's records into items; turn.go plays one
// message; agent.go and conn.go keep the process; env.go holds the rule for the program's own directory; files.go and mcp.go
// hand it the session's MCP servers and skills.
//
// Of the program's records everything becomes an item, a status item, usage or an error that people need to see. Records
// of a type that is not known become nothing: every version brings new ones, for its own terminal. What is no JSON
// object with a type is kept as agent.unparsed.
package claude

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/parleyhq/parley/adapters"
	"github.com/parleyhq/parley/adapters/internal/environ"
	"github.com/parleyhq/parley/adapters/internal/program"
	"github.com/parleyhq/parley/openapi"
)

// ID is the agent's name in requests.
const ID = "claude"

// Version is the version of Claude Code that the adapter was built for, and which Install installs.
const Version = "2.1.330"

// Config says how Claude Code is found and driven. The zero value works.
type Config struct {
	// DataDir is the server's data directory: versions are installed below it, and sessions kept (see HomeVariable).
	// Empty is a folder in the user's cache directory.
	DataDir string
	Log     *slog.Logger // nil = none
	// Env is the environment of the program, as KEY=VALUE; nil is the server's own.
	Env []string
	// Program is started instead of what is installed. Its version is asked of it.
	Program string
	// StartTimeout is how long the program may take to say its first word; 0 = a minute.
	StartTimeout time.Duration
	// InterruptTimeout is how long it may take to give in to an interrupt before it is stopped; 0 = 5 seconds.
	InterruptTimeout time.Duration
	// StopGrace is how long it may take to end after SIGTERM; 0 = 3 seconds.
	StopGrace time.Duration
}

func (c Config) withDefaults() Config {
	if c.DataDir == "" {
		c.DataDir = program.DefaultDataDir()
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	c.StartTimeout = cmp.Or(c.StartTimeout, time.Minute)
	c.InterruptTimeout = cmp.Or(c.InterruptTimeout, 5*time.Second)
	c.StopGrace = cmp.Or(c.StopGrace, 3*time.Second)
	return c
}

// Adapter makes Claude Code agents.
type Adapter struct {
	config   Config
	env      environ.Env
	state    environ.State
	programs *program.Finder

	mu     sync.Mutex
	models map[program.Program]openapi.AgentModelsResponse
}

var (
	_ adapters.Adapter     = (*Adapter)(nil)
	_ adapters.Preparer    = (*Adapter)(nil)
	_ adapters.ModelLister = (*Adapter)(nil)
	_ adapters.NativeNamer = (*Adapter)(nil)
	_ adapters.Installer   = (*Adapter)(nil)
)

// New makes an adapter. It starts nothing.
func New(config Config) *Adapter {
	config = config.withDefaults()
	env := environ.New(config.Env)
	a := &Adapter{config: config, env: env, state: state(env, config.DataDir), models: map[program.Program]openapi.AgentModelsResponse{}}
	a.programs = program.New(a.spec())
	return a
}

// The modes that sessions may have.
const (
	modeBuild = "build"
	modePlan  = "plan"

	permissionDefault     = "default"
	permissionPlan        = "plan"
	permissionAcceptEdits = "acceptEdits"
	permissionBypass      = "bypass"
)

// Info implements adapters.Adapter. It asks a program for its version once.
func (a *Adapter) Info(ctx context.Context) adapters.Info {
	info := adapters.Info{
		AgentInfo: openapi.AgentInfo{
			ID:                   ID,
			CredentialsAvailable: a.state.Credentials(a.env),
			Capabilities: openapi.AgentCapabilities{
				CommandExecution: true, ErrorEvents: true, FileAttachments: true, FileChanges: true, Images: true,
				ItemStarted: true, MCPTools: true, Permissions: true, PlanMode: true, Questions: true, Reasoning: true,
				SessionLifecycle: true, Status: true, StreamingDeltas: true, TextMessages: true, ToolCalls: true, ToolResults: true,
			},
		},
		Modes: []openapi.AgentMode{
			{ID: modeBuild, Name: "Build", Description: "Works on the task"},
			{ID: modePlan, Name: "Plan", Description: "Plans first and asks before it changes anything"},
		},
		PermissionModes: map[string]string{
			permissionDefault: permissionDefault, permissionPlan: permissionPlan,
			permissionAcceptEdits: permissionAcceptEdits, permissionBypass: permissionBypass,
		},
		DefaultModel: defaultModel,
		Takes:        adapters.Takes{Model: true, Variant: true, AgentVersion: true, Directory: true, MCP: true, Skills: true, ClientTools: true},
	}
	if p, err := a.programs.Find(ctx, ""); err == nil {
		info.Installed, info.Path, info.Version = true, p.Path, a.programs.Version(ctx, p)
	}
	return info
}

// NativeSessionID implements adapters.NativeNamer: Claude Code takes a UUID as its session's name.
func (a *Adapter) NativeSessionID(string) string { return uuid.NewString() }
